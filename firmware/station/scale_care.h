/* scale_care.h - what keeps the scale true: zero, tare, and the day's check with a reference mass.
 *
 * Zero and tare are a person's word, by page, command bar code or packctl, and are sent only where
 * the scale's driver has a command for it, the plate is at rest, and no parcel is being weighed or
 * booked: a zero with goods on the plate falsifies every later weight. Zero only within 4 % of the
 * capacity (OIML R 76-1).
 *
 * The check is off unless the settings name a mass. It is due once a day; until it has been good,
 * or a person takes it on himself by name, no order is begun. Each result is a fact, and a pass
 * counts when it is stored. The last ones are kept as a blob, so that a drift over weeks can be
 * seen. */
#ifndef PACKD_FIRMWARE_STATION_SCALE_CARE_H
#define PACKD_FIRMWARE_STATION_SCALE_CARE_H

#include "firmware/station/devices.h"
#include "firmware/station/fact_weight.h"

#define CARE_RESULTS_MAX 10u
#define CARE_NEVER INT64_MIN

struct scale_care {
    bool loaded;
    uint32_t ticket;     /* of the blob */
    bool wanted;         /* a person says that the mass lies there: the next fresh reading is it */
    uint32_t storing;    /* a result, or a person's word, is on its way to disk */
    int64_t passed_day;  /* good until that day ends; CARE_NEVER */
    int64_t pending_day; /* with the batch above */
    struct check_result results[CARE_RESULTS_MAX]; /* the newest last */
    unsigned count;
};

void care_init(struct scale_care *care);
void care_start(struct scale_care *care, struct step *step); /* reads what is kept */
void care_loaded(struct scale_care *care, const struct event *event);
void care_stored(struct scale_care *care, uint32_t ticket, enum err error);

/* Is a check wanted before the next parcel? */
bool care_is_due(const struct scale_care *care, const struct step *step);
/* Was today's last check bad? NULL: no. */
const struct check_result *care_failed(const struct scale_care *care, const struct step *step);
/* A person says that what lies there is the reference mass. False: no check is due. */
bool care_want(struct scale_care *care, const struct step *step);
/* Looks whether it lies there. True: there was a result. The plate must be empty before the next
 * try. */
bool care_check(struct scale_care *care, struct step *step, struct weighing *weighing);
/* A person, by name, packs today although the check failed. False: there is nothing to take on. */
bool care_trust(struct scale_care *care, struct step *step, const char *who);

/* Sends zero, tare or clear_tare to the scale; false when it may not be or cannot be. */
bool care_send(struct devices *devices, struct step *step, const struct weighing *weighing,
               enum press press);

#endif
