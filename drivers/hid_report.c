/* hid_report.c - see hid_report.h. One pass over the items; every list has its maximum, every sum
 * is formed in 64 bits before it is compared with one. */
#include "drivers/hid_report.h"

#include <string.h>

#define LONG_ITEM 0xFEu /* 6.2.2.3: size, tag, data */
#define LONG_TAG 0xFu
#define LONG_SIZE 2u
#define FLAG_CONSTANT 0x01u
#define FLAG_VARIABLE 0x02u

enum item_type { ITEM_MAIN, ITEM_GLOBAL, ITEM_LOCAL, ITEM_RESERVED };

enum {                    /* tags, HID 1.11, 6.2.2.4 to 6.2.2.8 */
       MAIN_FILLER = 0x0, /* none of the standard's */
       MAIN_INPUT = 0x8,
       MAIN_OUTPUT = 0x9,
       MAIN_COLLECTION = 0xA,
       MAIN_FEATURE = 0xB,
       MAIN_END_COLLECTION = 0xC,
       GLOBAL_USAGE_PAGE = 0x0,
       GLOBAL_LOGICAL_MIN = 0x1,
       GLOBAL_LOGICAL_MAX = 0x2,
       GLOBAL_UNIT = 0x6,
       GLOBAL_REPORT_SIZE = 0x7,
       GLOBAL_REPORT_ID = 0x8,
       GLOBAL_REPORT_COUNT = 0x9,
       GLOBAL_PUSH = 0xA,
       GLOBAL_POP = 0xB,
       LOCAL_USAGE = 0x0,
       LOCAL_USAGE_MIN = 0x1,
       LOCAL_USAGE_MAX = 0x2,
       LOCAL_DELIMITER = 0xA,
};

struct item {
    enum item_type type;
    uint8_t tag;
    uint8_t size; /* 0, 1, 2 or 4 */
    uint32_t data;
};

struct globals {
    uint16_t usage_page;
    struct item logical_min;
    struct item logical_max;
    uint32_t report_size;
    uint32_t report_count;
    uint8_t report_id;
};

/* A usage of up to 16 bits gets its page only from the main item that uses it (6.2.2.8). */
struct local_range {
    uint32_t first, last;
    bool whole; /* page included */
};

struct locals {
    struct local_range ranges[HID_LOCAL_RANGES_MAX];
    size_t count;
    struct item min, max;
    bool has_min, has_max;
    bool alternatives;      /* between delimiters */
    bool alternative_taken; /* the first of them counts: the others are other names for it */
};

struct reader {
    struct hid_layout *layout;
    struct bytes rest;
    struct globals now;
    struct globals stack[HID_STACK_MAX];
    size_t stacked;
    struct locals local;
    uint8_t open[HID_NESTING_MAX]; /* collections around the place we are at */
    size_t depth;
};

const char *hid_refusal_word(enum hid_refusal refusal)
{
    switch (refusal) {
    case HID_GOOD: return "good";
    case HID_EMPTY: return "empty";
    case HID_TOO_LONG: return "too long";
    case HID_CUT: return "cut";
    case HID_ITEM: return "item";
    case HID_COLLECTION: return "collection";
    case HID_NESTING: return "nesting";
    case HID_SIZE: return "size";
    case HID_RANGE: return "range";
    case HID_REPORT_ID: return "report id";
    case HID_TOO_MANY: return "too many";
    }
    ensure_failed("refusal is one of the list", __FILE__, __LINE__);
}

/* ---- items ----------------------------------------------------------------------------------- */

static uint32_t little_endian(struct bytes data)
{
    uint32_t value = 0;
    for (size_t i = data.len; i-- > 0;) value = value << 8 | data.data[i];
    return value;
}

static int64_t item_signed(struct item item)
{
    if (item.size == 0) return 0;
    uint32_t sign = UINT32_C(1) << (item.size * 8u - 1u);
    return (int64_t)(item.data ^ sign) - (int64_t)sign;
}

