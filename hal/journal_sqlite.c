/* journal_sqlite.c - journal.h in one SQLite file, used as a log: rows are appended, cursors move,
 * nothing else is updated.
 *
 * Invariants, looked for by journal_verify (journal_care_sqlite.c):
 *  J1  numbers of facts kept have no gaps: a rolled back batch gives its numbers back, and pruning
 *      removes a prefix;
 *  J2  the first fact kept follows the last one pruned, which is remembered; so pruning everything
 *      does not start again at 1. (SQLite's AUTOINCREMENT would do the same for one page more to
 *      write with every batch.)
 *  J3  a cursor and a blob name no number that was never given;
 *  J4  every fact names a boot that is known;
 *  J5  blobs lie in the order of the facts they came with: a replaced one moves to the end.
 * After ERR_IO or ERR_CORRUPT the connection is not used again: what the page cache holds may not
 * be what the disk holds (Linux drops the mark of a page whose flush failed). */
#include "hal/journal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/database.h"
#include "hal/files.h"
#include "hal/journal_inside.h"

#define APPLICATION_ID 0x706b6a31 /* "pkj1" */
#define SCHEMA 2
#define SCHEMA_OLDEST 1 /* without sums */
/* A batch changes a few hundred bytes in each of six or seven pages, and all of each page goes to
 * the log: small pages wear the flash less. tools/bench parcels says how much. */
#define PAGE_BYTES 1024u
#define BOOT_ID_MAX 40
#define ROW_BYTES_MAX ((int)(JOURNAL_BLOB_MAX + 4096)) /* the row's other columns count too */

