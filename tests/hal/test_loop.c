/* Guards: a turn calls exactly who is ready and still there, wakes at its deadline and for nothing
 * else; signals arrive as loop events; the boot clock never goes back. */
#include "hal/loop.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "hal/clock.h"
#include "hal/signals.h"
#include "tests/support/expect.h"

struct end { /* one end of a pipe and what was said about it */
    struct loop *loop;
    struct loop_watch watch;
    struct end *victim; /* taken off the loop and freed by our callback */
    unsigned calls;
    uint32_t ready;
};

static struct end *last_called;

static void on_ready(void *context, uint32_t ready)
{
    struct end *end = context;
    last_called = end;
    end->calls++;
    end->ready = ready;
    if (end->victim) {
        loop_remove(end->loop, &end->victim->watch);
        memset(end->victim, 0xEE, sizeof(*end->victim));
        free(end->victim);
        end->victim = NULL;
    }
}

static struct end *watch_fd(struct loop *loop, int fd, uint32_t interest)
{
    struct end *end = calloc(1, sizeof(*end));
    ENSURE(end);
    end->loop = loop;
    end->watch =
        (struct loop_watch){.fd = fd, .interest = interest, .ready = on_ready, .context = end};
    EXPECT_I64(ERR_NONE, loop_add(loop, &end->watch), "a pipe can be watched");
    return end;
}

static struct loop *new_loop(void)
{
    struct loop *loop = NULL;
    EXPECT_I64(ERR_NONE, loop_open(&loop), "a loop opens");
    ENSURE(loop);
    return loop;
}

static void readable_is_told_until_it_is_read(void)
{
    struct loop *loop = new_loop();
    int ends[2];
    ENSURE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    struct end *in = watch_fd(loop, ends[0], LOOP_IN);
    loop_turn(loop, 0);
    EXPECT_I64(0, in->calls, "an empty pipe is not ready");
    EXPECT_I64(1, write(ends[1], "x", 1), "the pipe takes a byte");
    loop_turn(loop, -1);
    loop_turn(loop, -1);
    EXPECT_I64(2, in->calls, "what was not read is told again");
    EXPECT_I64(LOOP_IN, in->ready, "and it is readable");
    char byte;
    EXPECT_I64(1, read(ends[0], &byte, 1), "the byte is there");
    close(ends[1]);
    loop_turn(loop, -1);
    EXPECT_I64(LOOP_ERROR, in->ready, "a hang-up is told without being asked for");
    loop_remove(loop, &in->watch);
    loop_remove(loop, &in->watch);
    close(ends[0]);
    loop_turn(loop, 0);
    EXPECT_I64(3, in->calls, "a removed watch is not called");
    free(in);
    loop_close(loop);
}

static void interest_can_change(void)
{
    struct loop *loop = new_loop();
    int ends[2];
    ENSURE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    struct end *out = watch_fd(loop, ends[1], 0);
    loop_turn(loop, 0);
    EXPECT_I64(0, out->calls, "without interest nothing is told");
    loop_change(loop, &out->watch, LOOP_OUT);
    loop_turn(loop, -1);
    EXPECT_I64(1, out->calls, "an empty pipe is writable once asked");
    loop_change(loop, &out->watch, 0);
    loop_turn(loop, 0);
    EXPECT_I64(1, out->calls, "and silent again");
    loop_remove(loop, &out->watch);
    free(out);
    close(ends[0]);
    close(ends[1]);
    loop_close(loop);
}

static void removed_in_the_same_turn_is_never_called(void)
{
    struct loop *loop = new_loop();
    int one[2];
    int two[2];
    ENSURE(pipe2(one, O_CLOEXEC) == 0 && pipe2(two, O_CLOEXEC) == 0);
    struct end *first = watch_fd(loop, one[0], LOOP_IN);
    struct end *second = watch_fd(loop, two[0], LOOP_IN);
    first->victim = second; /* whoever comes first frees the other one */
    second->victim = first;
    EXPECT_I64(2, write(one[1], "x", 1) + write(two[1], "x", 1), "both become ready");
    loop_turn(loop, -1); /* the address sanitizer sees a call of the freed one */
    EXPECT_I64(1, last_called->calls, "one of the two was called, once");
    loop_remove(loop, &last_called->watch);
    free(last_called);
    for (int i = 0; i < 2; i++) {
        close(one[i]);
        close(two[i]);
    }
    loop_close(loop);
}

static void a_regular_file_is_refused(void)
{
    struct loop *loop = new_loop();
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct loop_watch watch = {.fd = fd, .interest = LOOP_IN, .ready = on_ready};
    EXPECT_I64(ERR_REFUSED, loop_add(loop, &watch), "epoll(7) refuses regular files");
    EXPECT(!watch.added, "and the watch is not added");
    close(fd);
    loop_close(loop);
}

