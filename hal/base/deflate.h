/* deflate.h - bytes into a zlib stream (RFC 1950 and 1951), in memory that the caller lends; what
 * printers take as a compressed picture. */
#ifndef PACKD_HAL_BASE_DEFLATE_H
#define PACKD_HAL_BASE_DEFLATE_H

#include "hal/base/json.h" /* struct scratch */

/* Enough for one stream. */
#define DEFLATE_MEMORY (176u * 1024u)

typedef void deflate_put(void *to, struct bytes piece); /* called with what has come out so far */

struct deflate; /* lies in the memory lent */

/* NULL when the memory is too small. Nothing has to be ended or given back. */
struct deflate *deflate_begin(struct scratch memory, deflate_put *put, void *to);
/* After the last piece the whole stream has been put. */
void deflate_add(struct deflate *state, struct bytes piece, bool last);

#endif
