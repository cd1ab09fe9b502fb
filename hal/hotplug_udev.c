/* hotplug_udev.c - hotplug.h on libudev for serial lines; USB devices come through usb.h.
 *
 * udev is asked for its finished events, after the rules have made links and permissions, never
 * for the kernel's raw ones. The monitor listens before the list is read, so nothing falls between;
 * what is in both is told once, because the table of lines knows it. An address is remembered,
 * since the links of a line that has gone are gone as well. When the kernel had to drop events
 * (many devices at once), and when a line found no room, the list is read again.
 */
#include "hal/hotplug.h"

#include <errno.h>
#include <libudev.h>
#include <stdlib.h>
#include <string.h>

#include "hal/base/textbuf.h"
#include "hal/loop.h"
#include "hal/usb.h"

#define SYSPATH_SIZE 256

struct line {
    char syspath[SYSPATH_SIZE]; /* "": free entry */
    char address[PORT_ADDRESS_SIZE];
};

struct hotplug {
    struct loop *loop;
    struct usb *usb;
    struct hotplug_events events;
    void *context;
    struct udev *udev;
    struct udev_monitor *monitor; /* NULL: no udev here */
    struct loop_watch watch;
    struct loop_later soon;
    struct line lines[HOTPLUG_LINES_MAX];
    bool missed; /* a line found no room */
};

static struct line *find_line(struct hotplug *hotplug, const char *syspath)
{
    for (size_t i = 0; i < HOTPLUG_LINES_MAX; i++) {
        if (strcmp(hotplug->lines[i].syspath, syspath) == 0) return &hotplug->lines[i];
    }
    return NULL;
}

/* Consoles and pseudo-terminals have no device behind them. A port of the serial driver (it has a
 * type) without a chip has type 0, and every PC announces a row of those (linux/serial.h). */
static bool is_line(struct udev_device *device)
{
    if (!udev_device_get_devnode(device) || !udev_device_get_parent(device)) return false;
    const char *type = udev_device_get_sysattr_value(device, "type");
    return !type || strcmp(type, "0") != 0;
}

static const char *find_link(struct udev_device *device, const char *folder)
{
    struct udev_list_entry *entry;
    udev_list_entry_foreach(entry, udev_device_get_devlinks_list_entry(device))
    {
        const char *link = udev_list_entry_get_name(entry);
        if (strncmp(link, folder, strlen(folder)) == 0) return link;
    }
    return NULL;
}

/* Two lines of one make without serial numbers share their by-id name; the by-path name says which
 * socket. The node itself is only as good as the order of plugging. */
static const char *stable_name(struct udev_device *device)
{
    bool has_serial = udev_device_get_property_value(device, "ID_SERIAL_SHORT") != NULL;
    const char *by_id = has_serial ? find_link(device, "/dev/serial/by-id/") : NULL;
    if (by_id) return by_id;
    const char *by_path = find_link(device, "/dev/serial/by-path/");
    return by_path ? by_path : udev_device_get_devnode(device);
}

static uint16_t usb_number(struct udev_device *usb_device, const char *attribute)
{
    const char *text = usb_device ? udev_device_get_sysattr_value(usb_device, attribute) : NULL;
    return text ? (uint16_t)strtoul(text, NULL, 16) : 0;
}

static const char *usb_text(struct udev_device *usb_device, const char *attribute)
{
    const char *text = usb_device ? udev_device_get_sysattr_value(usb_device, attribute) : NULL;
    return text ? text : "";
}

static void tell_seen(struct hotplug *hotplug, const struct line *line, struct udev_device *device)
{
    struct udev_device *usb_device =
        udev_device_get_parent_with_subsystem_devtype(device, "usb", "usb_device");
    struct device_seen seen = {.address = line->address,
                               .is_serial = true,
                               .vendor = usb_number(usb_device, "idVendor"),
                               .product = usb_number(usb_device, "idProduct"),
                               .serial = usb_text(usb_device, "serial"),
                               .product_name = usb_text(usb_device, "product")};
    hotplug->events.seen(hotplug->context, &seen);
}

static void line_seen(struct hotplug *hotplug, struct udev_device *device)
{
    const char *syspath = udev_device_get_syspath(device);
    if (find_line(hotplug, syspath) || !is_line(device)) return;
    struct line *line = find_line(hotplug, "");
    if (!line) {
        hotplug->missed = true;
        return;
    }
    struct textbuf address;
    textbuf_init(&address, line->address, sizeof(line->address));
    textbuf_text(&address, "serial:");
    textbuf_text(&address, stable_name(device));
    struct textbuf path;
    textbuf_init(&path, line->syspath, sizeof(line->syspath));
    textbuf_text(&path, syspath);
    /* A name too long for an address could not be connected to either. */
    if (!textbuf_ok(&address) || !textbuf_ok(&path)) line->syspath[0] = '\0';
    else tell_seen(hotplug, line, device);
}

