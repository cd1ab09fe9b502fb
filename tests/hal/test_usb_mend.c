/* Guards: a device that has failed is reset, or its socket switched off and on, only when nobody
 * has it open and, if it prints, only when labels may be lost; what cannot be done is said;
 * meanwhile everything else goes on. The kernel's side is umockdev. */
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hal/usb_mend.h"
#include "tests/support/usb_rig.h"

#define SCANNER "usb:05f9:2206"
#define PRINTER "usb:0a5f:0172"

struct mended {
    unsigned count;
    uint32_t ticket;
    enum err error;
    char sentence[200];
};

static struct mended mended;
static struct ports *ports; /* beside the rig's: these have somebody who listens for `mended` */

static void on_mended(void *context, uint32_t ticket, enum err error, const char *sentence)
{
    (void)context;
    mended.count++;
    mended.ticket = ticket;
    mended.error = error;
    snprintf(mended.sentence, sizeof(mended.sentence), "%s", sentence);
    EXPECT(sentence[0] != '\0', "it comes with a sentence");
}

static void start(void)
{
    usb_rig_start();
    mended = (struct mended){.count = 0};
    struct port_events events = port_log_events;
    events.mended = on_mended;
    EXPECT_I64(ERR_NONE, ports_open(rig.loop, rig.usb, &events, rig.log, &ports), "ports open");
}

static void stop(void)
{
    ports_close(ports);
    usb_rig_stop();
}

static void mend(const char *address, enum port_mend step, bool may_lose, enum err error,
                 const char *promise)
{
    static uint32_t ticket = 100;
    unsigned before = mended.count;
    EXPECT_I64(ERR_NONE, ports_mend(ports, ++ticket, bytes_of_text(address), step, may_lose),
               promise);
    EXPECT_I64(before, mended.count, "nothing is told inside the call");
    PORT_LOG_UNTIL(rig.loop, mended.count == before + 1, promise);
    EXPECT_I64(error, mended.error, promise);
    EXPECT_I64(ticket, mended.ticket, "it is told with its ticket");
}

static void a_closed_device_is_reset(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    start();
    usb_rig_connect(1, SCANNER, PORT_FACE_HID);
    mend(SCANNER, PORT_MEND_RESET, false, ERR_BUSY, "an open device is left alone");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RESET), "it was not reset");
    ports_disconnect(rig.ports, 1);
    port_log_settle(rig.loop);
    mend(SCANNER, PORT_MEND_RESET, false, ERR_NONE, "a closed one is reset");
    EXPECT_I64(1, usb_bench_count(device, USBDEVFS_RESET), "once");
    usb_rig_connect(2, SCANNER, PORT_FACE_HID);
    port_log_sleeps(rig.loop, "then nobody is woken");
    usb_rig_unplug(device);
    mend(SCANNER, PORT_MEND_RESET, false, ERR_NOT_FOUND, "one that has gone cannot be reset");
    stop();
}

static void a_printer_needs_permission(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    start();
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 1, "a printer is there");
    mend(PRINTER, PORT_MEND_RESET, false, ERR_REFUSED, "labels might be lost");
    mend(PRINTER, PORT_MEND_POWER, false, ERR_REFUSED, "without power too");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RESET), "so nothing was done");
    EXPECT_I64(0, usb_bench_hub_told(rig.bench).len, "on its hub neither");
    mend(PRINTER, PORT_MEND_RESET, true, ERR_NONE, "unless they may");
    EXPECT_I64(1, usb_bench_count(device, USBDEVFS_RESET), "then it is reset");
    usb_rig_unplug(device);
    stop();
}

static char switch_position(const char *file)
{
    char position = '?';
    FILE *stream = fopen(file, "re");
    if (stream && fread(&position, 1, 1, stream) != 1) position = '?';
    if (stream) fclose(stream);
    return position;
}

/* Turns the loop until the thread has moved the switch. */
static void until_switch_is(const char *file, char wanted, const char *promise)
{
    int64_t until_ms = clock_boot_ms() + PORT_LOG_PATIENCE_MS;
    while (switch_position(file) != wanted && clock_boot_ms() < until_ms) {
        loop_turn(rig.loop, clock_boot_ms() + 2);
    }
    EXPECT_I64(wanted, switch_position(file), promise);
}

static void the_kernels_switch_is_used_and_others_go_on(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    struct usb_bench_device *printer = usb_bench_plug(rig.bench, &usb_printer);
    char *file = usb_bench_switch(rig.bench, usb_keyboard.number);
    start();
    usb_rig_connect(1, PRINTER, PORT_FACE_PRINTER);
    EXPECT_I64(ERR_NONE, ports_mend(ports, 7, BYTES_LITERAL(SCANNER), PORT_MEND_POWER, false),
               "a scanner's socket");
    EXPECT_I64(ERR_BUSY, ports_mend(ports, 8, BYTES_LITERAL(SCANNER), PORT_MEND_POWER, false),
               "one at a time");
    until_switch_is(file, '1', "it is switched off");
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, BYTES_LITERAL("~HS")), "meanwhile");
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "a printer takes bytes");
    EXPECT_I64(0, mended.count, "it is still off");
    usb_rig_unplug(device); /* as the kernel tells of a device without power */
    PORT_LOG_UNTIL(rig.loop, mended.count == 1, "it is done");
    EXPECT_I64(ERR_NONE, mended.error, "and good");
    EXPECT_I64('0', switch_position(file), "switched on again");
    EXPECT_I64(7, mended.ticket, "the second order left no trace");
    EXPECT_I64(ERR_NONE,
               ports_mend(ports, 9, BYTES_LITERAL(SCANNER ":S/N:0001 Rev:A"), PORT_MEND_POWER,
                          false),
               "one that has gone is remembered with its socket");
    until_switch_is(file, '1', "which is switched off");
    ports_disconnect(rig.ports, 1);
    usb_rig_unplug(printer);
    stop(); /* in the middle of it */
    EXPECT_I64('0', switch_position(file), "closing never leaves a socket without power");
    EXPECT_I64(1, mended.count, "and tells nobody");
    unlink(file);
    free(file);
}

