/* scale_8217.c - Toledo 8217 and 8213 (METTLER TOLEDO DIVA service manual 6.1.3; Salter Brecknell
 * 3700LP manual): the answers to W.
 *
 *     STX 01.234 CR    STX 01.234 N CR (net)    STX ? status CR (no weight can be given)
 *
 * Rules. A frame has no unit: two digits, a point and three digits are kilograms; two decimals
 * are pounds by the manual, but a kilogram scale of 10 g divisions might show them: refused.
 * A weight comes only at rest and in range; else a status comes instead. Bit 7 may be parity: it
 * is masked, the raw frame keeps it. */
#include "drivers/scale_8217.h"

#include "drivers/scale_field.h"

#define STX 0x02
#define CR 0x0D
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

/* `body` is what stands between STX and CR. */
static enum scale_reject parse_frame(struct bytes body, struct scale_reading *reading)
{
    if (body.len == 2 && body.data[0] == '?') return parse_status(body.data[1], reading);
    return body.len < 2 ? SCALE_REJECT_SHAPE : parse_weight(body, reading);
}

static void take_frame(struct scale_state *state, struct bytes plain, struct scale_output *out)
{
    struct bytes raw = frame_front(&state->frame);
    enum scale_reject reject = parse_frame(bytes_slice(plain, 1, plain.len - 2), &out->reading);
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, raw, out);
    else scale_say_refused(state, raw, reject, out);
    frame_drop(&state->frame, plain.len);
}

/* A byte more: it begins a frame, goes on with one, ends one, or shows that there was none. */
static void look(struct scale_state *state, struct scale_output *out)
{
    uint8_t masked[FRAME_LONGEST];
    struct bytes front = frame_front(&state->frame);
    ENSURE(front.len > 0 && front.len <= sizeof masked);
    for (size_t i = 0; i < front.len; i++) masked[i] = front.data[i] & 0x7F;
    uint8_t newest = masked[front.len - 1];
    if (newest == STX) scale_skip(state, front.len - 1);
    else if (masked[0] == STX && newest == CR) take_frame(state, bytes_of(masked, front.len), out);
    else if (masked[0] != STX || newest < ' ' || front.len == FRAME_LONGEST)
        scale_skip(state, front.len);
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
    .silent_after_ms = 3000,
    .feed = feed,
};
