/* read_back_look.c - pieces of the picture as the library wants to see them, and what it says of
 * them in places of the picture. */
#include "firmware/render/read_back_inside.h"

#include <stdlib.h>
#include <string.h>

#define PAD_PER_INCH 8u     /* white around a piece: 3 mm, wider than any quiet zone of use */
#define REFUSED_MAX 4u      /* readings of one look that the dots belie */
#define SIDE_DOTS_MAX 2000u /* what is larger is looked at in every second or third dot */

/* ---- bars ---- */

struct shown { /* rows of a piece, one below the other */
    unsigned count, pad, width;
    unsigned y[LOOK_ROWS];
};

static void show_row(const struct bits *bits, const struct piece *piece, unsigned y, uint8_t *out)
{
    const uint8_t *row = bits->rows + y * bits->bytes_per_row;
    uint8_t black = piece->inverted ? 255 : 0;
    for (unsigned i = 0; i < piece->region.width; i++) {
        unsigned x = piece->region.x + i;
        bool set = (row[x / 8] >> (7 - x % 8) & 1) != 0;
        out[i] = set ? black : (uint8_t)(255 - black);
    }
}

/* Two thirds of the height, from the middle. */
static struct shown show_rows(struct reader *reader, const struct piece *piece)
{
    const struct region *region = &piece->region;
    struct shown shown = {.pad = reader->dpi / PAD_PER_INCH};
    shown.width = region->width + 2 * shown.pad;
    shown.count = region->height < LOOK_ROWS ? region->height : LOOK_ROWS;
    while (shown.count > 0 && (size_t)shown.width * shown.count > LOOK_DOTS_MAX) shown.count--;
    memset(reader->dots, 255, (size_t)shown.width * shown.count);
    unsigned from = region->height / 6, height = region->height - 2 * from;
    for (unsigned i = 0; i < shown.count; i++) {
        shown.y[i] = region->y + from + height * (2 * i + 1) / (2 * shown.count);
        show_row(&reader->left[piece->down], piece, shown.y[i],
                 reader->dots + (size_t)i * shown.width + shown.pad);
    }
    return shown;
}

/* What most of the rows say, in all of them; then bars wider or narrower by a dot. */
static void vote(struct reader *reader, const struct piece *piece, const struct shown *shown)
{
    uint8_t *first = reader->dots;
    for (unsigned x = 0; x < shown->width; x++) {
        unsigned white = 0;
        for (unsigned i = 0; i < shown->count; i++)
            white += first[(size_t)i * shown->width + x] != 0;
        first[x] = white * 2 > shown->count ? 255 : 0;
    }
    if (piece->spread != 0 && shown->count > 1) {
        uint8_t *kept = first + shown->width, grown = piece->spread > 0 ? 0 : 255;
        memcpy(kept, first, shown->width);
        for (unsigned x = 1; x < shown->width; x++)
            if (kept[x - 1] == grown) first[x] = grown;
    }
    for (unsigned i = 1; i < shown->count; i++)
        memcpy(first + (size_t)i * shown->width, first, shown->width);
}

static unsigned from_int(int value)
{
    return value < 0 ? 0 : (unsigned)value;
}

static bool add_bars(struct reader *reader, struct claim *claim, bool down)
{
    struct grade grade;
    claim->kind = reader->looked.kind;
    claim->text_len = reader->looked.text_len;
    if (!grade_bars(&reader->whole[down], reader->dpi, claim, &grade)) return false;
    reader_add(reader, &grade, down);
    return true;
}

bool read_piece(struct reader *reader, const struct piece *piece)
{
    struct shown shown = show_rows(reader, piece);
    if (piece->voted) vote(reader, piece, &shown);
    struct look look = {.dots = reader->dots,
                        .width = (int)shown.width,
                        .height = (int)shown.count,
                        .kinds = CODES_LINEAR,
                        .lines = 2};
    for (unsigned i = 0; i < REFUSED_MAX && shown.count > 0; i++) {
        struct looked *looked = &reader->looked;
        if (!zxing_look(&look, looked)) return false;
        unsigned a = from_int(looked->x[0]), b = from_int(looked->x[1]);
        unsigned row = from_int((looked->y[0] + looked->y[2]) / 2), x = piece->region.x;
        struct claim claim = {.reversed = a > b, .slack = 4, .inverted = piece->inverted};
        claim.left = x + (a < b ? a : b) - (shown.pad < x + (a < b ? a : b) ? shown.pad : 0);
        claim.right = x + (a < b ? b : a) - shown.pad;
        claim.y = shown.y[row < shown.count ? row : shown.count - 1];
        if (claim.right > claim.left && add_bars(reader, &claim, piece->down)) return true;
        look.kinds &= ~CODE_BIT(looked->kind);
    }
    return false;
}

/* ---- areas ---- */

struct area { /* a region, every `step`-th dot of it */
    struct region region;
    unsigned step, pad, width, height;
};

/* Eight dots of a byte as eight bytes. */
static void spread_bytes(uint8_t table[256][8])
{
    for (unsigned value = 0; value < 256; value++)
        for (unsigned i = 0; i < 8; i++) table[value][i] = value >> (7 - i) & 1 ? 0 : 255;
}

