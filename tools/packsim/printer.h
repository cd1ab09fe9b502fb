/* printer.h - the virtual label printer: a queue, a head, paper that runs out, and a tongue. */
#ifndef PACKD_TOOLS_PACKSIM_PRINTER_H
#define PACKD_TOOLS_PACKSIM_PRINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/json.h"

MUST_USE bool printer_open(uint16_t port, uint16_t *out_port);

/* "zpl", or a tongue's name (tongue.h). */
MUST_USE bool printer_language_set(struct bytes name);

/* World locked. "paper-out 50", "power-cycle" ...; see README.md. */
MUST_USE bool printer_command(struct bytes words, const char **out_why);
void printer_write(struct json_writer *line);
void printer_labels_write(struct json_writer *lines); /* one line a label that left the printer */
uint64_t printer_labels_count(void);                  /* complete ones */

#endif
