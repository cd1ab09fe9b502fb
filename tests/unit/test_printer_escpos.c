/* Guards: a receipt printer's state is what it said; the job puts back what another program left,
 * says the label once and cuts it, no text becomes a command, and nothing in a job is taken for a
 * question; a courier's ZPL is never sent to it. Epson and Bixolon SRP-350 command manuals. */
#include "drivers/printer_escpos.h"

#include "tests/support/printer_bench.h"

static char storage[65536];
static struct textbuf job;

/* ---- status
 * ---------------------------------------------------------------------------------- */

static void every_bit_is_what_the_manual_says(void)
{
    static const struct {
        uint8_t reply;
        enum printer_result result;
        struct printer_status wanted;
        const char *promise;
    } rows[] = {
        {0x12, PRINTER_STATUS, {.ready = true}, "on-line"},
        {0x16, PRINTER_STATUS, {.head_open = true}, "cover open"},
        {0x1A, PRINTER_STATUS, {.paused = true}, "feed button"},
        {0x32, PRINTER_STATUS, {.paper_out = true}, "stopped by paper end"},
        {0x52, PRINTER_STATUS, {.fault = true}, "error"},
        {0x36, PRINTER_STATUS, {.paper_out = true, .head_open = true}, "two causes"},
        {0x10, PRINTER_REJECTED, {.ready = false}, "automatic status"},
        {0x00, PRINTER_REJECTED, {.ready = false}, "nothing of it fixed"},
        {0x92, PRINTER_REJECTED, {.ready = false}, "bit 7 set"},
        {0x13, PRINTER_REJECTED, {.ready = false}, "XOFF"},
        {0x11, PRINTER_REJECTED, {.ready = false}, "XON"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct printer_answer got = {0};
        struct bytes reply = bytes_of(&rows[i].reply, 1);
        EXPECT_I64(rows[i].result, read_answers(&printer_escpos, reply, &got, NULL),
                   rows[i].promise);
        if (rows[i].result == PRINTER_STATUS)
            expect_status(&rows[i].wanted, &got.status, rows[i].promise);
    }
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

static struct label receipt_of(enum label_item_kind kind, const char *text)
{
    struct label label = label_of(kind, text);
    label.width_dmm = 720;
    label.height_dmm = 1000;
    label.items[0].y_dmm = 40;
    label.items[0].height_dmm = 60;
    label.items[0].width_dmm = 640;
    return label;
}

static bool encode(const struct label *label, unsigned dpi)
{
    textbuf_init(&job, storage, sizeof storage);
    const struct printer_setup setup = setup_of(label, dpi);
    return printer_escpos.encode_label(label, &setup, &job);
}

#define HEAD "\x1B@\x1BJ\x20" /* 4 mm down: 32 dots */
#define TAIL "\x1DVB\0"
#define BARS(module, count, data)                                               \
    HEAD "\x1B"                                                                 \
         "a\x01\x1DH\0\x1Dh\x30\x1Dw" module "\x1Dk\x49" count "{B" data "\x1B" \
         "a\0" TAIL

/* Numbers worked out by hand: 8 dots a millimetre. Font A is 12 by 24: twice in 48 dots. In code
 * set B a symbol of n letters has 11 (n + 2) + 13 modules: 13 letters 178, with quiet zones 198, so
 * that 512 dots hold modules of 2; 4 letters 79, 99: of 4 at most. */
static void each_item_is_what_the_manual_says(void)
{
    static const struct {
        enum label_item_kind kind;
        const char *text;
        struct bytes wanted;
    } rows[] = {
        {LABEL_TEXT, "PREPAID", BYTES_LITERAL(HEAD "\x1D!\x11PREPAID\x1BJ\x30" TAIL)},
        {LABEL_TEXT, "", BYTES_LITERAL("\x1B@" TAIL)},
        {LABEL_CODE128, "EE123456785IN", BYTES_LITERAL(BARS("\x02", "\x0F", "EE123456785IN"))},
        {LABEL_CODE128, "1604", BYTES_LITERAL(BARS("\x04", "\x06", "1604"))},
        {LABEL_CODE128, "A{BC", BYTES_LITERAL(BARS("\x04", "\x07", "A{{BC"))},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct label label = receipt_of(rows[i].kind, rows[i].text);
        EXPECT(encode(&label, 203), rows[i].text);
        EXPECT_BYTES(rows[i].wanted, textbuf_bytes(&job), rows[i].text);
    }
}

static void a_line_is_rows_of_black(void)
{
    struct label label = receipt_of(LABEL_LINE, "");
    struct bytes rest;
    unsigned rows = 0;
    label.items[0].height_dmm = 5;
    EXPECT(encode(&label, 203), "drawn");
    /* 64 mm are 512 dots, 64 bytes a row; half a millimetre is 4 rows. */
    rest = bytes_from(textbuf_bytes(&job), sizeof HEAD - 1);
    while (bytes_start_with(rest, "\x1Dv0")) {
        EXPECT_BYTES(BYTES_LITERAL("\0\x40\0\x01\0"), bytes_slice(rest, 3, 5), "64 bytes, 1 row");
        for (size_t i = 8; i < 72; i++) EXPECT(rest.data[i] == 0xFF, "1 is black");
        rest = bytes_from(rest, 72);
        rows++;
    }
    EXPECT_I64(4, rows, "half a millimetre");
    EXPECT_BYTES(BYTES_LITERAL(TAIL), rest, "and the cut");
}

static void pieces_come_one_below_the_other(void)
{
    struct label label = receipt_of(LABEL_TEXT, "A");
    label.count = 2;
    label.items[1] = label.items[0];
    label.items[1].y_dmm = 140; /* 10 mm lower: 80 dots, of which the first took 48 */
    EXPECT(encode(&label, 203), "drawn");
    EXPECT_BYTES(BYTES_LITERAL(HEAD "\x1D!\x11"
                                    "A\x1BJ\x30\x1BJ\x20\x1D!\x11"
                                    "A\x1BJ\x30" TAIL),
                 textbuf_bytes(&job), "with the space between them");
    label.items[1].y_dmm = 40;
    EXPECT(encode(&label, 203), "side by side is not known");
    EXPECT_BYTES(BYTES_LITERAL(HEAD "\x1D!\x11"
                                    "A\x1BJ\x30\x1D!\x11"
                                    "A\x1BJ\x30" TAIL),
                 textbuf_bytes(&job), "so one comes below the other");
    label.count = 1;
    label.items[0].y_dmm = 900; /* 720 dots: two feeds of 255 and one of 210 */
    EXPECT(encode(&label, 203), "far down");
    EXPECT(bytes_start_with(textbuf_bytes(&job), "\x1B@\x1BJ\xFF\x1BJ\xFF\x1BJ\xD2\x1D!"),
           "in steps that a byte can say");
}

/* DLE EOT, DLE ENQ and DLE DC4 act wherever they stand, and only we know where text is. */
static void nothing_in_a_job_is_taken_for_a_question(void)
{
    for (unsigned dmm = 0; dmm < 900; dmm++) {
        struct label label = receipt_of(LABEL_CODE128, "16041605162016");
        label.items[0].y_dmm = (uint16_t)dmm;
        label.items[0].height_dmm = (uint16_t)(dmm % 100);
        label.items[1] = receipt_of(LABEL_TEXT, "~{B 1604").items[0];
        label.items[1].height_dmm = (uint16_t)(dmm % 90);
        label.items[2] = receipt_of(LABEL_LINE, "").items[0];
        label.items[2].width_dmm = (uint16_t)(dmm % 640);
        label.count = 3;
        if (!EXPECT(encode(&label, 203), "drawn")) continue;
        for (size_t i = 0; i + 1 < job.len; i++) {
            uint8_t next = (uint8_t)job.data[i + 1];
            EXPECT(job.data[i] != 0x10 || (next != 0x04 && next != 0x05 && next != 0x14),
                   "no question");
        }
    }
}

static void what_cannot_be_said_is_not_drawn(void)
{
    static const struct {
        enum label_item_kind kind;
        const char *text, *promise;
    } rows[] = {
        {LABEL_TEXT, "A\x1B@", "an escape"},
        {LABEL_TEXT, "A\x10\x04\x02", "a question"},
        {LABEL_TEXT, "A\n", NULL}, /* blanks around a text are nothing */
        {LABEL_TEXT, "A\nB", "a line feed"},
        {LABEL_TEXT, "A\xC0\x80", "not UTF-8"},
        {LABEL_CODE128, "", "bars of nothing"},
        {LABEL_CODE128, "A\tB", "bars of a control character"},
        {LABEL_CODE128, "28411210000145284112100001", "bars too narrow in code set B"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct label label = receipt_of(rows[i].kind, rows[i].text);
        EXPECT(encode(&label, 203) == (rows[i].promise == NULL), rows[i].text);
    }
    struct label label = receipt_of(LABEL_TEXT, "A");
    EXPECT(!encode(&label, 204), "a resolution we do not know");
    label.items[0].x_dmm = 100;
    EXPECT(!encode(&label, 203), "an item over the edge");
    label = receipt_of(LABEL_TEXT, "\xE0\xA4\xA8 \xE2\x82\xB9");
    EXPECT(encode(&label, 203), "letters it may not have");
    EXPECT(bytes_find(textbuf_bytes(&job), BYTES_LITERAL("? ?")) < job.len, "are marked");
}

static void it_says_how_to_stay_safe(void)
{
    const char *why = NULL;
    textbuf_init(&job, storage, sizeof storage);
    EXPECT(!printer_escpos.encode_document(BYTES_LITERAL("^XA^FO1,1^FDx^FS^XZ"),
                                           &(struct printer_setup){.dpi = 203}, &job, &why),
           "a courier's ZPL is never sent");
    EXPECT(why != NULL && job.len == 0, "with a sentence and without a byte");
    EXPECT_BYTES(BYTES_LITERAL("\x10\x04\x02"), printer_escpos.status_request, "DLE EOT 2");
    struct bytes ends[] = {printer_escpos.start, printer_escpos.abort_job};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        for (size_t at = 0; at < PRINTER_FILL; at++)
            EXPECT(ends[i].data[at] == 0, "fills half a command");
    }
    EXPECT_BYTES(BYTES_LITERAL("\x1B@"), bytes_from(ends[0], PRINTER_FILL), "settings put back");
    EXPECT_BYTES(BYTES_LITERAL("\x1B@\x1DVB\0"), bytes_from(ends[1], PRINTER_FILL),
                 "half a label cut off");
    EXPECT(printer_escpos.needs_time, "it may say that it is clean while a label comes out");
}

int main(void)
{
    EXPECT_RUN(every_bit_is_what_the_manual_says);
    EXPECT_RUN(each_item_is_what_the_manual_says);
    EXPECT_RUN(a_line_is_rows_of_black);
    EXPECT_RUN(pieces_come_one_below_the_other);
    EXPECT_RUN(nothing_in_a_job_is_taken_for_a_question);
    EXPECT_RUN(what_cannot_be_said_is_not_drawn);
    EXPECT_RUN(it_says_how_to_stay_safe);
    return expect_result();
}
