/* Guards: a report written to a HID device goes out once, whole, one at a time and in order, by the
 * way the device has for it; one that the device refuses or lets wait keeps no other back and is
 * not counted as taken; what is longer than a packet comes in as one report. The kernel's side is
 * umockdev. */
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include "hal/base/hid.h"
#include "tests/support/usb_rig.h"

/* Input 9 bytes over packets of 8, an interrupt OUT endpoint, output and feature reports with ids:
 * the layout of a scale that can be set to zero (HID POS 1.02, page 8D), shortened. */
static const uint8_t scale_report[] = {0x05, 0x8D, 0x09, 0x20, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF,
                                       0x00, 0x75, 0x08, 0x85, 0x03, 0x95, 0x08, 0x09, 0x40, 0x81,
                                       0x02, 0x85, 0x02, 0x95, 0x01, 0x09, 0x80, 0x91, 0x02, 0x85,
                                       0x05, 0x95, 0x02, 0x09, 0x81, 0xB1, 0x02, 0xC0};

static const struct usb_bench_model scale = {
    .number = 6,
    .descriptors = "12 01 0002 00 00 00 08 b80e 00f0 0001 01 02 00 01"
                   "09 02 2900 01 01 00 a0 32"
                   "09 04 00 00 02 03 00 00 00 09 21 1101 00 01 22 2600"
                   "07 05 81 03 0800 0a 07 05 02 03 0800 0a",
    .product = "HID Scale",
    .answers = {{0x81, 0x06, 0x2200, 0, {scale_report, sizeof(scale_report)}},
                {0x21, 0x09, 0x0305, 0, {NULL, 0}}}};

static void write_report(const char *bytes, size_t len)
{
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, bytes_of((const uint8_t *)bytes, len)),
               "a report is written");
}

static void reports_go_out_by_control_transfers_in_order(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, "usb:05f9:2206", PORT_FACE_HID);
    static const uint8_t idle[] = {0x21, 0x0A, 0, 0, 0, 0, 0, 0};
    EXPECT_BYTES(bytes_of(idle, sizeof(idle)), usb_bench_told(device),
                 "a keyboard is told not to repeat itself (SET_IDLE 0), and nothing else");
    usb_bench_hold(device, true);
    write_report("\x02\x00\x01", 3);
    write_report("\x02\x00\x02", 3);
    write_report("\x02\x00\x07", 3);
    EXPECT_I64(9, ports_waiting(rig.ports, 1), "all wait");
    port_log_settle(rig.loop);
    EXPECT_I64(1, usb_bench_flying(device, 0), "one at a time");
    EXPECT_I64(0, rig.log->drained, "none is taken yet");
    usb_bench_hold(device, false);
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "all are taken");
    EXPECT_I64(9, rig.log->taken, "and counted as written");
    static const uint8_t leds[] = {0x21, 0x09, 0, 2, 0, 0, 1, 0, 0x01,
                                   0x21, 0x09, 0, 2, 0, 0, 1, 0, 0x02,
                                   0x21, 0x09, 0, 2, 0, 0, 1, 0, 0x07};
    EXPECT_BYTES(bytes_of(leds, sizeof(leds)), bytes_from(usb_bench_told(device), sizeof(idle)),
                 "SET_REPORT(output, no id) of one byte each, in order");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void a_refused_report_keeps_no_other_back(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, "usb:05f9:2206", PORT_FACE_HID);
    write_report("\x03\x09\x01\x02", 4); /* a feature report it does not know: it stalls */
    write_report("\x02\x00\x05", 3);
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "both have had their turn");
    EXPECT_I64(3, rig.log->taken, "one was taken");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_CLEAR_HALT), "endpoint 0 needs no clearing");
    usb_bench_hold(device, true);
    write_report("\x02\x00\x06", 3);
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 2, "a second is all a report gets");
    EXPECT_I64(3, rig.log->taken, "it was not taken");
    usb_bench_hold(device, false);
    write_report("\x02\x00\x07", 3);
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 3, "the next one is");
    EXPECT_I64(6, rig.log->taken, "counted");
    EXPECT_I64(0, rig.log->closed, "the scanner is still there");
    static const uint8_t key[8] = {0, 0, 0x1E};
    usb_bench_say(device, 0x81, bytes_of(key, sizeof(key)));
    PORT_LOG_UNTIL(rig.loop, rig.log->reports == 1, "and read");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void what_is_no_report_is_refused_at_once(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, "usb:05f9:2206", PORT_FACE_HID);
    uint8_t report[HID_WRITE_MAX + 1] = {HID_FEATURE, 1};
    static const uint8_t input[] = {1, 0, 0};
    EXPECT_I64(ERR_INVALID, ports_write(rig.ports, 1, BYTES_NONE), "nothing");
    EXPECT_I64(ERR_INVALID, ports_write(rig.ports, 1, bytes_of(report, 2)), "no data");
    EXPECT_I64(ERR_INVALID, ports_write(rig.ports, 1, bytes_of(report, sizeof(report))),
               "a byte "
               "too many");
    EXPECT_I64(ERR_INVALID, ports_write(rig.ports, 1, bytes_of(input, sizeof(input))),
               "an input "
               "report");
    usb_bench_hold(device, true);
    size_t fits = 0;
    enum err problem = ERR_NONE;
    while (problem == ERR_NONE && fits < PORT_OUT_LINE_MAX) {
        problem = ports_write(rig.ports, 1, bytes_of(report, HID_WRITE_MAX));
        fits += problem == ERR_NONE;
    }
    EXPECT_I64(ERR_TOO_BIG, problem, "the queue has an end");
    EXPECT_I64(PORT_OUT_LINE_MAX / (HID_WRITE_MAX + 1), fits, "all that fits was kept");
    usb_rig_unplug(device);
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "unplugged with reports waiting");
    EXPECT_I64(0, rig.log->taken_at_end, "none of them was taken");
    usb_rig_stop();
}

