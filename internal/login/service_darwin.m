//go:build cgo

#import <Foundation/Foundation.h>
#import <ServiceManagement/ServiceManagement.h>
#include <string.h>

#include "service_darwin.h"

// unasked is the status before macOS 13.
static const int unasked = -1;

int lockbarAppStatus(void) {
  @autoreleasepool {
    if (@available(macOS 13.0, *)) {
      return (int)[SMAppService mainAppService].status;
    }
    return unasked;
  }
}

int lockbarAgentStatus(const char *path) {
  @autoreleasepool {
    if (@available(macOS 13.0, *)) {
      NSURL *url = [NSURL fileURLWithPath:[NSString stringWithUTF8String:path]];
      return (int)[SMAppService statusForLegacyURL:url];
    }
    return unasked;
  }
}

char *lockbarRegister(bool on) {
  @autoreleasepool {
    if (@available(macOS 13.0, *)) {
      NSError *error = nil;
      SMAppService *app = [SMAppService mainAppService];
      if (on ? [app registerAndReturnError:&error] : [app unregisterAndReturnError:&error]) {
        return NULL;
      }
      const char *said = [[error localizedDescription] UTF8String];
      return strdup(said != NULL ? said : "macOS did not say why");
    }
    return strdup("this needs macOS 13");
  }
}
