/* scanner_hid.h - what the drivers of HID scanners share: reading the report descriptor, and a
 * sentence for a scanner that is set up in another way than the driver can read. */
#ifndef PACKD_DRIVERS_SCANNER_HID_H
#define PACKD_DRIVERS_SCANNER_HID_H

#include "drivers/hid_report.h"
#include "drivers/identity.h"

#define HID_USAGE_KEYBOARD HID_USAGE(0x01, 0x06)
#define HID_USAGE_SCANNER HID_USAGE(0x8C, 0x02)

/* NULL when it was read; else a sentence. */
const char *scanner_hid_read(struct bytes descriptor, struct hid_layout *out_layout);

/* Where a scanned code stands in the reports: usage 8C:FE, whole bytes. */
bool scanner_hid_find_data(const struct hid_layout *layout, struct hid_place *out_place);

/* What this is, when it is not what the driver reads, and what to do about it. */
const char *scanner_hid_stranger(const struct hid_layout *layout);

#endif
