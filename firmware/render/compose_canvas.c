/* compose_canvas.c - see compose_canvas.h. Everything with straight edges lies on whole dots. */
#include "firmware/render/compose_canvas.h"

#include <stdlib.h>
#include <string.h>

unsigned canvas_dots(const struct canvas *canvas, uint32_t um)
{
    /* 203 stands for 8 dots a millimetre: 203.2. */
    uint64_t per_metre = canvas->dpi == 203 ? 8000 : (uint64_t)canvas->dpi * 1000000 / 25400;
    uint64_t dots = ((uint64_t)um * per_metre + 500000) / 1000000;
    return dots == 0 && um > 0 ? 1 : (unsigned)dots;
}

static void tell(struct canvas *canvas, enum drawn drawn, struct place_dots place)
{
    if (canvas->watch != NULL) canvas->watch(canvas->watcher, drawn, place);
}

static void fill_row(struct bits *bits, unsigned y, unsigned from, unsigned to, bool white)
{
    uint8_t *row = bits->rows + y * bits->bytes_per_row;
    for (unsigned x = from; x < to;) {
        uint8_t mask = (uint8_t)(0xFFu >> (x % 8));
        unsigned next = (x / 8 + 1) * 8;
        if (next > to) mask = (uint8_t)(mask & (0xFFu << (next - to)));
        row[x / 8] = white ? (uint8_t)(row[x / 8] & ~mask) : (uint8_t)(row[x / 8] | mask);
        x = next;
    }
}

void canvas_fill(struct canvas *canvas, struct place_dots place, bool white)
{
    struct bits *bits = canvas->bits;
    if (canvas->cairo != NULL) shapes_fill(canvas->cairo, place, white);
    if (bits == NULL || place.x < 0 || place.y < 0) return;
    unsigned left = (unsigned)place.x, top = (unsigned)place.y;
    if (left >= bits->width || top >= bits->height) return;
    unsigned right = place.width < bits->width - left ? left + place.width : bits->width;
    unsigned below = place.height < bits->height - top ? top + place.height : bits->height;
    for (unsigned y = top; y < below; y++) fill_row(bits, y, left, right, white);
}

void canvas_line(struct canvas *canvas, struct place_dots place, bool white)
{
    tell(canvas, DRAWN_LINE, place);
    canvas_fill(canvas, place, white);
}

void canvas_frame(struct canvas *canvas, struct place_dots place, unsigned thick, bool white)
{
    if (place.width < 2 * thick || place.height < 2 * thick) return;
    struct place_dots side = place;
    side.height = thick;
    canvas_fill(canvas, side, white);
    side.y = place.y + (int)(place.height - thick);
    canvas_fill(canvas, side, white);
    side = place;
    side.width = thick;
    canvas_fill(canvas, side, white);
    side.x = place.x + (int)(place.width - thick);
    canvas_fill(canvas, side, white);
}

void canvas_text(struct canvas *canvas, const struct text_wish *wish, const struct text_fit *fit,
                 struct place_dots place)
{
    tell(canvas, DRAWN_TEXT, place);
    if (canvas->bits != NULL) text_draw_bits(canvas->fonts, wish, fit, place, canvas->bits);
    if (canvas->cairo != NULL) text_draw_cairo(canvas->fonts, wish, fit, place, canvas->cairo);
}

static bool image_black(const struct image *image, unsigned x, unsigned y)
{
    return (image->rows[y * image->bytes_per_row + x / 8] >> (7 - x % 8) & 1) != 0;
}

/* Is most of what becomes this dot black? */
static bool is_mostly_black(const struct image *image, struct place_dots place, unsigned x,
                            unsigned y)
{
    unsigned left = (unsigned)((uint64_t)x * image->width / place.width);
    unsigned right = (unsigned)((uint64_t)(x + 1) * image->width / place.width);
    unsigned top = (unsigned)((uint64_t)y * image->height / place.height);
    unsigned below = (unsigned)((uint64_t)(y + 1) * image->height / place.height);
    unsigned black = 0, all = 0;
    if (right <= left) right = left + 1;
    if (below <= top) below = top + 1;
    for (unsigned j = top; j < below && j < image->height; j++) {
        for (unsigned i = left; i < right && i < image->width; i++) {
            black += image_black(image, i, j) ? 1 : 0;
            all++;
        }
    }
    return black * 2 > all;
}

void canvas_image(struct canvas *canvas, const struct image *image, struct place_dots place,
                  bool white)
{
    tell(canvas, DRAWN_SHAPE, place);
    if (place.width == 0 || place.height == 0 || (canvas->bits == NULL && canvas->cairo == NULL))
        return;
    for (unsigned y = 0; y < place.height; y++) {
        unsigned from = 0;
        bool before = false;
        for (unsigned x = 0; x <= place.width; x++) {
            bool black = x < place.width && is_mostly_black(image, place, x, y);
            if (black && !before) from = x;
            struct place_dots run = {place.x + (int)from, place.y + (int)y, x - from, 1};
            if (!black && before) canvas_fill(canvas, run, white);
            before = black;
        }
    }
}

