/* scale.h - the virtual scale: a plate with a mass on it, seen through one of many protocols. */
#ifndef PACKD_TOOLS_PACKSIM_SCALE_H
#define PACKD_TOOLS_PACKSIM_SCALE_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/json.h"

MUST_USE bool scale_open(uint16_t port, uint16_t *out_port);
MUST_USE bool scale_protocol_set(struct bytes name); /* of scale_talk.c */

/* World locked. Grams or kilograms as people write them ("742g", "1.25kg", "742"). */
MUST_USE bool scale_put(struct bytes mass);
void scale_lift(void);
/* "noise 3", "overload", "unplug 2000" ...; see README.md. */
MUST_USE bool scale_command(struct bytes words, const char **out_why);
bool scale_is_stable(void);
void scale_write(struct json_writer *line);

#endif
