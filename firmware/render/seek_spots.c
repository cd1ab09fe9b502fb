/* seek_spots.c - finders of matrix codes among pieces of black; see seek.h.
 *
 * A QR has three squares of 3 modules in rings of 7; an Aztec a dot in a ring of 5; a MaxiCode a
 * ring in a ring; a DataMatrix is a piece of which two sides that meet are all black, the other
 * two half; a PDF417 begins with a bar of eight modules and one of one, equally high. */
#include "firmware/render/seek.h"

#include <stdlib.h>

#define FINDERS_MAX 32u

struct finder {
    enum seek_shape shape;
    struct blob ring;
};

static unsigned width_of(const struct blob *blob)
{
    return (unsigned)(blob->right - blob->left);
}

static unsigned height_of(const struct blob *blob)
{
    return (unsigned)(blob->bottom - blob->top);
}

static unsigned far_apart(unsigned a, unsigned b)
{
    return a > b ? a - b : b - a;
}

/* Is it as high as wide, but for a dot and a fifth? */
static bool is_square(const struct blob *blob)
{
    unsigned width = width_of(blob), height = height_of(blob);
    return far_apart(width, height) * 5 <= (width > height ? width : height) + 5;
}

static unsigned black_percent(const struct blob *blob)
{
    return (unsigned)((uint64_t)blob->dots * 100 / ((uint64_t)width_of(blob) * height_of(blob)));
}

/* What a core in the middle of a ring makes of them. */
static bool shape_of(const struct blob *ring, const struct blob *core, enum seek_shape *out_shape)
{
    unsigned percent = width_of(ring) * 100 / width_of(core);
    bool solid = black_percent(core) >= 75;
    if (solid && percent >= 180 && percent <= 310) *out_shape = SEEK_QR;        /* 233 */
    else if (solid && percent > 340 && percent <= 700) *out_shape = SEEK_AZTEC; /* 500 */
    else if (!solid && width_of(core) >= 7 && percent >= 180 && percent <= 260)
        *out_shape = SEEK_MAXICODE; /* 214 */
    else return false;
    return true;
}

static bool find_core(const struct blobs *blobs, size_t at, enum seek_shape *out_shape)
{
    const struct blob *ring = &blobs->at[at];
    int reach = (int)width_of(ring) / 4 + 2; /* of the sums of two edges: twice the middle */
    int x = ring->left + ring->right, y = ring->top + ring->bottom;
    size_t from = at, to = at;
    while (from > 0 && blobs->at[from - 1].top + blobs->at[from - 1].bottom >= y - reach) from--;
    while (to + 1 < blobs->count && blobs->at[to + 1].top + blobs->at[to + 1].bottom <= y + reach)
        to++;
    for (size_t i = from; i <= to; i++) {
        const struct blob *core = &blobs->at[i];
        int off = core->left + core->right - x;
        if (i != at && off >= -reach && off <= reach && width_of(core) < width_of(ring) &&
            is_square(core) && shape_of(ring, core, out_shape))
            return true;
    }
    return false;
}

static size_t find_rings(const struct blobs *blobs, struct finder *finders)
{
    size_t count = 0;
    for (size_t i = 0; i < blobs->count && count < FINDERS_MAX; i++) {
        const struct blob *ring = &blobs->at[i];
        if (width_of(ring) < 5 || !is_square(ring)) continue;
        unsigned percent = black_percent(ring);
        if (percent < 28 || percent > 80) continue;
        if (find_core(blobs, i, &finders[count].shape)) finders[count++].ring = *ring;
    }
    return count;
}

static struct region region_around(const struct bits *bits, int left, int top, int right,
                                   int bottom)
{
    if (left < 0) left = 0;
    if (top < 0) top = 0;
    if (right > (int)bits->width) right = (int)bits->width;
    if (bottom > (int)bits->height) bottom = (int)bits->height;
    return (struct region){(unsigned)left, (unsigned)top, (unsigned)(right - left),
                           (unsigned)(bottom - top)};
}

/* Three finders of one size that are the corners of an upright square. */
static bool is_corner_of(const struct blob *corner, const struct blob *beside,
                         const struct blob *below)
{
    unsigned size = width_of(corner);
    unsigned wide = far_apart(corner->left, beside->left);
    unsigned high = far_apart(corner->top, below->top);
    return far_apart(size, width_of(beside)) * 4 <= size + 4 &&
           far_apart(size, width_of(below)) * 4 <= size + 4 && wide >= size + size / 2 &&
           wide <= size * 26 && far_apart(wide, high) * 8 <= wide &&
           far_apart(corner->top, beside->top) * 8 <= wide &&
           far_apart(corner->left, below->left) * 8 <= wide;
}

