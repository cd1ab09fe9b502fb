/* weighing.c - see weighing.h for the rules. */
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
    case WEIGHT_RESTLESS: return "restless";
    case WEIGHT_ZERO_DRIFT: return "zero_drift";
    case WEIGHT_STUCK: return "stuck";
    }
    return "";
}

void weighing_init(struct weighing *weighing)
{
    memset(weighing, 0, sizeof *weighing);
    weighing->unsettled_since_ms = -1;
}

static int64_t size_of(int64_t mass_mg)
{
    return mass_mg < 0 ? -mass_mg : mass_mg;
}

int64_t weighing_tolerance_mg(const struct config_scale *scale)
{
    return scale->division_mg > 0 ? scale->division_mg : scale->min_mass_mg / 20;
}

/* Three periods as they were seen, within bounds. */
static int64_t three_periods_ms(const struct weighing *weighing, int64_t least_ms)
{
    int64_t gap_ms = weighing->period_ms > 0 ? weighing->period_ms * 3 : least_ms;
    if (gap_ms < least_ms) return least_ms;
    return gap_ms > WEIGHT_GAP_MAX_MS ? WEIGHT_GAP_MAX_MS : gap_ms;
}

int64_t weighing_quiet_ms(const struct weighing *weighing)
{
    return weighing->last_ms + three_periods_ms(weighing, WEIGHT_QUIET_MS) + 1;
}

bool weighing_is_fresh(const struct weighing *weighing, int64_t now_ms)
{
    return weighing->has_last && now_ms - weighing->last_ms <= WEIGHT_FRESH_MS;
}

/* Does the window alone say that it has settled? Where there is a flag, both must. */
static bool window_is_full(const struct weighing *weighing, const struct config_scale *scale,
                           int64_t since_ms)
{
    bool unflagged = weighing->last.unflagged;
    int64_t span_ms = scale->stable_for_ms;
    if (unflagged && span_ms < WEIGHT_UNFLAGGED_MS) span_ms = WEIGHT_UNFLAGGED_MS;
    unsigned readings = unflagged ? WEIGHT_UNFLAGGED_READINGS : WEIGHT_READINGS;
    return weighing->steady_count >= readings && weighing->last_ms - since_ms >= span_ms;
}

static bool is_at_rest(const struct weighing *weighing, const struct config_scale *scale)
{
    if (!weighing->last.unflagged) return weighing->last.stable;
    return window_is_full(weighing, scale, weighing->steady_since_ms);
}

/* At rest only: a parcel that is being put down swings through zero. */
static bool plate_is_empty(const struct weighing *weighing, const struct config_scale *scale)
{
    const struct scale_reading *last = &weighing->last;
    return is_at_rest(weighing, scale) && !last->overload && !last->underload &&
           size_of(last->mass_mg) <= scale->empty_below_mg;
}

static void note_period(struct weighing *weighing, int64_t now_ms)
{
    int64_t gap_ms = now_ms - weighing->last_ms;
    if (!weighing->has_last || gap_ms > WEIGHT_GAP_MAX_MS) return;
    weighing->period_ms =
        weighing->period_ms == 0 ? gap_ms : (weighing->period_ms * 3 + gap_ms) / 4;
}

static void begin_window(struct weighing *weighing, const struct scale_reading *reading,
                         int64_t now_ms)
{
    weighing->steady_since_ms = now_ms;
    weighing->steady_count = 1;
    weighing->low_mg = weighing->high_mg = reading->mass_mg;
}

/* One division of play, where it is known; else the very same value. */
static void note_window(struct weighing *weighing, const struct config_scale *scale,
                        const struct scale_reading *reading, int64_t now_ms)
{
    const struct scale_reading *before = &weighing->last;
    int64_t low_mg = reading->mass_mg < weighing->low_mg ? reading->mass_mg : weighing->low_mg;
    int64_t high_mg = reading->mass_mg > weighing->high_mg ? reading->mass_mg : weighing->high_mg;
    bool stands = weighing->has_last && before->usable && reading->usable &&
                  before->net == reading->net && before->tare_mg == reading->tare_mg &&
                  before->unflagged == reading->unflagged &&
                  high_mg - low_mg <= scale->division_mg &&
                  now_ms - weighing->last_ms <= three_periods_ms(weighing, WEIGHT_FRESH_MS);
    if (!stands) {
        begin_window(weighing, reading, now_ms);
        return;
    }
    weighing->low_mg = low_mg;
    weighing->high_mg = high_mg;
    if (weighing->steady_count < UINT32_MAX) weighing->steady_count++;
}

