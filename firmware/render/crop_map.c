/* crop_map.c - see crop_map.h. */
#include "firmware/render/crop_map.h"

#include <stdlib.h>
#include <string.h>

#define INK_BELOW 200      /* thin text in a small drawing is light */
#define LINE_DOTS 2u       /* a cut line is no thicker */
#define LINE_AROUND 3u     /* and has nothing on both sides for so many dots */
#define LINE_PERCENT 92u   /* it reaches so far across the sheet; a frame seldom does */
#define DASHED_PERCENT 75u /* the same of one that is dashed, which no frame is */
#define DASH_GAP_DOTS 20u  /* between two dashes */
#define DASHES_MIN 8u
#define DASHED_INK_PERCENT 85u /* more is a line with gaps */
#define SOLID_INK_PERCENT 98u  /* where others cross it, nothing is left of it */

/* The drawing seen along one direction or the other. */
struct view {
    uint8_t *ink;
    unsigned lines, length; /* a line has `length` dots */
    size_t line_step, dot_step;
};

static void make_ink(struct crop_map *map, const struct grey *sheet)
{
    for (unsigned y = 0; y < map->height; y++) {
        const uint8_t *row = sheet->rows + y * sheet->bytes_per_row;
        for (unsigned x = 0; x < map->width; x++)
            map->ink[(size_t)y * map->width + x] = row[x] < INK_BELOW;
    }
}

/* In the order of memory, whichever way the view looks. */
static void count_lines(const struct view *view, uint32_t *counts)
{
    bool lying = view->dot_step == 1;
    unsigned rows = lying ? view->lines : view->length;
    unsigned columns = lying ? view->length : view->lines;
    memset(counts, 0, view->lines * sizeof *counts);
    for (unsigned y = 0; y < rows; y++) {
        const uint8_t *row = view->ink + (size_t)y * columns;
        uint32_t count = 0;
        for (unsigned x = 0; lying && x < columns; x++) count += row[x];
        for (unsigned x = 0; !lying && x < columns; x++) counts[x] += row[x];
        if (lying) counts[y] = count;
    }
}

/* Does ink reach across the sheet along these lines, in one piece or in dashes? The frames of two
 * labels in a row do not: that is neither. */
static bool reaches_across(const struct view *view, unsigned first, unsigned count)
{
    unsigned begin = view->length, end = 0, inked_dots = 0, gaps = 0;
    for (unsigned i = 0; i < view->length; i++) {
        bool inked = false;
        for (unsigned line = first; line < first + count; line++)
            inked = inked || view->ink[line * view->line_step + i * view->dot_step] != 0;
        if (!inked) continue;
        if (begin == view->length) begin = i;
        if (end > begin && i - end > DASH_GAP_DOTS) return false;
        gaps += end > begin && i > end;
        end = i + 1;
        inked_dots++;
    }
    if (end <= begin) return false;
    if (gaps >= DASHES_MIN && inked_dots * 100 < (end - begin) * DASHED_INK_PERCENT)
        return (end - begin) * 100 >= view->length * DASHED_PERCENT;
    if (inked_dots * 100 < (end - begin) * SOLID_INK_PERCENT) return false;
    return (end - begin) * 100 >= view->length * LINE_PERCENT;
}

/* Are so many lines before `first` and from `end` on white but for what crosses them? Another cut
 * line does. */
static bool is_alone(const uint32_t *counts, const struct view *view, unsigned first, unsigned end)
{
    unsigned most = view->length / 100 + LINE_DOTS;
    for (unsigned i = 1; i <= LINE_AROUND; i++) {
        if (first >= i && counts[first - i] > most) return false;
        if (end - 1 + i < view->lines && counts[end - 1 + i] > most) return false;
    }
    return true;
}

/* Is something printed on both sides? At the border of all that is printed it is a frame. */
static bool divides(const uint32_t *counts, const struct view *view, unsigned first, unsigned end)
{
    bool before = false, behind = false;
    for (unsigned line = 0; line < first; line++) before = before || counts[line] > LINE_DOTS;
    for (unsigned line = end; line < view->lines; line++)
        behind = behind || counts[line] > LINE_DOTS;
    return before && behind;
}

