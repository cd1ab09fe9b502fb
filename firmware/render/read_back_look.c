/* read_back_look.c - pieces of the picture as the library wants to see them, and what it says of
 * them in places of the picture. */
#include "firmware/render/read_back_inside.h"

#include <stdlib.h>
#include <string.h>

#define PAD_PER_INCH 8u /* white around a piece: 3 mm, wider than any quiet zone of use */
#define CODES_CHECKED (CODE_BIT(CODE_CODE128) | CODE_BIT(CODE_CODE39) | CODE_BIT(CODE_CODE93))
#define VOTES_MIN 3u
#define REFUSED_MAX 4u /* readings of one look that the dots belie */

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
    while (shown.count > 0 && (size_t)shown.width * shown.count > reader->dots_size) shown.count--;
    memset(reader->dots, 255, (size_t)shown.width * shown.count);
    unsigned from = region->height / 6, height = region->height - 2 * from;
    for (unsigned i = 0; i < shown.count; i++) {
        shown.y[i] = region->y + from + height * (2 * i + 1) / (2 * shown.count);
        show_row(&reader->left[piece->down], piece, shown.y[i],
                 reader->dots + (size_t)i * shown.width + shown.pad);
    }
    return shown;
}

/* What most of the rows say, in all of them. */
static void vote(struct reader *reader, const struct shown *shown)
{
    uint8_t *first = reader->dots;
    for (unsigned x = 0; x < shown->width; x++) {
        unsigned white = 0;
        for (unsigned i = 0; i < shown->count; i++)
            white += first[(size_t)i * shown->width + x] != 0;
        first[x] = white * 2 > shown->count ? 255 : 0;
    }
    for (unsigned i = 1; i < shown->count; i++)
        memcpy(first + (size_t)i * shown->width, first, shown->width);
}

/* Bars wider or narrower by a dot, at their right. */
static void spread_rows(struct reader *reader, const struct piece *piece, const struct shown *shown)
{
    uint8_t grown = piece->spread > 0 ? 0 : 255;
    for (unsigned i = 0; i < shown->count; i++) {
        uint8_t *row = reader->dots + (size_t)i * shown->width;
        for (unsigned x = shown->width - 1; x > 0; x--)
            if (row[x - 1] == grown) row[x] = grown;
    }
}

static unsigned from_int(int value)
{
    return value < 0 ? 0 : (unsigned)value;
}

bool add_bars(struct reader *reader, struct claim *claim, bool down)
{
    struct grade grade;
    claim->kind = reader->looked.kind;
    claim->text = reader->looked.text;
    claim->text_len = reader->looked.text_len;
    if (!grade_bars(&reader->whole[down], reader->dpi, claim, &grade)) return false;
    reader_add(reader, &grade, down);
    return true;
}

/* Kinds whose check would let a wrong reading in ten pass, or that have none: each row is read by
 * itself, and more than half of them must say the same. */

static bool same_text(const struct looked *a, const struct looked *b)
{
    return a->kind == b->kind && a->text_len == b->text_len &&
           memcmp(a->text, b->text, a->text_len) == 0;
}

bool elect(struct reader *reader, const struct look *look)
{
    unsigned votes[CANDIDATES] = {0}, count = 0, all = 0, best = 0;
    for (unsigned i = 0; i < (unsigned)look->height; i++) {
        struct look row = *look;
        struct looked *looked = &reader->looked;
        row.dots = look->dots + (size_t)i * (size_t)look->width;
        row.height = 1;
        row.lines = 1;
        if (!zxing_look(&row, looked)) continue;
        all++;
        looked->y[0] = looked->y[2] = (int)i;
        unsigned k = 0;
        while (k < count && !same_text(&reader->candidates[k], looked)) k++;
        if (k == CANDIDATES) continue;
        if (k == count) reader->candidates[count++] = *looked;
        if (++votes[k] > votes[best]) best = k;
    }
    if (votes[best] < VOTES_MIN || votes[best] * 2 <= all) return false;
    reader->looked = reader->candidates[best];
    return true;
}

static struct claim claim_of(const struct looked *looked, const struct piece *piece,
                             const struct shown *shown)
{
    unsigned a = from_int(looked->x[0]), b = from_int(looked->x[1]);
    unsigned least = a < b ? a : b, most = a < b ? b : a;
    unsigned row = from_int((looked->y[0] + looked->y[2]) / 2), x = piece->region.x;
    return (struct claim){.left = x + (least > shown->pad ? least - shown->pad : 0),
                          .right = x + (most > shown->pad ? most - shown->pad : 0),
                          .y = shown->y[row < shown->count ? row : shown->count - 1],
                          .slack = 4,
                          .reversed = a > b,
                          .inverted = piece->inverted};
}

