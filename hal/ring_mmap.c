/* ring_mmap.c - ring.h as a file mapped into memory: what is put there is the kernel's at once. */
#include "hal/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hal/files.h"

static enum err map(int fd, size_t size, struct ring *out_ring)
{
    int code = posix_fallocate(fd, 0, (off_t)size);
    if (code != 0) return files_err(code);
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) return files_err(errno);
    memset(memory, '\n', size);
    *out_ring = (struct ring){.memory = memory, .size = size};
    return ERR_NONE;
}

enum err ring_open(const char *path, size_t size, struct ring *out_ring)
{
    char before[FILES_PATH_MAX];
    int len = snprintf(before, sizeof(before), "%s.before", path);
    if (len < 0 || (size_t)len >= sizeof(before)) return ERR_TOO_BIG;
    if (rename(path, before) != 0 && errno != ENOENT) return files_err(errno);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return files_err(errno);
    enum err problem = map(fd, size, out_ring);
    close(fd);
    if (problem != ERR_NONE) unlink(path);
    return problem;
}

/* What is left of a line that was partly written over is no line any more. */
static void blank_rest(struct ring *ring)
{
    for (size_t i = ring->at; i < ring->size && ring->memory[i] != '\n'; i++) {
        ring->memory[i] = '\n';
    }
}

void ring_put(struct ring *ring, struct bytes line)
{
    if (ring->memory == NULL) return;
    ENSURE(line.len < ring->size);
    if (ring->size - ring->at <= line.len) { /* does not fit before the end: begin again */
        memset(ring->memory + ring->at, '\n', ring->size - ring->at);
        ring->at = 0;
    }
    memcpy(ring->memory + ring->at, line.data, line.len);
    ring->at += line.len;
    blank_rest(ring);
    if (ring->at < ring->size) ring->memory[ring->at++] = '\n';
}

void ring_close(struct ring *ring)
{
    if (ring->memory != NULL) munmap(ring->memory, ring->size);
    *ring = (struct ring){.memory = NULL};
}
