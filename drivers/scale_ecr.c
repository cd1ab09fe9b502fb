/* scale_ecr.c - scales that wait for a cash register's handshake (CAS AP-1 description; Ohaus
 * Aviator 7000 service manual, 6.1.1; METTLER TOLEDO DIVA service manual, 6.1.5 and 6.1.11; CAS
 * PD-II manual, 3.1.3; Dibal DPOS400 manual).
 *
 *     we: ENQ   scale: ACK   we: DC1 or DC2   scale: a frame
 *     SOH STX status sign 00.000 kg BCC ETX EOT       status S stable, U not; sign F over range
 *     STX ID 00000 BCC ETX                            ID says range, unit and point
 *
 * Rules. BCC is the exclusive or of all between STX and itself; it may look like any other byte, so
 * only places count. Only an ACK that stands alone is answered: no frame has begun, and nothing
 * else came since the last frame or handshake byte. After other bytes, ACKS_SURE of them must come
 * in a row first: each question brings one. A scale that has no weight to give says NAK or CAN. */
#include "drivers/scale_ecr.h"

#include "drivers/scale_field.h"

enum {
    SOH = 0x01,
    STX = 0x02,
    ETX = 0x03,
    EOT = 0x04,
    ACK = 0x06,
    CR = 0x0D,
    NAK = 0x15,
    CAN = 0x18
};

#define ACKS_SURE 3u
#define AP1_LEN 15u
#define ICL_LEN 9u
#define FRAME_LONGEST AP1_LEN

enum { AP1_STATUS_AT = 2, AP1_SIGN_AT = 3, AP1_VALUE_AT = 4, AP1_VALUE_LEN = 6, AP1_UNIT_AT = 10 };
enum { AP1_BCC_AT = 12, AP1_DECIMALS = 3 };
enum { ICL_ID_AT = 1, ICL_VALUE_AT = 2, ICL_VALUE_LEN = 5, ICL_BCC_AT = 7 };
enum { ICL_RANGE = 0x07, ICL_OUT_OF_RANGE = 0x10, ICL_ALWAYS = 0x28, ICL_FOREIGN = 0x40 };

/* '*' is any byte. */
static bool fits(struct bytes front, const char *pattern)
{
    for (size_t i = 0; i < front.len; i++) {
        if (pattern[i] != '*' && front.data[i] != (uint8_t)pattern[i]) return false;
    }
    return true;
}

static bool sums_up(struct bytes frame, size_t from, size_t bcc_at)
{
    unsigned sum = 0;
    for (size_t i = from; i < bcc_at; i++) sum ^= frame.data[i];
    return sum == frame.data[bcc_at];
}

/* A blank field says "not stable" (Dibal). All zeros come at overload too (Dibal): not usable; with
 * a minus they mean below zero. */
static enum scale_reject parse_ap1_value(struct bytes frame, struct scale_reading *reading)
{
    struct bytes field = bytes_slice(frame, AP1_VALUE_AT, AP1_VALUE_LEN);
    enum mass_unit unit;
    struct decimal value;
    bool negative = frame.data[AP1_SIGN_AT] == '-';
    bool stable = frame.data[AP1_STATUS_AT] == 'S';
    if (bytes_trim(field).len == 0) return stable ? SCALE_REJECT_NUMBER : SCALE_REJECT_NONE;
    if (!decimal_parse(bytes_trim(field), &value) || value.digits < 0) return SCALE_REJECT_NUMBER;
    if (value.decimals != AP1_DECIMALS) return SCALE_REJECT_NUMBER;
    if (!scale_unit_parse(bytes_slice(frame, AP1_UNIT_AT, 2), &unit)) return SCALE_REJECT_UNIT;
    reading->underload = negative && value.digits == 0;
    if (reading->underload) return SCALE_REJECT_NONE;
    if (negative) value.digits = -value.digits;
    if (!scale_set_value(reading, value, unit)) return SCALE_REJECT_NUMBER;
    reading->stable = stable;
    reading->usable = stable && value.digits != 0;
    return SCALE_REJECT_NONE;
}

