/* Guards: mass, money and time survive the way in and out without a rounding nobody asked for.
 * Factors: NIST SP 811 for pound, ounce, grain and carat; a tola is 180 grains. Dates: from GNU
 * date. */
#include "hal/base/units.h"

#include "tests/support/expect.h"

static void unit_words_are_known_as_scales_write_them(void)
{
    static const struct {
        const char *word;
        bool good;
        enum mass_unit unit;
        const char *promise;
    } rows[] = {
        {"kg", true, MASS_KG, "kilogram"},
        {"KG", true, MASS_KG, "capital kilogram"},
        {"g", true, MASS_G, "gram"},
        {"G", true, MASS_G, "capital gram (Kern)"},
        {"mg", true, MASS_MG, "milligram"},
        {"t", true, MASS_TONNE, "tonne (CAS)"},
        {"lb", true, MASS_LB, "pound"},
        {"LB", true, MASS_LB, "capital pound (NCI)"},
        {"lbs", true, MASS_LB, "pounds"},
        {"oz", true, MASS_OZ, "ounce"},
        {"GN", true, MASS_GRAIN, "grain (A&D)"},
        {"CT", true, MASS_CARAT, "carat (Kern)"},
        {"tola", true, MASS_TOLA, "tola"},
        {"PCS", false, 0, "a count is not a mass"},
        {"%", false, 0, "a percentage is not a mass"},
        {"GR", false, 0, "gram or grain: nobody knows"},
        {"TL", false, 0, "tael or tola: nobody knows"},
        {"ozt", false, 0, "a troy ounce is not an ounce"},
        {"dwt", false, 0, "a pennyweight is not ours"},
        {"N", false, 0, "newton"},
        {"k", false, 0, "half a unit"},
        {"kg ", false, 0, "the caller trims"},
        {"", false, 0, "no unit at all"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum mass_unit unit = MASS_TOLA;
        EXPECT(mass_unit_parse(bytes_of_text(rows[i].word), &unit) == rows[i].good,
               rows[i].promise);
        EXPECT_I64(rows[i].good ? rows[i].unit : MASS_TOLA, unit, rows[i].promise);
    }
    for (enum mass_unit unit = MASS_MG; unit <= MASS_TOLA; unit++) {
        enum mass_unit again = unit == MASS_MG ? MASS_G : MASS_MG;
        EXPECT(mass_unit_parse(bytes_of_text(mass_unit_word(unit)), &again), mass_unit_word(unit));
        EXPECT_I64(unit, again, "the word of a unit reads back as that unit");
    }
}

static void decimals_keep_every_digit(void)
{
    static const struct {
        const char *text;
        bool good;
        int64_t digits;
        unsigned decimals;
        const char *written, *promise;
    } rows[] = {
        {"12.40", true, 1240, 2, "12.40", "a trailing zero is kept"},
        {"7.10", true, 710, 2, "7.10", "7.10 is not 7.1000000000000005"},
        {"0", true, 0, 0, "0", "nought"},
        {"-0.5", true, -5, 1, "-0.5", "the sign survives a leading nought"},
        {"-0", true, 0, 0, "0", "there is no negative nought"},
        {"+3.2", true, 32, 1, "3.2", "a plus sign"},
        {"000013.5", true, 135, 1, "13.5", "leading zeros (CAS)"},
        {"999999999999999", true, 999999999999999, 0, "999999999999999", "fifteen digits"},
        {"1000000000000000", false, 0, 0, "", "sixteen digits"},
        {"0000000000000000", false, 0, 0, "", "sixteen digits, though small"},
        {"0.123456789", true, 123456789, 9, "0.123456789", "nine places"},
        {"0.1234567890", false, 0, 0, "", "ten places"},
        {"", false, 0, 0, "", "nothing"},
        {"-", false, 0, 0, "", "a sign alone"},
        {".5", false, 0, 0, "", "no digit before the point"},
        {"5.", false, 0, 0, "", "no digit after the point"},
        {".", false, 0, 0, "", "a point alone"},
        {"1.2.3", false, 0, 0, "", "two points"},
        {"--1", false, 0, 0, "", "two signs"},
        {"- 1", false, 0, 0, "", "a blank inside"},
        {" 1", false, 0, 0, "", "a blank before"},
        {"1 ", false, 0, 0, "", "a blank after"},
        {"1,5", false, 0, 0, "", "a decimal comma"},
        {"1,499.00", false, 0, 0, "", "grouping"},
        {"1e3", false, 0, 0, "", "an exponent"},
        {"0x10", false, 0, 0, "", "hexadecimal"},
        {"NaN", false, 0, 0, "", "no number"},
        {"\xE0\xA5\xA7", false, 0, 0, "", "a Devanagari digit"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct decimal got = {77, 7};
        char storage[32];
        struct textbuf text;
        textbuf_init(&text, storage, sizeof storage);
        EXPECT(decimal_parse(bytes_of_text(rows[i].text), &got) == rows[i].good, rows[i].promise);
        EXPECT_I64(rows[i].good ? rows[i].digits : 77, got.digits, rows[i].promise);
        EXPECT_I64(rows[i].good ? rows[i].decimals : 7, got.decimals, rows[i].promise);
        if (!rows[i].good) continue;
        decimal_write(&text, got);
        EXPECT_TEXT(rows[i].written, storage, rows[i].promise);
    }
    EXPECT(!decimal_parse(BYTES_LITERAL("1\0"
                                        "2"),
                          &(struct decimal){0}),
           "a NUL inside");
}

static void the_largest_decimals_are_written(void)
{
    char storage[64];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    decimal_write(&text, (struct decimal){INT64_MIN, 9});
    textbuf_char(&text, ' ');
    decimal_write(&text, (struct decimal){INT64_MAX, 0});
    EXPECT_TEXT("-9223372036.854775808 9223372036854775807", storage, "both ends of 64 bits");
    textbuf_init(&text, storage, 5);
    decimal_write(&text, (struct decimal){12345, 2});
    EXPECT(!textbuf_ok(&text), "what does not fit is remembered");
    EXPECT_TEXT("", storage, "and half a number is never left behind");
}

static void every_unit_converts_by_its_exact_factor(void)
{
    static const struct {
        struct decimal value;
        enum mass_unit unit;
        bool good;
        int64_t mass_mg;
        const char *promise;
    } rows[] = {
        {{12, 0}, MASS_MG, true, 12, "milligrams as they are"},
        {{567, 2}, MASS_KG, true, 5670000, "5.67 kg"},
        {{742, 0}, MASS_G, true, 742000, "742 g"},
        {{1, 3}, MASS_G, true, 1, "a milligram in grams"},
        {{15, 1}, MASS_TONNE, true, 1500000000, "a tonne and a half"},
        {{-29182, 3}, MASS_KG, true, -29182000, "a negative weight"},
        {{1, 4}, MASS_G, false, 0, "a tenth of a milligram is refused, not rounded"},
        {{10, 4}, MASS_G, true, 1, "ten tenths are a milligram"},
        {{5, 1}, MASS_MG, false, 0, "half a milligram"},
        {{1, 0}, MASS_LB, true, 453592, "453592.37 mg rounds down"},
        {{100, 0}, MASS_LB, true, 45359237, "a hundred pounds exactly"},
        {{1, 0}, MASS_OZ, true, 28350, "28349.523125 mg rounds up"},
        {{16, 0}, MASS_OZ, true, 453592, "sixteen ounces are a pound"},
        {{-1, 0}, MASS_OZ, true, -28350, "away from zero on both sides"},
        {{1, 0}, MASS_GRAIN, true, 65, "64.79891 mg"},
        {{7000, 0}, MASS_GRAIN, true, 453592, "7000 grains are a pound"},
        {{5, 0}, MASS_CARAT, true, 1000, "five carats are a gram"},
        {{25, 4}, MASS_CARAT, true, 1, "0.5 mg rounds away from zero"},
        {{24, 4}, MASS_CARAT, true, 0, "0.48 mg rounds to nothing"},
        {{-25, 4}, MASS_CARAT, true, -1, "-0.5 mg rounds away from zero"},
        {{1, 0}, MASS_TOLA, true, 11664, "11663.8038 mg"},
        {{1000000, 0}, MASS_OZ, true, 28349523125, "the ounce to its last digit"},
        {{100000, 0}, MASS_GRAIN, true, 6479891, "the grain to its last digit"},
        {{10000, 0}, MASS_TOLA, true, 116638038, "the tola to its last digit"},
        {{0, 9}, MASS_TOLA, true, 0, "nothing is nothing"},
        {{INT64_MAX, 0}, MASS_MG, true, INT64_MAX, "the largest"},
        {{INT64_MIN, 0}, MASS_MG, true, INT64_MIN, "the smallest"},
        {{INT64_MAX, 0}, MASS_G, false, 0, "a thousand times the largest"},
        {{INT64_MAX, 9}, MASS_TONNE, true, INT64_MAX, "large on the way, small at the end"},
        {{999999999999999, 0}, MASS_OZ, false, 0, "more than 64 bits of milligrams"},
        {{1, 10}, MASS_KG, false, 0, "more places than a decimal has"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t mass_mg = 77;
        bool good = mass_mg_from_decimal(rows[i].value, rows[i].unit, &mass_mg);
        EXPECT(good == rows[i].good, rows[i].promise);
        EXPECT_I64(rows[i].good ? rows[i].mass_mg : 77, mass_mg, rows[i].promise);
    }
}

static void money_is_exact_or_refused(void)
{
    static const struct {
        const char *text;
        unsigned places;
        bool good;
        int64_t minor;
        const char *promise;
    } rows[] = {
        {"1499.0", 2, true, 149900, "fewer places than the currency has"},
        {"1499", 2, true, 149900, "none"},
        {"12.40", 2, true, 1240, "as many"},
        {"12.400", 2, true, 1240, "more, but zeros"},
        {"12.401", 2, false, 0, "a tenth of a paisa is refused"},
        {"100.0000000", 2, true, 10000, "zeros from a database"},
        {"-5.25", 2, true, -525, "a refund"},
        {"1500", 0, true, 1500, "a currency without minor units (JPY)"},
        {"1500.00", 0, true, 1500, "the same with zeros"},
        {"1500.50", 0, false, 0, "half a yen"},
        {"1.234", 3, true, 1234, "a currency with three (KWD)"},
        {"999999999999999", 2, true, 99999999999999900, "the largest text"},
        {"999999999999999", 9, false, 0, "more than 64 bits"},
        {"1,499.00", 2, false, 0, "grouping"},
        {"\xE2\x82\xB9"
         "12",
         2, false, 0, "a currency sign"},
        {"", 2, false, 0, "nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t minor = 77;
        bool good = minor_from_text(bytes_of_text(rows[i].text), rows[i].places, &minor);
        EXPECT(good == rows[i].good, rows[i].promise);
        EXPECT_I64(rows[i].good ? rows[i].minor : 77, minor, rows[i].promise);
    }
}

static void money_is_written_with_all_its_places(void)
{
    static const struct {
        int64_t minor;
        unsigned places;
        const char *wanted, *promise;
    } rows[] = {
        {149900, 2, "1499.00", "zeros are written"},
        {5, 2, "0.05", "five paise"},
        {-5, 2, "-0.05", "minus five paise"},
        {1500, 0, "1500", "no places, no point"},
        {0, 2, "0.00", "nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char storage[32];
        struct textbuf text;
        textbuf_init(&text, storage, sizeof storage);
        minor_write(&text, rows[i].minor, rows[i].places);
        EXPECT_TEXT(rows[i].wanted, storage, rows[i].promise);
    }
}

static void a_courier_is_never_told_less_than_was_weighed(void)
{
    static const struct {
        int64_t mass_mg, mass_g;
        const char *kg, *promise;
    } rows[] = {
        {0, 0, "0", "nothing"},
        {1, 1, "0.000001", "a milligram is a gram"},
        {1000, 1, "0.001", "a gram is a gram"},
        {1001, 2, "0.001001", "a milligram more is two"},
        {742000, 742, "0.742", "trailing zeros go"},
        {5000000, 5000, "5", "and the point with them"},
        {100000000, 100000, "100", "but not those before the point"},
        {-500, 0, "-0.0005", "below nothing rounds up to nothing"},
        {INT64_MAX, 9223372036854776, "9223372036854.775807", "the largest"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char storage[32];
        struct textbuf text;
        textbuf_init(&text, storage, sizeof storage);
        EXPECT_I64(rows[i].mass_g, mass_g_rounded_up(rows[i].mass_mg), rows[i].promise);
        mass_kg_write(&text, rows[i].mass_mg);
        EXPECT_TEXT(rows[i].kg, storage, rows[i].promise);
    }
}

static void wall_time_goes_out_and_comes_back(void)
{
    static const struct {
        int64_t unix_ms;
        const char *text, *promise;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000Z", "the epoch"},
        {-1, "1969-12-31T23:59:59.999Z", "the millisecond before"},
        {1770110411000, "2026-02-03T09:20:11.000Z", "the example of CONTRACT.md"},
        {2147483648000, "2038-01-19T03:14:08.000Z", "one second past 32 bits"},
        {951782400000, "2000-02-29T00:00:00.000Z", "2000 is a leap year"},
        {1709251199999, "2024-02-29T23:59:59.999Z", "the last of a leap day"},
        {4107542400000, "2100-03-01T00:00:00.000Z", "2100 is none"},
        {-62167219200000, "0000-01-01T00:00:00.000Z", "the first that four digits can say"},
        {253402300799999, "9999-12-31T23:59:59.999Z", "the last"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char storage[TIME_TEXT_SIZE];
        struct textbuf text;
        int64_t again = 77;
        textbuf_init(&text, storage, sizeof storage);
        time_write(&text, rows[i].unix_ms);
        EXPECT_TEXT(rows[i].text, storage, rows[i].promise);
        EXPECT(time_parse(bytes_of_text(rows[i].text), &again), rows[i].promise);
        EXPECT_I64(rows[i].unix_ms, again, rows[i].promise);
    }
}

static void a_time_four_digits_cannot_say_is_left_out(void)
{
    static const int64_t beyond[] = {-62167219200001, 253402300800000, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(beyond); i++) {
        char storage[TIME_TEXT_SIZE];
        struct textbuf text;
        textbuf_init(&text, storage, sizeof storage);
        time_write(&text, beyond[i]);
        EXPECT(!textbuf_ok(&text), "it is remembered as left out");
        EXPECT_TEXT("", storage, "and nothing wrong is written");
    }
}

static void other_forms_of_time_are_read_or_refused(void)
{
    static const struct {
        const char *text;
        bool good;
        int64_t unix_ms;
        const char *promise;
    } rows[] = {
        {"2026-02-03T09:20:11Z", true, 1770110411000, "without a fraction"},
        {"2026-02-03T09:20:11.5Z", true, 1770110411500, "one place"},
        {"2026-02-03T09:20:11.123456789Z", true, 1770110411123, "nine places, finer is dropped"},
        {"2026-02-03T14:50:11+05:30", true, 1770110411000, "India"},
        {"2026-02-03T01:20:11.000-08:00", true, 1770110411000, "west"},
        {"2026-02-03T09:20:11-00:00", true, 1770110411000, "minus nought"},
        {"2026-01-01T00:00:00+05:30", true, 1767205800000, "back over the new year"},
        {"1969-12-31T23:59:59.250Z", true, -750, "a fraction before the epoch counts forward"},
        {"2026-02-03T09:20:11.Z", false, 0, "a point without digits"},
        {"2026-02-03T09:20:11.1234567890Z", false, 0, "ten places"},
        {"2026-02-03T09:20:11", false, 0, "no zone"},
        {"2026-02-03 09:20:11Z", false, 0, "a blank for the T"},
        {"2026-02-03t09:20:11z", false, 0, "small letters"},
        {"2026-02-29T00:00:00Z", false, 0, "no leap year"},
        {"2100-02-29T00:00:00Z", false, 0, "a century that is none"},
        {"2026-04-31T00:00:00Z", false, 0, "the 31st of April"},
        {"2026-00-01T00:00:00Z", false, 0, "month nought"},
        {"2026-13-01T00:00:00Z", false, 0, "month thirteen"},
        {"2026-01-00T00:00:00Z", false, 0, "day nought"},
        {"2026-02-03T24:00:00Z", false, 0, "hour twenty-four"},
        {"2026-02-03T09:60:00Z", false, 0, "minute sixty"},
        {"2026-12-31T23:59:60Z", false, 0, "a leap second has no Unix time"},
        {"2026-02-03T09:20:11+5:30", false, 0, "a short zone"},
        {"2026-02-03T09:20:11+0530", false, 0, "a zone without colon"},
        {"2026-02-03T09:20:11+24:00", false, 0, "a zone of a day"},
        {"2026-02-03T09:20:11+05:60", false, 0, "sixty minutes of zone"},
        {"2026-02-03T09:20:11Z ", false, 0, "something after the end"},
        {"2026-02-03T09:20:11+05:30Z", false, 0, "two zones"},
        {"+026-02-03T09:20:11Z", false, 0, "a sign in the year"},
        {"1770110411", false, 0, "a Unix time"},
        {"", false, 0, "nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t unix_ms = 77;
        EXPECT(time_parse(bytes_of_text(rows[i].text), &unix_ms) == rows[i].good, rows[i].promise);
        EXPECT_I64(rows[i].good ? rows[i].unix_ms : 77, unix_ms, rows[i].promise);
    }
}

static void a_time_cut_anywhere_is_refused(void)
{
    struct bytes whole = BYTES_LITERAL("2026-02-03T14:50:11.123+05:30");
    int64_t unix_ms;
    for (size_t len = 0; len < whole.len; len++) {
        EXPECT(!time_parse(bytes_slice(whole, 0, len), &unix_ms), "a cut time is no time");
    }
    EXPECT(time_parse(whole, &unix_ms), "the whole is one");
}

static void every_day_of_eight_centuries_reads_back(void)
{
    bool all = true;
    for (int64_t day = -200000; day < 100000; day++) { /* 1422 to 2243 */
        char storage[TIME_TEXT_SIZE];
        struct textbuf text;
        int64_t again = 0;
        textbuf_init(&text, storage, sizeof storage);
        time_write(&text, day * 86400000 + 1);
        all = all && time_parse(textbuf_bytes(&text), &again) && again == day * 86400000 + 1;
    }
    EXPECT(all, "what was written reads back as the same day");
}

int main(void)
{
    EXPECT_RUN(unit_words_are_known_as_scales_write_them);
    EXPECT_RUN(decimals_keep_every_digit);
    EXPECT_RUN(the_largest_decimals_are_written);
    EXPECT_RUN(every_unit_converts_by_its_exact_factor);
    EXPECT_RUN(money_is_exact_or_refused);
    EXPECT_RUN(money_is_written_with_all_its_places);
    EXPECT_RUN(a_courier_is_never_told_less_than_was_weighed);
    EXPECT_RUN(wall_time_goes_out_and_comes_back);
    EXPECT_RUN(a_time_four_digits_cannot_say_is_left_out);
    EXPECT_RUN(other_forms_of_time_are_read_or_refused);
    EXPECT_RUN(a_time_cut_anywhere_is_refused);
    EXPECT_RUN(every_day_of_eight_centuries_reads_back);
    return expect_result();
}
