/* keyboard_bench.h - a scanner that types, report by report, to the keyboard driver. */
#ifndef PACKD_TESTS_SUPPORT_KEYBOARD_BENCH_H
#define PACKD_TESTS_SUPPORT_KEYBOARD_BENCH_H

#include "drivers/scanner_keyboard.h"
#include "tests/support/expect.h"

struct typed {
    struct scanner_state state;
    enum scan_result result; /* the last that was not SCAN_NOTHING */
    struct scan scan;
};

static inline void typed_init(struct typed *typed, enum keyboard_layout layout)
{
    struct scanner_settings settings = scanner_settings_usual;
    settings.layout = layout;
    memset(typed, 0, sizeof *typed);
    scanner_state_init(&typed->state, &settings);
}

static inline void typed_feed(struct typed *typed, struct bytes report)
{
    enum scan_result result;
    EXPECT_I64(report.len, scanner_keyboard.feed(&typed->state, report, &result, &typed->scan),
               "a report is used whole");
    if (result != SCAN_NOTHING) typed->result = result;
}

/* A boot report with two keys at most. */
static inline void typed_report(struct typed *typed, uint8_t modifiers, uint8_t first,
                                uint8_t second)
{
    uint8_t bytes[8] = {modifiers, 0, first, second, 0, 0, 0, 0};
    typed_feed(typed, bytes_of(bytes, sizeof bytes));
}

static inline void typed_press(struct typed *typed, uint8_t modifiers, uint8_t key)
{
    typed_report(typed, modifiers, key, 0);
    typed_report(typed, 0, 0, 0);
}

/* Left Alt, digits on the keypad one a report, and Alt let go. */
static inline void typed_alt(struct typed *typed, const char *digits)
{
    for (; *digits != '\0'; digits++) {
        uint8_t key = *digits == '0' ? 0x62 : (uint8_t)(0x59 + *digits - '1');
        typed_report(typed, 0x04, key, 0);
        typed_report(typed, 0x04, 0, 0);
    }
    typed_report(typed, 0, 0, 0);
}

/* Enter, and what has come then. */
static inline void typed_expect(struct typed *typed, const char *text, const char *promise)
{
    typed->result = SCAN_NOTHING;
    typed_press(typed, 0, 0x28);
    if (!EXPECT(typed->result == SCAN_READ, promise)) return;
    EXPECT_BYTES(bytes_of_text(text), bytes_of(typed->scan.text, typed->scan.len), promise);
}

static inline void typed_expect_unclean(struct typed *typed, const char *promise)
{
    typed->result = SCAN_NOTHING;
    typed_press(typed, 0, 0x28);
    EXPECT_I64(SCAN_UNCLEAN, typed->result, promise);
}

#endif
