//go:build cgo

#import <ApplicationServices/ApplicationServices.h>
#import <Foundation/Foundation.h>
#include <stdlib.h>
#include <string.h>

#include "ax_darwin.h"

// answerTime, in seconds, bounds each question to an app: an app that tracks the mouse in a menu answers late, a hung one never. A menu
// takes a question for each entry, of which it has about a hundred, hidden ones included.
static const float answerTime = 3;

// deepest bounds submenus and parents: an app could name an element as its own child.
static const int deepest = 16;

bool probeTrusted(void) { return AXIsProcessTrusted(); }

bool probeMayPost(void) { return CGPreflightPostEventAccess(); }

static ProbeRect rectFrom(CGRect r) { return (ProbeRect){r.origin.x, r.origin.y, r.size.width, r.size.height}; }

int probeDisplays(ProbeRect *displays, int room) {
  CGDirectDisplayID ids[32];
  uint32_t count = 0;
  if (CGGetActiveDisplayList(sizeof ids / sizeof *ids, ids, &count) != kCGErrorSuccess) {
    return -1;
  }
  int most = (int)count < room ? (int)count : room;
  for (int i = 0; i < most; i++) {
    displays[i] = rectFrom(CGDisplayBounds(ids[i]));
  }
  return most;
}

// attribute returns nil and an error, or a value.
static id attribute(AXUIElementRef element, NSString *name, AXError *error) {
  AXUIElementSetMessagingTimeout(element, answerTime);
  CFTypeRef value = NULL;
  *error = AXUIElementCopyAttributeValue(element, (__bridge CFStringRef)name, &value);
  id held = CFBridgingRelease(value);
  return *error == kAXErrorSuccess ? held : nil;
}

// missing turns an answer without a value into probeNone.
static int missing(AXError error) {
  return error == kAXErrorNoValue || error == kAXErrorAttributeUnsupported || error == kAXErrorSuccess ? probeNone : error;
}

static bool isElement(id value) { return value != nil && CFGetTypeID((__bridge CFTypeRef)value) == AXUIElementGetTypeID(); }

// children returns an empty array where there are none.
static NSArray *children(AXUIElementRef element, AXError *error) {
  id value = attribute(element, @"AXChildren", error);
  if (*error == kAXErrorNoValue || *error == kAXErrorAttributeUnsupported) {
    *error = kAXErrorSuccess;
  }
  return [value isKindOfClass:[NSArray class]] ? value : @[];
}

static bool hasRole(AXUIElementRef element, NSString *role) {
  AXError error;
  id value = attribute(element, @"AXRole", &error);
  return [value isKindOfClass:[NSString class]] && [value isEqualToString:role];
}

// several returns the values of some attributes in one question. A missing value is replaced by an object of another type.
static NSArray *several(AXUIElementRef element, NSArray *names, AXError *error) {
  AXUIElementSetMessagingTimeout(element, answerTime);
  CFArrayRef values = NULL;
  *error = AXUIElementCopyMultipleAttributeValues(element, (__bridge CFArrayRef)names, 0, &values);
  NSArray *held = CFBridgingRelease(values);
  if (*error == kAXErrorSuccess && [held count] != [names count]) {
    *error = kAXErrorFailure;
  }
  return *error == kAXErrorSuccess ? held : nil;
}

// rectOf returns an empty rectangle unless both values have the right type, which AXValueGetValue checks.
static ProbeRect rectOf(id position, id size) {
  CGRect r = {{0, 0}, {0, 0}};
  CFTypeRef p = (__bridge CFTypeRef)position, s = (__bridge CFTypeRef)size;
  if (CFGetTypeID(p) != AXValueGetTypeID() || CFGetTypeID(s) != AXValueGetTypeID() ||
      !AXValueGetValue((AXValueRef)p, kAXValueTypeCGPoint, &r.origin) ||
      !AXValueGetValue((AXValueRef)s, kAXValueTypeCGSize, &r.size)) {
    return (ProbeRect){0, 0, 0, 0};
  }
  return rectFrom(r);
}

// statusItem returns the first status item of an app, or nil and an error for which missing returns probeNone if the app has none.
static id statusItem(int pid, AXError *error) {
  id app = CFBridgingRelease(AXUIElementCreateApplication(pid));
  if (app == nil) {
    *error = kAXErrorFailure;
    return nil;
  }
  id bar = attribute((__bridge AXUIElementRef)app, @"AXExtrasMenuBar", error);
  if (!isElement(bar)) {
    return nil;
  }
  for (id item in children((__bridge AXUIElementRef)bar, error)) {
    if (isElement(item)) {
      return item;
    }
  }
  return nil;
}

int probeItem(int pid, ProbeRect *frame) {
  @autoreleasepool {
    AXError error;
    id item = statusItem(pid, &error);
    if (item == nil) {
      return missing(error);
    }
    NSArray *values = several((__bridge AXUIElementRef)item, @[ @"AXPosition", @"AXSize" ], &error);
    if (values == nil) {
      return error;
    }
    *frame = rectOf([values objectAtIndex:0], [values objectAtIndex:1]);
    return kAXErrorSuccess;
  }
}

// copied returns a copy that free frees. The copy is empty if the value is not a string.
static char *copied(id value) {
  const char *text = [value isKindOfClass:[NSString class]] ? [(NSString *)value UTF8String] : NULL;
  return strdup(text != NULL ? text : "");
}

static bool isTrue(id value) {
  return CFGetTypeID((__bridge CFTypeRef)value) == CFBooleanGetTypeID() && CFBooleanGetValue((__bridge CFBooleanRef)value);
}

