/* orders.h - the order for a scan, from the cache or the order system, with its own past.
 *
 *   IDLE --find--> CACHE --none--> ASKING --+--> PAST --folded--> DONE
 *     |              |--one------------------^
 *     +--own number--> TASK --read--> CACHE, by its order number
 *   any of them --deadline, nothing, several, broken--> DONE with the answer
 *
 * A code that looks like a reference of this station is a hold label's: the task of that parcel
 * says which order it is, and that parcel is the one that is meant.
 * IDLE, DONE: nothing is awaited. TASK, CACHE, ASKING, PAST: exactly one answer is awaited, and
 * there is a deadline. Nothing durable happens here. */
#ifndef PACKD_FIRMWARE_STATION_ORDERS_H
#define PACKD_FIRMWARE_STATION_ORDERS_H

#include "firmware/station/fact.h"

enum orders_state {
    ORDERS_IDLE,
    ORDERS_TASK,
    ORDERS_CACHE,
    ORDERS_ASKING,
    ORDERS_PAST,
    ORDERS_DONE
};

enum orders_answer {
    ORDER_FOUND,
    ORDER_UNKNOWN,     /* neither the cache nor the order system has this code */
    ORDER_MANY,        /* several orders carry it: a person must choose, never the first */
    ORDER_SYSTEM_DOWN, /* not in the cache, and the order system could not be asked */
    ORDER_BROKEN,      /* it breaks the contract */
};

struct orders {
    enum orders_state state;
    uint32_t ticket;
    int64_t deadline_ms;
    char scan[ORDER_KEY_SIZE];
    char wanted[SHIPMENT_REFERENCE_SIZE]; /* the parcel that is meant; empty: any of the order */
    enum orders_answer answer;
    struct order order; /* FOUND */
    struct past past;   /* FOUND */
    int64_t past_seq;   /* folded up to here */
};

void orders_init(struct orders *orders);
/* scan: 1 to ORDER_KEY_SIZE - 1 bytes. A search that was still going on is dropped. */
void orders_find(struct orders *orders, struct step *step, struct bytes scan);
void orders_stop(struct orders *orders, struct step *step);
/* An answer to our ticket, or a deadline. */
void orders_step(struct orders *orders, struct step *step, const struct event *event);
int64_t orders_deadline(const struct orders *orders);
void orders_check(const struct orders *orders);

#endif
