/* Guards: a TSPL printer's state is what it said; the job puts back what another program left, says
 * the label once, and no text of an address becomes a command; a courier's ZPL is never sent to it.
 * TSC TSPL/TSPL2 manual: syntax of each command, <ESC>!? and <ESC>!S (TTP-244 Plus, p. 85). */
#include "drivers/printer_tspl.h"

#include "tests/support/printer_bench.h"

static char storage[65536];

/* ---- status
 * ---------------------------------------------------------------------------------- */

static void every_bit_is_what_the_manual_says(void)
{
    static const struct {
        uint8_t reply;
        struct printer_status wanted;
        const char *promise;
    } rows[] = {
        {0x00, {.ready = true}, "normal"},
        {0x01, {.head_open = true}, "head opened"},
        {0x04, {.paper_out = true}, "out of paper"},
        {0x05, {.paper_out = true, .head_open = true}, "out of paper and head opened"},
        {0x08, {.ribbon_out = true}, "out of ribbon"},
        {0x10, {.paused = true}, "pause"},
        {0x20, {.busy = true}, "printing"},
        {0x40, {.head_open = true}, "cover open"},
        {0x80, {.too_hot = true}, "temperature"},
        {0x03, {.fault = true, .head_open = true}, "jam and head opened"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        expect_says(&printer_tspl, bytes_of(&rows[i].reply, 1), &rows[i].wanted, rows[i].promise);
    }
}

static void every_letter_of_a_frame_is_what_the_manual_says(void)
{
    static const struct {
        const char *letters;
        struct printer_status wanted;
    } rows[] = {
        {"@@@@", {.ready = true}},         {"`@@@", {.paused = true}},
        {"B@@@", {.busy = true}},          {"C@@@", {.busy = true}},
        {"F@@@", {.busy = true}},          {"P@@@", {.busy = true}},
        {"W@@@", {.busy = true}},          {"K@@@", {.paused = true}},
        {"L@@@", {.label_waiting = true}}, {"E@@@", {.fault = true}},
        {"Z@@@", {.fault = true}},         {"@H@@", {.buffer_full = true}},
        {"E@A@", {.too_hot = true}},       {"E@B@", {.too_hot = true}},
        {"E@H@", {.fault = true}},         {"E@P@", {.fault = true}},
        {"E@@A", {.paper_out = true}},     {"E@@B", {.fault = true}},
        {"E@@D", {.ribbon_out = true}},    {"E@@E", {.paper_out = true, .ribbon_out = true}},
        {"E@@`", {.head_open = true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char reply[16];
        snprintf(reply, sizeof reply, "\x02%s\x03\r\n", rows[i].letters);
        expect_says(&printer_tspl, bytes_of_text(reply), &rows[i].wanted, rows[i].letters);
    }
}

static void a_jam_is_told_from_the_begin_of_a_frame(void)
{
    static const struct {
        struct bytes reply;
        unsigned count;
        bool ready;
        const char *promise;
    } rows[] = {
        {BYTES_LITERAL("\x02"), 0, false, "it may be either"},
        {BYTES_LITERAL("\x02\x02"), 1, false, "said twice: it was a jam"},
        {BYTES_LITERAL("\x02\0"), 1, true, "and gone again: the newest answer counts"},
        {BYTES_LITERAL("\x02@@\x02@@@@\x03\r\n"), 2, true, "half a frame, and a whole one"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct printer_answer got;
        unsigned count = 0;
        enum printer_result last = read_answers(&printer_tspl, rows[i].reply, &got, &count);
        EXPECT_I64(rows[i].count, count, rows[i].promise);
        EXPECT(last != PRINTER_REJECTED, "every byte is an answer");
        if (count > 0) EXPECT_I64(rows[i].ready, got.status.ready, rows[i].promise);
    }
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

static bool encode(const struct label *label, unsigned dpi)
{
    struct textbuf job;
    textbuf_init(&job, storage, sizeof storage);
    const struct printer_setup setup = setup_of(label, dpi);
    return printer_tspl.encode_label(label, &setup, &job);
}

#define HEAD                                                                          \
    "SET REPRINT OFF\r\nSIZE 100.0 mm,150.0 mm\r\nDIRECTION 0,0\r\nREFERENCE 0,0\r\n" \
    "CLS\r\n"
#define TAIL "PRINT 1,1\r\n"

/* Numbers worked out by hand: 8 dots a millimetre at 203 dpi, 12 at 300. Modules of the bars from
 * zint 2.11.1: EE123456785IN has 156. */
static void each_item_is_one_command_of_the_manual(void)
{
    static const struct {
        enum label_item_kind kind;
        const char *text;
        unsigned dpi;
        const char *job;
    } rows[] = {
        /* 32 dots high: font 4, 24 by 32. */
        {LABEL_TEXT, "PREPAID", 203, HEAD "TEXT 32,80,\"4\",0,1,1,\"PREPAID\"\r\n" TAIL},
        /* 48 dots high: font 5, 32 by 48. */
        {LABEL_TEXT, "PREPAID", 300, HEAD "TEXT 48,120,\"5\",0,1,1,\"PREPAID\"\r\n" TAIL},
        /* (736 - 4 * 156) / 2 = 56 dots to the first bar. */
        {LABEL_CODE128, "EE123456785IN", 203,
         HEAD "BARCODE 88,80,\"128\",32,0,0,4,4,\"EE123456785IN\"\r\n" TAIL},
        {LABEL_LINE, "", 203, HEAD "BAR 32,80,736,32\r\n" TAIL},
        {LABEL_TEXT, "5\" pipe", 203, HEAD "TEXT 32,80,\"4\",0,1,1,\"5\\[\"] pipe\"\r\n" TAIL},
        {LABEL_TEXT, "", 203, HEAD TAIL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct label label = label_of(rows[i].kind, rows[i].text);
        EXPECT(encode(&label, rows[i].dpi), rows[i].job);
        EXPECT_TEXT(rows[i].job, storage, "the whole job");
    }
}

static void no_text_becomes_a_command(void)
{
    for (int first = ' ' + 1; first <= '~'; first++) {
        for (int second = ' ' + 1; second <= '~'; second++) {
            char text[] = {'A', (char)first, (char)second, 'Z', '\0'};
            struct label label = label_of(LABEL_TEXT, text);
            if (!EXPECT(encode(&label, 203), text)) continue;
            const char *data = strstr(storage, "1,1,\"") + 5;
            const char *end = strstr(data, "\"\r\n");
            EXPECT(end != NULL && strcmp(end, "\"\r\nPRINT 1,1\r\n") == 0, text);
            EXPECT(strstr(data, "~!") == NULL, "no direct command");
            for (const char *at = data; at < end; at++) {
                bool quote = strncmp(at, "\\[\"]", 4) == 0;
                EXPECT(quote || (*at != '"' && *at != '\\'), text);
                if (quote) at += 3;
            }
        }
    }
}

static void what_cannot_be_said_is_not_drawn(void)
{
    static const struct {
        enum label_item_kind kind;
        const char *text, *promise;
    } rows[] = {
        {LABEL_TEXT, "A\r\nPRINT 9,9", "a line end"},
        {LABEL_TEXT, "A\x1B!R", "an escape"},
        {LABEL_TEXT, "A\xC0\x80", "not UTF-8"},
        {LABEL_CODE128, "", "bars of nothing"},
        {LABEL_CODE128, "A\xC3\xA9", "bars beyond ASCII"},
        {LABEL_CODE128, "A\"B", "bars with a quote"},
        {LABEL_CODE128, "A\\B", "bars with a backslash"},
        {LABEL_CODE128, "A~!B", "bars with a direct command"},
        {LABEL_CODE128, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "bars too narrow"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct label label = label_of(rows[i].kind, rows[i].text);
        EXPECT(!encode(&label, 203), rows[i].promise);
    }
    struct label label = label_of(LABEL_TEXT, "A");
    EXPECT(!encode(&label, 204), "a resolution we do not know");
    label.items[0].x_dmm = 100;
    EXPECT(!encode(&label, 203), "an item over the edge");
    label = label_of(LABEL_TEXT, "A");
    struct textbuf job;
    textbuf_init(&job, storage, 60);
    const struct printer_setup setup = setup_of(&label, 203);
    EXPECT(!printer_tspl.encode_label(&label, &setup, &job), "a job that does not fit");
}

static void long_text_is_set_smaller_wrapped_and_then_cut(void)
{
    struct label label = label_of(LABEL_TEXT, "Flat 4, 12 Long Example Road, Near the Old Market");
    EXPECT(encode(&label, 203), "one line");
    /* 49 letters in 736 dots: 15 dots each; font 2 is 12 by 20, font 3 is 16 by 24. */
    EXPECT(strstr(storage, "\"2\",0,1,1,\"Flat 4, 12 Long Example Road, Near the Old Market\"") !=
               NULL,
           "in the highest font that has room");
    label.items[0].lines = 2;
    EXPECT(encode(&label, 203), "two lines");
    EXPECT(strstr(storage, "TEXT 32,80,\"4\",0,1,1,\"Flat 4, 12 Long Example Road,\"") != NULL,
           "broken between words");
    EXPECT(strstr(storage, "TEXT 32,112,\"4\",0,1,1,\"Near the Old Market\"") != NULL,
           "one below the other");
    label = label_of(LABEL_TEXT, "");
    memset(label.items[0].text, 'W', LABEL_TEXT_SIZE - 1);
    EXPECT(encode(&label, 203), "200 letters");
    const char *data = strstr(storage, ",1,1,\"") + 6;
    EXPECT(strcspn(data, "\"") * 12 <= 736, "never wider than the block");
    label = label_of(LABEL_TEXT, "\xE0\xA4\xA8\xE0\xA4\xAE Pune \xE2\x82\xB9");
    EXPECT(encode(&label, 203), "letters a clone may not have");
    EXPECT(strstr(storage, ",\"?? Pune ?\"") != NULL, "print as a question mark each");
}

/* A picture that broke off takes so many bytes at most, and alone they are empty lines. */
static void expect_filled(struct bytes abort_job, size_t from)
{
    EXPECT_I64(PRINTER_FILL, abort_job.len - from, "as many as a command may take");
    for (size_t i = from; i < abort_job.len; i++) EXPECT(abort_job.data[i] == '\n', "lines' ends");
}

static void it_says_how_to_stay_safe(void)
{
    struct textbuf job;
    const char *why = NULL;
    textbuf_init(&job, storage, sizeof storage);
    EXPECT(!printer_tspl.encode_document(BYTES_LITERAL("^XA^FO1,1^FDx^FS^XZ"),
                                         &(struct printer_setup){.dpi = 203}, &job, &why),
           "a courier's ZPL is never sent");
    EXPECT(why != NULL && strstr(why, "ZPL") != NULL, "with a sentence");
    EXPECT_I64(0, job.len, "and without a byte");
    EXPECT_BYTES(BYTES_LITERAL("\x1B!?"), printer_tspl.status_request, "asked by <ESC>!?");
    EXPECT(bytes_find(printer_tspl.start, BYTES_LITERAL("SET REPRINT OFF\r\n")) <
               printer_tspl.start.len,
           "the printer is told not to reprint by itself");
    EXPECT(bytes_start_with(printer_tspl.start, "\x1B!."), "half a job of before is dropped");
    EXPECT(bytes_start_with(printer_tspl.abort_job, "\x1B!.\r\n"), "a cut one too");
    expect_filled(printer_tspl.abort_job, 5);
    EXPECT(printer_tspl.needs_time, "it may say that it is clean while a label comes out");
}

int main(void)
{
    EXPECT_RUN(every_bit_is_what_the_manual_says);
    EXPECT_RUN(every_letter_of_a_frame_is_what_the_manual_says);
    EXPECT_RUN(a_jam_is_told_from_the_begin_of_a_frame);
    EXPECT_RUN(each_item_is_one_command_of_the_manual);
    EXPECT_RUN(no_text_becomes_a_command);
    EXPECT_RUN(what_cannot_be_said_is_not_drawn);
    EXPECT_RUN(long_text_is_set_smaller_wrapped_and_then_cut);
    EXPECT_RUN(it_says_how_to_stay_safe);
    return expect_result();
}
