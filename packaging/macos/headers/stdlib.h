// What we use of C's stdlib.h.
#pragma once
#include <stddef.h>
extern void *realloc(void *block, size_t size);
extern void free(void *block);
