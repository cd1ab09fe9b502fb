/* scan_collect.c - see scan_collect.h. AIM symbology ids: manuals of Zebra DS457, Datalogic,
 * Honeywell. */
#include "drivers/scan_collect.h"

#include <string.h>

#define GS 0x1D

const struct scanner_settings scanner_settings_usual = {.layout = KEYBOARD_US, .gs_key = 8};

void scanner_state_init(struct scanner_state *state, const struct scanner_settings *settings)
{
    memset(state, 0, sizeof *state);
    state->settings = settings != NULL ? *settings : scanner_settings_usual;
}

void scanner_state_break(struct scanner_state *state)
{
    struct keyboard_typing *keyboard = &state->keyboard;
    scan_collect_restart(state);
    state->hid_pos_open = false;
    keyboard->keypad_used = 0;
    keyboard->dead = 0;
    keyboard->caps_was_on = keyboard->caps_on;
    keyboard->caps_pressed = false;
    keyboard->letters = false;
    keyboard->letters_small = false;
}

void scan_collect_byte(struct scanner_state *state, uint8_t byte)
{
    if (state->used < sizeof state->pending) state->pending[state->used++] = byte;
    else state->overlong = true;
}

void scan_collect_unclean(struct scanner_state *state)
{
    state->unclean = true;
}

void scan_collect_restart(struct scanner_state *state)
{
    state->used = 0;
    state->overlong = false;
    state->unclean = false;
    state->aim[0] = '\0';
}

static bool is_letter(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

bool scan_collect_is_aim(struct bytes three)
{
    if (three.len < 3 || three.data[0] != ']' || !is_letter(three.data[1])) return false;
    uint8_t modifier = three.data[2];
    return (modifier >= '0' && modifier <= '9') || (modifier >= 'A' && modifier <= 'F');
}

/* "]X0" is device text, "]Z6" the answer to a menu command: neither was on a parcel. */
static bool is_scanner_talk(struct bytes aim)
{
    return bytes_start_with(aim, "]X0") || bytes_start_with(aim, "]Z6");
}

/* UTF-8 without control characters, but GS counts as text. */
static bool is_text(struct bytes code)
{
    while (code.len > 0) {
        size_t len = bytes_utf8_sequence(code);
        uint8_t byte = code.data[0];
        if (len == 0 || (byte < ' ' && byte != GS) || byte == 0x7F) return false;
        code = bytes_from(code, len);
    }
    return true;
}

/* Takes off what the scanner was set up to put around each code; false when it is not there. */
static bool take_fixes(const struct scanner_settings *settings, struct bytes *code)
{
    struct bytes prefix = bytes_of_text(settings->prefix);
    struct bytes suffix = bytes_of_text(settings->suffix);
    if (code->len < prefix.len + suffix.len) return false;
    bool before = bytes_equal(bytes_slice(*code, 0, prefix.len), prefix);
    bool behind = bytes_equal(bytes_from(*code, code->len - suffix.len), suffix);
    *code = bytes_slice(*code, prefix.len, code->len - prefix.len - suffix.len);
    return before && behind;
}

static void set_scan(struct bytes code, const char *aim, struct scan *out_scan)
{
    memset(out_scan, 0, sizeof *out_scan);
    memcpy(out_scan->aim, aim, strlen(aim));
    if (code.len > 0) memcpy(out_scan->text, code.data, code.len);
    out_scan->len = code.len;
}

enum scan_result scan_collect_end(struct scanner_state *state, struct scan *out_scan)
{
    struct bytes code = bytes_of(state->pending, state->used);
    bool overlong = state->overlong;
    bool unclean = state->unclean;
    char aim[4] = "";
    memcpy(aim, state->aim, sizeof aim);
    scan_collect_restart(state);
    if (overlong) return SCAN_TOO_LONG;
    if (is_scanner_talk(aim[0] != '\0' ? bytes_of_text(aim) : code)) return SCAN_NOTHING;
    if (code.len == 0 && aim[0] == '\0' && !unclean) return SCAN_NOTHING;
    if (!take_fixes(&state->settings, &code)) return SCAN_UNCLEAN;
    if (aim[0] == '\0' && scan_collect_is_aim(code)) {
        memcpy(aim, code.data, 3);
        code = bytes_from(code, 3);
    }
    if (is_scanner_talk(bytes_of_text(aim))) return SCAN_NOTHING;
    /* A symbology without data is a code that was lost on the way. */
    if (unclean || code.len == 0 || !is_text(code)) return SCAN_UNCLEAN;
    set_scan(code, aim, out_scan);
    return SCAN_READ;
}
