/* crop.c - see crop.h. Every rectangle between gutters is a place; which of them is the label is a
 * matter of points. Bands are few (BANDS_MAX), and a question about a rectangle costs the same
 * however large it is, so the worst sheet costs milliseconds. */
#include "firmware/render/crop.h"

#include <stdlib.h>

#include "firmware/render/crop_map.h"

#define BANDS_MAX 16u
#define PLACES_MAX 512u
#define DOT_UM_MAX 1000u
#define STOCK_UM_MIN 1000u
#define GUTTER_UM 1500     /* the narrowest white between two labels */
#define APART_UM 3000      /* white around what is as large as the stock */
#define ALONE_UM 6000      /* white around what is a label though it is smaller than the stock */
#define ROOM_UM 3000       /* white that is cut out with the label */
#define FIT_PERMILLE 1030  /* of the stock: a label made for it, drawn a little large */
#define FULL_PERMILLE 850  /* of the stock, both sides: made for it */
#define SMALL_PERMILLE 150 /* of the stock's area: less is no label unless bars are on it */
#define ONE_LABEL_PERMILLE 1600 /* a sheet up to this may be one large label */
#define LIKE_PERMILLE 150       /* by how much the sides of labels on one sheet differ */

struct band {
    int32_t begin, end;
};

struct place {
    struct area ink;
    unsigned points;
    bool bars, wanted;
};

struct search {
    const struct crop_question *question;
    const struct crop_map *map;
    int32_t gutter, apart, alone;
    uint32_t all_bars;
    unsigned count;
    struct place places[PLACES_MAX];
    struct place large; /* the best of those that fit only when made smaller */
};

static bool holds(const struct area *outer, const struct area *inner)
{
    int32_t x = inner->x + inner->width / 2, y = inner->y + inner->height / 2;
    return x >= outer->x && x < outer->x + outer->width && y >= outer->y &&
           y < outer->y + outer->height;
}

