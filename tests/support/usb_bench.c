/* usb_bench.c - usb_bench.h on umockdev. The lock guards everything of a device, because requests
 * are answered in umockdev's thread while the test acts in its own. */
#include "tests/support/usb_bench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <umockdev.h>
#include <unistd.h>

#define PRELOAD "libumockdev-preload.so.0"
#define TRANSFERS_MAX 64
#define COUNTS_MAX 32
#define TAKEN_MAX (512u * 1024u)
#define TOLD_MAX 8192u
#define PAGE 65536
#define SOCKETS_MAX 16

struct transfer { /* an URB between SUBMITURB and REAPURB */
    UMockdevIoctlData *urb;
    bool done;
    uint64_t order; /* of becoming done */
};

struct waiting { /* said or refused before there was a transfer for it */
    uint8_t endpoint;
    int status;
    uint8_t data[4096];
    size_t len;
};

struct usb_bench_device {
    const struct usb_bench_model *model;
    UMockdevIoctlBase *handler;
    char node[64];
    char syspath[64];
    int fifo;
    bool fifo_full;
    pthread_mutex_t lock;
    bool gone;
    struct transfer transfers[TRANSFERS_MAX]; /* in the order of submission; urb NULL: free */
    size_t transfer_count;
    uint64_t orders;
    struct waiting waiting[TRANSFERS_MAX];
    size_t waiting_count;
    size_t may_take;
    uint8_t taken[TAKEN_MAX];
    size_t taken_len;
    unsigned long requests[COUNTS_MAX];
    size_t request_times[COUNTS_MAX];
    uint8_t asked[TRANSFERS_MAX][2];
    size_t asked_count;
    bool held;
    uint8_t told[TOLD_MAX];
    size_t told_len;
};

struct usb_bench {
    UMockdevTestbed *testbed;
    char *root;
    struct usb_bench_device *sockets[SOCKETS_MAX]; /* by devnum; unplugged ones stay until reused */
};

static const char *loaded_library(const char *name, char *storage, size_t size)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    const char *found = NULL;
    while (maps && !found && fgets(storage, (int)size, maps)) {
        char *path = strchr(storage, '/');
        if (!path || !strstr(path, name)) continue;
        path[strcspn(path, "\n")] = '\0';
        found = path;
    }
    if (maps) fclose(maps);
    return found;
}

bool usb_bench_enter(char **arguments)
{
    char line[512];
    if (loaded_library("libumockdev-preload", line, sizeof(line))) return true;
    if (getenv("LD_PRELOAD")) return false; /* tried already, and it was not found */
    /* The address sanitizer insists on being first. */
    const char *sanitizer = loaded_library("libasan.so", line, sizeof(line));
    char preload[600];
    snprintf(preload, sizeof(preload), "%s %s", sanitizer ? sanitizer : "", PRELOAD);
    setenv("LD_PRELOAD", preload, 1);
    execv("/proc/self/exe", arguments);
    return false;
}

/* Transfers ----------------------------------------------------------------------------------- */

static struct usbdevfs_urb *urb_of(const struct transfer *transfer)
{
    return (struct usbdevfs_urb *)(void *)transfer->urb->data;
}

/* Readable by libusb's rule: writable exactly while there is something to reap. */
static void show_readiness(struct usb_bench_device *device)
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
    g_assert(count <= TAKEN_MAX - device->taken_len);
    memcpy(device->taken + device->taken_len, (uint8_t *)urb->buffer + urb->actual_length, count);
    device->taken_len += count;
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
        finish(device, transfer, one->status, one->len);
        device->waiting_count--;
        memmove(one, one + 1, (device->waiting_count - i) * sizeof(*one));
        return true;
    }
    return false;
}

/* Gives flying transfers, oldest first, what the device has for them. */
static void serve(struct usb_bench_device *device)
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
    show_readiness(device);
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
    case USBDEVFS_GETDRIVER: umockdev_ioctl_client_complete(client, -1, ENODATA); return TRUE;
    case USBDEVFS_CLAIMINTERFACE:
    case USBDEVFS_RELEASEINTERFACE:
    case USBDEVFS_SETINTERFACE:
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESET:
    case USBDEVFS_DISCONNECT_CLAIM:
    case USBDEVFS_IOCTL: umockdev_ioctl_client_complete(client, 0, 0); return TRUE;
    case USBDEVFS_SUBMITURB: submit(device, client, argument); return TRUE;
    case USBDEVFS_DISCARDURB: discard(device, client, argument); return TRUE;
    case USBDEVFS_REAPURBNDELAY: reap(device, client, argument); return TRUE;
    default: return FALSE;
    }
}

static gboolean on_request(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, void *context)
{
    (void)handler;
    struct usb_bench_device *device = context;
    pthread_mutex_lock(&device->lock);
    gboolean answered = answer_request(device, client);
    serve(device);
    pthread_mutex_unlock(&device->lock);
    return answered;
}

/* Plugging ------------------------------------------------------------------------------------ */

struct usb_bench *usb_bench_open(void)
{
    UMockdevTestbed *testbed = umockdev_testbed_new();
    struct usb_bench *bench = usb_bench_of(testbed);
    g_object_unref(testbed);
    return bench;
}

struct usb_bench *usb_bench_of(UMockdevTestbed *testbed)
{
    struct usb_bench *bench = g_new0(struct usb_bench, 1);
    bench->testbed = g_object_ref(testbed);
    bench->root = umockdev_testbed_get_root_dir(bench->testbed);
    umockdev_testbed_add_from_string(bench->testbed,
                                     "P: /devices/usb1\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
                                     "E: BUSNUM=001\nE: DEVNUM=001\nA: busnum=1\\n\n"
                                     "A: devnum=1\\n\nA: bConfigurationValue=1\\n\n"
                                     "A: speed=480\\n\n"
                                     "H: descriptors=12010002090001406b1d02000606030201010902190001"
                                     "0100e0000904000001090000000705810304000c\n",
                                     NULL);
    return bench;
}

