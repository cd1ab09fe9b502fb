/* template_read.c - the lines of a template to a tree; see template.h. What follows the name of an
 * element is read in template_words.c, what only the whole shows is judged in template_judge.c. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "firmware/render/template_parts.h"

void template_complain(struct template_complaints *complaints, unsigned line, const char *format,
                       ...)
{
    va_list arguments;
    if (complaints->count == TEMPLATE_COMPLAINTS_MAX) {
        complaints->untold++;
        return;
    }
    struct template_complaint *entry = &complaints->entries[complaints->count++];
    entry->line = line;
    va_start(arguments, format);
    (void)vsnprintf(entry->sentence, sizeof entry->sentence, format, arguments);
    va_end(arguments);
}

void template_wrong(struct template_reader *reader, const char *format, ...)
{
    char sentence[TEMPLATE_SENTENCE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    template_complain(reader->complaints, reader->line, "%s", sentence);
}

/* Up to the quote that ends it; a backslash takes the next character along. */
static size_t quoted_length(struct bytes text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.data[i] == '\\') i++;
        else if (text.data[i] == '"') return i + 1;
    }
    return text.len;
}

bool template_word(struct template_reader *reader, struct bytes *out_word)
{
    struct bytes rest = bytes_trim(reader->rest);
    if (rest.len == 0) return false;
    size_t len = rest.data[0] == '"' ? quoted_length(rest) : bytes_find_byte(rest, ' ');
    *out_word = bytes_slice(rest, 0, len);
    reader->rest = bytes_from(rest, len);
    return true;
}

bool template_um(struct bytes word, uint32_t most_um, uint32_t *out_um)
{
    size_t point = bytes_find_byte(word, '.');
    struct bytes decimals = bytes_from(word, point + 1);
    uint64_t whole = 0, part = 0;
    if (!bytes_to_u64(bytes_slice(word, 0, point), 100000, &whole)) return false;
    if (point < word.len && (decimals.len > 3 || !bytes_to_u64(decimals, 999, &part))) return false;
    for (size_t i = decimals.len; point < word.len && i < 3; i++) part *= 10;
    uint64_t um = whole * 1000 + part;
    if (um > most_um) return false;
    *out_um = (uint32_t)um;
    return true;
}

/* ---- the head ------------------------------------------------------------------------------- */

/* "100 x 150" */
static bool read_sides(struct template_reader *reader, struct bytes first, uint32_t *out_width,
                       uint32_t *out_height)
{
    struct bytes by, second;
    return template_um(first, TEMPLATE_SIDE_MAX_UM, out_width) && template_word(reader, &by) &&
           bytes_equal_text(by, "x") && template_word(reader, &second) &&
           template_um(second, TEMPLATE_SIDE_MAX_UM, out_height) && *out_width > 0 &&
           *out_height > 0;
}

static void read_paper(struct template_reader *reader)
{
    struct template *out = reader->out;
    struct bytes word = BYTES_NONE;
    bool there = template_word(reader, &word);
    if (there && bytes_equal_text(word, "stock")) {
        out->paper_width_um = out->paper_height_um = 0;
    } else if (there && bytes_equal_text(word, "A4")) {
        out->paper_width_um = 210000;
        out->paper_height_um = 297000;
    } else if (!there || !read_sides(reader, word, &out->paper_width_um, &out->paper_height_um)) {
        template_wrong(reader, "The paper is stock (the printer's labels), A4, or two sides in "
                               "millimetres: paper 100 x 150.");
    }
}

static void read_needs(struct template_reader *reader)
{
    struct bytes word;
    while (template_word(reader, &word)) {
        if (!template_field_is_known(word)) {
            template_wrong(reader,
                           "There is no field %.*s, so this label would never be drawn. "
                           "board/labels/README.md lists the fields.",
                           (int)bytes_slice(word, 0, 40).len, (const char *)word.data);
        } else if (reader->out->need_count == TEMPLATE_NEEDS_MAX) {
            template_wrong(reader, "More than 8 fields are needed here. Name those without which "
                                   "the label must not go out.");
            return;
        } else {
            reader->out->needs[reader->out->need_count++] = word;
        }
    }
}

static bool read_head(struct template_reader *reader, struct bytes name)
{
    struct template *out = reader->out;
    struct bytes word = BYTES_NONE;
    if (bytes_equal_text(name, "title")) {
        struct bytes title = bytes_trim(reader->rest);
        reader->rest = BYTES_NONE;
        if (title.len == 0 || !bytes_to_text(title, out->title, sizeof out->title))
            template_wrong(reader, "A title has 1 to 63 bytes. People choose by it.");
    } else if (bytes_equal_text(name, "paper")) {
        read_paper(reader);
    } else if (bytes_equal_text(name, "smallest")) {
        if (!template_word(reader, &word) ||
            !read_sides(reader, word, &out->least_width_um, &out->least_height_um))
            template_wrong(reader, "The smallest stock is two sides in millimetres: smallest 95 x "
                                   "140.");
    } else if (bytes_equal_text(name, "margin")) {
        if (!template_word(reader, &word) || !template_um(word, 30000, &out->margin_um))
            template_wrong(reader, "The margin is 0 to 30 millimetres: margin 2.5.");
    } else if (bytes_equal_text(name, "needs")) {
        read_needs(reader);
    } else {
        return false;
    }
    if (template_word(reader, &word))
        template_wrong(reader, "Nobody knows what \"%.*s\" should mean here. Take it out.",
                       (int)bytes_slice(word, 0, 40).len, (const char *)word.data);
    return true;
}

/* ---- the elements --------------------------------------------------------------------------- */

