/* compose_pango.c - texts by Pango and Cairo; see compose_text.h.
 *
 * The fonts are files that are named here, in a font configuration of our own, so that a label
 * looks the same on every box. Each file is opened once, here; Cairo would close and open them
 * again as it likes, so it is given faces that are open. Sizes come from a ladder: every size is a
 * set of glyphs that stays in memory. */
#include <cairo-ft.h>
#include <fontconfig/fcfreetype.h>
#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "firmware/render/compose_text.h"

#define FAMILIES "Noto Sans, DejaVu Sans"
#define LINE_SPACING 0.9f
#define PATH_SIZE 160
/* Nothing larger is drawn at once: a label of 8 by 4 inches at 600 dpi. */
#define SURFACE_MAX ((size_t)(12u * 1024u * 1024u))
#define SURFACE_KEPT ((size_t)(512u * 1024u))

static const char *const folders[] = {"/usr/share/fonts/truetype/noto", "/usr/share/fonts/noto",
                                      "/usr/share/fonts/google-noto"};
static const char *const scripts[] = {"",          "Devanagari", "Kannada",  "Tamil",
                                      "Bengali",   "Gujarati",   "Telugu",   "Malayalam",
                                      "Gurmukhi",  "Oriya",      "Arabic"};
static const char *const last_resort[] = {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
                                          "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"};
/* "Label" in each script, so that every file is read and every shaper made before the cell. */
static const char warm_text[] = "Label ₹ 560034 … □ लेबल क्षत्रिय ಕರ್ನಾಟಕ தமிழ் লেবেল લેબલ లేబుల్ ലേബൽ ਲੇਬਲ ଲେବଲ "
                                "لیبل";
/* Hundredths of a point. */
static const uint32_t ladder[] = {400,  450,  500,  550,  600,  650,  700,  750,  800,  850,
                                  900,  950,  1000, 1100, 1200, 1300, 1400, 1600, 1800, 2000,
                                  2200, 2400, 2700, 3000, 3300, 3600, 4000, 4500, 5000, 5600,
                                  6400, 7200, 8000, 9600, 12000, 16000};

struct text_engine {
    FcConfig *config;
    FT_Library freetype;
    FT_Face faces[TEXT_FONTS_MAX];
    char paths[TEXT_FONTS_MAX][PATH_SIZE];
    const char *path_list[TEXT_FONTS_MAX];
    size_t count;
    FcCharSet *covered;
    PangoFontMap *map;
    PangoContext *dots, *vector;
    PangoLayout *layout[2]; /* of each */
    uint8_t *surface;
    size_t surface_size;
};

/* ---- the files ------------------------------------------------------------------------------ */

/* The font as a face that stays open, known to fontconfig with that face. */
static void add_font(struct text_engine *engine, const char *path)
{
    FcFontSet *set;
    size_t at = engine->count;
    if (at == TEXT_FONTS_MAX || access(path, R_OK) != 0) return;
    if (FT_New_Face(engine->freetype, path, 0, &engine->faces[at]) != 0) return;
    if (!FcConfigAppFontAddFile(engine->config, (const FcChar8 *)path)) {
        (void)FT_Done_Face(engine->faces[at]);
        return;
    }
    (void)snprintf(engine->paths[at], PATH_SIZE, "%s", path);
    engine->path_list[at] = engine->paths[at];
    engine->count++;
    set = FcConfigGetFonts(engine->config, FcSetApplication);
    FcPattern *pattern = set->fonts[set->nfont - 1];
    (void)FcPatternAddFTFace(pattern, FC_FT_FACE, engine->faces[at]);
    FcCharSet *charset = NULL;
    if (FcPatternGetCharSet(pattern, FC_CHARSET, 0, &charset) == FcResultMatch)
        (void)FcCharSetMerge(engine->covered, charset, NULL);
}

