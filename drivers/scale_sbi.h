/* scale_sbi.h - the driver for Sartorius SBI lines of 16 and 22 characters. */
#ifndef PACKD_DRIVERS_SCALE_SBI_H
#define PACKD_DRIVERS_SCALE_SBI_H

#include "drivers/scale.h"

extern const struct scale_driver scale_sbi;

#endif
