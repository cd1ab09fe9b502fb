/* disk_model.h - a disk that remembers what it was told in which order, so that any moment of a
 * power cut can be built afterwards.
 *
 * Files live in memory in one folder, DISK_FOLDER, behind an SQLite file layer (disk_vfs.c) and
 * behind the system calls that hal makes beside SQLite (disk_posix.c). While a tape runs, every
 * write, truncation, flush, creation, deletion and renaming is noted on it, each file apart. A cut
 * at a place of the tape gives each file what had been flushed and some of what had not, and the
 * folder the entries that had been flushed and some of those that had not: disk_kept says which.
 * What is promised nowhere is not granted: a file's flush makes its content certain and not its
 * name; only a flush of the folder makes names certain. */
#ifndef PACKD_TESTS_CRASH_DISK_MODEL_H
#define PACKD_TESTS_CRASH_DISK_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"

#define DISK_VFS "disk-model"
#define DISK_FOLDER "/disk"

/* What a cut leaves of the things not flushed. */
enum disk_kept {
    DISK_KEPT_NONE,
    DISK_KEPT_ALL,
    DISK_KEPT_SOME,   /* each write or not, by chance: reordering */
    DISK_KEPT_PIECES, /* each 512 bytes of each write or not: tearing */
    DISK_KEPT_PREFIX, /* in order until one that is torn */
    DISK_KEPT_KINDS,
    /* The 512 bytes around a write that was under way are rubbish; only of a disk that does not
     * promise to spare what lies beside (journal.h, pad_sectors). */
    DISK_KEPT_RUBBISH = DISK_KEPT_KINDS
};

/* A disk that breaks its word, to see that it is noticed. */
enum disk_lie {
    DISK_HONEST,
    DISK_LIE_LOG_FLUSH,    /* flushing a write-ahead log does nothing */
    DISK_LIE_MAIN_FLUSH,   /* flushing a main file does nothing */
    DISK_LIE_COPY_FLUSH,   /* flushing a file that will be renamed does nothing */
    DISK_LIE_FOLDER_FLUSH, /* flushing the folder does nothing */
    DISK_LIE_LAST_WRITE    /* the last write before a flush comes only with the next one */
};

enum disk_tape { DISK_DAY, DISK_START, DISK_TAPES };

/* Registers the file layer; once, before anything else of SQLite. */
void disk_init(void);
void disk_finish(void); /* frees all */

/* An empty disk. */
void disk_format(void);
/* Begins the tape anew; what is on the disk now counts as flushed. One tape runs at a time. */
void disk_record(enum disk_tape tape);
void disk_stop(void);
size_t disk_tape_len(enum disk_tape tape);

/* Makes the disk what is left after a cut when the first n entries of the tape had been made. No
 * tape may run. Going back to a smaller n costs a rewind. */
void disk_cut(enum disk_tape tape, size_t n, enum disk_kept kept, uint64_t *chance);
/* Can this cut leave something that the cut one entry earlier could not? */
bool disk_cut_is_new(enum disk_tape tape, size_t n, enum disk_kept kept);
void disk_lie(enum disk_lie lie); /* how tapes are read from here on */

/* Looking at and meddling with files; "" as data of one that is not there. Borrowed until the disk
 * changes. */
struct bytes disk_content(const char *name);
bool disk_has(const char *name);
void disk_put(const char *name, struct bytes content);
void disk_remove(const char *name); /* fine when it is not there */

/* The write, or the flush, after `after` more good ones fails once, with this SQLite code. */
void disk_fail_write(int after, int code);
void disk_fail_sync(int after, int code);
bool disk_failed(void); /* has it happened? clears the plan */

/* xorshift: the same seed, the same cuts. Never 0. */
uint64_t disk_chance(uint64_t *chance);

#endif
