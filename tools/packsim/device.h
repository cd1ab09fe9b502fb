/* device.h - a device on a TCP port, as a serial device server or a network printer shows it.
 *
 * All devices share one thread: it carries bytes, and every few milliseconds gives each device its
 * turn. Unplugged means the connections are cut and new ones refused. The device's functions are
 * called with the world locked; so must be the ones here. */
#ifndef PACKD_TOOLS_PACKSIM_DEVICE_H
#define PACKD_TOOLS_PACKSIM_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"

#define DEVICE_CLIENTS_MAX 4
#define DEVICE_FOR_EVER INT64_MAX

struct device {
    size_t clients_max;                 /* further ones wait, as at a printer */
    void (*received)(struct bytes run); /* bytes from a client; may be NULL */
    void (*turn)(int64_t now_ms);       /* monotonic; may be NULL */
    /* device.c's own: */
    int listening; /* -1: unplugged */
    uint16_t port;
    int clients[DEVICE_CLIENTS_MAX];
    size_t client_count;
    int64_t plugged_at_ms; /* while unplugged: when it comes back */
    bool deaf;             /* does not read: the sender's buffers fill up */
};

MUST_USE bool device_open(struct device *device, uint16_t port, uint16_t *out_port);
MUST_USE bool devices_start(void);

size_t device_clients(const struct device *device);
void device_send(struct device *device,
                 struct bytes run);         /* to everyone; what does not fit is lost */
void device_hang_up(struct device *device); /* cuts the connections, goes on listening */
void device_unplug(struct device *device, int64_t for_ms);
void device_plug(struct device *device);

#endif
