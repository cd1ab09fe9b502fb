/* scale_ohaus.h - the driver for Ohaus Defender 3000 and its like. */
#ifndef PACKD_DRIVERS_SCALE_OHAUS_H
#define PACKD_DRIVERS_SCALE_OHAUS_H

#include "drivers/scale.h"

extern const struct scale_driver scale_ohaus;

#endif
