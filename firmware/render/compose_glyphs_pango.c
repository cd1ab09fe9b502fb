/* compose_glyphs_pango.c - see compose_glyphs.h.
 *
 * Dots as Cairo makes them: a letter is fitted to the dots by its font's own program, begins at
 * the nearest whole dot, and adds to what is there, so that strokes that meet leave no gap. That
 * program is most of the cost, so letters are kept, in little room: when it is full, all go. */
#include "firmware/render/compose_glyphs.h"

#include <fontconfig/fontconfig.h>
#include <fontconfig/fcfreetype.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_SIZES_H
#include <math.h>
#include <pango/pangofc-font.h>
#include <string.h>

#define KEPT_PLACES 2048u /* a power of two */
#define KEPT_MAX (KEPT_PLACES / 4 * 3)
#define KEPT_BYTES (320u * 1024u)
#define KEPT_LETTER_BYTES (8u * 1024u) /* larger ones are rare on a label, and drawn each time */

struct letter {
    int left, top; /* of its first dot, from where it begins on its line; up is positive */
    unsigned width, rows;
    size_t step;
    const uint8_t *dots;
};

struct kept {
    FT_Face face; /* NULL: the place is free */
    FT_F26Dot6 size;
    PangoGlyph glyph;
    struct letter letter;
};

struct pen { /* letters of one font and size */
    FT_Face face;
    FT_F26Dot6 size;
    double scale;
    FT_Size before; /* the face's own, which is Cairo's; NULL: it is still set */
    const struct glyph_page *page;
};

static struct {
    struct kept places[KEPT_PLACES];
    unsigned count;
    uint8_t dots[KEPT_BYTES];
    size_t used;
} kept;

static FT_Face face_of(PangoFont *font)
{
    FT_Face face = NULL;
    if (font == NULL || !PANGO_IS_FC_FONT(font)) return NULL;
    FcPattern *pattern = pango_fc_font_get_pattern(PANGO_FC_FONT(font));
    if (FcPatternGetFTFace(pattern, FC_FT_FACE, 0, &face) != FcResultMatch) return NULL;
    return face;
}

/* ---- letters that are kept ------------------------------------------------------------------ */

/* Where it is, or where it would be. */
static struct kept *place_of(const struct pen *pen, PangoGlyph glyph)
{
    uint64_t key = (uint64_t)(uintptr_t)pen->face ^ (uint64_t)pen->size << 32 ^ glyph;
    size_t at = (size_t)(key * 0x9E3779B97F4A7C15u >> 40);
    for (;; at++) {
        struct kept *place = &kept.places[at % KEPT_PLACES];
        bool same = place->face == pen->face && place->size == pen->size && place->glyph == glyph;
        if (same || place->face == NULL) return place;
    }
}

static void keep(const struct pen *pen, PangoGlyph glyph, struct letter *letter)
{
    size_t bytes = (size_t)letter->width * letter->rows;
    if (bytes > KEPT_LETTER_BYTES) return;
    if (kept.count == KEPT_MAX || bytes > KEPT_BYTES - kept.used) {
        memset(kept.places, 0, sizeof kept.places);
        kept.count = 0;
        kept.used = 0;
    }
    uint8_t *dots = kept.dots + kept.used;
    for (unsigned row = 0; row < letter->rows; row++)
        memcpy(dots + (size_t)row * letter->width, letter->dots + row * letter->step,
               letter->width);
    letter->dots = dots;
    letter->step = letter->width;
    *place_of(pen, glyph) = (struct kept){pen->face, pen->size, glyph, *letter};
    kept.used += bytes;
    kept.count++;
}

/* A second size for each face, made when it is first wanted and then the face's. Setting it, even
 * to what it is, makes the font fit itself anew, so what it is set to is remembered. */
