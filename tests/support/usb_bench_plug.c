/* usb_bench_plug.c - devices of usb_bench.h put into a test bed of umockdev, and taken out. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/usb_bench_inside.h"

#define PAGE 4096
#define PRELOAD "libumockdev-preload.so.0"

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

struct usb_bench *usb_bench_open(void)
{
    UMockdevTestbed *testbed = umockdev_testbed_new();
    struct usb_bench *bench = usb_bench_of(testbed);
    g_object_unref(testbed);
    return bench;
}

/* An open descriptor may still ask a device that is gone, so it is kept. */
static void bury(struct usb_bench *bench, unsigned number)
{
    struct usb_bench_device *device = bench->sockets[number];
    if (!device) return;
    umockdev_testbed_detach_ioctl(bench->testbed, device->node, NULL);
    bench->sockets[number] = NULL;
    device->next_buried = bench->buried;
    bench->buried = device;
}

static void free_device(struct usb_bench_device *device)
{
    g_clear_object(&device->handler);
    close(device->fifo);
    for (size_t i = 0; i < device->transfer_count; i++) {
        umockdev_ioctl_data_unref(device->transfers[i].urb);
    }
    pthread_mutex_destroy(&device->lock);
    g_byte_array_unref(device->taken);
    g_free(device);
}

void usb_bench_sweep(struct usb_bench *bench)
{
    for (unsigned i = 0; i < SOCKETS_MAX; i++) {
        if (bench->sockets[i] && bench->sockets[i]->gone) bury(bench, i);
    }
    while (bench->buried) {
        struct usb_bench_device *device = bench->buried;
        bench->buried = device->next_buried;
        free_device(device);
    }
}

void usb_bench_close(struct usb_bench *bench)
{
    for (unsigned i = 0; i < SOCKETS_MAX; i++) bury(bench, i);
    usb_bench_sweep(bench);
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
    (void)fcntl(device->fifo, F_SETPIPE_SZ, PAGE); /* the smaller, the sooner it is full */
    usb_bench_show_readiness(device);
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

void usb_bench_add(struct usb_bench *bench, const char *text)
{
    GError *error = NULL;
    if (!umockdev_testbed_add_from_string(bench->testbed, text, &error)) {
        g_error("umockdev: %s", error->message);
    }
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
        "A: busnum=1\\n\nA: devnum=%u\\n\nA: bConfigurationValue=1\\n\nA: speed=12\\n\nA: "
        "power/control=auto\\n\n"
        "H: descriptors=%s\n",
        number, number, number, number, number, descriptors);
    g_free(descriptors);
    usb_bench_add(bench, text);
    g_free(text);
    set_text(bench, device, "serial", device->model->serial);
    set_text(bench, device, "product", device->model->product);
}

static struct usb_bench_device *make_device(struct usb_bench *bench,
                                            const struct usb_bench_model *model, unsigned devnum)
{
    g_assert(devnum < SOCKETS_MAX);
    bury(bench, devnum);
    struct usb_bench_device *device = g_new0(struct usb_bench_device, 1);
    bench->sockets[devnum] = device;
    device->model = model;
    device->may_take = SIZE_MAX;
    device->bound = model && model->kernel_driver ? 0xFFu : 0;
    device->taken = g_byte_array_new();
    pthread_mutex_init(&device->lock, NULL);
    snprintf(device->node, sizeof(device->node), "/dev/bus/usb/001/%03u", devnum);
    unsigned number = model ? model->number : 0;
    snprintf(device->syspath, sizeof(device->syspath), "/sys/devices/usb1/1-%u", number);
    device->handler = umockdev_ioctl_base_new();
    g_signal_connect(device->handler, "handle-ioctl", G_CALLBACK(usb_bench_request), device);
    g_assert(umockdev_testbed_attach_ioctl(bench->testbed, device->node, device->handler, NULL));
    return device;
}

struct usb_bench_device *usb_bench_plug(struct usb_bench *bench,
                                        const struct usb_bench_model *model)
{
    struct usb_bench_device *device = make_device(bench, model, model->number);
    make_sysfs(bench, device);
    make_node(bench, device);
    usb_bench_announce(bench, device);
    return device;
}

struct usb_bench *usb_bench_of(UMockdevTestbed *testbed)
{
    struct usb_bench *bench = g_new0(struct usb_bench, 1);
    bench->testbed = g_object_ref(testbed);
    bench->root = umockdev_testbed_get_root_dir(bench->testbed);
    usb_bench_add(bench,
                  "P: /devices/usb1\nN: bus/usb/001/001\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
                  "E: BUSNUM=001\nE: DEVNUM=001\n"
                  "E: DEVNAME=/dev/bus/usb/001/001\nA: busnum=1\\n\n"
                  "A: devnum=1\\n\nA: bConfigurationValue=1\\n\n"
                  "A: speed=480\\n\n"
                  "H: descriptors=12010002090001406b1d02000606030201010902190001"
                  "0100e0000904000001090000000705810304000c\n");
    bench->hub = make_device(bench, NULL, 1);
    make_node(bench, bench->hub);
    return bench;
}

static void lose_contact(struct usb_bench_device *device)
{
    pthread_mutex_lock(&device->lock);
    device->gone = true;
    usb_bench_serve(device);
    pthread_mutex_unlock(&device->lock);
}

struct usb_bench_device *usb_bench_come_back(struct usb_bench *bench,
                                             struct usb_bench_device *device, uint8_t devnum)
{
    lose_contact(device);
    struct usb_bench_device *back = make_device(bench, device->model, devnum);
    char *number = g_strdup_printf("%u", devnum);
    char *padded = g_strdup_printf("%03u", devnum);
    set_text(bench, back, "devnum", number);
    umockdev_testbed_set_property(bench->testbed, back->syspath, "DEVNUM", padded);
    umockdev_testbed_set_property(bench->testbed, back->syspath, "DEVNAME", back->node);
    g_free(padded);
    g_free(number);
    make_node(bench, back);
    usb_bench_announce(bench, back);
    return back;
}

void usb_bench_announce(struct usb_bench *bench, struct usb_bench_device *device)
{
    umockdev_testbed_uevent(bench->testbed, device->syspath, "add");
}

void usb_bench_unplug(struct usb_bench *bench, struct usb_bench_device *device)
{
    lose_contact(device);
    umockdev_testbed_uevent(bench->testbed, device->syspath, "remove");
    umockdev_testbed_remove_device(bench->testbed, device->syspath);
}

char *usb_bench_switch(struct usb_bench *bench, unsigned number)
{
    char *folder =
        g_strdup_printf("%s/sys/bus/usb/devices/1-0:1.0/usb1-port%u", bench->root, number);
    char *file = g_strdup_printf("%s/disable", folder);
    g_assert(g_mkdir_with_parents(folder, 0755) == 0);
    g_assert(g_file_set_contents(file, "0\n", -1, NULL));
    g_free(folder);
    return file;
}
