/* Guards: an EPL2 printer's state is what it said and nothing guessed; the job puts back what
 * another program left, says the label once, and no text of an address becomes a command; a
 * courier's ZPL is never sent to it. EPL Programming Guide 14245L-003; Intermec ESim manuals (^ee,
 * fonts). */
#include "drivers/printer_epl.h"

#include "tests/support/printer_bench.h"

static char storage[65536];

/* ---- status
 * ---------------------------------------------------------------------------------- */

static void every_code_is_what_the_manual_says(void)
{
    static const struct {
        const char *reply;
        struct printer_status wanted;
    } rows[] = {
        {"00\r\n", {.ready = true}},
        {"00\n", {.ready = true}},
        {"01\r\n", {.fault = true}},
        {"02\r\n", {.fault = true}},
        {"07\r\n", {.paper_out = true}},
        {"11\r\n", {.head_open = true}},
        {"62\r\n", {.too_hot = true}},
        {"81\r\n", {.fault = true}},
        {"92\r\n", {.paused = true}},
        {"99\r\n", {.fault = true}},
        {"07,11\r\n", {.paper_out = true, .head_open = true}},
        {"07,11,62\r\n", {.paper_out = true, .head_open = true, .too_hot = true}},
        {"noise\r\n11\r\n", {.head_open = true}},
        {"\x15"
         "07P003\x13"
         "00\r\n",
         {.ready = true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        expect_says(&printer_epl, bytes_of_text(rows[i].reply), &rows[i].wanted, rows[i].reply);
    }
}

static void no_state_is_guessed(void)
{
    static const struct {
        const char *reply;
        enum printer_result result;
        const char *promise;
    } rows[] = {
        {"00", PRINTER_NOTHING, "half an answer"},
        {"0\r\n", PRINTER_REJECTED, "one digit"},
        {"000\r\n", PRINTER_REJECTED, "three digits"},
        {"00,\r\n", PRINTER_REJECTED, "a comma at the end"},
        {",00\r\n", PRINTER_REJECTED, "a comma in front"},
        {"OK\r\n", PRINTER_REJECTED, "letters"},
        {"\r\n\r\n", PRINTER_NOTHING, "empty lines"},
        {"\x11\x13", PRINTER_NOTHING, "flow control"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct printer_answer got;
        EXPECT_I64(rows[i].result,
                   read_answers(&printer_epl, bytes_of_text(rows[i].reply), &got, NULL),
                   rows[i].promise);
    }
    char flood[PRINTER_REPLY_MAX + 8];
    struct printer_answer got;
    memset(flood, '0', sizeof flood);
    EXPECT_I64(PRINTER_REJECTED,
               read_answers(&printer_epl, bytes_of(flood, sizeof flood), &got, NULL),
               "a line without end");
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

static struct label epl_label(enum label_item_kind kind, const char *text)
{
    struct label label = label_of(kind, text);
    label.items[0].height_dmm = 60;
    return label;
}

static bool encode(const struct label *label, unsigned dpi)
{
    struct textbuf job;
    textbuf_init(&job, storage, sizeof storage);
    const struct printer_setup setup = setup_of(label, dpi);
    return printer_epl.encode_label(label, &setup, &job);
}

#define HEAD "\nN\nq800\nQ1200,24\nZT\n"
#define HEAD_300 "\nN\nq1200\nQ1800,36\nZT\n"

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
        /* 48 dots high: font 4, 14 by 24, twice. */
        {LABEL_TEXT, "PREPAID", 203, HEAD "A32,80,0,4,2,2,N,\"PREPAID\"\nP1\n"},
        /* 72 dots high: font 3, 20 by 36, twice. */
        {LABEL_TEXT, "PREPAID", 300, HEAD_300 "A48,120,0,3,2,2,N,\"PREPAID\"\nP1\n"},
        /* (736 - 4 * 156) / 2 = 56 dots to the first bar; five letters are 7 * 11 + 13 = 90. */
        {LABEL_CODE128, "EE123456785IN", 203, HEAD "B88,80,0,1,4,8,48,N,\"EE123456785IN\"\nP1\n"},
        {LABEL_CODE128, "A\"B\\C", 203, HEAD "B220,80,0,1,4,8,48,N,\"A\\\"B\\\\C\"\nP1\n"},
        {LABEL_LINE, "", 203, HEAD "LO32,80,736,48\nP1\n"},
        {LABEL_TEXT, "5\" \\pipe", 203, HEAD "A32,80,0,4,2,2,N,\"5\\\" \\\\pipe\"\nP1\n"},
        {LABEL_TEXT, "", 203, HEAD "P1\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct label label = epl_label(rows[i].kind, rows[i].text);
        EXPECT(encode(&label, rows[i].dpi), rows[i].job);
        EXPECT_TEXT(rows[i].job, storage, "the whole job");
    }
}

static void no_text_becomes_a_command(void)
{
    for (int first = ' ' + 1; first <= '~'; first++) {
        for (int second = ' ' + 1; second <= '~'; second++) {
            char text[] = {'A', (char)first, (char)second, 'Z', '\0'};
            struct label label = epl_label(LABEL_TEXT, text);
            if (!EXPECT(encode(&label, 203), text)) continue;
            const char *at = strstr(storage, ",N,\"") + 4;
            for (; *at != '"' && *at != '\0'; at++) {
                EXPECT(*at != '^' && *at != '\n', text);
                if (*at == '\\') at++;
            }
            EXPECT_TEXT("\"\nP1\n", at, text);
        }
    }
}

static void what_cannot_be_said_is_not_drawn(void)
{
    static const struct {
        enum label_item_kind kind;
        const char *text, *promise;
    } rows[] = {
        {LABEL_TEXT, "A\nP9", "a line end"},
        {LABEL_TEXT, "A\xC0\x80", "not UTF-8"},
        {LABEL_CODE128, "", "bars of nothing"},
        {LABEL_CODE128, "A\xC3\xA9", "bars beyond ASCII"},
        {LABEL_CODE128, "A^@B", "bars with a direct command"},
        {LABEL_CODE128, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "bars too narrow"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct label label = epl_label(rows[i].kind, rows[i].text);
        EXPECT(!encode(&label, 203), rows[i].promise);
    }
    struct label label = epl_label(LABEL_TEXT, "A");
    EXPECT(!encode(&label, 204), "a resolution we do not know");
    label.items[0].y_dmm = 1450;
    EXPECT(!encode(&label, 203), "an item over the edge");
}

/* A picture that broke off takes so many bytes at most, and alone they are empty lines. */
static void expect_filled(struct bytes job, const char *promise)
{
    EXPECT_I64(PRINTER_FILL + 2, job.len, promise);
    for (size_t i = 0; i < PRINTER_FILL; i++) EXPECT(job.data[i] == '\n', promise);
    EXPECT_BYTES(BYTES_LITERAL("N\n"), bytes_from(job, PRINTER_FILL), promise);
}

static void it_says_how_to_stay_safe(void)
{
    struct textbuf job;
    const char *why = NULL;
    textbuf_init(&job, storage, sizeof storage);
    EXPECT(!printer_epl.encode_document(BYTES_LITERAL("^XA^FO1,1^FDx^FS^XZ"),
                                        &(struct printer_setup){.dpi = 203}, &job, &why),
           "a courier's ZPL is never sent");
    EXPECT(why != NULL && job.len == 0, "with a sentence and without a byte");
    EXPECT_BYTES(BYTES_LITERAL("^ee\r\n"), printer_epl.status_request,
                 "asked by ^ee, its line ended");
    expect_filled(printer_epl.start, "half a job of before is dropped");
    expect_filled(printer_epl.abort_job, "a cut one too");
    EXPECT(printer_epl.needs_time, "it may say that it is clean while a label comes out");
}

int main(void)
{
    EXPECT_RUN(every_code_is_what_the_manual_says);
    EXPECT_RUN(no_state_is_guessed);
    EXPECT_RUN(each_item_is_one_command_of_the_manual);
    EXPECT_RUN(no_text_becomes_a_command);
    EXPECT_RUN(what_cannot_be_said_is_not_drawn);
    EXPECT_RUN(it_says_how_to_stay_safe);
    return expect_result();
}
