/* usb.h - USB devices seen and gone, HID reports, printer bytes.
 *
 * A device is claimed for one face: HID takes every HID interface but mice, so that the kernel
 * types nothing, and reads the best of them (point-of-sale or weighing usage, else keyboard, else
 * the first); PRINTER takes the printer-class interface, bidirectional if offered. Other interfaces
 * stay with the kernel, whatever else the device claims to be. Reports are in the device's default
 * protocol, one `bytes` each; at least two reads are always waiting, because nobody keeps a report
 * that finds none.
 *
 * Nothing is claimed by kind. Whether a keyboard is a scanner or somebody's keyboard is not to be
 * seen on the bus: the caller names the device it wants, and only that one is even opened. All of
 * a named device is taken that types, since a scanner that is point of sale and keyboard would else
 * type its codes at the console.
 *
 * Never a device reset, a configuration set, or a detach and attach between jobs: each of them
 * loses labels (CUPS quirks for Zebra). Unknown time is not spent here: opening asks the kernel
 * only; a stalled endpoint is cleared by a kernel call that may wait for the device, rarely. What
 * is survived and what ends a claim: usb_flow_libusb.c. Stronger means, asked for by the caller
 * and with nothing claimed: usb_mend.h. */
#ifndef PACKD_HAL_USB_H
#define PACKD_HAL_USB_H

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/base/textbuf.h"
#include "hal/hotplug.h"
#include "hal/port.h"

#define USB_DEVICES_MAX \
    128 /* of our two kinds, known at once: one more than a bus can hold. What
                             * finds no room is told when there is some again */
#define USB_SEND_MAX (16u * 1024u)
#define USB_DEVICE_ID_MAX 1024u
#define USB_DESCRIPTOR_MAX 1024u /* of a HID report descriptor; a longer one is cut */
#define USB_IN_MAX 4096u
#define USB_REPORT_TIMEOUT_MS 1000 /* a report that is not taken by then never is */

struct usb;
struct usb_claim;

/* No USB at all is not an error: there are no devices then. */
MUST_USE enum err usb_open(struct loop *loop, struct usb **out_usb);
/* Releases what is claimed, without callbacks. Waits up to a second for the kernel to hand back
 * what is in flight. Accepts NULL. */
void usb_close(struct usb *usb);

/* One observer; NULL events: none. What is there is told again in the next turn. */
void usb_observe(struct usb *usb, const struct hotplug_events *events, void *context);

#define USB_PATH_SIZE 40

struct usb_socket {
    char path[USB_PATH_SIZE]; /* "1-1.4" as the kernel calls it */
    bool is_printer;
};

/* Where the device of a selector is plugged in, or was the last time that it was here.
 * ERR_NOT_FOUND; ERR_BUSY: claimed by us; ERR_EXISTS: more than one fits; ERR_INVALID. */
MUST_USE enum err usb_find_socket(const struct usb *usb, struct bytes selector,
                                  struct usb_socket *out_socket);

/* None is called from inside a function of this header. After failed or closed the claim is no
 * longer the caller's; inside them usb_release is not allowed, inside the others it is. */
struct usb_events {
    void (*opened)(void *context, const struct port_identity *identity);
    void (*failed)(void *context, enum err error, const char *sentence);
    void (*bytes)(void *context, struct bytes bytes);
    /* `taken` of the bytes of usb_send were taken. Fewer than asked: the rest may be sent again
     * to a printer; a report is taken or not, and one that was not is refused by the device. */
    void (*sent)(void *context, size_t taken);
    void (*closed)(void *context, enum err error, const char *sentence);
};

/* `selector` is "VID:PID[:SERIAL]" as in port.h; face HID or PRINTER. Claims at once, tells later.
 * ERR_NOT_FOUND: no such device, or it has no such face; ERR_BUSY: claimed by another;
 * ERR_REFUSED: no permission; ERR_INVALID: the selector; always with a sentence. */
MUST_USE enum err usb_claim(struct usb *usb, struct bytes selector, enum port_face face,
                            const struct usb_events *events, void *context, struct textbuf *out_why,
                            struct usb_claim **out_claim);
/* Nobody is called any more. The device is given back when its transfers are. */
void usb_release(struct usb_claim *claim);

/* Copies 1 to USB_SEND_MAX bytes, or one report (base/hid.h); one at a time, always answered by
 * `sent`, before `closed` too. A printer without paper takes its time, without end; a report has
 * USB_REPORT_TIMEOUT_MS. ERR_CLOSED: the device is failing, `closed` follows; ERR_BUSY: the one
 * before is not answered; ERR_INVALID: not a report. */
MUST_USE enum err usb_send(struct usb_claim *claim, struct bytes bytes);

#endif