static void add_fonts(struct text_engine *engine)
{
    static const char *const weights[] = {"Regular", "Bold"};
    char path[PATH_SIZE];
    for (size_t i = 0; i < ARRAY_LEN(folders) && engine->count == 0; i++) {
        for (size_t j = 0; j < 2 * ARRAY_LEN(scripts); j++) {
            (void)snprintf(path, sizeof path, "%s/NotoSans%s-%s.ttf", folders[i], scripts[j / 2],
                           weights[j % 2]);
            add_font(engine, path);
        }
        (void)snprintf(path, sizeof path, "%s/NotoSansSymbols2-Regular.ttf", folders[i]);
        if (engine->count > 0) add_font(engine, path);
    }
    for (size_t i = 0; i < ARRAY_LEN(last_resort) && engine->count < i + 1; i++)
        add_font(engine, last_resort[i]);
}

size_t text_fonts(const struct text_engine *engine, const char *const **out_paths)
{
    *out_paths = engine->path_list;
    return engine->count;
}

bool text_covers(void *engine, uint32_t character)
{
    return FcCharSetHasChar(((struct text_engine *)engine)->covered, character) != 0;
}

/* ---- made and freed ------------------------------------------------------------------------- */

static PangoContext *make_context(struct text_engine *engine, bool vector)
{
    PangoContext *context = pango_font_map_create_context(engine->map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, vector ? CAIRO_HINT_STYLE_NONE
                                                      : CAIRO_HINT_STYLE_FULL);
    cairo_font_options_set_hint_metrics(options,
                                        vector ? CAIRO_HINT_METRICS_OFF : CAIRO_HINT_METRICS_ON);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_language(context, pango_language_from_string("en-in"));
    pango_context_set_round_glyph_positions(context, !vector);
    return context;
}

static void warm_up(struct text_engine *engine)
{
    for (unsigned i = 0; i < 4; i++) {
        struct text_wish wish = {.text = bytes_of_text(warm_text),
                                 .size_most = 1000,
                                 .size_least = 1000,
                                 .lines = 4,
                                 .bold = i % 2 == 1,
                                 .vector = i >= 2,
                                 .dpi = 203};
        struct text_fit fit;
        uint8_t rows[50 * 400];
        struct bits bits = {.width = 400, .height = 400, .bytes_per_row = 50, .rows = rows};
        memset(rows, 0, sizeof rows);
        text_fit(engine, &wish, 400, 400, &fit);
        text_draw_bits(engine, &wish, &fit, (struct place_dots){0, 0, 400, 400}, &bits);
    }
}

struct text_engine *text_engine_make(void)
{
    struct text_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) return NULL;
    engine->config = FcConfigCreate();
    engine->covered = FcCharSetCreate();
    bool good = engine->config != NULL && engine->covered != NULL &&
                FT_Init_FreeType(&engine->freetype) == 0;
    if (good) add_fonts(engine);
    if (!good || engine->count == 0) {
        text_engine_free(engine);
        return NULL;
    }
    engine->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(engine->map), engine->config);
    engine->dots = make_context(engine, false);
    engine->vector = make_context(engine, true);
    engine->layout[0] = pango_layout_new(engine->dots);
    engine->layout[1] = pango_layout_new(engine->vector);
    warm_up(engine);
    return engine;
}

void text_engine_free(struct text_engine *engine)
{
    if (engine == NULL) return;
    for (size_t i = 0; i < 2; i++) g_clear_object(&engine->layout[i]);
    g_clear_object(&engine->dots);
    g_clear_object(&engine->vector);
    g_clear_object(&engine->map);
    /* Cairo may keep scaled fonts that use our faces: they are not closed before the end. */
    if (engine->covered != NULL) FcCharSetDestroy(engine->covered);
    if (engine->config != NULL) FcConfigDestroy(engine->config);
    free(engine->surface);
    free(engine);
}

/* ---- how large ------------------------------------------------------------------------------ */

