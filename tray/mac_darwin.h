// Functions through which Go calls AppKit and its neighbours; mac_darwin.go documents them. Plain C only.
#include <stdbool.h>

bool lockbarHasWindowServer(void);
void lockbarStayAwake(void);
bool lockbarScreenAsleep(void);
void lockbarSetLabel(const char *text);

// lockbarWoke is exported by Go.
extern void lockbarWoke(void);