static const char schema_sql[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE boots(boot INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL CHECK(length(id) BETWEEN 1 AND 40)) STRICT;"
    "CREATE TABLE facts(seq INTEGER PRIMARY KEY CHECK(seq > 0),"
    " at_ms INTEGER NOT NULL, boot_ms INTEGER NOT NULL,"
    " trusted INTEGER NOT NULL CHECK(trusted IN (0,1)),"
    " boot INTEGER NOT NULL REFERENCES boots(boot),"
    " key TEXT NOT NULL UNIQUE CHECK(length(key) BETWEEN 1 AND 200),"
    " kind TEXT NOT NULL CHECK(length(kind) BETWEEN 1 AND 40),"
    " subject TEXT NOT NULL CHECK(length(subject) <= 100),"
    " body TEXT NOT NULL CHECK(length(body) BETWEEN 1 AND 65536),"
    " sum INTEGER) STRICT;"
    /* without those that have no subject; the row number is in the index and gives the order */
    "CREATE INDEX facts_by_subject ON facts(subject) WHERE subject <> '';"
    "CREATE TABLE pruned(one INTEGER PRIMARY KEY CHECK(one = 1),"
    " seq INTEGER NOT NULL CHECK(seq >= 0)) STRICT;"
    "INSERT INTO pruned VALUES(1, 0);"
    "CREATE TABLE blobs(place INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE CHECK(length(key) BETWEEN 1 AND 200),"
    " seq INTEGER NOT NULL CHECK(seq >= 0),"
    " data BLOB NOT NULL CHECK(length(data) <= 1048576),"
    " sum INTEGER) STRICT;"
    "CREATE TABLE cursors(name TEXT PRIMARY KEY CHECK(length(name) BETWEEN 1 AND 40),"
    " seq INTEGER NOT NULL CHECK(seq >= 0)) STRICT, WITHOUT ROWID;"
    "INSERT INTO meta VALUES('epoch', lower(hex(randomblob(8))));";

static const char upgrade_sql[] = "ALTER TABLE facts ADD COLUMN sum INTEGER;"
                                  "ALTER TABLE blobs ADD COLUMN sum INTEGER;";

#define ROW_COLUMNS JOURNAL_ROW_COLUMNS
#define READ_AFTER(sum) \
    "SELECT " ROW_COLUMNS ", " sum " FROM facts WHERE seq > ?1 ORDER BY seq LIMIT ?2"
#define READ_SUBJECT(sum)                                           \
    "SELECT " ROW_COLUMNS ", " sum " FROM facts WHERE subject = ?1" \
    " AND subject <> '' AND seq > ?2 ORDER BY seq"
#define READ_KEY(sum) "SELECT " ROW_COLUMNS ", " sum " FROM facts WHERE key = ?1"

static const char *const statement_sql[JOURNAL_STATEMENTS] = {
    [JOURNAL_ADD_FACT] = "INSERT INTO facts(" ROW_COLUMNS ", sum)"
                         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [JOURNAL_PUT_BLOB] = "INSERT OR REPLACE INTO blobs(key, seq, data, sum)"
                         " VALUES(?1, ?2, ?3, ?4)",
    [JOURNAL_DROP_BLOB] = "DELETE FROM blobs WHERE key = ?1",
    [JOURNAL_MOVE_CURSOR] = "INSERT INTO cursors(name, seq) VALUES(?1, ?2)"
                            " ON CONFLICT(name) DO UPDATE SET seq = excluded.seq",
    [JOURNAL_READ_AFTER] = READ_AFTER("sum"),
    [JOURNAL_READ_SUBJECT] = READ_SUBJECT("sum"),
    [JOURNAL_READ_KEY] = READ_KEY("sum"),
    [JOURNAL_READ_BLOB] = "SELECT key, data, sum FROM blobs WHERE key = ?1",
    [JOURNAL_ALL_BLOBS] = "SELECT key, data, sum FROM blobs",
    [JOURNAL_READ_CURSOR] = "SELECT seq FROM cursors WHERE name = ?1",
    [JOURNAL_FIRST_SEQ] = "SELECT min(seq) FROM facts",
    [JOURNAL_LAST_SEQ] = "SELECT coalesce((SELECT max(seq) FROM facts), (SELECT seq FROM pruned))",
    [JOURNAL_PRUNE_PLAN] = "SELECT seq, at_ms FROM facts WHERE seq < ?1 ORDER BY seq LIMIT ?2",
    [JOURNAL_PRUNE_FACTS] = "DELETE FROM facts WHERE seq <= ?1",
    [JOURNAL_PRUNE_BLOBS] = "DELETE FROM blobs WHERE place <"
                            " coalesce((SELECT place FROM blobs WHERE seq > ?1 ORDER BY place"
                            " LIMIT 1), 9223372036854775807)",
    [JOURNAL_PRUNE_NOTE] = "UPDATE pruned SET seq = ?1",
    [JOURNAL_DROP_DONE] = "DELETE FROM blobs WHERE key IN (SELECT b.key FROM blobs b JOIN facts f"
                          " ON f.key = ?2 || substr(b.key, length(?1) + 1)"
                          " WHERE substr(b.key, 1, length(?1)) = ?1 AND f.at_ms < ?3"
                          " AND f.seq < ?5 LIMIT ?4)",
    [JOURNAL_PAGE_SIZE] = "PRAGMA page_size",
    [JOURNAL_PAGES_USED] = "PRAGMA page_count",
    [JOURNAL_PAGES_FREE] = "PRAGMA freelist_count",
    [JOURNAL_PAGES_MAX] = "PRAGMA max_page_count",
};

/* The next opening finds the log, and so checks everything. */
static void spoil(struct journal *journal, enum err problem)
{
    journal->broken = problem;
    database_leave_files(journal->db);
}

enum err journal_settle(struct journal *journal, enum err problem)
{
    if (problem == ERR_IO || problem == ERR_CORRUPT) spoil(journal, problem);
    if (problem != ERR_NONE && problem != ERR_NOT_FOUND) {
        bool knows = (sqlite3_errcode(journal->db) & 0xff) != SQLITE_OK;
        snprintf(journal->trouble, sizeof(journal->trouble), "%s (%d): %s", err_word(problem),
                 sqlite3_extended_errcode(journal->db),
                 knows ? sqlite3_errmsg(journal->db) : "refused before the disk was asked");
    }
    return problem;
}

static enum err read_epoch(struct journal *journal)
{
    struct sqlite3_stmt *select = NULL;
    const char *sql = "SELECT value FROM meta WHERE name = 'epoch'";
    int code = sqlite3_prepare_v2(journal->db, sql, -1, &select, NULL);
    if (code != SQLITE_OK) return database_err(journal->db, code);
    code = sqlite3_step(select);
    bool good = code == SQLITE_ROW &&
                bytes_to_text(database_column(select, 0), journal->epoch, sizeof(journal->epoch));
    sqlite3_finalize(select);
    if (good) return ERR_NONE;
    return code == SQLITE_ROW || code == SQLITE_DONE ? ERR_CORRUPT
                                                     : database_err(journal->db, code);
}

/* One of an older format that is only read stays as it is: it has no sums, and no fact is added. */
static enum err prepare(struct journal *journal)
{
    static const char *const version_sql[] = {"PRAGMA user_version"};
    const char *sql[JOURNAL_STATEMENTS];
    struct sqlite3_stmt *version[1];
    int64_t schema = 0;
    enum err problem = database_prepare(journal->db, version_sql, 1, version);
    if (problem != ERR_NONE) return problem;
    problem = database_run_i64(version[0], &schema);
    database_finalize(version, 1);
    if (problem != ERR_NONE) return problem;
    memcpy(sql, statement_sql, sizeof(sql));
    if (schema < SCHEMA) {
        sql[JOURNAL_ADD_FACT] = sql[JOURNAL_PUT_BLOB] = "SELECT 1";
        sql[JOURNAL_READ_AFTER] = READ_AFTER("NULL");
        sql[JOURNAL_READ_SUBJECT] = READ_SUBJECT("NULL");
        sql[JOURNAL_READ_KEY] = READ_KEY("NULL");
        sql[JOURNAL_READ_BLOB] = "SELECT key, data, NULL FROM blobs WHERE key = ?1";
        sql[JOURNAL_ALL_BLOBS] = "SELECT key, data, NULL FROM blobs";
    }
    return database_prepare(journal->db, sql, JOURNAL_STATEMENTS, journal->statements);
}

/* The number of this boot; a new one when the box was started since. */
static enum err note_boot(struct journal *journal, const char *boot_id)
{
    static const char *const sql[] = {
        "SELECT boot FROM boots WHERE id = ?1 AND boot = (SELECT max(boot) FROM boots)",
        "INSERT INTO boots(id) VALUES(?1)",
    };
    struct sqlite3_stmt *both[ARRAY_LEN(sql)];
    enum err problem = database_prepare(journal->db, sql, ARRAY_LEN(sql), both);
    if (problem != ERR_NONE) return problem;
    database_bind_text(both[0], 1, bytes_of_text(boot_id));
    problem = database_run_i64(both[0], &journal->boot);
    if (problem == ERR_NOT_FOUND) {
        database_bind_text(both[1], 1, bytes_of_text(boot_id));
        problem = database_run(both[1]);
        journal->boot = sqlite3_last_insert_rowid(journal->db);
    }
    database_finalize(both, ARRAY_LEN(both));
    return problem;
}

/* Stands in for SQLite's own automatic checkpoint, which keeps its errors to itself. */
static int note_log_pages(void *context, struct sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    struct journal *journal = context;
    journal->log_pages = pages;
    return SQLITE_OK;
}

static enum err open_any(const struct database_settings *settings, const char *boot_id,
                         struct textbuf *out_why, struct journal **out_journal)
{
    struct journal *journal = calloc(1, sizeof(*journal));
    if (journal == NULL) return ERR_NO_MEMORY;
    enum err problem = database_open(settings, out_why, &journal->db);
    if (problem != ERR_NONE) {
        free(journal);
        return problem;
    }
    snprintf(journal->path, sizeof(journal->path), "%s", settings->path);
    journal->quota_bytes = settings->quota_bytes;
    journal->reading_only = settings->use == DATABASE_READING;
    sqlite3_wal_hook(journal->db, note_log_pages, journal);
    problem = prepare(journal);
    if (problem == ERR_NONE) problem = read_epoch(journal);
    if (problem == ERR_NONE) {
        problem = database_run_i64(journal->statements[JOURNAL_PAGE_SIZE], &journal->page_bytes);
    }
    if (problem == ERR_NONE && !journal->reading_only) problem = note_boot(journal, boot_id);
    if (problem != ERR_NONE) {
        textbuf_format(out_why, "%s cannot be used: %s", settings->path,
                       sqlite3_errmsg(journal->db));
        database_leave_files(journal->db);
        journal_close(journal);
        return problem;
    }
    *out_journal = journal;
    return ERR_NONE;
}

enum err journal_open(const char *path, const struct journal_settings *settings,
                      struct textbuf *out_why, struct journal **out_journal)
{
    size_t boot_id_len = strlen(settings->boot_id);
    ENSURE(boot_id_len > 0 && boot_id_len <= BOOT_ID_MAX);
    struct database_settings open = {
        .path = path,
        .vfs = settings->vfs,
        .use = DATABASE_DURABLE,
        .page_bytes = PAGE_BYTES,
        .quota_bytes = (uint64_t)settings->quota_pages * JOURNAL_QUOTA_PAGE,
        .pad_sectors = settings->pad_sectors,
        .row_bytes_max = ROW_BYTES_MAX,
        .application_id = APPLICATION_ID,
        .schema = SCHEMA,
        .schema_oldest = SCHEMA_OLDEST,
        .schema_sql = schema_sql,
        .upgrade_sql = upgrade_sql,
        .check = journal_check_sums,
    };
    return open_any(&open, settings->boot_id, out_why, out_journal);
}

enum err journal_open_reading(const char *path, struct textbuf *out_why,
                              struct journal **out_journal)
{
    struct database_settings open = {
        .path = path,
        .use = DATABASE_READING,
        .row_bytes_max = ROW_BYTES_MAX,
        .application_id = APPLICATION_ID,
        .schema = SCHEMA,
        .schema_oldest = SCHEMA_OLDEST,
    };
    return open_any(&open, NULL, out_why, out_journal);
}

void journal_close(struct journal *journal)
{
    if (journal == NULL) return;
    journal_copy_stop(journal);
    database_finalize(journal->statements, JOURNAL_STATEMENTS);
    database_close(journal->db);
    free(journal);
}

enum err journal_admit(const struct journal *journal, bool writing)
{
    ENSURE(!journal->in_callback);
    if (journal->broken != ERR_NONE) return journal->broken;
    return writing && journal->reading_only ? ERR_REFUSED : ERR_NONE;
}

static bool is_name(struct bytes text, size_t len_max)
{
    if (text.len == 0 || text.len > len_max || !bytes_are_utf8_text(text)) return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20) return false; /* tab, CR and LF are text but no part of a name */
    }
    return true;
}

