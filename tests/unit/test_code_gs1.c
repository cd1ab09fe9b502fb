/* Guards: a GS1 code is taken apart as the General Specifications say or refused with a word and a
 * place; nothing but an AIM id makes a text GS1, and lost separators are never guessed. The first
 * rows are the test data of GS1's syntax engine (Apache-2.0) and codes put together from the
 * specification's layouts. */
#include "drivers/code_gs1.h"

#include "drivers/code_gs1_table.h"
#include "tests/support/expect.h"

#define GS "\x1D"
#define FNC_MANY "91A" GS "92A" GS "93A" GS "94A" GS "95A" GS "96A" GS "97A" GS "98A" GS
#define SSCC "00006141411234567890"

static const struct {
    const char *text;   /* behind the AIM id */
    const char *fields; /* "01=..;10=..", those before the trouble */
    enum gs1_problem problem;
    size_t at;
    const char *promise;
} rows[] = {
    {"011231231231233310ABC123" GS "99TESTING", "01=12312312312333;10=ABC123;99=TESTING", GS1_OK,
     34, "three fields"},
    {"011231231231233310ABC123" GS "99TESTING" GS, "01=12312312312333;10=ABC123;99=TESTING", GS1_OK,
     35, "a separator at the end is no empty field"},
    {SSCC, "00=006141411234567890", GS1_OK, 20, "an SSCC"},
    {"010950600013435231030012451725063010AB1", "01=09506000134352;3103=001245;17=250630;10=AB1",
     GS1_OK, 39, "predefined lengths need no separator"},
    {"420560038" GS "403ABC" GS SSCC, "420=560038;403=ABC;00=006141411234567890", GS1_OK, 37,
     "a routing label"},
    {SSCC GS "420560038", "00=006141411234567890;420=560038", GS1_OK, 30,
     "a separator may follow a predefined length"},
    {"400PO-4711/8", "400=PO-4711/8", GS1_OK, 12, "a customer's order number"},
    {"400A^B", "", GS1_CHARACTER, 4, "a caret is no separator and not of the set"},
    {"400A B", "", GS1_CHARACTER, 4, "a blank is not of the set"},
    {"", "", GS1_NO_DATA, 0, "nothing behind the AIM id"},
    {GS "400A", "", GS1_EMPTY, 0, "a separator in front is one too many"},
    {"400A" GS GS "420560038", "400=A", GS1_EMPTY, 5, "two separators"},
    {"400", "", GS1_EMPTY, 3, "an identifier without a value"},
    {"400" GS "420560038", "", GS1_EMPTY, 3, "an empty value"},
    {"400A" GS "8899", "400=A", GS1_UNKNOWN_AI, 5, "no identifier begins with 88"},
    {"40", "", GS1_UNKNOWN_AI, 0, "half an identifier"},
    {"3106000001", "", GS1_UNKNOWN_AI, 0, "six decimals in six digits do not exist"},
    {"0000614141123456789", "", GS1_TOO_SHORT, 19, "an SSCC with a digit too few"},
    {"000061414112345" GS "400A", "", GS1_TOO_SHORT, 15, "a separator inside a predefined length"},
    {"00006141411234567891", "", GS1_CHECK_DIGIT, 19, "a wrong check digit"},
    {"01006141411234O6", "", GS1_CHARACTER, 14, "O is not 0"},
    {"40206141411234567890", "402=06141411234567890", GS1_OK, 20, "a GSIN"},
    {"40206141411234567891", "", GS1_CHECK_DIGIT, 19, "a GSIN's check digit"},
    {"40206141411234567890420560038", "", GS1_TOO_LONG, 20,
     "17 fixed digits that are not predefined end at a separator only"},
    {"420123456789012345678901", "", GS1_TOO_LONG, 23, "a postcode of 21 characters"},
    {"010950600013435217251301", "01=09506000134352", GS1_DATE, 18, "month 13"},
    {"010950600013435217250229", "01=09506000134352", GS1_DATE, 18, "no 29 February 2025"},
    {"010950600013435217240229", "01=09506000134352;17=240229", GS1_OK, 24, "but 2024"},
    {"010950600013435217250600", "01=09506000134352;17=250600", GS1_OK, 24, "the month's last day"},
    {"01095060001343527003250600"
     "1200",
     "01=09506000134352", GS1_DATE, 20, "with an hour there is a day"},
    {SSCC "43242506302460", "00=006141411234567890", GS1_DATE, 30, "no hour 24"},
    {SSCC "43011%2", "00=006141411234567890", GS1_VALUE, 24, "half a percent code"},
    {SSCC "4301A+B%20C" GS "4307IN", "00=006141411234567890;4301=A+B%20C;4307=IN", GS1_OK, 38,
     "a name and a country"},
    {SSCC "43212", "00=006141411234567890", GS1_VALUE, 24, "yes or no is 1 or 0"},
    {SSCC "421356560038", "00=006141411234567890;421=356560038", GS1_OK, 32,
     "country and postcode"},
    {SSCC "421356", "00=006141411234567890", GS1_TOO_SHORT, 26, "a country and no postcode"},
    {SSCC "420560038" GS "421356560038", "00=006141411234567890;420=560038;421=356560038",
     GS1_NOT_TOGETHER, 20, "two kinds of postcode"},
    {"0209506000134352", "02=09506000134352", GS1_PARTNER, 0, "content without its count"},
    {"02095060001343523712", "02=09506000134352;37=12", GS1_PARTNER, 16,
     "a count without the logistic unit"},
    {SSCC "02095060001343523712", "00=006141411234567890;02=09506000134352;37=12", GS1_OK, 40,
     "content, count and unit"},
    {"01095060001343520209506000134352", "01=09506000134352;02=09506000134352", GS1_NOT_TOGETHER, 0,
     "one thing is not both unit and content"},
    {"3300001245", "3300=001245", GS1_PARTNER, 0, "a gross weight of nothing"},
    {SSCC "3303001245", "00=006141411234567890;3303=001245", GS1_OK, 30, "a gross weight"},
    {"403ABC", "403=ABC", GS1_PARTNER, 0, "a routing code of nothing"},
    {"0109506000134352310300124531000012"
     "45",
     "01=09506000134352;3103=001245;3100=001245", GS1_NOT_TOGETHER, 16, "a measure once only"},
    {"400A" GS "400B", "400=A;400=B", GS1_TWICE, 5, "one identifier, two values"},
    {"400A" GS "400A", "400=A;400=A", GS1_OK, 9, "the same said twice"},
    {"0109506000134352235ABC" GS "21X", "01=09506000134352;235=ABC;21=X", GS1_NOT_TOGETHER, 23,
     "two serial numbers"},
    {"0109506000134352800100010000001010", "01=09506000134352", GS1_VALUE, 24, "a width of 0"},
    {"80060950600013435203"
     "02",
     "", GS1_VALUE, 18, "piece 3 of 2"},
    {"80060950600013435202"
     "03",
     "8006=095060001343520203", GS1_OK, 22, "piece 2 of 3"},
};

