/* printer_escpos.h - the driver for receipt printers that speak ESC/POS, used for labels on paper
 * without gaps. */
#ifndef PACKD_DRIVERS_PRINTER_ESCPOS_H
#define PACKD_DRIVERS_PRINTER_ESCPOS_H

#include "drivers/printer.h"

extern const struct printer_driver printer_escpos;

#endif
