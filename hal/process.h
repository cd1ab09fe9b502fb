/* process.h - what this process may and may not do, and how much it holds.
 *
 * Nothing here blocks. */
#ifndef PACKD_HAL_PROCESS_H
#define PACKD_HAL_PROCESS_H

#include <stddef.h>
#include <stdint.h>

/* To be called first of all in main. Descriptors 0 to 2 are open afterwards, so that no file of
 * ours becomes somebody's standard output; new files are ours alone; no core is written and nobody
 * else may look into our memory, for credentials lie there; no program we start gains rights. */
void process_settle(void);

/* Resident memory in KiB, 0 when the kernel does not tell. */
int64_t process_resident_kib(void);

/* What stands beside this program: "/usr/bin/../share/packd" for "share/packd". Empty when the
 * kernel does not tell where the program is, or the path does not fit. */
void process_beside(const char *what, char *out_path, size_t size);

/* A name for this boot of the box, as journal.h wants it: the kernel's own, or, where a sandbox
 * hides that, one that is new each time, which is always on the safe side. */
#define PROCESS_BOOT_ID_SIZE 41
void process_boot_id(char out_id[PROCESS_BOOT_ID_SIZE]);

#endif
