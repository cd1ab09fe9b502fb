/* Guards: keyboard reports become the characters that were scanned, for the US layout of the HID
 * usage tables (page 07), with any press order, and never a guessed one. Real sequences:
 * tests/replay. */
#include "tests/support/keyboard_bench.h"

/* The whole table of the usage page, written once more as the manual prints it. */
static void every_key_of_the_us_layout(void)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz1234567890";
    static const char shifted[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()";
    static const uint8_t keys[] = {0x2C, 0x2D, 0x2E, 0x2F, 0x30, 0x31, 0x33, 0x34, 0x35, 0x36,
                                   0x37, 0x38, 0x32, 0x64, 0x54, 0x55, 0x56, 0x57, 0x59, 0x5A,
                                   0x5B, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61, 0x62, 0x63};
    static const char symbols[] = " -=[]\\;'`,./#\\/*-+1234567890.";
    static const char shifted_symbols[] = " _+{}|:\"~<>?~|/*-+1234567890.";
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    for (uint8_t i = 0; i < 36; i++) typed_press(&typed, 0, (uint8_t)(0x04 + i));
    typed_expect(&typed, plain, "letters and digits");
    typed_init(&typed, KEYBOARD_US);
    for (uint8_t i = 0; i < 36; i++)
        typed_press(&typed, i % 2 == 0 ? 0x02 : 0x20, (uint8_t)(0x04 + i));
    typed_expect(&typed, shifted, "with either Shift");
    typed_init(&typed, KEYBOARD_US);
    for (size_t i = 0; i < sizeof keys; i++) typed_press(&typed, 0, keys[i]);
    typed_expect(&typed, symbols, "symbols and keypad");
    typed_init(&typed, KEYBOARD_US);
    for (size_t i = 0; i < sizeof keys; i++) typed_press(&typed, 0x02, keys[i]);
    typed_expect(&typed, shifted_symbols, "symbols with Shift");
}

static void keys_overlap_as_fast_scanners_press_them(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    typed_report(&typed, 0, 0x04, 0);
    typed_report(&typed, 0, 0x04, 0x05);
    typed_report(&typed, 0, 0x05, 0x06);
    typed_report(&typed, 0, 0x06, 0);
    typed_expect(&typed, "abc", "a key that stays down is typed once");
    typed_init(&typed, KEYBOARD_US);
    typed_report(&typed, 0, 0x05, 0x04);
    typed_report(&typed, 0, 0, 0);
    typed_expect(&typed, "ba", "two new keys in slot order");
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x04);
    typed_expect(&typed, "aa", "the same key twice, let go between");
    typed_init(&typed, KEYBOARD_US);
    typed_report(&typed, 0x02, 0, 0);
    typed_report(&typed, 0x02, 0x04, 0);
    typed_report(&typed, 0x02, 0, 0);
    typed_report(&typed, 0, 0x04, 0);
    typed_report(&typed, 0, 0, 0);
    typed_expect(&typed, "Aa", "Shift in a report of its own (Honeywell MS-5145)");
}

static void roll_over_and_foreign_reports_are_ignored(void)
{
    struct typed typed;
    uint8_t roll_over[8] = {0, 0, 1, 1, 1, 1, 1, 1};
    enum scan_result result;
    typed_init(&typed, KEYBOARD_US);
    typed_report(&typed, 0, 0x04, 0);
    (void)scanner_keyboard.feed(&typed.state, bytes_of(roll_over, 8), &result, &typed.scan);
    typed_report(&typed, 0, 0x04, 0);
    EXPECT_I64(3, scanner_keyboard.feed(&typed.state, bytes_of(roll_over, 3), &result, &typed.scan),
               "a short report is used and means nothing");
    typed_report(&typed, 0, 0, 0);
    typed_expect(&typed, "a", "a key held through a roll-over error is typed once");
}

static void a_report_id_in_front_changes_nothing(void)
{
    struct typed typed;
    uint8_t with_id[9] = {0x01, 0x02, 0, 0x04, 0, 0, 0, 0, 0};
    enum scan_result result;
    typed_init(&typed, KEYBOARD_US);
    EXPECT_I64(9, scanner_keyboard.feed(&typed.state, bytes_of(with_id, 9), &result, &typed.scan),
               "9");
    typed_report(&typed, 0, 0, 0);
    typed_expect(&typed, "A", "nine bytes (Microscan MS-4)");
}

