// What we use of C's string.h.
#pragma once
extern char *strdup(const char *text);
