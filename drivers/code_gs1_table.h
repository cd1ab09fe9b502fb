/* code_gs1_table.h - GS1 application identifiers as data; only code_gs1.c looks at it.
 *
 * `ai`: digits, the last one may be a range, "310[0-5]". `parts`: what the value is made of, one
 * after the other: a set (N digits, X set 82, Y set 39, Z base 64), a length or "least-most", and
 * marks:
 *   c check digit (GS1 mod 10)   d date YYMMDD, day 00 allowed    D date   L date YYYYMMDD
 *   t hour and minute HHMM       h hour   m minute or second      y 0 or 1
 *   n not all zeros              z zero   p percent-encoded       o piece of total, NNNN
 *   ? may be left out, with all that follow
 * `needs`: groups with a blank between them; of each group one must be there. `not_with`: none of
 * them may be. In both "n" is any digit. */
#ifndef PACKD_DRIVERS_CODE_GS1_TABLE_H
#define PACKD_DRIVERS_CODE_GS1_TABLE_H

#include <stddef.h>

struct gs1_ai {
    const char *ai;
    const char *parts;
    const char *needs;    /* "": nothing */
    const char *not_with; /* "": everything may be */
};

extern const struct gs1_ai gs1_table[];
extern const size_t gs1_table_len;

#endif
