/* usb_inside.h - what the parts of usb.h share; for nobody else.
 *
 * usb_libusb.c has the context, the loop and the devices; usb_claim_libusb.c what is done with a
 * claimed one; usb_selector.c tells which device an address means. Nothing of ours is called from
 * inside the library: its callbacks only put a finished transfer on `done` or note a device, and
 * usb_work runs when the library has returned. So a callback of the caller may claim, send and
 * release as it likes.
 */
#ifndef PACKD_HAL_USB_INSIDE_H
#define PACKD_HAL_USB_INSIDE_H

#include "hal/loop.h"
#include "hal/usb.h"

#define USB_TEXT_SIZE 100 /* of a string descriptor, cut */
#define USB_HID_FACES_MAX 4
#define USB_DESCRIPTORS_MAX 48 /* file descriptors of the library: two, and one a claim */

struct libusb_context;
struct libusb_device;
struct libusb_transfer;

struct usb_face { /* one interface that we could use */
    uint8_t interface;
    uint8_t alternate;
    bool has_alternates;
    uint8_t protocol;
    bool is_keyboard;
    uint8_t in_endpoint; /* 0: none */
    uint8_t out_endpoint;
    uint16_t in_size;         /* wMaxPacketSize */
    uint16_t descriptor_size; /* HID: of the report descriptor */
};

struct usb_device {
    struct libusb_device *device; /* NULL: free entry */
    bool told;
    bool left;
    uint16_t vendor;
    uint16_t product;
    char serial[USB_TEXT_SIZE];
    char product_name[USB_TEXT_SIZE];
    char path[40]; /* "1-1.4" */
    char address[PORT_ADDRESS_SIZE];
    struct usb_face hid[USB_HID_FACES_MAX];
    size_t hid_count;
    struct usb_face printer; /* no out_endpoint: it has none */
};

struct usb_selector { /* "VID:PID[:SERIAL]" taken apart */
    uint16_t vendor;
    uint16_t product;
    struct bytes serial; /* empty: any; "@1-1.4": that socket */
};

struct usb_transfer {
    struct usb_claim *claim;
    struct libusb_transfer *transfer;
    uint8_t *buffer;
    bool flying; /* from submitting until usb_work has looked at it */
    struct usb_transfer *next_done;
};

struct usb {
    struct loop *loop;
    struct libusb_context *context;
    struct loop_watch watches[USB_DESCRIPTORS_MAX];
    struct loop_later soon;
    bool working; /* inside usb_work */
    struct usb_device devices[USB_DEVICES_MAX];
    struct hotplug_events observer;
    void *observer_context;
    struct usb_claim *claims;
    struct usb_transfer *done_first;
    struct usb_transfer *done_last;
};

/* Tells what has happened: transfers in the order they finished, then devices. */
void usb_work(struct usb *usb);

bool usb_selector_parse(struct bytes text, struct usb_selector *out_selector);
/* A device that has left fits nothing. */
bool usb_selector_fits(const struct usb_selector *selector, const struct usb_device *device);

/* A finished transfer, taken off `done`. */
void usb_claim_take(struct usb_transfer *transfer);
/* Frees the claims that have ended and got all transfers back; tells their owners. */
void usb_claims_sweep(struct usb *usb);
/* Releases every claim; usb_claims_sweep frees them as their transfers come back. */
void usb_claims_release(struct usb *usb);
/* Our word for one of the library's errors (a negative number). */
enum err usb_err(int library_error);

#endif
