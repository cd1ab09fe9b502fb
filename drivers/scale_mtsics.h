/* scale_mtsics.h - the driver for MT-SICS, the command set of METTLER TOLEDO. */
#ifndef PACKD_DRIVERS_SCALE_MTSICS_H
#define PACKD_DRIVERS_SCALE_MTSICS_H

#include "drivers/scale.h"

extern const struct scale_driver scale_mtsics;

#endif
