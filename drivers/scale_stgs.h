/* scale_stgs.h - the driver for the "ST,GS" family and A&D standard. */
#ifndef PACKD_DRIVERS_SCALE_STGS_H
#define PACKD_DRIVERS_SCALE_STGS_H

#include "drivers/scale.h"

extern const struct scale_driver scale_stgs;

#endif
