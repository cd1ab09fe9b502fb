/* template_words.c - the words after the name of an element: what it draws, how large, where. */
#include <stdio.h>
#include <string.h>

#include "firmware/render/template_parts.h"

static const char *const types[BARCODE_TYPES] = {"code128", "gs1-128",    "code39", "itf",  "ean13",
                                                 "qr",      "datamatrix", "pdf417", "aztec"};
static const char *const marks[MARKS] = {"fragile", "up", "dry", "dangerous", "battery"};

static bool find(struct bytes word, const char *const *words, size_t count, unsigned *out_index)
{
    for (size_t i = 0; i < count; i++) {
        if (!bytes_equal_text(word, words[i])) continue;
        *out_index = (unsigned)i;
        return true;
    }
    return false;
}

/* ---- values --------------------------------------------------------------------------------- */

/* "22..9" or "22": the first is the wish, the second what it may shrink to. */
static bool read_range(struct bytes word, uint32_t most_um, uint32_t *out_most, uint32_t *out_least)
{
    size_t dots = bytes_find(word, BYTES_LITERAL(".."));
    if (!template_um(bytes_slice(word, 0, dots), most_um, out_most)) return false;
    *out_least = *out_most;
    if (dots == word.len) return true;
    return template_um(bytes_from(word, dots + 2), most_um, out_least) && *out_least <= *out_most;
}

static void read_extent(struct template_reader *reader, struct extent *out)
{
    struct bytes word = BYTES_NONE;
    bool good = template_word(reader, &word) && word.len > 0;
    if (good && bytes_equal_text(word, "rest")) {
        *out = (struct extent){.kind = EXTENT_REST};
        return;
    }
    if (good && word.data[word.len - 1] == '%') {
        out->kind = EXTENT_SHARE;
        good = template_um(bytes_slice(word, 0, word.len - 1), 100000, &out->most);
        out->most /= 10;
        out->least = out->most;
    } else if (good) {
        out->kind = EXTENT_UM;
        good = read_range(word, TEMPLATE_SIDE_MAX_UM, &out->most, &out->least);
    }
    if (!good || out->most == 0)
        template_wrong(reader, "A width or height is millimetres (12.5), a range from wish to "
                               "least (22..14), a part of what is there (30%%), or rest.");
}

static void read_um(struct template_reader *reader, const char *what, uint32_t most_um,
                    uint32_t *out_um)
{
    struct bytes word;
    if (!template_word(reader, &word) || !template_um(word, most_um, out_um))
        template_wrong(reader, "After %s come millimetres, at most %u: %s 0.5.", what,
                       (unsigned)(most_um / 1000), what);
}

static void read_size(struct template_reader *reader, struct template_node *node)
{
    uint32_t most = 0, least = 0;
    struct bytes word;
    bool good = template_word(reader, &word) && read_range(word, 160000, &most, &least);
    node->size_most = most / 10;
    node->size_least = least / 10;
    if (!good || node->size_least < TEMPLATE_SIZE_MIN)
        template_wrong(reader, "A size is points from 4 to 160, or a range from wish to least: "
                               "size 22..9.");
}

static void read_count(struct template_reader *reader, const char *what, uint64_t most,
                       unsigned *out_count)
{
    struct bytes word;
    uint64_t count = 0;
    if (!template_word(reader, &word) || !bytes_to_u64(word, most, &count) || count == 0)
        template_wrong(reader, "After %s comes a number from 1 to %u.", what, (unsigned)most);
    else *out_count = (unsigned)count;
}

static bool read_flag(struct bytes word, struct template_node *node)
{
    static const char *const places[] = {"left", "center", "right", "top", "middle", "bottom"};
    unsigned index;
    if (find(word, places, ARRAY_LEN(places), &index)) {
        enum place place = (enum place)(index % 3);
        if (index < 3) node->across = place;
        else node->down = place;
        return true;
    }
    bool *flag = bytes_equal_text(word, "bold")       ? &node->bold
                 : bytes_equal_text(word, "inverse")  ? &node->inverse
                 : bytes_equal_text(word, "tight")    ? &node->tight
                 : bytes_equal_text(word, "caption")  ? &node->caption
                 : bytes_equal_text(word, "optional") ? &node->optional
                 : bytes_equal_text(word, "upper")    ? &node->upper
                                                      : NULL;
    if (flag != NULL) *flag = true;
    return flag != NULL;
}

static void read_module(struct template_reader *reader, struct template_node *node)
{
    struct bytes word;
    if (!template_word(reader, &word) ||
        !read_range(word, 3000, &node->module_most_um, &node->module_least_um) ||
        node->module_least_um == 0)
        template_wrong(reader, "A module is the width of the thinnest bar in millimetres, or a "
                               "range from wish to least: module 0.5..0.25.");
}

/* ---- which words which element takes -------------------------------------------------------- */

enum { PLACES = 1, SIZES = 2, TEXTS = 4, BARS = 8, HOLDS = 16, THICK = 32 };

