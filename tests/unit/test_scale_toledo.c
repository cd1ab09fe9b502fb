/* Guards: a Toledo continuous frame is read as the Wildcat technical manual (tables 6-8 to 6-11)
 * says, and a frame that moves, is out of range, damaged or without its line's checksum is never
 * usable. */
#include "drivers/scale_toledo.h"

#include "tests/support/expect.h"

#define RESULTS_MAX 32u

struct heard {
    struct scale_output at[RESULTS_MAX];
    size_t count;
};

static struct heard hear(struct scale_state *state, struct bytes input)
{
    struct heard heard = {.count = 0};
    while (input.len > 0 && heard.count < RESULTS_MAX) {
        struct scale_output *output = &heard.at[heard.count];
        input = bytes_from(input, scale_toledo.feed(state, input, output));
        if (output->result != SCALE_NOTHING) heard.count++;
    }
    return heard;
}

/* A frame of "STX A B C digits CR", and its checksum when asked for. Returns its length. */
static size_t put_frame(uint8_t *out, const char *status_and_digits, bool sum)
{
    size_t len = 0;
    unsigned total = 0;
    out[len++] = 0x02;
    for (const char *one = status_and_digits; *one != '\0'; one++) out[len++] = (uint8_t)*one;
    out[len++] = 0x0D;
    for (size_t i = 0; i < len; i++) total += out[i];
    if (sum) out[len++] = (uint8_t)((0x80u - (total & 0x7Fu)) & 0x7Fu);
    return len;
}

static size_t put_frames(uint8_t *out, const char *body, bool sum, unsigned times)
{
    size_t len = 0;
    while (times-- > 0) len += put_frame(out + len, body, sum);
    return len;
}

/* SWA 2C: two decimals; SWB 30: kg, stable, gross; SWC 20. */
static const struct manual_frame {
    const char *body;
    const char *shown, *unit;
    int64_t mass_mg, tare_mg;
    bool stable, net, zero, overload, underload, usable;
    const char *promise;
} frames_of_the_manual[] = {
    {"\x2C\x30\x20"
     "001234"
     "000000",
     "12.34", "kg", 12340000, 0, 1, 0, 0, 0, 0, 1, "kilograms"},
    {"\x2C\x20\x20"
     "000100"
     "000000",
     "1.00", "lb", 453592, 0, 1, 0, 0, 0, 0, 1, "pounds"},
    {"\x2A\x30\x21"
     "001234"
     "000000",
     "1234", "g", 1234000, 0, 1, 0, 0, 0, 0, 1, "grams"},
    {"\x2B\x30\x23"
     "000010"
     "000000",
     "1.0", "oz", 28350, 0, 1, 0, 0, 0, 0, 1, "ounces"},
    {"\x28\x30\x20"
     "000012"
     "000000",
     "1200", "kg", 1200000000, 0, 1, 0, 0, 0, 0, 1, "place 0 is hundreds"},
    {"\x29\x30\x20"
     "000012"
     "000000",
     "120", "kg", 120000000, 0, 1, 0, 0, 0, 0, 1, "place 1 is tens"},
    {"\x2F\x30\x20"
     "001000"
     "000000",
     "0.01000", "kg", 10000, 0, 1, 0, 0, 0, 0, 1, "place 7 has five decimals"},
    {"\x2C\x30\x20"
     "   567"
     "      ",
     "5.67", "kg", 5670000, 0, 1, 0, 0, 0, 0, 1, "leading zeros may be blanks"},
    {"\x2C\x31\x20"
     "000367"
     "000600",
     "3.67", "kg", 3670000, 6000000, 1, 1, 0, 0, 0, 1, "net"},
    {"\x2C\x30\x20"
     "000367"
     "000600",
     "3.67", "kg", 3670000, 0, 1, 0, 0, 0, 0, 1, "a tare means nothing in gross mode"},
    {"\x2C\x33\x20"
     "000100"
     "000600",
     "-1.00", "kg", -1000000, 6000000, 1, 1, 0, 0, 0, 1, "negative net"},
    {"\x2C\x38\x20"
     "001234"
     "000000",
     "12.34", "kg", 12340000, 0, 0, 0, 0, 0, 0, 0, "in motion"},
    {"\x2C\x34\x20"
     "001234"
     "000000",
     "12.34", "kg", 12340000, 0, 1, 0, 0, 1, 0, 0, "over range looks good and is not"},
    {"\x2C\x36\x20"
     "000034"
     "000000",
     "-0.34", "kg", -340000, 0, 1, 0, 0, 0, 1, 0, "under range"},
    {"\x2C\x34\x20"
     "      "
     "000000",
     "", "", 0, 0, 1, 0, 0, 1, 0, 0, "over range, blanked"},
    {"\x2C\x30\x30"
     "001234"
     "000000",
     "12.34", "kg", 12340000, 0, 1, 0, 0, 0, 0, 0, "expanded by ten is not a weighing"},
    {"\x2C\x70\x60"
     "000000"
     "000000",
     "0.00", "kg", 0, 0, 1, 0, 1, 0, 0, 1, "bits that should be 0 are 1 on real scales"},
    {"\x2C\x30\x20"
     "001234",
     "12.34", "kg", 12340000, 0, 1, 0, 0, 0, 0, 1, "short form"},
    {"\x2C\x31\x20"
     "001234",
     "12.34", "kg", 12340000, 0, 1, 1, 0, 0, 0, 1, "short form, net"},
};

