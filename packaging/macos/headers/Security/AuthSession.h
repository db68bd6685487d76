// What we use of Security's sessions, written from Apple's documentation for check-objc.
#pragma once
#include <CoreFoundation/CoreFoundation.h>

typedef UInt32 SecuritySessionId;
#define callerSecuritySession ((SecuritySessionId)-1)

typedef enum __attribute__((flag_enum)) SessionAttributeBits : UInt32 {
  sessionHasGraphicAccess = 0x0010,
} SessionAttributeBits;
enum { errSessionSuccess = 0 };
extern OSStatus SessionGetInfo(SecuritySessionId session, SecuritySessionId *sessionId, SessionAttributeBits *attributes)
    API_AVAILABLE(macos(10.0));
