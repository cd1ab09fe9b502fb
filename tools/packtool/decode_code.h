/* decode_code.h - what `packtool decode gs1`, `decode hid` and `check-digit` share. */
#ifndef PACKD_TOOLS_PACKTOOL_DECODE_CODE_H
#define PACKD_TOOLS_PACKTOOL_DECODE_CODE_H

#include "hal/base/json.h"

int decode_gs1(int argc, char **argv); /* argv[0] is the first option */

/* Writes the symbology, if the scanner says it, and a GS1 code's fields as the object "gs1". */
void decode_code_write(struct json_writer *out, const char *aim, struct bytes text);

#endif
