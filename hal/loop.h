/* loop.h - wait for readiness or one deadline; nothing else.
 *
 * One thread, one loop. A watch is the caller's own struct: it stays where it is from loop_add to
 * loop_remove and may be freed right after. Within a turn nobody is called whose watch was removed
 * or whose call was taken back earlier in that turn. Readiness is level-triggered: what is not
 * dealt with is reported again at once, LOOP_ERROR too, so it must be answered by loop_remove.
 *
 * The loop does not know time-outs: the owner computes the earliest deadline and passes it to each
 * turn. With nothing ready and no deadline a turn sleeps for good and wakes nobody. */
#ifndef PACKD_HAL_LOOP_H
#define PACKD_HAL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/err.h"
#include "hal/base/ensure.h"

#define LOOP_IN 1u
#define LOOP_OUT 2u
#define LOOP_ERROR 4u /* hang-up or error; reported whether asked for or not */

struct loop;

/* `ready` is some of LOOP_IN, LOOP_OUT, LOOP_ERROR. May add, change and remove any watch. */
typedef void loop_ready_fn(void *context, uint32_t ready);

struct loop_watch { /* the first four are the owner's to fill before loop_add */
    int fd;
    uint32_t interest; /* LOOP_IN, LOOP_OUT, both or neither */
    loop_ready_fn *ready;
    void *context;
    bool added; /* the loop's own */
};

/* One call in the next turn, for an outcome that is known at once but must not arrive inside the
 * function that asked for it. */
typedef void loop_later_fn(void *context);

struct loop_later { /* fill the first two; zero the rest */
    loop_later_fn *call;
    void *context;
    struct loop_later *next; /* the loop's own */
    bool waiting;
};

MUST_USE enum err loop_open(struct loop **out_loop);
void loop_close(struct loop *loop); /* accepts NULL */

/* ERR_REFUSED when the kernel cannot watch this descriptor (a regular file), ERR_NO_SPACE at its
 * limit of watches. */
MUST_USE enum err loop_add(struct loop *loop, struct loop_watch *watch);
/* A new interest for an added watch. The same one costs nothing. */
void loop_change(struct loop *loop, struct loop_watch *watch, uint32_t interest);
/* Before the descriptor is closed. A watch that is not added is fine. */
void loop_remove(struct loop *loop, struct loop_watch *watch);

/* Called once in the next turn, however often it is asked for; in the order of asking. */
void loop_later(struct loop *loop, struct loop_later *later);
void loop_later_cancel(struct loop *loop, struct loop_later *later);

/* Runs what waits for this turn; otherwise sleeps until something is ready or the boot clock
 * reaches deadline_boot_ms (-1: no deadline), then calls whoever is ready. Returns after one round;
 * a deadline that has come is the caller's to notice. Never from inside a callback. */
void loop_turn(struct loop *loop, int64_t deadline_boot_ms);

/* How often a turn has come back from waiting. */
uint64_t loop_wakeups(const struct loop *loop);

#endif
