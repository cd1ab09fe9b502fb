/* printer_tspl.c - TSPL2: our labels and the state. TSC TSPL/TSPL2 manual: SIZE, GAP, DIRECTION,
 * REFERENCE, CLS, TEXT, BARCODE, BAR, PRINT, <ESC>!? and <ESC>!S (TTP-244 Plus, p. 85).
 *
 * Rules. <ESC>!? is asked, because clones know no other: its answer is one bare byte, so every byte
 * is an answer. Frames of <ESC>!S are read too. A frame begins with the byte that alone says "jam":
 * that one is held until the next byte tells which it was. When a held byte turns out to be no
 * frame, only the newest answer counts.
 *
 * No text can become a command: a quote is written as \["], a backslash, which may begin other such
 * escapes, as a slash, and "~!" is taken apart. Bars say exactly what they were given or are
 * refused. Letters that are not ASCII print as "?": which code pages a clone has is not known. In a
 * BITMAP 0 is black, the reverse of ZPL, and missing bytes swallow what follows: so there are never
 * many of them, and <ESC>! does not stand in one, which would be a question or a reset. */
#include "drivers/label_walk.h"
#include "drivers/printer_tspl.h"

#define CANCEL "\x1B!.\r\n" PRINTER_FILL_LINES
#define DENSITY_MAX 15u

#define STX 0x02
#define ETX 0x03

/* ---- status
 * ---------------------------------------------------------------------------------- */

/* <ESC>!? */
enum {
    POLL_HEAD = 0x01,
    POLL_JAM = 0x02,
    POLL_PAPER = 0x04,
    POLL_RIBBON = 0x08,
    POLL_PAUSE = 0x10,
    POLL_PRINTING = 0x20,
    POLL_COVER = 0x40,
    POLL_HOT = 0x80
};

/* <ESC>!S: STX state warning error error ETX CR LF; the last three are 0x40 plus what is added. */
enum { FRAME_STATE = 1, FRAME_WARNING, FRAME_ERROR, FRAME_MEDIA, FRAME_ETX, FRAME_CR, FRAME_LF };
#define FRAME_SIZE 8u
enum { WARNING_FULL = 0x08 };
enum { ERROR_HEAD_HOT = 0x01, ERROR_MOTOR_HOT = 0x02 };
enum { MEDIA_PAPER = 0x01, MEDIA_RIBBON = 0x04, MEDIA_HEAD = 0x20 };

static struct printer_status settled(struct printer_status status)
{
    status.ready = !printer_status_is_flagged(&status);
    return status;
}

static struct printer_status read_poll(uint8_t byte)
{
    return settled((struct printer_status){
        .head_open = (byte & (POLL_HEAD | POLL_COVER)) != 0,
        .fault = (byte & POLL_JAM) != 0,
        .paper_out = (byte & POLL_PAPER) != 0,
        .ribbon_out = (byte & POLL_RIBBON) != 0,
        .paused = (byte & POLL_PAUSE) != 0,
        .busy = (byte & POLL_PRINTING) != 0,
        .too_hot = (byte & POLL_HOT) != 0,
    });
}

/* A state that the manual does not name is no state to print in. */
static void read_state(uint8_t state, struct printer_status *status)
{
    switch (state) {
    case '@': return;
    case '`':
    case 'K': status->paused = true; return;
    case 'L': status->label_waiting = true; return;
    case 'B':
    case 'C':
    case 'F':
    case 'P':
    case 'W': status->busy = true; return;
    case 'E': status->fault = status->fault || !printer_status_is_flagged(status); return;
    default: status->fault = true; return;
    }
}

