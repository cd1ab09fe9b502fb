/* Guards: USB devices are listed with a stable address, claimed once and given back; every report
 * of a scanner arrives, whole and once; a printer gets every byte once and in order, through paper
 * out and stalls, is never reset, and an unplugged one says how much it took. The kernel's side is
 * umockdev. */
#include <dlfcn.h>
#include <errno.h>
#include <libusb.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include "tests/support/usb_rig.h"

/* Protocols 3 and 4 only: nothing we speak. */
static const struct usb_bench_model foreign_printer = {
    .number = 6,
    .descriptors = "12 01 0002 00 00 00 40 5f0a 9900 0001 01 02 03 01"
                   "09 02 3700 01 01 00 c0 32"
                   "09 04 00 00 02 07 01 03 00 07 05 01 02 4000 00 07 05 82 02 4000 00"
                   "09 04 00 01 02 07 01 04 00 07 05 01 02 4000 00 07 05 82 02 4000 00"};

static void devices_are_told_once_with_their_address(void)
{
    struct usb_bench_device *first = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 1, "what is there at the start is told");
    struct usb_bench_device *second = usb_bench_plug(rig.bench, &usb_composite);
    struct usb_bench_device *third = usb_bench_plug(rig.bench, &foreign_printer);
    struct usb_bench_device *fourth = usb_bench_plug(rig.bench, &usb_printer);
    struct usb_bench_device *fifth = usb_bench_plug(rig.bench, &usb_printer_twin);
    usb_bench_announce(rig.bench, first);
    usb_bench_announce(rig.bench, fourth);
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 4, "what is plugged in is told");
    usb_rig_unplug(second);
    usb_rig_unplug(fourth);
    EXPECT_TEXT("+usb:05f9:2206:S/N:0001 Rev:A hid keyboard 05f9:2206 \"S/N:0001 Rev:A\" "
                "\"Handheld Barcode Scanner\"\n"
                "+usb:0c2e:0b61:@1-3 hid keyboard 0c2e:0b61 \"\" \"Imaging Scanner\"\n"
                "+usb:0a5f:0172:99J204300180 printer 0a5f:0172 \"99J204300180\" "
                "\"ZTC ZT411-300dpi ZPL\"\n"
                "+usb:0a5f:0172:@1-5 printer 0a5f:0172 \"99J204300180\" \"\"\n"
                "-usb:0c2e:0b61:@1-3\n"
                "-usb:0a5f:0172:99J204300180\n",
                rig.seen.storage,
                "each once, by serial number, or by socket where that names nobody");
    usb_rig_unplug(first);
    usb_rig_unplug(fifth);
    usb_bench_unplug(rig.bench, third);
    port_log_settle(rig.loop);
    EXPECT_I64(4, rig.seen.gone, "what was not told does not go either");
    usb_rig_stop();
}

/* The library reports a device twice, with one pointer, when it appears between its start and our
 * registering. So this stands before the real function and plugs one in just there. */
static const struct usb_bench_model *plug_before_registering;
static struct usb_bench_device *plugged_before_registering;

int libusb_hotplug_register_callback(libusb_context *context, int events, int flags, int vendor,
                                     int product, int device_class, libusb_hotplug_callback_fn call,
                                     void *user_data, libusb_hotplug_callback_handle *out_handle)
{
    __typeof__(&libusb_hotplug_register_callback) real;
    *(void **)&real = dlsym(RTLD_NEXT, "libusb_hotplug_register_callback");
    if (plug_before_registering) {
        libusb_device **list = NULL;
        ssize_t before = libusb_get_device_list(context, &list);
        ssize_t now = before;
        libusb_free_device_list(list, 1);
        plugged_before_registering = usb_bench_plug(rig.bench, plug_before_registering);
        while (now == before) { /* its own thread notices */
            now = libusb_get_device_list(context, &list);
            libusb_free_device_list(list, 1);
        }
        plug_before_registering = NULL;
    }
    return real(context, events, flags, vendor, product, device_class, call, user_data, out_handle);
}

static void an_arrival_that_is_reported_twice_is_told_once(void)
{
    plug_before_registering = &usb_keyboard;
    usb_rig_start();
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen > 0, "it is told");
    port_log_settle(rig.loop);
    EXPECT_I64(1, rig.seen.seen, "once");
    usb_rig_connect(1, "usb:05f9:2206", PORT_FACE_HID);
    usb_rig_refused("usb:05f9:2206", PORT_FACE_HID, ERR_BUSY, "there is only one to connect to");
    usb_rig_unplug(plugged_before_registering);
    port_log_settle(rig.loop);
    EXPECT_I64(1, rig.seen.gone, "and it goes once");
    usb_rig_stop();
}

