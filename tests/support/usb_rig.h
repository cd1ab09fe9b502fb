/* usb_rig.h - what the tests of usb devices share: a bench, all of hal that stands on it, and four
 * devices.
 *
 * Descriptors: Honeywell HID POS and Datalogic keyboard from public dumps (HenkVanAsselt's and
 * felis/USB_Host_Shield_2.0 issue 669); the device id of a Zebra ZT411 from a CUPS listing;
 * interface layouts after USB Device Class Definition for HID 1.11, appendix E, and for Printing
 * Devices 1.1, section 5. */
#ifndef PACKD_TESTS_SUPPORT_USB_RIG_H
#define PACKD_TESTS_SUPPORT_USB_RIG_H

#include "hal/usb.h"
#include "tests/support/port_log.h"
#include "tests/support/seen_log.h"
#include "tests/support/usb_bench.h"

struct usb_rig {
    struct usb_bench *bench;
    struct loop *loop;
    struct usb *usb;
    struct ports *ports;
    struct hotplug *hotplug;
    struct port_log *log;
    struct seen_log seen;
};

extern struct usb_rig rig; /* a test program has one */

#define USB_KEYBOARD_REPORT_SIZE 65
#define USB_POS_REPORT_SIZE 127
#define USB_DEVICE_ID_SIZE 122
extern const uint8_t usb_keyboard_report[USB_KEYBOARD_REPORT_SIZE];
extern const uint8_t usb_pos_report[USB_POS_REPORT_SIZE];
extern const char usb_device_id[USB_DEVICE_ID_SIZE];  /* no NUL */
extern const struct usb_bench_model usb_keyboard;     /* usb:05f9:2206:S/N:0001 Rev:A */
extern const struct usb_bench_model usb_composite;    /* usb:0c2e:0b61:@1-3: three HID interfaces */
extern const struct usb_bench_model usb_printer;      /* usb:0a5f:0172:99J204300180 */
extern const struct usb_bench_model usb_printer_twin; /* of the same serial number, in 1-5 */

/* False, and said, where the machine has no umockdev: return 77 then, CTest's word for skipped. */
bool usb_rig_enter(char **arguments);
int usb_rig_result(void);

void usb_rig_start(void);
void usb_rig_stop(void);
/* Both until it is told; between start and stop. */
struct usb_bench_device *usb_rig_plug(const struct usb_bench_model *model);
void usb_rig_unplug(struct usb_bench_device *device);
/* Until it is opened. */
void usb_rig_connect(uint32_t port, const char *address, enum port_face face);
/* Until it is told that it cannot be, with this error. */
void usb_rig_refused(const char *address, enum port_face face, enum err error, const char *promise);

#endif
