/* label_walk.h - draws a label item by item for printers whose fonts are of fixed pitch and ASCII:
 * it decides places, sizes and line breaks; a language writes each piece in its own words. */
#ifndef PACKD_DRIVERS_LABEL_WALK_H
#define PACKD_DRIVERS_LABEL_WALK_H

#include "drivers/label_fit.h"
#include "hal/base/textbuf.h"

struct label_spot { /* dots */
    unsigned x, y, width, height;
};

struct label_language {
    const struct label_font *fonts; /* the smallest first */
    size_t font_count;
    unsigned times_max;
    /* Width of the symbol without quiet zones; 0: these bars cannot be said exactly. */
    unsigned (*bar_modules)(struct bytes text);
    /* One line of text; its characters are printable ASCII and must not become commands. */
    void (*put_text)(struct textbuf *out, const struct label_spot *spot,
                     const struct label_face *face, struct bytes line);
    void (*put_bars)(struct textbuf *out, const struct label_spot *spot, unsigned module,
                     struct bytes text);
    void (*put_line)(struct textbuf *out, const struct label_spot *spot);
    /* Languages that only know "further down": feeds so many dots. NULL: each piece has a place. */
    void (*feed)(struct textbuf *out, unsigned dots);
};

/* False when an item is not on the label, a text cannot be said or bars do not fit. Without places,
 * what would lie beside or over the piece before comes below it. */
bool label_walk(const struct label *label, unsigned dots_per_mm,
                const struct label_language *language, struct textbuf *out);

#endif
