/* Guards: lines of 16 and 22 characters are read as the Sartorius manuals (LE, ME, Master, GC, FB)
 * say; a line of another length, without a unit or with a name that is no weight is never usable.
 */
#include "drivers/scale_sbi.h"

#include "tests/support/scale_bench.h"

static void every_field_says_what_the_manuals_say(void)
{
    static const struct scale_case cases[] = {
        {"+   123.56 g  \r\n", "reading 123.56 g 123560 mg stable usable\n", "grams"},
        {"+   1255.7    \r\n", "reading - - 0 mg\n", "no unit is not stable"},
        {"-    0.050 kg \r\n", "reading -0.050 kg -50000 mg stable usable\n", "below zero"},
        {"    12.345 kg \r\n", "reading 12.345 kg 12345000 mg stable usable\n", "a blank sign"},
        {"+12345.678 g  \r\n", "reading 12345.678 g 12345678 mg stable usable\n", "a full field"},
        {"+     0.00 g  \r\n", "reading 0.00 g 0 mg stable zero usable\n", "zero"},
        {"+111.25507 mg \r\n", "rejected number\n", "finer than a milligram"},
        {"N     +   123.56 g  \r\n", "reading 123.56 g 123560 mg net tare 0 mg stable usable\n",
         "net"},
        {"N1    +   123.56 g  \r\n", "reading 123.56 g 123560 mg net tare 0 mg stable usable\n",
         "net after a tare memory"},
        {"G     +   123.56 g  \r\n", "reading 123.56 g 123560 mg stable usable\n", "gross"},
        {"      H       \r\n", "reading - - 0 mg overload\n", "over"},
        {"      L       \r\n", "reading - - 0 mg underload\n", "under"},
        {"Stat         H      \r\n", "reading - - 0 mg overload\n", "over, with its name"},
        {"Stat         HH     \r\n", "reading - - 0 mg overload\n", "over while checking"},
        {"Stat         LL     \r\n", "reading - - 0 mg underload\n", "under while checking"},
        {"\xAB   123\xAE\xB5\xB6 g  \x8D\n", "reading 123.56 g 123560 mg stable usable\n",
         "parity that leaked in"},
    };
    scale_bench_check(&scale_sbi, cases, ARRAY_LEN(cases));
}

static void what_is_no_weight_is_refused_with_its_reason(void)
{
    static const struct scale_case cases[] = {
        {"      C       \r\n", "rejected error\n", "adjusting"},
        {"Stat         C      \r\n", "rejected error\n", "adjusting, with its name"},
        {"Err 054       \r\n", "rejected error\n", "an error"},
        {"Stat     Err 054    \r\n", "rejected error\n", "an error, with its name"},
        {"Stat     12.34 g    \r\n", "rejected shape\n", "a status that is none"},
        {"T1    +   123.56 g  \r\n", "rejected unit\n", "a tare memory"},
        {"Qnt   +       12 pcs\r\n", "rejected unit\n", "a count"},
        {"wRef  +   123.56 g  \r\n", "rejected unit\n", "the weight of one piece"},
        {"+       12 pcs\r\n", "rejected unit\n", "pieces"},
        {"+    12.50 %  \r\n", "rejected unit\n", "percent"},
        {"+    12.50 tol\r\n", "rejected unit\n", "tola"},
        {"+   123.5[6]g \r\n", "rejected number\n", "a non-verified digit in brackets"},
        {"+  12.3 45 g  \r\n", "rejected number\n", "two numbers"},
        {"+123456.789g  \r\n", "rejected number\n", "a field too wide"},
        {"+          g  \r\n", "rejected number\n", "no number"},
        {"+  123.56 g  \r\n", "rejected shape\n", "a character is missing"},
        {"       0.665 g  \r\n", "rejected shape\n", "Kern: longer by two, and without a flag"},
        {"-  29.182 g \r\n", "rejected shape\n", "G&G: shorter by two, and without a flag"},
        {"S S     100.00 g\r\n", "rejected shape\n", "MT-SICS"},
    };
    scale_bench_check(&scale_sbi, cases, ARRAY_LEN(cases));
}

static void it_gets_back_into_step(void)
{
    static const struct bytes line = BYTES_LITERAL("+   123.56 g  \r\n");
    static const struct scale_case cases[] = {
        {"23.56 g  \r\n+   123.56 g  \r\n",
         "rejected shape\nreading 123.56 g 123560 mg stable usable\n", "half a line before"},
    };
    scale_bench_check(&scale_sbi, cases, ARRAY_LEN(cases));
    scale_bench_half(&scale_sbi, line);
    /* A flood ends like a line, and what stands in front of a frame is refused with it. */
    scale_bench_flood(&scale_sbi, '+', BYTES_LITERAL("\r\n+   123.56 g  \r\n"));
}

static void asking_changes_nothing_on_the_scale(void)
{
    EXPECT_BYTES(BYTES_LITERAL("\x1BP"), scale_sbi.request, "print: what is on the display");
    EXPECT(scale_sbi.request_every_ms > 0, "again and again");
}

int main(void)
{
    EXPECT_RUN(every_field_says_what_the_manuals_say);
    EXPECT_RUN(what_is_no_weight_is_refused_with_its_reason);
    EXPECT_RUN(it_gets_back_into_step);
    EXPECT_RUN(asking_changes_nothing_on_the_scale);
    return expect_result();
}
