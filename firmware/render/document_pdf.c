/* document_pdf.c - the page with the label. Asked for by number, or the first, among PAGES_MAX, on
 * which the wanted text stands; else the first that is not white. */
#include "firmware/render/document_pdf.h"

#include <stdlib.h>

#include "firmware/render/document_inside.h"
#include "firmware/render/document_objects.h"
#include "firmware/render/document_single.h"

#define PAGES_MAX 8u                             /* looked at */
#define PICTURE_DOTS_MAX (4ull * IMAGE_DOTS_MAX) /* A4 at 1200 dpi */
#define PAGE_MM_MIN 10.0
#define MM_PER_POINT (25.4 / 72.0)
#define NUMBER_MAX 16u /* characters */
#define PEEK_DPI 36.0
#define PEEK_DOTS 4u /* so many dark dots are something */

static bool draw_part(void *source, const struct sheet_part *part, struct grey *into)
{
    return pdf_draw(source, part, into);
}

static bool find_text(void *source, const char *text, struct area *out_area)
{
    return pdf_find_text(source, text, out_area);
}

static bool upright_turn(void *source, const struct area *area, unsigned *out_turn)
{
    return pdf_upright_turn(source, area, out_turn);
}

/* False, and refused, when the page cannot be a sheet with a label. */
static bool turn_to(struct pdf *pdf, unsigned page, struct sheet *sheet,
                    struct render_answer *answer)
{
    double width_pt, height_pt;
    if (!pdf_turn_to(pdf, page, &width_pt, &height_pt))
        return document_refuse(answer, "broken",
                               "This page of the PDF is broken. Download it "
                               "again, or ask the courier for another one.");
    double width_mm = width_pt * MM_PER_POINT, height_mm = height_pt * MM_PER_POINT;
    if (width_mm * 1000.0 > SHEET_UM_MAX || height_mm * 1000.0 > SHEET_UM_MAX)
        return document_refuse(answer, "too_large",
                               "The page is larger than 600 mm: that is no label.");
    if (!(width_mm >= PAGE_MM_MIN && height_mm >= PAGE_MM_MIN))
        return document_refuse(answer, "too_small",
                               "The page is smaller than 10 mm: that is no label.");
    *sheet = (struct sheet){
        .source = pdf,
        .width_um = (int32_t)(width_mm * 1000.0 + 0.5),
        .height_um = (int32_t)(height_mm * 1000.0 + 0.5),
        .size_known = true,
        .draw = draw_part,
        .find_text = find_text,
        .upright_turn = upright_turn,
    };
    return true;
}

static bool has_wanted(const struct render_request *request, struct pdf *pdf)
{
    struct area area;
    for (unsigned i = 0; i < RENDER_WANTED_MAX; i++) {
        if (request->wanted[i][0] != '\0' && pdf_find_text(pdf, request->wanted[i], &area))
            return true;
    }
    return false;
}

static bool is_printed_on(const struct sheet *sheet)
{
    struct sheet_part part = {{0, 0, sheet->width_um, sheet->height_um}, 0, PEEK_DPI};
    struct grey peek;
    ENSURE(sheet->draw != NULL);
    if (!grey_make(&peek, (unsigned)(sheet->width_um * PEEK_DPI / 25400) + 1,
                   (unsigned)(sheet->height_um * PEEK_DPI / 25400) + 1))
        return false;
    bool printed = sheet->draw(sheet->source, &part, &peek) && document_black(&peek) >= PEEK_DOTS;
    grey_free(&peek);
    return printed;
}

/* From 0. */
static unsigned choose_page(const struct render_request *request, struct pdf *pdf, unsigned pages)
{
    struct render_answer unused;
    struct sheet sheet = {.width_um = 0};
    unsigned looked_at = pages < PAGES_MAX ? pages : PAGES_MAX;
    for (unsigned page = 0; page < looked_at; page++) {
        if (turn_to(pdf, page, &sheet, &unused) && has_wanted(request, pdf)) return page;
    }
    for (unsigned page = 0; page < looked_at; page++) {
        if (turn_to(pdf, page, &sheet, &unused) && is_printed_on(&sheet)) return page;
    }
    return 0;
}

