//go:build cgo

#import <Foundation/Foundation.h>
#import <Security/SecCode.h>
#import <UserNotifications/UserNotifications.h>

#include "native_darwin.h"

bool lockbarInApp(void) {
  @autoreleasepool {
    NSBundle *bundle = [NSBundle mainBundle];
    return bundle.bundleIdentifier != nil && [bundle.bundlePath hasSuffix:@".app"];
  }
}

bool lockbarSignature(uint32_t *flags, bool *team) {
  @autoreleasepool {
    SecCodeRef code = NULL;
    if (SecCodeCopySelf(kSecCSDefaultFlags, &code) != errSecSuccess) {
      return false;
    }
    CFDictionaryRef read = NULL;
    OSStatus status = SecCodeCopySigningInformation(code, kSecCSSigningInformation, &read);
    CFRelease(code);
    if (status != errSecSuccess) {
      return false;
    }
    NSDictionary *info = (__bridge_transfer NSDictionary *)read;
    NSNumber *found = [info objectForKey:(__bridge NSString *)kSecCodeInfoFlags];
    *flags = found.unsignedIntValue;
    *team = [info objectForKey:(__bridge NSString *)kSecCodeInfoTeamIdentifier] != nil;
    return found != nil;
  }
}

static UNUserNotificationCenter *center(void) { return [UNUserNotificationCenter currentNotificationCenter]; }

bool lockbarHasCenter(void) {
  @autoreleasepool {
    @try {
      return center() != nil;
    } @catch (NSException *refused) {
      // macOS finds no bundle for this process, whatever NSBundle says.
      (void)refused;
      return false;
    }
  }
}

@interface LockbarListener : NSObject <UNUserNotificationCenterDelegate>
@end

@implementation LockbarListener
- (void)userNotificationCenter:(UNUserNotificationCenter *)center
       willPresentNotification:(UNNotification *)notification
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions))done {
  (void)center;
  (void)notification;
  // Without this, macOS shows nothing while Lockbar is in front, as it is while its menu is open.
  done(UNNotificationPresentationOptionBanner | UNNotificationPresentationOptionList | UNNotificationPresentationOptionSound);
}

- (void)userNotificationCenter:(UNUserNotificationCenter *)center
    didReceiveNotificationResponse:(UNNotificationResponse *)response
             withCompletionHandler:(void (^)(void))done {
  (void)center;
  NSString *action = response.actionIdentifier;
  if ([action isEqualToString:UNNotificationDefaultActionIdentifier]) {
    action = @"";
  }
  lockbarResponded((char *)response.notification.request.identifier.UTF8String, (char *)action.UTF8String);
  done();
}
@end

// listener keeps the delegate alive, since the center holds no strong reference to it.
static LockbarListener *listener;

void lockbarListen(void) {
  @autoreleasepool {
    listener = [[LockbarListener alloc] init];
    center().delegate = listener;
  }
}

static void answer(uint64_t token, bool ok, NSInteger status, NSError *error) {
  lockbarAnswered(token, ok, (int)status, (char *)error.localizedDescription.UTF8String);
}

static void readPermission(uint64_t token, bool granted, NSError *error) {
  [center() getNotificationSettingsWithCompletionHandler:^(UNNotificationSettings *settings) {
    answer(token, granted || settings.authorizationStatus >= UNAuthorizationStatusAuthorized, settings.authorizationStatus,
           error);
  }];
}

void lockbarReadPermission(uint64_t token) {
  @autoreleasepool {
    readPermission(token, false, nil);
  }
}

void lockbarAskPermission(uint64_t token) {
  @autoreleasepool {
    [center() requestAuthorizationWithOptions:UNAuthorizationOptionAlert | UNAuthorizationOptionSound
                            completionHandler:^(BOOL granted, NSError *error) {
                              readPermission(token, granted, error);
                            }];
  }
}

