/* scale_hid.c - USB HID scales (HID Point of Sale Usage Tables 1.02, section 4, usage page 8D).
 *
 *     [id] status unit scaling weight     weight times ten to the power of scaling, in that unit
 *
 * Rules. Values are found by their usages: 40 weight, 41 scaling, 51 to 5C the unit, 71 to 78 the
 * status. Only "stable", and "stable at zero" with a weight of zero, are usable; under zero the
 * sign is not in the number, and is set. A scale without a status is never usable. The first report
 * after opening may be the load from before and is dropped. Without a descriptor the six bytes are
 * expected that all known models but two send. */
#include "drivers/scale_hid.h"

#include <string.h>

#include "drivers/scale_field.h"
#include "hal/base/hid.h"

#define PAGE_SCALE 0x8Du
#define SCALE_USAGE(id) HID_USAGE(PAGE_SCALE, id)
#define DIGITS_MAX INT64_C(999999999999999) /* units.h: 15 digits */
#define DECIMALS_MAX 9
#define SELECTOR_BITS_MIN 4u /* narrower is a flag, not a number */

enum {
    USAGE_DATA_REPORT = 0x32,
    USAGE_WEIGHT = 0x40,
    USAGE_SCALING = 0x41,
    USAGE_UNIT = 0x50, /* the collection around the units; unit n is 50 + n */
    USAGE_UNIT_LAST = 0x5C,
    USAGE_STATUS = 0x70,
    USAGE_FAULT = 0x71,
    USAGE_STABLE_AT_ZERO = 0x72,
    USAGE_IN_MOTION = 0x73,
    USAGE_STABLE = 0x74,
    USAGE_UNDER_ZERO = 0x75,
    USAGE_OVER_LIMIT = 0x76,
    USAGE_NEEDS_CALIBRATION = 0x77,
    USAGE_NEEDS_ZERO = 0x78,
    USAGE_ZERO_SCALE = 0x80,
};

/* ---- what the descriptor says ---------------------------------------------------------------- */

/* Six bytes with id 3; some of the same shape with id 4 [C: usbscale]. */
static const struct scale_hid_shape usual_shape = {
    .known = true,
    .has_ids = true,
    .id = 3,
    .other_id = 4,
    .len = 5,
    .status = {.value = {0, 8, false},
               .min = 1,
               .usages = {0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78}},
    .unit = {.value = {8, 8, false},
             .min = 1,
             .usages = {0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x5B, 0x5C}},
    .scaling = {16, 8, true},
    .weight = {24, 16, false},
};

static bool find(const struct hid_layout *layout, struct hid_query query, struct hid_place *out)
{
    if (hid_layout_find(layout, query, out)) return true;
    query.inside = 0;
    return query.report == 0 && hid_layout_find(layout, query, out);
}

/* The number of element 0 stands for the usages of its list, one after the other. Some makers call
 * such a field a variable one. */
static bool note_choice(const struct hid_layout *layout, const struct hid_field *field,
                        struct scale_hid_choice *out_choice)
{
    struct hid_place whole = {.field = field, .first = 0, .count = field->count};
    if (!field->is_array && (field->count != 1 || field->bit_size < SELECTOR_BITS_MIN))
        return false;
    struct scale_hid_choice choice = {.value = hid_place_value(&whole, 0),
                                      .min = field->logical_min};
    for (uint32_t i = 0; i < SCALE_CHOICES_MAX; i++) {
        for (uint32_t j = 0, at = 0; j < field->range_count; j++) {
            const struct hid_range *range = &layout->ranges[field->range_from + j];
            uint32_t size = range->last - range->first + 1;
            bool here = i >= at && i - at < size && range->first >> 16 == PAGE_SCALE;
            if (here) choice.usages[i] = (uint8_t)(range->first + (i - at));
            at += size;
        }
    }
    *out_choice = choice;
    return choice.value.bit_size > 0;
}

/* A field with nothing but the collection's usage: the number is how far behind it. */
static bool note_collection_choice(const struct hid_place *place, uint8_t usage,
                                   struct scale_hid_choice *out_choice)
{
    struct scale_hid_choice choice = {.value = hid_place_value(place, 0), .min = 0};
    for (uint32_t i = 1; i < SCALE_CHOICES_MAX; i++) choice.usages[i] = (uint8_t)(usage + i);
    *out_choice = choice;
    return choice.value.bit_size >= SELECTOR_BITS_MIN;
}

