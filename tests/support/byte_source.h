/* byte_source.h - bytes handed out one by one, as hal/base/inflate.h asks for them. */
#ifndef PACKD_TESTS_SUPPORT_BYTE_SOURCE_H
#define PACKD_TESTS_SUPPORT_BYTE_SOURCE_H

#include "hal/base/bytes.h"

/* `from` is a struct bytes, whose front goes. */
static inline int byte_source_next(void *from)
{
    struct bytes *rest = from;
    if (rest->len == 0) return -1;
    uint8_t byte = rest->data[0];
    *rest = bytes_from(*rest, 1);
    return byte;
}

#endif
