/* disk_model.c - disk_model.h. Files are never more than a dozen, so they are found by walking. */
#include "tests/crash/disk_model.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/base/ensure.h"
#include "tests/crash/disk_inside.h"

#define FILES_MAX 12
#define NODES_MAX 512 /* files of one tape; a name that is made again is another file */

enum op_kind { OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_LINK, OP_UNLINK, OP_RENAME, OP_FOLDER };

struct op {
    enum op_kind kind;
    int node;
    size_t offset, len;
    size_t data_at; /* in the tape's bytes: what was written, or a name with its NUL */
};

struct entry {
    char name[DISK_NAME_SIZE];
    int node;
};

struct folder {
    struct entry entries[FILES_MAX];
    int count;
};

struct list { /* of places on the tape */
    size_t *at, len, size;
};

struct node { /* a file as the platter has it, while the tape is read */
    char made_as[DISK_NAME_SIZE];
    struct disk_content base, flushed;
    struct list pending;
};

struct tape {
    struct op *ops;
    size_t len, size;
    struct disk_content bytes;
    struct node nodes[NODES_MAX];
    int node_count, base_count;
    struct folder base, certain;
    struct list pending; /* entries of the folder that are not flushed */
    size_t walked;
};

static struct disk_file files[FILES_MAX];
static struct tape tapes[DISK_TAPES];
static struct tape *running; /* NULL: nothing is recorded */
static enum disk_lie lie;

uint64_t disk_chance(uint64_t *chance)
{
    *chance ^= *chance << 13;
    *chance ^= *chance >> 7;
    *chance ^= *chance << 17;
    return *chance;
}

static bool toss(uint64_t *chance)
{
    return (disk_chance(chance) >> 33 & 1) != 0;
}

static void reserve(struct disk_content *content, size_t len)
{
    if (len <= content->size) return;
    size_t size = content->size == 0 ? 4096 : content->size;
    while (size < len) size *= 2;
    content->data = realloc(content->data, size);
    ENSURE(content->data != NULL);
    content->size = size;
}

static void set_len(struct disk_content *content, size_t len)
{
    reserve(content, len);
    if (len > content->len) memset(content->data + content->len, 0, len - content->len);
    content->len = len;
}

static void put(struct disk_content *content, size_t offset, const void *data, size_t len)
{
    if (len == 0) return;
    if (offset + len > content->len) set_len(content, offset + len);
    memcpy(content->data + offset, data, len);
}

static void copy(struct disk_content *to, const struct disk_content *from)
{
    reserve(to, from->len);
    if (from->len > 0) memcpy(to->data, from->data, from->len);
    to->len = from->len;
}

static void list_add(struct list *list, size_t at)
{
    if (list->len == list->size) {
        list->size = list->size == 0 ? 64 : list->size * 2;
        list->at = realloc(list->at, list->size * sizeof(*list->at));
        ENSURE(list->at != NULL);
    }
    list->at[list->len++] = at;
}

static void note(struct op op, const void *data, size_t data_len)
{
    struct tape *tape = running;
    if (tape == NULL) return;
    if (tape->len == tape->size) {
        tape->size = tape->size == 0 ? 1024 : tape->size * 2;
        tape->ops = realloc(tape->ops, tape->size * sizeof(*tape->ops));
        ENSURE(tape->ops != NULL);
    }
    op.data_at = tape->bytes.len;
    put(&tape->bytes, tape->bytes.len, data, data_len);
    tape->ops[tape->len++] = op;
}

/* --- what the program sees --- */

struct disk_file *disk_find(const char *name)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        if (files[i].there && strcmp(files[i].name, name) == 0) return &files[i];
    }
    return NULL;
}

static int new_node(struct tape *tape, const char *name)
{
    ENSURE(tape->node_count < NODES_MAX);
    struct node *node = &tape->nodes[tape->node_count];
    snprintf(node->made_as, sizeof(node->made_as), "%s", name);
    node->base.len = node->flushed.len = 0;
    node->pending.len = 0;
    return tape->node_count++;
}

