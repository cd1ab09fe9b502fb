/* scale_toledo.h - the driver for Toledo continuous output. */
#ifndef PACKD_DRIVERS_SCALE_TOLEDO_H
#define PACKD_DRIVERS_SCALE_TOLEDO_H

#include "drivers/scale.h"

extern const struct scale_driver scale_toledo;

#endif