static unsigned group_of(struct bytes word)
{
    static const struct {
        const char *word;
        unsigned group;
    } groups[] = {{"left", PLACES},   {"center", PLACES},
                  {"right", PLACES},  {"top", PLACES},
                  {"middle", PLACES}, {"bottom", PLACES},
                  {"width", SIZES},   {"height", SIZES},
                  {"size", TEXTS},    {"lines", TEXTS},
                  {"bold", TEXTS},    {"tight", TEXTS},
                  {"upper", TEXTS},   {"inverse", TEXTS | HOLDS},
                  {"module", BARS},   {"caption", BARS},
                  {"optional", BARS}, {"or", BARS},
                  {"pad", HOLDS},     {"gap", HOLDS},
                  {"frame", HOLDS},   {"thick", THICK}};
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        if (bytes_equal_text(word, groups[i].word)) return groups[i].group;
    }
    return 0;
}

static void read_other(struct template_reader *reader, struct template_node *node)
{
    struct bytes word;
    unsigned index = 0;
    node->has_other = template_word(reader, &word) && find(word, types, ARRAY_LEN(types), &index);
    node->other = (enum barcode_type)index;
    if (!node->has_other)
        template_wrong(reader, "After or comes the kind of barcode that is taken where the first "
                               "does not fit: or qr.");
}

static void read_one(struct template_reader *reader, struct template_node *node, struct bytes word)
{
    if (read_flag(word, node)) return;
    if (bytes_equal_text(word, "width")) read_extent(reader, &node->width);
    else if (bytes_equal_text(word, "height")) read_extent(reader, &node->height);
    else if (bytes_equal_text(word, "size")) read_size(reader, node);
    else if (bytes_equal_text(word, "lines"))
        read_count(reader, "lines", TEMPLATE_LINES_MAX, &node->lines);
    else if (bytes_equal_text(word, "module")) read_module(reader, node);
    else if (bytes_equal_text(word, "or")) read_other(reader, node);
    else if (bytes_equal_text(word, "pad")) read_um(reader, "pad", 20000, &node->pad_um);
    else if (bytes_equal_text(word, "gap")) read_um(reader, "gap", 20000, &node->gap_um);
    else if (bytes_equal_text(word, "frame")) read_um(reader, "frame", 3000, &node->frame_um);
    else read_um(reader, "thick", 3000, &node->frame_um);
}

static void read_rest(struct template_reader *reader, struct template_node *node, unsigned groups,
                      const char *known)
{
    struct bytes word;
    while (template_word(reader, &word)) {
        if ((group_of(word) & groups) != 0) {
            read_one(reader, node, word);
            continue;
        }
        template_wrong(reader, "\"%.*s\" says nothing here. After this element may stand %s.",
                       (int)bytes_slice(word, 0, 32).len, (const char *)word.data, known);
        return;
    }
}

/* ---- the elements --------------------------------------------------------------------------- */

static void judge_pieces(struct template_reader *reader, struct bytes text)
{
    struct piece piece;
    bool open = false;
    while ((piece = template_next_piece(&text)).kind != PIECE_END) {
        bool same = (piece.kind == PIECE_OPEN && open) || (piece.kind == PIECE_CLOSE && !open);
        if (same) break;
        if (piece.kind == PIECE_OPEN || piece.kind == PIECE_CLOSE) open = !open;
        if (piece.kind == PIECE_BAD) {
            template_wrong(reader, "%.*s", (int)piece.text.len, (const char *)piece.text.data);
            return;
        }
        if (piece.kind == PIECE_FIELD && !template_field_is_known(piece.text))
            template_wrong(reader,
                           "There is no field %.*s, so its place would stay empty. "
                           "board/labels/README.md lists them; those of a site begin with own_.",
                           (int)bytes_slice(piece.text, 0, 40).len, (const char *)piece.text.data);
    }
    if (piece.kind != PIECE_END || open)
        template_wrong(reader, "The brackets do not match. [Tel. {to_phone}] is left out where the "
                               "field is empty; there are none in others. \\[ is the sign itself.");
}

static void read_text(struct template_reader *reader, struct template_node *node)
{
    struct bytes word = BYTES_NONE;
    bool quoted = template_word(reader, &word) && word.len >= 2 && word.data[0] == '"' &&
                  word.data[word.len - 1] == '"';
    if (!quoted || word.len - 2 > TEMPLATE_TEXT_MAX) {
        template_wrong(reader, "Here stands what is to be drawn, in quotes and at most 400 bytes: "
                               "\"Order {order_no}\".");
        reader->rest = BYTES_NONE;
        return;
    }
    node->text = bytes_slice(word, 1, word.len - 2);
    judge_pieces(reader, node->text);
}

