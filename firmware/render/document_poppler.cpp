/* document_poppler.cpp - see document_pdf.h. Only poppler's own C++ face is used, for what lies
 * below it changes with every release.
 *
 * Splash draws with 4 x 4 dots to a dot. Without that, a path of many rectangles covers every dot
 * it touches, and bars grow by one dot; with it, and half grey as the limit, edges come out at the
 * nearest dot, which is the least that bars need. Lines thinner than a dot get a whole one. */
#include "firmware/render/document_pdf.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <poppler-document.h>
#include <poppler-font.h>
#include <poppler-global.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

struct pdf {
    std::unique_ptr<poppler::document> document;
    std::unique_ptr<poppler::page> page;
    unsigned number;
    double width_pt, height_pt; /* as it is looked at */
    double unit;                /* points that one of poppler's points is; it knows no UserUnit */
};

/* Nobody prints what poppler thinks of a document. */
static void say_nothing(const std::string &, void *)
{
}

extern "C" enum pdf_opened pdf_open(struct bytes document, double unit, struct pdf **out_pdf)
{
    try {
        poppler::set_debug_error_function(say_nothing, nullptr);
        auto made = std::make_unique<pdf>();
        made->document.reset(
            poppler::document::load_from_raw_data(reinterpret_cast<const char *>(document.data),
                                                  static_cast<int>(document.len)));
        if (!made->document) return PDF_BROKEN;
        if (made->document->is_locked()) return PDF_ENCRYPTED;
        made->unit = unit;
        *out_pdf = made.release();
        return PDF_OPEN;
    } catch (...) {
        return PDF_NO_MEMORY;
    }
}

extern "C" void pdf_close(struct pdf *pdf)
{
    delete pdf;
}

extern "C" unsigned pdf_pages(const struct pdf *pdf)
{
    try {
        int pages = pdf->document->pages();
        return pages > 0 ? static_cast<unsigned>(pages) : 0;
    } catch (...) {
        return 0;
    }
}

static bool is_turned(const poppler::page &page)
{
    auto way = page.orientation();
    return way == poppler::page::landscape || way == poppler::page::seascape;
}

extern "C" bool pdf_turn_to(struct pdf *pdf, unsigned page, double *out_width_pt,
                            double *out_height_pt)
{
    try {
        pdf->page.reset();
        pdf->page.reset(pdf->document->create_page(static_cast<int>(page)));
        if (!pdf->page) return false;
        pdf->number = page;
        poppler::rectf box = pdf->page->page_rect(poppler::crop_box);
        double width = std::fabs(box.width()), height = std::fabs(box.height());
        if (!std::isfinite(width) || !std::isfinite(height)) return false;
        if (is_turned(*pdf->page)) std::swap(width, height);
        pdf->width_pt = *out_width_pt = width * pdf->unit;
        pdf->height_pt = *out_height_pt = height * pdf->unit;
        return true;
    } catch (...) {
        return false;
    }
}

/* The part's corner on the turned page, in dots. */
static void corner_of(const struct pdf &pdf, const struct sheet_part &part, int *out_x, int *out_y)
{
    double width = pdf.width_pt * 25400.0 / 72.0, height = pdf.height_pt * 25400.0 / 72.0;
    const struct area &area = part.area;
    double x = area.x, y = area.y;
    if (part.turn == 90) {
        x = height - area.y - area.height;
        y = area.x;
    } else if (part.turn == 180) {
        x = width - area.x - area.width;
        y = height - area.y - area.height;
    } else if (part.turn == 270) {
        x = area.y;
        y = width - area.x - area.width;
    }
    *out_x = static_cast<int>(std::lround(x * part.dpi / 25400.0));
    *out_y = static_cast<int>(std::lround(y * part.dpi / 25400.0));
    if (*out_x < 0) *out_x = 0; /* -1 would mean the whole page */
    if (*out_y < 0) *out_y = 0;
}

