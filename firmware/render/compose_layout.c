/* compose_layout.c - how large everything becomes and where it goes; see compose_items.h.
 *
 * Columns share out height, rows width. What has a size keeps it, what has a range shrinks in four
 * steps while its column does not fit, what says rest takes what is left. When even the least does
 * not fit, texts lose lines and end with an ellipsis, and that is said. */
#include "firmware/render/compose_items.h"

#define CAPTION_SIZE_MOST 1100u
#define CAPTION_SIZE_LEAST 600u
#define CAPTION_GAP_UM 700u
#define INVERSE_PAD_UM 800u /* left and right of a text on black */
#define ROW_CHILDREN_MAX 24u
#define MODULE_MOST_UM 500u
#define MODULE_2D_MOST_UM 800u
#define MODULE_LEAST_UM 190u
#define MODULE_DOTS_LEAST 2u

static uint32_t squeezed(uint32_t most, uint32_t least, unsigned squeeze)
{
    unsigned step = squeeze > SQUEEZE_LEAST ? SQUEEZE_LEAST : squeeze;
    return most - (most - least) * step / SQUEEZE_LEAST;
}

static unsigned dots(const struct drawing *drawing, uint32_t um)
{
    return canvas_dots(&drawing->canvas, um);
}

/* What frame and padding take away at each side. */
static unsigned inset_of(const struct drawing *drawing, const struct template_node *node)
{
    return dots(drawing, node->pad_um) +
           (node->kind == NODE_LINE ? 0 : dots(drawing, node->frame_um));
}

/* ---- texts and bars ------------------------------------------------------------------------- */

static struct text_wish wish_of(const struct drawing *drawing, const struct item *item,
                                unsigned squeeze, bool black)
{
    const struct template_node *node = item->node;
    struct text_wish wish = {.text = item->text,
                             .size_most = squeezed(node->size_most, node->size_least, squeeze),
                             .size_least = node->size_least,
                             .lines = squeeze == SQUEEZE_CUT ? 1 : node->lines,
                             .bold = node->bold,
                             .tight = node->tight,
                             .white = black != node->inverse,
                             .across = node->across,
                             .down = node->down,
                             .dpi = drawing->canvas.dpi};
    if (node->kind != NODE_BARCODE) return wish;
    wish.size_most = CAPTION_SIZE_MOST;
    wish.size_least = CAPTION_SIZE_LEAST;
    wish.lines = 1;
    wish.bold = wish.tight = true;
    wish.white = false;
    wish.across = PLACE_MIDDLE;
    return wish;
}

/* How the text fits into a width, however high it becomes; remembered, for columns ask often. */
static const struct text_fit *fit_text(struct drawing *drawing, struct item *item, unsigned width,
                                       unsigned squeeze)
{
    struct item_fit *known = &item->fits[squeeze];
    if (item->text.len == 0 || known->wide == width + 1) return &known->fit;
    struct text_wish wish = wish_of(drawing, item, squeeze, false);
    const struct item_fit *before = squeeze > 0 ? &item->fits[squeeze - 1] : known;
    /* What had to be smaller than this anyway becomes the same. */
    bool same =
        before->wide == width + 1 && before->fit.size <= wish.size_most && squeeze <= SQUEEZE_LEAST;
    if (same) known->fit = before->fit;
    else text_fit(drawing->canvas.fonts, &wish, width, 0, &known->fit);
    known->wide = width + 1;
    return &known->fit;
}

static bool is_flat(const struct item *item)
{
    return item->type < BARCODE_TYPE_QR;
}

/* um to dots that are surely enough, or surely not more. */
static unsigned least_dots(const struct drawing *drawing, uint32_t um)
{
    unsigned got = (unsigned)(((uint64_t)um * drawing->canvas.dpi * 10 + 253999 - 12700) / 254000);
    return got < MODULE_DOTS_LEAST ? MODULE_DOTS_LEAST : got;
}

/* Dots of a module in this width; 0: it does not fit with two dots and 0.19 mm at the least. */
static unsigned module_for(const struct drawing *drawing, const struct item *item, unsigned width,
                           unsigned height)
{
    const struct template_node *node = item->node;
    const struct symbol *symbol = &item->symbol;
    bool flat = is_flat(item);
    uint32_t usual = flat ? MODULE_MOST_UM : MODULE_2D_MOST_UM;
    unsigned columns = symbol->columns + 2 * symbol->quiet;
    unsigned rows = symbol->rows * symbol->row_height + 2 * symbol->quiet_down;
    unsigned least =
        least_dots(drawing, node->module_least_um > 0 ? node->module_least_um : MODULE_LEAST_UM);
    uint64_t most_um = node->module_most_um > 0 ? node->module_most_um : usual;
    unsigned most = (unsigned)((most_um * drawing->canvas.dpi * 10 + 12700) / 254000);
    unsigned module = width / columns;
    if (most < least) most = least;
    if (!flat && height / rows < module) module = height / rows;
    if (module > most) module = most;
    return module < least ? 0 : module;
}

