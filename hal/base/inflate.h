/* inflate.h - how long a zlib stream (RFC 1950 and 1951) becomes when it is unpacked, found without
 * keeping what comes out, or into a place of a stated size: a printer's picture that lies about its
 * size, and the one that unpacks to a gigabyte, are told without any memory for them. zlib works in
 * 70 KiB of the stack. */
#ifndef PACKD_HAL_BASE_INFLATE_H
#define PACKD_HAL_BASE_INFLATE_H

#include "hal/base/bytes.h"

/* The next byte of the stream, -1 behind the last. */
typedef int inflate_next(void *from);

/* False when it is no whole stream, reaches back before its beginning, or becomes longer than max.
 * The sum at its end is not looked at, only that it is there. */
MUST_USE bool inflate_length(inflate_next *next, void *from, uint64_t max, uint64_t *out_len);

/* The same of a short stream that is wanted itself: unpacked into `out`. */
MUST_USE bool inflate_bytes(struct bytes stream, uint8_t *out, size_t size, size_t *out_len);

#endif
