/* Guards: a scale is found by listening first and by harmless questions only, at any speed and
 * parity, and nothing is taken for a protocol that has not spoken it whole and more than once. */
#include <string.h>

#include "firmware/station/finding.h"
#include "firmware/station/step.h"
#include "tests/support/expect.h"
#include "tests/support/scale_profiles.h"

#define STGS "ST,GS,+  1.234kg\r\n"
#define SEARCH_MS 120000

/* A scale on a wire: what it says to which question, and how its line is set. */
struct scale_model {
    const char *question; /* NULL: it talks by itself, every 200 ms */
    const char *says;
    uint32_t baud; /* 0: any, as behind a device server */
    bool even;     /* 7E1 */
};

static struct finding finding;
static char asked[8192]; /* every byte that was sent, bit 7 cleared */
static size_t asked_len;
static unsigned reopened;

static uint8_t with_parity(uint8_t byte)
{
    return (uint8_t)(byte | (__builtin_parity(byte) != 0 ? 0x80 : 0));
}

/* At another speed the bytes come in as others, and no whole frame among them. */
static void speak(const struct scale_model *model)
{
    uint8_t bytes[128];
    struct bytes answer;
    size_t len = strlen(model->says);
    bool heard = model->baud == 0 || model->baud == finding.line.baud;
    bool open_even = finding.line.data_bits == 7;
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)model->says[i];
        bytes[i] = model->even && !open_even ? with_parity(byte) : byte;
        if (!heard) bytes[i] = (uint8_t)(bytes[i] * 7u + 13u * i);
    }
    (void)finding_hear(&finding, bytes_of(bytes, len), &answer);
}

/* A question reaches it only at its speed and with its parity. */
static bool understands(const struct scale_model *model, struct bytes question)
{
    size_t len = model->question != NULL ? strlen(model->question) : 0;
    if (len == 0 || question.len != len) return false;
    if (model->baud != 0 && model->baud != finding.line.baud) return false;
    for (size_t i = 0; i < len; i++) {
        uint8_t wanted = (uint8_t)model->question[i];
        bool marked = model->even && finding.line.data_bits != 7;
        if (question.data[i] != (marked ? with_parity(wanted) : wanted)) return false;
    }
    return true;
}

static void note_question(struct bytes question)
{
    for (size_t i = 0; i < question.len && asked_len < sizeof asked - 1; i++)
        asked[asked_len++] = (char)(question.data[i] & 0x7F);
    asked[asked_len] = '\0';
}

static void begin(const struct finding_start *start)
{
    asked_len = 0;
    asked[0] = '\0';
    reopened = 0;
    finding_begin(&finding, start);
    finding_opened(&finding, NULL, 1000);
}

/* Until it is found; returns the milliseconds it took, SEARCH_MS when it was not. */
static int64_t search(const struct scale_model *model)
{
    int64_t spoken_ms = 1000;
    for (int64_t now_ms = 1000; now_ms < 1000 + SEARCH_MS; now_ms += 10) {
        struct bytes question;
        finding_check(&finding);
        enum finding_wish wish = finding_tick(&finding, now_ms, &question);
        if (wish == FINDING_REOPEN) {
            reopened++;
            finding_opened(&finding, NULL, now_ms);
        }
        if (wish == FINDING_ASK) {
            note_question(question);
            if (understands(model, question)) speak(model);
        }
        if (model->question == NULL && model->says[0] != '\0' && now_ms - spoken_ms >= 200) {
            spoken_ms = now_ms;
            speak(model);
        }
        if (finding.state == FINDING_FOUND && !finding.reopen) return now_ms - 1000;
        if (finding.state != FINDING_FOUND && finding.until_ms == NO_DEADLINE)
            EXPECT(finding.reopen, "a search that waits for nothing has no end");
    }
    return SEARCH_MS;
}

static void expect_found(const char *driver, const char *promise)
{
    const struct scale_driver *found = finding_driver(&finding);
    EXPECT_TEXT(driver, found != NULL ? found->name : "none", promise);
}

static void what_talks_by_itself_is_known_without_a_question(void)
{
    const struct scale_model model = {.says = STGS, .baud = 9600};
    begin(&(struct finding_start){.can_set_line = true});
    EXPECT(search(&model) <= 800, "three frames are enough");
    expect_found("st-gs", "its protocol is known");
    EXPECT_I64(0, asked_len, "and nothing was sent");
    EXPECT_I64(0, reopened, "at the first speed");
}