static void note_trace(struct weighing *weighing, const struct scale_reading *reading,
                       int64_t now_ms)
{
    unsigned count = weighing->trace_count;
    const struct weight_point point = {reading->mass_mg, now_ms};
    bool again = count > 1 && weighing->trace[count - 1].mass_mg == point.mass_mg &&
                 now_ms - weighing->trace[count - 2].at_ms < WEIGHT_TRACE_STEP_MS;
    if (!again && count == WEIGHT_TRACE_MAX) {
        memmove(weighing->trace, weighing->trace + 1, (count - 1) * sizeof weighing->trace[0]);
    } else if (!again) {
        count = ++weighing->trace_count;
    }
    weighing->trace[count - 1] = point;
}

/* The empty plate's own reading, as long as it wanders by small steps; a load jumps. */
static void note_zero(struct weighing *weighing, const struct config_scale *scale)
{
    int64_t mass_mg = weighing->last.mass_mg;
    if (!is_at_rest(weighing, scale)) return;
    if (plate_is_empty(weighing, scale)) {
        weighing->following = weighing->emptied = true;
        weighing->zero_mg = mass_mg;
        weighing->asked_count = 0;
        return;
    }
    /* Zeroed or tared with something on it that is gone: what comes next is shown too light. */
    if (mass_mg < -scale->empty_below_mg) weighing->emptied = false;
    int64_t step_mg = size_of(mass_mg - weighing->zero_mg);
    weighing->following = weighing->following && step_mg <= 2 * weighing_tolerance_mg(scale);
    if (!weighing->following) return;
    weighing->zero_mg = mass_mg;
    weighing->emptied = false;
}

static void note_unrest(struct weighing *weighing, const struct config_scale *scale, int64_t now_ms)
{
    bool loaded = size_of(weighing->last.mass_mg) > scale->empty_below_mg;
    bool settled =
        is_at_rest(weighing, scale) && window_is_full(weighing, scale, weighing->steady_since_ms);
    if (!loaded || settled) weighing->unsettled_since_ms = -1;
    else if (weighing->unsettled_since_ms < 0) weighing->unsettled_since_ms = now_ms;
}

/* Any reading near zero, at rest or not, is the parcel being lifted: what comes then is another. */
static void note_change(struct weighing *weighing, const struct config_scale *scale)
{
    const struct scale_reading *last = &weighing->last;
    if (!weighing->watching) return;
    if (size_of(last->mass_mg) <= scale->empty_below_mg) {
        weighing->watching = weighing->changed = false;
        return;
    }
    if (!is_at_rest(weighing, scale) || !last->usable) return;
    weighing->changed = size_of(last->mass_mg - weighing->taken_mg) > weighing_tolerance_mg(scale);
}

void weighing_reading(struct weighing *weighing, const struct config_scale *scale,
                      const struct scale_reading *reading, int64_t now_ms)
{
    note_window(weighing, scale, reading, now_ms);
    note_period(weighing, now_ms);
    note_trace(weighing, reading, now_ms);
    weighing->last = *reading;
    weighing->has_last = true;
    weighing->last_ms = now_ms;
    note_zero(weighing, scale);
    note_unrest(weighing, scale, now_ms);
    note_change(weighing, scale);
    enum weight_hint hint = weighing_hint(weighing, scale, now_ms);
    weighing->needs_zero = is_at_rest(weighing, scale) && !weighing->last.underload &&
                           (hint == WEIGHT_UNDERLOAD || hint == WEIGHT_ZERO_DRIFT ||
                            (hint == WEIGHT_ZERO && weighing_drifts(weighing, scale)));
}

void weighing_lost(struct weighing *weighing)
{
    weighing->has_last = weighing->needs_zero = false;
    weighing->period_ms = 0; /* another scale may answer next */
    weighing->unsettled_since_ms = -1;
    weighing->trace_count = 0;
}

/* What was said since the plate was empty, order after order, without a change. */
void weighing_asked(struct weighing *weighing)
{
    if (!weighing->has_last || weighing->emptied) return;
    bool same = weighing->asked_count > 0 && weighing->asked_mg == weighing->last.mass_mg;
    weighing->asked_count = same ? weighing->asked_count + 1 : 1;
    weighing->asked_mg = weighing->last.mass_mg;
}

