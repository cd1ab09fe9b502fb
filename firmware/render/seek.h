/* seek.h - where on a picture of dots barcodes may lie, found from the dots alone and cheaply, so
 * that the reader gets small pieces and paragraphs of text cost nothing.
 *
 * Linear codes: a patch whose rows are alike and full of edges. Matrix codes: black pieces of the
 * shape of a finder. What is named here need not be a code; what is not named may be one, so the
 * whole picture is looked at afterwards all the same. */
#ifndef PACKD_FIRMWARE_RENDER_SEEK_H
#define PACKD_FIRMWARE_RENDER_SEEK_H

#include "firmware/render/bits.h"

#define SEEK_REGIONS_MAX 48u
#define SEEK_BLOBS_MAX 24000u
#define SEEK_EDGES_MIN 20u /* the shortest code of use, Codabar of one sign, has 23 */
#define SEEK_EDGES_MAX (RENDER_SIDE_MAX_DOTS + 2u)

struct region {
    unsigned x, y, width, height;
};

/* Patches of upright bars, from the top. */
size_t seek_bars(const struct bits *bits, unsigned dpi, struct region *regions, size_t max);

/* Pieces of black that hang together, also by their corners. */
struct blob {
    uint16_t left, top, right, bottom; /* right and bottom are the first dots outside */
    uint32_t dots;
};
struct blobs {
    struct blob *at; /* SEEK_BLOBS_MAX; sorted by the height of their middle */
    size_t count;
};
/* False: no memory, or more than SEEK_BLOBS_MAX of them (a halftone). */
MUST_USE bool seek_blobs(const struct bits *bits, struct blobs *out_blobs);
void seek_blobs_free(struct blobs *blobs);

enum seek_shape { SEEK_QR, SEEK_AZTEC, SEEK_MAXICODE, SEEK_DATAMATRIX, SEEK_PDF417 };
struct spot {
    enum seek_shape shape;
    struct region region; /* the symbol, as far as its finder tells */
};
size_t seek_spots(const struct bits *bits, const struct blobs *blobs, struct spot *spots,
                  size_t max);

/* Places where white becomes black and black white again, in turn; the count is even, for after
 * the last dot it is white. `edges` has SEEK_EDGES_MAX places. */
size_t bits_edges(const struct bits *bits, unsigned y, uint16_t *edges);
/* Of the dots from `left` up to `right`. */
unsigned bits_black_in_row(const struct bits *bits, unsigned y, unsigned left, unsigned right);
unsigned bits_differ_in_row(const struct bits *bits, unsigned y, unsigned other, unsigned left,
                            unsigned right);

/* Pictures of our own, to be freed with bits_free. Rows become columns: a mirror, slantwise. */
MUST_USE bool bits_transpose(const struct bits *bits, struct bits *out_bits);
/* A part of it, black for white when `inverted`. */
MUST_USE bool bits_cut(const struct bits *bits, struct region region, bool inverted,
                       struct bits *out_bits);
/* Each dot as most of the nine around it are: specks go, modules of three dots stay. */
MUST_USE bool bits_smooth(const struct bits *bits, struct bits *out_bits);
/* Black, or white, wider by a dot, to the right and downwards: what printers do to ink. */
MUST_USE bool bits_spread(const struct bits *bits, bool black, struct bits *out_bits);
void bits_free(struct bits *bits);
void bits_whiten(struct bits *bits, struct region region); /* clipped to the picture */

#endif
