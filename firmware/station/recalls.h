/* recalls.h - parcels whose label is out although nothing may be sent under it: they must be taken
 * back before the truck leaves.
 *
 * A courier that is told of an AWB later may refuse it; an order may be cancelled after its label
 * was printed. The list is a blob, written in the batch that adds or takes back, so a power cut
 * forgets nobody. It is short by nature; one that is longer keeps the newest and says how many
 * there are. Each entry is also a fact and an event, so nothing depends on the list alone. */
#ifndef PACKD_FIRMWARE_STATION_RECALLS_H
#define PACKD_FIRMWARE_STATION_RECALLS_H

#include "firmware/station/fact.h"

#define RECALLS_MAX 32
#define RECALL_WHY_SIZE 33

struct recall {
    char reference[SHIPMENT_REFERENCE_SIZE];
    char order_id[ORDER_ID_SIZE];
    char order_no[ORDER_ID_SIZE];
    char awb[SHIPMENT_AWB_SIZE];
    char why[RECALL_WHY_SIZE]; /* a reason's word: "bad_pincode", "order_cancelled" */
    unsigned package_no, generation;
};

struct recalls {
    struct recall list[RECALLS_MAX]; /* oldest first */
    size_t count;
    bool loaded;
    uint32_t ticket; /* of the blob */
    bool unstored;   /* the disk does not have it as it is here */
    uint32_t storing;
    int64_t again_ms; /* unstored and not on its way: when it is written once more */
};

void recalls_init(struct recalls *recalls);
void recalls_start(struct recalls *recalls, struct step *step); /* reads the blob */
void recalls_loaded(struct recalls *recalls, const struct event *event);
/* Adds the parcel, or leaves it where it is, and writes the list into this step's batch. */
void recalls_add(struct recalls *recalls, struct step *step, const struct parcel *parcel,
                 const char *why);
/* The list as it is, into this step's batch. */
void recalls_store(struct recalls *recalls, struct step *step);
/* A batch was stored or not: a list that did not reach the disk is written again. */
void recalls_stored(struct recalls *recalls, const struct step *step, uint32_t ticket,
                    enum err error);
void recalls_tick(struct recalls *recalls, struct step *step);
int64_t recalls_deadline(const struct recalls *recalls);
/* Takes it off and writes the list into this step's batch; one that is not there is fine. */
void recalls_remove(struct recalls *recalls, struct step *step, const char *reference);
/* The batch that took it off was not stored: the disk still has it, and so does the list again. */
void recalls_put_back(struct recalls *recalls, const struct recall *recall);
void recall_of(struct recall *recall, const struct parcel *parcel, const char *why);
/* By AWB, order number, order id or reference; NULL: none. */
const struct recall *recalls_find(const struct recalls *recalls, struct bytes scan);

#endif
