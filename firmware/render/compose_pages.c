/* compose_pages.c - one page, or as many as a list takes, each with its top and bottom; see
 * compose_items.h. */
#include "firmware/render/compose_items.h"

static unsigned part_height(struct drawing *drawing, struct item *first, unsigned width)
{
    return layout_list_height(drawing, first, 0, width, 0);
}

/* Top and bottom of the page, and the place between them. */
static struct place_dots draw_edges(struct drawing *drawing, struct place_dots place, bool draw)
{
    struct item *top = items_expand_kind(drawing, NODE_TOP);
    struct item *bottom = items_expand_kind(drawing, NODE_BOTTOM);
    unsigned above = part_height(drawing, top, place.width);
    unsigned below = part_height(drawing, bottom, place.width);
    if (above + below > place.height) {
        if (!drawing->failed)
            drawing_fail(drawing, top != NULL ? top->node : NULL, "does_not_fit",
                         "Top and bottom of the page are higher than the label.");
        return place;
    }
    struct place_dots edge = place;
    edge.height = above;
    if (draw) layout_list(drawing, top, 0, PLACE_START, edge, 0, false);
    edge.height = below;
    edge.y = place.y + (int)(place.height - below);
    if (draw) layout_list(drawing, bottom, 0, PLACE_START, edge, 0, false);
    place.y += (int)above;
    place.height -= above + below;
    return place;
}

/* How many items from `first` on go onto one page, at least one; the first of the next one. */
static struct item *page_end(struct drawing *drawing, struct item *first, struct place_dots place)
{
    unsigned height = 0;
    for (struct item *item = first; item != NULL; item = item->next) {
        height += layout_height(drawing, item, place.width, 0);
        if (height > place.height && item != first) return item;
    }
    return NULL;
}

static unsigned count_pages(struct drawing *drawing, struct item *first, struct place_dots place)
{
    unsigned pages = 1;
    if (!drawing->template->flows) return 1;
    while (first != NULL && (first = page_end(drawing, first, place)) != NULL) pages++;
    return pages;
}

/* The items up to `end`, as a list of their own while they are drawn. */
static void draw_flow(struct drawing *drawing, struct item *first, struct item *end,
                      struct place_dots place)
{
    struct item *last = first;
    while (last != NULL && last->next != end) last = last->next;
    if (last != NULL) last->next = NULL;
    layout_list(drawing, first, 0, PLACE_START, place, 0, false);
    if (last != NULL) last->next = end;
}

bool layout_pages(struct drawing *drawing, struct page_plan *plan)
{
    const struct template_node *nodes = drawing->template->nodes;
    unsigned margin = canvas_dots(&drawing->canvas, drawing->template->margin_um);
    struct place_dots sheet = {(int)margin, (int)margin, plan->width - 2 * margin,
                               plan->height - 2 * margin};
    if (plan->width <= 2 * margin + 16 || plan->height <= 2 * margin + 16) {
        drawing_fail(drawing, NULL, "does_not_fit", "The label is smaller than its margins.");
        return false;
    }
    drawing->scope.page = drawing->scope.pages = 1;
    struct place_dots body = draw_edges(drawing, sheet, false);
    struct item *item = items_expand(drawing, &nodes[0]);
    if (drawing->failed) return false;
    plan->pages = count_pages(drawing, item, body);
    drawing->scope.pages = plan->pages;
    size_t mark = drawing->arena->used;
    for (unsigned page = 1; page <= plan->pages && !drawing->failed; page++) {
        struct item *end =
            drawing->template->flows && item != NULL ? page_end(drawing, item, body) : NULL;
        if (plan->page == 0 || plan->page == page) {
            drawing->scope.page = page;
            drawing->arena->used = mark; /* the edges of the page before */
            body = draw_edges(drawing, sheet, true);
            draw_flow(drawing, item, end, body);
            if (plan->begin != NULL && page < plan->pages) plan->begin(plan->context);
        }
        item = end;
    }
    return !drawing->failed;
}
