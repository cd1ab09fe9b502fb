/* Guards: the answers to W are read as the manuals of NCI 6702 and 7800, Salter Brecknell 3700LP,
 * Adam MDW and CAS CI-100A say; a weight whose beginning or status is missing, that moves, is held
 * or is filled is never usable. */
#include "drivers/scale_nci.h"

#include "tests/support/scale_bench.h"

static void weights_and_status_bits_are_read_as_the_manuals_say(void)
{
    static const struct scale_case cases[] = {
        {"\n0000.26LB\r\n00\r\x03", "reading 0.26 lb 117934 mg stable usable\n", "pounds"},
        {"\n001.234kg\r\n00\r\x03", "reading 1.234 kg 1234000 mg stable usable\n", "kilograms"},
        {"\n   500g \r\n00\r\x03", "reading 500 g 500000 mg stable usable\n", "grams"},
        {"\n  10.5oz\r\n00\r\x03", "reading 10.5 oz 297670 mg stable usable\n", "ounces"},
        {"\n -0.050kg\r\n00\r\x03", "reading -0.050 kg -50000 mg stable usable\n", "below zero"},
        {"\n001.234kg\r\n10\r\x03", "reading 1.234 kg 1234000 mg\n", "in motion"},
        {"\n000.000kg\r\n20\r\x03", "reading 0.000 kg 0 mg stable zero usable\n", "at zero"},
        {"\n000.001kg\r\n20\r\x03", "reading 0.001 kg 1000 mg stable zero usable\n",
         "within the centre of zero"},
        {"\n-00.020kg\r\n01\r\x03", "reading -0.020 kg -20000 mg stable underload\n", "under"},
        {"\n030.100kg\r\n02\r\x03", "reading 30.100 kg 30100000 mg stable overload\n",
         "over with digits that look good"},
        {"\n001.234kg\r\n0p0\r\x03", "reading 1.234 kg 1234000 mg stable usable\n",
         "three status bytes: low range"},
        {"\n001.234kg\r\n0p3\r\x03", "reading 1.234 kg 1234000 mg stable usable\n", "high range"},
        {"\n001.234kg\r\n0p4\r\x03", "reading 1.234 kg 1234000 mg net tare 0 mg stable usable\n",
         "net"},
        {"\n001.234kg\r\n0p1\r\x03", "reading 1.234 kg 1234000 mg stable usable\n",
         "Adam MDW: normal"},
        {"\n001.234kg\r\n0p2\r\x03", "reading 1.234 kg 1234000 mg stable\n", "Adam MDW: held"},
        {"\n001.234kg\r\n0pp8\r\x03", "reading 1.234 kg 1234000 mg stable usable\n",
         "CAS: a low battery weighs on"},
        {"\n001.234kg\r\n0pp4\r\x03", "reading 1.234 kg 1234000 mg stable\n", "CAS: held"},
        {"\n^^^^^^^lb\r\n02\r\x03", "reading - - 0 mg overload\n", "filled: over"},
        {"\n^^^^^^^lb\r\n00\r\x03", "reading - - 0 mg overload\n", "whatever the status says"},
        {"\n_______lb\r\n01\r\x03", "reading - - 0 mg underload\n", "filled: under"},
        {"\n10\r\x03", "reading - - 0 mg\n", "a status only: in motion"},
        {"\nS10\r\x03", "reading - - 0 mg\n", "the ECR form: in motion"},
        {"\nS02\r\x03", "reading - - 0 mg overload\n", "the ECR form: over"},
        {"\nS01\r\x03", "reading - - 0 mg underload\n", "the ECR form: under"},
        {"\n001.234kg\r\nS00\r\x03", "reading 1.234 kg 1234000 mg stable usable\n",
         "the ECR form: a weight"},
        {"\x8A\xB0\xB0\xB1.\xB2\xB3\xB4kg\x8D\x0A\xB0\xB0\x8D\x03",
         "reading 1.234 kg 1234000 mg stable usable\n", "parity that leaked in"},
    };
    scale_bench_check(&scale_nci, cases, ARRAY_LEN(cases));
}

