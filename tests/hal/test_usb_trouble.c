/* Guards: whatever a USB device does wrong, its port ends once and says why, or goes on: unplugged
 * in any state, stalls, failing and overlong packets, an arrival told twice, a departure not told,
 * a hub reset, a hundred plugs a minute, a full bus; nothing of it leaks a descriptor. Only listed
 * interfaces are claimed. The kernel's side is umockdev. */
#include <dirent.h>
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <time.h>

#include "tests/support/usb_rig.h"

#define SCANNER "usb:05f9:2206"
#define PRINTER "usb:0a5f:0172"

/* As usb_printer, but with the one-way setting alone: nothing is ever read from it. */
static const struct usb_bench_model mute_printer = {
    .number = 7,
    .descriptors = "12 01 0002 00 00 00 40 5f0a 1111 0001 01 02 00 01"
                   "09 02 1900 01 01 00 c0 32"
                   "09 04 00 00 01 07 01 01 00 07 05 01 02 4000 00"};

/* A keyboard, a disk (8/6/50) and a network card (2/6/0 and A/0/0) in one: B13 of a bad stick. */
static const struct usb_bench_model pretender = {
    .number = 8,
    .descriptors = "12 01 0002 00 00 00 40 3412 7856 0001 00 00 00 01"
                   "09 02 5900 04 01 00 a0 32"
                   "09 04 00 00 02 08 06 50 00 07 05 82 02 4000 00 07 05 02 02 4000 00"
                   "09 04 01 00 01 03 01 01 00 09 21 1101 00 01 22 4100 07 05 81 03 0800 0a"
                   "09 04 02 00 00 02 06 00 00"
                   "09 04 03 00 02 0a 00 00 00 07 05 83 02 4000 00 07 05 03 02 4000 00",
    .answers = {
        {0x81, 0x06, 0x2200, 1, {usb_keyboard_report, USB_KEYBOARD_REPORT_SIZE}},
    }};

static uint8_t label[40000];

static const uint8_t key[8] = {0, 0, 0x1E};

static void type_one(struct usb_bench_device *device)
{
    unsigned before = rig.log->reports;
    usb_bench_say(device, 0x81, bytes_of(key, sizeof(key)));
    PORT_LOG_UNTIL(rig.loop, rig.log->reports == before + 1, "a key is heard");
}

static unsigned descriptors_open(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    ENSURE(folder);
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

/* umockdev closes its ends in a thread of its own. */
static void descriptors_are_no_more_than(unsigned before, const char *promise)
{
    int64_t until_ms = clock_boot_ms() + PORT_LOG_PATIENCE_MS;
    while (descriptors_open() > before && clock_boot_ms() < until_ms) {
        loop_turn(rig.loop, clock_boot_ms() + 2);
    }
    EXPECT(descriptors_open() <= before, promise);
}

static void unplugged_while_it_is_asked(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 1, "a scanner is there");
    usb_bench_hold(device, true);
    EXPECT_I64(ERR_NONE, ports_connect(rig.ports, 1, BYTES_LITERAL(SCANNER), PORT_FACE_HID, NULL),
               "connecting begins");
    port_log_settle(rig.loop);
    EXPECT_I64(1, usb_bench_flying(device, 0), "and waits for an answer");
    usb_rig_unplug(device);
    PORT_LOG_UNTIL(rig.loop, rig.log->failed == 1, "unplugged it fails");
    EXPECT_I64(ERR_CLOSED, rig.log->error, "as gone");
    EXPECT_I64(0, rig.log->opened + rig.log->closed, "and nothing else is said");
    usb_rig_stop();
}

static void unplugged_in_the_turn_of_connecting(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    usb_rig_start();
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 1, "a printer is there");
    usb_bench_unplug(rig.bench, device); /* the library does not know it yet */
    EXPECT_I64(ERR_NONE,
               ports_connect(rig.ports, 1, BYTES_LITERAL(PRINTER), PORT_FACE_PRINTER, NULL),
               "connecting begins all the same");
    PORT_LOG_UNTIL(rig.loop, rig.log->failed == 1 && rig.seen.gone == 1, "and fails");
    EXPECT_I64(0, rig.log->opened + rig.log->closed, "and nothing else is said");
    usb_rig_stop();
}

