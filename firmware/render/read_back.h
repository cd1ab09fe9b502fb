/* read_back.h - every barcode on a finished picture, read from the dots that go to the printer.
 *
 * By zxing-cpp, inside the sandbox. Type names: CODE128, GS1-128 (FNC1 in the first place), CODE39,
 * CODE93, ITF, CODABAR, EAN13, EAN8, UPCA, UPCE, QR, GS1-QR, DATAMATRIX, GS1-DATAMATRIX, PDF417,
 * AZTEC, GS1-AZTEC, MAXICODE. Texts are UTF-8; an FNC1 between two fields is GS (1D), the first one
 * is no part of the text; Codabar has its letters of start and stop.
 *
 * No reading is better than a wrong one: of a linear code several rows must agree, and the dots
 * must have as many elements as its kind asks for. Where the kind has no check, or one digit as
 * that, also 2 mm of height and four modules of white on both sides (ten for ITF), and more than
 * half of the rows say the same; an EAN or UPC is compared with its text element by element.
 *
 * MaxiCode is read upright or turned by quarters, with the quiet zone around it, not askew. */
#ifndef PACKD_FIRMWARE_RENDER_READ_BACK_H
#define PACKD_FIRMWARE_RENDER_READ_BACK_H

#include "firmware/render/bits.h"

/* Fills code_count, codes and the warnings of the codes; `wanted` of the request is looked for
 * harder than the rest, and RENDER_WARN_WANTED says when one is not there. dpi judges the sizes. */
void read_back(const struct bits *bits, const struct render_request *request,
               struct render_answer *answer);

/* Does a code with this text say `wanted`? It is the whole text; or, in a GS1 code, the whole value
 * of one of its fields, with or without the identifier in front; never a part of one. A wanted text
 * in brackets, "(00)123", is taken as "00123". Nothing is wanted: false. */
bool read_back_matches(struct bytes text, struct bytes wanted, bool gs1);

#endif
