/* signals.h - the wishes of the service manager and of a person at the keyboard, as loop events.
 *
 * SIGTERM and SIGINT ask to stop, SIGHUP to read the configuration again; they are blocked and
 * arrive through the loop. SIGPIPE is ignored for good: a peer that is gone is an error of write.
 * A blocked signal stays blocked in a child: whoever starts one calls signals_restore in it before
 * exec. */
#ifndef PACKD_HAL_SIGNALS_H
#define PACKD_HAL_SIGNALS_H

#include "hal/base/err.h"
#include "hal/loop.h"

enum signals_wish { SIGNALS_STOP, SIGNALS_RELOAD };

typedef void signals_fn(void *context, enum signals_wish wish);

struct signals {
    struct loop *loop;
    struct loop_watch watch;
    signals_fn *wish;
    void *context;
};

/* At most one at a time in a process, opened before any thread is started. */
MUST_USE enum err signals_open(struct signals *signals, struct loop *loop, signals_fn *wish,
                               void *context);
/* Signals do again what they did before. Accepts the zeroed and the closed. */
void signals_close(struct signals *signals);

/* In a child between fork and exec: unblocks what signals_open blocked, SIGPIPE kills again. Only
 * calls that are safe there. */
void signals_restore(void);

#endif
