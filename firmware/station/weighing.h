/* weighing.h - when a shown weight is the parcel's weight, and whether it still is.
 *
 * A mass is taken when, and only when, the scale says that it is at rest AND our own window agrees:
 * the readings have stood within one division for the stated time, without a gap, all of it after
 * the scan, in the scale's range, the last of them not older than WEIGHT_FRESH_MS, and the plate
 * has been empty since the last parcel was closed. The taken mass is the shown value, never an
 * average. Where the protocol has no word on motion, the window decides alone and is longer. Three
 * readings at least: one may be the answer to an earlier question.
 *
 * A scale may be slow (two readings a second at 1200 baud). That a weight is fresh is asked when it
 * is taken, in the step of its own frame; between two frames nothing is lost. A weight that is due
 * for three periods is the scale's silence, and is shown as such.
 *
 * Empty is near zero on either side, at rest. The empty plate may wander by steps (zero drift): it
 * is followed, and beyond the band nothing is taken until it is empty again. What was taken is
 * watched until the plate was empty or the parcel is closed: something added or removed is
 * noticed. */
#ifndef PACKD_FIRMWARE_STATION_WEIGHING_H
#define PACKD_FIRMWARE_STATION_WEIGHING_H

#include "drivers/scale.h"
#include "firmware/config/config.h"

#define WEIGHT_FRESH_MS 500          /* an older reading is not taken */
#define WEIGHT_QUIET_MS 1000         /* a quick scale that says nothing for so long is silent */
#define WEIGHT_GAP_MAX_MS 2000       /* no scale that is alive is slower */
#define WEIGHT_READINGS 3u           /* that agree */
#define WEIGHT_UNFLAGGED_READINGS 5u /* the same where the protocol has no word on motion */
#define WEIGHT_UNFLAGGED_MS 1000
#define WEIGHT_RESTLESS_MS 10000 /* a load that does not come to rest so long is told */
#define WEIGHT_STUCK_ASKS 3u     /* orders in a row that found the same mass on the plate */
#define WEIGHT_TRACE_MAX 8u
#define WEIGHT_TRACE_STEP_MS 100 /* readings of one mass closer than this are one point */

enum weight_hint { /* why the weight cannot be taken yet */
                   WEIGHT_GOOD,
                   WEIGHT_NONE, /* no reading yet */
                   WEIGHT_OLD,  /* the scale has stopped talking */
                   WEIGHT_NOT_EMPTIED,
                   WEIGHT_ZERO,
                   WEIGHT_MOVING,
                   WEIGHT_TOO_LIGHT,
                   WEIGHT_OVERLOAD,
                   WEIGHT_UNDERLOAD,
                   WEIGHT_UNUSABLE,   /* not a mass, or a unit we do not take */
                   WEIGHT_RESTLESS,   /* moving for too long */
                   WEIGHT_ZERO_DRIFT, /* the empty plate does not show zero */
                   WEIGHT_STUCK,      /* always the same, order after order */
};
const char *weight_hint_word(enum weight_hint hint); /* "not_emptied"; empty for GOOD and NONE */

struct weight_point {
    int64_t mass_mg;
    int64_t at_ms;
};

struct weighing {
    struct scale_reading last;
    bool has_last;
    int64_t last_ms;   /* when it came */
    int64_t period_ms; /* between two readings, as seen; 0: not known */
    /* the readings that stand: usable, alike, without a gap */
    int64_t steady_since_ms;
    unsigned steady_count;
    int64_t low_mg, high_mg;
    bool emptied;               /* the plate has been empty since the last parcel was closed */
    bool following;             /* what is shown is the empty plate */
    int64_t zero_mg;            /* the mass it shows, or showed last */
    bool needs_zero;            /* at rest, empty as far as one can tell, and not at zero */
    int64_t unsettled_since_ms; /* a load lies there and has not settled; -1: no */
    int64_t asked_mg;           /* on a plate that was not emptied, at the last order */
    unsigned asked_count;       /* so many orders in a row */
    bool watching;              /* a mass was taken and lies there */
    bool changed;               /* and now another one does */
    int64_t taken_mg;
    struct weight_point trace[WEIGHT_TRACE_MAX]; /* the newest last */
    unsigned trace_count;
};

void weighing_init(struct weighing *weighing);
void weighing_reading(struct weighing *weighing, const struct config_scale *scale,
                      const struct scale_reading *reading, int64_t now_ms);
/* The scale is gone: what it said is no longer true. */
void weighing_lost(struct weighing *weighing);
/* Nothing is to be weighed now: what rests on the plate and is less than any parcel is a wrong
 * zero, or something that does not belong there. */
void weighing_unwanted(struct weighing *weighing, const struct config_scale *scale, int64_t now_ms);
/* An order is here and its parcel will be weighed. */
void weighing_asked(struct weighing *weighing);
/* This mass was taken: it is watched from now on. */
void weighing_taken(struct weighing *weighing, int64_t mass_mg);
/* The parcel on the plate is done: the next one needs an empty plate first. */
void weighing_closed(struct weighing *weighing);

enum weight_hint weighing_hint(const struct weighing *weighing, const struct config_scale *scale,
                               int64_t now_ms);
/* True when a mass may be taken that stood only after since_ms. */
bool weighing_take(const struct weighing *weighing, const struct config_scale *scale,
                   int64_t since_ms, int64_t now_ms, struct scale_reading *out_reading);
/* Does the plate still show this mass, within a division? */
bool weighing_holds(const struct weighing *weighing, const struct config_scale *scale,
                    int64_t mass_mg, int64_t now_ms);
bool weighing_is_fresh(const struct weighing *weighing, int64_t now_ms);
/* The empty plate shows more than half of what still counts as empty: to be told in time. */
bool weighing_drifts(const struct weighing *weighing, const struct config_scale *scale);
/* From then on the last reading is the scale's silence. */
int64_t weighing_quiet_ms(const struct weighing *weighing);
/* Two masses closer than this are one: the division, or what the least mass makes of it. */
int64_t weighing_tolerance_mg(const struct config_scale *scale);

#endif