bool read_piece(struct reader *reader, const struct piece *piece)
{
    struct shown shown = show_rows(reader, piece);
    if (piece->voted) vote(reader, &shown);
    if (piece->spread != 0) spread_rows(reader, piece, &shown);
    struct look look = {.dots = reader->dots,
                        .width = (int)shown.width,
                        .height = (int)shown.count,
                        .kinds = piece->voted ? CODES_CHECKED : CODES_LINEAR,
                        .lines = 2};
    for (unsigned i = 0; i < REFUSED_MAX && shown.count > 0; i++) {
        if (!zxing_look(&look, &reader->looked)) return false;
        unsigned kind = CODE_BIT(reader->looked.kind);
        bool sure = kind == CODE_BIT(CODE_CODE128) || piece->voted || elect(reader, &look);
        struct claim claim = claim_of(&reader->looked, piece, &shown);
        if (sure && claim.right > claim.left && add_bars(reader, &claim, piece->down)) return true;
        look.kinds &= ~kind;
    }
    return false;
}

/* ---- areas ---- */

struct area { /* a region, every so many dots of it, or every dot so many times */
    struct region region;
    unsigned step_x, step_y, zoom, pad, width, height;
};

/* Eight dots of a byte as eight bytes. */
static void spread_bytes(uint8_t table[256][8])
{
    for (unsigned value = 0; value < 256; value++)
        for (unsigned i = 0; i < 8; i++) table[value][i] = value >> (7 - i) & 1 ? 0 : 255;
}

/* Dots from x on, one after the other; eight at a time where that goes. */
static void show_dots(const uint8_t *row, unsigned x, unsigned count, const uint8_t table[256][8],
                      uint8_t *out)
{
    unsigned i = 0;
    for (; (x + i) % 8 != 0 && i < count; i++)
        out[i] = row[(x + i) / 8] >> (7 - (x + i) % 8) & 1 ? 0 : 255;
    for (; i + 8 <= count; i += 8)
        if (row[(x + i) / 8] != 0) memcpy(out + i, table[row[(x + i) / 8]], 8);
    for (; i < count; i++) out[i] = row[(x + i) / 8] >> (7 - (x + i) % 8) & 1 ? 0 : 255;
}

/* Each dot `zoom` times, to the right and downwards, in place: from the end, so that nothing is
 * overwritten before it is used. */
static void zoom_in(uint8_t *dots, struct area *area)
{
    unsigned wide = area->width, zoom = area->zoom;
    area->width *= zoom;
    area->height *= zoom;
    for (unsigned y = area->height; zoom > 1 && y-- > 0;) {
        const uint8_t *from = dots + (size_t)(y / zoom) * wide;
        uint8_t *to = dots + (size_t)y * area->width;
        for (unsigned x = area->width; x-- > 0;) to[x] = from[x / zoom];
    }
}

static bool area_fits(const struct area *area, size_t size)
{
    return (size_t)(area->region.width / area->step_x + 2 * area->pad) * area->zoom *
               (area->region.height / area->step_y + 2 * area->pad) * area->zoom <=
           size;
}

static struct area show_area(struct reader *reader, const struct bits *bits,
                             const struct sight *sight)
{
    struct area area = {.region = sight->region, .pad = sight->pure ? 0 : 8};
    area.step_x = sight->step_x > 0 ? sight->step_x : 1;
    area.step_y = sight->step_y > 0 ? sight->step_y : 1;
    area.zoom = sight->zoom > 0 ? sight->zoom : 1;
    uint8_t table[256][8];
    spread_bytes(table);
    while (!area_fits(&area, reader->dots_size)) {
        area.zoom = 1;
        area.step_x++;
        area.step_y++;
    }
    unsigned wide = area.region.width / area.step_x, high = area.region.height / area.step_y;
    area.width = wide + 2 * area.pad;
    area.height = high + 2 * area.pad;
    memset(reader->dots, 255, (size_t)area.width * area.height);
    for (unsigned y = 0; y < high; y++) {
        const uint8_t *row = bits->rows + (area.region.y + y * area.step_y) * bits->bytes_per_row;
        uint8_t *out = reader->dots + (size_t)(y + area.pad) * area.width + area.pad;
        if (area.step_x == 1) show_dots(row, area.region.x, wide, table, out);
        for (unsigned x = 0; area.step_x > 1 && x < wide; x++) {
            unsigned at = area.region.x + x * area.step_x;
            out[x] = row[at / 8] >> (7 - at % 8) & 1 ? 0 : 255;
        }
    }
    zoom_in(reader->dots, &area);
    return area;
}

