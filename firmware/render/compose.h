/* compose.h - our own labels and cards, drawn from fields by a template: a text file of boxes,
 * texts, barcodes and pictures. Text by Pango and Cairo in any script of the fonts that are there,
 * barcodes by zint with a module of whole dots. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_H

#include "firmware/render/bits.h"

struct templates; /* all that were read at start */

/* Reads every *.label of these folders and the *.pbm they show (later ones win); what is wrong with
 * one is told by `complain` with file and line, and that one is left out. Each is laid out once
 * with sample fields. Warms the fonts up, so that nothing has to be opened later; without a font
 * that is said and everything is refused. The fonts are the process's and stay. NULL: no memory.
 * The manual of the language is board/labels/README.md. */
typedef void templates_complain_fn(void *context, const char *file, unsigned line,
                                   const char *sentence);
struct templates *templates_load(const char *const *folders, size_t count,
                                 templates_complain_fn *complain, void *context);
void templates_free(struct templates *templates);
/* The font files that were opened, for whoever shuts the child in; the list lives as long as the
 * program. After templates_load() none of them is opened again, no other file, and no thread
 * begins; pages of them are read through mappings that are there. */
size_t templates_fonts(const struct templates *templates, const char *const **out_paths);

/* Gives back what was fetched for the last labels and the next one can fetch again. */
void templates_rest(const struct templates *templates);

/* The template of a name, or of its part before a '-': "courier-delhivery", else "courier". Words
 * of refusal: no_template, field_missing, stock_too_small, does_not_fit, barcode, image,
 * no_such_page, too_large, dpi, no_memory, no_font.
 *
 * RENDER_PICTURE: draws dots straight into `bits`, which is white and has the stock's sides.
 * False: refused, with the answer's word and sentence. */
MUST_USE bool compose_picture(const struct templates *templates,
                              const struct render_request *request, struct bytes fields,
                              struct bits *bits, struct render_answer *answer);
/* RENDER_PDF: into out; answer->output_bytes says how much. The paper is the template's, or the
 * request's stock. The same fields give the same bytes. */
MUST_USE bool compose_pdf(const struct templates *templates, const struct render_request *request,
                          struct bytes fields, uint8_t *out, size_t size,
                          struct render_answer *answer);
/* The mark of a reprint, in a place of the label that is white and away from bars, or over its
 * lower edge. Nothing when request->copy is below 2. */
void compose_reprint_mark(struct bits *bits, const struct render_request *request);

#endif
