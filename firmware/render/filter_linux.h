/* filter_linux.h - the system calls that packd-render may still make. */
#ifndef PACKD_FIRMWARE_RENDER_FILTER_LINUX_H
#define PACKD_FIRMWARE_RENDER_FILTER_LINUX_H

#include <stdbool.h>

/* For all threads. Everything else fails with EPERM, or kills the process when strict. */
bool filter_load(bool strict);

#endif
