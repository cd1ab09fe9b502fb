/* journal.h - the durable list of facts, and the blobs and cursors that go with it.
 *
 * One batch is one transaction: all of it is on the disk when journal_append gives ERR_NONE, and
 * none of it otherwise. A fact's key is unique among the facts kept, so the disk refuses what the
 * code should never ask. Sequence numbers begin at 1, have no gaps and are never used again; a
 * journal made afresh has another epoch, so (epoch, seq) is unique for ever. Pruning removes from
 * the old end only. What facts mean is not known here.
 *
 * One journal has one owner: a second process is refused with ERR_BUSY, readers too (they ask the
 * owner for a copy). Calls block for the disk: an append for one flush, tens of milliseconds.
 *
 * Errors, from any call:
 *   ERR_NO_SPACE   rolled back; disk or quota is full. Start no new parcel; prune; go on.
 *   ERR_IO         the medium's state is unknown. Exit at once; the next start recovers. Every
 *                  later call on this journal gives ERR_IO again.
 *   ERR_CORRUPT    the files are damaged, or a fact does not match its sum; they were left as they
 *                  are. Stop; the next journal_open says it again: journal_set_aside.
 *   ERR_EXISTS     a fact's key is taken; nothing was written. Never retry.
 *   ERR_REFUSED    the medium has become read-only; treat it like ERR_NO_SPACE.
 *   ERR_INVALID    the batch breaks a limit below; nothing was written.
 *   ERR_NO_MEMORY  rolled back. */
#ifndef PACKD_HAL_JOURNAL_H
#define PACKD_HAL_JOURNAL_H

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/base/textbuf.h"

/* Bytes. Keys, kinds and subjects are UTF-8 without control characters. */
#define JOURNAL_KEY_MAX 200
#define JOURNAL_KIND_MAX 40
#define JOURNAL_SUBJECT_MAX 100
#define JOURNAL_BODY_MAX (64u * 1024u) /* UTF-8 without NUL */
#define JOURNAL_BLOB_MAX (1024u * 1024u)
#define JOURNAL_CURSOR_NAME_MAX 40
#define JOURNAL_EPOCH_SIZE 17 /* 16 hexadecimal digits and a NUL */
#define JOURNAL_QUOTA_PAGE 4096u
#define JOURNAL_BATCH_MAX 64 /* facts, blobs, deletions, cursors: of each */

struct journal;

struct journal_settings {
    uint32_t quota_pages; /* of JOURNAL_QUOTA_PAGE bytes; 0: no quota but the disk's */
    const char *boot_id;  /* this boot's name, at most 40 characters (hal/clock.h) */
    bool pad_sectors;     /* eMMC or SD of unknown quality: one sector more per commit */
    const char *vfs;      /* SQLite file layer by name; NULL: the system's. For the crash test. */
};

struct journal_stamp {
    int64_t wall_ms;   /* Unix time */
    int64_t boot_ms;   /* since this boot, suspend included */
    bool wall_trusted; /* was the wall clock known to be right? */
};

struct journal_fact {
    struct bytes key;     /* "booked/P4711/1" */
    struct bytes kind;    /* "booked" */
    struct bytes subject; /* "P4711"; may be empty */
    struct bytes body;    /* versioned JSON */
};

struct journal_blob {
    struct bytes key;
    struct bytes data; /* replaces what was there under this key */
};

struct journal_cursor {
    const char *name;
    int64_t seq; /* >= 0; may move back */
};

/* All borrowed for the length of the call. */
struct journal_batch {
    struct journal_stamp at; /* the same for every fact in it */
    const struct journal_fact *facts;
    size_t fact_count;
    const struct journal_blob *blobs;
    size_t blob_count;
    const struct bytes *blobs_gone; /* keys; one that is not there is fine */
    size_t blob_gone_count;
    const struct journal_cursor *cursors;
    size_t cursor_count;
};

/* Borrowed, good during the callback only. */
struct journal_row {
    int64_t seq;
    struct journal_stamp at;
    int64_t boot; /* number of the boot; boot_ms of two rows compare only when this is equal */
    struct bytes key;
    struct bytes kind;
    struct bytes subject;
    struct bytes body;
};

/* False ends the reading. Must not call the journal. */
typedef bool journal_row_fn(void *context, const struct journal_row *row);

/* Opens or makes it; the folder must be there. One of an older format is brought to ours. After a
 * stop that was not clean the whole file is checked first (about a second per 300 MB). out_why gets
 * a sentence on every error: ERR_BUSY (another process has it), ERR_UNSUPPORTED (made by a newer
 * firmware; untouched), ERR_REFUSED (a symbolic link, no right, or another program's file),
 * ERR_CORRUPT, ERR_NO_SPACE, ERR_IO. */
MUST_USE enum err journal_open(const char *path, const struct journal_settings *settings,
                               struct textbuf *out_why, struct journal **out_journal);
/* Opens one that nobody owns, to read it: nothing in its files changes, not even after a crash.
 * Appending and pruning are ERR_REFUSED. For packtool. */