/* `usage` is that of the collection; the choices are the ones behind it up to `last`. */
static bool find_choice(const struct hid_layout *layout, uint8_t report, uint8_t usage,
                        uint8_t last, struct scale_hid_choice *out_choice)
{
    struct hid_query query = {.kind = HID_KIND_INPUT, .report = report};
    struct hid_place place;
    for (unsigned one = usage + 1u; one <= last; one++) {
        query.usage = SCALE_USAGE(one);
        if (!hid_layout_find(layout, query, &place)) continue;
        return note_choice(layout, place.field, out_choice);
    }
    query.usage = SCALE_USAGE(usage);
    return hid_layout_find(layout, query, &place) &&
           note_collection_choice(&place, usage, out_choice);
}

/* The bit that sets the scale to zero, in a report with nothing else set. */
static void find_zero(const struct hid_layout *layout, struct scale_hid_shape *shape)
{
    struct hid_query query = {.kind = HID_KIND_OUTPUT, .usage = SCALE_USAGE(USAGE_ZERO_SCALE)};
    struct hid_place place;
    if (!hid_layout_find(layout, query, &place)) {
        query.kind = HID_KIND_FEATURE;
        if (!hid_layout_find(layout, query, &place)) return;
    }
    const struct hid_field *field = place.field;
    uint32_t len = hid_layout_report_len(layout, field->kind, field->report_id);
    if (field->is_array || 2 + len > sizeof shape->zero) return;
    uint32_t bit = field->bit_offset + place.first * field->bit_size;
    shape->zero[0] = field->kind == HID_KIND_OUTPUT ? HID_OUTPUT : HID_FEATURE;
    shape->zero[1] = field->report_id;
    shape->zero[2 + bit / 8] = (uint8_t)(1u << bit % 8);
    shape->zero_len = 2 + len;
}

static bool find_shape(const struct hid_layout *layout, struct scale_hid_shape *out_shape)
{
    struct hid_place weight, scaling;
    struct hid_query query = {
        .kind = HID_KIND_INPUT,
        .usage = SCALE_USAGE(USAGE_WEIGHT),
        .inside = SCALE_USAGE(USAGE_DATA_REPORT),
    };
    if (!find(layout, query, &weight) || weight.field->is_array) return false;
    uint8_t id = weight.field->report_id;
    query = (struct hid_query){.kind = HID_KIND_INPUT,
                               .usage = SCALE_USAGE(USAGE_SCALING),
                               .report = id};
    if (!find(layout, query, &scaling) || scaling.field->is_array) return false;
    struct scale_hid_shape shape = {
        .known = true,
        .has_ids = layout->has_ids,
        .id = id,
        .len = hid_layout_report_len(layout, HID_KIND_INPUT, id),
        .weight = hid_place_value(&weight, 0),
        .scaling = hid_place_value(&scaling, 0),
    };
    shape.scaling.is_signed = true; /* by the tables, whatever its range says */
    (void)find_choice(layout, id, USAGE_UNIT, USAGE_UNIT_LAST, &shape.unit);
    (void)find_choice(layout, id, USAGE_STATUS, USAGE_NEEDS_ZERO, &shape.status);
    find_zero(layout, &shape);
    *out_shape = shape;
    return shape.weight.bit_size > 0 && shape.scaling.bit_size > 0;
}

/* Stamps.com model 510: tenths of an ounce, and nothing that says so [C: usbscale issue 4]. */
static bool is_ounces_only(const struct device_identity *identity)
{
    return identity->vendor == 0x1446 && identity->product == 0x6A73;
}

static const char *why_no_scale(const struct device_identity *identity)
{
    return identity->vendor == 0x04D9 && identity->product == 0x8010
               ? "This scale (Accupost, Holtek) speaks a protocol of its own that is not known "
                 "here: "
                 "it cannot be used."
               : "There is no scale in this device whose weight could be read.";
}

static const char *describe(struct scale_state *state, const struct device_identity *identity)
{
    struct hid_layout layout;
    struct scale_hid_shape shape;
    struct bytes descriptor = identity->report_descriptor;
    memset(&state->hid, 0, sizeof state->hid);
    if (descriptor.len > 0 && hid_layout_read(descriptor, &layout) != HID_GOOD) {
        return "The scale's report descriptor is broken: it cannot be used.";
    }
    if (descriptor.len > 0 && !find_shape(&layout, &shape)) return why_no_scale(identity);
    if (descriptor.len == 0) {
        bool own_way = identity->vendor == 0x04D9 && identity->product == 0x8010;
        if (own_way) return why_no_scale(identity);
        if (is_ounces_only(identity)) return "The scale gave no report descriptor: unplug it once.";
        shape = usual_shape;
    }
    shape.ounces = shape.unit.value.bit_size == 0 && is_ounces_only(identity);
    if (shape.unit.value.bit_size == 0 && !shape.ounces) {
        return "The scale does not say in which unit it weighs: it cannot be used.";
    }
    state->hid = shape;
    return NULL;
}

static struct bytes zero(const struct scale_state *state)
{
    return bytes_of(state->hid.zero, state->hid.zero_len);
}

