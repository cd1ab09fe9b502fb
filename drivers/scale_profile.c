/* scale_profile.c - frames to readings as a profile says; scale_profile.h has how they are found.
 *
 * A layout is walked from left to right, without going back: each element takes its bytes or the
 * layout does not fit. Only then is judged what was taken. Layouts are tried in the order of the
 * file. Bytes of a layout that fits are never used twice. */
#include "drivers/scale_profile.h"

#include <string.h>

#include "drivers/scale_field.h"

#define BUFFER_MAX 64u
_Static_assert(SCALE_PROFILE_FRAME_MAX < BUFFER_MAX && BUFFER_MAX <= SCALE_RAW_MAX,
               "a line that lost its first byte must be too long for every layout");

enum fit { FIT_NO, FIT_MORE, FIT_YES };

struct walk {
    const struct scale_profile *profile;
    const struct profile_frame *frame;
    struct bytes in; /* the frame, or what there is of it */
    size_t at;
    unsigned means;
    bool has_value, has_unit, has_tare;
    struct bytes value, unit, tare;
    bool negative; /* by a sign element */
    unsigned decimals;
    size_t checksum_at;
    struct bytes checksum;
};

static bool is_printable(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~') return false;
    }
    return true;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* A field of a stated width. */
static enum fit take(struct walk *walk, size_t width, bool any, struct bytes *out_field)
{
    *out_field = bytes_slice(walk->in, walk->at, width);
    if (!any && !is_printable(*out_field)) return FIT_NO;
    if (out_field->len < width) return FIT_MORE;
    walk->at += width;
    return FIT_YES;
}

static enum fit fit_literal(struct walk *walk, const struct profile_element *element)
{
    struct bytes there = bytes_slice(walk->in, walk->at, element->width);
    if (!bytes_equal(there, bytes_of(element->literal, there.len))) return FIT_NO;
    if (there.len < element->width) return FIT_MORE;
    walk->at += element->width;
    return FIT_YES;
}

static enum fit fit_sign(struct walk *walk)
{
    struct bytes field;
    enum fit fit = take(walk, 1, false, &field);
    if (fit != FIT_YES) return fit;
    walk->negative = field.data[0] == '-';
    return walk->negative || field.data[0] == '+' || field.data[0] == ' ' ? FIT_YES : FIT_NO;
}

/* As long as it is: blanks, a sign, blanks, digits and points. */
static enum fit fit_free_value(struct walk *walk, struct bytes *out_field)
{
    size_t from = walk->at, digits = 0;
    struct bytes rest = bytes_from(walk->in, walk->at);
    scale_take_blanks(&rest);
    if (bytes_start_with(rest, "-") || bytes_start_with(rest, "+")) rest = bytes_from(rest, 1);
    scale_take_blanks(&rest);
    while (digits < rest.len && (is_digit(rest.data[digits]) || rest.data[digits] == '.')) digits++;
    if (digits == rest.len) return FIT_MORE;
    if (digits == 0) return FIT_NO;
    walk->at = walk->in.len - rest.len + digits;
    *out_field = bytes_slice(walk->in, from, walk->at - from);
    return FIT_YES;
}

static bool may_be_unit(uint8_t byte)
{
    return byte > ' ' && byte <= '~' && byte != ',' && !is_digit(byte);
}

static enum fit fit_free_unit(struct walk *walk)
{
    size_t from = walk->at;
    while (walk->at < walk->in.len && may_be_unit(walk->in.data[walk->at])) walk->at++;
    walk->unit = bytes_slice(walk->in, from, walk->at - from);
    if (walk->at == walk->in.len) return FIT_MORE;
    return walk->unit.len > 0 ? FIT_YES : FIT_NO;
}

/* A text of the field: the whole of a stated width without its blanks, or the longest one there. */
static enum fit fit_text(struct walk *walk, const struct profile_element *element,
                         const struct profile_field *field)
{
    const struct profile_item *best = NULL;
    struct bytes there = bytes_from(walk->in, walk->at);
    if (element->width > 0) {
        enum fit fit = take(walk, element->width, false, &there);
        if (fit != FIT_YES) return fit;
        there = bytes_trim(there);
    }
    for (size_t i = 0; i < field->count; i++) {
        const struct profile_item *item = &field->items[i];
        struct bytes text = bytes_of(item->text, item->len);
        struct bytes front = bytes_slice(there, 0, item->len);
        if (element->width == 0 && front.len < item->len) {
            if (bytes_equal(front, bytes_slice(text, 0, front.len))) return FIT_MORE;
            continue;
        }
        bool same =
            element->width > 0 ? bytes_equal(there, bytes_trim(text)) : bytes_equal(front, text);
        if (same && (best == NULL || item->len > best->len)) best = item;
    }
    if (best == NULL) return FIT_NO;
    if (element->width == 0) walk->at += best->len;
    walk->means |= best->means;
    return FIT_YES;
}