static void erase_lines(const struct view *view, uint32_t *counts)
{
    count_lines(view, counts);
    unsigned least = view->length / 6; /* of a dashed line */
    for (unsigned line = 0; line < view->lines; line++) {
        unsigned end = line;
        while (end < view->lines && end - line <= LINE_DOTS && counts[end] >= least) end++;
        if (end == line || end - line > LINE_DOTS) continue;
        if (!divides(counts, view, line, end) || !is_alone(counts, view, line, end) ||
            !reaches_across(view, line, end - line))
            continue;
        for (unsigned gone = line; gone < end; gone++) {
            for (unsigned i = 0; i < view->length; i++)
                view->ink[gone * view->line_step + i * view->dot_step] = 0;
        }
    }
}

static bool erase_cut_lines(struct crop_map *map)
{
    unsigned longest = map->width > map->height ? map->width : map->height;
    uint32_t *counts = calloc(longest, sizeof *counts);
    if (counts == NULL) return false;
    struct view lying = {map->ink, map->height, map->width, map->width, 1};
    struct view standing = {map->ink, map->width, map->height, 1, map->width};
    erase_lines(&lying, counts);
    erase_lines(&standing, counts);
    free(counts);
    return true;
}

static void sum_up(uint32_t *sums, unsigned width, unsigned height)
{
    for (unsigned y = 1; y <= height; y++) {
        uint32_t row = 0;
        for (unsigned x = 1; x <= width; x++) {
            row += sums[(size_t)y * (width + 1) + x];
            sums[(size_t)y * (width + 1) + x] = sums[(size_t)(y - 1) * (width + 1) + x] + row;
        }
    }
}

static void sum_ink(struct crop_map *map)
{
    size_t step = (size_t)map->width + 1;
    for (unsigned y = 0; y < map->height; y++) {
        const uint8_t *ink = map->ink + (size_t)y * map->width;
        const uint32_t *above = map->ink_sums + y * step + 1;
        uint32_t *sums = map->ink_sums + (y + 1) * step + 1;
        uint32_t row = 0;
        for (unsigned x = 0; x < map->width; x++) {
            row += ink[x];
            sums[x] = above[x] + row;
        }
    }
}

static unsigned mean_of_cell(const struct grey *sheet, unsigned left, unsigned top)
{
    unsigned sum = 0;
    for (unsigned y = top; y < top + CROP_CELL; y++) {
        const uint8_t *row = sheet->rows + y * sheet->bytes_per_row + left;
        for (unsigned x = 0; x < CROP_CELL; x++) sum += row[x];
    }
    return sum / (CROP_CELL * CROP_CELL);
}

/* Bars change strongly along one direction and not along the other; a matrix of dots changes along
 * both, and half of it is black. Letters are thinner and rounder. */
static bool looks_like_bars(const struct grey *sheet, unsigned left, unsigned top)
{
    unsigned along = 0, across = 0, mean = mean_of_cell(sheet, left, top);
    if (mean < 30 || mean > 200) return false; /* most of a sheet is white */
    for (unsigned y = top; y < top + CROP_CELL; y++) {
        const uint8_t *row = sheet->rows + y * sheet->bytes_per_row;
        const uint8_t *next = y + 1 < sheet->height ? row + sheet->bytes_per_row : row;
        for (unsigned x = left; x < left + CROP_CELL; x++) {
            unsigned right = x + 1 < sheet->width ? x + 1 : x;
            along += (unsigned)abs(row[x] - row[right]);
            across += (unsigned)abs(row[x] - next[x]);
        }
    }
    const unsigned dots = CROP_CELL * CROP_CELL;
    if (along > dots * 10 && along > across * 6) return true;
    if (across > dots * 10 && across > along * 6) return true;
    return mean < 160 && along > dots * 25 && across > dots * 25;
}

/* A line of a frame makes bars of single cells; a barcode is two by three of them at least. */
static bool is_in_block(const uint8_t *cells, const struct crop_map *map, unsigned x, unsigned y)
{
    for (unsigned turn = 0; turn < 2; turn++) {
        unsigned wide = turn == 0 ? 3 : 2, high = turn == 0 ? 2 : 3, filled = 0;
        if (x + wide > map->across || y + high > map->down) continue;
        for (unsigned i = 0; i < wide * high; i++)
            filled += cells[(size_t)(y + i / wide) * map->across + x + i % wide];
        if (filled == wide * high) return true;
    }
    return false;
}