static void unplugged_with_nothing_in_flight(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &mute_printer);
    usb_rig_start();
    usb_rig_connect(1, "usb:0a5f:1111", PORT_FACE_PRINTER);
    EXPECT(!rig.log->identity.can_read, "it cannot be read");
    EXPECT_I64(0, usb_bench_flying(device, 0x01), "and no transfer of it flies");
    usb_rig_unplug(device);
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "its port closes nevertheless");
    EXPECT_I64(ERR_CLOSED, rig.log->error, "as gone");
    usb_rig_stop();
}

/* R04: at any byte of the job, packets' borders and their neighbours. */
static void unplugged_at_any_byte_of_a_job(void)
{
    static const size_t cuts[] = {0, 1, 63, 64, 65, 4095, 16383, 16384, 16385, 32768, 39999};
    usb_rig_start();
    for (uint32_t i = 0; i < ARRAY_LEN(cuts); i++) {
        struct usb_bench_device *device = usb_rig_plug(&usb_printer);
        usb_rig_connect(i + 1, PRINTER, PORT_FACE_PRINTER);
        usb_bench_take_only(device, cuts[i]);
        EXPECT_I64(ERR_NONE, ports_write(rig.ports, i + 1, bytes_of(label, sizeof(label))),
                   "a job is given");
        port_log_settle(rig.loop);
        usb_rig_unplug(device);
        PORT_LOG_UNTIL(rig.loop, rig.log->closed == i + 1, "the port closes");
        EXPECT_I64(cuts[i], rig.log->taken_at_end, "every byte that was taken is counted");
        EXPECT_I64(ERR_CLOSED, rig.log->error, "as gone");
    }
    EXPECT_I64(0, rig.log->drained, "no job was said to be done");
    usb_rig_stop();
}

/* R03: it takes no more for as long as it likes, then stalls, and takes again. */
static void stalled_at_any_byte_of_a_job(void)
{
    static const size_t cuts[] = {0, 1, 63, 64, 65, 16383, 16384, 16385, 39999};
    usb_rig_start();
    for (uint32_t i = 0; i < ARRAY_LEN(cuts); i++) {
        struct usb_bench_device *device = usb_rig_plug(&usb_printer);
        usb_rig_connect(i + 1, PRINTER, PORT_FACE_PRINTER);
        usb_bench_take_only(device, cuts[i]);
        EXPECT_I64(ERR_NONE, ports_write(rig.ports, i + 1, bytes_of(label, sizeof(label))),
                   "a job is given");
        port_log_settle(rig.loop);
        EXPECT_I64(i, rig.log->drained, "it waits without an end of its own");
        usb_bench_refuse(device, 0x01, -EPIPE);
        usb_bench_take_only(device, SIZE_MAX);
        PORT_LOG_UNTIL(rig.loop, rig.log->drained == i + 1, "and goes on when that is over");
        EXPECT_BYTES(bytes_of(label, sizeof(label)), usb_bench_taken(device),
                     "no byte is missing and none comes twice");
        EXPECT_I64(1, usb_bench_count(device, USBDEVFS_CLEAR_HALT), "the halt was cleared");
        EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RESET), "nothing was reset");
        ports_disconnect(rig.ports, i + 1);
        usb_rig_unplug(device);
    }
    usb_rig_stop();
}

static void a_stalled_scanner_is_cleared_once(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, SCANNER, PORT_FACE_HID);
    usb_bench_refuse(device, 0x81, -EPIPE);
    PORT_LOG_UNTIL(rig.loop, usb_bench_count(device, USBDEVFS_CLEAR_HALT) == 1, "it is cleared");
    PORT_LOG_UNTIL(rig.loop, usb_bench_flying(device, 0x81) >= 2, "and read again");
    EXPECT_I64(0, usb_bench_cleared_in_flight(device), "with no read waiting on the endpoint");
    type_one(device);
    for (unsigned i = 0; i < 3; i++) {
        usb_bench_refuse(device, 0x81, -EPIPE);
        PORT_LOG_UNTIL(rig.loop, usb_bench_count(device, USBDEVFS_CLEAR_HALT) == 2 + i,
                       "and cleared again");
    }
    usb_bench_refuse(device, 0x81, -EPIPE);
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "one that stalls on and on has failed");
    EXPECT_I64(ERR_IO, rig.log->error, "it is still there");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RESET), "it was not reset");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void single_failures_are_survived(int status, const char *what)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, SCANNER, PORT_FACE_HID);
    for (int i = 0; i < 30; i++) {
        usb_bench_refuse(device, 0x81, status);
        if (i % 5 == 4) type_one(device);
    }
    EXPECT_I64(6, rig.log->reports, what);
    EXPECT_I64(0, rig.log->closed, "what comes between good reports is survived");
    for (int i = 0; i < 20; i++) usb_bench_refuse(device, 0x81, status);
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "failing on and on is an end");
    EXPECT_I64(ERR_IO, rig.log->error, "of a device that is still there");
    EXPECT_I64(0, usb_bench_claimed(device), "it is given back");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void disturbed_and_overlong_packets(void)
{
    single_failures_are_survived(-EPROTO, "disturbed packets");
    single_failures_are_survived(-EOVERFLOW, "packets longer than promised");
}

