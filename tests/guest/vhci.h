/* vhci.h - a USB device that a program plays: Linux' virtual host controller (vhci-hcd) hands the
 * requests for one of its sockets to us, as the messages of Documentation/usb/usbip_protocol.rst,
 * over a socket pair instead of a network.
 *
 * The kernel answers SET_ADDRESS itself; every other request comes here, standard ones too. A
 * request that is not answered is what a device's NAK is: the host waits. Needs root. */
#ifndef PACKD_TESTS_GUEST_VHCI_H
#define PACKD_TESTS_GUEST_VHCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"

#define VHCI_SOCKETS_MAX 15            /* of the first controller, USB 2 (kernel's configuration) */
#define VHCI_TRANSFER_MAX (256 * 1024) /* one request; the kernel's drivers ask for less */

enum vhci_speed { VHCI_FULL_SPEED = 2, VHCI_HIGH_SPEED = 3 }; /* enum usb_device_speed */

struct vhci_request {
    uint32_t number;
    uint8_t endpoint; /* 0x80: towards the host */
    size_t len;       /* wanted, or brought */
    uint8_t setup[8]; /* of endpoint 0 */
    struct bytes out; /* brought; good during the call */
};

struct vhci_events {
    void (*asked)(void *context, const struct vhci_request *request);
    /* The host takes a request back. True: it was waiting here, and is forgotten now. */
    bool (*taken_back)(void *context, uint32_t number);
};

struct vhci {
    int fd; /* -1: not plugged in; otherwise to be polled for reading */
    unsigned socket;
    const struct vhci_events *events;
    void *context;
};

/* False: no such controller, or the socket stays in use. */
bool vhci_plug(struct vhci *vhci, unsigned socket, enum vhci_speed speed,
               const struct vhci_events *events, void *context);
void vhci_unplug(struct vhci *vhci);
/* Takes one message. False: the host has hung up. */
bool vhci_turn(struct vhci *vhci);
/* `status` is 0 or a negative errno as Documentation/driver-api/usb/error-codes.rst has them;
 * `moved` bytes were taken, or are those of `in`. */
void vhci_answer(struct vhci *vhci, uint32_t number, int status, size_t moved, struct bytes in);

#endif
