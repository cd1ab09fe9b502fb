/* database_sqlite.c - database.h: the one way in which we open SQLite.
 *
 * Whether the last stop was clean is seen from the write-ahead log: a clean close removes it.
 * After a stop that was not, the file is checked before it is trusted. The order of the settings
 * matters: exclusive locking before the first access, so that no shared-memory file is made and a
 * second process is turned away; the schema's number before anything is written, so that a file of
 * a newer firmware is left as it was. */
#include "hal/database.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/files.h"

static enum err io_err(struct sqlite3 *db, int code)
{
    if (code == SQLITE_IOERR_NOMEM) return ERR_NO_MEMORY;
    int cause = db == NULL ? 0 : sqlite3_system_errno(db);
    bool writing = code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_TRUNCATE;
    return writing && (cause == ENOSPC || cause == EDQUOT) ? ERR_NO_SPACE : ERR_IO;
}

static enum err open_err(struct sqlite3 *db, int code)
{
    if (code == SQLITE_CANTOPEN_SYMLINK) return ERR_REFUSED;
    int cause = db == NULL ? 0 : sqlite3_system_errno(db);
    return cause == 0 ? ERR_REFUSED : files_err(cause);
}

static enum err constraint_err(int code)
{
    bool taken = code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                 code == SQLITE_CONSTRAINT_ROWID;
    return taken ? ERR_EXISTS : ERR_INVALID;
}

enum err database_err(struct sqlite3 *db, int code)
{
    switch (code & 0xff) { /* the low byte is the family: sqlite.org/rescode.html */
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return ERR_NONE;
    case SQLITE_FULL: return ERR_NO_SPACE;
    case SQLITE_IOERR: return io_err(db, code);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_CORRUPT;
    case SQLITE_CANTOPEN: return open_err(db, code);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return ERR_REFUSED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_NOMEM: return ERR_NO_MEMORY;
    case SQLITE_TOOBIG: return ERR_TOO_BIG;
    case SQLITE_CONSTRAINT: return constraint_err(code);
    default: return ERR_INVALID; /* the library's list, not ours */
    }
}

/* Runs SQL of ours without parameters; gives the first column of the last row as text. */
struct answer {
    char text[80];
};

static int note_answer(void *context, int columns, char **values, char **names)
{
    (void)names;
    struct answer *answer = context;
    const char *value = columns > 0 && values[0] != NULL ? values[0] : "";
    snprintf(answer->text, sizeof(answer->text), "%s", value);
    return 0;
}

static enum err ask(struct sqlite3 *db, const char *sql, struct answer *out_answer)
{
    out_answer->text[0] = '\0';
    return database_err(db, sqlite3_exec(db, sql, note_answer, out_answer, NULL));
}

/* A setting that does not read back as wanted is a library we have not measured. */
static enum err set(struct sqlite3 *db, const char *sql, const char *read_back, const char *wanted)
{
    struct answer answer;
    enum err problem = ask(db, sql, &answer);
    if (problem != ERR_NONE) return problem;
    problem = ask(db, read_back, &answer);
    if (problem != ERR_NONE) return problem;
    return strcmp(answer.text, wanted) == 0 ? ERR_NONE : ERR_UNSUPPORTED;
}

static enum err harden(struct sqlite3 *db, const struct database_settings *settings)
{
    const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, /* until it is known that the file is ours */
    };
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        int now = -1;
        int code = sqlite3_db_config(db, options[i].option, options[i].value, &now);
        if (code != SQLITE_OK || now != options[i].value) return ERR_UNSUPPORTED;
    }
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, settings->row_bytes_max);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 65536);
    sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 64);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1); /* none at all would break VACUUM INTO */
    sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, 64);
    if (settings->pad_sectors) {
        int overwrite_is_safe = 0;
        int code =
            sqlite3_file_control(db, "main", SQLITE_FCNTL_POWERSAFE_OVERWRITE, &overwrite_is_safe);
        if (code != SQLITE_OK) return ERR_UNSUPPORTED;
    }
    return ERR_NONE;
}

