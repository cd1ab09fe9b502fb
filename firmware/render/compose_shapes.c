/* compose_shapes.c - marks as shapes, in the manner of ISO 780 and the UN's labels, by Cairo. Each
 * is drawn in a square of 100 by 100. */
#include <cairo.h>
#include <math.h>
#include <stdlib.h>

#include "firmware/render/compose_canvas.h"

void shapes_fill(void *context, struct place_dots place, bool white)
{
    cairo_t *cairo = context;
    double shade = white ? 1 : 0;
    cairo_set_source_rgb(cairo, shade, shade, shade);
    cairo_rectangle(cairo, place.x, place.y, place.width, place.height);
    cairo_fill(cairo);
}

static void polygon(cairo_t *cairo, const double (*points)[2], size_t count)
{
    cairo_move_to(cairo, points[0][0], points[0][1]);
    for (size_t i = 1; i < count; i++) cairo_line_to(cairo, points[i][0], points[i][1]);
    cairo_close_path(cairo);
}

/* A goblet with a crack. */
static void draw_glass(cairo_t *cairo)
{
    static const double crack[][2] = {{55, 8},  {46, 22}, {57, 31}, {49, 44},
                                      {58, 33}, {52, 24}, {63, 8}};
    cairo_move_to(cairo, 27, 8);
    cairo_line_to(cairo, 73, 8);
    cairo_curve_to(cairo, 76, 34, 72, 52, 54, 57);
    cairo_line_to(cairo, 54, 82);
    cairo_curve_to(cairo, 60, 86, 70, 86, 72, 92);
    cairo_line_to(cairo, 28, 92);
    cairo_curve_to(cairo, 30, 86, 40, 86, 46, 82);
    cairo_line_to(cairo, 46, 57);
    cairo_curve_to(cairo, 28, 52, 24, 34, 27, 8);
    cairo_close_path(cairo);
    polygon(cairo, crack, ARRAY_LEN(crack));
    cairo_fill(cairo);
}

static void draw_arrows(cairo_t *cairo)
{
    static const double left[][2] = {{30, 8},  {46, 34}, {36, 34}, {36, 80},
                                     {24, 80}, {24, 34}, {14, 34}};
    static const double right[][2] = {{70, 8},  {86, 34}, {76, 34}, {76, 80},
                                      {64, 80}, {64, 34}, {54, 34}};
    polygon(cairo, left, ARRAY_LEN(left));
    polygon(cairo, right, ARRAY_LEN(right));
    cairo_rectangle(cairo, 10, 86, 80, 7);
    cairo_fill(cairo);
}

static void draw_drop(cairo_t *cairo, double x, double y)
{
    cairo_move_to(cairo, x, y);
    cairo_curve_to(cairo, x + 7, y + 9, x + 5, y + 14, x, y + 14);
    cairo_curve_to(cairo, x - 5, y + 14, x - 7, y + 9, x, y);
    cairo_close_path(cairo);
}

static void draw_umbrella(cairo_t *cairo)
{
    static const double drops[][2] = {{20, 6}, {40, 2}, {60, 2}, {80, 6}};
    for (size_t i = 0; i < ARRAY_LEN(drops); i++) draw_drop(cairo, drops[i][0], drops[i][1]);
    cairo_move_to(cairo, 8, 58);
    cairo_curve_to(cairo, 12, 12, 88, 12, 92, 58);
    for (unsigned x = 92; x > 8; x -= 21) cairo_curve_to(cairo, x - 5, 49, x - 16, 49, x - 21, 58);
    cairo_close_path(cairo);
    cairo_fill(cairo);
    cairo_set_line_width(cairo, 6);
    cairo_move_to(cairo, 50, 55);
    cairo_line_to(cairo, 50, 84);
    cairo_curve_to(cairo, 50, 94, 34, 94, 34, 83);
    cairo_stroke(cairo);
}

/* The UN's diamond: a line inside the edge. What it says stands in its middle. */
static void draw_diamond(cairo_t *cairo, bool striped)
{
    static const double edge[][2] = {{50, 2}, {98, 50}, {50, 98}, {2, 50}};
    cairo_set_line_width(cairo, 4);
    polygon(cairo, edge, ARRAY_LEN(edge));
    cairo_stroke(cairo);
    if (!striped) {
        /* A sign that warns: a bar and a dot. */
        static const double bar[][2] = {{45, 15}, {55, 15}, {53, 38}, {47, 38}};
        polygon(cairo, bar, ARRAY_LEN(bar));
        cairo_arc(cairo, 50, 45, 4.2, 0, 2 * M_PI);
        cairo_fill(cairo);
        return;
    }
    /* Class 9: seven stripes above, a battery below. */
    cairo_save(cairo);
    polygon(cairo, edge, ARRAY_LEN(edge));
    cairo_clip(cairo);
    for (int i = -3; i <= 3; i++) cairo_rectangle(cairo, 50 + i * 12 - 3, 0, 6, 46);
    cairo_fill(cairo);
    cairo_restore(cairo);
    cairo_rectangle(cairo, 40, 75, 20, 10);
    cairo_rectangle(cairo, 60, 78, 3, 4);
    cairo_fill(cairo);
}

static void draw_mark(cairo_t *cairo, enum mark_kind mark)
{
    cairo_set_fill_rule(cairo, CAIRO_FILL_RULE_EVEN_ODD);
    switch (mark) {
    case MARK_FRAGILE: draw_glass(cairo); break;
    case MARK_UP: draw_arrows(cairo); break;
    case MARK_DRY: draw_umbrella(cairo); break;
    case MARK_DANGEROUS: draw_diamond(cairo, false); break;
    case MARK_BATTERY: draw_diamond(cairo, true); break;
    }
}

void shapes_mark(void *context, enum mark_kind mark, struct place_dots place, bool white)
{
    cairo_t *cairo = context;
    double shade = white ? 1 : 0;
    cairo_save(cairo);
    cairo_set_source_rgb(cairo, shade, shade, shade);
    cairo_translate(cairo, place.x, place.y);
    cairo_scale(cairo, place.width / 100.0, place.height / 100.0);
    draw_mark(cairo, mark);
    cairo_restore(cairo);
}

void shapes_mark_bits(enum mark_kind mark, struct place_dots place, bool white, struct bits *bits)
{
    if (place.x < 0 || place.y < 0 || place.width == 0 || place.height == 0 ||
        (unsigned)place.x + place.width > bits->width ||
        (unsigned)place.y + place.height > bits->height)
        return;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_A8, (int)place.width, (int)place.height);
    cairo_t *cairo = cairo_create(surface);
    shapes_mark(cairo, mark, (struct place_dots){0, 0, place.width, place.height}, false);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    const uint8_t *grey = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (unsigned y = 0; grey != NULL && y < place.height; y++) {
        uint8_t *row = bits->rows + ((unsigned)place.y + y) * bits->bytes_per_row;
        for (unsigned x = 0; x < place.width; x++) {
            if (grey[y * stride + x] < 128) continue;
            unsigned at = (unsigned)place.x + x;
            uint8_t dot = (uint8_t)(0x80u >> (at % 8));
            row[at / 8] = white ? (uint8_t)(row[at / 8] & ~dot) : (uint8_t)(row[at / 8] | dot);
        }
    }
    cairo_surface_destroy(surface);
}