static PangoLayout *layout_of(struct text_engine *engine, const struct text_wish *wish)
{
    PangoContext *context = wish->vector ? engine->vector : engine->dots;
    PangoLayout *layout = engine->layout[wish->vector ? 1 : 0];
    static const PangoAlignment alignments[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                                PANGO_ALIGN_RIGHT};
    pango_cairo_context_set_resolution(context, wish->dpi);
    pango_layout_context_changed(layout);
    pango_layout_set_text(layout, (const char *)wish->text.data, (int)wish->text.len);
    pango_layout_set_alignment(layout, alignments[wish->across]);
    pango_layout_set_line_spacing(layout, LINE_SPACING);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_NONE);
    pango_layout_set_single_paragraph_mode(layout, FALSE);
    pango_layout_set_height(layout, -1);
    pango_layout_set_width(layout, -1);
    return layout;
}

static void set_size(PangoLayout *layout, const struct text_wish *wish, uint32_t size)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FAMILIES);
    pango_font_description_set_weight(font, wish->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_size(font, (int)(size * PANGO_SCALE / 100));
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

static uint32_t smaller(const struct text_wish *wish, uint32_t size, uint32_t wanted)
{
    uint32_t next = wish->size_least;
    for (size_t i = 0; i < ARRAY_LEN(ladder); i++) {
        if (ladder[i] < size && ladder[i] <= wanted && ladder[i] > next) next = ladder[i];
    }
    return next;
}

static void measure(PangoLayout *layout, const struct text_wish *wish, struct text_fit *out)
{
    PangoRectangle ink, logical;
    pango_layout_get_pixel_extents(layout, &ink, &logical);
    out->shown = (unsigned)pango_layout_get_line_count(layout);
    out->width = (unsigned)(logical.width > ink.width ? logical.width : ink.width);
    out->height = (unsigned)logical.height;
    out->rise = 0;
    if (!wish->tight || ink.height <= 0) return;
    out->height = (unsigned)ink.height;
    out->rise = ink.y;
}

static bool fits(const struct text_fit *fit, const struct text_wish *wish, unsigned width,
                 unsigned height)
{
    return fit->width <= width && (height == 0 || fit->height <= height) &&
           (wish->lines == 1 || fit->shown <= wish->lines);
}

/* With an ellipsis where it ends too early. */
static void cut(PangoLayout *layout, const struct text_wish *wish, unsigned width, unsigned height,
                struct text_fit *out)
{
    pango_layout_set_width(layout, (int)width * PANGO_SCALE);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    if (wish->lines > 1) {
        unsigned lines = wish->lines;
        unsigned each = out->shown > 0 ? (out->height + out->shown - 1) / out->shown : 1;
        if (height > 0 && each > 0 && height / each < lines) lines = height / each;
        /* Height is in lines only for one paragraph; in dots it is for all of them. */
        pango_layout_set_height(layout, (int)(lines > 0 ? lines * each + each / 4 : 1) *
                                            PANGO_SCALE);
    }
    measure(layout, wish, out);
    out->cut = pango_layout_is_ellipsized(layout) != 0;
}

void text_fit(struct text_engine *engine, const struct text_wish *wish, unsigned width,
              unsigned height, struct text_fit *out)
{
    PangoLayout *layout = layout_of(engine, wish);
    *out = (struct text_fit){.size = wish->size_most};
    pango_layout_set_single_paragraph_mode(layout, wish->lines == 1);
    if (wish->lines > 1) pango_layout_set_width(layout, (int)width * PANGO_SCALE);
    for (;;) {
        set_size(layout, wish, out->size);
        measure(layout, wish, out);
        if (fits(out, wish, width, height)) return;
        if (out->size <= wish->size_least) break;
        uint32_t wanted = out->size;
        if (wish->lines == 1 && out->width > width)
            wanted = (uint32_t)((uint64_t)out->size * (width + width / 50 + 1) / out->width);
        out->size = smaller(wish, out->size, wanted);
    }
    cut(layout, wish, width, height, out);
}

/* ---- drawn ---------------------------------------------------------------------------------- */

/* The layout as it was measured, and where its first line begins. */
static PangoLayout *laid_out(struct text_engine *engine, const struct text_wish *wish,
                             const struct text_fit *fit, struct place_dots place, int *out_y)
{
    PangoLayout *layout = layout_of(engine, wish);
    struct text_fit again = *fit;
    int spare = (int)place.height - (int)fit->height;
    pango_layout_set_single_paragraph_mode(layout, wish->lines == 1);
    pango_layout_set_width(layout, (int)place.width * PANGO_SCALE);
    if (wish->lines == 1) pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    set_size(layout, wish, fit->size);
    if (fit->cut && wish->lines > 1) {
        measure(layout, wish, &again);
        cut(layout, wish, place.width, place.height, &again);
    }
    *out_y = -fit->rise;
    if (spare > 0 && wish->down == PLACE_MIDDLE) *out_y += spare / 2;
    if (spare > 0 && wish->down == PLACE_END) *out_y += spare;
    return layout;
}

static bool make_surface(struct text_engine *engine, size_t size)
{
    if (size > SURFACE_MAX) return false;
    if (size > engine->surface_size) {
        free(engine->surface);
        engine->surface_size = 0;
        engine->surface = malloc(size);
        if (engine->surface == NULL) return false;
        engine->surface_size = size;
    }
    memset(engine->surface, 0, size);
    return true;
}

static void set_dot(struct bits *bits, unsigned x, unsigned y, bool white)
{
    uint8_t *byte = &bits->rows[y * bits->bytes_per_row + x / 8];
    uint8_t dot = (uint8_t)(0x80u >> (x % 8));
    *byte = white ? (uint8_t)(*byte & ~dot) : (uint8_t)(*byte | dot);
}

/* What is darker than half goes onto the label. */
static void copy_dark(const uint8_t *grey, size_t stride, struct place_dots place, bool white,
                      struct bits *bits)
{
    for (unsigned y = 0; y < place.height; y++) {
        const uint8_t *row = grey + y * stride;
        for (unsigned x = 0; x < place.width; x++) {
            if (row[x] >= 128) set_dot(bits, (unsigned)place.x + x, (unsigned)place.y + y, white);
        }
    }
}

/* The part of the place that lies on the label. */
static bool clip(struct place_dots *place, const struct bits *bits)
{
    if (place->x < 0 || place->y < 0 || (unsigned)place->x >= bits->width ||
        (unsigned)place->y >= bits->height)
        return false;
    if (place->width > bits->width - (unsigned)place->x)
        place->width = bits->width - (unsigned)place->x;
    if (place->height > bits->height - (unsigned)place->y)
        place->height = bits->height - (unsigned)place->y;
    return place->width > 0 && place->height > 0;
}

void text_draw_bits(struct text_engine *engine, const struct text_wish *wish,
                    const struct text_fit *fit, struct place_dots place, struct bits *bits)
{
    if (!clip(&place, bits)) return;
    int stride = cairo_format_stride_for_width(CAIRO_FORMAT_A8, (int)place.width), y;
    if (stride <= 0 || !make_surface(engine, (size_t)stride * place.height)) return;
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        engine->surface, CAIRO_FORMAT_A8, (int)place.width, (int)place.height, stride);
    cairo_t *cairo = cairo_create(surface);
    PangoLayout *layout = laid_out(engine, wish, fit, place, &y);
    cairo_move_to(cairo, 0, y);
    pango_cairo_show_layout(cairo, layout);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    cairo_surface_destroy(surface);
    copy_dark(engine->surface, (size_t)stride, place, wish->white, bits);
    if (engine->surface_size > SURFACE_KEPT) {
        free(engine->surface);
        engine->surface = NULL;
        engine->surface_size = 0;
    }
}

void text_draw_cairo(struct text_engine *engine, const struct text_wish *wish,
                     const struct text_fit *fit, struct place_dots place, void *context)
{
    cairo_t *cairo = context;
    int y;
    PangoLayout *layout = laid_out(engine, wish, fit, place, &y);
    double shade = wish->white ? 1 : 0;
    cairo_save(cairo);
    cairo_set_source_rgb(cairo, shade, shade, shade);
    cairo_move_to(cairo, place.x, place.y + y);
    pango_cairo_show_layout(cairo, layout);
    cairo_restore(cairo);
}
