/* bytes.h - a borrowed run of bytes. It owns nothing and ends nowhere: the length travels along. */
#ifndef PACKD_HAL_BASE_BYTES_H
#define PACKD_HAL_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/ensure.h"

struct bytes {
    const uint8_t *data; /* may be NULL when len is 0 */
    size_t len;
};

/* A constant run from a string literal, without its NUL. */
#define BYTES_LITERAL(text) ((struct bytes){(const uint8_t *)(text), sizeof(text) - 1})
#define BYTES_NONE ((struct bytes){NULL, 0})

struct bytes bytes_of(const void *data, size_t len);
struct bytes bytes_of_text(const char *text); /* up to its NUL */

bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_equal_text(struct bytes a, const char *text);
bool bytes_equal_ignore_case(struct bytes a, const char *text); /* ASCII letters only */
bool bytes_start_with(struct bytes whole, const char *prefix);

/* Position of the first occurrence, or whole.len when there is none. */
size_t bytes_find(struct bytes whole, struct bytes part);
size_t bytes_find_byte(struct bytes whole, uint8_t wanted);

/* The run from `from`, at most `len` long; clipped to what is there, never out of bounds. */
struct bytes bytes_slice(struct bytes whole, size_t from, size_t len);
struct bytes bytes_from(struct bytes whole, size_t from);

/* Without leading and trailing blanks, tabs, CR and LF. */
struct bytes bytes_trim(struct bytes whole);
/* Without the UTF-8 byte-order mark that some programs put in front. */
struct bytes bytes_skip_mark(struct bytes whole);

/* Takes everything up to `separator` off the front of *rest, the separator too, and returns the
 * part before it. When there is no separator, all of *rest is taken. False when nothing is left. */
bool bytes_split(struct bytes *rest, uint8_t separator, struct bytes *out_part);

/* Copies as a NUL-ended text. False, and an empty text, when it does not fit or holds a NUL. */
bool bytes_to_text(struct bytes from, char *out_text, size_t size);

/* Decimal digits only, no sign, no blanks; false when empty, foreign or past the maximum. */
MUST_USE bool bytes_to_u64(struct bytes digits, uint64_t max, uint64_t *out_value);
/* The same for hexadecimal digits of either case, without a prefix. */
MUST_USE bool bytes_hex_to_u64(struct bytes digits, uint64_t max, uint64_t *out_value);

/* Length of the UTF-8 sequence at the front, 1 to 4; 0 when it is not one or nothing is left. */
size_t bytes_utf8_sequence(struct bytes run);
/* Is it UTF-8 without control characters other than tab, CR and LF? */
bool bytes_are_utf8_text(struct bytes run);

#endif
