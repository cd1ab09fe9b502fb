/* scale_ohaus.c - Ohaus 3000 Series indicators (manual, 5.2 "Output Format"): the answers to IP,
 * and what is printed without a question.
 *
 *     - wwwwwww uuuuu?NET CR LF    sign, blank, weight, blank, unit, ? in motion, legend
 *
 * Rule: a line has exactly this length and every field in its place; Ohaus balances of other
 * families write other lengths and further legends, and their lines are refused. */
#include "drivers/scale_ohaus.h"

#include "drivers/scale_line.h"

#define LINE_LEN 19u
#define WEIGHT_LEN 7u
#define UNIT_LEN 5u

enum { WEIGHT_AT = 2, UNIT_AT = 10, MOTION_AT = 15, LEGEND_AT = 16 };

static bool is_error(struct bytes text)
{
    return bytes_equal_text(bytes_trim(text), "ES");
}

static size_t find_frame(struct bytes text)
{
    return text.len == LINE_LEN || is_error(text) ? 0 : text.len;
}

static bool is_frame(struct bytes text)
{
    bool sign = text.data[0] == ' ' || text.data[0] == '-';
    bool motion = text.data[MOTION_AT] == ' ' || text.data[MOTION_AT] == '?';
    return sign && motion && text.data[WEIGHT_AT - 1] == ' ' && text.data[UNIT_AT - 1] == ' ';
}

static enum scale_reject parse_legend(struct bytes legend, struct scale_reading *reading)
{
    reading->net = bytes_equal_text(legend, "NET");
    if (reading->net || legend.len == 0 || bytes_equal_text(legend, "G")) return SCALE_REJECT_NONE;
    /* A tare is not what is on the plate. */
    return bytes_equal_text(legend, "T") ? SCALE_REJECT_UNIT : SCALE_REJECT_SHAPE;
}

static enum scale_reject parse_frame(struct bytes text, struct scale_reading *reading)
{
    enum mass_unit unit;
    struct decimal value;
    if (is_error(text)) return SCALE_REJECT_ERROR;
    if (!is_frame(text)) return SCALE_REJECT_SHAPE;
    enum scale_reject reject = parse_legend(bytes_trim(bytes_from(text, LEGEND_AT)), reading);
    if (reject != SCALE_REJECT_NONE) return reject;
    if (!decimal_parse(bytes_trim(bytes_slice(text, WEIGHT_AT, WEIGHT_LEN)), &value))
        return SCALE_REJECT_NUMBER;
    if (value.digits < 0) return SCALE_REJECT_NUMBER; /* its sign has a place of its own */
    if (!scale_unit_parse(bytes_trim(bytes_slice(text, UNIT_AT, UNIT_LEN)), &unit))
        return SCALE_REJECT_UNIT;
    if (text.data[0] == '-') value.digits = -value.digits;
    reading->stable = text.data[MOTION_AT] == ' ';
    reading->usable = reading->stable;
    return scale_set_value(reading, value, unit) ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
}

static const struct scale_line ohaus_line = {.find = find_frame, .parse = parse_frame};

static void look(struct scale_state *state, struct scale_output *out)
{
    scale_line_look(state, &ohaus_line, out);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_ohaus = {
    .name = "ohaus-3000",
    .title = "Ohaus Defender 3000 (T31, T32)",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .request = {(const uint8_t *)"IP\r\n", 4},
    .request_every_ms = 300,
    .zero_request = {(const uint8_t *)"Z\r\n", 3},
    .tare_request = {(const uint8_t *)"T\r\n", 3},
    .silent_after_ms = 3000,
    .feed = feed,
};
