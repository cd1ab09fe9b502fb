/* weighing.h - when a shown weight is the parcel's weight.
 *
 * A mass is taken when, and only when, the same usable reading has stood for the stated time,
 * all of it after the scan, in the scale's range, fresh, and the plate has been empty since the
 * last parcel was closed: around zero, not below it. The taken mass is the shown value, never an
 * average. */
#ifndef PACKD_FIRMWARE_STATION_WEIGHING_H
#define PACKD_FIRMWARE_STATION_WEIGHING_H

#include "drivers/scale.h"
#include "firmware/config/config.h"

#define WEIGHT_FRESH_MS 1000 /* an older reading is not today's weight */

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
                   WEIGHT_UNUSABLE, /* not a mass, or a unit we do not take */
};
const char *weight_hint_word(enum weight_hint hint); /* "not_emptied"; empty for GOOD and NONE */

struct weighing {
    struct scale_reading last;
    bool has_last;
    int64_t last_ms;         /* when it came */
    int64_t stable_since_ms; /* since when the same usable mass has stood */
    bool emptied;            /* the plate has been empty since the last parcel was closed */
};

void weighing_init(struct weighing *weighing);
void weighing_reading(struct weighing *weighing, const struct config_scale *scale,
                      const struct scale_reading *reading, int64_t now_ms);
/* The scale is gone: what it said is no longer true. */
void weighing_lost(struct weighing *weighing);
/* The parcel on the plate is done: the next one needs an empty plate first. */
void weighing_closed(struct weighing *weighing);

enum weight_hint weighing_hint(const struct weighing *weighing, const struct config_scale *scale,
                               int64_t now_ms);
/* True when a mass may be taken that stood only after since_ms. */
bool weighing_take(const struct weighing *weighing, const struct config_scale *scale,
                   int64_t since_ms, int64_t now_ms, struct scale_reading *out_reading);

#endif
