/* snap.c - see snap.h.
 *
 * The edges of a patch of bars are found to a part of a dot from the grey of its middle row. A page
 * is drawn with bars a little too wide or too narrow, all by the same, and single edges half a dot
 * off; so an excess of the black is tried, and what remains must be nearly whole modules, which are
 * whole dots. */
#include "firmware/render/snap.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/render/seek.h"

#define DOT 256 /* positions are parts of a dot */
#define EXCESS_STEP (DOT / 8)
#define EXCESS_MAX (DOT / 2)
#define GAP_ELEMENTS 6     /* white wider than so many elements of middling width ends a code */
#define CHANGE_MAX 64      /* of the width of all of it: one part of so many */
#define MODULE_MAX_DOTS 16 /* 2 mm at 203 dpi, 0.7 mm at 600 */
#define USUAL_OFF (DOT / 5)
#define MODULES_MAX 8 /* of one element; no kind has more than four, or a wide one of three */
#define SATURATED 8   /* nearer than this to black or white is black or white */

struct view { /* bars are upright in it: where they lie, the page is looked at from the side */
    const struct grey *grey;
    struct bits *bits;
    bool down;
    unsigned width, height;
};
struct edges {
    unsigned count;
    int at[SEEK_EDGES_MAX];
};
struct snapped {
    unsigned count;
    int was[SEEK_EDGES_MAX]; /* dots, in the middle row as it was rounded */
    int is[SEEK_EDGES_MAX];
};

static unsigned grey_at(const struct view *view, unsigned x, unsigned y)
{
    const struct grey *grey = view->grey;
    return view->down ? grey->rows[x * grey->bytes_per_row + y]
                      : grey->rows[y * grey->bytes_per_row + x];
}

static bool black_at(const struct view *view, unsigned x, unsigned y)
{
    return view->down ? bits_black(view->bits, y, x) : bits_black(view->bits, x, y);
}

static void set_black(const struct view *view, int x, unsigned y, bool black)
{
    unsigned column = view->down ? y : (unsigned)x, row = view->down ? (unsigned)x : y;
    uint8_t *byte = &view->bits->rows[row * view->bits->bytes_per_row + column / 8];
    uint8_t mask = (uint8_t)(0x80u >> column % 8);
    *byte = (uint8_t)(black ? *byte | mask : *byte & ~mask);
}

/* A dot that is neither black nor white holds one edge, for bars and spaces are no thinner than a
 * dot; its grey says where. False: the row ends in black. */
static bool soft_edges(const struct view *view, const struct region *region, unsigned y,
                       struct edges *edges)
{
    bool black = false;
    edges->count = 0;
    for (unsigned x = region->x; x < region->x + region->width; x++) {
        int dark = (int)(255 - grey_at(view, x, y));
        bool is_black = dark > 255 - SATURATED, is_white = dark < SATURATED;
        if (black ? is_black : is_white) continue;
        if (edges->count == SEEK_EDGES_MAX) return false;
        int inside = 0; /* where all of it is of the other colour */
        if (!is_black && !is_white) inside = (black ? dark : 255 - dark) * DOT / 255;
        edges->at[edges->count++] = (int)x * DOT + inside;
        black = !black;
    }
    return !black;
}

static void hard_edges(const struct view *view, const struct region *region, unsigned y,
                       struct edges *edges)
{
    bool black = false;
    edges->count = 0;
    for (unsigned x = region->x; x <= region->x + region->width; x++) {
        bool now = x < region->x + region->width && black_at(view, x, y);
        if (now == black) continue;
        if (edges->count == SEEK_EDGES_MAX) {
            edges->count = 0;
            return;
        }
        edges->at[edges->count++] = (int)x;
        black = now;
    }
}

struct trial {
    int module, excess; /* dots; parts of a dot by which all black is too wide */
    int64_t off;        /* of the widths from whole modules: the sum of squares */
    int total;          /* modules */
};

/* Bars and spaces take turns, a bar first. */
static int width_of(const int *at, unsigned i, const struct trial *trial)
{
    return at[i + 1] - at[i] - (i % 2 == 0 ? trial->excess : -trial->excess);
}

static int modules_of(const int *at, unsigned i, const struct trial *trial)
{
    return (width_of(at, i, trial) + trial->module * DOT / 2) / (trial->module * DOT);
}

/* False when a width is far from whole modules, most are not near to them, or the narrowest bar is
 * not as wide as the narrowest space. */
static bool try_module(const int *at, unsigned count, struct trial *trial)
{
    int narrowest[2] = {MODULES_MAX, MODULES_MAX};
    int off_max = trial->module == 1 ? DOT / 3 : DOT * 6 / 10;
    for (unsigned i = 0; i + 1 < count; i++) {
        int modules = modules_of(at, i, trial);
        int off = width_of(at, i, trial) - modules * trial->module * DOT;
        if (modules < 1 || modules > MODULES_MAX || abs(off) > off_max) return false;
        if (modules < narrowest[i % 2]) narrowest[i % 2] = modules;
        trial->off += (int64_t)off * off;
        trial->total += modules;
    }
    bool most_are = trial->off <= (int64_t)USUAL_OFF * USUAL_OFF * (count - 1);
    return most_are && narrowest[0] == narrowest[1];
}

