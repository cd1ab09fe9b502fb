/* Guards: what a profile says about a frame is what comes out of it, byte by byte as in one piece;
 * and what it does not say clearly (a wrong checksum, a second sign, a filler, a place that holds
 * something unknown, a line that was cut in front) is never a usable weight. */
#include "drivers/scale_profile.h"

#include "tests/support/scale_bench.h"

#define HEAD "[scale]\nname = x\ntitle = X\nline = 9600 8N1\n"
#define ALWAYS HEAD "at_rest = always\n"
#define KG "[unit]\nis = kg\n"
#define SENT "[value]\ndecimals = sent\n"
#define OK " stable usable\n"

static struct scale_profile profile;
static struct scale_complaints complaints;

static const struct scale_driver *driver_of(const char *text)
{
    if (!EXPECT(scale_profile_read(bytes_of_text(text), &profile, &complaints),
                "the profile is good"))
        fprintf(stderr, "    %u: %s\n", complaints.entries[0].line, complaints.entries[0].sentence);
    return &profile.driver;
}

struct profile_case {
    const char *layout; /* the profile from here on */
    struct bytes bytes;
    const char *words;
    const char *promise;
};

static void check(const struct profile_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct scale_driver *driver = driver_of(cases[i].layout);
        struct scale_state state;
        struct textbuf words;
        char storage[1024], one_by_one[1024];
        scale_state_init(&state, driver);
        textbuf_init(&words, storage, sizeof storage);
        scale_bench_feed(driver, &state, cases[i].bytes, &words);
        EXPECT_TEXT(cases[i].words, storage, cases[i].promise);
        scale_state_init(&state, driver);
        textbuf_init(&words, one_by_one, sizeof one_by_one);
        for (size_t at = 0; at < cases[i].bytes.len; at++)
            scale_bench_feed(driver, &state, bytes_slice(cases[i].bytes, at, 1), &words);
        EXPECT_TEXT(storage, one_by_one, "byte by byte");
    }
}

#define SUMMED(line) ALWAYS KG SENT "[frame]\nlayout = <STX> value:5 checksum" line "\n"

static void checksums_are_what_their_names_say(void)
{
    /* By hand: 31 ^ 32 = 03, ^ 2e = 2d, ^ 33 = 1e, ^ 34 = 2a; with the 02 in front 28. */
    static const struct profile_case cases[] = {
        {SUMMED(" <ETX>\nchecksum = xor 1..checksum byte"),
         BYTES_LITERAL("\x02"
                       "12.34"
                       "\x28\x03"),
         "reading 12.34 kg 12340000 mg" OK, "exclusive or of all before it"},
        {SUMMED(" <ETX>\nchecksum = xor 2..6 byte"),
         BYTES_LITERAL("\x02"
                       "12.34"
                       "\x2A\x03"),
         "reading 12.34 kg 12340000 mg" OK, "of stated places"},
        {SUMMED(":2 <ETX>\nchecksum = xor 2..checksum hex"),
         BYTES_LITERAL("\x02"
                       "12.34"
                       "2a\x03"),
         "reading 12.34 kg 12340000 mg" OK, "in hex, whichever letters"},
        {SUMMED(":2 <ETX>\nchecksum = sum 1..checksum hex"),
         BYTES_LITERAL("\x02"
                       "12.34"
                       "FB\x03"),
         "rejected checksum\n", "a sum that is wrong by one"},
        {SUMMED(":2 <ETX>\nchecksum = xor 2..checksum hex"),
         BYTES_LITERAL("\x02"
                       "12.34"
                       "2G\x03"),
         "rejected checksum\n", "no hex digit"},
    };
    check(cases, ARRAY_LEN(cases));
    uint8_t frame[] = "\x02"
                      "12.34"
                      "??";
    uint8_t sum = 0;
    for (size_t i = 0; i < 6; i++) sum = (uint8_t)(sum + frame[i]);
    const struct profile_case sums[] = {
        {SUMMED("\nchecksum = sum 1..checksum byte"),
         {frame, 7},
         "reading 12.34 kg 12340000 mg" OK,
         "a sum of seven bits, for bit 7 is parity"},
        {SUMMED("\nchecksum = negated 1..checksum byte"),
         {frame, 7},
         "reading 12.34 kg 12340000 mg" OK,
         "what makes the sum 0"},
    };
    frame[6] = sum & 0x7F;
    check(&sums[0], 1);
    frame[6] = (uint8_t)-sum & 0x7F;
    check(&sums[1], 1);
    frame[6] = sum & 0x7F;
    EXPECT((sum & 0x7F) != ((uint8_t)-sum & 0x7F), "the two differ here");
    const struct profile_case wrong = {sums[1].layout,
                                       {frame, 7},
                                       "rejected checksum\n",
                                       "and are told apart"};
    check(&wrong, 1);
}

