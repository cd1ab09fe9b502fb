/* code_awb.h - what kind of code is this? So that a packer who scanned the wrong one is told which
 * one it was.
 *
 * Forms of numbers as couriers' own pages and live numbers show them. Most have no public check
 * digit, and several share a form: the answer is a hint for a sentence, never a reason to refuse or
 * to change a code. */
#ifndef PACKD_DRIVERS_CODE_AWB_H
#define PACKD_DRIVERS_CODE_AWB_H

#include "hal/base/bytes.h"

enum code_kind {
    CODE_OTHER,   /* anything, an order's number among it */
    CODE_PRODUCT, /* a GTIN: on the goods, not on the order */
    CODE_SSCC,
    CODE_GS1, /* element strings of another kind */
    CODE_S10, /* a postal number, its check digit right */
    CODE_AWB, /* like a courier's number */
    CODE_PINCODE,
    CODE_JSON,
    CODE_URL,
};
const char *code_kind_word(enum code_kind kind); /* "product" */

/* aim: the scanner's "]C1", or "". */
enum code_kind code_kind_of(struct bytes text, const char *aim);

/* The couriers whose numbers look like this, at most max of them; how many were named. */
#define CODE_AWB_COURIERS_MAX 6
size_t code_awb_couriers(struct bytes text, const char *out_names[CODE_AWB_COURIERS_MAX]);

/* "gs1-128", "ean-13", "qr" ... of an AIM id; "unknown" for others and for "". */
const char *code_symbology_word(const char *aim);

#endif
