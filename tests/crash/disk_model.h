/* disk_model.h - a disk that remembers what it was told in which order, so that any moment of a
 * power cut can be built afterwards.
 *
 * Files live in memory behind an SQLite file layer named DISK_VFS. While recording, every write,
 * truncation, flush, creation and deletion goes into a log. A cut at a place of the log gives each
 * file, apart from the others, what had been flushed and some of what had not: none, all, a random
 * choice (which is also reordering), random 512-byte pieces, or a prefix with its last write torn.
 * A file's name is certain once the file was flushed (the system's layer flushes the folder then);
 * a deletion not flushed may be undone. */
#ifndef PACKD_TESTS_CRASH_DISK_MODEL_H
#define PACKD_TESTS_CRASH_DISK_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_VFS "disk-model"

enum disk_kept {
    DISK_KEPT_NONE,
    DISK_KEPT_ALL,
    DISK_KEPT_SOME,
    DISK_KEPT_PIECES,
    DISK_KEPT_PREFIX
};
#define DISK_KEPT_KINDS 5

/* Registers the file layer; once. */
void disk_init(void);

/* An empty disk, recording. */
void disk_record(void);
/* How many entries the log has now; a cut at n sees the first n. */
size_t disk_log_len(void);
/* Keeps the log, so that cuts can be built from it while the disk is used otherwise. */
void disk_stop_recording(void);

/* Makes the disk what is left after a cut at log entry n. n must not fall from one call to the
 * next, except back to anything after disk_rewind. */
void disk_cut(size_t n, enum disk_kept kept, uint64_t *chance);
void disk_rewind(void);
void disk_finish(void); /* frees all */

/* The write, or the flush, after `after` more good ones fails once, with this SQLite code. */
void disk_fail_write(int after, int code);
void disk_fail_sync(int after, int code);
bool disk_failed(void); /* has it happened? clears the plan */

/* xorshift: the same seed, the same cuts. */
uint64_t disk_chance(uint64_t *chance);

#endif