#define LINE(layout) "[frame]\nlayout = " layout " <CR> <LF>\n"

static void numbers_are_read_as_the_profile_says(void)
{
    static const struct profile_case cases[] = {
        {ALWAYS KG "[value]\ndecimals = 3\n" LINE("value:7"), BYTES_LITERAL("0012345\r\n"),
         "reading 12.345 kg 12345000 mg" OK, "implied decimals"},
        {ALWAYS KG "[value]\ndecimals = 3\n" LINE("value:7"), BYTES_LITERAL("  12.34\r\n"),
         "rejected number\n", "and a point all the same"},
        {ALWAYS KG "[value]\ndecimals = point\n" LINE("value:7"), BYTES_LITERAL("  12345\r\n"),
         "rejected number\n", "a point is due"},
        {ALWAYS KG "[value]\ndecimals = field\n" LINE("value:6 decimals"),
         BYTES_LITERAL("0123452\r\n"), "reading 123.45 kg 123450000 mg" OK,
         "decimals of the frame"},
        {ALWAYS KG "[value]\ndecimals = field\n" LINE("value:6 decimals"),
         BYTES_LITERAL("0123457\r\n"), "rejected shape\n", "more than there are"},
        {ALWAYS KG "[value]\ndecimals = sent\norder = reversed\n" LINE("value:6"),
         BYTES_LITERAL("543.21\r\n"), "reading 12.345 kg 12345000 mg" OK, "last digit first"},
        {ALWAYS KG SENT LINE("sign value:6"), BYTES_LITERAL("- 12.34\r\n"),
         "reading -12.34 kg -12340000 mg" OK, "a sign with a place of its own"},
        {ALWAYS KG SENT LINE("sign value:6"), BYTES_LITERAL("- -2.34\r\n"), "rejected number\n",
         "two signs"},
        {ALWAYS KG SENT LINE("sign value:6"), BYTES_LITERAL("x 12.34\r\n"), "rejected shape\n",
         "no sign"},
        {ALWAYS KG SENT LINE("value:8"), BYTES_LITERAL("-  12.34\r\n"),
         "reading -12.34 kg -12340000 mg" OK, "a sign away from the digits"},
        {ALWAYS KG SENT LINE("value:9"), BYTES_LITERAL("1.23 4.56\r\n"), "rejected number\n",
         "two numbers"},
        {ALWAYS KG SENT LINE("value:9"), BYTES_LITERAL("   1.2.34\r\n"), "rejected number\n",
         "two points"},
        {ALWAYS KG SENT LINE("value:9"), BYTES_LITERAL("         \r\n"), "",
         "a blank line is none"},
        {ALWAYS KG SENT LINE("'W' value:8"), BYTES_LITERAL("W        \r\n"), "rejected number\n",
         "no number"},
        {ALWAYS KG SENT LINE("value:16"), BYTES_LITERAL("9999999999999999\r\n"),
         "rejected number\n", "more digits than fit"},
        {ALWAYS KG SENT "under = '_'\nover = '^' 'OL'\nerror = '-'\n" LINE("value:6"),
         BYTES_LITERAL("^^^^^^\r\n______\r\n    OL\r\n  ----\r\n    -1\r\n"),
         "reading - - 0 mg overload\nreading - - 0 mg underload\nreading - - 0 mg overload\n"
         "rejected error\nreading -1 kg -1000000 mg" OK,
         "fillers, and a sign that is none"},
        {ALWAYS KG SENT "held = '00.000'\n" LINE("value:6"), BYTES_LITERAL("00.000\r\n00.001\r\n"),
         "reading 0.000 kg 0 mg stable zero\nreading 0.001 kg 1000 mg" OK, "a value in doubt"},
        {ALWAYS KG SENT "no_weight = '+999999.9'\n" LINE("value:9"), BYTES_LITERAL("+999999.9\r\n"),
         "rejected unit\n", "a filler that looks like a number"},
    };
    check(cases, ARRAY_LEN(cases));
}

#define FLAGGED HEAD "at_rest = flag\n" SENT

