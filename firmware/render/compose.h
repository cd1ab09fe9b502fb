/* compose.h - our own labels and cards, drawn from fields by a template: a text file of boxes,
 * texts, barcodes and pictures. Text by Pango and Cairo in any script of the fonts that are there,
 * barcodes by zint with a module of whole dots. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_H

#include "firmware/render/bits.h"

struct templates; /* all that were read at start */

/* Reads every *.label of these folders (later ones win); what is wrong with one is told by
 * `complain` with file and line, and that one is left out. Warms the fonts up, so that nothing has
 * to be opened later. NULL: no memory. */
typedef void templates_complain_fn(void *context, const char *file, unsigned line,
                                   const char *sentence);
struct templates *templates_load(const char *const *folders, size_t count,
                                 templates_complain_fn *complain, void *context);
void templates_free(struct templates *templates);

/* RENDER_PICTURE: draws dots straight into `bits`, which is white and has the stock's sides.
 * False: refused, with the answer's word and sentence. */
MUST_USE bool compose_picture(const struct templates *templates,
                              const struct render_request *request, struct bytes fields,
                              struct bits *bits, struct render_answer *answer);
/* RENDER_PDF: into out; answer->output_bytes says how much. */
MUST_USE bool compose_pdf(const struct templates *templates, const struct render_request *request,
                          struct bytes fields, uint8_t *out, size_t size,
                          struct render_answer *answer);
/* The mark of a reprint, in a place of the label that is white, or over its lower edge. */
void compose_reprint_mark(struct bits *bits, const struct render_request *request);

#endif
