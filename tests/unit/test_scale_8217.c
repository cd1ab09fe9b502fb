/* Guards: the answers to W are read as the METTLER TOLEDO DIVA service manual (6.1.3) says; a
 * weight with a digit missing, or whose unit its decimals do not tell, is never usable. */
#include "drivers/scale_8217.h"

#include "tests/support/scale_bench.h"

#define S "\x02" /* STX; apart, so that no digit joins it */

static void weights_and_status_bits_are_read_as_the_manual_says(void)
{
    static const struct scale_case cases[] = {
        {S "01.234\r", "reading 1.234 kg 1234000 mg stable usable\n", "kilograms"},
        {S "01.234N\r", "reading 1.234 kg 1234000 mg net tare 0 mg stable usable\n", "net"},
        {S "00.000\r", "reading 0.000 kg 0 mg stable zero usable\n", "zero"},
        {S "?A\r", "reading - - 0 mg\n", "in motion"},
        {S "?B\r", "reading - - 0 mg overload\n", "over"},
        {S "?D\r", "reading - - 0 mg underload\n", "under"},
        {S "?a\r", "reading - - 0 mg\n", "in motion with a tare"},
        {"\x82\x30\xB1.\xB2\x33\xB4\x8D", "reading 1.234 kg 1234000 mg stable usable\n",
         "parity that leaked in"},
    };
    scale_bench_check(&scale_8217, cases, ARRAY_LEN(cases));
}

static void what_is_no_weight_is_refused_with_its_reason(void)
{
    static const struct scale_case cases[] = {
        {S "01.23\r", "rejected unit\n", "two decimals: pounds, if the manual is kept to"},
        {S "001.23\r", "rejected unit\n", "the wider field"},
        {S "001234\r", "rejected unit\n", "no point"},
        {S "1.234\r", "rejected number\n", "a digit may be missing"},
        {S "001.234\r", "rejected number\n", "a digit too many"},
        {S "01..34\r", "rejected number\n", "two points"},
        {S "-1.234\r", "rejected shape\n", "a sign is not of this protocol"},
        {S "?H\r", "rejected error\n", "it cannot find its zero"},
        {S "?P\r", "rejected number\n", "at zero: an answer to another question"},
        {S "?@\r", "rejected number\n", "all self tests passed"},
        {S "?1\r", "rejected shape\n", "no status byte"},
        {S "E\r", "rejected shape\n", "echo mode"},
        {S "\r", "rejected shape\n", "the answer to a self test"},
        {"01.234\r", "", "no beginning"},
        {S "001.234\x03", "", "a stream of another kind"},
        {S ",0 001234\r", "", "the short form of Toledo continuous"},
    };
    scale_bench_check(&scale_8217, cases, ARRAY_LEN(cases));
}

static void it_gets_back_into_step(void)
{
    static const struct bytes frame = BYTES_LITERAL(S "01.234\r");
    static const struct scale_case cases[] = {
        {S "09." S "01.234\r", "reading 1.234 kg 1234000 mg stable usable\n", "half a frame"},
        {S "0123456789" S "01.234\r", "reading 1.234 kg 1234000 mg stable usable\n", "too long"},
    };
    scale_bench_check(&scale_8217, cases, ARRAY_LEN(cases));
    scale_bench_half(&scale_8217, frame);
    scale_bench_flood(&scale_8217, '0', frame);
    scale_bench_flood(&scale_8217, 0x02, frame);
}

static void asking_changes_nothing_on_the_scale(void)
{
    EXPECT_BYTES(BYTES_LITERAL("W"), scale_8217.request,
                 "the weight; a CR would be a command more");
    EXPECT(scale_8217.request_every_ms > 0, "again and again");
}

int main(void)
{
    EXPECT_RUN(weights_and_status_bits_are_read_as_the_manual_says);
    EXPECT_RUN(what_is_no_weight_is_refused_with_its_reason);
    EXPECT_RUN(it_gets_back_into_step);
    EXPECT_RUN(asking_changes_nothing_on_the_scale);
    return expect_result();
}
