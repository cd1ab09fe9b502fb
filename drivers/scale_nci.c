/* scale_nci.c - NCI SCP-01 and its ECR form (manuals of NCI 6702 and 7800, Salter Brecknell 3700LP,
 * Adam MDW, CAS CI-100A; Weigh-Tronix SCP-01): the answers to W.
 *
 *     LF weight unit CR LF status CR ETX    LF status CR ETX    LF ? CR ETX (not understood)
 *
 * Rules. A frame begins with LF and ends with ETX, and has all that stands between; when it cannot
 * be one, it begins with a later LF. Without its LF a weight may have lost its first digits. Two
 * to four status bytes, with an S in front in the ECR form; only bits 4 and 5, which make them
 * digits and their like, are relied on. The weight may be filled: ^ over, _ under, - zero error.
 * A status without a weight is a state when it says moving, over or under, and else no weight. */
#include "drivers/scale_nci.h"

#include "drivers/scale_field.h"

#define ETX 0x03
#define FRAME_LONGEST 40u
#define STATUS_MAX 4u

enum { S1_MOTION = 1, S1_ZERO = 2, S1_RAM_ERROR = 4, S1_EEPROM_ERROR = 8 };
enum { S2_UNDER = 1, S2_OVER = 2, S2_ROM_ERROR = 4, S2_BAD_CALIBRATION = 8 };
enum { S3_RANGE = 3, S3_HOLD = 2, S3_NET = 4, S3_ZERO_ERROR = 8 };
enum { S4_MODE = 3, S4_HOLD = 4 };
enum { STATUS_ALWAYS = 0x30 };

struct nci_frame {
    struct bytes weight; /* empty: status only */
    uint8_t status[STATUS_MAX];
};

/* The status bytes that a frame does not have say nothing. */
static bool take_status(struct bytes field, struct nci_frame *frame)
{
    if (bytes_start_with(field, "S")) field = bytes_from(field, 1);
    if (field.len < 2 || field.len > STATUS_MAX) return false;
    for (size_t i = 0; i < STATUS_MAX; i++) {
        frame->status[i] = i < field.len ? field.data[i] : STATUS_ALWAYS;
        if ((frame->status[i] & STATUS_ALWAYS) != STATUS_ALWAYS) return false;
    }
    return true;
}

/* `body` is what stands between the first LF and the last CR. */
static bool split_frame(struct bytes body, struct nci_frame *frame)
{
    size_t weight_len = bytes_find(body, BYTES_LITERAL("\r\n"));
    frame->weight = BYTES_NONE;
    if (weight_len < body.len) {
        frame->weight = bytes_slice(body, 0, weight_len);
        body = bytes_from(body, weight_len + 2);
        if (frame->weight.len == 0) return false;
    }
    for (size_t i = 0; i < frame->weight.len; i++) {
        if (frame->weight.data[i] < ' ') return false;
    }
    return take_status(body, frame);
}

static enum scale_reject parse_status(const struct nci_frame *frame, struct scale_reading *reading)
{
    const uint8_t *status = frame->status;
    bool broken = (status[0] & (S1_RAM_ERROR | S1_EEPROM_ERROR)) != 0 ||
                  (status[1] & (S2_ROM_ERROR | S2_BAD_CALIBRATION)) != 0 ||
                  (status[2] & S3_ZERO_ERROR) != 0;
    if (broken) return SCALE_REJECT_ERROR;
    if ((status[3] & S4_MODE) != 0) return SCALE_REJECT_UNIT; /* a count or percent */
    reading->overload = (status[1] & S2_OVER) != 0;
    reading->underload = (status[1] & S2_UNDER) != 0;
    reading->net = (status[2] & S3_NET) != 0;
    return SCALE_REJECT_NONE;
}

static bool is_filled(struct bytes *weight, const char *filler)
{
    struct bytes rest = *weight;
    while (bytes_start_with(rest, filler)) rest = bytes_from(rest, 1);
    if (weight->len - rest.len < 2) return false; /* one "-" may be a sign */
    *weight = rest;
    return true;
}