static unsigned area_x(const struct area *area, int at)
{
    unsigned place = (from_int(at) + area->zoom / 2) / area->zoom;
    return area->region.x + (place > area->pad ? place - area->pad : 0) * area->step_x;
}

static unsigned area_y(const struct area *area, int at)
{
    unsigned place = (from_int(at) + area->zoom / 2) / area->zoom;
    return area->region.y + (place > area->pad ? place - area->pad : 0) * area->step_y;
}

static struct region box_of(const struct area *area, const struct looked *looked)
{
    unsigned left = UINT32_MAX, top = UINT32_MAX, right = 0, bottom = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned x = area_x(area, looked->x[i]), y = area_y(area, looked->y[i]);
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
    }
    return (struct region){left, top, right - left, bottom - top};
}

/* Upright bars somewhere in an area of the whole picture: only a hint, for they are then read as a
 * piece, with some white on both sides. */
static bool add_area_bars(struct reader *reader, const struct area *area, bool down)
{
    const struct looked *looked = &reader->looked;
    unsigned begin = area_x(area, looked->x[0]), end = area_x(area, looked->x[1]);
    struct claim claim = {.kind = looked->kind,
                          .text_len = looked->text_len,
                          .left = begin < end ? begin : end,
                          .right = begin < end ? end : begin,
                          .y = area_y(area, (looked->y[0] + looked->y[2]) / 2),
                          .slack = 4};
    const struct bits *bits = &reader->left[down];
    struct grade grade;
    if (claim.y >= bits->height || !grade_bars(bits, reader->dpi, &claim, &grade)) return false;
    struct piece piece = {.region = grade.box, .down = down};
    unsigned more = reader->dpi / PAD_PER_INCH, right = grade.box.x + grade.box.width + more;
    piece.region.x = grade.box.x > more ? grade.box.x - more : 0;
    piece.region.width = (right < bits->width ? right : bits->width) - piece.region.x;
    return read_piece(reader, &piece);
}

bool read_lines(struct reader *reader, bool down)
{
    const struct bits *bits = &reader->left[down];
    struct sight sight = {.region = {0, 0, bits->width, bits->height},
                          .step_y = reader->hard ? 1 : reader->dpi / 50};
    struct area area = show_area(reader, bits, &sight);
    struct look look = {.dots = reader->dots,
                        .width = (int)area.width,
                        .height = (int)area.height,
                        .kinds = CODES_LINEAR,
                        .lines = 2};
    for (unsigned i = 0; i < REFUSED_MAX && look.kinds != 0; i++) {
        if (!zxing_look(&look, &reader->looked)) return false;
        unsigned kind = CODE_BIT(reader->looked.kind);
        if (add_area_bars(reader, &area, down)) return true;
        look.kinds &= ~kind;
        area = show_area(reader, bits, &sight); /* the piece took its place */
    }
    return false;
}

/* A box that is no box would be found for ever. */
static bool add_area_matrix(struct reader *reader, const struct area *area, struct part *part)
{
    const struct looked *looked = &reader->looked;
    struct seen seen = {.kind = looked->kind, .box = box_of(area, looked)};
    struct grade grade;
    seen.down = abs(looked->y[1] - looked->y[0]) > abs(looked->x[1] - looked->x[0]);
    if (looked->kind == CODE_MAXICODE) seen.box = area->region;
    if (seen.box.width < 8 || seen.box.height < 8 ||
        seen.box.x + seen.box.width > part->bits.width ||
        seen.box.y + seen.box.height > part->bits.height)
        return false;
    const struct bits *bits = part->inverted ? &part->bits : &reader->whole[0];
    grade_matrix(bits, reader->dpi, &seen, &grade);
    bits_whiten(&part->bits, grade.box);
    grade.box.x += part->x;
    grade.box.y += part->y;
    reader_add(reader, &grade, false);
    return true;
}

bool read_sight(struct reader *reader, struct part *part, const struct sight *sight)
{
    struct area area = show_area(reader, &part->bits, sight);
    struct look look = {.dots = reader->dots,
                        .width = (int)area.width,
                        .height = (int)area.height,
                        .kinds = sight->kinds,
                        .turned = true,
                        .pure = sight->pure};
    for (unsigned i = 0; i < REFUSED_MAX && look.kinds != 0; i++) {
        if (!zxing_look(&look, &reader->looked)) return false;
        if (add_area_matrix(reader, &area, part)) return true;
        look.kinds &= ~CODE_BIT(reader->looked.kind);
    }
    return false;
}