static bool draw_page(const struct render_request *request, struct pdf *pdf, struct grey *out_grey,
                      struct render_answer *answer)
{
    unsigned pages = pdf_pages(pdf);
    if (pages == 0) return document_refuse(answer, "no_pages", "This PDF has no pages.");
    answer->pages = pages < UINT16_MAX ? (uint16_t)pages : UINT16_MAX;
    if (request->page > pages)
        return document_refuse(answer, "no_such_page", "The document has fewer pages than that.");
    unsigned page = request->page > 0 ? request->page - 1u : 0;
    if (request->page == 0 && pages > 1) page = choose_page(request, pdf, pages);
    answer->page = (uint16_t)(page + 1);
    if (pages > 1) answer->warnings |= RENDER_WARN_MORE_PAGES;
    struct sheet sheet;
    if (!turn_to(pdf, page, &sheet, answer)) return false;
    if (!document_place(request, &sheet, out_grey, answer)) return false;
    out_grey->soft = true;
    if (pdf_misses_font(pdf)) answer->warnings |= RENDER_WARN_FONTS;
    return true;
}

enum single_result { SINGLE_NONE, SINGLE_DRAWN, SINGLE_REFUSED };

static enum image_result read_single(const struct single *single, unsigned side,
                                     struct image *image)
{
    struct bytes jpeg = single->jpeg;
    if (!single->in_ascii85) return document_read_jpeg(jpeg, side, image);
    uint8_t *unpacked = malloc(jpeg.len);
    enum image_result result = IMAGE_NO_MEMORY;
    size_t len = 0;
    if (unpacked != NULL && single_ascii85(jpeg, unpacked, &len))
        result = document_read_jpeg(bytes_of(unpacked, len), side, image);
    free(unpacked);
    return result;
}

/* A page that is one JPEG, without poppler; what is odd about it is left to poppler. */
static enum single_result draw_single(const struct render_request *request, struct bytes document,
                                      struct grey *out_grey, struct render_answer *answer)
{
    struct single single;
    if (request->page > 1 || !single_find(document, &single)) return SINGLE_NONE;
    double um = MM_PER_POINT * 1000.0;
    double width_um = single.width_pt * um, height_um = single.height_pt * um;
    if (!(width_um <= SHEET_UM_MAX && height_um <= SHEET_UM_MAX &&
          width_um >= PAGE_MM_MIN * 1000.0 && height_um >= PAGE_MM_MIN * 1000.0))
        return SINGLE_NONE;
    struct image image = {.turn = 0};
    unsigned side = out_grey->width > out_grey->height ? out_grey->width : out_grey->height;
    enum single_result result = SINGLE_NONE;
    struct sheet sheet = {.width_um = (int32_t)(width_um + 0.5),
                          .height_um = (int32_t)(height_um + 0.5),
                          .size_known = true};
    if (read_single(&single, side, &image) == IMAGE_READ && !image.four_inks &&
        image.full_width == single.width && image.full_height == single.height) {
        struct placed_image placed = {&image, single.left_pt * um, single.top_pt * um,
                                      single.across_pt * um, single.down_pt * um};
        bool drawn = document_place_image(request, &placed, &sheet, out_grey, answer);
        result = drawn ? SINGLE_DRAWN : SINGLE_REFUSED;
    }
    grey_free(&image.grey);
    return result;
}

/* UserUnit, the first that is written plainly; pages of one document seldom differ in it. */
static double user_unit(struct bytes document)
{
    struct bytes key = BYTES_LITERAL("/UserUnit"), value;
    struct bytes rest = bytes_slice(document, bytes_find(document, key), key.len + NUMBER_MAX);
    double unit = 1.0;
    rest = bytes_from(rest, key.len);
    bool said = objects_next(&rest, &value) && objects_number(value, &unit);
    return said && unit >= 0.01 && unit <= 1000.0 ? unit : 1.0;
}

bool document_draw_pdf(const struct render_request *request, struct bytes document,
                       struct grey *out_grey, struct render_answer *answer)
{
    struct pdf *pdf = NULL;
    enum single_result single = draw_single(request, document, out_grey, answer);
    bool drawn = false;
    if (single != SINGLE_NONE) return single == SINGLE_DRAWN;
    if (objects_picture_beyond(document, PICTURE_DOTS_MAX))
        return document_refuse(answer, "too_large",
                               "A picture in this PDF has more dots than any label.");
    switch (pdf_open(document, user_unit(document), &pdf)) {
    case PDF_OPEN: drawn = draw_page(request, pdf, out_grey, answer); break;
    case PDF_BROKEN:
        document_refuse(answer, "broken",
                        "This PDF is cut off or broken. Download it again, or ask the courier "
                        "for another one.");
        break;
    case PDF_ENCRYPTED:
        document_refuse(answer, "encrypted",
                        "This PDF opens only with a password. Ask the courier for one without.");
        break;
    case PDF_NO_MEMORY:
        document_refuse(answer, "cannot_draw", "This PDF needs more memory than there is.");
        break;
    }
    pdf_close(pdf);
    return drawn;
}
