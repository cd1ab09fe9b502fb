/* Guards: the handshake of cash registers as the CAS AP-1 description and the manuals of Ohaus
 * Aviator 7000, METTLER TOLEDO DIVA, CAS PD-II and Dibal DPOS400 say; an answer is sent to nothing
 * but an ACK that stands alone; what is damaged, moves, is out of range or in doubt is never
 * usable. */
#include "drivers/scale_ecr.h"

#include "tests/support/scale_bench.h"

#define ANSWER "answer 11\n"

static void feed(const struct scale_driver *driver, struct bytes bytes, char *out_words,
                 size_t size)
{
    struct scale_state state;
    struct textbuf words;
    scale_state_init(&state, driver);
    textbuf_init(&words, out_words, size);
    scale_bench_feed(driver, &state, bytes, &words);
}

/* The frame that carries `body`, with its checksum. */
static struct bytes framed(const char *begin, struct bytes body, const char *end)
{
    static uint8_t frame[32];
    size_t len = strlen(begin);
    uint8_t bcc = 0;
    memcpy(frame, begin, len);
    for (size_t i = 0; i < body.len; i++) bcc ^= body.data[i];
    memcpy(frame + len, body.data, body.len);
    len += body.len;
    frame[len++] = bcc;
    memcpy(frame + len, end, strlen(end));
    return bytes_of(frame, len + strlen(end));
}

