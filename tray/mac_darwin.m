//go:build cgo

#import <Cocoa/Cocoa.h>
#import <CoreGraphics/CoreGraphics.h>
#import <Security/AuthSession.h>

#include "mac_darwin.h"

bool lockbarHasWindowServer(void) {
  SessionAttributeBits attributes = 0;
  if (SessionGetInfo(callerSecuritySession, NULL, &attributes) != errSessionSuccess ||
      !(attributes & sessionHasGraphicAccess)) {
    return false;
  }
  CFDictionaryRef session = CGSessionCopyCurrentDictionary();
  if (session == NULL) {
    return false;
  }
  CFRelease(session);
  return true;
}

// kept holds objects until the process ends: an activity ends when it is released.
__attribute__((used)) static id kept[3];

void lockbarStayAwake(void) {
  @autoreleasepool {
    kept[0] = [[NSProcessInfo processInfo] beginActivityWithOptions:NSActivityUserInitiatedAllowingIdleSystemSleep
                                                             reason:@"Watching a lock file"];
    // After NSApp has started: the notifications arrive by its run loop.
    dispatch_async(dispatch_get_main_queue(), ^{
      // No other notification center posts these.
      NSNotificationCenter *center = [[NSWorkspace sharedWorkspace] notificationCenter];
      void (^woke)(NSNotification *) = ^(NSNotification *notification) {
        (void)notification;
        lockbarWoke();
      };
      kept[1] = [center addObserverForName:NSWorkspaceDidWakeNotification object:nil queue:nil usingBlock:woke];
      kept[2] = [center addObserverForName:NSWorkspaceScreensDidWakeNotification object:nil queue:nil usingBlock:woke];
    });
  }
}

bool lockbarScreenAsleep(void) {
  CGDirectDisplayID display = CGMainDisplayID();
  return display != kCGNullDirectDisplay && CGDisplayIsAsleep(display);
}

void lockbarSetLabel(const char *text) {
  @autoreleasepool {
    NSString *label = [NSString stringWithUTF8String:text];
    dispatch_async(dispatch_get_main_queue(), ^{
      @try {
        // The item is a variable of systray's delegate, which has no method for it.
        NSStatusItem *item = [(NSObject *)[NSApp delegate] valueForKey:@"statusItem"];
        [item.button setAccessibilityLabel:label];
      } @catch (NSException *changed) {
        // Another version of systray keeps it elsewhere: then VoiceOver reads the tooltip as help.
        (void)changed;
      }
    });
  }
}