/* False when the rest is shorter than the item says. A long item is passed over whole. */
static bool take_item(struct bytes *rest, struct item *out_item)
{
    static const uint8_t sizes[] = {0, 1, 2, 4};
    uint8_t prefix = rest->data[0];
    if (prefix == LONG_ITEM) {
        size_t whole = rest->len >= 2 ? 3u + rest->data[1] : 3;
        if (rest->len < whole) return false;
        *rest = bytes_from(*rest, whole);
        *out_item = (struct item){.type = ITEM_RESERVED, .tag = LONG_TAG, .size = LONG_SIZE};
        return true;
    }
    uint8_t size = sizes[prefix & 3u];
    if (rest->len < 1u + size) return false;
    *out_item = (struct item){
        .type = (enum item_type)(prefix >> 2 & 3u),
        .tag = prefix >> 4,
        .size = size,
        .data = little_endian(bytes_slice(*rest, 1, size)),
    };
    *rest = bytes_from(*rest, 1u + size);
    return true;
}

/* ---- global and local state ------------------------------------------------------------------ */

static enum hid_refusal set_report_id(struct reader *reader, uint32_t id)
{
    if (id == 0 || id > 255) return HID_REPORT_ID;
    for (size_t i = 0; i < reader->layout->report_count; i++) {
        if (reader->layout->reports[i].id == 0) return HID_REPORT_ID; /* had none so far */
    }
    reader->now.report_id = (uint8_t)id;
    reader->layout->has_ids = true;
    return HID_GOOD;
}

static enum hid_refusal push_or_pop(struct reader *reader, bool push)
{
    if (push && reader->stacked == HID_STACK_MAX) return HID_NESTING;
    if (!push && reader->stacked == 0) return HID_NESTING;
    if (push) reader->stack[reader->stacked++] = reader->now;
    else reader->now = reader->stack[--reader->stacked];
    return HID_GOOD;
}

static enum hid_refusal take_global(struct reader *reader, struct item item)
{
    switch (item.tag) {
    case GLOBAL_USAGE_PAGE: reader->now.usage_page = (uint16_t)item.data; return HID_GOOD;
    case GLOBAL_LOGICAL_MIN: reader->now.logical_min = item; return HID_GOOD;
    case GLOBAL_LOGICAL_MAX: reader->now.logical_max = item; return HID_GOOD;
    case GLOBAL_REPORT_SIZE: reader->now.report_size = item.data; return HID_GOOD;
    case GLOBAL_REPORT_COUNT: reader->now.report_count = item.data; return HID_GOOD;
    case GLOBAL_REPORT_ID: return set_report_id(reader, item.data);
    case GLOBAL_PUSH: return push_or_pop(reader, true);
    case GLOBAL_POP: return push_or_pop(reader, false);
    default: return item.tag <= GLOBAL_UNIT ? HID_GOOD : HID_ITEM; /* physical values and units */
    }
}

static enum hid_refusal add_local(struct locals *local, struct local_range range)
{
    if (local->alternatives && local->alternative_taken) return HID_GOOD;
    local->alternative_taken = true;
    struct local_range *last = local->count > 0 ? &local->ranges[local->count - 1] : NULL;
    bool follows = last != NULL && last->whole == range.whole && last->last + 1 == range.first &&
                   (range.first & 0xFFFFu) != 0;
    if (follows) {
        last->last = range.last;
        return HID_GOOD;
    }
    if (local->count == HID_LOCAL_RANGES_MAX) return HID_TOO_MANY;
    local->ranges[local->count++] = range;
    return HID_GOOD;
}

static enum hid_refusal add_local_range(struct locals *local)
{
    struct item min = local->min, max = local->max;
    if (!local->has_min || !local->has_max) return HID_GOOD; /* the other one is still to come */
    local->has_min = false;
    local->has_max = false;
    if ((min.size == 4) != (max.size == 4)) return HID_RANGE;
    if (min.data > max.data || min.data >> 16 != max.data >> 16) return HID_RANGE;
    return add_local(local, (struct local_range){min.data, max.data, min.size == 4});
}

static enum hid_refusal take_delimiter(struct locals *local, bool opens)
{
    if (opens == local->alternatives) return HID_NESTING;
    local->alternatives = opens;
    local->alternative_taken = false;
    return HID_GOOD;
}

