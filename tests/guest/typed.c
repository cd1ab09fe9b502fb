/* typed.c - typed.h on /dev/tty1, read raw, and /dev/input/event*. */
#include "tests/guest/typed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#define FOLDER "/dev/input"

static bool is_open(const struct typed *typed, const char *name)
{
    for (size_t i = 0; i < TYPED_DEVICES_MAX; i++) {
        if (typed->devices[i].fd > 0 && strcmp(typed->devices[i].name, name) == 0) return true;
    }
    return false;
}

static void open_device(struct typed *typed, const char *name)
{
    char path[64];
    if (strncmp(name, "event", 5) != 0 || strlen(name) > 20 || is_open(typed, name)) return;
    snprintf(path, sizeof(path), FOLDER "/%.20s", name);
    for (size_t i = 0; i < TYPED_DEVICES_MAX; i++) {
        if (typed->devices[i].fd > 0) continue;
        int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) return;
        typed->devices[i].fd = fd;
        snprintf(typed->devices[i].name, sizeof(typed->devices[i].name), "%.20s", name);
        return;
    }
}

static void open_devices(struct typed *typed)
{
    DIR *folder = opendir(FOLDER);
    if (!folder) return;
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        open_device(typed, entry->d_name);
    }
    closedir(folder);
}

bool typed_open(struct typed *typed)
{
    struct termios raw;
    *typed =
        (struct typed){.console = open("/dev/tty1", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC),
                       .news = inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    if (typed->console < 0 || typed->news < 0) return false;
    if (tcgetattr(typed->console, &raw) != 0) return false;
    cfmakeraw(&raw);
    if (tcsetattr(typed->console, TCSANOW, &raw) != 0) return false;
    if (inotify_add_watch(typed->news, FOLDER, IN_CREATE) < 0) return false;
    open_devices(typed);
    return true;
}

static void read_console(struct typed *typed)
{
    char bytes[256];
    ssize_t got;
    while ((got = read(typed->console, bytes, sizeof(bytes))) > 0) {
        for (ssize_t i = 0; i < got && typed->len < sizeof(typed->text) - 1; i++) {
            bool plain = bytes[i] >= ' ' && bytes[i] < 0x7F;
            typed->text[typed->len++] = (char)(plain ? bytes[i] : '~');
        }
    }
    typed->text[typed->len] = '\0';
}

static void read_device(struct typed *typed, size_t index)
{
    struct input_event events[64];
    ssize_t got;
    while ((got = read(typed->devices[index].fd, events, sizeof(events))) > 0) {
        for (size_t i = 0; i < (size_t)got / sizeof(events[0]); i++) {
            typed->keys += events[i].type == EV_KEY && events[i].value == 1;
        }
    }
    if (got < 0 && errno == EAGAIN) return;
    close(typed->devices[index].fd); /* unplugged, or claimed by somebody */
    typed->devices[index].fd = 0;
}

void typed_turn(struct typed *typed)
{
    char news[4096];
    read_console(typed);
    for (size_t i = 0; i < TYPED_DEVICES_MAX; i++) {
        if (typed->devices[i].fd > 0) read_device(typed, i);
    }
    if (read(typed->news, news, sizeof(news)) > 0) open_devices(typed);
}

void typed_forget(struct typed *typed)
{
    typed_turn(typed);
    typed->len = 0;
    typed->text[0] = '\0';
    typed->keys = 0;
}