/* Not before the socket is used again: an open descriptor may still ask a device that is gone. */
static void forget(struct usb_bench *bench, unsigned number)
{
    struct usb_bench_device *device = bench->sockets[number];
    if (!device) return;
    umockdev_testbed_detach_ioctl(bench->testbed, device->node, NULL);
    g_clear_object(&device->handler);
    close(device->fifo);
    for (size_t i = 0; i < device->transfer_count; i++) {
        umockdev_ioctl_data_unref(device->transfers[i].urb);
    }
    pthread_mutex_destroy(&device->lock);
    g_free(device);
    bench->sockets[number] = NULL;
}

void usb_bench_close(struct usb_bench *bench)
{
    for (unsigned i = 0; i < SOCKETS_MAX; i++) forget(bench, i);
    g_clear_object(&bench->testbed);
    g_free(bench->root);
    g_free(bench);
}

/* The node must be a FIFO before anybody is told of the device. */
static void make_node(struct usb_bench *bench, struct usb_bench_device *device)
{
    char *path = g_strdup_printf("%s%s", bench->root, device->node);
    char *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0755);
    unlink(path);
    g_assert(mkfifo(path, 0666) == 0);
    device->fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    g_assert(device->fifo >= 0);
    show_readiness(device);
    g_free(folder);
    g_free(path);
}

static void set_text(struct usb_bench *bench, const struct usb_bench_device *device,
                     const char *name, const char *text)
{
    if (!text) return;
    char *line = g_strdup_printf("%s\n", text);
    umockdev_testbed_set_attribute(bench->testbed, device->syspath, name, line);
    g_free(line);
}

static void make_sysfs(struct usb_bench *bench, struct usb_bench_device *device)
{
    unsigned number = device->model->number;
    char **pieces = g_strsplit(device->model->descriptors, " ", -1);
    char *descriptors = g_strjoinv("", pieces);
    g_strfreev(pieces);
    char *text = g_strdup_printf(
        "P: /devices/usb1/1-%u\nN: bus/usb/001/%03u\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
        "E: BUSNUM=001\nE: DEVNUM=%03u\nE: DEVNAME=/dev/bus/usb/001/%03u\n"
        "A: busnum=1\\n\nA: devnum=%u\\n\nA: bConfigurationValue=1\\n\nA: speed=12\\n\n"
        "H: descriptors=%s\n",
        number, number, number, number, number, descriptors);
    g_free(descriptors);
    GError *error = NULL;
    if (!umockdev_testbed_add_from_string(bench->testbed, text, &error)) {
        g_error("umockdev: %s", error->message);
    }
    g_free(text);
    set_text(bench, device, "serial", device->model->serial);
    set_text(bench, device, "product", device->model->product);
}

struct usb_bench_device *usb_bench_plug(struct usb_bench *bench,
                                        const struct usb_bench_model *model)
{
    g_assert(model->number < SOCKETS_MAX);
    forget(bench, model->number);
    struct usb_bench_device *device = g_new0(struct usb_bench_device, 1);
    bench->sockets[model->number] = device;
    device->model = model;
    device->may_take = SIZE_MAX;
    pthread_mutex_init(&device->lock, NULL);
    snprintf(device->node, sizeof(device->node), "/dev/bus/usb/001/%03u", model->number);
    snprintf(device->syspath, sizeof(device->syspath), "/sys/devices/usb1/1-%u", model->number);
    device->handler = umockdev_ioctl_base_new();
    g_signal_connect(device->handler, "handle-ioctl", G_CALLBACK(on_request), device);
    g_assert(umockdev_testbed_attach_ioctl(bench->testbed, device->node, device->handler, NULL));
    make_sysfs(bench, device);
    make_node(bench, device);
    usb_bench_announce(bench, device);
    return device;
}

void usb_bench_announce(struct usb_bench *bench, struct usb_bench_device *device)
{
    umockdev_testbed_uevent(bench->testbed, device->syspath, "add");
}

void usb_bench_unplug(struct usb_bench *bench, struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    device->gone = true;
    serve(device);
    pthread_mutex_unlock(&device->lock);
    umockdev_testbed_uevent(bench->testbed, device->syspath, "remove");
    umockdev_testbed_remove_device(bench->testbed, device->syspath);
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
    serve(device);
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

void usb_bench_take_only(struct usb_bench_device *device, size_t bytes)
{
    pthread_mutex_lock(&device->lock);
    device->may_take = bytes;
    serve(device);
    pthread_mutex_unlock(&device->lock);
}

void usb_bench_hold(struct usb_bench_device *device, bool hold)
{
    pthread_mutex_lock(&device->lock);
    device->held = hold;
    serve(device);
    pthread_mutex_unlock(&device->lock);
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
    struct bytes taken = bytes_of(device->taken, device->taken_len);
    pthread_mutex_unlock(&device->lock);
    return taken;
}

size_t usb_bench_flying(struct usb_bench_device *device, uint8_t endpoint)
{
    size_t count = 0;
    pthread_mutex_lock(&device->lock);
    for (size_t i = 0; i < device->transfer_count; i++) {
        const struct transfer *one = &device->transfers[i];
        if (!one->done && urb_of(one)->endpoint == endpoint) count++;
    }
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
