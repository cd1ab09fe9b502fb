/* usb_bench.c - the devices of usb_bench.h. The lock guards all of a device, because requests
 * are answered in umockdev's thread while the test acts in its own. */
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/support/usb_bench_inside.h"

#define PAGE 4096

/* Transfers ----------------------------------------------------------------------------------- */

static struct usbdevfs_urb *urb_of(const struct transfer *transfer)
{
    return (struct usbdevfs_urb *)(void *)transfer->urb->data;
}

/* Readable by libusb's rule: writable exactly while there is something to reap. */
void usb_bench_show_readiness(struct usb_bench_device *device)
{
    bool ready = false;
    for (size_t i = 0; i < device->transfer_count; i++) ready |= device->transfers[i].done;
    if (ready == !device->fifo_full) return;
    static char page[PAGE];
    if (ready) {
        while (read(device->fifo, page, sizeof(page)) > 0) continue;
    } else {
        while (write(device->fifo, page, sizeof(page)) > 0) continue;
        while (write(device->fifo, page, 1) > 0) continue;
    }
    device->fifo_full = !ready;
}

static void finish(struct usb_bench_device *device, struct transfer *transfer, int status,
                   size_t actual)
{
    urb_of(transfer)->status = status;
    urb_of(transfer)->actual_length = (int)actual;
    transfer->done = true;
    transfer->order = ++device->orders;
}

static void answer_control(struct usb_bench_device *device, struct transfer *transfer)
{
    struct usbdevfs_urb *urb = urb_of(transfer);
    uint8_t *setup = urb->buffer;
    size_t i = device->asked_count < TRANSFERS_MAX ? device->asked_count++ : 0;
    memcpy(device->asked[i], setup, 2);
    uint16_t value = (uint16_t)(setup[2] | setup[3] << 8);
    uint16_t index = (uint16_t)(setup[4] | setup[5] << 8);
    size_t room = (size_t)urb->buffer_length - 8;
    if (!(setup[0] & 0x80)) {
        g_assert(8 + room <= TOLD_MAX - device->told_len);
        memcpy(device->told + device->told_len, setup, 8 + room);
        device->told_len += 8 + room;
    }
    for (size_t k = 0; k < USB_BENCH_ANSWERS_MAX; k++) {
        const struct usb_bench_answer *one = &device->model->answers[k];
        if ((one->type | one->request) == 0 || one->type != setup[0] || one->request != setup[1] ||
            one->value != value || one->index != index) {
            continue;
        }
        size_t len = one->data.len < room ? one->data.len : room;
        if (!(one->type & 0x80)) len = room;
        else if (len > 0) memcpy(setup + 8, one->data.data, len);
        finish(device, transfer, 0, len);
        return;
    }
    finish(device, transfer, -EPIPE, 0);
}

/* The device takes what it may; a transfer is done when all of it is taken. */
static void take_output(struct usb_bench_device *device, struct transfer *transfer)
{
    struct usbdevfs_urb *urb = urb_of(transfer);
    size_t left = (size_t)(urb->buffer_length - urb->actual_length);
    size_t count = left < device->may_take ? left : device->may_take;
    g_byte_array_append(device->taken, (uint8_t *)urb->buffer + urb->actual_length, (guint)count);
    if (device->may_take != SIZE_MAX) device->may_take -= count;
    urb->actual_length += (int)count;
    if (count == left) finish(device, transfer, 0, (size_t)urb->buffer_length);
}

static bool take_waiting(struct usb_bench_device *device, struct transfer *transfer)
{
    struct usbdevfs_urb *urb = urb_of(transfer);
    for (size_t i = 0; i < device->waiting_count; i++) {
        struct waiting *one = &device->waiting[i];
        if (one->endpoint != urb->endpoint) continue;
        g_assert(one->len <= (size_t)urb->buffer_length);
        if (one->len > 0) memcpy(urb->buffer, one->data, one->len);
        /* What of an OUT transfer was taken before it failed is counted, as the kernel does. */
        size_t moved = urb->endpoint & 0x80 ? one->len : (size_t)urb->actual_length;
        finish(device, transfer, one->status, moved);
        device->waiting_count--;
        memmove(one, one + 1, (device->waiting_count - i) * sizeof(*one));
        return true;
    }
    return false;
}

/* Gives flying transfers, oldest first, what the device has for them. */
void usb_bench_serve(struct usb_bench_device *device)
{
    for (size_t i = 0; i < device->transfer_count; i++) {
        struct transfer *transfer = &device->transfers[i];
        if (transfer->done) continue;
        struct usbdevfs_urb *urb = urb_of(transfer);
        if (device->gone) finish(device, transfer, -ENODEV, (size_t)urb->actual_length);
        else if (urb->type == USBDEVFS_URB_TYPE_CONTROL) {
            if (!device->held) answer_control(device, transfer);
        } else if (take_waiting(device, transfer)) continue;
        else if (!(urb->endpoint & 0x80)) take_output(device, transfer);
    }
    usb_bench_show_readiness(device);
}

