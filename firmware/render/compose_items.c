/* compose_items.c - the nodes of a template to items; see compose_items.h. */
#include "firmware/render/compose_items.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

void drawing_fail(struct drawing *drawing, const struct template_node *node, const char *word,
                  const char *format, ...)
{
    va_list arguments;
    if (drawing->failed) return; /* the first reason counts */
    drawing->failed = true;
    drawing->line = node != NULL ? node->line : 0;
    drawing->word = word;
    va_start(arguments, format);
    (void)vsnprintf(drawing->sentence, sizeof drawing->sentence, format, arguments);
    va_end(arguments);
}

/* Where the next item is hung on. */
struct chain {
    struct item *first;
    struct item **end;
};

static const struct template_node group = {.kind = NODE_COLUMN};

static struct item *add(struct drawing *drawing, struct chain *chain,
                        const struct template_node *node)
{
    struct item *item = arena_take(drawing->arena, sizeof *item);
    if (item == NULL) {
        drawing_fail(drawing, node, "too_large", "There is more to draw than memory for it.");
        return NULL;
    }
    item->node = node;
    *chain->end = item;
    chain->end = &item->next;
    return item;
}

static void expand_into(struct drawing *drawing, struct chain *chain,
                        const struct template_node *parent);

/* ---- what needs more than its place --------------------------------------------------------- */

static struct bytes to_upper(struct drawing *drawing, struct bytes text)
{
    char *upper = g_utf8_strup((const char *)text.data, (gssize)text.len);
    size_t len = strlen(upper);
    char *copy = arena_take(drawing->arena, len);
    if (copy != NULL) memcpy(copy, upper, len);
    g_free(upper);
    return copy != NULL ? bytes_of(copy, len) : text;
}

/* What has nothing to say is not there, but in a row, where it keeps its place. */
static bool fill(struct drawing *drawing, const struct template_node *node, enum filling filling,
                 struct bytes *out_text)
{
    if (scope_fill(&drawing->scope, node->text, filling, drawing->arena, out_text)) return true;
    *out_text = BYTES_NONE;
    return drawing->in_row;
}

static void expand_text(struct drawing *drawing, struct chain *chain,
                        const struct template_node *node)
{
    struct bytes text;
    if (!fill(drawing, node, FILL_TEXT, &text)) return;
    struct item *item = add(drawing, chain, node);
    if (item != NULL) item->text = node->upper && text.len > 0 ? to_upper(drawing, text) : text;
}

/* What a barcode says, as it can be drawn. */
static struct bytes caption_of(struct drawing *drawing, struct bytes said)
{
    size_t size = said.len * 3 + 8;
    char *text = arena_take(drawing->arena, size);
    if (text == NULL) return BYTES_NONE;
    size_t len = clean_text(&drawing->scope, said, text, size);
    return len > 0 ? bytes_of(text, len) : BYTES_LITERAL("?");
}

static void expand_barcode(struct drawing *drawing, struct chain *chain,
                           const struct template_node *node)
{
    struct bytes text;
    const char *why;
    if (!fill(drawing, node, FILL_BARCODE, &text)) return;
    struct item *item = add(drawing, chain, node);
    if (item == NULL || text.len == 0) return;
    item->said = text;
    item->text = caption_of(drawing, text);
    item->type = node->barcode;
    if (symbol_make(node->barcode, text, drawing->arena, &item->symbol, &why)) return;
    if (!node->optional) {
        drawing_fail(drawing, node, "barcode", "\"%.*s\" cannot become a %s barcode: %s.",
                     (int)bytes_slice(text, 0, 40).len, (const char *)text.data,
                     symbol_type_word(node->barcode), why);
        return;
    }
    item->symbol.columns = 0; /* its text is drawn instead */
    drawing->warnings |= RENDER_WARN_TEXT_CUT;
}

