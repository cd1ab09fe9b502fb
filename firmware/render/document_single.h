/* document_single.h - a PDF that is nothing but one JPEG, as many couriers send it: found without
 * poppler, so that it can be decoded and scaled as if it had come alone. That is several times
 * faster, and the edges of bars come out better. The least doubt is a no, and poppler draws. */
#ifndef PACKD_FIRMWARE_RENDER_DOCUMENT_SINGLE_H
#define PACKD_FIRMWARE_RENDER_DOCUMENT_SINGLE_H

#include "hal/base/bytes.h"

struct single {
    double width_pt, height_pt; /* of the page */
    double left_pt, top_pt;     /* where the picture lies on it, from its upper left corner */
    double across_pt, down_pt;
    struct bytes jpeg;
    bool in_ascii85;        /* and must be unpacked with single_ascii85() first */
    unsigned width, height; /* dots, as the PDF says */
};

/* Unpacks (ISO 32000-1, 7.4.3) into `out`, which has as many bytes as `from`. False: it is none. */
MUST_USE bool single_ascii85(struct bytes from, uint8_t *out, size_t *out_len);
MUST_USE bool single_find(struct bytes document, struct single *out_single);

#endif
