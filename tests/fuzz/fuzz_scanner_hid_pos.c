/* Guards: no descriptor and no reports break the HID POS scanner's driver, and every code it hands
 * on is text in which only GS is a control character. Input: hid_input.h; the choice is a maker. */
#include "drivers/scanner_hid_pos.h"

#include "tests/fuzz/hid_input.h"
#include "tests/fuzz/scan_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t vendors[] = {0x0C2E, 0x23D0, 0x05E0};
    struct hid_input input;
    struct scanner_state state;
    struct bytes report;
    if (!hid_input_split(bytes_of(data, size), &input)) return 0;
    struct device_identity identity = {.vendor = vendors[input.choice % 3],
                                       .report_descriptor = input.descriptor};
    scanner_state_init(&state, NULL);
    const char *sentence = scanner_hid_pos.describe(&state, &identity);
    size_t openings = 0;
    while (scanner_hid_pos.opening(&state, openings).len > 0) openings++;
    ENSURE(openings <= (sentence == NULL && identity.vendor != 0x05E0 ? 1u : 0u));
    while (hid_input_next(&input, &report)) {
        enum scan_result result = scan_rules_feed(&scanner_hid_pos, &state, report);
        ENSURE(sentence == NULL || result == SCAN_NOTHING);
    }
    return 0;
}