void canvas_symbol(struct canvas *canvas, const struct symbol *symbol, int x, int y,
                   unsigned module, unsigned bar_height)
{
    unsigned high = symbol->row_height > 0 ? symbol->row_height * module : bar_height;
    struct place_dots whole = {x, y, module * (symbol->columns + 2 * symbol->quiet),
                               2 * symbol->quiet_down * module + symbol->rows * high};
    tell(canvas, DRAWN_SYMBOL, whole);
    canvas->symbols++;
    for (unsigned row = 0; row < symbol->rows; row++) {
        const uint8_t *modules = symbol->modules + (size_t)row * symbol->columns;
        for (unsigned from = 0, to; from < symbol->columns; from = to) {
            for (to = from + 1; to < symbol->columns && modules[to] == modules[from];) to++;
            struct place_dots bar = {x + (int)((symbol->quiet + from) * module),
                                     y + (int)(symbol->quiet_down * module + row * high),
                                     (to - from) * module, high};
            if (modules[from] != 0) canvas_fill(canvas, bar, false);
        }
    }
}

void canvas_mark(struct canvas *canvas, enum mark_kind mark, struct bytes text,
                 struct place_dots place, bool white)
{
    tell(canvas, DRAWN_SHAPE, place);
    if (canvas->bits != NULL) shapes_mark_bits(mark, place, white, canvas->bits);
    if (canvas->cairo != NULL) shapes_mark(canvas->cairo, mark, place, white);
    if (text.len == 0 || place.height < 8) return;
    /* What a diamond says stands in the lower half of it, where it is widest. */
    struct text_wish wish = {.text = text,
                             .size_most = 3000,
                             .size_least = 400,
                             .lines = 1,
                             .bold = true,
                             .tight = true,
                             .white = white,
                             .across = PLACE_MIDDLE,
                             .down = PLACE_MIDDLE,
                             .dpi = canvas->dpi};
    struct place_dots inside = {place.x + (int)(place.width * 22 / 100),
                                place.y + (int)(place.height * 54 / 100), place.width * 56 / 100,
                                place.height * 16 / 100};
    struct text_fit fit;
    text_fit(canvas->fonts, &wish, inside.width, inside.height, &fit);
    canvas_text(canvas, &wish, &fit, inside);
}

/* ---- images --------------------------------------------------------------------------------- */

static void skip_blanks(struct bytes *rest)
{
    while (rest->len > 0) {
        uint8_t one = rest->data[0];
        if (one == '#') {
            *rest = bytes_from(*rest, bytes_find_byte(*rest, '\n'));
            continue;
        }
        if (one != ' ' && one != '\n' && one != '\r' && one != '\t') return;
        *rest = bytes_from(*rest, 1);
    }
}

static bool take_number(struct bytes *rest, unsigned *out)
{
    size_t len = 0;
    uint64_t number;
    skip_blanks(rest);
    while (len < rest->len && rest->data[len] >= '0' && rest->data[len] <= '9') len++;
    if (!bytes_to_u64(bytes_slice(*rest, 0, len), IMAGE_SIDE_MAX, &number) || number == 0)
        return false;
    *rest = bytes_from(*rest, len);
    *out = (unsigned)number;
    return true;
}

static bool read_plain(struct bytes rest, struct image *out)
{
    for (unsigned y = 0; y < out->height; y++) {
        for (unsigned x = 0; x < out->width; x++) {
            skip_blanks(&rest);
            if (rest.len == 0 || (rest.data[0] != '0' && rest.data[0] != '1')) return false;
            if (rest.data[0] == '1')
                out->rows[y * out->bytes_per_row + x / 8] |= (uint8_t)(0x80u >> (x % 8));
            rest = bytes_from(rest, 1);
        }
    }
    return true;
}

bool image_read(struct bytes file, struct image *out)
{
    struct bytes rest = bytes_from(file, 2);
    bool plain = bytes_start_with(file, "P1");
    if (!plain && !bytes_start_with(file, "P4")) return false;
    if (!take_number(&rest, &out->width) || !take_number(&rest, &out->height)) return false;
    rest = bytes_from(rest, 1); /* the one blank before the dots */
    out->bytes_per_row = (out->width + 7) / 8;
    size_t size = out->bytes_per_row * out->height;
    if (!plain && rest.len < size) return false;
    out->rows = calloc(1, size);
    if (out->rows == NULL) return false;
    if (!plain) memcpy(out->rows, rest.data, size);
    if (!plain || read_plain(rest, out)) return true;
    free(out->rows);
    out->rows = NULL;
    return false;
}
