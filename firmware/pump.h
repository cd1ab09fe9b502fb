/* pump.h - the only loop: waits, turns what happened into an event, steps the station, performs.
 *
 * An event is given whole: its commands are performed, its batch is stored and answered, and what
 * hal knew at once is answered too, before the next thing that happened is looked at. Everything
 * runs on one thread; nothing here is called from a command. */
#ifndef PACKD_FIRMWARE_PUMP_H
#define PACKD_FIRMWARE_PUMP_H

#include "firmware/outside.h"
#include "firmware/upkeep.h"

#define PUMP_LINE_MAX 4096 /* bytes of a press or a question of packctl */
#define PUMP_SCRATCH_SIZE (256u * 1024u)

struct pump {
    struct outside outside;
    struct station station;
    struct commands commands;
    struct upkeep upkeep;
    struct event event;  /* what the world says */
    struct event answer; /* what hal knew at once, and news of the disk */
    struct event stored; /* what became of a batch */
    const struct config_complaints
        *refused; /* the file was wrong at the start; NULL: it was good */
    int64_t started_ms;
    bool started; /* the station has been given its first event */
    bool ready;   /* and is out of its recovery */
    bool stepping;
    _Alignas(16) uint8_t scratch[PUMP_SCRATCH_SIZE]; /* for one parse of a press or a question */
};

/* outside.configs[0], outside.source and outside.service have been set before. False: a sentence is
 * in the log. To be ended by pump_close either way. */
MUST_USE bool pump_open(struct pump *pump);
/* Until it is told to stop; false when the journal failed. */
MUST_USE bool pump_run(struct pump *pump);
void pump_close(struct pump *pump);

/* {"press":"try_again","text":""} as the page and packctl send it. NULL: taken; else why not. */
const char *pump_press(struct pump *pump, struct json press);

#endif
