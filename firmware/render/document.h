/* document.h - a courier's document becomes the grey picture of one label.
 *
 * PDF by poppler, PNG, JPEG and GIF by their libraries: everything here handles hostile bytes and
 * runs only inside the sandbox. The page with the label is chosen, the label found on its sheet and
 * cropped, turned upright, and drawn in the size that the document says; where that does not fit
 * the stock it is made smaller, and said. */
#ifndef PACKD_FIRMWARE_RENDER_DOCUMENT_H
#define PACKD_FIRMWARE_RENDER_DOCUMENT_H

#include "firmware/render/grey.h"

/* Draws into *out_grey, which is made here with the stock's sides, and fills the answer's pages,
 * page, cropped_from, crop, scale_ppm and warnings. False: refused, with the answer's word and
 * sentence; nothing is left to free. May take as long as the document is hard: the parent has a
 * deadline. */
MUST_USE bool document_draw(const struct render_request *request, struct bytes document,
                            struct grey *out_grey, struct render_answer *answer);

#endif
