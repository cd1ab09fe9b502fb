/* scale_stgs.c - text lines that begin with ST, US or OL: A&D standard (manuals of EK-L, EJ,
 * AD-4212D, GC) and the "ST,GS" family of most Indian and Chinese indicators (manuals of Excell
 * AM4, Selleton SL-7516, Tiger TI-02, Vector VI-200, CAS AND-18).
 *
 *     ST,GS,+  1.234kg   ST,GS    20.7g    ST,_GS+_5.12KG   ST,+0001.234 kg   OL,+999999.9  g
 *     status , legend , number unit CR LF      the legend, its comma and the blanks all vary
 *
 * Rule: a line is one status word, at most one known legend, one number and one unit of mass, and
 * nothing else; anything more is another protocol or two cut lines, and is refused. A frame begins
 * with the last status word of its line. */
#include "drivers/scale_stgs.h"

#include "drivers/scale_line.h"

#define CAS_TEXT_LEN 20u

enum legend { LEGEND_NONE, LEGEND_GROSS, LEGEND_NET, LEGEND_TARE };

static const struct {
    const char *word;
    enum legend legend;
} legends[] = {
    {"GS", LEGEND_GROSS}, {"G", LEGEND_GROSS}, {"NT", LEGEND_NET},
    {"N", LEGEND_NET},    {"TR", LEGEND_TARE}, {"OK", LEGEND_NONE},
    {"HI", LEGEND_NONE},  {"LO", LEGEND_NONE}, /* A&D GC: result of comparing */
};

static bool is_letter(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* False for a word that is not in the list. */
static bool take_legend(struct bytes *rest, enum legend *out_legend)
{
    size_t len = 0;
    scale_take_blanks(rest);
    while (len < rest->len && is_letter(rest->data[len])) len++;
    struct bytes word = bytes_slice(*rest, 0, len);
    *out_legend = LEGEND_NONE;
    if (len == 0) return true;
    for (size_t i = 0; i < ARRAY_LEN(legends); i++) {
        if (!bytes_equal_text(word, legends[i].word)) continue;
        *out_legend = legends[i].legend;
        *rest = bytes_from(*rest, len);
        scale_take_blanks(rest);
        if (bytes_start_with(*rest, ",")) *rest = bytes_from(*rest, 1);
        return true;
    }
    return false;
}

/* The value is filler: only its sign means something. */
static enum scale_reject parse_out_of_range(struct bytes rest, struct scale_reading *reading)
{
    enum legend legend;
    struct decimal filler = {0};
    (void)take_legend(&rest, &legend);
    reading->underload = scale_take_number(&rest, &filler) && filler.digits < 0;
    reading->overload = !reading->underload;
    return SCALE_REJECT_NONE;
}

static bool take_unit(struct bytes rest, enum mass_unit *out_unit)
{
    scale_take_blanks(&rest);
    if (bytes_start_with(rest, ",")) rest = bytes_from(rest, 1);
    return scale_unit_parse(bytes_trim(rest), out_unit);
}

static bool has_digit(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9') return true;
    }
    return false;
}

static enum scale_reject parse_weight(struct bytes rest, struct scale_reading *reading)
{
    enum legend legend;
    enum mass_unit unit;
    struct decimal value;
    if (!take_legend(&rest, &legend)) return SCALE_REJECT_SHAPE;
    if (!scale_take_number(&rest, &value) || has_digit(rest)) return SCALE_REJECT_NUMBER;
    /* A tare value is a mass, but not of what stands on the plate. */
    if (legend == LEGEND_TARE || !take_unit(rest, &unit)) return SCALE_REJECT_UNIT;
    if (!scale_set_value(reading, value, unit)) return SCALE_REJECT_NUMBER;
    reading->net = legend == LEGEND_NET;
    return SCALE_REJECT_NONE;
}

/* "ST,GS,id lamps,": CAS frames of 22 bytes, with binary bytes that may look like a number. */
static bool is_cas(struct bytes text)
{
    return text.len == CAS_TEXT_LEN && text.data[5] == ',' && text.data[8] == ',';
}

static enum scale_reject parse_frame(struct bytes text, struct scale_reading *reading)
{
    struct bytes rest = bytes_from(text, 3);
    if (is_cas(text)) return SCALE_REJECT_SHAPE;
    if (bytes_start_with(text, "QT")) return SCALE_REJECT_UNIT; /* pieces */
    if (bytes_start_with(text, "OL")) return parse_out_of_range(rest, reading);
    reading->stable = bytes_start_with(text, "ST");
    reading->usable = reading->stable;
    return parse_weight(rest, reading);
}

/* Where the last status word of the line stands, or text.len. */
static size_t find_frame(struct bytes text)
{
    static const char *const words[] = {"ST,", "US,", "OL,", "QT,"};
    for (size_t from = text.len; from-- > 0;) {
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            if (bytes_start_with(bytes_from(text, from), words[i])) return from;
        }
    }
    return text.len;
}

static const struct scale_line stgs_line = {.find = find_frame, .parse = parse_frame};

static void look(struct scale_state *state, struct scale_output *out)
{
    scale_line_look(state, &stgs_line, out);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_stgs = {
    .name = "st-gs",
    .title = "ST,GS text lines (A&D, CAS AND-18, Excell, T-Scale, Tiger ...)",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .zero_request = {(const uint8_t *)"Z\r\n", 3},
    .tare_request = {(const uint8_t *)"T\r\n", 3},
    .silent_after_ms = 2000,
    .feed = feed,
};