static size_t count_flying(const struct usb_bench_device *device, unsigned endpoint)
{
    size_t count = 0;
    for (size_t i = 0; i < device->transfer_count; i++) {
        const struct transfer *one = &device->transfers[i];
        if (!one->done && urb_of(one)->endpoint == endpoint) count++;
    }
    return count;
}

/* Requests of usbfs --------------------------------------------------------------------------- */

static void count_request(struct usb_bench_device *device, unsigned long request)
{
    for (size_t i = 0; i < COUNTS_MAX; i++) {
        if (device->request_times[i] > 0 && device->requests[i] != request) continue;
        device->requests[i] = request;
        device->request_times[i]++;
        return;
    }
}

static void submit(struct usb_bench_device *device, UMockdevIoctlClient *client,
                   UMockdevIoctlData *argument)
{
    if (device->gone || device->transfer_count == TRANSFERS_MAX) {
        umockdev_ioctl_client_complete(client, -1, ENODEV);
        return;
    }
    UMockdevIoctlData *urb =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
    struct usbdevfs_urb *fields = (struct usbdevfs_urb *)(void *)urb->data;
    UMockdevIoctlData *buffer =
        umockdev_ioctl_data_resolve(urb, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer),
                                    (gsize)fields->buffer_length, NULL);
    g_clear_pointer(&buffer, umockdev_ioctl_data_unref); /* its parent keeps it */
    fields->actual_length = 0;
    device->transfers[device->transfer_count++] = (struct transfer){.urb = urb};
    umockdev_ioctl_client_complete(client, 0, 0);
}

static void discard(struct usb_bench_device *device, UMockdevIoctlClient *client,
                    UMockdevIoctlData *argument)
{
    gulong wanted = *(gulong *)(void *)argument->data;
    for (size_t i = 0; i < device->transfer_count; i++) {
        struct transfer *transfer = &device->transfers[i];
        if (transfer->urb->client_addr != wanted || transfer->done) continue;
        finish(device, transfer, -ENOENT, (size_t)urb_of(transfer)->actual_length);
        umockdev_ioctl_client_complete(client, 0, 0);
        return;
    }
    umockdev_ioctl_client_complete(client, -1, EINVAL);
}

static void reap(struct usb_bench_device *device, UMockdevIoctlClient *client,
                 UMockdevIoctlData *argument)
{
    struct transfer *first = NULL;
    for (size_t i = 0; i < device->transfer_count; i++) {
        struct transfer *one = &device->transfers[i];
        if (one->done && (!first || one->order < first->order)) first = one;
    }
    if (!first) {
        umockdev_ioctl_client_complete(client, -1, device->gone ? ENODEV : EAGAIN);
        return;
    }
    UMockdevIoctlData *urb = first->urb;
    device->transfer_count--;
    size_t after = (size_t)(&device->transfers[device->transfer_count] - first);
    memmove(first, first + 1, after * sizeof(*first));
    UMockdevIoctlData *place = umockdev_ioctl_data_resolve(argument, 0, sizeof(gpointer), NULL);
    umockdev_ioctl_data_set_ptr(place, 0, urb);
    umockdev_ioctl_client_complete(client, 0, 0);
    umockdev_ioctl_data_unref(place);
    umockdev_ioctl_data_unref(urb);
}

static void rebind(struct usb_bench_device *device, unsigned bit, bool connect)
{
    if (!device->model->kernel_driver || !(device->bound & bit) != connect) return;
    device->bound ^= bit;
    device->rebinds++;
}

/* The interface's number is the first word of either argument. */
static void note_claim(struct usb_bench_device *device, unsigned long request,
                       UMockdevIoctlData *argument)
{
    UMockdevIoctlData *place = umockdev_ioctl_data_resolve(argument, 0, sizeof(guint32), NULL);
    unsigned bit = 1u << (*(guint32 *)(void *)place->data & 31u);
    umockdev_ioctl_data_unref(place);
    if (request == USBDEVFS_RELEASEINTERFACE) device->claimed &= ~bit;
    else device->claimed |= bit;
    if (request == USBDEVFS_DISCONNECT_CLAIM) rebind(device, bit, false);
}