/* The smallest symbol that has this finder as its corner. */
static bool qr_of(const struct bits *bits, const struct finder *finders, size_t count, size_t at,
                  struct region *out_region)
{
    const struct blob *corner = &finders[at].ring;
    unsigned best = UINT16_MAX;
    for (size_t i = 0; i < count; i++) {
        if (i == at || finders[i].shape != SEEK_QR) continue;
        for (size_t j = 0; j < count; j++) {
            if (j == at || j == i || finders[j].shape != SEEK_QR) continue;
            struct blob all = *corner, beside = finders[i].ring, below = finders[j].ring;
            unsigned wide = far_apart(all.left, beside.left);
            if (wide >= best || !is_corner_of(corner, &beside, &below)) continue;
            best = wide;
            int left = all.left < beside.left ? all.left : beside.left;
            int top = all.top < below.top ? all.top : below.top;
            int side = (int)(wide + width_of(corner)), more = (int)width_of(corner) / 2 + 2;
            *out_region =
                region_around(bits, left - more, top - more, left + side + more, top + side + more);
        }
    }
    return best != UINT16_MAX;
}

static bool frame_is_white(const struct bits *bits, const struct region *frame)
{
    unsigned right = frame->x + frame->width, bottom = frame->y + frame->height;
    unsigned black = bits_black_in_row(bits, frame->y, frame->x, right) +
                     bits_black_in_row(bits, bottom - 1, frame->x, right);
    for (unsigned y = frame->y + 1; y + 1 < bottom; y++)
        black += bits_black(bits, frame->x, y) + bits_black(bits, right - 1, y);
    return black * 64 <= frame->width + frame->height;
}

/* From the bullseye outwards until there is white all around; Aztec needs no quiet zone, and where
 * it has none the largest symbol is taken. */
static struct region aztec_of(const struct bits *bits, const struct blob *ring)
{
    int x = (ring->left + ring->right) / 2, y = (ring->top + ring->bottom) / 2;
    int module = (int)width_of(ring) / 5 + 1, most = module * 76;
    for (int half = module * 6; half < most; half += 1 + module / 3) {
        struct region frame = region_around(bits, x - half, y - half, x + half + 1, y + half + 1);
        if (frame_is_white(bits, &frame)) return frame;
    }
    return region_around(bits, x - module * 20, y - module * 20, x + module * 20, y + module * 20);
}

/* The second ring of the bullseye is 5.06 mm wide, the symbol about 26.4 mm by 25.4 mm. */
static struct region maxicode_of(const struct bits *bits, const struct blob *ring)
{
    int x = (ring->left + ring->right) / 2, y = (ring->top + ring->bottom) / 2;
    int half = (int)width_of(ring) * 270 / 100;
    return region_around(bits, x - half, y - half, x + half + 1, y + half + 1);
}

/* Black dots of a hundred along one side, looked for in the outermost dots of it. */
static void sides_of(const struct bits *bits, const struct blob *blob, unsigned depth,
                     unsigned percent[4])
{
    unsigned count[4] = {0, 0, 0, 0};
    for (unsigned x = blob->left; x < blob->right; x++) {
        unsigned top = 0, bottom = 0;
        for (unsigned i = 0; i < depth; i++) {
            top |= bits_black(bits, x, blob->top + i);
            bottom |= bits_black(bits, x, blob->bottom - 1u - i);
        }
        count[0] += top;
        count[2] += bottom;
    }
    for (unsigned y = blob->top; y < blob->bottom; y++) {
        unsigned left = 0, right = 0;
        for (unsigned i = 0; i < depth; i++) {
            left |= bits_black(bits, blob->left + i, y);
            right |= bits_black(bits, blob->right - 1u - i, y);
        }
        count[3] += left;
        count[1] += right;
    }
    for (unsigned i = 0; i < 4; i++)
        percent[i] = count[i] * 100 / (i % 2 == 0 ? width_of(blob) : height_of(blob));
}

static bool has_corner(const unsigned percent[4])
{
    unsigned solid = 0, half = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned next = percent[(i + 1) % 4];
        if (percent[i] >= 92 && next >= 92) solid++;
        if (percent[i] >= 30 && percent[i] <= 80 && next >= 30 && next <= 80) half++;
    }
    return solid == 1 && half == 1;
}

/* The deeper look is for symbols that stand askew. */
static bool is_datamatrix(const struct bits *bits, const struct blob *blob)
{
    unsigned width = width_of(blob), height = height_of(blob);
    if (width < 8 || height < 8 || width > height * 5 || height > width * 5) return false;
    unsigned black = black_percent(blob), percent[4];
    if (black < 25 || black > 80) return false;
    unsigned depth = 1 + (width + height) / 80;
    sides_of(bits, blob, depth, percent);
    if (has_corner(percent)) return true;
    if (width + height < 40) return false;
    sides_of(bits, blob, 1 + (width + height) / 35, percent);
    return has_corner(percent);
}

/* A blob as seen by who reads along the rows of a PDF417, to the right or downwards. */
struct bar {
    int begin, end, top, bottom;
};

static struct bar bar_of(const struct blob *blob, bool down)
{
    if (down) return (struct bar){blob->top, blob->bottom, blob->left, blob->right};
    return (struct bar){blob->left, blob->right, blob->top, blob->bottom};
}

