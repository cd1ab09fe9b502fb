/* keeper.c - hears a service's notices as systemd would, sd_notify(3), and judges the watchdog.
 *
 *   keeper SOCKET PERIOD_MS
 *
 * Says one line for each notice, and "missed" when the period in force (WATCHDOG_USEC changes it)
 * went by without WATCHDOG=1. It ends with the notice STOPPING=1. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (strlen(path) >= sizeof(address.sun_path)) return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    return bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? fd : -1;
}

static void say(char *notice)
{
    for (char *at = notice; *at != '\0'; at++) {
        if (*at == '\n') *at = ' ';
    }
    puts(notice);
    fflush(stdout);
}

/* False once the service says that it stops. */
static bool hear(int fd, long *period_ms, long *due_ms)
{
    char notice[2048];
    ssize_t got = recv(fd, notice, sizeof(notice) - 1, 0);
    if (got < 0) return false;
    notice[got] = '\0';
    const char *period = strstr(notice, "WATCHDOG_USEC=");
    if (period != NULL) *period_ms = strtol(period + strlen("WATCHDOG_USEC="), NULL, 10) / 1000;
    if (strstr(notice, "WATCHDOG=1") != NULL) *due_ms = now_ms() + *period_ms;
    bool stops = strstr(notice, "STOPPING=1") != NULL;
    say(notice);
    return !stops;
}

int main(int argc, char *argv[])
{
    if (argc != 3) return 2;
    int fd = listen_at(argv[1]);
    if (fd < 0) return 1;
    long period_ms = strtol(argv[2], NULL, 10), due_ms = -1; /* it counts from the first one */
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        long left_ms = due_ms < 0 ? -1 : due_ms - now_ms();
        if (due_ms >= 0 && left_ms < 0) left_ms = 0;
        if (poll(&ready, 1, (int)left_ms) == 0) {
            say((char[]){"missed"});
            due_ms = -1;
        } else if (!hear(fd, &period_ms, &due_ms)) {
            return 0;
        }
    }
}