static bool hex_value(uint8_t byte, unsigned *out_value)
{
    if (is_digit(byte)) *out_value = byte - '0';
    else if (byte >= 'A' && byte <= 'F') *out_value = byte - 'A' + 10u;
    else if (byte >= 'a' && byte <= 'f') *out_value = byte - 'a' + 10u;
    else return false;
    return true;
}

static enum fit fit_bits(struct walk *walk, const struct profile_field *field)
{
    struct bytes there;
    unsigned bits;
    enum fit fit = take(walk, 1, field->view == VIEW_BITS, &there);
    if (fit != FIT_YES) return fit;
    bits = there.data[0];
    if (field->view == VIEW_HEX && !hex_value(there.data[0], &bits)) return FIT_NO;
    for (size_t i = 0; i < field->count; i++) {
        const struct profile_item *item = &field->items[i];
        bool set = ((bits >> item->bit) & 1u) != 0;
        if (set != item->is_clear) walk->means |= item->means;
    }
    return FIT_YES;
}

static enum fit fit_decimals(struct walk *walk)
{
    struct bytes field;
    enum fit fit = take(walk, 1, false, &field);
    if (fit != FIT_YES) return fit;
    walk->decimals = field.data[0] - '0';
    return is_digit(field.data[0]) && walk->decimals <= SCALE_PROFILE_DECIMALS_MAX ? FIT_YES
                                                                                   : FIT_NO;
}

static enum fit fit_element(struct walk *walk, const struct profile_element *element)
{
    const struct profile_field *field = &walk->profile->fields[element->field];
    struct bytes ignored;
    switch ((enum profile_kind)element->kind) {
    case ELEMENT_LITERAL: return fit_literal(walk, element);
    case ELEMENT_BLANKS:
        while (walk->at < walk->in.len && walk->in.data[walk->at] == ' ') walk->at++;
        return FIT_YES;
    case ELEMENT_SIGN: return fit_sign(walk);
    case ELEMENT_VALUE:
        walk->has_value = true;
        if (element->width == 0) return fit_free_value(walk, &walk->value);
        return take(walk, element->width, false, &walk->value);
    case ELEMENT_TARE:
        walk->has_tare = true;
        if (element->width == 0) return fit_free_value(walk, &walk->tare);
        return take(walk, element->width, false, &walk->tare);
    case ELEMENT_UNIT:
        walk->has_unit = true;
        return element->width == 0 ? fit_free_unit(walk)
                                   : take(walk, element->width, false, &walk->unit);
    case ELEMENT_DECIMALS: return fit_decimals(walk);
    case ELEMENT_SKIP: return take(walk, element->width, false, &ignored);
    case ELEMENT_ANY: return take(walk, element->width, true, &ignored);
    case ELEMENT_CHECKSUM:
        walk->checksum_at = walk->at;
        return take(walk, element->width, true, &walk->checksum);
    case ELEMENT_FIELD:
        return field->view == VIEW_TEXT ? fit_text(walk, element, field) : fit_bits(walk, field);
    }
    return FIT_NO;
}

/* ---- what was taken ------------------------------------------------------------------------- */

static bool sums_up(const struct walk *walk)
{
    const struct profile_frame *frame = walk->frame;
    uint8_t mask = walk->profile->is_masked ? 0x7F : 0xFF;
    size_t last = frame->checksum_last > 0 ? frame->checksum_last : walk->checksum_at;
    unsigned sum = 0, sent = walk->checksum.data[0], low;
    ENSURE(last <= walk->in.len);
    for (size_t i = frame->checksum_first - 1; i < last; i++) {
        if (frame->checksum == CHECKSUM_XOR) sum ^= walk->in.data[i];
        else sum += walk->in.data[i];
    }
    if (frame->checksum == CHECKSUM_NEGATED) sum = 0u - sum;
    if (frame->checksum_hex) {
        bool good =
            hex_value(walk->checksum.data[0], &sent) && hex_value(walk->checksum.data[1], &low);
        if (!good) return false;
        sent = sent * 16 + low;
    }
    return ((sum ^ sent) & mask) == 0;
}

