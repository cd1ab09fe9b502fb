/* read_back_hard.c - other ways to look at what would not be read.
 *
 * Patches of bars: what most rows say, white for black, and without what stands closer to the code
 * than its quiet zone allows. When a text that is wanted was not read, all of it on all that is
 * left, and with ink that has spread or run dry. */
#include "firmware/render/read_back_inside.h"

#include <string.h>
#include <time.h>

#define GAPS_MAX 32u
#define ELEMENTS_MIN 20u
#define HARDER_MS 150 /* no new try is begun after so long */
#define CUTS 3u       /* the whole, and without the first or the first two */

static int64_t now_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return INT64_MAX / 2;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct gaps {
    unsigned begin[GAPS_MAX], end[GAPS_MAX]; /* of white, in dots of the picture */
    size_t count;
};

/* A row in the middle of the patch as edges, from its left to its right. */
static size_t middle_edges(const struct reader *reader, const struct piece *piece, uint16_t *edges)
{
    const struct bits *bits = &reader->left[piece->down];
    unsigned left = piece->region.x, right = left + piece->region.width;
    size_t count = bits_edges(bits, piece->region.y + piece->region.height / 2, edges), from = 0;
    while (from + 1 < count && edges[from] < left) from += 2;
    while (count > from && edges[count - 1] > right) count -= 2;
    memmove(edges, edges + from, (count - from) * sizeof *edges);
    return count - from;
}

/* Four times the module, about: the mean of the thinnest bar and the thinnest space, twice. */
static unsigned module_quarters(const uint16_t *edges, size_t count)
{
    unsigned least[2] = {UINT16_MAX, UINT16_MAX};
    for (size_t i = 0; i + 1 < count; i++) {
        unsigned wide = (unsigned)(edges[i + 1] - edges[i]);
        if (wide < least[i % 2]) least[i % 2] = wide;
    }
    return 2 * (least[0] + least[1]);
}

/* White wider than `eighths` of a module between black. */
static void gaps_of(const uint16_t *edges, size_t count, unsigned eighths, struct gaps *gaps)
{
    unsigned quarters = module_quarters(edges, count);
    gaps->count = 0;
    for (size_t i = 1; i + 1 < count && gaps->count < GAPS_MAX; i += 2) {
        if ((unsigned)(edges[i + 1] - edges[i]) * 32 < eighths * quarters) continue;
        gaps->begin[gaps->count] = edges[i];
        gaps->end[gaps->count++] = edges[i + 1];
    }
}

static bool read_between(struct reader *reader, const struct piece *piece, unsigned left,
                         unsigned right)
{
    struct piece part = *piece;
    part.region.x = left;
    part.region.width = right - left;
    return read_piece(reader, &part);
}

/* Cuts the patch where white is wider than any element of a code is, and tries what lies between;
 * then without the outermost pieces that a little less white sets apart. */
static bool read_cut(struct reader *reader, const struct piece *piece)
{
    uint16_t edges[SEEK_EDGES_MAX];
    struct gaps gaps;
    size_t count = middle_edges(reader, piece, edges);
    if (count < ELEMENTS_MIN) return false;
    unsigned begin = edges[0], end = edges[count - 1];
    bool found = false;
    gaps_of(edges, count, 36, &gaps);
    for (size_t i = 0; gaps.count > 0 && i <= gaps.count; i++) {
        unsigned left = i == 0 ? begin : gaps.end[i - 1];
        unsigned right = i == gaps.count ? end : gaps.begin[i];
        found = read_between(reader, piece, left, right) || found;
    }
    if (found) return true;
    gaps_of(edges, count, 28, &gaps);
    for (size_t cut = 1; cut < CUTS * CUTS; cut++) {
        size_t first = cut % CUTS, last = cut / CUTS;
        if (first + last > gaps.count) continue;
        unsigned left = first == 0 ? begin : gaps.end[first - 1];
        unsigned right = last == 0 ? end : gaps.begin[gaps.count - last];
        if (right > left && read_between(reader, piece, left, right)) return true;
    }
    return false;
}

/* Bars that have run together, or worn thin. */
static bool read_spread_bars(struct reader *reader, const struct piece *piece)
{
    struct piece other = *piece;
    for (other.spread = -1; other.spread <= 1; other.spread += 2)
        if (read_piece(reader, &other)) return true;
    return false;
}

bool read_stubborn(struct reader *reader, const struct piece *piece)
{
    bool hard = reader->hard, found = false;
    struct piece other = *piece;
    other.voted = true;
    found = read_piece(reader, &other);
    if (!found) {
        other = *piece;
        other.inverted = true;
        found = read_piece(reader, &other);
    }
    reader->hard = true;
    if (!found) found = read_straight(reader, piece);
    if (!found) found = read_cut(reader, piece);
    if (!found) found = read_spread_bars(reader, piece);
    reader->hard = hard;
    return found;
}

void read_dirty(struct reader *reader)
{
    bool hard = reader->hard;
    struct part part = {.x = 0};
    if (!bits_smooth(&reader->left[0], &part.bits)) return;
    reader->hard = true;
    read_spots(reader, &part);
    read_sights(reader, &part, 1);
    reader->hard = hard;
    bits_free(&part.bits);
}

static void read_bars_again(struct reader *reader, bool down)
{
    struct region regions[SEEK_REGIONS_MAX];
    size_t count = seek_bars(&reader->left[down], reader->dpi, regions, SEEK_REGIONS_MAX);
    for (size_t i = 0; i < count && reader_wants_more(reader); i++) {
        struct piece piece = {.region = regions[i], .down = down};
        (void)read_stubborn(reader, &piece);
    }
}

static void read_spread(struct reader *reader, bool black)
{
    struct part part = {.x = 0};
    if (!bits_spread(&reader->left[0], black, &part.bits)) return;
    read_spots(reader, &part);
    read_sights(reader, &part, 1);
    bits_free(&part.bits);
}

static bool on(const struct reader *reader, int64_t until_ms)
{
    return reader_wants_more(reader) && !reader_full(reader) && now_ms() < until_ms;
}

void read_harder(struct reader *reader)
{
    int64_t until_ms = now_ms() + HARDER_MS;
    reader->hard = true;
    for (unsigned down = 0; down < 2; down++)
        if (on(reader, until_ms)) read_bars_again(reader, down == 1);
    for (unsigned down = 0; down < 2; down++)
        while (on(reader, until_ms) && read_lines(reader, down == 1)) {
        }
    if (on(reader, until_ms)) read_dirty(reader);
    struct part part = {.bits = reader->left[0]};
    if (on(reader, until_ms)) read_sights(reader, &part, 1);
    for (unsigned black = 0; black < 2; black++)
        if (on(reader, until_ms)) read_spread(reader, black == 1);
}
