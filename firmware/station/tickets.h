/* tickets.h - who waits for which answer. A ticket is a slot and its generation, so an answer that
 * comes after its question was dropped finds nobody and does no harm. */
#ifndef PACKD_FIRMWARE_STATION_TICKETS_H
#define PACKD_FIRMWARE_STATION_TICKETS_H

#include <stdbool.h>
#include <stdint.h>

#define TICKETS_MAX 64

enum owner {
    OWNER_BATCH, /* the batch of a step: every machine looks whether it waits for it */
    OWNER_RECOVERY,
    OWNER_ORDERS,
    OWNER_BOOKING, /* index: the slot */
    OWNER_PRINTING,
    OWNER_SYNC,
    OWNER_FEED,
    OWNER_POOL,    /* index: the list */
    OWNER_BACKLOG, /* index: lane and entry */
    OWNER_RECALLS,
    OWNER_SHELF,
    OWNER_VOIDS,
    OWNER_LETTERS,
    OWNER_DEVICES,
    OWNER_CARE,
};

struct tickets {
    struct {
        uint16_t generation;
        bool live;
        enum owner owner;
        unsigned index;
    } slots[TICKETS_MAX];
    uint64_t late; /* answers that found nobody */
};

void tickets_init(struct tickets *tickets);
/* Never 0. Running out is a mistake of ours: each machine holds a bounded number. */
uint32_t tickets_take(struct tickets *tickets, enum owner owner, unsigned index);
/* The answer is here: who waited? False, and counted, when nobody does. */
bool tickets_settle(struct tickets *tickets, uint32_t ticket, enum owner *out_owner,
                    unsigned *out_index);
/* Nobody waits any more. 0 and dead tickets are accepted. */
void tickets_drop(struct tickets *tickets, uint32_t ticket);

#endif
