/* journal_inside.h - what journal_sqlite.c (facts in and out), journal_care_sqlite.c (pruning,
 * checking) and journal_copy_sqlite.c share; nobody else includes it. */
#ifndef PACKD_HAL_JOURNAL_INSIDE_H
#define PACKD_HAL_JOURNAL_INSIDE_H

#include "hal/files.h"
#include "hal/journal.h"

struct sqlite3;
struct sqlite3_stmt;

enum journal_statement {
    JOURNAL_ADD_FACT,
    JOURNAL_PUT_BLOB,
    JOURNAL_DROP_BLOB,
    JOURNAL_MOVE_CURSOR,
    JOURNAL_READ_AFTER,
    JOURNAL_READ_SUBJECT,
    JOURNAL_READ_KEY,
    JOURNAL_READ_BLOB,
    JOURNAL_ALL_BLOBS,
    JOURNAL_READ_CURSOR,
    JOURNAL_FIRST_SEQ,
    JOURNAL_LAST_SEQ,
    JOURNAL_PRUNE_PLAN,
    JOURNAL_PRUNE_FACTS,
    JOURNAL_PRUNE_BLOBS,
    JOURNAL_PRUNE_NOTE,
    JOURNAL_DROP_DONE,
    JOURNAL_PAGE_SIZE,
    JOURNAL_PAGES_USED,
    JOURNAL_PAGES_FREE,
    JOURNAL_PAGES_MAX,
    JOURNAL_STATEMENTS
};

struct journal {
    struct sqlite3 *db;
    struct sqlite3_stmt *statements[JOURNAL_STATEMENTS];
    char path[FILES_PATH_MAX];
    char epoch[JOURNAL_EPOCH_SIZE];
    char trouble[160];
    int64_t boot;
    uint64_t quota_bytes;
    int64_t page_bytes;
    struct journal_copy *copy; /* being made; NULL: none */
    int log_pages;             /* in the write-ahead log after the latest commit */
    bool reading_only;
    bool in_callback;
    enum err broken; /* ERR_IO or ERR_CORRUPT: not to be used again */
};

#define JOURNAL_ROW_COLUMNS "seq, at_ms, boot_ms, trusted, boot, key, kind, subject, body"

/* A row of these columns and its sum. */
void journal_row_of(struct sqlite3_stmt *select, struct journal_row *out_row);
int64_t journal_row_sum(const struct journal_row *row);
bool journal_row_fits(struct sqlite3_stmt *select, const struct journal_row *row);
/* The same of a blob: key, data, sum. */
int64_t journal_blob_sum(struct bytes key, struct bytes data);
bool journal_blob_fits(struct sqlite3_stmt *select);
/* ERR_CORRUPT when a fact does not match its sum. */
MUST_USE enum err journal_check_sums(struct sqlite3 *db);

/* May this call go to the disk at all? Every public call begins here, */
MUST_USE enum err journal_admit(const struct journal *journal, bool writing);
/* and ends here: remembers what happened, gives problem back. */
MUST_USE enum err journal_settle(struct journal *journal, enum err problem);
/* After a commit: moves a long log into the main file. What fails there harms no commit; a medium
 * that fails is told by the next call. */
void journal_tend_log(struct journal *journal);
/* The last number ever given, 0 when there was none. */
MUST_USE enum err journal_last_seq(struct journal *journal, int64_t *out_last);

#endif
