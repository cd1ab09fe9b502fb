/* recovery.h - after a start: read the journal on from the cursor "settled", fold what was left
 * open at the bench, and give it back to its machine. What had left the bench before its booking
 * was done is the backlog's. Folding is the same code that the tests run. */
#ifndef PACKD_FIRMWARE_STATION_RECOVERY_H
#define PACKD_FIRMWARE_STATION_RECOVERY_H

#include "firmware/station/packing.h"

#define RECOVERY_MAX 16 /* open at once: BOOKINGS_MAX in slots, and what is being printed */

struct open_parcel {
    struct parcel parcel;
    enum parcel_stage stage;
    bool booked; /* the courier's yes is on disk */
    int64_t seq; /* of the intent */
};

enum recovery_state { RECOVERY_READING, RECOVERY_LOADING, RECOVERY_DONE };

struct recovery {
    enum recovery_state state;
    uint32_t ticket;
    int64_t seq; /* read up to here */
    uint64_t next_event_seq;
    struct open_parcel open[RECOVERY_MAX];
    size_t count;
    size_t loading;      /* the one whose task is being read */
    uint32_t unreadable; /* rows that could not be understood */
    uint32_t
        left_over; /* open parcels without a slot: "settled" stays, the next start tries again */
};

void recovery_begin(struct recovery *recovery, struct step *step, int64_t settled_seq);
/* Folds one row; pure, for the tests too. */
void recovery_fold(struct recovery *recovery, const struct event_row *row, struct scratch scratch);
void recovery_answer(struct recovery *recovery, struct step *step, struct packing *packing,
                     struct floor *floor, const struct event *event);

#endif