/* A text of the value: nothing else in the field, once or again and again ("^^^^^^"). */
static bool is_filled(struct bytes field, const struct profile_item *item)
{
    struct bytes text = bytes_of(item->text, item->len);
    if (text.len == 0) return field.len == 0;
    if (field.len == 0 || field.len % text.len != 0) return false;
    for (size_t at = 0; at < field.len; at += text.len) {
        if (!bytes_equal(bytes_slice(field, at, text.len), text)) return false;
    }
    return true;
}

static unsigned value_means(const struct walk *walk)
{
    const struct profile_field *field = &walk->profile->fields[PROFILE_VALUE];
    struct bytes value = bytes_trim(walk->value);
    unsigned means = 0;
    for (size_t i = 0; i < field->count; i++) {
        if (is_filled(value, &field->items[i])) means |= field->items[i].means;
    }
    return means;
}

static bool parse_number(const struct walk *walk, struct bytes field, struct decimal *out_value)
{
    const struct scale_profile *profile = walk->profile;
    uint8_t turned[SCALE_PROFILE_FRAME_MAX];
    struct decimal value;
    ENSURE(field.len <= sizeof turned);
    if (profile->is_reversed) {
        for (size_t i = 0; i < field.len; i++) turned[i] = field.data[field.len - 1 - i];
        field = bytes_of(turned, field.len);
    }
    if (!scale_take_number(&field, &value) || bytes_trim(field).len > 0) return false;
    switch (profile->decimals) {
    case DECIMALS_UNSAID: return false;
    case DECIMALS_SENT: break;
    case DECIMALS_POINT:
        if (value.decimals == 0) return false;
        break;
    case DECIMALS_FIXED:
    case DECIMALS_FIELD:
        if (value.decimals > 0) return false;
        value.decimals =
            profile->decimals == DECIMALS_FIXED ? profile->fixed_decimals : walk->decimals;
        break;
    }
    *out_value = value;
    return true;
}

/* False: no unit of mass. A blank may mean something of its own. */
static bool parse_unit(struct walk *walk, enum mass_unit *out_unit)
{
    const struct scale_profile *profile = walk->profile;
    const struct profile_field *field = &profile->fields[PROFILE_UNIT];
    struct bytes word = bytes_trim(walk->unit);
    *out_unit = profile->fixed_unit;
    if (!walk->has_unit) return profile->has_fixed_unit;
    walk->means |= profile->unit_means;
    bool listed = false; /* then only what is listed is a unit */
    for (size_t i = 0; i < field->count; i++) {
        const struct profile_item *item = &field->items[i];
        if (item->unit < 0) continue;
        listed = true;
        if (!bytes_equal(word, bytes_trim(bytes_of(item->text, item->len)))) continue;
        *out_unit = (enum mass_unit)item->unit;
        return true;
    }
    return !listed && scale_unit_parse(word, out_unit);
}

/* What the unit's place says instead of a unit: nothing there is in motion, say. */
static unsigned unit_says(const struct walk *walk)
{
    const struct profile_field *field = &walk->profile->fields[PROFILE_UNIT];
    struct bytes word = bytes_trim(walk->unit);
    unsigned means = 0;
    for (size_t i = 0; i < field->count && walk->has_unit; i++) {
        const struct profile_item *item = &field->items[i];
        if (item->unit < 0 && bytes_equal(word, bytes_trim(bytes_of(item->text, item->len))))
            means |= item->means;
    }
    return means;
}

static bool set_tare(struct walk *walk, enum mass_unit unit, struct scale_reading *reading)
{
    struct decimal tare;
    if (!walk->has_tare || !reading->net) return true;
    return parse_number(walk, walk->tare, &tare) &&
           mass_mg_from_decimal(tare, unit, &reading->tare_mg);
}

/* False: a sign before the digits and another one among them, or none where one is due. */
static bool apply_sign(const struct walk *walk, struct decimal *value)
{
    bool negative = walk->negative || (walk->means & MEANS_NEGATIVE) != 0;
    if (!negative) return true;
    if (value->digits < 0) return false;
    value->digits = -value->digits;
    return true;
}

/* REST_EQUAL: until the run is counted. */
static bool is_at_rest(const struct walk *walk)
{
    if ((walk->means & MEANS_MOVING) != 0) return false;
    switch (walk->profile->rest) {
    case REST_UNSAID:
    case REST_NEVER: return false;
    case REST_FLAG: return (walk->means & MEANS_STABLE) != 0;
    case REST_ALWAYS:
    case REST_EQUAL: return true;
    }
    return false;
}

