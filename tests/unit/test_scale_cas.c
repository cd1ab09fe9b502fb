/* Guards: frames of 22 bytes are read as the CAS manuals (NT-200, CI-400, CI-600D, CI-150A, PDS)
 * say, whatever values their binary bytes have; what moves, is held or is out of range is never
 * usable. */
#include "drivers/scale_cas.h"

#include "tests/support/scale_bench.h"

#define GROSS_STILL "\xE4" /* lamps: always, stable, always, gross */
#define GROSS_MOVING "\xA4"

static void every_field_says_what_the_manuals_say(void)
{
    static const struct scale_case cases[] = {
        {"ST,GS,1" GROSS_STILL ",000013.5 kg\r\n", "reading 13.5 kg 13500000 mg stable usable\n",
         "gross"},
        {"ST,NT,1\xE2,  0013.5 kg\r\n", "reading 13.5 kg 13500000 mg net tare 0 mg stable usable\n",
         "net"},
        {"ST,GS,1\xC4,000013.5 kg\r\n", "reading 13.5 kg 13500000 mg stable usable\n",
         "CI-600D: the lamp that is always on is off"},
        {"US,GS,1" GROSS_MOVING ",000013.5 kg\r\n", "reading 13.5 kg 13500000 mg\n", "in motion"},
        {"US,GS,1" GROSS_STILL ",000013.5 kg\r\n", "reading 13.5 kg 13500000 mg\n",
         "the word alone says motion"},
        {"ST,GS,1" GROSS_MOVING ",000013.5 kg\r\n", "reading 13.5 kg 13500000 mg\n",
         "the lamp alone says motion"},
        {"ST,GS,1\xF4,000013.5 kg\r\n", "reading 13.5 kg 13500000 mg stable\n", "held"},
        {"ST,GS,1\xE5,0000.000 kg\r\n", "reading 0.000 kg 0 mg stable zero usable\n", "zero"},
        {"ST,GS,1\xE5,0000.001 kg\r\n", "reading 0.001 kg 1000 mg stable zero usable\n",
         "within the centre of zero"},
        {"ST,GS,1" GROSS_STILL ",-00013.5 kg\r\n", "reading -13.5 kg -13500000 mg stable usable\n",
         "below zero"},
        {"ST,GS,1" GROSS_STILL ",-   13.5 kg\r\n", "reading -13.5 kg -13500000 mg stable usable\n",
         "a sign apart"},
        {"ST,GS,1" GROSS_STILL ",    1350  g\r\n", "reading 1350 g 1350000 mg stable usable\n",
         "grams"},
        {"ST,GS,1" GROSS_STILL ",000013.5\x01kg\r\n", "reading 13.5 kg 13500000 mg stable usable\n",
         "a relay byte"},
        {"OL,GS,1" GROSS_STILL ",999999.9 kg\r\n", "reading - - 0 mg overload\n", "over range"},
        {"OL,GS,1" GROSS_STILL ",         kg\r\n", "reading - - 0 mg overload\n", "blank"},
        {"OL,GS,1" GROSS_STILL ",-99999.9 kg\r\n", "reading - - 0 mg underload\n", "under range"},
        {"ST,GS,1" GROSS_STILL ",000001.5  t\r\n", "rejected unit\n", "tonnes"},
        {"ST,GS,1" GROSS_STILL ",      12 pc\r\n", "rejected unit\n", "pieces"},
        {"ST,GS,1" GROSS_STILL ",         kg\r\n", "rejected number\n", "no number"},
        {"ST,GS,1" GROSS_STILL ",0001 3.5 kg\r\n", "rejected number\n", "two numbers"},
        {"ST,GS,1" GROSS_STILL ",0001.3.5 kg\r\n", "rejected number\n", "two points"},
    };
    scale_bench_check(&scale_cas, cases, ARRAY_LEN(cases));
}

static void the_binary_bytes_may_have_any_value(void)
{
    for (unsigned id = 0; id < 256; id++) {
        for (unsigned lamps = 0; lamps < 256; lamps++) {
            uint8_t frame[] = "ST,GS,il,000013.5 kg\r\n";
            struct scale_state state;
            struct scale_output output;
            scale_state_init(&state, &scale_cas);
            frame[6] = (uint8_t)id;
            frame[7] = (uint8_t)lamps;
            frame[17] = (uint8_t)id;
            (void)scale_cas.feed(&state, bytes_of(frame, sizeof frame - 1), &output);
            bool still = (lamps & 64) != 0 && (lamps & 16) == 0;
            bool read = output.result == SCALE_READING && output.reading.mass_mg == 13500000;
            if (read && output.reading.usable == still) continue;
            EXPECT_I64(-1, id * 256 + lamps, "this id and these lamps change the weight");
        }
    }
}

static void other_frames_say_nothing(void)
{
    static const struct scale_case cases[] = {
        {"ST,GS,+  1.234kg\r\n", "", "the ST,GS family"},
        {"ST,GS,000013.5kg\r\n", "", "CAS AND-18"},
        {"000013.5\r\n", "", "CAS frames of ten bytes have no flags"},
        {"ST,+0001.234 kg\r\n", "", "A&D"},
        {"QT,GS,1" GROSS_STILL ",000013.5 kg\r\n", "", "a count"},
        {"ST,TR,1" GROSS_STILL ",000013.5 kg\r\n", "", "a tare"},
        {"ST,GS,1" GROSS_STILL ";000013.5 kg\r\n", "", "a byte out of place"},
        {"ST,GS,1" GROSS_STILL ",00013.5 kg\r\n", "", "a byte is missing"},
    };
    scale_bench_check(&scale_cas, cases, ARRAY_LEN(cases));
}

static void it_gets_back_into_step(void)
{
    static const struct bytes frame = BYTES_LITERAL("ST,GS,1" GROSS_STILL ",000013.5 kg\r\n");
    static const struct scale_case cases[] = {
        {"ST,GS,1" GROSS_STILL ",0000ST,GS,1" GROSS_STILL ",000013.5 kg\r\n",
         "reading 13.5 kg 13500000 mg stable usable\n", "half a frame"},
        {"ST,GSST,GS,1" GROSS_STILL ",000013.5 kg\r\n",
         "reading 13.5 kg 13500000 mg stable usable\n", "a few bytes of one"},
        {"ST,GS,ST,GS,1" GROSS_STILL ",000013.5 kg\r\n",
         "reading 13.5 kg 13500000 mg stable usable\n", "up to the binary bytes"},
    };
    scale_bench_check(&scale_cas, cases, ARRAY_LEN(cases));
    scale_bench_half(&scale_cas, frame);
    scale_bench_flood(&scale_cas, 'S', frame);
}

int main(void)
{
    EXPECT_RUN(every_field_says_what_the_manuals_say);
    EXPECT_RUN(the_binary_bytes_may_have_any_value);
    EXPECT_RUN(other_frames_say_nothing);
    EXPECT_RUN(it_gets_back_into_step);
    return expect_result();
}
