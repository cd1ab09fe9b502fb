/* read_back.h - every barcode on a finished picture, read from the dots that go to the printer.
 *
 * By zxing-cpp, inside the sandbox. Code 128 and GS1-128, Code 39, ITF, EAN and UPC, Codabar, QR,
 * DataMatrix, PDF417, Aztec, MaxiCode. Type names are those of render_wire.h. */
#ifndef PACKD_FIRMWARE_RENDER_READ_BACK_H
#define PACKD_FIRMWARE_RENDER_READ_BACK_H

#include "firmware/render/bits.h"

/* Fills code_count, codes and the warnings of the codes; `wanted` of the request is looked for
 * harder than the rest, and RENDER_WARN_WANTED says when one is not there. dpi judges the sizes. */
void read_back(const struct bits *bits, const struct render_request *request,
               struct render_answer *answer);

#endif
