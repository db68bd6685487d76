// What we use of ApplicationServices, which includes Core Graphics and HIServices (AXError.h, AXUIElement.h, AXValue.h), written from
// Apple's documentation for check-objc.
#pragma once
#include <CoreFoundation/CoreFoundation.h>
#include <CoreGraphics/CoreGraphics.h>

typedef enum AXError : int32_t {
  kAXErrorSuccess = 0,
  kAXErrorFailure = -25200,
  kAXErrorAttributeUnsupported = -25205,
  kAXErrorNoValue = -25212,
} AXError;

typedef const struct __AXUIElement *AXUIElementRef;
typedef enum __attribute__((flag_enum)) AXCopyMultipleAttributeOptions : UInt32 {
  kAXCopyMultipleAttributeOptionStopOnError = 0x1,
} AXCopyMultipleAttributeOptions;

extern Boolean AXIsProcessTrusted(void) API_AVAILABLE(macos(10.4));
extern CFTypeID AXUIElementGetTypeID(void);
extern AXUIElementRef AXUIElementCreateApplication(pid_t pid);
extern AXUIElementRef AXUIElementCreateSystemWide(void);
extern AXError AXUIElementCopyAttributeValue(AXUIElementRef element, CFStringRef attribute, CFTypeRef *value);
extern AXError AXUIElementCopyMultipleAttributeValues(AXUIElementRef element, CFArrayRef attributes,
                                                      AXCopyMultipleAttributeOptions options, CFArrayRef *values)
    API_AVAILABLE(macos(10.4));
extern AXError AXUIElementCopyElementAtPosition(AXUIElementRef application, float x, float y, AXUIElementRef *element);
extern AXError AXUIElementGetPid(AXUIElementRef element, pid_t *pid);
extern AXError AXUIElementSetMessagingTimeout(AXUIElementRef element, float seconds) API_AVAILABLE(macos(10.4));

typedef const struct __AXValue *AXValueRef;
typedef enum AXValueType : UInt32 {
  kAXValueTypeCGPoint = 1,
  kAXValueTypeCGSize = 2,
} AXValueType;
extern CFTypeID AXValueGetTypeID(void);
extern Boolean AXValueGetValue(AXValueRef value, AXValueType type, void *into);
