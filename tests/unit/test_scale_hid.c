/* Guards: a USB HID scale's reports (HID POS Usage Tables 1.02, section 4, page 8D) give the weight
 * on its display exactly and in its unit, wherever the descriptor puts the values; only a status of
 * stable makes it usable; the first report after opening, which may be the load from before, is
 * dropped; and what cannot be read for certain is refused. Captures: tests/replay. */
#include "drivers/scale_hid.h"

#include "hal/base/hid.h"
#include "tests/support/expect.h"
#include "tests/support/hid_bench.h"
#include "tests/support/scale_words.h"

struct weighed {
    struct scale_state state;
    char words[512];
};

static const char *describe(struct weighed *weighed, const char *hex, uint16_t vendor,
                            uint16_t product)
{
    struct hid_bytes descriptor = hid_bytes_of(hex);
    struct device_identity identity = {.vendor = vendor,
                                       .product = product,
                                       .is_hid = true,
                                       .report_descriptor = hid_run(&descriptor)};
    scale_state_init(&weighed->state, &scale_hid);
    return scale_hid.describe(&weighed->state, &identity);
}

static void feed(struct weighed *weighed, const char *hex)
{
    struct hid_bytes report = hid_bytes_of(hex);
    struct scale_output output;
    struct textbuf words;
    textbuf_init(&words, weighed->words, sizeof weighed->words);
    EXPECT_I64(report.len, scale_hid.feed(&weighed->state, hid_run(&report), &output),
               "a report is used whole");
    scale_words_say(&words, &output);
    if (output.result == SCALE_NOTHING) return;
    EXPECT_BYTES(hid_run(&report), bytes_of(output.reading.raw, output.reading.raw_len),
                 "the report is the evidence");
}

/* After a first report that is dropped. */
static void expect(struct weighed *weighed, const char *hex, const char *words, const char *promise)
{
    weighed->state.hid.heard = true;
    feed(weighed, hex);
    EXPECT_TEXT(words, weighed->words, promise);
}

/* The report that HID POS Usage Tables lay out: status, unit, scaling, weight. */
#define STATUS                                                                                   \
    "09 70 a1 02 15 01 25 08 75 08 95 01 09 71 09 72 09 73 09 74 09 75 09 76 09 77 09 78 81 00 " \
    "c0 "
#define UNIT                                                                                     \
    "09 50 a1 02 15 01 25 0c 75 08 95 01 09 51 09 52 09 53 09 54 09 55 09 56 09 57 09 58 09 59 " \
    "09 5a 09 5b 09 5c 81 00 c0 "
#define SCALING "09 41 15 80 25 7f 75 08 95 01 81 02 "
#define WEIGHT "09 40 15 00 27 ff ff 00 00 75 10 95 01 81 02 "
#define SCALE "05 8d 09 20 a1 01 "
#define DATA_REPORT "09 32 a1 02 85 03 "
#define WHOLE SCALE DATA_REPORT STATUS UNIT SCALING WEIGHT "c0 "

static void weights_are_exact_in_their_unit(void)
{
    static const struct {
        const char *hex, *words, *promise;
    } rows[] = {
        {"03 02 0b ff 00 00", "reading 0.0 oz 0 mg stable zero usable\n", "S13, DYMO M10"},
        {"03 04 0b ff 34 19", "reading 645.2 oz 18291112 mg stable usable\n", "S14, DYMO M25"},
        {"03 04 02 00 14 00", "reading 20 g 20000 mg stable usable\n", "S15, DYMO"},
        {"03 04 0c fe 11 03", "reading 7.85 lb 3560700 mg stable usable\n", "a Fairbanks"},
        {"03 04 03 fd d2 04", "reading 1.234 kg 1234000 mg stable usable\n", "kilograms"},
        {"03 04 02 ff 39 30", "reading 1234.5 g 1234500 mg stable usable\n", "tenths of a gram"},
        {"03 04 02 01 7b 00", "reading 1230 g 1230000 mg stable usable\n", "tens of grams"},
        {"03 04 01 06 05 00", "reading 5000000 mg 5000000 mg stable usable\n", "milligrams"},
        {"03 04 04 fe 64 00", "reading 1.00 ct 200 mg stable usable\n", "carats"},
        {"03 04 06 00 e8 03", "reading 1000 GN 64799 mg stable usable\n", "grains"},
        {"03 04 08 fd 01 00", "reading 0.001 t 1000000 mg stable usable\n", "metric tons"},
    };
    struct weighed weighed;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(describe(&weighed, WHOLE "c0", 0x0922, 0x8003) == NULL, "described");
        expect(&weighed, rows[i].hex, rows[i].words, rows[i].promise);
        EXPECT(describe(&weighed, "", 0x0922, 0x8003) == NULL, "without a descriptor");
        expect(&weighed, rows[i].hex, rows[i].words, rows[i].promise);
    }
}

