// What we use of Foundation and of libdispatch, which it includes, written from Apple's documentation for check-objc.
#pragma once
#include <CoreFoundation/CoreFoundation.h>

#ifdef __arm64__
typedef bool BOOL;
#else
typedef signed char BOOL;
#endif
typedef long NSInteger;
typedef unsigned long NSUInteger;
#define YES __objc_yes
#define NO __objc_no
#define nil NULL

typedef void (^dispatch_block_t)(void);
@protocol OS_dispatch_queue_main
@end
typedef id<OS_dispatch_queue_main> dispatch_queue_main_t;
extern dispatch_queue_main_t dispatch_get_main_queue(void);
extern void dispatch_async(id queue, dispatch_block_t block) API_AVAILABLE(macos(10.6));

// CFBridgingRelease gives ARC what a Copy or Create function returned; NULL becomes nil.
static inline id CFBridgingRelease(CFTypeRef __attribute__((cf_consumed)) cf) { return (__bridge_transfer id)cf; }

@class NSString;

@protocol NSObject
@end

@protocol NSCopying
@end

__attribute__((objc_root_class)) @interface NSObject <NSObject>
+ (instancetype)alloc;
- (instancetype)init;
- (BOOL)isKindOfClass:(Class)kind;
+ (Class)class;
- (id)valueForKey:(NSString *)key;
@end

typedef NSUInteger NSStringEncoding;
enum : NSStringEncoding { NSUTF8StringEncoding = 4 };

@interface NSData : NSObject
@end

@interface NSString : NSObject <NSCopying>
+ (instancetype)stringWithUTF8String:(const char *)text;
@property(readonly) const char *UTF8String;
- (BOOL)isEqualToString:(NSString *)other;
- (BOOL)hasSuffix:(NSString *)end;
- (NSData *)dataUsingEncoding:(NSStringEncoding)encoding;
@end

@interface NSNumber : NSObject
@property(readonly) unsigned int unsignedIntValue;
@property(readonly) BOOL boolValue;
@end

typedef struct {
  unsigned long state;
  id __unsafe_unretained *itemsPtr;
  unsigned long *mutationsPtr;
  unsigned long extra[5];
} NSFastEnumerationState;

@protocol NSFastEnumeration
- (NSUInteger)countByEnumeratingWithState:(NSFastEnumerationState *)state
                                  objects:(id __unsafe_unretained[])buffer
                                    count:(NSUInteger)length;
@end

@interface NSArray<__covariant ObjectType> : NSObject <NSFastEnumeration>
+ (instancetype)arrayWithObjects:(const ObjectType[])objects count:(NSUInteger)count;
@property(readonly) NSUInteger count;
- (ObjectType)objectAtIndex:(NSUInteger)index;
@end

@interface NSMutableArray<ObjectType> : NSArray <ObjectType>
+ (instancetype)array;
- (void)addObject:(ObjectType)object;
@end

@interface NSSet<__covariant ObjectType> : NSObject <NSFastEnumeration>
+ (instancetype)set;
+ (instancetype)setWithObject:(ObjectType)object;
- (BOOL)containsObject:(ObjectType)object;
@end

@interface NSMutableSet<ObjectType> : NSSet <ObjectType>
- (void)addObject:(ObjectType)object;
@end

@interface NSDictionary<__covariant KeyType, __covariant ObjectType> : NSObject <NSFastEnumeration>
- (ObjectType)objectForKey:(KeyType)key;
@end

@class NSError;
typedef NSUInteger NSJSONReadingOptions;

@interface NSJSONSerialization : NSObject
+ (id)JSONObjectWithData:(NSData *)data options:(NSJSONReadingOptions)options error:(NSError **)error;
@end

@interface NSBundle : NSObject
+ (NSBundle *)mainBundle;
@property(readonly) NSString *bundleIdentifier;
@property(readonly) NSString *bundlePath;
@end

@interface NSURL : NSObject
+ (NSURL *)fileURLWithPath:(NSString *)path;
@end

@interface NSError : NSObject
@property(readonly) NSString *localizedDescription;
@end

@interface NSException : NSObject
@end

typedef uint64_t NSActivityOptions;
enum : NSActivityOptions {
  NSActivityIdleSystemSleepDisabled = 1ULL << 20,
  NSActivityUserInitiated = 0x00FFFFFFULL | NSActivityIdleSystemSleepDisabled,
  NSActivityUserInitiatedAllowingIdleSystemSleep = NSActivityUserInitiated & ~NSActivityIdleSystemSleepDisabled,
};

@interface NSProcessInfo : NSObject
+ (NSProcessInfo *)processInfo;
- (id<NSObject>)beginActivityWithOptions:(NSActivityOptions)options reason:(NSString *)reason API_AVAILABLE(macos(10.9));
@end

typedef NSString *NSNotificationName;
@class NSOperationQueue;

@interface NSNotification : NSObject
@end

@interface NSNotificationCenter : NSObject
- (id<NSObject>)addObserverForName:(NSNotificationName)name
                            object:(id)object
                             queue:(NSOperationQueue *)queue
                        usingBlock:(void (^)(NSNotification *notification))block API_AVAILABLE(macos(10.6));
@end
