/* label_fit.c - see label_fit.h.
 *
 * Rules. Bars keep their quiet zones inside the width they were given and have the widest modules
 * that fit, or are refused: narrower ones would not scan. Text is never wider than its block: it is
 * set smaller, down to half of its height, and what then still does not fit is cut. */
#include "drivers/label_fit.h"

#define CODE128_QUIET_MODULES 10u
#define CODE128_MODULE_MIN_UM 250u /* GS1's least for general distribution; dots of 203 dpi: 2 */
#define CODE128_MODULE_MAX_UM 500u
#define TEXT_LOWEST_PERCENT 50u
#define TEXT_NARROWEST_PERCENT 60u

unsigned label_dots_per_mm(unsigned dpi)
{
    switch (dpi) {
    case 152: return 6;
    case 203: return 8;
    case 300: return 12;
    case 600: return 24;
    default: return 0;
    }
}

unsigned label_dots(unsigned length_dmm, unsigned dots_per_mm)
{
    return length_dmm * dots_per_mm / 10;
}

bool label_holds(const struct label *label, const struct label_item *item)
{
    return item->x_dmm + item->width_dmm <= label->width_dmm &&
           item->y_dmm + item->height_dmm <= label->height_dmm;
}

bool label_text_is_sayable(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] == 0x7F) return false;
    }
    return bytes_are_utf8_text(text);
}

bool label_text_is_ascii(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~') return false;
    }
    return text.len > 0;
}

/* ---- bars
 * ------------------------------------------------------------------------------------ */

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Symbols between start and check: runs of four digits or more go two by two, an odd one first by
 * itself. */
static unsigned code128_symbols(struct bytes text)
{
    unsigned symbols = 0;
    bool pairs = false;
    size_t at = 0;
    while (at < text.len) {
        size_t run = 0;
        while (at + run < text.len && is_digit(text.data[at + run])) run++;
        if (run < 4) {
            size_t plain = run > 0 ? run : 1;
            symbols += (unsigned)plain + (pairs ? 1 : 0);
            pairs = false;
            at += plain;
            continue;
        }
        symbols += (unsigned)(run / 2 + run % 2) + (at > 0 || run % 2 > 0 ? 1 : 0);
        pairs = true;
        at += run;
    }
    return symbols;
}

unsigned label_code128_modules(struct bytes text)
{
    return 11 * (code128_symbols(text) + 2) + 13;
}

bool label_fit_bars(unsigned room_dots, unsigned modules, unsigned dots_per_mm,
                    struct label_bars *out)
{
    unsigned module = room_dots / (modules + 2 * CODE128_QUIET_MODULES);
    unsigned most = CODE128_MODULE_MAX_UM * dots_per_mm / 1000;
    unsigned least = (CODE128_MODULE_MIN_UM * dots_per_mm + 999) / 1000;
    if (module < least) return false;
    if (module > most) module = most;
    *out = (struct label_bars){.module = module, .margin = (room_dots - module * modules) / 2};
    return true;
}

/* ---- text of fixed pitch
 * --------------------------------------------------------------------- */

struct bytes label_take_line(struct bytes *rest, unsigned columns)
{
    struct bytes text = *rest;
    size_t len = columns;
    ENSURE(columns > 0);
    if (text.len <= len) {
        *rest = BYTES_NONE;
        return text;
    }
    while (len > 0 && text.data[len] != ' ') len--;
    if (len == 0) len = columns; /* one long word */
    *rest = bytes_trim(bytes_from(text, len));
    return bytes_slice(text, 0, len);
}

static bool has_room(struct bytes text, unsigned columns, unsigned lines)
{
    for (unsigned i = 0; i < lines && text.len > 0; i++) (void)label_take_line(&text, columns);
    return text.len == 0;
}

struct choice {
    struct label_face face;
    bool whole;
    bool any;
};

static unsigned face_height(const struct label_face *face)
{
    return face->font->height * face->down;
}

static bool is_better(const struct label_face *face, bool whole, const struct choice *best)
{
    if (!best->any || whole != best->whole) return !best->any || whole;
    if (!whole && face->columns != best->face.columns) return face->columns > best->face.columns;
    unsigned height = face_height(face), best_height = face_height(&best->face);
    if (height != best_height) return height > best_height;
    /* A letter of a large font is better than a small one blown up. */
    return face->down != best->face.down ? face->down < best->face.down
                                         : face->columns < best->face.columns;
}

static void consider(struct choice *best, struct bytes text, unsigned room_dots, unsigned lines,
                     struct label_face face)
{
    face.columns = room_dots / (face.font->width * face.across);
    if (face.columns == 0) return;
    bool whole = has_room(text, face.columns, lines);
    if (is_better(&face, whole, best)) {
        *best = (struct choice){.face = face, .whole = whole, .any = true};
    }
}

bool label_fit_text(struct bytes text, unsigned room_dots, unsigned height_dots, unsigned lines,
                    const struct label_fonts *fonts, struct label_face *out)
{
    struct choice best = {.any = false};
    for (size_t i = 0; i < fonts->count; i++) {
        struct label_face face = {.font = &fonts->fonts[i]};
        for (face.down = 1; face.down <= fonts->times_max; face.down++) {
            unsigned height = face_height(&face);
            if (height > height_dots || height * 100 < height_dots * TEXT_LOWEST_PERCENT) continue;
            face.across = (face.down * TEXT_NARROWEST_PERCENT + 99) / 100;
            for (; face.across <= face.down; face.across++)
                consider(&best, text, room_dots, lines, face);
        }
    }
    struct label_face least = {.font = &fonts->fonts[0], .across = 1, .down = 1};
    if (!best.any) consider(&best, text, room_dots, lines, least);
    if (best.any) *out = best.face;
    return best.any;
}

bool label_ascii(const char *text, char *out_text, size_t size)
{
    struct bytes rest = bytes_trim(bytes_of_text(text));
    size_t len = 0;
    if (!label_text_is_sayable(rest)) return false;
    while (rest.len > 0 && len + 1 < size) {
        size_t sequence = bytes_utf8_sequence(rest);
        out_text[len++] = (char)(sequence == 1 ? rest.data[0] : '?');
        rest = bytes_from(rest, sequence);
    }
    out_text[len] = '\0';
    return true;
}
