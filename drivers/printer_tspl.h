/* printer_tspl.h - the driver for label printers that speak TSPL or TSPL2: TSC, and most of the
 * cheap 4 x 6 inch ones. */
#ifndef PACKD_DRIVERS_PRINTER_TSPL_H
#define PACKD_DRIVERS_PRINTER_TSPL_H

#include "drivers/printer.h"

extern const struct printer_driver printer_tspl;

#endif
