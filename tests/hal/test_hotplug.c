/* Guards: serial lines are told once with the name that survives replugging, lines without hardware
 * are not told, what is gone is told with the address it was seen under, and nothing is missed for
 * good when events are dropped or there are too many lines. The lines are umockdev's; names as
 * udev's 60-serial.rules make them. A node of umockdev's can be used once only, hence the numbers.
 */
#include <dlfcn.h>
#include <errno.h>
#include <sys/mount.h>
#include <umockdev.h>

#include "hal/usb.h"
#include "tests/support/own_mounts.h"
#include "tests/support/port_log.h"
#include "tests/support/seen_log.h"
#include "tests/support/usb_bench.h"

#define ADAPTER "/devices/usb1/1-7"

static UMockdevTestbed *testbed;
static struct loop *loop;
static struct seen_log seen;

static void add(const char *text)
{
    GError *error = NULL;
    if (!umockdev_testbed_add_from_string(testbed, text, &error)) {
        g_error("umockdev: %s", error->message);
    }
}

/* A USB adapter on socket 1-7, and the line behind it. */
static void add_adapter(void)
{
    add("P: " ADAPTER "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: BUSNUM=001\nE: DEVNUM=007\n"
        "A: idVendor=0403\\n\nA: idProduct=6001\\n\nA: serial=A6008isP\\n\n"
        "A: product=FT232R USB UART\\n\n");
    add("P: " ADAPTER "/1-7:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n");
}

static void add_line(const char *node, const char *serial, const char *links)
{
    char *text = g_strdup_printf("P: " ADAPTER "/1-7:1.0/%s/tty/%s\nN: %s\nE: SUBSYSTEM=tty\n"
                                 "E: DEVNAME=/dev/%s\nE: MAJOR=188\nE: MINOR=250\n"
                                 "E: ID_BUS=usb\n%sE: DEVLINKS=%s\n",
                                 node, node, node, node, serial, links);
    add(text);
    g_free(text);
}

#define LINE_PATH(node) "/sys" ADAPTER "/1-7:1.0/" node "/tty/" node
#define SERIAL "E: ID_SERIAL_SHORT=A6008isP\n"
#define BY_ID_BELOW_DEV "serial/by-id/usb-FTDI_FT232R_USB_UART_A6008isP-if00-port0"
#define BY_ID "/dev/" BY_ID_BELOW_DEV
#define BY_PATH "/dev/serial/by-path/pci-0000:00:14.0-usb-0:7:1.0-port0"

/* udev's own record of a line, from which a list of what is there gets its links. umockdev knows
 * only the events, so the record lies in a /run of our own. */
static void add_record(const char *content)
{
    g_assert(g_mkdir_with_parents("/run/udev/data", 0755) == 0);
    g_assert(g_file_set_contents("/run/udev/data/c188:250", content, -1, NULL));
}

static struct hotplug *open_hotplug(struct usb *usb)
{
    struct hotplug *hotplug = NULL;
    seen_log_init(&seen);
    EXPECT_I64(ERR_NONE, hotplug_open(loop, usb, &seen_log_events, &seen, &hotplug),
               "hot-plug opens");
    EXPECT_I64(0, seen.seen, "and tells nothing inside the call");
    return hotplug;
}

