/* scan_collect.c - see scan_collect.h. AIM symbology ids: manuals of Zebra DS457, Datalogic,
 * Honeywell. */
#include "drivers/scan_collect.h"

#include <string.h>

#define GS 0x1D

void scanner_state_init(struct scanner_state *state)
{
    *state = (struct scanner_state){0};
}

void scan_collect_byte(struct scanner_state *state, uint8_t byte)
{
    if ((byte < ' ' && byte != GS) || byte == 0x7F) state->unclean = true;
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
}

static bool is_letter(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* "]C1": code letter and modifier; the modifier may be a letter A to F. */
static bool has_aim(struct bytes code)
{
    if (code.len < 3 || code.data[0] != ']' || !is_letter(code.data[1])) return false;
    uint8_t modifier = code.data[2];
    return (modifier >= '0' && modifier <= '9') || (modifier >= 'A' && modifier <= 'F');
}

/* "]X0" is device text, "]Z6" the answer to a menu command: neither was on a parcel. */
static bool is_scanner_talk(struct bytes code)
{
    return bytes_start_with(code, "]X0") || bytes_start_with(code, "]Z6");
}

/* UTF-8 in which GS counts as text. */
static bool is_text(struct bytes code)
{
    while (code.len > 0) {
        size_t len = bytes_utf8_sequence(code);
        if (len == 0) return false;
        code = bytes_from(code, len);
    }
    return true;
}

static void set_scan(struct bytes code, struct scan *out_scan)
{
    memset(out_scan, 0, sizeof *out_scan);
    if (has_aim(code)) {
        memcpy(out_scan->aim, code.data, 3);
        code = bytes_from(code, 3);
    }
    memcpy(out_scan->text, code.data, code.len);
    out_scan->len = code.len;
}

enum scan_result scan_collect_end(struct scanner_state *state, struct scan *out_scan)
{
    struct bytes code = bytes_of(state->pending, state->used);
    bool overlong = state->overlong;
    bool unclean = state->unclean;
    scan_collect_restart(state);
    if (overlong) return SCAN_TOO_LONG;
    if (is_scanner_talk(code)) return SCAN_NOTHING;
    /* A symbology without data is a code that was lost on the way. */
    if (unclean || !is_text(code) || (has_aim(code) && code.len == 3)) return SCAN_UNCLEAN;
    if (code.len == 0) return SCAN_NOTHING;
    set_scan(code, out_scan);
    return SCAN_READ;
}
