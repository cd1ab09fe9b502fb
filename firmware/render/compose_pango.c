/* compose_pango.c - texts by Pango and Cairo; see compose_text.h.
 *
 * The fonts are files that are named here, in a font configuration of our own, so that a label
 * looks the same on every box. Each is opened once, here; Cairo would close and open files as it
 * likes, so it is given faces that are open.
 *
 * Pango lays out at one size only, without regard to dots, and Cairo draws that smaller or larger.
 * So lines break alike at every resolution and in a PDF, and what Pango must ask fontconfig for
 * (in threads of its own) is asked for once, at start: every script and weight is drawn then, and
 * no text has a script that was not. */
#include <cairo-ft.h>
#include <fontconfig/fcfreetype.h>
#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include <pango/pangocairo.h>
#include <malloc.h>
#include <math.h>
#include <pango/pangofc-fontmap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "firmware/render/compose_glyphs.h"
#include "firmware/render/compose_text.h"

#define FAMILIES "Noto Sans, DejaVu Sans"
#define NO_LANGUAGE "zxx"
/* Lines stand closer than their fonts say. By this much, not by a factor: for that Pango would ask
 * for the measures of fonts, and of those that it has not met in a thread. */
#define CLOSER_PIXELS 8
#define PATH_SIZE 160
/* Bytes of a text that was filled in: more are not laid out. */
#define TEXT_MAX 5000u
/* Nothing larger is drawn at once: a label of 8 by 4 inches at 600 dpi. */
#define SURFACE_MAX ((size_t)(12u * 1024u * 1024u))
#define SURFACE_KEPT ((size_t)(128u * 1024u))
#define MAPPINGS_MAX (4u * TEXT_FONTS_MAX) /* a file may be mapped more than once */

static const char *const folders[] = {"/usr/share/fonts/truetype/noto", "/usr/share/fonts/noto",
                                      "/usr/share/fonts/google-noto"};
static const char *const scripts[] = {"",         "Devanagari", "Kannada", "Tamil",
                                      "Bengali",  "Gujarati",   "Telugu",  "Malayalam",
                                      "Gurmukhi", "Oriya",      "Arabic"};
static const char *const last_resort[] = {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
                                          "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"};
/* "Label" in each script, so that every file is read and every shaper made before the cell. The
 * watch has a presentation of its own, for which Pango asks too. */
static const char warm_text[] = "Label ₹ 560034 … □ \n⌚\n"
                                "Ярлык\nΕτικέτα\nलेबल क्षत्रिय\nಕರ್ನಾಟಕ\nதமிழ்\n"
                                "লেবেল\nલેબલ\nలేబుల్\nലേബൽ\nਲੇਬਲ\nଲେବଲ\nلیبل";
static const GUnicodeScript warm_scripts[] = {
    G_UNICODE_SCRIPT_COMMON,   G_UNICODE_SCRIPT_INHERITED, G_UNICODE_SCRIPT_LATIN,
    G_UNICODE_SCRIPT_CYRILLIC, G_UNICODE_SCRIPT_GREEK,     G_UNICODE_SCRIPT_DEVANAGARI,
    G_UNICODE_SCRIPT_KANNADA,  G_UNICODE_SCRIPT_TAMIL,     G_UNICODE_SCRIPT_BENGALI,
    G_UNICODE_SCRIPT_GUJARATI, G_UNICODE_SCRIPT_TELUGU,    G_UNICODE_SCRIPT_MALAYALAM,
    G_UNICODE_SCRIPT_GURMUKHI, G_UNICODE_SCRIPT_ORIYA,     G_UNICODE_SCRIPT_ARABIC};
/* Hundredths of a point. */
static const uint32_t ladder[] = {400,  450,  500,  550,  600,  650,  700,  800,   900,  1000,
                                  1100, 1200, 1400, 1600, 1800, 2000, 2200, 2400,  2800, 3200,
                                  3600, 4000, 4800, 5600, 6400, 8000, 9600, 12000, 16000};

struct mapping {
    unsigned long from, to;
};

