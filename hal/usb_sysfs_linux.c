/* usb_sysfs_linux.c - usb_sysfs.h. */
#include "hal/usb_sysfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hal/files.h"

#define FILE_SIZE (FILES_PATH_MAX + 32)

/* Cuts the path of a tty's device back to the usb device above it; false: there is none. */
static bool cut_to_usb_device(char *path)
{
    char file[FILE_SIZE];
    for (char *slash = strrchr(path, '/'); slash && slash != path; slash = strrchr(path, '/')) {
        snprintf(file, sizeof(file), "%s/devnum", path);
        if (files_is_there(file)) return true;
        *slash = '\0';
    }
    return false;
}

enum err usb_sysfs_of_tty(const char *node, char out_path[USB_PATH_SIZE])
{
    struct stat info;
    char link[64];
    if (stat(node, &info) != 0) return ERR_NOT_FOUND;
    if (!S_ISCHR(info.st_mode)) return ERR_UNSUPPORTED;
    snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(info.st_rdev),
             minor(info.st_rdev));
    char *device = realpath(link, NULL);
    if (!device) return ERR_UNSUPPORTED;
    bool found = strlen(device) < FILES_PATH_MAX && cut_to_usb_device(device);
    if (found) snprintf(out_path, USB_PATH_SIZE, "%s", strrchr(device, '/') + 1);
    free(device);
    return found ? ERR_NONE : ERR_UNSUPPORTED;
}

void usb_sysfs_stay_awake(const char *path)
{
    char file[FILE_SIZE];
    char now[8] = "";
    size_t len = 0;
    snprintf(file, sizeof(file), "/sys/bus/usb/devices/%s/power/control", path);
    if (files_read(file, now, sizeof(now), &len) != ERR_NONE) return;
    if (bytes_start_with(bytes_of((const uint8_t *)now, len), "on")) return;
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    (void)!write(fd, "on", 2);
    close(fd);
}
