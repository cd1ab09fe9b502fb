/* Guards: the answers to S, SI and SIR are read as the MT-SICS reference manuals (11780711,
 * 11781363) say; only "S S" with one number and a unit of mass is usable; nothing else that a
 * scale says is a weight. */
#include "drivers/scale_mtsics.h"

#include "tests/support/scale_bench.h"

static void every_status_letter_says_what_the_manual_says(void)
{
    static const struct scale_case cases[] = {
        {"S S     100.00 g\r\n", "reading 100.00 g 100000 mg stable usable\n", "stable"},
        {"S D     129.07 g\r\n", "reading 129.07 g 129070 mg\n", "dynamic"},
        {"S S      1.234 kg\r\n", "reading 1.234 kg 1234000 mg stable usable\n", "kilograms"},
        {"S S      -0.50 g\r\n", "reading -0.50 g -500 mg stable usable\n", "below zero"},
        {"S S       0.00 g\r\n", "reading 0.00 g 0 mg stable zero usable\n", "zero"},
        {"S S       1.00 lb\r\n", "reading 1.00 lb 453592 mg stable usable\n", "pounds"},
        {"S S   -1234.56 g\r\n", "reading -1234.56 g -1234560 mg stable usable\n", "full field"},
        {"S +\r\n", "reading - - 0 mg overload\n", "overload"},
        {"S -\r\n", "reading - - 0 mg underload\n", "underload"},
        {"S I\r\n", "rejected error\n", "cannot be executed now"},
        {"S S     100.00 g\n", "reading 100.00 g 100000 mg stable usable\n", "LF alone ends too"},
        {"\xD3\xA0S\xA0 \xA0  \xB1\xB0\xB0.00 \xE7\x8D\n",
         "reading 100.00 g 100000 mg stable usable\n", "parity that leaked in"},
        {"\xFF\x01S S     100.00 g\r\n", "reading 100.00 g 100000 mg stable usable\n",
         "garbage before"},
        {"S S     10S D      20.00 g\r\n", "reading 20.00 g 20000 mg\n", "half a line before"},
    };
    scale_bench_check(&scale_mtsics, cases, ARRAY_LEN(cases));
}

static void what_is_no_weight_is_refused_with_its_reason(void)
{
    static const struct scale_case cases[] = {
        {"ES\r\n", "rejected error\n", "unknown command"},
        {"ET\r\n", "rejected error\n", "transmission error"},
        {"EL\r\n", "rejected error\n", "logical error"},
        {"EI\r\n", "rejected error\n", "not now"},
        {"S S Error 10b\r\n", "rejected error\n", "a weigh module in error"},
        {"S S         12 PCS\r\n", "rejected unit\n", "a count"},
        {"S S      12.50 %\r\n", "rejected unit\n", "percent"},
        {"S S       1.50 t\r\n", "rejected unit\n", "a tonne, or a tola"},
        {"S S     100.00\r\n", "rejected number\n", "no unit"},
        {"S S     100.00 \r\n", "rejected unit\n", "a blank unit"},
        {"S S     100.00 g 1\r\n", "rejected unit\n", "something after the unit"},
        {"S S   100.0[0] g\r\n", "rejected number\n", "a digit set apart"},
        {"S S      1.2.3 g\r\n", "rejected number\n", "two points"},
        {"S S       1,23 g\r\n", "rejected number\n", "a comma is not a point"},
        {"S S     ------ g\r\n", "rejected number\n", "dashes"},
        {"S S  1.234567 mg\r\n", "rejected number\n", "finer than a milligram"},
        {"S S   \x07 100.00 g\r\n", "rejected shape\n", "a control character"},
        {"S M     100.00 g\r\n", "rejected shape\n", "a letter nobody knows"},
        {"SI\r\n", "rejected shape\n", "our own question, sent back by a loopback plug"},
        {"I4 A \"1126493049\"\r\n", "rejected shape\n", "its number, when switched on"},
        {"T S      10.00 g\r\n", "rejected shape\n", "a tare"},
        {"TA A      10.00 g\r\n", "rejected shape\n", "the tare asked for"},
        {"Z A\r\n", "rejected shape\n", "set to zero"},
        {"ST,GS,+  1.234kg\r\n", "rejected shape\n", "another protocol"},
        {"       0.665 g  \r\n", "rejected shape\n", "a weight without a status"},
    };
    scale_bench_check(&scale_mtsics, cases, ARRAY_LEN(cases));
}

static void it_gets_back_into_step(void)
{
    static const struct bytes line = BYTES_LITERAL("S S     100.00 g\r\n");
    scale_bench_half(&scale_mtsics, line);
    scale_bench_flood(&scale_mtsics, 'S', line);
}

static void asking_changes_nothing_on_the_scale(void)
{
    EXPECT_BYTES(BYTES_LITERAL("SI\r\n"), scale_mtsics.request, "the weight now, stable or not");
    EXPECT(scale_mtsics.request_every_ms > 0, "again and again");
    EXPECT(scale_mtsics.silent_after_ms > 3 * scale_mtsics.request_every_ms,
           "three answers may be late");
}

int main(void)
{
    EXPECT_RUN(every_status_letter_says_what_the_manual_says);
    EXPECT_RUN(what_is_no_weight_is_refused_with_its_reason);
    EXPECT_RUN(it_gets_back_into_step);
    EXPECT_RUN(asking_changes_nothing_on_the_scale);
    return expect_result();
}
