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

typedef double CGFloat;
typedef struct CGPoint {
  CGFloat x, y;
} CGPoint;
typedef struct CGSize {
  CGFloat width, height;
} CGSize;
typedef struct CGRect {
  CGPoint origin;
  CGSize size;
} CGRect;
static inline CGPoint CGPointMake(CGFloat x, CGFloat y) { return (CGPoint){x, y}; }

typedef enum CGError : int32_t { kCGErrorSuccess = 0 } CGError;
extern CGError CGGetActiveDisplayList(uint32_t room, CGDirectDisplayID *displays, uint32_t *count) API_AVAILABLE(macos(10.0));
extern CGRect CGDisplayBounds(CGDirectDisplayID display) API_AVAILABLE(macos(10.0));

typedef struct __CGEventSource *CGEventSourceRef;
typedef enum CGEventSourceStateID : int32_t { kCGEventSourceStateHIDSystemState = 1 } CGEventSourceStateID;
extern CGEventSourceRef CGEventSourceCreate(CGEventSourceStateID state) API_AVAILABLE(macos(10.4));

typedef struct __CGEvent *CGEventRef;
typedef uint16_t CGKeyCode;
typedef enum CGEventType : uint32_t {
  kCGEventLeftMouseDown = 1,
  kCGEventLeftMouseUp = 2,
  kCGEventMouseMoved = 5,
} CGEventType;
typedef enum CGMouseButton : uint32_t { kCGMouseButtonLeft = 0 } CGMouseButton;
typedef enum __attribute__((flag_enum)) CGEventFlags : uint64_t { kCGEventFlagMaskShift = 0x00020000 } CGEventFlags;
typedef enum CGEventField : uint32_t { kCGMouseEventClickState = 1 } CGEventField;
typedef enum CGEventTapLocation : uint32_t { kCGHIDEventTap = 0 } CGEventTapLocation;
extern bool CGPreflightPostEventAccess(void) API_AVAILABLE(macos(10.15));
extern CGEventRef CGEventCreate(CGEventSourceRef source) API_AVAILABLE(macos(10.4));
extern CGEventRef CGEventCreateMouseEvent(CGEventSourceRef source, CGEventType type, CGPoint at, CGMouseButton button)
    API_AVAILABLE(macos(10.4));
extern CGEventRef CGEventCreateKeyboardEvent(CGEventSourceRef source, CGKeyCode key, bool down) API_AVAILABLE(macos(10.4));
extern CGPoint CGEventGetLocation(CGEventRef event) API_AVAILABLE(macos(10.4));
extern void CGEventSetFlags(CGEventRef event, CGEventFlags flags) API_AVAILABLE(macos(10.4));
extern void CGEventSetIntegerValueField(CGEventRef event, CGEventField field, int64_t value) API_AVAILABLE(macos(10.4));
extern void CGEventPost(CGEventTapLocation tap, CGEventRef event) API_AVAILABLE(macos(10.4));
