/* Guards: no reports break the keyboard scanner's driver, and every code it hands on is printable
 * ASCII or GS. The input is reports of eight bytes; a shorter rest is a report of its own. */
#include "drivers/scanner_keyboard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    struct scanner_state state;
    scanner_state_init(&state);
    while (input.len > 0) {
        enum scan_result result;
        struct scan scan;
        struct bytes report = bytes_slice(input, 0, 8);
        ENSURE(scanner_keyboard.feed(&state, report, &result, &scan) == report.len);
        ENSURE(state.keypad_used <= sizeof state.keypad && state.used <= sizeof state.pending);
        input = bytes_from(input, report.len);
        if (result != SCAN_READ) continue;
        ENSURE(scan.len > 0 && scan.len <= SCAN_TEXT_MAX && scan.text[scan.len] == '\0');
        for (size_t i = 0; i < scan.len; i++) {
            bool printable = scan.text[i] >= ' ' && scan.text[i] <= '~';
            ENSURE(printable || scan.text[i] == 0x1D);
        }
    }
    return 0;
}