static bool is_fact(const struct journal_fact *fact)
{
    return is_name(fact->key, JOURNAL_KEY_MAX) && is_name(fact->kind, JOURNAL_KIND_MAX) &&
           (fact->subject.len == 0 || is_name(fact->subject, JOURNAL_SUBJECT_MAX)) &&
           fact->body.len > 0 && fact->body.len <= JOURNAL_BODY_MAX &&
           bytes_are_utf8_text(fact->body);
}

static bool is_batch(const struct journal_batch *batch)
{
    if (batch->fact_count > JOURNAL_BATCH_MAX || batch->blob_count > JOURNAL_BATCH_MAX ||
        batch->blob_gone_count > JOURNAL_BATCH_MAX || batch->cursor_count > JOURNAL_BATCH_MAX) {
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < batch->fact_count; i++) good = good && is_fact(&batch->facts[i]);
    for (size_t i = 0; i < batch->blob_count; i++) {
        const struct journal_blob *blob = &batch->blobs[i];
        good = good && is_name(blob->key, JOURNAL_KEY_MAX) && blob->data.len <= JOURNAL_BLOB_MAX;
    }
    for (size_t i = 0; i < batch->cursor_count; i++) {
        const struct journal_cursor *cursor = &batch->cursors[i];
        good = good && cursor->seq >= 0 &&
               is_name(bytes_of_text(cursor->name), JOURNAL_CURSOR_NAME_MAX);
    }
    return good;
}