/* ---- what a report says ---------------------------------------------------------------------- */

/* The usage that the number in the report stands for; 0: none. */
static uint8_t chosen(const struct scale_hid_choice *choice, struct bytes data)
{
    int64_t number;
    if (!hid_value_get(choice->value, data, &number)) return 0;
    int64_t index = number - choice->min;
    return index >= 0 && index < (int64_t)SCALE_CHOICES_MAX ? choice->usages[index] : 0;
}

/* Left out: taels, pennyweights, troy ounces and tons, which a bench does not weigh in or which are
 * not one unit but several. */
static bool unit_of(const struct scale_hid_shape *shape, struct bytes data,
                    enum mass_unit *out_unit)
{
    static const struct {
        uint8_t usage;
        enum mass_unit unit;
    } known[] = {
        {0x51, MASS_MG},    {0x52, MASS_G},     {0x53, MASS_KG}, {0x54, MASS_CARAT},
        {0x56, MASS_GRAIN}, {0x58, MASS_TONNE}, {0x5B, MASS_OZ}, {0x5C, MASS_LB},
    };
    uint8_t usage = shape->ounces ? 0x5B : chosen(&shape->unit, data);
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (known[i].usage != usage) continue;
        *out_unit = known[i].unit;
        return true;
    }
    return false;
}

static bool decimal_of(int64_t weight, int64_t exponent, struct decimal *out_value)
{
    if (exponent < -DECIMALS_MAX) return false;
    while (exponent > 0 && weight != 0) {
        if (weight > DIGITS_MAX / 10 || weight < -(DIGITS_MAX / 10)) return false;
        weight *= 10;
        exponent--;
    }
    *out_value = (struct decimal){weight, exponent < 0 ? (unsigned)-exponent : 0};
    return true;
}

static enum scale_reject read_value(const struct scale_hid_shape *shape, struct bytes data,
                                    uint8_t status, struct scale_reading *reading)
{
    int64_t weight, exponent;
    struct decimal value;
    enum mass_unit unit;
    if (!hid_value_get(shape->weight, data, &weight)) return SCALE_REJECT_SHAPE;
    if (!hid_value_get(shape->scaling, data, &exponent)) return SCALE_REJECT_SHAPE;
    if (!unit_of(shape, data, &unit)) return SCALE_REJECT_UNIT;
    if (status == USAGE_UNDER_ZERO && weight > 0) weight = -weight;
    if (!decimal_of(weight, exponent, &value)) return SCALE_REJECT_NUMBER;
    return scale_set_value(reading, value, unit) ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
}

static enum scale_reject read_report(const struct scale_hid_shape *shape, struct bytes data,
                                     struct scale_reading *reading)
{
    bool has_status = shape->status.value.bit_size > 0;
    uint8_t status = chosen(&shape->status, data);
    if (status == USAGE_FAULT || status == USAGE_NEEDS_CALIBRATION || status == USAGE_NEEDS_ZERO) {
        return SCALE_REJECT_ERROR;
    }
    if (has_status && (status < USAGE_FAULT || status > USAGE_NEEDS_ZERO))
        return SCALE_REJECT_SHAPE;
    enum scale_reject reject = read_value(shape, data, status, reading);
    if (reject != SCALE_REJECT_NONE) return reject;
    reading->stable = status == USAGE_STABLE || status == USAGE_STABLE_AT_ZERO;
    reading->overload = status == USAGE_OVER_LIMIT;
    reading->underload = status == USAGE_UNDER_ZERO;
    bool contradiction = status == USAGE_STABLE_AT_ZERO && !reading->zero;
    reading->usable = reading->stable && reading->mass_mg >= 0 && !contradiction;
    return SCALE_REJECT_NONE;
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    struct scale_hid_shape *shape = &state->hid;
    struct bytes data;
    uint8_t id;
    *out = (struct scale_output){.result = SCALE_NOTHING};
    if (!shape->known || !hid_report_split(shape->has_ids, input, &id, &data)) return input.len;
    bool ours = id == shape->id || (shape->other_id != 0 && id == shape->other_id);
    if (!ours) return input.len;
    bool stale = !shape->heard;
    shape->heard = true;
    if (stale) return input.len;
    enum scale_reject reject =
        data.len < shape->len ? SCALE_REJECT_SHAPE : read_report(shape, data, &out->reading);
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, input, out);
    else scale_say_refused(state, input, reject, out);
    return input.len;
}

const struct scale_driver scale_hid = {
    .name = "hid-scale",
    .title = "USB HID scale (DYMO, Mettler, Fairbanks, Stamps.com)",
    .is_hid = true,
    .is_harmless = true,
    .describe = describe,
    .zero = zero,
    .silent_after_ms = 3000,
    .feed = feed,
};