static void tell_driver(const struct usb_bench_device *device, UMockdevIoctlClient *client,
                        UMockdevIoctlData *argument)
{
    UMockdevIoctlData *place =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_getdriver), NULL);
    struct usbdevfs_getdriver *asked = (struct usbdevfs_getdriver *)(void *)place->data;
    bool bound = device->bound & (1u << (asked->interface & 31u));
    if (bound) g_strlcpy(asked->driver, device->model->kernel_driver, sizeof(asked->driver));
    umockdev_ioctl_client_complete(client, bound ? 0 : -1, bound ? 0 : ENODATA);
    umockdev_ioctl_data_unref(place);
}

/* USBDEVFS_IOCTL carries a request for one interface: let its driver go, or find one. */
static void ask_interface(struct usb_bench_device *device, UMockdevIoctlClient *client,
                          UMockdevIoctlData *argument)
{
    UMockdevIoctlData *place =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_ioctl), NULL);
    const struct usbdevfs_ioctl *asked = (struct usbdevfs_ioctl *)(void *)place->data;
    bool connect = (unsigned long)(unsigned)asked->ioctl_code == USBDEVFS_CONNECT;
    rebind(device, 1u << (asked->ifno & 31), connect);
    umockdev_ioctl_client_complete(client, 0, 0);
    umockdev_ioctl_data_unref(place);
}

/* A request that waits for its answer: the hub's descriptor and its switches (USB 2.0, 11.24.2). */
static void control_at_once(struct usb_bench_device *device, UMockdevIoctlClient *client,
                            UMockdevIoctlData *argument)
{
    UMockdevIoctlData *place =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_ctrltransfer), NULL);
    const struct usbdevfs_ctrltransfer *asked = (struct usbdevfs_ctrltransfer *)(void *)place->data;
    const uint8_t setup[8] = {asked->bRequestType,     asked->bRequest,
                              (uint8_t)asked->wValue,  (uint8_t)(asked->wValue >> 8),
                              (uint8_t)asked->wIndex,  (uint8_t)(asked->wIndex >> 8),
                              (uint8_t)asked->wLength, (uint8_t)(asked->wLength >> 8)};
    int moved = 0;
    if (asked->bRequestType == 0xA0 && asked->wLength >= 7) {
        UMockdevIoctlData *data =
            umockdev_ioctl_data_resolve(place, G_STRUCT_OFFSET(struct usbdevfs_ctrltransfer, data),
                                        asked->wLength, NULL);
        const uint8_t hub[7] = {9, 0x29, 16, device->hub_characteristics, 0, 10, 0};
        memcpy(data->data, hub, sizeof(hub));
        umockdev_ioctl_data_unref(data);
        moved = asked->wLength;
    } else {
        g_assert(sizeof(setup) <= TOLD_MAX - device->told_len);
        memcpy(device->told + device->told_len, setup, sizeof(setup));
        device->told_len += sizeof(setup);
    }
    umockdev_ioctl_client_complete(client, moved, 0);
    umockdev_ioctl_data_unref(place);
}

static void clear_halt(struct usb_bench_device *device, UMockdevIoctlClient *client,
                       UMockdevIoctlData *argument)
{
    UMockdevIoctlData *place = umockdev_ioctl_data_resolve(argument, 0, sizeof(guint32), NULL);
    if (count_flying(device, *(guint32 *)(void *)place->data & 0xFFu) > 0) {
        device->cleared_in_flight++;
    }
    umockdev_ioctl_client_complete(client, 0, 0);
    umockdev_ioctl_data_unref(place);
}

static gboolean answer_request(struct usb_bench_device *device, UMockdevIoctlClient *client)
{
    unsigned long request = umockdev_ioctl_client_get_request(client);
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    count_request(device, request);
    switch (request) {
    case USBDEVFS_GET_CAPABILITIES: {
        UMockdevIoctlData *place = umockdev_ioctl_data_resolve(argument, 0, 4, NULL);
        *(guint32 *)(void *)place->data =
            USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
            USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
        umockdev_ioctl_client_complete(client, 0, 0);
        umockdev_ioctl_data_unref(place);
        return TRUE;
    }
    case USBDEVFS_CONTROL: control_at_once(device, client, argument); return TRUE;
    case USBDEVFS_CLAIMINTERFACE:
    case USBDEVFS_RELEASEINTERFACE:
    case USBDEVFS_DISCONNECT_CLAIM:
        note_claim(device, request, argument);
        umockdev_ioctl_client_complete(client, 0, 0);
        return TRUE;
    case USBDEVFS_GETDRIVER: tell_driver(device, client, argument); return TRUE;
    case USBDEVFS_IOCTL: ask_interface(device, client, argument); return TRUE;
    case USBDEVFS_CLEAR_HALT: clear_halt(device, client, argument); return TRUE;
    case USBDEVFS_SETINTERFACE:
    case USBDEVFS_RESET: umockdev_ioctl_client_complete(client, 0, 0); return TRUE;
    case USBDEVFS_SUBMITURB: submit(device, client, argument); return TRUE;
    case USBDEVFS_DISCARDURB: discard(device, client, argument); return TRUE;
    case USBDEVFS_REAPURBNDELAY: reap(device, client, argument); return TRUE;
    default: return FALSE;
    }
}

