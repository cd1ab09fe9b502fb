/* loop_epoll.c - loop.h on epoll and one timerfd.
 *
 * The kernel hands over a batch of ready watches; whoever is removed while the batch is worked off
 * is crossed out of the rest of it, so a callback may free any watch. Level-triggered, because a
 * callback that stops half-way is then called again instead of being forgotten. The deadline is a
 * timerfd on the boot clock: an epoll time-out would stand still while the box is suspended. */
#include "hal/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hal/files.h"

#define BATCH_MAX 32 /* what is more waits for the next turn */

struct loop {
    int epoll_fd;
    int timer_fd;
    int64_t armed_ms; /* what the timer is set to; -1: not set */
    bool turning;
    uint64_t wakeups;
    struct epoll_event batch[BATCH_MAX]; /* data.ptr NULL: crossed out, or the timer */
    int batch_count;
    struct loop_later *later_first;
    struct loop_later *later_last;
};

static enum err open_descriptors(struct loop *loop)
{
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd < 0) return files_err(errno);
    loop->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (loop->timer_fd < 0) return files_err(errno);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->timer_fd, &event) != 0) {
        return files_err(errno);
    }
    return ERR_NONE;
}

enum err loop_open(struct loop **out_loop)
{
    struct loop *loop = calloc(1, sizeof(*loop));
    if (!loop) return ERR_NO_MEMORY;
    loop->epoll_fd = -1;
    loop->timer_fd = -1;
    loop->armed_ms = -1;
    enum err problem = open_descriptors(loop);
    if (problem != ERR_NONE) {
        loop_close(loop);
        return problem;
    }
    *out_loop = loop;
    return ERR_NONE;
}

void loop_close(struct loop *loop)
{
    if (!loop) return;
    ENSURE(!loop->turning);
    if (loop->timer_fd >= 0) close(loop->timer_fd);
    if (loop->epoll_fd >= 0) close(loop->epoll_fd);
    free(loop);
}

static struct epoll_event kernel_event(struct loop_watch *watch)
{
    struct epoll_event event = {.events = 0, .data.ptr = watch};
    if (watch->interest & LOOP_IN) event.events |= EPOLLIN;
    if (watch->interest & LOOP_OUT) event.events |= EPOLLOUT;
    return event;
}

enum err loop_add(struct loop *loop, struct loop_watch *watch)
{
    ENSURE(!watch->added);
    struct epoll_event event = kernel_event(watch);
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) != 0) return files_err(errno);
    watch->added = true;
    return ERR_NONE;
}

void loop_change(struct loop *loop, struct loop_watch *watch, uint32_t interest)
{
    ENSURE(watch->added);
    if (watch->interest == interest) return;
    watch->interest = interest;
    struct epoll_event event = kernel_event(watch);
    ENSURE(epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) == 0);
}

void loop_remove(struct loop *loop, struct loop_watch *watch)
{
    if (!watch->added) return;
    watch->added = false;
    /* Fails when the descriptor was closed first; the kernel has then forgotten it already. */
    (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    for (int i = 0; i < loop->batch_count; i++) {
        if (loop->batch[i].data.ptr == watch) loop->batch[i].data.ptr = NULL;
    }
}

void loop_later(struct loop *loop, struct loop_later *later)
{
    if (later->waiting) return;
    later->waiting = true;
    later->next = NULL;
    if (loop->later_last) loop->later_last->next = later;
    else loop->later_first = later;
    loop->later_last = later;
}

void loop_later_cancel(struct loop *loop, struct loop_later *later)
{
    if (!later->waiting) return;
    later->waiting = false;
    struct loop_later *before = NULL;
    struct loop_later *one = loop->later_first;
    while (one != later) {
        before = one;
        one = one->next;
    }
    if (before) before->next = later->next;
    else loop->later_first = later->next;
    if (loop->later_last == later) loop->later_last = before;
}

/* Calls those that waited when the turn began; what they ask for waits for the next one, or two
 * that ask for each other would hold the loop for ever. */
static bool run_later(struct loop *loop)
{
    struct loop_later *last = loop->later_last;
    if (!last) return false;
    struct loop_later stop = {.waiting = false};
    loop_later(loop, &stop);
    while (loop->later_first != &stop) {
        struct loop_later *one = loop->later_first;
        loop_later_cancel(loop, one);
        one->call(one->context);
    }
    loop_later_cancel(loop, &stop);
    return true;
}

/* A timer that has fired stays readable until it is set anew: a turn that asks for the same past
 * deadline once more comes back at once, as it should. */
static void arm(struct loop *loop, int64_t deadline_ms)
{
    if (loop->armed_ms == deadline_ms) return;
    loop->armed_ms = deadline_ms;
    struct itimerspec when = {.it_value = {0, 0}}; /* all zero: never */
    if (deadline_ms >= 0) {
        when.it_value.tv_sec = (time_t)(deadline_ms / 1000);
        when.it_value.tv_nsec = (long)(deadline_ms % 1000) * 1000000L;
        if (deadline_ms == 0) when.it_value.tv_nsec = 1;
    }
    ENSURE(timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) == 0);
}

static void call_watch(const struct epoll_event *event)
{
    struct loop_watch *watch = event->data.ptr;
    uint32_t ready = 0;
    if (event->events & EPOLLIN) ready |= LOOP_IN;
    if (event->events & EPOLLOUT) ready |= LOOP_OUT;
    if (event->events & (EPOLLERR | EPOLLHUP)) ready |= LOOP_ERROR;
    watch->ready(watch->context, ready);
}

void loop_turn(struct loop *loop, int64_t deadline_boot_ms)
{
    ENSURE(!loop->turning);
    loop->turning = true;
    /* What the deferred calls did may have changed the caller's deadline: look, do not sleep. */
    bool called = run_later(loop);
    arm(loop, deadline_boot_ms);
    int timeout = called || loop->later_first ? 0 : -1;
    int count = epoll_wait(loop->epoll_fd, loop->batch, BATCH_MAX, timeout);
    ENSURE(count >= 0 || errno == EINTR);
    loop->wakeups++;
    loop->batch_count = count < 0 ? 0 : count;
    for (int i = 0; i < loop->batch_count; i++) {
        if (loop->batch[i].data.ptr) call_watch(&loop->batch[i]);
    }
    loop->batch_count = 0;
    loop->turning = false;
}

uint64_t loop_wakeups(const struct loop *loop)
{
    return loop->wakeups;
}
