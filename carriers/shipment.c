/* shipment.c - a shipment to JSON and back. Every text has one row, used by both directions, so
 * that a field that is written is also read. */
#include "carriers/shipment.h"

#include <stddef.h>
#include <string.h>

struct text_field {
    const char *key;
    size_t at;
    size_t size;
};

#define TEXT_FIELD(owner, name)                                                \
    {                                                                          \
#name, offsetof(struct owner, name), sizeof(((struct owner *)0)->name) \
    }

static const struct text_field shipment_texts[] = {
    TEXT_FIELD(shipment, reference), TEXT_FIELD(shipment, order_no), TEXT_FIELD(shipment, awb),
    TEXT_FIELD(shipment, service),   TEXT_FIELD(shipment, currency), TEXT_FIELD(shipment, contents),
    TEXT_FIELD(shipment, dangerous), TEXT_FIELD(shipment, date),
};

static const struct text_field party_texts[] = {
    TEXT_FIELD(party, name),     TEXT_FIELD(party, phone),   TEXT_FIELD(party, line1),
    TEXT_FIELD(party, line2),    TEXT_FIELD(party, city),    TEXT_FIELD(party, state),
    TEXT_FIELD(party, postcode), TEXT_FIELD(party, country),
};

static void write_texts(struct json_writer *writer, const struct text_field *fields, size_t count,
                        const void *owner)
{
    for (size_t i = 0; i < count; i++) {
        json_write_text(writer, fields[i].key, (const char *)owner + fields[i].at);
    }
}

void shipment_write(struct json_writer *writer, const char *key_or_null,
                    const struct shipment *shipment)
{
    json_write_open(writer, key_or_null, '{');
    write_texts(writer, shipment_texts, ARRAY_LEN(shipment_texts), shipment);
    json_write_open(writer, "to", '{');
    write_texts(writer, party_texts, ARRAY_LEN(party_texts), &shipment->to);
    json_write_close(writer, '}');
    json_write_text(writer, "payment", shipment->payment == PAYMENT_COD ? "cod" : "prepaid");
    json_write_i64(writer, "collect_minor", shipment->collect_minor);
    json_write_i64(writer, "value_minor", shipment->value_minor);
    json_write_i64(writer, "mass_mg", shipment->mass_mg);
    json_write_i64(writer, "length_mm", shipment->length_mm);
    json_write_i64(writer, "width_mm", shipment->width_mm);
    json_write_i64(writer, "height_mm", shipment->height_mm);
    if (shipment->fragile) json_write_boolean(writer, "fragile", true);
    json_write_close(writer, '}');
}

static bool is_absent(struct json value)
{
    return json_kind(value) == JSON_MISSING || json_kind(value) == JSON_NULL;
}

static bool parse_texts(struct json object, const struct text_field *fields, size_t count,
                        void *owner)
{
    for (size_t i = 0; i < count; i++) {
        struct json value = json_get(object, fields[i].key);
        if (is_absent(value)) continue;
        if (!json_text_copy(value, (char *)owner + fields[i].at, fields[i].size)) return false;
    }
    return true;
}

static bool parse_amount(struct json value, int64_t *out_amount)
{
    return is_absent(value) || json_i64(value, 0, INT64_MAX, out_amount);
}

static bool parse_length(struct json value, int32_t *out_mm)
{
    int64_t mm = 0;
    if (is_absent(value)) return true;
    if (!json_i64(value, 0, INT32_MAX, &mm)) return false;
    *out_mm = (int32_t)mm;
    return true;
}

static bool parse_flag(struct json value, bool *out_flag)
{
    return is_absent(value) || json_boolean(value, out_flag);
}

static bool parse_payment(struct json value, enum payment *out_payment)
{
    struct bytes word;
    if (is_absent(value)) return true;
    if (!json_text(value, &word)) return false;
    *out_payment = bytes_equal_text(word, "cod") ? PAYMENT_COD : PAYMENT_PREPAID;
    return bytes_equal_text(word, "cod") || bytes_equal_text(word, "prepaid");
}

bool shipment_parse(struct json object, struct shipment *out)
{
    struct shipment parsed = {.payment = PAYMENT_PREPAID};
    struct json to = json_get(object, "to");
    bool good = json_kind(object) == JSON_OBJECT && (is_absent(to) || json_kind(to) == JSON_OBJECT);
    good = good && parse_texts(object, shipment_texts, ARRAY_LEN(shipment_texts), &parsed) &&
           parse_texts(to, party_texts, ARRAY_LEN(party_texts), &parsed.to) &&
           parse_payment(json_get(object, "payment"), &parsed.payment) &&
           parse_amount(json_get(object, "collect_minor"), &parsed.collect_minor) &&
           parse_amount(json_get(object, "value_minor"), &parsed.value_minor) &&
           parse_amount(json_get(object, "mass_mg"), &parsed.mass_mg) &&
           parse_length(json_get(object, "length_mm"), &parsed.length_mm) &&
           parse_length(json_get(object, "width_mm"), &parsed.width_mm) &&
           parse_length(json_get(object, "height_mm"), &parsed.height_mm) &&
           parse_flag(json_get(object, "fragile"), &parsed.fragile);
    if (good) *out = parsed;
    return good;
}