static void read_barcode(struct template_reader *reader, struct template_node *node)
{
    struct bytes word = BYTES_NONE;
    unsigned index = 0;
    if (!template_word(reader, &word) || !find(word, types, ARRAY_LEN(types), &index)) {
        template_wrong(reader, "A barcode is code128, gs1-128, code39, itf, ean13, qr, datamatrix, "
                               "pdf417 or aztec, and then what it says, in quotes.");
        reader->rest = BYTES_NONE;
        return;
    }
    node->barcode = (enum barcode_type)index;
    read_text(reader, node);
    read_rest(reader, node, PLACES | SIZES | BARS,
              "height, width, module, caption, or, optional, left, center, right, top, middle and "
              "bottom");
}

static void read_mark(struct template_reader *reader, struct template_node *node)
{
    struct bytes word = BYTES_NONE;
    unsigned index = 0;
    if (!template_word(reader, &word) || !find(word, marks, ARRAY_LEN(marks), &index)) {
        template_wrong(reader, "A mark is fragile, up, dry, dangerous or battery.");
        reader->rest = BYTES_NONE;
        return;
    }
    node->mark = (enum mark_kind)index;
    if (bytes_start_with(bytes_trim(reader->rest), "\"")) read_text(reader, node);
    read_rest(reader, node, PLACES | SIZES,
              "a text in quotes, height, width, left, center, right, top, middle and bottom");
}

static void read_if(struct template_reader *reader, struct template_node *node)
{
    struct bytes field = BYTES_NONE, sign;
    node->condition = CONDITION_THERE;
    bool good = template_word(reader, &field);
    if (good && bytes_equal_text(field, "not")) {
        node->condition = CONDITION_NOT_THERE;
        good = template_word(reader, &field);
    }
    node->field = field;
    if (good && !template_field_is_known(field))
        template_wrong(reader,
                       "There is no field %.*s, so nobody can tell. "
                       "board/labels/README.md lists the fields.",
                       (int)bytes_slice(field, 0, 40).len, (const char *)field.data);
    if (good && template_word(reader, &sign)) {
        bool is = bytes_equal_text(sign, "="), is_not = bytes_equal_text(sign, "!=");
        good = (is || is_not) && node->condition == CONDITION_THERE &&
               template_word(reader, &node->value);
        node->condition = is ? CONDITION_IS : CONDITION_IS_NOT;
        if (good && node->value.data[0] == '"')
            node->value = bytes_slice(node->value, 1, node->value.len - 2);
    }
    if (!good)
        template_wrong(reader, "A condition is: if fragile, if not fragile, if payment = cod, or "
                               "if payment != cod.");
    read_rest(reader, node, 0, "nothing more");
}

static void read_each(struct template_reader *reader, struct template_node *node)
{
    struct bytes word;
    char sample[40];
    node->columns = 1;
    bool good = template_word(reader, &node->field);
    (void)snprintf(sample, sizeof sample, "%.*s.n",
                   good ? (int)bytes_slice(node->field, 0, 30).len : 0,
                   (const char *)node->field.data);
    if (!good || !template_field_is_known(bytes_of_text(sample)))
        template_wrong(reader, "After each comes a list: item, parcel or card.");
    while (template_word(reader, &word)) {
        if (bytes_equal_text(word, "across")) {
            read_count(reader, "across", TEMPLATE_ACROSS_MAX, &node->columns);
        } else if (bytes_equal_text(word, "gap")) {
            read_um(reader, "gap", 20000, &node->gap_um);
        } else {
            template_wrong(reader, "After the list may stand across (so many side by side) and "
                                   "gap.");
            return;
        }
    }
}

void template_read_words(struct template_reader *reader, struct template_node *node)
{
    switch (node->kind) {
    case NODE_ROW:
    case NODE_COLUMN:
    case NODE_TOP:
    case NODE_BOTTOM:
        read_rest(reader, node, PLACES | SIZES | HOLDS,
                  "width, height, pad, gap, frame, inverse, left, center, right, top, middle and "
                  "bottom");
        break;
    case NODE_TEXT:
        node->size_most = node->size_least = 1000;
        node->lines = 1;
        read_text(reader, node);
        read_rest(reader, node, PLACES | SIZES | TEXTS,
                  "size, lines, bold, upper, tight, inverse, left, center, right, top, middle, "
                  "bottom, width and height");
        break;
    case NODE_BARCODE: read_barcode(reader, node); break;
    case NODE_IMAGE:
        read_text(reader, node);
        read_rest(reader, node, PLACES | SIZES,
                  "height, width, left, center, right, top, middle and bottom");
        break;
    case NODE_MARK: read_mark(reader, node); break;
    case NODE_LINE:
        node->frame_um = 400;
        read_rest(reader, node, THICK, "thick");
        break;
    case NODE_SPACE:
        read_extent(reader, &node->height);
        node->width = node->height;
        read_rest(reader, node, 0, "millimetres or rest");
        break;
    case NODE_IF: read_if(reader, node); break;
    case NODE_ELSE: read_rest(reader, node, 0, "nothing more"); break;
    case NODE_EACH: read_each(reader, node); break;
    case NODE_PAGE: break;
    }
}
