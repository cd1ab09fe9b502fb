/* scale_mtsics.c - MT-SICS (METTLER TOLEDO reference manuals 11780711 and 11781363): the answers to
 * S, SI and SIR.
 *
 *     S S     100.00 g    stable            S I    cannot be executed now
 *     S D     129.07 g    dynamic           S +    overload      S -    underload
 *     ES ET EL EI         the command was not understood
 *
 * Rule: a weight is the answer's name, a status letter, one number, a blank and one unit of mass,
 * and nothing else. Everything else a scale says by itself or to others' questions (I4 when
 * switched on, Z, T, TA) is no weight. The value is the net one, and without a tare that is the
 * gross: no answer says which. */
#include "drivers/scale_mtsics.h"

#include "drivers/scale_line.h"

#define HEADER_LEN 3u /* "S S" */

enum { STATUS_AT = 2 };

/* A weight goes on after its header, a state ends with it: "S S -1.00 g" has no "S -" inside. */
static bool is_header(struct bytes text)
{
    static const char *const weights[] = {"S S ", "S D "};
    static const char *const states[] = {"S I", "S +", "S -"};
    for (size_t i = 0; i < ARRAY_LEN(weights); i++) {
        if (bytes_start_with(text, weights[i])) return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        if (bytes_equal_text(bytes_trim(text), states[i])) return true;
    }
    return false;
}

static bool is_error(struct bytes text)
{
    static const char *const errors[] = {"ES", "ET", "EL", "EI"};
    for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
        if (bytes_equal_text(bytes_trim(text), errors[i])) return true;
    }
    return false;
}

static size_t find_frame(struct bytes text)
{
    if (is_error(text)) return 0;
    for (size_t from = text.len; from-- > 0;) {
        if (is_header(bytes_from(text, from))) return from;
    }
    return text.len;
}

static enum scale_reject parse_weight(struct bytes rest, struct scale_reading *reading)
{
    enum mass_unit unit;
    struct decimal value;
    scale_take_blanks(&rest);
    if (bytes_start_with(rest, "Error")) return SCALE_REJECT_ERROR; /* weigh modules */
    if (!scale_take_number(&rest, &value)) return SCALE_REJECT_NUMBER;
    /* "1.23[4]", a digit of its own weight; "1.2.3"; "1,2" */
    if (!bytes_start_with(rest, " ")) return SCALE_REJECT_NUMBER;
    if (!scale_unit_parse(bytes_trim(rest), &unit)) return SCALE_REJECT_UNIT;
    return scale_set_value(reading, value, unit) ? SCALE_REJECT_NONE : SCALE_REJECT_NUMBER;
}

static enum scale_reject parse_frame(struct bytes text, struct scale_reading *reading)
{
    if (is_error(text)) return SCALE_REJECT_ERROR;
    switch (text.data[STATUS_AT]) {
    case '+': reading->overload = true; return SCALE_REJECT_NONE;
    case '-': reading->underload = true; return SCALE_REJECT_NONE;
    case 'S': reading->stable = true; break;
    case 'D': break;
    default: return SCALE_REJECT_ERROR; /* I */
    }
    reading->usable = reading->stable;
    return parse_weight(bytes_from(text, HEADER_LEN), reading);
}

static const struct scale_line mtsics_line = {.find = find_frame, .parse = parse_frame};

static void look(struct scale_state *state, struct scale_output *out)
{
    scale_line_look(state, &mtsics_line, out);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_mtsics = {
    .name = "mt-sics",
    .title = "MT-SICS (METTLER TOLEDO, some Ohaus)",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .request = {(const uint8_t *)"SI\r\n", 4},
    .request_every_ms = 250,
    .is_harmless = true,
    .zero_request = {(const uint8_t *)"Z\r\n", 3},
    .tare_request = {(const uint8_t *)"T\r\n", 3},
    .clear_tare_request = {(const uint8_t *)"TAC\r\n", 5},
    .silent_after_ms = 2000,
    .feed = feed,
};
