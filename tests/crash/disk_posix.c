/* disk_posix.c - the system calls that hal makes beside SQLite, for names in DISK_FOLDER led to the
 * disk model. The linker puts these in the place of the real ones (--wrap, see CMakeLists.txt), so
 * what is tested is hal's own code: making the file, copying, setting aside. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "hal/base/ensure.h"
#include "tests/crash/disk_inside.h"

#define FIRST_FD 100000 /* above what the kernel gives */
#define FDS_MAX 8

int __real_open(const char *path, int flags, mode_t mode);
int __real_close(int fd);
int __real_fsync(int fd);
int __real_unlink(const char *path);
int __real_rename(const char *from, const char *to);
int __real_lstat(const char *path, struct stat *out_info);
int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_fsync(int fd);
int __wrap_unlink(const char *path);
int __wrap_rename(const char *from, const char *to);
int __wrap_lstat(const char *path, struct stat *out_info);

static struct open_file {
    bool used;
    struct disk_file *file; /* NULL: the folder */
} open_files[FDS_MAX];

static bool is_ours(const char *path)
{
    size_t len = strlen(DISK_FOLDER);
    return strncmp(path, DISK_FOLDER, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static int open_in_model(const char *path, int flags)
{
    struct disk_file *file = NULL;
    if (strcmp(path, DISK_FOLDER) != 0) {
        file = disk_find(path);
        if (file != NULL && (flags & O_EXCL) != 0) return fail(EEXIST);
        if (file == NULL && (flags & O_CREAT) == 0) return fail(ENOENT);
        if (file == NULL) file = disk_make(path);
    }
    for (int i = 0; i < FDS_MAX; i++) {
        if (open_files[i].used) continue;
        open_files[i] = (struct open_file){.used = true, .file = file};
        return FIRST_FD + i;
    }
    ensure_failed("a descriptor is free: one was left open", __FILE__, __LINE__);
}

int __wrap_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list list;
        va_start(list, flags);
        mode = va_arg(list, mode_t);
        va_end(list);
    }
    return is_ours(path) ? open_in_model(path, flags) : __real_open(path, flags, mode);
}

int __wrap_close(int fd)
{
    if (fd < FIRST_FD) return __real_close(fd);
    ENSURE(open_files[fd - FIRST_FD].used);
    open_files[fd - FIRST_FD].used = false;
    return 0;
}

int __wrap_fsync(int fd)
{
    if (fd < FIRST_FD) return __real_fsync(fd);
    struct disk_file *file = open_files[fd - FIRST_FD].file;
    if (file == NULL) disk_sync_folder();
    else disk_sync(file);
    return 0;
}

int __wrap_unlink(const char *path)
{
    if (!is_ours(path)) return __real_unlink(path);
    struct disk_file *file = disk_find(path);
    if (file == NULL) return fail(ENOENT);
    disk_unlink(file);
    return 0;
}

int __wrap_rename(const char *from, const char *to)
{
    if (!is_ours(from)) return __real_rename(from, to);
    struct disk_file *file = disk_find(from);
    if (file == NULL) return fail(ENOENT);
    disk_rename(file, to);
    return 0;
}

int __wrap_lstat(const char *path, struct stat *out_info)
{
    if (!is_ours(path)) return __real_lstat(path, out_info);
    struct disk_file *file = disk_find(path);
    if (file == NULL) return fail(ENOENT);
    *out_info = (struct stat){.st_mode = S_IFREG | 0600, .st_size = (off_t)file->now.len};
    return 0;
}
