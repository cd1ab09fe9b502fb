/* Guards: which keys a report brings is read as the report descriptor lays it out: a report id in
 * front, the keys at another place, a bit for each key, two reports beside each other; and a
 * descriptor that lays it out in no way we can read is refused with a sentence. */
#include "tests/support/hid_bench.h"
#include "tests/support/keyboard_bench.h"

static const char *describe(struct typed *typed, const char *hex)
{
    struct hid_bytes descriptor = hid_bytes_of(hex);
    struct device_identity identity = {.is_hid = true, .report_descriptor = hid_run(&descriptor)};
    typed_init(typed, KEYBOARD_US);
    return scanner_keyboard.describe(&typed->state, &identity);
}

/* Reports in hex with a "|" between them; what they type before Enter. */
static void expect_typed(const char *descriptor, const char *reports, const char *text,
                         const char *promise)
{
    struct typed typed;
    if (!EXPECT(describe(&typed, descriptor) == NULL, promise)) return;
    while (reports != NULL) {
        struct hid_bytes report;
        reports = hid_bytes_take(reports, &report);
        typed_feed(&typed, hid_run(&report));
    }
    if (text == NULL) {
        EXPECT_I64(SCAN_UNCLEAN, typed.result, promise);
        return;
    }
    if (!EXPECT_I64(SCAN_READ, typed.result, promise)) return;
    EXPECT_BYTES(bytes_of_text(text), bytes_of(typed.scan.text, typed.scan.len), promise);
}

#define MODIFIERS "05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 "
#define SLOTS(count) "15 00 26 ff 00 19 00 29 ff 75 08 95 " count " 81 00 "

static void real_keyboards(void)
{
    static const char typed_ab[] = "00 00 04 00 00 00 00 00 | 00 00 00 00 00 00 00 00 |"
                                   "02 00 05 00 00 00 00 00 | 00 00 00 00 00 00 00 00 |"
                                   "00 00 28 00 00 00 00 00";
    char descriptor[2048];
    snprintf(descriptor, sizeof descriptor, "%s", hid_capture("D02"));
    expect_typed(descriptor, typed_ab, "aB", "D02, Datalogic Gryphon");
    snprintf(descriptor, sizeof descriptor, "%s", hid_capture("D03"));
    expect_typed(descriptor, typed_ab, "aB", "D03, an ordinary keyboard");
    expect_typed("", typed_ab, "aB", "no descriptor: boot reports");
    char reports[2048];
    snprintf(descriptor, sizeof descriptor, "%s", hid_capture("D02"));
    snprintf(reports, sizeof reports, "%s", hid_capture("K01"));
    expect_typed(descriptor, reports, "SIP-4-1", "K01, ALT mode, on D02");
}

static void keys_at_other_places(void)
{
    expect_typed("05 01 09 06 a1 01 85 02 " MODIFIERS "75 08 95 01 81 01 " SLOTS("06") "c0",
                 "02 00 00 04 00 00 00 00 00 | 02 00 00 00 00 00 00 00 00 |"
                 "01 00 00 05 00 00 00 00 00 | 02 00 00 28 00 00 00 00 00",
                 "a", "a report id in front; another report is not ours");
    expect_typed("05 01 09 06 a1 01 " MODIFIERS SLOTS("06") "c0",
                 "02 04 00 00 00 00 00 | | 00 00 00 00 00 00 00 | | 00 28 00 00 00 00 00", "A",
                 "no reserved byte");
    expect_typed("05 01 09 06 a1 01 05 07 " SLOTS("04") MODIFIERS "c0",
                 "04 05 00 00 02 | 00 00 00 00 00 | 28 00 00 00 00", "AB",
                 "modifiers behind the keys");
    expect_typed("05 01 09 06 a1 01 05 07 " SLOTS("02") "c0", "04 00 | 00 00 | 28 00", "a",
                 "no modifiers at all");
    expect_typed("05 01 09 06 a1 01 " MODIFIERS "15 01 25 65 19 04 29 68 75 08 95 06 81 00 c0",
                 "00 01 02 00 00 00 00 | 00 00 00 00 00 00 00 | 00 25 00 00 00 00 00", "ab",
                 "numbers that begin elsewhere: 1 is a, 25 is Enter");
}

#define BITMAP "05 07 19 00 29 67 15 00 25 01 75 01 95 68 81 02 "

static void a_bit_for_each_key(void)
{
    expect_typed("05 01 09 06 a1 01 85 01 " MODIFIERS BITMAP "c0",
                 "01 02 10 00 00 00 00 00 00 00 00 00 00 00 00 |"
                 "01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 |"
                 "01 00 20 00 00 00 00 00 00 00 00 00 00 00 00 |"
                 "01 00 20 00 00 00 40 00 00 00 00 00 00 00 00 |"
                 "01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 |"
                 "01 00 00 00 00 00 00 01 00 00 00 00 00 00 00",
                 "Ab9", "one after the other");
    expect_typed("05 01 09 06 a1 01 85 01 " MODIFIERS BITMAP "c0",
                 "01 00 30 00 00 00 00 00 00 00 00 00 00 00 00 |"
                 "01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 |"
                 "01 00 00 00 00 00 00 01 00 00 00 00 00 00 00",
                 NULL, "two at once: nobody knows which came first");
    expect_typed(
        "05 01 09 06 a1 01 05 07 19 00 29 e7 15 00 25 01 75 01 95 e8 81 02 c0",
        "10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "02 | 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 | 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00",
        "A", "modifiers in the same run of bits");
    expect_typed(
        "05 01 09 06 a1 01 85 01 " MODIFIERS "75 08 95 01 81 01 " SLOTS(
            "06") "c0 05 01 09 06 a1 01 85 03 " MODIFIERS BITMAP
                  "c0 05 0c 09 01 a1 01 85 04 15 00 26 ff 03 19 00 2a ff 03 75 10 95 01 81 00 c0",
        "01 00 00 04 00 00 00 00 00 | 01 00 00 00 00 00 00 00 00 |"
        "03 02 20 00 00 00 00 00 00 00 00 00 00 00 00 | 04 e9 00 |"
        "03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 | 01 00 00 28 00 00 00 00 00",
        "aB", "both kinds beside each other, and media keys that are nobody's");
}