static bool append(ProbeMenu *menu, ProbeEntry entry) {
  if (menu->count == menu->room) {
    int room = menu->room * 2 + 64;
    ProbeEntry *grown = realloc(menu->entries, (size_t)room * sizeof entry);
    if (grown == NULL) {
      return false;
    }
    menu->entries = grown;
    menu->room = room;
  }
  menu->entries[menu->count++] = entry;
  return true;
}

// collect appends the entries of a menu, each followed by those of its submenu.
static AXError collect(AXUIElementRef menu, int depth, ProbeMenu *into) {
  AXError error;
  for (id child in children(menu, &error)) {
    if (!isElement(child) || depth > deepest) {
      continue;
    }
    NSArray *names = @[ @"AXTitle", @"AXEnabled", @"AXMenuItemMarkChar", @"AXPosition", @"AXSize", @"AXChildren" ];
    NSArray *values = several((__bridge AXUIElementRef)child, names, &error);
    if (values == nil) {
      return error;
    }
    ProbeEntry entry = {
        .depth = depth,
        .title = copied([values objectAtIndex:0]),
        .enabled = isTrue([values objectAtIndex:1]),
        .mark = copied([values objectAtIndex:2]),
        .frame = rectOf([values objectAtIndex:3], [values objectAtIndex:4]),
    };
    if (!append(into, entry)) {
      free(entry.title);
      free(entry.mark);
      return kAXErrorFailure;
    }
    id below = [values objectAtIndex:5];
    for (id submenu in [below isKindOfClass:[NSArray class]] ? below : @[]) {
      if (isElement(submenu) && (error = collect((__bridge AXUIElementRef)submenu, depth + 1, into)) != kAXErrorSuccess) {
        return error;
      }
    }
  }
  return error;
}

int probeItemMenu(int pid, ProbeMenu *menu) {
  @autoreleasepool {
    AXError error;
    id item = statusItem(pid, &error);
    if (item == nil) {
      return missing(error);
    }
    for (id child in children((__bridge AXUIElementRef)item, &error)) {
      if (isElement(child) && hasRole((__bridge AXUIElementRef)child, @"AXMenu")) {
        return collect((__bridge AXUIElementRef)child, 0, menu);
      }
    }
    return missing(error);
  }
}

// elementAt returns the element of any app that covers a point: only the system-wide element sees a menu that an app tracks.
static id elementAt(double x, double y, AXError *error) {
  id everything = CFBridgingRelease(AXUIElementCreateSystemWide());
  AXUIElementSetMessagingTimeout((__bridge AXUIElementRef)everything, answerTime);
  AXUIElementRef hit = NULL;
  *error = AXUIElementCopyElementAtPosition((__bridge AXUIElementRef)everything, (float)x, (float)y, &hit);
  id held = CFBridgingRelease(hit);
  return *error == kAXErrorSuccess ? held : nil;
}

static bool belongsTo(id element, int pid) {
  pid_t owner = 0;
  return AXUIElementGetPid((__bridge AXUIElementRef)element, &owner) == kAXErrorSuccess && owner == pid;
}

// outermostMenu returns the outermost menu that contains an element, or nil.
static id outermostMenu(id element, int pid) {
  id menu = nil;
  for (int i = 0; i < deepest && isElement(element) && belongsTo(element, pid); i++) {
    AXError error;
    if (hasRole((__bridge AXUIElementRef)element, @"AXMenu")) {
      menu = element;
    }
    element = attribute((__bridge AXUIElementRef)element, @"AXParent", &error);
  }
  return menu;
}

int probeMenuAt(int pid, double x, double y, ProbeMenu *menu) {
  @autoreleasepool {
    AXError error;
    id found = elementAt(x, y, &error);
    if (found == nil) {
      return missing(error);
    }
    id outer = outermostMenu(found, pid);
    return outer != nil ? collect((__bridge AXUIElementRef)outer, 0, menu) : probeNone;
  }
}

void probeFreeMenu(ProbeMenu *menu) {
  for (int i = 0; i < menu->count; i++) {
    free(menu->entries[i].title);
    free(menu->entries[i].mark);
  }
  free(menu->entries);
  *menu = (ProbeMenu){NULL, 0, 0};
}

bool probePointer(double *x, double *y) {
  CGEventRef now = CGEventCreate(NULL);
  if (now == NULL) {
    return false;
  }
  CGPoint at = CGEventGetLocation(now);
  CFRelease(now);
  *x = at.x;
  *y = at.y;
  return true;
}

// post sends an event as the hardware does, without the modifier keys that may be held down, and releases it.
static bool post(CGEventRef event) {
  if (event == NULL) {
    return false;
  }
  CGEventSetFlags(event, 0);
  CGEventPost(kCGHIDEventTap, event);
  CFRelease(event);
  return true;
}

static bool postMouse(CGEventType type, double x, double y, int64_t clicks) {
  CGEventSourceRef source = CGEventSourceCreate(kCGEventSourceStateHIDSystemState);
  CGEventRef event = CGEventCreateMouseEvent(source, type, CGPointMake(x, y), kCGMouseButtonLeft);
  if (event != NULL) {
    CGEventSetIntegerValueField(event, kCGMouseEventClickState, clicks);
  }
  if (source != NULL) {
    CFRelease(source);
  }
  return post(event);
}

bool probeMoveMouse(double x, double y) { return postMouse(kCGEventMouseMoved, x, y, 0); }

bool probeLeftButton(bool down, double x, double y) {
  return postMouse(down ? kCGEventLeftMouseDown : kCGEventLeftMouseUp, x, y, 1);
}

bool probeKey(int code, bool down) {
  CGEventSourceRef source = CGEventSourceCreate(kCGEventSourceStateHIDSystemState);
  CGEventRef event = CGEventCreateKeyboardEvent(source, (CGKeyCode)code, down);
  if (source != NULL) {
    CFRelease(source);
  }
  return post(event);
}
