/* read_back_straight.c - Code 128 whose bars have become wider or narrower, and not all alike.
 *
 * Pictures that were scaled have such bars. From one edge to the next of the same kind, black to
 * white or white to black, nothing has changed (ISO/IEC 15417, annex: the reference decoding): from
 * these distances each sign's elements are made whole modules again, and the library reads bars
 * that were drawn anew. Its check sign and the rows, which must agree, guard against wrong ones. */
#include "firmware/render/read_back_inside.h"

#include <stdlib.h>
#include <string.h>

#define ELEMENTS 6u /* of a sign; the stop has seven */
#define SIGN_MODULES 11u
#define STOP_MODULES 13u
#define SIGNS_MIN 3u /* start, one, check; and the stop */
#define SIGNS_MAX 80u
#define DOTS 3u /* of a module as drawn anew */
#define QUIET_DOTS (12u * DOTS)
#define WIDE_MAX (SIGNS_MAX * SIGN_MODULES * DOTS + STOP_MODULES * DOTS + 2 * QUIET_DOTS)

/* Where the symbol may begin or end: next to white of three modules and a half. */
static bool stands_free(const uint16_t *edges, size_t count, size_t at, bool begin,
                        unsigned module_mdots)
{
    if (begin ? at == 0 : at + 1 == count) return true;
    unsigned white = (unsigned)(begin ? edges[at] - edges[at - 1] : edges[at + 1] - edges[at]);
    return white * 2000 >= module_mdots * 7;
}

/* Six widths, in the order of reading, to whole modules: from the four distances, and for the
 * first element what is nearest to what it is. False: no sign has these. */
static bool sign_modules(const unsigned *wide, unsigned *modules)
{
    unsigned sum = 0, near = UINT32_MAX, pair[4];
    for (size_t i = 0; i < ELEMENTS; i++) sum += wide[i];
    if (sum == 0) return false;
    for (size_t i = 0; i < 4; i++)
        pair[i] = ((wide[i] + wide[i + 1]) * 2 * SIGN_MODULES + sum) / (2 * sum);
    for (unsigned first = 1; first <= 4; first++) {
        unsigned tried[ELEMENTS] = {first}, all = first, off = 0;
        bool good = true;
        for (size_t i = 0; i < 4 && good; i++) {
            good = pair[i] > tried[i] && pair[i] - tried[i] <= 4;
            tried[i + 1] = pair[i] - tried[i];
            all += tried[i + 1];
        }
        if (!good || all + 1 > SIGN_MODULES || all + 4 < SIGN_MODULES) continue;
        tried[5] = SIGN_MODULES - all;
        if ((tried[0] + tried[2] + tried[4]) % 2 != 0) continue; /* bars are even in every sign */
        for (size_t i = 0; i < ELEMENTS; i++)
            off += (unsigned)abs((int)(wide[i] * SIGN_MODULES) - (int)(tried[i] * sum));
        if (off >= near) continue;
        near = off;
        memcpy(modules, tried, sizeof tried);
    }
    return near != UINT32_MAX;
}

static void draw_modules(uint8_t *row, size_t *at, const unsigned *modules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memset(row + *at, i % 2 == 0 ? 0 : 255, modules[i] * DOTS);
        *at += modules[i] * DOTS;
    }
}

/* Elements of one row, first to last or last to first. False: no Code 128 begins here. */
static bool draw_straight(const uint16_t *edges, size_t count, bool reversed, uint8_t *row)
{
    static const unsigned stop[] = {2, 3, 3, 1, 1, 1, 2};
    size_t at = QUIET_DOTS, signs = (count - 7) / ELEMENTS;
    for (size_t k = 0; k < signs; k++) {
        unsigned wide[ELEMENTS], modules[ELEMENTS];
        for (size_t i = 0; i < ELEMENTS; i++) {
            size_t from = k * ELEMENTS + i;
            if (reversed) from = count - 1 - from;
            wide[i] = (unsigned)(edges[from + 1] - edges[from]);
        }
        if (!sign_modules(wide, modules)) return false;
        if (k == 0 && (modules[0] != 2 || modules[1] != 1 || modules[2] != 1)) return false;
        draw_modules(row, &at, modules, ELEMENTS);
    }
    draw_modules(row, &at, stop, 7);
    return true;
}

_Static_assert(LOOK_ROWS *WIDE_MAX <= LOOK_DOTS_MIN, "the rows fit");

struct place { /* of the symbol in one row */
    unsigned left, right, y;
    bool reversed;
};

/* Tries each stretch of a row that stands free and has as many elements as a Code 128. */
static bool straighten_row(const struct bits *bits, const struct piece *piece, unsigned y,
                           uint8_t *row, struct place *place)
{
    uint16_t edges[SEEK_EDGES_MAX];
    size_t count = bits_edges(bits, y, edges), first = 0;
    while (first < count && edges[first] < piece->region.x) first += 2;
    while (count > first && edges[count - 1] > piece->region.x + piece->region.width) count -= 2;
    for (size_t i = first; i + SIGNS_MIN * ELEMENTS + 7 < count; i += 2) {
        for (size_t j = count - 1; j >= i + SIGNS_MIN * ELEMENTS + 7; j -= 2) {
            size_t elements = j - i, signs = (elements - 7) / ELEMENTS;
            if ((elements - 7) % ELEMENTS != 0 || signs > SIGNS_MAX) continue;
            unsigned modules = (unsigned)signs * SIGN_MODULES + STOP_MODULES;
            unsigned mdots = (unsigned)(edges[j] - edges[i]) * 1000 / modules;
            if (!stands_free(edges + first, count - first, i - first, true, mdots)) break;
            if (!stands_free(edges + first, count - first, j - first, false, mdots)) continue;
            *place = (struct place){edges[i], edges[j], y, false};
            memset(row, 255, WIDE_MAX);
            if (draw_straight(edges + i, elements, false, row)) return true;
            place->reversed = true;
            memset(row, 255, WIDE_MAX);
            if (draw_straight(edges + i, elements, true, row)) return true;
        }
    }
    memset(row, 255, WIDE_MAX);
    return false;
}

bool read_straight(struct reader *reader, const struct piece *piece)
{
    struct place places[LOOK_ROWS] = {{.y = 0}};
    const struct region *region = &piece->region;
    unsigned from = region->height / 6, height = region->height - 2 * from, good = 0;
    for (unsigned i = 0; i < LOOK_ROWS; i++) {
        unsigned y = region->y + from + height * (2 * i + 1) / (2 * LOOK_ROWS);
        uint8_t *row = reader->dots + (size_t)i * WIDE_MAX;
        good += straighten_row(&reader->left[piece->down], piece, y, row, &places[i]);
    }
    struct look look = {.dots = reader->dots,
                        .width = (int)WIDE_MAX,
                        .height = (int)LOOK_ROWS,
                        .kinds = CODE_BIT(CODE_CODE128)};
    if (good < 3 || !elect(reader, &look)) return false;
    const struct place *place = &places[reader->looked.y[0]];
    struct claim claim = {.left = place->left,
                          .right = place->right,
                          .y = place->y,
                          .slack = 1,
                          .reversed = place->reversed};
    return add_bars(reader, &claim, piece->down);
}
