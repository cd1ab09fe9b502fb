/* document_pdf.h - a PDF as poppler sees it, without poppler's types. No exception leaves it.
 *
 * What is drawn is what a reader of PDFs shows on the screen: the contents of the page, filled-in
 * form fields and other annotations that are not hidden. Scripts, actions, links and attachments do
 * nothing, for nothing here looks at them. */
#ifndef PACKD_FIRMWARE_RENDER_DOCUMENT_PDF_H
#define PACKD_FIRMWARE_RENDER_DOCUMENT_PDF_H

#include "firmware/render/document_sheet.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pdf;

enum pdf_opened { PDF_OPEN, PDF_BROKEN, PDF_ENCRYPTED, PDF_NO_MEMORY };

/* The bytes are borrowed until pdf_close(). One that is encrypted with an empty password opens. A
 * unit of its pages is so many points: poppler takes each for one. */
enum pdf_opened pdf_open(struct bytes document, double unit, struct pdf **out_pdf);
void pdf_close(struct pdf *pdf); /* NULL is fine */
unsigned pdf_pages(const struct pdf *pdf);

/* Turns to another page, from 0, and gives its sides in points as it is looked at. False: there is
 * no such page, or it has no sides. */
MUST_USE bool pdf_turn_to(struct pdf *pdf, unsigned page, double *out_width_pt,
                          double *out_height_pt);
/* The following are about this page. */
MUST_USE bool pdf_draw(struct pdf *pdf, const struct sheet_part *part, struct grey *into);
MUST_USE bool pdf_find_text(struct pdf *pdf, const char *text, struct area *out_area);
MUST_USE bool pdf_upright_turn(struct pdf *pdf, const struct area *area, unsigned *out_turn);
/* Does it use a font that it does not bring along, and that is none of the standard ones? */
bool pdf_misses_font(struct pdf *pdf);

#ifdef __cplusplus
}
#endif

#endif
