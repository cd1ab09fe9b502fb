/* compose_glyphs.h - the letters of a layout as grey dots, one by one by FreeType.
 *
 * Cairo would do it too, but it keeps letters of every size until there are many thousands of them,
 * and fits the whole font to its dots anew for nearly every one that it has not. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_GLYPHS_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_GLYPHS_H

#include <pango/pango.h>

#include "hal/base/bytes.h"

#define GLYPHS_BASE_PIXELS 64 /* at which size every layout is made */

struct glyph_page { /* 0 is paper, 255 ink */
    uint8_t *rows;
    unsigned width, height;
    size_t stride;
};

/* The layout from its upper left corner at (0, `y`), `scale` dots a pixel of Pango. What lies
 * outside of the page is left away. */
void glyphs_draw(PangoLayout *layout, double scale, int y, const struct glyph_page *page);

#endif
