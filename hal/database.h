/* database.h - how we open and use SQLite: shared by journal_sqlite.c and cache_sqlite.c, and by
 * nobody else.
 *
 * One connection, exclusive, write-ahead log, hardened, every setting read back (SQLite's
 * documentation: PRAGMA, sqlite3_db_config). Statements are prepared once; no SQL is ever built
 * from data. */
#ifndef PACKD_HAL_DATABASE_H
#define PACKD_HAL_DATABASE_H

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/base/textbuf.h"

struct sqlite3;
struct sqlite3_stmt;

enum database_use {
    DATABASE_DURABLE, /* a commit is on the disk: one flush each */
    DATABASE_QUICK,   /* sound after a power cut, but the last commits may be gone */
    DATABASE_READING, /* nothing in the files changes */
};

struct database_settings {
    const char *path;
    const char *vfs; /* NULL: the system's */
    enum database_use use;
    uint32_t page_bytes;  /* a power of two from 512 to 65536; for good once the file is made */
    uint64_t quota_bytes; /* 0: none */
    bool pad_sectors;
    int row_bytes_max;
    int32_t application_id;  /* tells our files from others' */
    int32_t schema;          /* the version this build makes */
    int32_t schema_oldest;   /* and the oldest that it reads; 0: no older one */
    const char *schema_sql;  /* makes that version in an empty file */
    const char *upgrade_sql; /* makes it of an older one, together with its number; NULL: none */
    /* Looks at the values after a stop that was not clean; NULL: nothing to look at. */
    enum err (*check)(struct sqlite3 *db);
};

/* Opens, checks, and makes the tables in an empty file. out_why gets a sentence on every error; a
 * file that is refused is left as it was, with its log. */
MUST_USE enum err database_open(const struct database_settings *settings, struct textbuf *out_why,
                                struct sqlite3 **out_db);
/* Closing will change nothing in the files; otherwise it empties the log and removes it. */
void database_leave_files(struct sqlite3 *db);
/* Accepts NULL. The statements must be gone. */
void database_close(struct sqlite3 *db);

/* A result code of SQLite in our words; db for the kernel's errno behind it. */
enum err database_err(struct sqlite3 *db, int code);

/* Prepares count statements from sql[] into out_statements[]; all NULL again on an error. */
MUST_USE enum err database_prepare(struct sqlite3 *db, const char *const sql[], size_t count,
                                   struct sqlite3_stmt *out_statements[]);
void database_finalize(struct sqlite3_stmt *statements[], size_t count);

/* Binds texts and numbers by position, from 1. They stay borrowed until the statement is reset. */
void database_bind_i64(struct sqlite3_stmt *statement, int position, int64_t value);
void database_bind_text(struct sqlite3_stmt *statement, int position, struct bytes text);
void database_bind_blob(struct sqlite3_stmt *statement, int position, struct bytes data);
struct bytes database_column(struct sqlite3_stmt *statement, int column);

/* Runs a statement that gives no rows, and resets it. */
MUST_USE enum err database_run(struct sqlite3_stmt *statement);
/* Runs one that gives at most one number, and resets it; ERR_NOT_FOUND when it gives none. */
MUST_USE enum err database_run_i64(struct sqlite3_stmt *statement, int64_t *out_value);

/* BEGIN IMMEDIATE; then COMMIT, or ROLLBACK when problem is set. Gives problem, or what the commit
 * itself met. */
MUST_USE enum err database_begin(struct sqlite3 *db);
MUST_USE enum err database_end(struct sqlite3 *db, enum err problem);

#endif
