/* usb_libusb.c - usb.h on libusb: its descriptors in our loop, and the devices that are there.
 *
 * The library watches the bus by itself and wakes us through a descriptor. It may report one
 * arrival twice, with the same pointer, or with another one when a departure was lost: so the
 * table is the only truth. Strings are read from the
 * kernel's copies in sysfs: asking the device would block, and needs permission. */
#include "hal/usb.h"

#include <libusb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "hal/clock.h"
#include "hal/files.h"
#include "hal/usb_inside.h"

#define CLOSE_WAIT_MS 1000

enum err usb_err(int library_error)
{
    switch ((enum libusb_error)library_error) {
    case LIBUSB_SUCCESS: return ERR_NONE;
    case LIBUSB_ERROR_IO: return ERR_IO;
    case LIBUSB_ERROR_INVALID_PARAM: return ERR_INVALID;
    case LIBUSB_ERROR_ACCESS: return ERR_REFUSED;
    case LIBUSB_ERROR_NO_DEVICE: return ERR_CLOSED;
    case LIBUSB_ERROR_NOT_FOUND: return ERR_NOT_FOUND;
    case LIBUSB_ERROR_BUSY: return ERR_BUSY;
    case LIBUSB_ERROR_TIMEOUT: return ERR_TIMEOUT;
    case LIBUSB_ERROR_OVERFLOW: return ERR_TOO_BIG;
    case LIBUSB_ERROR_PIPE: return ERR_REFUSED;
    case LIBUSB_ERROR_INTERRUPTED: return ERR_AGAIN;
    case LIBUSB_ERROR_NO_MEM: return ERR_NO_MEMORY;
    case LIBUSB_ERROR_NOT_SUPPORTED: return ERR_UNSUPPORTED;
    case LIBUSB_ERROR_OTHER: return ERR_IO;
    }
    return ERR_IO;
}

/* The library's descriptors -------------------------------------------------------------------- */

static void on_ready(void *context, uint32_t ready)
{
    (void)ready; /* the library looks for itself */
    struct usb *usb = context;
    struct timeval at_once = {0, 0};
    (void)libusb_handle_events_timeout_completed(usb->context, &at_once, NULL);
    usb_work(usb);
}

static void descriptor_added(int fd, short events, void *context)
{
    struct usb *usb = context;
    uint32_t interest = 0;
    if (events & POLLIN) interest |= LOOP_IN;
    if (events & POLLOUT) interest |= LOOP_OUT;
    for (size_t i = 0; i < USB_DESCRIPTORS_MAX; i++) {
        struct loop_watch *watch = &usb->watches[i];
        if (watch->added) continue;
        *watch =
            (struct loop_watch){.fd = fd, .interest = interest, .ready = on_ready, .context = usb};
        if (loop_add(usb->loop, watch) == ERR_NONE) return;
        watch->added = false; /* never ready then: what was begun with it ends by its time-out */
        return;
    }
}

static void descriptor_removed(int fd, void *context)
{
    struct usb *usb = context;
    for (size_t i = 0; i < USB_DESCRIPTORS_MAX; i++) {
        if (usb->watches[i].added && usb->watches[i].fd == fd) {
            loop_remove(usb->loop, &usb->watches[i]);
        }
    }
}

static void watch_descriptors(struct usb *usb)
{
    const struct libusb_pollfd **list = libusb_get_pollfds(usb->context);
    for (size_t i = 0; list && list[i]; i++) {
        descriptor_added(list[i]->fd, list[i]->events, usb);
    }
    libusb_free_pollfds(list);
    libusb_set_pollfd_notifiers(usb->context, descriptor_added, descriptor_removed, usb);
}

/* What a device is ----------------------------------------------------------------------------- */

static const struct libusb_endpoint_descriptor *find_endpoint(
    const struct libusb_interface_descriptor *setting, uint8_t type, uint8_t direction)
{
    for (uint8_t i = 0; i < setting->bNumEndpoints; i++) {
        const struct libusb_endpoint_descriptor *one = &setting->endpoint[i];
        if ((one->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) != type) continue;
        if ((one->bEndpointAddress & LIBUSB_ENDPOINT_DIR_MASK) == direction) return one;
    }
    return NULL;
}

/* The HID descriptor (type 0x21) stands between interface and endpoint; wDescriptorLength of its
 * first entry is at offset 7 (HID 1.11, 6.2.1). */
