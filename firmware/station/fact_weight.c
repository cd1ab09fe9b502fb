/* fact_weight.c - see fact_weight.h. */
#include "firmware/station/fact_weight.h"

#include <string.h>

void weight_record_take(struct weight_record *record, const struct weighing *weighing,
                        int64_t now_ms, int64_t wall_ms)
{
    *record = (struct weight_record){.reading = weighing->last,
                                     .age_ms = now_ms - weighing->last_ms,
                                     .at_ms = wall_ms,
                                     .trace_count = weighing->trace_count};
    for (unsigned i = 0; i < weighing->trace_count; i++) {
        record->trace[i] = weighing->trace[i];
        record->trace[i].at_ms -= now_ms;
    }
}

static void write_if(struct json_writer *json, const char *key, const char *value)
{
    if (value[0] != '\0') json_write_text(json, key, value);
}

static void write_raw(struct json_writer *json, const struct scale_reading *reading)
{
    char storage[SCALE_RAW_MAX * 2 + 1];
    struct textbuf hex;
    textbuf_init(&hex, storage, sizeof storage);
    textbuf_hex(&hex, bytes_of(reading->raw, reading->raw_len));
    json_write_text(json, "raw", storage);
}

/* What the plate of the scale says, as far as the settings do. */
static void write_scale(struct json_writer *json, const struct config_scale *scale)
{
    json_write_open(json, "scale", '{');
    if (scale->division_mg > 0) json_write_i64(json, "division_mg", scale->division_mg);
    if (scale->capacity_mg > 0) json_write_i64(json, "capacity_mg", scale->capacity_mg);
    write_if(json, "serial", scale->serial);
    write_if(json, "stamp_date", scale->stamp_date);
    json_write_close(json, '}');
}

/* [mass, milliseconds before it was taken], the newest last. */
static void write_trace(struct json_writer *json, const struct weight_record *record)
{
    json_write_open(json, "trace", '[');
    for (unsigned i = 0; i < record->trace_count; i++) {
        json_write_open(json, NULL, '[');
        json_write_i64(json, NULL, record->trace[i].mass_mg);
        json_write_i64(json, NULL, record->trace[i].at_ms);
        json_write_close(json, ']');
    }
    json_write_close(json, ']');
}

static void write_record(struct json_writer *json, const struct weight_record *record,
                         const struct config_scale *scale)
{
    const struct scale_reading *reading = &record->reading;
    json_write_i64(json, "mass_mg", reading->mass_mg);
    json_write_text(json, "shown", reading->shown);
    json_write_text(json, "unit", reading->unit);
    json_write_boolean(json, "net", reading->net);
    if (reading->net || reading->tare_mg != 0) json_write_i64(json, "tare_mg", reading->tare_mg);
    json_write_i64(json, "at_ms", record->at_ms);
    json_write_i64(json, "age_ms", record->age_ms);
    write_raw(json, reading);
    write_trace(json, record);
    write_scale(json, scale);
}

static void begin(struct json_writer *json, struct textbuf *text, char *storage, size_t size)
{
    textbuf_init(text, storage, size);
    json_write_init(json, text);
    json_write_open(json, NULL, '{');
    json_write_i64(json, "v", 1);
}

static void put(struct step *step, enum fact_kind kind, const char *name, const char *subject,
                struct textbuf *body)
{
    char storage[FACT_KEY_SIZE];
    struct textbuf key;
    textbuf_init(&key, storage, sizeof storage);
    textbuf_format(&key, "%s/%s", fact_kind_word(kind), name);
    ENSURE(textbuf_ok(&key) && textbuf_ok(body));
    commands_fact(step->commands, textbuf_bytes(&key), fact_kind_word(kind), bytes_of_text(subject),
                  textbuf_bytes(body));
}

void fact_put_weighed(struct step *step, const struct parcel *parcel,
                      const struct weight_record *record)
{
    char storage[FACT_BODY_SIZE];
    struct textbuf body;
    struct json_writer json;
    begin(&json, &body, storage, sizeof storage);
    json_write_text(&json, "reference", parcel->reference);
    json_write_text(&json, "order_no", parcel->order_no);
    write_record(&json, record, &step->config->scale);
    json_write_close(&json, '}');
    put(step, FACT_WEIGHED, parcel->reference, parcel->order_id, &body);
}

static void put_at(struct step *step, enum fact_kind kind, int64_t at_ms, struct textbuf *body)
{
    char name[24];
    struct textbuf text;
    textbuf_init(&text, name, sizeof name);
    textbuf_i64(&text, at_ms);
    put(step, kind, name, "scale", body);
}

static void write_check(struct json_writer *json, const struct step *step,
                        const struct check_result *result)
{
    json_write_i64(json, "expected_mg", result->expected_mg);
    json_write_i64(json, "deviation_mg", result->mass_mg - result->expected_mg);
    json_write_i64(json, "tolerance_mg", step->config->scale.check_tolerance_mg);
    json_write_boolean(json, "ok", result->ok);
}

void fact_put_check(struct step *step, const struct check_result *result,
                    const struct weight_record *record)
{
    char storage[FACT_BODY_SIZE];
    struct textbuf body;
    struct json_writer json;
    begin(&json, &body, storage, sizeof storage);
    write_check(&json, step, result);
    write_record(&json, record, &step->config->scale);
    json_write_close(&json, '}');
    put_at(step, FACT_SCALE_CHECK, result->at_ms, &body);
}

void fact_put_trusted(struct step *step, const struct check_result *result, const char *who)
{
    char storage[FACT_BODY_SIZE];
    struct textbuf body;
    struct json_writer json;
    begin(&json, &body, storage, sizeof storage);
    json_write_text(&json, "who", who);
    json_write_i64(&json, "mass_mg", result->mass_mg);
    write_check(&json, step, result);
    json_write_close(&json, '}');
    put_at(step, FACT_SCALE_TRUSTED, step->wall_ms, &body);
}