static struct area show_area(struct reader *reader, const struct bits *bits, struct region region,
                             bool pure)
{
    struct area area = {.region = region, .step = 1, .pad = pure ? 0 : 8};
    uint8_t table[256][8];
    spread_bytes(table);
    while (region.width / area.step > SIDE_DOTS_MAX || region.height / area.step > SIDE_DOTS_MAX ||
           (size_t)(region.width / area.step + 17) * (region.height / area.step + 17) >
               LOOK_DOTS_MAX)
        area.step++;
    unsigned wide = region.width / area.step, high = region.height / area.step;
    area.width = wide + 2 * area.pad;
    area.height = high + 2 * area.pad;
    memset(reader->dots, 255, (size_t)area.width * area.height);
    for (unsigned y = 0; y < high; y++) {
        const uint8_t *row = bits->rows + (region.y + y * area.step) * bits->bytes_per_row;
        uint8_t *out = reader->dots + (size_t)(y + area.pad) * area.width + area.pad;
        unsigned x = 0;
        for (; area.step == 1 && (region.x + x) % 8 != 0 && x < wide; x++)
            out[x] = row[(region.x + x) / 8] >> (7 - (region.x + x) % 8) & 1 ? 0 : 255;
        for (; area.step == 1 && x + 8 <= wide; x += 8)
            if (row[(region.x + x) / 8] != 0) memcpy(out + x, table[row[(region.x + x) / 8]], 8);
        for (; x < wide; x++) {
            unsigned at = region.x + x * area.step;
            out[x] = row[at / 8] >> (7 - at % 8) & 1 ? 0 : 255;
        }
    }
    return area;
}

static unsigned area_place(const struct area *area, int at, unsigned begin)
{
    unsigned place = from_int(at);
    return begin + (place > area->pad ? place - area->pad : 0) * area->step;
}

static void box_of(const struct area *area, const struct looked *looked, struct region *out_box)
{
    unsigned left = UINT32_MAX, top = UINT32_MAX, right = 0, bottom = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned x = area_place(area, looked->x[i], area->region.x);
        unsigned y = area_place(area, looked->y[i], area->region.y);
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
    }
    *out_box = (struct region){left, top, right - left, bottom - top};
}

/* Upright or lying bars somewhere in an area. */
static bool add_area_bars(struct reader *reader, const struct area *area, const struct part *part)
{
    const struct looked *looked = &reader->looked;
    int across = abs(looked->x[1] - looked->x[0]), along = abs(looked->y[1] - looked->y[0]);
    bool down = along > across;
    unsigned begin = down ? area_place(area, looked->y[0], area->region.y)
                          : area_place(area, looked->x[0], area->region.x);
    unsigned end = down ? area_place(area, looked->y[1], area->region.y)
                        : area_place(area, looked->x[1], area->region.x);
    int middle = down ? (looked->x[0] + looked->x[2]) / 2 : (looked->y[0] + looked->y[2]) / 2;
    struct claim claim = {.left = begin < end ? begin : end,
                          .right = begin < end ? end : begin,
                          .reversed = begin > end,
                          .slack = 2 + 2 * area->step,
                          .inverted = part->inverted};
    claim.y = area_place(area, middle, down ? area->region.x : area->region.y);
    claim.left += down ? part->y : part->x;
    claim.right += down ? part->y : part->x;
    claim.y += down ? part->x : part->y;
    return claim.y < reader->whole[down].height && add_bars(reader, &claim, down);
}

/* A box that is no box would be found for ever. */
static bool add_area_matrix(struct reader *reader, const struct area *area, struct part *part)
{
    struct seen seen = {.kind = reader->looked.kind};
    struct grade grade;
    seen.down = abs(reader->looked.y[1] - reader->looked.y[0]) >
                abs(reader->looked.x[1] - reader->looked.x[0]);
    box_of(area, &reader->looked, &seen.box);
    if (reader->looked.kind == CODE_MAXICODE) seen.box = area->region;
    if (seen.box.width < 8 || seen.box.height < 8 ||
        seen.box.x + seen.box.width > part->bits.width ||
        seen.box.y + seen.box.height > part->bits.height)
        return false;
    grade_matrix(part->inverted ? &part->bits : &reader->whole[0], reader->dpi, &seen, &grade);
    bits_whiten(&part->bits, grade.box);
    grade.box.x += part->x;
    grade.box.y += part->y;
    reader_add(reader, &grade, false);
    return true;
}

bool read_spot(struct reader *reader, struct part *part, struct region region, unsigned kinds,
               bool pure)
{
    struct area area = show_area(reader, &part->bits, region, pure);
    struct look look = {.dots = reader->dots,
                        .width = (int)area.width,
                        .height = (int)area.height,
                        .kinds = kinds,
                        .turned = true,
                        .pure = pure,
                        .lines = 2};
    for (unsigned i = 0; i < REFUSED_MAX && look.kinds != 0; i++) {
        if (!zxing_look(&look, &reader->looked)) return false;
        unsigned kind = CODE_BIT(reader->looked.kind);
        if ((kind & CODES_LINEAR) != 0 ? add_area_bars(reader, &area, part)
                                       : add_area_matrix(reader, &area, part))
            return true;
        look.kinds &= ~kind;
    }
    return false;
}
