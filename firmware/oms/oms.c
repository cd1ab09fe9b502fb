/* oms.c - the words of the contract, station events as JSON, and what an exchange without an answer
 * means. Event fields and words are those of CONTRACT.md. */
#include "firmware/oms/oms.h"

#include <string.h>

#include "hal/base/units.h"

#define MG_PER_G 1000
#define UNTRUSTED_PAUSE_S 900 /* a wrong certificate is not cured by asking often */

const char *oms_operation_word(enum oms_operation operation)
{
    switch (operation) {
    case OMS_FEED: return "feed";
    case OMS_LOOKUP: return "lookup";
    case OMS_PUSH: return "push";
    case OMS_STATE: return "state";
    case OMS_PING: return "ping";
    }
    return "unknown";
}

const char *oms_class_word(enum oms_class class)
{
    switch (class) {
    case OMS_DONE: return "DONE";
    case OMS_DONE_BEFORE: return "DONE_BEFORE";
    case OMS_CONFLICT: return "CONFLICT";
    case OMS_RETRY: return "RETRY";
    case OMS_UNKNOWN: return "UNKNOWN";
    case OMS_AUTH: return "AUTH";
    case OMS_REFUSED: return "REFUSED";
    case OMS_PARTIAL: return "PARTIAL";
    }
    return "UNKNOWN";
}

const char *oms_event_type_word(enum oms_event_type type)
{
    switch (type) {
    case OMS_EVENT_PACKED: return "packed";
    case OMS_EVENT_BOOKED: return "booked";
    case OMS_EVENT_LABEL_PRINTED: return "label_printed";
    case OMS_EVENT_REPRINTED: return "reprinted";
    case OMS_EVENT_VOID: return "void";
    case OMS_EVENT_UNPACKED: return "unpacked";
    case OMS_EVENT_EXCEPTION: return "exception";
    }
    return "exception";
}

static void write_text(struct json_writer *writer, const char *key, const char *value)
{
    if (value[0] != '\0') json_write_text(writer, key, value);
}

static void write_count(struct json_writer *writer, const char *key, int64_t value)
{
    if (value > 0) json_write_i64(writer, key, value);
}

static void write_label(struct json_writer *writer, const struct oms_event *event)
{
    if (event->label_format[0] == '\0') return;
    json_write_open(writer, "label", '{');
    json_write_text(writer, "format", event->label_format);
    write_text(writer, "sha256", event->label_sha256);
    write_count(writer, "bytes", event->label_bytes);
    json_write_close(writer, '}');
}

void oms_event_write(struct json_writer *writer, const struct oms_event *event)
{
    char storage[TIME_TEXT_SIZE];
    struct textbuf at;
    textbuf_init(&at, storage, sizeof storage);
    time_write(&at, event->at_ms);
    json_write_open(writer, NULL, '{');
    json_write_i64(writer, "seq", (int64_t)event->seq);
    json_write_text(writer, "id", event->id);
    json_write_text(writer, "type", oms_event_type_word(event->type));
    json_write_text(writer, "at", storage);
    json_write_boolean(writer, "time_ok", event->time_ok);
    write_text(writer, "shipment_id", event->shipment_id);
    write_text(writer, "rev", event->rev);
    write_text(writer, "order_no", event->order_no);
    write_count(writer, "package_no", event->package_no);
    write_count(writer, "packages_total", event->packages_total);
    write_text(writer, "operator", event->operator_id);
    write_text(writer, "status", event->status);
    if (event->mass_mg > 0) {
        json_write_i64(writer, "weight_g",
                       mass_g_rounded_up(event->mass_mg)); /* as the courier's */
        json_write_text(writer, "weight_source", event->weight_manual ? "manual" : "scale");
    }
    write_count(writer, "length_mm", event->length_mm);
    write_count(writer, "width_mm", event->width_mm);
    write_count(writer, "height_mm", event->height_mm);
    write_text(writer, "carrier", event->carrier);
    write_text(writer, "service", event->service);
    write_text(writer, "awb", event->awb);
    write_label(writer, event);
    if (event->cost_minor >= 0) json_write_i64(writer, "cost_minor", event->cost_minor);
    write_text(writer, "currency", event->currency);
    write_text(writer, "note", event->note);
    json_write_close(writer, '}');
}

static bool is_absent(struct json value)
{
    return json_kind(value) == JSON_MISSING || json_kind(value) == JSON_NULL;
}

static bool parse_text(struct json object, const char *key, char *out_text, size_t size)
{
    struct json value = json_get(object, key);
    return is_absent(value) || json_text_copy(value, out_text, size);
}

