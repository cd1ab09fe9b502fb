/* scale_ecr.h - scales that wait for a cash register's handshake: ENQ, ACK, DC1 or DC2, a frame. */
#ifndef PACKD_DRIVERS_SCALE_ECR_H
#define PACKD_DRIVERS_SCALE_ECR_H

#include "drivers/scale.h"

extern const struct scale_driver scale_ecr_ap1; /* CAS AP-1, Ohaus Aviator, Dibal */
extern const struct scale_driver scale_ecr_icl; /* ICL, METTLER TOLEDO DIVA */
extern const struct scale_driver scale_ecr_pd2; /* CAS PD-II type 0 and 1 */

#endif
