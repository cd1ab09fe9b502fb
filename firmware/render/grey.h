/* grey.h - a page as grey dots, on its way to black and white. */
#ifndef PACKD_FIRMWARE_RENDER_GREY_H
#define PACKD_FIRMWARE_RENDER_GREY_H

#include "hal/base/err.h"
#include "hal/base/render_wire.h"

struct grey { /* 0 is black, 255 white */
    unsigned width, height;
    size_t bytes_per_row;
    uint8_t *rows;       /* malloc'd, owned; grey_free */
    bool soft;           /* drawn, with soft edges between the dots: snap.h */
    unsigned speck_dots; /* black specks of up to so many dots are noise; 0: it is no scan */
};

/* White. False when a side is 0 or larger than GREY_SIDE_MAX, or there is no memory. */
#define GREY_SIDE_MAX 14400u
#define GREY_DOTS_MAX (64u * 1024u * 1024u)
MUST_USE bool grey_make(struct grey *grey, unsigned width, unsigned height);
void grey_free(struct grey *grey);

/* Of eight dots, the first in the lowest byte: 1 where a byte is darker than half, else 0. Written
 * out, because only then is it one load. */
static inline uint64_t grey_dark_eight(const uint8_t *dots)
{
    uint64_t word = (uint64_t)dots[0] | (uint64_t)dots[1] << 8 | (uint64_t)dots[2] << 16 |
                    (uint64_t)dots[3] << 24 | (uint64_t)dots[4] << 32 | (uint64_t)dots[5] << 40 |
                    (uint64_t)dots[6] << 48 | (uint64_t)dots[7] << 56;
    return ~word >> 7 & 0x0101010101010101u;
}

#endif
