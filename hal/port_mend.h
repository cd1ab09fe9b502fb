/* port_mend.h - the part of port.h that mends; for port.c alone. One mending at a time. */
#ifndef PACKD_HAL_PORT_MEND_H
#define PACKD_HAL_PORT_MEND_H

#include "hal/loop.h"
#include "hal/port.h"

struct usb_mender;

struct port_mending {
    struct loop *loop;
    struct usb *usb;
    const struct port_events *events;
    void *context;
    struct usb_mender *mender; /* NULL: nothing was mended yet */
    bool busy;
    uint32_t ticket;
    struct loop_later soon; /* tells what is known without trying */
    enum err error;
};

/* `events` must outlive it. */
void port_mending_init(struct port_mending *mending, struct loop *loop, struct usb *usb,
                       const struct port_events *events, void *context);
void port_mending_close(struct port_mending *mending);
/* As ports_mend says. */
MUST_USE enum err port_mending_start(struct port_mending *mending, uint32_t ticket,
                                     struct bytes address, enum port_mend step,
                                     bool labels_may_be_lost);

#endif
