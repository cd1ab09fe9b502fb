/* printer_epl.c - EPL2: our labels and the state. EPL Programming Guide 14245L-003: N, q, Q, ZT, A,
 * B, LO, P, ^ee; Intermec ESim v5.12 and v4.20 Programmer's Reference Manual: ^ee, table of fonts.
 *
 * Rules. The answer to ^ee is a line of codes of two digits with commas between; 00 alone is good.
 * A code without a flag of its own is a fault, and a code that no table names too. Control
 * characters begin the line anew: XON, XOFF and NAK come unasked.
 *
 * No text can become a command: a quote and a backslash are written with a backslash in front, and
 * "^", which begins commands that act at once, never stands in a text; bars with it are refused.
 * Letters that are not ASCII print as "?". In a GW 0 is black, the reverse of ZPL, and missing
 * bytes swallow what follows: so there are never many of them, and no direct command stands in one.
 */
#include "drivers/label_walk.h"
#include "drivers/printer_epl.h"

/* ---- status
 * ---------------------------------------------------------------------------------- */

enum {
    CODE_GOOD = 0,
    CODE_MEDIA = 7, /* or ribbon: it does not say which */
    CODE_HEAD_OPEN = 11,
    CODE_HEAD_HOT = 62,
    CODE_PAUSED = 92
};

static void take_code(uint64_t code, struct printer_status *status)
{
    switch (code) {
    case CODE_GOOD: return;
    case CODE_MEDIA: status->paper_out = true; return;
    case CODE_HEAD_OPEN: status->head_open = true; return;
    case CODE_HEAD_HOT: status->too_hot = true; return;
    case CODE_PAUSED: status->paused = true; return;
    default: status->fault = true; return;
    }
}

static enum printer_result read_line(struct bytes line, struct printer_status *out_status)
{
    struct printer_status status = {0};
    struct bytes word;
    uint64_t code;
    if (line.len == 0 || line.data[line.len - 1] == ',') return PRINTER_REJECTED;
    while (bytes_split(&line, ',', &word)) {
        if (word.len != 2 || !bytes_to_u64(word, 99, &code)) return PRINTER_REJECTED;
        take_code(code, &status);
    }
    status.ready = !printer_status_is_flagged(&status);
    *out_status = status;
    return PRINTER_STATUS;
}

static enum printer_result take_byte(struct printer_state *state, uint8_t byte,
                                     struct printer_status *out_status)
{
    bool line_end = byte == '\r' || byte == '\n';
    size_t len = state->used;
    if (byte < ' ' || len == sizeof state->reply) state->used = 0;
    if (line_end && len > 0) return read_line(bytes_of(state->reply, len), out_status);
    if (len == sizeof state->reply) return PRINTER_REJECTED;
    if (byte >= ' ') state->reply[state->used++] = byte;
    return PRINTER_NOTHING;
}

static size_t feed(struct printer_state *state, struct bytes input, enum printer_result *out_result,
                   struct printer_answer *out_answer)
{
    *out_result = PRINTER_NOTHING;
    for (size_t used = 0; used < input.len; used++) {
        *out_result = take_byte(state, input.data[used], &out_answer->status);
        if (*out_result != PRINTER_NOTHING) return used + 1;
    }
    return input.len;
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

#define CANCEL PRINTER_FILL_LINES "N\n"
#define GAP_DMM 30u
#define SPEED_MAX 6u
#define DENSITY_MAX 15u
#define DOTS_PER_MM_300_DPI 12u

/* Letters an inch: 20.3, 16.9, 14.5 and 12.7 at 203 dpi; 25, 18.75, 15 and 12.5 at 300. Font 5 has
 * capital letters only. */
static const struct label_font fonts_203[] = {{"1", 10, 12},
                                              {"2", 12, 16},
                                              {"3", 14, 20},
                                              {"4", 16, 24}};
static const struct label_font fonts_300[] = {{"1", 12, 20},
                                              {"2", 16, 28},
                                              {"3", 20, 36},
                                              {"4", 24, 44}};

static void put_quoted(struct textbuf *out, struct bytes text)
{
    textbuf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        if (byte == '"' || byte == '\\') textbuf_char(out, '\\');
        textbuf_char(out, (char)(byte == '^' ? '?' : byte));
    }
    textbuf_text(out, "\"\n");
}

static void put_text(struct textbuf *out, const struct label_spot *spot,
                     const struct label_face *face, struct bytes line)
{
    textbuf_format(out, "A%u,%u,0,%s,%u,%u,N,", spot->x, spot->y, face->font->name, face->across,
                   face->down);
    put_quoted(out, line);
}