/* Askew, a bar far away lies higher or lower. */
static bool as_high(const struct bar *a, const struct bar *b, int slack)
{
    slack += abs(a->begin - b->begin) / 20;
    return abs(a->top - b->top) <= slack && abs(a->bottom - b->bottom) <= slack;
}

/* The start in one row, from its first bar on: 8, 1, 1, 1, 1, 1, 1 and 3 modules. */
static bool start_in_row(const struct bits *bits, bool down, int from, int step, int across,
                         int reach)
{
    static const int modules[] = {8, 1, 1, 1, 1, 1, 1, 3};
    int most = (int)(down ? bits->height : bits->width), wide[8] = {0}, total = 0;
    int at = from;
    for (int i = 0; i < reach && at >= 0 && at < most; i++, at += step) /* where it stands askew */
        if (bits_black(bits, (unsigned)(down ? across : at), (unsigned)(down ? at : across))) break;
    for (size_t i = 0; i < 8; i++) {
        for (; at >= 0 && at < most; at += step, wide[i]++) {
            unsigned x = (unsigned)(down ? across : at), y = (unsigned)(down ? at : across);
            if (bits_black(bits, x, y) != (i % 2 == 0)) break;
        }
        total += wide[i];
    }
    if (total < 17) return false;
    for (size_t i = 0; i < 8; i++) /* each to 0.6 of a module, or a dot */
        if (abs(wide[i] * 17 - modules[i] * total) * 10 > 6 * total + 5 * 17) return false;
    return true;
}

/* The library of Debian 12 may crash on what only looks like a PDF417: it gets none without a start
 * in two of three rows. */
static bool has_start(const struct bits *bits, const struct bar *first, bool down)
{
    unsigned good = 0;
    int reach = (first->end - first->begin) / 4;
    for (int quarter = 1; quarter <= 3; quarter++) {
        int across = first->top + (first->bottom - first->top) * quarter / 4;
        good += start_in_row(bits, down, first->begin, 1, across, reach) ||
                start_in_row(bits, down, first->end - 1, -1, across, reach);
    }
    return good >= 2;
}

/* Of all bars as high as the first: is one the second of the start, how far do they reach? */
static bool pdf417_reach(const struct blobs *blobs, const struct bar *first, bool down, int *begin,
                         int *end)
{
    int module = (first->end - first->begin + 4) / 8, slack = module / 2 + 1;
    bool second = false;
    for (size_t i = 0; i < blobs->count; i++) {
        struct bar bar = bar_of(&blobs->at[i], down);
        int after = bar.begin - first->end, before = first->begin - bar.end;
        if (!as_high(&bar, first, slack) || after > 600 * module || before > 600 * module) continue;
        bool thin = bar.end - bar.begin <= module + slack;
        if (thin && (abs(after - module) <= slack || abs(before - module) <= slack)) second = true;
        if (bar.begin < *begin) *begin = bar.begin;
        if (bar.end > *end) *end = bar.end;
    }
    return second;
}

/* The start begins with a bar of eight modules over the whole height; one of one module follows. */
static bool pdf417_of(const struct bits *bits, const struct blobs *blobs, size_t at, bool down,
                      struct region *out_region)
{
    struct bar first = bar_of(&blobs->at[at], down);
    int wide = first.end - first.begin, high = first.bottom - first.top;
    int begin = first.begin, end = first.end;
    if (wide < 8 || high < wide || black_percent(&blobs->at[at]) < 85) return false;
    if (!has_start(bits, &first, down)) return false;
    if (!pdf417_reach(blobs, &first, down, &begin, &end) || end - begin < wide * 5) return false;
    int more = wide / 4;
    *out_region =
        down ? region_around(bits, first.top - more, begin - more, first.bottom + more, end + more)
             : region_around(bits, begin - more, first.top - more, end + more, first.bottom + more);
    return true;
}

size_t seek_spots(const struct bits *bits, const struct blobs *blobs, struct spot *spots,
                  size_t max)
{
    struct finder finders[FINDERS_MAX];
    size_t found = find_rings(blobs, finders), count = 0;
    for (size_t i = 0; i < found && count < max; i++) {
        spots[count].shape = finders[i].shape;
        if (finders[i].shape == SEEK_AZTEC)
            spots[count++].region = aztec_of(bits, &finders[i].ring);
        else if (finders[i].shape == SEEK_MAXICODE)
            spots[count++].region = maxicode_of(bits, &finders[i].ring);
        else if (qr_of(bits, finders, found, i, &spots[count].region)) count++;
    }
    for (size_t i = 0; i < blobs->count && count < max; i++) {
        const struct blob *blob = &blobs->at[i];
        spots[count].shape = SEEK_PDF417;
        if (pdf417_of(bits, blobs, i, height_of(blob) < width_of(blob), &spots[count].region))
            count++;
        if (count == max || !is_datamatrix(bits, blob)) continue;
        spots[count++] = (struct spot){SEEK_DATAMATRIX,
                                       {blob->left, blob->top, width_of(blob), height_of(blob)}};
    }
    return count;
}
