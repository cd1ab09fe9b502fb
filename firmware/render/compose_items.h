/* compose_items.h - a template with its fields put in: what is really drawn, and where. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_ITEMS_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_ITEMS_H

#include "firmware/render/compose_canvas.h"

/* How much of what may shrink has shrunk: 0 nothing, LEAST all; CUT: texts have one line. */
#define SQUEEZE_LEAST 4u
#define SQUEEZE_CUT 5u

struct item {
    const struct template_node *node;
    struct item *child, *next;
    struct bytes text; /* of a barcode: as it can be drawn; what the bars say is `said` */
    struct bytes said;
    enum barcode_type type; /* of the symbol */
    struct symbol symbol;   /* no columns: there is none, its text is drawn */
    const struct image *image;
    struct item_fit {
        unsigned wide; /* for which width, and one more; 0: for none yet */
        struct text_fit fit;
    } fits[SQUEEZE_CUT + 1]; /* of the text, or of what stands under the bars */
};

struct drawing {
    const struct template *template;
    const struct image *images;
    size_t image_count;
    struct canvas canvas;
    struct scope scope;
    struct arena *arena;
    uint32_t warnings;
    bool in_row; /* while items are made */
    bool failed; /* word, line and sentence say why */
    unsigned line;
    const char *word;
    char sentence[RENDER_SENTENCE_SIZE];
};

void drawing_fail(struct drawing *drawing, const struct template_node *node, const char *word,
                  const char *format, ...) PRINTF_LIKE(4, 5);

/* The children of a node as items, conditions decided and lists repeated; of the page without top
 * and bottom, which are expanded once a page by their kind. */
struct item *items_expand(struct drawing *drawing, const struct template_node *parent);
struct item *items_expand_kind(struct drawing *drawing, enum node_kind kind);

unsigned layout_height(struct drawing *drawing, struct item *item, unsigned width,
                       unsigned squeeze);
unsigned layout_list_height(struct drawing *drawing, struct item *first, unsigned gap,
                            unsigned width, unsigned squeeze);
/* Draws one below the other into the place; makes things smaller until they fit. */
void layout_list(struct drawing *drawing, struct item *first, unsigned gap, enum place down,
                 struct place_dots place, unsigned squeeze, bool black);
void layout_item(struct drawing *drawing, struct item *item, struct place_dots place,
                 unsigned squeeze, bool black);

/* All pages, or the one that the canvas is for. False: it does not fit; the drawing says why. */
struct page_plan {
    unsigned page;  /* from 1; 0: all, begun by `begin` */
    unsigned pages; /* out */
    unsigned width, height;
    void (*begin)(void *context); /* after a page */
    void *context;
};
MUST_USE bool layout_pages(struct drawing *drawing, struct page_plan *plan);

#endif
