/* custom.h - what the two files of the custom order system share. */
#ifndef PACKD_FIRMWARE_OMS_CUSTOM_H
#define PACKD_FIRMWARE_OMS_CUSTOM_H

#include "firmware/oms/oms.h"

/* 1 to 64 of A-Z a-z 0-9 . _ - / # (CONTRACT.md); out_id has ORDER_ID_SIZE. */
MUST_USE bool custom_id(struct json value, char *out_id);

bool custom_order_parse(struct bytes document, struct scratch scratch, struct order *out,
                        const char **out_why);

#endif