static void a_turn_ends_at_its_deadline_and_not_before(void)
{
    struct loop *loop = new_loop();
    static const int64_t waits_ms[] = {0, 1, 30};
    for (size_t i = 0; i < ARRAY_LEN(waits_ms); i++) {
        int64_t deadline = clock_boot_ms() + waits_ms[i];
        loop_turn(loop, deadline);
        EXPECT(clock_boot_ms() >= deadline, "nothing was ready, so the turn lasts to the deadline");
    }
    int64_t past = clock_boot_ms() - 5;
    loop_turn(loop, past);
    loop_turn(loop, past);
    EXPECT_I64(5, loop_wakeups(loop), "a past deadline ends each turn at once, one wake-up each");
    loop_close(loop);
}

struct order {
    struct loop *loop;
    struct loop_later later[3];
    char said[8];
    size_t len;
};

static void say_a(void *context)
{
    struct order *order = context;
    order->said[order->len++] = 'a';
    loop_later(order->loop, &order->later[0]); /* again: in the next turn */
    loop_later_cancel(order->loop, &order->later[2]);
}

static void say_b(void *context)
{
    struct order *order = context;
    order->said[order->len++] = 'b';
}

static void say_c(void *context)
{
    struct order *order = context;
    order->said[order->len++] = 'c';
}

static void later_calls_come_once_and_in_order(void)
{
    struct loop *loop = new_loop();
    struct order order = {.loop = loop,
                          .later = {{.call = say_a, .context = &order},
                                    {.call = say_b, .context = &order},
                                    {.call = say_c, .context = &order}}};
    loop_later(loop, &order.later[1]);
    loop_later(loop, &order.later[0]);
    loop_later(loop, &order.later[2]);
    loop_later(loop, &order.later[1]);
    EXPECT_TEXT("", order.said, "nobody is called at once");
    loop_turn(loop, -1);
    EXPECT_TEXT("ba", order.said, "once each, in order, and not who was cancelled by then");
    loop_turn(loop, -1);
    EXPECT_TEXT("baa", order.said, "what was asked for in a call comes in the next turn");
    loop_later_cancel(loop, &order.later[0]);
    loop_turn(loop, 0);
    EXPECT_TEXT("baa", order.said, "and not when it was taken back");
    loop_close(loop);
}

struct wishes {
    unsigned stop;
    unsigned reload;
};

static void on_wish(void *context, enum signals_wish wish)
{
    struct wishes *wishes = context;
    switch (wish) {
    case SIGNALS_STOP: wishes->stop++; break;
    case SIGNALS_RELOAD: wishes->reload++; break;
    }
}

static void signals_arrive_as_wishes(void)
{
    struct loop *loop = new_loop();
    struct wishes wishes = {0, 0};
    struct signals signals;
    EXPECT_I64(ERR_NONE, signals_open(&signals, loop, on_wish, &wishes), "signals open");
    kill(getpid(), SIGHUP);
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGINT);
    kill(getpid(), SIGPIPE);
    while (wishes.stop + wishes.reload < 3) loop_turn(loop, -1);
    EXPECT_I64(2, wishes.stop, "SIGTERM and SIGINT ask to stop");
    EXPECT_I64(1, wishes.reload, "SIGHUP asks to reload");
    signals_close(&signals);
    signals_close(&signals);
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    EXPECT(!sigismember(&blocked, SIGTERM), "after closing SIGTERM ends the program again");
    loop_close(loop);
}

static void clocks_make_sense(void)
{
    int64_t before_us = clock_boot_us();
    int64_t now_ms = clock_boot_ms();
    EXPECT(now_ms >= before_us / 1000 && before_us > 0, "both readings are of one clock");
    EXPECT(clock_boot_us() >= before_us, "the boot clock does not go back");
    EXPECT(clock_wall_trusted() == (clock_wall_ms() > INT64_C(1767225600000)),
           "the wall clock is trusted from 2026-01-01 in a build without a day of its own");
}

int main(void)
{
    EXPECT_RUN(readable_is_told_until_it_is_read);
    EXPECT_RUN(interest_can_change);
    EXPECT_RUN(removed_in_the_same_turn_is_never_called);
    EXPECT_RUN(a_regular_file_is_refused);
    EXPECT_RUN(a_turn_ends_at_its_deadline_and_not_before);
    EXPECT_RUN(later_calls_come_once_and_in_order);
    EXPECT_RUN(signals_arrive_as_wishes);
    EXPECT_RUN(clocks_make_sense);
    return expect_result();
}
