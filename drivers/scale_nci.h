/* scale_nci.h - the driver for NCI SCP-01, which is also the "ECR" form of Weigh-Tronix. */
#ifndef PACKD_DRIVERS_SCALE_NCI_H
#define PACKD_DRIVERS_SCALE_NCI_H

#include "drivers/scale.h"

extern const struct scale_driver scale_nci;

#endif
