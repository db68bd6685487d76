// C functions by which Go calls UserNotifications and reads the code signature.
#include <stdbool.h>
#include <stdint.h>

bool lockbarInApp(void);

// lockbarSignature reports whether the signature of this program could be read.
bool lockbarSignature(uint32_t *flags, bool *team);

// lockbarHasCenter reports whether macOS has a notification center for this process.
bool lockbarHasCenter(void);

// lockbarListen makes macOS report responses from now on, to lockbarResponded.
void lockbarListen(void);

// These return at once. Each later calls lockbarAnswered once, with the same token, on any thread.
void lockbarAskPermission(uint64_t token);
void lockbarReadPermission(uint64_t token);
void lockbarShow(uint64_t token, char *request); // a macRequest as JSON
void lockbarRemove(uint64_t token, char *identifier);

// Go exports these. status is a UNAuthorizationStatus after a question about the permission, else 0. text is that of an error, or NULL.
extern void lockbarAnswered(uint64_t token, bool ok, int status, char *text);
extern void lockbarResponded(char *request, char *action);