static void a_failed_write_of_a_printer_is_not_repeated(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_printer);
    usb_rig_start();
    usb_rig_connect(1, PRINTER, PORT_FACE_PRINTER);
    usb_bench_take_only(device, 20000);
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, bytes_of(label, sizeof(label))), "a job");
    PORT_LOG_UNTIL(rig.loop, ports_taken(rig.ports, 1) == USB_SEND_MAX, "a part is taken");
    usb_bench_refuse(device, 0x01, -EPROTO);
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "the line fails: that is an end");
    EXPECT_I64(ERR_IO, rig.log->error, "not a departure");
    EXPECT_I64(20000, usb_bench_taken(device).len, "no byte was sent a second time");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RESET), "and nothing reset");
    usb_rig_unplug(device);
    usb_rig_stop();
}

static void gone_and_back_within_one_turn(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, SCANNER, PORT_FACE_HID);
    usb_bench_unplug(rig.bench, device);
    device = usb_bench_plug(rig.bench, &usb_keyboard);
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 2 && rig.log->closed == 1, "both are told");
    EXPECT_TEXT("+" SCANNER ":S/N:0001 Rev:A hid keyboard 05f9:2206 \"S/N:0001 Rev:A\" "
                "\"Handheld Barcode Scanner\"\n"
                "-" SCANNER ":S/N:0001 Rev:A\n"
                "+" SCANNER ":S/N:0001 Rev:A hid keyboard 05f9:2206 \"S/N:0001 Rev:A\" "
                "\"Handheld Barcode Scanner\"\n",
                rig.seen.storage, "in order, and under its own address again");
    usb_rig_connect(2, SCANNER ":S/N:0001 Rev:A", PORT_FACE_HID);
    type_one(device);
    usb_rig_unplug(device);
    usb_rig_stop();
}

/* It enumerates twice, and the library has two devices for it. */
static void back_without_having_been_told_as_gone(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, SCANNER, PORT_FACE_HID);
    struct usb_bench_device *back = usb_bench_come_back(rig.bench, device, 12);
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 2 && rig.log->closed == 1, "the new one is told");
    EXPECT_I64(1, rig.seen.gone, "the old one has gone: a socket holds one device");
    usb_rig_connect(2, SCANNER ":S/N:0001 Rev:A", PORT_FACE_HID);
    type_one(back);
    usb_rig_refused(SCANNER, PORT_FACE_HID, ERR_BUSY, "there is one device, not two");
    usb_rig_unplug(back);
    usb_rig_stop();
}

