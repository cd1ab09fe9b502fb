/* scale_sma.h - the driver for the protocol of the Scale Manufacturers Association. */
#ifndef PACKD_DRIVERS_SCALE_SMA_H
#define PACKD_DRIVERS_SCALE_SMA_H

#include "drivers/scale.h"

extern const struct scale_driver scale_sma;

#endif
