/* printer_escpos.c - ESC/POS: our labels and the state. Epson and Bixolon SRP-350 command manuals:
 * ESC @, ESC J, ESC a, GS !, GS h, GS w, GS H, GS k, GS v 0, GS V, DLE EOT.
 *
 * Rules. DLE EOT 2 is asked and no other: one byte that says why the printer is off-line. An answer
 * does not say which question it answers, so that more than one question could fall out of step.
 * What is no answer to DLE EOT (flow control, automatic status) is refused by its fixed bits.
 *
 * A receipt has no places, only "further down": pieces come one below the other. Text is printable
 * ASCII and cannot become a command; other letters print as "?". Bars stay in code set B ("{B"),
 * although pairs of digits would be narrower in C: their bytes may be 10 04, which the printer
 * takes for a question wherever it stands. Lines are GS v 0, where 1 is black. */
#include "drivers/label_walk.h"
#include "drivers/printer_escpos.h"

#define DLE "\x10"
#define ESC "\x1B"
#define GS "\x1D"
#define EOT "\x04"

/* ---- status
 * ---------------------------------------------------------------------------------- */

#define RECEIPT_SIZE 7u
enum { ANSWER_MASK = 0x93, ANSWER_FIXED = 0x12 };
enum { CAUSE_COVER = 0x04, CAUSE_FEED_BUTTON = 0x08, CAUSE_PAPER_END = 0x20, CAUSE_ERROR = 0x40 };

static enum printer_result read_status(uint8_t byte, struct printer_status *out_status)
{
    if ((byte & ANSWER_MASK) != ANSWER_FIXED) return PRINTER_REJECTED;
    struct printer_status status = {
        .head_open = (byte & CAUSE_COVER) != 0,
        .paused = (byte & CAUSE_FEED_BUTTON) != 0,
        .paper_out = (byte & CAUSE_PAPER_END) != 0,
        .fault = (byte & CAUSE_ERROR) != 0,
    };
    status.ready = !printer_status_is_flagged(&status);
    *out_status = status;
    return PRINTER_STATUS;
}

/* GS ( H: 37 22, four digits, NUL. */
static enum printer_result read_receipt(const uint8_t *reply, uint32_t *out_receipt)
{
    uint64_t receipt;
    bool good = reply[RECEIPT_SIZE - 1] == 0 &&
                bytes_to_u64(bytes_of(reply + 2, 4), PRINTER_RECEIPT_MAX, &receipt);
    if (!good) return PRINTER_REJECTED;
    *out_receipt = (uint32_t)receipt;
    return PRINTER_RECEIPT;
}

/* The digits of a receipt look like a state, and its first two bytes do not. */
static enum printer_result take_byte(struct printer_state *state, uint8_t byte,
                                     struct printer_answer *out_answer)
{
    static const uint8_t head[] = {0x37, 0x22};
    bool in_head = state->used < sizeof head;
    if (in_head && byte != head[state->used]) {
        state->used = 0;
        if (byte != head[0]) return read_status(byte, &out_answer->status);
    }
    state->reply[state->used++] = byte;
    if (state->used < RECEIPT_SIZE) return PRINTER_NOTHING;
    state->used = 0;
    return read_receipt(state->reply, &out_answer->receipt);
}

static size_t feed(struct printer_state *state, struct bytes input, enum printer_result *out_result,
                   struct printer_answer *out_answer)
{
    *out_result = PRINTER_NOTHING;
    for (size_t used = 0; used < input.len; used++) {
        *out_result = take_byte(state, input.data[used], out_answer);
        if (*out_result != PRINTER_NOTHING) return used + 1;
    }
    return input.len;
}

static void ask_receipt(uint32_t receipt, struct textbuf *out)
{
    ENSURE(receipt <= PRINTER_RECEIPT_MAX);
    static const char head[] = {0x1D, '(', 'H', 6, 0, '0', '0'};
    textbuf_bytes_put(out, bytes_of(head, sizeof head));
    textbuf_padded(out, receipt, 4);
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

#define BYTE_MAX 255u
#define TEAR_FEED_DOTS 120u         /* from the head to the edge that tears */
#define BAR_DATA_MAX (BYTE_MAX - 2) /* without "{B" */
#define ROW_BYTES_MAX BYTE_MAX

static const struct label_font font_a[] = {{"A", 12, 24}};

static void put_byte(struct textbuf *out, unsigned byte)
{
    ENSURE(byte <= BYTE_MAX);
    textbuf_char(out, (char)byte);
}

/* Prints what is in the line and feeds. */
static void put_feed(struct textbuf *out, unsigned dots)
{
    while (dots > 0) {
        unsigned part = dots < BYTE_MAX ? dots : BYTE_MAX;
        textbuf_text(out, ESC "J");
        put_byte(out, part);
        dots -= part;
    }
}

static void put_text(struct textbuf *out, const struct label_spot *spot,
                     const struct label_face *face, struct bytes line)
{
    (void)spot;
    textbuf_text(out, GS "!");
    put_byte(out, (face->across - 1) << 4 | (face->down - 1));
    textbuf_bytes_put(out, line);
    put_feed(out, face->font->height * face->down);
}

static unsigned braces(struct bytes text)
{
    unsigned count = 0;
    for (size_t i = 0; i < text.len; i++) count += text.data[i] == '{';
    return count;
}

/* Start, a symbol for each letter, check, stop. */
static unsigned bar_modules(struct bytes text)
{
    if (text.len + braces(text) > BAR_DATA_MAX) return 0;
    return 11 * ((unsigned)text.len + 2) + 13;
}

/* In the middle of the paper, which keeps the quiet zones; "{" is written twice. */
static void put_bars(struct textbuf *out, const struct label_spot *spot, unsigned module,
                     struct bytes text)
{
    textbuf_text(out, ESC "a\x01" GS "H");
    put_byte(out, 0);
    textbuf_text(out, GS "h");
    put_byte(out, spot->height < BYTE_MAX ? spot->height : BYTE_MAX);
    textbuf_text(out, GS "w");
    put_byte(out, module);
    textbuf_text(out, GS "k\x49");
    put_byte(out, (unsigned)text.len + braces(text) + 2);
    textbuf_text(out, "{B");
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '{') textbuf_char(out, '{');
        textbuf_char(out, (char)text.data[i]);
    }
    textbuf_text(out, ESC "a");
    put_byte(out, 0);
}

