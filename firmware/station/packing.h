/* packing.h - one parcel from scan to closed.
 *
 *   IDLE --> FINDING --> WEIGHING --> RATING --> BOOKING --> PRINTING --> CLOSING --> IDLE
 *    ^  scan    |  order     |  stable   |  choice   |  booked     |  printed     stored
 *    |          +------------+-----------+-----------+-------------+
 *    |                                   |  a reason, shown to the packer
 *    +----------- give up ----------- HELD ---------- try again ----------> the state it came from
 *
 *   state     true while in it
 *   IDLE      nothing open, nothing awaited; new configuration may be adopted
 *   FINDING   one order search is going on; nothing durable yet
 *   WEIGHING  an order is held; no mass yet
 *   RATING    order and mass are fixed; waits for the press that semi-manual mode asks for; back to
 *             WEIGHING when the scale no longer shows that mass
 *   BOOKING   one booking slot is ours; its intent is durable or on its way to disk
 *   PRINTING  booking and label are durable; money is spent; no more giving up
 *   CLOSING   the closing fact is on its way to disk
 *   HELD      a reason is shown; nothing is awaited but the packer (or the reference mass)
 *
 * Giving up is free until BOOKING. From there the ways out are the label, the shelf (set aside: the
 * booking goes on by itself, a hold label says which parcel it is), or a person's decision, which
 * is itself a fact. Where the AWB was chosen from the pool and the courier does not answer, the
 * label is printed ahead: PRINTING with the slot still at work, and the parcel goes to the
 * backlog. */
#ifndef PACKD_FIRMWARE_STATION_PACKING_H
#define PACKD_FIRMWARE_STATION_PACKING_H

#include "firmware/station/booking.h"
#include "firmware/station/fact_weight.h"
#include "firmware/station/orders.h"
#include "firmware/station/printing.h"
#include "firmware/station/rating.h"
#include "firmware/station/scale_care.h"
#include "firmware/station/scan_text.h"
#include "firmware/station/voids.h"
#include "firmware/station/weighing.h"

enum packing_state {
    PACKING_RECOVERING, /* after a start, until the open parcels are found again */
    PACKING_IDLE,
    PACKING_FINDING,
    PACKING_WEIGHING,
    PACKING_RATING,
    PACKING_BOOKING,
    PACKING_PRINTING,
    PACKING_CLOSING,
    PACKING_HELD,
};
#define PACKING_STATES (PACKING_HELD + 1)

enum held_reason {
    HELD_NONE,
    HELD_UNKNOWN_SCAN,
    HELD_MANY_ORDERS,
    HELD_BAD_SCAN,
    HELD_HALF_SCAN, /* the code's end did not come */
    HELD_ALREADY_PACKED,
    HELD_NOT_READY,
    HELD_CANCELLED,
    HELD_ORDER_UNCLEAR,
    HELD_ORDER_SYSTEM_DOWN,
    HELD_ORDER_BROKEN,
    HELD_NO_CARRIER,
    HELD_REFUSED, /* by the courier: packing.refusal says why */
    HELD_NEEDS_PERSON,
    HELD_AWB_TWICE,
    HELD_LABEL_UNKNOWN,
    HELD_LABEL_BROKEN,
    HELD_LABEL_UNREAD, /* the courier's, and its barcode cannot be read back */
    HELD_DISK_FULL,
    HELD_TOO_MANY_OPEN,
    HELD_NOT_BOOKED_YET,  /* fetched from the shelf too early */
    HELD_RECALLED,        /* its label must be destroyed: packing.recall says which and why */
    HELD_BEING_VOIDED,    /* the order was changed: its old booking is being taken back */
    HELD_BAD_CHECK_DIGIT, /* of the code that was scanned */
    HELD_NO_ORDER_IN_CODE,
    HELD_CODE_UNCLEAR, /* GS1 that can be read in two ways */
    HELD_SCALE_CHECK,  /* the day's check is due: then the order is searched for by itself */
};
#define HELD_REASONS (HELD_SCALE_CHECK + 1)

#define NO_SLOT BOOKINGS_MAX
/* A parcel that is put down is seen sooner; some scales show their overload as zeros. */
#define PACKING_STILL_ZERO_MS 20000

struct stopwatch { /* of the parcel in hand and of the last one; 0: not reached */
    int64_t scan_ms, order_ms, weight_ms, booked_ms, printed_ms, closed_ms;
};

