/* scale_sbi.c - Sartorius SBI (manuals of LE, ME, Master, GC and FB): the answers to ESC P, and
 * what such a balance prints by itself.
 *
 *     +   123.56 g   CR LF      N     +   123.56 g   CR LF      Stat      H         CR LF
 *     sign, value (9), blank, unit (3); the long form has six characters of name in front
 *
 * Rules. Lines have exactly these lengths, so a line with something in front is refused. The unit
 * is blank while the balance is not stable: that is the only sign of it. Non-verified digits may
 * stand in brackets: refused. */
#include "drivers/scale_sbi.h"

#include "drivers/scale_line.h"

#define SHORT_LEN 14u
#define NAME_LEN 6u
#define UNIT_LEN 3u

enum { UNIT_AT = 11 };

static const struct {
    const char *name;
    bool net;
} names[] = {{"N", true}, {"N1", true}, {"G", false}};

static size_t find_frame(struct bytes text)
{
    return text.len == SHORT_LEN || text.len == NAME_LEN + SHORT_LEN ? 0 : text.len;
}

/* "Err 054" or a letter; false when it is none of them. */
static bool take_state(struct bytes field, struct scale_reading *reading,
                       enum scale_reject *out_reject)
{
    struct bytes word = bytes_trim(field);
    bool error = bytes_start_with(word, "Err") || bytes_start_with(word, "ERR");
    *out_reject = error || bytes_equal_text(word, "C") ? SCALE_REJECT_ERROR : SCALE_REJECT_NONE;
    reading->overload = bytes_equal_text(word, "H") || bytes_equal_text(word, "HH");
    reading->underload = bytes_equal_text(word, "L") || bytes_equal_text(word, "LL");
    return *out_reject != SCALE_REJECT_NONE || reading->overload || reading->underload;
}

static enum scale_reject parse_weight(struct bytes text, struct scale_reading *reading)
{
    struct bytes field = bytes_slice(text, 0, UNIT_AT);
    struct bytes word = bytes_trim(bytes_slice(text, UNIT_AT, UNIT_LEN));
    enum mass_unit unit;
    struct decimal value;
    if (!scale_take_number(&field, &value) || bytes_trim(field).len > 0) return SCALE_REJECT_NUMBER;
    if (text.data[UNIT_AT - 1] != ' ') return SCALE_REJECT_NUMBER; /* wider than its field */
    if (word.len == 0) return SCALE_REJECT_NONE; /* not stable: a state and no value */
    if (!scale_unit_parse(word, &unit)) return SCALE_REJECT_UNIT;
    if (!scale_set_value(reading, value, unit)) return SCALE_REJECT_NUMBER;
    reading->stable = true;
    reading->usable = true;
    return SCALE_REJECT_NONE;
}

/* False: a name of something that is no weight on the plate (tare, count, percent, lot). */
static bool take_name(struct bytes name, struct scale_reading *reading)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!bytes_equal_text(bytes_trim(name), names[i].name)) continue;
        reading->net = names[i].net;
        return true;
    }
    return false;
}

static enum scale_reject parse_frame(struct bytes text, struct scale_reading *reading)
{
    enum scale_reject reject;
    if (text.len == SHORT_LEN)
        return take_state(text, reading, &reject) ? reject : parse_weight(text, reading);
    struct bytes rest = bytes_from(text, NAME_LEN);
    if (bytes_start_with(text, "Stat  "))
        return take_state(rest, reading, &reject) ? reject : SCALE_REJECT_SHAPE;
    return take_name(bytes_slice(text, 0, NAME_LEN), reading) ? parse_weight(rest, reading)
                                                              : SCALE_REJECT_UNIT;
}

static const struct scale_line sbi_line = {.find = find_frame, .parse = parse_frame};

static void look(struct scale_state *state, struct scale_output *out)
{
    scale_line_look(state, &sbi_line, out);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_sbi = {
    .name = "sartorius-sbi",
    .title = "Sartorius SBI, 16 and 22 characters",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_ODD},
    .request = {(const uint8_t *)"\x1BP", 2},
    .request_every_ms = 300,
    .is_harmless = true,
    .zero_request = {(const uint8_t *)"\x1BV", 2},
    .tare_request = {(const uint8_t *)"\x1BU", 2},
    .silent_after_ms = 3000,
    .feed = feed,
};
