/* decode.h - what the parts of `packtool decode` share: hex in, a line of JSON out. */
#ifndef PACKD_TOOLS_PACKTOOL_DECODE_H
#define PACKD_TOOLS_PACKTOOL_DECODE_H

#include "hal/base/json.h"
#include "tools/packtool/packtool.h"

int decode_scale(int argc, char **argv); /* argv[0] is the first option */

/* Pairs of hex digits, blanks and line ends between them allowed; a "#" begins a comment that ends
 * with its line. False when something else is in it or it does not fit. */
MUST_USE bool decode_hex(struct bytes text, uint8_t *out_bytes, size_t max, size_t *out_len);

/* One line: open, write members, print. */
struct json_writer *decode_line_open(void);
void decode_line_print(void);

#endif
