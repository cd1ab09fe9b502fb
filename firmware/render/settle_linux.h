/* settle_linux.h - what was only needed for the start is let go. */
#ifndef PACKD_FIRMWARE_RENDER_SETTLE_LINUX_H
#define PACKD_FIRMWARE_RENDER_SETTLE_LINUX_H

/* Freed blocks go back to the system, and pages of program files, fonts and caches that were only
 * looked at go out of this process; the next look finds them in the page cache. Best effort. */
void settle_memory(void);

#endif
