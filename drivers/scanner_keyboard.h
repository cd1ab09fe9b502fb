/* scanner_keyboard.h - the driver for scanners that type like a keyboard. */
#ifndef PACKD_DRIVERS_SCANNER_KEYBOARD_H
#define PACKD_DRIVERS_SCANNER_KEYBOARD_H

#include "drivers/scanner.h"

extern const struct scanner_driver scanner_keyboard;

#endif
