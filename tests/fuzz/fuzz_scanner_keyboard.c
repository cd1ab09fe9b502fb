/* Guards: no descriptor and no reports break the keyboard scanner's driver, in any country's
 * layout; every code it hands on is text in which only GS is a control character. Input:
 * hid_input.h. */
#include "drivers/scanner_keyboard.h"

#include "tests/fuzz/hid_input.h"
#include "tests/fuzz/scan_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hid_input input;
    struct scanner_state state;
    struct bytes report;
    if (!hid_input_split(bytes_of(data, size), &input)) return 0;
    struct scanner_settings settings = scanner_settings_usual;
    struct device_identity identity = {.report_descriptor = input.descriptor};
    settings.layout = (enum keyboard_layout)(input.choice % KEYBOARD_LAYOUTS);
    settings.gs_key = input.choice / KEYBOARD_LAYOUTS % 13;
    scanner_state_init(&state, &settings);
    if (scanner_keyboard.describe(&state, &identity) != NULL) return 0;
    while (hid_input_next(&input, &report)) {
        (void)scan_rules_feed(&scanner_keyboard, &state, report);
        ENSURE(state.keyboard.keypad_used <= sizeof state.keyboard.keypad);
        if (state.used > SCAN_TEXT_MAX / 2) scanner_state_break(&state);
    }
    return 0;
}
