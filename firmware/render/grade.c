/* grade.c - linear codes; see grade.h. */
#include "firmware/render/grade.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MIN 4u          /* that must agree at all */
#define ROWS_MIN_UM 2000u    /* and in height, where the code proves little by itself */
#define QUIET_MIN_MODULES 4u /* the same: less, and it is a piece of something longer */
#define QUIET_MIN_ITF 10u    /* its start is found within it wherever a bar is missing */
#define SAMPLES 15u

struct kind_row {
    unsigned first, each;                 /* elements: of start and stop together, of one sign */
    unsigned first_modules, each_modules; /* 0: wide and narrow ones, any ratio */
    unsigned quiet[2];
    bool checked; /* the code itself shows a wrong reading; one digit of ten does not */
    bool by_text; /* as many signs as the text has */
};
/* ISO/IEC 15417, 16388, 15420, 16390, AIM BC3 and BC5. A gap between signs counts with the sign. */
static const struct kind_row kind_rows[CODE_KINDS] = {
    [CODE_CODE128] = {7, 6, 13, 11, {10, 10}, true, false},
    [CODE_CODE93] = {1, 6, 1, 9, {10, 10}, true, false},
    [CODE_CODE39] = {19, 10, 0, 0, {10, 10}, false, true},
    [CODE_ITF] = {7, 5, 0, 0, {10, 10}, false, true},
    [CODE_CODABAR] = {7, 8, 0, 0, {10, 10}, false, true}, /* one of the signs has no gap */
    [CODE_EAN13] = {59, 0, 95, 0, {11, 7}, false, false},
    [CODE_UPCA] = {59, 0, 95, 0, {9, 9}, false, false},
    [CODE_EAN8] = {43, 0, 67, 0, {7, 7}, false, false},
    [CODE_UPCE] = {33, 0, 51, 0, {9, 7}, false, false},
};

struct row { /* the elements of the symbol in one row */
    const uint16_t *edges;
    size_t count; /* elements; edges[0] to edges[count] */
};

static unsigned apart(unsigned a, unsigned b)
{
    return a > b ? a - b : b - a;
}

static bool count_fits(const struct claim *claim, size_t count)
{
    const struct kind_row *kind = &kind_rows[claim->kind];
    if (kind->by_text && claim->kind == CODE_CODABAR) return count == 8 * claim->text_len - 1;
    if (kind->by_text) return count == kind->first + kind->each * claim->text_len;
    if (kind->each == 0) return count == kind->first;
    return count > kind->first && (count - kind->first) % kind->each == 0;
}

/* The elements between two edges near the places that the reader names, as many as the kind asks
 * for. In white on black the symbol begins where black ends. */
static bool row_take(const uint16_t *edges, size_t count, const struct claim *claim,
                     struct row *out_row)
{
    size_t phase = claim->inverted ? 1 : 0;
    unsigned best = UINT32_MAX;
    for (size_t i = phase; i < count; i += 2) {
        unsigned off = apart(edges[i], claim->left);
        if (off > claim->slack) continue;
        for (size_t j = i + 1; j < count && edges[j] <= claim->right + claim->slack; j += 2) {
            unsigned both = off + apart(edges[j], claim->right);
            if (both >= best || both - off > claim->slack || !count_fits(claim, j - i)) continue;
            best = both;
            *out_row = (struct row){edges + i, j - i};
        }
    }
    return best != UINT32_MAX;
}

/* Wide and narrow ones: the mean of the narrow bars and of the narrow spaces, so that ink that
 * spreads makes no difference. */
static unsigned narrow_mdots(const struct row *row)
{
    unsigned mdots[2] = {0, 0};
    for (size_t phase = 0; phase < 2; phase++) {
        unsigned least = UINT16_MAX, most = 0, sum = 0, count = 0;
        for (size_t i = phase; i < row->count; i += 2) {
            unsigned wide = (unsigned)(row->edges[i + 1] - row->edges[i]);
            if (wide < least) least = wide;
            if (wide > most) most = wide;
        }
        for (size_t i = phase; i < row->count; i += 2) {
            unsigned wide = (unsigned)(row->edges[i + 1] - row->edges[i]);
            if (wide * 2 > least + most && most > least) continue;
            sum += wide;
            count++;
        }
        if (count > 0) mdots[phase] = sum * 1000 / count;
    }
    return (mdots[0] + mdots[1]) / 2;
}

