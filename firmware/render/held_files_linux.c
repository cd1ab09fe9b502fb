/* held_files_linux.c - see held_files_linux.h. */
#include "firmware/render/held_files_linux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct held_file {
    char *path;
    int fd;
};

static struct {
    struct held_file files[HELD_FILES_MAX];
    size_t count;
    bool door_closed;
} held;

size_t held_files_room(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const rlim_t wanted = HELD_FILES_MAX + 2 * HELD_FILES_SPARE;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    size_t room = limit.rlim_cur <= HELD_FILES_SPARE ? 0 : limit.rlim_cur - HELD_FILES_SPARE;
    return room < HELD_FILES_MAX ? room : HELD_FILES_MAX;
}

static int open_really(const char *path)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static bool is_file(int fd)
{
    struct stat status;
    return syscall(SYS_fstat, fd, &status) == 0 && S_ISREG(status.st_mode);
}

bool held_files_has(const char *path)
{
    for (size_t i = 0; i < held.count; i++) {
        if (strcmp(held.files[i].path, path) == 0) return true;
    }
    return false;
}

bool held_files_add(const char *path)
{
    if (held.door_closed || held.count == HELD_FILES_MAX) return false;
    if (held_files_has(path)) return true;
    int fd = open_really(path);
    if (fd < 0) return errno != EMFILE && errno != ENFILE && errno != ENOMEM;
    char *copy = is_file(fd) ? strdup(path) : NULL;
    if (copy == NULL) {
        close(fd);
        return true;
    }
    held.files[held.count++] = (struct held_file){.path = copy, .fd = fd};
    return true;
}

void held_files_add_folder(const char *folder, unsigned depth, size_t room)
{
    char path[PATH_MAX];
    const struct dirent *entry;
    DIR *listing = opendir(folder);
    if (listing == NULL) return;
    while ((entry = readdir(listing)) != NULL && held.count < room) {
        int len = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || len < 0 || (size_t)len >= sizeof(path)) continue;
        if (entry->d_type != DT_DIR) (void)held_files_add(path);
        else if (depth > 0) held_files_add_folder(path, depth - 1, room);
    }
    closedir(listing);
}

size_t held_files_count(void)
{
    return held.count;
}

static int by_path(const void *left, const void *right)
{
    const struct held_file *a = left, *b = right;
    return strcmp(a->path, b->path);
}

void held_files_close_door(void)
{
    qsort(held.files, held.count, sizeof(held.files[0]), by_path);
    held.door_closed = true;
}

int held_files_open(const char *path)
{
    if (!held.door_closed) return open_really(path);
    char *name = (char *)(uintptr_t)path; /* only looked at */
    const struct held_file wanted = {.path = name, .fd = -1};
    const struct held_file *found =
        bsearch(&wanted, held.files, held.count, sizeof(held.files[0]), by_path);
    if (found == NULL) {
        errno = ENOENT;
        return -1;
    }
    int fd = fcntl(found->fd, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0) (void)lseek(fd, 0, SEEK_SET);
    return fd;
}