struct disk_file *disk_make(const char *name)
{
    ENSURE(strlen(name) < DISK_NAME_SIZE);
    struct disk_file *file = files;
    while (file->there) {
        file++;
        ENSURE(file < files + FILES_MAX);
    }
    snprintf(file->name, sizeof(file->name), "%s", name);
    file->there = true;
    file->now.len = 0;
    if (running != NULL) {
        file->node = new_node(running, name);
        note((struct op){.kind = OP_LINK, .node = file->node}, name, strlen(name) + 1);
    }
    return file;
}

void disk_write(struct disk_file *file, size_t offset, struct bytes data)
{
    put(&file->now, offset, data.data, data.len);
    struct op op = {.kind = OP_WRITE, .node = file->node, .offset = offset, .len = data.len};
    note(op, data.data, data.len);
}

void disk_truncate(struct disk_file *file, size_t len)
{
    set_len(&file->now, len);
    note((struct op){.kind = OP_TRUNCATE, .node = file->node, .len = len}, NULL, 0);
}

void disk_sync(struct disk_file *file)
{
    note((struct op){.kind = OP_SYNC, .node = file->node}, NULL, 0);
}

void disk_unlink(struct disk_file *file)
{
    file->there = false;
    struct op op = {.kind = OP_UNLINK, .node = file->node};
    note(op, file->name, strlen(file->name) + 1);
}

void disk_rename(struct disk_file *file, const char *name)
{
    ENSURE(strlen(name) < DISK_NAME_SIZE);
    struct disk_file *replaced = disk_find(name);
    if (replaced != NULL) replaced->there = false;
    snprintf(file->name, sizeof(file->name), "%s", name);
    note((struct op){.kind = OP_RENAME, .node = file->node}, name, strlen(name) + 1);
}

void disk_sync_folder(void)
{
    note((struct op){.kind = OP_FOLDER}, NULL, 0);
}

void disk_format(void)
{
    ENSURE(running == NULL);
    for (size_t i = 0; i < FILES_MAX; i++) files[i].there = false;
}

struct bytes disk_content(const char *name)
{
    const struct disk_file *file = disk_find(name);
    return file == NULL ? BYTES_NONE : bytes_of(file->now.data, file->now.len);
}

bool disk_has(const char *name)
{
    return disk_find(name) != NULL;
}

void disk_put(const char *name, struct bytes content)
{
    struct disk_file *file = disk_find(name);
    if (file == NULL) file = disk_make(name);
    disk_truncate(file, 0);
    disk_write(file, 0, content);
}

void disk_remove(const char *name)
{
    struct disk_file *file = disk_find(name);
    if (file != NULL) disk_unlink(file);
}

/* --- recording --- */

static void rewind_tape(struct tape *tape)
{
    for (int i = 0; i < tape->node_count; i++) {
        copy(&tape->nodes[i].flushed, &tape->nodes[i].base);
        tape->nodes[i].pending.len = 0;
    }
    tape->certain = tape->base;
    tape->pending.len = 0;
    tape->walked = 0;
}

void disk_record(enum disk_tape which)
{
    ENSURE(running == NULL);
    struct tape *tape = &tapes[which];
    tape->len = tape->bytes.len = 0;
    tape->node_count = tape->base.count = 0;
    for (size_t i = 0; i < FILES_MAX; i++) {
        struct disk_file *file = &files[i];
        if (!file->there) continue;
        file->node = new_node(tape, file->name);
        copy(&tape->nodes[file->node].base, &file->now);
        struct entry *entry = &tape->base.entries[tape->base.count++];
        memcpy(entry->name, file->name, sizeof(entry->name));
        entry->node = file->node;
    }
    rewind_tape(tape);
    running = tape;
}

void disk_stop(void)
{
    running = NULL;
}

size_t disk_tape_len(enum disk_tape tape)
{
    return tapes[tape].len;
}

/* --- reading the tape --- */

static void drop_entry(struct folder *folder, int i)
{
    folder->entries[i] = folder->entries[--folder->count];
}

static int entry_named(const struct folder *folder, const char *name)
{
    for (int i = 0; i < folder->count; i++) {
        if (strcmp(folder->entries[i].name, name) == 0) return i;
    }
    return -1;
}

static int entry_of(const struct folder *folder, int node)
{
    for (int i = 0; i < folder->count; i++) {
        if (folder->entries[i].node == node) return i;
    }
    return -1;
}