static void what_is_no_weight_is_refused_with_its_reason(void)
{
    static const struct scale_case cases[] = {
        {"\n?\r\x03", "rejected error\n", "the question was not understood"},
        {"\n-------kg\r\n00\r\x03", "rejected error\n", "a zero error"},
        {"\n001.234kg\r\n40\r\x03", "rejected error\n", "bad memory"},
        {"\n001.234kg\r\n80\r\x03", "rejected error\n", "bad settings"},
        {"\n001.234kg\r\n04\r\x03", "rejected error\n", "a bad program"},
        {"\n001.234kg\r\n08\r\x03", "rejected error\n", "a bad calibration"},
        {"\n001.234kg\r\n0p8\r\x03", "rejected error\n", "a bad zero when switched on"},
        {"\n001.234kg\r\n0pp1\r\x03", "rejected unit\n", "counting"},
        {"\n001.234kg\r\n0pp2\r\x03", "rejected unit\n", "percent"},
        {"\n00\r\x03", "rejected number\n", "a status and nothing wrong: no weight all the same"},
        {"\n1lb 03.4oz\r\n00\r\x03", "rejected unit\n", "two units"},
        {"\n     12pc\r\n00\r\x03", "rejected unit\n", "pieces"},
        {"\n  1.234  \r\n00\r\x03", "rejected unit\n", "no unit"},
        {"\n  1.2.3kg\r\n00\r\x03", "rejected number\n", "two points"},
        {"\n001.234kg\r\n0\r\x03", "rejected shape\n", "half a status"},
        {"\n001.234kg\r\n00000\r\x03", "rejected shape\n", "too much of a status"},
        {"\n001.234kg\r\nAB\r\x03", "rejected shape\n", "letters for a status"},
        {"\n001.234kg\r\x03", "rejected shape\n", "no status"},
        {"001.234kg\r\n00\r\x03", "rejected number\n", "digits may be missing in front"},
        {"\n001.234kg\r00\x03", "rejected shape\n", "FED96"},
        {"\n 1G       5.025lb \r\x03", "rejected shape\n", "SMA"},
    };
    scale_bench_check(&scale_nci, cases, ARRAY_LEN(cases));
}

static void it_gets_back_into_step(void)
{
    static const struct bytes frame = BYTES_LITERAL("\n001.234kg\r\n00\r\x03");
    static const struct scale_case cases[] = {
        {"\n9.9\n001.234kg\r\n00\r\x03", "reading 1.234 kg 1234000 mg stable usable\n",
         "half a frame before"},
        {"\n009.876kg\r\n001.234kg\r\n00\r\x03", "reading 1.234 kg 1234000 mg stable usable\n",
         "a frame that lost its status"},
        {"\x03\n001.234kg\r\n00\r\x03",
         "rejected shape\nreading 1.234 kg 1234000 mg stable usable\n",
         "the end of a frame before"},
    };
    scale_bench_check(&scale_nci, cases, ARRAY_LEN(cases));
    scale_bench_half(&scale_nci, frame);
    scale_bench_flood(&scale_nci, '\n', frame);
    scale_bench_flood(&scale_nci, '0', frame);
}

static void asking_changes_nothing_on_the_scale(void)
{
    EXPECT_BYTES(BYTES_LITERAL("W\r"), scale_nci.request, "the weight and its status");
    EXPECT(scale_nci.request_every_ms > 0, "again and again");
}

int main(void)
{
    EXPECT_RUN(weights_and_status_bits_are_read_as_the_manuals_say);
    EXPECT_RUN(what_is_no_weight_is_refused_with_its_reason);
    EXPECT_RUN(it_gets_back_into_step);
    EXPECT_RUN(asking_changes_nothing_on_the_scale);
    return expect_result();
}
