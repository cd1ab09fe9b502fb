/* label_walk.c - see label_walk.h. */
#include "drivers/label_walk.h"

struct walk {
    const struct label_language *language;
    struct textbuf *out;
    unsigned dots_per_mm;
    unsigned fed; /* how far down the paper is, in dots */
};

static void go_down(struct walk *walk, unsigned y)
{
    if (walk->language->feed == NULL || y <= walk->fed) return;
    walk->language->feed(walk->out, y - walk->fed);
    walk->fed = y;
}

static bool walk_text(struct walk *walk, const struct label_item *item, struct label_spot spot)
{
    char text[LABEL_TEXT_SIZE];
    const struct label_language *language = walk->language;
    const struct label_fonts fonts = {language->fonts, language->font_count, language->times_max};
    struct label_face face;
    unsigned lines = item->lines > 0 ? item->lines : 1;
    if (!label_ascii(item->text, text, sizeof text)) return false;
    struct bytes rest = bytes_of_text(text);
    if (!label_fit_text(rest, spot.width, spot.height, lines, &fonts, &face)) return false;
    for (unsigned line = 0; line < lines && rest.len > 0; line++) {
        go_down(walk, spot.y);
        language->put_text(walk->out, &spot, &face, label_take_line(&rest, face.columns));
        walk->fed += face.font->height * face.down;
        spot.y += spot.height;
    }
    return true;
}

static bool walk_bars(struct walk *walk, const struct label_item *item, struct label_spot spot)
{
    struct bytes text = bytes_of_text(item->text);
    struct label_bars bars;
    unsigned modules = label_text_is_ascii(text) ? walk->language->bar_modules(text) : 0;
    bool fits = modules > 0 && label_fit_bars(spot.width, modules, walk->dots_per_mm, &bars);
    if (!fits) return false;
    go_down(walk, spot.y);
    spot.x += bars.margin;
    spot.width = bars.module * modules;
    walk->language->put_bars(walk->out, &spot, bars.module, text);
    walk->fed += spot.height;
    return true;
}

static void walk_line(struct walk *walk, struct label_spot spot)
{
    if (spot.height == 0) spot.height = 1;
    go_down(walk, spot.y);
    walk->language->put_line(walk->out, &spot);
    walk->fed += spot.height;
}

static bool walk_item(struct walk *walk, const struct label_item *item)
{
    const struct label_spot spot = {.x = label_dots(item->x_dmm, walk->dots_per_mm),
                                    .y = label_dots(item->y_dmm, walk->dots_per_mm),
                                    .width = label_dots(item->width_dmm, walk->dots_per_mm),
                                    .height = label_dots(item->height_dmm, walk->dots_per_mm)};
    switch (item->kind) {
    case LABEL_TEXT: return item->text[0] == '\0' || walk_text(walk, item, spot);
    case LABEL_CODE128: return walk_bars(walk, item, spot);
    case LABEL_LINE: walk_line(walk, spot); return true;
    }
    ensure_failed("item kind is one of the list", __FILE__, __LINE__);
}

bool label_walk(const struct label *label, unsigned dots_per_mm,
                const struct label_language *language, struct textbuf *out)
{
    struct walk walk = {.language = language, .out = out, .dots_per_mm = dots_per_mm};
    ENSURE(label->count <= LABEL_ITEMS_MAX);
    if (dots_per_mm == 0) return false;
    for (size_t i = 0; i < label->count; i++) {
        const struct label_item *item = &label->items[i];
        if (!label_holds(label, item) || !walk_item(&walk, item)) return false;
    }
    return true;
}
