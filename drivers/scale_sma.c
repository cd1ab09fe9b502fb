/* scale_sma.c - SMA SCP-0499 (Scale Manufacturers Association, 1999 and 2005): the answers to W, P
 * and R.
 *
 *     LF s r n m f wwwwwwwwww uuu CR    status, range, gross or net, motion, blank, weight, unit
 *     LF ? CR                           not understood
 *
 * Rules. A frame has its CR in place and every letter in front is one of the standard's; an LF
 * begins a new one wherever it comes. E, I and T are errors of the scale, and a weight shown
 * tenfold ("g", "n") or not shown at all ("e") is not usable. */
#include "drivers/scale_sma.h"

#include <string.h>

#include "drivers/scale_line.h"

#define FRAME_LEN 20u
#define WEIGHT_LEN 10u
#define UNIT_LEN 3u

enum { STATUS_AT = 1, RANGE_AT, KIND_AT, MOTION_AT, FREE_AT, WEIGHT_AT, UNIT_AT = 16 };

static bool is_one_of(uint8_t letter, const char *letters)
{
    return bytes_find_byte(bytes_of_text(letters), letter) < strlen(letters);
}

static bool is_frame(struct bytes plain)
{
    return plain.len == FRAME_LEN && is_one_of(plain.data[STATUS_AT], " ZOUEITe") &&
           is_one_of(plain.data[RANGE_AT], " 0123456789") &&
           is_one_of(plain.data[KIND_AT], "GTNgn") && is_one_of(plain.data[MOTION_AT], " M") &&
           plain.data[FREE_AT] == ' ';
}

static enum scale_reject parse_value(struct bytes plain, struct scale_reading *reading)
{
    struct bytes field = bytes_slice(plain, WEIGHT_AT, WEIGHT_LEN);
    enum mass_unit unit;
    struct decimal value;
    bool number = scale_take_number(&field, &value) && bytes_trim(field).len == 0;
    if (!number) {
        /* Out of range, the field may be filled: a state and no value. */
        bool state = reading->overload || reading->underload;
        return state ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
    }
    if (!scale_unit_parse(bytes_trim(bytes_slice(plain, UNIT_AT, UNIT_LEN)), &unit))
        return SCALE_REJECT_UNIT;
    return scale_set_value(reading, value, unit) ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
}

static enum scale_reject parse_frame(struct bytes plain, struct scale_reading *reading)
{
    if (plain.len == 3 && plain.data[1] == '?') return SCALE_REJECT_ERROR;
    if (!is_frame(plain)) return SCALE_REJECT_SHAPE;
    uint8_t status = plain.data[STATUS_AT];
    uint8_t kind = plain.data[KIND_AT];
    if (is_one_of(status, "EIT")) return SCALE_REJECT_ERROR;
    if (kind == 'T') return SCALE_REJECT_UNIT; /* a tare is not what is on the plate */
    reading->overload = status == 'O';
    reading->underload = status == 'U';
    reading->net = is_one_of(kind, "Nn");
    enum scale_reject reject = parse_value(plain, reading);
    if (reject != SCALE_REJECT_NONE || reading->shown[0] == '\0') return reject;
    reading->zero = reading->zero || status == 'Z';
    reading->stable = plain.data[MOTION_AT] == ' ';
    reading->usable = reading->stable && is_one_of(status, " Z") && is_one_of(kind, "GN");
    return SCALE_REJECT_NONE;
}

static const struct scale_marked sma_frame = {.start = '\n',
                                              .longest = FRAME_LEN,
                                              .parse = parse_frame};

static void look(struct scale_state *state, struct scale_output *out)
{
    scale_marked_look(state, &sma_frame, out);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_sma = {
    .name = "sma",
    .title = "SMA SCP-0499 (Sartorius PR, Cardinal, BTEK, Minebea ...)",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .request = {(const uint8_t *)"\nW\r", 3},
    .request_every_ms = 250,
    .is_harmless = true,
    .zero_request = {(const uint8_t *)"\nZ\r", 3},
    .tare_request = {(const uint8_t *)"\nT\r", 3},
    .clear_tare_request = {(const uint8_t *)"\nC\r", 3},
    .silent_after_ms = 2000,
    .feed = feed,
};
