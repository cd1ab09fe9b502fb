/* Guards: a scanner that types is understood in each country it may be set to, with dead keys, Caps
 * Lock, ALT codes of Windows-1252 and of the DOS pages, GS as common models send it; and what could
 * be two things is refused (faults B04 and B05). Windows-1252 and code pages 437 and 850: the
 * tables of the Unicode consortium. */
#include "tests/support/keyboard_bench.h"

static void the_country_decides_what_a_key_is(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_DE);
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x1C);
    typed_press(&typed, 0x02, 0x24);
    typed_press(&typed, 0, 0x38);
    typed_expect(&typed, "yz/-", "German: y and z change places, / is Shift+7");
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x1C);
    typed_press(&typed, 0x02, 0x24);
    typed_press(&typed, 0, 0x38);
    typed_expect(&typed, "zy&/", "the same keys on a US keyboard");
    typed_init(&typed, KEYBOARD_FR);
    typed_press(&typed, 0x02, 0x1E);
    typed_press(&typed, 0x02, 0x27);
    typed_press(&typed, 0, 0x14);
    typed_press(&typed, 0, 0x33);
    typed_expect(&typed, "10am", "French: digits with Shift, a and m elsewhere");
    typed_init(&typed, KEYBOARD_UK);
    typed_press(&typed, 0x02, 0x1F);
    typed_press(&typed, 0x02, 0x34);
    typed_press(&typed, 0, 0x32);
    typed_press(&typed, 0, 0x64);
    typed_expect(&typed, "\"@#\\", "British signs");
    typed_init(&typed, KEYBOARD_IN);
    typed_press(&typed, 0x40, 0x21);
    typed_press(&typed, 0, 0x22);
    typed_expect(&typed,
                 "\xE2\x82\xB9"
                 "5",
                 "Indian: the rupee sign on AltGr+4, as UTF-8");
}

static void alt_gr_is_right_alt_or_ctrl_and_alt(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_DE);
    typed_press(&typed, 0x40, 0x14);
    typed_press(&typed, 0x05, 0x25);
    typed_report(&typed, 0x01, 0, 0);
    typed_report(&typed, 0x05, 0, 0);
    typed_report(&typed, 0x05, 0x26, 0);
    typed_report(&typed, 0x05, 0, 0);
    typed_report(&typed, 0, 0, 0);
    typed_expect(&typed, "@[]", "@ by right Alt, brackets by Ctrl+Alt");
    typed_init(&typed, KEYBOARD_DE);
    typed_press(&typed, 0x42, 0x14);
    typed_expect_unclean(&typed, "AltGr with Shift");
}

static void a_dead_key_needs_its_blank(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_DE);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x35);
    typed_press(&typed, 0, 0x2C);
    typed_press(&typed, 0x02, 0x2E);
    typed_press(&typed, 0, 0x2C);
    typed_press(&typed, 0, 0x2C);
    typed_press(&typed, 0, 0x05);
    typed_expect(&typed, "a^` b", "^ and ` with a blank each, and a blank of its own");
    static const struct {
        uint8_t second;
        const char *promise;
    } rows[] = {
        {0x04, "^ and a: an accent, or two characters"},
        {0x35, "^ twice"},
        {0x1E, "^ and 1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        typed_init(&typed, KEYBOARD_FR);
        typed_press(&typed, 0, 0x2F);
        typed_press(&typed, 0, rows[i].second);
        typed_press(&typed, 0, 0x05);
        typed_expect_unclean(&typed, rows[i].promise);
    }
    typed_init(&typed, KEYBOARD_FR);
    typed_press(&typed, 0, 0x05);
    typed_press(&typed, 0, 0x2F);
    typed_expect_unclean(&typed, "a dead key and then the end");
    typed_press(&typed, 0, 0x05);
    typed_expect(&typed, "b", "and the next code is clean");
}

