/* confine_linux.c - see confine_linux.h.
 *
 * Landlock's structs and bits are written out here (linux/landlock.h of Linux 6.12), because the
 * headers of Debian 12 are older than the kernels it may run on; what the running kernel knows is
 * asked for. Landlock holds the thread that asks and those it starts later: a thread that a library
 * has started in between is held from writing by the first step and by the filter from the rest. */
#include "firmware/render/confine_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "firmware/render/filter_linux.h"
#include "hal/base/ensure.h"
#include "hal/base/render_wire.h"

#define ABI_REFER 2u
#define ABI_TRUNCATE 3u
#define ABI_NETWORK 4u
#define ABI_DEVICES 5u
#define ABI_SCOPE 6u

#define FILES_OF_THE_FIRST 0x1fffull /* execute to make a symbolic link: thirteen bits */
#define FILES_REFER (1ull << 13)
#define FILES_TRUNCATE (1ull << 14)
#define FILES_DEVICES (1ull << 15)
#define FILES_READ 0xdull /* execute, read a file, read a folder */
#define NETWORK_ALL 0x3ull
#define SCOPE_ALL 0x3ull

struct ruleset { /* struct landlock_ruleset_attr; older kernels know its beginning */
    uint64_t files;
    uint64_t network;
    uint64_t scoped;
};

static unsigned ask_landlock(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : (unsigned)abi;
}

/* Without rules, what a ruleset handles is not allowed anywhere. */
static unsigned restrict_landlock(bool reading_too)
{
    unsigned abi = ask_landlock();
    if (abi == 0) return 0;
    struct ruleset rules = {.files = FILES_OF_THE_FIRST};
    size_t size = sizeof(rules.files);
    if (abi >= ABI_REFER) rules.files |= FILES_REFER;
    if (abi >= ABI_TRUNCATE) rules.files |= FILES_TRUNCATE;
    if (abi >= ABI_DEVICES) rules.files |= FILES_DEVICES;
    if (!reading_too) rules.files &= ~FILES_READ;
    if (abi >= ABI_NETWORK) {
        rules.network = NETWORK_ALL;
        size += sizeof(rules.network);
    }
    if (abi >= ABI_SCOPE) {
        rules.scoped = SCOPE_ALL;
        size += sizeof(rules.scoped);
    }
    int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (fd < 0) return 0;
    bool good = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    close(fd);
    return good ? abi : 0;
}

/* Raising one's own needs no right. Where it cannot be said, packd may be the one that goes. */
static void be_the_first_to_go(void)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (write(fd, "1000", 4) != 4) fputs("packd-render: oom_score_adj is not to be set\n", stderr);
    close(fd);
}

void confine_begin(void)
{
    /* Older kernels have no close_range; then packd's own descriptors close on exec, as all do. */
    (void)close_range(RENDER_MEMORY_FD + 1, ~0u, 0);
    (void)clearenv();
    ENSURE(signal(SIGXFSZ, SIG_IGN) != SIG_ERR); /* standard error may be a file at a desk */
    ENSURE(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0);
    ENSURE(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    be_the_first_to_go();
    (void)restrict_landlock(false);
}

static bool limit(int what, rlim_t value)
{
    struct rlimit old;
    if (getrlimit((__rlimit_resource_t)what, &old) != 0) return false;
    if (value > old.rlim_max) value = old.rlim_max;
    const struct rlimit now = {value, value};
    return setrlimit((__rlimit_resource_t)what, &now) == 0;
}

static bool limit_memory(void)
{
    unsigned long pages = 0;
    char text[64] = {0};
    if (ADDRESSES_ARE_WATCHED) return true;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t len = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (len > 0) pages = strtoul(text, NULL, 10);
    if (pages == 0) return false;
    return limit(RLIMIT_AS, pages * (rlim_t)sysconf(_SC_PAGESIZE) + CONFINE_MEMORY_BYTES);
}

static bool limit_all(size_t descriptors)
{
    return limit_memory() && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
           limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_MSGQUEUE, 0) &&
           limit(RLIMIT_NOFILE, descriptors);
}

const char *confine_finish(bool strict, size_t descriptors, unsigned *out_landlock)
{
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return "its memory could be looked into";
    if (!limit_all(descriptors)) return "its limits cannot be set";
    *out_landlock = restrict_landlock(true);
    if (*out_landlock == 0 && ask_landlock() != 0) return "Landlock is there and does not hold it";
    return filter_load(strict) ? NULL : "the kernel takes no filter of system calls";
}