static void flags_mean_what_the_profile_says(void)
{
    static const struct profile_case cases[] = {
        {FLAGGED KG LINE("value:5 f") "[field \"f\"]\nstable = 'S'\nmoving = 'M'\nplain = ' '\n",
         BYTES_LITERAL("12.34S\r\n12.34M\r\n12.34 \r\n12.34X\r\n"),
         "reading 12.34 kg 12340000 mg" OK
         "reading 12.34 kg 12340000 mg\nreading 12.34 kg 12340000 mg\n"
         "rejected shape\n",
         "only what is said to be stable is, and the unknown is refused"},
        {FLAGGED KG LINE("value:5 a b") "[field \"a\"]\nstable = 'S'\n[field \"b\"]\nmoving = "
                                        "'M'\nplain = ''\n",
         BYTES_LITERAL("12.34S \r\n12.34SM\r\n"),
         "reading 12.34 kg 12340000 mg" OK "reading 12.34 kg 12340000 mg\n",
         "one flag against it is enough"},
        {FLAGGED KG LINE("value:5 f") "[field \"f\"]\nas = bits\nstable = bit0\nover = "
                                      "bit1\nunder = bit2\n"
                                      "zero = bit3\nerror = no-bit4\n",
         BYTES_LITERAL(
             "12.34\x31\r\n12.34\x30\r\n12.34\x33\r\n12.34\x35\r\n00.01\x39\r\n12.34\x61\r\n"),
         "reading 12.34 kg 12340000 mg" OK
         "reading 12.34 kg 12340000 mg\nreading - - 0 mg overload\n"
         "reading - - 0 mg underload\nreading 0.01 kg 10000 mg stable zero usable\nrejected "
         "error\n",
         "bits of a byte, set and not set"},
        {FLAGGED KG LINE("value:5 f") "[field \"f\"]\nas = hex\nstable = bit3\nnet = bit0\n",
         BYTES_LITERAL("12.34A\r\n12.349\r\n12.34f\r\n12.34g\r\n"),
         "reading 12.34 kg 12340000 mg" OK "reading 12.34 kg 12340000 mg net tare 0 mg" OK
         "reading 12.34 kg 12340000 mg net tare 0 mg" OK "rejected shape\n",
         "bits of a hex digit"},
        {FLAGGED KG LINE("value:5 f") "[field \"f\"]\nstable = 'S' '-'\nnegative = '-'\n",
         BYTES_LITERAL("12.34-\r\n"), "reading -12.34 kg -12340000 mg" OK,
         "a minus behind the digits"},
        {ALWAYS KG SENT LINE("kind:2 value:5 tare:6") "[field \"kind\"]\ngross = 'G'\nnet = 'N'\n",
         BYTES_LITERAL("G 12.34  1.00\r\nN 12.34  1.00\r\nN 12.34  ----\r\n"),
         "reading 12.34 kg 12340000 mg" OK "reading 12.34 kg 12340000 mg net tare 1000000 mg" OK
         "rejected number\n",
         "a tare counts in net only"},
        {HEAD "at_rest = never\n" KG SENT LINE("value:5"), BYTES_LITERAL("12.34\r\n"),
         "reading 12.34 kg 12340000 mg\n", "what nobody says is at rest is not"},
        {ALWAYS SENT "[unit]\nkg = 'K'\nno_weight = 'P'\nmoving = ''\n" LINE("value:5 unit:1"),
         BYTES_LITERAL("12.34K\r\n12.34P\r\n12.34 \r\n12.34g\r\n"),
         "reading 12.34 kg 12340000 mg" OK "rejected unit\nreading - - 0 mg\nrejected unit\n",
         "only listed units are units"},
        {ALWAYS SENT LINE("'W' value blanks unit"),
         BYTES_LITERAL("W12.34 kg\r\nW - 1.2lb\r\nW "
                       "1.2t\r\nW 3 pcs\r\n"),
         "reading 12.34 kg 12340000 mg" OK "reading -1.2 lb -544311 mg" OK "rejected "
         "unit\nrejected unit\n",
         "as long as they are"},
        {ALWAYS SENT LINE("'W' value blanks unit"), BYTES_LITERAL("W 9W12.34 kg\r\n"),
         "reading 12.34 kg 12340000 mg" OK, "the last beginning of a line counts"},
    };
    check(cases, ARRAY_LEN(cases));
}