static enum scale_reject parse_weight(struct bytes weight, const struct nci_frame *frame,
                                      struct scale_reading *reading)
{
    const uint8_t *status = frame->status;
    enum mass_unit unit;
    struct decimal value;
    if (is_filled(&weight, "-")) return SCALE_REJECT_ERROR;
    if (is_filled(&weight, "^")) reading->overload = true;
    else if (is_filled(&weight, "_")) reading->underload = true;
    if (weight.len < frame->weight.len) return SCALE_REJECT_NONE; /* a state and no value */
    if (!scale_take_number(&weight, &value)) return SCALE_REJECT_NUMBER;
    if (!scale_unit_parse(bytes_trim(weight), &unit)) return SCALE_REJECT_UNIT;
    if (!scale_set_value(reading, value, unit)) return SCALE_REJECT_NUMBER;
    bool held = (status[2] & S3_RANGE) == S3_HOLD || (status[3] & S4_HOLD) != 0;
    reading->stable = (status[0] & S1_MOTION) == 0;
    reading->zero = reading->zero || (status[0] & S1_ZERO) != 0;
    reading->usable = reading->stable && !held && !reading->overload && !reading->underload;
    return SCALE_REJECT_NONE;
}

static enum scale_reject parse_frame(const struct nci_frame *frame, struct scale_reading *reading)
{
    enum scale_reject reject = parse_status(frame, reading);
    if (reject != SCALE_REJECT_NONE) return reject;
    if (frame->weight.len > 0) return parse_weight(frame->weight, frame, reading);
    bool state = (frame->status[0] & S1_MOTION) != 0 || reading->overload || reading->underload;
    return state ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
}

/* `plain` begins with LF and ends with ETX. False: no frame begins here. */
static bool read_frame(struct bytes plain, struct scale_reading *reading,
                       enum scale_reject *out_reject)
{
    struct nci_frame frame;
    if (plain.data[0] != '\n' || plain.len < 4 || plain.data[plain.len - 2] != '\r') return false;
    struct bytes body = bytes_slice(plain, 1, plain.len - 3);
    if (bytes_equal_text(body, "?")) {
        *out_reject = SCALE_REJECT_ERROR;
        return true;
    }
    if (!split_frame(body, &frame)) return false;
    *out_reject = parse_frame(&frame, reading);
    return true;
}

/* The buffer ends with ETX: a frame ends here, or none does. */
static void take_end(struct scale_state *state, struct bytes plain, struct scale_output *out)
{
    struct bytes raw = frame_front(&state->frame);
    enum scale_reject reject = SCALE_REJECT_SHAPE;
    size_t at = 0;
    while (at < plain.len && !read_frame(bytes_from(plain, at), &out->reading, &reject)) at++;
    if (at == plain.len) at = 0;
    raw = bytes_from(raw, at);
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, raw, out);
    else scale_say_refused(state, raw, reject, out);
    frame_drop(&state->frame, plain.len);
}

static void look(struct scale_state *state, struct scale_output *out)
{
    uint8_t masked[FRAME_LONGEST];
    struct bytes front = frame_front(&state->frame);
    ENSURE(front.len > 0 && front.len <= sizeof masked);
    for (size_t i = 0; i < front.len; i++) masked[i] = front.data[i] & 0x7F;
    struct bytes plain = bytes_of(masked, front.len);
    if (masked[front.len - 1] == ETX) take_end(state, plain, out);
    else if (front.len == FRAME_LONGEST) scale_skip(state, 1);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_nci = {
    .name = "nci",
    .title =
        "NCI SCP-01 and ECR (Weigh-Tronix, Salter Brecknell, Adam MDW, CAS CI-100A, Fairbanks)",
    .usual = {.baud = 9600, .data_bits = 7, .stop_bits = 1, .parity = LINE_PARITY_EVEN},
    .request = {(const uint8_t *)"W\r", 2},
    .request_every_ms = 300,
    .is_harmless = true,
    .zero_request = {(const uint8_t *)"Z\r", 2},
    .tare_request = {(const uint8_t *)"T\r", 2},
    .silent_after_ms = 3000,
    .feed = feed,
};
