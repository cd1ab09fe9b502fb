/* disk_model.c - disk_model.h. Files are never more than a dozen, so they are found by walking. */
#include "tests/crash/disk_model.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/base/ensure.h"

#define NAME_SIZE 64
#define FILES_MAX \
    512 /* lives of files in one recording: a deleted name that returns is another life */
#define SECTOR 512

struct content {
    uint8_t *data;
    size_t len, size;
};

struct file { /* what the program sees now */
    char name[NAME_SIZE];
    struct content now;
    bool there;
    int life; /* its number in the log; -1 when not recording */
};

enum op_kind { OP_CREATE, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_DELETE };

struct op {
    enum op_kind kind;
    int life;
    size_t offset, len;
    uint8_t *data;
    bool folder_flushed; /* of OP_DELETE */
};

struct life { /* a file as the platter has it, while the log is walked */
    char name[NAME_SIZE];
    struct content flushed;
    size_t *pending; /* log entries since its last flush */
    size_t pending_count, pending_size;
    bool created, name_certain, deleted, gone;
};

static struct file files[8];
static struct op *log_ops;
static size_t log_len, log_size;
static bool recording;
static struct life lives[FILES_MAX];
static int life_count;
static size_t walked;
static int fail_write_after = -1, fail_sync_after = -1, fail_code;
static bool has_failed;

uint64_t disk_chance(uint64_t *chance)
{
    *chance ^= *chance << 13;
    *chance ^= *chance >> 7;
    *chance ^= *chance << 17;
    return *chance;
}

static void content_reserve(struct content *content, size_t len)
{
    if (len <= content->size) return;
    size_t size = content->size == 0 ? 4096 : content->size;
    while (size < len) size *= 2;
    content->data = realloc(content->data, size);
    ENSURE(content->data != NULL);
    content->size = size;
}

static void content_truncate(struct content *content, size_t len)
{
    content_reserve(content, len);
    if (len > content->len) memset(content->data + content->len, 0, len - content->len);
    content->len = len;
}

static void content_write(struct content *content, size_t offset, const uint8_t *data, size_t len)
{
    if (offset + len > content->len) content_truncate(content, offset + len);
    memcpy(content->data + offset, data, len);
}

static void content_copy(struct content *to, const struct content *from)
{
    content_truncate(to, 0);
    if (from->len > 0) content_write(to, 0, from->data, from->len);
}

static void log_op(struct op op, const void *data)
{
    if (!recording) return;
    if (log_len == log_size) {
        log_size = log_size == 0 ? 1024 : log_size * 2;
        log_ops = realloc(log_ops, log_size * sizeof(*log_ops));
        ENSURE(log_ops != NULL);
    }
    if (op.kind == OP_WRITE) {
        op.data = malloc(op.len);
        ENSURE(op.data != NULL);
        memcpy(op.data, data, op.len);
    }
    log_ops[log_len++] = op;
}

/* --- what the program sees --- */

static struct file *find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        if (files[i].there && strcmp(files[i].name, name) == 0) return &files[i];
    }
    return NULL;
}

static struct file *make(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct file *file = &files[i];
        if (file->there) continue;
        snprintf(file->name, sizeof(file->name), "%s", name);
        file->there = true;
        content_truncate(&file->now, 0);
        file->life = -1;
        if (recording) {
            ENSURE(life_count < FILES_MAX);
            file->life = life_count++;
            snprintf(lives[file->life].name, NAME_SIZE, "%s", name);
            log_op((struct op){.kind = OP_CREATE, .life = file->life}, NULL);
        }
        return file;
    }
    ENSURE(!"more files than the model has room for");
    return NULL;
}

static void remove_all(void)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) files[i].there = false;
}

struct handle { /* SQLite's view of an open file */
    sqlite3_file base;
    struct file *file;
};

static struct file *file_of(sqlite3_file *handle)
{
    return ((struct handle *)(void *)handle)->file;
}

static bool fails_now(int *after)
{
    if (*after < 0) return false;
    if ((*after)-- > 0) return false;
    has_failed = true;
    return true;
}

static int on_close(sqlite3_file *handle)
{
    (void)handle;
    return SQLITE_OK;
}

