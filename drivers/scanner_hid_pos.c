/* scanner_hid_pos.c - USB scanners in HID POS mode (HID Point of Sale Usage Tables 1.02, usage page
 * 8C; manuals of Access-IS ATR110 and LSR118; captures of a Honeywell Voyager 1602g).
 *
 *     [id] count  ]cm  data, NUL padded  ...  continued        in any order: the descriptor tells
 *
 * Rules. Values are found by their usages: FE data, FB FC FD the AIM identifier, 01:3B the number
 * of bytes, FF more follows. Without a number, NULs at the end are padding. A code that is longer
 * than a report comes in several, which are put together; another report between them, another
 * identifier or a report that is too short spoils it. CR, LF and Tab at the very end are a suffix.
 * What Honeywell says with a letter of its own is used where there is no identifier. */
#include "drivers/scanner_hid_pos.h"

#include <string.h>

#include "drivers/scan_collect.h"
#include "drivers/scanner_hid.h"
#include "hal/base/hid.h"

#define PAGE_SCANNER 0x8Cu
#define USAGE_AIM_FIRST HID_USAGE(PAGE_SCANNER, 0xFB)
#define USAGE_CONTINUED HID_USAGE(PAGE_SCANNER, 0xFF)
#define USAGE_BYTE_COUNT HID_USAGE(0x01, 0x3B)
#define USAGE_HONEYWELL_CODE HID_USAGE(0xFF66, 0x00)

#define VENDOR_HONEYWELL 0x0C2Eu
#define VENDOR_YOUJIE 0x23D0u

/* ---- what the descriptor says ---------------------------------------------------------------- */

/* No value where the report has none. */
static struct hid_value find_value(const struct hid_layout *layout, uint8_t report, uint32_t usage)
{
    struct hid_query query = {.kind = HID_KIND_INPUT, .usage = usage, .report = report};
    struct hid_place place;
    bool found = hid_layout_find(layout, query, &place) && !place.field->is_array;
    return found ? hid_place_value(&place, 0) : (struct hid_value){0, 0, false};
}

static bool find_shape(const struct hid_layout *layout, struct hid_pos_shape *out_shape)
{
    struct hid_place data;
    if (!scanner_hid_find_data(layout, &data)) return false;
    const struct hid_field *field = data.field;
    struct hid_pos_shape shape = {
        .known = true,
        .has_ids = layout->has_ids,
        .id = field->report_id,
        .len = hid_layout_report_len(layout, HID_KIND_INPUT, field->report_id),
        .count = find_value(layout, field->report_id, USAGE_BYTE_COUNT),
        .data_at = field->bit_offset + data.first * field->bit_size,
        .data_len = data.count * (field->bit_size / 8),
        .continued = find_value(layout, field->report_id, USAGE_CONTINUED),
        .maker_code = find_value(layout, field->report_id, USAGE_HONEYWELL_CODE),
    };
    for (uint32_t i = 0; i < ARRAY_LEN(shape.aim); i++) {
        shape.aim[i] = find_value(layout, field->report_id, USAGE_AIM_FIRST + i);
    }
    *out_shape = shape;
    return true;
}

static const char *describe(struct scanner_state *state, const struct device_identity *identity)
{
    struct hid_layout layout;
    struct hid_pos_shape *shape = &state->hid_pos;
    memset(shape, 0, sizeof *shape);
    const char *sentence = scanner_hid_read(identity->report_descriptor, &layout);
    if (sentence != NULL) return sentence;
    if (!find_shape(&layout, shape)) return scanner_hid_stranger(&layout);
    shape->must_be_switched_on =
        identity->vendor == VENDOR_HONEYWELL || identity->vendor == VENDOR_YOUJIE;
    return NULL;
}

/* Those of two makers are silent after each opening until they are told otherwise. */
static struct bytes opening(const struct scanner_state *state, size_t index)
{
    static const uint8_t switch_on[] = {HID_FEATURE, 0xFE, 0x01};
    bool told = state->hid_pos.known && state->hid_pos.must_be_switched_on;
    return told && index == 0 ? bytes_of(switch_on, sizeof switch_on) : BYTES_NONE;
}

/* ---- what a report says ---------------------------------------------------------------------- */

