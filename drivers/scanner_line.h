/* scanner_line.h - the driver for scanners that send lines of text. */
#ifndef PACKD_DRIVERS_SCANNER_LINE_H
#define PACKD_DRIVERS_SCANNER_LINE_H

#include "drivers/scanner.h"

extern const struct scanner_driver scanner_line;

#endif
