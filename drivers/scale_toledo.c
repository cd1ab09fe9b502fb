/* scale_toledo.c - Toledo (Mettler) continuous output: a frame for every display update, unasked.
 * METTLER TOLEDO Wildcat technical manual (12/00), tables 6-8 to 6-11; the checksum as recorded
 * from a real line (tests/replay/captures/toledo-4800-7e1.cap).
 *
 *     STX SWA SWB SWC wwwwww tttttt CR [sum]    the short form has no tttttt
 *
 * Rules. A frame begins with STX and has its CR in place; when it cannot be one any more, its
 * first byte is dropped and looking goes on. The "always 1" and "always 0" bits of the status
 * words are not always so and are not looked at. Bit 7 may be parity: it is masked, the raw
 * frame keeps it.
 *
 * Whether frames carry a checksum is not said in a frame; a run of frames says it:
 *     not known   the byte after CR decides each frame: it completes a checksum, and the frame is
 *                 good; or it is the next STX, and the frame is read but not usable
 *     has one     from the first good checksum on: a frame without one, or with a bad one, is
 *                 refused
 *     has none    after CHECKSUM_RUN frames in a row with STX right behind their CR; a byte
 *                 between two frames ends this, and the question is open again */
#include "drivers/scale_toledo.h"

#include "drivers/scale_field.h"

#define STX 0x02
#define CR 0x0D

#define SHORT_CR 10u /* place of CR without and with a tare field */
#define LONG_CR 16u
#define FRAME_LONGEST \
    (LONG_CR + 3) /* frame, checksum, one byte to tell a checksum of 02 from an STX */
#define FIELD_DIGITS 6u
#define CHECKSUM_RUN 3u

enum { SWA = 1, SWB = 2, SWC = 3, WEIGHT_AT = 4, TARE_AT = 10 };
enum { SWB_NET = 1, SWB_NEGATIVE = 2, SWB_OUT_OF_RANGE = 4, SWB_MOTION = 8, SWB_KG = 16 };
enum { SWC_UNIT = 7, SWC_EXPANDED = 16 };

/* Digits have no point: SWA says where it is, exponent = 2 - (SWA & 7). */
static bool parse_digits(struct bytes field, uint8_t swa, struct decimal *out_value)
{
    static const int64_t factors[] = {100, 10, 1, 1, 1, 1, 1, 1};
    unsigned place = swa & 7u;
    struct decimal value;
    if (!decimal_parse(bytes_trim(field), &value) || value.decimals > 0) return false;
    value.digits *= factors[place];
    value.decimals = place > 2 ? place - 2 : 0;
    *out_value = value;
    return true;
}

static bool parse_unit(uint8_t swb, uint8_t swc, enum mass_unit *out_unit)
{
    switch (swc & SWC_UNIT) {
    case 0: *out_unit = (swb & SWB_KG) != 0 ? MASS_KG : MASS_LB; return true;
    case 1: *out_unit = MASS_G; return true;
    case 2: *out_unit = MASS_TONNE; return true;
    case 3: *out_unit = MASS_OZ; return true;
    default: return false; /* not masses we know, or set by the installer */
    }
}

static void parse_status(uint8_t swb, uint8_t swc, struct scale_reading *reading)
{
    bool out_of_range = (swb & SWB_OUT_OF_RANGE) != 0;
    bool negative = (swb & SWB_NEGATIVE) != 0;
    reading->stable = (swb & SWB_MOTION) == 0;
    reading->net = (swb & SWB_NET) != 0;
    reading->overload = out_of_range && !negative;
    reading->underload = out_of_range && negative;
    /* Expanded by ten is a service display, not a weighing. */
    reading->usable = reading->stable && !out_of_range && (swc & SWC_EXPANDED) == 0;
}

/* The tare field means something in net mode only. */
static bool parse_tare(struct bytes frame, enum mass_unit unit, struct scale_reading *reading)
{
    struct decimal tare;
    if (!reading->net || frame.data[SHORT_CR] == CR) return true;
    return parse_digits(bytes_slice(frame, TARE_AT, FIELD_DIGITS), frame.data[SWA], &tare) &&
           mass_mg_from_decimal(tare, unit, &reading->tare_mg);
}

static enum scale_reject parse_frame(struct bytes frame, struct scale_reading *reading)
{
    uint8_t swb = frame.data[SWB];
    enum mass_unit unit;
    struct decimal value;
    parse_status(swb, frame.data[SWC], reading);
    if (!parse_unit(swb, frame.data[SWC], &unit)) return SCALE_REJECT_UNIT;
    if (!parse_digits(bytes_slice(frame, WEIGHT_AT, FIELD_DIGITS), frame.data[SWA], &value)) {
        /* Out of range, some terminals blank the field; then there is a state and no value. */
        return reading->overload || reading->underload ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
    }
    if ((swb & SWB_NEGATIVE) != 0) value.digits = -value.digits;
    bool fits = scale_set_value(reading, value, unit) && parse_tare(frame, unit, reading);
    return fits ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
}

