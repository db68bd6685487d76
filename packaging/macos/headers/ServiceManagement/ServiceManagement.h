// What we use of ServiceManagement, written from Apple's documentation for check-objc.
#pragma once
#import <Foundation/Foundation.h>

typedef NSInteger SMAppServiceStatus;

API_AVAILABLE(macos(13.0)) @interface SMAppService : NSObject
+ (instancetype)mainAppService;
+ (SMAppServiceStatus)statusForLegacyURL:(NSURL *)url;
- (BOOL)registerAndReturnError:(NSError **)error;
- (BOOL)unregisterAndReturnError:(NSError **)error;
@property(readonly) SMAppServiceStatus status;
@end
