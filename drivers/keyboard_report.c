/* keyboard_report.c - see keyboard_report.h.
 *
 * Rules. A key that is in this report and was not in the one before is pressed now, in slot order.
 * A key that has moved to another slot is still down where others' coming and going explains the
 * move; where nothing does it was pressed again: fast scanners take turns between two slots instead
 * of letting go. Slots full of 01 are a roll-over error and say nothing. In a bitmap the order of
 * two keys pressed at once is not to be seen. */
#include "drivers/keyboard_report.h"

#include <string.h>

#define PAGE_KEYS 0x07u
#define BOOT_LEN 8u
#define KEY_ERROR_LAST 0x03u /* roll-over, POST failed, undefined */

enum { KEY_FIRST_MODIFIER = 0xE0, KEY_LAST_MODIFIER = 0xE7 };

static const struct keyboard_shape boot_shape = {
    .len = BOOT_LEN,
    .has_modifiers = true,
    .modifiers_at = 0,
    .slots_at = 16,
    .slots = 6,
    .slot_bits = 8,
    .slot_keys = KEYBOARD_KEYS,
};

/* ---- what the descriptor says ---------------------------------------------------------------- */

static struct keyboard_shape *shape_of(struct keyboard_shapes *shapes, uint8_t id)
{
    for (size_t i = 0; i < shapes->count; i++) {
        if (shapes->each[i].id == id) return &shapes->each[i];
    }
    if (shapes->count == KEYBOARD_REPORTS_MAX) return NULL;
    struct keyboard_shape *fresh = &shapes->each[shapes->count++];
    *fresh = (struct keyboard_shape){.id = id};
    return fresh;
}

/* How many elements from `index` on have usages that follow each other on the page of keys. */
static uint32_t keys_in_a_row(const struct hid_layout *layout, const struct hid_field *field,
                              uint32_t index)
{
    uint32_t first = hid_field_usage(layout, field, index);
    uint32_t count = 0;
    if (first >> 16 != PAGE_KEYS || (first & 0xFFFFu) >= KEYBOARD_KEYS) return 0;
    while (count < KEYBOARD_KEYS && (first & 0xFFFFu) + count < KEYBOARD_KEYS &&
           (field->is_array || index + count < field->count) &&
           hid_field_usage(layout, field, index + count) == first + count) {
        count++;
    }
    return count;
}

static bool note_slots(const struct hid_layout *layout, const struct hid_field *field,
                       struct keyboard_shape *shape)
{
    uint32_t keys = keys_in_a_row(layout, field, 0);
    if (shape->slots != 0 || field->count > KEYBOARD_SLOTS_MAX || field->bit_size > 16)
        return false;
    if (hid_field_usage(layout, field, keys) != 0 && keys < KEYBOARD_KEYS) return false; /* gaps */
    shape->slots_at = field->bit_offset;
    shape->slots = field->count;
    shape->slot_bits = field->bit_size;
    shape->slot_min = field->logical_min;
    shape->slot_first = hid_field_usage(layout, field, 0) & 0xFFFFu;
    shape->slot_keys = keys;
    return true;
}

static bool note_bits(const struct hid_layout *layout, const struct hid_field *field,
                      struct keyboard_shape *shape)
{
    uint32_t first = hid_field_usage(layout, field, 0) & 0xFFFFu;
    uint32_t keys = keys_in_a_row(layout, field, 0);
    if (field->bit_size != 1) return false;
    if (first <= KEY_FIRST_MODIFIER && first + keys > KEY_LAST_MODIFIER) {
        if (shape->has_modifiers) return false;
        shape->has_modifiers = true;
        shape->modifiers_at = field->bit_offset + (KEY_FIRST_MODIFIER - first);
        keys = KEY_FIRST_MODIFIER - first;
    }
    if (keys == 0) return true;
    if (shape->bitmap_keys != 0) return false;
    shape->bitmap_at = field->bit_offset;
    shape->bitmap_first = first;
    shape->bitmap_keys = keys;
    return true;
}

bool keyboard_shapes_find(const struct hid_layout *layout, struct keyboard_shapes *out_shapes)
{
    struct keyboard_shapes shapes = {.has_ids = layout->has_ids};
    bool keys = false;
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct hid_field *field = &layout->fields[i];
        if (field->kind != HID_KIND_INPUT || keys_in_a_row(layout, field, 0) == 0) continue;
        struct keyboard_shape *shape = shape_of(&shapes, field->report_id);
        if (shape == NULL) return false;
        bool good =
            field->is_array ? note_slots(layout, field, shape) : note_bits(layout, field, shape);
        if (!good) return false;
        shape->len = hid_layout_report_len(layout, HID_KIND_INPUT, field->report_id);
        keys = keys || shape->slots != 0 || shape->bitmap_keys != 0;
    }
    if (keys) *out_shapes = shapes;
    return keys;
}

/* ---- what a report says ---------------------------------------------------------------------- */