static void every_report_arrives_once(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, "usb:05F9:2206", PORT_FACE_HID);
    EXPECT_BYTES(bytes_of(usb_keyboard_report, sizeof(usb_keyboard_report)),
                 rig.log->identity.report_descriptor, "the report descriptor comes along");
    EXPECT_I64(0x05F9, rig.log->identity.vendor, "the vendor too");
    EXPECT_TEXT("Handheld Barcode Scanner", rig.log->product, "and the product's name");
    EXPECT(usb_bench_flying(device, 0x81) >= 2, "two reads and more are always waiting");
    uint8_t typed[80][8] = {{0}};
    for (uint8_t i = 0; i < 80; i += 2) typed[i][2] = (uint8_t)(0x04 + i % 26);
    for (size_t i = 0; i < 80; i++) {
        usb_bench_say(device, 0x81, bytes_of(typed[i], 8));
        usb_bench_say(device, 0x81, BYTES_NONE); /* as f_hid does after a full one */
        if (i % 20 == 19) PORT_LOG_UNTIL(rig.loop, rig.log->reports == i + 1, "a part of the code");
    }
    PORT_LOG_UNTIL(rig.loop, rig.log->reports == 80, "a code of forty characters");
    port_log_settle(rig.loop);
    EXPECT_BYTES(bytes_of(typed, sizeof(typed)), bytes_of(rig.log->in, rig.log->in_len),
                 "in order, none twice, none for an empty packet");
    EXPECT_I64(8, rig.log->last_len, "one report each");
    port_log_sleeps(rig.loop, "a silent scanner wakes nobody");
    usb_rig_unplug(device);
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "an unplugged scanner closes its port");
    EXPECT_I64(ERR_CLOSED, rig.log->error, "as gone");
    usb_rig_stop();
}

static void point_of_sale_is_preferred_to_typing(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_composite);
    usb_rig_start();
    usb_rig_connect(1, "usb:0c2e:0b61:@1-3", PORT_FACE_HID);
    EXPECT_BYTES(bytes_of(usb_pos_report, sizeof(usb_pos_report)),
                 rig.log->identity.report_descriptor, "the point-of-sale interface is read");
    EXPECT_I64(0, usb_bench_flying(device, 0x81), "the keyboard is not");
    EXPECT_I64(2,
               usb_bench_count(device, USBDEVFS_DISCONNECT_CLAIM) +
                   usb_bench_count(device, USBDEVFS_CLAIMINTERFACE),
               "but held as well, so that nothing is typed; the mouse is left alone");
    EXPECT_I64(1, usb_bench_asked(device, 0x21, 0x09), "this make is switched on");
    uint8_t code[64] = {0x02, 13, ']', 'E', '0', '4', '0', '1', '2', '3'};
    usb_bench_say(device, 0x82, bytes_of(code, sizeof(code)));
    PORT_LOG_UNTIL(rig.loop, rig.log->reports == 1, "a report comes");
    EXPECT_BYTES(bytes_of(code, sizeof(code)), bytes_of(rig.log->in, rig.log->in_len), "whole");
    ports_disconnect(rig.ports, 1);
    usb_bench_say(device, 0x82, bytes_of(code, sizeof(code)));
    port_log_settle(rig.loop);
    EXPECT_I64(1, rig.log->reports, "after disconnecting nothing comes");
    EXPECT_I64(2, usb_bench_count(device, USBDEVFS_RELEASEINTERFACE), "both are given back");
    usb_rig_connect(2, "usb:0c2e:0b61", PORT_FACE_HID);
    usb_rig_unplug(device);
    usb_rig_stop();
}

static uint8_t label[100000];

static void make_label(void)
{
    for (size_t i = 0; i < sizeof(label); i++) label[i] = (uint8_t)(i ^ (i >> 8) ^ (i >> 13));
}

