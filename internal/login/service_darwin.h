// Plain C functions by which Go calls ServiceManagement. service.go documents the status.
#include <stdbool.h>

int lockbarAppStatus(void);
int lockbarAgentStatus(const char *path);

// lockbarRegister registers the app, or removes it from the list. It returns an error message, which the caller frees, or NULL.
char *lockbarRegister(bool on);