static void a_frame_with_status_and_unit_is_read(void)
{
    static const struct scale_case cases[] = {
        {"S 01.234kg", "reading 1.234 kg 1234000 mg stable usable\n", "at rest"},
        {"U 01.234kg", "reading 1.234 kg 1234000 mg\n", "less than half a second at rest"},
        {"S-00.040kg", "reading -0.040 kg -40000 mg stable usable\n", "below zero"},
        {"S 01.234lb", "reading 1.234 lb 559733 mg stable usable\n", "in pounds"},
        {"SF01.234kg", "reading - - 0 mg overload\n", "overflow; its checksum is an ETX"},
        {"S 00.000kg", "reading 0.000 kg 0 mg stable zero\n", "zero, or overload of a Dibal"},
        {"S-00.000kg", "reading - - 0 mg underload\n", "below zero, by Dibal"},
        {"U       kg", "reading - - 0 mg\n", "in motion, by Dibal"},
        {"S       kg", "rejected number\n", "at rest without a weight"},
        {"X 01.234kg", "rejected shape\n", "a status that nobody knows"},
        {"S+01.234kg", "rejected shape\n", "a sign that nobody knows"},
        {"S 012.34kg", "rejected number\n", "another point: another scale"},
        {"S 0-.234kg", "rejected number\n", "a sign among the digits"},
        {"S 01.234pc", "rejected unit\n", "pieces"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char words[128];
        feed(&scale_ecr_ap1, framed("\x01\x02", bytes_of_text(cases[i].bytes), "\x03\x04"), words,
             sizeof words);
        EXPECT_TEXT(cases[i].words, words, cases[i].promise);
    }
}

static void the_id_says_range_unit_and_point(void)
{
    static const struct {
        struct bytes body;
        const char *words, *promise;
    } cases[] = {
        {BYTES_LITERAL("\x29"
                       "12345"),
         "reading 12.345 kg 12345000 mg stable usable\n", "15 kg"},
        {BYTES_LITERAL("\x2B\0"
                       "1234"),
         "reading 1.234 kg 1234000 mg stable usable\n", "6 kg, first place not used"},
        {BYTES_LITERAL("\x2A"
                       "1234\0"),
         "reading 12.34 lb 5597330 mg stable usable\n", "30 lb, last place not used"},
        {BYTES_LITERAL("\x29"
                       "1234\0"),
         "rejected number\n", "kilograms without grams"},
        {BYTES_LITERAL("\x39"
                       "00000"),
         "reading - - 0 mg overload\n", "over or under"},
        {BYTES_LITERAL("\x69"
                       "12345"),
         "rejected unit\n", "a capacity of another maker"},
        {BYTES_LITERAL("\x28"
                       "12345"),
         "rejected unit\n", "no range"},
        {BYTES_LITERAL("\x21"
                       "12345"),
         "rejected shape\n", "an ID without its constant bit"},
        {BYTES_LITERAL("\x29"
                       "12.45"),
         "rejected number\n", "a point"},
        {BYTES_LITERAL("\x29"
                       "12 45"),
         "rejected number\n", "a blank"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char words[128];
        feed(&scale_ecr_icl, framed("\x02", cases[i].body, "\x03"), words, sizeof words);
        EXPECT_TEXT(cases[i].words, words, cases[i].promise);
    }
}

static void damage(const struct scale_driver *driver, struct bytes frame)
{
    for (size_t at = 0; at < frame.len; at++) {
        for (unsigned bit = 0; bit < 7; bit++) {
            uint8_t damaged[32];
            char words[256];
            memcpy(damaged, frame.data, frame.len);
            damaged[at] ^= (uint8_t)(1u << bit);
            feed(driver, bytes_of(damaged, frame.len), words, sizeof words);
            EXPECT(strstr(words, "reading") == NULL, "whichever bit it is");
        }
    }
    scale_bench_half(driver, frame);
}

static void a_damaged_frame_is_no_weight(void)
{
    damage(&scale_ecr_ap1, framed("\x01\x02", BYTES_LITERAL("S 01.234kg"), "\x03\x04"));
    damage(&scale_ecr_icl, framed("\x02",
                                  BYTES_LITERAL("\x29"
                                                "12345"),
                                  "\x03"));
}

static void only_an_ack_that_stands_alone_is_answered(void)
{
    static const struct scale_case cases[] = {
        {"\x06", ANSWER, "the first thing that is said"},
        {"\x86", ANSWER, "with parity"},
        {"\x06\x06", ANSWER ANSWER, "asked again"},
        {"\x15\x06", "rejected error\n" ANSWER, "not ready, then ready"},
        {"\x18\x06", "rejected error\n" ANSWER, "weigh again"},
        {"x\x06", "", "behind a byte that is none of this protocol"},
        {"x\x06\x06", "", "nor the next"},
        {"x\x06\x06\x06", ANSWER, "three in a row are the scale's"},
        {"x\x06\x06y\x06\x06\x06", ANSWER, "in a row"},
        {"\x01\x06", "", "in a frame that has begun"},
        {"\x01\x02S 01.2\x06", "", "or inside one"},
        {"\x05\x06", "", "behind our own question, sent back by a loopback plug"},
        {"ST,GS,+  1.234kg\r\n\x06", "", "another protocol"},
    };
    scale_bench_check(&scale_ecr_ap1, cases, ARRAY_LEN(cases));
    EXPECT_BYTES(BYTES_LITERAL("\x05"), scale_ecr_ap1.request, "ENQ asks, and changes nothing");
    EXPECT(scale_ecr_ap1.is_harmless && scale_ecr_icl.is_harmless, "on any scale");
    EXPECT(scale_ecr_pd2.by_name_only, "which of two answers a scale wants, only people know");
}

static void a_good_frame_makes_sure_again(void)
{
    char words[256];
    uint8_t bytes[40] = {'x'};
    struct bytes frame = framed("\x02",
                                BYTES_LITERAL("\x29"
                                              "12345"),
                                "\x03");
    memcpy(bytes + 1, frame.data, frame.len);
    bytes[1 + frame.len] = '\r'; /* the scale's last word */
    bytes[2 + frame.len] = 0x06;
    feed(&scale_ecr_pd2, bytes_of(bytes, 3 + frame.len), words, sizeof words);
    EXPECT_TEXT("reading 12.345 kg 12345000 mg stable usable\nanswer 12\n", words, "with DC2");
}

static void it_gets_back_into_step(void)
{
    struct bytes frame = framed("\x01\x02", BYTES_LITERAL("S 01.234kg"), "\x03\x04");
    scale_bench_flood(&scale_ecr_ap1, '0', frame);
    scale_bench_flood(&scale_ecr_ap1, 0x01, frame);
    scale_bench_flood(&scale_ecr_ap1, 0x00, frame);
}

int main(void)
{
    EXPECT_RUN(a_frame_with_status_and_unit_is_read);
    EXPECT_RUN(the_id_says_range_unit_and_point);
    EXPECT_RUN(a_damaged_frame_is_no_weight);
    EXPECT_RUN(only_an_ack_that_stands_alone_is_answered);
    EXPECT_RUN(a_good_frame_makes_sure_again);
    EXPECT_RUN(it_gets_back_into_step);
    return expect_result();
}
