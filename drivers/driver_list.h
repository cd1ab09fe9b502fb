/* driver_list.h - every driver, one line each, in probing order. The list is the only place that
 * knows them all. */
#ifndef PACKD_DRIVERS_DRIVER_LIST_H
#define PACKD_DRIVERS_DRIVER_LIST_H

#include "drivers/printer.h"
#include "drivers/scale.h"
#include "drivers/scanner.h"

const struct scale_driver *scale_driver_find(struct bytes name); /* NULL: no such driver */
const struct scanner_driver *scanner_driver_find(struct bytes name);
const struct printer_driver *printer_driver_find(struct bytes name);

/* NULL past the end. */
const struct scale_driver *scale_driver_at(size_t index);
const struct scanner_driver *scanner_driver_at(size_t index);
const struct printer_driver *printer_driver_at(size_t index);

#endif
