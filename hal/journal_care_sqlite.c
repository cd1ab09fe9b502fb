/* journal_care_sqlite.c - the journal's housekeeping: pruning, emptying the log, looking for
 * damage. What is kept where: journal_sqlite.c. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "hal/database.h"
#include "hal/journal_inside.h"

#define LOG_BYTES_MAX (1024 * 1024) /* then it is moved into the main file */
#define FINDINGS_MAX 20             /* of the file structure; one is bad enough */
#define SET_ASIDE_MAX 100           /* damaged journals kept; a box with more has another problem */

/* The last number that may go, 0 when none. */
static enum err plan_prune(struct journal *journal, const struct journal_prune *prune,
                           int64_t *out_up_to, size_t *out_rows)
{
    struct sqlite3_stmt *plan = journal->statements[JOURNAL_PRUNE_PLAN];
    database_bind_i64(plan, 1, prune->before_seq);
    database_bind_i64(plan, 2, (int64_t)prune->rows_max);
    *out_up_to = 0;
    *out_rows = 0;
    int code = sqlite3_step(plan);
    while (code == SQLITE_ROW && sqlite3_column_int64(plan, 1) < prune->before_wall_ms) {
        *out_up_to = sqlite3_column_int64(plan, 0);
        (*out_rows)++;
        code = sqlite3_step(plan);
    }
    enum err problem = database_err(journal->db, code);
    sqlite3_reset(plan);
    return problem;
}

enum err journal_prune(struct journal *journal, const struct journal_prune *prune,
                       size_t *out_removed)
{
    enum err problem = journal_admit(journal, true);
    if (problem != ERR_NONE) return problem;
    int64_t up_to = 0;
    size_t rows = 0;
    problem = plan_prune(journal, prune, &up_to, &rows);
    if (problem != ERR_NONE) return journal_settle(journal, problem);
    if (rows > 0) {
        problem = database_begin(journal->db);
        if (problem != ERR_NONE) return journal_settle(journal, problem);
        static const enum journal_statement steps[] = {JOURNAL_PRUNE_FACTS, JOURNAL_PRUNE_BLOBS,
                                                       JOURNAL_PRUNE_NOTE};
        for (size_t i = 0; problem == ERR_NONE && i < ARRAY_LEN(steps); i++) {
            database_bind_i64(journal->statements[steps[i]], 1, up_to);
            problem = database_run(journal->statements[steps[i]]);
        }
        problem = database_end(journal->db, problem);
        if (problem != ERR_NONE) return journal_settle(journal, problem);
        journal_tend_log(journal);
    }
    *out_removed = rows;
    return ERR_NONE;
}

enum err journal_drop_done(struct journal *journal, const struct journal_drop *drop,
                           size_t *out_removed)
{
    enum err problem = journal_admit(journal, true);
    if (problem != ERR_NONE) return problem;
    struct sqlite3_stmt *blobs = journal->statements[JOURNAL_DROP_DONE];
    problem = database_begin(journal->db);
    if (problem != ERR_NONE) return journal_settle(journal, problem);
    database_bind_text(blobs, 1, bytes_of_text(drop->blob_prefix));
    database_bind_text(blobs, 2, bytes_of_text(drop->fact_prefix));
    database_bind_i64(blobs, 3, drop->before_wall_ms);
    database_bind_i64(blobs, 4, (int64_t)drop->rows_max);
    database_bind_i64(blobs, 5, drop->before_seq);
    problem = database_run(blobs);
    size_t removed = problem == ERR_NONE ? (size_t)sqlite3_changes(journal->db) : 0;
    problem = journal_settle(journal, database_end(journal->db, problem));
    if (problem != ERR_NONE) return problem;
    journal_tend_log(journal);
    *out_removed = removed;
    return ERR_NONE;
}

