/* Any bytes as a template: read within bounds, every node reached once from the page, every
 * complaint with a line that is there, every text that was taken falls into good parts. */
#include "firmware/render/template.h"

#include <string.h>

static struct template template;
static struct template_complaints complaints;
static unsigned reached[TEMPLATE_NODES_MAX];

static bool is_within(struct bytes part, struct bytes whole)
{
    return part.len == 0 ||
           (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static void walk(uint16_t first, unsigned depth)
{
    ENSURE(depth <= TEMPLATE_DEPTH_MAX);
    for (uint16_t i = first; i != 0; i = template.nodes[i].next) {
        ENSURE(i < template.node_count);
        ENSURE(++reached[i] == 1);
        walk(template.nodes[i].child, depth + 1);
    }
}

static void check_node(const struct template_node *node, struct bytes text)
{
    struct bytes rest = node->text;
    struct piece piece;
    ENSURE(is_within(node->text, text) && is_within(node->field, text) &&
           is_within(node->value, text));
    ENSURE(node->width.least <= node->width.most && node->height.least <= node->height.most);
    ENSURE(node->size_least <= node->size_most && node->size_most <= TEMPLATE_SIZE_MAX);
    ENSURE(node->lines <= TEMPLATE_LINES_MAX && node->columns <= TEMPLATE_ACROSS_MAX);
    ENSURE(node->kind != NODE_EACH || node->columns > 0);
    ENSURE((unsigned)node->barcode < BARCODE_TYPES && (unsigned)node->other < BARCODE_TYPES);
    while ((piece = template_next_piece(&rest)).kind != PIECE_END) {
        ENSURE(piece.kind != PIECE_BAD);
        ENSURE(piece.kind != PIECE_FIELD || template_field_is_known(piece.text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size);
    bool good = template_read(text, &template, &complaints);
    unsigned lines = 1;
    ENSURE(good == (complaints.count == 0));
    for (size_t i = 0; i < size; i++) lines += data[i] == '\n' ? 1 : 0;
    for (size_t i = 0; i < complaints.count; i++) {
        const struct template_complaint *entry = &complaints.entries[i];
        ENSURE(entry->line <= lines && entry->sentence[0] != '\0');
        ENSURE(memchr(entry->sentence, '\0', sizeof entry->sentence) != NULL);
    }
    ENSURE(template.node_count >= 1 && template.node_count <= TEMPLATE_NODES_MAX);
    memset(reached, 0, sizeof reached);
    walk(template.nodes[0].child, 0);
    for (size_t i = 1; i < template.node_count; i++) ENSURE(reached[i] == 1);
    for (size_t i = 1; good && i < template.node_count; i++) check_node(&template.nodes[i], text);
    return 0;
}