struct text_engine {
    FcConfig *config;
    FT_Library freetype;
    FT_Face faces[TEXT_FONTS_MAX];
    char paths[TEXT_FONTS_MAX][PATH_SIZE];
    const char *path_list[TEXT_FONTS_MAX];
    size_t count;
    FcCharSet *covered;
    PangoFontMap *map;
    PangoContext *context;
    PangoLayout *layout;
    PangoFontDescription *fonts[2]; /* regular, bold */
    uint8_t *surface;
    size_t surface_size;
    struct mapping mappings[MAPPINGS_MAX];
    size_t mapping_count;
};

#if defined(__SANITIZE_ADDRESS__)
/* Fontconfig keeps its pointers as distances, which the leak finder cannot follow. */
const char *__lsan_default_suppressions(void);
__attribute__((weak)) const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n"; /* 1.18: 64 bytes of a PDF that does not fit */
}
#endif

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
    GUnicodeScript script = g_unichar_get_script(character);
    for (size_t i = 0; i < ARRAY_LEN(warm_scripts); i++) {
        if (script == warm_scripts[i])
            return FcCharSetHasChar(((struct text_engine *)engine)->covered, character) != 0;
    }
    return false;
}

/* ---- made and freed ------------------------------------------------------------------------- */

static PangoContext *make_context(PangoFontMap *map)
{
    PangoContext *context = pango_font_map_create_context(map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_FULL);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    /* Nobody says in what language a field is. One of which Pango knows nothing goes with every
     * script; else each script would bring its own, and fontconfig be asked for that. */
    pango_context_set_language(context, pango_language_from_string(NO_LANGUAGE));
    pango_context_set_round_glyph_positions(context, FALSE);
    return context;
}

static PangoFontDescription *make_font(bool bold)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FAMILIES);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, GLYPHS_BASE_PIXELS * PANGO_SCALE);
    return font;
}

static void warm_up(struct text_engine *engine)
{
    static const uint32_t sizes[] = {700, 1000};
    for (unsigned i = 0; i < 2 * ARRAY_LEN(sizes); i++) {
        struct text_wish wish = {.text = bytes_of_text(warm_text),
                                 .size_most = sizes[i / 2],
                                 .size_least = sizes[i / 2],
                                 .lines = TEMPLATE_LINES_MAX * 2,
                                 .bold = i % 2 == 1,
                                 .dpi = 203};
        struct text_fit fit;
        uint8_t rows[50 * 800];
        struct bits bits = {.width = 400, .height = 800, .bytes_per_row = 50, .rows = rows};
        memset(rows, 0, sizeof rows);
        text_fit(engine, &wish, 400, 800, &fit);
        text_draw_bits(engine, &wish, &fit, (struct place_dots){0, 0, 400, 800}, &bits);
    }
}

static struct text_engine *make(void)
{
    struct text_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) return NULL;
    engine->config = FcConfigCreate();
    engine->covered = FcCharSetCreate();
    bool good = engine->config != NULL && engine->covered != NULL &&
                FT_Init_FreeType(&engine->freetype) == 0;
    if (good) add_fonts(engine);
    if (!good || engine->count == 0) {
        if (engine->covered != NULL) FcCharSetDestroy(engine->covered);
        if (engine->config != NULL) FcConfigDestroy(engine->config);
        if (engine->freetype != NULL) (void)FT_Done_FreeType(engine->freetype);
        free(engine);
        return NULL;
    }
    engine->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(engine->map), engine->config);
    engine->context = make_context(engine->map);
    engine->layout = pango_layout_new(engine->context);
    for (size_t i = 0; i < 2; i++) engine->fonts[i] = make_font(i == 1);
    return engine;
}

/* Cairo keeps fonts of its own for the whole process, with our faces in them, so the faces and all
 * that belongs to them stay as well. */
struct text_engine *text_engine(void)
{
    static struct text_engine *only;
    if (only == NULL) only = make();
    return only;
}

/* Where the files lie in memory. They stay there as long as the faces, which is for ever. */
static void find_mappings(struct text_engine *engine)
{
    char line[PATH_SIZE + 128];
    FILE *maps = fopen("/proc/self/maps", "re");
    engine->mapping_count = 0;
    if (maps == NULL) return;
    while (fgets(line, sizeof line, maps) != NULL && engine->mapping_count < MAPPINGS_MAX) {
        struct mapping mapping;
        char rights[8];
        bool ours = false;
        for (size_t i = 0; i < engine->count && !ours; i++)
            ours = strstr(line, engine->paths[i]) != NULL;
        if (!ours || sscanf(line, "%lx-%lx %7s", &mapping.from, &mapping.to, rights) != 3) continue;
        if (strcmp(rights, "r--p") == 0) engine->mappings[engine->mapping_count++] = mapping;
    }
    (void)fclose(maps);
}

