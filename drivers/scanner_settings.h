/* scanner_settings.h - how a scanner is set up: a value, shared by drivers and configuration. */
#ifndef PACKD_DRIVERS_SCANNER_SETTINGS_H
#define PACKD_DRIVERS_SCANNER_SETTINGS_H

#include <stdint.h>

#define SCANNER_FIX_SIZE 9 /* of a prefix or suffix, its NUL included */

/* In the order of the setting's words. */
enum keyboard_layout { KEYBOARD_US, KEYBOARD_UK, KEYBOARD_DE, KEYBOARD_FR, KEYBOARD_IN };
#define KEYBOARD_LAYOUTS 5u

struct scanner_settings {
    enum keyboard_layout layout; /* the country that a scanner which types is set to */
    uint8_t gs_key;              /* 1 to 12: this F key is GS; 0: none is */
    /* What the scanner puts around each code beside the terminator. Both are taken off; a code
     * without them has lost a part and is refused. */
    char prefix[SCANNER_FIX_SIZE];
    char suffix[SCANNER_FIX_SIZE];
};

#endif
