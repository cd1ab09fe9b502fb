/* delhivery_build.h - the half of delhivery.c that makes its requests. */
#ifndef PACKD_CARRIERS_DELHIVERY_BUILD_H
#define PACKD_CARRIERS_DELHIVERY_BUILD_H

#include "carriers/carrier.h"

/* The quote too: escaping it would put a backslash into the data. */
#define DELHIVERY_FORBIDDEN "&#%;\\\""

bool delhivery_build(const struct carrier_task *task, const struct carrier_account *account,
                     struct http_request *request, const char **out_why);

#endif
