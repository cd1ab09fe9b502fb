/* model_parts.h - what several models are made of; for the model_*.c. */
#ifndef PACKD_TESTS_GUEST_MODEL_PARTS_H
#define PACKD_TESTS_GUEST_MODEL_PARTS_H

#include "tests/guest/played.h"

/* One HID interface with one interrupt IN endpoint: 25 bytes of a configuration. Its number,
 * subclass, protocol, length of the report descriptor (low byte first), endpoint, packet size. */
#define HID_FACE(number, subclass, protocol, report_len, endpoint, packet)                    \
    "09 04 " number " 00 01 03 " subclass " " protocol " 00 09 21 11 01 00 01 22 " report_len \
    " 07 05 " endpoint " 03 " packet " 00 04 "

/* Printer class both ways, bulk OUT 02 and IN 82: 23 bytes. */
#define PRINTER_FACE(number, packet)                                         \
    "09 04 " number " 00 02 07 01 02 00 07 05 02 02 " packet " 00 07 05 82 " \
    "02 " packet " 00 "

/* Mass storage, bulk only, OUT 03 and IN 83: 23 bytes. */
#define STORAGE_FACE(number)                                                     \
    "09 04 " number " 00 02 08 06 50 00 07 05 03 02 00 02 00 07 05 83 02 00 02 " \
    "00 "

/* Datalogic Gryphon GD4400: public dump in felis/USB_Host_Shield_2.0, issue 669. 65 bytes. */
#define SCANNER_KEYBOARD_REPORT                                                                  \
    "05 01 09 06 a1 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 81 01 95 05 " \
    "75 01 05 08 19 01 29 05 91 02 95 01 75 03 91 01 95 06 75 08 15 00 26 ff 00 05 07 19 00 2a " \
    "ff 00 81 00 c0"

/* The relay's text, typed: a carriage return is Enter. */
void keyboard_heard(struct played *played, struct bytes bytes);
/* "a" is typed with `modifiers`; key and release. */
void keyboard_press(struct played *played, uint8_t modifiers, uint8_t usage);

int printer_control(struct played *played, const uint8_t *setup, struct bytes out, uint8_t *in);
void printer_out(struct played *played, uint8_t endpoint, struct bytes bytes);

/* The disk of a composite device: there is one, and it is never ready. */
int storage_control(const uint8_t *setup, uint8_t *in);
void storage_out(struct played *played, struct bytes bytes);
/* Printer on endpoint 2, disk on 3. */
void composite_out(struct played *played, uint8_t endpoint, struct bytes bytes);

extern const struct model model_scanner, model_scanner_2, model_keyboard, model_pos;
extern const struct model model_scale_acm, model_scale_hid;
extern const struct model model_printer, model_printer_other;
extern const struct model model_composite, model_hostile_size, model_hostile_nested;
extern const struct model model_hostile_long, model_hostile_usage;

#endif
