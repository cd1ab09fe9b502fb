/* tty_bench.c - tty_bench.h with mounts. The library looks a line up in /sys/class/tty and resolves
 * links first, so the pseudo-terminal is bound onto a plain file of the wanted name. */
#include "tests/support/tty_bench.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/base/ensure.h"

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return false;
    bool good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return good;
}

/* As root a mount namespace is enough; anybody else becomes root of a user namespace first. */
static bool enter_namespace(void)
{
    if (geteuid() == 0) return unshare(CLONE_NEWNS) == 0;
    char users[64];
    char groups[64];
    snprintf(users, sizeof(users), "0 %u 1", (unsigned)geteuid());
    snprintf(groups, sizeof(groups), "0 %u 1", (unsigned)getegid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
           write_file("/proc/self/uid_map", users) && write_file("/proc/self/setgroups", "deny") &&
           write_file("/proc/self/gid_map", groups);
}

static bool open_terminals(struct tty_bench *bench)
{
    for (int i = 0; i < TTY_BENCH_PLUGS; i++) {
        bench->masters[i] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (bench->masters[i] < 0 || unlockpt(bench->masters[i]) != 0) return false;
        const char *name = ptsname(bench->masters[i]);
        bench->slaves[i] = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
        if (bench->slaves[i] < 0) return false;
        if (fcntl(bench->masters[i], F_SETFL, O_NONBLOCK) != 0) return false;
    }
    return true;
}

static bool make_tree(void)
{
    return mount("none", "/sys/class/tty", "tmpfs", 0, "mode=755") == 0 &&
           mkdir("/sys/class/tty/ttyACM0", 0755) == 0 &&
           symlink("../../../devices/bench", "/sys/class/tty/ttyACM0/device") == 0 &&
           mount("none", "/dev", "tmpfs", 0, "mode=755") == 0 &&
           mkdir("/dev/serial", 0755) == 0 && mkdir("/dev/serial/by-id", 0755) == 0 &&
           symlink("../../ttyACM0", TTY_BENCH_LINK) == 0 && write_file(TTY_BENCH_PATH, "");
}

bool tty_bench_open(struct tty_bench *bench, const char **out_why)
{
    bench->plugged = -1;
    *out_why = "a namespace of our own";
    if (!enter_namespace()) return false;
    *out_why = "private mounts";
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
    *out_why = "pseudo-terminals";
    if (!open_terminals(bench)) return false;
    *out_why = "file systems of our own";
    return make_tree();
}

int tty_bench_plug(struct tty_bench *bench)
{
    if (bench->plugged >= 0) ENSURE(umount2(TTY_BENCH_PATH, MNT_DETACH) == 0);
    bench->plugged++;
    ENSURE(bench->plugged < TTY_BENCH_PLUGS);
    int slave = bench->slaves[bench->plugged];
    char source[64];
    snprintf(source, sizeof(source), "/proc/self/fd/%d", slave);
    ENSURE(mount(source, TTY_BENCH_PATH, NULL, MS_BIND, NULL) == 0);
    close(slave); /* or the line would never hang up for its last user */
    return bench->masters[bench->plugged];
}

void tty_bench_unplug(struct tty_bench *bench)
{
    close(bench->masters[bench->plugged]);
}
