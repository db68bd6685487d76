// What we use of AppKit, written from Apple's documentation for check-objc.
#pragma once
#import <Foundation/Foundation.h>

@protocol NSApplicationDelegate <NSObject>
@end

@interface NSApplication : NSObject
- (id<NSApplicationDelegate>)delegate;
@end
extern __kindof NSApplication *NSApp;

extern NSNotificationName NSWorkspaceDidWakeNotification;
extern NSNotificationName NSWorkspaceScreensDidWakeNotification API_AVAILABLE(macos(10.6));

@interface NSWorkspace : NSObject
+ (NSWorkspace *)sharedWorkspace;
- (NSNotificationCenter *)notificationCenter;
@end

@interface NSStatusBarButton : NSObject
- (void)setAccessibilityLabel:(NSString *)label API_AVAILABLE(macos(10.10));
@end

@interface NSStatusItem : NSObject
@property(readonly) NSStatusBarButton *button API_AVAILABLE(macos(10.10));
@end
