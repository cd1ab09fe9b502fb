/* service_systemd.c - service.h: lines to standard error, notices to systemd by its own protocol.
 *
 * A notice is one datagram to the socket that NOTIFY_SOCKET names, '@' standing for the zero byte
 * of an abstract one: sd_notify(3), "Notes". libsystemd would do the same and bring six libraries
 * for compression and encryption into the process, a megabyte of them resident.
 *
 * Standard error is a socket under systemd, a pipe under most other things and a terminal at a
 * desk. A socket is asked not to wait by each send. A pipe that polls as writable takes PIPE_BUF
 * bytes at once, and no line is longer. The descriptor's own flags stay as they are, because it
 * may be shared with the shell that started us. */
#include "hal/service.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

_Static_assert(SERVICE_LINE_MAX <= 4096, "a pipe takes no more than PIPE_BUF at once");

/* sd_watchdog_enabled(3): meant for us only when WATCHDOG_PID is our number, or not there. */
static uint32_t wanted_watchdog_ms(void)
{
    const char *period_us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (period_us == NULL) return 0;
    if (pid != NULL && strtoll(pid, NULL, 10) != getpid()) return 0;
    unsigned long long period_ms = strtoull(period_us, NULL, 10) / 1000;
    return period_ms <= UINT32_MAX ? (uint32_t)period_ms : 0;
}

void service_init(struct service *service, enum service_level level_max)
{
    *service = (struct service){
        .level_max = level_max,
        .log_fd = STDERR_FILENO,
        .plain = isatty(STDERR_FILENO) == 1,
        .watchdog_ms = wanted_watchdog_ms(),
    };
}

static bool write_now(int fd, const char *line, size_t len)
{
    ssize_t put = send(fd, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put < 0 && errno == ENOTSOCK) {
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return false;
        put = write(fd, line, len);
    }
    return put == (ssize_t)len;
}

/* Priority, text and end of line; a text too long loses its end, control characters their sense. */
static bool put_line(const struct service *service, enum service_level level, const char *text)
{
    char line[SERVICE_LINE_MAX];
    size_t len = 0;
    if (!service->plain) len = (size_t)snprintf(line, sizeof(line), "<%d>", (int)level);
    for (; *text != '\0' && len < sizeof(line) - 1; text++) {
        unsigned char one = (unsigned char)*text;
        bool control = one < 0x20 || one == 0x7f;
        line[len++] = (char)(control ? '?' : one);
    }
    line[len++] = '\n';
    return write_now(service->log_fd, line, len);
}

static void say_what_was_dropped(struct service *service)
{
    char text[80];
    snprintf(text, sizeof(text), "%llu log lines were dropped: nobody was reading",
             (unsigned long long)service->dropped_unsaid);
    if (put_line(service, SERVICE_WARNING, text)) service->dropped_unsaid = 0;
}

void service_log(struct service *service, enum service_level level, const char *format, ...)
{
    if (level > service->level_max) return;
    char text[SERVICE_LINE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (service->dropped_unsaid > 0) say_what_was_dropped(service);
    if (service->dropped_unsaid == 0 && put_line(service, level, text)) return;
    service->dropped++;
    service->dropped_unsaid++;
}

uint32_t service_watchdog_ms(const struct service *service)
{
    return service->watchdog_ms;
}

static void tell(const char *notice)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path == NULL ? 0 : strlen(path);
    if (len == 0 || len > sizeof(address.sun_path)) return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    socklen_t address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    sendto(fd, notice, strlen(notice), MSG_NOSIGNAL, (struct sockaddr *)&address, address_len);
    close(fd);
}

void service_ready(const struct service *service, const char *status)
{
    char notice[SERVICE_LINE_MAX];
    (void)service;
    snprintf(notice, sizeof(notice), "READY=1\nSTATUS=%s", status);
    tell(notice);
}

static void tell_alive(uint32_t watchdog_ms)
{
    char notice[80];
    snprintf(notice, sizeof(notice), "WATCHDOG=1\nWATCHDOG_USEC=%llu", watchdog_ms * 1000ULL);
    tell(notice);
}

/* WATCHDOG_USEC changes the period from this notice on: sd_notify(3). */
void service_alive(struct service *service)
{
    if (service->watchdog_ms == 0) return;
    if (service->patient) tell_alive(service->watchdog_ms);
    else tell("WATCHDOG=1");
    service->patient = false;
}

void service_patient(struct service *service)
{
    if (service->watchdog_ms == 0) return;
    service->patient = true;
    tell_alive(SERVICE_PATIENCE_MS);
}

void service_status(const struct service *service, const char *status)
{
    char notice[SERVICE_LINE_MAX];
    (void)service;
    snprintf(notice, sizeof(notice), "STATUS=%s", status);
    tell(notice);
}

void service_stopping(const struct service *service)
{
    (void)service;
    tell("STOPPING=1");
}
