/* scale_hid.h - the driver for USB HID scales. */
#ifndef PACKD_DRIVERS_SCALE_HID_H
#define PACKD_DRIVERS_SCALE_HID_H

#include "drivers/scale.h"

extern const struct scale_driver scale_hid;

#endif
