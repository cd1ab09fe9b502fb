/* compose_reprint.c - "REPRINT 2" on a finished picture, whoever drew that.
 *
 * White letters in a black bar, made of whole dots from the table below, so that it needs no font
 * and is the same on every box. It goes where the label is white and far enough from anything that
 * may be a barcode's quiet zone, as low and as far right as can be; where there is no such place,
 * over the darkest-free part of the lower edge. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "firmware/render/compose.h"

#define GLYPH_WIDE 5u
#define GLYPH_HIGH 7u
#define CELL 8u        /* dots of a side of what is looked at */
#define CLEAR_CELLS 4u /* at 203 dpi: 4 mm left and right of bars */
#define CLEAR_ABOVE 1u
#define COST_BLACK 1000u

static const struct {
    char letter;
    uint8_t rows[GLYPH_HIGH]; /* leftmost dot is 16 */
} glyphs[] = {
    {'R', {30, 17, 17, 30, 20, 18, 17}}, {'E', {31, 16, 16, 30, 16, 16, 31}},
    {'P', {30, 17, 17, 30, 16, 16, 16}}, {'I', {14, 4, 4, 4, 4, 4, 14}},
    {'N', {17, 25, 25, 21, 19, 19, 17}}, {'T', {31, 4, 4, 4, 4, 4, 4}},
    {'0', {14, 17, 19, 21, 25, 17, 14}}, {'1', {4, 12, 4, 4, 4, 4, 14}},
    {'2', {14, 17, 1, 2, 4, 8, 31}},     {'3', {31, 2, 4, 2, 1, 17, 14}},
    {'4', {2, 6, 10, 18, 31, 2, 2}},     {'5', {31, 16, 30, 1, 1, 17, 14}},
    {'6', {6, 8, 16, 30, 17, 17, 14}},   {'7', {31, 1, 2, 4, 8, 8, 8}},
    {'8', {14, 17, 17, 14, 17, 17, 14}}, {'9', {14, 17, 17, 15, 1, 2, 12}},
};

struct mark {
    char text[16];
    unsigned scale, width, height; /* dots */
};

static void put_dots(struct bits *bits, unsigned left, unsigned top, unsigned side, unsigned high,
                     bool black)
{
    for (unsigned y = top; y < top + high && y < bits->height; y++) {
        uint8_t *row = bits->rows + y * bits->bytes_per_row;
        for (unsigned x = left; x < left + side && x < bits->width; x++) {
            uint8_t dot = (uint8_t)(0x80u >> (x % 8));
            row[x / 8] = black ? (uint8_t)(row[x / 8] | dot) : (uint8_t)(row[x / 8] & ~dot);
        }
    }
}

static void draw(const struct mark *mark, struct bits *bits, unsigned left, unsigned top)
{
    put_dots(bits, left, top, mark->width, mark->height, true);
    for (size_t i = 0; mark->text[i] != '\0'; i++) {
        for (size_t g = 0; g < ARRAY_LEN(glyphs); g++) {
            if (glyphs[g].letter != mark->text[i]) continue;
            for (unsigned dot = 0; dot < GLYPH_WIDE * GLYPH_HIGH; dot++) {
                unsigned x = dot % GLYPH_WIDE, y = dot / GLYPH_WIDE;
                if ((glyphs[g].rows[y] >> (GLYPH_WIDE - 1 - x) & 1) == 0) continue;
                put_dots(bits, left + ((unsigned)i * (GLYPH_WIDE + 1) + x + 2) * mark->scale,
                         top + (y + 2) * mark->scale, mark->scale, mark->scale, false);
            }
        }
    }
}

/* ---- where ---------------------------------------------------------------------------------- */

/* Sums of black cells: at (x, y) those left of and above it. */
struct map {
    unsigned wide, high;
    uint32_t *sums;
};

static bool is_black_cell(const struct bits *bits, unsigned cell_x, unsigned cell_y)
{
    for (unsigned y = cell_y * CELL; y < (cell_y + 1) * CELL && y < bits->height; y++) {
        if (bits->rows[y * bits->bytes_per_row + cell_x] != 0) return true;
    }
    return false;
}

static bool make_map(const struct bits *bits, struct map *map)
{
    map->wide = (unsigned)bits->bytes_per_row;
    map->high = (bits->height + CELL - 1) / CELL;
    map->sums = calloc((size_t)(map->wide + 1) * (map->high + 1), sizeof *map->sums);
    if (map->sums == NULL) return false;
    unsigned stride = map->wide + 1;
    for (unsigned y = 0; y < map->high; y++) {
        uint32_t row = 0;
        for (unsigned x = 0; x < map->wide; x++) {
            row += is_black_cell(bits, x, y) ? 1 : 0;
            map->sums[(y + 1) * stride + x + 1] = map->sums[y * stride + x + 1] + row;
        }
    }
    return true;
}

/* Black cells of a rectangle, which may reach over the edges. */
static uint32_t black_in(const struct map *map, unsigned left, unsigned top, unsigned right,
                         unsigned below)
{
    unsigned stride = map->wide + 1;
    if (right > map->wide) right = map->wide;
    if (below > map->high) below = map->high;
    return map->sums[below * stride + right] - map->sums[top * stride + right] -
           map->sums[below * stride + left] + map->sums[top * stride + left];
}

static unsigned less(unsigned number, unsigned by)
{
    return number > by ? number - by : 0;
}

/* In cells. Low is better than right; black under it is worst, then black near it. */
static bool find_place(const struct map *map, unsigned wide, unsigned high, unsigned clear,
                       unsigned *out_x, unsigned *out_y)
{
    uint64_t best = UINT64_MAX;
    for (unsigned y = 1; y + high + 1 <= map->high; y++) {
        for (unsigned x = 1; x + wide + 1 <= map->wide; x++) {
            uint64_t under = black_in(map, x, y, x + wide, y + high);
            uint64_t near = black_in(map, less(x, clear), less(y, CLEAR_ABOVE), x + wide + clear,
                                     y + high + CLEAR_ABOVE);
            /* A place that is not clear is taken at the lower edge only. */
            if (near > 0 && y + high + 2 < map->high) continue;
            uint64_t cost = under * COST_BLACK * 1000 + near * COST_BLACK + (map->high - y) * 2 +
                            (map->wide - x);
            if (cost >= best) continue;
            best = cost;
            *out_x = x;
            *out_y = y;
        }
    }
    return best < UINT64_MAX;
}

void compose_reprint_mark(struct bits *bits, const struct render_request *request)
{
    struct mark mark;
    struct map map;
    unsigned x, y, dpi = request->dpi >= 100 ? request->dpi : 203;
    if (request->copy < 2) return;
    (void)snprintf(mark.text, sizeof mark.text, "REPRINT %u", (unsigned)request->copy % 10000);
    mark.scale = (dpi + 34) / 68; /* 203 dpi: 3 dots; letters of 2.6 mm */
    mark.width = ((unsigned)strlen(mark.text) * (GLYPH_WIDE + 1) + 3) * mark.scale;
    mark.height = (GLYPH_HIGH + 4) * mark.scale;
    if (mark.width + 2 * CELL > bits->width || mark.height + 2 * CELL > bits->height) return;
    if (!make_map(bits, &map)) return;
    unsigned wide = (mark.width + CELL - 1) / CELL, high = (mark.height + CELL - 1) / CELL;
    unsigned clear = CLEAR_CELLS * dpi / 203;
    if (find_place(&map, wide, high, clear, &x, &y)) draw(&mark, bits, x * CELL, y * CELL);
    free(map.sums);
}