static void a_printer_is_asked_and_printed_on(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    usb_rig_start();
    usb_rig_connect(1, "usb:0a5f:0172:99J204300180", PORT_FACE_PRINTER);
    EXPECT_BYTES(bytes_of(usb_device_id, USB_DEVICE_ID_SIZE), rig.log->identity.device_id,
                 "the device id, with its length bytes");
    EXPECT(rig.log->identity.has_port_status && rig.log->identity.port_status == 0x18,
           "the port status");
    EXPECT(rig.log->identity.can_read, "the bidirectional setting is used");
    EXPECT_I64(1, usb_bench_flying(device, 0x82), "and always read");
    make_label();
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, bytes_of(label, sizeof(label))), "a label");
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "is taken");
    EXPECT_I64(sizeof(label), rig.log->taken, "to the last byte");
    EXPECT_BYTES(bytes_of(label, sizeof(label)), usb_bench_taken(device), "unchanged, in order");
    usb_bench_say(device, 0x82,
                  BYTES_LITERAL("\x02"
                                "030,0,0,1245,000\x03\r\n"));
    PORT_LOG_UNTIL(rig.loop, rig.log->reports == 1, "its answer comes");
    EXPECT_I64(20, rig.log->in_len, "whole");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RESET), "no reset");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_SETCONFIGURATION), "no configuration set");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RELEASEINTERFACE), "nothing given back");
    port_log_sleeps(rig.loop, "an idle printer wakes nobody");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void paper_out_waits_and_goes_on(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    usb_rig_start();
    usb_rig_connect(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    make_label();
    usb_bench_take_only(device, 40000);
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, bytes_of(label, sizeof(label))), "a label");
    PORT_LOG_UNTIL(rig.loop, ports_taken(rig.ports, 1) == 2 * USB_SEND_MAX, "a part is taken");
    port_log_settle(rig.loop);
    EXPECT_I64(0, rig.log->drained + rig.log->closed, "waiting is neither done nor failed");
    EXPECT_I64(1, usb_bench_flying(device, 0x01), "one transfer waits");
    usb_bench_take_only(device, SIZE_MAX);
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "with paper it goes on");
    EXPECT_BYTES(bytes_of(label, sizeof(label)), usb_bench_taken(device),
                 "without a byte lost or sent twice");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void a_stall_is_cleared_and_sent_again(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    usb_rig_start();
    usb_rig_connect(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    make_label();
    usb_bench_refuse(device, 0x01, -EPIPE);
    usb_bench_refuse(device, 0x82, -EPIPE);
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, bytes_of(label, sizeof(label))), "a label");
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "a stall does not stop it");
    EXPECT_BYTES(bytes_of(label, sizeof(label)), usb_bench_taken(device), "nothing is missing");
    EXPECT_I64(2, usb_bench_count(device, USBDEVFS_CLEAR_HALT), "each endpoint is cleared once");
    for (int i = 0; i < 8; i++) usb_bench_refuse(device, 0x01, -EPIPE);
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, BYTES_LITERAL("~HS")), "a question");
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "stalling on and on is a failure");
    EXPECT_I64(ERR_IO, rig.log->error, "of the device");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void unplugged_in_the_middle_of_a_label(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    usb_rig_start();
    usb_rig_connect(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    make_label();
    usb_bench_take_only(device, 20000);
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, bytes_of(label, sizeof(label))), "a label");
    PORT_LOG_UNTIL(rig.loop, ports_taken(rig.ports, 1) == USB_SEND_MAX, "a part is taken");
    usb_rig_unplug(device);
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "the port closes");
    EXPECT_I64(ERR_CLOSED, rig.log->error, "as gone");
    EXPECT_I64(0, rig.log->drained, "not drained");
    EXPECT_I64(20000, rig.log->taken_at_end, "what the printer took of the last piece is counted");
    usb_rig_refused("usb:0a5f:0172", PORT_FACE_PRINTER, ERR_NOT_FOUND, "it cannot be opened now");
    unsigned before = rig.seen.seen;
    device = usb_bench_plug(rig.bench, &usb_printer);
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == before + 1, "plugged in again it is told");
    usb_rig_connect(2, "usb:0a5f:0172:99J204300180", PORT_FACE_PRINTER);
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 2, bytes_of(label, sizeof(label))),
               "the label again");
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "is taken");
    EXPECT_I64(sizeof(label), rig.log->taken, "whole, counted anew");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void a_printer_that_says_nothing_all_the_time(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    usb_rig_start();
    usb_rig_connect(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    for (int i = 0; i < 30; i++) usb_bench_say(device, 0x82, BYTES_NONE);
    port_log_settle(rig.loop);
    EXPECT_I64(0, usb_bench_flying(device, 0x82), "is not asked for ever");
    port_log_sleeps(rig.loop, "and wakes nobody");
    for (int i = 0; i < 8; i++) {
        EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, BYTES_LITERAL("~HS")), "a question");
        PORT_LOG_UNTIL(rig.loop, rig.log->drained == (unsigned)i + 1, "is taken");
        port_log_settle(rig.loop);
    }
    usb_bench_say(device, 0x82, BYTES_LITERAL("ready"));
    PORT_LOG_UNTIL(rig.loop, rig.log->reports == 1, "once it was written to, it is heard again");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void a_device_is_claimed_once(void)
{
    struct usb_bench_device *one = usb_bench_plug(rig.bench, &usb_printer);
    struct usb_bench_device *two = usb_bench_plug(rig.bench, &usb_printer_twin);
    usb_rig_start();
    usb_rig_connect(1, "usb:0a5f:0172:@1-4", PORT_FACE_PRINTER);
    usb_rig_connect(2, "usb:0a5f:0172", PORT_FACE_PRINTER);
    usb_rig_refused("usb:0a5f:0172", PORT_FACE_PRINTER, ERR_BUSY, "a third has no printer left");
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, BYTES_LITERAL("one")), "to the first");
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 2, BYTES_LITERAL("two")), "to the second");
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 2, "both are taken");
    EXPECT_BYTES(BYTES_LITERAL("one"), usb_bench_taken(one), "by the one in that socket");
    EXPECT_BYTES(BYTES_LITERAL("two"), usb_bench_taken(two), "and by the other");
    ports_disconnect(rig.ports, 1);
    port_log_settle(rig.loop);
    usb_rig_connect(3, "usb:0a5f:0172:@1-4", PORT_FACE_PRINTER);
    usb_rig_unplug(two);
    usb_rig_unplug(one);
    usb_rig_stop();
}

