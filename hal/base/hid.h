/* hid.h - what both sides of a port know about HID reports: how long they are, and how one is
 * written: one report a write.
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

/* Bytes of the longest input report that a report descriptor tells of, its id included; 0 when it
 * tells of none. Foreign bytes may be anything; at most HID_INPUT_MAX. */
#define HID_INPUT_MAX 65536u
size_t hid_input_size(struct bytes descriptor);

#endif