static void without_a_switch_the_hub_is_asked(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    start();
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 1, "a scanner is there");
    usb_bench_hub_is(rig.bench, 0);
    mend(SCANNER, PORT_MEND_POWER, false, ERR_UNSUPPORTED, "a hub that switches all or nothing");
    usb_bench_hub_is(rig.bench, 2);
    mend(SCANNER, PORT_MEND_POWER, false, ERR_UNSUPPORTED, "a hub that switches nothing");
    EXPECT_I64(0, usb_bench_hub_told(rig.bench).len, "neither is told anything");
    usb_bench_hub_is(rig.bench, 1);
    EXPECT_I64(ERR_NONE, ports_mend(ports, 1, BYTES_LITERAL(SCANNER), PORT_MEND_POWER, false),
               "a hub that switches each socket");
    int64_t until_ms = clock_boot_ms() + PORT_LOG_PATIENCE_MS;
    while (usb_bench_hub_told(rig.bench).len < 8 && clock_boot_ms() < until_ms) {
        loop_turn(rig.loop, clock_boot_ms() + 2);
    }
    static const uint8_t off_on[] = {0x23, 1, 8, 0, 2, 0, 0, 0, 0x23, 3, 8, 0, 2, 0, 0, 0};
    EXPECT_BYTES(bytes_of(off_on, 8), usb_bench_hub_told(rig.bench),
                 "ClearPortFeature(PORT_POWER) of socket 2 (USB 2.0, 11.24.2)");
    usb_rig_unplug(device);
    stop(); /* which shortens the time without power, and nothing else */
    EXPECT_BYTES(bytes_of(off_on, sizeof(off_on)), usb_bench_hub_told(rig.bench),
                 "SetPortFeature(PORT_POWER) of the same");
}

static void a_serial_adapter_is_reset_by_its_line(void)
{
    static const struct usb_bench_model adapter = {
        .number = 9,
        .descriptors = "12 01 0002 00 00 00 40 0304 0160 0001 00 00 00 01"
                       "09 02 2000 01 01 00 a0 32"
                       "09 04 00 00 02 ff ff ff 00 07 05 81 02 4000 00 07 05 02 02 4000 00"};
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &adapter);
    usb_bench_add(rig.bench, "P: /devices/usb1/1-9/1-9:1.0\nE: SUBSYSTEM=usb\n"
                             "E: DEVTYPE=usb_interface\n");
    usb_bench_add(rig.bench, "P: /devices/usb1/1-9/1-9:1.0/ttyUSB3\nE: SUBSYSTEM=usb-serial\n");
    usb_bench_add(rig.bench, "P: /devices/usb1/1-9/1-9:1.0/ttyUSB3/tty/ttyUSB3\nN: ttyUSB3\n"
                             "E: SUBSYSTEM=tty\nE: DEVNAME=/dev/ttyUSB3\n"
                             "E: MAJOR=188\nE: MINOR=3\nA: dev=188:3\\n\n"
                             "L: device=../../../ttyUSB3\n");
    start();
    mend("serial:/dev/ttyUSB3", PORT_MEND_RESET, false, ERR_NONE, "the adapter behind a line");
    EXPECT_I64(1, usb_bench_count(device, USBDEVFS_RESET), "is reset");
    usb_bench_unplug(rig.bench, device);
    stop();
}

static void what_cannot_be_mended_is_said(void)
{
    static const struct {
        const char *address;
        enum err error;
        const char *promise;
    } rows[] = {
        {"usb:1111:2222", ERR_NOT_FOUND, "what was never here"},
        {"usb:11", ERR_INVALID, "what is no address"},
        {"tcp:192.0.2.7:9100", ERR_UNSUPPORTED, "what hangs on the network"},
        {"serial:/dev/ttyUSB99", ERR_NOT_FOUND, "a line that is not there"},
        {"serial:/dev/null", ERR_UNSUPPORTED, "a line without usb behind it"},
        {"usb:0a5f:0172", ERR_EXISTS, "two of a kind, and which is not said"},
    };
    struct usb_bench_device *one = usb_bench_plug(rig.bench, &usb_printer);
    struct usb_bench_device *two = usb_bench_plug(rig.bench, &usb_printer_twin);
    start();
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 2, "two printers are there");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        mend(rows[i].address, PORT_MEND_RESET, true, rows[i].error, rows[i].promise);
    }
    mend("usb:0a5f:0172:@1-5", PORT_MEND_RESET, true, ERR_NONE, "the one in this socket");
    EXPECT_I64(0, usb_bench_count(one, USBDEVFS_RESET), "not the other");
    EXPECT_I64(1, usb_bench_count(two, USBDEVFS_RESET), "but this");
    usb_rig_unplug(one);
    usb_rig_unplug(two);
    stop();
}

int main(int count, char **arguments)
{
    (void)count;
    if (!usb_rig_enter(arguments)) return 77;
    EXPECT_RUN(a_closed_device_is_reset);
    EXPECT_RUN(a_printer_needs_permission);
    EXPECT_RUN(the_kernels_switch_is_used_and_others_go_on);
    EXPECT_RUN(without_a_switch_the_hub_is_asked);
    EXPECT_RUN(a_serial_adapter_is_reset_by_its_line);
    EXPECT_RUN(what_cannot_be_mended_is_said);
    return usb_rig_result();
}
