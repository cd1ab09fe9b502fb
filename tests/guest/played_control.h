/* played_control.h - endpoint zero of a played device; for played.c. */
#ifndef PACKD_TESTS_GUEST_PLAYED_CONTROL_H
#define PACKD_TESTS_GUEST_PLAYED_CONTROL_H

#include "tests/guest/played.h"

void played_control(struct played *played, const struct vhci_request *request);

#endif
