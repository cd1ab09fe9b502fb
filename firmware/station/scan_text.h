/* scan_text.h - what a scan means: the text that an order is looked up by.
 *
 *   ]C1 ... with (400) or (00)     the customer's order number, else the SSCC
 *   {"order_no": ...}              the member that the settings name, or a usual name
 *   https://...                    the part that the settings name, or a usual one
 *   anything else                  itself
 *
 * Rule: what is taken out is taken whole and as it stands, or the code is refused with a reason. A
 * code that must have a check digit (S10, GS1) and has a wrong one was misread or mistyped: it is
 * never looked up. Bars that call themselves GS1 and are not are looked up as they stand. */
#ifndef PACKD_FIRMWARE_STATION_SCAN_TEXT_H
#define PACKD_FIRMWARE_STATION_SCAN_TEXT_H

#include "drivers/code_awb.h"
#include "drivers/scanner.h"
#include "firmware/config/config.h"
#include "firmware/oms/order.h"
#include "firmware/station/event.h"
#include "hal/base/json.h"

enum scan_verdict {
    SCAN_GOOD,
    SCAN_BAD,             /* empty, or too long for any order number */
    SCAN_BAD_CHECK_DIGIT, /* it must have one, and it does not fit */
    SCAN_NO_ORDER,        /* a QR code in which there is no order number, or broken JSON */
    SCAN_UNCLEAR,         /* GS1 whose separators were lost: it can be read in two ways */
};

struct scan_text {
    enum scan_verdict verdict;
    enum code_kind kind;       /* so that an unknown code can be named */
    char text[ORDER_KEY_SIZE]; /* GOOD: to look up by; else the beginning of what was scanned */
};

void scan_text_read(const struct config_scan *rules, const struct scan *scan,
                    struct scratch scratch, struct scan_text *out);
/* A command bar code, "packd:zero": a press that needs no text. */
MUST_USE bool scan_is_press(const struct scan *scan, enum press *out_press);
/* Text that a hand has typed. False: too long for a scan. */
MUST_USE bool scan_of_text(const char *text, struct scan *out);

#endif