static enum hid_refusal take_local(struct locals *local, struct item item)
{
    switch (item.tag) {
    case LOCAL_USAGE:
        return add_local(local, (struct local_range){item.data, item.data, item.size == 4});
    case LOCAL_USAGE_MIN:
        if (local->has_min) return HID_RANGE;
        local->min = item;
        local->has_min = true;
        return add_local_range(local);
    case LOCAL_USAGE_MAX:
        if (local->has_max) return HID_RANGE;
        local->max = item;
        local->has_max = true;
        return add_local_range(local);
    case LOCAL_DELIMITER: return take_delimiter(local, item.data == 1);
    default: return item.tag < LOCAL_DELIMITER ? HID_GOOD : HID_ITEM; /* designators, strings */
    }
}

/* ---- main items ------------------------------------------------------------------------------ */

static uint32_t with_page(const struct reader *reader, uint32_t usage, bool whole)
{
    return whole ? usage : HID_USAGE(reader->now.usage_page, usage);
}

static enum hid_refusal open_collection(struct reader *reader)
{
    struct hid_layout *layout = reader->layout;
    const struct locals *local = &reader->local;
    if (reader->depth == HID_NESTING_MAX) return HID_NESTING;
    if (layout->collection_count == HID_COLLECTIONS_MAX) return HID_TOO_MANY;
    struct hid_collection *fresh = &layout->collections[layout->collection_count];
    fresh->usage =
        local->count > 0 ? with_page(reader, local->ranges[0].first, local->ranges[0].whole) : 0;
    fresh->parent = reader->depth > 0 ? reader->open[reader->depth - 1] : HID_COLLECTIONS_MAX;
    reader->open[reader->depth++] = (uint8_t)layout->collection_count++;
    return HID_GOOD;
}

/* NULL when there is no room for another. */
static struct hid_report *report_of(struct hid_layout *layout, enum hid_kind kind, uint8_t id)
{
    for (size_t i = 0; i < layout->report_count; i++) {
        struct hid_report *report = &layout->reports[i];
        if (report->kind == kind && report->id == id) return report;
    }
    if (layout->report_count == HID_REPORTS_MAX) return NULL;
    struct hid_report *fresh = &layout->reports[layout->report_count++];
    *fresh = (struct hid_report){.kind = kind, .id = id};
    return fresh;
}

/* "25 FF" behind a minimum of 0 is meant as 255: many devices write it so. */
static enum hid_refusal set_logical(const struct globals *now, struct hid_field *field)
{
    field->logical_min = item_signed(now->logical_min);
    field->logical_max = item_signed(now->logical_max);
    if (field->logical_max >= field->logical_min) return HID_GOOD;
    field->logical_max = now->logical_max.data;
    return field->logical_min >= 0 && field->logical_max >= field->logical_min ? HID_GOOD
                                                                               : HID_RANGE;
}

static enum hid_refusal add_field(struct reader *reader, struct hid_field field)
{
    struct hid_layout *layout = reader->layout;
    const struct locals *local = &reader->local;
    if (layout->field_count == HID_FIELDS_MAX) return HID_TOO_MANY;
    if (layout->range_count + local->count > HID_RANGES_MAX) return HID_TOO_MANY;
    enum hid_refusal refusal = set_logical(&reader->now, &field);
    if (refusal != HID_GOOD) return refusal;
    field.range_from = (uint16_t)layout->range_count;
    field.range_count = (uint16_t)local->count;
    for (size_t i = 0; i < local->count; i++) {
        const struct local_range *range = &local->ranges[i];
        layout->ranges[layout->range_count++] = (struct hid_range){
            with_page(reader, range->first, range->whole),
            with_page(reader, range->last, range->whole),
        };
    }
    layout->fields[layout->field_count++] = field;
    return HID_GOOD;
}

