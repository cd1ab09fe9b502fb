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

/* The expectations are counted where the test is, so what expects is in this header. */
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
__attribute__((unused)) static bool usb_rig_enter(char **arguments)
{
    if (usb_bench_enter(arguments)) {
        rig.bench = usb_bench_open();
        return true;
    }
    puts("not tested: umockdev's preload library is not installed");
    return false;
}

__attribute__((unused)) static int usb_rig_result(void)
{
    usb_bench_close(rig.bench);
    return expect_result();
}

__attribute__((unused)) static void usb_rig_start(void)
{
    rig.log = calloc(1, sizeof(*rig.log));
    ENSURE(rig.log);
    seen_log_init(&rig.seen);
    EXPECT_I64(ERR_NONE, loop_open(&rig.loop), "a loop opens");
    EXPECT_I64(ERR_NONE, usb_open(rig.loop, &rig.usb), "usb opens");
    EXPECT_I64(ERR_NONE, ports_open(rig.loop, rig.usb, &port_log_events, rig.log, &rig.ports),
               "ports open");
    rig.log->ports = rig.ports;
    EXPECT_I64(ERR_NONE, hotplug_open(rig.loop, rig.usb, &seen_log_events, &rig.seen, &rig.hotplug),
               "hot-plug opens");
}

__attribute__((unused)) static void usb_rig_stop(void)
{
    hotplug_close(rig.hotplug);
    ports_close(rig.ports);
    usb_close(rig.usb);
    loop_close(rig.loop);
    free(rig.log);
}

/* Until it is told, like plugging in; between start and stop. */
__attribute__((unused)) static void usb_rig_unplug(struct usb_bench_device *device)
{
    unsigned before = rig.seen.gone;
    usb_bench_unplug(rig.bench, device);
    PORT_LOG_UNTIL(rig.loop, rig.seen.gone == before + 1, "unplugging is told");
}

__attribute__((unused)) static struct usb_bench_device *usb_rig_plug(
    const struct usb_bench_model *model)
{
    unsigned before = rig.seen.seen;
    struct usb_bench_device *device = usb_bench_plug(rig.bench, model);
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == before + 1, "what is plugged in is told");
    return device;
}

/* Until it is opened. */
__attribute__((unused)) static void usb_rig_connect(uint32_t port, const char *address,
                                                    enum port_face face)
{
    unsigned opened = rig.log->opened;
    unsigned failed = rig.log->failed;
    EXPECT_I64(ERR_NONE, ports_connect(rig.ports, port, bytes_of_text(address), face, NULL),
               "connecting begins");
    PORT_LOG_UNTIL(rig.loop, rig.log->opened > opened || rig.log->failed > failed,
                   "the outcome is told");
    EXPECT(rig.log->opened > opened, rig.log->sentence);
}

/* Until it is told that it cannot be, with this error. */
__attribute__((unused)) static void usb_rig_refused(const char *address, enum port_face face,
                                                    enum err error, const char *promise)
{
    unsigned failed = rig.log->failed;
    EXPECT_I64(ERR_NONE, ports_connect(rig.ports, 999, bytes_of_text(address), face, NULL),
               promise);
    PORT_LOG_UNTIL(rig.loop, rig.log->failed > failed, promise);
    EXPECT_I64(error, rig.log->error, promise);
}

#endif
