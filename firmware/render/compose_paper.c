/* compose_paper.c - see compose_paper.h. The same drawing gives the same bytes: without a
 * date. */
#include "firmware/render/compose_paper.h"

#include <cairo-pdf.h>
#include <string.h>

static cairo_status_t take(void *context, const unsigned char *data, unsigned length)
{
    struct paper *paper = context;
    if (length > paper->size - paper->used) {
        paper->full = true;
        return CAIRO_STATUS_WRITE_ERROR;
    }
    memcpy(paper->out + paper->used, data, length);
    paper->used += length;
    return CAIRO_STATUS_SUCCESS;
}

bool paper_begin(struct paper *paper, struct canvas *canvas, unsigned width, unsigned height,
                 uint8_t *out, size_t size, const char *title)
{
    double points = 72.0 / canvas->dpi;
    *paper = (struct paper){.out = out, .size = size};
    paper->surface =
        cairo_pdf_surface_create_for_stream(take, paper, width * points, height * points);
    cairo_pdf_surface_restrict_to_version(paper->surface, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    paper->cairo = cairo_create(paper->surface);
    cairo_scale(paper->cairo, points, points);
    canvas->cairo = paper->cairo;
    return cairo_status(paper->cairo) == CAIRO_STATUS_SUCCESS;
}

bool paper_warm_up(void)
{
    uint8_t out[4096];
    struct canvas canvas = {.dpi = 72};
    struct paper paper;
    if (paper_begin(&paper, &canvas, 72, 72, out, sizeof out, "")) paper_next_page(&paper);
    return paper_end(&paper);
}

void paper_next_page(void *context)
{
    struct paper *paper = context;
    cairo_show_page(paper->cairo);
}

bool paper_end(struct paper *paper)
{
    cairo_destroy(paper->cairo);
    cairo_surface_finish(paper->surface);
    bool good = cairo_surface_status(paper->surface) == CAIRO_STATUS_SUCCESS && !paper->full;
    cairo_surface_destroy(paper->surface);
    return good;
}