static enum scale_reject parse_ap1(struct bytes frame, struct scale_reading *reading)
{
    uint8_t status = frame.data[AP1_STATUS_AT], sign = frame.data[AP1_SIGN_AT];
    if (!sums_up(frame, AP1_STATUS_AT, AP1_BCC_AT)) return SCALE_REJECT_CHECKSUM;
    if ((status != 'S' && status != 'U') || (sign != ' ' && sign != '-' && sign != 'F'))
        return SCALE_REJECT_SHAPE;
    reading->overload = sign == 'F';
    return reading->overload ? SCALE_REJECT_NONE : parse_ap1_value(frame, reading);
}

/* A place that the range does not need is NUL, at the front or at the back. */
static struct bytes without_nul(struct bytes field)
{
    while (field.len > 0 && field.data[0] == 0) field = bytes_from(field, 1);
    while (field.len > 0 && field.data[field.len - 1] == 0) field.len--;
    return field;
}

static bool icl_range(uint8_t id, enum mass_unit *out_unit, unsigned *out_decimals)
{
    switch (id & ICL_RANGE) {
    case 1: /* 15 kg, 5 g */
    case 3:
        *out_unit = MASS_KG;
        *out_decimals = 3;
        return true; /* 6 kg, 2 g */
    case 2:
        *out_unit = MASS_LB;
        *out_decimals = 2;
        return true; /* 30 lb, 0.01 lb */
    default: return false;
    }
}

/* An ACK before it said that there is a weight to give: it is given at rest only. */
static enum scale_reject parse_icl(struct bytes frame, struct scale_reading *reading)
{
    struct bytes field = bytes_slice(frame, ICL_VALUE_AT, ICL_VALUE_LEN);
    uint8_t id = frame.data[ICL_ID_AT];
    enum mass_unit unit;
    unsigned decimals;
    struct decimal value;
    if (!sums_up(frame, ICL_ID_AT, ICL_BCC_AT)) return SCALE_REJECT_CHECKSUM;
    if ((id & ICL_ALWAYS) != ICL_ALWAYS) return SCALE_REJECT_SHAPE;
    if ((id & ICL_OUT_OF_RANGE) != 0) { /* over or under: it does not say which */
        reading->overload = true;
        return SCALE_REJECT_NONE;
    }
    if ((id & ICL_FOREIGN) != 0 || !icl_range(id, &unit, &decimals)) return SCALE_REJECT_UNIT;
    bool last_unused = field.data[ICL_VALUE_LEN - 1] == 0;
    if (last_unused && unit != MASS_LB) return SCALE_REJECT_NUMBER; /* grams would be missing */
    field = without_nul(field);
    if (!decimal_parse(field, &value) || value.decimals > 0 || value.digits < 0)
        return SCALE_REJECT_NUMBER;
    value.decimals = decimals;
    if (!scale_set_value(reading, value, unit)) return SCALE_REJECT_NUMBER;
    reading->stable = true;
    reading->usable = true;
    return SCALE_REJECT_NONE;
}

struct ecr_form {
    const char *pattern;
    size_t len;
    enum scale_reject (*parse)(struct bytes frame, struct scale_reading *reading);
    struct bytes answer;
};

static const struct ecr_form form_ap1 = {.pattern = "\x01\x02***********\x03\x04",
                                         .len = AP1_LEN,
                                         .parse = parse_ap1,
                                         .answer = {(const uint8_t *)"\x11", 1}};
static const struct ecr_form form_icl = {.pattern = "\x02*******\x03",
                                         .len = ICL_LEN,
                                         .parse = parse_icl,
                                         .answer = {(const uint8_t *)"\x11", 1}};
static const struct ecr_form form_pd2 = {.pattern = "\x02*******\x03",
                                         .len = ICL_LEN,
                                         .parse = parse_icl,
                                         .answer = {(const uint8_t *)"\x12", 1}};

