/* scanner_keyboard.c - scanners that type: USB boot keyboard reports to text, for the US layout
 * (USB HID 1.11 appendix B; HID Usage Tables, page 07; ALT mode as the makers' manuals tell it).
 *
 *     [id] modifiers 00 key key key key key key      8 bytes, or 9 with a report id in front
 *
 * Rules. A key that is in this report and was not in the one before is typed now, in slot order,
 * with the modifiers of this report. A report full of roll-over errors is ignored. With left Alt
 * held, keypad digits spell a character's decimal code, which is typed when Alt is let go; there
 * the same digit may stand twice in one report (keyboard-alt-keypad.cap). Enter, keypad Enter, Tab,
 * Ctrl+M and Ctrl+J end a code. Whatever we cannot turn into one certain character (Caps Lock,
 * AltGr, codes past 126 whose code page nobody states) makes the code unclean, never a guess. */
#include "drivers/scanner_keyboard.h"

#include <string.h>

#include "drivers/scan_collect.h"

#define REPORT_SIZE 8u
#define FIRST_SLOT 2u

enum { MOD_CTRL = 0x11, MOD_SHIFT = 0x22, MOD_LEFT_ALT = 0x04, MOD_OTHER = 0xC8 };
enum {
    KEY_ROLL_OVER = 0x01,
    KEY_A = 0x04,
    KEY_Z = 0x1D,
    KEY_ENTER = 0x28,
    KEY_TAB = 0x2B,
    KEY_NUM_LOCK = 0x53,
    KEYPAD_ENTER = 0x58,
    KEYPAD_1 = 0x59,
    KEYPAD_0 = 0x62,
};

/* Usage to character, plain and shifted; 0 where there is none. Letters are counted, not
 * listed. */
static const struct {
    char plain, shifted;
} us_layout[] = {
    [0x1E] = {'1', '!'}, [0x1F] = {'2', '@'}, [0x20] = {'3', '#'},  [0x21] = {'4', '$'},
    [0x22] = {'5', '%'}, [0x23] = {'6', '^'}, [0x24] = {'7', '&'},  [0x25] = {'8', '*'},
    [0x26] = {'9', '('}, [0x27] = {'0', ')'}, [0x2C] = {' ', ' '},  [0x2D] = {'-', '_'},
    [0x2E] = {'=', '+'}, [0x2F] = {'[', '{'}, [0x30] = {']', '}'},  [0x31] = {'\\', '|'},
    [0x32] = {'#', '~'}, [0x33] = {';', ':'}, [0x34] = {'\'', '"'}, [0x35] = {'`', '~'},
    [0x36] = {',', '<'}, [0x37] = {'.', '>'}, [0x38] = {'/', '?'},  [0x54] = {'/', '/'},
    [0x55] = {'*', '*'}, [0x56] = {'-', '-'}, [0x57] = {'+', '+'},  [0x59] = {'1', '1'},
    [0x5A] = {'2', '2'}, [0x5B] = {'3', '3'}, [0x5C] = {'4', '4'},  [0x5D] = {'5', '5'},
    [0x5E] = {'6', '6'}, [0x5F] = {'7', '7'}, [0x60] = {'8', '8'},  [0x61] = {'9', '9'},
    [0x62] = {'0', '0'}, [0x63] = {'.', '.'}, [0x64] = {'\\', '|'},
};

struct typing { /* one report being read */
    struct scanner_state *state;
    enum scan_result result;
    struct scan *out_scan;
};

static void end_code(struct typing *typing)
{
    /* A report gives one code; a second end in it can only be noise, and spoils what follows. */
    if (typing->result != SCAN_NOTHING) scan_collect_unclean(typing->state);
    else typing->result = scan_collect_end(typing->state, typing->out_scan);
}

/* Control characters come from Ctrl and from keypad codes alike. */
static void type_character(struct typing *typing, uint8_t character)
{
    if (character == '\r' || character == '\n') end_code(typing);
    else scan_collect_byte(typing->state, character);
}

