/* ini_read.h - key = value files with sections, a line number in every complaint.
 *
 * Grammar: blank lines; comment lines beginning with # or ;; [section] with an optional name,
 * [scale "left"]; key = value, value to the end of the line, trimmed, optionally in double quotes.
 * No continuation lines, no includes, no escapes but \" and \\ inside quotes. At most INI_LINE_MAX
 * bytes a line; UTF-8; a byte-order mark at the start is skipped; CR LF accepted. */
#ifndef PACKD_HAL_BASE_INI_READ_H
#define PACKD_HAL_BASE_INI_READ_H

#include "hal/base/bytes.h"

#define INI_LINE_MAX 512

struct ini_reader {
    struct bytes rest;
    unsigned line; /* of the entry just given; 1 is the first */
    char section[32];
    char section_name[64]; /* the quoted part, empty when none */
    char key[64];
    char value[INI_LINE_MAX];
};

enum ini_step { INI_ENTRY, INI_END, INI_BAD };

void ini_init(struct ini_reader *reader, struct bytes text);
/* One entry a call. INI_BAD: *out_why is a plain sentence without the line number; reading goes on
 * with the next line at the next call. */
enum ini_step ini_next(struct ini_reader *reader, const char **out_why);

#endif
