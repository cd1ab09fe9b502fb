/* mending.h - what to do about a device that is lost again and again: how long to wait before it is
 * opened, and when waiting is no longer enough.
 *
 *   unplugged                      it is opened when it is back; nothing is mended
 *   trouble: there, and failing    it is opened again MENDING_TRIES times, then reset, then its
 *                                  socket is switched off and on, then the packer is asked to
 *                                  pull its plug
 *   MENDING_FLAPS losses a minute  it is flapping: a growing pause that nothing cuts short
 *
 * A step that is not possible is passed over. Being open for MENDING_STEADY_MS without a loss ends
 * all of it; so does the packer's pulling the plug when asked to. Pure: the caller opens, mends and
 * shows. */
#ifndef PACKD_FIRMWARE_STATION_MENDING_H
#define PACKD_FIRMWARE_STATION_MENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/err.h"

#define MENDING_TRIES 3u /* troubles before the first step, and between two */
#define MENDING_FLAPS 6u /* within MENDING_WINDOW_MS */
#define MENDING_WINDOW_MS 60000
#define MENDING_STEADY_MS 60000
#define MENDING_PAUSE_MIN_MS 250
#define MENDING_PAUSE_MAX_MS \
    1500 /* a device that is plugged in again is usable within two seconds */
#define MENDING_HOLD_MAX_MS 30000 /* of one that is flapping, or waits for the packer */
#define MENDING_SETTLE_MS 1000    /* after a step: the kernel looks at the device afresh */

enum mending_step {
    MENDING_OPEN,  /* open it again after the pause */
    MENDING_RESET, /* now; then tell mending_done */
    MENDING_POWER, /* now; then tell mending_done */
    MENDING_ASK,   /* ask the packer to pull its plug; and open it after the pause all the same */
};

struct mending_advice {
    enum mending_step step;
    int64_t pause_ms; /* OPEN, ASK: until it is opened */
    bool held;        /* that it is seen on the bus does not cut the pause short */
};

struct mending {
    uint32_t flaps; /* how often it was lost after having been open, since the start */
    uint32_t mends; /* resets and switchings that were done, since the start */
    bool is_open;
    int64_t opened_ms;
    int64_t lost_ms[MENDING_FLAPS]; /* the latest flaps, in a ring */
    uint32_t pauses;                /* in a row, for their length */
    uint32_t troubles;              /* since the latest step */
    enum mending_step rung;         /* the highest that was tried: OPEN is none */
};

void mending_init(struct mending *mending);
void mending_opened(struct mending *mending, int64_t now_ms);

/* The port closed, or could not be opened, with this error. may_reset: nothing is lost by a reset
 * or by taking its power away; of a printer only the caller can know. */
struct mending_advice mending_lost(struct mending *mending, int64_t now_ms, enum err error,
                                   bool may_reset);
/* How RESET or POWER ended. ERR_BUSY: it was not begun, and is asked for again. */
struct mending_advice mending_done(struct mending *mending, int64_t now_ms, enum err error,
                                   bool may_reset);

bool mending_is_flapping(const struct mending *mending, int64_t now_ms);
/* The packer has been asked to pull the plug. */
bool mending_is_asking(const struct mending *mending);
void mending_check(const struct mending *mending);

const char *mending_step_word(enum mending_step step); /* "reset" */

#endif
