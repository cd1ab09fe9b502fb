/* scale_cas.c - CAS frames of 22 bytes (manuals of NT-200, CI-400, CI-600D, CI-150A, PDS).
 *
 *     ST,GS, id lamps , dddddddd relay uu CR LF     ST stable, US in motion, OL over range
 *
 * Rules. The id, the lamps and the relay are binary: any value, also one that looks like a digit,
 * a comma or a line end. So a frame is known by the places of all its other bytes, and bit 7 is
 * not masked. A weight is stable when the word and the lamp both say so: they come from one scale,
 * and a line set to seven bits shows in the lamps first. What stands between frames is dropped. */
#include "drivers/scale_cas.h"

#include "drivers/scale_field.h"

#define FRAME_LEN 22u
#define DATA_LEN 8u
#define UNIT_LEN 2u

enum { LAMPS_AT = 7, DATA_AT = 9, UNIT_AT = 18 };
enum { LAMP_ZERO = 1, LAMP_HOLD = 16, LAMP_STABLE = 64 };

/* One letter stands for itself, '?' for any printable byte, '*' for any byte. */
static bool fits(struct bytes front, const char *pattern)
{
    for (size_t i = 0; i < front.len; i++) {
        uint8_t byte = front.data[i];
        bool good = pattern[i] == '*' || (pattern[i] == '?' && byte >= ' ' && byte <= '~') ||
                    byte == (uint8_t)pattern[i];
        if (!good) return false;
    }
    return true;
}

/* A whole frame, or what may still become one. */
static bool may_be_frame(struct bytes front)
{
    static const char *const patterns[] = {
        "ST,GS,**,????????*??\r\n", "ST,NT,**,????????*??\r\n", "US,GS,**,????????*??\r\n",
        "US,NT,**,????????*??\r\n", "OL,GS,**,????????*??\r\n", "OL,NT,**,????????*??\r\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        if (fits(front, patterns[i])) return true;
    }
    return false;
}

static enum scale_reject parse_value(struct bytes frame, struct scale_reading *reading)
{
    struct bytes data = bytes_slice(frame, DATA_AT, DATA_LEN);
    enum mass_unit unit;
    struct decimal value;
    bool number = scale_take_number(&data, &value) && bytes_trim(data).len == 0;
    if (bytes_start_with(frame, "OL")) { /* the value is filler: only its sign means something */
        reading->underload = number && value.digits < 0;
        reading->overload = !reading->underload;
        return SCALE_REJECT_NONE;
    }
    if (!number) return SCALE_REJECT_NUMBER;
    if (!scale_unit_parse(bytes_trim(bytes_slice(frame, UNIT_AT, UNIT_LEN)), &unit))
        return SCALE_REJECT_UNIT;
    return scale_set_value(reading, value, unit) ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
}

static enum scale_reject parse_frame(struct bytes frame, struct scale_reading *reading)
{
    uint8_t lamps = frame.data[LAMPS_AT];
    enum scale_reject reject = parse_value(frame, reading);
    reading->net = bytes_start_with(bytes_from(frame, 3), "NT");
    if (reject != SCALE_REJECT_NONE || reading->shown[0] == '\0') return reject;
    reading->zero = reading->zero || (lamps & LAMP_ZERO) != 0;
    reading->stable = bytes_start_with(frame, "ST") && (lamps & LAMP_STABLE) != 0;
    reading->usable = reading->stable && (lamps & LAMP_HOLD) == 0;
    return SCALE_REJECT_NONE;
}

static void look(struct scale_state *state, struct scale_output *out)
{
    while (!may_be_frame(frame_front(&state->frame))) scale_skip(state, 1);
    struct bytes front = frame_front(&state->frame);
    if (front.len < FRAME_LEN) return;
    enum scale_reject reject = parse_frame(front, &out->reading);
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, front, out);
    else scale_say_refused(state, front, reject, out);
    frame_drop(&state->frame, FRAME_LEN);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_cas = {
    .name = "cas-22",
    .title = "CAS frames of 22 bytes (NT, CI, PDS)",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .silent_after_ms = 2000,
    .feed = feed,
};