MUST_USE enum err journal_open_reading(const char *path, struct textbuf *out_why,
                                       struct journal **out_journal);
/* Accepts NULL. */
void journal_close(struct journal *journal);

/* The first number given; numbers run on from there in the order of the facts. Untouched when the
 * batch has no facts. */
MUST_USE enum err journal_append(struct journal *journal, const struct journal_batch *batch,
                                 int64_t *out_first_seq);

/* Facts with a number above seq, oldest first, at most limit. */
MUST_USE enum err journal_read_after(struct journal *journal, int64_t seq, size_t limit,
                                     journal_row_fn *row, void *context);
/* The same, of the facts with that subject only; found by an index, not by reading through. The
 * callback sets the limit. */
MUST_USE enum err journal_read_subject(struct journal *journal, struct bytes subject, int64_t seq,
                                       journal_row_fn *row, void *context);
/* The fact with that key. ERR_NOT_FOUND. */
MUST_USE enum err journal_read_key(struct journal *journal, struct bytes key, journal_row_fn *row,
                                   void *context);
/* ERR_NOT_FOUND, also when it does not match its sum; ERR_TOO_BIG when it is longer than size. */
MUST_USE enum err journal_read_blob(struct journal *journal, struct bytes key, void *storage,
                                    size_t size, size_t *out_len);
/* 0 when it was never moved. */
MUST_USE enum err journal_read_cursor(struct journal *journal, const char *name, int64_t *out_seq);

/* First and last number kept; an empty journal has first = last + 1. */
MUST_USE enum err journal_extent(struct journal *journal, int64_t *out_first, int64_t *out_last);
const char *journal_epoch(const struct journal *journal);
/* A sentence about the latest error of a call; empty when there was none. For the log. */
const char *journal_trouble(const struct journal *journal);

/* Bytes that can still be written before quota or disk refuse, and the quota in bytes (0: none). */
struct journal_space {
    uint64_t free_bytes;
    uint64_t used_bytes;
    uint64_t quota_bytes;
};
MUST_USE enum err journal_measure(struct journal *journal, struct journal_space *out_space);

/* Removes facts with seq < before_seq and wall_ms < before_wall_ms, from the old end until the
 * first that must stay, at most rows_max of them, and the blobs that were put no later than these.
 * Call again while it gives rows_max. Deleted content is overwritten. */
struct journal_prune {
    int64_t before_seq;
    int64_t before_wall_ms;
    size_t rows_max;
};
MUST_USE enum err journal_prune(struct journal *journal, const struct journal_prune *prune,
                                size_t *out_removed);

/* Removes blobs long before their facts: those under blob_prefix + NAME for which a fact
 * fact_prefix + NAME stands since before_wall_ms and has a number below before_seq, at most
 * rows_max of them. Call again while it gives rows_max. */
struct journal_drop {
    int64_t before_seq;
    const char *blob_prefix; /* "label/" */
    const char *fact_prefix; /* "closed/" */
    int64_t before_wall_ms;
    size_t rows_max;
};
MUST_USE enum err journal_drop_done(struct journal *journal, const struct journal_drop *drop,
                                    size_t *out_removed);

/* Moves everything from the write-ahead log into the main file and empties the log. When idle. */
MUST_USE enum err journal_checkpoint(struct journal *journal);

/* A copy under path (replacing one there) while the journal goes on; what is appended meanwhile is
 * in it. Begun, then moved on between batches, some milliseconds each time, until done; one at a
 * time (ERR_BUSY). After an error it is gone, and the journal is as well as before. reserve_bytes
 * must stay free beside it, else ERR_NO_SPACE; 0: not asked. */
MUST_USE enum err journal_copy_begin(struct journal *journal, const char *path,
                                     uint64_t reserve_bytes);
MUST_USE enum err journal_copy_step(struct journal *journal, bool *out_done);
bool journal_is_copying(const struct journal *journal);
/* Gives it up. Nothing happens when there is none. */
void journal_copy_stop(struct journal *journal);

/* Looks for damage: file structure, values that do not match their sums, gaps in the numbers,
 * cursors past the end. Each finding is one sentence. ERR_NONE with count 0 means sound. Reads the
 * whole file. */
typedef void journal_finding_fn(void *context, const char *sentence);
MUST_USE enum err journal_verify(struct journal *journal, journal_finding_fn *finding,
                                 void *context, size_t *out_count);

/* A part of that, for a journal in use: the facts above seq against their sums, at most rows_max.
 * It moves seq on; `more`: there are others. A finding does not end the journal's use. */
struct journal_look {
    int64_t seq;
    size_t rows_max;
    journal_finding_fn *finding;
    void *context;
    bool more;
};
MUST_USE enum err journal_look(struct journal *journal, struct journal_look *look);

/* Renames the files of a damaged, closed journal to "<path>.damaged-N" (and its log alongside), so
 * that a new one can be made. out_name gets the new name. */
MUST_USE enum err journal_set_aside(const char *path, struct textbuf *out_name);

#endif
