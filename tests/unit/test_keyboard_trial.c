/* Guards: the country that a typing scanner is set to is found from a scan of a known text, and
 * none is named where none can be told (fault B05). Keys: tests/unit/keyboard_layouts.tsv. */
#include "drivers/keyboard_trial.h"

#include "drivers/keyboard_layout.h"
#include "tests/support/expect.h"

static void report(struct keyboard_trial *trial, uint8_t modifiers, uint8_t key)
{
    uint8_t bytes[8] = {modifiers, 0, key};
    keyboard_trial_feed(trial, bytes_of(bytes, sizeof bytes), BYTES_LITERAL(KEYBOARD_TRIAL_TEXT));
}

/* Types one character as a scanner of that country does. */
static bool type(struct keyboard_trial *trial, enum keyboard_layout layout, char character)
{
    static const uint8_t modifiers[] = {0, 0x02, 0x40};
    for (unsigned key = 0x04; key < 0x53; key++) {
        for (unsigned level = 0; level < ARRAY_LEN(modifiers); level++) {
            uint16_t one =
                keyboard_layout_character(layout, (uint8_t)key, (enum keyboard_level)level);
            if (one != (uint8_t)character) continue;
            report(trial, modifiers[level], (uint8_t)key);
            report(trial, 0, 0);
            return true;
        }
    }
    return false;
}

static void type_text(struct keyboard_trial *trial, enum keyboard_layout layout, const char *text)
{
    for (; *text != '\0'; text++) EXPECT(type(trial, layout, *text), "every character has a key");
}

static void init(struct keyboard_trial *trial)
{
    struct device_identity boot = {.is_hid = true};
    EXPECT(keyboard_trial_init(trial, &boot) == NULL, "a keyboard");
}

static void each_country_is_found(void)
{
    for (unsigned i = 0; i < KEYBOARD_LAYOUTS; i++) {
        struct keyboard_trial trial;
        enum keyboard_layout found = KEYBOARD_FR;
        bool as_us = i == KEYBOARD_US || i == KEYBOARD_IN;
        init(&trial);
        type_text(&trial, (enum keyboard_layout)i, KEYBOARD_TRIAL_TEXT);
        EXPECT(!trial.ended, "not before the end of the code");
        report(&trial, 0, 0x28);
        EXPECT(trial.ended, "then it is over");
        EXPECT_I64(as_us ? 2 : 1, keyboard_trial_answer(&trial, &found),
                   "one fits, or the two that type the same");
        EXPECT_I64(as_us ? KEYBOARD_US : i, found, keyboard_layout_word((enum keyboard_layout)i));
    }
}

static void another_code_fits_nobody(void)
{
    struct keyboard_trial trial;
    enum keyboard_layout found = KEYBOARD_DE;
    init(&trial);
    type_text(&trial, KEYBOARD_US, "PACKD-1");
    report(&trial, 0, 0x28);
    EXPECT_I64(0, keyboard_trial_answer(&trial, &found), "not the known text");
    EXPECT_I64(KEYBOARD_DE, found, "nothing is named");
    type_text(&trial, KEYBOARD_US, KEYBOARD_TRIAL_TEXT);
    report(&trial, 0, 0x28);
    EXPECT_I64(0, keyboard_trial_answer(&trial, &found), "one trial is one code");
}

static void what_is_no_keyboard_is_not_tried(void)
{
    struct keyboard_trial trial;
    struct device_identity mouse = {.report_descriptor = BYTES_LITERAL(
                                        "\x05\x01\x09\x02\xA1\x01\x75\x08\x95\x01\x25\x7F\x09\x30"
                                        "\x81\x02\xC0")};
    EXPECT(keyboard_trial_init(&trial, &mouse) != NULL, "a mouse");
}

int main(void)
{
    EXPECT_RUN(each_country_is_found);
    EXPECT_RUN(another_code_fits_nobody);
    EXPECT_RUN(what_is_no_keyboard_is_not_tried);
    return expect_result();
}