static void add_entry(struct folder *folder, const char *name, int node)
{
    int taken = entry_named(folder, name);
    if (taken >= 0) drop_entry(folder, taken);
    ENSURE(folder->count < FILES_MAX);
    struct entry *entry = &folder->entries[folder->count++];
    snprintf(entry->name, sizeof(entry->name), "%s", name);
    entry->node = node;
}

/* One that builds on another that did not happen does not happen either. */
static void change_folder(struct folder *folder, const struct tape *tape, const struct op *op)
{
    const char *name = (const char *)tape->bytes.data + op->data_at;
    int there = entry_of(folder, op->node);
    if (op->kind == OP_LINK) {
        add_entry(folder, name, op->node);
    } else if (there >= 0) {
        drop_entry(folder, there);
        if (op->kind == OP_RENAME) add_entry(folder, name, op->node);
    }
}

static void apply(struct disk_content *content, const struct tape *tape, const struct op *op)
{
    if (op->kind == OP_WRITE) put(content, op->offset, tape->bytes.data + op->data_at, op->len);
    else set_len(content, op->len);
}

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name), ending_len = strlen(ending);
    return len >= ending_len && strcmp(name + len - ending_len, ending) == 0;
}

static bool flush_is_a_lie(const struct node *node)
{
    bool log = ends_with(node->made_as, "-wal"), copied = ends_with(node->made_as, ".new");
    return (lie == DISK_LIE_LOG_FLUSH && log) || (lie == DISK_LIE_COPY_FLUSH && copied) ||
           (lie == DISK_LIE_MAIN_FLUSH && !log && !copied);
}

static void flush_node(const struct tape *tape, struct node *node)
{
    struct list *pending = &node->pending;
    if (flush_is_a_lie(node)) return;
    size_t len = pending->len;
    bool late = lie == DISK_LIE_LAST_WRITE && len > 0;
    if (late) len--;
    for (size_t i = 0; i < len; i++) apply(&node->flushed, tape, &tape->ops[pending->at[i]]);
    if (late) pending->at[0] = pending->at[len];
    pending->len = late ? 1 : 0;
}

static void walk_one(struct tape *tape, size_t at)
{
    const struct op *op = &tape->ops[at];
    switch (op->kind) {
    case OP_WRITE:
    case OP_TRUNCATE: list_add(&tape->nodes[op->node].pending, at); break;
    case OP_SYNC: flush_node(tape, &tape->nodes[op->node]); break;
    case OP_LINK:
    case OP_UNLINK:
    case OP_RENAME: list_add(&tape->pending, at); break;
    case OP_FOLDER:
        if (lie == DISK_LIE_FOLDER_FLUSH) break;
        for (size_t i = 0; i < tape->pending.len; i++) {
            change_folder(&tape->certain, tape, &tape->ops[tape->pending.at[i]]);
        }
        tape->pending.len = 0;
        break;
    }
}

void disk_lie(enum disk_lie which)
{
    lie = which;
    for (size_t i = 0; i < DISK_TAPES; i++) rewind_tape(&tapes[i]);
}

/* --- cutting --- */

static void apply_pieces(struct disk_content *content, const struct tape *tape, const struct op *op,
                         uint64_t *chance)
{
    if (op->kind == OP_TRUNCATE) {
        if (toss(chance)) apply(content, tape, op);
        return;
    }
    const uint8_t *data = tape->bytes.data + op->data_at;
    for (size_t at = 0; at < op->len;) {
        size_t end = (op->offset + at) / DISK_SECTOR * DISK_SECTOR + DISK_SECTOR - op->offset;
        if (end > op->len) end = op->len;
        if (toss(chance)) put(content, op->offset + at, data + at, end - at);
        at = end;
    }
}

/* Some of the sectors that a write touches are lost whole, with what else they held. */
static void apply_rubbish(struct disk_content *content, const struct tape *tape,
                          const struct op *op, uint64_t *chance)
{
    apply_pieces(content, tape, op, chance);
    if (op->kind == OP_TRUNCATE) return;
    size_t at = op->offset / DISK_SECTOR * DISK_SECTOR;
    for (; at < op->offset + op->len && at < content->len; at += DISK_SECTOR) {
        size_t len = content->len - at < DISK_SECTOR ? content->len - at : DISK_SECTOR;
        if (toss(chance)) memset(content->data + at, (int)(disk_chance(chance) & 0xff), len);
    }
}