struct packing {
    enum packing_state state;
    enum packing_state before; /* HELD: where it came from */
    enum held_reason reason;
    enum carrier_reason refusal;
    char message[CARRIER_MESSAGE_SIZE]; /* the courier's words */
    int64_t deadline_ms;                /* BOOKING: when the packer is given a way out */
    uint32_t ticket;                    /* CLOSING, or setting aside: the batch awaited */
    bool setting_aside;                 /* CLOSING: the parcel goes on the shelf */
    bool taking_back;                   /* CLOSING: a recalled parcel's label was destroyed */
    bool holding;                       /* PRINTING: a hold label, for the shelf */
    struct listed recall;               /* HELD_RECALLED */
    char scan[ORDER_KEY_SIZE];          /* the code that began this parcel, or the one held for */
    enum code_kind scan_kind;           /* what it looks like */
    struct order order;
    struct past past;
    struct parcel parcel;
    struct choice choice;
    struct weight_record weight; /* the mass that was taken */
    int64_t mass_mg;
    bool weight_kept;     /* PRINTING: a person wants the label though another mass lies there */
    uint32_t kept_ticket; /* the batch that says so */
    bool weight_told;     /* it was heard */
    bool print_wanted;    /* RATING: the packer has pressed, the weight is a moment too old */
    unsigned slot;        /* of the booking in hand; NO_SLOT: none */
    bool slow;            /* BOOKING: longer than the packer should wait */
    bool reprinting;      /* PRINTING: a closed parcel's label once more */
    struct stopwatch watch, last_watch;
    struct parcel last; /* closed last; reference empty when none yet */
    uint32_t parcels;   /* closed since start */
    /* what is heard: a number that grows with every sound */
    const char *sound;
    uint32_t sound_number;
    bool disk_low;
    /* two of the same scan within the stated time are one */
    char previous_scan[ORDER_KEY_SIZE];
    int64_t previous_scan_ms;
    uint32_t scans_not_taken; /* came at a moment when they could not be meant */
};

struct floor { /* what packing works with; all of it belongs to the station */
    struct orders *orders;
    struct weighing *weighing;
    struct devices *devices;
    struct booking *bookings; /* BOOKINGS_MAX */
    struct printing *printing;
    struct pool *pool;
    struct parcel_list *recalls;
    struct parcel_list *shelf;
    const struct voids *voids;
    struct scale_care *care;
};

unsigned floor_free_slot(const struct floor *floor); /* NO_SLOT: none */

void packing_init(struct packing *packing);
void packing_scan(struct packing *packing, struct step *step, struct floor *floor,
                  const struct scan *scan);
/* The scanner has refused it. */
void packing_bad_scan(struct packing *packing, struct step *step, struct floor *floor);
void packing_half_scan(struct packing *packing, struct step *step, struct floor *floor);
/* False when it is not offered now, or lacks the text it needs. */
bool packing_press(struct packing *packing, struct step *step, struct floor *floor,
                   enum press press, const char *text);
void packing_stored(struct packing *packing, struct step *step, struct floor *floor,
                    uint32_t ticket, enum err error);
/* Looks at what the other machines have done and goes on; true when it went somewhere. */
/* The order whose parcel is being booked, printed or closed; "" when none is. */
const char *packing_order_in_hand(const struct packing *packing);
bool packing_advance(struct packing *packing, struct step *step, struct floor *floor);
/* Is no parcel being weighed, booked or labelled, so that the scale itself may be seen to? */
bool packing_leaves_scale(const struct packing *packing, const struct floor *floor,
                          const struct step *step);
void packing_sound(struct packing *packing, bool good); /* of what was obeyed elsewhere */
int64_t packing_deadline(const struct packing *packing, const struct step *step,
                         const struct floor *floor);
void packing_check(const struct packing *packing, const struct floor *floor);

/* Takes over a parcel that a power cut left open. stage says how far it had come. */
void packing_take_over(struct packing *packing, struct step *step, struct floor *floor,
                       const struct parcel *parcel, enum parcel_stage stage, unsigned slot);
/* Recovery is done: IDLE unless a parcel was taken over. */
void packing_recovered(struct packing *packing);

/* What may be pressed now, the main one first. A press that is not offered is not obeyed. */
#define PACKING_PRESSES_MAX 4
size_t packing_presses(const struct packing *packing, const struct floor *floor,
                       enum press out_presses[PACKING_PRESSES_MAX]);

/* Something was added to the parcel or taken away since its mass was booked, and its label has not
 * begun: it does not, until the plate shows the mass again, was empty, or a person says so. */
bool packing_weight_is_off(const struct packing *packing, const struct floor *floor);

const char *packing_state_word(enum packing_state state);
const char *held_reason_word(enum held_reason reason);

#endif
