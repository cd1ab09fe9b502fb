/* keyboard_report.h - which keys a keyboard report says were pressed now.
 *
 * A boot report is eight bytes, `modifiers 00 key*6` (USB HID 1.11, appendix B). A report
 * descriptor may say otherwise: a report id in front, the keys at another place, a bit for each
 * key. What it says is kept in a few numbers. */
#ifndef PACKD_DRIVERS_KEYBOARD_REPORT_H
#define PACKD_DRIVERS_KEYBOARD_REPORT_H

#include "drivers/hid_report.h"

#define KEYBOARD_SLOTS_MAX 16u  /* keys of one report in the order of their slots */
#define KEYBOARD_REPORTS_MAX 2u /* reports with keys of one device: boot shape and bitmap */
#define KEYBOARD_KEYS 256u      /* usages of page 07 that fit a byte */

struct keyboard_shape { /* of one report; offsets in bits */
    uint8_t id;
    uint32_t len; /* bytes, the id not counted */
    bool has_modifiers;
    uint32_t modifiers_at; /* eight bits, E0 to E7 */
    uint32_t slots_at;
    uint32_t slots;      /* how many; 0: none */
    uint32_t slot_bits;  /* 1 to 16 */
    int64_t slot_min;    /* this number in a slot ... */
    uint32_t slot_first; /* ... is this key */
    uint32_t slot_keys;  /* and so many follow */
    uint32_t bitmap_at;
    uint32_t bitmap_first; /* key of the first bit */
    uint32_t bitmap_keys;  /* how many; 0: none */
};

struct keyboard_shapes {
    bool has_ids;
    size_t count; /* 0: nothing is known, boot reports are expected */
    struct keyboard_shape each[KEYBOARD_REPORTS_MAX];
};

struct keyboard_down { /* what the report before had */
    uint8_t slots[KEYBOARD_SLOTS_MAX];
    uint8_t bitmap[KEYBOARD_KEYS / 8];
};

struct keyboard_pressed {
    uint8_t modifiers;
    bool out_of_order; /* several keys at once, and nothing says which came first */
    size_t count;
    uint8_t keys[KEYBOARD_SLOTS_MAX];
};

enum keyboard_heard {
    KEYBOARD_KEYS_HEARD,
    KEYBOARD_NOT_KEYS, /* another report, or a roll-over error: to be ignored */
    KEYBOARD_BROKEN,   /* shorter than the descriptor says */
};

/* False: there is no keyboard in it that we could read. */
bool keyboard_shapes_find(const struct hid_layout *layout, struct keyboard_shapes *out_shapes);

/* `down` has an element for each report. */
enum keyboard_heard keyboard_report_take(const struct keyboard_shapes *shapes, struct bytes report,
                                         struct keyboard_down *down,
                                         struct keyboard_pressed *out_pressed);

#endif
