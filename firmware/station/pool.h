/* pool.h - AWB numbers handed out beforehand, so that booking works with the line down.
 *
 * A list for each courier, and one more for cash on delivery where the courier tells them apart.
 * Numbers lie on disk in the batches in which they were fetched (blob "pool/<list>/<n>", written
 * once); a small blob beside them ("pool/<list>") says which batches there are and how many of the
 * first one are given out. A number is given to one parcel once: the batch that stores the intent
 * stores the new count as well, so a power cut neither gives a number twice nor loses one. A batch
 * of facts that could not be stored gives its number back.
 *
 * Fetched ahead: below `pool_low` until `pool_level` is reached. Numbers younger than the courier's
 * minimum age are not given out; those older than its maximum age are thrown away, and said. */
#ifndef PACKD_FIRMWARE_STATION_POOL_H
#define PACKD_FIRMWARE_STATION_POOL_H

#include "firmware/station/backoff.h"
#include "firmware/station/event.h"

#define POOL_MAX 2048        /* numbers of one list: a shift is 1,200 parcels */
#define POOL_BATCHES_MAX 128 /* a courier may give fewer at once than it is asked for */
#define POOL_LISTS (CONFIG_CARRIERS_MAX * 2u)

struct pool_batch {
    uint32_t number;      /* of its blob */
    uint32_t left;        /* of it, not given out */
    int64_t fetched_ms;   /* wall; 0: the clock could not be trusted then */
    int64_t usable_at_ms; /* boot */
};

struct pool_list {
    char awbs[POOL_MAX][SHIPMENT_AWB_SIZE]; /* oldest batch first */
    size_t count;
    struct pool_batch batches[POOL_BATCHES_MAX];
    size_t batch_count;
    uint32_t used;        /* of the first batch, given out */
    uint32_t next_number; /* of the next batch */
    uint32_t loading;     /* batch whose blob is being read; the head when not `headed` */
    bool headed;          /* the head blob was read */
    bool loaded;          /* and all batches */
    bool filling;         /* was low and is not at its level yet */
    uint32_t ticket;      /* of a blob or of the fetch */
    int64_t fetch_ms;     /* when to look for more; NO_DEADLINE: no need */
    struct backoff backoff;
    uint32_t storing; /* the batch of facts that holds what follows */
    bool storing_take, storing_fetch;
    char taken[SHIPMENT_AWB_SIZE];
    struct pool_batch taken_batch; /* as it was before */
    uint32_t taken_used;
};

struct pool {
    struct pool_list lists[POOL_LISTS]; /* carrier index, + CONFIG_CARRIERS_MAX for cash */
    uint32_t expired;                   /* thrown away since start */
};

void pool_init(struct pool *pool);
void pool_stop(struct pool *pool, struct step *step);  /* forgets all; late answers find nobody */
void pool_start(struct pool *pool, struct step *step); /* reads the blobs */
void pool_step(struct pool *pool, struct step *step, const struct event *event, unsigned index);
void pool_stored(struct pool *pool, struct step *step, uint32_t ticket, enum err error);
void pool_tick(struct pool *pool, struct step *step);
/* Takes a number into this step's batch. False when there is none. */
bool pool_take(struct pool *pool, struct step *step, unsigned carrier, enum payment payment,
               char out_awb[SHIPMENT_AWB_SIZE]);
/* Numbers of a box that is dead: "<courier>[.cod] <number> <number> ...". They are given out here
 * as if they had been fetched now. False when there is no such list, it is at work, or nothing is
 * new. That the other box does not come back with them is a person's promise; if it does, the
 * courier refuses the second parcel, and both are shown. */
bool pool_take_over(struct pool *pool, struct step *step, const char *text);
/* Numbers of a courier that may be given out or will be soon. */
size_t pool_count(const struct pool *pool, unsigned carrier);
int64_t pool_deadline(const struct pool *pool);

#endif