static enum err add_facts(struct journal *journal, const struct journal_batch *batch,
                          int64_t first_seq)
{
    struct sqlite3_stmt *add = journal->statements[JOURNAL_ADD_FACT];
    for (size_t i = 0; i < batch->fact_count; i++) {
        const struct journal_fact *fact = &batch->facts[i];
        const struct journal_row row = {.seq = first_seq + (int64_t)i,
                                        .at = batch->at,
                                        .boot = journal->boot,
                                        .key = fact->key,
                                        .kind = fact->kind,
                                        .subject = fact->subject,
                                        .body = fact->body};
        database_bind_i64(add, 1, row.seq);
        database_bind_i64(add, 2, row.at.wall_ms);
        database_bind_i64(add, 3, row.at.boot_ms);
        database_bind_i64(add, 4, row.at.wall_trusted);
        database_bind_i64(add, 5, row.boot);
        database_bind_text(add, 6, row.key);
        database_bind_text(add, 7, row.kind);
        database_bind_text(add, 8, row.subject);
        database_bind_text(add, 9, row.body);
        database_bind_i64(add, 10, journal_row_sum(&row));
        enum err problem = database_run(add);
        if (problem != ERR_NONE) return problem;
    }
    return ERR_NONE;
}

enum err journal_last_seq(struct journal *journal, int64_t *out_last)
{
    enum err problem = database_run_i64(journal->statements[JOURNAL_LAST_SEQ], out_last);
    return problem == ERR_NOT_FOUND ? ERR_CORRUPT : problem; /* there is always an answer */
}

