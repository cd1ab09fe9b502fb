/* scanner_hid_pos.h - the driver for USB scanners in HID POS mode. */
#ifndef PACKD_DRIVERS_SCANNER_HID_POS_H
#define PACKD_DRIVERS_SCANNER_HID_POS_H

#include "drivers/scanner.h"

extern const struct scanner_driver scanner_hid_pos;

#endif