void text_engine_rest(struct text_engine *engine)
{
    for (size_t i = 0; i < engine->mapping_count; i++) {
        const struct mapping *mapping = &engine->mappings[i];
        (void)madvise((void *)mapping->from, mapping->to - mapping->from, /* NOLINT */
                      MADV_DONTNEED);
    }
}

void text_engine_settle(struct text_engine *engine)
{
    warm_up(engine);
    (void)malloc_trim(0);
    find_mappings(engine);
    text_engine_rest(engine);
}

/* ---- how large ------------------------------------------------------------------------------ */

/* The step of the ladder that is this size, or the next below. */
static uint32_t step_of(uint32_t size)
{
    size_t i = ARRAY_LEN(ladder) - 1;
    while (i > 0 && ladder[i] > size) i--;
    return ladder[i];
}

/* Dots through Pango's pixels. */
static double scale_of(const struct text_wish *wish, uint32_t size)
{
    return size / 100.0 * wish->dpi / 72.0 / GLYPHS_BASE_PIXELS;
}

static int pango_units(double dots, double scale)
{
    double units = dots / scale * PANGO_SCALE;
    return units < G_MAXINT / 2 ? (int)units : G_MAXINT / 2;
}

static PangoLayout *layout_of(struct text_engine *engine, const struct text_wish *wish)
{
    static const PangoAlignment alignments[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                                PANGO_ALIGN_RIGHT};
    PangoLayout *layout = engine->layout;
    ENSURE(wish->text.len <= TEXT_MAX);
    pango_layout_set_text(layout, (const char *)wish->text.data, (int)wish->text.len);
    pango_layout_set_font_description(layout, engine->fonts[wish->bold ? 1 : 0]);
    pango_layout_set_alignment(layout, alignments[wish->across]);
    pango_layout_set_spacing(layout, -CLOSER_PIXELS * PANGO_SCALE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_NONE);
    pango_layout_set_single_paragraph_mode(layout, wish->lines == 1);
    pango_layout_set_height(layout, -1);
    pango_layout_set_width(layout, -1);
    return layout;
}

static void measure(PangoLayout *layout, const struct text_wish *wish, struct text_fit *out)
{
    PangoRectangle ink, logical;
    double scale = scale_of(wish, out->size) / PANGO_SCALE;
    pango_layout_get_extents(layout, &ink, &logical);
    out->shown = (unsigned)pango_layout_get_line_count(layout);
    out->width = (unsigned)ceil(MAX(logical.width, ink.width) * scale);
    out->height = (unsigned)ceil(logical.height * scale);
    out->rise = 0;
    if (!wish->tight || ink.height <= 0) return;
    /* A dot more on each side: letters are fitted to dots when they are drawn. */
    out->rise = (int)floor(ink.y * scale) - 1;
    out->height = (unsigned)((int)ceil((ink.y + ink.height) * scale) + 1 - out->rise);
}

static bool fits(const struct text_fit *fit, const struct text_wish *wish, unsigned width,
                 unsigned height)
{
    return fit->width <= width && (height == 0 || fit->height <= height) &&
           (wish->lines == 1 || fit->shown <= wish->lines);
}

static void set_width(PangoLayout *layout, const struct text_wish *wish, uint32_t size,
                      unsigned width)
{
    pango_layout_set_width(layout, pango_units(width, scale_of(wish, size)));
}

/* The text up to here and an ellipsis, instead of the whole. */
static void set_front(PangoLayout *layout, const struct text_wish *wish, size_t len)
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    char front[TEXT_MAX + sizeof ellipsis];
    while (len > 0 && wish->text.data[len - 1] <= ' ') len--;
    memcpy(front, wish->text.data, len);
    memcpy(front + len, ellipsis, sizeof ellipsis);
    pango_layout_set_text(layout, front, -1);
}

