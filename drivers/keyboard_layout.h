/* keyboard_layout.h - from a key (HID Usage Tables, page 07) to the character that a country's
 * keyboard has there. Only what is the same on Windows and Linux is in the tables. */
#ifndef PACKD_DRIVERS_KEYBOARD_LAYOUT_H
#define PACKD_DRIVERS_KEYBOARD_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/scanner_settings.h"

enum keyboard_level { KEYBOARD_PLAIN, KEYBOARD_SHIFT, KEYBOARD_ALT_GR };

/* A dead key: it types this character only with a blank behind it, else an accent. */
#define KEYBOARD_DEAD 0x8000u

/* A Unicode character below KEYBOARD_DEAD, maybe with it; 0: none that is certain. */
uint16_t keyboard_layout_character(enum keyboard_layout layout, uint8_t key,
                                   enum keyboard_level level);

/* Is it certain what Caps Lock does to this key? On German and French keyboards it may also shift
 * digits and signs, depending on the system. */
bool keyboard_layout_caps_certain(enum keyboard_layout layout, uint8_t key);

const char *keyboard_layout_word(enum keyboard_layout layout); /* "us" */

#endif
