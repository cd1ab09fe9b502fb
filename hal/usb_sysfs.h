/* usb_sysfs.h - what the kernel's own pages say and take about USB devices; for hal alone. */
#ifndef PACKD_HAL_USB_SYSFS_H
#define PACKD_HAL_USB_SYSFS_H

#include "hal/usb.h"

/* Which device stands behind a tty: its path, "1-1.4". ERR_NOT_FOUND: no such node;
 * ERR_UNSUPPORTED: none does. */
MUST_USE enum err usb_sysfs_of_tty(const char *node, char out_path[USB_PATH_SIZE]);

/* Sleeping devices lose the first character, and some the last label. A device that may sleep is
 * told not to, where we may say so (else the udev rule has). While it wakes up this waits. */
void usb_sysfs_stay_awake(const char *path);

#endif
