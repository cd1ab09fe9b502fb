/* seek_bars.c - patches of upright bars; see seek.h.
 *
 * The picture is cut into bands of half a millimetre and those into tiles of four. A tile has bars
 * when three rows of the band agree nearly everywhere and there are edges in it. Tiles in a row
 * make a run, and runs below each other that say the same make a region. Text agrees for a band or
 * two, never for three over the width of a code. */
#include "firmware/render/seek.h"

#include <string.h>

#define TILES_MAX (RENDER_SIDE_MAX_DOTS / 8u / 2u + 1u)
#define BANDS_MIN 3u  /* 1.5 mm: lower bars cannot be aimed at anyway */
#define MISSED_MAX 1u /* bands of dirt in a region */
#define OPEN_MAX 32u

struct tile {
    uint16_t edges, unlike, moved; /* dots: edges, where the rows disagree, unlike the band above */
};
struct open_run {
    unsigned first, last; /* tiles */
    unsigned from, to;    /* bands; to: the last that belongs to it */
};
struct bands {
    const struct bits *bits;
    unsigned dpi, rows, tile_bytes, tiles;
    uint8_t above[RENDER_SIDE_MAX_DOTS / 8u + 1u]; /* what the band above says */
    uint8_t ones[256]; /* dots in a byte; the processor is not asked, for it may not know */
    struct tile tile[TILES_MAX];
    struct open_run open[OPEN_MAX];
    size_t open_count;
    struct region *regions;
    size_t count, max;
};

/* Of three rows the majority is what the band says, so that a speck does not count. */
static void band_look(struct bands *bands, unsigned y)
{
    const struct bits *bits = bands->bits;
    size_t len = bits->bytes_per_row;
    const uint8_t *a = bits->rows + y * len;
    const uint8_t *b = a + bands->rows / 2 * len, *c = a + (bands->rows - 1) * len;
    unsigned before = 0; /* the dot to the left */
    memset(bands->tile, 0, sizeof bands->tile);
    for (size_t i = 0; i < len; i++) {
        struct tile *tile = &bands->tile[i / bands->tile_bytes];
        unsigned says = (a[i] & b[i]) | (b[i] & c[i]) | (a[i] & c[i]);
        unsigned unlike = (unsigned)(a[i] ^ b[i]) | (unsigned)(b[i] ^ c[i]);
        tile->edges += bands->ones[says ^ (says >> 1 | before)];
        tile->unlike += bands->ones[unlike];
        tile->moved += bands->ones[says ^ bands->above[i]];
        bands->above[i] = (uint8_t)says;
        before = (says & 1u) << 7;
    }
}

static bool has_bars(const struct tile *tile)
{
    return tile->edges > 0 && tile->unlike * 2u <= tile->edges;
}

static void region_add(struct bands *bands, const struct open_run *run)
{
    if (run->to - run->from + 1 < BANDS_MIN || bands->count == bands->max) return;
    unsigned tile_dots = bands->tile_bytes * 8;
    unsigned left = run->first > 0 ? (run->first - 1) * tile_dots : 0;
    unsigned right = (run->last + 2) * tile_dots;
    if (right > bands->bits->width) right = bands->bits->width;
    bands->regions[bands->count++] = (struct region){left, run->from * bands->rows, right - left,
                                                     (run->to - run->from + 1) * bands->rows};
}

/* A run goes on with the region above when it says the same and covers about the same tiles. */
static void run_add(struct bands *bands, unsigned band, unsigned first, unsigned last, bool same)
{
    for (size_t i = 0; same && i < bands->open_count; i++) {
        struct open_run *run = &bands->open[i];
        unsigned from = run->first > first ? run->first : first;
        unsigned to = run->last < last ? run->last : last;
        if (from > to || (to - from + 1) * 2 < run->last - run->first + 1) continue;
        if (first < run->first) run->first = first;
        if (last > run->last) run->last = last;
        run->to = band;
        return;
    }
    if (bands->open_count == OPEN_MAX) return;
    bands->open[bands->open_count++] = (struct open_run){first, last, band, band};
}

static void band_runs(struct bands *bands, unsigned band)
{
    for (unsigned i = 0; i < bands->tiles; i++) {
        unsigned edges = 0, moved = 0, last = i, missed = 0, at = i;
        for (; at < bands->tiles && missed <= MISSED_MAX; at++) {
            missed = has_bars(&bands->tile[at]) ? 0 : missed + 1;
            if (missed > 0) continue;
            edges += bands->tile[at].edges;
            moved += bands->tile[at].moved;
            last = at;
        }
        if (!has_bars(&bands->tile[i])) continue;
        if (edges >= SEEK_EDGES_MIN) run_add(bands, band, i, last, moved * 2 <= edges);
        i = last;
    }
}

static void close_past(struct bands *bands, unsigned band, bool all)
{
    size_t kept = 0;
    for (size_t i = 0; i < bands->open_count; i++) {
        if (!all && bands->open[i].to + MISSED_MAX >= band) bands->open[kept++] = bands->open[i];
        else region_add(bands, &bands->open[i]);
    }
    bands->open_count = kept;
}

size_t seek_bars(const struct bits *bits, unsigned dpi, struct region *regions, size_t max)
{
    struct bands bands = {.bits = bits, .dpi = dpi, .regions = regions, .max = max};
    bands.rows = dpi > 200 ? dpi / 50 : 4;
    bands.tile_bytes = bands.rows;
    bands.tiles = (unsigned)((bits->bytes_per_row + bands.tile_bytes - 1) / bands.tile_bytes);
    if (bits->bytes_per_row > sizeof bands.above || bands.tiles > TILES_MAX) return 0;
    for (unsigned i = 1; i < 256; i++) bands.ones[i] = (uint8_t)(bands.ones[i / 2] + i % 2);
    unsigned band = 0;
    for (; (band + 1) * bands.rows <= bits->height; band++) {
        band_look(&bands, band * bands.rows);
        band_runs(&bands, band);
        close_past(&bands, band, false);
    }
    close_past(&bands, band, true);
    return bands.count;
}
