/* hotplug.h - devices seen and gone, with an identity that survives replugging.
 *
 * Serial lines come from udev, HID and printer devices from usb.h; both end here. What is there at
 * the start is told as seen in the first turns of the loop. Each device is told once, however often
 * the system reports it. No callback is made from inside hotplug_open. Without udev (a container)
 * there are no serial lines and no changes; that is no error. */
#ifndef PACKD_HAL_HOTPLUG_H
#define PACKD_HAL_HOTPLUG_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/err.h"
#include "hal/port.h"

#define HOTPLUG_LINES_MAX 32 /* serial lines known at once; more are told when there is room */

struct hotplug;

/* Borrowed for the call. */
struct device_seen {
    /* As ports_connect takes it, in its most exact form: "serial:/dev/serial/by-id/..." (by-path
     * when the device has no serial number, the node when it has no link), "usb:0a5f:0080:SERIAL"
     * or "usb:0a5f:0080:@1-1.4" when it has none. A configured address may be the shorter
     * "usb:0a5f:0080": it names this device when it is equal, or equal up to a following ':'. */
    const char *address;
    bool is_serial;
    bool is_hid; /* one device may have more than one face */
    bool is_printer;
    bool is_keyboard; /* is_hid, and the kernel would type what it sends */
    uint16_t vendor;  /* USB; 0 elsewhere */
    uint16_t product;
    const char *serial; /* "" when it has none */
    const char *product_name;
};

struct hotplug_events {
    void (*seen)(void *context, const struct device_seen *device);
    void (*gone)(void *context, const char *address); /* as it was told in seen */
};

/* `usb` may be NULL: serial lines only. Loop and usb must outlive it. Events are copied. */
MUST_USE enum err hotplug_open(struct loop *loop, struct usb *usb,
                               const struct hotplug_events *events, void *context,
                               struct hotplug **out_hotplug);
void hotplug_close(struct hotplug *hotplug); /* accepts NULL */

#endif