static void slots_say_when_a_key_was_pressed_again(void)
{
    static const struct {
        const char *reports, *text, *promise;
    } rows[] = {
        {"00 00 04 00 00 00 00 00 | 00 00 00 04 00 00 00 00 | 00 00 04 00 00 00 00 00", "aaa",
         "two slots take turns, nothing is let go"},
        {"00 00 04 05 00 00 00 00 | 00 00 05 00 00 00 00 00 | 00 00 05 06 00 00 00 00", "abc",
         "a key moves up when the one before it is let go"},
        {"00 00 04 05 06 00 00 00 | 00 00 06 00 00 00 00 00", "abc", "by two places"},
        {"00 00 04 00 00 00 00 00 | 00 00 05 04 00 00 00 00", "ab", "the newest key comes first"},
        {"00 00 04 05 00 00 00 00 | 00 00 00 05 00 00 00 00 | 00 00 06 05 00 00 00 00", "abc",
         "slots that keep their key"},
        {"00 00 04 00 00 00 00 00 | 00 00 01 01 01 01 01 01 | 00 00 04 05 00 00 00 00", "ab",
         "a roll-over error between"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char reports[512], descriptor[512];
        snprintf(descriptor, sizeof descriptor, "%s", hid_capture("D02"));
        snprintf(reports, sizeof reports, "%s | 00 00 00 00 00 00 00 00 | 00 00 28 00 00 00 00 00",
                 rows[i].reports);
        expect_typed(descriptor, reports, rows[i].text, rows[i].promise);
    }
}

static void a_broken_report_spoils_the_code(void)
{
    expect_typed("05 01 09 06 a1 01 " MODIFIERS SLOTS("06") "c0",
                 "00 04 00 00 00 00 00 | 00 | 00 28 00 00 00 00 00", NULL,
                 "shorter than described");
}

static void what_is_no_keyboard_says_what_to_do(void)
{
    struct typed typed;
    const char *sentence = describe(&typed, hid_capture("D01"));
    EXPECT_TEXT("The scanner is in HID POS mode: set driver = hid-pos.", sentence, "HID POS");
    sentence = describe(&typed, "05 8c 09 02 a1 01 75 01 95 08 25 01 09 5f 91 02 c0");
    EXPECT_TEXT(
        "The scanner's reports have no place for a code: switch the scanner to keyboard mode.",
        sentence, "a trigger only: both drivers say the same");
    sentence =
        describe(&typed, "06 45 ff 0a 00 4b a1 01 15 00 26 ff 00 75 08 95 40 09 00 81 02 c0");
    EXPECT(sentence != NULL && strstr(sentence, "switch the scanner to HID POS or keyboard mode"),
           "IBM hand-held");
    sentence = describe(&typed, "05 01 09 02 a1 01 75 08 95 01 25 7f 09 30 81 02 c0");
    EXPECT_TEXT("There is no bar code scanner in this device.", sentence, "a mouse");
    EXPECT(describe(&typed, "05 01 09 06 a1 01") != NULL, "a descriptor that is cut");
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x28);
    EXPECT_I64(SCAN_NOTHING, typed.result, "and nothing is read then");
    static const struct {
        const char *hex, *promise;
    } rows[] = {
        {"05 01 09 06 a1 01 " MODIFIERS "c0", "modifiers only"},
        {"05 01 09 06 a1 01 05 07 " SLOTS("20") "c0", "32 slots"},
        {"05 01 09 06 a1 01 05 07 " SLOTS("06") SLOTS("06") "c0", "slots twice in a report"},
        {"05 01 09 06 a1 01 05 07 15 00 25 65 19 04 29 1d 19 28 29 38 75 08 95 06 81 00 c0",
         "a list of keys with a gap"},
        {"05 01 09 06 a1 01 05 07 15 00 25 07 19 04 29 1d 75 04 95 1a 81 02 c0",
         "four bits for each key"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(describe(&typed, rows[i].hex) != NULL, rows[i].promise);
    }
}

int main(void)
{
    EXPECT_RUN(real_keyboards);
    EXPECT_RUN(keys_at_other_places);
    EXPECT_RUN(a_bit_for_each_key);
    EXPECT_RUN(slots_say_when_a_key_was_pressed_again);
    EXPECT_RUN(a_broken_report_spoils_the_code);
    EXPECT_RUN(what_is_no_keyboard_says_what_to_do);
    return expect_result();
}