/* Ctrl+] is GS, Ctrl+M is CR: the character of the key without its upper bits, where Ctrl has
 * one. */
static uint8_t control_of(uint8_t key, uint8_t character)
{
    if (key >= KEY_A && key <= KEY_Z) return (uint8_t)(key - KEY_A + 1);
    return character >= '@' && character <= '_' ? character & 0x1F : 0;
}

static uint8_t character_of(uint8_t key, bool shift)
{
    if (key >= KEY_A && key <= KEY_Z) return (uint8_t)((shift ? 'A' : 'a') + key - KEY_A);
    if (key >= ARRAY_LEN(us_layout)) return 0;
    return (uint8_t)(shift ? us_layout[key].shifted : us_layout[key].plain);
}

static void type_key(struct typing *typing, uint8_t key, uint8_t modifiers)
{
    uint8_t character = character_of(key, (modifiers & MOD_SHIFT) != 0);
    if ((modifiers & MOD_CTRL) != 0) character = control_of(key, character);
    if (key == KEY_NUM_LOCK) return; /* ALT-keypad scanners press it first */
    if ((modifiers & MOD_OTHER) != 0) scan_collect_unclean(typing->state);
    else if (key == KEY_ENTER || key == KEYPAD_ENTER || key == KEY_TAB) end_code(typing);
    else if (character == 0) scan_collect_unclean(typing->state);
    else type_character(typing, character);
}

static void type_keypad_digit(struct typing *typing, uint8_t key)
{
    struct scanner_state *state = typing->state;
    bool digit = key >= KEYPAD_1 && key <= KEYPAD_0;
    if (key == KEY_NUM_LOCK) return;
    if (!digit || state->keypad_used == sizeof state->keypad) {
        scan_collect_unclean(state);
        return;
    }
    state->keypad[state->keypad_used++] = (uint8_t)us_layout[key].plain;
}

/* Alt was let go: the digits are a character. ASCII is the same in every code page they may
 * mean. */
static void end_keypad(struct typing *typing)
{
    struct scanner_state *state = typing->state;
    struct bytes digits = bytes_of(state->keypad, state->keypad_used);
    uint64_t code;
    if (digits.len == 0) return;
    state->keypad_used = 0;
    if (bytes_to_u64(digits, 126, &code) && code > 0) type_character(typing, (uint8_t)code);
    else scan_collect_unclean(state);
}

static bool was_down(const struct scanner_state *state, uint8_t key)
{
    return memchr(state->previous + FIRST_SLOT, key, REPORT_SIZE - FIRST_SLOT) != NULL;
}

static void type_report(struct typing *typing, const uint8_t *report)
{
    uint8_t modifiers = report[0];
    bool alt = (modifiers & MOD_LEFT_ALT) != 0;
    if (!alt) end_keypad(typing);
    for (size_t slot = FIRST_SLOT; slot < REPORT_SIZE; slot++) {
        uint8_t key = report[slot];
        if (key == 0 || was_down(typing->state, key)) continue;
        if (alt) type_keypad_digit(typing, key);
        else type_key(typing, key, modifiers);
    }
    memcpy(typing->state->previous, report, REPORT_SIZE);
}

static size_t feed(struct scanner_state *state, struct bytes input, enum scan_result *out_result,
                   struct scan *out_scan)
{
    struct typing typing = {.state = state, .result = SCAN_NOTHING, .out_scan = out_scan};
    size_t id_len = input.len == REPORT_SIZE + 1 ? 1 : 0;
    struct bytes report = bytes_from(input, id_len);
    bool keys = report.len == REPORT_SIZE && report.data[FIRST_SLOT] != KEY_ROLL_OVER;
    if (keys) type_report(&typing, report.data);
    *out_result = typing.result;
    return input.len;
}

const struct scanner_driver scanner_keyboard = {
    .name = "keyboard",
    .title = "USB scanner that types (US layout)",
    .is_hid = true,
    .feed = feed,
};