static uint16_t report_descriptor_size(const struct libusb_interface_descriptor *setting)
{
    struct bytes extra = bytes_of(setting->extra, (size_t)setting->extra_length);
    while (extra.len >= 2 && extra.data[0] >= 2) {
        if (extra.data[1] == LIBUSB_DT_HID && extra.len >= 9 && extra.data[0] >= 9) {
            return (uint16_t)(extra.data[7] | extra.data[8] << 8);
        }
        extra = bytes_from(extra, extra.data[0]);
    }
    return 0;
}

static void note_hid(struct usb_device *device, const struct libusb_interface_descriptor *setting)
{
    bool is_boot = setting->bInterfaceSubClass == 1; /* HID 1.11, 4.2 and 4.3 */
    bool is_mouse = is_boot && setting->bInterfaceProtocol == 2;
    const struct libusb_endpoint_descriptor *in =
        find_endpoint(setting, LIBUSB_TRANSFER_TYPE_INTERRUPT, LIBUSB_ENDPOINT_IN);
    const struct libusb_endpoint_descriptor *out =
        find_endpoint(setting, LIBUSB_TRANSFER_TYPE_INTERRUPT, LIBUSB_ENDPOINT_OUT);
    if (is_mouse || !in || setting->bAlternateSetting != 0) return;
    if ((in->wMaxPacketSize & 0x7FF) == 0) return; /* nothing can ever come */
    if (device->hid_count == USB_HID_FACES_MAX) return;
    device->hid[device->hid_count++] = (struct usb_face){
        .interface = setting->bInterfaceNumber,
        .protocol = setting->bInterfaceProtocol,
        .is_keyboard = is_boot && setting->bInterfaceProtocol == 1,
        .in_endpoint = in->bEndpointAddress,
        .in_size = in->wMaxPacketSize & 0x7FF,
        .out_endpoint = out ? out->bEndpointAddress : 0,
        .descriptor_size = report_descriptor_size(setting),
    };
}

/* Protocol 2 (both ways) before 1 (to the printer); 3 and 4 are other languages than ours. */
static void note_printer(struct usb_device *device, const struct libusb_interface *interface,
                         const struct libusb_interface_descriptor *setting)
{
    uint8_t protocol = setting->bInterfaceProtocol;
    if (setting->bInterfaceSubClass != 1 || protocol < 1 || protocol > 2) return;
    const struct libusb_endpoint_descriptor *out =
        find_endpoint(setting, LIBUSB_TRANSFER_TYPE_BULK, LIBUSB_ENDPOINT_OUT);
    const struct libusb_endpoint_descriptor *in =
        find_endpoint(setting, LIBUSB_TRANSFER_TYPE_BULK, LIBUSB_ENDPOINT_IN);
    if (!out || (protocol == 2 && !in)) return;
    if (device->printer.out_endpoint && device->printer.protocol >= protocol) return;
    device->printer = (struct usb_face){
        .interface = setting->bInterfaceNumber,
        .alternate = setting->bAlternateSetting,
        .has_alternates = interface->num_altsetting > 1,
        .protocol = protocol,
        .in_endpoint = protocol == 2 ? in->bEndpointAddress : 0,
        .in_size = protocol == 2 ? in->wMaxPacketSize & 0x7FF : 0,
        .out_endpoint = out->bEndpointAddress,
    };
}

static void note_interface(struct usb_device *device, const struct libusb_interface *interface)
{
    for (int i = 0; i < interface->num_altsetting; i++) {
        const struct libusb_interface_descriptor *setting = &interface->altsetting[i];
        if (setting->bInterfaceClass == LIBUSB_CLASS_HID) note_hid(device, setting);
        if (setting->bInterfaceClass == LIBUSB_CLASS_PRINTER) {
            note_printer(device, interface, setting);
        }
    }
}

static void note_faces(struct usb_device *device)
{
    struct libusb_config_descriptor *config = NULL;
    if (libusb_get_active_config_descriptor(device->device, &config) != 0) return;
    for (uint8_t i = 0; i < config->bNumInterfaces; i++) {
        note_interface(device, &config->interface[i]);
    }
    libusb_free_config_descriptor(config);
}

