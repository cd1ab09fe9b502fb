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

enum { ANSWER_MASK = 0x93, ANSWER_FIXED = 0x12 };
enum { CAUSE_COVER = 0x04, CAUSE_FEED_BUTTON = 0x08, CAUSE_PAPER_END = 0x20, CAUSE_ERROR = 0x40 };

static size_t feed_status(struct printer_state *state, struct bytes input,
                          enum printer_result *out_result, struct printer_status *out_status)
{
    (void)state; /* an answer is one byte */
    *out_result = PRINTER_NOTHING;
    if (input.len == 0) return 0;
    uint8_t byte = input.data[0];
    *out_result = PRINTER_REJECTED;
    if ((byte & ANSWER_MASK) != ANSWER_FIXED) return 1;
    struct printer_status status = {
        .head_open = (byte & CAUSE_COVER) != 0,
        .paused = (byte & CAUSE_FEED_BUTTON) != 0,
        .paper_out = (byte & CAUSE_PAPER_END) != 0,
        .fault = (byte & CAUSE_ERROR) != 0,
    };
    status.ready = !printer_status_is_flagged(&status);
    *out_status = status;
    *out_result = PRINTER_STATUS;
    return 1;
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

#define BYTE_MAX 255u
#define FILL 256u                   /* more than any of our commands takes */
#define BAR_DATA_MAX (BYTE_MAX - 2) /* without "{B" */

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

/* Row by row, so that one that broke off takes few bytes for its own (see FILL). */
static void put_line(struct textbuf *out, const struct label_spot *spot)
{
    unsigned width = spot->width / 8 < FILL ? spot->width / 8 : FILL - 1;
    for (unsigned row = 0; row < spot->height; row++) {
        textbuf_text(out, GS "v0");
        put_byte(out, 0);
        put_byte(out, width);
        put_byte(out, 0);
        put_byte(out, 1);
        put_byte(out, 0);
        for (unsigned i = 0; i < width; i++) put_byte(out, BYTE_MAX);
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

/* ESC @ puts back every setting of another program; GS V 66 feeds to the knife and cuts. */
static bool encode_label(const struct label *label, unsigned dpi, struct textbuf *out)
{
    textbuf_text(out, ESC "@");
    if (!label_walk(label, label_dots_per_mm(dpi), &escpos, out)) return false;
    textbuf_text(out, GS "VB");
    put_byte(out, 0);
    return textbuf_ok(out);
}

/* NUL fills what a command that was half received may still take, and alone prints nothing. Then
 * the settings are put back, and what came out is cut off. */
static const uint8_t start[FILL + 2] = {[FILL] = 0x1B, '@'};
static const uint8_t abort_job[FILL + 6] = {[FILL] = 0x1B, '@', 0x1D, 'V', 'B', 0x00};

const struct printer_driver printer_escpos = {
    .name = "escpos",
    .title = "ESC/POS receipt printer",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .status_request = {(const uint8_t *)DLE EOT "\x02", 3},
    .status_wait_ms = 2000,
    .print_time_ms = 4000, /* no bit says that paper is moving */
    .start = {start, sizeof start},
    .abort_job = {abort_job, sizeof abort_job},
    .feed = feed_status,
    .encode_label = encode_label,
    .encode_document = printer_refuse_document,
};