static bool parse_number(struct json object, const char *key, int64_t max, int64_t *out_value)
{
    struct json value = json_get(object, key);
    return is_absent(value) || json_i64(value, 0, max, out_value);
}

static bool parse_type(struct json value, enum oms_event_type *out_type)
{
    struct bytes word;
    if (!json_text(value, &word)) return false;
    for (int i = 0; i <= OMS_EVENT_EXCEPTION; i++) {
        enum oms_event_type type = (enum oms_event_type)i;
        if (!bytes_equal_text(word, oms_event_type_word(type))) continue;
        *out_type = type;
        return true;
    }
    return false;
}

static bool parse_texts(struct json object, struct oms_event *event)
{
    struct json label = json_get(object, "label");
    return parse_text(object, "shipment_id", event->shipment_id, sizeof event->shipment_id) &&
           parse_text(object, "rev", event->rev, sizeof event->rev) &&
           parse_text(object, "order_no", event->order_no, sizeof event->order_no) &&
           parse_text(object, "operator", event->operator_id, sizeof event->operator_id) &&
           parse_text(object, "status", event->status, sizeof event->status) &&
           parse_text(object, "carrier", event->carrier, sizeof event->carrier) &&
           parse_text(object, "service", event->service, sizeof event->service) &&
           parse_text(object, "awb", event->awb, sizeof event->awb) &&
           parse_text(label, "format", event->label_format, sizeof event->label_format) &&
           parse_text(label, "sha256", event->label_sha256, sizeof event->label_sha256) &&
           parse_text(object, "currency", event->currency, sizeof event->currency) &&
           parse_text(object, "note", event->note, sizeof event->note);
}

static bool parse_numbers(struct json object, struct oms_event *event)
{
    int64_t package_no = 0, packages_total = 0, mass_g = 0;
    int64_t length_mm = 0, width_mm = 0, height_mm = 0;
    struct bytes source = BYTES_NONE;
    event->cost_minor = -1;
    bool good = parse_number(object, "package_no", UINT32_MAX, &package_no) &&
                parse_number(object, "packages_total", UINT32_MAX, &packages_total) &&
                parse_number(object, "weight_g", INT64_MAX / MG_PER_G, &mass_g) &&
                parse_number(object, "length_mm", INT32_MAX, &length_mm) &&
                parse_number(object, "width_mm", INT32_MAX, &width_mm) &&
                parse_number(object, "height_mm", INT32_MAX, &height_mm) &&
                parse_number(object, "cost_minor", INT64_MAX, &event->cost_minor) &&
                parse_number(json_get(object, "label"), "bytes", INT64_MAX, &event->label_bytes);
    event->package_no = (unsigned)package_no;
    event->packages_total = (unsigned)packages_total;
    event->mass_mg = mass_g * MG_PER_G;
    event->length_mm = (int32_t)length_mm;
    event->width_mm = (int32_t)width_mm;
    event->height_mm = (int32_t)height_mm;
    event->weight_manual =
        json_text(json_get(object, "weight_source"), &source) && bytes_equal_text(source, "manual");
    return good;
}

bool oms_event_parse(struct json object, struct oms_event *out)
{
    struct oms_event event;
    struct bytes at;
    int64_t seq = 0;
    memset(&event, 0, sizeof event);
    bool good = json_i64(json_get(object, "seq"), 1, INT64_MAX, &seq) &&
                json_text_copy(json_get(object, "id"), event.id, sizeof event.id) &&
                parse_type(json_get(object, "type"), &event.type) &&
                json_text(json_get(object, "at"), &at) && time_parse(at, &event.at_ms) &&
                json_boolean(json_get(object, "time_ok"), &event.time_ok) &&
                parse_texts(object, &event) && parse_numbers(object, &event);
    event.seq = (uint64_t)seq;
    if (good) *out = event;
    return good;
}

/* Starts at "it may have happened", like carrier_outcome_init. */
void oms_outcome_init(struct oms_outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    outcome->class = OMS_UNKNOWN;
    outcome->after_s = -1;
}

void oms_outcome_of_end(enum oms_operation operation, enum exchange_end end,
                        struct oms_outcome *out)
{
    ENSURE(end != EXCHANGE_ANSWERED);
    oms_outcome_init(out);
    bool unclear = end == EXCHANGE_MAYBE_SENT && operation == OMS_PUSH;
    out->class = unclear ? OMS_UNKNOWN : OMS_RETRY;
    if (end == EXCHANGE_UNTRUSTED) out->after_s = UNTRUSTED_PAUSE_S;
    struct bytes word = bytes_of_text(exchange_end_word(end));
    bool copied = bytes_to_text(word, out->message, sizeof out->message);
    ENSURE(copied);
}
