/* Guards: no code breaks what a scan is read for; what is looked up is a text within its bounds,
 * without a NUL, and never empty. The first byte chooses the settings and the symbology. */
#include "firmware/station/scan_text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[64 * 1024] __attribute__((aligned(16)));
    static const char *const aims[] = {"", "]C1", "]Q1", "]C0"};
    static const struct config_scan rules[] = {
        {.gs1_without_aim = false},
        {.json_key = "order.no", .url_part = "query:order", .gs1_without_aim = true},
        {.url_part = "path:2"},
        {.url_part = "path:last"},
    };
    struct scan scan = {.len = 0};
    struct scan_text meant;
    if (size == 0 || size - 1 > SCAN_TEXT_MAX) return 0;
    for (size_t i = 1; i < size; i++) { /* as drivers/scanner.h promises */
        if (data[i] != 0) scan.text[scan.len++] = data[i];
    }
    memcpy(scan.aim, aims[data[0] % 4], strlen(aims[data[0] % 4]));
    scan_text_read(&rules[data[0] / 4 % 4], &scan, (struct scratch){memory, sizeof memory}, &meant);
    ENSURE(strlen(meant.text) < ORDER_KEY_SIZE);
    ENSURE(meant.verdict != SCAN_GOOD || meant.text[0] != '\0');
    return 0;
}
