/* scale.c - see scale.h. Rows first: as many old rows as a new one covers are added up, weighed,
 * then the columns. The weights of a new dot always sum up to the same, so that no division is by a
 * variable in the inner loop. */
#include "firmware/render/scale.h"

#include <stdlib.h>
#include <string.h>

#define ONE 65536 /* a dot */
#define WEIGHT_ONE 256u
#define SPAN_MAX 4096u /* old dots under a new one: then the sums still fit */

struct span { /* of old dots under a new one */
    uint32_t first, count;
    uint32_t first_weight, last_weight; /* of WEIGHT_ONE; those between have the whole */
    uint32_t sum;
};

static uint32_t clamp(int64_t dot, unsigned side)
{
    if (dot < 0) return 0;
    return dot >= (int64_t)side ? side - 1 : (uint32_t)dot;
}

/* The span of each new dot along one side. False: the picture would be made too much smaller. */
static bool make_spans(struct span *spans, unsigned count, int64_t from, int64_t size,
                       unsigned side)
{
    int64_t reach = size / count > ONE ? size / count : ONE;
    if (reach / ONE >= SPAN_MAX) return false;
    for (unsigned i = 0; i < count; i++) {
        int64_t begin = from + (size * (2 * (int64_t)i + 1) / count - reach) / 2;
        int64_t end = begin + reach;
        if (end < ONE / 256) end = ONE / 256;
        if (begin < 0) begin = 0;
        if (end > (int64_t)side * ONE) end = (int64_t)side * ONE;
        if (begin > end - ONE / 256) begin = end - ONE / 256 > 0 ? end - ONE / 256 : 0;
        struct span *span = &spans[i];
        span->first = clamp(begin / ONE, side);
        uint32_t last = clamp((end - 1) / ONE, side);
        span->count = last - span->first + 1;
        int64_t first_end = ((int64_t)span->first + 1) * ONE;
        if (first_end > end) first_end = end;
        span->first_weight = (uint32_t)((first_end - begin) * WEIGHT_ONE / ONE);
        span->last_weight = (uint32_t)((end - (int64_t)last * ONE) * WEIGHT_ONE / ONE);
        if (span->count == 1) span->last_weight = 0;
        if (span->count == 1 && span->first_weight == 0) span->first_weight = 1;
        span->sum = span->first_weight + span->last_weight;
        if (span->count > 2) span->sum += (span->count - 2) * WEIGHT_ONE;
        if (span->sum == 0) span->sum = span->first_weight = 1;
    }
    return true;
}

static uint32_t weight_at(const struct span *span, uint32_t i)
{
    if (i == 0) return span->first_weight;
    return i + 1 == span->count ? span->last_weight : WEIGHT_ONE;
}

/* The old rows under one new row, added up and divided: 16 bits a dot. */
static void add_rows(const struct grey *from, const struct span *rows, uint32_t *sums,
                     uint32_t first, uint32_t end)
{
    memset(sums + first, 0, (end - first) * sizeof *sums);
    for (uint32_t i = 0; i < rows->count; i++) {
        const uint8_t *row = from->rows + (rows->first + i) * from->bytes_per_row;
        uint32_t weight = weight_at(rows, i);
        for (uint32_t x = first; x < end; x++) sums[x] += row[x] * weight;
    }
    uint64_t inverse = ((uint64_t)256 << 24) / rows->sum; /* of a sum to 1/256 of a grey */
    for (uint32_t x = first; x < end; x++) sums[x] = (uint32_t)(sums[x] * inverse >> 24);
}

static void make_row(const struct span *columns, const uint64_t *inverses, const uint32_t *sums,
                     uint8_t *into, unsigned width)
{
    for (unsigned x = 0; x < width; x++) {
        const struct span *span = &columns[x];
        const uint32_t *from = sums + span->first;
        uint64_t sum = (uint64_t)from[0] * span->first_weight;
        for (uint32_t i = 1; i + 1 < span->count; i++) sum += (uint64_t)from[i] * WEIGHT_ONE;
        if (span->count > 1) sum += (uint64_t)from[span->count - 1] * span->last_weight;
        uint64_t grey = (sum * inverses[x] >> 32) + 128;
        into[x] = grey >= 255u * 256u ? 255 : (uint8_t)(grey >> 8);
    }
}

static void scale_rows(const struct grey *from, const struct span *columns, const struct span *rows,
                       uint64_t *inverses, uint32_t *sums, struct grey *into)
{
    uint32_t first = columns[0].first, end = columns[into->width - 1].first;
    end += columns[into->width - 1].count;
    for (unsigned x = 0; x < into->width; x++) inverses[x] = ((uint64_t)1 << 32) / columns[x].sum;
    for (unsigned y = 0; y < into->height; y++) {
        add_rows(from, &rows[y], sums, first, end);
        make_row(columns, inverses, sums, into->rows + y * into->bytes_per_row, into->width);
    }
}

bool scale_grey(const struct grey *from, const struct scale_window *window, struct grey *into)
{
    if (from->width == 0 || from->height == 0 || into->width == 0 || into->height == 0 ||
        window->width <= 0 || window->height <= 0)
        return false;
    struct span *spans = calloc((size_t)into->width + into->height, sizeof *spans);
    uint64_t *inverses = calloc(into->width, sizeof *inverses);
    uint32_t *sums = calloc(from->width, sizeof *sums);
    bool good =
        spans != NULL && inverses != NULL && sums != NULL &&
        make_spans(spans, into->width, window->x, window->width, from->width) &&
        make_spans(spans + into->width, into->height, window->y, window->height, from->height);
    if (good) scale_rows(from, spans, spans + into->width, inverses, sums, into);
    free(spans);
    free(inverses);
    free(sums);
    return good;
}

void scale_turn(const struct grey *from, unsigned degrees, struct grey *into)
{
    bool swapped = degrees == 90 || degrees == 270;
    ENSURE(into->width == (swapped ? from->height : from->width));
    ENSURE(into->height == (swapped ? from->width : from->height));
    for (unsigned y = 0; y < from->height; y++) {
        const uint8_t *row = from->rows + y * from->bytes_per_row;
        for (unsigned x = 0; x < from->width; x++) {
            unsigned to_x = x, to_y = y;
            if (degrees == 90) to_x = into->width - 1 - y, to_y = x;
            if (degrees == 180) to_x = into->width - 1 - x, to_y = into->height - 1 - y;
            if (degrees == 270) to_x = y, to_y = into->height - 1 - x;
            into->rows[to_y * into->bytes_per_row + to_x] = row[x];
        }
    }
}
