/* scale_care.c - see scale_care.h. */
#include "firmware/station/scale_care.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)
#define BLOB_KEY "scale_check"
#define BLOB_SIZE 1024u

void care_init(struct scale_care *care)
{
    *care = (struct scale_care){.passed_day = CARE_NEVER, .pending_day = CARE_NEVER};
}

void care_start(struct scale_care *care, struct step *step)
{
    care->ticket = step_read_blob(step, OWNER_CARE, 0, bytes_of_text(BLOB_KEY));
}

/* Days begin at the hour by which the check must be done. */
static int64_t today(const struct step *step)
{
    const struct config_scale *scale = &step->config->scale;
    int64_t hour = scale->check_by > 0 ? scale->check_by - 1 : 0;
    return (step->wall_ms + scale->utc_offset_min * INT64_C(60000) - hour * HOUR_MS) / DAY_MS;
}

bool care_is_due(const struct scale_care *care, const struct step *step)
{
    bool wanted = step->config->scale.check_mass_mg > 0 && care->loaded;
    return wanted && step->wall_trusted && care->passed_day < today(step);
}

const struct check_result *care_failed(const struct scale_care *care, const struct step *step)
{
    if (care->count == 0 || !care_is_due(care, step)) return NULL;
    const struct check_result *last = &care->results[care->count - 1];
    bool recent = step->wall_ms - last->at_ms < DAY_MS;
    return recent && !last->ok ? last : NULL;
}

/* --- what is kept: the day it is good for, then a line a result */

static bool take_number(struct bytes *line, int64_t *out_value)
{
    struct bytes field;
    uint64_t value = 0;
    if (!bytes_split(line, '\t', &field) || !bytes_to_u64(field, INT64_MAX, &value)) return false;
    *out_value = (int64_t)value;
    return true;
}

static bool take_result(struct bytes line, struct check_result *out)
{
    int64_t ok = 0;
    bool good = take_number(&line, &out->at_ms) && take_number(&line, &out->expected_mg) &&
                take_number(&line, &out->mass_mg) && take_number(&line, &ok);
    out->ok = ok != 0;
    return good;
}

void care_loaded(struct scale_care *care, const struct event *event)
{
    struct bytes rest = event->blob.found ? event->blob.bytes : BYTES_NONE, line;
    int64_t day = 0;
    care->ticket = 0;
    care->loaded = true;
    if (!bytes_split(&rest, '\n', &line) || !take_number(&line, &day)) return;
    care->passed_day = day > 0 ? day : CARE_NEVER;
    while (care->count < CARE_RESULTS_MAX && bytes_split(&rest, '\n', &line)) {
        if (take_result(line, &care->results[care->count])) care->count++;
    }
}

static void store(struct scale_care *care, struct step *step, int64_t passed_day)
{
    struct textbuf text;
    commands_text_begin(step->commands, &text, BLOB_SIZE);
    textbuf_format(&text, "%lld\n", (long long)(passed_day == CARE_NEVER ? 0 : passed_day));
    for (unsigned i = 0; i < care->count; i++) {
        const struct check_result *result = &care->results[i];
        textbuf_format(&text, "%lld\t%lld\t%lld\t%d\n", (long long)result->at_ms,
                       (long long)result->expected_mg, (long long)result->mass_mg, result->ok);
    }
    commands_blob(step->commands, BYTES_LITERAL(BLOB_KEY),
                  commands_text_end(step->commands, &text));
    care->pending_day = passed_day;
    care->storing = step_store(step);
}

void care_stored(struct scale_care *care, uint32_t ticket, enum err error)
{
    if (ticket == 0 || care->storing != ticket) return;
    care->storing = 0;
    if (error == ERR_NONE) care->passed_day = care->pending_day;
    else if (care->count > 0) care->results[care->count - 1].ok = false; /* it is not on disk */
}

/* --- the check */