static enum hid_refusal take_data(struct reader *reader, enum hid_kind kind, uint32_t flags)
{
    const struct globals *now = &reader->now;
    if (reader->depth == 0) return HID_COLLECTION;
    if (reader->local.has_min || reader->local.has_max) return HID_RANGE;
    if (now->report_size == 0 || now->report_count == 0) return HID_SIZE;
    if (reader->layout->has_ids && now->report_id == 0) return HID_REPORT_ID;
    struct hid_report *report = report_of(reader->layout, kind, now->report_id);
    if (report == NULL) return HID_TOO_MANY;
    uint64_t bits = (uint64_t)now->report_size * now->report_count; /* two of 32 bits: fits */
    if (bits > HID_REPORT_BITS_MAX - report->bits) return HID_TOO_LONG;
    struct hid_field field = {
        .kind = kind,
        .report_id = now->report_id,
        .is_array = (flags & FLAG_VARIABLE) == 0,
        .collection = reader->open[reader->depth - 1],
        .flags = (uint16_t)flags,
        .bit_offset = report->bits,
        .bit_size = now->report_size,
        .count = now->report_count,
    };
    report->bits += (uint32_t)bits;
    bool padding = (flags & FLAG_CONSTANT) != 0 || reader->local.count == 0;
    return padding ? HID_GOOD : add_field(reader, field);
}

static enum hid_refusal take_main(struct reader *reader, struct item item)
{
    enum hid_refusal refusal = HID_ITEM;
    switch (item.tag) {
    case MAIN_FILLER: /* many devices say that their descriptor is longer than it is */
        refusal = item.size == 0 && reader->depth == 0 ? HID_GOOD : HID_ITEM;
        break;
    case MAIN_INPUT: refusal = take_data(reader, HID_KIND_INPUT, item.data); break;
    case MAIN_OUTPUT: refusal = take_data(reader, HID_KIND_OUTPUT, item.data); break;
    case MAIN_FEATURE: refusal = take_data(reader, HID_KIND_FEATURE, item.data); break;
    case MAIN_COLLECTION: refusal = open_collection(reader); break;
    case MAIN_END_COLLECTION:
        refusal = reader->depth > 0 ? HID_GOOD : HID_COLLECTION;
        if (reader->depth > 0) reader->depth--;
        break;
    default: break;
    }
    memset(&reader->local, 0, sizeof reader->local); /* local items hold for one main item */
    return refusal;
}

static enum hid_refusal take_one(struct reader *reader)
{
    struct item item;
    if (!take_item(&reader->rest, &item)) return HID_CUT;
    switch (item.type) {
    case ITEM_MAIN: return take_main(reader, item);
    case ITEM_GLOBAL: return take_global(reader, item);
    case ITEM_LOCAL: return take_local(&reader->local, item);
    case ITEM_RESERVED: return item.tag == LONG_TAG && item.size == LONG_SIZE ? HID_GOOD : HID_ITEM;
    }
    return HID_ITEM;
}

enum hid_refusal hid_layout_read(struct bytes descriptor, struct hid_layout *out_layout)
{
    struct reader reader = {.layout = out_layout, .rest = descriptor};
    memset(out_layout, 0, sizeof *out_layout);
    if (descriptor.len == 0) return HID_EMPTY;
    if (descriptor.len > HID_DESCRIPTOR_MAX) return HID_TOO_LONG;
    while (reader.rest.len > 0) {
        enum hid_refusal refusal = take_one(&reader);
        if (refusal != HID_GOOD) return refusal;
    }
    if (out_layout->collection_count == 0) return HID_EMPTY;
    return reader.depth > 0 ? HID_CUT : HID_GOOD;
}

/* ---- looking things up ----------------------------------------------------------------------- */

bool hid_field_is_inside(const struct hid_layout *layout, const struct hid_field *field,
                         uint32_t usage)
{
    uint8_t at = field->collection;
    while (at < HID_COLLECTIONS_MAX) { /* a parent always stands before its children */
        if (layout->collections[at].usage == usage) return true;
        at = layout->collections[at].parent;
    }
    return false;
}

bool hid_layout_has_application(const struct hid_layout *layout, uint32_t usage)
{
    for (size_t i = 0; i < layout->collection_count; i++) {
        const struct hid_collection *collection = &layout->collections[i];
        if (collection->parent == HID_COLLECTIONS_MAX && collection->usage == usage) return true;
    }
    return false;
}

