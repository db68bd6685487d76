// What we use of Core Foundation, written from Apple's documentation for check-objc.
#pragma once
#include <os/availability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t OSStatus;
typedef uint32_t UInt32;
typedef const void *CFTypeRef;
typedef const struct __CFString *CFStringRef;
typedef const struct __CFDictionary *CFDictionaryRef;
extern void CFRelease(CFTypeRef cf);