static unsigned bar_modules(struct bytes text)
{
    return bytes_find_byte(text, '^') == text.len ? label_code128_modules(text) : 0;
}

/* The second width is that of wide bars, which Code 128 does not have; it must be a legal one. */
static void put_bars(struct textbuf *out, const struct label_spot *spot, unsigned module,
                     struct bytes text)
{
    textbuf_format(out, "B%u,%u,0,1,%u,%u,%u,N,", spot->x, spot->y, module, 2 * module,
                   spot->height);
    put_quoted(out, text);
}

static void put_line(struct textbuf *out, const struct label_spot *spot)
{
    textbuf_format(out, "LO%u,%u,%u,%u\n", spot->x, spot->y, spot->width, spot->height);
}

/* Width, length and direction outlive the label that made them and are put back before each; q also
 * puts the left edge back. Q has to name what is between the labels: where nobody says, a gap. What
 * becomes of a label that is out is a setting that wears the printer's memory out: not written. */
static void open_job(const struct printer_setup *setup, struct textbuf *out)
{
    static const char *const between[] = {"", "", "B", ""};
    unsigned dots_per_mm = label_dots_per_mm(setup->dpi);
    unsigned gap_dmm = setup->media == PRINTER_MEDIA_CONTINUOUS ? 0 : GAP_DMM;
    textbuf_format(out, "\nN\nq%u\nQ%u,%s%u\nZT\n", label_dots(setup->width_dmm, dots_per_mm),
                   label_dots(setup->height_dmm, dots_per_mm), between[setup->media],
                   label_dots(gap_dmm, dots_per_mm));
    if (setup->speed_ips > 0)
        textbuf_format(out, "S%u\n", setup->speed_ips < SPEED_MAX ? setup->speed_ips : SPEED_MAX);
    if (setup->darkness > 0) textbuf_format(out, "D%u\n", setup->darkness * DENSITY_MAX / 100);
}

static bool close_job(struct textbuf *out)
{
    textbuf_text(out, "P1\n");
    return textbuf_ok(out);
}

static bool encode_label(const struct label *label, const struct printer_setup *setup,
                         struct textbuf *out)
{
    unsigned dots_per_mm = label_dots_per_mm(setup->dpi);
    bool fine = dots_per_mm >= DOTS_PER_MM_300_DPI;
    const struct label_language epl = {
        .fonts = fine ? fonts_300 : fonts_203,
        .font_count = ARRAY_LEN(fonts_203),
        .times_max = 6,
        .bar_modules = bar_modules,
        .put_text = put_text,
        .put_bars = put_bars,
        .put_line = put_line,
    };
    open_job(setup, out);
    return label_walk(label, dots_per_mm, &epl, out) && close_job(out);
}

/* ---- pictures
 * -------------------------------------------------------------------------------- */

static bool is_trap(uint8_t before, uint8_t byte)
{
    return before == '^' && (byte == '@' || byte == 'e' || byte == 'd');
}

static void put_picture_head(struct textbuf *out, const struct picture_band *band)
{
    textbuf_format(out, "GW%u,%u,%u,%u,", band->left * 8, band->top, band->width, band->rows);
}

static bool encode_picture(const struct picture *picture, const struct printer_setup *setup,
                           struct scratch scratch, struct textbuf *out)
{
    static const struct picture_raster raster = {.command_bytes = sizeof "GW000,0000,00,00,",
                                                 .band_bytes_max = PRINTER_FILL,
                                                 .zero_black = true,
                                                 .is_trap = is_trap,
                                                 .put_head = put_picture_head,
                                                 .tail = "\n"};
    (void)scratch;
    if (!picture_fits(picture, setup)) return false;
    open_job(setup, out);
    picture_put(picture, &raster, out);
    return close_job(out);
}

const struct printer_driver printer_epl = {
    .name = "epl",
    .title = "EPL2 label printer",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .status_request = {(const uint8_t *)"^ee\r\n", 5},
    .status_wait_ms = 2000,
    .needs_time = true, /* no code says that a label is coming out */
    /* Ends a line or a picture that was half received, and empties the label it was for. */
    .start = BYTES_LITERAL(CANCEL),
    .abort_job = BYTES_LITERAL(CANCEL),
    .feed = feed,
    .encode_label = encode_label,
    .encode_picture = encode_picture,
    .encode_document = printer_refuse_document,
};
