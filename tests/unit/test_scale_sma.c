/* Guards: the answers to W, P and R are read as SMA SCP-0499 and the manuals of Sartorius PR 5220,
 * Cardinal 190 and BTEK T419S say; what moves, is out of range, is shown tenfold or is not a whole
 * frame is never usable. */
#include "drivers/scale_sma.h"

#include "tests/support/scale_bench.h"

static void every_letter_says_what_the_standard_says(void)
{
    static const struct scale_case cases[] = {
        {"\n 1G       5.025lb \r", "reading 5.025 lb 2279302 mg stable usable\n", "gross"},
        {"\n 1N       5.025kg \r", "reading 5.025 kg 5025000 mg net tare 0 mg stable usable\n",
         "net"},
        {"\n 1GM      7.650kg \r", "reading 7.650 kg 7650000 mg\n", "in motion"},
        {"\nZ1G       0.000kg \r", "reading 0.000 kg 0 mg stable zero usable\n", "at zero"},
        {"\nZ1G       0.001kg \r", "reading 0.001 kg 1000 mg stable zero usable\n",
         "within the centre of zero"},
        {"\n 1G      -0.020kg \r", "reading -0.020 kg -20000 mg stable usable\n", "below zero"},
        {"\n 2G        1234g  \r", "reading 1234 g 1234000 mg stable usable\n", "second range"},
        {"\n 1G        1234 g \r", "reading 1234 g 1234000 mg stable usable\n", "unit apart"},
        {"\n 1G  1234567.89oz \r", "reading 1234567.89 oz 34999410947 mg stable usable\n",
         "a full field"},
        {"\nO1G      30.100kg \r", "reading 30.100 kg 30100000 mg stable overload\n",
         "over with digits that look good"},
        {"\nO1G  ----------kg \r", "reading - - 0 mg overload\n", "over, filled"},
        {"\nO1G  ^^^^^^^^^^kg\r", "rejected shape\n", "one byte too few"},
        {"\nO1G  ^^^^^^^^^^^kg \r", "", "one byte too many"},
        {"\nO1G   ^^^^^^^^^kg \r", "reading - - 0 mg overload\n", "over, filled otherwise"},
        {"\nU1G            kg \r", "reading - - 0 mg underload\n", "under, blank"},
        {"\nU1G      -1.000kg \r", "reading -1.000 kg -1000000 mg stable underload\n", "under"},
        {"\n 1g      5.0250kg \r", "reading 5.0250 kg 5025000 mg stable\n", "shown tenfold"},
        {"\n 1n      5.0250kg \r", "reading 5.0250 kg 5025000 mg net tare 0 mg stable\n",
         "net, shown tenfold"},
        {"\ne1G       5.025kg \r", "reading 5.025 kg 5025000 mg stable\n", "not on the display"},
        {"\x8A\xA0\xB1G       5\xAE\xB0\xB2\xB5kg\xA0\x8D",
         "reading 5.025 kg 5025000 mg stable usable\n", "parity that leaked in"},
    };
    scale_bench_check(&scale_sma, cases, ARRAY_LEN(cases));
}

static void what_is_no_weight_is_refused_with_its_reason(void)
{
    static const struct scale_case cases[] = {
        {"\n?\r", "rejected error\n", "the question was not understood"},
        {"\nE1G  ----------   \r", "rejected error\n", "a zero error"},
        {"\nI1G  ----------   \r", "rejected error\n", "a zero error when switched on"},
        {"\nT1G  ----------   \r", "rejected error\n", "a tare error"},
        {"\n 1T       1.000kg \r", "rejected unit\n", "a tare"},
        {"\n 1G          12pcs\r", "rejected unit\n", "pieces"},
        {"\n 1G       5.025   \r", "rejected unit\n", "no unit"},
        {"\n 1G       5.025l/o\r", "rejected unit\n", "pounds and ounces"},
        {"\n 1G            kg \r", "rejected number\n", "no weight"},
        {"\n 1G     5.0 2.5kg \r", "rejected number\n", "two numbers"},
        {"\n 1G     5.0.2.5kg \r", "rejected number\n", "two points"},
        {"\n 1G      5.025kg \r", "rejected shape\n", "a byte is missing"},
        {"\n 1X       5.025kg \r", "rejected shape\n", "neither gross nor net"},
        {"\nX1G       5.025kg \r", "rejected shape\n", "a status nobody knows"},
        {"\n 1G?      5.025kg \r", "rejected shape\n", "neither moving nor still"},
        {"\n 1G M     5.025kg \r", "rejected shape\n", "a letter in the free place"},
        {"\nW\r", "rejected shape\n", "our own question, sent back by a loopback plug"},
        {"\n001.234kg\r\n00\r\x03", "rejected shape\nrejected shape\n", "NCI"},
    };
    scale_bench_check(&scale_sma, cases, ARRAY_LEN(cases));
}

static void it_gets_back_into_step(void)
{
    static const struct bytes frame = BYTES_LITERAL("\n 1G       5.025kg \r");
    static const struct scale_case cases[] = {
        {"\n 1G     9\n 1G       5.025kg \r", "reading 5.025 kg 5025000 mg stable usable\n",
         "half a frame"},
        {" 1G       9.025kg \r\n 1G       5.025kg \r",
         "reading 5.025 kg 5025000 mg stable usable\n", "a frame without its beginning"},
    };
    scale_bench_check(&scale_sma, cases, ARRAY_LEN(cases));
    scale_bench_half(&scale_sma, frame);
    scale_bench_flood(&scale_sma, '0', frame);
    scale_bench_flood(&scale_sma, '\n', frame);
}

static void asking_changes_nothing_on_the_scale(void)
{
    EXPECT_BYTES(BYTES_LITERAL("\nW\r"), scale_sma.request, "the weight now");
    EXPECT(scale_sma.request_every_ms > 0, "again and again");
}

int main(void)
{
    EXPECT_RUN(every_letter_says_what_the_standard_says);
    EXPECT_RUN(what_is_no_weight_is_refused_with_its_reason);
    EXPECT_RUN(it_gets_back_into_step);
    EXPECT_RUN(asking_changes_nothing_on_the_scale);
    return expect_result();
}