static void write_fields(const struct gs1_code *code, struct textbuf *text)
{
    for (size_t i = 0; i < code->count; i++) {
        textbuf_format(text, "%s%s=", i > 0 ? ";" : "", code->fields[i].ai);
        textbuf_bytes_put(text, code->fields[i].value);
    }
}

static void codes_are_taken_apart_or_refused(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct gs1_code code;
        char storage[256];
        struct textbuf fields;
        textbuf_init(&fields, storage, sizeof storage);
        enum gs1_problem problem = gs1_parse(bytes_of_text(rows[i].text), &code);
        write_fields(&code, &fields);
        EXPECT_TEXT(gs1_problem_word(rows[i].problem), gs1_problem_word(problem), rows[i].promise);
        EXPECT_TEXT(rows[i].fields, storage, rows[i].promise);
        EXPECT_I64(rows[i].at, code.at, rows[i].promise);
    }
}

static void only_an_aim_id_makes_it_gs1(void)
{
    static const char *const yes[] = {"]C1", "]e0", "]d2", "]Q3", "]J1"};
    static const char *const no[] = {"", "]C0", "]C2", "]E0", "]I1", "]d1", "]Q1", "]A0", "]e1"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) EXPECT(gs1_is_marked(yes[i]), yes[i]);
    for (size_t i = 0; i < ARRAY_LEN(no); i++) EXPECT(!gs1_is_marked(no[i]), no[i]);
}

