/* Guards: USB devices are listed with a stable address, claimed once and given back; every report
 * of a scanner arrives, whole and once; a printer gets every byte once and in order, through paper
 * out and stalls, is never reset, and an unplugged one says how much it took.
 *
 * Descriptors: Honeywell HID POS and Datalogic keyboard from public dumps (HenkVanAsselt's and
 * felis/USB_Host_Shield_2.0 issue 669); the device id of a Zebra ZT411 from a CUPS listing;
 * interface layouts after USB Device Class Definition for HID 1.11, appendix E, and for Printing
 * Devices 1.1, section 5. The kernel's side is umockdev. */
#include <dlfcn.h>
#include <errno.h>
#include <libusb.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include "hal/usb.h"
#include "tests/support/port_log.h"
#include "tests/support/seen_log.h"
#include "tests/support/usb_bench.h"

static const uint8_t keyboard_report[] = {0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19,
                                          0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01,
                                          0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81,
                                          0x01, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01,
                                          0x29, 0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91,
                                          0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x26, 0xff,
                                          0x00, 0x05, 0x07, 0x19, 0x00, 0x2a, 0xff, 0x00, 0x81,
                                          0x00, 0xc0};

static const uint8_t pos_report[] = {
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x12, 0xa1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xff,
    0x00, 0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3b, 0x81, 0x02, 0x95, 0x03, 0x05, 0x8c, 0x09,
    0xfb, 0x09, 0xfc, 0x09, 0xfd, 0x81, 0x02, 0x95, 0x38, 0x09, 0xfe, 0x82, 0x02, 0x02, 0x06, 0x66,
    0xff, 0x95, 0x02, 0x09, 0x00, 0x09, 0x00, 0x81, 0x02, 0x05, 0x8c, 0x25, 0x01, 0x75, 0x01, 0x95,
    0x08, 0x09, 0xff, 0x81, 0x02, 0xc0, 0x09, 0x14, 0xa1, 0x02, 0x85, 0x04, 0x15, 0x00, 0x25, 0x01,
    0x75, 0x01, 0x95, 0x08, 0x09, 0x5f, 0x09, 0x60, 0x09, 0x85, 0x09, 0x86, 0x91, 0x86, 0xc0, 0x06,
    0xff, 0xff, 0x09, 0x01, 0xa1, 0x02, 0x85, 0xf0, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95,
    0x3f, 0x09, 0x02, 0x82, 0x02, 0x02, 0x95, 0x3f, 0x09, 0x03, 0x92, 0x02, 0x02, 0xc0, 0xc0};

static const char device_id[] =
    "\0\x7a"
    "SERN:99J204300180;MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;"
    "MODEL:ZTC ZT411-300dpi ZPL;CLASS:PRINTER;OPTIONS:XML;";
static const uint8_t good_status[] = {0x18};

/* One keyboard interface 3/1/1, interrupt IN 81. */
static const struct usb_bench_model keyboard = {
    .number = 2,
    .descriptors = "12 01 0002 00 00 00 40 f905 0622 0001 01 02 03 01"
                   "09 02 2200 01 01 00 a0 32"
                   "09 04 00 00 01 03 01 01 00 09 21 1101 00 01 22 4100 07 05 81 03 0800 0a",
    .serial = "S/N:0001 Rev:A",
    .product = "Handheld Barcode Scanner",
    .answers = {{0x81, 0x06, 0x2200, 0, {keyboard_report, sizeof(keyboard_report)}}}};

/* Keyboard 3/1/1 on IN 81, a mouse 3/1/2 on IN 83, point of sale 3/0/0 on IN 82. */
static const struct usb_bench_model composite = {
    .number = 3,
    .descriptors = "12 01 0002 00 00 00 40 2e0c 610b 0001 01 02 00 01"
                   "09 02 5400 03 01 00 a0 32"
                   "09 04 00 00 01 03 01 01 00 09 21 1101 00 01 22 4100 07 05 81 03 0800 0a"
                   "09 04 01 00 01 03 01 02 00 09 21 1101 00 01 22 3200 07 05 83 03 0400 0a"
                   "09 04 02 00 01 03 00 00 00 09 21 1101 00 01 22 7f00 07 05 82 03 4000 0a",
    .serial = NULL,
    .product = "Imaging Scanner",
    .answers = {{0x81, 0x06, 0x2200, 0, {keyboard_report, sizeof(keyboard_report)}},
                {0x81, 0x06, 0x2200, 2, {pos_report, sizeof(pos_report)}},
                {0x21, 0x09, 0x03FE, 2, {NULL, 0}}}};