gboolean usb_bench_request(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, void *context)
{
    (void)handler;
    struct usb_bench_device *device = context;
    pthread_mutex_lock(&device->lock);
    gboolean answered = answer_request(device, client);
    usb_bench_serve(device);
    pthread_mutex_unlock(&device->lock);
    return answered;
}

/* What a test does and asks ------------------------------------------------------------------- */

static void put_waiting(struct usb_bench_device *device, uint8_t endpoint, int status,
                        struct bytes data)
{
    pthread_mutex_lock(&device->lock);
    g_assert(device->waiting_count < TRANSFERS_MAX);
    struct waiting *one = &device->waiting[device->waiting_count++];
    one->endpoint = endpoint;
    one->status = status;
    one->len = data.len;
    g_assert(data.len <= sizeof(one->data));
    if (data.len > 0) memcpy(one->data, data.data, data.len);
    usb_bench_serve(device);
    pthread_mutex_unlock(&device->lock);
}

void usb_bench_say(struct usb_bench_device *device, uint8_t endpoint, struct bytes data)
{
    put_waiting(device, endpoint, 0, data);
}

void usb_bench_refuse(struct usb_bench_device *device, uint8_t endpoint, int status)
{
    put_waiting(device, endpoint, status, BYTES_NONE);
}

void usb_bench_forgive(struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    device->waiting_count = 0;
    pthread_mutex_unlock(&device->lock);
}

void usb_bench_take_only(struct usb_bench_device *device, size_t bytes)
{
    pthread_mutex_lock(&device->lock);
    device->may_take = bytes;
    usb_bench_serve(device);
    pthread_mutex_unlock(&device->lock);
}

void usb_bench_hold(struct usb_bench_device *device, bool hold)
{
    pthread_mutex_lock(&device->lock);
    device->held = hold;
    usb_bench_serve(device);
    pthread_mutex_unlock(&device->lock);
}

void usb_bench_hub_is(struct usb_bench *bench, uint8_t characteristics)
{
    pthread_mutex_lock(&bench->hub->lock);
    bench->hub->hub_characteristics = characteristics;
    pthread_mutex_unlock(&bench->hub->lock);
}

struct bytes usb_bench_hub_told(struct usb_bench *bench)
{
    return usb_bench_told(bench->hub);
}

unsigned usb_bench_bound(struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    unsigned bound = device->bound;
    pthread_mutex_unlock(&device->lock);
    return bound;
}

size_t usb_bench_rebinds(struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    size_t rebinds = device->rebinds;
    pthread_mutex_unlock(&device->lock);
    return rebinds;
}

unsigned usb_bench_claimed(struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    unsigned claimed = device->claimed;
    pthread_mutex_unlock(&device->lock);
    return claimed;
}

struct bytes usb_bench_told(struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    struct bytes told = bytes_of(device->told, device->told_len);
    pthread_mutex_unlock(&device->lock);
    return told;
}

struct bytes usb_bench_taken(struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    struct bytes taken = bytes_of(device->taken->data, device->taken->len);
    pthread_mutex_unlock(&device->lock);
    return taken;
}

size_t usb_bench_flying(struct usb_bench_device *device, uint8_t endpoint)
{
    pthread_mutex_lock(&device->lock);
    size_t count = count_flying(device, endpoint);
    pthread_mutex_unlock(&device->lock);
    return count;
}

size_t usb_bench_cleared_in_flight(struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    size_t count = device->cleared_in_flight;
    pthread_mutex_unlock(&device->lock);
    return count;
}

size_t usb_bench_count(struct usb_bench_device *device, unsigned long request)
{
    size_t count = 0;
    pthread_mutex_lock(&device->lock);
    for (size_t i = 0; i < COUNTS_MAX; i++) {
        if (device->requests[i] == request) count = device->request_times[i];
    }
    pthread_mutex_unlock(&device->lock);
    return count;
}

size_t usb_bench_asked(struct usb_bench_device *device, uint8_t type, uint8_t request)
{
    size_t count = 0;
    pthread_mutex_lock(&device->lock);
    for (size_t i = 0; i < device->asked_count; i++) {
        if (device->asked[i][0] == type && device->asked[i][1] == request) count++;
    }
    pthread_mutex_unlock(&device->lock);
    return count;
}
