/* identity.h - what is known of a device before it has said anything: a value, shared by drivers,
 * binding and the station's events. Texts come from the device: any printable characters, cut. */
#ifndef PACKD_DRIVERS_IDENTITY_H
#define PACKD_DRIVERS_IDENTITY_H

#include "hal/base/bytes.h"

#define IDENTITY_TEXT_SIZE 100

struct device_identity {
    uint16_t vendor; /* USB; 0 elsewhere and when unknown */
    uint16_t product;
    bool is_serial;
    bool is_hid; /* one device may have more than one face */
    bool is_printer;
    bool is_keyboard; /* is_hid, and the kernel would type what it sends */
    char serial[IDENTITY_TEXT_SIZE];
    char product_name[IDENTITY_TEXT_SIZE];
    /* Known once it is open; borrowed from the event that brings it. */
    struct bytes device_id;         /* USB printers: IEEE 1284, two length bytes first */
    struct bytes report_descriptor; /* USB HID */
    bool can_read;                  /* false: a printer that has no way to answer */
};

#endif