/* At most eight bits, of a report that is as long as it should be. */
static uint8_t bits_at(struct bytes data, uint32_t bit_offset, uint32_t bits)
{
    int64_t number = 0;
    (void)hid_value_get((struct hid_value){bit_offset, bits, false}, data, &number);
    return (uint8_t)number;
}

static void read_slots(const struct keyboard_shape *shape, struct bytes data, uint8_t *out_slots)
{
    memset(out_slots, 0, KEYBOARD_SLOTS_MAX);
    for (uint32_t i = 0; i < shape->slots; i++) {
        struct hid_value value = {shape->slots_at + i * shape->slot_bits, shape->slot_bits,
                                  shape->slot_min < 0};
        int64_t number = 0;
        (void)hid_value_get(value, data, &number);
        int64_t index = number - shape->slot_min;
        bool known = index >= 0 && index < (int64_t)shape->slot_keys;
        out_slots[i] = (uint8_t)(known ? shape->slot_first + (uint32_t)index : 0);
    }
}

static bool holds(const uint8_t *slots, uint8_t key)
{
    return memchr(slots, key, KEYBOARD_SLOTS_MAX) != NULL;
}

/* Keys in the first `end` slots of one report that the other does not have at all. */
static size_t missing_before(const uint8_t *slots, size_t end, const uint8_t *other)
{
    size_t count = 0;
    for (size_t i = 0; i < end; i++) count += slots[i] != 0 && !holds(other, slots[i]);
    return count;
}

static bool is_new(const uint8_t *before, const uint8_t *now, size_t at)
{
    uint8_t key = now[at];
    const uint8_t *found = memchr(before, key, KEYBOARD_SLOTS_MAX);
    if (found == NULL) return true;
    if (before[at] == key) return false;
    size_t was_at = (size_t)(found - before);
    if (was_at < at) return missing_before(now, at, before) < at - was_at;
    return missing_before(before, was_at, now) < was_at - at;
}

static void take_slots(const uint8_t *now, struct keyboard_down *down,
                       struct keyboard_pressed *pressed)
{
    for (size_t at = 0; at < KEYBOARD_SLOTS_MAX; at++) {
        if (now[at] == 0 || !is_new(down->slots, now, at)) continue;
        pressed->keys[pressed->count++] = now[at];
    }
    memcpy(down->slots, now, KEYBOARD_SLOTS_MAX);
}

static void take_bitmap(const struct keyboard_shape *shape, struct bytes data,
                        struct keyboard_down *down, struct keyboard_pressed *pressed)
{
    size_t before = pressed->count;
    for (uint32_t i = 0; i < shape->bitmap_keys; i++) {
        uint32_t key = shape->bitmap_first + i;
        uint8_t mask = (uint8_t)(1u << key % 8);
        bool was = (down->bitmap[key / 8] & mask) != 0;
        bool is = bits_at(data, shape->bitmap_at + i, 1) != 0;
        if (is == was) continue;
        down->bitmap[key / 8] ^= mask;
        if (!is) continue;
        if (pressed->count < KEYBOARD_SLOTS_MAX) pressed->keys[pressed->count++] = (uint8_t)key;
        else pressed->out_of_order = true;
    }
    if (pressed->count > 1 && pressed->count > before) pressed->out_of_order = true;
}

static enum keyboard_heard take(const struct keyboard_shape *shape, struct bytes data,
                                struct keyboard_down *down, struct keyboard_pressed *pressed)
{
    uint8_t slots[KEYBOARD_SLOTS_MAX];
    if (data.len < shape->len) return KEYBOARD_BROKEN;
    read_slots(shape, data, slots);
    if (slots[0] >= 1 && slots[0] <= KEY_ERROR_LAST) return KEYBOARD_NOT_KEYS;
    if (shape->has_modifiers) pressed->modifiers = bits_at(data, shape->modifiers_at, 8);
    take_slots(slots, down, pressed);
    take_bitmap(shape, data, down, pressed);
    return KEYBOARD_KEYS_HEARD;
}

enum keyboard_heard keyboard_report_take(const struct keyboard_shapes *shapes, struct bytes report,
                                         struct keyboard_down *down,
                                         struct keyboard_pressed *out_pressed)
{
    uint8_t id;
    struct bytes data;
    *out_pressed = (struct keyboard_pressed){0};
    if (shapes->count == 0) { /* some models put an id in front (Microscan MS-4) */
        data = bytes_from(report, report.len == BOOT_LEN + 1 ? 1 : 0);
        if (data.len != BOOT_LEN) return KEYBOARD_NOT_KEYS;
        return take(&boot_shape, data, &down[0], out_pressed);
    }
    if (!hid_report_split(shapes->has_ids, report, &id, &data)) return KEYBOARD_NOT_KEYS;
    for (size_t i = 0; i < shapes->count; i++) {
        if (shapes->each[i].id == id) return take(&shapes->each[i], data, &down[i], out_pressed);
    }
    return KEYBOARD_NOT_KEYS;
}