static void every_status_bit_says_what_the_manual_says(void)
{
    for (size_t i = 0; i < ARRAY_LEN(frames_of_the_manual); i++) {
        const struct manual_frame *wanted = &frames_of_the_manual[i];
        struct scale_state state;
        uint8_t frame[32];
        scale_state_init(&state, &scale_toledo);
        struct heard heard = hear(&state, bytes_of(frame, put_frame(frame, wanted->body, true)));
        const struct scale_reading *got = &heard.at[0].reading;
        bool read = heard.count == 1 && heard.at[0].result == SCALE_READING;
        if (!EXPECT(read, wanted->promise)) continue;
        EXPECT_TEXT(wanted->shown, got->shown, wanted->promise);
        EXPECT_TEXT(wanted->unit, got->unit, wanted->promise);
        EXPECT_I64(wanted->mass_mg, got->mass_mg, wanted->promise);
        EXPECT_I64(wanted->tare_mg, got->tare_mg, wanted->promise);
        EXPECT(wanted->stable == got->stable && wanted->net == got->net, wanted->promise);
        EXPECT(wanted->zero == got->zero && wanted->usable == got->usable, wanted->promise);
        EXPECT(wanted->overload == got->overload, wanted->promise);
        EXPECT(wanted->underload == got->underload, wanted->promise);
    }
}

