/* scale_cas.h - the driver for CAS frames of 22 bytes. */
#ifndef PACKD_DRIVERS_SCALE_CAS_H
#define PACKD_DRIVERS_SCALE_CAS_H

#include "drivers/scale.h"

extern const struct scale_driver scale_cas;

#endif
