/* grade.h - what a barcode is like on the paper, measured in the dots themselves, and whether those
 * dots can be what the reader said: a linear code without a check digit is soon read out of a
 * table's lines. */
#ifndef PACKD_FIRMWARE_RENDER_GRADE_H
#define PACKD_FIRMWARE_RENDER_GRADE_H

#include "firmware/render/read_back_zxing.h"
#include "firmware/render/seek.h"

#define GRADE_THIN_MDOTS 2000u /* one dot more or less is half a bar */
#define GRADE_THIN_UM 190u     /* what scanners of general use are made for */
#define GRADE_LOW_UM 5000u     /* ISO/IEC 15417, 16388, 16390 for scanning by hand: 5 mm, or */
#define GRADE_LOW_PERCENT 15u  /* this share of the length, whichever is more */

struct claim { /* what the reader says of upright bars */
    enum code_kind kind;
    const char *text; /* EAN and UPC are compared with it */
    size_t text_len;
    unsigned left, right, y; /* from the first bar to past the last, in this row */
    unsigned slack;          /* by how many dots that may be wrong */
    bool reversed;           /* begins at the right */
    bool inverted;           /* white bars on black */
};
struct grade {
    struct region box;
    unsigned module_mdots;
    unsigned quiet[2]; /* dots: before the beginning and after the end; the narrowest in [0] for
                           matrix codes */
    uint16_t warnings; /* RENDER_CODE_QUIET, _THIN, _LOW */
};

/* False: these dots are no such code, whatever was read. */
MUST_USE bool grade_bars(const struct bits *bits, unsigned dpi, const struct claim *claim,
                         struct grade *out_grade);
/* Do these elements, from edges[0] to edges[count], say the text of an EAN or UPC? */
MUST_USE bool grade_ean(const struct claim *claim, const uint16_t *edges, size_t count);
/* `box` is where the reader saw it, `down` that it is read downwards or upwards. `bits` has the
 * symbol's black as black. */
struct seen {
    enum code_kind kind;
    struct region box;
    bool down;
};
void grade_matrix(const struct bits *bits, unsigned dpi, const struct seen *seen,
                  struct grade *out_grade);

#endif