static int on_read(sqlite3_file *handle, void *data, int len, sqlite3_int64 offset)
{
    const struct content *now = &file_of(handle)->now;
    size_t wanted = (size_t)len, from = (size_t)offset;
    size_t got = from >= now->len ? 0 : now->len - from;
    if (got > wanted) got = wanted;
    if (got > 0) memcpy(data, now->data + from, got);
    if (got == wanted) return SQLITE_OK;
    memset((uint8_t *)data + got, 0, wanted - got);
    return SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *handle, const void *data, int len, sqlite3_int64 offset)
{
    if (fails_now(&fail_write_after)) return fail_code;
    struct file *file = file_of(handle);
    content_write(&file->now, (size_t)offset, data, (size_t)len);
    log_op((struct op){.kind = OP_WRITE,
                       .life = file->life,
                       .offset = (size_t)offset,
                       .len = (size_t)len},
           data);
    return SQLITE_OK;
}

static int on_truncate(sqlite3_file *handle, sqlite3_int64 len)
{
    struct file *file = file_of(handle);
    content_truncate(&file->now, (size_t)len);
    log_op((struct op){.kind = OP_TRUNCATE, .life = file->life, .len = (size_t)len}, NULL);
    return SQLITE_OK;
}

static int on_sync(sqlite3_file *handle, int flags)
{
    (void)flags;
    if (fails_now(&fail_sync_after)) return fail_code;
    log_op((struct op){.kind = OP_SYNC, .life = file_of(handle)->life}, NULL);
    return SQLITE_OK;
}

static int on_size(sqlite3_file *handle, sqlite3_int64 *out_len)
{
    *out_len = (sqlite3_int64)file_of(handle)->now.len;
    return SQLITE_OK;
}

static int on_lock(sqlite3_file *handle, int level)
{
    (void)handle, (void)level;
    return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *handle, int *out_locked)
{
    (void)handle;
    *out_locked = 0;
    return SQLITE_OK;
}

static int on_control(sqlite3_file *handle, int op, void *argument)
{
    (void)handle, (void)op, (void)argument;
    return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *handle)
{
    (void)handle;
    return SECTOR;
}

