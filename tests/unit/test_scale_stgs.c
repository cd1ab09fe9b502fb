/* Guards: every way the ST,GS family writes a weight is read to the last digit, and a line that is
 * not exactly one weight (a count, a tare, two numbers, another protocol) is refused.
 * Shapes: manuals of A&D, Excell AM4, Selleton SL-7516, Tiger TI-02, Vector VI-200, CAS AND-18,
 * and tests/replay/captures/stgs-tscale.cap. */
#include "drivers/scale_stgs.h"

#include "tests/support/expect.h"

static struct scale_output last_of(const char *text, unsigned *out_count)
{
    struct scale_state state;
    struct scale_output output, last = {.result = SCALE_NOTHING};
    struct bytes input = bytes_of_text(text);
    scale_state_init(&state, &scale_stgs);
    *out_count = 0;
    while (input.len > 0) {
        input = bytes_from(input, scale_stgs.feed(&state, input, &output));
        if (output.result == SCALE_NOTHING) continue;
        last = output;
        (*out_count)++;
    }
    return last;
}

static void every_shape_that_occurs_is_read(void)
{
    static const struct {
        const char *line, *shown, *unit;
        int64_t mass_mg;
        bool stable, net, zero;
    } rows[] = {
        {"ST,GS,+  1.234kg\r\n", "1.234", "kg", 1234000, true, false, false},
        {"ST,NT,+  1.234kg\r\n", "1.234", "kg", 1234000, true, true, false},
        {"ST,GS    20.7g  \r\n", "20.7", "g", 20700, true, false, false},
        {"ST,GS,   245.6 g\r\n", "245.6", "g", 245600, true, false, false},
        {"ST, GS+ 5.12KG\r\n", "5.12", "kg", 5120000, true, false, false},
        {"ST,GS,+   1.20tola\r\n", "1.20", "tola", 13997, true, false, false},
        {"ST,G ,     5.12 lb\r\n", "5.12", "lb", 2322393, true, false, false},
        {"ST,N,-  0.005kg\r\n", "-0.005", "kg", -5000, true, true, false},
        {"ST,GS,-   29.182 g\r\n", "-29.182", "g", -29182, true, false, false},
        {"ST,GS,  -29.182 g\r\n", "-29.182", "g", -29182, true, false, false},
        {"US,GS,+  1.234kg\r\n", "1.234", "kg", 1234000, false, false, false},
        {"ST,GS,   0.000kg\r\n", "0.000", "kg", 0, true, false, true},
        {"ST,GS,-  0.000kg\r\n", "0.000", "kg", 0, true, false, true},
        {"ST,+0001.234 kg\r\n", "1.234", "kg", 1234000, true, false, false},
        {"ST,+001234.5  g\r\n", "1234.5", "g", 1234500, true, false, false},
        {"US,-000012.3  g\r\n", "-12.3", "g", -12300, false, false, false},
        {"ST,OK,+0001.234 kg\r\n", "1.234", "kg", 1234000, true, false, false},
        {"ST,+000010.0 oz\r\n", "10.0", "oz", 283495, true, false, false},
        {"ST,GS,+  1.234kg\n", "1.234", "kg", 1234000, true, false, false},
        {"ST,GS,+  1.234kg\r\r\n", "1.234", "kg", 1234000, true, false, false},
        {"kg\x80\xFFST,GS,+  1.234kg\r\n", "1.234", "kg", 1234000, true, false, false},
        {"ST,GS,+  9.9ST,GS,+  1.234kg\r\n", "1.234", "kg", 1234000, true, false, false},
        {"\x53\xD4,\x47\x53,+  1.234\xEBg\x8D\x0A", "1.234", "kg", 1234000, true, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned count;
        struct scale_output got = last_of(rows[i].line, &count);
        if (!EXPECT(count == 1 && got.result == SCALE_READING, rows[i].line)) continue;
        EXPECT_TEXT(rows[i].shown, got.reading.shown, rows[i].line);
        EXPECT_TEXT(rows[i].unit, got.reading.unit, rows[i].line);
        EXPECT_I64(rows[i].mass_mg, got.reading.mass_mg, rows[i].line);
        EXPECT(rows[i].stable == got.reading.stable, rows[i].line);
        EXPECT(rows[i].net == got.reading.net && rows[i].zero == got.reading.zero, rows[i].line);
        EXPECT(got.reading.usable == rows[i].stable, "usable is stable, nothing more");
    }
}

static void overload_is_a_state_and_never_a_weight(void)
{
    static const struct {
        const char *line;
        bool under;
    } rows[] = {
        {"OL,+999999.9  g\r\n", false},   {"OL,+9999999E+19\r\n", false},
        {"OL,GS,------kg\r\n", false},    {"OL,GS,        kg\r\n", false},
        {"OL,GS,  8#!2.1 kg\r\n", false}, {"OL,\r\n", false},
        {"OL,-999999.9  g\r\n", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned count;
        struct scale_output got = last_of(rows[i].line, &count);
        EXPECT(count == 1 && got.result == SCALE_READING, rows[i].line);
        EXPECT(got.reading.overload == !rows[i].under, rows[i].line);
        EXPECT(got.reading.underload == rows[i].under, rows[i].line);
        EXPECT(!got.reading.usable && !got.reading.stable, rows[i].line);
        EXPECT(got.reading.shown[0] == '\0' && got.reading.mass_mg == 0,
               "the filler is not a value");
    }
}

static void what_is_no_weight_is_refused_with_its_reason(void)
{
    static const struct {
        const char *line;
        enum scale_reject reject;
        const char *promise;
    } rows[] = {
        {"QT,+00012345 PC\r\n", SCALE_REJECT_UNIT, "a count"},
        {"QT,GS,+  12 kg\r\n", SCALE_REJECT_UNIT, "a count, whatever its unit says"},
        {"ST,GS,+  12 pcs\r\n", SCALE_REJECT_UNIT, "pieces"},
        {"ST,GS,+  12.5 %\r\n", SCALE_REJECT_UNIT, "percent"},
        {"ST,GS,+  1.234\r\n", SCALE_REJECT_UNIT, "no unit"},
        {"ST,+001234.5  t\r\n", SCALE_REJECT_UNIT, "tonne or tola"},
        {"ST,TR,+  1.234kg\r\n", SCALE_REJECT_UNIT, "a tare is not what is on the plate"},
        {"ST,GS,+  1.234kg M\r\n", SCALE_REJECT_UNIT, "a word after the unit"},
        {"ST,GS,+  1.2 3.4kg\r\n", SCALE_REJECT_NUMBER, "two numbers"},
        {"ST,GS,+  1.234kg 2\r\n", SCALE_REJECT_NUMBER, "a number after the unit"},
        {"ST,GS,+  1.2.3kg\r\n", SCALE_REJECT_NUMBER, "two points"},
        {"ST,GS,+  1,234kg\r\n", SCALE_REJECT_NUMBER, "a comma is not a point"},
        {"ST,GS,++ 1.234kg\r\n", SCALE_REJECT_NUMBER, "two signs"},
        {"ST,GS,------kg\r\n", SCALE_REJECT_NUMBER, "dashes"},
        {"ST,GS,      kg\r\n", SCALE_REJECT_NUMBER, "blanks"},
        {"ST,GS,+ 1.2345 g\r\n", SCALE_REJECT_NUMBER, "finer than a milligram"},
        {"ST,GS,+999999999999999999kg\r\n", SCALE_REJECT_NUMBER, "too long"},
        {"ST,XX,+  1.234kg\r\n", SCALE_REJECT_SHAPE, "a legend nobody knows"},
        {"ST,GS,+ \x07 1.234kg\r\n", SCALE_REJECT_SHAPE, "a control character"},
        {"ST,GS,1\x65,000013.5 kg\r\n", SCALE_REJECT_SHAPE, "CAS 22-byte: device and lamp byte"},
        {"OL,GS,1\x65,999999.9 kg\r\n", SCALE_REJECT_SHAPE, "CAS 22-byte, out of range"},
        {"S S     100.00 g\r\n", SCALE_REJECT_SHAPE, "MT-SICS"},
        {"+  1.234kg\r\n", SCALE_REJECT_SHAPE, "no status word"},
        {"XX,GS,+  1.234kg\r\n", SCALE_REJECT_SHAPE, "another status word"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned count;
        struct scale_output got = last_of(rows[i].line, &count);
        EXPECT(count == 1 && got.result == SCALE_REJECTED, rows[i].promise);
        EXPECT_I64(rows[i].reject, got.reject, rows[i].promise);
        EXPECT(!got.reading.usable, rows[i].promise);
    }
}

static void half_a_line_says_nothing(void)
{
    static const char line[] = "ST,GS,+  1.234kg\r\n";
    for (size_t len = 0; len < sizeof line - 1; len++) {
        unsigned count;
        char half[sizeof line];
        memcpy(half, line, len);
        half[len] = '\0';
        (void)last_of(half, &count);
        EXPECT_I64(0, count, "not before its end");
    }
}

static void a_flood_without_an_end_costs_only_its_count(void)
{
    struct scale_state state;
    struct scale_output output;
    uint8_t flood[1000];
    memset(flood, 'S', sizeof flood);
    scale_state_init(&state, &scale_stgs);
    EXPECT_I64(1000, scale_stgs.feed(&state, bytes_of(flood, 1000), &output), "all is used");
    EXPECT(state.skipped > SCALE_WRONG_LINE_BYTES && output.result == SCALE_NOTHING, "and counted");
    struct bytes line = BYTES_LITERAL("ST,GS,+  1.234kg\r\n");
    (void)scale_stgs.feed(&state, line, &output);
    EXPECT(output.result == SCALE_READING && state.skipped == 0, "the next line is read");
    EXPECT_BYTES(line, bytes_of(output.reading.raw, output.reading.raw_len), "whole, as evidence");
}

int main(void)
{
    EXPECT_RUN(every_shape_that_occurs_is_read);
    EXPECT_RUN(overload_is_a_state_and_never_a_weight);
    EXPECT_RUN(what_is_no_weight_is_refused_with_its_reason);
    EXPECT_RUN(half_a_line_says_nothing);
    EXPECT_RUN(a_flood_without_an_end_costs_only_its_count);
    return expect_result();
}