static void wrong_addresses_are_refused(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    static const struct {
        const char *address;
        enum port_face face;
        enum err error;
        const char *promise;
    } rows[] = {
        {"usb:", PORT_FACE_HID, ERR_INVALID, "nothing"},
        {"usb:05f9", PORT_FACE_HID, ERR_INVALID, "no product"},
        {"usb:05f9:22g6", PORT_FACE_HID, ERR_INVALID, "not hexadecimal"},
        {"usb:05f9:122061", PORT_FACE_HID, ERR_INVALID, "too many digits"},
        {"usb:05f9:2207", PORT_FACE_HID, ERR_NOT_FOUND, "another product"},
        {"usb:05f9:2206:S/N:0002 Rev:A", PORT_FACE_HID, ERR_NOT_FOUND, "another serial number"},
        {"usb:05f9:2206:@1-3", PORT_FACE_HID, ERR_NOT_FOUND, "another socket"},
        {"usb:05f9:2206", PORT_FACE_PRINTER, ERR_NOT_FOUND, "a scanner is no printer"},
        {"usb:05f9:2206", PORT_FACE_LINE, ERR_NOT_FOUND, "nor a line"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        usb_rig_refused(rows[i].address, rows[i].face, rows[i].error, rows[i].promise);
    }
    usb_rig_connect(1, "usb:05f9:2206:S/N:0001 Rev:A", PORT_FACE_HID);
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void closing_gets_everything_back(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    usb_rig_start();
    usb_rig_connect(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    usb_bench_take_only(device, 100);
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, BYTES_LITERAL("~HS")), "something");
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, bytes_of(label, 5000)), "and more, that waits");
    port_log_settle(rig.loop);
    unsigned events = rig.log->closed + rig.log->failed;
    usb_rig_stop(); /* the address sanitizer counts what was not freed */
    EXPECT_I64(0, events, "nobody was told of an end");
    EXPECT_I64(1, usb_bench_count(device, USBDEVFS_RELEASEINTERFACE), "the interface is back");
    usb_bench_unplug(rig.bench, device);
}

int main(int count, char **arguments)
{
    (void)count;
    if (!usb_rig_enter(arguments)) return 77;
    EXPECT_RUN(devices_are_told_once_with_their_address);
    EXPECT_RUN(an_arrival_that_is_reported_twice_is_told_once);
    EXPECT_RUN(every_report_arrives_once);
    EXPECT_RUN(point_of_sale_is_preferred_to_typing);
    EXPECT_RUN(a_printer_is_asked_and_printed_on);
    EXPECT_RUN(paper_out_waits_and_goes_on);
    EXPECT_RUN(a_stall_is_cleared_and_sent_again);
    EXPECT_RUN(unplugged_in_the_middle_of_a_label);
    EXPECT_RUN(a_printer_that_says_nothing_all_the_time);
    EXPECT_RUN(a_device_is_claimed_once);
    EXPECT_RUN(wrong_addresses_are_refused);
    EXPECT_RUN(closing_gets_everything_back);
    return usb_rig_result();
}
