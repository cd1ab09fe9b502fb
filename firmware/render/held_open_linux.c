/* held_open_linux.c - open() and its kin for every library of packd-render.
 *
 * A definition in the program goes before that of the C library wherever a shared library calls it
 * by name (the dynamic list of the link says which names are seen). It is in the program only and
 * never in a test. What the C library calls inside itself is not met here: there the kernel's
 * filter says no. Files are opened for reading and nothing else, from the first moment on.
 *
 * The names are given to the assembler, because the headers declare them with attributes and, when
 * hardened, define them inline. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "firmware/render/held_files_linux.h"

#define CALLED(name) __asm__(name) __attribute__((visibility("default")))

int render_open(const char *path, int flags) CALLED("open");
int render_open64(const char *path, int flags) CALLED("open64");
int render_open_2(const char *path, int flags) CALLED("__open_2");
int render_open64_2(const char *path, int flags) CALLED("__open64_2");
int render_openat(int folder, const char *path, int flags) CALLED("openat");
int render_openat64(int folder, const char *path, int flags) CALLED("openat64");
int render_openat_2(int folder, const char *path, int flags) CALLED("__openat_2");
int render_openat64_2(int folder, const char *path, int flags) CALLED("__openat64_2");
FILE *render_fopen(const char *path, const char *mode) CALLED("fopen");
FILE *render_fopen64(const char *path, const char *mode) CALLED("fopen64");
int render_fstat(int fd, struct stat *status) CALLED("fstat");
int render_fstat64(int fd, struct stat *status) CALLED("fstat64");

int render_open(const char *path, int flags)
{
    if ((flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != O_RDONLY) {
        errno = EACCES;
        return -1;
    }
    return held_files_open(path);
}

int render_open64(const char *path, int flags)
{
    return render_open(path, flags);
}

int render_open_2(const char *path, int flags)
{
    return render_open(path, flags);
}

int render_open64_2(const char *path, int flags)
{
    return render_open(path, flags);
}

/* Nobody here walks folders; a path without a beginning would be one of another folder. */
int render_openat(int folder, const char *path, int flags)
{
    if (folder == AT_FDCWD || path[0] == '/') return render_open(path, flags);
    errno = ENOENT;
    return -1;
}

int render_openat64(int folder, const char *path, int flags)
{
    return render_openat(folder, path, flags);
}

int render_openat_2(int folder, const char *path, int flags)
{
    return render_openat(folder, path, flags);
}

int render_openat64_2(int folder, const char *path, int flags)
{
    return render_openat(folder, path, flags);
}

FILE *render_fopen(const char *path, const char *mode)
{
    int flags = mode[0] == 'r' && strchr(mode, '+') == NULL ? O_RDONLY : O_RDWR;
    int fd = render_open(path, flags);
    if (fd < 0) return NULL;
    FILE *file = fdopen(fd, "r");
    if (file == NULL) close(fd);
    return file;
}

FILE *render_fopen64(const char *path, const char *mode)
{
    return render_fopen(path, mode);
}

/* The C library asks by an empty path, a call that would also answer for any other path; the filter
 * lets only this one pass. */
int render_fstat(int fd, struct stat *status)
{
    return (int)syscall(SYS_fstat, fd, status);
}

int render_fstat64(int fd, struct stat *status)
{
    return render_fstat(fd, status);
}
