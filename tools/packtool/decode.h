/* decode.h - what the parts of `packtool decode` share: hex in, a line of JSON out. */
#ifndef PACKD_TOOLS_PACKTOOL_DECODE_H
#define PACKD_TOOLS_PACKTOOL_DECODE_H

#include "drivers/driver_list.h"
#include "hal/base/json.h"
#include "tools/packtool/packtool.h"

int decode_scale(int argc, char **argv); /* argv[0] is the first option */
int decode_hid(int argc, char **argv);
/* A file named *.cap, without --hex, is a recording of a `kind`: scale, scanner or printer. */
bool decode_names_a_capture(int argc, char **argv);
int decode_capture(const char *kind, int argc, char **argv);

/* Pairs of hex digits, blanks and line ends between them allowed; a "#" begins a comment that ends
 * with its line. False when something else is in it or it does not fit. */
MUST_USE bool decode_hex(struct bytes text, uint8_t *out_bytes, size_t max, size_t *out_len);

/* One line: open, write members, print. */
struct json_writer *decode_line_open(void);
void decode_line_print(void);
/* From here on each line begins with "at_ms". */
void decode_line_time(int64_t at_ms);

/* What a driver gave, a line each; nothing for nothing. */
void decode_scale_print(const struct scale_driver *driver, const struct scale_output *output);
void decode_scan_print(enum scan_result result, const struct scan *scan);
void decode_status_print(const struct printer_status *status);
/* False when there is nothing to print. */
bool decode_answer_print(enum printer_result result, const struct printer_answer *answer);
/* The driver that knows these frames for certain, or NULL. */
const struct scale_driver *decode_scale_find(struct bytes input);
/* The HID driver that understands the device, or NULL. */
const struct scanner_driver *decode_hid_scanner(const struct device_identity *identity);

/* Scales that files describe: those of the usual folders and what decode_scale_profile added. Read
 * at the first call, with mistakes told on standard error. */
const struct scale_catalogue *decode_scales(void);
/* NULL after its mistakes have been told. */
const struct scale_driver *decode_scale_profile(const char *path);

#endif