static void caps_lock_counts_when_it_is_switched_off_again(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x39);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0x02, 0x05);
    typed_press(&typed, 0, 0x1E);
    typed_press(&typed, 0x02, 0x1F);
    typed_press(&typed, 0, 0x39);
    typed_expect(&typed, "Ab1@", "letters change their case, the rest does not");
    typed_press(&typed, 0, 0x04);
    typed_expect(&typed, "a", "and the next code is as without it");

    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x39);
    typed_press(&typed, 0, 0x04);
    typed_expect_unclean(&typed, "left on at the end");
    typed_press(&typed, 0, 0x39);
    typed_press(&typed, 0, 0x04);
    typed_expect_unclean(&typed, "was on at the beginning: who began it, and when?");
    typed_press(&typed, 0, 0x04);
    typed_expect(&typed, "a", "off all the time");
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x39);
    typed_press(&typed, 0, 0x1E);
    typed_expect(&typed, "1", "left on behind a code of digits");
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x39);
    typed_expect_unclean(&typed, "switched on before this code began");
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x39);
    typed_press(&typed, 0, 0x1E);
    typed_expect(&typed, "1", "digits have no case");
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x39);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x39);
    typed_expect_unclean(&typed, "letters inside and outside: the state was another one");
    typed_init(&typed, KEYBOARD_FR);
    typed_press(&typed, 0, 0x39);
    typed_press(&typed, 0, 0x1E);
    typed_press(&typed, 0, 0x39);
    typed_expect_unclean(&typed, "French digits: some systems shift them too");
    typed_init(&typed, KEYBOARD_DE);
    typed_press(&typed, 0, 0x39);
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x60);
    typed_press(&typed, 0, 0x39);
    typed_expect(&typed, "Y8", "German letters, and the keypad");
}

static void alt_codes_are_read_where_they_are_certain(void)
{
    static const struct {
        const char *digits, *text, *promise;
    } rows[] = {
        {"65", "A", "two digits"},
        {"065", "A", "three with a 0 in front"},
        {"0065", "A", "four"},
        {"065", "A", "three"},
        {"029", "\x1D", "GS"},
        {"0128", "\xE2\x82\xAC", "Windows-1252: the euro sign"},
        {"0233", "\xC3\xA9", "Windows-1252: e with an acute accent"},
        {"0159", "\xC5\xB8", "Windows-1252: 9F"},
        {"130", "\xC3\xA9", "DOS: e with an acute accent"},
        {"129", "\xC3\xBC", "DOS: u umlaut"},
        {"175", "\xC2\xBB", "DOS: AF, the last that both pages share without a gap"},
    };
    static const struct {
        const char *digits, *promise;
    } refused[] = {
        {"0129", "Windows-1252 has nothing at 81"},
        {"155", "437 has a cent, 850 an o with stroke"},
        {"157", "437 has a yen, 850 an O"},
        {"158", "437 has pesetas, 850 a times"},
        {"169", "437 has a line, 850 a registered"},
        {"176", "lines and boxes"},
        {"225", "437 and 850 agree, but not around"},
        {"256", "past a byte"},
        {"1065", "four digits without a 0"},
        {"00065", "five digits"},
        {"127", "delete"},
        {"27", "escape"},
        {"0", "nothing"},
        {"1", "a control character"},
    };
    struct typed typed;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char wanted[16];
        snprintf(wanted, sizeof wanted, "b%s", rows[i].text);
        typed_init(&typed, KEYBOARD_FR);
        typed_press(&typed, 0, 0x05);
        typed_alt(&typed, rows[i].digits);
        typed_expect(&typed, wanted, rows[i].promise);
    }
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        typed_init(&typed, KEYBOARD_US);
        typed_press(&typed, 0, 0x05);
        typed_alt(&typed, refused[i].digits);
        typed_expect_unclean(&typed, refused[i].promise);
    }
}

static void the_group_separator_comes_in_many_ways(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0, 0x05);
    typed_press(&typed, 0, 0x41);
    typed_press(&typed, 0x10, 0x30);
    typed_alt(&typed, "0029");
    typed_press(&typed, 0, 0x05);
    typed_expect(&typed,
                 "b\x1D\x1D\x1D"
                 "b",
                 "F8, right Ctrl+], ALT+0029");
    for (unsigned i = 0; i < KEYBOARD_LAYOUTS; i++) {
        typed_init(&typed, (enum keyboard_layout)i);
        typed_press(&typed, 0, 0x05);
        typed_press(&typed, 0x01, 0x30);
        typed_expect(&typed, "b\x1D", "Ctrl and the key that is ] on a US keyboard");
    }
    typed_init(&typed, KEYBOARD_US);
    typed.state.settings.gs_key = 10;
    typed_press(&typed, 0, 0x05);
    typed_press(&typed, 0, 0x43);
    typed_expect(&typed, "b\x1D", "F10, as set up");
    typed_press(&typed, 0, 0x41);
    typed_expect_unclean(&typed, "then F8 is no GS");
    typed_init(&typed, KEYBOARD_US);
    typed.state.settings.gs_key = 0;
    typed_press(&typed, 0, 0x41);
    typed_expect_unclean(&typed, "no function key is");
    typed_init(&typed, KEYBOARD_US);
    typed_press(&typed, 0x04, 0x41);
    typed_expect_unclean(&typed, "Alt+F8 is another thing");
}