static void lost_separators_are_not_guessed(void)
{
    static const struct {
        const char *text;
        enum gs1_problem problem;
        const char *promise;
    } cases[] = {
        {SSCC, GS1_OK, "a predefined length"},
        {"010950600013435217250630", GS1_OK, "two of them"},
        {"010950600013435210AB1", GS1_OK, "a lot at the end that hides nothing"},
        {"400PO-4711", GS1_OK, "an order number alone"},
        {"10AB1"
         "0109506000134352",
         GS1_UNSPLITTABLE, "a lot, and perhaps a product behind it"},
        {"420560038403ABC" SSCC, GS1_UNSPLITTABLE, "a label whose separators were eaten"},
        {"010950600013435210ABC12317250630", GS1_UNSPLITTABLE, "is the date in the lot?"},
        {"420560038" GS "403ABC" GS SSCC, GS1_OK, "with separators all is clear"},
        {GS SSCC, GS1_OK, "a separator in front is how some scanners say GS1"},
        {"WEB-1001", GS1_UNKNOWN_AI, "no GS1 at all"},
        {"", GS1_NO_DATA, "nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct gs1_code code;
        enum gs1_problem problem = gs1_parse_unmarked(bytes_of_text(cases[i].text), &code);
        EXPECT_TEXT(gs1_problem_word(cases[i].problem), gs1_problem_word(problem),
                    cases[i].promise);
    }
}

static const struct gs1_field *field_of(const char *text, const char *ai, struct gs1_code *code)
{
    enum gs1_problem problem = gs1_parse(bytes_of_text(text), code);
    EXPECT(problem == GS1_OK || problem == GS1_PARTNER, text);
    return gs1_find(code, ai);
}

static void measures_stay_whole_numbers(void)
{
    static const struct {
        const char *text, *ai;
        int64_t mass_mg; /* -1: no weight */
        const char *promise;
    } cases[] = {
        {"3103001245", "3103", 1245000, "1.245 kg"},
        {"3100001245", "3100", 1245000000, "1245 kg"},
        {"3105001245", "3105", 12450, "0.01245 kg"},
        {"3302001250", "3302", 12500000, "gross"},
        {"3201000025", "3201", 1133981, "2.5 lb, to the milligram"},
        {"3111000025", "3111", -1, "a length is no weight"},
    };
    struct gs1_code code;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t mass_mg = -1;
        const struct gs1_field *field = field_of(cases[i].text, cases[i].ai, &code);
        bool weight = gs1_mass_mg(field, &mass_mg);
        EXPECT_I64(cases[i].mass_mg >= 0, weight, cases[i].promise);
        EXPECT_I64(cases[i].mass_mg, mass_mg, cases[i].promise);
    }
    struct decimal value;
    EXPECT(gs1_decimal(field_of("3112000125", "3112", &code), &value), "a length is a decimal");
    EXPECT_I64(125, value.digits, "its digits");
    EXPECT_I64(2, value.decimals, "its point");
    EXPECT(!gs1_decimal(field_of("37000125", "37", &code), &value), "a count is none");
}

static void dates_have_a_century(void)
{
    static const struct {
        const char *text;
        int year_now, year, month, day;
        const char *promise;
    } cases[] = {
        {"17250630", 2026, 2025, 6, 30, "near"},
        {"17250600", 2026, 2025, 6, 30, "day 00 is the last"},
        {"17240200", 2026, 2024, 2, 29, "of a leap year too"},
        {"17760101", 2026, 2076, 1, 1, "fifty years ahead"},
        {"17770101", 2026, 1977, 1, 1, "forty-nine years back"},
        {"17100101", 2074, 2110, 1, 1, "over the turn of a century"},
        {"17990101", 2026, 1999, 1, 1, "back over one"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct gs1_code code;
        struct gs1_date date = {0, 0, 0};
        EXPECT(gs1_date(field_of(cases[i].text, "17", &code), cases[i].year_now, &date),
               cases[i].promise);
        EXPECT_I64(cases[i].year, date.year, cases[i].promise);
        EXPECT_I64(cases[i].month * 100 + cases[i].day, date.month * 100 + date.day,
                   cases[i].promise);
    }
    struct gs1_code code;
    struct gs1_date date;
    EXPECT(!gs1_date(field_of("400A", "400", &code), 2026, &date), "an order number is no date");
}

static void a_code_has_so_many_fields(void)
{
    struct gs1_code code;
    EXPECT_I64(GS1_TOO_MANY,
               gs1_parse(bytes_of_text(FNC_MANY FNC_MANY FNC_MANY FNC_MANY FNC_MANY), &code),
               "more than there is room for are refused");
    EXPECT_I64(GS1_FIELDS_MAX, code.count, "up to there");
    static const uint8_t long_text[GS1_TEXT_MAX + 1];
    EXPECT_I64(GS1_TOO_LONG, gs1_parse(bytes_of(long_text, sizeof long_text), &code),
               "longer than a scanner gives");
}

/* The table: no identifier is the beginning of another, so the first that fits is the only one. */
static void no_identifier_hides_another(void)
{
    for (size_t i = 0; i < gs1_table_len; i++) {
        for (size_t other = 0; other < gs1_table_len; other++) {
            size_t len = strcspn(gs1_table[i].ai, "[");
            bool range = gs1_table[i].ai[len] == '[';
            size_t other_len = strcspn(gs1_table[other].ai, "[");
            bool hides = i != other && !range && other_len >= len &&
                         strncmp(gs1_table[i].ai, gs1_table[other].ai, len) == 0;
            EXPECT(!hides, gs1_table[other].ai);
        }
    }
}

int main(void)
{
    EXPECT_RUN(codes_are_taken_apart_or_refused);
    EXPECT_RUN(only_an_aim_id_makes_it_gs1);
    EXPECT_RUN(lost_separators_are_not_guessed);
    EXPECT_RUN(measures_stay_whole_numbers);
    EXPECT_RUN(dates_have_a_century);
    EXPECT_RUN(a_code_has_so_many_fields);
    EXPECT_RUN(no_identifier_hides_another);
    return expect_result();
}