/* 0 where the report does not say. */
static uint8_t byte_of(struct hid_value value, struct bytes data)
{
    int64_t number = 0;
    return hid_value_get(value, data, &number) ? (uint8_t)number : 0;
}

/* Empty where there is none, or something else stands in its place. */
static void read_aim(const struct hid_pos_shape *shape, struct bytes data, char *out_aim)
{
    char aim[4] = "";
    for (size_t i = 0; i < ARRAY_LEN(shape->aim); i++) {
        aim[i] = (char)byte_of(shape->aim[i], data);
    }
    bool good = scan_collect_is_aim(bytes_of(aim, 3));
    memcpy(out_aim, good ? aim : "\0\0\0", sizeof aim);
}

/* Codes that mean one identifier and no other [scanner manuals, "Code ID chart"]. UPC has its own
 * letters, and its AIM identifier would promise 13 digits. */
static void aim_of_honeywell(uint8_t code, char *out_aim)
{
    static const struct {
        char code;
        char aim[4];
    } known[] = {
        {'j', "]C0"}, {'I', "]C1"}, {'b', "]A0"}, {'i', "]G0"}, {'d', "]E0"},
        {'D', "]E4"}, {'e', "]I0"}, {'s', "]Q1"}, {'w', "]d1"}, {'r', "]L0"},
        {'z', "]z0"}, {'y', "]e0"}, {'}', "]e0"},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (known[i].code == (char)code) memcpy(out_aim, known[i].aim, sizeof known[i].aim);
    }
}

/* The bytes of the code in this report; false when it counts more than it has. */
static bool read_count(const struct hid_pos_shape *shape, struct bytes data, uint32_t *out_count)
{
    int64_t count = 0;
    if (hid_value_get(shape->count, data, &count)) {
        if (count < 0 || count > (int64_t)shape->data_len) return false;
        *out_count = (uint32_t)count;
        return true;
    }
    uint32_t len = shape->data_len;
    while (len > 0) {
        struct hid_value last = {shape->data_at + (len - 1) * 8, 8, false};
        if (byte_of(last, data) != 0) break;
        len--;
    }
    *out_count = len;
    return true;
}

static void drop_suffix(struct scanner_state *state)
{
    while (state->used > 0 && !state->overlong) {
        uint8_t last = state->pending[state->used - 1];
        if (last != '\r' && last != '\n' && last != '\t') break;
        state->used--;
    }
}

static enum scan_result take_part(struct scanner_state *state, struct bytes data,
                                  struct scan *out_scan)
{
    const struct hid_pos_shape *shape = &state->hid_pos;
    uint32_t count;
    char aim[4];
    read_aim(shape, data, aim);
    bool first = !state->hid_pos_open;
    if (first) memcpy(state->aim, aim, sizeof aim);
    bool same = memcmp(state->aim, aim, sizeof aim) == 0;
    if (!same || !read_count(shape, data, &count)) {
        scanner_state_break(state);
        return SCAN_UNCLEAN;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct hid_value byte = {shape->data_at + i * 8, 8, false};
        scan_collect_byte(state, byte_of(byte, data));
    }
    state->hid_pos_open = byte_of(shape->continued, data) != 0;
    if (state->hid_pos_open) return SCAN_NOTHING;
    drop_suffix(state);
    if (aim[0] == '\0') aim_of_honeywell(byte_of(shape->maker_code, data), state->aim);
    return scan_collect_end(state, out_scan);
}

static size_t feed(struct scanner_state *state, struct bytes input, enum scan_result *out_result,
                   struct scan *out_scan)
{
    const struct hid_pos_shape *shape = &state->hid_pos;
    struct bytes data;
    uint8_t id;
    *out_result = SCAN_NOTHING;
    if (!shape->known || !hid_report_split(shape->has_ids, input, &id, &data)) return input.len;
    bool whole = id == shape->id && data.len >= shape->len;
    if (whole) {
        *out_result = take_part(state, data, out_scan);
    } else if (state->hid_pos_open || id == shape->id) {
        scanner_state_break(state);
        *out_result = SCAN_UNCLEAN;
    }
    return input.len;
}

const struct scanner_driver scanner_hid_pos = {
    .name = "hid-pos",
    .title = "USB scanner in HID POS mode",
    .is_hid = true,
    .describe = describe,
    .opening = opening,
    .feed = feed,
};