static void lines_come_and_go(void)
{
    add("P: /devices/virtual/tty/tty1\nN: tty1\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/tty1\n"
        "E: MAJOR=4\nE: MINOR=1\n");
    add("P: /devices/platform/serial8250\nE: SUBSYSTEM=platform\n");
    add("P: /devices/platform/serial8250/tty/ttyS3\nN: ttyS3\nE: SUBSYSTEM=tty\n"
        "E: DEVNAME=/dev/ttyS3\nE: MAJOR=4\nE: MINOR=67\nA: type=0\\n\n");
    add("P: /devices/platform/serial8250/tty/ttyS0\nN: ttyS0\nE: SUBSYSTEM=tty\n"
        "E: DEVNAME=/dev/ttyS0\nE: MAJOR=4\nE: MINOR=64\nA: type=4\\n\n");
    struct hotplug *hotplug = open_hotplug(NULL);
    PORT_LOG_UNTIL(loop, seen.seen == 1, "the line that was there is told");
    EXPECT_TEXT("+serial:/dev/ttyS0 serial 0000:0000 \"\" \"\"\n", seen.storage,
                "consoles and ports without a chip are not");
    add_adapter();
    add_line("ttyUSB0", SERIAL, BY_PATH " " BY_ID);
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB0"), "add");
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB0"), "change");
    PORT_LOG_UNTIL(loop, seen.seen == 2, "a new line is told");
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB0"), "remove");
    umockdev_testbed_remove_device(testbed, LINE_PATH("ttyUSB0"));
    PORT_LOG_UNTIL(loop, seen.gone == 1, "and its going");
    add_line("ttyUSB1", SERIAL, BY_PATH " " BY_ID);
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB1"), "add");
    PORT_LOG_UNTIL(loop, seen.seen == 3, "and its coming back under another number");
    EXPECT_TEXT("+serial:/dev/ttyS0 serial 0000:0000 \"\" \"\"\n"
                "+serial:" BY_ID " serial 0403:6001 \"A6008isP\" \"FT232R USB UART\"\n"
                "-serial:" BY_ID "\n"
                "+serial:" BY_ID " serial 0403:6001 \"A6008isP\" \"FT232R USB UART\"\n",
                seen.storage, "the address is the same, the ids are the adapter's");
    port_log_settle(loop);
    EXPECT_I64(3, seen.seen, "repeated events are not told");
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB1"), "remove");
    umockdev_testbed_remove_device(testbed, LINE_PATH("ttyUSB1"));
    PORT_LOG_UNTIL(loop, seen.gone == 2, "gone again");
    hotplug_close(hotplug);
}

static void a_line_that_was_there_before_has_the_same_name(void)
{
    add_adapter();
    add_line("ttyUSB3", SERIAL, BY_PATH " " BY_ID);
    add_record("S:" BY_ID_BELOW_DEV "\nI:1\nE:ID_SERIAL_SHORT=A6008isP\n");
    struct hotplug *hotplug = open_hotplug(NULL);
    PORT_LOG_UNTIL(loop, seen.seen == 1, "it is told at the start");
    EXPECT(strstr(seen.storage, "+serial:" BY_ID " serial") != NULL, "under its stable name");
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB3"), "remove");
    umockdev_testbed_remove_device(testbed, LINE_PATH("ttyUSB3"));
    PORT_LOG_UNTIL(loop, seen.gone == 1, "and goes under it");
    hotplug_close(hotplug);
}

/* libudev's, which stands behind ours and is nobody else's to include. */
struct udev_device;
struct udev_monitor;
struct udev_device *udev_monitor_receive_device(struct udev_monitor *monitor);
struct udev_device *udev_device_unref(struct udev_device *device);

/* The kernel drops events when many devices come at once; libudev then says ENOBUFS. */
static bool drop_events;

struct udev_device *udev_monitor_receive_device(struct udev_monitor *monitor)
{
    __typeof__(&udev_monitor_receive_device) real;
    *(void **)&real = dlsym(RTLD_NEXT, "udev_monitor_receive_device");
    struct udev_device *device = real(monitor);
    if (!drop_events) return device;
    udev_device_unref(device);
    errno = ENOBUFS;
    return NULL;
}

static void events_that_the_kernel_dropped_are_made_up_for(void)
{
    add_line("ttyUSB5", SERIAL, BY_ID);
    struct hotplug *hotplug = open_hotplug(NULL);
    PORT_LOG_UNTIL(loop, seen.seen == 2, "what is there is told");
    drop_events = true;
    add_line("ttyUSB6", SERIAL, BY_ID);
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB6"), "add");
    PORT_LOG_UNTIL(loop, seen.seen == 3, "what came meanwhile too");
    umockdev_testbed_remove_device(testbed, LINE_PATH("ttyUSB5"));
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB6"), "change"); /* any event, dropped */
    PORT_LOG_UNTIL(loop, seen.gone == 1, "and what went");
    drop_events = false;
    port_log_settle(loop);
    EXPECT_I64(3, seen.seen, "each once");
    EXPECT_I64(1, seen.gone, "and nothing else went");
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB6"), "remove");
    umockdev_testbed_remove_device(testbed, LINE_PATH("ttyUSB6"));
    PORT_LOG_UNTIL(loop, seen.gone == 2, "events are heard again");
    hotplug_close(hotplug);
}

