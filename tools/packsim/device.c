/* device.c - TCP ports of the virtual devices, all in one thread; see device.h. */
#include "tools/packsim/device.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/packsim/wire.h"
#include "tools/packsim/world.h"

#define DEVICES_MAX 5
#define TURN_MS 5

static struct device *devices[DEVICES_MAX];
static size_t device_count;

bool device_open(struct device *device, uint16_t port, uint16_t *out_port)
{
    ENSURE(device_count < DEVICES_MAX);
    device->listening = wire_listen(port, &device->port);
    if (device->listening < 0) return false;
    *out_port = device->port;
    devices[device_count++] = device;
    return true;
}

size_t device_clients(const struct device *device)
{
    return device->client_count;
}

/* The device thread may be polling it, which keeps a closed socket alive: it ends here and now. */
static void socket_end(int fd)
{
    (void)shutdown(fd, SHUT_RDWR);
    close(fd);
}

static void client_drop(struct device *device, size_t index)
{
    socket_end(device->clients[index]);
    device->client_count--;
    memmove(&device->clients[index], &device->clients[index + 1],
            (device->client_count - index) * sizeof device->clients[0]);
}

void device_send(struct device *device, struct bytes run)
{
    for (size_t i = device->client_count; i-- > 0;) {
        ssize_t sent = send(device->clients[i], run.data, run.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) client_drop(device, i);
    }
}

void device_hang_up(struct device *device)
{
    while (device->client_count > 0) client_drop(device, device->client_count - 1);
}

void device_unplug(struct device *device, int64_t for_ms)
{
    device_hang_up(device);
    if (device->listening >= 0) socket_end(device->listening);
    device->listening = -1;
    device->plugged_at_ms = for_ms == DEVICE_FOR_EVER ? DEVICE_FOR_EVER : world_tick_ms() + for_ms;
}

void device_plug(struct device *device)
{
    if (device->listening < 0) device->plugged_at_ms = 0;
}

static void accept_one(struct device *device)
{
    int fd = accept4(device->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    device->clients[device->client_count++] = fd;
}

/* The world was unlocked while polling: fd may be gone by now. */
static void client_read(struct device *device, int fd)
{
    uint8_t buffer[16384];
    size_t index = 0;
    while (index < device->client_count && device->clients[index] != fd) index++;
    if (index == device->client_count) return;
    ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) client_drop(device, index);
    else if (device->received != NULL) device->received(bytes_of(buffer, (size_t)got));
}

struct watch { /* what a polled descriptor belongs to */
    struct device *device;
    bool listening;
};

static size_t watches_make(struct pollfd *polled, struct watch *watches)
{
    size_t count = 0;
    for (size_t d = 0; d < device_count; d++) {
        struct device *device = devices[d];
        if (device->listening >= 0 && device->client_count < device->clients_max) {
            polled[count] = (struct pollfd){.fd = device->listening, .events = POLLIN};
            watches[count++] = (struct watch){device, true};
        }
        for (size_t c = 0; c < device->client_count; c++) {
            /* A deaf device still hears that the other side hung up. */
            polled[count] = (struct pollfd){.fd = device->clients[c],
                                            .events = device->deaf ? POLLRDHUP : POLLIN};
            watches[count++] = (struct watch){device, false};
        }
    }
    return count;
}

static void turns_give(int64_t now_ms)
{
    for (size_t d = 0; d < device_count; d++) {
        struct device *device = devices[d];
        if (device->listening < 0 && now_ms >= device->plugged_at_ms) {
            uint16_t port;
            device->listening = wire_listen(device->port, &port);
        }
        if (device->turn != NULL) device->turn(now_ms);
    }
}

static void *devices_run(void *unused)
{
    (void)unused;
    while (!world_ending()) {
        struct pollfd polled[DEVICES_MAX * (DEVICE_CLIENTS_MAX + 1)];
        struct watch watches[ARRAY_LEN(polled)];
        world_lock();
        size_t count = watches_make(polled, watches);
        world_unlock();
        (void)poll(polled, count, TURN_MS);
        world_lock();
        for (size_t i = 0; i < count; i++) {
            if (polled[i].revents == 0) continue;
            if (!watches[i].listening) client_read(watches[i].device, polled[i].fd);
            else if (watches[i].device->listening >= 0) accept_one(watches[i].device);
        }
        turns_give(world_tick_ms());
        world_unlock();
    }
    return NULL;
}

bool devices_start(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, devices_run, NULL) != 0) return false;
    pthread_detach(thread);
    return true;
}
