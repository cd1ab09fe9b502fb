/* spoil.h - answers broken below the level of HTTP: what stands on the wire is the test's. */
#ifndef PACKD_TOOLS_PACKSIM_SPOIL_H
#define PACKD_TOOLS_PACKSIM_SPOIL_H

#include "tools/packsim/faults.h"
#include "tools/packsim/http.h"
#include "tools/packsim/wire.h"

/* FAULT_RAW, FAULT_HEADERS, FAULT_LONG_HEADER, FAULT_INTERIM, FAULT_RESET_AT: sends what the fault
 * makes of the reply, and ends the connection. */
void spoil_send(struct wire *wire, const struct fault *fault, const struct reply *reply);

#endif