static void output_reports_use_the_endpoint_that_is_there_for_them(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &scale);
    usb_rig_start();
    usb_rig_connect(1, "usb:0eb8:f000", PORT_FACE_HID);
    EXPECT_I64(0, usb_bench_told(device).len, "a device that is no keyboard is told nothing");
    write_report("\x02\x02\x01", 3);
    write_report("\x03\x05\x0A\x0B", 4);
    write_report("\x02\x00\x04", 3);
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "all are taken");
    EXPECT_I64(10, rig.log->taken, "whole");
    static const uint8_t out[] = {0x02, 0x01, 0x04};
    EXPECT_BYTES(bytes_of(out, sizeof(out)), usb_bench_taken(device),
                 "output reports by interrupt OUT, with their id where they have one");
    static const uint8_t feature[] = {0x21, 0x09, 0x05, 3, 0, 0, 3, 0, 0x05, 0x0A, 0x0B};
    EXPECT_BYTES(bytes_of(feature, sizeof(feature)), usb_bench_told(device),
                 "the feature report by SET_REPORT, its id first");
    usb_bench_refuse(device, 0x02, -EPIPE);
    write_report("\x02\x02\x01", 3);
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 2, "a stalled report has had its turn");
    EXPECT_I64(10, rig.log->taken, "not taken");
    EXPECT_I64(1, usb_bench_count(device, USBDEVFS_CLEAR_HALT), "its endpoint is cleared");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void a_long_report_is_one_report(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &scale);
    usb_rig_start();
    usb_rig_connect(1, "usb:0eb8:f000", PORT_FACE_HID);
    static const uint8_t weight[] = {0x03, 4, 3, 0xFE, 0x2C, 0x01, 0, 0, 0};
    usb_bench_say(device, 0x81, bytes_of(weight, sizeof(weight)));
    PORT_LOG_UNTIL(rig.loop, rig.log->reports == 1, "nine bytes in packets of eight");
    EXPECT_BYTES(bytes_of(weight, sizeof(weight)), bytes_of(rig.log->in, rig.log->in_len),
                 "come as one");
    EXPECT(usb_bench_flying(device, 0x81) >= 2, "and more than one read waits again");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void the_length_of_reports_is_read_from_the_descriptor(void)
{
    static const uint8_t endless[] = {0x75, 0x20, 0x97, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x02};
    static const uint8_t pushed[] = {0x75, 0x08, 0x95, 0x02, 0xA4, 0x95, 0x05,
                                     0xB4, 0x81, 0x02, 0xB4, 0x81, 0x02};
    static const uint8_t long_item[] = {0xFE, 2, 0, 0x81, 0x02, 0x75, 8, 0x95, 3, 0x81, 2, 0xFE};
    static const struct {
        struct bytes descriptor;
        size_t size;
        const char *promise;
    } rows[] = {
        {{usb_keyboard_report, sizeof(usb_keyboard_report)}, 8, "a boot keyboard (HID 1.11, B.1)"},
        {{usb_pos_report, sizeof(usb_pos_report)}, 64, "HID POS: 63 bytes and an id"},
        {{scale_report, sizeof(scale_report)}, 9, "output and feature reports do not count"},
        {{endless, sizeof(endless)}, 65535, "a hostile length stays a number"},
        {{pushed, sizeof(pushed)}, 4, "pushed and popped, once more than pushed"},
        {{long_item, sizeof(long_item)}, 3, "what a long item carries is no item"},
        {{scale_report, 17}, 0, "cut before the first input"},
        {{NULL, 0}, 0, "none at all"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT_I64(rows[i].size, hid_input_size(rows[i].descriptor), rows[i].promise);
    }
}

int main(int count, char **arguments)
{
    (void)count;
    if (!usb_rig_enter(arguments)) return 77;
    EXPECT_RUN(reports_go_out_by_control_transfers_in_order);
    EXPECT_RUN(a_refused_report_keeps_no_other_back);
    EXPECT_RUN(what_is_no_report_is_refused_at_once);
    EXPECT_RUN(output_reports_use_the_endpoint_that_is_there_for_them);
    EXPECT_RUN(a_long_report_is_one_report);
    EXPECT_RUN(the_length_of_reports_is_read_from_the_descriptor);
    return usb_rig_result();
}