static enum scale_reject judge_value(struct walk *walk, struct scale_reading *reading)
{
    struct decimal value;
    enum mass_unit unit;
    if (!walk->has_value) return SCALE_REJECT_NONE; /* a state */
    if (!parse_number(walk, walk->value, &value) || !apply_sign(walk, &value))
        return SCALE_REJECT_NUMBER;
    unsigned instead = unit_says(walk);
    bool no_unit =
        (instead & MEANS_MOVING) != 0 || !(walk->has_unit || walk->profile->has_fixed_unit);
    if (no_unit && (walk->means & MEANS_MOVING) != 0) return SCALE_REJECT_NONE;
    if (!parse_unit(walk, &unit)) return SCALE_REJECT_UNIT;
    reading->net = (walk->means & MEANS_NET) != 0;
    if (!scale_set_value(reading, value, unit) || !set_tare(walk, unit, reading))
        return SCALE_REJECT_NUMBER;
    reading->stable = is_at_rest(walk);
    reading->zero = reading->zero || (walk->means & MEANS_ZERO) != 0;
    reading->usable = reading->stable && (walk->means & MEANS_HELD) == 0;
    return SCALE_REJECT_NONE;
}

static enum scale_reject judge(struct walk *walk, struct scale_reading *reading)
{
    if (walk->frame->checksum != CHECKSUM_NONE && !sums_up(walk)) return SCALE_REJECT_CHECKSUM;
    walk->means |= walk->frame->means;
    if (walk->has_value) walk->means |= value_means(walk);
    walk->means |= unit_says(walk);
    if ((walk->means & MEANS_ERROR) != 0) return SCALE_REJECT_ERROR;
    if ((walk->means & MEANS_NO_WEIGHT) != 0) return SCALE_REJECT_UNIT;
    reading->overload = (walk->means & MEANS_OVER) != 0;
    reading->underload = (walk->means & MEANS_UNDER) != 0;
    /* Out of range the digits are filler. */
    if (reading->overload || reading->underload) return SCALE_REJECT_NONE;
    return judge_value(walk, reading);
}

/* ---- one layout, all layouts ---------------------------------------------------------------- */

struct found {
    enum fit fit;
    size_t len;
    enum scale_reject reject;
    struct scale_reading reading;
};

static enum fit fit_frame(struct walk *walk)
{
    for (size_t i = 0; i < walk->frame->count; i++) {
        enum fit fit = fit_element(walk, &walk->frame->elements[i]);
        if (fit != FIT_YES) return fit;
    }
    return FIT_YES;
}

/* `whole`: `in` is a line with its ending, and the layout must take all of it. */
static void try_frame(const struct scale_profile *profile, const struct profile_frame *frame,
                      struct bytes in, bool whole, struct found *found)
{
    struct walk walk = {.profile = profile, .frame = frame, .in = in};
    *found = (struct found){.fit = fit_frame(&walk), .len = walk.at};
    if (whole && (found->fit == FIT_MORE || walk.at < in.len)) found->fit = FIT_NO;
    if (found->fit == FIT_YES) found->reject = judge(&walk, &found->reading);
}

static void try_all(const struct scale_profile *profile, struct bytes in, struct found *found)
{
    bool more = false;
    for (size_t i = 0; i < profile->frame_count; i++) {
        try_frame(profile, &profile->frames[i], in, false, found);
        if (found->fit == FIT_YES) return;
        more = more || found->fit == FIT_MORE;
    }
    found->fit = more ? FIT_MORE : FIT_NO;
}

/* With "so many frames say the same", anything between them that is none of them ends the run. */
static void count_equal(struct scale_state *state, const struct scale_profile *profile,
                        struct scale_reading *reading)
{
    bool goes_on = reading->stable && state->run > 0 && state->bad == 0 && state->skipped == 0 &&
                   state->run_mass_mg == reading->mass_mg;
    if (!goes_on) state->run = 0;
    if (reading->stable && state->run < profile->equal_frames) state->run++;
    state->run_mass_mg = reading->mass_mg;
    reading->stable = reading->stable && state->run == profile->equal_frames;
    reading->usable = reading->usable && reading->stable;
}

