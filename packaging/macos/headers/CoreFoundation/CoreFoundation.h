// What we use of Core Foundation, written from Apple's documentation for check-objc.
#pragma once
#include <os/availability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t OSStatus;
typedef uint32_t UInt32;
typedef unsigned char Boolean;
typedef int pid_t;
typedef const void *CFTypeRef;
typedef const struct __CFString *CFStringRef;
typedef const struct __CFDictionary *CFDictionaryRef;
typedef const struct __CFArray *CFArrayRef;
typedef const struct __CFBoolean *CFBooleanRef;
typedef unsigned long CFTypeID;
extern CFTypeID CFGetTypeID(CFTypeRef cf);
extern CFTypeID CFBooleanGetTypeID(void);
extern Boolean CFBooleanGetValue(CFBooleanRef boolean);
extern void CFRelease(CFTypeRef cf);