static bool sum_bars(struct crop_map *map, const struct grey *sheet)
{
    size_t count = (size_t)map->across * map->down;
    uint8_t *cells = calloc(count > 0 ? count : 1, 1);
    if (cells == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        unsigned x = (unsigned)(i % map->across), y = (unsigned)(i / map->across);
        cells[i] = looks_like_bars(sheet, x * CROP_CELL, y * CROP_CELL);
    }
    for (size_t i = 0; i < count; i++) {
        unsigned x = (unsigned)(i % map->across), y = (unsigned)(i / map->across);
        map->bar_sums[(size_t)(y + 1) * (map->across + 1) + x + 1] = is_in_block(cells, map, x, y);
    }
    sum_up(map->bar_sums, map->across, map->down);
    free(cells);
    return true;
}

bool crop_map_make(struct crop_map *map, const struct grey *sheet)
{
    *map = (struct crop_map){.width = sheet->width, .height = sheet->height};
    if (map->width == 0 || map->width > CROP_SIDE_MAX || map->height == 0 ||
        map->height > CROP_SIDE_MAX)
        return false;
    map->across = map->width / CROP_CELL;
    map->down = map->height / CROP_CELL;
    map->ink = calloc((size_t)map->width * map->height, 1);
    map->ink_sums = calloc((size_t)(map->width + 1) * (map->height + 1), sizeof *map->ink_sums);
    map->bar_sums = calloc((size_t)(map->across + 1) * (map->down + 1), sizeof *map->bar_sums);
    bool good = map->ink != NULL && map->ink_sums != NULL && map->bar_sums != NULL;
    if (good) {
        make_ink(map, sheet);
        good = erase_cut_lines(map);
    }
    if (good) {
        sum_ink(map);
        good = sum_bars(map, sheet);
    }
    if (!good) crop_map_free(map);
    return good;
}

void crop_map_free(struct crop_map *map)
{
    free(map->ink);
    free(map->ink_sums);
    free(map->bar_sums);
    *map = (struct crop_map){.width = 0};
}

static uint32_t sum_of(const uint32_t *sums, unsigned width, unsigned x0, unsigned y0, unsigned x1,
                       unsigned y1)
{
    size_t step = (size_t)width + 1;
    return sums[y1 * step + x1] - sums[y0 * step + x1] - sums[y1 * step + x0] +
           sums[y0 * step + x0];
}

uint32_t crop_map_ink(const struct crop_map *map, const struct area *area)
{
    return sum_of(map->ink_sums, map->width, (unsigned)area->x, (unsigned)area->y,
                  (unsigned)(area->x + area->width), (unsigned)(area->y + area->height));
}

static unsigned to_cell(int32_t dot, unsigned cells)
{
    unsigned cell = (unsigned)dot / CROP_CELL;
    return cell < cells ? cell : cells;
}

uint32_t crop_map_bars(const struct crop_map *map, const struct area *area)
{
    return sum_of(map->bar_sums, map->across, to_cell(area->x, map->across),
                  to_cell(area->y, map->down), to_cell(area->x + area->width, map->across),
                  to_cell(area->y + area->height, map->down));
}

struct area crop_map_trim(const struct crop_map *map, struct area area)
{
    if (area.width <= 0 || area.height <= 0 || crop_map_ink(map, &area) == 0)
        return (struct area){.width = 0};
    struct area strip = {area.x, area.y, area.width, 1};
    for (; crop_map_ink(map, &strip) == 0; strip.y++) area.y++, area.height--;
    strip.y = area.y + area.height - 1;
    for (; crop_map_ink(map, &strip) == 0; strip.y--) area.height--;
    strip = (struct area){area.x, area.y, 1, area.height};
    for (; crop_map_ink(map, &strip) == 0; strip.x++) area.x++, area.width--;
    strip.x = area.x + area.width - 1;
    for (; crop_map_ink(map, &strip) == 0; strip.x--) area.width--;
    return area;
}
