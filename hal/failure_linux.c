/* failure_linux.c - what a program of ours does when its own code turns out to be wrong.
 *
 * It says where and stops at once: stopping is safe, because the journal knows where the parcel
 * was, and going on is not. Nothing is tidied up, no handler runs, nothing is allocated. */
#include <stdio.h>
#include <stdlib.h>

#include "hal/base/ensure.h"

void ensure_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "packd: lost its way: %s at %s:%d\n", condition, file, line);
    abort();
}