static void every_end_ends_a_code(void)
{
    static const uint8_t ends[][2] = {{0, 0x28}, {0, 0x58}, {0, 0x2B}, {0x01, 0x10}, {0x10, 0x0D}};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        struct typed typed;
        typed_init(&typed, KEYBOARD_US);
        typed_press(&typed, 0, 0x04);
        typed_press(&typed, ends[i][0], ends[i][1]);
        EXPECT(typed.result == SCAN_READ && typed.scan.text[0] == 'a',
               "Enter, Tab, Ctrl+M, Ctrl+J");
    }
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x04);
    EXPECT_I64(SCAN_NOTHING, typed.result, "no end, no code");
    typed_press(&typed, 0x01, 0x10);
    typed.result = SCAN_NOTHING;
    typed_press(&typed, 0x01, 0x0D);
    EXPECT_I64(SCAN_NOTHING, typed.result, "Ctrl+M Ctrl+J is one end");
    typed_init(&typed, KEYBOARD_US);
    typed_report(&typed, 0, 0x04, 0x28);
    EXPECT_I64(SCAN_READ, typed.result, "the last character and Enter in one report");
}

static void the_group_separator_survives(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0x01, 0x30);
    typed_press(&typed, 0, 0x05);
    typed_expect(&typed,
                 "a\x1D"
                 "b",
                 "Ctrl+] is GS");
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x04);
    typed_report(&typed, 0x04, 0x62, 0);
    typed_report(&typed, 0x04, 0, 0);
    typed_report(&typed, 0x04, 0x5A, 0);
    typed_report(&typed, 0x04, 0, 0);
    typed_report(&typed, 0x04, 0x61, 0);
    typed_report(&typed, 0, 0, 0);
    typed_expect(&typed, "a\x1D", "ALT+029 is GS, one digit a report");
}

static void keypad_codes_spell_characters(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x53);
    typed_report(&typed, 0x04, 0x5E, 0x5D); /* 65 */
    typed_report(&typed, 0, 0x05, 0);       /* Alt is let go and b pressed at once */
    typed_report(&typed, 0, 0, 0);
    typed_expect(&typed, "Ab", "two digits, after Num Lock, ended by the next key");
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x04);
    typed_report(&typed, 0x04, 0x62, 0x59);
    typed_report(&typed, 0x04, 0x5B, 0);
    typed.result = SCAN_NOTHING;
    typed_report(&typed, 0, 0, 0);
    EXPECT(typed.result == SCAN_READ && typed.scan.len == 1, "ALT+013 is Enter");
}

static void what_is_not_certain_is_refused(void)
{
    static const struct {
        uint8_t modifiers, first, second;
        const char *promise;
    } rows[] = {
        {0, 0x39, 0, "Caps Lock: who knows its state"},
        {0x40, 0x04, 0, "AltGr"},
        {0x08, 0x04, 0, "the GUI key"},
        {0, 0x3A, 0, "F1"},
        {0, 0x2A, 0, "Backspace"},
        {0x01, 0x04, 0, "Ctrl+A"},
        {0x01, 0x1E, 0, "Ctrl+1"},
        {0x04, 0x04, 0, "Alt with a letter"},
        {0x04, 0x5A, 0x5E, "ALT+26: a control character"},
        {0, 0xFF, 0, "a usage past the page"},
        {0x05, 0x63, 0, "Ctrl+Alt+Del"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct typed typed;
        typed_init(&typed, KEYBOARD_US);
        typed_press(&typed, 0, 0x04);
        typed_report(&typed, rows[i].modifiers, rows[i].first, rows[i].second);
        typed_report(&typed, 0, 0, 0);
        typed_press(&typed, 0, 0x28);
        EXPECT_I64(SCAN_UNCLEAN, typed.result, rows[i].promise);
    }
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    typed_report(&typed, 0x04, 0x5A, 0x5B);
    typed_report(&typed, 0x04, 0x5C, 0); /* 234: which code page? */
    typed_report(&typed, 0, 0, 0);
    typed_press(&typed, 0, 0x28);
    EXPECT_I64(SCAN_UNCLEAN, typed.result, "a code past ASCII");
    typed_init(&typed, KEYBOARD_US);
    typed_report(&typed, 0x04, 0x59, 0x61);
    typed_report(&typed, 0x04, 0x5D, 0); /* 195 */
    typed_report(&typed, 0, 0, 0);
    typed_report(&typed, 0x04, 0x59, 0x5E);
    typed_report(&typed, 0x04, 0x61, 0); /* 169: together they would be UTF-8 */
    typed_report(&typed, 0, 0, 0);
    typed_press(&typed, 0, 0x28);
    EXPECT_I64(SCAN_UNCLEAN, typed.result, "two codes that only look like one character");
}

int main(void)
{
    EXPECT_RUN(every_key_of_the_us_layout);
    EXPECT_RUN(keys_overlap_as_fast_scanners_press_them);
    EXPECT_RUN(roll_over_and_foreign_reports_are_ignored);
    EXPECT_RUN(a_report_id_in_front_changes_nothing);
    EXPECT_RUN(every_end_ends_a_code);
    EXPECT_RUN(the_group_separator_survives);
    EXPECT_RUN(keypad_codes_spell_characters);
    EXPECT_RUN(what_is_not_certain_is_refused);
    return expect_result();
}
