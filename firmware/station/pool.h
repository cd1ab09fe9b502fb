/* pool.h - AWB numbers that a courier handed out beforehand. Such a number is the booking's
 * identity: it is written to the parcel before the first byte is sent, and every retry carries
 * the same one.
 *
 * The numbers left are one blob a courier, rewritten in the very batch that takes one out, so
 * that a number is never given twice; one that is lost with a failed batch is only wasted. */
#ifndef PACKD_FIRMWARE_STATION_POOL_H
#define PACKD_FIRMWARE_STATION_POOL_H

#include "firmware/station/backoff.h"
#include "firmware/station/event.h"

#define POOL_MAX 128

struct pool {
    struct {
        char awbs[POOL_MAX][SHIPMENT_AWB_SIZE];
        size_t count;
        size_t aged;       /* of these, the first ones: old enough to be used */
        bool loaded;       /* the blob was read */
        uint32_t ticket;   /* of the blob or of the fetch */
        int64_t fetch_ms;  /* when to look for more; NO_DEADLINE: no need */
        int64_t usable_ms; /* the others are not used before (pool_min_age_s) */
        struct backoff backoff;
    } carriers[CONFIG_CARRIERS_MAX];
};

void pool_init(struct pool *pool);
void pool_stop(struct pool *pool, struct step *step);  /* forgets all; late answers find nobody */
void pool_start(struct pool *pool, struct step *step); /* reads the blobs */
void pool_step(struct pool *pool, struct step *step, const struct event *event, unsigned index);
void pool_tick(struct pool *pool, struct step *step);
/* Takes a number into this step's batch. False when there is none. */
bool pool_take(struct pool *pool, struct step *step, unsigned index,
               char out_awb[SHIPMENT_AWB_SIZE]);
int64_t pool_deadline(const struct pool *pool);

#endif
