/* voids.h - orders that were cancelled, or changed, after they had been packed.
 *
 * The feed tells of it, or the order system's answer to an event does. The order's id goes on a
 * list that is stored first (blob "cancelled"); then one id after the other is looked at. What the
 * facts about it say decides: a label that is out is called back, an AWB that stands is voided at
 * its courier. Voiding again does no harm, so it is repeated until the courier has said a clear
 * word, and that word is a fact. As long as an order is on the list nothing is booked or printed
 * for it, and as long as the bench has it in hand it is left alone here.
 *
 *   IDLE --id--> READING --nothing stands--> IDLE, the id is done with
 *       READING --label out--> NOTING --stored--> READING
 *       READING --AWB stands--> SENDING --clear word--> STORING --stored--> READING
 *       STORING --the disk refuses--> KEEPING --time--> STORING: the courier is not asked again
 *       READING --still being booked--> PAUSED      SENDING --no clear word--> PAUSED
 *       PAUSED --time--> READING, of the next id */
#ifndef PACKD_FIRMWARE_STATION_VOIDS_H
#define PACKD_FIRMWARE_STATION_VOIDS_H

#include "firmware/station/backoff.h"
#include "firmware/station/parcel_list.h"

#define VOIDS_MAX 256 /* orders on the list; the feed waits while a page has no room */
#define VOIDS_PARCELS_MAX PAST_PACKAGES_MAX /* of one order at a time */

enum voids_state {
    VOIDS_IDLE,
    VOIDS_READING,
    VOIDS_NOTING,
    VOIDS_SENDING,
    VOIDS_STORING,
    VOIDS_KEEPING,
    VOIDS_PAUSED,
};

enum void_why { VOID_ORDER_CANCELLED, VOID_ORDER_CHANGED };

struct void_entry {
    char order_id[ORDER_ID_SIZE];
    enum void_why why;
};

struct voids_parcel {
    struct parcel parcel;
    bool booked;
    bool label_out;
    bool taken_back;
    bool settled; /* voided, or the courier does not do it */
};

struct voids {
    enum voids_state state;
    struct void_entry entries[VOIDS_MAX]; /* the first is looked at */
    size_t count;
    bool loaded;
    uint32_t ticket;
    int64_t deadline_ms;
    struct backoff backoff;
    int64_t read_seq;
    struct voids_parcel parcels[VOIDS_PARCELS_MAX]; /* of the first order, as far as they matter */
    size_t parcel_count;
    bool crowded;         /* there are more: when these are done */
    struct parcel parcel; /* SENDING, STORING, KEEPING: this one */
    unsigned carrier;
    enum fact_kind answer;    /* STORING: VOIDED or VOID_REFUSED */
    uint32_t voided, refused; /* since start */
};

void voids_init(struct voids *voids);
void voids_start(struct voids *voids, struct step *step); /* reads the list */
bool voids_have_room(const struct voids *voids, size_t count);
const char *void_why_word(enum void_why why); /* "order_cancelled" */
/* Puts an order on the list; false when there is no room. voids_store() puts the list into this
 * step's batch. */
bool voids_note(struct voids *voids, const char *order_id, enum void_why why);
uint32_t voids_store(const struct voids *voids, struct step *step); /* the batch's ticket */
/* NULL: not on the list. */
const struct void_entry *voids_find(const struct voids *voids, const char *order_id);
void voids_answer(struct voids *voids, struct step *step, struct parcel_list *recalls,
                  const struct event *event);
/* New settings: another courier may stand in the place of the one that was asked. */
void voids_restart(struct voids *voids, struct step *step);
void voids_stored(struct voids *voids, struct step *step, uint32_t ticket, enum err error);
/* in_hand: the order that the bench is at; "" for none. */
void voids_tick(struct voids *voids, struct step *step, const char *in_hand);
int64_t voids_deadline(const struct voids *voids, const struct step *step);
void voids_check(const struct voids *voids);

#endif
