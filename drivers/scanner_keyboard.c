/* scanner_keyboard.c - scanners that type: keys to text, for the country that the scanner is set to
 * (ALT mode and function keys as the makers' manuals tell it). Reports to keys:
 * keyboard_report.[ch]; keys to characters: keyboard_layout.[ch].
 *
 * Rules. A key is typed with the modifiers of the report that brings it. With left Alt held, keypad
 * digits spell a character's code, which is typed when Alt is let go; there the same digit may
 * stand twice in one report (keyboard-alt-keypad.cap). 0 in front means Windows-1252, else what
 * code pages 437 and 850 have in common. Enter, keypad Enter, Tab, Ctrl+M, Ctrl+J and Ctrl+I end a
 * code. GS is Ctrl+], ALT+029 or the F key of the settings. Caps Lock is taken for what it would do
 * on a computer where it was off before: right only when a code switches it on and off again around
 * all its letters. Whatever we cannot turn into one certain character makes the code unclean, never
 * a guess. */
#include "drivers/scanner_keyboard.h"

#include "drivers/keyboard_layout.h"
#include "drivers/scan_collect.h"
#include "drivers/scanner_hid.h"

#define GS 0x1D

enum {
    MOD_LEFT_CTRL = 0x01,
    MOD_CTRL = 0x11,
    MOD_SHIFT = 0x22,
    MOD_LEFT_ALT = 0x04,
    MOD_RIGHT_ALT = 0x40,
    MOD_GUI = 0x88,
};
enum {
    KEY_A = 0x04,
    KEY_Z = 0x1D,
    KEY_ENTER = 0x28,
    KEY_TAB = 0x2B,
    KEY_LEFT_BRACKET = 0x2F,
    KEY_RIGHT_BRACKET = 0x30,
    KEY_BACKSLASH = 0x31,
    KEY_CAPS_LOCK = 0x39,
    KEY_F1 = 0x3A,
    KEY_NUM_LOCK = 0x53,
    KEYPAD_ENTER = 0x58,
    KEYPAD_1 = 0x59,
    KEYPAD_0 = 0x62,
};

struct typing { /* one report being read */
    struct scanner_state *state;
    uint8_t modifiers;
    enum scan_result result;
    struct scan *out_scan;
};

/* ---- characters ------------------------------------------------------------------------------ */

/* Was every letter of this code typed between Caps Lock on and off again? */
static bool caps_is_certain(const struct keyboard_typing *keyboard)
{
    if (!keyboard->letters || (!keyboard->caps_pressed && !keyboard->caps_was_on)) return true;
    return !keyboard->caps_was_on && !keyboard->caps_on && !keyboard->letters_small;
}

static void end_code(struct typing *typing)
{
    struct scanner_state *state = typing->state;
    struct keyboard_typing *keyboard = &state->keyboard;
    bool certain = caps_is_certain(keyboard) && keyboard->dead == 0;
    keyboard->dead = 0;
    keyboard->caps_was_on = keyboard->caps_on;
    keyboard->caps_pressed = false;
    keyboard->letters = false;
    keyboard->letters_small = false;
    /* A report gives one code; a second end in it can only be noise, and spoils what follows. */
    if (!certain || typing->result != SCAN_NOTHING) scan_collect_unclean(state);
    if (typing->result == SCAN_NOTHING) typing->result = scan_collect_end(state, typing->out_scan);
}

/* As UTF-8; below 8000 it has at most three bytes. */
static void put_character(struct scanner_state *state, uint16_t character)
{
    if (character < 0x80) {
        scan_collect_byte(state, (uint8_t)character);
    } else if (character < 0x800) {
        scan_collect_byte(state, (uint8_t)(0xC0 | character >> 6));
        scan_collect_byte(state, (uint8_t)(0x80 | (character & 0x3F)));
    } else {
        scan_collect_byte(state, (uint8_t)(0xE0 | character >> 12));
        scan_collect_byte(state, (uint8_t)(0x80 | (character >> 6 & 0x3F)));
        scan_collect_byte(state, (uint8_t)(0x80 | (character & 0x3F)));
    }
}

