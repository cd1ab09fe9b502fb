/* usb_mend_linux.c - usb_mend.h on usbfs and sysfs.
 *
 * A socket is "1-4" on a root hub and "1-1.4" on the hub in 1-1. Its switch is `disable` below the
 * hub's interface (Linux 6.0 and later); where that is not ours to write, the hub itself is asked
 * by the requests of USB 2.0, 11.24.2, if it says that it switches its sockets one by one. */
#include "hal/usb_mend.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "hal/base/textbuf.h"
#include "hal/files.h"

#define DEVICES "/sys/bus/usb/devices/"
#define FILE_SIZE 200
#define HUB_TIMEOUT_MS 1000
#define PORT_POWER 8 /* USB 2.0, table 11-17 */

struct usb_mender {
    struct loop *loop;
    usb_mended_fn *mended;
    void *context;
    struct loop_watch watch; /* the thread says that it is done */
    bool running;
    pthread_t thread;
    enum port_mend step;
    char path[USB_PATH_SIZE];
    enum err error; /* written by the thread, read once it has been joined */
    const char *sentence;
    pthread_mutex_t lock; /* guards `closing` */
    pthread_cond_t wake;
    bool closing;
};

static enum err answer(struct usb_mender *mender, enum err error, const char *sentence)
{
    mender->error = error;
    mender->sentence = sentence;
    return error;
}

/* Places --------------------------------------------------------------------------------------- */

struct socket {
    char hub[USB_PATH_SIZE];   /* "usb1" or "1-1" */
    char interface[FILE_SIZE]; /* "1-0:1.0" or "1-1:1.0" */
    unsigned port;
};

static bool find_socket(const char *path, struct socket *out_socket)
{
    const char *dash = strchr(path, '-');
    const char *dot = strrchr(path, '.');
    if (!dash) return false;
    size_t len = (size_t)((dot ? dot : dash) - path);
    out_socket->port = (unsigned)strtoul(path + len + 1, NULL, 10);
    if (dot) {
        snprintf(out_socket->hub, sizeof(out_socket->hub), "%.*s", (int)len, path);
        snprintf(out_socket->interface, sizeof(out_socket->interface), "%s:1.0", out_socket->hub);
    } else {
        snprintf(out_socket->hub, sizeof(out_socket->hub), "usb%.*s", (int)len, path);
        snprintf(out_socket->interface, sizeof(out_socket->interface), "%.*s-0:1.0", (int)len,
                 path);
    }
    return out_socket->port > 0;
}

static bool read_number(const char *device, const char *what, unsigned *out_number)
{
    char file[FILE_SIZE];
    char content[32];
    size_t len = 0;
    snprintf(file, sizeof(file), DEVICES "%s/%s", device, what);
    if (files_read(file, content, sizeof(content) - 1, &len) != ERR_NONE) return false;
    content[len] = '\0';
    *out_number = (unsigned)strtoul(content, NULL, 10);
    return *out_number > 0;
}

/* The node of a device, open; -1 with an errno. */
static int open_node(const char *device)
{
    unsigned bus = 0;
    unsigned number = 0;
    char file[FILE_SIZE];
    errno = ENOENT;
    if (!read_number(device, "busnum", &bus) || !read_number(device, "devnum", &number)) return -1;
    snprintf(file, sizeof(file), "/dev/bus/usb/%03u/%03u", bus, number);
    return open(file, O_RDWR | O_CLOEXEC);
}

static enum err err_of_node(void)
{
    return errno == ENOENT || errno == ENODEV ? ERR_NOT_FOUND : files_err(errno);
}

/* Reset ---------------------------------------------------------------------------------------- */

static enum err reset(struct usb_mender *mender)
{
    int fd = open_node(mender->path);
    if (fd < 0) {
        enum err problem = err_of_node();
        return answer(mender, problem,
                      problem == ERR_NOT_FOUND ? "there is no device to reset"
                                               : "this device is not ours to reset");
    }
    int result = ioctl(fd, USBDEVFS_RESET, NULL);
    enum err problem = result == 0 ? ERR_NONE : err_of_node();
    close(fd);
    if (problem == ERR_NONE) return answer(mender, problem, "the device was reset");
    return answer(mender, problem, "the device cannot be reset");
}

/* Power ---------------------------------------------------------------------------------------- */

/* The time that the device is without power; shorter when we are closing. */
static void wait_without_power(struct usb_mender *mender)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += USB_POWER_OFF_MS / 1000;
    pthread_mutex_lock(&mender->lock);
    while (!mender->closing) {
        if (pthread_cond_timedwait(&mender->wake, &mender->lock, &until) != 0) break;
    }
    pthread_mutex_unlock(&mender->lock);
}

static bool write_switch(const struct socket *socket, const char *text)
{
    char file[2 * FILE_SIZE];
    snprintf(file, sizeof(file), DEVICES "%s/%s-port%u/disable", socket->interface, socket->hub,
             socket->port);
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool good = write(fd, text, 1) == 1;
    close(fd);
    return good;
}