/* Printer class: alternate 0 is protocol 1 (OUT 01), alternate 1 protocol 2 (OUT 01, IN 82). */
#define PRINTER_DESCRIPTORS(product)                           \
    "12 01 0002 00 00 00 40 5f0a " product " 0001 01 02 03 01" \
    "09 02 3000 01 01 00 c0 32"                                \
    "09 04 00 00 01 07 01 01 00 07 05 01 02 4000 00"           \
    "09 04 00 01 02 07 01 02 00 07 05 01 02 4000 00 07 05 82 02 4000 00"

static const struct usb_bench_model printer = {
    .number = 4,
    .descriptors = PRINTER_DESCRIPTORS("7201"),
    .serial = "99J204300180",
    .product = "ZTC ZT411-300dpi ZPL",
    .answers = {{0xA1, 0x00, 0, 1, {(const uint8_t *)device_id, sizeof(device_id) - 1}},
                {0xA1, 0x01, 0, 0, {good_status, sizeof(good_status)}}}};

static const struct usb_bench_model printer_twin = {.number = 5,
                                                    .descriptors = PRINTER_DESCRIPTORS("7201"),
                                                    .serial = "99J204300180"};

/* Protocols 3 and 4 only: nothing we speak. */
static const struct usb_bench_model foreign_printer = {
    .number = 6,
    .descriptors = "12 01 0002 00 00 00 40 5f0a 9900 0001 01 02 03 01"
                   "09 02 3700 01 01 00 c0 32"
                   "09 04 00 00 02 07 01 03 00 07 05 01 02 4000 00 07 05 82 02 4000 00"
                   "09 04 00 01 02 07 01 04 00 07 05 01 02 4000 00 07 05 82 02 4000 00"};

static struct usb_bench *bench;
static struct loop *loop;
static struct usb *usb;
static struct ports *ports;
static struct hotplug *hotplug;
static struct port_log *log_;
static struct seen_log seen;

static void start(void)
{
    log_ = calloc(1, sizeof(*log_));
    ENSURE(log_);
    seen_log_init(&seen);
    EXPECT_I64(ERR_NONE, loop_open(&loop), "a loop opens");
    EXPECT_I64(ERR_NONE, usb_open(loop, &usb), "usb opens");
    EXPECT_I64(ERR_NONE, ports_open(loop, usb, &port_log_events, log_, &ports), "ports open");
    log_->ports = ports;
    EXPECT_I64(ERR_NONE, hotplug_open(loop, usb, &seen_log_events, &seen, &hotplug), "hot-plug");
}

static void stop(void)
{
    hotplug_close(hotplug);
    ports_close(ports);
    usb_close(usb);
    loop_close(loop);
    free(log_);
}

static void unplug(struct usb_bench_device *device)
{
    unsigned before = seen.gone;
    usb_bench_unplug(bench, device);
    PORT_LOG_UNTIL(loop, seen.gone == before + 1, "unplugging is told");
}

static void connect_port(uint32_t port, const char *address, enum port_face face)
{
    unsigned opened = log_->opened;
    unsigned failed = log_->failed;
    EXPECT_I64(ERR_NONE, ports_connect(ports, port, bytes_of_text(address), face, NULL),
               "connecting begins");
    PORT_LOG_UNTIL(loop, log_->opened > opened || log_->failed > failed, "the outcome is told");
    EXPECT(log_->opened > opened, log_->sentence);
}

static void refused_connect(const char *address, enum port_face face, enum err error,
                            const char *promise)
{
    unsigned failed = log_->failed;
    EXPECT_I64(ERR_NONE, ports_connect(ports, 999, bytes_of_text(address), face, NULL), promise);
    PORT_LOG_UNTIL(loop, log_->failed > failed, promise);
    EXPECT_I64(error, log_->error, promise);
}

