/* usb_mend.h - what can be done to a USB device that has failed, from outside: a device reset, and
 * its socket switched off and on (enum port_mend). The kernel takes its time for both, up to many
 * seconds, so they happen on a thread of their own, one at a time; there is no thread while nothing
 * is mended.
 *
 * Nobody may have the device open meanwhile: a reset takes every claim away. */
#ifndef PACKD_HAL_USB_MEND_H
#define PACKD_HAL_USB_MEND_H

#include "hal/base/err.h"
#include "hal/loop.h"
#include "hal/port.h"
#include "hal/usb.h"

#define USB_POWER_OFF_MS 2000 /* until the capacitors of a device are empty */

struct usb_mender;

/* `sentence` is plain English and never NULL; ERR_UNSUPPORTED: this hub cannot; ERR_REFUSED: we may
 * not; ERR_NOT_FOUND: nothing is plugged in there; ERR_IO: tried, and it failed. */
typedef void usb_mended_fn(void *context, enum err error, const char *sentence);

MUST_USE enum err usb_mender_open(struct loop *loop, usb_mended_fn *mended, void *context,
                                  struct usb_mender **out_mender);
/* Waits for what is under way, whose socket is switched on again first. Accepts NULL. */
void usb_mender_close(struct usb_mender *mender);

/* `path` is "1-1.4", the socket. Answered by `mended`. ERR_BUSY: one is under way. */
MUST_USE enum err usb_mender_start(struct usb_mender *mender, enum port_mend step,
                                   const char *path);

#endif