static void put_raster_head(struct textbuf *out, const struct picture_band *band)
{
    textbuf_text(out, GS "v0");
    put_byte(out, 0);
    put_byte(out, band->width & BYTE_MAX);
    put_byte(out, band->width >> 8);
    put_byte(out, band->rows & BYTE_MAX);
    put_byte(out, band->rows >> 8);
}

/* Row by row, so that one that broke off takes few bytes for its own. */
static void put_line(struct textbuf *out, const struct label_spot *spot)
{
    struct picture_band row = {.width = spot->width / 8, .rows = 1};
    if (row.width > ROW_BYTES_MAX) row.width = ROW_BYTES_MAX;
    for (unsigned i = 0; i < spot->height; i++) {
        put_raster_head(out, &row);
        for (unsigned byte = 0; byte < row.width; byte++) put_byte(out, BYTE_MAX);
    }
}

static const struct label_language escpos = {
    .fonts = font_a,
    .font_count = ARRAY_LEN(font_a),
    .times_max = 8,
    .bar_modules = bar_modules,
    .put_text = put_text,
    .put_bars = put_bars,
    .put_line = put_line,
    .feed = put_feed,
};

/* ESC @ puts back every setting of another program; darkness and speed have no command that most
 * printers know. */
static void open_job(struct textbuf *out)
{
    textbuf_text(out, ESC "@");
}

/* GS FF feeds to the next label; GS V 66 feeds to the knife and cuts, where there is one. */
static bool close_job(const struct printer_setup *setup, struct textbuf *out)
{
    bool labels = setup->media == PRINTER_MEDIA_GAP || setup->media == PRINTER_MEDIA_MARK;
    if (labels) textbuf_text(out, GS "\x0C");
    if (setup->mode == PRINTER_MODE_CUT || (setup->mode == PRINTER_MODE_AS_IS && !labels)) {
        textbuf_text(out, GS "VB");
        put_byte(out, 0);
    } else if (!labels) {
        put_feed(out, TEAR_FEED_DOTS);
    }
    return textbuf_ok(out);
}

static bool encode_label(const struct label *label, const struct printer_setup *setup,
                         struct textbuf *out)
{
    open_job(out);
    return label_walk(label, label_dots_per_mm(setup->dpi), &escpos, out) && close_job(setup, out);
}

/* ---- pictures
 * -------------------------------------------------------------------------------- */

/* DLE EOT, DLE ENQ and DLE DC4 act at once, wherever they stand. */
static bool is_trap(uint8_t before, uint8_t byte)
{
    return before == 0x10 && (byte == 0x04 || byte == 0x05 || byte == 0x14);
}

static bool encode_picture(const struct picture *picture, const struct printer_setup *setup,
                           struct scratch scratch, struct textbuf *out)
{
    static const struct picture_raster raster = {.command_bytes = 8,
                                                 .band_bytes_max = PRINTER_FILL,
                                                 .from_edge = true,
                                                 .is_trap = is_trap,
                                                 .put_head = put_raster_head,
                                                 .tail = ""};
    (void)scratch;
    if (!picture_fits(picture, setup)) return false;
    open_job(out);
    picture_put(picture, &raster, out);
    return close_job(setup, out);
}

/* NUL fills what a command that was half received may still take, and alone prints nothing. Then
 * the settings are put back, and what came out is cut off. */
static const uint8_t start[PRINTER_FILL + 2] = {[PRINTER_FILL] = 0x1B, '@'};
static const uint8_t abort_job[PRINTER_FILL + 6] = {
    [PRINTER_FILL] = 0x1B, '@', 0x1D, 'V', 'B', 0x00};

const struct printer_driver printer_escpos = {
    .name = "escpos",
    .title = "ESC/POS receipt printer",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .status_request = {(const uint8_t *)DLE EOT "\x02", 3},
    .status_wait_ms = 2000,
    .needs_time = true, /* no bit says that paper is moving */
    .start = {start, sizeof start},
    .abort_job = {abort_job, sizeof abort_job},
    .ask_receipt = ask_receipt,
    .feed = feed,
    .encode_label = encode_label,
    .encode_picture = encode_picture,
    .encode_document = printer_refuse_document,
};
