/* bits.h - a label as black and white dots, in the form in which it goes to the printer. */
#ifndef PACKD_FIRMWARE_RENDER_BITS_H
#define PACKD_FIRMWARE_RENDER_BITS_H

#include "firmware/render/grey.h"

struct bits { /* leftmost dot in the highest bit, 1 is black; bits beyond the width are 0 */
    unsigned width, height;
    size_t bytes_per_row; /* the least that holds the dots */
    uint8_t *rows;        /* borrowed: the shared memory */
};

static inline bool bits_black(const struct bits *bits, unsigned x, unsigned y)
{
    return (bits->rows[y * bits->bytes_per_row + x / 8] >> (7 - x % 8) & 1) != 0;
}

/* Darker than half is black. `bits` has room and the same sides. */
void bits_threshold(const struct grey *grey, struct bits *bits);
/* Black specks of at most `dots` dots with white all around them go; those are noise of a scan. */
void bits_despeckle(struct bits *bits, unsigned dots);
uint64_t bits_count_black(const struct bits *bits);

#endif