static void every_status_is_what_it_says(void)
{
    static const struct {
        const char *hex, *words, *promise;
    } rows[] = {
        {"03 01 02 00 14 00", "rejected error\n", "1: fault"},
        {"03 02 02 00 00 00", "reading 0 g 0 mg stable zero usable\n", "2: stable at zero"},
        {"03 02 02 00 14 00", "reading 20 g 20000 mg stable\n",
         "2 with a load: one of them is wrong"},
        {"03 03 02 00 14 00", "reading 20 g 20000 mg\n", "3: in motion"},
        {"03 04 02 00 14 00", "reading 20 g 20000 mg stable usable\n", "4: stable"},
        {"03 05 02 00 14 00", "reading -20 g -20000 mg underload\n", "5: under zero"},
        {"03 05 02 00 00 00", "reading 0 g 0 mg zero underload\n", "5: by less than is shown"},
        {"03 06 02 00 14 00", "reading 20 g 20000 mg overload\n", "6: over its limit"},
        {"03 07 02 00 14 00", "rejected error\n", "7: needs calibration"},
        {"03 08 02 00 14 00", "rejected error\n", "8: needs to be set to zero"},
        {"03 00 02 00 14 00", "rejected shape\n", "0: not a status"},
        {"03 09 02 00 14 00", "rejected shape\n", "9: not a status"},
        {"03 ff 02 00 14 00", "rejected shape\n", "FF: not a status"},
    };
    struct weighed weighed;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(describe(&weighed, WHOLE "c0", 0x0EB8, 0xF000) == NULL, "described");
        expect(&weighed, rows[i].hex, rows[i].words, rows[i].promise);
        EXPECT(describe(&weighed, "", 0x0EB8, 0xF000) == NULL, "without a descriptor");
        expect(&weighed, rows[i].hex, rows[i].words, rows[i].promise);
    }
}

static void what_is_no_certain_mass_is_refused(void)
{
    static const struct {
        const char *hex, *words, *promise;
    } rows[] = {
        {"03 04 00 00 14 00", "rejected unit\n", "no unit"},
        {"03 04 05 00 14 00", "rejected unit\n", "taels: there are several"},
        {"03 04 07 00 14 00", "rejected unit\n", "pennyweights"},
        {"03 04 09 00 14 00", "rejected unit\n", "avoirdupois tons"},
        {"03 04 0a 00 14 00", "rejected unit\n", "troy ounces"},
        {"03 04 0d 00 14 00", "rejected unit\n", "past the list"},
        {"03 04 ff 00 14 00", "rejected unit\n", "far past it"},
        {"03 04 02 80 14 00", "rejected number\n", "ten to the power of -128"},
        {"03 04 02 f6 14 00", "rejected number\n", "-10"},
        {"03 04 0c f6 14 00", "rejected number\n", "-10 of pounds"},
        {"03 04 02 fc 15 00", "rejected number\n", "finer than a milligram"},
        {"03 04 02 7f 14 00", "rejected number\n", "127"},
        {"03 04 03 0b ff ff", "rejected number\n", "more than fits"},
        {"03 04 02 7f 00 00", "reading 0 g 0 mg stable zero usable\n", "zero is zero"},
        {"03 04 02 00 14", "rejected shape\n", "a byte is missing"},
        {"03", "rejected shape\n", "nothing but the id"},
        {"", "", "nothing at all"},
        {"02 04 02 00 14 00", "", "another report"},
    };
    struct weighed weighed;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(describe(&weighed, WHOLE "c0", 0x0922, 0x8003) == NULL, "described");
        expect(&weighed, rows[i].hex, rows[i].words, rows[i].promise);
    }
    /* 20 with 9 decimals is finer than a milligram in g and kg, not where units are rounded. */
    EXPECT(describe(&weighed, WHOLE "c0", 0x0922, 0x8003) == NULL, "described");
    expect(&weighed, "03 04 0c f7 14 00", "reading 0.000000020 lb 0 mg stable usable\n", "-9");
}