static void a_hub_reset_takes_all_and_brings_all_back(void)
{
    const struct usb_bench_model *models[] = {&usb_keyboard, &usb_composite, &usb_printer,
                                              &mute_printer};
    static const char *const addresses[] = {SCANNER, "usb:0c2e:0b61", PRINTER, "usb:0a5f:1111"};
    static const enum port_face faces[] = {PORT_FACE_HID, PORT_FACE_HID, PORT_FACE_PRINTER,
                                           PORT_FACE_PRINTER};
    struct usb_bench_device *devices[ARRAY_LEN(models)];
    usb_rig_start();
    for (uint32_t i = 0; i < ARRAY_LEN(models); i++) {
        devices[i] = usb_rig_plug(models[i]);
        usb_rig_connect(i + 1, addresses[i], faces[i]);
    }
    for (uint32_t round = 1; round <= 3; round++) {
        for (size_t i = 0; i < ARRAY_LEN(models); i++) usb_bench_unplug(rig.bench, devices[i]);
        for (size_t i = 0; i < ARRAY_LEN(models); i++) {
            devices[i] = usb_bench_plug(rig.bench, models[i]);
        }
        PORT_LOG_UNTIL(rig.loop, rig.log->closed == 4 * round, "every port closes");
        PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 4 + 4 * round, "every device is back");
        for (uint32_t i = 0; i < ARRAY_LEN(models); i++) {
            usb_rig_connect(10 * round + i, addresses[i], faces[i]);
        }
    }
    EXPECT_I64(0, rig.log->failed, "and opens at the first try");
    for (size_t i = 0; i < ARRAY_LEN(models); i++) usb_rig_unplug(devices[i]);
    usb_rig_stop();
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void print_spans(const char *what, int64_t *spans_us, size_t count)
{
    qsort(spans_us, count, sizeof(*spans_us), compare);
    printf("%s: %lld us median, %lld us worst of %zu\n", what, (long long)spans_us[count / 2],
           (long long)spans_us[count - 1], count);
}

/* B14: more often than in any minute; what it takes is printed, not judged. */
static void plugged_and_unplugged_a_hundred_times(void)
{
    enum { TIMES = 100 };
    static int64_t noticed_us[TIMES];
    static int64_t usable_us[TIMES];
    unsigned open_before = 0;
    usb_rig_start();
    for (uint32_t i = 0; i < TIMES; i++) {
        int64_t plugged_us = clock_boot_us();
        struct usb_bench_device *device = usb_rig_plug(&usb_keyboard);
        usb_rig_connect(i + 1, SCANNER, PORT_FACE_HID);
        usable_us[i] = clock_boot_us() - plugged_us;
        type_one(device);
        if (i == 2) open_before = descriptors_open();
        if (i == TIMES - 1) {
            descriptors_are_no_more_than(open_before, "as many descriptors as in the beginning");
        }
        int64_t unplugged_us = clock_boot_us();
        usb_bench_unplug(rig.bench, device);
        PORT_LOG_UNTIL(rig.loop, rig.log->closed == i + 1, "its port closes");
        noticed_us[i] = clock_boot_us() - unplugged_us;
        PORT_LOG_UNTIL(rig.loop, rig.seen.gone == i + 1, "its going is told");
        usb_bench_sweep(rig.bench);
    }
    usb_rig_stop();
    print_spans("unplugged to closed", noticed_us, TIMES);
    print_spans("plugged in to opened", usable_us, TIMES);
}

/* B14: 127 addresses are all that a bus has; two are the root hub's and nobody's. */
static void a_bus_full_of_scanners(void)
{
    enum { FIRST = 2, LAST = 127 };
    static struct usb_bench_model models[LAST + 1];
    static struct usb_bench_device *devices[LAST + 1];
    usb_rig_start();
    unsigned open_before = descriptors_open();
    for (unsigned i = FIRST; i <= LAST; i++) {
        models[i] = usb_keyboard;
        models[i].number = (uint8_t)i;
        models[i].serial = NULL;
        devices[i] = usb_bench_plug(rig.bench, &models[i]);
        if (i % 16 != 0 && i != LAST) continue; /* umockdev's socket holds about a hundred events */
        PORT_LOG_UNTIL(rig.loop, rig.seen.seen == i - FIRST + 1, "every one is told");
    }
    usb_rig_connect(1, SCANNER ":@1-127", PORT_FACE_HID);
    type_one(devices[LAST]);
    for (unsigned i = FIRST; i <= LAST; i++) {
        usb_bench_unplug(rig.bench, devices[i]);
        if (i % 16 != 0 && i != LAST) continue;
        PORT_LOG_UNTIL(rig.loop, rig.seen.gone == i - FIRST + 1, "and everyone's going");
    }
    EXPECT_I64(1, rig.log->closed, "the open one has closed");
    usb_bench_sweep(rig.bench);
    descriptors_are_no_more_than(open_before, "and no descriptor is left of them");
    usb_rig_stop();
}

