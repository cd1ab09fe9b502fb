/* booking.h - buy exactly one label.
 *
 *   INTENDING --stored--> SENDING --yes--> STORING --stored--> [LABELLING] --> BOOKED
 *       SENDING --no--> REFUSING --stored--> REFUSED
 *       SENDING --nothing was done--> RESENDING --pause--> SENDING
 *       SENDING --cannot be known--> SETTLING --window over--> ASKING
 *                       or RESENDING, where the courier knows our key and did not say it was used
 *                       or PERSON, where it promises neither
 *       ASKING --found--> STORING
 *       ASKING --not found, twice--> SENDING
 *                       or PERSON, where the courier has answered every sending in riddles
 *       ASKING --no answer--> SETTLING
 *       ASKING --it was cancelled there--> REFUSING
 *       STORING, REFUSING --not stored--> the same once more, a moment later
 *
 * What is true while in a state:
 *   INTENDING      nothing was sent; the intent is on its way to disk, or, of one that comes from
 *                  the backlog unsent, that from now on something may have been sent
 *   SENDING        the intent is durable; exactly one request is out
 *   RESENDING      no request is out; sending the very same again does no harm
 *   SETTLING       no request is out; one may still take effect at the courier
 *   ASKING         the settle window, counted from the last sending, has passed; a look-up is out
 *   STORING        the courier's yes is on its way to disk, or waits for space there; nothing may
 *                  be printed yet
 *   REFUSING       so does the courier's no, or a person's
 *   LABELLING      booked and durable; the label is being fetched
 *   BOOKED         booked and durable; the label too, or we draw it
 *   REFUSED        the courier's no, or a person's, is durable
 *   PERSON         only a person can find out
 *
 * After a power cut an open intent resumes at SETTLING and the whole window is waited again. */
#ifndef PACKD_FIRMWARE_STATION_BOOKING_H
#define PACKD_FIRMWARE_STATION_BOOKING_H

#include "firmware/station/backoff.h"
#include "firmware/station/fact.h"

/* Open at once: one in hand, two of each courier's backlog, and what has just left the bench while
 * its request is still out. */
#define BOOKINGS_MAX 12
#define BOOKING_UNREACHED_MIN 2      /* sendings in a row that never left: the line is down */
#define BOOKING_ANSWER_GRACE_MS 5000 /* beyond the exchange's own time-out, then it is unknown */
#define BOOKING_NOT_FOUND_MIN 2      /* not found twice, a window apart: DESIGN.md */
#define BOOKING_NOT_TOLD_MIN 2       /* asked, and refused an answer: then a person may ask */
#define BOOKING_RIDDLES_MAX 3        /* "that was used", and asked, it knows of nothing: a person */

enum booking_state {
    BOOKING_FREE,
    BOOKING_INTENDING,
    BOOKING_SENDING,
    BOOKING_RESENDING,
    BOOKING_SETTLING,
    BOOKING_ASKING,
    BOOKING_STORING,
    BOOKING_LABELLING,
    BOOKING_BOOKED,
    BOOKING_REFUSING,
    BOOKING_REFUSED,
    BOOKING_PERSON,
};

struct booking {
    enum booking_state state;
    unsigned slot;
    unsigned carrier; /* index in the configuration */
    struct parcel parcel;
    struct carrier_task task; /* task.shipment is what the courier is told, the same every time */
    bool unsure;              /* some request may have taken effect and was not found out about */
    bool refuse_if_absent;    /* the courier said no, but something may be left behind */
    bool aside;               /* the parcel has left the bench; nobody waits there */
    bool queued;              /* and the backlog knows it: its ASIDE fact is on disk */
    bool label_out;     /* a label with its AWB is being printed or is out, ahead of the yes */
    bool resumed;       /* INTENDING: from the backlog, unsent */
    bool store_failed;  /* the last batch did not reach the disk */
    bool durable;       /* the courier's yes is on disk */
    enum fact_kind no;  /* REFUSING: REFUSED or ABSENT */
    unsigned doubled;   /* batches with the answer that the disk called a repetition */
    unsigned not_found; /* look-ups in a row that found nothing */
    unsigned not_told;  /* look-ups that the courier refused to answer */
    unsigned riddles;   /* sendings that the courier answered neither yes nor no */
    unsigned unreached; /* sendings in a row that never left the box */
    int64_t sent_ms;    /* the last sending, or the start after a power cut */
    int64_t began_ms;
    int64_t deadline_ms;
    uint32_t ticket; /* exchange or batch awaited */
    struct backoff backoff;
    enum carrier_reason reason; /* REFUSED, PERSON */
    char message[CARRIER_MESSAGE_SIZE];
    bool answer_was_not_json; /* the last answer could not be read at all */
    int64_t seq_floor;        /* the intent's journal number is above this */
};

void booking_init(struct booking *booking, unsigned slot);

/* Stores the intent in this step's batch and begins. parcel and shipment are complete. */
void booking_begin(struct booking *booking, struct step *step, unsigned carrier,
                   const struct parcel *parcel, const struct shipment *shipment);
/* After a power cut: an intent was found. */
void booking_resume(struct booking *booking, struct step *step, unsigned carrier,
                    const struct parcel *parcel, const struct shipment *shipment, bool aside);
/* From the backlog: it is proven that nothing was sent. That this ends now is stored first. */
void booking_resume_unsent(struct booking *booking, struct step *step, unsigned carrier,
                           const struct parcel *parcel, const struct shipment *shipment);
/* After a power cut: the booking was found, its label was not fetched yet or is there. */
void booking_resume_booked(struct booking *booking, struct step *step, unsigned carrier,
                           const struct parcel *parcel, const struct shipment *shipment,
                           bool aside);

/* The answer to this slot's exchange. */
void booking_answer(struct booking *booking, struct step *step, const struct event *event);
/* A batch was stored or not; ignored unless this slot waits for it. */
void booking_stored(struct booking *booking, struct step *step, uint32_t ticket, enum err error);
void booking_tick(struct booking *booking, struct step *step);
int64_t booking_deadline(const struct booking *booking);
void booking_check(const struct booking *booking, int64_t now_ms);

/* The parcel has left the bench, or is back: the courier is asked as often as somebody waits. */
void booking_set_aside(struct booking *booking, bool aside);
/* The packer wants it now: whatever pause is running ends (never the settle window). */
void booking_hurry(struct booking *booking, struct step *step);
/* A person asked the courier: there is no booking. In PERSON, and where the courier has refused to
 * answer our look-ups (a credential that ran out must not keep a parcel for ever); never while only
 * the line is down, for then a person knows no more than we do. */
bool booking_may_declare_absent(const struct booking *booking);
void booking_declare_absent(struct booking *booking, struct step *step);
/* Is it proven that no request of this booking has left the box? */
bool booking_is_unsent(const struct booking *booking);
/* This step's batch says so: nothing is sent until that is answered. */
void booking_keep_unsent(struct booking *booking, const struct step *step);
/* Durable, without an answer, and the AWB chosen beforehand: may the label be printed now? Not when
 * the courier has said no and is only asked whether it means it. */
bool booking_may_print_ahead(const struct booking *booking, const struct step *step);
/* Nothing is awaited but a pause: the slot may be given up, the backlog goes on from the facts. */
bool booking_is_paused(const struct booking *booking);
void booking_park(struct booking *booking);
/* The slot is done with: BOOKED or REFUSED and taken over by the one who waited. */
void booking_release(struct booking *booking);

const char *booking_state_word(enum booking_state state);

#endif