uint32_t hid_field_usage(const struct hid_layout *layout, const struct hid_field *field,
                         uint32_t index)
{
    const struct hid_range *range = NULL;
    for (size_t i = 0; i < field->range_count; i++) {
        range = &layout->ranges[field->range_from + i];
        uint32_t size = range->last - range->first + 1;
        if (index < size) return range->first + index;
        index -= size;
    }
    return field->is_array || range == NULL ? 0 : range->last;
}

/* Where in the field's list of usages this one stands; false: nowhere. */
static bool place_in_ranges(const struct hid_layout *layout, const struct hid_field *field,
                            uint32_t usage, uint32_t *out_index)
{
    uint32_t before = 0;
    for (size_t i = 0; i < field->range_count; i++) {
        const struct hid_range *range = &layout->ranges[field->range_from + i];
        if (usage >= range->first && usage <= range->last) {
            *out_index = before + usage - range->first;
            return true;
        }
        before += range->last - range->first + 1;
    }
    return false;
}

static bool find_in_field(const struct hid_layout *layout, const struct hid_field *field,
                          uint32_t usage, struct hid_place *out_place)
{
    uint32_t index;
    if (!place_in_ranges(layout, field, usage, &index)) return false;
    *out_place = (struct hid_place){.field = field, .first = 0, .count = field->count};
    if (field->is_array) return true;
    if (index >= field->count) return false; /* more usages than elements */
    out_place->first = index;
    out_place->count = 1;
    while (index + out_place->count < field->count &&
           hid_field_usage(layout, field, index + out_place->count) == usage) {
        out_place->count++;
    }
    return true;
}

bool hid_layout_find(const struct hid_layout *layout, struct hid_query query,
                     struct hid_place *out_place)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct hid_field *field = &layout->fields[i];
        struct hid_place place;
        if (field->kind != query.kind) continue;
        if (query.report != 0 && field->report_id != query.report) continue;
        if (query.inside != 0 && !hid_field_is_inside(layout, field, query.inside)) continue;
        if (!find_in_field(layout, field, query.usage, &place)) continue;
        *out_place = place;
        return true;
    }
    return false;
}

uint32_t hid_layout_report_len(const struct hid_layout *layout, enum hid_kind kind, uint8_t id)
{
    for (size_t i = 0; i < layout->report_count; i++) {
        const struct hid_report *report = &layout->reports[i];
        if (report->kind == kind && report->id == id) return (report->bits + 7) / 8;
    }
    return 0;
}

bool hid_report_split(bool has_ids, struct bytes report, uint8_t *out_id, struct bytes *out_data)
{
    if (report.len == 0) return false;
    *out_id = has_ids ? report.data[0] : 0;
    *out_data = bytes_from(report, has_ids ? 1 : 0);
    return true;
}

struct hid_value hid_place_value(const struct hid_place *place, uint32_t index)
{
    const struct hid_field *field = place->field;
    if (field->bit_size > 32 || index >= place->count) return (struct hid_value){0, 0, false};
    return (struct hid_value){
        .bit_offset = field->bit_offset + (place->first + index) * field->bit_size,
        .bit_size = field->bit_size,
        .is_signed = field->logical_min < 0,
    };
}

bool hid_value_get(struct hid_value value, struct bytes data, int64_t *out_number)
{
    uint64_t end = (uint64_t)value.bit_offset + value.bit_size;
    uint64_t number = 0;
    if (value.bit_size == 0 || value.bit_size > 32 || end > (uint64_t)data.len * 8) return false;
    for (uint32_t i = 0; i < value.bit_size; i++) {
        size_t bit = (size_t)value.bit_offset + i;
        uint64_t byte = data.data[bit / 8];
        number |= (byte >> bit % 8 & 1u) << i;
    }
    uint64_t sign = UINT64_C(1) << (value.bit_size - 1);
    *out_number = value.is_signed ? (int64_t)(number ^ sign) - (int64_t)sign : (int64_t)number;
    return true;
}
