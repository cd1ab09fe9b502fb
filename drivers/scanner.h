/* scanner.h - the scanner contract: bytes or HID reports in, scans out.
 *
 * As with scales, `feed` is pure and gives at most one scan a call. For serial and TCP scanners
 * the input is any run of bytes; for HID scanners each call gets exactly one report, whole. A
 * code ends with its terminator and never with a pause: a scan without one is dropped, not
 * guessed (a slow hub would cut a code in two). Same-code repeats are the station's business. */
#ifndef PACKD_DRIVERS_SCANNER_H
#define PACKD_DRIVERS_SCANNER_H

#include "drivers/line.h"
#include "hal/base/bytes.h"

/* Between two bytes or reports of one code; after a longer one the caller inits the state, so that
 * a code that broke off is not glued to the next. */
#define SCAN_PAUSE_MAX_MS 500
#define SCAN_TEXT_MAX 512 /* longer codes are refused: no order number is this long */

struct scan {
    uint8_t text[SCAN_TEXT_MAX + 1]; /* NUL-ended for convenience; may hold GS (1D) */
    size_t len;
    char aim[4]; /* "]C1", or empty when the scanner does not say */
};

enum scan_result {
    SCAN_NOTHING,
    SCAN_READ,
    SCAN_TOO_LONG, /* dropped up to its terminator */
    SCAN_UNCLEAN,  /* held a control character other than GS, or was not text: refused */
};

struct scanner_state {
    uint8_t pending[SCAN_TEXT_MAX];
    size_t used;
    bool overlong;
    bool unclean;
    uint8_t previous[8]; /* keyboard: the report before */
    uint8_t keypad[4];   /* keyboard: ALT-keypad digits typed so far */
    size_t keypad_used;
};

struct scanner_driver {
    const char *name; /* "line", "keyboard" */
    const char *title;
    struct line_settings usual;
    bool is_hid; /* input is one HID report a call */
    size_t (*feed)(struct scanner_state *state, struct bytes input, enum scan_result *out_result,
                   struct scan *out_scan);
};

void scanner_state_init(struct scanner_state *state);

#endif
