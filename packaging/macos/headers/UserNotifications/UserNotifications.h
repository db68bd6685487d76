// What we use of UserNotifications, written from Apple's documentation for check-objc.
#pragma once
#import <Foundation/Foundation.h>

extern NSString *const UNNotificationDefaultActionIdentifier API_AVAILABLE(macos(10.14));

typedef NSUInteger UNNotificationActionOptions;
enum : NSUInteger { UNNotificationActionOptionNone = 0 };

API_AVAILABLE(macos(10.14)) @interface UNNotificationAction : NSObject
+ (instancetype)actionWithIdentifier:(NSString *)identifier title:(NSString *)title options:(UNNotificationActionOptions)options;
@end

typedef NSUInteger UNNotificationCategoryOptions;
enum : NSUInteger { UNNotificationCategoryOptionNone = 0 };

API_AVAILABLE(macos(10.14)) @interface UNNotificationCategory : NSObject
+ (instancetype)categoryWithIdentifier:(NSString *)identifier
                               actions:(NSArray<UNNotificationAction *> *)actions
                     intentIdentifiers:(NSArray<NSString *> *)intentIdentifiers
                               options:(UNNotificationCategoryOptions)options;
@property(readonly) NSString *identifier;
@end

API_AVAILABLE(macos(10.14)) @interface UNNotificationSound : NSObject
+ (UNNotificationSound *)defaultSound;
@end

API_AVAILABLE(macos(10.14)) @interface UNNotificationContent : NSObject
@property(readonly) NSString *categoryIdentifier;
@end

API_AVAILABLE(macos(10.14)) @interface UNMutableNotificationContent : UNNotificationContent
@property NSString *title;
@property NSString *body;
@property NSString *categoryIdentifier;
@property UNNotificationSound *sound;
@end

API_AVAILABLE(macos(10.14)) @interface UNNotificationTrigger : NSObject
@end

API_AVAILABLE(macos(10.14)) @interface UNNotificationRequest : NSObject
+ (instancetype)requestWithIdentifier:(NSString *)identifier
                              content:(UNNotificationContent *)content
                              trigger:(UNNotificationTrigger *)trigger;
@property(readonly) NSString *identifier;
@property(readonly) UNNotificationContent *content;
@end

API_AVAILABLE(macos(10.14)) @interface UNNotification : NSObject
@property(readonly) UNNotificationRequest *request;
@end

API_AVAILABLE(macos(10.14)) @interface UNNotificationResponse : NSObject
@property(readonly) UNNotification *notification;
@property(readonly) NSString *actionIdentifier;
@end

typedef NSInteger UNAuthorizationStatus;
enum : NSInteger {
  UNAuthorizationStatusNotDetermined = 0,
  UNAuthorizationStatusDenied = 1,
  UNAuthorizationStatusAuthorized = 2,
};

API_AVAILABLE(macos(10.14)) @interface UNNotificationSettings : NSObject
@property(readonly) UNAuthorizationStatus authorizationStatus;
@end

typedef NSUInteger UNAuthorizationOptions;
enum : NSUInteger {
  UNAuthorizationOptionSound = 1 << 1,
  UNAuthorizationOptionAlert = 1 << 2,
};

typedef NSUInteger UNNotificationPresentationOptions;
enum : NSUInteger {
  UNNotificationPresentationOptionSound = 1 << 1,
  UNNotificationPresentationOptionList API_AVAILABLE(macos(11.0)) = 1 << 3,
  UNNotificationPresentationOptionBanner API_AVAILABLE(macos(11.0)) = 1 << 4,
};

@class UNUserNotificationCenter;

API_AVAILABLE(macos(10.14)) @protocol UNUserNotificationCenterDelegate <NSObject>
@optional
- (void)userNotificationCenter:(UNUserNotificationCenter *)center
       willPresentNotification:(UNNotification *)notification
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions options))done;
- (void)userNotificationCenter:(UNUserNotificationCenter *)center
    didReceiveNotificationResponse:(UNNotificationResponse *)response
             withCompletionHandler:(void (^)(void))done;
@end

API_AVAILABLE(macos(10.14)) @interface UNUserNotificationCenter : NSObject
+ (UNUserNotificationCenter *)currentNotificationCenter;
@property(weak) id<UNUserNotificationCenterDelegate> delegate;
- (void)requestAuthorizationWithOptions:(UNAuthorizationOptions)options
                      completionHandler:(void (^)(BOOL granted, NSError *error))done;
- (void)setNotificationCategories:(NSSet<UNNotificationCategory *> *)categories;
- (void)getNotificationCategoriesWithCompletionHandler:(void (^)(NSSet<UNNotificationCategory *> *categories))done;
- (void)getNotificationSettingsWithCompletionHandler:(void (^)(UNNotificationSettings *settings))done;
- (void)addNotificationRequest:(UNNotificationRequest *)request withCompletionHandler:(void (^)(NSError *error))done;
- (void)removePendingNotificationRequestsWithIdentifiers:(NSArray<NSString *> *)identifiers;
- (void)getDeliveredNotificationsWithCompletionHandler:(void (^)(NSArray<UNNotification *> *notifications))done;
- (void)removeDeliveredNotificationsWithIdentifiers:(NSArray<NSString *> *)identifiers;
@end