/* What must stand before the first access to the file. */
static enum err settle_before(struct sqlite3 *db)
{
    struct answer answer;
    enum err problem = ask(db, "PRAGMA locking_mode=EXCLUSIVE", &answer);
    if (problem != ERR_NONE) return problem;
    if (strcmp(answer.text, "exclusive") != 0) return ERR_UNSUPPORTED;
    problem = ask(db, "PRAGMA busy_timeout=0", &answer); /* nobody else may hold it: never wait */
    if (problem != ERR_NONE) return problem;
    /* Errors of the medium shall come as codes, not as SIGBUS. No answer: cannot map at all. */
    problem = ask(db, "PRAGMA mmap_size=0", &answer);
    if (problem != ERR_NONE) return problem;
    if (answer.text[0] != '\0' && strcmp(answer.text, "0") != 0) return ERR_UNSUPPORTED;
    problem = set(db, "PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2");
    if (problem != ERR_NONE) return problem;
    problem = set(db, "PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0");
    if (problem != ERR_NONE) return problem;
    return set(db, "PRAGMA cell_size_check=ON", "PRAGMA cell_size_check", "1");
}

static enum err settle_after(struct sqlite3 *db, const struct database_settings *settings)
{
    bool durable = settings->use == DATABASE_DURABLE;
    const char *const pragmas[][3] = {
        {"PRAGMA journal_mode=WAL", "PRAGMA journal_mode", "wal"},
        {durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", "PRAGMA synchronous",
         durable ? "2" : "1"},
        {"PRAGMA wal_autocheckpoint=1024", "PRAGMA wal_autocheckpoint", "1024"},
        {"PRAGMA journal_size_limit=4194304", "PRAGMA journal_size_limit", "4194304"},
        {"PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1"},
        {"PRAGMA secure_delete=ON", "PRAGMA secure_delete", "1"}, /* addresses are overwritten */
        {"PRAGMA cache_size=-2048", "PRAGMA cache_size", "-2048"},
    };
    struct answer answer;
    char page_size[40];
    snprintf(page_size, sizeof(page_size), "PRAGMA page_size=%u", (unsigned)settings->page_bytes);
    enum err problem = ask(db, page_size, &answer);
    for (size_t i = 0; i < ARRAY_LEN(pragmas) && problem == ERR_NONE; i++) {
        problem = set(db, pragmas[i][0], pragmas[i][1], pragmas[i][2]);
    }
    if (settings->quota_bytes == 0 || problem != ERR_NONE) return problem;
    problem =
        ask(db, "PRAGMA page_size", &answer); /* an older file keeps the one it was made with */
    uint64_t page_bytes = 0;
    if (problem != ERR_NONE) return problem;
    if (!bytes_to_u64(bytes_of_text(answer.text), 65536, &page_bytes) || page_bytes < 512)
        return ERR_CORRUPT;
    char quota[60];
    snprintf(quota, sizeof(quota), "PRAGMA max_page_count=%llu",
             (unsigned long long)(settings->quota_bytes / page_bytes));
    return ask(db, quota, &answer); /* a file already longer says so; appends give FULL */
}

