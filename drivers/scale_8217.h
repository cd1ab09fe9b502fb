/* scale_8217.h - the driver for Toledo 8217, which checkout scales speak. */
#ifndef PACKD_DRIVERS_SCALE_8217_H
#define PACKD_DRIVERS_SCALE_8217_H

#include "drivers/scale.h"

extern const struct scale_driver scale_8217;

#endif