/* B13: of a device that is many things, the scanner only. */
static void only_the_listed_interfaces_are_claimed(void)
{
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &pretender);
    struct usb_bench_device *scanner = usb_bench_plug(rig.bench, &usb_composite);
    usb_rig_start();
    usb_rig_connect(1, "usb:1234:5678", PORT_FACE_HID);
    EXPECT_I64(1u << 1, usb_bench_claimed(device), "neither the disk nor the network card");
    usb_rig_connect(2, "usb:0c2e:0b61", PORT_FACE_HID);
    EXPECT_I64(1u << 0 | 1u << 2, usb_bench_claimed(scanner),
               "keyboard and point of sale of a scanner that is both, never a mouse");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_SETCONFIGURATION), "the device stays as it is");
    EXPECT_I64(0, usb_bench_count(device, USBDEVFS_RESET), "and is not reset");
    usb_rig_unplug(device);
    usb_rig_unplug(scanner);
    usb_rig_stop();
}

static void expect_awake(const char *socket)
{
    char file[64];
    char content[8] = "";
    snprintf(file, sizeof(file), "/sys/bus/usb/devices/%s/power/control", socket);
    FILE *stream = fopen(file, "re");
    ENSURE(stream && fgets(content, sizeof(content), stream));
    fclose(stream);
    EXPECT(strncmp(content, "on", 2) == 0, "the kernel does not let it sleep");
}

/* Taking a printer from its driver and giving it back between jobs loses labels; a scanner types
 * for the kernel again when we leave it. */
static void the_kernels_driver_is_sent_away_once(void)
{
    struct usb_bench_model models[] = {usb_printer, usb_keyboard};
    models[0].kernel_driver = "usblp";
    models[1].kernel_driver = "usbhid";
    struct usb_bench_device *printer = usb_bench_plug(rig.bench, &models[0]);
    struct usb_bench_device *scanner = usb_bench_plug(rig.bench, &models[1]);
    usb_rig_start();
    for (uint32_t i = 1; i <= 3; i++) {
        usb_rig_connect(i, PRINTER, PORT_FACE_PRINTER);
        EXPECT_I64(0, usb_bench_bound(printer) & 1u, "usblp has let go");
        ports_disconnect(rig.ports, i);
        port_log_settle(rig.loop);
    }
    EXPECT_I64(1, usb_bench_rebinds(printer), "once for all openings");
    usb_rig_connect(10, SCANNER, PORT_FACE_HID);
    EXPECT_I64(0, usb_bench_bound(scanner) & 1u, "usbhid types nothing meanwhile");
    expect_awake("1-4");
    expect_awake("1-2");
    ports_disconnect(rig.ports, 10);
    PORT_LOG_UNTIL(rig.loop, usb_bench_bound(scanner) & 1u, "it is given back");
    usb_rig_connect(11, SCANNER, PORT_FACE_HID);
    for (int i = 0; i < 20; i++) usb_bench_refuse(scanner, 0x81, -EPROTO);
    PORT_LOG_UNTIL(rig.loop, rig.log->closed == 1, "one that fails");
    EXPECT_I64(0, usb_bench_bound(scanner) & 1u, "is not: usbhid would wait for it, and we too");
    usb_bench_forgive(scanner);
    usb_rig_connect(12, SCANNER, PORT_FACE_HID);
    ports_disconnect(rig.ports, 12);
    PORT_LOG_UNTIL(rig.loop, usb_bench_bound(scanner) & 1u, "until it works again");
    EXPECT_I64(0, usb_bench_count(printer, USBDEVFS_RESET), "nothing was reset");
    EXPECT_I64(0, usb_bench_count(printer, USBDEVFS_SETCONFIGURATION), "or set up afresh");
    usb_rig_unplug(printer);
    usb_rig_unplug(scanner);
    usb_rig_stop();
}

