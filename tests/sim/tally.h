/* tally.h - what a run went through: so that a clean run cannot be an empty one. */
#ifndef PACKD_TESTS_SIM_TALLY_H
#define PACKD_TESTS_SIM_TALLY_H

#include "firmware/station/station.h"
#include "tests/sim/faults.h"

#define BOOKING_STATES (BOOKING_PERSON + 1)
#define TALLY_CUT EVENT_KINDS /* one more thing that can happen in a state */
#define TALLY_KINDS (EVENT_KINDS + 1)

struct tally {
    uint64_t packing[PACKING_STATES][TALLY_KINDS]; /* by the state it was in */
    uint64_t booking[BOOKING_STATES][TALLY_KINDS]; /* what was meant for that slot */
    uint64_t faults[FAULTS];                       /* that came */
    uint64_t intents, booked, refused, absent, prints, closed;
    uint64_t rebooked;     /* intents of a second or later generation */
    uint64_t unknown;      /* outcomes that could not be known at once */
    uint64_t late_effects; /* bookings made at the courier after our side had failed */
    uint64_t asides;
    uint64_t reprints;  /* second and later copies */
    uint64_t questions; /* is there a label? */
};

/* Before and after a step. */
struct tally_mark {
    bool unsure[BOOKINGS_MAX];
    enum held_reason reason;
};
void tally_before(struct tally *tally, const struct station *station, const struct event *event,
                  struct tally_mark *out_mark);
void tally_after(struct tally *tally, const struct station *station, const struct tally_mark *mark);
void tally_cut(struct tally *tally, const struct station *station);
void tally_fact(struct tally *tally, const char *kind, const struct parcel *parcel);

void tally_add(struct tally *sum, const struct tally *more);
const char *tally_kind_word(unsigned kind);
/* Members of the object that is open. */
void tally_write(const struct tally *tally, struct json_writer *json);

#endif