static unsigned module_of(enum code_kind code, const struct row *row)
{
    const struct kind_row *kind = &kind_rows[code];
    if (kind->first_modules == 0) return narrow_mdots(row);
    size_t signs = kind->each > 0 ? (row->count - kind->first) / kind->each : 0;
    size_t modules = kind->first_modules + kind->each_modules * signs;
    return (unsigned)((row->edges[row->count] - row->edges[0]) * 1000u / modules);
}

/* The symbol in the rows above and below: its edges there, the places that it covers in all. */
struct trail {
    uint16_t edges[SEEK_EDGES_MAX]; /* in the last row that was like the one before */
    size_t count;
    unsigned last, left, right, agreed;
};

/* Askew, all edges may move by a dot at once; more of them, and it is another code. */
static bool trail_step(const struct bits *bits, unsigned y, struct trail *trail)
{
    uint16_t edges[SEEK_EDGES_MAX];
    size_t count = bits_edges(bits, y, edges), from = 0, i = 0;
    while (from < count && edges[from] + 1 < trail->edges[0]) from++;
    if (from < count &&
        (bits_black(bits, edges[from], y) == bits_black(bits, trail->edges[0], trail->last)) &&
        from + trail->count < count) {
        while (i <= trail->count && apart(edges[from + i], trail->edges[i]) <= 1) i++;
        if (i > trail->count) {
            memcpy(trail->edges, edges + from, (trail->count + 1) * sizeof *edges);
            return true;
        }
    }
    /* A few wrong dots. */
    return bits_differ_in_row(bits, y, trail->last, trail->edges[0], trail->edges[trail->count]) *
               10 <=
           trail->count + 10;
}

/* Goes on while rows are like each other; a defect of `missed_max` rows is passed. */
static unsigned trail_end(const struct bits *bits, unsigned y, bool up, const struct row *row,
                          unsigned missed_max, struct trail *trail)
{
    unsigned missed = 0;
    trail->count = row->count;
    trail->last = y;
    memcpy(trail->edges, row->edges, (row->count + 1) * sizeof *row->edges);
    for (unsigned at = y; missed <= missed_max;) {
        if (up ? at == 0 : at + 1 == bits->height) break;
        at = up ? at - 1 : at + 1;
        if (!trail_step(bits, at, trail)) {
            missed++;
            continue;
        }
        trail->last = at;
        missed = 0;
        trail->agreed++;
        if (trail->edges[0] < trail->left) trail->left = trail->edges[0];
        if (trail->edges[trail->count] > trail->right) trail->right = trail->edges[trail->count];
    }
    return trail->last;
}

static int by_size(const void *left, const void *right)
{
    unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;
    return a > b ? 1 : a < b ? -1 : 0;
}

/* The white beside the symbol in rows spread over its height: half of them have no more. */
struct beside {
    unsigned quiet[2]; /* left, right */
    unsigned equal;    /* rows with as many elements as the first one */
    unsigned rows;
};

static struct beside beside_of(const struct bits *bits, const struct claim *claim,
                               const struct row *row, unsigned top, unsigned bottom)
{
    unsigned white[2][SAMPLES];
    struct beside beside = {.rows = 0};
    struct claim near = *claim;
    near.left = row->edges[0];
    near.right = row->edges[row->count];
    near.slack = 2 + (near.right - near.left) / (unsigned)row->count;
    uint16_t edges[SEEK_EDGES_MAX];
    for (unsigned i = 0; i < SAMPLES; i++) {
        unsigned y = top + (bottom - top) * (2 * i + 1) / (2 * SAMPLES);
        size_t count = bits_edges(bits, y, edges);
        struct row there;
        if (!row_take(edges, count, &near, &there)) continue;
        bool begins = there.edges == edges, ends = there.edges + there.count + 1 == edges + count;
        white[0][beside.rows] = begins ? there.edges[0] : there.edges[0] - there.edges[-1];
        unsigned end = there.edges[there.count];
        white[1][beside.rows] = ends ? bits->width - end : there.edges[there.count + 1] - end;
        beside.equal += there.count == row->count;
        beside.rows++;
    }
    for (unsigned side = 0; side < 2 && beside.rows > 0; side++) {
        qsort(white[side], beside.rows, sizeof white[side][0], by_size);
        beside.quiet[side] = white[side][beside.rows / 2];
    }
    return beside;
}

