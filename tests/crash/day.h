/* day.h - a recorded day in the life of a station's journal, and its books: what must be in the
 * journal after each step. The books are kept from what journal.h promises, never from the journal.
 *
 * A parcel's batches are those of firmware/station: the intent with its event and the shipment as a
 * blob; the booking with its event and the label; the print; then printed, closed, an event and the
 * cursors in one. Around them refusals, labels that come late, pools, a cursor that moves alone,
 * pruning, labels deleted, copies while it runs, both kinds of checkpoint, stops and starts. */
#ifndef PACKD_TESTS_CRASH_DAY_H
#define PACKD_TESTS_CRASH_DAY_H

#include "hal/journal.h"
#include "tests/crash/disk_model.h"

#define DAY_JOURNAL DISK_FOLDER "/journal.db"
#define DAY_COPY DISK_FOLDER "/copy.db"
#define DAY_PARCELS_MAX 48
#define DAY_SLOTS (2 * DAY_PARCELS_MAX + 2) /* blobs: two of each parcel, the pool, the starts' */
#define DAY_STEPS_MAX 900

struct day_settings {
    uint64_t seed;
    int parcels;
    bool pad_sectors; /* as in journal.h; the disk then ruins what lies beside a torn write */
    bool weakened;    /* SQLite's NORMAL, which does not promise acknowledged commits */
    bool long_log;    /* nobody empties the log until it is as long as the journal lets it be */
};

enum day_kind {
    DAY_OPENING,
    DAY_BATCH,
    DAY_PRUNING,
    DAY_DROPPING,
    DAY_COPYING,
    DAY_PASSIVE,    /* the log is moved into the file while running */
    DAY_TRUNCATING, /* and emptied */
    DAY_RESTART
};

struct books {
    int64_t first, last;  /* facts kept; none when first = last + 1 */
    int64_t oms, settled; /* cursors */
    int starts;           /* batches appended after cuts, see day_append_start */
    int copied;           /* the step whose books the copy has; -1: there is none */
    struct {
        int version; /* 0: not there */
        int64_t seq; /* the last fact when it was put */
    } slots[DAY_SLOTS];
};

/* Records the day on the tape DISK_DAY and stops the tape. False when a step was refused. */
bool day_record(const struct day_settings *settings);
int day_steps(void); /* numbered 0 (the opening) to this - 1 */
enum day_kind day_kind(int step);
const char *day_kind_word(enum day_kind kind);
size_t day_begun_at(int step); /* places on the tape */
size_t day_done_at(int step);
const struct books *day_books(int step); /* when the step is done */
const char *day_epoch(void);

/* Opens the journal that is on the disk, as a box that was started again. */
MUST_USE enum err day_open(const char *boot_id, struct journal **out_journal);
/* The same with the sentence why not. */
MUST_USE enum err day_open_why(const char *path, const char *boot_id, struct textbuf *why,
                               struct journal **out_journal);
/* The batch that a start after a cut appends: a fact, a blob and the cursors; changes the books. */
MUST_USE enum err day_append_start(struct journal *journal, struct books *books);
/* Is in the journal just what the books say? */
bool day_matches(struct journal *journal, const struct books *books);

#endif
