/* hid.h - how a report is written to a HID device through a port: one report a write.
 *
 *   byte 0   kind: HID_OUTPUT or HID_FEATURE, as SET_REPORT counts them (HID 1.11, 7.2.2)
 *   byte 1   report id; 0: the device has none
 *   rest     the report's data, without its id */
#ifndef PACKD_HAL_BASE_HID_H
#define PACKD_HAL_BASE_HID_H

#include <stdbool.h>

#include "hal/base/bytes.h"

#define HID_OUTPUT 2u
#define HID_FEATURE 3u
#define HID_WRITE_MAX 66u /* kind, id and 64 bytes */

static inline bool hid_is_write(struct bytes bytes)
{
    return bytes.len > 2 && bytes.len <= HID_WRITE_MAX &&
           (bytes.data[0] == HID_OUTPUT || bytes.data[0] == HID_FEATURE);
}

#endif