static unsigned bar_height(const struct drawing *drawing, const struct item *item, unsigned squeeze)
{
    const struct extent *height = &item->node->height;
    if (height->kind != EXTENT_UM) return UINT16_MAX;
    return dots(drawing, squeezed(height->most, height->least, squeeze));
}

/* Bars that are too wide here become what the template names instead, from now on. */
static void choose_symbol(struct drawing *drawing, struct item *item, unsigned width)
{
    const struct template_node *node = item->node;
    const char *why;
    struct symbol other;
    if (!node->has_other || item->type == node->other || item->symbol.columns == 0) return;
    if (module_for(drawing, item, width, bar_height(drawing, item, SQUEEZE_LEAST)) > 0) return;
    if (!symbol_make(node->other, item->said, drawing->arena, &other, &why)) return;
    item->symbol = other;
    item->type = node->other;
}

static unsigned barcode_height(struct drawing *drawing, struct item *item, unsigned width,
                               unsigned squeeze)
{
    unsigned high = bar_height(drawing, item, squeeze);
    choose_symbol(drawing, item, width);
    if (item->symbol.columns == 0) {
        return fit_text(drawing, item, width, squeeze)->height;
    }
    if (!is_flat(item)) {
        unsigned module = module_for(drawing, item, width, high);
        const struct symbol *symbol = &item->symbol;
        high = module * (symbol->rows * symbol->row_height + 2 * symbol->quiet_down);
    }
    if (!item->node->caption) return high;
    return high + dots(drawing, CAPTION_GAP_UM) + fit_text(drawing, item, width, squeeze)->height;
}

/* What stands under the bars, as wide as they are or wider. */
static void draw_caption(struct drawing *drawing, const struct item *item,
                         const struct text_fit *fit, struct place_dots under,
                         struct place_dots place)
{
    struct text_wish wish = wish_of(drawing, item, 0, false);
    if (fit->width > under.width) {
        under.x = place.x;
        under.width = place.width;
    }
    if (fit->cut) drawing->warnings |= RENDER_WARN_TEXT_CUT;
    canvas_text(&drawing->canvas, &wish, fit, under);
}

static void draw_bars(struct drawing *drawing, struct item *item, struct place_dots place,
                      unsigned module, unsigned high, const struct text_fit *caption)
{
    const struct template_node *node = item->node;
    const struct symbol *symbol = &item->symbol;
    unsigned gap = caption != NULL ? dots(drawing, CAPTION_GAP_UM) : 0;
    unsigned below = caption != NULL ? caption->height + gap : 0;
    unsigned rows = symbol->rows * symbol->row_height + 2 * symbol->quiet_down;
    unsigned width = module * (symbol->columns + 2 * symbol->quiet);
    unsigned tall = is_flat(item) ? high : module * rows;
    unsigned spare = place.height > tall + below ? place.height - tall - below : 0;
    int x = place.x + (int)((place.width - width) * (unsigned)node->across / 2);
    int y = place.y + (int)(spare * (unsigned)node->down / 2);
    canvas_symbol(&drawing->canvas, symbol, x, y, module, high);
    if (caption == NULL) return;
    struct place_dots under = {x, y + (int)(tall + gap), width, caption->height};
    draw_caption(drawing, item, caption, under, place);
}

static void draw_barcode(struct drawing *drawing, struct item *item, struct place_dots place,
                         unsigned squeeze)
{
    const struct template_node *node = item->node;
    const struct text_fit *fit = NULL;
    unsigned module = 0, high = bar_height(drawing, item, squeeze), room = place.height;
    if (item->text.len == 0) return;
    choose_symbol(drawing, item, place.width);
    bool bars = item->symbol.columns > 0;
    if (node->caption || !bars) fit = fit_text(drawing, item, place.width, squeeze);
    if (fit != NULL && bars) {
        unsigned caption = fit->height + dots(drawing, CAPTION_GAP_UM);
        room = room > caption ? room - caption : 0;
    }
    if (high > room) high = room;
    if (bars) module = module_for(drawing, item, place.width, high);
    if (module > 0) {
        draw_bars(drawing, item, place, module, high, fit);
    } else if (node->optional) {
        drawing->warnings |= RENDER_WARN_TEXT_CUT;
        fit = fit_text(drawing, item, place.width, squeeze);
        if (fit->height <= place.height) draw_caption(drawing, item, fit, place, place);
    } else {
        drawing_fail(drawing, node, "barcode",
                     "The %s barcode \"%.*s\" needs more room: %u modules of 0.19 mm or more.",
                     symbol_type_word(item->type), (int)bytes_slice(item->text, 0, 40).len,
                     (const char *)item->text.data, item->symbol.columns + 2 * item->symbol.quiet);
    }
}