/* B14: more lines than there is room for, then room. */
static void more_lines_than_are_known_at_once(void)
{
    enum { LINES = HOTPLUG_LINES_MAX + 4 };
    char node[16];
    char path[LINES][96];
    for (unsigned i = 0; i < LINES; i++) {
        snprintf(node, sizeof(node), "ttyUSB%u", 20 + i);
        snprintf(path[i], sizeof(path[i]), "/sys" ADAPTER "/1-7:1.0/%s/tty/%s", node, node);
        add_line(node, "", BY_PATH);
    }
    struct hotplug *hotplug = open_hotplug(NULL);
    PORT_LOG_UNTIL(loop, seen.seen == HOTPLUG_LINES_MAX, "as many as there is room for");
    for (unsigned i = 0; i < LINES; i++) {
        umockdev_testbed_uevent(testbed, path[i], "remove");
        umockdev_testbed_remove_device(testbed, path[i]);
        port_log_settle(loop);
    }
    PORT_LOG_UNTIL(loop, seen.gone == seen.seen - 1, "all but the machine's own have gone");
    EXPECT(seen.seen > HOTPLUG_LINES_MAX, "those without room were told when there was some");
    hotplug_close(hotplug);
}

static void without_a_serial_number_the_socket_counts(void)
{
    struct hotplug *hotplug = open_hotplug(NULL);
    PORT_LOG_UNTIL(loop, seen.seen == 1, "the line of before is told to a new listener");
    add_line("ttyUSB2", "", BY_ID " " BY_PATH);
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB2"), "add");
    PORT_LOG_UNTIL(loop, seen.seen == 2, "an adapter without a serial number");
    EXPECT(strstr(seen.storage, "+serial:" BY_PATH " serial") != NULL, "goes by its socket");
    umockdev_testbed_uevent(testbed, LINE_PATH("ttyUSB2"), "remove");
    PORT_LOG_UNTIL(loop, seen.gone == 1, "and goes under that name");
    EXPECT(strstr(seen.storage, "-serial:" BY_PATH "\n") != NULL, "as it was seen");
    umockdev_testbed_remove_device(testbed, LINE_PATH("ttyUSB2"));
    hotplug_close(hotplug);
}

static void both_sources_feed_one_listener(void)
{
    struct usb *usb = NULL;
    struct usb_bench *bench = usb_bench_of(testbed);
    static const struct usb_bench_model scanner = {
        .number = 2,
        .descriptors = "12 01 0002 00 00 00 40 f905 0622 0001 00 00 00 01"
                       "09 02 2200 01 01 00 a0 32"
                       "09 04 00 00 01 03 01 01 00 09 21 1101 00 01 22 4100 07 05 81 03 0800 0a"};
    usb_bench_plug(bench, &scanner);
    EXPECT_I64(ERR_NONE, usb_open(loop, &usb), "usb opens");
    loop_turn(loop, 0);
    struct hotplug *hotplug = open_hotplug(usb);
    PORT_LOG_UNTIL(loop, seen.seen == 2, "the line and the scanner are told");
    EXPECT(strstr(seen.storage, "+usb:05f9:2206:@1-2 hid keyboard") != NULL, "the scanner");
    EXPECT(strstr(seen.storage, "+serial:/dev/ttyS0 serial") != NULL, "the line");
    port_log_sleeps(loop, "when nothing changes nobody is woken");
    hotplug_close(hotplug);
    usb_close(usb);
    usb_bench_close(bench);
}

/* With an argument: what needs a /run of our own, and is skipped where a machine refuses that. */
int main(int count, char **arguments)
{
    bool records = count > 1;
    if (!usb_bench_enter(arguments)) {
        puts("not tested: umockdev's preload library is not installed");
        return 77; /* CTest knows it as skipped */
    }
    if (records && (!own_mounts_enter() || mount("none", "/run", "tmpfs", 0, "mode=755") != 0)) {
        puts("not tested: this machine refuses a /run of our own");
        return 77;
    }
    testbed = umockdev_testbed_new();
    EXPECT_I64(ERR_NONE, loop_open(&loop), "a loop opens");
    if (records) {
        EXPECT_RUN(a_line_that_was_there_before_has_the_same_name);
    } else {
        EXPECT_RUN(lines_come_and_go);
        EXPECT_RUN(events_that_the_kernel_dropped_are_made_up_for);
        EXPECT_RUN(more_lines_than_are_known_at_once);
        EXPECT_RUN(without_a_serial_number_the_socket_counts);
        EXPECT_RUN(both_sources_feed_one_listener);
    }
    loop_close(loop);
    g_object_unref(testbed);
    return expect_result();
}
