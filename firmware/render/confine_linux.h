/* confine_linux.h - the cage. What is in here reads hostile documents with large libraries, so it
 * may compute, answer, and read the fonts that it holds open; nothing else.
 *
 * Two steps, because fonts must be read and threads of libraries be started in between. After the
 * first nothing can be written anywhere and no right be gained; after the second the kernel answers
 * every call that is not on the list with EPERM, or, in a strict cage, by killing the process. */
#ifndef PACKD_FIRMWARE_RENDER_CONFINE_LINUX_H
#define PACKD_FIRMWARE_RENDER_CONFINE_LINUX_H

#include <stdbool.h>
#include <stddef.h>

#define CONFINE_MEMORY_BYTES (160u * 1024u * 1024u) /* above what it has when the cage closes */

/* Before anything else: closes every descriptor above those of render_wire.h, forgets the
 * environment, dies with its parent, is the first to go when the box runs out of memory. */
void confine_begin(void);
/* NULL, or what this kernel refuses: then nothing must be drawn. `out_landlock`: the ABI that
 * holds; 0 where the kernel has none, which the filter makes up for. `descriptors`: how many may be
 * open. All threads of the process are confined. */
const char *confine_finish(bool strict, size_t descriptors, unsigned *out_landlock);

#endif
