/* journal_copy_sqlite.c - a copy of the journal, made piece by piece while it goes on (SQLite's
 * documentation: Online Backup API). What the journal's own connection appends meanwhile, SQLite
 * writes into the copy as well.
 *
 * The copy is written under another name without a journal of its own, flushed, and only then given
 * its name: what has the name is whole. Its disk may be full or bad while ours is well, so nothing
 * that fails here marks the journal as broken. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hal/database.h"
#include "hal/journal_inside.h"

#define STEP_BYTES (256 * 1024) /* a few milliseconds, with its flush */

struct journal_copy {
    struct sqlite3 *db;
    struct sqlite3_backup *backup;
    int fd; /* for the flushes: SQLite makes none */
    bool named;
    char path[FILES_PATH_MAX], new_path[FILES_PATH_MAX];
};

/* SQLite fills an empty file that is there, so it is ours to make it private first. */
static enum err make_empty(struct journal_copy *copy)
{
    if (unlink(copy->new_path) != 0 && errno != ENOENT) return files_err(errno);
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    copy->fd = open(copy->new_path, flags, 0600);
    return copy->fd < 0 ? files_err(errno) : ERR_NONE;
}

static enum err open_copy(struct journal *journal, struct journal_copy *copy)
{
    static const char settings[] = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF;"
                                   "PRAGMA synchronous=OFF; PRAGMA cache_size=-64";
    sqlite3_vfs *vfs = NULL;
    sqlite3_file_control(journal->db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
    int code = sqlite3_open_v2(copy->new_path, &copy->db, flags, vfs == NULL ? NULL : vfs->zName);
    if (code == SQLITE_OK) code = sqlite3_exec(copy->db, settings, NULL, NULL, NULL);
    if (code != SQLITE_OK) return database_err(copy->db, code);
    copy->backup = sqlite3_backup_init(copy->db, "main", journal->db, "main");
    return copy->backup == NULL ? database_err(copy->db, sqlite3_errcode(copy->db)) : ERR_NONE;
}

/* Is there room for all of it, and for what the journal itself may need meanwhile? */
static enum err look_for_room(struct journal *journal, const struct journal_copy *copy,
                              uint64_t reserve_bytes)
{
    uint64_t free_bytes = 0;
    int64_t pages = 0;
    enum err problem = files_free_space(copy->new_path, &free_bytes);
    if (problem == ERR_NONE)
        problem = database_run_i64(journal->statements[JOURNAL_PAGES_USED], &pages);
    if (problem != ERR_NONE) return problem;
    uint64_t wanted = (uint64_t)(pages * journal->page_bytes) + reserve_bytes;
    return free_bytes < wanted ? ERR_NO_SPACE : ERR_NONE;
}

static void drop(struct journal *journal)
{
    struct journal_copy *copy = journal->copy;
    if (copy == NULL) return;
    sqlite3_backup_finish(copy->backup);
    sqlite3_close(copy->db);
    if (copy->fd >= 0) close(copy->fd);
    if (copy->fd >= 0 && !copy->named) unlink(copy->new_path);
    free(copy);
    journal->copy = NULL;
}

enum err journal_copy_begin(struct journal *journal, const char *path, uint64_t reserve_bytes)
{
    enum err problem = journal_admit(journal, true);
    if (problem != ERR_NONE) return problem;
    if (journal->copy != NULL) return ERR_BUSY;
    struct journal_copy *copy = calloc(1, sizeof(*copy));
    if (copy == NULL) return ERR_NO_MEMORY;
    copy->fd = -1;
    int len = snprintf(copy->new_path, sizeof(copy->new_path), "%s.new", path);
    bool fits = len > 0 && (size_t)len < sizeof(copy->new_path);
    snprintf(copy->path, sizeof(copy->path), "%s", path);
    journal->copy = copy;
    problem = fits ? make_empty(copy) : ERR_TOO_BIG;
    if (problem == ERR_NONE && reserve_bytes > 0)
        problem = look_for_room(journal, copy, reserve_bytes);
    if (problem == ERR_NONE) problem = open_copy(journal, copy);
    if (problem != ERR_NONE) drop(journal);
    return problem;
}

/* All pages are there: now the name. */
static enum err finish(struct journal *journal)
{
    struct journal_copy *copy = journal->copy;
    int code = sqlite3_backup_finish(copy->backup);
    copy->backup = NULL;
    enum err problem = database_err(copy->db, code);
    if (problem == ERR_NONE && fsync(copy->fd) != 0) problem = files_err(errno);
    if (problem == ERR_NONE && rename(copy->new_path, copy->path) != 0) problem = files_err(errno);
    copy->named = problem == ERR_NONE;
    if (problem == ERR_NONE) problem = files_sync_folder_of(copy->path);
    drop(journal);
    return problem;
}

enum err journal_copy_step(struct journal *journal, bool *out_done)
{
    enum err problem = journal_admit(journal, true);
    ENSURE(journal->copy != NULL);
    if (problem == ERR_NONE) {
        struct journal_copy *copy = journal->copy;
        int code = sqlite3_backup_step(copy->backup, (int)(STEP_BYTES / journal->page_bytes));
        if (code == SQLITE_DONE) {
            *out_done = true;
            return finish(journal);
        }
        problem = code == SQLITE_OK && fsync(copy->fd) != 0 ? files_err(errno)
                                                            : database_err(copy->db, code);
    }
    if (problem != ERR_NONE) drop(journal);
    else *out_done = false;
    return problem;
}

bool journal_is_copying(const struct journal *journal)
{
    return journal->copy != NULL;
}

void journal_copy_stop(struct journal *journal)
{
    drop(journal);
}