static enum err put_blobs(struct journal *journal, const struct journal_batch *batch,
                          int64_t last_seq)
{
    enum err problem = ERR_NONE;
    for (size_t i = 0; problem == ERR_NONE && i < batch->blob_count; i++) {
        struct sqlite3_stmt *put = journal->statements[JOURNAL_PUT_BLOB];
        database_bind_text(put, 1, batch->blobs[i].key);
        database_bind_i64(put, 2, last_seq);
        database_bind_blob(put, 3, batch->blobs[i].data);
        database_bind_i64(put, 4, journal_blob_sum(batch->blobs[i].key, batch->blobs[i].data));
        problem = database_run(put);
    }
    for (size_t i = 0; problem == ERR_NONE && i < batch->blob_gone_count; i++) {
        struct sqlite3_stmt *drop = journal->statements[JOURNAL_DROP_BLOB];
        database_bind_text(drop, 1, batch->blobs_gone[i]);
        problem = database_run(drop);
    }
    return problem;
}

static enum err move_cursors(struct journal *journal, const struct journal_batch *batch)
{
    struct sqlite3_stmt *move = journal->statements[JOURNAL_MOVE_CURSOR];
    for (size_t i = 0; i < batch->cursor_count; i++) {
        database_bind_text(move, 1, bytes_of_text(batch->cursors[i].name));
        database_bind_i64(move, 2, batch->cursors[i].seq);
        enum err problem = database_run(move);
        if (problem != ERR_NONE) return problem;
    }
    return ERR_NONE;
}

enum err journal_append(struct journal *journal, const struct journal_batch *batch,
                        int64_t *out_first_seq)
{
    enum err problem = journal_admit(journal, true);
    if (problem != ERR_NONE) return problem;
    if (!is_batch(batch)) return journal_settle(journal, ERR_INVALID);
    problem = database_begin(journal->db);
    if (problem != ERR_NONE) return journal_settle(journal, problem);
    int64_t last = 0;
    problem = journal_last_seq(journal, &last);
    int64_t first_seq = last + 1;
    last += (int64_t)batch->fact_count;
    if (problem == ERR_NONE) problem = add_facts(journal, batch, first_seq);
    if (problem == ERR_NONE) problem = put_blobs(journal, batch, last);
    if (problem == ERR_NONE) problem = move_cursors(journal, batch);
    problem = journal_settle(journal, database_end(journal->db, problem));
    if (problem != ERR_NONE) return problem;
    journal_tend_log(journal);
    if (batch->fact_count > 0) *out_first_seq = first_seq;
    return ERR_NONE;
}

/* Gives the row at which the statement stands. One that is not what was written is not given. */
static enum err give_row(struct journal *journal, struct sqlite3_stmt *select, journal_row_fn *give,
                         void *context, bool *out_more)
{
    struct journal_row row;
    journal_row_of(select, &row);
    if (!journal_row_fits(select, &row)) {
        snprintf(journal->trouble, sizeof(journal->trouble), "fact %lld does not match its sum",
                 (long long)row.seq);
        return ERR_CORRUPT;
    }
    journal->in_callback = true;
    *out_more = give(context, &row);
    journal->in_callback = false;
    return ERR_NONE;
}

static enum err give_rows(struct journal *journal, struct sqlite3_stmt *select,
                          journal_row_fn *give, void *context)
{
    size_t given = 0;
    bool more = true;
    enum err problem = ERR_NONE;
    int code = sqlite3_step(select);
    while (code == SQLITE_ROW && problem == ERR_NONE && more) {
        given++;
        problem = give_row(journal, select, give, context, &more);
        if (problem == ERR_NONE && more) code = sqlite3_step(select);
    }
    if (problem == ERR_CORRUPT) spoil(journal, problem);
    else problem = journal_settle(journal, database_err(journal->db, code));
    sqlite3_reset(select);
    sqlite3_clear_bindings(select);
    return problem == ERR_NONE && given == 0 ? ERR_NOT_FOUND : problem;
}

enum err journal_read_after(struct journal *journal, int64_t seq, size_t limit, journal_row_fn *row,
                            void *context)
{
    enum err problem = journal_admit(journal, false);
    if (problem != ERR_NONE) return problem;
    struct sqlite3_stmt *select = journal->statements[JOURNAL_READ_AFTER];
    database_bind_i64(select, 1, seq);
    database_bind_i64(select, 2, (int64_t)limit);
    problem = give_rows(journal, select, row, context);
    return problem == ERR_NOT_FOUND ? ERR_NONE : problem;
}

