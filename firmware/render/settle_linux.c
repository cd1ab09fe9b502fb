/* settle_linux.c - see settle_linux.h.
 *
 * Linking, fontconfig's caches and the first drawing touch megabytes that nobody looks at again.
 * A mapping of a file that cannot be written and holds no page of its own (smaps says so) can be
 * dropped without loss: what is needed comes back page by page. */
#include "firmware/render/settle_linux.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct mapping {
    uintptr_t from, to;
    bool is_file; /* and cannot be written */
    bool is_clean;
};

/* "7f0012340000-7f0012360000 r-xp 00022000 fe:01 1234   /usr/lib/libfoo.so" */
static bool read_mapping(const char *line, struct mapping *mapping)
{
    unsigned long from, to;
    char rights[5];
    int rest = 0;
    if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &from, &to, rights, &rest) != 3 || rest == 0) {
        return false;
    }
    bool readable_only = rights[0] == 'r' && rights[1] == '-' && rights[3] == 'p';
    *mapping = (struct mapping){.from = from,
                                .to = to,
                                .is_file = readable_only && line[rest] == '/',
                                .is_clean = true};
    return true;
}

/* Pages that are not the file's any more, wherever they are. */
static bool has_own_pages(const char *line)
{
    unsigned long kib;
    if (sscanf(line, "Private_Dirty: %lu", &kib) == 1) return kib > 0;
    if (sscanf(line, "Anonymous: %lu", &kib) == 1) return kib > 0;
    if (sscanf(line, "Swap: %lu", &kib) == 1) return kib > 0;
    return false;
}

static void drop(const struct mapping *mapping)
{
    if (!mapping->is_file || !mapping->is_clean) return;
    (void)madvise((void *)mapping->from, mapping->to - mapping->from, MADV_DONTNEED);
}

void settle_memory(void)
{
    char line[512];
    struct mapping mapping = {.is_file = false};
    (void)malloc_trim(0);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/smaps", O_RDONLY | O_CLOEXEC);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    if (file == NULL) return;
    while (fgets(line, sizeof(line), file) != NULL) {
        if (has_own_pages(line)) {
            mapping.is_clean = false;
        } else if (strncmp(line, "VmFlags:", 8) == 0) { /* the last line of each */
            drop(&mapping);
            mapping.is_file = false;
        } else if (line[0] <= 'f' && (line[0] <= '9' || line[0] >= 'a')) {
            if (!read_mapping(line, &mapping)) mapping.is_file = false;
        }
    }
    fclose(file);
}
