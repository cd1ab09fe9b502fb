/* zpl_intake.h - what a ZPL printer makes of the bytes it gets: formats, tilde commands, SGD lines.
 *
 * Tilde commands act at once, also inside a format; binary graphics swallow their stated number of
 * bytes whatever they look like, so a job cut in there takes the next one's first bytes with it. */
#ifndef PACKD_TOOLS_PACKSIM_ZPL_INTAKE_H
#define PACKD_TOOLS_PACKSIM_ZPL_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"

#define ZPL_FORMAT_MAX (4u * 1024u * 1024u)
#define ZPL_COMMAND_MAX 80

enum zpl_state { ZPL_OUTSIDE, ZPL_FORMAT, ZPL_TILDE, ZPL_LINE };

struct zpl_intake {
    enum zpl_state state;
    enum zpl_state before_tilde;
    char *format; /* ^XA to ^XZ, as it came */
    size_t format_len;
    uint64_t binary_left;
    char command[ZPL_COMMAND_MAX]; /* tilde or SGD text so far */
    size_t command_len;
};

struct zpl_sink {
    void (*format)(struct bytes format); /* a whole one */
    void (*tilde)(const char *command);  /* "HS", "HQES", "JA" ... */
    void (*line)(const char *command);   /* an SGD line, "! U1 getvar ..." */
};

void zpl_intake_init(struct zpl_intake *intake);
void zpl_intake_drop(struct zpl_intake *intake); /* forgets a partly received format */
bool zpl_intake_is_partial(const struct zpl_intake *intake);
void zpl_intake_feed(struct zpl_intake *intake, uint8_t one, const struct zpl_sink *sink);

/* The number after a command ("^PQ"), or `absent`. The last one in the format counts. */
int64_t zpl_number(struct bytes format, const char *command, int64_t absent);
bool zpl_has(struct bytes format, const char *command);
bool zpl_prints(struct bytes format); /* does it put anything on paper? */

#endif
