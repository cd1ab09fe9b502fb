/* disk_vfs.c - SQLite's way to the disk model. It flushes the folder where SQLite's own layer for
 * Unix does (os_unix.c): after the first flush of a log or rollback journal it has made, and after
 * a deletion for which that is asked. A main file it never does that for. */
#include <sqlite3.h>
#include <string.h>

#include "hal/base/ensure.h"
#include "tests/crash/disk_inside.h"

struct handle { /* SQLite's view of an open file */
    sqlite3_file base;
    struct disk_file *file;
    bool name_unflushed;
    bool spares_neighbours; /* what SQLite calls powersafe overwrite */
};

static int fail_write_after = -1, fail_sync_after = -1, fail_code;
static bool has_failed;

static struct handle *handle_of(sqlite3_file *file)
{
    return (struct handle *)(void *)file;
}

static bool fails_now(int *after)
{
    if (*after < 0) return false;
    if ((*after)-- > 0) return false;
    has_failed = true;
    return true;
}

static int on_close(sqlite3_file *file)
{
    (void)file;
    return SQLITE_OK;
}

static int on_read(sqlite3_file *file, void *data, int len, sqlite3_int64 offset)
{
    const struct disk_content *now = &handle_of(file)->file->now;
    size_t wanted = (size_t)len, from = (size_t)offset;
    size_t got = from >= now->len ? 0 : now->len - from;
    if (got > wanted) got = wanted;
    if (got > 0) memcpy(data, now->data + from, got);
    if (got == wanted) return SQLITE_OK;
    memset((uint8_t *)data + got, 0, wanted - got);
    return SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
    if (fails_now(&fail_write_after)) return fail_code;
    disk_write(handle_of(file)->file, (size_t)offset, bytes_of(data, (size_t)len));
    return SQLITE_OK;
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 len)
{
    disk_truncate(handle_of(file)->file, (size_t)len);
    return SQLITE_OK;
}

static int on_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    if (fails_now(&fail_sync_after)) return fail_code;
    struct handle *handle = handle_of(file);
    disk_sync(handle->file);
    if (handle->name_unflushed) disk_sync_folder();
    handle->name_unflushed = false;
    return SQLITE_OK;
}

static int on_size(sqlite3_file *file, sqlite3_int64 *out_len)
{
    *out_len = (sqlite3_int64)handle_of(file)->file->now.len;
    return SQLITE_OK;
}

static int on_lock(sqlite3_file *file, int level)
{
    (void)file, (void)level;
    return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *file, int *out_locked)
{
    (void)file;
    *out_locked = 0;
    return SQLITE_OK;
}

static int on_control(sqlite3_file *file, int op, void *argument)
{
    if (op != SQLITE_FCNTL_POWERSAFE_OVERWRITE) return SQLITE_NOTFOUND;
    struct handle *handle = handle_of(file);
    int *wanted = argument;
    if (*wanted >= 0) handle->spares_neighbours = *wanted != 0;
    *wanted = handle->spares_neighbours;
    return SQLITE_OK;
}

static int on_sector_size(sqlite3_file *file)
{
    (void)file;
    return DISK_SECTOR;
}

static int on_characteristics(sqlite3_file *file)
{
    return handle_of(file)->spares_neighbours ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_lock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_characteristics,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                   int *out_flags)
{
    (void)vfs;
    ENSURE(name != NULL); /* temporary files would be files that nobody named */
    struct disk_file *found = disk_find(name);
    if (found == NULL && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    bool log = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    struct handle *handle = handle_of(file);
    handle->base.pMethods = &methods;
    handle->name_unflushed = log && (flags & SQLITE_OPEN_CREATE) != 0;
    handle->spares_neighbours = true; /* as the system's layer says of an ordinary disk */
    handle->file = found == NULL ? disk_make(name) : found;
    if (out_flags != NULL) *out_flags = flags;
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int flush_folder)
{
    (void)vfs;
    struct disk_file *file = disk_find(name);
    if (file == NULL) return SQLITE_IOERR_DELETE_NOENT;
    disk_unlink(file);
    if (flush_folder) disk_sync_folder();
    return SQLITE_OK;
}

/* An empty file counts as none, as in the system's layer. */
static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *out_there)
{
    (void)vfs;
    *out_there = flags == SQLITE_ACCESS_EXISTS ? disk_content(name).len > 0 : disk_has(name);
    return SQLITE_OK;
}

static int on_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out_path)
{
    (void)vfs;
    sqlite3_snprintf(size, out_path, "%s", name);
    return SQLITE_OK;
}

static int on_randomness(sqlite3_vfs *vfs, int len, char *out_bytes)
{
    (void)vfs;
    static uint64_t chance = 88172645463325252u; /* the same in every run: cuts can be replayed */
    for (int i = 0; i < len; i++) out_bytes[i] = (char)disk_chance(&chance);
    return len;
}

static int on_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int on_time(sqlite3_vfs *vfs, double *out_days)
{
    (void)vfs;
    *out_days = 2461000;
    return SQLITE_OK;
}

static void register_vfs(void)
{
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(struct handle),
        .mxPathname = DISK_NAME_SIZE - 1,
        .zName = DISK_VFS,
        .xOpen = on_open,
        .xDelete = on_delete,
        .xAccess = on_access,
        .xFullPathname = on_full_path,
        .xRandomness = on_randomness,
        .xSleep = on_sleep,
        .xCurrentTime = on_time,
    };
    int code = sqlite3_vfs_register(&vfs, 0);
    ENSURE(code == SQLITE_OK);
}

/* One thread and cheap memory: a cut is a whole start of SQLite, and there are many. */
void disk_init(void)
{
    int code = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    ENSURE(code == SQLITE_OK);
    code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    ENSURE(code == SQLITE_OK);
    disk_settle_sqlite_heap();
    register_vfs();
}

void disk_fail_write(int after, int code)
{
    fail_write_after = after;
    fail_code = code;
    has_failed = false;
}

void disk_fail_sync(int after, int code)
{
    fail_sync_after = after;
    fail_code = code;
    has_failed = false;
}

bool disk_failed(void)
{
    fail_write_after = -1;
    fail_sync_after = -1;
    return has_failed;
}