static void what_is_no_weight_is_refused_with_its_reason(void)
{
    static const struct {
        const char *body;
        enum scale_reject reject;
        const char *promise;
    } rows[] = {
        {"\x2C\x30\x24"
         "001234"
         "000000",
         SCALE_REJECT_UNIT, "a troy ounce is not ours"},
        {"\x2C\x30\x27"
         "001234"
         "000000",
         SCALE_REJECT_UNIT, "a unit of the installer's own"},
        {"\x2C\x30\x20"
         "      "
         "000000",
         SCALE_REJECT_NUMBER, "blank and in range"},
        {"\x2C\x30\x20"
         "00 234"
         "000000",
         SCALE_REJECT_NUMBER, "two numbers"},
        {"\x2C\x30\x20"
         "0012.4"
         "000000",
         SCALE_REJECT_NUMBER, "a point is not of this protocol"},
        {"\x2C\x31\x20"
         "001234"
         "      ",
         SCALE_REJECT_NUMBER, "net of an unknown tare"},
        {"\x2F\x30\x21"
         "001234"
         "000000",
         SCALE_REJECT_NUMBER, "finer than a milligram"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct scale_state state;
        uint8_t frame[32];
        scale_state_init(&state, &scale_toledo);
        struct heard heard = hear(&state, bytes_of(frame, put_frame(frame, rows[i].body, true)));
        if (!EXPECT(heard.count == 1 && heard.at[0].result == SCALE_REJECTED, rows[i].promise))
            continue;
        EXPECT_I64(rows[i].reject, heard.at[0].reject, rows[i].promise);
        EXPECT(heard.at[0].reading.raw_len == 18, "the frame is kept as evidence");
    }
}

static const char good_body[] = "\x2C\x30\x20"
                                "001234"
                                "000000";

static void any_damaged_byte_is_refused_or_unseen(void)
{
    uint8_t frame[32];
    size_t len = put_frame(frame, good_body, true);
    for (size_t at = 0; at < len; at++) {
        for (unsigned bit = 0; bit < 7; bit++) {
            struct scale_state state;
            scale_state_init(&state, &scale_toledo);
            frame[at] = (uint8_t)(frame[at] ^ (1u << bit));
            struct heard heard = hear(&state, bytes_of(frame, len));
            frame[at] = (uint8_t)(frame[at] ^ (1u << bit));
            for (size_t i = 0; i < heard.count; i++) {
                EXPECT(!heard.at[i].reading.usable, "one flipped bit never gives a usable weight");
            }
        }
    }
}

static void every_lost_byte_costs_one_frame_only(void)
{
    uint8_t frames[128];
    size_t len = put_frames(frames, good_body, true, 4);
    for (size_t lost = 18; lost < 36; lost++) {
        struct scale_state state;
        unsigned usable = 0;
        uint8_t cut[128];
        memcpy(cut, frames, lost);
        memcpy(cut + lost, frames + lost + 1, len - lost - 1);
        scale_state_init(&state, &scale_toledo);
        struct heard heard = hear(&state, bytes_of(cut, len - 1));
        for (size_t i = 0; i < heard.count; i++) usable += heard.at[i].reading.usable;
        EXPECT_I64(3, usable, "the damaged frame is lost and the next one is not");
    }
}

static void a_frame_cut_anywhere_costs_itself_only(void)
{
    for (size_t cut = 1; cut < 17; cut++) {
        struct scale_state state;
        unsigned usable = 0;
        uint8_t frames[64];
        (void)put_frame(frames, good_body, true);
        size_t len = cut + put_frames(frames + cut, good_body, true, 2);
        scale_state_init(&state, &scale_toledo);
        struct heard heard = hear(&state, bytes_of(frames, len));
        for (size_t i = 0; i < heard.count; i++) usable += heard.at[i].reading.usable;
        EXPECT_I64(2, usable, "the STX that cuts a frame begins the next");
    }
}

static void bit_seven_is_parity_and_kept_as_evidence(void)
{
    struct scale_state state;
    uint8_t frame[32];
    size_t len = put_frame(frame, good_body, true);
    for (size_t i = 0; i < len; i++) frame[i] |= 0x80;
    scale_state_init(&state, &scale_toledo);
    struct heard heard = hear(&state, bytes_of(frame, len));
    EXPECT(heard.count == 1 && heard.at[0].reading.usable, "parity that leaked in changes nothing");
    EXPECT_BYTES(bytes_of(frame, len),
                 bytes_of(heard.at[0].reading.raw, heard.at[0].reading.raw_len),
                 "the raw frame is as it came");
}

static void a_run_of_frames_says_that_there_is_no_checksum(void)
{
    struct scale_state state;
    uint8_t frames[256];
    scale_state_init(&state, &scale_toledo);
    struct heard heard = hear(&state, bytes_of(frames, put_frames(frames, good_body, false, 6)));
    EXPECT_I64(6, heard.count, "every frame is read");
    EXPECT(!heard.at[0].reading.usable && !heard.at[1].reading.usable, "not proved by one or two");
    for (size_t i = 2; i < heard.count; i++)
        EXPECT(heard.at[i].reading.usable, "proved by the third");
    EXPECT_I64(17, heard.at[5].reading.raw_len, "17 bytes each");
}

static void a_bad_checksum_breaks_the_run_without(void)
{
    struct scale_state state;
    uint8_t frames[256];
    scale_state_init(&state, &scale_toledo);
    size_t len = put_frames(frames, good_body, false, 2);
    len += put_frame(frames + len, good_body, true);
    frames[len - 1] ^= 0x10;
    len += put_frames(frames + len, good_body, false, 3);
    struct heard heard = hear(&state, bytes_of(frames, len));
    EXPECT(heard.count >= 5 && heard.at[2].reject == SCALE_REJECT_CHECKSUM, "it is refused");
    for (size_t i = 0; i < heard.count; i++) {
        EXPECT(!heard.at[i].reading.usable, "two and two are not three in a row");
    }
}

static void a_line_with_checksums_keeps_them(void)
{
    struct scale_state state;
    uint8_t frames[256];
    scale_state_init(&state, &scale_toledo);
    size_t len = put_frames(frames, good_body, true, 3);
    len += put_frame(frames + len, good_body, false);
    len += put_frames(frames + len, good_body, true, 2);
    struct heard heard = hear(&state, bytes_of(frames, len));
    unsigned usable = 0, refused = 0;
    for (size_t i = 0; i < heard.count; i++) {
        usable += heard.at[i].reading.usable;
        refused += heard.at[i].reject == SCALE_REJECT_CHECKSUM;
    }
    EXPECT_I64(5, usable, "the frames with a checksum");
    EXPECT_I64(1, refused, "the one without is refused for it");
}

static void a_scale_set_up_anew_is_believed_after_a_run(void)
{
    struct scale_state state;
    uint8_t frames[256];
    scale_state_init(&state, &scale_toledo);
    (void)hear(&state, bytes_of(frames, put_frames(frames, good_body, true, 4)));
    struct heard heard = hear(&state, bytes_of(frames, put_frames(frames, good_body, false, 6)));
    EXPECT(heard.count == 6 && heard.at[5].reading.usable, "checksums switched off");
    (void)hear(&state, bytes_of(frames, put_frames(frames, good_body, true, 2)));
    heard = hear(&state, bytes_of(frames, put_frames(frames, good_body, true, 2)));
    EXPECT(heard.count == 2 && heard.at[1].reading.raw_len == 18, "and on again");
}

/* The sum of this frame needs the checksum 02, which looks as if the next frame had begun. */
static void a_checksum_that_looks_like_the_next_frame_is_told_apart(void)
{
    static const char body[] = "\x2C\x30\x20"
                               "999996"
                               "000000";
    uint8_t frames[128];
    struct scale_state state;
    EXPECT_I64(0x02, frames[put_frame(frames, body, true) - 1], "the checksum is 02");
    scale_state_init(&state, &scale_toledo);
    struct heard heard = hear(&state, bytes_of(frames, put_frames(frames, body, true, 5)));
    EXPECT(heard.count == 5 && heard.at[4].reading.raw_len == 18, "with a checksum of 02");
    for (size_t i = 0; i < heard.count; i++) EXPECT(heard.at[i].reading.usable, "each is proved");
    scale_state_init(&state, &scale_toledo);
    heard = hear(&state, bytes_of(frames, put_frames(frames, body, false, 6)));
    EXPECT(heard.count == 6 && heard.at[5].reading.usable, "without one");
    for (size_t i = 0; i < heard.count; i++) {
        EXPECT_I64(17, heard.at[i].reading.raw_len, "no STX is eaten");
    }
}

static void counts_say_how_the_line_is_doing(void)
{
    struct scale_state state;
    uint8_t frame[32], noise[600];
    memset(noise, 0x55, sizeof noise);
    scale_state_init(&state, &scale_toledo);
    (void)hear(&state, bytes_of(noise, sizeof noise));
    EXPECT(state.skipped > SCALE_WRONG_LINE_BYTES && state.good == 0, "noise is counted");
    (void)hear(&state, bytes_of(frame, put_frame(frame, good_body, true)));
    EXPECT(state.skipped == 0 && state.good == 1, "and forgotten after a good frame");
}

int main(void)
{
    EXPECT_RUN(every_status_bit_says_what_the_manual_says);
    EXPECT_RUN(what_is_no_weight_is_refused_with_its_reason);
    EXPECT_RUN(any_damaged_byte_is_refused_or_unseen);
    EXPECT_RUN(every_lost_byte_costs_one_frame_only);
    EXPECT_RUN(a_frame_cut_anywhere_costs_itself_only);
    EXPECT_RUN(bit_seven_is_parity_and_kept_as_evidence);
    EXPECT_RUN(a_run_of_frames_says_that_there_is_no_checksum);
    EXPECT_RUN(a_bad_checksum_breaks_the_run_without);
    EXPECT_RUN(a_line_with_checksums_keeps_them);
    EXPECT_RUN(a_scale_set_up_anew_is_believed_after_a_run);
    EXPECT_RUN(a_checksum_that_looks_like_the_next_frame_is_told_apart);
    EXPECT_RUN(counts_say_how_the_line_is_doing);
    return expect_result();
}
