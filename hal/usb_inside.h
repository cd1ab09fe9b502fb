/* usb_inside.h - what the parts of usb.h share; for nobody else.
 *
 * usb_libusb.c has the context, the loop and the devices; usb_claim_libusb.c the life of a claimed
 * one, usb_ask_libusb.c what it is asked first, usb_flow_libusb.c what goes in and out of it;
 * usb_selector.c tells which device an address means.
 * Nothing of ours is called from inside the library: its callbacks only put a finished transfer on
 * `done` or note a device, and usb_work runs when the library has returned. So a callback of the
 * caller may claim, send and release as it likes.
 */
#ifndef PACKD_HAL_USB_INSIDE_H
#define PACKD_HAL_USB_INSIDE_H

#include "hal/loop.h"
#include "hal/usb.h"

#define USB_TEXT_SIZE 100 /* of a string descriptor, cut */
#define USB_HID_FACES_MAX 4
#define USB_LOST_MAX 8
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
    uint8_t in_endpoint;      /* 0: none */
    uint8_t out_endpoint;     /* 0: none; a HID device is then written to by control transfers */
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
    char path[USB_PATH_SIZE]; /* "1-1.4" */
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

#define USB_READS_FLYING 4

enum usb_claim_state { CLAIM_ASKING, CLAIM_OPEN, CLAIM_ENDING, CLAIM_RELEASED };

struct usb_claim {
    struct usb *usb;
    struct usb_claim *next;
    enum usb_claim_state state;
    bool was_open;
    enum port_face face;
    struct usb_events events;
    void *context;
    struct libusb_device_handle *handle;
    struct usb_device device;           /* a copy: the entry may be gone before the claim */
    const struct usb_face *reading;     /* the face we read and write */
    uint8_t claimed[USB_HID_FACES_MAX]; /* interfaces */
    size_t claimed_count;
    size_t asked; /* questions sent, or found to be needless */
    struct usb_transfer control;
    struct usb_transfer in[USB_READS_FLYING];
    size_t in_count;
    int in_size; /* of one read */
    struct usb_transfer out;
    size_t out_len; /* as usb_send was given it */
    bool stalled;   /* reading has halted; cleared when no read flies any more */
    unsigned stalls;
    unsigned errors; /* transfers that failed, in a row */
    unsigned empty_reads;
    enum err error;
    const char *sentence;
    struct port_identity identity;
    unsigned best_score;
    uint8_t answer[USB_DEVICE_ID_MAX]; /* device id, or the report descriptor of `reading` */
    size_t answer_len;
};

_Static_assert(USB_DEVICE_ID_MAX >= USB_DESCRIPTOR_MAX, "`answer` holds either");

struct usb {
    struct loop *loop;
    struct libusb_context *context;
    struct loop_watch watches[USB_DESCRIPTORS_MAX];
    struct loop_later soon;
    bool working; /* inside usb_work */
    struct usb_device devices[USB_DEVICES_MAX];
    bool missed;                          /* an arrival found the table full */
    struct usb_device lost[USB_LOST_MAX]; /* the latest that went, in a ring */
    size_t lost_count;
    struct hotplug_events observer;
    void *observer_context;
    struct usb_claim *claims;
    struct usb_transfer *done_first;
    struct usb_transfer *done_last;
};

/* Tells what has happened: transfers in the order they finished, then devices. */
void usb_work(struct usb *usb);

bool usb_selector_parse(struct bytes text, struct usb_selector *out_selector);
bool usb_selector_names(const struct usb_selector *selector, const struct usb_device *device);
/* The same for what is there: a device that has left fits nothing. */
bool usb_selector_fits(const struct usb_selector *selector, const struct usb_device *device);

/* usb_claim_libusb.c: a finished transfer, taken off `done`. */
void usb_claim_take(struct usb_transfer *transfer);
/* Frees the claims that have ended and got all transfers back; tells their owners. */
void usb_claims_sweep(struct usb *usb);
/* This device is not there any more: not every claim has a transfer that would notice. */
void usb_claims_gone(struct usb *usb, const struct libusb_device *device);
/* Claimed by us for any face, or not yet given back. */
bool usb_claims_have(const struct usb *usb, const struct usb_device *device);
/* Releases every claim; usb_claims_sweep frees them as their transfers come back. */
void usb_claims_release(struct usb *usb);
/* Ends a claim, once: from here on nothing is sent or read; the sweep does the rest. */
void usb_claim_fail(struct usb_claim *claim, enum err error, const char *sentence);
bool usb_transfer_make(struct usb_claim *claim, struct usb_transfer *transfer, size_t size);
/* What the library calls when a transfer has finished. */
void usb_transfer_done(struct libusb_transfer *finished);
void usb_transfer_cancel(struct usb_transfer *transfer);
/* Lets it fly; the claim fails when the device does not take it. */
void usb_transfer_submit(struct usb_transfer *transfer);

/* usb_ask_libusb.c: asks what is to be known before a claim is open; answers come to
 * usb_ask_take. In the end the claim is open and told. */
void usb_ask_next(struct usb_claim *claim);
void usb_ask_take(struct usb_transfer *transfer);

/* usb_flow_libusb.c. */
void usb_flow_start(struct usb_claim *claim);
void usb_flow_take_in(struct usb_transfer *transfer);
void usb_flow_take_out(struct usb_transfer *transfer);

/* Our word for one of the library's errors (a negative number). */
enum err usb_err(int library_error);

#endif
