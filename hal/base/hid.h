/* hid.h - how a report is written to a HID device through a port: one report a write.
 *
 *   byte 0   kind: HID_OUTPUT or HID_FEATURE, as SET_REPORT counts them (HID 1.11, 7.2.2)
 *   byte 1   report id; 0: the device has none
 *   rest     the report's data, without its id */
#ifndef PACKD_HAL_BASE_HID_H
#define PACKD_HAL_BASE_HID_H

#define HID_OUTPUT 2u
#define HID_FEATURE 3u
#define HID_WRITE_MAX 66u /* kind, id and 64 bytes */

#endif
