/* oms.h - the order-system service: firmware/oms/CONTRACT.md, complete but for the webhook. */
#ifndef PACKD_TOOLS_PACKSIM_OMS_H
#define PACKD_TOOLS_PACKSIM_OMS_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"

MUST_USE bool oms_open(uint16_t port, uint16_t *out_port);

/* World locked. Each is written to the book. False with a plain sentence. */
MUST_USE bool oms_order_command(struct bytes words,
                                const char **out_why); /* "cancel WEB-1001" ... */
void oms_cursors_expire(void); /* every cursor handed out so far is gone (410) */

#endif
