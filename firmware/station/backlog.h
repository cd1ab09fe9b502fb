/* backlog.h - parcels that have left the bench before their booking was done.
 *
 * A parcel leaves early for one of two reasons: its label carries an AWB from the pool and the
 * courier is told later, or it lies on the shelf until the courier has answered. Either is a fact,
 * ASIDE, and from then on the parcel is the backlog's: the journal is the queue, and the cursor
 * "backlog" says how far it is done. So a week without a line costs disk, not memory, and a power
 * cut costs nothing.
 *
 * Each courier has a lane, so that one that is down holds up no other. A lane works on a few
 * parcels at once, begun in the journal's order:
 *
 *   CHECKING --past folded, not done--> WAITING --slot free--> LOADING --task read--> IN_SLOT
 *       CHECKING, IN_SLOT --booked, its label out--> done
 *       CHECKING, IN_SLOT --refused, or no label yet--> LISTING --stored--> done
 *
 *   CHECKING   the facts about its order are being read
 *   WAITING    it must be booked; no slot is free for it, or its courier rests after a failure
 *   LOADING    what the courier is told is being read
 *   IN_SLOT    a booking slot works on it (perhaps in the packer's hand, who fetched it)
 *   LISTING    that it must be taken back, or fetched from the shelf, is on its way to disk
 *
 * Invariant: the cursor never passes a parcel that is not done. It may lag behind: what is done is
 * then looked at once more. */
#ifndef PACKD_FIRMWARE_STATION_BACKLOG_H
#define PACKD_FIRMWARE_STATION_BACKLOG_H

#include "firmware/station/booking.h"
#include "firmware/station/parcel_list.h"

#define BACKLOG_AT_ONCE 2u /* parcels of one courier that are worked on */

enum backlog_state {
    BACKLOG_NONE,
    BACKLOG_CHECKING,
    BACKLOG_WAITING,
    BACKLOG_LOADING,
    BACKLOG_IN_SLOT,
    BACKLOG_LISTING,
};

struct backlog_entry {
    enum backlog_state state;
    int64_t seq;   /* of its ASIDE fact */
    int64_t at_ms; /* wall, when it left the bench */
    struct parcel parcel;
    bool unsent;    /* proven: no request has left the box */
    bool label_out; /* with an AWB that the courier does not know yet */
    bool booked;    /* LISTING: how it ended */
    unsigned slot;  /* IN_SLOT */
    uint32_t ticket;
    int64_t due_ms; /* WAITING, LISTING: not before; NO_DEADLINE: when something happens */
};

struct backlog_lane {
    char carrier[CONFIG_NAME_SIZE]; /* empty: no lane */
    struct backlog_entry entries[BACKLOG_AT_ONCE];
    int64_t read_seq; /* all facts up to here have been looked at */
    bool work;        /* there may be more behind */
    uint32_t ticket;  /* rows asked for */
};

struct backlog {
    struct backlog_lane lanes[CONFIG_CARRIERS_MAX];
    struct past past;    /* of the one entry that is CHECKING */
    int64_t past_seq;    /* folded up to here */
    bool checking;       /* one at a time */
    int64_t foreign_seq; /* first ASIDE of a courier that the settings do not name; 0: none */
    int64_t stored_seq;  /* the cursor as the disk knows it */
    int64_t riding_seq;
    uint32_t riding_ticket;
    int64_t waiting; /* parcels not done: each ASIDE fact behind the cursor is one, until it is */
    int64_t count_seq, count_end_seq; /* what lay there at the start is counted, row by row */
    uint32_t count_ticket;
    bool started;
    bool crowded; /* the last step had no room for more */
};

struct backlog_floor { /* what it works with; all of it belongs to the station */
    struct booking *bookings;
    struct parcel_list *recalls;
    struct parcel_list *shelf;
};

void backlog_init(struct backlog *backlog);
void backlog_start(struct backlog *backlog, struct step *step, int64_t cursor_seq);
/* Settings have changed: lanes are made anew from where the cursor is. */
void backlog_restart(struct backlog *backlog, struct step *step);
/* Rows or a blob that were asked for. */
void backlog_answer(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                    const struct event *event, unsigned index);
/* A batch was stored or not; aside: there was an ASIDE fact in it. */
void backlog_stored(struct backlog *backlog, struct step *step, uint32_t ticket, enum err error,
                    bool aside);
/* Bookings that have come to an end, slots that are free. */
void backlog_tick(struct backlog *backlog, struct step *step, const struct backlog_floor *floor);
/* This step stores a batch that moves a cursor: takes ours along. */
void backlog_ride(struct backlog *backlog, struct step *step);
/* The courier has answered somebody: no lane of it rests any longer. */
void backlog_hurry(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                   unsigned carrier);
int64_t backlog_deadline(const struct backlog *backlog, const struct step *step,
                         const struct backlog_floor *floor);
/* When the oldest parcel that is not done left the bench, wall milliseconds; 0: none is waiting.
 * carrier: index in the settings. */
int64_t backlog_oldest_ms(const struct backlog *backlog, unsigned carrier);
bool backlog_idle(const struct backlog *backlog);
void backlog_check(const struct backlog *backlog);

#endif