static void apply_pending(struct disk_content *content, const struct tape *tape,
                          const struct list *pending, enum disk_kept kept, uint64_t *chance)
{
    size_t torn = pending->len == 0 ? 0 : disk_chance(chance) % pending->len;
    for (size_t i = 0; i < pending->len; i++) {
        const struct op *op = &tape->ops[pending->at[i]];
        switch (kept) {
        case DISK_KEPT_NONE: break;
        case DISK_KEPT_ALL: apply(content, tape, op); break;
        case DISK_KEPT_SOME:
            if (toss(chance)) apply(content, tape, op);
            break;
        case DISK_KEPT_PIECES: apply_pieces(content, tape, op, chance); break;
        case DISK_KEPT_RUBBISH: apply_rubbish(content, tape, op, chance); break;
        case DISK_KEPT_PREFIX:
            if (i < torn) apply(content, tape, op);
            if (i == torn) apply_pieces(content, tape, op, chance);
            break;
        }
    }
}

static struct folder folder_after(const struct tape *tape, enum disk_kept kept, uint64_t *chance)
{
    struct folder folder = tape->certain;
    size_t len = tape->pending.len;
    if (kept == DISK_KEPT_NONE) len = 0;
    if (kept == DISK_KEPT_PREFIX) len = disk_chance(chance) % (len + 1);
    bool all = kept == DISK_KEPT_ALL || kept == DISK_KEPT_PREFIX;
    for (size_t i = 0; i < len; i++) {
        if (all || toss(chance)) change_folder(&folder, tape, &tape->ops[tape->pending.at[i]]);
    }
    return folder;
}

static void walk_to(struct tape *tape, size_t n)
{
    ENSURE(running == NULL && n <= tape->len);
    if (n < tape->walked) rewind_tape(tape);
    while (tape->walked < n) walk_one(tape, tape->walked++);
}

void disk_cut(enum disk_tape which, size_t n, enum disk_kept kept, uint64_t *chance)
{
    struct tape *tape = &tapes[which];
    walk_to(tape, n);
    struct folder folder = folder_after(tape, kept, chance);
    disk_format();
    for (int i = 0; i < folder.count; i++) {
        const struct node *node = &tape->nodes[folder.entries[i].node];
        struct disk_file *file = disk_make(folder.entries[i].name);
        copy(&file->now, &node->flushed);
        apply_pending(&file->now, tape, &node->pending, kept, chance);
    }
}

bool disk_cut_is_new(enum disk_tape which, size_t n, enum disk_kept kept)
{
    struct tape *tape = &tapes[which];
    walk_to(tape, n);
    bool flush = n > 0 && (tape->ops[n - 1].kind == OP_SYNC || tape->ops[n - 1].kind == OP_FOLDER);
    if (n == 0 || kept == DISK_KEPT_NONE) return kept == DISK_KEPT_NONE && (n == 0 || flush);
    bool open = tape->pending.len > 0;
    for (int i = 0; i < tape->certain.count && !open; i++) {
        open = tape->nodes[tape->certain.entries[i].node].pending.len > 0;
    }
    return open && !(kept == DISK_KEPT_ALL && flush);
}

static void forget(struct disk_content *content)
{
    free(content->data);
    *content = (struct disk_content){.data = NULL};
}

void disk_finish(void)
{
    disk_stop();
    sqlite3_shutdown();
    for (size_t i = 0; i < FILES_MAX; i++) forget(&files[i].now);
    disk_format();
    for (size_t t = 0; t < DISK_TAPES; t++) {
        struct tape *tape = &tapes[t];
        for (size_t i = 0; i < NODES_MAX; i++) {
            forget(&tape->nodes[i].base);
            forget(&tape->nodes[i].flushed);
            free(tape->nodes[i].pending.at);
        }
        free(tape->ops);
        free(tape->pending.at);
        forget(&tape->bytes);
        memset(tape, 0, sizeof(*tape));
    }
}