static void another_speed_and_parity_are_found_by_listening(void)
{
    const struct scale_model model = {.says = STGS, .baud = 2400, .even = true};
    begin(&(struct finding_start){.can_set_line = true});
    EXPECT(search(&model) < 10000, "within ten seconds");
    expect_found("st-gs", "its protocol is known");
    EXPECT_I64(2400, finding.line.baud, "its speed");
    EXPECT_I64(7, finding.line.data_bits, "seven bits");
    EXPECT_I64(LINE_PARITY_EVEN, finding.line.parity, "and even parity");
    EXPECT_I64(0, asked_len, "without a question: it was never quiet");
}

static void a_quiet_scale_is_asked(void)
{
    static const struct {
        struct scale_model model;
        const char *driver;
        int64_t within_ms;
    } rows[] = {
        {{.question = "SI\r\n", .says = "S S     100.00 g\r\n", .baud = 9600}, "mt-sics", 3500},
        {{.question = "\nW\r", .says = "\n 1G       5.025lb \r", .baud = 4800}, "sma", 20000},
        {{.question = "W\r", .says = "\n001.234kg\r\n00\r\x03", .baud = 9600, .even = true},
         "nci",
         12000},
        {{.question = "W",
          .says = "\x02"
                  "01.234\r",
          .baud = 19200,
          .even = true},
         "toledo-8217",
         60000},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(&(struct finding_start){.can_set_line = true});
        EXPECT(search(&rows[i].model) < rows[i].within_ms, "it is found in its time");
        expect_found(rows[i].driver, "by its own answer");
        EXPECT_I64(rows[i].model.baud, finding.line.baud, "at its speed");
        EXPECT_I64(rows[i].model.even ? 7 : 8, finding.line.data_bits, "with its parity");
    }
}

static void behind_a_device_server_only_the_protocol_is_sought(void)
{
    const struct scale_model model = {.question = "SI\r\n", .says = "S S     100.00 g\r\n"};
    begin(&(struct finding_start){.can_set_line = false});
    EXPECT(search(&model) < 4000, "it is found");
    expect_found("mt-sics", "by its answer");
    EXPECT_I64(0, reopened, "and the connection stays");
}

/* devices.md: Z, T, C, P, @ and ESC Z change a scale or move paper, whatever it speaks. */
static void no_question_can_do_harm(void)
{
    const struct scale_model mute = {.question = "never", .says = ""};
    begin(&(struct finding_start){.can_set_line = true});
    EXPECT_I64(SEARCH_MS, search(&mute), "nobody is there");
    EXPECT(finding.rounds >= 1, "every speed was tried, and it goes on");
    EXPECT(asked_len > 0, "it was asked");
    EXPECT(strpbrk(asked, "ZTC@EURO0123456789") == NULL,
           "nothing that zeroes, tares, resets, echoes");
    for (const char *at = asked; (at = strchr(at, 'P')) != NULL; at++)
        EXPECT(at > asked && at[-1] == 0x1B, "P only behind ESC: a plain one moves paper");
}

static void one_answer_proves_nothing(void)
{
    struct bytes question, answer;
    begin(&(struct finding_start){.can_set_line = true});
    int64_t now_ms = 1000;
    while (finding_tick(&finding, now_ms, &question) != FINDING_ASK) now_ms += 10;
    (void)finding_hear(&finding, BYTES_LITERAL("S S     100.00 g\r\n"), &answer);
    EXPECT(finding_driver(&finding) == NULL, "it may be chance");
    EXPECT(finding_deadline(&finding) <= now_ms, "so it is asked again at once");
    EXPECT_I64(FINDING_ASK, finding_tick(&finding, now_ms, &question), "the same");
    EXPECT_BYTES(BYTES_LITERAL("SI\r\n"), question, "question");
    EXPECT(!finding_hear(&finding, BYTES_LITERAL("S S     10"), &answer), "half an answer");
    EXPECT_I64(FINDING_WAIT, finding_tick(&finding, now_ms + 10, &question), "is waited for");
    while (finding_tick(&finding, now_ms, &question) != FINDING_ASK) now_ms += 10;
    EXPECT(!bytes_equal(BYTES_LITERAL("SI\r\n"), question), "in vain: another is asked");
    EXPECT(!finding_hear(&finding, BYTES_LITERAL("0.00 g\r\nS S     100.00 g\r\n"), &answer),
           "and a late answer finds nobody");
}

