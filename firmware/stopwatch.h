/* stopwatch.h - what packd costs: microseconds of our own, and counts of what wears things out.
 * Shown by packctl status; nothing is decided by it. */
#ifndef PACKD_FIRMWARE_STOPWATCH_H
#define PACKD_FIRMWARE_STOPWATCH_H

#include "hal/base/json.h"

struct span {
    uint64_t count;
    int64_t total_us;
    int64_t max_us;
};

struct figures {
    struct span step;      /* an event in, its commands out */
    struct span perform;   /* the commands of a step, without its batch */
    struct span store;     /* a batch, until it is durable */
    struct span published; /* bytes of a device in, the page's new state out */
    struct span label;     /* a label asked for, its picture back */
    int64_t label_began_us;
    uint64_t flushes;      /* batches that became durable */
    uint64_t stored_bytes; /* of facts and blobs in them */
};

void span_add(struct span *span, int64_t us);
/* {"count":..,"mean_us":..,"max_us":..} */
void span_write(struct json_writer *json, const char *key, const struct span *span);

#endif