void weighing_taken(struct weighing *weighing, int64_t mass_mg)
{
    weighing->watching = true;
    weighing->changed = false;
    weighing->taken_mg = mass_mg;
}

void weighing_closed(struct weighing *weighing)
{
    weighing->emptied = false;
    weighing->watching = weighing->changed = false;
}

bool weighing_drifts(const struct weighing *weighing, const struct config_scale *scale)
{
    return weighing->has_last && weighing->following &&
           size_of(weighing->zero_mg) > scale->empty_below_mg / 2;
}

static bool is_overload(const struct scale_reading *last, const struct config_scale *scale)
{
    /* OIML R 76-1: nothing is indicated above Max + 9 e. */
    bool above =
        scale->capacity_mg > 0 && last->mass_mg > scale->capacity_mg + 9 * scale->division_mg;
    return last->overload || above || last->mass_mg > scale->max_mass_mg;
}

/* Of a plate that was not emptied: what lies there? Less than any parcel is no parcel. */
static enum weight_hint not_emptied_hint(const struct weighing *weighing,
                                         const struct config_scale *scale)
{
    bool light = is_at_rest(weighing, scale) && weighing->last.mass_mg < scale->min_mass_mg;
    if (weighing->following || light) return WEIGHT_ZERO_DRIFT;
    return weighing->asked_count >= WEIGHT_STUCK_ASKS &&
                   weighing->asked_mg == weighing->last.mass_mg
               ? WEIGHT_STUCK
               : WEIGHT_NOT_EMPTIED;
}

enum weight_hint weighing_hint(const struct weighing *weighing, const struct config_scale *scale,
                               int64_t now_ms)
{
    const struct scale_reading *last = &weighing->last;
    bool restless = weighing->unsettled_since_ms >= 0 &&
                    now_ms - weighing->unsettled_since_ms >= WEIGHT_RESTLESS_MS;
    if (!weighing->has_last) return WEIGHT_NONE;
    if (now_ms >= weighing_quiet_ms(weighing)) return WEIGHT_OLD;
    if (is_overload(last, scale)) return WEIGHT_OVERLOAD;
    bool below = is_at_rest(weighing, scale) && last->mass_mg < -scale->empty_below_mg;
    if (last->underload || below) return WEIGHT_UNDERLOAD;
    if (plate_is_empty(weighing, scale)) return WEIGHT_ZERO;
    if (!weighing->emptied) return not_emptied_hint(weighing, scale);
    if (restless) return WEIGHT_RESTLESS;
    if (!is_at_rest(weighing, scale)) return WEIGHT_MOVING;
    if (!last->usable) return WEIGHT_UNUSABLE;
    if (last->mass_mg < scale->min_mass_mg) return WEIGHT_TOO_LIGHT;
    return WEIGHT_GOOD;
}

void weighing_unwanted(struct weighing *weighing, const struct config_scale *scale, int64_t now_ms)
{
    bool light = weighing_hint(weighing, scale, now_ms) == WEIGHT_TOO_LIGHT;
    if (light && window_is_full(weighing, scale, weighing->steady_since_ms))
        weighing->emptied = false;
}

bool weighing_take(const struct weighing *weighing, const struct config_scale *scale,
                   int64_t since_ms, int64_t now_ms, struct scale_reading *out_reading)
{
    if (weighing_hint(weighing, scale, now_ms) != WEIGHT_GOOD) return false;
    if (!weighing_is_fresh(weighing, now_ms)) return false;
    int64_t stood_since_ms =
        weighing->steady_since_ms > since_ms ? weighing->steady_since_ms : since_ms;
    /* Strictly after the scan, and the last frame itself must show that the time has passed. */
    if (weighing->last_ms <= since_ms) return false;
    if (!window_is_full(weighing, scale, stood_since_ms)) return false;
    *out_reading = weighing->last;
    return true;
}

bool weighing_holds(const struct weighing *weighing, const struct config_scale *scale,
                    int64_t mass_mg, int64_t now_ms)
{
    return weighing_hint(weighing, scale, now_ms) == WEIGHT_GOOD &&
           size_of(weighing->last.mass_mg - mass_mg) <= scale->division_mg;
}