/* Is it empty, ours, or something we must not touch? */
static enum err look_at_schema(struct sqlite3 *db, const struct database_settings *settings,
                               struct textbuf *out_why, bool *out_empty, bool *out_old)
{
    struct answer version, application, tables;
    enum err problem = ask(db, "PRAGMA user_version", &version);
    if (problem == ERR_NONE) problem = ask(db, "PRAGMA application_id", &application);
    if (problem == ERR_NONE) problem = ask(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (problem != ERR_NONE) return problem;
    bool empty = strcmp(tables.text, "0") == 0 && strcmp(version.text, "0") == 0;
    char wanted[16];
    snprintf(wanted, sizeof(wanted), "%d", (int)settings->application_id);
    if (!empty && strcmp(application.text, wanted) != 0) {
        textbuf_format(out_why, "%s is a database of another program", settings->path);
        return ERR_REFUSED;
    }
    uint64_t schema = 0, newest = (uint64_t)settings->schema;
    uint64_t oldest = settings->schema_oldest > 0 ? (uint64_t)settings->schema_oldest : newest;
    bool known = bytes_to_u64(bytes_of_text(version.text), newest, &schema) && schema >= oldest;
    if (!empty && !known) {
        textbuf_format(out_why, "%s has format %s and this firmware knows only format %d",
                       settings->path, version.text, (int)settings->schema);
        return ERR_UNSUPPORTED;
    }
    *out_empty = empty;
    *out_old = !empty && schema < newest;
    return ERR_NONE;
}

/* All of it with its number, or nothing. */
static enum err make_schema(struct sqlite3 *db, const struct database_settings *settings,
                            const char *sql)
{
    char numbers[100];
    snprintf(numbers, sizeof(numbers), "PRAGMA application_id=%d; PRAGMA user_version=%d",
             (int)settings->application_id, (int)settings->schema);
    enum err problem = database_begin(db);
    if (problem != ERR_NONE) return problem;
    problem = database_err(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
    struct answer answer;
    if (problem == ERR_NONE) problem = ask(db, numbers, &answer);
    return database_end(db, problem);
}

/* A clean close removes the write-ahead log. SQLite's own layer does not see an empty one, and
 * a log is empty after a checkpoint. */
static bool was_stopped_hard(const struct database_settings *settings)
{
    char log_path[FILES_PATH_MAX + 8];
    snprintf(log_path, sizeof(log_path), "%s-wal", settings->path);
    struct stat info;
    return lstat(log_path, &info) == 0;
}

static enum err check_quickly(struct sqlite3 *db)
{
    struct answer answer;
    enum err problem = ask(db, "PRAGMA quick_check(1)", &answer);
    if (problem != ERR_NONE) return problem;
    return strcmp(answer.text, "ok") == 0 ? ERR_NONE : ERR_CORRUPT;
}

/* SQLite fills a last page that was cut short with zeros and says nothing. Only without a log: with
 * one, the page may be there. */
static enum err check_length(struct sqlite3 *db, const struct database_settings *settings)
{
    struct answer bytes;
    struct stat info;
    uint64_t wanted = 0;
    enum err problem =
        ask(db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", &bytes);
    if (problem != ERR_NONE) return problem;
    if (lstat(settings->path, &info) != 0) return files_err(errno);
    bool known = bytes_to_u64(bytes_of_text(bytes.text), INT64_MAX, &wanted);
    return known && (uint64_t)info.st_size >= wanted ? ERR_NONE : ERR_CORRUPT;
}

/* SQLite would make the file readable to others; the log then takes the file's own mode. */
static enum err make_private(const struct database_settings *settings)
{
    if (settings->use == DATABASE_READING) return ERR_NONE;
    struct stat info;
    if (lstat(settings->path, &info) == 0) return S_ISREG(info.st_mode) ? ERR_NONE : ERR_REFUSED;
    if (errno != ENOENT) return files_err(errno);
    int fd = open(settings->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return files_err(errno);
    close(fd);
    return files_sync_folder_of(settings->path);
}

static enum err open_and_settle(const struct database_settings *settings, bool hard_stop,
                                struct textbuf *out_why, struct sqlite3 **out_db)
{
    bool reading = settings->use == DATABASE_READING;
    int flags = SQLITE_OPEN_READWRITE | (reading ? 0 : SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
    int code = sqlite3_open_v2(settings->path, out_db, flags, settings->vfs);
    if (code != SQLITE_OK) return database_err(*out_db, code);
    struct sqlite3 *db = *out_db;
    enum err problem = harden(db, settings);
    if (problem == ERR_NONE) problem = settle_before(db);
    bool empty = false, old = false;
    if (problem == ERR_NONE) problem = look_at_schema(db, settings, out_why, &empty, &old);
    if (problem != ERR_NONE) return problem;
    if (reading) {
        if (empty) return ERR_NOT_FOUND;
        return set(db, "PRAGMA query_only=ON", "PRAGMA query_only", "1");
    }
    if (!empty) problem = hard_stop ? check_quickly(db) : check_length(db, settings);
    if (problem == ERR_NONE && !empty && !old && hard_stop && settings->check != NULL)
        problem = settings->check(db);
    if (problem == ERR_NONE) problem = settle_after(db, settings);
    if (problem == ERR_NONE && empty) problem = make_schema(db, settings, settings->schema_sql);
    if (problem == ERR_NONE && old) problem = make_schema(db, settings, settings->upgrade_sql);
    if (problem != ERR_NONE) return problem;
    code = sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return database_err(db, code);
}

enum err database_open(const struct database_settings *settings, struct textbuf *out_why,
                       struct sqlite3 **out_db)
{
    if (strlen(settings->path) >= FILES_PATH_MAX) {
        textbuf_text(out_why, "the path of the database is too long");
        return ERR_TOO_BIG;
    }
    struct sqlite3 *db = NULL;
    bool hard_stop = was_stopped_hard(settings); /* of the past: opening makes a log */
    enum err problem = make_private(settings);
    if (problem == ERR_NONE) problem = open_and_settle(settings, hard_stop, out_why, &db);
    if (problem == ERR_CORRUPT) { /* SQLite says so of a read that failed, too, and that may pass */
        database_close(db);
        db = NULL;
        textbuf_reset(out_why);
        problem = open_and_settle(settings, hard_stop, out_why, &db);
    }
    if (problem == ERR_NONE) {
        *out_db = db;
        return ERR_NONE;
    }
    if (out_why->len == 0) {
        bool knows = db != NULL && (sqlite3_errcode(db) & 0xff) != SQLITE_OK;
        textbuf_format(out_why, "%s cannot be opened: %s", settings->path,
                       knows ? sqlite3_errmsg(db) : err_word(problem));
    }
    database_close(db);
    return problem;
}

void database_leave_files(struct sqlite3 *db)
{
    int code = sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    ENSURE(code == SQLITE_OK);
}

void database_close(struct sqlite3 *db)
{
    int code = sqlite3_close(db);
    ENSURE(code == SQLITE_OK); /* otherwise a statement was forgotten */
}

enum err database_prepare(struct sqlite3 *db, const char *const sql[], size_t count,
                          struct sqlite3_stmt *out_statements[])
{
    for (size_t i = 0; i < count; i++) out_statements[i] = NULL;
    for (size_t i = 0; i < count; i++) {
        int code =
            sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &out_statements[i], NULL);
        if (code == SQLITE_OK) continue;
        database_finalize(out_statements, count);
        return database_err(db, code);
    }
    return ERR_NONE;
}

void database_finalize(struct sqlite3_stmt *statements[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sqlite3_finalize(statements[i]);
        statements[i] = NULL;
    }
}

void database_bind_i64(struct sqlite3_stmt *statement, int position, int64_t value)
{
    int code = sqlite3_bind_int64(statement, position, value);
    ENSURE(code == SQLITE_OK);
}

void database_bind_text(struct sqlite3_stmt *statement, int position, struct bytes text)
{
    ENSURE(text.len <= INT_MAX);
    const char *start = text.data == NULL ? "" : (const char *)text.data;
    int code = sqlite3_bind_text(statement, position, start, (int)text.len, SQLITE_STATIC);
    ENSURE(code == SQLITE_OK);
}

void database_bind_blob(struct sqlite3_stmt *statement, int position, struct bytes data)
{
    ENSURE(data.len <= INT_MAX);
    const void *start = data.data == NULL ? "" : (const void *)data.data;
    int code = sqlite3_bind_blob(statement, position, start, (int)data.len, SQLITE_STATIC);
    ENSURE(code == SQLITE_OK);
}

struct bytes database_column(struct sqlite3_stmt *statement, int column)
{
    const void *data = sqlite3_column_blob(statement, column);
    return bytes_of(data, (size_t)sqlite3_column_bytes(statement, column));
}

static enum err reset(struct sqlite3_stmt *statement, int code)
{
    enum err problem = database_err(sqlite3_db_handle(statement), code);
    sqlite3_reset(statement); /* repeats the error of the step, which we have */
    sqlite3_clear_bindings(statement);
    return problem;
}

enum err database_run(struct sqlite3_stmt *statement)
{
    return reset(statement, sqlite3_step(statement));
}

enum err database_run_i64(struct sqlite3_stmt *statement, int64_t *out_value)
{
    int code = sqlite3_step(statement);
    bool found = code == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_INTEGER;
    int64_t value = found ? sqlite3_column_int64(statement, 0) : 0;
    enum err problem = reset(statement, code);
    if (problem != ERR_NONE) return problem;
    if (!found) return ERR_NOT_FOUND;
    *out_value = value;
    return ERR_NONE;
}

enum err database_begin(struct sqlite3 *db)
{
    return database_err(db, sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
}

enum err database_end(struct sqlite3 *db, enum err problem)
{
    if (problem == ERR_NONE) {
        problem = database_err(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    }
    /* Some errors roll back by themselves; a rollback that fails is undone at the next start. */
    if (problem != ERR_NONE && !sqlite3_get_autocommit(db)) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    }
    return problem;
}