/* "1-1.4" as the kernel writes it: bus, then the ports on the way. */
static void note_path(struct usb_device *device)
{
    uint8_t ports[7]; /* USB 3.0 allows seven tiers */
    int count = libusb_get_port_numbers(device->device, ports, sizeof(ports));
    struct textbuf path;
    textbuf_init(&path, device->path, sizeof(device->path));
    textbuf_u64(&path, libusb_get_bus_number(device->device));
    for (int i = 0; i < count; i++) {
        textbuf_char(&path, i == 0 ? '-' : '.');
        textbuf_u64(&path, ports[i]);
    }
}

/* A string of the device as the kernel has read it; what cannot be printed becomes '?'. */
static void read_text(const struct usb_device *device, const char *what, char *out_text)
{
    char path[80];
    struct textbuf name;
    textbuf_init(&name, path, sizeof(path));
    textbuf_format(&name, "/sys/bus/usb/devices/%s/%s", device->path, what);
    char content[512];
    size_t len = 0;
    if (files_read(path, content, sizeof(content), &len) != ERR_NONE) return;
    struct bytes text = bytes_trim(bytes_of(content, len));
    text = bytes_slice(text, 0, USB_TEXT_SIZE - 1);
    for (size_t i = 0; i < text.len; i++) {
        bool printable = text.data[i] >= ' ' && text.data[i] < 0x7F;
        out_text[i] = (char)(printable ? text.data[i] : '?');
    }
}

static bool address_is_taken(const struct usb *usb, const struct usb_device *device)
{
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) {
        const struct usb_device *other = &usb->devices[i];
        if (other == device || !other->device || other->left) continue;
        if (strcmp(other->address, device->address) == 0) return true;
    }
    return false;
}

/* A serial number that two devices share names neither of them: the second goes by its socket. */
static void note_address(const struct usb *usb, struct usb_device *device)
{
    struct textbuf address;
    textbuf_init(&address, device->address, sizeof(device->address));
    textbuf_format(&address, "usb:%04x:%04x:%s", device->vendor, device->product, device->serial);
    if (device->serial[0] != '\0' && !address_is_taken(usb, device)) return;
    textbuf_reset(&address);
    textbuf_format(&address, "usb:%04x:%04x:@%s", device->vendor, device->product, device->path);
}

/* Coming and going ----------------------------------------------------------------------------- */

static struct usb_device *find_device(struct usb *usb, const struct libusb_device *wanted)
{
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) {
        if (usb->devices[i].device == wanted) return &usb->devices[i];
    }
    return NULL;
}

/* One socket holds one device: whatever was there before has gone, said or not. */
static void evict(struct usb *usb, const struct usb_device *arrived)
{
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) {
        struct usb_device *other = &usb->devices[i];
        if (other->device && strcmp(other->path, arrived->path) == 0) other->left = true;
    }
}

static void note_arrival(struct usb *usb, libusb_device *arrived)
{
    struct libusb_device_descriptor descriptor;
    if (libusb_get_device_descriptor(arrived, &descriptor) != 0) return;
    struct usb_device device = {.device = arrived,
                                .vendor = descriptor.idVendor,
                                .product = descriptor.idProduct};
    note_faces(&device);
    if (device.hid_count == 0 && device.printer.out_endpoint == 0) return;
    note_path(&device);
    evict(usb, &device);
    struct usb_device *entry = find_device(usb, NULL);
    if (!entry) {
        usb->missed = true;
        return;
    }
    read_text(&device, "serial", device.serial);
    read_text(&device, "product", device.product_name);
    note_address(usb, &device);
    *entry = device;
    libusb_ref_device(arrived);
}

/* Those that came when the table was full. */
static void look_again(struct usb *usb)
{
    if (!usb->missed || !find_device(usb, NULL)) return;
    usb->missed = false;
    libusb_device **list = NULL;
    ssize_t count = libusb_get_device_list(usb->context, &list);
    for (ssize_t i = 0; i < count; i++) {
        if (!find_device(usb, list[i])) note_arrival(usb, list[i]);
    }
    if (count >= 0) libusb_free_device_list(list, 1);
}

static int on_hotplug(libusb_context *library, libusb_device *device, libusb_hotplug_event event,
                      void *context)
{
    (void)library;
    struct usb *usb = context;
    struct usb_device *known = find_device(usb, device);
    if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT && known) known->left = true;
    if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED && !known) note_arrival(usb, device);
    return 0;
}

