/* scanner.h - the scanner contract: bytes or HID reports in, scans out.
 *
 * As with scales, `feed` is pure and gives at most one scan a call. For serial and TCP scanners
 * the input is any run of bytes; for HID scanners each call gets exactly one report, whole. A
 * code ends with its terminator and never with a pause: a scan without one is dropped, not
 * guessed (a slow hub would cut a code in two). Same-code repeats are the station's business.
 *
 * Of a HID scanner `describe` is called once it is open, before its first report; then what
 * `opening` gives is written to it. Both hold until the port is closed: a pause in a code is
 * scanner_state_break(), a new port scanner_state_init(). */
#ifndef PACKD_DRIVERS_SCANNER_H
#define PACKD_DRIVERS_SCANNER_H

#include "drivers/identity.h"
#include "drivers/keyboard_report.h"
#include "drivers/line.h"
#include "drivers/scanner_settings.h"
#include "hal/base/bytes.h"

/* Between two bytes or reports of one code; after a longer one the caller inits the state, so that
 * a code that broke off is not glued to the next. */
#define SCAN_PAUSE_MAX_MS 500
/* What comes sooner than this after half a code may be its other half, which is no code. */
#define SCAN_TAIL_MAX_MS 1000
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

/* keyboard: what has been typed of a character or a code. */
struct keyboard_typing {
    struct keyboard_shapes shapes;
    bool refused; /* described, and not understood: deaf */
    struct keyboard_down down[KEYBOARD_REPORTS_MAX];
    uint8_t keypad[4]; /* ALT-keypad digits typed so far */
    size_t keypad_used;
    uint16_t dead; /* the character of a dead key that waits for its blank; 0: none */
    bool caps_on;
    bool caps_was_on;   /* when this code began */
    bool caps_pressed;  /* in this code */
    bool letters;       /* in this code */
    bool letters_small; /* some of them without Caps Lock */
};

/* hid-pos: where its values stand in the report of scanned data. */
struct hid_pos_shape {
    bool known;
    bool has_ids;
    uint8_t id;
    uint32_t len; /* bytes, the id not counted */
    struct hid_value count;
    struct hid_value aim[3];
    uint32_t data_at; /* bits */
    uint32_t data_len;
    struct hid_value continued;
    struct hid_value maker_code; /* Honeywell's own letter for the symbology */
    bool must_be_switched_on;
};

struct scanner_state {
    struct scanner_settings settings;
    uint8_t pending[SCAN_TEXT_MAX];
    size_t used;
    bool overlong;
    bool unclean;
    char aim[4]; /* told beside the text; empty: it may stand in front of the text */
    struct keyboard_typing keyboard;
    struct hid_pos_shape hid_pos;
    bool hid_pos_open; /* a report said that more follows */
};

struct scanner_driver {
    const char *name; /* "line", "keyboard", "hid-pos" */
    const char *title;
    struct line_settings usual;
    bool is_hid; /* input is one HID report a call; what follows is for these only */
    /* Reads the report descriptor into the state. NULL: understood; else a sentence that says why
     * this device cannot be used with this driver, and what to do. */
    const char *(*describe)(struct scanner_state *state, const struct device_identity *identity);
    /* The reports to write after opening, one by one, in the form of hal/base/hid.h; constant
     * bytes, empty past the last. NULL: there are none. */
    struct bytes (*opening)(const struct scanner_state *state, size_t index);
    size_t (*feed)(struct scanner_state *state, struct bytes input, enum scan_result *out_result,
                   struct scan *out_scan);
};

extern const struct scanner_settings scanner_settings_usual; /* us, F8 is GS, nothing around */

/* NULL for the usual settings. */
void scanner_state_init(struct scanner_state *state, const struct scanner_settings *settings);
/* Forgets what came of a code that broke off; what is known of the device stays. */
void scanner_state_break(struct scanner_state *state);

#endif