static void devices_are_told_once_with_their_address(void)
{
    struct usb_bench_device *first = usb_bench_plug(bench, &keyboard);
    start();
    PORT_LOG_UNTIL(loop, seen.seen == 1, "what is there at the start is told");
    struct usb_bench_device *second = usb_bench_plug(bench, &composite);
    struct usb_bench_device *third = usb_bench_plug(bench, &foreign_printer);
    struct usb_bench_device *fourth = usb_bench_plug(bench, &printer);
    struct usb_bench_device *fifth = usb_bench_plug(bench, &printer_twin);
    usb_bench_announce(bench, first);
    usb_bench_announce(bench, fourth);
    PORT_LOG_UNTIL(loop, seen.seen == 4, "what is plugged in is told");
    unplug(second);
    unplug(fourth);
    EXPECT_TEXT("+usb:05f9:2206:S/N:0001 Rev:A hid keyboard 05f9:2206 \"S/N:0001 Rev:A\" "
                "\"Handheld Barcode Scanner\"\n"
                "+usb:0c2e:0b61:@1-3 hid keyboard 0c2e:0b61 \"\" \"Imaging Scanner\"\n"
                "+usb:0a5f:0172:99J204300180 printer 0a5f:0172 \"99J204300180\" "
                "\"ZTC ZT411-300dpi ZPL\"\n"
                "+usb:0a5f:0172:@1-5 printer 0a5f:0172 \"99J204300180\" \"\"\n"
                "-usb:0c2e:0b61:@1-3\n"
                "-usb:0a5f:0172:99J204300180\n",
                seen.storage, "each once, by serial number, or by socket where that names nobody");
    unplug(first);
    unplug(fifth);
    usb_bench_unplug(bench, third);
    port_log_settle(loop);
    EXPECT_I64(4, seen.gone, "what was not told does not go either");
    stop();
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
        plugged_before_registering = usb_bench_plug(bench, plug_before_registering);
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
    plug_before_registering = &keyboard;
    start();
    PORT_LOG_UNTIL(loop, seen.seen > 0, "it is told");
    port_log_settle(loop);
    EXPECT_I64(1, seen.seen, "once");
    connect_port(1, "usb:05f9:2206", PORT_FACE_HID);
    refused_connect("usb:05f9:2206", PORT_FACE_HID, ERR_BUSY, "there is only one to connect to");
    unplug(plugged_before_registering);
    port_log_settle(loop);
    EXPECT_I64(1, seen.gone, "and it goes once");
    stop();
}

static void every_report_arrives_once(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &keyboard);
    start();
    connect_port(1, "usb:05F9:2206", PORT_FACE_HID);
    EXPECT_BYTES(bytes_of(keyboard_report, sizeof(keyboard_report)),
                 log_->identity.report_descriptor, "the report descriptor comes along");
    EXPECT_I64(0x05F9, log_->identity.vendor, "the vendor too");
    EXPECT_TEXT("Handheld Barcode Scanner", log_->product, "and the product's name");
    EXPECT(usb_bench_flying(device, 0x81) >= 2, "two reads and more are always waiting");
    uint8_t typed[80][8] = {{0}};
    for (uint8_t i = 0; i < 80; i += 2) typed[i][2] = (uint8_t)(0x04 + i % 26);
    for (size_t i = 0; i < 80; i++) {
        usb_bench_say(device, 0x81, bytes_of(typed[i], 8));
        usb_bench_say(device, 0x81, BYTES_NONE); /* as f_hid does after a full one */
        if (i % 20 == 19) PORT_LOG_UNTIL(loop, log_->reports == i + 1, "a part of the code");
    }
    PORT_LOG_UNTIL(loop, log_->reports == 80, "a code of forty characters");
    port_log_settle(loop);
    EXPECT_BYTES(bytes_of(typed, sizeof(typed)), bytes_of(log_->in, log_->in_len),
                 "in order, none twice, none for an empty packet");
    EXPECT_I64(8, log_->last_len, "one report each");
    EXPECT_I64(ERR_UNSUPPORTED, ports_write(ports, 1, BYTES_LITERAL("x")), "not to be written");
    port_log_sleeps(loop, "a silent scanner wakes nobody");
    unplug(device);
    PORT_LOG_UNTIL(loop, log_->closed == 1, "an unplugged scanner closes its port");
    EXPECT_I64(ERR_CLOSED, log_->error, "as gone");
    stop();
}

static void point_of_sale_is_preferred_to_typing(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &composite);
    start();
    connect_port(1, "usb:0c2e:0b61:@1-3", PORT_FACE_HID);
    EXPECT_BYTES(bytes_of(pos_report, sizeof(pos_report)), log_->identity.report_descriptor,
                 "the point-of-sale interface is read");
    EXPECT_I64(0, usb_bench_flying(device, 0x81), "the keyboard is not");
    EXPECT_I64(2,
               usb_bench_count(device, USBDEVFS_DISCONNECT_CLAIM) +
                   usb_bench_count(device, USBDEVFS_CLAIMINTERFACE),
               "but held as well, so that nothing is typed; the mouse is left alone");
    EXPECT_I64(1, usb_bench_asked(device, 0x21, 0x09), "this make is switched on");
    uint8_t code[64] = {0x02, 13, ']', 'E', '0', '4', '0', '1', '2', '3'};
    usb_bench_say(device, 0x82, bytes_of(code, sizeof(code)));
    PORT_LOG_UNTIL(loop, log_->reports == 1, "a report comes");
    EXPECT_BYTES(bytes_of(code, sizeof(code)), bytes_of(log_->in, log_->in_len), "whole");
    ports_disconnect(ports, 1);
    usb_bench_say(device, 0x82, bytes_of(code, sizeof(code)));
    port_log_settle(loop);
    EXPECT_I64(1, log_->reports, "after disconnecting nothing comes");
    EXPECT_I64(2, usb_bench_count(device, USBDEVFS_RELEASEINTERFACE), "both are given back");
    connect_port(2, "usb:0c2e:0b61", PORT_FACE_HID);
    unplug(device);
    stop();
}

