/* scale_stgs.c - text lines that begin with ST, US or OL: A&D standard (manuals of EK-L, EJ,
 * AD-4212D, GC) and the "ST,GS" family of most Indian and Chinese indicators (manuals of Excell
 * AM4, Selleton SL-7516, Tiger TI-02, Vector VI-200, CAS AND-18).
 *
 *     ST,GS,+  1.234kg   ST,GS    20.7g    ST,_GS+_5.12KG   ST,+0001.234 kg   OL,+999999.9  g
 *     status , legend , number unit CR LF      the legend, its comma and the blanks all vary
 *
 * Rule: a line is one status word, at most one known legend, one number and one unit of mass, and
 * nothing else; anything more is another protocol or two cut lines, and is refused. CR LF, CR or
 * LF ends a line. What stands before the last status word of a line is the rest of something
 * else. A line that never ends loses its first byte at STGS_LINE_MAX. Bit 7 may be parity: it is
 * masked. */
#include "drivers/scale_stgs.h"

#include "drivers/scale_field.h"

#define STGS_LINE_MAX 64u /* real ones have 17 to 22 bytes; a raw frame must hold it whole */

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

static void take_blanks(struct bytes *rest)
{
    while (bytes_start_with(*rest, " ")) *rest = bytes_from(*rest, 1);
}

/* False for a word that is not in the list. */
static bool take_legend(struct bytes *rest, enum legend *out_legend)
{
    size_t len = 0;
    take_blanks(rest);
    while (len < rest->len && is_letter(rest->data[len])) len++;
    struct bytes word = bytes_slice(*rest, 0, len);
    *out_legend = LEGEND_NONE;
    if (len == 0) return true;
    for (size_t i = 0; i < ARRAY_LEN(legends); i++) {
        if (!bytes_equal_text(word, legends[i].word)) continue;
        *out_legend = legends[i].legend;
        *rest = bytes_from(*rest, len);
        take_blanks(rest);
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

/* "t" is a tonne on indicators and a tola on balances; neither is what a bench weighs in. */
static bool take_unit(struct bytes rest, enum mass_unit *out_unit)
{
    take_blanks(&rest);
    if (bytes_start_with(rest, ",")) rest = bytes_from(rest, 1);
    return mass_unit_parse(bytes_trim(rest), out_unit) && *out_unit != MASS_TONNE;
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

static enum scale_reject parse_frame(struct bytes text, struct scale_reading *reading)
{
    struct bytes rest = bytes_from(text, 3);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~') return SCALE_REJECT_SHAPE;
    }
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

static bool is_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

/* Length of the line at the front with its terminator, its text alone in *out_text_len; 0 while it
 * has not ended: after a CR, one more byte says whether an LF belongs to it. */
static size_t line_length(struct bytes front, size_t *out_text_len)
{
    size_t len = 0;
    while (len < front.len && !is_end(front.data[len])) len++;
    *out_text_len = len;
    if (len == front.len) return 0;
    if (front.data[len] == '\n') return len + 1;
    if (len + 1 == front.len) return 0;
    return front.data[len + 1] == '\n' ? len + 2 : len + 1;
}

static void say_line(struct scale_state *state, struct bytes text, struct bytes line,
                     struct scale_output *out)
{
    size_t at = find_frame(text);
    if (at == text.len) {
        scale_say_refused(state, line, SCALE_REJECT_SHAPE, out);
        return;
    }
    struct bytes raw = bytes_from(line, at);
    enum scale_reject reject = parse_frame(bytes_from(text, at), &out->reading);
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, raw, out);
    else scale_say_refused(state, raw, reject, out);
}

static void look(struct scale_state *state, struct scale_output *out)
{
    uint8_t plain[STGS_LINE_MAX];
    struct bytes front = frame_front(&state->frame);
    size_t text_len;
    ENSURE(front.len <= sizeof plain);
    for (size_t i = 0; i < front.len; i++) plain[i] = front.data[i] & 0x7F;
    size_t len = line_length(bytes_of(plain, front.len), &text_len);
    if (len == 0) {
        if (front.len == STGS_LINE_MAX) scale_skip(state, 1);
        return;
    }
    struct bytes text = bytes_of(plain, text_len);
    if (bytes_trim(text).len > 0) say_line(state, text, bytes_slice(front, 0, len), out);
    frame_drop(&state->frame, len);
}

static size_t feed(struct scale_state *state, struct bytes input, struct scale_output *out)
{
    return scale_feed_bytes(state, input, look, out);
}

const struct scale_driver scale_stgs = {
    .name = "st-gs",
    .title = "ST,GS text lines (A&D, CAS AND-18, Excell, T-Scale, Tiger ...)",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .silent_after_ms = 2000,
    .feed = feed,
};