static const struct {
    const char *word;
    enum node_kind kind;
} elements[] = {
    {"row", NODE_ROW},         {"column", NODE_COLUMN}, {"text", NODE_TEXT},
    {"barcode", NODE_BARCODE}, {"image", NODE_IMAGE},   {"mark", NODE_MARK},
    {"line", NODE_LINE},       {"space", NODE_SPACE},   {"if", NODE_IF},
    {"else", NODE_ELSE},       {"each", NODE_EACH},     {"top", NODE_TOP},
    {"bottom", NODE_BOTTOM},
};

static bool element_of(struct bytes word, enum node_kind *out_kind)
{
    for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
        if (!bytes_equal_text(word, elements[i].word)) continue;
        *out_kind = elements[i].kind;
        return true;
    }
    return false;
}

/* The nodes whose children may come: from the page down to the last one read. */
struct branch {
    size_t indent[TEMPLATE_DEPTH_MAX];
    uint16_t node[TEMPLATE_DEPTH_MAX];
    uint16_t last[TEMPLATE_DEPTH_MAX]; /* the last child so far; 0: none */
    size_t depth;                      /* of what is read */
};

static bool may_hold(enum node_kind kind)
{
    return kind == NODE_PAGE || kind == NODE_ROW || kind == NODE_COLUMN || kind == NODE_IF ||
           kind == NODE_ELSE || kind == NODE_EACH || kind == NODE_TOP || kind == NODE_BOTTOM;
}

/* Finds the parent by how far the line stands in. */
static bool place_line(struct template_reader *reader, struct branch *branch, size_t indent)
{
    size_t depth = branch->depth;
    while (depth > 0 && branch->indent[depth] > indent) depth--;
    if (branch->indent[depth] == indent) {
        branch->depth = depth;
        return true;
    }
    if (depth != branch->depth) {
        template_wrong(reader, "This line stands between two levels, so nobody can tell to what it "
                               "belongs. Put it under the first letter of its neighbours.");
        return false;
    }
    if (!may_hold(reader->out->nodes[branch->last[depth]].kind) || branch->last[depth] == 0) {
        template_wrong(reader,
                       "Nothing can stand inside the line above. Only row, column, if, "
                       "else, each, top and bottom hold other lines: take the blanks away.");
        return false;
    }
    if (depth + 1 == TEMPLATE_DEPTH_MAX) {
        template_wrong(reader, "This stands more than 11 levels deep. Use fewer rows in columns.");
        return false;
    }
    branch->depth = depth + 1;
    branch->indent[depth + 1] = indent;
    branch->node[depth + 1] = branch->last[depth];
    branch->last[depth + 1] = 0;
    return true;
}

static struct template_node *add_node(struct template_reader *reader, struct branch *branch,
                                      enum node_kind kind)
{
    struct template *out = reader->out;
    size_t depth = branch->depth;
    if (out->node_count == TEMPLATE_NODES_MAX) {
        template_wrong(reader, "A template has at most 239 lines that draw. Make two of it.");
        return NULL;
    }
    uint16_t index = (uint16_t)out->node_count++;
    struct template_node *node = &out->nodes[index];
    *node = (struct template_node){.kind = kind, .line = reader->line};
    if (branch->last[depth] == 0) out->nodes[branch->node[depth]].child = index;
    else out->nodes[branch->last[depth]].next = index;
    branch->last[depth] = index;
    return node;
}

static size_t indent_of(struct bytes line)
{
    size_t indent = 0;
    while (indent < line.len && line.data[indent] == ' ') indent++;
    return indent;
}

static void read_line(struct template_reader *reader, struct branch *branch, struct bytes line)
{
    struct bytes word;
    enum node_kind kind;
    size_t indent = indent_of(line);
    reader->rest = line;
    if (!template_word(reader, &word) || word.data[0] == '#') return;
    if (bytes_find_byte(line, '\t') < line.len) {
        template_wrong(reader, "There is a tab in this line, and its width is everybody's own. Use "
                               "blanks.");
        return;
    }
    if (indent == 0 && read_head(reader, word)) return;
    if (!element_of(word, &kind)) {
        template_wrong(reader,
                       "There is no \"%.*s\". A line begins with title, paper, smallest, margin, "
                       "needs, row, column, text, barcode, image, mark, line, space, if, else, "
                       "each, top or bottom.",
                       (int)bytes_slice(word, 0, 24).len, (const char *)word.data);
        return;
    }
    if (!place_line(reader, branch, indent)) return;
    struct template_node *node = add_node(reader, branch, kind);
    if (node != NULL) template_read_words(reader, node);
}

bool template_read(struct bytes text, struct template *out, struct template_complaints *complaints)
{
    struct template_reader reader = {.out = out, .complaints = complaints};
    struct branch branch = {.depth = 0};
    struct bytes rest = bytes_skip_mark(text), line;
    *complaints = (struct template_complaints){.count = 0};
    memset(out, 0, sizeof *out);
    out->margin_um = 2500;
    out->node_count = 1;
    out->nodes[0] = (struct template_node){.kind = NODE_PAGE, .height = {.kind = EXTENT_REST}};
    if (text.len > TEMPLATE_FILE_MAX || !bytes_are_utf8_text(text)) {
        template_complain(complaints, 0,
                          "A template is text in UTF-8 of at most 24 KiB. Save it "
                          "so.");
        return false;
    }
    while (bytes_split(&rest, '\n', &line)) {
        reader.line++;
        if (line.len > 0 && line.data[line.len - 1] == '\r') line.len--;
        read_line(&reader, &branch, line);
    }
    template_judge(out, complaints);
    return complaints->count == 0;
}
