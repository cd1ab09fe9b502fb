/* parcel_list.h - parcels by name that a person must see to, kept on disk: those whose label must
 * be taken back before the truck leaves (recalls), and those on the shelf to be fetched.
 *
 * A list is a blob, written in the batch that adds or takes off, so a power cut forgets nobody. It
 * is short by nature; one that is full drops its oldest. Each entry is a fact as well, so nothing
 * depends on the list alone. */
#ifndef PACKD_FIRMWARE_STATION_PARCEL_LIST_H
#define PACKD_FIRMWARE_STATION_PARCEL_LIST_H

#include "firmware/station/fact.h"

#define PARCEL_LIST_MAX 128
#define LISTED_WHY_SIZE 33

struct listed {
    char reference[SHIPMENT_REFERENCE_SIZE];
    char order_id[ORDER_ID_SIZE];
    char order_no[ORDER_ID_SIZE];
    char awb[SHIPMENT_AWB_SIZE];
    char why[LISTED_WHY_SIZE]; /* a word: "bad_pincode", "order_cancelled", "booked" */
    unsigned package_no, generation;
};

struct parcel_list {
    const char *key;                        /* of its blob */
    struct listed entries[PARCEL_LIST_MAX]; /* oldest first */
    size_t count;
    bool loaded;
    uint32_t ticket; /* of the blob */
    bool unstored;   /* the disk does not have it as it is here */
    uint32_t storing;
    int64_t again_ms; /* unstored and not on its way: when it is written once more */
};

void parcel_list_init(struct parcel_list *list, const char *key);
/* Reads the blob; owner: who gets the answer. */
void parcel_list_start(struct parcel_list *list, struct step *step, enum owner owner);
void parcel_list_loaded(struct parcel_list *list, const struct event *event);
/* Adds the parcel, or leaves it where it is, and writes the list into this step's batch. */
void parcel_list_add(struct parcel_list *list, struct step *step, const struct parcel *parcel,
                     const char *why);
/* The list as it is, into this step's batch. */
void parcel_list_store(struct parcel_list *list, struct step *step);
/* A batch was stored or not: a list that did not reach the disk is written again. */
void parcel_list_stored(struct parcel_list *list, const struct step *step, uint32_t ticket,
                        enum err error);
void parcel_list_tick(struct parcel_list *list, struct step *step);
int64_t parcel_list_deadline(const struct parcel_list *list);
/* Takes it off and writes the list into this step's batch; one that is not there is fine. */
void parcel_list_remove(struct parcel_list *list, struct step *step, const char *reference);
/* The batch that took it off was not stored: the disk still has it, and so does the list again. */
void parcel_list_put_back(struct parcel_list *list, const struct listed *entry);
void listed_of(struct listed *entry, const struct parcel *parcel, const char *why);
/* All packages of an order; written only when there was one. */
void parcel_list_remove_order(struct parcel_list *list, struct step *step, const char *order_id);
/* By AWB, order number, order id or reference; NULL: none. */
const struct listed *parcel_list_find(const struct parcel_list *list, struct bytes scan);

#endif
