/* usb_bench.h - USB devices without hardware: umockdev gives the sysfs, the uevents and the device
 * nodes, this file the devices behind them, at the level of usbfs requests (linux/usbdevice_fs.h).
 *
 * The program must run under umockdev's preload library; usb_bench_enter sees to that. A request of
 * the kernel interface is answered in another thread, so what a device has done is asked for by
 * functions here and waited for in the loop. The trick with the node: it is a FIFO that is full
 * while nothing can be reaped, because libusb waits for it to become writable. */
#ifndef PACKD_TESTS_SUPPORT_USB_BENCH_H
#define PACKD_TESTS_SUPPORT_USB_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"

#define USB_BENCH_ANSWERS_MAX 6

/* A control request that is answered; every other one is stalled. */
struct usb_bench_answer {
    uint8_t type;    /* bmRequestType */
    uint8_t request; /* bRequest */
    uint16_t value;
    uint16_t index;
    struct bytes data; /* IN: what comes back. OUT: only accepted */
};

struct usb_bench_model {
    uint8_t number;          /* devnum, and the port on bus 1; 2 to 127 */
    const char *descriptors; /* device and configuration, hexadecimal, blanks allowed */
    const char *serial;      /* NULL: none */
    const char *product;
    const char *kernel_driver; /* that has bound to every interface first; NULL: none */
    struct usb_bench_answer answers[USB_BENCH_ANSWERS_MAX];
};

struct usb_bench;
struct usb_bench_device;

/* Starts the program again under the preload library if it is not yet. False: that is not there. */
bool usb_bench_enter(char **arguments);

struct usb_bench *usb_bench_open(void);
/* In a test bed of the caller's, which has other things in it as well. */
struct _UMockdevTestbed;
struct usb_bench *usb_bench_of(struct _UMockdevTestbed *testbed);
void usb_bench_close(struct usb_bench *bench);

/* The model is borrowed until unplugging. */
struct usb_bench_device *usb_bench_plug(struct usb_bench *bench,
                                        const struct usb_bench_model *model);
/* The device has lost contact and is back under another devnum, and its going was never told: the
 * old one is dead, the new one is returned. */
struct usb_bench_device *usb_bench_come_back(struct usb_bench *bench,
                                             struct usb_bench_device *device, uint8_t devnum);
/* One more "add" event for a device that is there. */
void usb_bench_announce(struct usb_bench *bench, struct usb_bench_device *device);
/* Lets go of what is kept of unplugged devices; only when nobody has one of them open any more. */
void usb_bench_sweep(struct usb_bench *bench);
/* What flies comes back as the kernel gives it back; then the "remove" event. */
void usb_bench_unplug(struct usb_bench *bench, struct usb_bench_device *device);

/* The next transfer on an IN endpoint completes with this; may be empty. */
void usb_bench_say(struct usb_bench_device *device, uint8_t endpoint, struct bytes data);
/* The next transfer on an endpoint completes with this negative errno, and nothing more moves. */
void usb_bench_refuse(struct usb_bench_device *device, uint8_t endpoint, int status);
/* What was said or refused and has found no transfer yet is forgotten. */
void usb_bench_forgive(struct usb_bench_device *device);
/* A printer takes this many bytes more, then lets transfers wait; SIZE_MAX: all, which is usual. */
void usb_bench_take_only(struct usb_bench_device *device, size_t bytes);

/* A device that does not answer control requests any more, or again. */
void usb_bench_hold(struct usb_bench_device *device, bool hold);

/* Something else in the test bed, in umockdev's words. */
void usb_bench_add(struct usb_bench *bench, const char *text);
/* The hub that all devices hang on: wHubCharacteristics as it tells them, and the requests that it
 * was sent, as usb_bench_told gives them. */
void usb_bench_hub_is(struct usb_bench *bench, uint8_t characteristics);
struct bytes usb_bench_hub_told(struct usb_bench *bench);
/* Gives the kernel a switch for the socket of this number; returns the file of it, for g_free. */
char *usb_bench_switch(struct usb_bench *bench, unsigned number);

/* Which interfaces the kernel's driver is bound to just now, one bit each; how often it was sent
 * away or fetched back. */
unsigned usb_bench_bound(struct usb_bench_device *device);
size_t usb_bench_rebinds(struct usb_bench_device *device);
/* Which interfaces are claimed just now, one bit each. */
unsigned usb_bench_claimed(struct usb_bench_device *device);
/* All control requests that sent something out: eight bytes of setup each, then the data. */
struct bytes usb_bench_told(struct usb_bench_device *device);
/* All bytes taken on OUT endpoints; good until the next call. */
struct bytes usb_bench_taken(struct usb_bench_device *device);
/* How many transfers fly on an endpoint. */
size_t usb_bench_flying(struct usb_bench_device *device, uint8_t endpoint);
/* How often a halt was cleared while transfers flew on its endpoint: the kernel asks for none. */
size_t usb_bench_cleared_in_flight(struct usb_bench_device *device);
/* How often a request of usbfs came: USBDEVFS_RESET, USBDEVFS_CLEAR_HALT ... */
size_t usb_bench_count(struct usb_bench_device *device, unsigned long request);
/* How often the control request with these two bytes came. */
size_t usb_bench_asked(struct usb_bench_device *device, uint8_t type, uint8_t request);

#endif
