/* tty_bench.h - a /dev and a /sys/class/tty of our own, with pseudo-terminals plugged in as
 * /dev/ttyACM0. Everything happens in a private mount namespace of this process and is gone with
 * it. Single-threaded programs only. */
#ifndef PACKD_TESTS_SUPPORT_TTY_BENCH_H
#define PACKD_TESTS_SUPPORT_TTY_BENCH_H

#include <stdbool.h>

#define TTY_BENCH_PATH "/dev/ttyACM0"
#define TTY_BENCH_LINK "/dev/serial/by-id/usb-packd_bench_0001-if00" /* leads to TTY_BENCH_PATH */
#define TTY_BENCH_PLUGS 6 /* how often something can be plugged in */

struct tty_bench {
    int masters[TTY_BENCH_PLUGS];
    int slaves[TTY_BENCH_PLUGS];
    int plugged; /* which is; -1: none yet */
};

/* False when this machine allows no namespaces; *out_why then says what failed. */
bool tty_bench_open(struct tty_bench *bench, const char **out_why);
/* The next pseudo-terminal takes the place of the one before; its master, non-blocking. */
int tty_bench_plug(struct tty_bench *bench);
/* Pulls the plug: the line hangs up. The node stays, dead, as by-id links do for a moment. */
void tty_bench_unplug(struct tty_bench *bench);

#endif