static void say(struct scale_state *state, const struct scale_profile *profile, struct bytes raw,
                struct found *found, struct scale_output *out)
{
    if (found->reject != SCALE_REJECT_NONE) {
        scale_say_refused(state, raw, found->reject, out);
        return;
    }
    if (profile->needs_step && !state->in_step) {
        found->reading.stable = false;
        found->reading.usable = false;
    }
    if (profile->rest == REST_EQUAL) count_equal(state, profile, &found->reading);
    out->reading = found->reading;
    scale_say_reading(state, raw, out);
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* A line is read from where a layout fits: from its first byte, or, when it begins with a text of
 * its own, from the last place where it does. */
static bool find_in_line(const struct scale_profile *profile, struct bytes line, bool is_cut,
                         size_t *out_at, struct found *found)
{
    for (size_t i = 0; i < profile->frame_count; i++) {
        const struct profile_frame *frame = &profile->frames[i];
        if (is_cut && !frame->has_mark) continue;
        for (size_t at = frame->has_mark ? line.len : 1; at-- > 0;) {
            try_frame(profile, frame, bytes_from(line, at), true, found);
            *out_at = at;
            if (found->fit == FIT_YES) return true;
        }
    }
    return false;
}

/* `end` is the place of the line's ending, the last that came. */
static void take_line(struct scale_state *state, const struct scale_profile *profile,
                      struct bytes plain, size_t end, struct scale_output *out)
{
    struct found found;
    size_t from = end, at = 0;
    while (from > 0 && plain.data[from - 1] >= ' ') from--;
    struct bytes raw = bytes_from(frame_front(&state->frame), from);
    if (bytes_trim(bytes_slice(plain, from, end - from)).len == 0) return;
    /* Behind a control byte that ends no line, the front of this one may be missing. */
    uint8_t before = from > 0 ? plain.data[from - 1] : '\n';
    bool is_cut =
        before != '\r' && before != '\n' && before != profile->ending[profile->ending_len - 1];
    if (find_in_line(profile, bytes_from(plain, from), is_cut, &at, &found))
        say(state, profile, bytes_from(raw, at), &found, out);
    else scale_say_refused(state, raw, SCALE_REJECT_SHAPE, out);
}

static void look_line(struct scale_state *state, const struct scale_profile *profile,
                      struct bytes plain, struct scale_output *out)
{
    struct bytes ending = bytes_of(profile->ending, profile->ending_len);
    bool ends =
        plain.len >= ending.len && bytes_equal(bytes_from(plain, plain.len - ending.len), ending);
    if (!ends) {
        if (plain.len == BUFFER_MAX) scale_skip(state, 1);
        return;
    }
    take_line(state, profile, plain, plain.len - ending.len, out);
    state->in_step = true;
    frame_drop(&state->frame, plain.len);
}

/* ---- frames with a byte that begins them ---------------------------------------------------- */

/* Drops what cannot be a frame. When something began like one and nothing came of it, that is said
 * once, with the bytes as evidence. */
static void look_marked(struct scale_state *state, const struct scale_profile *profile,
                        struct bytes plain, struct scale_output *out)
{
    struct bytes front = frame_front(&state->frame);
    struct found found;
    size_t at = 0, began = plain.len;
    bool between = plain.len == 1 && (plain.data[0] == '\r' || plain.data[0] == '\n');
    if (between && plain.data[0] != profile->start) { /* line ends between frames are no noise */
        frame_drop(&state->frame, 1);
        return;
    }
    while (true) {
        while (at < plain.len && plain.data[at] != profile->start) at++;
        if (at == plain.len) break;
        try_all(profile, bytes_from(plain, at), &found);
        if (found.fit == FIT_YES) break;
        if (found.fit == FIT_MORE && plain.len - at < SCALE_PROFILE_FRAME_MAX) break;
        if (began == plain.len) began = at;
        at++;
    }
    uint8_t raw[BUFFER_MAX];
    memcpy(raw, front.data, front.len);
    if (at > 0) scale_skip(state, at);
    if (at < plain.len && found.fit == FIT_YES) {
        say(state, profile, bytes_of(raw + at, found.len), &found, out);
        frame_drop(&state->frame, found.len);
    } else if (began < plain.len) {
        scale_say_refused(state, bytes_of(raw + began, plain.len - began), SCALE_REJECT_SHAPE, out);
    }
}

static void look(struct scale_state *state, struct scale_output *out)
{
    const struct scale_profile *profile = state->driver->profile;
    uint8_t masked[BUFFER_MAX];
    uint8_t mask = profile->is_masked ? 0x7F : 0xFF;
    struct bytes front = frame_front(&state->frame);
    ENSURE(front.len > 0 && front.len <= sizeof masked);
    for (size_t i = 0; i < front.len; i++) masked[i] = front.data[i] & mask;
    struct bytes plain = bytes_of(masked, front.len);
    if (profile->is_marked) look_marked(state, profile, plain, out);
    else look_line(state, profile, plain, out);
}

size_t scale_profile_feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}