static void the_first_report_may_be_the_load_from_before(void)
{
    struct weighed weighed;
    EXPECT(describe(&weighed, WHOLE "c0", 0x0922, 0x8003) == NULL, "described");
    feed(&weighed, "04 04 02 00 14 00");
    feed(&weighed, "03 04 02 00 14 00");
    EXPECT_TEXT("", weighed.words, "dropped");
    feed(&weighed, "03 02 02 00 00 00");
    EXPECT_TEXT("reading 0 g 0 mg stable zero usable\n", weighed.words, "the second counts");
    EXPECT_I64(1, weighed.state.good, "one good report");
    EXPECT(describe(&weighed, WHOLE "c0", 0x0922, 0x8003) == NULL, "opened again");
    feed(&weighed, "03 04 02 00 14 00");
    EXPECT_TEXT("", weighed.words, "and dropped again");
}

static void values_are_found_wherever_they_stand(void)
{
    struct weighed weighed;
    EXPECT(describe(&weighed, SCALE "09 32 a1 02 85 11 " WEIGHT SCALING UNIT STATUS "c0 c0", 1,
                    1) == NULL,
           "another order, another id");
    expect(&weighed, "11 d2 04 fd 03 04", "reading 1.234 kg 1234000 mg stable usable\n", "read");
    EXPECT(describe(&weighed, SCALE "09 32 a1 02 " WEIGHT SCALING UNIT STATUS "c0 c0", 1, 1) ==
               NULL,
           "no ids");
    expect(&weighed, "d2 04 fd 03 04", "reading 1.234 kg 1234000 mg stable usable\n", "read");
    expect(&weighed, "", "", "an empty packet is nothing");
    EXPECT(describe(&weighed,
                    SCALE "09 34 a1 02 85 05 " WEIGHT SCALING UNIT
                          "c0 " DATA_REPORT STATUS UNIT SCALING WEIGHT "c0 c0",
                    1, 1) == NULL,
           "a limit report in front");
    expect(&weighed, "05 30 75 00 02", "", "a limit is no weight");
    expect(&weighed, "03 04 02 00 14 00", "reading 20 g 20000 mg stable usable\n", "this is one");
    EXPECT(
        describe(&weighed,
                 SCALE DATA_REPORT
                 "15 01 25 03 75 04 95 01 09 5b 09 5c 09 52 81 00 25 08 19 71 29 78 81 00 " SCALING
                 "09 40 17 00 00 00 80 27 ff ff ff 7f 75 20 95 01 81 02 c0 c0",
                 1, 1) == NULL,
        "four bits each, an order of its own, a signed weight of 32 bits");
    expect(&weighed, "03 43 00 d2 04 00 00", "reading 1234 g 1234000 mg stable usable\n",
           "3 is the third of its list");
    expect(&weighed, "03 43 00 2e fb ff ff", "reading -1234 g -1234000 mg stable\n",
           "a negative weight is never usable");
    expect(&weighed, "03 53 00 2e fb ff ff", "reading -1234 g -1234000 mg underload\n",
           "and has one sign only");
    EXPECT(describe(&weighed,
                    SCALE DATA_REPORT
                    "15 00 26 ff 00 75 08 95 01 09 70 81 02 09 50 81 02 " SCALING WEIGHT "c0 c0",
                    1, 1) == NULL,
           "plain numbers for status and unit");
    expect(&weighed, "03 04 0b ff 34 19", "reading 645.2 oz 18291112 mg stable usable\n",
           "mean the same");
    EXPECT(
        describe(&weighed,
                 SCALE DATA_REPORT
                 "15 01 25 0c 75 08 95 01 19 71 29 78 81 02 19 51 29 5c 81 02 09 41 15 00 26 ff 00 "
                 "81 02 " WEIGHT "c0 c0",
                 1, 1) == NULL,
        "lists marked as variable, an exponent without a sign");
    expect(&weighed, "03 04 0b ff 34 19", "reading 645.2 oz 18291112 mg stable usable\n",
           "mean the same too");
}

