/* scanner.h - the virtual scanners: each says a code to whoever listens to it, with its suffix. */
#ifndef PACKD_TOOLS_PACKSIM_SCANNER_H
#define PACKD_TOOLS_PACKSIM_SCANNER_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/json.h"

MUST_USE bool scanner_open(unsigned which /* 0, 1 */, uint16_t port, uint16_t *out_port);

/* World locked. The text may hold \xHH; false with a plain sentence when nobody listens. */
MUST_USE bool scanner_scan(struct bytes text, const char **out_why);
MUST_USE bool scanner_command(struct bytes words, const char **out_why);
void scanner_write(struct json_writer *line);

#endif