/* A row near the one that the reader names with as many elements as the kind asks for. */
static bool find_row(const struct bits *bits, const struct claim *claim, uint16_t *edges,
                     struct row *out_row, unsigned *out_y)
{
    for (unsigned i = 0; i < 17; i++) {
        unsigned off = (i + 1) / 2;
        if (i % 2 == 1 ? off > claim->y : claim->y + off >= bits->height) continue;
        unsigned y = i % 2 == 1 ? claim->y - off : claim->y + off;
        size_t count = bits_edges(bits, y, edges);
        if (!row_take(edges, count, claim, out_row)) continue;
        *out_y = y;
        return true;
    }
    return false;
}

static uint16_t warnings_of(const struct grade *grade, const struct kind_row *kind, unsigned dpi)
{
    unsigned warnings = 0;
    unsigned length_um = grade->box.width * 25400u / dpi;
    unsigned height_um = grade->box.height * 25400u / dpi;
    for (unsigned side = 0; side < 2; side++)
        if ((grade->quiet[side] + 1) * 1000 < kind->quiet[side] * grade->module_mdots)
            warnings |= RENDER_CODE_QUIET;
    if (grade->module_mdots < GRADE_THIN_MDOTS ||
        (uint64_t)grade->module_mdots * 25400 < (uint64_t)GRADE_THIN_UM * 1000 * dpi)
        warnings |= RENDER_CODE_THIN;
    if (height_um < GRADE_LOW_UM || height_um * 100 < length_um * GRADE_LOW_PERCENT)
        warnings |= RENDER_CODE_LOW;
    return (uint16_t)warnings;
}

bool grade_bars(const struct bits *bits, unsigned dpi, const struct claim *claim,
                struct grade *out_grade)
{
    const struct kind_row *kind = &kind_rows[claim->kind];
    uint16_t edges[SEEK_EDGES_MAX];
    struct row row;
    unsigned y = 0;
    if (kind->first == 0 || !find_row(bits, claim, edges, &row, &y)) return false;
    bool ean = kind->each == 0;
    if (ean && claim->text != NULL && !grade_ean(claim, row.edges, row.count)) return false;
    struct trail trail = {.left = row.edges[0], .right = row.edges[row.count], .agreed = 1};
    unsigned top = trail_end(bits, y, true, &row, dpi / 50, &trail);
    unsigned bottom = trail_end(bits, y, false, &row, dpi / 50, &trail) + 1;
    unsigned module_mdots = module_of(claim->kind, &row);
    struct beside beside = beside_of(bits, claim, &row, top, bottom);
    unsigned least = beside.quiet[0] < beside.quiet[1] ? beside.quiet[0] : beside.quiet[1];
    unsigned quiet_min = claim->kind == CODE_ITF ? QUIET_MIN_ITF : QUIET_MIN_MODULES;
    if (trail.agreed < ROWS_MIN || module_mdots == 0 || beside.rows == 0) return false;
    if (!kind->checked && (trail.agreed * 25400 < ROWS_MIN_UM * dpi || beside.equal * 3 < SAMPLES ||
                           (least + 1) * 1000 < quiet_min * module_mdots))
        return false;
    *out_grade = (struct grade){.box = {trail.left, top, trail.right - trail.left, bottom - top},
                                .module_mdots = module_mdots};
    out_grade->quiet[0] = beside.quiet[claim->reversed ? 1 : 0];
    out_grade->quiet[1] = beside.quiet[claim->reversed ? 0 : 1];
    out_grade->warnings = warnings_of(out_grade, kind, dpi);
    return true;
}