static void what_was_found_before_is_tried_first(void)
{
    const struct scale_model nci = {.question = "W\r",
                                    .says = "\n001.234kg\r\n00\r\x03",
                                    .baud = 4800,
                                    .even = true};
    const struct scale_model other = {.says = STGS, .baud = 9600};
    struct finding_start start = {
        .can_set_line = true,
        .remembered = scale_driver_find(NULL, BYTES_LITERAL("nci")),
        .line = {.baud = 4800, .data_bits = 7, .stop_bits = 1, .parity = LINE_PARITY_EVEN}};
    begin(&start);
    EXPECT(search(&nci) < 1200, "at once");
    expect_found("nci", "it still fits");
    EXPECT_I64(0, reopened, "and the line was right");
    EXPECT_TEXT("W\rW\r", asked, "nothing else was asked");
    begin(&start);
    EXPECT(search(&other) < 8000, "another scale on the same adapter");
    expect_found("st-gs", "is found all the same");
}

static void a_scale_that_was_switched_off_is_back_soon(void)
{
    const struct scale_model mute = {.question = "never", .says = ""};
    const struct scale_model nci = {.question = "W\r",
                                    .says = "\n001.234kg\r\n00\r\x03",
                                    .baud = 1200};
    begin(&(struct finding_start){.can_set_line = true,
                                  .remembered = scale_driver_find(NULL, BYTES_LITERAL("nci")),
                                  .line = {.baud = 1200, .data_bits = 8, .stop_bits = 1}});
    (void)search(&mute);
    EXPECT(finding_driver(&finding) == NULL, "it is off");
    finding_opened(&finding, NULL, 1000);
    EXPECT(search(&nci) < 20000, "it is on again, and was never forgotten");
    expect_found("nci", "by its own answer");
}

static void a_plug_that_echoes_is_no_scale(void)
{
    begin(&(struct finding_start){.can_set_line = true});
    for (int64_t now_ms = 1000; now_ms < 60000; now_ms += 10) {
        struct bytes question, answer;
        enum finding_wish wish = finding_tick(&finding, now_ms, &question);
        if (wish == FINDING_REOPEN) finding_opened(&finding, NULL, now_ms);
        if (wish == FINDING_ASK) (void)finding_hear(&finding, question, &answer);
    }
    EXPECT(finding_driver(&finding) == NULL, "its own questions are no weights");
    EXPECT(finding.loopback, "and it is known for what it is");
}

static struct scale_catalogue scales; /* what we ship */

static void scales_that_files_describe_are_found_too(void)
{
    const struct scale_model kern = {.says = "       0.665 g  \r\n", .baud = 9600};
    const struct scale_model fed96 = {.question = "W\r",
                                      .says = "\n 002.05LB\r00\x03",
                                      .even = true};
    scale_profiles_load(&scales);
    begin(&(struct finding_start){.can_set_line = true, .scales = &scales});
    EXPECT(search(&kern) <= 800, "by listening");
    expect_found("kern-fkb", "its profile is known");
    begin(&(struct finding_start){.can_set_line = true, .scales = &scales});
    EXPECT(search(&fed96) < SEARCH_MS, "by asking");
    expect_found("fed96", "its profile is known");
}

static void a_unit_is_never_guessed(void)
{
    const struct scale_model bare = {.says = "\x02"
                                             "001.234\x03",
                                     .baud = 9600};
    begin(&(struct finding_start){.can_set_line = true, .scales = &scales});
    (void)search(&bare);
    EXPECT(finding_driver(&finding) == NULL, "its frames have none");
    begin(&(struct finding_start){.can_set_line = true,
                                  .scales = &scales,
                                  .remembered =
                                      scale_driver_find(&scales, BYTES_LITERAL("stx-etx"))});
    EXPECT(search(&bare) < 1000, "unless a person has said it");
    expect_found("stx-etx", "then it is tried first");
}

int main(void)
{
    EXPECT_RUN(what_talks_by_itself_is_known_without_a_question);
    EXPECT_RUN(another_speed_and_parity_are_found_by_listening);
    EXPECT_RUN(a_quiet_scale_is_asked);
    EXPECT_RUN(behind_a_device_server_only_the_protocol_is_sought);
    EXPECT_RUN(no_question_can_do_harm);
    EXPECT_RUN(one_answer_proves_nothing);
    EXPECT_RUN(what_was_found_before_is_tried_first);
    EXPECT_RUN(a_scale_that_was_switched_off_is_back_soon);
    EXPECT_RUN(a_plug_that_echoes_is_no_scale);
    EXPECT_RUN(scales_that_files_describe_are_found_too);
    EXPECT_RUN(a_unit_is_never_guessed);
    return expect_result();
}