#define EQUAL HEAD "at_rest = 3 equal\n" KG SENT "[frame]\nlayout = <STX> value:5 <ETX>\n"
#define F  \
    "\x02" \
    "12.34\x03"
#define READ "reading 12.34 kg 12340000 mg\n"
#define STOOD "reading 12.34 kg 12340000 mg" OK

static void frames_in_a_row_must_agree(void)
{
    static const struct profile_case cases[] = {
        {EQUAL, BYTES_LITERAL(F F F F), READ READ STOOD STOOD, "the third one stands"},
        {EQUAL, BYTES_LITERAL(F "\r\n" F "\r\n" F), READ READ STOOD,
         "line ends between them are nothing"},
        {EQUAL, BYTES_LITERAL(F F "x" F F F), READ READ READ READ STOOD, "noise begins anew"},
        {EQUAL,
         BYTES_LITERAL(F F "\x02"
                           "-----\x03" F F F),
         READ READ "rejected number\n" READ READ STOOD, "a refusal too"},
        {EQUAL,
         BYTES_LITERAL(F F "\x02"
                           "12.35\x03" F),
         READ READ "reading 12.35 kg 12350000 mg\n" READ, "another weight too"},
    };
    check(cases, ARRAY_LEN(cases));
}

static void frames_are_found_again(void)
{
    static const struct profile_case cases[] = {
        {ALWAYS KG SENT "[frame]\nlayout = <STX> any:2 value:5 <ETX>\n",
         BYTES_LITERAL("\x02\x02\x03"
                       "12.34\x03"),
         "reading 12.34 kg 12340000 mg" OK, "bytes that look like marks, where any byte may stand"},
        {ALWAYS KG SENT "[frame]\nlayout = <STX> value:5 <ETX>\n",
         BYTES_LITERAL("\x02"
                       "12.\x02"
                       "12.34\x03"),
         "rejected shape\nreading 12.34 kg 12340000 mg" OK, "half a frame"},
        {ALWAYS KG SENT "[frame]\nlayout = '=' value:5\n", BYTES_LITERAL("2.34=12.34=12.35"),
         "reading 12.34 kg 12340000 mg" OK "reading 12.35 kg 12350000 mg" OK, "without an end"},
        {ALWAYS KG SENT LINE("value:5"), BYTES_LITERAL("2.34\r\n12.34\r\n"),
         "rejected shape\nreading 12.34 kg 12340000 mg" OK, "a line that was cut in front"},
        {ALWAYS KG SENT LINE("value:5"),
         BYTES_LITERAL("-\x01"
                       "12.34\r\n"),
         "rejected shape\n", "a line whose front may be missing"},
        {ALWAYS KG SENT
         "[frame \"a\"]\nlayout = value:6 <CR>\n[frame \"b\"]\nlayout = value:5 <CR>\n",
         BYTES_LITERAL("12.34\r-12.34\r12.34\r"),
         "reading 12.34 kg 12340000 mg\nreading -12.34 kg -12340000 mg" OK
         "reading 12.34 kg 12340000 mg" OK,
         "with two lengths, the first line of a connection may have lost its sign"},
        {ALWAYS KG SENT LINE("value:5"), BYTES_LITERAL("\xB1\xB2.3\xB4\x8D\x0A"),
         "reading 12.34 kg 12340000 mg" OK, "parity that leaked in"},
        {HEAD "bit7 = data\nat_rest = always\n" KG SENT LINE("value:5"),
         BYTES_LITERAL("\xB1\xB2.3\xB4\r\n"), "rejected shape\n",
         "and is not taken off where it is data"},
    };
    check(cases, ARRAY_LEN(cases));
    scale_bench_half(driver_of(EQUAL), BYTES_LITERAL(F));
    scale_bench_flood(driver_of(EQUAL), '0', BYTES_LITERAL(F));
    scale_bench_flood(driver_of(EQUAL), 0x02, BYTES_LITERAL(F));
    scale_bench_flood(driver_of(ALWAYS KG SENT LINE("value:5")), '0',
                      BYTES_LITERAL("\r\n12.34\r\n"));
}

int main(void)
{
    EXPECT_RUN(checksums_are_what_their_names_say);
    EXPECT_RUN(numbers_are_read_as_the_profile_says);
    EXPECT_RUN(flags_mean_what_the_profile_says);
    EXPECT_RUN(frames_in_a_row_must_agree);
    EXPECT_RUN(frames_are_found_again);
    return expect_result();
}
