/* prove_linux.h - tries to leave the cage, so that anybody can see on his own box that it holds. */
#ifndef PACKD_FIRMWARE_RENDER_PROVE_LINUX_H
#define PACKD_FIRMWARE_RENDER_PROVE_LINUX_H

#include <stdbool.h>

/* One try by its name, or all of them for "all", each told in a line on standard output, which must
 * not be a file. False when one was let out, or there is no such try. Only to be called inside the
 * cage. */
bool prove_confined(const char *name);

#endif