static void expand_image(struct drawing *drawing, struct chain *chain,
                         const struct template_node *node)
{
    for (size_t i = 0; i < drawing->image_count; i++) {
        if (!bytes_equal_text(node->text, drawing->images[i].name)) continue;
        struct item *item = add(drawing, chain, node);
        if (item != NULL) item->image = &drawing->images[i];
        return;
    }
    drawing_fail(drawing, node, "image", "There is no image \"%.*s\" beside the template.",
                 (int)bytes_slice(node->text, 0, 40).len, (const char *)node->text.data);
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Each row is a group that stays together; several side by side are a row of groups. */
static void expand_each(struct drawing *drawing, struct chain *chain,
                        const struct template_node *node)
{
    struct scope before = drawing->scope;
    unsigned rows = fields_rows(drawing->scope.fields, node->field);
    struct chain across = {NULL, NULL};
    for (unsigned row = 1; row <= rows && !drawing->failed; row++) {
        if ((row - 1) % node->columns == 0) {
            struct item *line = add(drawing, chain, node);
            if (line == NULL) return;
            across.end = &line->child;
        }
        struct item *one = add(drawing, &across, &group);
        if (one == NULL) return;
        struct chain inside = {NULL, &one->child};
        drawing->scope.list = node->field;
        drawing->scope.row = row;
        expand_into(drawing, &inside, node);
    }
    /* The last line is as wide as the others. */
    for (unsigned i = rows; i % node->columns != 0; i++) (void)add(drawing, &across, &group);
    drawing->scope.list = before.list;
    drawing->scope.row = before.row;
}

static void expand_one(struct drawing *drawing, struct chain *chain,
                       const struct template_node *node)
{
    struct item *item;
    switch (node->kind) {
    case NODE_TEXT: expand_text(drawing, chain, node); return;
    case NODE_BARCODE: expand_barcode(drawing, chain, node); return;
    case NODE_IMAGE: expand_image(drawing, chain, node); return;
    case NODE_EACH: expand_each(drawing, chain, node); return;
    case NODE_MARK:
        item = add(drawing, chain, node);
        if (item != NULL &&
            !scope_fill(&drawing->scope, node->text, FILL_TEXT, drawing->arena, &item->text))
            item->text = BYTES_NONE;
        return;
    case NODE_LINE:
    case NODE_SPACE: (void)add(drawing, chain, node); return;
    case NODE_ROW:
    case NODE_COLUMN: {
        item = add(drawing, chain, node);
        if (item == NULL) return;
        struct chain inside = {NULL, &item->child};
        bool before = drawing->in_row;
        drawing->in_row = node->kind == NODE_ROW;
        expand_into(drawing, &inside, node);
        drawing->in_row = before;
        return;
    }
    case NODE_PAGE:
    case NODE_IF:
    case NODE_ELSE:
    case NODE_TOP:
    case NODE_BOTTOM: return;
    }
}

static void expand_into(struct drawing *drawing, struct chain *chain,
                        const struct template_node *parent)
{
    const struct template_node *nodes = drawing->template->nodes;
    bool held = false;
    for (uint16_t i = parent->child; i != 0 && !drawing->failed; i = nodes[i].next) {
        const struct template_node *node = &nodes[i];
        if (node->kind == NODE_IF) {
            held = scope_holds(&drawing->scope, node, drawing->arena);
            if (held) expand_into(drawing, chain, node);
        } else if (node->kind == NODE_ELSE) {
            if (!held) expand_into(drawing, chain, node);
        } else {
            expand_one(drawing, chain, node);
        }
    }
}

struct item *items_expand(struct drawing *drawing, const struct template_node *parent)
{
    struct item *first = NULL;
    struct chain chain = {NULL, &first};
    expand_into(drawing, &chain, parent);
    return first;
}

struct item *items_expand_kind(struct drawing *drawing, enum node_kind kind)
{
    const struct template_node *nodes = drawing->template->nodes;
    struct item *first = NULL;
    struct chain chain = {NULL, &first};
    for (uint16_t i = nodes[0].child; i != 0 && !drawing->failed; i = nodes[i].next) {
        if (nodes[i].kind != kind) continue;
        struct item *item = add(drawing, &chain, &nodes[i]);
        if (item != NULL) item->child = items_expand(drawing, &nodes[i]);
    }
    return first;
}
