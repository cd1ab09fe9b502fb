/* printer_paper.h - the paper that left the printer: what is on it, how much of it, and where it is
 * kept as a file. World locked. */
#ifndef PACKD_TOOLS_PACKSIM_PRINTER_PAPER_H
#define PACKD_TOOLS_PACKSIM_PRINTER_PAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/json.h"
#include "tools/packsim/tongue.h"

/* A label, `percent` of it; at 100 it becomes a file and, but for ZPL (tongue NULL), a picture.
 * `again`: after an error, from its start. */
void paper_add(struct bytes format, const struct tongue *tongue, uint64_t job, int64_t percent,
               bool again, int64_t length_dots);
uint64_t paper_labels(void); /* complete ones */
uint64_t paper_dots(void);   /* fed in all */
void paper_write(struct json_writer *lines);

#endif
