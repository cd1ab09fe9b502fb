/* disk_inside.h - what the model (disk_model.c) offers the two layers through which programs reach
 * it, disk_vfs.c and disk_posix.c; nobody else includes it. */
#ifndef PACKD_TESTS_CRASH_DISK_INSIDE_H
#define PACKD_TESTS_CRASH_DISK_INSIDE_H

#include "tests/crash/disk_model.h"

#define DISK_NAME_SIZE 64
#define DISK_SECTOR 512

struct disk_content {
    uint8_t *data;
    size_t len, size;
};

struct disk_file { /* what the program sees now */
    char name[DISK_NAME_SIZE];
    struct disk_content now;
    bool there;
    int node; /* its number on the running tape */
};

struct disk_file *disk_find(const char *name);
struct disk_file *disk_make(const char *name);
void disk_write(struct disk_file *file, size_t offset, struct bytes data);
void disk_truncate(struct disk_file *file, size_t len);
void disk_sync(struct disk_file *file);
void disk_unlink(struct disk_file *file);
void disk_rename(struct disk_file *file, const char *name);
void disk_sync_folder(void);

void disk_settle_sqlite_heap(void); /* sqlite_heap.c; before anything else of SQLite */

#endif