/* A keyboard that people write with is theirs until the settings name it. */
static void a_keyboard_is_claimed_by_its_name_only(void)
{
    struct usb_bench_device *keyboard = usb_bench_plug(rig.bench, &usb_keyboard);
    struct usb_bench_device *scanner = usb_bench_plug(rig.bench, &usb_composite);
    usb_rig_start();
    PORT_LOG_UNTIL(rig.loop, rig.seen.seen == 2, "both are told");
    EXPECT(strstr(rig.seen.storage, "hid keyboard 05f9:2206") != NULL, "one as a keyboard");
    usb_rig_connect(1, "usb:0c2e:0b61", PORT_FACE_HID);
    usb_rig_refused("usb:0c2e:0b61", PORT_FACE_HID, ERR_BUSY, "a second scanner of this kind");
    EXPECT_I64(0, usb_bench_claimed(keyboard), "is not replaced by a keyboard of another");
    EXPECT_I64(0, usb_bench_count(keyboard, USBDEVFS_GET_CAPABILITIES), "which is not even opened");
    usb_rig_unplug(keyboard);
    usb_rig_unplug(scanner);
    usb_rig_stop();
}

/* B15: as fast as it goes; a keyboard at full speed has at most 1,000 reports a second. */
static void keystrokes_without_a_pause(void)
{
    enum { STROKES = 1000 };
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &usb_keyboard);
    usb_rig_start();
    usb_rig_connect(1, SCANNER, PORT_FACE_HID);
    struct timespec begin;
    struct timespec end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    for (unsigned i = 0; i < STROKES; i += 40) {
        for (unsigned k = 0; k < 40; k++) usb_bench_say(device, 0x81, bytes_of(key, sizeof(key)));
        PORT_LOG_UNTIL(rig.loop, rig.log->reports == i + 40, "all of them are heard");
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    int64_t spent_us = (end.tv_sec - begin.tv_sec) * 1000000 + (end.tv_nsec - begin.tv_nsec) / 1000;
    printf("a report costs %lld us of CPU, the bench's part included\n",
           (long long)(spent_us / STROKES));
    port_log_sleeps(rig.loop, "and then nobody is woken");
    usb_rig_unplug(device);
    usb_rig_stop();
}

/* R10. */
static void a_device_id_without_end(void)
{
    static uint8_t endless[65535];
    memset(endless, 'A', sizeof(endless));
    endless[0] = 0xFF;
    endless[1] = 0xFF;
    struct usb_bench_model model = usb_printer;
    model.answers[0].data = bytes_of(endless, sizeof(endless));
    struct usb_bench_device *device = usb_bench_plug(rig.bench, &model);
    usb_rig_start();
    usb_rig_connect(1, PRINTER, PORT_FACE_PRINTER);
    EXPECT_I64(USB_DEVICE_ID_MAX, rig.log->identity.device_id.len, "as much as there is room for");
    EXPECT_I64(ERR_NONE, ports_write(rig.ports, 1, BYTES_LITERAL("~HS")), "a question");
    PORT_LOG_UNTIL(rig.loop, rig.log->drained == 1, "is taken");
    usb_rig_unplug(device);
    usb_rig_stop();
}

int main(int count, char **arguments)
{
    (void)count;
    if (!usb_rig_enter(arguments)) return 77;
    for (size_t i = 0; i < sizeof(label); i++) label[i] = (uint8_t)(i ^ (i >> 8) ^ (i >> 13));
    EXPECT_RUN(unplugged_while_it_is_asked);
    EXPECT_RUN(unplugged_in_the_turn_of_connecting);
    EXPECT_RUN(unplugged_with_nothing_in_flight);
    EXPECT_RUN(unplugged_at_any_byte_of_a_job);
    EXPECT_RUN(stalled_at_any_byte_of_a_job);
    EXPECT_RUN(a_stalled_scanner_is_cleared_once);
    EXPECT_RUN(disturbed_and_overlong_packets);
    EXPECT_RUN(a_failed_write_of_a_printer_is_not_repeated);
    EXPECT_RUN(gone_and_back_within_one_turn);
    EXPECT_RUN(back_without_having_been_told_as_gone);
    EXPECT_RUN(a_hub_reset_takes_all_and_brings_all_back);
    EXPECT_RUN(plugged_and_unplugged_a_hundred_times);
    EXPECT_RUN(a_bus_full_of_scanners);
    EXPECT_RUN(only_the_listed_interfaces_are_claimed);
    EXPECT_RUN(the_kernels_driver_is_sent_away_once);
    EXPECT_RUN(a_keyboard_is_claimed_by_its_name_only);
    EXPECT_RUN(keystrokes_without_a_pause);
    EXPECT_RUN(a_device_id_without_end);
    return usb_rig_result();
}
