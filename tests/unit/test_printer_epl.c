/* Guards: an EPL2 printer's state is what it said and nothing guessed; the job puts back what
 * another program left, says the label once, and no text of an address becomes a command; a
 * courier's ZPL is never sent to it. EPL Programming Guide 14245L-003; Intermec ESim manuals (^ee,
 * fonts). */
#include "drivers/printer_epl.h"

#include "tests/support/expect.h"

static char storage[65536];

/* ---- status
 * ---------------------------------------------------------------------------------- */

static enum printer_result last_status(struct bytes input, struct printer_status *out_status)
{
    struct printer_state state;
    enum printer_result last = PRINTER_NOTHING;
    printer_state_init(&state);
    while (input.len > 0) {
        enum printer_result result;
        input = bytes_from(input, printer_epl.feed(&state, input, &result, out_status));
        if (result != PRINTER_NOTHING) last = result;
    }
    return last;
}

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
        struct printer_status got = {0};
        const struct printer_status *wanted = &rows[i].wanted;
        const char *reply = rows[i].reply;
        EXPECT_I64(PRINTER_STATUS, last_status(bytes_of_text(reply), &got), reply);
        EXPECT(got.ready == wanted->ready && got.fault == wanted->fault, reply);
        EXPECT(got.paper_out == wanted->paper_out && got.head_open == wanted->head_open, reply);
        EXPECT(got.too_hot == wanted->too_hot && got.paused == wanted->paused, reply);
        EXPECT(!got.busy && got.queued == 0, reply);
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
        struct printer_status got;
        EXPECT_I64(rows[i].result, last_status(bytes_of_text(rows[i].reply), &got),
                   rows[i].promise);
    }
    char flood[PRINTER_REPLY_MAX + 8];
    struct printer_status got;
    memset(flood, '0', sizeof flood);
    EXPECT_I64(PRINTER_REJECTED, last_status(bytes_of(flood, sizeof flood), &got),
               "a line without end");
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

static struct label label_of(enum label_item_kind kind, const char *text)
{
    struct label label = {.width_dmm = 1000, .height_dmm = 1500, .count = 1};
    label.items[0] = (struct label_item){
        .kind = kind, .x_dmm = 40, .y_dmm = 100, .height_dmm = 60, .width_dmm = 920, .lines = 1};
    snprintf(label.items[0].text, sizeof label.items[0].text, "%s", text);
    return label;
}

static bool encode(const struct label *label, unsigned dpi)
{
    struct textbuf job;
    textbuf_init(&job, storage, sizeof storage);
    return printer_epl.encode_label(label, dpi, &job);
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
        struct label label = label_of(rows[i].kind, rows[i].text);
        EXPECT(!encode(&label, 203), rows[i].promise);
    }
    struct label label = label_of(LABEL_TEXT, "A");
    EXPECT(!encode(&label, 204), "a resolution we do not know");
    label.items[0].y_dmm = 1450;
    EXPECT(!encode(&label, 203), "an item over the edge");
}

static void it_says_how_to_stay_safe(void)
{
    struct textbuf job;
    const char *why = NULL;
    textbuf_init(&job, storage, sizeof storage);
    EXPECT(!printer_epl.encode_document(BYTES_LITERAL("^XA^FO1,1^FDx^FS^XZ"), &job, &why),
           "a courier's ZPL is never sent");
    EXPECT(why != NULL && job.len == 0, "with a sentence and without a byte");
    EXPECT_BYTES(BYTES_LITERAL("^ee\r\n"), printer_epl.status_request,
                 "asked by ^ee, its line ended");
    EXPECT_BYTES(BYTES_LITERAL("\nN\n"), printer_epl.start, "half a job of before is dropped");
    EXPECT_BYTES(BYTES_LITERAL("\nN\n"), printer_epl.abort_job, "a cut one too");
    EXPECT(printer_epl.print_time_ms > 2950, "150 mm at 2 inches a second");
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
