// What Go asks of ServiceManagement; service.go says what a status means. Plain C only.
#include <stdbool.h>

int lockbarAppStatus(void);
int lockbarAgentStatus(const char *path);

// lockbarRegister registers the app, or takes it off the list. It returns what went wrong, to be freed, or NULL.
char *lockbarRegister(bool on);