static bool hub_request(int hub, uint8_t type, uint8_t request, uint16_t value, uint16_t index,
                        uint8_t *data, uint16_t size)
{
    struct usbdevfs_ctrltransfer transfer = {.bRequestType = type,
                                             .bRequest = request,
                                             .wValue = value,
                                             .wIndex = index,
                                             .wLength = size,
                                             .timeout = HUB_TIMEOUT_MS,
                                             .data = data};
    return ioctl(hub, USBDEVFS_CONTROL, &transfer) >= (int)size;
}

/* wHubCharacteristics, two low bits: 01 is switching socket by socket (USB 2.0, table 11-13). */
static bool hub_switches(int hub)
{
    uint8_t descriptor[7] = {0};
    return hub_request(hub, 0xA0, 0x06, 0x2900, 0, descriptor, sizeof(descriptor)) &&
           (descriptor[3] & 3) == 1;
}

static enum err power_by_hub(struct usb_mender *mender, const struct socket *socket)
{
    int hub = open_node(socket->hub);
    if (hub < 0) return answer(mender, err_of_node(), "this hub is not ours to switch");
    enum err problem = ERR_UNSUPPORTED;
    if (hub_switches(hub)) {
        uint16_t port = (uint16_t)socket->port;
        bool off = hub_request(hub, 0x23, 0x01, PORT_POWER, port, NULL, 0);
        if (off) wait_without_power(mender);
        bool on = hub_request(hub, 0x23, 0x03, PORT_POWER, port, NULL, 0);
        problem = off && on ? ERR_NONE : ERR_IO;
    }
    close(hub);
    if (problem == ERR_UNSUPPORTED) {
        return answer(mender, problem, "this hub does not switch the power of a single socket");
    }
    return answer(mender, problem,
                  problem == ERR_NONE ? "the socket was switched off and on"
                                      : "switching the socket failed");
}

static enum err power(struct usb_mender *mender)
{
    struct socket socket;
    if (!find_socket(mender->path, &socket)) {
        return answer(mender, ERR_NOT_FOUND, "it is not known where this device was plugged in");
    }
    if (!write_switch(&socket, "1")) return power_by_hub(mender, &socket);
    wait_without_power(mender);
    if (write_switch(&socket, "0")) {
        return answer(mender, ERR_NONE, "the socket was switched off and on");
    }
    return answer(mender, ERR_IO, "the socket does not switch on again");
}

/* The thread ----------------------------------------------------------------------------------- */

static void *mend(void *context)
{
    struct usb_mender *mender = context;
    (void)(mender->step == PORT_MEND_RESET ? reset(mender) : power(mender));
    (void)eventfd_write(mender->watch.fd, 1);
    return NULL;
}

static void on_done(void *context, uint32_t ready)
{
    (void)ready;
    struct usb_mender *mender = context;
    eventfd_t count;
    if (eventfd_read(mender->watch.fd, &count) != 0) return;
    pthread_join(mender->thread, NULL);
    mender->running = false;
    mender->mended(mender->context, mender->error, mender->sentence);
}

static void free_mender(struct usb_mender *mender)
{
    if (mender->watch.fd >= 0) close(mender->watch.fd);
    pthread_cond_destroy(&mender->wake);
    pthread_mutex_destroy(&mender->lock);
    free(mender);
}

enum err usb_mender_open(struct loop *loop, usb_mended_fn *mended, void *context,
                         struct usb_mender **out_mender)
{
    struct usb_mender *mender = calloc(1, sizeof(*mender));
    if (!mender) return ERR_NO_MEMORY;
    *mender = (struct usb_mender){.loop = loop, .mended = mended, .context = context};
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&mender->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&mender->lock, NULL);
    mender->watch = (struct loop_watch){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                                        .interest = LOOP_IN,
                                        .ready = on_done,
                                        .context = mender};
    enum err problem = mender->watch.fd < 0 ? files_err(errno) : loop_add(loop, &mender->watch);
    if (problem != ERR_NONE) {
        free_mender(mender);
        return problem;
    }
    *out_mender = mender;
    return ERR_NONE;
}

void usb_mender_close(struct usb_mender *mender)
{
    if (!mender) return;
    pthread_mutex_lock(&mender->lock);
    mender->closing = true;
    pthread_cond_signal(&mender->wake);
    pthread_mutex_unlock(&mender->lock);
    if (mender->running) pthread_join(mender->thread, NULL);
    loop_remove(mender->loop, &mender->watch);
    free_mender(mender);
}

enum err usb_mender_start(struct usb_mender *mender, enum port_mend step, const char *path)
{
    if (mender->running) return ERR_BUSY;
    mender->step = step;
    snprintf(mender->path, sizeof(mender->path), "%s", path);
    if (pthread_create(&mender->thread, NULL, mend, mender) != 0) return ERR_NO_MEMORY;
    mender->running = true;
    return ERR_NONE;
}
