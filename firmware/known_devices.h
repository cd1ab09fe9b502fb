/* known_devices.h - the device table of this box: what the operator has written down in
 * /etc/packd/devices.conf, and behind it the rows packd was built with (board/devices.conf). */
#ifndef PACKD_FIRMWARE_KNOWN_DEVICES_H
#define PACKD_FIRMWARE_KNOWN_DEVICES_H

#include "drivers/device_table.h"
#include "hal/service.h"

#define KNOWN_DEVICES_PATH "/etc/packd/devices.conf"

/* A file that cannot be read or has a mistake is named in the log and left out, whole. */
void known_devices_read(struct device_table *table, struct service *service, const char *path);

extern const unsigned char known_devices_built_in[];
extern const size_t known_devices_built_in_len;

#endif
