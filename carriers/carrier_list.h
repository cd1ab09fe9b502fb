/* carrier_list.h - every courier, one line each. */
#ifndef PACKD_CARRIERS_CARRIER_LIST_H
#define PACKD_CARRIERS_CARRIER_LIST_H

#include "carriers/carrier.h"

const struct carrier *carrier_find(struct bytes name); /* NULL: no such courier */
const struct carrier *carrier_at(size_t index);        /* NULL past the end */

#endif