enum err journal_read_subject(struct journal *journal, struct bytes subject, int64_t seq,
                              journal_row_fn *row, void *context)
{
    enum err problem = journal_admit(journal, false);
    if (problem != ERR_NONE) return problem;
    struct sqlite3_stmt *select = journal->statements[JOURNAL_READ_SUBJECT];
    database_bind_text(select, 1, subject);
    database_bind_i64(select, 2, seq);
    problem = give_rows(journal, select, row, context);
    return problem == ERR_NOT_FOUND ? ERR_NONE : problem;
}

enum err journal_read_key(struct journal *journal, struct bytes key, journal_row_fn *row,
                          void *context)
{
    enum err problem = journal_admit(journal, false);
    if (problem != ERR_NONE) return problem;
    struct sqlite3_stmt *select = journal->statements[JOURNAL_READ_KEY];
    database_bind_text(select, 1, key);
    return give_rows(journal, select, row, context);
}

enum err journal_read_blob(struct journal *journal, struct bytes key, void *storage, size_t size,
                           size_t *out_len)
{
    enum err problem = journal_admit(journal, false);
    if (problem != ERR_NONE) return problem;
    struct sqlite3_stmt *select = journal->statements[JOURNAL_READ_BLOB];
    database_bind_text(select, 1, key);
    int code = sqlite3_step(select);
    problem = code == SQLITE_DONE ? ERR_NOT_FOUND : database_err(journal->db, code);
    if (code == SQLITE_ROW) {
        struct bytes data = database_column(select, 1);
        if (!journal_blob_fits(select)) problem = ERR_NOT_FOUND; /* as if it had been dropped */
        else if (data.len > size) problem = ERR_TOO_BIG;
        else if (data.len > 0) memcpy(storage, data.data, data.len);
        if (problem == ERR_NONE) *out_len = data.len;
    }
    problem = journal_settle(journal, problem);
    sqlite3_reset(select);
    sqlite3_clear_bindings(select);
    return problem;
}

enum err journal_read_cursor(struct journal *journal, const char *name, int64_t *out_seq)
{
    enum err problem = journal_admit(journal, false);
    if (problem != ERR_NONE) return problem;
    struct sqlite3_stmt *select = journal->statements[JOURNAL_READ_CURSOR];
    database_bind_text(select, 1, bytes_of_text(name));
    problem = journal_settle(journal, database_run_i64(select, out_seq));
    if (problem != ERR_NOT_FOUND) return problem;
    *out_seq = 0;
    return ERR_NONE;
}

enum err journal_extent(struct journal *journal, int64_t *out_first, int64_t *out_last)
{
    enum err problem = journal_admit(journal, false);
    int64_t first = 0, last = 0;
    if (problem == ERR_NONE) problem = journal_settle(journal, journal_last_seq(journal, &last));
    if (problem != ERR_NONE) return problem;
    problem =
        journal_settle(journal, database_run_i64(journal->statements[JOURNAL_FIRST_SEQ], &first));
    if (problem == ERR_NOT_FOUND) first = last + 1; /* all pruned */
    else if (problem != ERR_NONE) return problem;
    *out_first = first;
    *out_last = last;
    return ERR_NONE;
}

const char *journal_epoch(const struct journal *journal)
{
    return journal->epoch;
}

const char *journal_trouble(const struct journal *journal)
{
    return journal->trouble;
}

enum err journal_measure(struct journal *journal, struct journal_space *out_space)
{
    enum err problem = journal_admit(journal, false);
    if (problem != ERR_NONE) return problem;
    int64_t pages = 0, unused = 0, most = 0;
    problem = database_run_i64(journal->statements[JOURNAL_PAGES_USED], &pages);
    if (problem == ERR_NONE) {
        problem = database_run_i64(journal->statements[JOURNAL_PAGES_FREE], &unused);
    }
    if (problem == ERR_NONE)
        problem = database_run_i64(journal->statements[JOURNAL_PAGES_MAX], &most);
    uint64_t disk_bytes = 0;
    if (problem == ERR_NONE) problem = files_free_space(journal->path, &disk_bytes);
    if (problem != ERR_NONE) return journal_settle(journal, problem);
    uint64_t used = (uint64_t)((pages - unused) * journal->page_bytes);
    uint64_t left = (uint64_t)((most - pages + unused) * journal->page_bytes);
    out_space->free_bytes = left < disk_bytes ? left : disk_bytes;
    out_space->used_bytes = used;
    out_space->quota_bytes = journal->quota_bytes;
    return ERR_NONE;
}
