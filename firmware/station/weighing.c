/* weighing.c - see weighing.h for the rule. */
#include "firmware/station/weighing.h"

#include <string.h>

const char *weight_hint_word(enum weight_hint hint)
{
    switch (hint) {
    case WEIGHT_GOOD: return "";
    case WEIGHT_NONE: return "";
    case WEIGHT_OLD: return "old";
    case WEIGHT_NOT_EMPTIED: return "not_emptied";
    case WEIGHT_ZERO: return "zero";
    case WEIGHT_MOVING: return "moving";
    case WEIGHT_TOO_LIGHT: return "too_light";
    case WEIGHT_OVERLOAD: return "overload";
    case WEIGHT_UNDERLOAD: return "underload";
    case WEIGHT_UNUSABLE: return "unusable";
    }
    return "";
}

void weighing_init(struct weighing *weighing)
{
    memset(weighing, 0, sizeof *weighing);
}

/* Only at rest: a parcel that is being put down swings through zero. */
static bool plate_is_empty(const struct scale_reading *reading, const struct config_scale *scale)
{
    return reading->stable && !reading->overload && reading->mass_mg <= scale->empty_below_mg &&
           reading->mass_mg >= -scale->empty_below_mg;
}

/* Zeroed or tared with something on it that is gone: whatever it shows next is too little. */
static bool zero_is_wrong(const struct scale_reading *reading, const struct config_scale *scale)
{
    return reading->stable && !reading->overload && reading->mass_mg < -scale->empty_below_mg;
}

void weighing_reading(struct weighing *weighing, const struct config_scale *scale,
                      const struct scale_reading *reading, int64_t now_ms)
{
    const struct scale_reading *before = &weighing->last;
    bool stands = weighing->has_last && before->usable && reading->usable &&
                  before->mass_mg == reading->mass_mg && before->net == reading->net &&
                  now_ms - weighing->last_ms <= WEIGHT_FRESH_MS;
    if (!stands) weighing->stable_since_ms = now_ms;
    if (plate_is_empty(reading, scale)) weighing->emptied = true;
    if (zero_is_wrong(reading, scale)) weighing->emptied = false;
    weighing->last = *reading;
    weighing->has_last = true;
    weighing->last_ms = now_ms;
}

void weighing_lost(struct weighing *weighing)
{
    weighing->has_last = false;
}

void weighing_closed(struct weighing *weighing)
{
    weighing->emptied = false;
}

enum weight_hint weighing_hint(const struct weighing *weighing, const struct config_scale *scale,
                               int64_t now_ms)
{
    const struct scale_reading *last = &weighing->last;
    if (!weighing->has_last) return WEIGHT_NONE;
    if (now_ms - weighing->last_ms > WEIGHT_FRESH_MS) return WEIGHT_OLD;
    if (last->overload || last->mass_mg > scale->max_mass_mg) return WEIGHT_OVERLOAD;
    if (last->underload || zero_is_wrong(last, scale)) return WEIGHT_UNDERLOAD;
    if (plate_is_empty(last, scale)) return WEIGHT_ZERO;
    if (!weighing->emptied) return WEIGHT_NOT_EMPTIED;
    if (!last->stable) return WEIGHT_MOVING;
    if (!last->usable) return WEIGHT_UNUSABLE;
    if (last->mass_mg < scale->min_mass_mg) return WEIGHT_TOO_LIGHT;
    return WEIGHT_GOOD;
}

bool weighing_take(const struct weighing *weighing, const struct config_scale *scale,
                   int64_t since_ms, int64_t now_ms, struct scale_reading *out_reading)
{
    if (weighing_hint(weighing, scale, now_ms) != WEIGHT_GOOD) return false;
    int64_t stood_since_ms =
        weighing->stable_since_ms > since_ms ? weighing->stable_since_ms : since_ms;
    /* Strictly after the scan, and the last frame itself must show that the time has passed. */
    if (weighing->last_ms <= since_ms) return false;
    if (weighing->last_ms - stood_since_ms < (int64_t)scale->stable_for_ms) return false;
    *out_reading = weighing->last;
    return true;
}
