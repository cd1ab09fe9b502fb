/* Guards: a printer's state is what it said and nothing guessed; no text of an address becomes a
 * printer command; bars keep their quiet zones. ZPL II Programming Guide, P1099958. */
#include "drivers/printer_zpl.h"

#include "tests/support/printer_bench.h"

#define JOB_SIZE 65536u

static char job_storage[JOB_SIZE];

/* ---- status
 * ---------------------------------------------------------------------------------- */

#define FIRST(fields) "\x02" fields "\x03\r\n"
#define READY_1 FIRST("030,0,0,1245,000,0,0,0,000,0,0,0")
#define READY_2 FIRST("000,0,0,0,0,2,4,0,00000000,1,000")
#define THIRD FIRST("1234,0")

static void every_flag_stands_where_the_manual_says(void)
{
    static const struct {
        const char *reply;
        struct printer_status wanted;
    } rows[] = {
        {READY_1 READY_2 THIRD, {.ready = true}},
        {FIRST("030,1,0,1245,000,0,0,0,000,0,0,0") READY_2, {.paper_out = true}},
        {FIRST("030,0,1,1245,000,0,0,0,000,0,0,0") READY_2, {.paused = true}},
        {FIRST("030,0,0,1245,002,0,0,0,000,0,0,0") READY_2, {.busy = true, .queued = 2}},
        {FIRST("030,0,0,1245,000,1,0,0,000,0,0,0") READY_2, {.buffer_full = true}},
        {FIRST("030,0,0,1245,000,0,1,0,000,0,0,0") READY_2, {.ready = false}},
        {FIRST("030,0,0,1245,000,0,0,1,000,0,0,0") READY_2, {.busy = true}},
        {FIRST("030,0,0,1245,000,0,0,0,000,0,1,0") READY_2, {.too_cold = true}},
        {FIRST("030,0,0,1245,000,0,0,0,000,0,0,1") READY_2, {.too_hot = true}},
        {READY_1 FIRST("000,0,1,0,0,2,4,0,00000000,1,000"), {.head_open = true}},
        {READY_1 FIRST("000,0,0,1,0,2,4,0,00000000,1,000"), {.ribbon_out = true}},
        {READY_1 FIRST("000,0,0,0,0,1,4,1,00000000,1,000"), {.label_waiting = true}},
        {READY_1 FIRST("000,0,0,0,0,2,4,0,00000003,1,000"), {.busy = true, .queued = 3}},
        {FIRST("xxx,0,0,xxxx,000,0,0,0,xxx,x,0,0") FIRST("x,x,0,0,x,x,x,0,0"), {.ready = true}},
        {"noise" READY_1 "noise" READY_2, {.ready = true}},
        {"\x02"
         "030,0,\x02"
         "030,0,0,1245,000,0,0,0,000,0,0,0\x03" READY_2,
         {.ready = true}},
        {READY_2 READY_1 READY_2, {.ready = true}},
        {READY_1 FIRST("030,1,0,1245,000,0,0,0,000,0,0,0") READY_2, {.paper_out = true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        expect_says(&printer_zpl, bytes_of_text(rows[i].reply), &rows[i].wanted, rows[i].reply);
    }
}

static void the_error_list_says_the_same(void)
{
    static const struct {
        const char *line;
        bool paper_out, head_open, paused, ready;
    } rows[] = {
        {"ERRORS:         0 00000000 00000000", false, false, false, true},
        {"ERRORS:         1 00000000 00000005", true, true, false, false},
        {"ERRORS:         1 00000000 00010000", false, false, true, false},
        {"ERRORS:         1 00000001 00000000", false, false, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char reply[128];
        struct printer_answer got;
        snprintf(reply, sizeof reply, "\x02\r\n\r\n  PRINTER STATUS\r\n   %s  \r\n\x03",
                 rows[i].line);
        EXPECT_I64(PRINTER_STATUS, read_answers(&printer_zpl, bytes_of_text(reply), &got, NULL),
                   rows[i].line);
        EXPECT(got.status.paper_out == rows[i].paper_out &&
                   got.status.head_open == rows[i].head_open,
               rows[i].line);
        EXPECT(got.status.paused == rows[i].paused && got.status.ready == rows[i].ready,
               rows[i].line);
    }
}

static void no_state_is_guessed(void)
{
    static const struct {
        const char *reply;
        enum printer_result result;
        const char *promise;
    } rows[] = {
        {READY_1, PRINTER_NOTHING, "half an answer"},
        {READY_2, PRINTER_REJECTED, "the second half alone"},
        {READY_1 THIRD, PRINTER_NOTHING, "the second frame is missing"},
        {FIRST("030,?,0,1245,000,0,0,0,000,0,0,0") READY_2, PRINTER_REJECTED,
         "a flag that is no number"},
        {READY_1 FIRST("000,0,0,0,0,2,4,0,-0000001,1,000"), PRINTER_REJECTED,
         "a count that is no number"},
        {FIRST("TVSE LP 46 Dlite-200dpi,V56.17.9Z,8,8172KB"), PRINTER_HEAD, "an answer to ~HI"},
        {FIRST("TVSE LP 46 Dlite-200dpi,V56.17.9Z,?,8172KB"), PRINTER_REJECTED, "without dots"},
        {"\"?\"", PRINTER_NOTHING, "a counter it does not have"},
        {"\"\"", PRINTER_NOTHING, "a counter of nothing"},
        {"\"99999999999\"", PRINTER_NOTHING, "a counter beyond all labels"},
        {"\"12", PRINTER_NOTHING, "half a counter"},
        {"123", PRINTER_NOTHING, "a number without quotes"},
        {"030,0,0,1245,000,0,0,0,000,0,0,0\r\n", PRINTER_NOTHING, "no frame at all"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct printer_answer got;
        EXPECT_I64(rows[i].result,
                   read_answers(&printer_zpl, bytes_of_text(rows[i].reply), &got, NULL),
                   rows[i].promise);
    }
    uint8_t flood[PRINTER_REPLY_MAX * 3];
    struct printer_answer got;
    memset(flood, '0', sizeof flood);
    flood[0] = 0x02;
    EXPECT_I64(PRINTER_REJECTED,
               read_answers(&printer_zpl, bytes_of(flood, sizeof flood), &got, NULL),
               "a frame without end");
}

/* ---- labels
 * ---------------------------------------------------------------------------------- */

static struct label zpl_label(enum label_item_kind kind, const char *text)
{
    struct label label = label_of(kind, text);
    label.width_dmm = 1016;
    label.height_dmm = 1524;
    label.items[0].width_dmm = 936;
    label.items[0].lines = 3;
    return label;
}

static bool encode(const struct label *label, unsigned dpi, struct textbuf *out)
{
    textbuf_init(out, job_storage, sizeof job_storage);
    const struct printer_setup setup = setup_of(label, dpi);
    return printer_zpl.encode_label(label, &setup, out);
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++) count++;
    return count;
}

/* What a printer makes of ^FH data: "_5E" is "^"; and of ^FB: "\\" is one backslash. */
static void field_of(const char *job, bool block, char *out_text)
{
    const char *at = strstr(job, "^FD") + 3;
    while (*at != '^') {
        unsigned byte = (unsigned char)*at++;
        if (byte == '_') {
            (void)sscanf(at, "%2x", &byte);
            at += 2;
        } else if (byte == '\\' && block) {
            EXPECT(*at++ == '\\', "a backslash never begins a line break");
            EXPECT(*at != '&', "nor for a clone that does not know that");
            if (at[0] == ' ' && at[1] == '&') at++;
        }
        *out_text++ = (char)byte;
    }
    *out_text = '\0';
}

static void expect_harmless(enum label_item_kind kind, const char *text)
{
    struct label label = zpl_label(kind, text);
    struct textbuf job;
    char read_back[LABEL_TEXT_SIZE];
    if (!EXPECT(encode(&label, 203, &job), text)) return;
    EXPECT_I64(0, count_of(job.data, "~"), "not one direct command");
    EXPECT_I64(1, count_of(job.data, "^XA"), "one label begins");
    EXPECT_I64(1, count_of(job.data, "^XZ"), "one label ends");
    EXPECT_I64(1, count_of(job.data, "^FD"), "one field");
    EXPECT_I64(1, count_of(job.data, "^PQ1,0,0,N^XZ\n"), "one copy");
    EXPECT_I64(19, count_of(job.data, "^"), "no command more than for a harmless text");
    field_of(job.data, kind == LABEL_TEXT, read_back);
    EXPECT_BYTES(bytes_trim(bytes_of_text(text)), bytes_trim(bytes_of_text(read_back)),
                 "the text arrives as it was");
}

static void no_text_becomes_a_command(void)
{
    for (int first = ' ' + 1; first <= '~'; first++) {
        for (int second = ' ' + 1; second <= '~'; second++) {
            char text[] = {'A', (char)first, (char)second, 'Z', '\0'};
            expect_harmless(LABEL_TEXT, text);
            expect_harmless(LABEL_CODE128, text);
        }
    }
    expect_harmless(LABEL_TEXT, "^XZ^XA^JUS^XZ~JR _5E_7E \\& ^FS^FD");
    expect_harmless(LABEL_TEXT,
                    "\xE0\xA4\xA8\xE0\xA4\xAE\xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\xA4\xE0\xA5\x87");
}

static void what_cannot_be_said_is_not_drawn(void)
{
    static const struct {
        enum label_item_kind kind;
        const char *text, *promise;
    } rows[] = {
        {LABEL_TEXT, "A\nB", "a line feed"},
        {LABEL_TEXT,
         "A\x1B"
         "B",
         "an escape"},
        {LABEL_TEXT, "A\x7F", "a DEL"},
        {LABEL_TEXT, "A\xC0\x80", "not UTF-8"},
        {LABEL_TEXT, "A\xE0\xA4", "half a character"},
        {LABEL_CODE128, "", "bars of nothing"},
        {LABEL_CODE128, "A\xC3\xA9", "bars beyond ASCII"},
        {LABEL_CODE128, "A\tB", "bars of a control character"},
    };
    struct textbuf job;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct label label = zpl_label(rows[i].kind, rows[i].text);
        EXPECT(!encode(&label, 203, &job), rows[i].promise);
    }
    struct label label = zpl_label(LABEL_TEXT, "A");
    EXPECT(!encode(&label, 204, &job), "a resolution we do not know");
    label.items[0].x_dmm = 100;
    EXPECT(!encode(&label, 203, &job), "an item over the edge");
    label = zpl_label(LABEL_TEXT, "A");
    textbuf_init(&job, job_storage, 80);
    const struct printer_setup setup = setup_of(&label, 203);
    EXPECT(!printer_zpl.encode_label(&label, &setup, &job), "a job that does not fit");
}

/* Widths in modules from an independent encoder: zint 2.11.1, Code 128, automatic sets. */
static void bars_are_as_wide_as_they_fit_with_their_quiet_zones(void)
{
    static const struct {
        const char *text;
        unsigned modules, dpi, room_dmm, module;
    } rows[] = {
        {"EE123456785IN", 156, 203, 936, 4}, {"EE123456785IN", 156, 203, 600, 2},
        {"EE123456785IN", 156, 300, 936, 6}, {"28411210000145", 112, 203, 936, 4},
        {"SBX100000017", 134, 203, 550, 2},  {"SBX100000017", 134, 203, 580, 3},
        {"1234567", 90, 203, 936, 4},        {"AB1234CD", 123, 203, 936, 4},
        {"PK-10001", 112, 203, 936, 4},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct label label = zpl_label(LABEL_CODE128, rows[i].text);
        struct textbuf job;
        unsigned module, ratio, height, x, y;
        label.items[0].width_dmm = (uint16_t)rows[i].room_dmm;
        if (!EXPECT(encode(&label, rows[i].dpi, &job), rows[i].text)) continue;
        const char *bars = strstr(job.data, "^BY");
        EXPECT(sscanf(bars, "^BY%u,%u,%u^FO%u,%u", &module, &ratio, &height, &x, &y) == 5,
               job.data);
        EXPECT_I64(rows[i].module, module,
                   "the widest module that fits, half a millimetre at most");
        unsigned dots_per_mm = rows[i].dpi == 300 ? 12 : 8;
        unsigned left = 40 * dots_per_mm / 10, room = rows[i].room_dmm * dots_per_mm / 10;
        EXPECT(x >= left + 10 * module, "quiet zone on the left");
        EXPECT(x + module * (rows[i].modules + 10) <= left + room, "quiet zone on the right");
    }
    struct label label = zpl_label(LABEL_CODE128, "EE123456785IN");
    struct textbuf job;
    label.items[0].width_dmm = 430; /* 176 modules of 0.25 mm are 440 */
    EXPECT(!encode(&label, 203, &job), "bars too narrow to scan are refused");
}

static void overlong_text_is_narrowed_then_cut(void)
{
    char text[LABEL_TEXT_SIZE];
    struct textbuf job;
    unsigned height, width;
    memset(text, 'W', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct label label = zpl_label(LABEL_TEXT, text);
    label.items[0].lines = 1;
    EXPECT(encode(&label, 203, &job), "it is drawn");
    EXPECT(sscanf(strstr(job.data, "^A0N,"), "^A0N,%u,%u", &height, &width) == 2, job.data);
    EXPECT(height == 32 && width == 19, "narrowed to sixty percent, as high as asked for");
    field_of(job.data, true, text);
    EXPECT(strlen(text) >= 40 && strlen(text) * 19 * 90 / 100 <= 748, "and cut to the block");
    label = zpl_label(LABEL_TEXT, "Short");
    EXPECT(encode(&label, 203, &job) && strstr(job.data, "^A0N,32,32^FB748,3,") != NULL,
           "what fits is left alone");
}

static void lines_are_boxes(void)
{
    struct label label = zpl_label(LABEL_LINE, "");
    struct textbuf job;
    label.items[0].height_dmm = 5;
    EXPECT(encode(&label, 203, &job), "a line");
    EXPECT(strstr(job.data, "^FO32,80^GB748,4,4^FS") != NULL,
           "93.6 mm long, half a millimetre thick");
    EXPECT(strstr(job.data, "^PW812^LL1219") != NULL, "the label's own size");
}

/* ---- documents
 * ------------------------------------------------------------------------------- */

static bool take_document(const char *document, const char **out_why)
{
    const struct printer_setup setup = {.dpi = 203, .width_dmm = 1016, .height_dmm = 1524};
    struct textbuf job;
    textbuf_init(&job, job_storage, sizeof job_storage);
    *out_why = "";
    return printer_zpl.encode_document(bytes_of_text(document), &setup, &job, out_why);
}

static void our_own_label_passes_as_a_document(void)
{
    struct label label = zpl_label(LABEL_TEXT, "Sharma & Sons ^ ~ _ \\");
    struct textbuf job;
    const char *why;
    static char copy[JOB_SIZE];
    label.items[0].y_dmm = 40;
    EXPECT(encode(&label, 203, &job), "drawn");
    const char *rest = strstr(job_storage, "^JZN") + 4;
    snprintf(copy, sizeof copy, "^XA%s", rest);
    EXPECT(take_document(copy, &why), why);
}

static void the_row_says_how_to_stay_safe(void)
{
    EXPECT(bytes_start_with(printer_zpl.start, "~JX"),
           "a format that somebody's last life left half sent does not come out glued to it");
    EXPECT(bytes_find(printer_zpl.start, BYTES_LITERAL("^JZN")) < printer_zpl.start.len,
           "the printer is told not to reprint by itself");
    EXPECT(bytes_find(printer_zpl.start, BYTES_LITERAL("^JU")) == printer_zpl.start.len,
           "nothing is stored in it");
    EXPECT(bytes_equal_text(printer_zpl.status_request, "~HS"), "status is asked for by ~HS");
    EXPECT(bytes_find(printer_zpl.abort_job, BYTES_LITERAL("^XZ")) == printer_zpl.abort_job.len,
           "a cut label is never completed by us");
}

int main(void)
{
    EXPECT_RUN(every_flag_stands_where_the_manual_says);
    EXPECT_RUN(the_error_list_says_the_same);
    EXPECT_RUN(no_state_is_guessed);
    EXPECT_RUN(no_text_becomes_a_command);
    EXPECT_RUN(what_cannot_be_said_is_not_drawn);
    EXPECT_RUN(bars_are_as_wide_as_they_fit_with_their_quiet_zones);
    EXPECT_RUN(overlong_text_is_narrowed_then_cut);
    EXPECT_RUN(lines_are_boxes);
    EXPECT_RUN(our_own_label_passes_as_a_document);
    EXPECT_RUN(the_row_says_how_to_stay_safe);
    return expect_result();
}