void journal_tend_log(struct journal *journal)
{
    if (journal->log_pages * journal->page_bytes < LOG_BYTES_MAX) return;
    journal->log_pages = 0;
    int code = sqlite3_wal_checkpoint_v2(journal->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    enum err problem = journal_settle(journal, database_err(journal->db, code));
    (void)
        problem; /* a full disk: tried again after the next commit; worse: the next call says so */
}

enum err journal_checkpoint(struct journal *journal)
{
    enum err problem = journal_admit(journal, true);
    if (problem != ERR_NONE) return problem;
    int code = sqlite3_wal_checkpoint_v2(journal->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return journal_settle(journal, database_err(journal->db, code));
}

struct findings {
    journal_finding_fn *give;
    void *context;
    size_t count;
    size_t sums; /* of them that do not match */
};

static void find(struct findings *findings, const char *sentence)
{
    findings->count++;
    findings->give(findings->context, sentence);
}

/* Runs a check of ours whose every row is a finding: a text, or a number put into the sentence. */
static enum err run_check(struct journal *journal, const char *sql, const char *sentence,
                          struct findings *findings)
{
    struct sqlite3_stmt *check = NULL;
    int code = sqlite3_prepare_v2(journal->db, sql, -1, &check, NULL);
    if (code != SQLITE_OK) return database_err(journal->db, code);
    code = sqlite3_step(check);
    for (int rows = 0; code == SQLITE_ROW && rows < FINDINGS_MAX; rows++) {
        const char *what = (const char *)sqlite3_column_text(check, 0);
        char line[300];
        snprintf(line, sizeof(line), "%s: %s", sentence, what == NULL ? "" : what);
        if (what == NULL || strcmp(what, "ok") != 0) find(findings, line);
        code = sqlite3_step(check);
    }
    enum err problem = database_err(journal->db, code);
    sqlite3_finalize(check);
    return problem;
}

enum err journal_look(struct journal *journal, struct journal_look *look)
{
    struct sqlite3_stmt *select = journal->statements[JOURNAL_READ_AFTER];
    enum err problem = journal_admit(journal, false);
    if (problem != ERR_NONE) return problem;
    size_t rows = 0;
    database_bind_i64(select, 1, look->seq);
    database_bind_i64(select, 2, (int64_t)look->rows_max);
    int code = sqlite3_step(select);
    for (; code == SQLITE_ROW; code = sqlite3_step(select), rows++) {
        struct journal_row row;
        char line[60];
        journal_row_of(select, &row);
        look->seq = row.seq;
        if (journal_row_fits(select, &row)) continue;
        snprintf(line, sizeof(line), "fact %lld does not match its sum", (long long)row.seq);
        look->finding(look->context, line);
    }
    problem = database_err(journal->db, code);
    sqlite3_reset(select);
    sqlite3_clear_bindings(select);
    look->more = rows == look->rows_max;
    return journal_settle(journal, problem);
}

static void note(void *context, const char *sentence)
{
    struct findings *findings = context;
    if (findings->sums++ < FINDINGS_MAX) find(findings, sentence);
}

static enum err verify_facts(struct journal *journal, struct findings *findings)
{
    struct journal_look look = {.rows_max = 1000,
                                .finding = note,
                                .context = findings,
                                .more = true};
    enum err problem = ERR_NONE;
    while (problem == ERR_NONE && look.more) problem = journal_look(journal, &look);
    return problem;
}

static enum err verify_blobs(struct journal *journal, struct findings *findings)
{
    struct sqlite3_stmt *select = journal->statements[JOURNAL_ALL_BLOBS];
    int code = sqlite3_step(select);
    for (; code == SQLITE_ROW; code = sqlite3_step(select)) {
        char line[300];
        if (journal_blob_fits(select)) continue;
        const char *key = (const char *)sqlite3_column_text(select, 0);
        snprintf(line, sizeof(line), "blob %s does not match its sum", key == NULL ? "" : key);
        note(findings, line);
    }
    enum err problem = database_err(journal->db, code);
    sqlite3_reset(select);
    return problem;
}

enum err journal_verify(struct journal *journal, journal_finding_fn *finding, void *context,
                        size_t *out_count)
{
    static const struct {
        const char *sql, *sentence;
    } checks[] = {
        {"PRAGMA integrity_check(20)", "the file is damaged"},
        {"SELECT 'row ' || rowid || ' of ' || \"table\" FROM pragma_foreign_key_check",
         "a fact names a boot that is not known"},
        {"SELECT seq FROM (SELECT seq, lag(seq) OVER (ORDER BY seq) AS before FROM facts)"
         " WHERE before IS NOT NULL AND seq <> before + 1 LIMIT 20",
         "numbers are missing before fact"},
        {"SELECT min(facts.seq) FROM facts HAVING min(facts.seq) <> (SELECT seq + 1 FROM pruned)",
         "the first fact does not follow the last one pruned, but is"},
        {"SELECT name FROM cursors WHERE seq >"
         " coalesce((SELECT max(seq) FROM facts), (SELECT seq FROM pruned)) LIMIT 20",
         "a cursor stands past the last fact"},
        {"SELECT key FROM blobs WHERE seq >"
         " coalesce((SELECT max(seq) FROM facts), (SELECT seq FROM pruned)) LIMIT 20",
         "a blob belongs to no fact that was ever written"},
        {"SELECT key FROM (SELECT key, seq, lag(seq) OVER (ORDER BY place) AS before FROM blobs)"
         " WHERE seq < before LIMIT 20",
         "a blob is out of order"},
    };
    enum err problem = journal_admit(journal, false);
    struct findings findings = {.give = finding, .context = context};
    for (size_t i = 0; problem == ERR_NONE && i < ARRAY_LEN(checks); i++) {
        problem = run_check(journal, checks[i].sql, checks[i].sentence, &findings);
    }
    if (problem == ERR_NONE) problem = verify_facts(journal, &findings);
    if (problem == ERR_NONE) problem = verify_blobs(journal, &findings);
    if (problem == ERR_CORRUPT) { /* so damaged that it cannot even be walked: that is a finding */
        find(&findings, sqlite3_errmsg(journal->db));
        problem = ERR_NONE;
    }
    if (problem != ERR_NONE) return journal_settle(journal, problem);
    *out_count = findings.count;
    return ERR_NONE;
}

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

/* The main file first, and for certain: without it, its log can never be taken for the log of a
 * sound journal; without its log, the main file would count as cleanly stopped. */
enum err journal_set_aside(const char *path, struct textbuf *out_name)
{
    static const char *const endings[] = {"", "-wal", "-journal"};
    for (unsigned number = 1; number <= SET_ASIDE_MAX; number++) {
        char base[FILES_PATH_MAX];
        int len = snprintf(base, sizeof(base), "%s.damaged-%u", path, number);
        if (len < 0 || (size_t)len + sizeof("-journal") > sizeof(base)) return ERR_TOO_BIG;
        if (exists(base)) continue;
        for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
            char from[FILES_PATH_MAX], to[FILES_PATH_MAX];
            snprintf(from, sizeof(from), "%s%s", path, endings[i]);
            snprintf(to, sizeof(to), "%s%s", base, endings[i]);
            if (rename(from, to) != 0 && (i == 0 || errno != ENOENT)) return files_err(errno);
            enum err problem = files_sync_folder_of(path);
            if (problem != ERR_NONE) return problem;
        }
        textbuf_text(out_name, base);
        return ERR_NONE;
    }
    return ERR_NO_SPACE;
}
