// What we use of Security's code signatures, written from Apple's documentation for check-objc.
#pragma once
#include <CoreFoundation/CoreFoundation.h>

typedef struct __SecCode *SecCodeRef;
typedef struct __SecCode const *SecStaticCodeRef;
typedef enum __attribute__((flag_enum)) SecCSFlags : UInt32 {
  kSecCSDefaultFlags = 0,
  kSecCSSigningInformation = 1 << 1,
} SecCSFlags;
enum { errSecSuccess = 0 };

extern const CFStringRef kSecCodeInfoFlags API_AVAILABLE(macos(10.6));
extern const CFStringRef kSecCodeInfoTeamIdentifier API_AVAILABLE(macos(10.6));
extern OSStatus SecCodeCopySelf(SecCSFlags flags, SecCodeRef *self);
extern OSStatus SecCodeCopySigningInformation(SecStaticCodeRef code, SecCSFlags flags, CFDictionaryRef *information);