static uint8_t label[100000];

static void make_label(void)
{
    for (size_t i = 0; i < sizeof(label); i++) label[i] = (uint8_t)(i ^ (i >> 8) ^ (i >> 13));
}

static void a_printer_is_asked_and_printed_on(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &printer);
    start();
    connect_port(1, "usb:0a5f:0172:99J204300180", PORT_FACE_PRINTER);
    EXPECT_BYTES(bytes_of(device_id, sizeof(device_id) - 1), log_->identity.device_id,
                 "the device id, with its length bytes");
    EXPECT(log_->identity.has_port_status && log_->identity.port_status == 0x18, "the port status");
    EXPECT(log_->identity.can_read, "the bidirectional setting is used");
    EXPECT_I64(1, usb_bench_flying(device, 0x82), "and always read");
    make_label();
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, bytes_of(label, sizeof(label))), "a label");
    PORT_LOG_UNTIL(loop, log_->drained == 1, "is taken");
    EXPECT_I64(sizeof(label), log_->taken, "to the last byte");
    EXPECT_BYTES(bytes_of(label, sizeof(label)), usb_bench_taken(device), "unchanged, in order");
    usb_bench_say(device, 0x82,
                  BYTES_LITERAL("\x02"
                                "030,0,0,1245,000\x03\r\n"));
    PORT_LOG_UNTIL(loop, log_->reports == 1, "its answer comes");
    EXPECT_I64(20, log_->in_len, "whole");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RESET), "no reset");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_SETCONFIGURATION), "no configuration set");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RELEASEINTERFACE), "nothing given back");
    port_log_sleeps(loop, "an idle printer wakes nobody");
    unplug(device);
    stop();
}

static void paper_out_waits_and_goes_on(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &printer);
    start();
    connect_port(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    make_label();
    usb_bench_take_only(device, 40000);
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, bytes_of(label, sizeof(label))), "a label");
    PORT_LOG_UNTIL(loop, ports_taken(ports, 1) == 2 * USB_SEND_MAX, "a part is taken");
    port_log_settle(loop);
    EXPECT_I64(0, log_->drained + log_->closed, "waiting is neither done nor failed");
    EXPECT_I64(1, usb_bench_flying(device, 0x01), "one transfer waits");
    usb_bench_take_only(device, SIZE_MAX);
    PORT_LOG_UNTIL(loop, log_->drained == 1, "with paper it goes on");
    EXPECT_BYTES(bytes_of(label, sizeof(label)), usb_bench_taken(device),
                 "without a byte lost or sent twice");
    unplug(device);
    stop();
}

static void a_stall_is_cleared_and_sent_again(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &printer);
    start();
    connect_port(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    make_label();
    usb_bench_refuse(device, 0x01, -EPIPE);
    usb_bench_refuse(device, 0x82, -EPIPE);
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, bytes_of(label, sizeof(label))), "a label");
    PORT_LOG_UNTIL(loop, log_->drained == 1, "a stall does not stop it");
    EXPECT_BYTES(bytes_of(label, sizeof(label)), usb_bench_taken(device), "nothing is missing");
    EXPECT_I64(2, usb_bench_count(device, USBDEVFS_CLEAR_HALT), "each endpoint is cleared once");
    for (int i = 0; i < 8; i++) usb_bench_refuse(device, 0x01, -EPIPE);
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("~HS")), "a question");
    PORT_LOG_UNTIL(loop, log_->closed == 1, "stalling on and on is a failure");
    EXPECT_I64(ERR_IO, log_->error, "of the device");
    unplug(device);
    stop();
}