static struct printer_status read_frame(const uint8_t *frame)
{
    unsigned warning = frame[FRAME_WARNING] & 0x3Fu;
    unsigned error = frame[FRAME_ERROR] & 0x3Fu;
    unsigned media = frame[FRAME_MEDIA] & 0x3Fu;
    struct printer_status status = {
        .buffer_full = (warning & WARNING_FULL) != 0,
        .too_hot = (error & (ERROR_HEAD_HOT | ERROR_MOTOR_HOT)) != 0,
        .paper_out = (media & MEDIA_PAPER) != 0,
        .ribbon_out = (media & MEDIA_RIBBON) != 0,
        .head_open = (media & MEDIA_HEAD) != 0,
        .fault = (error & ~(unsigned)(ERROR_HEAD_HOT | ERROR_MOTOR_HOT)) != 0 ||
                 (media & ~(unsigned)(MEDIA_PAPER | MEDIA_RIBBON | MEDIA_HEAD)) != 0,
    };
    read_state(frame[FRAME_STATE], &status);
    return settled(status);
}

static bool fits_frame(size_t place, uint8_t byte)
{
    switch (place) {
    case 0: return byte == STX;
    case FRAME_ETX: return byte == ETX;
    case FRAME_CR: return byte == '\r';
    case FRAME_LF: return byte == '\n';
    default: return byte >= 0x40 && byte <= 0x7F;
    }
}

static bool take_byte(struct printer_state *state, uint8_t byte, struct printer_status *out_status)
{
    bool jam = state->used > 0 && byte == STX; /* what was held was an answer of its own */
    if (!fits_frame(state->used, byte)) state->used = 0;
    if (!fits_frame(state->used, byte)) {
        *out_status = read_poll(byte);
        return true;
    }
    state->reply[state->used++] = byte;
    if (jam) *out_status = read_poll(STX);
    if (jam || state->used < FRAME_SIZE) return jam;
    *out_status = read_frame(state->reply);
    state->used = 0;
    return true;
}

static size_t feed(struct printer_state *state, struct bytes input, enum printer_result *out_result,
                   struct printer_answer *out_answer)
{
    *out_result = PRINTER_NOTHING;
    for (size_t used = 0; used < input.len; used++) {
        if (!take_byte(state, input.data[used], &out_answer->status)) continue;
        *out_result = PRINTER_STATUS;
        return used + 1;
    }
    return input.len;
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

static const struct label_font fonts[] = {
    {"1", 8, 12}, {"2", 12, 20}, {"3", 16, 24}, {"4", 24, 32}, {"5", 32, 48}};

static void put_quoted(struct textbuf *out, struct bytes text)
{
    textbuf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        if (byte == '"') textbuf_text(out, "\\[\"]");
        else textbuf_char(out, (char)(byte == '\\' ? '/' : byte));
        if (byte == '~' && bytes_start_with(bytes_from(text, i + 1), "!")) textbuf_char(out, ' ');
    }
    textbuf_text(out, "\"\r\n");
}

static void put_text(struct textbuf *out, const struct label_spot *spot,
                     const struct label_face *face, struct bytes line)
{
    textbuf_format(out, "TEXT %u,%u,\"%s\",0,%u,%u,", spot->x, spot->y, face->font->name,
                   face->across, face->down);
    put_quoted(out, line);
}

/* Nothing that put_quoted would write in another way. */
static unsigned bar_modules(struct bytes text)
{
    bool plain = bytes_find_byte(text, '"') == text.len &&
                 bytes_find_byte(text, '\\') == text.len &&
                 bytes_find(text, BYTES_LITERAL("~!")) == text.len;
    return plain ? label_code128_modules(text) : 0;
}

static void put_bars(struct textbuf *out, const struct label_spot *spot, unsigned module,
                     struct bytes text)
{
    textbuf_format(out, "BARCODE %u,%u,\"128\",%u,0,0,%u,%u,", spot->x, spot->y, spot->height,
                   module, module);
    put_quoted(out, text);
}

static void put_line(struct textbuf *out, const struct label_spot *spot)
{
    textbuf_format(out, "BAR %u,%u,%u,%u\r\n", spot->x, spot->y, spot->width, spot->height);
}

