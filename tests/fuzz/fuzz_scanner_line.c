/* Guards: no bytes break the line scanner's driver, and every code it hands on is text, not empty,
 * free of control characters but GS, and NUL-ended within its stated size. */
#include "drivers/scanner_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    struct scanner_state state;
    scanner_state_init(&state, NULL);
    while (input.len > 0) {
        enum scan_result result;
        struct scan scan;
        size_t used = scanner_line.feed(&state, input, &result, &scan);
        ENSURE(used > 0 && used <= input.len);
        input = bytes_from(input, used);
        if (result != SCAN_READ) continue;
        ENSURE(scan.len > 0 && scan.len <= SCAN_TEXT_MAX && scan.text[scan.len] == '\0');
        for (size_t i = 0; i < scan.len; i++) {
            ENSURE((scan.text[i] >= ' ' || scan.text[i] == 0x1D) && scan.text[i] != 0x7F);
        }
    }
    return 0;
}