/* Control characters come from Ctrl and from keypad codes alike; 0 is none that is certain. */
static void type_character(struct typing *typing, uint16_t character)
{
    struct scanner_state *state = typing->state;
    uint16_t dead = state->keyboard.dead;
    bool ends = character == '\r' || character == '\n' || character == '\t';
    if (ends) {
        end_code(typing);
        return;
    }
    state->keyboard.dead = 0;
    if (dead != 0 && character == ' ') character = dead;
    else if (dead != 0) character = 0; /* an accent on a letter */
    if (character == 0) scan_collect_unclean(state);
    else if ((character & KEYBOARD_DEAD) != 0) state->keyboard.dead = character ^ KEYBOARD_DEAD;
    else put_character(state, character);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool is_letter(uint16_t character)
{
    return character >= 'a' && character <= 'z';
}

/* Ctrl+] is GS, Ctrl+M is CR: letters where the country has them, the rest where the US keyboard
 * has it; a French M is not where the US one is, and both are taken for it. */
static uint16_t control_of(enum keyboard_layout layout, uint8_t key)
{
    uint16_t plain = keyboard_layout_character(layout, key, KEYBOARD_PLAIN);
    if (is_letter(plain)) return plain & 0x1F;
    if (key >= KEY_A && key <= KEY_Z) return (uint16_t)(key - KEY_A + 1);
    if (key == KEY_LEFT_BRACKET) return 0x1B;
    if (key == KEY_BACKSLASH) return 0x1C;
    return key == KEY_RIGHT_BRACKET ? GS : 0;
}

static uint16_t character_of(struct scanner_state *state, uint8_t key, uint8_t modifiers)
{
    struct keyboard_typing *keyboard = &state->keyboard;
    enum keyboard_layout layout = state->settings.layout;
    bool shift = (modifiers & MOD_SHIFT) != 0;
    bool alt_gr = (modifiers & MOD_RIGHT_ALT) != 0 || (modifiers & MOD_LEFT_ALT) != 0;
    if (alt_gr) return shift ? 0 : keyboard_layout_character(layout, key, KEYBOARD_ALT_GR);
    if (keyboard->caps_on && !keyboard_layout_caps_certain(layout, key)) return 0;
    if (is_letter(keyboard_layout_character(layout, key, KEYBOARD_PLAIN))) {
        keyboard->letters = true;
        keyboard->letters_small = keyboard->letters_small || !keyboard->caps_on;
        shift = shift != keyboard->caps_on;
    }
    return keyboard_layout_character(layout, key, shift ? KEYBOARD_SHIFT : KEYBOARD_PLAIN);
}

static bool is_gs_key(const struct scanner_settings *settings, uint8_t key)
{
    return settings->gs_key != 0 && key == KEY_F1 + settings->gs_key - 1;
}

static void press_caps_lock(struct keyboard_typing *keyboard)
{
    keyboard->caps_on = !keyboard->caps_on;
    keyboard->caps_pressed = true;
}

static void type_key(struct typing *typing, uint8_t key)
{
    struct scanner_state *state = typing->state;
    uint8_t modifiers = typing->modifiers;
    bool ctrl = (modifiers & MOD_CTRL) != 0;
    bool alt = (modifiers & (MOD_LEFT_ALT | MOD_RIGHT_ALT)) != 0;
    bool bare = !ctrl && !alt && (modifiers & MOD_GUI) == 0;
    if (key == KEY_NUM_LOCK) return; /* ALT-keypad scanners press it first */
    if ((modifiers & MOD_GUI) != 0) scan_collect_unclean(state);
    else if (key == KEY_CAPS_LOCK && bare) press_caps_lock(&state->keyboard);
    else if (bare && (key == KEY_ENTER || key == KEYPAD_ENTER || key == KEY_TAB)) end_code(typing);
    else if (bare && is_gs_key(&state->settings, key)) type_character(typing, GS);
    else if (ctrl && !alt) type_character(typing, control_of(state->settings.layout, key));
    else type_character(typing, character_of(state, key, modifiers));
}

/* ---- ALT mode -------------------------------------------------------------------------------- */

static void type_keypad_digit(struct typing *typing, uint8_t key)
{
    struct keyboard_typing *keyboard = &typing->state->keyboard;
    bool digit = key >= KEYPAD_1 && key <= KEYPAD_0;
    if (key == KEY_NUM_LOCK) return;
    if (!digit || keyboard->keypad_used == sizeof keyboard->keypad) {
        scan_collect_unclean(typing->state);
        return;
    }
    keyboard->keypad[keyboard->keypad_used++] =
        (uint8_t)(key == KEYPAD_0 ? '0' : '1' + key - KEYPAD_1);
}

/* Windows-1252: 80 to 9F; from A0 on it is Unicode. */
static uint16_t windows_character(uint64_t code)
{
    static const uint16_t upper[] = {
        0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
    };
    return code >= 0xA0 ? (uint16_t)code : upper[code - 0x80];
}

/* What code pages 437 (US, India) and 850 (Europe) both have there; 0 where they differ. */
static uint16_t dos_character(uint64_t code)
{
    static const uint16_t upper[] = {
        0xC7, 0xFC, 0xE9, 0xE2, 0xE4, 0xE0, 0xE5, 0xE7,  0xEA, 0xEB, 0xE8, 0xEF,
        0xEE, 0xEC, 0xC4, 0xC5, 0xC9, 0xE6, 0xC6, 0xF4,  0xF6, 0xF2, 0xFB, 0xF9,
        0xFF, 0xD6, 0xDC, 0,    0xA3, 0,    0,    0x192, 0xE1, 0xED, 0xF3, 0xFA,
        0xF1, 0xD1, 0xAA, 0xBA, 0xBF, 0,    0xAC, 0xBD,  0xBC, 0xA1, 0xAB, 0xBB,
    };
    return code - 0x80 < ARRAY_LEN(upper) ? upper[code - 0x80] : 0;
}

/* Alt was let go: the digits are a character. */
static void end_keypad(struct typing *typing)
{
    struct keyboard_typing *keyboard = &typing->state->keyboard;
    struct bytes digits = bytes_of(keyboard->keypad, keyboard->keypad_used);
    uint64_t code;
    if (digits.len == 0) return;
    keyboard->keypad_used = 0;
    bool windows = digits.data[0] == '0';
    uint16_t character = 0;
    if (bytes_to_u64(digits, 255, &code)) {
        if (code < 0x7F) character = (uint16_t)code;
        else if (code >= 0x80) character = windows ? windows_character(code) : dos_character(code);
    }
    type_character(typing, character);
}

/* ---- the driver ------------------------------------------------------------------------------ */

static void type_report(struct typing *typing, const struct keyboard_pressed *pressed)
{
    bool left_alt = (pressed->modifiers & MOD_LEFT_ALT) != 0;
    bool keypad = left_alt && (pressed->modifiers & MOD_LEFT_CTRL) == 0; /* with Ctrl it is AltGr */
    typing->modifiers = pressed->modifiers;
    if (!keypad) end_keypad(typing);
    if (pressed->out_of_order) scan_collect_unclean(typing->state);
    for (size_t i = 0; i < pressed->count; i++) {
        if (keypad) type_keypad_digit(typing, pressed->keys[i]);
        else type_key(typing, pressed->keys[i]);
    }
}

static size_t feed(struct scanner_state *state, struct bytes input, enum scan_result *out_result,
                   struct scan *out_scan)
{
    struct typing typing = {.state = state, .result = SCAN_NOTHING, .out_scan = out_scan};
    struct keyboard_pressed pressed;
    *out_result = SCAN_NOTHING;
    if (state->keyboard.refused) return input.len;
    switch (keyboard_report_take(&state->keyboard.shapes, input, state->keyboard.down, &pressed)) {
    case KEYBOARD_KEYS_HEARD: type_report(&typing, &pressed); break;
    case KEYBOARD_NOT_KEYS: break;
    case KEYBOARD_BROKEN: scan_collect_unclean(state); break;
    }
    *out_result = typing.result;
    return input.len;
}

/* Without a descriptor the reports are taken for boot reports. */
static const char *describe(struct scanner_state *state, const struct device_identity *identity)
{
    struct hid_layout layout;
    struct keyboard_typing *keyboard = &state->keyboard;
    keyboard->shapes.count = 0;
    keyboard->refused = false;
    if (identity->report_descriptor.len == 0) return NULL;
    const char *sentence = scanner_hid_read(identity->report_descriptor, &layout);
    keyboard->refused = sentence != NULL || !keyboard_shapes_find(&layout, &keyboard->shapes);
    if (!keyboard->refused) return NULL;
    if (sentence != NULL) return sentence;
    if (!hid_layout_has_application(&layout, HID_USAGE_KEYBOARD)) {
        return scanner_hid_stranger(&layout);
    }
    return "The keys in the keyboard's reports cannot be found: switch the scanner to HID POS "
           "mode.";
}

const struct scanner_driver scanner_keyboard = {
    .name = "keyboard",
    .title = "USB scanner that types like a keyboard",
    .is_hid = true,
    .describe = describe,
    .feed = feed,
};