/* As the system's layer says of an ordinary disk: a torn write harms nothing beside it. */
static int on_characteristics(sqlite3_file *handle)
{
    (void)handle;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
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

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *handle, int flags,
                   int *out_flags)
{
    (void)vfs;
    struct file *file = find(name);
    if (file == NULL && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    if (file == NULL) file = make(name);
    struct handle *mine = (struct handle *)(void *)handle;
    mine->base.pMethods = &methods;
    mine->file = file;
    if (out_flags != NULL) *out_flags = flags;
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int flush_folder)
{
    (void)vfs;
    struct file *file = find(name);
    if (file == NULL) return SQLITE_IOERR_DELETE_NOENT;
    file->there = false;
    log_op((struct op){.kind = OP_DELETE, .life = file->life, .folder_flushed = flush_folder != 0},
           NULL);
    return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *out_there)
{
    (void)vfs, (void)flags;
    *out_there = find(name) != NULL;
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

void disk_init(void)
{
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(struct handle),
        .mxPathname = NAME_SIZE - 1,
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

/* --- recording and cutting --- */

static void forget_log(void)
{
    for (size_t i = 0; i < log_len; i++) free(log_ops[i].data);
    log_len = 0;
    disk_rewind();
    life_count = 0;
}

void disk_record(void)
{
    recording = false;
    remove_all();
    forget_log();
    recording = true;
}

size_t disk_log_len(void)
{
    return log_len;
}

void disk_stop_recording(void)
{
    recording = false;
}

void disk_rewind(void)
{
    for (int i = 0; i < life_count; i++) {
        struct life *life = &lives[i];
        content_truncate(&life->flushed, 0);
        life->pending_count = 0;
        life->created = life->name_certain = life->deleted = life->gone = false;
    }
    walked = 0;
}

static void apply(struct content *content, const struct op *op)
{
    if (op->kind == OP_WRITE) content_write(content, op->offset, op->data, op->len);
    if (op->kind == OP_TRUNCATE) content_truncate(content, op->len);
}

static void add_pending(struct life *life, size_t index)
{
    if (life->pending_count == life->pending_size) {
        life->pending_size = life->pending_size == 0 ? 64 : life->pending_size * 2;
        life->pending = realloc(life->pending, life->pending_size * sizeof(*life->pending));
        ENSURE(life->pending != NULL);
    }
    life->pending[life->pending_count++] = index;
}

/* Flushing the folder makes every deletion certain. */
static void flush_folder(void)
{
    for (int i = 0; i < life_count; i++) {
        if (lives[i].deleted) lives[i].gone = true;
    }
}

static void walk_one(size_t index)
{
    const struct op *op = &log_ops[index];
    struct life *life = &lives[op->life];
    switch (op->kind) {
    case OP_CREATE: life->created = true; break;
    case OP_WRITE:
    case OP_TRUNCATE: add_pending(life, index); break;
    case OP_SYNC:
        for (size_t i = 0; i < life->pending_count; i++) {
            apply(&life->flushed, &log_ops[life->pending[i]]);
        }
        life->pending_count = 0;
        if (!life->name_certain) flush_folder();
        life->name_certain = true;
        break;
    case OP_DELETE:
        life->deleted = true;
        if (op->folder_flushed) flush_folder();
        break;
    }
}

static bool toss(uint64_t *chance)
{
    return (disk_chance(chance) >> 33 & 1) != 0;
}

static void apply_pieces(struct content *content, const struct op *op, uint64_t *chance)
{
    if (op->kind == OP_TRUNCATE) {
        if (toss(chance)) apply(content, op);
        return;
    }
    for (size_t at = 0; at < op->len;) {
        size_t end = (op->offset + at) / SECTOR * SECTOR + SECTOR - op->offset;
        if (end > op->len) end = op->len;
        if (toss(chance)) content_write(content, op->offset + at, op->data + at, end - at);
        at = end;
    }
}

static void apply_pending(struct content *content, const struct life *life, enum disk_kept kept,
                          uint64_t *chance)
{
    size_t torn = life->pending_count == 0 ? 0 : disk_chance(chance) % life->pending_count;
    for (size_t i = 0; i < life->pending_count; i++) {
        const struct op *op = &log_ops[life->pending[i]];
        switch (kept) {
        case DISK_KEPT_NONE: break;
        case DISK_KEPT_ALL: apply(content, op); break;
        case DISK_KEPT_SOME:
            if (toss(chance)) apply(content, op);
            break;
        case DISK_KEPT_PIECES: apply_pieces(content, op, chance); break;
        case DISK_KEPT_PREFIX:
            if (i < torn) apply(content, op);
            if (i == torn) apply_pieces(content, op, chance);
            break;
        }
    }
}

/* Is a thing that may or may not have happened on the platter? */
static bool happened(enum disk_kept kept, uint64_t *chance)
{
    if (kept == DISK_KEPT_NONE) return false;
    return kept == DISK_KEPT_ALL || toss(chance);
}

void disk_cut(size_t n, enum disk_kept kept, uint64_t *chance)
{
    ENSURE(!recording && n >= walked && n <= log_len);
    while (walked < n) walk_one(walked++);
    remove_all();
    for (int i = 0; i < life_count; i++) {
        const struct life *life = &lives[i];
        if (!life->created || life->gone) continue;
        if (!life->name_certain && !happened(kept, chance)) continue;
        if (life->deleted && happened(kept, chance)) continue;
        struct file *file = find(life->name); /* an earlier life whose deletion is undone yields */
        if (file == NULL) file = make(life->name);
        content_copy(&file->now, &life->flushed);
        apply_pending(&file->now, life, kept, chance);
    }
}

void disk_finish(void)
{
    recording = false;
    forget_log();
    free(log_ops);
    log_ops = NULL;
    log_size = 0;
    for (size_t i = 0; i < FILES_MAX; i++) {
        free(lives[i].flushed.data);
        free(lives[i].pending);
        lives[i] = (struct life){.created = false};
    }
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        free(files[i].now.data);
        files[i] = (struct file){.there = false};
    }
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