extern "C" bool pdf_draw(struct pdf *pdf, const struct sheet_part *part, struct grey *into)
{
    try {
        poppler::page_renderer renderer;
        renderer.set_image_format(poppler::image::format_gray8);
        renderer.set_render_hint(poppler::page_renderer::antialiasing);
        renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
        int x = 0, y = 0;
        corner_of(*pdf, *part, &x, &y);
        auto turn = static_cast<poppler::rotation_enum>(part->turn / 90);
        poppler::image image =
            renderer.render_page(pdf->page.get(), part->dpi * pdf->unit, part->dpi * pdf->unit, x,
                                 y, static_cast<int>(into->width), static_cast<int>(into->height),
                                 turn);
        if (!image.is_valid() || image.format() != poppler::image::format_gray8 ||
            image.width() != static_cast<int>(into->width) ||
            image.height() != static_cast<int>(into->height))
            return false;
        auto step = static_cast<size_t>(image.bytes_per_row());
        for (size_t row = 0; row < into->height; row++)
            std::memcpy(into->rows + row * into->bytes_per_row, image.const_data() + row * step,
                        into->width);
        return true;
    } catch (...) {
        return false;
    }
}

static int32_t to_um(const struct pdf &pdf, double points)
{
    double um = points * pdf.unit * 25400.0 / 72.0;
    if (!(um > -1e9 && um < 1e9)) return 0;
    return static_cast<int32_t>(std::lround(um));
}

extern "C" bool pdf_find_text(struct pdf *pdf, const char *text, struct area *out_area)
{
    try {
        poppler::rectf found;
        if (!pdf->page->search(poppler::ustring::from_utf8(text), found,
                               poppler::page::search_from_top, poppler::case_insensitive))
            return false;
        *out_area = {to_um(*pdf, found.x()), to_um(*pdf, found.y()), to_um(*pdf, found.width()),
                     to_um(*pdf, found.height())};
        if (out_area->width <= 0) out_area->width = 1;
        if (out_area->height <= 0) out_area->height = 1;
        return true;
    } catch (...) {
        return false;
    }
}

extern "C" bool pdf_upright_turn(struct pdf *pdf, const struct area *area, unsigned *out_turn)
{
    try {
        size_t letters[4] = {0, 0, 0, 0};
        for (const auto &box : pdf->page->text_list()) {
            poppler::rectf at = box.bbox();
            int32_t x = to_um(*pdf, at.x() + at.width() / 2),
                    y = to_um(*pdf, at.y() + at.height() / 2);
            bool inside = x >= area->x && x < area->x + area->width && y >= area->y &&
                          y < area->y + area->height;
            int way = box.rotation();
            if (inside && way >= 0 && way < 4) letters[way] += box.text().length();
        }
        unsigned most = 0;
        for (unsigned way = 1; way < 4; way++) {
            if (letters[way] > letters[most]) most = way;
        }
        if (letters[most] == 0) return false;
        *out_turn = (4 - most) % 4 * 90;
        return true;
    } catch (...) {
        return false;
    }
}

static bool is_standard(const std::string &name)
{
    static const char *const known[] = {"Helvetica", "Times",        "Courier",
                                        "Symbol",    "ZapfDingbats", "Arial"};
    for (const char *begin : known) {
        if (name.compare(0, std::strlen(begin), begin) == 0) return true;
    }
    return false;
}

extern "C" bool pdf_misses_font(struct pdf *pdf)
{
    try {
        std::unique_ptr<poppler::font_iterator> fonts(
            pdf->document->create_font_iterator(static_cast<int>(pdf->number)));
        if (!fonts || !fonts->has_next()) return false;
        for (const auto &font : fonts->next()) {
            bool drawn_inside = font.is_embedded() || font.type() == poppler::font_info::type3;
            if (!drawn_inside && !is_standard(font.name())) return true;
        }
        return false;
    } catch (...) {
        return false;
    }
}