static void every_end_ends_a_code_in_every_country(void)
{
    static const struct {
        enum keyboard_layout layout;
        uint8_t modifiers, key;
        const char *promise;
    } rows[] = {
        {KEYBOARD_US, 0x01, 0x10, "Ctrl+M"},
        {KEYBOARD_US, 0x01, 0x0D, "Ctrl+J"},
        {KEYBOARD_US, 0x01, 0x0C, "Ctrl+I"},
        {KEYBOARD_FR, 0x01, 0x33, "Ctrl+M where the French M is"},
        {KEYBOARD_FR, 0x01, 0x10, "Ctrl+M where the US M is"},
        {KEYBOARD_DE, 0, 0x58, "keypad Enter"},
        {KEYBOARD_FR, 0, 0x2B, "Tab"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct typed typed;
        typed_init(&typed, rows[i].layout);
        typed_press(&typed, 0, 0x05);
        typed_press(&typed, rows[i].modifiers, rows[i].key);
        EXPECT(typed.result == SCAN_READ && typed.scan.len == 1, rows[i].promise);
    }
}

/* Fault B05: Shift that never goes up makes capitals, not something else. Fault B15 in small. */
static void a_stuck_shift_and_a_flood_are_harmless(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    typed_report(&typed, 0x02, 0x04, 0);
    typed_report(&typed, 0x02, 0, 0);
    typed_report(&typed, 0x02, 0x1E, 0);
    typed_report(&typed, 0x02, 0, 0);
    typed_expect(&typed, "A!", "a stuck Shift");
    typed_init(&typed, KEYBOARD_US);
    for (unsigned i = 0; i < 10000; i++) typed_press(&typed, 0, (uint8_t)(0x04 + i % 26));
    typed_press(&typed, 0, 0x28);
    EXPECT_I64(SCAN_TOO_LONG, typed.result, "10,000 keys without an end (fault B03)");
    typed_press(&typed, 0, 0x04);
    typed_expect(&typed, "a", "and the next code is read");
}

static void a_code_that_broke_off_is_forgotten(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_DE);
    typed_press(&typed, 0, 0x04);
    typed_report(&typed, 0x04, 0x5A, 0);
    typed_press(&typed, 0, 0x35);
    scanner_state_break(&typed.state);
    typed_press(&typed, 0, 0x1D);
    typed_expect(&typed, "y", "text, keypad digits and dead key are gone, the country is not");
}

static void what_is_set_up_around_a_code_is_demanded(void)
{
    struct typed typed;
    typed_init(&typed, KEYBOARD_US);
    memcpy(typed.state.settings.prefix, "zz", 3);
    memcpy(typed.state.settings.suffix, "q", 2);
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x14);
    typed_expect(&typed, "a", "both are taken off");
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x05);
    typed_press(&typed, 0, 0x14);
    typed_expect_unclean(&typed, "the first character was lost");
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x04);
    typed_press(&typed, 0, 0x05);
    typed_expect_unclean(&typed, "the end was lost");
    typed_press(&typed, 0, 0x1D);
    typed_expect_unclean(&typed, "shorter than what is around it");
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x1D);
    typed_press(&typed, 0, 0x14);
    typed_expect_unclean(&typed, "nothing in between");
}

int main(void)
{
    EXPECT_RUN(the_country_decides_what_a_key_is);
    EXPECT_RUN(alt_gr_is_right_alt_or_ctrl_and_alt);
    EXPECT_RUN(a_dead_key_needs_its_blank);
    EXPECT_RUN(caps_lock_counts_when_it_is_switched_off_again);
    EXPECT_RUN(alt_codes_are_read_where_they_are_certain);
    EXPECT_RUN(the_group_separator_comes_in_many_ways);
    EXPECT_RUN(every_end_ends_a_code_in_every_country);
    EXPECT_RUN(a_stuck_shift_and_a_flood_are_harmless);
    EXPECT_RUN(a_code_that_broke_off_is_forgotten);
    EXPECT_RUN(what_is_set_up_around_a_code_is_demanded);
    return expect_result();
}