static void take_ack(struct scale_state *state, const struct ecr_form *form,
                     struct scale_output *out)
{
    frame_drop(&state->frame, 1);
    if (state->doubt > 0) {
        state->doubt--;
        if (state->doubt > 0) return;
    }
    out->result = SCALE_ANSWER;
    out->answer = form->answer;
}

/* One byte that is no part of a frame. True when it means something. */
static bool take_handshake(struct scale_state *state, uint8_t byte, const struct ecr_form *form,
                           struct scale_output *out)
{
    switch (byte) {
    case ACK: take_ack(state, form, out); return true;
    case NAK:
    case CAN:
        scale_say_refused(state, frame_front(&state->frame), SCALE_REJECT_ERROR, out);
        frame_drop(&state->frame, 1);
        return true;
    case CR: frame_drop(&state->frame, 1); return true; /* the scale's last word */
    default: return false;
    }
}

static void look(struct scale_state *state, const struct ecr_form *form, struct scale_output *out)
{
    uint8_t masked[FRAME_LONGEST];
    struct bytes front = frame_front(&state->frame);
    ENSURE(front.len > 0 && front.len <= form->len);
    for (size_t i = 0; i < front.len; i++) masked[i] = front.data[i] & 0x7F;
    struct bytes plain = bytes_of(masked, front.len);
    if (front.len == 1 && take_handshake(state, masked[0], form, out)) return;
    size_t drop = 0;
    while (!fits(bytes_from(plain, drop), form->pattern)) drop++;
    if (drop > 0) {
        scale_skip(state, drop);
        state->doubt = ACKS_SURE;
        return;
    }
    if (front.len < form->len) return;
    enum scale_reject reject = form->parse(plain, &out->reading);
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, front, out);
    else scale_say_refused(state, front, reject, out);
    bool damaged = reject == SCALE_REJECT_CHECKSUM || reject == SCALE_REJECT_SHAPE;
    state->doubt = damaged ? ACKS_SURE : 0;
    frame_drop(&state->frame, form->len);
}

static void look_ap1(struct scale_state *state, struct scale_output *out)
{
    look(state, &form_ap1, out);
}

static void look_icl(struct scale_state *state, struct scale_output *out)
{
    look(state, &form_icl, out);
}

static void look_pd2(struct scale_state *state, struct scale_output *out)
{
    look(state, &form_pd2, out);
}

static size_t feed_ap1(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look_ap1, out);
}

static size_t feed_icl(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look_icl, out);
}

static size_t feed_pd2(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look_pd2, out);
}

const struct scale_driver scale_ecr_ap1 = {
    .name = "ecr-ap1",
    .title = "ECR handshake with status and unit (CAS AP-1, Ohaus Aviator, Dibal)",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .request = {(const uint8_t *)"\x05", 1},
    .request_every_ms = 300,
    .is_harmless = true,
    .silent_after_ms = 8000, /* a Dibal waits seven seconds for rest */
    .feed = feed_ap1,
};

const struct scale_driver scale_ecr_icl = {
    .name = "ecr-icl",
    .title = "ECR handshake of ICL (METTLER TOLEDO DIVA)",
    .usual = {.baud = 9600, .data_bits = 7, .stop_bits = 1, .parity = LINE_PARITY_EVEN},
    .request = {(const uint8_t *)"\x05", 1},
    .request_every_ms = 300,
    .is_harmless = true,
    .silent_after_ms = 3000,
    .feed = feed_icl,
};

const struct scale_driver scale_ecr_pd2 = {
    .name = "ecr-pd2",
    .title = "ECR handshake of CAS PD-II, type 0 and 1",
    .usual = {.baud = 9600, .data_bits = 7, .stop_bits = 1, .parity = LINE_PARITY_EVEN},
    .request = {(const uint8_t *)"\x05", 1},
    .request_every_ms = 300,
    .is_harmless = true,
    .by_name_only = true, /* its frames are those of ecr-icl, its answer is not */
    .silent_after_ms = 3000,
    .feed = feed_pd2,
};