static void unplugged_in_the_middle_of_a_label(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &printer);
    start();
    connect_port(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    make_label();
    usb_bench_take_only(device, 20000);
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, bytes_of(label, sizeof(label))), "a label");
    PORT_LOG_UNTIL(loop, ports_taken(ports, 1) == USB_SEND_MAX, "a part is taken");
    unplug(device);
    PORT_LOG_UNTIL(loop, log_->closed == 1, "the port closes");
    EXPECT_I64(ERR_CLOSED, log_->error, "as gone");
    EXPECT_I64(0, log_->drained, "not drained");
    EXPECT_I64(20000, log_->taken_at_end, "what the printer took of the last piece is counted");
    refused_connect("usb:0a5f:0172", PORT_FACE_PRINTER, ERR_NOT_FOUND, "it cannot be opened now");
    unsigned before = seen.seen;
    device = usb_bench_plug(bench, &printer);
    PORT_LOG_UNTIL(loop, seen.seen == before + 1, "plugged in again it is told");
    connect_port(2, "usb:0a5f:0172:99J204300180", PORT_FACE_PRINTER);
    EXPECT_I64(ERR_NONE, ports_write(ports, 2, bytes_of(label, sizeof(label))), "the label again");
    PORT_LOG_UNTIL(loop, log_->drained == 1, "is taken");
    EXPECT_I64(sizeof(label), log_->taken, "whole, counted anew");
    unplug(device);
    stop();
}

static void a_printer_that_says_nothing_all_the_time(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &printer);
    start();
    connect_port(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    for (int i = 0; i < 30; i++) usb_bench_say(device, 0x82, BYTES_NONE);
    port_log_settle(loop);
    EXPECT_I64(0, usb_bench_flying(device, 0x82), "is not asked for ever");
    port_log_sleeps(loop, "and wakes nobody");
    for (int i = 0; i < 8; i++) {
        EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("~HS")), "a question");
        PORT_LOG_UNTIL(loop, log_->drained == (unsigned)i + 1, "is taken");
        port_log_settle(loop);
    }
    usb_bench_say(device, 0x82, BYTES_LITERAL("ready"));
    PORT_LOG_UNTIL(loop, log_->reports == 1, "once it was written to, it is heard again");
    unplug(device);
    stop();
}

static void a_device_is_claimed_once(void)
{
    struct usb_bench_device *one = usb_bench_plug(bench, &printer);
    struct usb_bench_device *two = usb_bench_plug(bench, &printer_twin);
    start();
    connect_port(1, "usb:0a5f:0172:@1-4", PORT_FACE_PRINTER);
    connect_port(2, "usb:0a5f:0172", PORT_FACE_PRINTER);
    refused_connect("usb:0a5f:0172", PORT_FACE_PRINTER, ERR_BUSY, "a third has no printer left");
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("one")), "to the first");
    EXPECT_I64(ERR_NONE, ports_write(ports, 2, BYTES_LITERAL("two")), "to the second");
    PORT_LOG_UNTIL(loop, log_->drained == 2, "both are taken");
    EXPECT_BYTES(BYTES_LITERAL("one"), usb_bench_taken(one), "by the one in that socket");
    EXPECT_BYTES(BYTES_LITERAL("two"), usb_bench_taken(two), "and by the other");
    ports_disconnect(ports, 1);
    port_log_settle(loop);
    connect_port(3, "usb:0a5f:0172:@1-4", PORT_FACE_PRINTER);
    unplug(two);
    unplug(one);
    stop();
}

static void wrong_addresses_are_refused(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &keyboard);
    start();
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
        refused_connect(rows[i].address, rows[i].face, rows[i].error, rows[i].promise);
    }
    connect_port(1, "usb:05f9:2206:S/N:0001 Rev:A", PORT_FACE_HID);
    unplug(device);
    stop();
}

static void closing_gets_everything_back(void)
{
    struct usb_bench_device *device = usb_bench_plug(bench, &printer);
    start();
    connect_port(1, "usb:0a5f:0172", PORT_FACE_PRINTER);
    usb_bench_take_only(device, 100);
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("~HS")), "something");
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, bytes_of(label, 5000)), "and more, that waits");
    port_log_settle(loop);
    unsigned events = log_->closed + log_->failed;
    stop(); /* the address sanitizer counts what was not freed */
    EXPECT_I64(0, events, "nobody was told of an end");
    EXPECT_I64(1, usb_bench_count(device, USBDEVFS_RELEASEINTERFACE), "the interface is back");
    usb_bench_unplug(bench, device);
}

int main(int count, char **arguments)
{
    (void)count;
    if (!usb_bench_enter(arguments)) {
        puts("not tested: umockdev's preload library is not installed");
        return 77; /* CTest knows it as skipped */
    }
    bench = usb_bench_open();
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
    usb_bench_close(bench);
    return expect_result();
}