static bool overlap(const struct area *a, const struct area *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

static struct area grown(const struct crop_map *map, const struct area *area, int32_t left,
                         int32_t top, int32_t right, int32_t bottom)
{
    int32_t x0 = area->x - left > 0 ? area->x - left : 0;
    int32_t y0 = area->y - top > 0 ? area->y - top : 0;
    int32_t x1 = area->x + area->width + right, y1 = area->y + area->height + bottom;
    if (x1 > (int32_t)map->width) x1 = (int32_t)map->width;
    if (y1 > (int32_t)map->height) y1 = (int32_t)map->height;
    return (struct area){x0, y0, x1 - x0, y1 - y0};
}

static bool is_alone(const struct search *search, const struct area *area, int32_t by)
{
    struct area around = grown(search->map, area, by, by, by, by);
    return crop_map_ink(search->map, &around) == crop_map_ink(search->map, area);
}

/* The sides through the stock's, in thousandths, in the better way to lay it. */
struct ratio {
    uint32_t least, most;
};

static struct ratio ratio_of(const struct crop_question *question, const struct area *area)
{
    uint64_t width = (uint64_t)area->width * question->dot_um * 1000;
    uint64_t height = (uint64_t)area->height * question->dot_um * 1000;
    uint32_t sides[2][2] = {{(uint32_t)(width / question->stock_width_um),
                             (uint32_t)(height / question->stock_height_um)},
                            {(uint32_t)(width / question->stock_height_um),
                             (uint32_t)(height / question->stock_width_um)}};
    struct ratio best = {0, UINT32_MAX};
    for (unsigned i = 0; i < 2; i++) {
        uint32_t a = sides[i][0], b = sides[i][1];
        struct ratio way = {a < b ? a : b, a < b ? b : a};
        if (way.most < best.most) best = way;
    }
    return best;
}

/* One that is larger than the stock: the smallest with all the bars and the wanted text, in the
 * shape of a label, and nothing close around it. */
static void take_large(struct search *search, const struct place *place, struct ratio ratio)
{
    bool shape = ratio.least * 10 >= ratio.most * 7;
    uint32_t bars = crop_map_bars(search->map, &place->ink);
    bool whole = place->wanted ? place->bars : bars * 10 >= search->all_bars * 9 && bars > 0;
    if (!shape || !whole || !is_alone(search, &place->ink, search->alone)) return;
    const struct area *best = &search->large.ink, *ink = &place->ink;
    if (best->width == 0 || (int64_t)ink->width * ink->height < (int64_t)best->width * best->height)
        search->large = *place;
}

static void judge(struct search *search, struct area area)
{
    struct place place = {.ink = crop_map_trim(search->map, area)};
    const struct crop_question *question = search->question;
    if (place.ink.width == 0) return;
    place.wanted = question->wanted.width > 0 && holds(&place.ink, &question->wanted);
    if (question->wanted.width > 0 && !place.wanted) return;
    place.bars = crop_map_bars(search->map, &place.ink) > 0;
    struct ratio ratio = ratio_of(question, &place.ink);
    if (ratio.most > FIT_PERMILLE) {
        take_large(search, &place, ratio);
        return;
    }
    uint32_t size = ratio.least * ratio.most / 1000;
    bool full = ratio.least >= FULL_PERMILLE && is_alone(search, &place.ink, search->apart);
    if (!full && (size < SMALL_PERMILLE && !place.bars)) return;
    if (!full && !is_alone(search, &place.ink, search->alone)) return;
    place.points = size + (place.bars ? 1000 : 0) + (full ? 400 : 0);
    if (search->count < PLACES_MAX) search->places[search->count++] = place;
}

/* The bands of ink in the area, one below the other or side by side, between gutters of at least
 * this many dots. More than there is place for: 0. */
static unsigned find_bands(const struct crop_map *map, const struct area *area, bool lying,
                           int32_t gutter, struct band *bands)
{
    int32_t begin = lying ? area->y : area->x;
    int32_t end = begin + (lying ? area->height : area->width);
    int32_t white = gutter;
    unsigned count = 0;
    for (int32_t at = begin; at < end; at++) {
        struct area line = lying ? (struct area){area->x, at, area->width, 1}
                                 : (struct area){at, area->y, 1, area->height};
        if (crop_map_ink(map, &line) == 0) {
            white++;
            continue;
        }
        if (white >= gutter) {
            if (count == BANDS_MAX) return 0;
            bands[count++].begin = at;
        }
        bands[count - 1].end = at + 1;
        white = 0;
    }
    return count;
}

static unsigned bands_of(const struct search *search, const struct area *area, bool lying,
                         struct band *bands)
{
    unsigned count = 0;
    for (int32_t gutter = search->gutter; count == 0 && gutter < (int32_t)CROP_SIDE_MAX;
         gutter = gutter * 3 / 2 + 1)
        count = find_bands(search->map, area, lying, gutter, bands);
    return count;
}

/* Every run of neighbouring bands within the area, and if `deeper`, every such run within it. */
static void judge_bands(struct search *search, const struct area *area, bool lying, bool deeper)
{
    struct band bands[BANDS_MAX];
    unsigned count = bands_of(search, area, lying, bands);
    for (unsigned first = 0; first < count; first++) {
        for (unsigned last = first; last < count; last++) {
            int32_t begin = bands[first].begin, size = bands[last].end - begin;
            struct area run = lying ? (struct area){area->x, begin, area->width, size}
                                    : (struct area){begin, area->y, size, area->height};
            if (deeper) {
                judge_bands(search, &run, !lying, false);
            } else {
                judge(search, run);
            }
        }
    }
}

static bool alike(const struct place *a, const struct place *b)
{
    int32_t width = abs(a->ink.width - b->ink.width), height = abs(a->ink.height - b->ink.height);
    return width * 1000 <= a->ink.width * LIKE_PERMILLE &&
           height * 1000 <= a->ink.height * LIKE_PERMILLE && a->bars == b->bars;
}

static bool reads_before(const struct area *a, const struct area *b)
{
    bool same_row = a->y < b->y + b->height / 2 && b->y < a->y + a->height / 2;
    return same_row ? a->x < b->x : a->y < b->y;
}

static const struct place *best_place(const struct search *search)
{
    const struct place *best = NULL;
    for (unsigned i = 0; i < search->count; i++) {
        if (best == NULL || search->places[i].points > best->points) best = &search->places[i];
    }
    return best;
}

/* The labels of the sheet that look like the best one and lie beside it; the first of them. */
static const struct place *first_alike(const struct search *search, const struct place *best,
                                       unsigned *out_count)
{
    const struct place *peers[BANDS_MAX] = {best}, *first = best;
    unsigned count = 1;
    for (unsigned i = 0; i < search->count && count < BANDS_MAX; i++) {
        const struct place *place = &search->places[i];
        bool beside = alike(best, place);
        for (unsigned k = 0; beside && k < count; k++)
            beside = !overlap(&peers[k]->ink, &place->ink);
        if (!beside) continue;
        peers[count++] = place;
        if (reads_before(&place->ink, &first->ink)) first = place;
    }
    *out_count = count;
    return first;
}

/* As much of the white around it as belongs to nothing else: half of the way to what comes next. */
static struct area room_of(const struct search *search, const struct area *ink)
{
    int32_t most = (int32_t)(ROOM_UM / search->question->dot_um);
    int32_t by[4] = {0, 0, 0, 0};
    uint32_t inside = crop_map_ink(search->map, ink);
    for (unsigned side = 0; side < 4; side++) {
        int32_t reach = 0;
        for (; reach < 2 * most; reach++) {
            int32_t try[4] = {0, 0, 0, 0};
            try[side] = reach + 1;
            struct area area = grown(search->map, ink, try[0], try[1], try[2], try[3]);
            if (crop_map_ink(search->map, &area) != inside) break;
        }
        by[side] = reach / 2;
    }
    struct area room = grown(search->map, ink, by[0], by[1], by[2], by[3]);
    return crop_map_ink(search->map, &room) == inside ? room : *ink;
}

/* A sheet that has nearly the shape of the stock, is not twice as large, and is printed on from
 * edge to edge: a label for a larger stock, and no part of it is one. */
static bool is_one_label(const struct search *search, const struct area *all)
{
    int32_t width = (int32_t)search->map->width, height = (int32_t)search->map->height;
    struct area sheet = {0, 0, width, height};
    struct ratio ratio = ratio_of(search->question, &sheet);
    bool filled = all->width * 10 >= width * 8 && all->height * 10 >= height * 8;
    return filled && ratio.most <= ONE_LABEL_PERMILLE && ratio.least * 10 >= ratio.most * 8;
}

static enum crop_result choose(struct search *search, struct crop_found *found)
{
    struct area all = {0, 0, (int32_t)search->map->width, (int32_t)search->map->height};
    all = crop_map_trim(search->map, all);
    *found = (struct crop_found){.ink = all, .room = all, .labels = 1};
    if (all.width == 0) return CROP_BLANK;
    search->all_bars = crop_map_bars(search->map, &all);
    if (is_one_label(search, &all)) {
        found->room = room_of(search, &all);
        return CROP_LARGE;
    }
    judge_bands(search, &all, true, true);
    judge_bands(search, &all, false, true);
    const struct place *best = best_place(search);
    enum crop_result result = CROP_WHOLE;
    if (best != NULL && (best->bars || search->all_bars == 0 || best->wanted)) {
        /* Of several the wanted one was the only one looked at; how many there are is not asked. */
        found->ink = first_alike(search, best, &found->labels)->ink;
        result = CROP_LABEL;
    } else if (search->large.ink.width > 0) {
        found->ink = search->large.ink;
        result = CROP_LARGE;
    }
    found->room = room_of(search, &found->ink);
    return result;
}

enum crop_result crop_find(const struct crop_question *question, struct crop_found *out_found)
{
    struct crop_map map;
    if (question->dot_um == 0 || question->dot_um > DOT_UM_MAX ||
        question->stock_width_um < STOCK_UM_MIN || question->stock_height_um < STOCK_UM_MIN)
        return CROP_FAILED;
    if (!crop_map_make(&map, question->sheet)) return CROP_FAILED;
    enum crop_result result = CROP_FAILED;
    struct search *search = calloc(1, sizeof *search);
    if (search != NULL) {
        search->question = question;
        search->map = &map;
        search->gutter = (int32_t)(GUTTER_UM / question->dot_um) + 1;
        search->apart = (int32_t)(APART_UM / question->dot_um) + 1;
        search->alone = (int32_t)(ALONE_UM / question->dot_um) + 1;
        result = choose(search, out_found);
    }
    free(search);
    crop_map_free(&map);
    return result;
}