static void draw_text(struct drawing *drawing, struct item *item, struct place_dots place,
                      unsigned squeeze, bool black)
{
    unsigned pad = item->node->inverse ? dots(drawing, INVERSE_PAD_UM) : 0;
    unsigned step = squeeze > SQUEEZE_LEAST ? SQUEEZE_LEAST : squeeze;
    if (item->text.len == 0) return;
    struct text_wish wish = wish_of(drawing, item, step, black);
    if (item->node->inverse) canvas_fill(&drawing->canvas, place, black);
    if (place.width <= 2 * pad || place.height == 0) return;
    place.x += (int)pad;
    place.width -= 2 * pad;
    struct text_fit fit = *fit_text(drawing, item, place.width, step);
    if (fit.height > place.height)
        text_fit(drawing->canvas.fonts, &wish, place.width, place.height, &fit);
    if (fit.cut) drawing->warnings |= RENDER_WARN_TEXT_CUT;
    canvas_text(&drawing->canvas, &wish, &fit, place);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static bool has_own_width(const struct item *item)
{
    enum node_kind kind = item->node->kind;
    return kind == NODE_MARK || kind == NODE_IMAGE || kind == NODE_LINE ||
           (kind == NODE_BARCODE && !is_flat(item) && item->symbol.columns > 0);
}

static unsigned own_width(struct drawing *drawing, const struct item *item, unsigned width,
                          unsigned squeeze)
{
    const struct template_node *node = item->node;
    unsigned high = bar_height(drawing, item, squeeze);
    if (node->kind == NODE_LINE) return dots(drawing, node->frame_um);
    if (node->kind == NODE_MARK) return high;
    if (node->kind == NODE_IMAGE)
        return (unsigned)((uint64_t)high * item->image->width / item->image->height);
    return module_for(drawing, item, width, high) * (item->symbol.columns + 2 * item->symbol.quiet);
}

/* The widths of a row's children. */
struct widths {
    unsigned count, squeeze;
    unsigned spare; /* that nobody wants */
    unsigned each[ROW_CHILDREN_MAX];
};

/* False: together they are wider than the row; then the last ones get less. */
static bool share_width_at(struct drawing *drawing, struct item *first, unsigned gap,
                           unsigned width, unsigned squeeze, struct widths *out)
{
    unsigned used = 0, resting = 0;
    bool rests[ROW_CHILDREN_MAX];
    *out = (struct widths){.squeeze = squeeze};
    for (struct item *item = first; item != NULL && out->count < ROW_CHILDREN_MAX;
         item = item->next) {
        const struct extent *extent = &item->node->width;
        bool own = extent->kind == EXTENT_CONTENT && has_own_width(item);
        unsigned got = 0, at = out->count++;
        if (extent->kind == EXTENT_UM)
            got = dots(drawing, squeezed(extent->most, extent->least, squeeze));
        else if (extent->kind == EXTENT_SHARE)
            got = (unsigned)((uint64_t)width * extent->most / 10000);
        else if (own) got = own_width(drawing, item, width, squeeze);
        rests[at] = extent->kind == EXTENT_REST || (extent->kind == EXTENT_CONTENT && !own);
        resting += rests[at] ? 1 : 0;
        used += (at > 0 ? gap : 0) + got;
        out->each[at] = got;
    }
    out->spare = used < width ? width - used : 0;
    for (unsigned i = 0; i < out->count && resting > 0; i++) {
        if (!rests[i]) continue;
        out->each[i] = out->spare / resting--;
        out->spare -= out->each[i];
    }
    for (unsigned i = 0, at = 0; i < out->count && used > width; i++) {
        unsigned from = at + (i > 0 ? gap : 0);
        if (from > width) from = width;
        if (out->each[i] > width - from) out->each[i] = width - from;
        at = from + out->each[i];
    }
    return used <= width;
}

static void share_width(struct drawing *drawing, struct item *first, unsigned gap, unsigned width,
                        unsigned squeeze, struct widths *out)
{
    while (!share_width_at(drawing, first, gap, width, squeeze, out) && squeeze < SQUEEZE_LEAST)
        squeeze++;
}

static unsigned row_height(struct drawing *drawing, struct item *row, unsigned width,
                           unsigned squeeze)
{
    struct widths widths;
    unsigned most = 0, i = 0;
    share_width(drawing, row->child, dots(drawing, row->node->gap_um), width, squeeze, &widths);
    for (struct item *item = row->child; i < widths.count; item = item->next, i++) {
        unsigned at = widths.squeeze > squeeze ? widths.squeeze : squeeze;
        unsigned height = layout_height(drawing, item, widths.each[i], at);
        if (item->node->kind != NODE_LINE && height > most) most = height;
    }
    return most;
}

static void draw_row(struct drawing *drawing, struct item *row, struct place_dots place,
                     unsigned squeeze, bool black)
{
    struct widths widths;
    unsigned gap = dots(drawing, row->node->gap_um), i = 0;
    /* The children must fit into the height that the row has got. */
    while (squeeze < SQUEEZE_LEAST && row_height(drawing, row, place.width, squeeze) > place.height)
        squeeze++;
    share_width(drawing, row->child, gap, place.width, squeeze, &widths);
    int x = place.x + (int)(widths.spare * (unsigned)row->node->across / 2);
    for (struct item *item = row->child; i < widths.count; item = item->next, i++) {
        layout_item(drawing, item, (struct place_dots){x, place.y, widths.each[i], place.height},
                    widths.squeeze, black);
        x += (int)(widths.each[i] + gap);
    }
}

/* ---- columns -------------------------------------------------------------------------------- */

unsigned layout_height(struct drawing *drawing, struct item *item, unsigned width, unsigned squeeze)
{
    const struct template_node *node = item->node;
    unsigned inset = inset_of(drawing, node);
    unsigned inner = width > 2 * inset ? width - 2 * inset : 0;
    if (node->kind == NODE_BARCODE) return barcode_height(drawing, item, width, squeeze);
    if (node->kind == NODE_LINE) return dots(drawing, node->frame_um);
    if (node->height.kind == EXTENT_UM)
        return dots(drawing, squeezed(node->height.most, node->height.least, squeeze));
    switch (node->kind) {
    case NODE_ROW:
    case NODE_EACH: return 2 * inset + row_height(drawing, item, inner, squeeze);
    case NODE_COLUMN:
    case NODE_PAGE:
    case NODE_TOP:
    case NODE_BOTTOM:
        return 2 * inset + layout_list_height(drawing, item->child, dots(drawing, node->gap_um),
                                              inner, squeeze);
    case NODE_TEXT: {
        unsigned pad = node->inverse ? dots(drawing, INVERSE_PAD_UM) : 0;
        unsigned wide = width > 2 * pad ? width - 2 * pad : 0;
        return fit_text(drawing, item, wide, squeeze)->height + pad;
    }
    case NODE_BARCODE:
    case NODE_IMAGE:
    case NODE_MARK:
    case NODE_LINE:
    case NODE_SPACE:
    case NODE_IF:
    case NODE_ELSE: break;
    }
    return 0;
}

unsigned layout_list_height(struct drawing *drawing, struct item *first, unsigned gap,
                            unsigned width, unsigned squeeze)
{
    unsigned height = 0;
    for (struct item *item = first; item != NULL; item = item->next)
        height += (item != first ? gap : 0) + layout_height(drawing, item, width, squeeze);
    return height;
}

/* How the height of a column is shared out. */
struct sharing {
    unsigned gap, width, squeeze;
    unsigned resting, spare; /* among so many */
    uint64_t soft, missing;  /* what texts may lose, and must */
};

static struct sharing share_height(struct drawing *drawing, struct item *first, unsigned gap,
                                   struct place_dots place, unsigned squeeze)
{
    struct sharing sharing = {.gap = gap, .width = place.width};
    unsigned need;
    for (;; squeeze++) {
        need = layout_list_height(drawing, first, gap, place.width, squeeze);
        if (need <= place.height || squeeze >= SQUEEZE_LEAST) break;
    }
    sharing.squeeze = squeeze;
    for (struct item *item = first; item != NULL; item = item->next)
        sharing.resting += item->node->height.kind == EXTENT_REST ? 1 : 0;
    if (need <= place.height) {
        sharing.spare = place.height - need;
        return sharing;
    }
    unsigned hard = layout_list_height(drawing, first, gap, place.width, SQUEEZE_CUT);
    sharing.soft = need - (hard < need ? hard : need);
    sharing.missing = need - place.height;
    if (sharing.missing <= sharing.soft) return sharing;
    drawing_fail(drawing, first->node, "does_not_fit",
                 "What must be on it does not fit onto this label: %u of %u dots.", hard,
                 place.height);
    return sharing;
}

static unsigned height_for(struct drawing *drawing, struct item *item, struct sharing *sharing)
{
    unsigned height = layout_height(drawing, item, sharing->width, sharing->squeeze);
    if (sharing->missing > 0 && sharing->soft > 0) {
        unsigned hard = layout_height(drawing, item, sharing->width, SQUEEZE_CUT);
        uint64_t soft = height > hard ? height - hard : 0;
        /* Rounded up, so that the parts are enough. */
        uint64_t less = (soft * sharing->missing + sharing->soft - 1) / sharing->soft;
        height -= (unsigned)(less < soft ? less : soft);
    }
    if (item->node->height.kind == EXTENT_REST && sharing->resting > 0) {
        unsigned more = sharing->spare / sharing->resting--;
        sharing->spare -= more;
        height += more;
    }
    return height;
}

void layout_list(struct drawing *drawing, struct item *first, unsigned gap, enum place down,
                 struct place_dots place, unsigned squeeze, bool black)
{
    if (first == NULL) return;
    struct sharing sharing = share_height(drawing, first, gap, place, squeeze);
    if (drawing->failed) return;
    int y = place.y;
    if (sharing.resting == 0) y += (int)(sharing.spare * (unsigned)down / 2);
    for (struct item *item = first; item != NULL && !drawing->failed; item = item->next) {
        unsigned height = height_for(drawing, item, &sharing);
        layout_item(drawing, item, (struct place_dots){place.x, y, place.width, height},
                    sharing.squeeze, black);
        y += (int)(height + gap);
    }
}

/* ---- one item ------------------------------------------------------------------------------- */

/* A square, or an image's shape, as large as it should be and the place lets it. */
static struct place_dots shape_place(struct drawing *drawing, const struct item *item,
                                     struct place_dots place, unsigned squeeze)
{
    const struct template_node *node = item->node;
    unsigned high = bar_height(drawing, item, squeeze);
    if (high > place.height) high = place.height;
    unsigned wide = high;
    if (node->kind == NODE_IMAGE)
        wide = (unsigned)((uint64_t)high * item->image->width / item->image->height);
    if (wide > place.width) {
        high = wide > 0 ? (unsigned)((uint64_t)high * place.width / wide) : 0;
        wide = place.width;
    }
    return (struct place_dots){place.x + (int)((place.width - wide) * (unsigned)node->across / 2),
                               place.y + (int)((place.height - high) * (unsigned)node->down / 2),
                               wide, high};
}

static void draw_container(struct drawing *drawing, struct item *item, struct place_dots place,
                           unsigned squeeze, bool black)
{
    const struct template_node *node = item->node;
    unsigned inset = inset_of(drawing, node);
    if (node->inverse) {
        canvas_fill(&drawing->canvas, place, black);
        black = !black;
    }
    if (node->frame_um > 0)
        canvas_frame(&drawing->canvas, place, dots(drawing, node->frame_um), black);
    if (place.width <= 2 * inset || place.height <= 2 * inset) return;
    struct place_dots inner = {place.x + (int)inset, place.y + (int)inset, place.width - 2 * inset,
                               place.height - 2 * inset};
    if (node->kind == NODE_ROW || node->kind == NODE_EACH)
        draw_row(drawing, item, inner, squeeze, black);
    else
        layout_list(drawing, item->child, dots(drawing, node->gap_um), node->down, inner, squeeze,
                    black);
}

void layout_item(struct drawing *drawing, struct item *item, struct place_dots place,
                 unsigned squeeze, bool black)
{
    const struct template_node *node = item->node;
    if (drawing->failed) return;
    switch (node->kind) {
    case NODE_TEXT: draw_text(drawing, item, place, squeeze, black); return;
    case NODE_BARCODE: draw_barcode(drawing, item, place, squeeze); return;
    case NODE_IMAGE:
        canvas_image(&drawing->canvas, item->image, shape_place(drawing, item, place, squeeze),
                     black);
        return;
    case NODE_MARK:
        canvas_mark(&drawing->canvas, node->mark, item->text,
                    shape_place(drawing, item, place, squeeze), black);
        return;
    case NODE_LINE: canvas_line(&drawing->canvas, place, black); return;
    case NODE_ROW:
    case NODE_COLUMN:
    case NODE_PAGE:
    case NODE_TOP:
    case NODE_BOTTOM:
    case NODE_EACH: draw_container(drawing, item, place, squeeze, black); return;
    case NODE_SPACE:
    case NODE_IF:
    case NODE_ELSE: return;
    }
}