static const struct label_language tspl = {
    .fonts = fonts,
    .font_count = ARRAY_LEN(fonts),
    .times_max = 10,
    .bar_modules = bar_modules,
    .put_text = put_text,
    .put_bars = put_bars,
    .put_line = put_line,
};

/* Every setting that outlives the label that made it is put back before each: another program's
 * size, direction and origin would move ours off the paper, and after a power cut in the middle the
 * printer would print a broken label again. */
static void open_job(const struct printer_setup *setup, struct textbuf *out)
{
    static const char *const media[] = {"", "GAP 3 mm,0 mm\r\n", "BLINE 3 mm,0 mm\r\n",
                                        "GAP 0 mm,0 mm\r\n"};
    static const char *const modes[] = {"", "SET PEEL OFF\r\nSET CUTTER OFF\r\nSET TEAR ON\r\n",
                                        "SET CUTTER OFF\r\nSET PEEL ON\r\n",
                                        "SET PEEL OFF\r\nSET CUTTER 1\r\n"};
    textbuf_format(out, "SET REPRINT OFF\r\nSIZE %u.%u mm,%u.%u mm\r\n", setup->width_dmm / 10u,
                   setup->width_dmm % 10u, setup->height_dmm / 10u, setup->height_dmm % 10u);
    textbuf_text(out, media[setup->media]);
    textbuf_text(out, modes[setup->mode]);
    if (setup->speed_ips > 0) textbuf_format(out, "SPEED %u\r\n", setup->speed_ips);
    if (setup->darkness > 0)
        textbuf_format(out, "DENSITY %u\r\n", setup->darkness * DENSITY_MAX / 100);
    textbuf_text(out, "DIRECTION 0,0\r\nREFERENCE 0,0\r\nCLS\r\n");
}

static bool close_job(struct textbuf *out)
{
    textbuf_text(out, "PRINT 1,1\r\n");
    return textbuf_ok(out);
}

static bool encode_label(const struct label *label, const struct printer_setup *setup,
                         struct textbuf *out)
{
    open_job(setup, out);
    return label_walk(label, label_dots_per_mm(setup->dpi), &tspl, out) && close_job(out);
}

/* ---- pictures
 * -------------------------------------------------------------------------------- */

static bool is_trap(uint8_t before, uint8_t byte)
{
    return before == 0x1B && byte == '!';
}

static void put_bitmap_head(struct textbuf *out, const struct picture_band *band)
{
    textbuf_format(out, "BITMAP %u,%u,%u,%u,0,", band->left * 8, band->top, band->width,
                   band->rows);
}

static bool encode_picture(const struct picture *picture, const struct printer_setup *setup,
                           struct scratch scratch, struct textbuf *out)
{
    static const struct picture_raster raster = {.command_bytes =
                                                     sizeof "BITMAP 000,0000,00,0,\r\n",
                                                 .band_bytes_max = PRINTER_FILL,
                                                 .zero_black = true,
                                                 .is_trap = is_trap,
                                                 .put_head = put_bitmap_head,
                                                 .tail = "\r\n"};
    (void)scratch;
    if (!picture_fits(picture, setup)) return false;
    open_job(setup, out);
    picture_put(picture, &raster, out);
    return close_job(out);
}

const struct printer_driver printer_tspl = {
    .name = "tspl",
    .title = "TSPL label printer",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .status_request = {(const uint8_t *)"\x1B!?", 3},
    .status_wait_ms = 2000,
    /* "Printing" is said only while paper moves, and a clone may say it never. */
    .needs_time = true,
    /* <ESC>!. cancels what was half received, where the firmware knows it; where not, the line ends
     * fill the picture that it may have been. After an error no label is printed again by the
     * printer's own decision. */
    .start = BYTES_LITERAL(CANCEL "SET REPRINT OFF\r\n"),
    .abort_job = BYTES_LITERAL(CANCEL),
    .feed = feed,
    .encode_label = encode_label,
    .encode_picture = encode_picture,
    .encode_document = printer_refuse_document,
};