static bool set_size(struct pen *pen)
{
    FT_Face face = pen->face;
    FT_Size ours = face->generic.data;
    if (pen->before != NULL) return true;
    if (ours == NULL && FT_New_Size(face, &ours) != 0) return false;
    face->generic.data = ours;
    pen->before = face->size;
    if (FT_Activate_Size(ours) != 0) return false;
    if ((FT_F26Dot6)(intptr_t)ours->generic.data == pen->size) return true;
    ours->generic.data = (void *)(intptr_t)pen->size; /* NOLINT(performance-no-int-to-ptr) */
    return FT_Set_Char_Size(face, pen->size, pen->size, 0, 0) == 0;
}

static bool load(struct pen *pen, PangoGlyph glyph, struct letter *out)
{
    const struct kept *known = place_of(pen, glyph);
    if (known->face != NULL) {
        *out = known->letter;
        return true;
    }
    if (!set_size(pen) ||
        FT_Load_Glyph(pen->face, glyph, FT_LOAD_TARGET_NORMAL | FT_LOAD_NO_BITMAP) != 0 ||
        FT_Render_Glyph(pen->face->glyph, FT_RENDER_MODE_NORMAL) != 0)
        return false;
    FT_GlyphSlot slot = pen->face->glyph;
    if (slot->bitmap.pixel_mode != FT_PIXEL_MODE_GRAY || slot->bitmap.pitch < 0) return false;
    *out = (struct letter){slot->bitmap_left, slot->bitmap_top,           slot->bitmap.width,
                           slot->bitmap.rows, (size_t)slot->bitmap.pitch, slot->bitmap.buffer};
    keep(pen, glyph, out);
    return true;
}

/* ---- drawn ---------------------------------------------------------------------------------- */

static uint8_t add_ink(uint8_t below, uint8_t ink)
{
    unsigned sum = (unsigned)below + ink;
    return (uint8_t)(sum < 255 ? sum : 255);
}

static void lay_down(const struct letter *letter, int x, int y, const struct glyph_page *page)
{
    int left = x + letter->left, top = y - letter->top;
    for (int row = 0; row < (int)letter->rows; row++) {
        if (top + row < 0 || top + row >= (int)page->height) continue;
        const uint8_t *from = letter->dots + (size_t)row * letter->step;
        uint8_t *to = page->rows + (size_t)(top + row) * page->stride;
        for (int i = 0; i < (int)letter->width; i++) {
            int at = left + i;
            if (from[i] != 0 && at >= 0 && at < (int)page->width) to[at] = add_ink(to[at], from[i]);
        }
    }
}

static int nearest_dot(double units, double scale)
{
    return (int)floor(units * scale / PANGO_SCALE + 0.5);
}

/* From (`x`, `base`) in Pango's units, `top` dots further down. */
static void draw_run(struct pen *pen, const PangoGlyphString *glyphs, int x, int base, int top)
{
    struct letter letter;
    for (int i = 0; i < glyphs->num_glyphs; i++) {
        const PangoGlyphInfo *info = &glyphs->glyphs[i];
        const PangoGlyphGeometry *at = &info->geometry;
        bool drawn =
            info->glyph != PANGO_GLYPH_EMPTY && (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG) == 0;
        if (drawn && load(pen, info->glyph, &letter))
            lay_down(&letter, nearest_dot(x + at->x_offset, pen->scale),
                     top + nearest_dot(base + at->y_offset, pen->scale), pen->page);
        x += at->width;
    }
}

void glyphs_draw(PangoLayout *layout, double scale, int y, const struct glyph_page *page)
{
    FT_F26Dot6 size = (FT_F26Dot6)(scale * GLYPHS_BASE_PIXELS * 64.0 + 0.5); /* 64ths of a dot */
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    do {
        PangoRectangle box;
        const PangoLayoutRun *run = pango_layout_iter_get_run_readonly(at);
        FT_Face face = run == NULL ? NULL : face_of(run->item->analysis.font);
        if (face == NULL) continue; /* the end of a line */
        struct pen pen = {face, size, scale, NULL, page};
        pango_layout_iter_get_run_extents(at, NULL, &box);
        draw_run(&pen, run->glyphs, box.x, pango_layout_iter_get_run_baseline(at), y);
        if (pen.before != NULL) (void)FT_Activate_Size(pen.before);
    } while (pango_layout_iter_next_run(at));
    pango_layout_iter_free(at);
}