/* The largest front of a text that fits with an ellipsis behind it; cut where a cursor may be. */
static void cut_lines(PangoLayout *layout, const struct text_wish *wish, unsigned width,
                      unsigned height, struct text_fit *out)
{
    const char *text = (const char *)wish->text.data;
    glong count = g_utf8_strlen(text, (gssize)wish->text.len);
    PangoLogAttr *places = g_new0(PangoLogAttr, (gsize)count + 1);
    pango_get_log_attrs(text, (int)wish->text.len, -1, pango_language_from_string(NO_LANGUAGE),
                        places, (int)count + 1);
    glong low = 0, high = count - 1; /* `low` fits, or nothing does */
    while (low < high) {
        glong middle = (low + high + 1) / 2, place = middle;
        while (place > low && !places[place].is_cursor_position) place--;
        if (place == low) {
            low = middle;
            continue;
        }
        set_front(layout, wish, (size_t)(g_utf8_offset_to_pointer(text, place) - text));
        measure(layout, wish, out);
        if (fits(out, wish, width, height)) low = middle;
        else high = middle - 1;
    }
    while (low > 0 && !places[low].is_cursor_position) low--;
    g_free(places);
    out->kept = (size_t)(g_utf8_offset_to_pointer(text, low) - text);
    set_front(layout, wish, out->kept);
    measure(layout, wish, out);
}

static void cut(PangoLayout *layout, const struct text_wish *wish, unsigned width, unsigned height,
                struct text_fit *out)
{
    out->cut = true;
    if (wish->lines > 1) {
        cut_lines(layout, wish, width, height, out);
        return;
    }
    set_width(layout, wish, out->size, width);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    measure(layout, wish, out);
}

/* The next step down; more where so many lines too many show that one is not enough. */
static uint32_t next_size(const struct text_fit *fit, const struct text_wish *wish, uint32_t least)
{
    uint32_t next = step_of(fit->size - 1);
    if (wish->lines > 1 && fit->shown > wish->lines) {
        double guess = fit->size * sqrt((wish->lines + 1.0) / fit->shown);
        if (guess < next) next = step_of((uint32_t)guess);
    }
    return next < least ? least : next;
}

void text_fit(struct text_engine *engine, const struct text_wish *wish, unsigned width,
              unsigned height, struct text_fit *out)
{
    PangoLayout *layout = layout_of(engine, wish);
    uint32_t least = step_of(wish->size_least);
    *out = (struct text_fit){.size = step_of(wish->size_most)};
    for (;;) {
        if (wish->lines > 1) set_width(layout, wish, out->size, width);
        measure(layout, wish, out);
        if (fits(out, wish, width, height)) return;
        if (out->size <= least) break;
        out->size = next_size(out, wish, least);
    }
    cut(layout, wish, width, height, out);
}

/* ---- drawn ---------------------------------------------------------------------------------- */

/* The layout as it was measured, and where its first line begins. */
static PangoLayout *laid_out(struct text_engine *engine, const struct text_wish *wish,
                             const struct text_fit *fit, struct place_dots place, int *out_y)
{
    PangoLayout *layout = layout_of(engine, wish);
    int spare = (int)place.height - (int)fit->height;
    set_width(layout, wish, fit->size, place.width);
    if (wish->lines == 1) pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    if (fit->cut && wish->lines > 1) set_front(layout, wish, fit->kept);
    *out_y = -fit->rise;
    if (spare > 0 && wish->down == PLACE_MIDDLE) *out_y += spare / 2;
    if (spare > 0 && wish->down == PLACE_END) *out_y += spare;
    return layout;
}

static void show(cairo_t *cairo, PangoLayout *layout, double scale, int x, int y)
{
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, scale, scale);
    cairo_move_to(cairo, 0, 0);
    pango_cairo_show_layout(cairo, layout);
    cairo_restore(cairo);
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
    PangoLayout *layout = laid_out(engine, wish, fit, place, &y);
    const struct glyph_page page = {engine->surface, place.width, place.height, (size_t)stride};
    glyphs_draw(layout, scale_of(wish, fit->size), y, &page);
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
    cairo_set_source_rgb(cairo, shade, shade, shade);
    show(cairo, layout, scale_of(wish, fit->size), place.x, place.y + y);
}
