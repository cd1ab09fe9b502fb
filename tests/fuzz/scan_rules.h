/* scan_rules.h - what holds for every scan that a driver hands on. */
#ifndef PACKD_TESTS_FUZZ_SCAN_RULES_H
#define PACKD_TESTS_FUZZ_SCAN_RULES_H

#include <string.h>

#include "drivers/scanner.h"

static inline void scan_rules_check(const struct scan *scan)
{
    struct bytes rest = bytes_of(scan->text, scan->len);
    ENSURE(scan->len > 0 && scan->len <= SCAN_TEXT_MAX && scan->text[scan->len] == '\0');
    ENSURE(scan->aim[0] == '\0' || (scan->aim[0] == ']' && strlen(scan->aim) == 3));
    ENSURE(strcmp(scan->aim, "]X0") != 0 && strcmp(scan->aim, "]Z6") != 0);
    while (rest.len > 0) {
        size_t len = bytes_utf8_sequence(rest);
        ENSURE(len > 0);
        ENSURE(len > 1 || (rest.data[0] >= ' ' && rest.data[0] != 0x7F) || rest.data[0] == 0x1D);
        rest = bytes_from(rest, len);
    }
}

/* One report to a HID scanner's driver, used up whole. */
static inline enum scan_result scan_rules_feed(const struct scanner_driver *driver,
                                               struct scanner_state *state, struct bytes report)
{
    enum scan_result result;
    struct scan scan;
    ENSURE(driver->feed(state, report, &result, &scan) == report.len);
    ENSURE(state->used <= sizeof state->pending);
    if (result == SCAN_READ) scan_rules_check(&scan);
    return result;
}

#endif
