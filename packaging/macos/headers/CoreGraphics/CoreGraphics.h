// What we use of Core Graphics, written from Apple's documentation for check-objc.
#pragma once
#include <CoreFoundation/CoreFoundation.h>

#ifdef __x86_64__
typedef unsigned int boolean_t;
#else
typedef int boolean_t;
#endif

typedef uint32_t CGDirectDisplayID;
#define kCGNullDirectDisplay ((CGDirectDisplayID)0)
extern CGDirectDisplayID CGMainDisplayID(void) API_AVAILABLE(macos(10.2));
extern boolean_t CGDisplayIsAsleep(CGDirectDisplayID display) API_AVAILABLE(macos(10.2));

extern CFDictionaryRef CGSessionCopyCurrentDictionary(void) API_AVAILABLE(macos(10.3));