static void tell_seen(const struct usb *usb, struct usb_device *device)
{
    device->told = true;
    if (!usb->observer.seen) return;
    struct device_seen seen = {.address = device->address,
                               .is_hid = device->hid_count > 0,
                               .is_printer = device->printer.out_endpoint != 0,
                               .vendor = device->vendor,
                               .product = device->product,
                               .serial = device->serial,
                               .product_name = device->product_name};
    for (size_t i = 0; i < device->hid_count; i++) seen.is_keyboard |= device->hid[i].is_keyboard;
    usb->observer.seen(usb->observer_context, &seen);
}

static void tell_gone(struct usb *usb, struct usb_device *device)
{
    struct usb_device gone = *device;
    *device = (struct usb_device){.device = NULL};
    usb->lost[usb->lost_count++ % USB_LOST_MAX] = gone;
    usb_claims_gone(usb, gone.device);
    libusb_unref_device(gone.device);
    if (gone.told && usb->observer.gone) usb->observer.gone(usb->observer_context, gone.address);
}

/* What has gone comes first: it may have come back under the same address. */
static void tell_devices(struct usb *usb)
{
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) {
        struct usb_device *device = &usb->devices[i];
        if (device->device && device->left) tell_gone(usb, device);
    }
    look_again(usb);
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) {
        struct usb_device *device = &usb->devices[i];
        if (device->device && !device->left && !device->told) tell_seen(usb, device);
    }
}

void usb_work(struct usb *usb)
{
    ENSURE(!usb->working);
    usb->working = true;
    while (usb->done_first) {
        struct usb_transfer *done = usb->done_first;
        usb->done_first = done->next_done;
        if (!usb->done_first) usb->done_last = NULL;
        usb_claim_take(done);
    }
    usb_claims_sweep(usb);
    tell_devices(usb);
    usb->working = false;
}

static void work_soon(void *context)
{
    usb_work(context);
}

/* The contract --------------------------------------------------------------------------------- */

static int start(struct usb *usb)
{
    int result = libusb_init(&usb->context);
    if (result != 0) return result;
    watch_descriptors(usb);
    return libusb_hotplug_register_callback(usb->context,
                                            LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED |
                                                LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
                                            LIBUSB_HOTPLUG_ENUMERATE, LIBUSB_HOTPLUG_MATCH_ANY,
                                            LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                            on_hotplug, usb, NULL);
}

enum err usb_open(struct loop *loop, struct usb **out_usb)
{
    struct usb *usb = calloc(1, sizeof(*usb));
    if (!usb) return ERR_NO_MEMORY;
    usb->loop = loop;
    usb->soon = (struct loop_later){.call = work_soon, .context = usb};
    int result = start(usb);
    if (result != 0) {
        usb_close(usb);
        return usb_err(result);
    }
    loop_later(loop, &usb->soon);
    *out_usb = usb;
    return ERR_NONE;
}

/* Transfers may be freed only when the library has given them back. False: it still has some. */
static bool get_all_back(struct usb *usb)
{
    usb->observer = (struct hotplug_events){.seen = NULL};
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) usb->devices[i].left = true;
    usb_claims_release(usb);
    usb_work(usb);
    int64_t patience_ms = clock_boot_ms() + CLOSE_WAIT_MS;
    while (usb->claims && clock_boot_ms() < patience_ms) {
        struct timeval moment = {0, 20000};
        (void)libusb_handle_events_timeout_completed(usb->context, &moment, NULL);
        usb_work(usb);
    }
    return usb->claims == NULL;
}

void usb_close(struct usb *usb)
{
    if (!usb) return;
    ENSURE(!usb->working);
    bool have_all = !usb->context || get_all_back(usb);
    loop_later_cancel(usb->loop, &usb->soon);
    if (usb->context) libusb_set_pollfd_notifiers(usb->context, NULL, NULL, NULL);
    for (size_t i = 0; i < USB_DESCRIPTORS_MAX; i++) loop_remove(usb->loop, &usb->watches[i]);
    /* A kernel that keeps a transfer keeps writing into our memory: better lost than reused. */
    if (!have_all) return;
    if (usb->context) libusb_exit(usb->context);
    free(usb);
}

void usb_observe(struct usb *usb, const struct hotplug_events *events, void *context)
{
    usb->observer = events ? *events : (struct hotplug_events){.seen = NULL};
    usb->observer_context = context;
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) usb->devices[i].told = false;
    loop_later(usb->loop, &usb->soon);
}
