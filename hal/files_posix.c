/* files_posix.c - files.h on plain system calls.
 *
 * The order in files_replace is the promise: content, flush, rename, flush of the folder. A
 * left-over "<path>.new" of an earlier power cut is removed, never continued. */
#include "hal/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum err files_err(int error_number)
{
    switch (error_number) {
    case 0: return ERR_NONE;
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO: return ERR_NOT_FOUND;
    case EEXIST: return ERR_EXISTS;
    case EBUSY:
    case EADDRINUSE:
    case ETXTBSY: return ERR_BUSY;
    case EAGAIN: return ERR_AGAIN;
    case ETIMEDOUT: return ERR_TIMEOUT;
    case EPIPE:
    case ECONNRESET: return ERR_CLOSED;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
    case ECONNREFUSED: return ERR_REFUSED;
    case ENOSPC:
    case EDQUOT: return ERR_NO_SPACE;
    case EMFILE: /* the kernel's memory for us, in its way */
    case ENFILE:
    case ENOMEM: return ERR_NO_MEMORY;
    case ENAMETOOLONG:
    case EFBIG: return ERR_TOO_BIG;
    case EINVAL:
    case EISDIR: return ERR_INVALID;
    default: return ERR_IO; /* errno is the kernel's list, not ours */
    }
}

/* Reads until the end or until the storage is full. */
static enum err read_all(int fd, uint8_t *storage, size_t size, size_t *out_len)
{
    size_t len = 0;
    while (len < size) {
        ssize_t got = read(fd, storage + len, size - len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return files_err(errno);
        if (got == 0) break;
        len += (size_t)got;
    }
    uint8_t beyond;
    if (len == size && read(fd, &beyond, 1) != 0) return ERR_TOO_BIG;
    *out_len = len;
    return ERR_NONE;
}

enum err files_read(const char *path, void *storage, size_t size, size_t *out_len)
{
    /* Non-blocking, so that a pipe in the file's place cannot hold us up. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return files_err(errno);
    struct stat info;
    enum err problem = ERR_NONE;
    if (fstat(fd, &info) != 0) problem = ERR_IO;
    else if (!S_ISREG(info.st_mode)) problem = ERR_INVALID;
    else problem = read_all(fd, storage, size, out_len);
    close(fd);
    return problem;
}

static enum err write_all(int fd, struct bytes content)
{
    size_t done = 0;
    while (done < content.len) {
        ssize_t put = write(fd, content.data + done, content.len - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return files_err(errno);
        done += (size_t)put;
    }
    return ERR_NONE;
}

/* The new content under its temporary name, flushed. */
static enum err write_new(const char *path, struct bytes content, unsigned mode)
{
    if (unlink(path) != 0 && errno != ENOENT) return files_err(errno);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return files_err(errno);
    enum err problem = write_all(fd, content);
    if (problem == ERR_NONE && fchmod(fd, (mode_t)mode) != 0) problem = files_err(errno);
    if (problem == ERR_NONE && fsync(fd) != 0) problem = files_err(errno);
    if (close(fd) != 0 && problem == ERR_NONE) problem = files_err(errno);
    return problem;
}

enum err files_replace(const char *path, struct bytes content, unsigned mode)
{
    char new_path[FILES_PATH_MAX];
    int len = snprintf(new_path, sizeof(new_path), "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof(new_path)) return ERR_TOO_BIG;
    enum err problem = write_new(new_path, content, mode);
    if (problem == ERR_NONE && rename(new_path, path) != 0) problem = files_err(errno);
    if (problem != ERR_NONE) {
        unlink(new_path);
        return problem;
    }
    return files_sync_folder_of(path);
}

enum err files_make_folder(const char *path)
{
    if (mkdir(path, 0700) == 0) return files_sync_folder_of(path);
    if (errno != EEXIST) return files_err(errno);
    struct stat info;
    if (lstat(path, &info) != 0) return files_err(errno);
    return S_ISDIR(info.st_mode) ? ERR_NONE : ERR_REFUSED;
}

enum err files_sync_folder_of(const char *path)
{
    char folder[FILES_PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (len >= sizeof(folder)) return ERR_TOO_BIG;
    if (slash == NULL) {
        folder[0] = '.';
        len = 1;
    } else if (len == 0) {
        folder[0] = '/';
        len = 1;
    } else {
        memcpy(folder, path, len);
    }
    folder[len] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return files_err(errno);
    enum err problem = fsync(fd) == 0 ? ERR_NONE : files_err(errno);
    close(fd);
    return problem;
}

enum err files_free_space(const char *path, uint64_t *out_free_bytes)
{
    struct statvfs space;
    if (statvfs(path, &space) != 0) return files_err(errno);
    *out_free_bytes = (uint64_t)space.f_bavail * (uint64_t)space.f_frsize;
    return ERR_NONE;
}

bool files_is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static int by_bytes(const void *one, const void *other)
{
    return strcmp(one, other);
}

enum err files_list(const char *folder, const char *ending, char (*out_names)[FILES_NAME_SIZE],
                    size_t max, size_t *out_count)
{
    enum err problem = ERR_NONE;
    const struct dirent *entry;
    DIR *listing = opendir(folder);
    *out_count = 0;
    if (listing == NULL) return files_err(errno);
    while (problem == ERR_NONE && (entry = readdir(listing)) != NULL) {
        size_t len = strlen(entry->d_name), tail = strlen(ending);
        bool wanted = len >= tail && strcmp(entry->d_name + len - tail, ending) == 0;
        if (!wanted || entry->d_name[0] == '.' || len >= FILES_NAME_SIZE) continue;
        if (*out_count == max) problem = ERR_TOO_BIG;
        else memcpy(out_names[(*out_count)++], entry->d_name, len + 1);
    }
    closedir(listing);
    qsort(out_names, *out_count, FILES_NAME_SIZE, by_bytes);
    return problem;
}