/* The widest module that it can be, and by how much its black is too wide. */
static bool find_module(const int *at, unsigned count, struct trial *out)
{
    bool found = false;
    for (int module = MODULE_MAX_DOTS; module > 0 && !found; module--) {
        for (int excess = -EXCESS_MAX; excess <= EXCESS_MAX; excess += EXCESS_STEP) {
            struct trial trial = {.module = module, .excess = excess};
            if (!try_module(at, count, &trial) || (found && trial.off >= out->off)) continue;
            *out = trial;
            found = true;
        }
    }
    return found;
}

/* One code of a row: the edges `at`, the first from white to black. */
static void snap_code(const int *at, unsigned count, int *out_is)
{
    struct trial trial;
    if (count < SEEK_EDGES_MIN || !find_module(at, count, &trial)) return;
    int was = at[count - 1] - at[0] - trial.excess;
    int change = trial.total * trial.module * DOT - was;
    if (abs(change) > was / CHANGE_MAX) return;
    int to = (at[0] + trial.excess / 2 - change / 2 + DOT / 2) / DOT;
    for (unsigned i = 0; i < count; i++) {
        out_is[i] = to;
        if (i + 1 < count) to += modules_of(at, i, &trial) * trial.module;
    }
}

static int compare_int(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int middling_width(const struct edges *edges)
{
    static int widths[SEEK_EDGES_MAX]; /* one thread, and too large for a stack */
    for (unsigned i = 0; i + 1 < edges->count; i++) widths[i] = edges->at[i + 1] - edges->at[i];
    qsort(widths, edges->count - 1, sizeof widths[0], compare_int);
    return widths[(edges->count - 1) / 2];
}

/* Each code of the row that can be made even; the rest of the row stays as it was. False: all of it
 * does. */
static bool snap_row(const struct edges *soft, const struct edges *hard, struct snapped *out)
{
    unsigned from = 0;
    if (soft->count != hard->count || soft->count < SEEK_EDGES_MIN) return false;
    int gap = middling_width(soft) * GAP_ELEMENTS;
    out->count = soft->count;
    for (unsigned i = 0; i < soft->count; i++) out->is[i] = out->was[i] = hard->at[i];
    for (unsigned i = 1; i <= soft->count; i++) {
        bool ends = i == soft->count || (i % 2 == 0 && soft->at[i] - soft->at[i - 1] > gap);
        if (!ends) continue;
        snap_code(soft->at + from, i - from, out->is + from);
        from = i;
    }
    return memcmp(out->is, out->was, out->count * sizeof out->is[0]) != 0;
}

static bool is_alike(const struct edges *hard, const struct snapped *snapped)
{
    if (hard->count != snapped->count) return false;
    for (unsigned i = 0; i < hard->count; i++) {
        int off = hard->at[i] - snapped->was[i];
        if (off > 1 || off < -1) return false;
    }
    return true;
}

static void draw_row(const struct view *view, unsigned y, const struct edges *hard,
                     const struct snapped *snapped)
{
    for (unsigned i = 0; i < hard->count; i += 2)
        for (int x = hard->at[i]; x < hard->at[i + 1]; x++) set_black(view, x, y, false);
    for (unsigned i = 0; i < snapped->count; i += 2)
        for (int x = snapped->is[i]; x < snapped->is[i + 1]; x++)
            if (x >= 0 && x < (int)view->width) set_black(view, x, y, true);
}

static void snap_region(const struct view *view, struct region region, unsigned dpi)
{
    static struct edges soft, hard; /* one thread, and too large for a stack */
    static struct snapped snapped;
    unsigned middle = region.y + region.height / 2, more = dpi / 25;
    if (!soft_edges(view, &region, middle, &soft)) return;
    hard_edges(view, &region, middle, &hard);
    if (!snap_row(&soft, &hard, &snapped)) return;
    unsigned top = region.y > more ? region.y - more : 0;
    unsigned end = region.y + region.height + more;
    for (unsigned y = top; y < end && y < view->height; y++) {
        hard_edges(view, &region, y, &hard);
        if (is_alike(&hard, &snapped)) draw_row(view, y, &hard, &snapped);
    }
}

static void snap_view(const struct view *view, const struct bits *upright, unsigned dpi)
{
    struct region regions[SEEK_REGIONS_MAX];
    size_t count = seek_bars(upright, dpi, regions, SEEK_REGIONS_MAX);
    for (size_t i = 0; i < count; i++) snap_region(view, regions[i], dpi);
}

void snap_bars(const struct grey *grey, unsigned dpi, struct bits *bits)
{
    struct view view = {grey, bits, false, bits->width, bits->height};
    struct bits turned;
    if (grey->width != bits->width || grey->height != bits->height) return;
    if (bits->width > RENDER_SIDE_MAX_DOTS || bits->height > RENDER_SIDE_MAX_DOTS) return;
    snap_view(&view, bits, dpi);
    if (!bits_transpose(bits, &turned)) return; /* no memory: the others are even */
    view = (struct view){grey, bits, true, bits->height, bits->width};
    snap_view(&view, &turned, dpi);
    bits_free(&turned);
}
