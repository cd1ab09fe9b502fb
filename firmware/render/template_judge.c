/* template_judge.c - what only the finished tree of a template shows. */
#include <string.h>

#include "firmware/render/template_parts.h"

struct place_of {
    const struct template *template;
    struct template_complaints *complaints;
};

static bool is_container(enum node_kind kind)
{
    return kind == NODE_ROW || kind == NODE_COLUMN || kind == NODE_TOP || kind == NODE_BOTTOM;
}

static void judge_barcode(const struct place_of *at, const struct template_node *node, bool black)
{
    if (black)
        template_complain(at->complaints, node->line,
                          "A barcode on black cannot be read. Put it outside of what is inverse.");
    if (node->height.kind == EXTENT_REST || node->height.kind == EXTENT_SHARE)
        template_complain(at->complaints, node->line,
                          "The height of a barcode is millimetres, 22 or 22..14, so that it is "
                          "the same on every label.");
    if (node->height.kind == EXTENT_CONTENT && node->barcode < BARCODE_TYPE_QR)
        template_complain(at->complaints, node->line,
                          "Bars need a height: height 22, or 22..14 where it may shrink.");
    if (node->text.len == 0)
        template_complain(at->complaints, node->line, "This barcode says nothing. Name a field.");
}

static void judge_sizes(const struct place_of *at, const struct template_node *node, bool in_row)
{
    bool sized = node->height.kind == EXTENT_UM;
    if ((node->kind == NODE_MARK || node->kind == NODE_IMAGE) && !sized)
        template_complain(at->complaints, node->line,
                          "A mark or an image needs its height in millimetres: height 18.");
    if (in_row && node->height.kind == EXTENT_REST && node->kind != NODE_SPACE)
        template_complain(at->complaints, node->line,
                          "In a row everything is as high as the row; rest means a width here. "
                          "Take the height away, or give it to the row.");
}

static void judge_children(const struct place_of *at, uint16_t first, enum node_kind inside,
                           bool black, bool in_list, unsigned depth)
{
    enum node_kind before = NODE_PAGE;
    ENSURE(depth <= TEMPLATE_DEPTH_MAX);
    for (uint16_t i = first; i != 0; i = at->template->nodes[i].next) {
        const struct template_node *node = &at->template->nodes[i];
        bool dark = black || node->inverse;
        bool holds = is_container(node->kind);
        enum node_kind deeper = holds ? node->kind : inside;
        judge_sizes(at, node, inside == NODE_ROW);
        if (node->kind == NODE_BARCODE) judge_barcode(at, node, dark);
        if (node->kind == NODE_ELSE && before != NODE_IF)
            template_complain(at->complaints, node->line,
                              "There is no if before this else, at the same distance from the "
                              "left.");
        if ((node->kind == NODE_TOP || node->kind == NODE_BOTTOM) && depth != 0)
            template_complain(at->complaints, node->line,
                              "top and bottom stand at the very left: they belong to the page.");
        if (node->kind == NODE_EACH && in_list)
            template_complain(at->complaints, node->line, "A list in a list is never there.");
        if (node->kind == NODE_EACH && inside != NODE_PAGE)
            template_complain(at->complaints, node->line,
                              "A list may take many pages, so it stands at the very left.");
        if (node->child == 0 && node->kind >= NODE_IF)
            template_complain(at->complaints, node->line,
                              "Nothing belongs to this line. Put what does further in, below it.");
        judge_children(at, node->child, deeper, dark, in_list || node->kind == NODE_EACH,
                       depth + 1);
        before = node->kind;
    }
}

static bool has_list(const struct template *template)
{
    for (size_t i = 1; i < template->node_count; i++) {
        if (template->nodes[i].kind == NODE_EACH) return true;
    }
    return false;
}

void template_judge(struct template *out, struct template_complaints *complaints)
{
    struct place_of at = {.template = out, .complaints = complaints};
    judge_children(&at, out->nodes[0].child, NODE_PAGE, false, false, 0);
    out->flows = has_list(out);
    if (out->node_count == 1)
        template_complain(complaints, 0, "There is nothing to draw. Write text \"...\".");
    if (out->title[0] == '\0')
        template_complain(complaints, 0, "There is no title. Write title and a few words.");
}