/* Reads the frame of `len` bytes at the front and drops it. */
static void take_frame(struct scale_state *state, struct bytes plain, size_t len, bool proved,
                       struct scale_output *out)
{
    struct bytes raw = bytes_slice(frame_front(&state->frame), 0, len);
    enum scale_reject reject = parse_frame(plain, &out->reading);
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, raw, out);
    else scale_say_refused(state, raw, reject, out);
    out->reading.usable = out->reading.usable && proved;
    frame_drop(&state->frame, len);
}

/* Drops the first byte and what else of these bytes begins no frame. */
static void refuse_front(struct scale_state *state, size_t len, enum scale_reject reject,
                         struct scale_output *out)
{
    struct bytes raw = bytes_slice(frame_front(&state->frame), 0, len);
    size_t count = 1;
    scale_say_refused(state, raw, reject, out);
    while (count < len && (raw.data[count] & 0x7F) != STX) count++;
    scale_skip(state, count);
}

/* Two's complement of the sum of the low seven bits: over the whole frame they add up to 0. */
static bool sums_to_zero(struct bytes plain, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++) sum += plain.data[i];
    return (sum & 0x7F) == 0;
}

/* A frame whose CR is followed by the next STX. */
static void take_bare(struct scale_state *state, struct bytes plain, size_t len,
                      struct scale_output *out)
{
    if (state->checksum_missing < CHECKSUM_RUN) state->checksum_missing++;
    bool none = state->checksum_missing == CHECKSUM_RUN;
    if (none) state->checksum_seen = 0;
    if (state->checksum_seen > 0) refuse_front(state, len, SCALE_REJECT_CHECKSUM, out);
    else take_frame(state, plain, len, none, out);
}

static void take_summed(struct scale_state *state, struct bytes plain, size_t len,
                        struct scale_output *out)
{
    if (state->checksum_seen < CHECKSUM_RUN) state->checksum_seen++;
    state->checksum_missing = 0;
    take_frame(state, plain, len, true, out);
}

/* The front has its CR; `len` counts up to it. */
static void decide_checksum(struct scale_state *state, struct bytes plain, size_t len,
                            struct scale_output *out)
{
    if (state->checksum_missing == CHECKSUM_RUN) {
        take_frame(state, plain, len, true, out);
        return;
    }
    if (plain.len == len) return; /* the next byte will tell */
    bool sums = sums_to_zero(plain, len + 1);
    bool next_starts = plain.data[len] == STX;
    if (sums && next_starts && state->checksum_seen < CHECKSUM_RUN) {
        /* Either a checksum that happens to be 02, or the next frame's STX: one more byte. */
        if (plain.len == len + 1) return;
        sums = plain.data[len + 1] == STX;
    }
    if (sums) {
        take_summed(state, plain, len + 1, out);
    } else if (next_starts) {
        take_bare(state, plain, len, out);
    } else {
        state->checksum_missing = 0;
        refuse_front(state, len + 1, SCALE_REJECT_CHECKSUM, out);
    }
}

/* Drops what does not begin with STX. Bytes between frames unsettle what was learned. */
static void find_start(struct scale_state *state)
{
    struct bytes front = frame_front(&state->frame);
    size_t count = 0;
    while (count < front.len && (front.data[count] & 0x7F) != STX) count++;
    if (count == 0) return;
    state->checksum_missing = 0;
    scale_skip(state, count);
}

static void look(struct scale_state *state, struct scale_output *out)
{
    uint8_t masked[FRAME_LONGEST];
    find_start(state);
    struct bytes front = frame_front(&state->frame);
    ENSURE(front.len <= sizeof masked);
    for (size_t i = 0; i < front.len; i++) masked[i] = front.data[i] & 0x7F;
    struct bytes plain = bytes_of(masked, front.len);
    for (size_t i = 1; i < plain.len; i++) {
        bool end = plain.data[i] == CR && (i == SHORT_CR || i == LONG_CR);
        if (end) {
            decide_checksum(state, plain, i + 1, out);
            return;
        }
        if (i == LONG_CR || plain.data[i] < ' ') {
            refuse_front(state, i + 1, SCALE_REJECT_SHAPE, out);
            return;
        }
    }
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_toledo = {
    .name = "toledo-continuous",
    .title = "Toledo / Mettler continuous output",
    .usual = {.baud = 9600, .data_bits = 7, .stop_bits = 1, .parity = LINE_PARITY_EVEN},
    .zero_request = {(const uint8_t *)"Z", 1},
    .tare_request = {(const uint8_t *)"T", 1},
    .clear_tare_request = {(const uint8_t *)"C", 1},
    .silent_after_ms = 2000,
    .feed = feed,
};
