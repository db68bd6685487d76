// These functions give Go the Accessibility API and Core Graphics; screen.go documents them. Plain C only.
#include <stdbool.h>

typedef struct {
  double x, y, width, height;
} ProbeRect;

typedef struct {
  int depth;
  bool enabled;
  char *title, *mark;
  ProbeRect frame;
} ProbeEntry;

typedef struct {
  ProbeEntry *entries;
  int count, room;
} ProbeMenu;

// probeItem, probeItemMenu and probeMenuAt return an AXError, which is never positive, or probeNone if there is no such item or menu.
// probeDisplays returns the number of displays, or -1.
enum { probeNone = 1 };

bool probeTrusted(void);
bool probeMayPost(void);
int probeDisplays(ProbeRect *displays, int room);
int probeItem(int pid, ProbeRect *frame);
int probeItemMenu(int pid, ProbeMenu *menu);
int probeMenuAt(int pid, double x, double y, ProbeMenu *menu);
void probeFreeMenu(ProbeMenu *menu);
bool probePointer(double *x, double *y);
bool probeMoveMouse(double x, double y);
bool probeLeftButton(bool down, double x, double y);
bool probeKey(int code, bool down);
