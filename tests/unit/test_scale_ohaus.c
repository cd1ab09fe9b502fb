/* Guards: lines are read as the manual of the Ohaus 3000 Series (5.2) lays them out; one that
 * moves, is a tare, or has any field in another place is never usable. */
#include "drivers/scale_ohaus.h"

#include "tests/support/scale_bench.h"

static void every_field_says_what_the_manual_says(void)
{
    static const struct scale_case cases[] = {
        {"    1.234 kg       \r\n", "reading 1.234 kg 1234000 mg stable usable\n", "stable"},
        {"    1.234 kg   ?   \r\n", "reading 1.234 kg 1234000 mg\n", "in motion"},
        {"    1.234 kg    NET\r\n", "reading 1.234 kg 1234000 mg net tare 0 mg stable usable\n",
         "net"},
        {"    1.234 kg    G  \r\n", "reading 1.234 kg 1234000 mg stable usable\n", "gross"},
        {"    1.234 kg   ?NET\r\n", "reading 1.234 kg 1234000 mg net tare 0 mg\n",
         "net, in motion"},
        {"-   0.500 lb       \r\n", "reading -0.500 lb -226796 mg stable usable\n", "below zero"},
        {"   1234.5 g        \r\n", "reading 1234.5 g 1234500 mg stable usable\n", "grams"},
        {"  123.456 kg       \r\n", "reading 123.456 kg 123456000 mg stable usable\n",
         "full field"},
        {"    0.000 kg       \r\n", "reading 0.000 kg 0 mg stable zero usable\n", "zero"},
        {"  \xA0 1.2\xB3\xB4 kg       \x8D\n", "reading 1.234 kg 1234000 mg stable usable\n",
         "parity that leaked in"},
    };
    scale_bench_check(&scale_ohaus, cases, ARRAY_LEN(cases));
}

static void what_is_no_weight_is_refused_with_its_reason(void)
{
    static const struct scale_case cases[] = {
        {"ES\r\n", "rejected error\n", "the question was not understood"},
        {"    1.234 kg    T  \r\n", "rejected unit\n", "a tare"},
        {"       12 PCS      \r\n", "rejected unit\n", "a count"},
        {"     12.5 %        \r\n", "rejected unit\n", "percent"},
        {"    1.234          \r\n", "rejected unit\n", "no unit"},
        {"    1.234 lb:oz    \r\n", "rejected unit\n", "pounds and ounces"},
        {"   ------ kg       \r\n", "rejected number\n", "dashes"},
        {"          kg       \r\n", "rejected number\n", "no number"},
        {"  1.2 3.4 kg       \r\n", "rejected number\n", "two numbers"},
        {"   -1.234 kg       \r\n", "rejected number\n", "a sign out of its place"},
        {"    1.234 kg    SUM\r\n", "rejected shape\n", "a legend nobody knows"},
        {"    1.234 kg   !   \r\n", "rejected shape\n", "neither moving nor still"},
        {"+   1.234 kg       \r\n", "rejected shape\n", "a plus is not of this layout"},
        {" 91234.56 kg       \r\n", "rejected shape\n", "a field too wide"},
        {"   1.234 kg       \r\n", "rejected shape\n", "a character is missing"},
        {"       0.665 g  \r\n", "rejected shape\n", "Kern: without a flag"},
        {"SGWGross   0.010 lb\r\n", "rejected shape\n", "Sterling: as long, and another layout"},
    };
    scale_bench_check(&scale_ohaus, cases, ARRAY_LEN(cases));
}

static void it_gets_back_into_step(void)
{
    scale_bench_half(&scale_ohaus, BYTES_LITERAL("    1.234 kg       \r\n"));
    /* A flood ends like a line, and what stands in front of a frame is refused with it. */
    scale_bench_flood(&scale_ohaus, '0', BYTES_LITERAL("\r\n    1.234 kg       \r\n"));
}

static void asking_changes_nothing_on_the_scale(void)
{
    EXPECT_BYTES(BYTES_LITERAL("IP\r\n"), scale_ohaus.request, "what is on the display, now");
    EXPECT(scale_ohaus.request_every_ms > 0, "again and again");
}

int main(void)
{
    EXPECT_RUN(every_field_says_what_the_manual_says);
    EXPECT_RUN(what_is_no_weight_is_refused_with_its_reason);
    EXPECT_RUN(it_gets_back_into_step);
    EXPECT_RUN(asking_changes_nothing_on_the_scale);
    return expect_result();
}