static int64_t distance(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

/* Without one of its own: what a scale in service may be wrong by, a division and a half. */
static int64_t tolerance_mg(const struct config_scale *scale)
{
    if (scale->check_tolerance_mg > 0) return scale->check_tolerance_mg;
    return weighing_tolerance_mg(scale) * 3 / 2;
}

static void keep(struct scale_care *care, const struct check_result *result)
{
    if (care->count == CARE_RESULTS_MAX) {
        memmove(care->results, care->results + 1, (CARE_RESULTS_MAX - 1) * sizeof *result);
        care->count--;
    }
    care->results[care->count++] = *result;
}

static void judge(struct scale_care *care, struct step *step, struct weighing *weighing)
{
    const struct config_scale *scale = &step->config->scale;
    struct weight_record record;
    weight_record_take(&record, weighing, step->now_ms, step->wall_ms);
    struct check_result result = {.at_ms = step->wall_ms,
                                  .expected_mg = scale->check_mass_mg,
                                  .mass_mg = record.reading.mass_mg};
    int64_t off_mg = distance(result.mass_mg, result.expected_mg);
    result.ok = off_mg <= tolerance_mg(scale) && !record.reading.net;
    keep(care, &result);
    fact_put_check(step, &result, &record);
    store(care, step, result.ok ? today(step) : care->passed_day);
    commands_log(step->commands, result.ok ? LOG_NOTICE : LOG_ALARM,
                 result.ok ? "log_check_good" : "log_check_bad", "shown", record.reading.shown,
                 NULL);
    weighing_closed(weighing);
}

bool care_want(struct scale_care *care, const struct step *step)
{
    care->wanted = care_is_due(care, step) && care->storing == 0;
    return care->wanted;
}

bool care_check(struct scale_care *care, struct step *step, struct weighing *weighing)
{
    const struct config_scale *scale = &step->config->scale;
    struct scale_reading reading;
    if (!care_is_due(care, step) || care->storing != 0) return false;
    if (weighing_hint(weighing, scale, step->now_ms) == WEIGHT_ZERO) care->wanted = false;
    if (!weighing_take(weighing, scale, 0, step->now_ms, &reading)) return false;
    /* By itself only what can hardly be anything else: a parcel laid down too early is none. */
    int64_t near_mg = scale->check_mass_mg / 50 + tolerance_mg(scale);
    if (!care->wanted && distance(reading.mass_mg, scale->check_mass_mg) > near_mg) return false;
    care->wanted = false;
    judge(care, step, weighing);
    return true;
}

bool care_trust(struct scale_care *care, struct step *step, const char *who)
{
    const struct check_result *failed = care_failed(care, step);
    if (failed == NULL || who[0] == '\0' || care->storing != 0) return false;
    fact_put_trusted(step, failed, who);
    store(care, step, today(step));
    commands_log(step->commands, LOG_ALARM, "log_scale_trusted", "who", who, NULL);
    return true;
}

/* --- zero and tare */

static bool may_zero(const struct weighing *weighing, const struct config_scale *scale,
                     enum weight_hint hint)
{
    int64_t capacity_mg = scale->capacity_mg > 0 ? scale->capacity_mg : scale->max_mass_mg;
    bool near = distance(weighing->last.mass_mg, 0) <= capacity_mg / 25;
    return near && (hint == WEIGHT_ZERO || hint == WEIGHT_ZERO_DRIFT || hint == WEIGHT_UNDERLOAD ||
                    hint == WEIGHT_TOO_LIGHT);
}

/* An empty tray: at rest, from a plate that was at zero. */
static bool may_tare(const struct weighing *weighing, enum weight_hint hint)
{
    return !weighing->last.net && (hint == WEIGHT_GOOD || hint == WEIGHT_TOO_LIGHT);
}

static bool may_clear(enum weight_hint hint)
{
    return hint == WEIGHT_ZERO || hint == WEIGHT_UNDERLOAD || hint == WEIGHT_ZERO_DRIFT;
}

bool care_send(struct devices *devices, struct step *step, const struct weighing *weighing,
               enum press press)
{
    const struct config_scale *scale = &step->config->scale;
    enum weight_hint hint = weighing_hint(weighing, scale, step->now_ms);
    bool rests = weighing->last.stable ||
                 (weighing->last.unflagged && weighing->steady_count >= WEIGHT_READINGS);
    bool may = false;
    enum scale_command which = SCALE_ZERO;
    if (!weighing->has_last || !rests || devices->scale_driver == NULL) return false;
    if (press == PRESS_ZERO) {
        may = may_zero(weighing, scale, hint);
    } else if (press == PRESS_TARE) {
        may = may_tare(weighing, hint);
        which = SCALE_TARE;
    } else if (press == PRESS_CLEAR_TARE) {
        may = may_clear(hint);
        which = SCALE_CLEAR_TARE;
    }
    if (!may || !devices_scale_send(devices, step, scale_command(&devices->scale_state, which)))
        return false;
    commands_log(step->commands, LOG_NOTICE, "log_scale_sent", "press", press_word(press), "shown",
                 weighing->last.shown, NULL);
    return true;
}