/* Stamps.com model 510, as hiddev showed it: 41 is -1, 40 the weight, nothing else changes. */
static void a_scale_without_status_is_never_usable(void)
{
    static const char model_510[] = SCALE "09 32 a1 02 85 03 " SCALING WEIGHT "c0 c0";
    struct weighed weighed;
    EXPECT(describe(&weighed, model_510, 0x1446, 0x6A73) == NULL, "it is known by its numbers");
    expect(&weighed, "03 ff 1b 01", "reading 28.3 oz 802292 mg\n", "tenths of an ounce");
    expect(&weighed, "03 ff 00 00", "reading 0.0 oz 0 mg zero\n", "nothing on it");
    EXPECT(describe(&weighed, model_510, 0x1446, 0x6A78) != NULL, "another model: which unit?");
    EXPECT(describe(&weighed, "", 0x1446, 0x6A73) != NULL,
           "its reports are not the usual six bytes");
    EXPECT(describe(&weighed, SCALE DATA_REPORT UNIT SCALING WEIGHT "c0 c0", 1, 1) == NULL,
           "a unit and no status");
    expect(&weighed, "03 02 00 14 00", "reading 20 g 20000 mg\n", "shown, and not usable");
}

static void the_zero_report_comes_from_the_descriptor(void)
{
    static const uint8_t bit_1[] = {HID_OUTPUT, 0x02, 0x02};
    static const uint8_t feature[] = {HID_FEATURE, 0x02, 0x01};
    struct weighed weighed;
    EXPECT(describe(&weighed,
                    WHOLE "09 31 a1 02 85 02 15 00 25 01 75 01 95 02 09 81 09 80 91 02 75 06 95 01 "
                          "91 03 c0 c0",
                    0x1446, 0x0001) == NULL,
           "enforced zero return, then zero scale");
    EXPECT_BYTES(bytes_of(bit_1, sizeof bit_1), scale_hid.zero(&weighed.state),
                 "bit 1 of report 2");
    EXPECT(describe(&weighed,
                    WHOLE "09 31 a1 02 85 02 15 00 25 01 75 01 95 08 09 80 09 81 b1 02 c0 c0", 1,
                    1) == NULL,
           "as a feature");
    EXPECT_BYTES(bytes_of(feature, sizeof feature), scale_hid.zero(&weighed.state), "bit 0");
    EXPECT(describe(&weighed, WHOLE "c0", 1, 1) == NULL, "a model that cannot");
    EXPECT_I64(0, scale_hid.zero(&weighed.state).len, "has none");
    EXPECT(describe(&weighed, "", 1, 1) == NULL, "no descriptor");
    EXPECT_I64(0, scale_hid.zero(&weighed.state).len, "no guess");
}

static void what_is_no_scale_says_so(void)
{
    static const struct {
        const char *hex, *part, *promise;
    } rows[] = {
        {SCALE DATA_REPORT, "broken", "a descriptor that is cut"},
        {SCALE DATA_REPORT STATUS UNIT WEIGHT "c0 c0", "no scale", "no scaling"},
        {SCALE DATA_REPORT STATUS UNIT SCALING "c0 c0", "no scale", "no weight"},
        {SCALE DATA_REPORT STATUS SCALING WEIGHT "c0 c0", "which unit", "no unit"},
        {SCALE DATA_REPORT UNIT SCALING "09 40 25 01 75 08 95 01 81 00 c0 c0", "no scale",
         "a weight that is a choice"},
        {SCALE DATA_REPORT UNIT SCALING "09 40 25 01 75 28 95 01 81 02 c0 c0", "no scale",
         "a weight of 40 bits"},
    };
    struct weighed weighed;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *sentence = describe(&weighed, rows[i].hex, 0x0922, 0x8003);
        EXPECT(sentence != NULL && strstr(sentence, rows[i].part) != NULL, rows[i].promise);
        expect(&weighed, "03 04 02 00 14 00", "", "and nothing is read then");
    }
    const char *accupost = describe(&weighed, "", 0x04D9, 0x8010);
    EXPECT(accupost != NULL && strstr(accupost, "Accupost") != NULL, "Accupost speaks its own way");
    EXPECT(describe(&weighed, hid_capture("D01"), 0x0C2E, 0x0B81) != NULL, "a scanner");
    scale_state_init(&weighed.state, &scale_hid);
    expect(&weighed, "03 04 02 00 14 00", "", "before it is described, nothing is read");
}

int main(void)
{
    EXPECT_RUN(weights_are_exact_in_their_unit);
    EXPECT_RUN(every_status_is_what_it_says);
    EXPECT_RUN(what_is_no_certain_mass_is_refused);
    EXPECT_RUN(the_first_report_may_be_the_load_from_before);
    EXPECT_RUN(values_are_found_wherever_they_stand);
    EXPECT_RUN(a_scale_without_status_is_never_usable);
    EXPECT_RUN(the_zero_report_comes_from_the_descriptor);
    EXPECT_RUN(what_is_no_scale_says_so);
    return expect_result();
}
