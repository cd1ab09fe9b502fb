/* document.h - a courier's document becomes the grey picture of one label.
 *
 * PDF by poppler, PNG, JPEG and GIF by their libraries: everything here handles hostile bytes and
 * runs only inside the sandbox. The page with the label is chosen, the label found on its sheet and
 * cropped, turned upright, and drawn in the size that the document says; where that does not fit
 * the stock it is made smaller, and said.
 *
 * Refused, and with these words:
 *     empty           there are no bytes
 *     html json xml zip zpl base64 text    it is that, and no picture of a label
 *     unknown_kind    its first bytes are those of nothing that we draw
 *     broken          it begins as it should and cannot be read on
 *     encrypted       it opens only with a password
 *     no_pages        it has none
 *     no_such_page    the page asked for
 *     too_large       a page of more than 600 mm, a picture of more dots than a scan has, or one
 *                     inside a PDF of more than four times that
 *     too_small       a page of less than 10 mm, a picture of less than 16 dots
 *     white           nothing is on it
 *     black           nearly all of it is black
 *     cannot_draw     its library gave up, or wanted more memory than there is
 * What computes without end is too_slow: last_word_linux.h. */
#ifndef PACKD_FIRMWARE_RENDER_DOCUMENT_H
#define PACKD_FIRMWARE_RENDER_DOCUMENT_H

#include "firmware/render/grey.h"

/* Before the sandbox closes: makes poppler and the fonts it may fall back on load what they load
 * once, and malloc keep what a page takes. False: poppler cannot draw here at all. */
MUST_USE bool document_warm(void);

/* Draws into *out_grey, which is made here with the stock's sides, and fills the answer's pages,
 * page, cropped_from, crop, scale_ppm and warnings. False: refused, with the answer's word and
 * sentence; nothing is left to free. May take as long as the document is hard: the parent has a
 * deadline. */
MUST_USE bool document_draw(const struct render_request *request, struct bytes document,
                            struct grey *out_grey, struct render_answer *answer);

#endif
