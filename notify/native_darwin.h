// Functions that Go calls in UserNotifications, and for the code signature. Plain C only.
#include <stdbool.h>
#include <stdint.h>

bool lockbarInApp(void);

// lockbarSignature reports whether the signature of this program could be read.
bool lockbarSignature(uint32_t *flags, bool *team);

// lockbarHasCenter reports whether macOS has a notification center for this process.
bool lockbarHasCenter(void);

// lockbarListen has responses reported from now on.
void lockbarListen(void);

// These return at once. lockbarAnswered is called once for each, with the same token, on any thread.
void lockbarAskPermission(uint64_t token);
void lockbarReadPermission(uint64_t token);
void lockbarShow(uint64_t token, char *request); // a macRequest as JSON
void lockbarRemove(uint64_t token, char *identifier);

// Go exports these. status is a UNAuthorizationStatus, text that of an error or NULL.
extern void lockbarAnswered(uint64_t token, bool ok, int status, char *text);
extern void lockbarResponded(char *request, char *action);
