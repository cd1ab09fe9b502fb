/* tty_bench.c - tty_bench.h with mounts. The library looks a line up in /sys/class/tty and resolves
 * links first, so the pseudo-terminal is bound onto a plain file of the wanted name. */
#include "tests/support/tty_bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/base/ensure.h"
#include "tests/support/own_mounts.h"

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
           mount("none", "/dev", "tmpfs", 0, "mode=755") == 0 && mkdir("/dev/serial", 0755) == 0 &&
           mkdir("/dev/serial/by-id", 0755) == 0 && symlink("../../ttyACM0", TTY_BENCH_LINK) == 0 &&
           mknod(TTY_BENCH_PATH, S_IFREG | 0644, 0) == 0;
}

bool tty_bench_open(struct tty_bench *bench, const char **out_why)
{
    bench->plugged = -1;
    *out_why = "a namespace of our own";
    if (!own_mounts_enter()) return false;
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