static UNNotificationCategory *categoryOf(NSDictionary *message) {
  NSMutableArray<UNNotificationAction *> *actions = [NSMutableArray array];
  for (NSDictionary *action in [message objectForKey:@"actions"]) {
    [actions addObject:[UNNotificationAction actionWithIdentifier:[action objectForKey:@"id"]
                                                            title:[action objectForKey:@"title"]
                                                          options:UNNotificationActionOptionNone]];
  }
  return [UNNotificationCategory categoryWithIdentifier:[message objectForKey:@"category"]
                                                actions:actions
                                      intentIdentifiers:@[]
                                                options:UNNotificationCategoryOptionNone];
}

static UNNotificationRequest *requestOf(NSDictionary *message) {
  UNMutableNotificationContent *content = [[UNMutableNotificationContent alloc] init];
  content.title = [message objectForKey:@"title"];
  content.body = [message objectForKey:@"body"];
  content.categoryIdentifier = [message objectForKey:@"category"];
  if ([[message objectForKey:@"sound"] boolValue]) {
    content.sound = [UNNotificationSound defaultSound];
  }
  return [UNNotificationRequest requestWithIdentifier:[message objectForKey:@"id"] content:content trigger:nil];
}

// postRequest shows a request and then removes the one that it replaces, so that an alarm never disappears. It first removes a message
// with the same identifier, since macOS would replace that without a banner (fyne-io/fyne#1699).
static void postRequest(uint64_t token, UNNotificationRequest *request, NSString *replaced) {
  [center() removeDeliveredNotificationsWithIdentifiers:@[ request.identifier ]];
  [center() addNotificationRequest:request
             withCompletionHandler:^(NSError *error) {
               if (error == nil) {
                 [center() removeDeliveredNotificationsWithIdentifiers:@[ replaced ]];
               }
               answer(token, error == nil, 0, error);
             }];
}

// pruned is set once the unused categories of earlier processes are removed. After that, an unused one may belong to a message on its way.
static bool pruned;

// setCategory adds a category to the others, and calls done when it is in force, since a message that overtakes its category has no
// buttons. setNotificationCategories has no completion handler, so a last query, whose result is not needed, waits for it.
static void setCategory(UNNotificationCategory *category, dispatch_block_t done) {
  [center() getDeliveredNotificationsWithCompletionHandler:^(NSArray<UNNotification *> *shown) {
    NSMutableSet<NSString *> *used = [NSMutableSet set];
    for (UNNotification *one in shown) {
      [used addObject:one.request.content.categoryIdentifier];
    }
    [center() getNotificationCategoriesWithCompletionHandler:^(NSSet<UNNotificationCategory *> *known) {
      NSMutableSet<UNNotificationCategory *> *kept = [NSMutableSet setWithObject:category];
      for (UNNotificationCategory *one in known) {
        if (pruned || [used containsObject:one.identifier]) {
          [kept addObject:one];
        }
      }
      pruned = true;
      [center() setNotificationCategories:kept];
      [center() getNotificationCategoriesWithCompletionHandler:^(NSSet<UNNotificationCategory *> *now) {
        (void)now;
        done();
      }];
    }];
  }];
}

void lockbarShow(uint64_t token, char *request) {
  @autoreleasepool {
    NSData *data = [[NSString stringWithUTF8String:request] dataUsingEncoding:NSUTF8StringEncoding];
    NSDictionary *message = [NSJSONSerialization JSONObjectWithData:data options:0 error:NULL];
    dispatch_block_t post = ^{
      postRequest(token, requestOf(message), [message objectForKey:@"replaces"]);
    };
    if ([[message objectForKey:@"actions"] count] == 0) {
      post();
    } else {
      setCategory(categoryOf(message), post);
    }
  }
}

// settle answers once the center has handled the earlier calls, which have no completion handlers.
static void settle(uint64_t token) {
  [center() getDeliveredNotificationsWithCompletionHandler:^(NSArray<UNNotification *> *left) {
    (void)left;
    answer(token, true, 0, nil);
  }];
}

void lockbarRemove(uint64_t token, char *identifier) {
  @autoreleasepool {
    NSArray<NSString *> *identifiers = @[ [NSString stringWithUTF8String:identifier] ];
    [center() removePendingNotificationRequestsWithIdentifiers:identifiers];
    [center() removeDeliveredNotificationsWithIdentifiers:identifiers];
    settle(token);
  }
}
