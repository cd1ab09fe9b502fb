/* usb_rig.c - usb_rig.h. */
#include "tests/support/usb_rig.h"

struct usb_rig rig;

const uint8_t usb_keyboard_report[USB_KEYBOARD_REPORT_SIZE] = {
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15,
    0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08,
    0x81, 0x01, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91,
    0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00,
    0x26, 0xff, 0x00, 0x05, 0x07, 0x19, 0x00, 0x2a, 0xff, 0x00, 0x81, 0x00, 0xc0};

const uint8_t usb_pos_report[USB_POS_REPORT_SIZE] = {
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x12, 0xa1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xff,
    0x00, 0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3b, 0x81, 0x02, 0x95, 0x03, 0x05, 0x8c, 0x09,
    0xfb, 0x09, 0xfc, 0x09, 0xfd, 0x81, 0x02, 0x95, 0x38, 0x09, 0xfe, 0x82, 0x02, 0x02, 0x06, 0x66,
    0xff, 0x95, 0x02, 0x09, 0x00, 0x09, 0x00, 0x81, 0x02, 0x05, 0x8c, 0x25, 0x01, 0x75, 0x01, 0x95,
    0x08, 0x09, 0xff, 0x81, 0x02, 0xc0, 0x09, 0x14, 0xa1, 0x02, 0x85, 0x04, 0x15, 0x00, 0x25, 0x01,
    0x75, 0x01, 0x95, 0x08, 0x09, 0x5f, 0x09, 0x60, 0x09, 0x85, 0x09, 0x86, 0x91, 0x86, 0xc0, 0x06,
    0xff, 0xff, 0x09, 0x01, 0xa1, 0x02, 0x85, 0xf0, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95,
    0x3f, 0x09, 0x02, 0x82, 0x02, 0x02, 0x95, 0x3f, 0x09, 0x03, 0x92, 0x02, 0x02, 0xc0, 0xc0};

const char usb_device_id[USB_DEVICE_ID_SIZE] =
    "\0\x7a"
    "SERN:99J204300180;MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;"
    "MODEL:ZTC ZT411-300dpi ZPL;CLASS:PRINTER;OPTIONS:XML;";
static const uint8_t good_status[] = {0x18};

/* One keyboard interface 3/1/1, interrupt IN 81. */
const struct usb_bench_model usb_keyboard = {
    .number = 2,
    .descriptors = "12 01 0002 00 00 00 40 f905 0622 0001 01 02 03 01"
                   "09 02 2200 01 01 00 a0 32"
                   "09 04 00 00 01 03 01 01 00 09 21 1101 00 01 22 4100 07 05 81 03 0800 0a",
    .serial = "S/N:0001 Rev:A",
    .product = "Handheld Barcode Scanner",
    .answers = {{0x81, 0x06, 0x2200, 0, {usb_keyboard_report, sizeof(usb_keyboard_report)}},
                {0x21, 0x0A, 0, 0, {NULL, 0}},
                {0x21, 0x09, 0x0200, 0, {NULL, 0}}}};

/* Keyboard 3/1/1 on IN 81, a mouse 3/1/2 on IN 83, point of sale 3/0/0 on IN 82. */
const struct usb_bench_model usb_composite = {
    .number = 3,
    .descriptors = "12 01 0002 00 00 00 40 2e0c 610b 0001 01 02 00 01"
                   "09 02 5400 03 01 00 a0 32"
                   "09 04 00 00 01 03 01 01 00 09 21 1101 00 01 22 4100 07 05 81 03 0800 0a"
                   "09 04 01 00 01 03 01 02 00 09 21 1101 00 01 22 3200 07 05 83 03 0400 0a"
                   "09 04 02 00 01 03 00 00 00 09 21 1101 00 01 22 7f00 07 05 82 03 4000 0a",
    .serial = NULL,
    .product = "Imaging Scanner",
    .answers = {{0x81, 0x06, 0x2200, 0, {usb_keyboard_report, sizeof(usb_keyboard_report)}},
                {0x81, 0x06, 0x2200, 2, {usb_pos_report, sizeof(usb_pos_report)}},
                {0x21, 0x09, 0x03FE, 2, {NULL, 0}}}};

/* Printer class: alternate 0 is protocol 1 (OUT 01), alternate 1 protocol 2 (OUT 01, IN 82). */
#define PRINTER_DESCRIPTORS(product)                           \
    "12 01 0002 00 00 00 40 5f0a " product " 0001 01 02 03 01" \
    "09 02 3000 01 01 00 c0 32"                                \
    "09 04 00 00 01 07 01 01 00 07 05 01 02 4000 00"           \
    "09 04 00 01 02 07 01 02 00 07 05 01 02 4000 00 07 05 82 02 4000 00"

const struct usb_bench_model usb_printer = {
    .number = 4,
    .descriptors = PRINTER_DESCRIPTORS("7201"),
    .serial = "99J204300180",
    .product = "ZTC ZT411-300dpi ZPL",
    .answers = {{0xA1, 0x00, 0, 1, {(const uint8_t *)usb_device_id, USB_DEVICE_ID_SIZE}},
                {0xA1, 0x01, 0, 0, {good_status, sizeof(good_status)}}}};

const struct usb_bench_model usb_printer_twin = {.number = 5,
                                                 .descriptors = PRINTER_DESCRIPTORS("7201"),
                                                 .serial = "99J204300180"};

bool usb_rig_enter(char **arguments)
{
    if (usb_bench_enter(arguments)) {
        rig.bench = usb_bench_open();
        return true;
    }
    puts("not tested: umockdev's preload library is not installed");
    return false;
}

int usb_rig_result(void)
{
    usb_bench_close(rig.bench);
    return expect_result();
}

void usb_rig_start(void)
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

void usb_rig_stop(void)
{
    hotplug_close(rig.hotplug);
    ports_close(rig.ports);
    usb_close(rig.usb);
    loop_close(rig.loop);
    free(rig.log);
}

void usb_rig_unplug(struct usb_bench_device *device)
{
    unsigned before = rig.seen.gone;
    usb_bench_unplug(rig.bench, device);
    PORT_LOG_UNTIL(rig.loop, rig.seen.gone == before + 1, "unplugging is told");
}

struct usb_bench_device *usb_rig_plug(const struct usb_bench_model *model)
{
    unsigned before = rig.seen.seen;
    struct usb_bench_device *device = usb_bench_plug(rig.bench, model);
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == before + 1, "what is plugged in is told");
    return device;
}

void usb_rig_connect(uint32_t port, const char *address, enum port_face face)
{
    unsigned opened = rig.log->opened;
    unsigned failed = rig.log->failed;
    EXPECT_I64(ERR_NONE, ports_connect(rig.ports, port, bytes_of_text(address), face, NULL),
               "connecting begins");
    PORT_LOG_UNTIL(rig.loop, rig.log->opened > opened || rig.log->failed > failed,
                   "the outcome is told");
    EXPECT(rig.log->opened > opened, rig.log->sentence);
}

void usb_rig_refused(const char *address, enum port_face face, enum err error, const char *promise)
{
    unsigned failed = rig.log->failed;
    EXPECT_I64(ERR_NONE, ports_connect(rig.ports, 999, bytes_of_text(address), face, NULL),
               promise);
    PORT_LOG_UNTIL(rig.loop, rig.log->failed > failed, promise);
    EXPECT_I64(error, rig.log->error, promise);
}