static void line_gone(struct hotplug *hotplug, struct line *line)
{
    struct line gone = *line;
    line->syspath[0] = '\0';
    if (hotplug->missed) loop_later(hotplug->loop, &hotplug->soon);
    hotplug->events.gone(hotplug->context, gone.address);
}

static void handle(struct hotplug *hotplug, struct udev_device *device)
{
    const char *action = udev_device_get_action(device);
    struct line *line = find_line(hotplug, udev_device_get_syspath(device));
    if (action && strcmp(action, "add") == 0) line_seen(hotplug, device);
    if (action && strcmp(action, "remove") == 0 && line) line_gone(hotplug, line);
}

static void on_ready(void *context, uint32_t ready)
{
    (void)ready;
    struct hotplug *hotplug = context;
    errno = 0;
    struct udev_device *device = udev_monitor_receive_device(hotplug->monitor);
    if (device) handle(hotplug, device);
    else if (errno == ENOBUFS) loop_later(hotplug->loop, &hotplug->soon);
    udev_device_unref(device);
}

/* Those whose going was not told. */
static void check_lines(struct hotplug *hotplug)
{
    for (size_t i = 0; i < HOTPLUG_LINES_MAX; i++) {
        struct line *line = &hotplug->lines[i];
        if (line->syspath[0] == '\0') continue;
        struct udev_device *device = udev_device_new_from_syspath(hotplug->udev, line->syspath);
        if (!device) line_gone(hotplug, line);
        udev_device_unref(device);
    }
}

static void see_lines(void *context)
{
    struct hotplug *hotplug = context;
    check_lines(hotplug);
    hotplug->missed = false;
    struct udev_enumerate *list = udev_enumerate_new(hotplug->udev);
    if (!list) return;
    udev_enumerate_add_match_subsystem(list, "tty");
    udev_enumerate_scan_devices(list);
    struct udev_list_entry *entry;
    udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(list))
    {
        const char *syspath = udev_list_entry_get_name(entry);
        struct udev_device *device = udev_device_new_from_syspath(hotplug->udev, syspath);
        if (!device) continue; /* gone again: the monitor says so */
        line_seen(hotplug, device);
        udev_device_unref(device);
    }
    udev_enumerate_unref(list);
}

/* Without a monitor the list at the start is all there is. */
static enum err listen_to_udev(struct hotplug *hotplug)
{
    hotplug->udev = udev_new();
    if (!hotplug->udev) return ERR_NO_MEMORY;
    hotplug->monitor = udev_monitor_new_from_netlink(hotplug->udev, "udev");
    if (!hotplug->monitor) return ERR_NONE;
    udev_monitor_filter_add_match_subsystem_devtype(hotplug->monitor, "tty", NULL);
    if (udev_monitor_enable_receiving(hotplug->monitor) < 0) return ERR_NONE;
    hotplug->watch = (struct loop_watch){.fd = udev_monitor_get_fd(hotplug->monitor),
                                         .interest = LOOP_IN,
                                         .ready = on_ready,
                                         .context = hotplug};
    return loop_add(hotplug->loop, &hotplug->watch);
}

enum err hotplug_open(struct loop *loop, struct usb *usb, const struct hotplug_events *events,
                      void *context, struct hotplug **out_hotplug)
{
    struct hotplug *hotplug = calloc(1, sizeof(*hotplug));
    if (!hotplug) return ERR_NO_MEMORY;
    hotplug->loop = loop;
    hotplug->usb = usb;
    hotplug->events = *events;
    hotplug->context = context;
    hotplug->soon = (struct loop_later){.call = see_lines, .context = hotplug};
    enum err problem = listen_to_udev(hotplug);
    if (problem != ERR_NONE) {
        hotplug_close(hotplug);
        return problem;
    }
    loop_later(loop, &hotplug->soon);
    if (usb) usb_observe(usb, events, context);
    *out_hotplug = hotplug;
    return ERR_NONE;
}

void hotplug_close(struct hotplug *hotplug)
{
    if (!hotplug) return;
    if (hotplug->usb) usb_observe(hotplug->usb, NULL, NULL);
    loop_later_cancel(hotplug->loop, &hotplug->soon);
    loop_remove(hotplug->loop, &hotplug->watch);
    udev_monitor_unref(hotplug->monitor);
    udev_unref(hotplug->udev);
    free(hotplug);
}
