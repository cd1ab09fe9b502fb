/* compose_text.h - texts: how large they become, and how they are drawn. By Pango and Cairo, from
 * files that are opened once: text_fonts() says which. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_TEXT_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_TEXT_H

#include "firmware/render/bits.h"
#include "firmware/render/template.h"

#define TEXT_FONTS_MAX 32u

struct text_engine;

/* The only one of the process, made at the first call. NULL: no memory, or none of the fonts is
 * there. */
struct text_engine *text_engine(void);
/* Draws all scripts once, and gives back what reading the fonts took beyond its need. From then on
 * no file is opened and no thread begun. */
void text_engine_settle(struct text_engine *engine);
/* Gives back the pages of the fonts' files; what is drawn next brings back what it needs. */
void text_engine_rest(struct text_engine *engine);
/* The paths of the files it holds open; the returned list is the engine's. */
size_t text_fonts(const struct text_engine *engine, const char *const **out_paths);
bool text_covers(void *engine, uint32_t character);

struct text_wish {
    struct bytes text; /* UTF-8 */
    uint32_t size_most, size_least;
    unsigned lines;
    bool bold, tight, white;
    enum place across, down;
    unsigned dpi;
};

struct text_fit {
    uint32_t size;
    unsigned width, height; /* dots */
    int rise;               /* how much of the first line's height is left away */
    unsigned shown;         /* lines */
    bool cut;
    size_t kept; /* cut, of several lines: bytes before the ellipsis */
};

/* The largest size at which it goes into `width` and `height`; height 0: as high as it needs. */
void text_fit(struct text_engine *engine, const struct text_wish *wish, unsigned width,
              unsigned height, struct text_fit *out);

struct place_dots {
    int x, y;
    unsigned width, height;
};
/* Never draws outside of `place`. */
void text_draw_bits(struct text_engine *engine, const struct text_wish *wish,
                    const struct text_fit *fit, struct place_dots place, struct bits *bits);
/* On a Cairo context whose units are dots. */
void text_draw_cairo(struct text_engine *engine, const struct text_wish *wish,
                     const struct text_fit *fit, struct place_dots place, void *cairo);

#endif
