/* oms_list.h - every order system, one line each. */
#ifndef PACKD_FIRMWARE_OMS_OMS_LIST_H
#define PACKD_FIRMWARE_OMS_OMS_LIST_H

#include "firmware/oms/oms.h"

const struct oms *oms_find(struct bytes name); /* NULL: no such order system */
const struct oms *oms_at(size_t index);        /* NULL past the end */

#endif
