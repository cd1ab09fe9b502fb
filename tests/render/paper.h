/* paper.h - what else stands on labels: text in several scripts by Pango, rules, halftones. */
#ifndef PACKD_TESTS_RENDER_PAPER_H
#define PACKD_TESTS_RENDER_PAPER_H

#include <pango/pangocairo.h>

#include "tests/render/symbols.h"

__attribute__((unused)) static uint32_t chance(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Text in this font (with its size in points at 203 dpi), wrapped at the width of the paper. */
__attribute__((unused)) static void write_text(struct bits *bits, const char *font,
                                               const char *text, unsigned top)
{
    int width = (int)bits->width, height = (int)bits->height;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *description = pango_font_description_from_string(font);
    pango_font_description_set_absolute_size(description,
                                             pango_font_description_get_size(description) * 203.0 /
                                                 72.0);
    pango_layout_set_font_description(layout, description);
    pango_layout_set_width(layout, (width - 40) * PANGO_SCALE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    cairo_move_to(cairo, 20, top);
    pango_cairo_show_layout(cairo, layout);
    cairo_surface_flush(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (rows[y * stride + x * 4] < 128) dot(bits, (unsigned)x, (unsigned)y, true);
    pango_font_description_free(description);
    g_object_unref(layout);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

/* Rules across and down, as tables have them; the places by chance. */
__attribute__((unused)) static void rule(struct bits *bits, uint32_t seed, unsigned count,
                                         unsigned thick)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned x = chance(&seed) % bits->width, y = chance(&seed) % bits->height;
        unsigned long_ = 40 + chance(&seed) % (bits->width / 2), wide = 1 + chance(&seed) % thick;
        struct region box = {x, y, i % 2 == 0 ? long_ : wide, i % 2 == 0 ? wide : long_};
        fill(bits, box, true);
    }
}

/* A grey ramp as dots: ordered by a matrix of four, or by chance. */
__attribute__((unused)) static void halftone(struct bits *bits, struct region box, bool by_chance,
                                             uint32_t seed)
{
    static const unsigned matrix[4][4] = {{0, 8, 2, 10},
                                          {12, 4, 14, 6},
                                          {3, 11, 1, 9},
                                          {15, 7, 13, 5}};
    for (unsigned y = 0; y < box.height; y++) {
        for (unsigned x = 0; x < box.width; x++) {
            unsigned grey = (x * 16 / box.width + y * 16 / box.height) / 2;
            unsigned threshold = by_chance ? chance(&seed) % 16 : matrix[y % 4][x % 4];
            if (threshold < grey) dot(bits, box.x + x, box.y + y, true);
        }
    }
}

/* Every so many dots on the average one is turned over. */
__attribute__((unused)) static void sprinkle(struct bits *bits, unsigned every, uint32_t seed)
{
    for (unsigned y = 0; y < bits->height; y++)
        for (unsigned x = 0; x < bits->width; x++)
            if (chance(&seed) % every == 0) dot(bits, x, y, !bits_black(bits, x, y));
}

#endif
