/* scale_8217.c - Toledo 8217 and 8213 (METTLER TOLEDO DIVA service manual 6.1.3; Salter Brecknell
 * 3700LP manual): the answers to W.
 *
 *     STX 01.234 CR    STX 01.234 N CR (net)    STX ? status CR (no weight can be given)
 *
 * Rules. A frame has no unit: two digits, a point and three digits are kilograms; two decimals
 * are pounds by the manual, but a kilogram scale of 10 g divisions might show them: refused.
 * A weight comes only at rest and in range; else a status comes instead. */
#include "drivers/scale_8217.h"

#include "drivers/scale_line.h"

#define STX 0x02
#define FRAME_LONGEST 9u /* STX, 001.234 or 01.234N, CR */
#define KG_DECIMALS 3u
#define KG_LEN 6u /* 01.234 */

enum { MOTION = 1, OVER = 2, UNDER = 4, OUTSIDE_ZERO = 8, STATUS_ALWAYS = 64 };

static enum scale_reject parse_status(uint8_t status, struct scale_reading *reading)
{
    if ((status & STATUS_ALWAYS) == 0) return SCALE_REJECT_SHAPE;
    reading->overload = (status & OVER) != 0;
    reading->underload = (status & UNDER) != 0;
    bool state = (status & MOTION) != 0 || reading->overload || reading->underload;
    if (state) return SCALE_REJECT_NONE;
    /* An error that the scale cannot weigh with; or the answer to another question than ours. */
    return (status & OUTSIDE_ZERO) != 0 ? SCALE_REJECT_ERROR : SCALE_REJECT_NUMBER;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static enum scale_reject parse_weight(struct bytes body, struct scale_reading *reading)
{
    struct decimal value;
    reading->net = body.data[body.len - 1] == 'N';
    if (reading->net) body = bytes_slice(body, 0, body.len - 1);
    for (size_t i = 0; i < body.len; i++) {
        if (!is_digit(body.data[i]) && body.data[i] != '.') return SCALE_REJECT_SHAPE;
    }
    if (!decimal_parse(body, &value)) return SCALE_REJECT_NUMBER;
    if (value.decimals != KG_DECIMALS) return SCALE_REJECT_UNIT;
    if (body.len != KG_LEN || !scale_set_value(reading, value, MASS_KG)) return SCALE_REJECT_NUMBER;
    reading->stable = true;
    reading->usable = true;
    return SCALE_REJECT_NONE;
}

static enum scale_reject parse_frame(struct bytes plain, struct scale_reading *reading)
{
    struct bytes body = bytes_slice(plain, 1, plain.len - 2); /* without STX and CR */
    if (body.len == 2 && body.data[0] == '?') return parse_status(body.data[1], reading);
    return body.len < 2 ? SCALE_REJECT_SHAPE : parse_weight(body, reading);
}

static const struct scale_marked frame_8217 = {.start = STX,
                                               .longest = FRAME_LONGEST,
                                               .parse = parse_frame};

static void look(struct scale_state *state, struct scale_output *out)
{
    scale_marked_look(state, &frame_8217, out);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_8217 = {
    .name = "toledo-8217",
    .title = "Toledo / Mettler 8217 and 8213",
    .usual = {.baud = 9600, .data_bits = 7, .stop_bits = 1, .parity = LINE_PARITY_EVEN},
    .request = {(const uint8_t *)"W", 1},
    .request_every_ms = 300,
    .is_harmless = true,
    .zero_request = {(const uint8_t *)"Z", 1},
    .tare_request = {(const uint8_t *)"T", 1},
    .clear_tare_request = {(const uint8_t *)"C", 1},
    .silent_after_ms = 3000,
    .feed = feed,
};
