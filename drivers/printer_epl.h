/* printer_epl.h - the driver for label printers that speak EPL2 in page mode: old Zebra and Eltron,
 * Intermec with ESim. */
#ifndef PACKD_DRIVERS_PRINTER_EPL_H
#define PACKD_DRIVERS_PRINTER_EPL_H

#include "drivers/printer.h"

extern const struct printer_driver printer_epl;

#endif
