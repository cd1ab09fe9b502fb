/* Guards: a template means what its manual says, and whatever is wrong with one is told with its
 * line, so that a warehouse's integrator can mend it; nothing that is wrong is taken. */
#include <stdlib.h>

#include "firmware/render/template.h"
#include "tests/support/expect.h"

#define HEAD "title T\n"

static struct template template;
static struct template_complaints complaints;

static bool read_text(const char *text)
{
    return template_read(bytes_of_text(text), &template, &complaints);
}

static const struct template_node *node_of_line(unsigned line)
{
    static const struct template_node none;
    for (size_t i = 1; i < template.node_count; i++) {
        if (template.nodes[i].line == line) return &template.nodes[i];
    }
    EXPECT(false, "there is a node of this line");
    return &none;
}

static void the_manuals_example_is_read(void)
{
    static const char text[] =
        "title Small label\n"
        "needs awb to_name\n"
        "row height 12 gap 2\n"
        "  text \"{carrier_title}\" size 20..10 bold\n"
        "  if payment = cod\n"
        "    text \"COD {collect}\" size 30..14 bold inverse center width 50\n"
        "  else\n"
        "    text \"PREPAID\" size 18 right\n"
        "\n"
        "# a remark\n"
        "barcode code128 \"{awb}\" height 22..14 or qr caption center\r\n"
        "space rest\n";
    if (!EXPECT(read_text(text), "it is good")) {
        fprintf(stderr, "    %u: %s\n", complaints.entries[0].line, complaints.entries[0].sentence);
        return;
    }
    EXPECT_TEXT("Small label", template.title, "the title");
    EXPECT_I64(2, template.need_count, "what it needs");
    const struct template_node *row = node_of_line(3);
    EXPECT(row->kind == NODE_ROW && row->height.kind == EXTENT_UM, "a row of a height");
    EXPECT_I64(12000, row->height.most, "in micrometres");
    EXPECT_I64(2000, row->gap_um, "with a gap");
    EXPECT_I64(4, template.nodes[row->child].line, "the text stands in the row");
    const struct template_node *text_node = node_of_line(4);
    EXPECT_I64(2000, text_node->size_most, "the wish");
    EXPECT_I64(1000, text_node->size_least, "the least");
    EXPECT(text_node->bold && !node_of_line(8)->bold, "bold");
    const struct template_node *condition = node_of_line(5);
    EXPECT(condition->condition == CONDITION_IS && bytes_equal_text(condition->value, "cod"),
           "the condition");
    EXPECT(node_of_line(7)->kind == NODE_ELSE, "and its opposite");
    EXPECT_I64(7, template.nodes[condition->next].line, "follows it");
    const struct template_node *bars = node_of_line(11);
    EXPECT(bars->barcode == BARCODE_TYPE_CODE128 && bars->caption && bars->has_other, "bars");
    EXPECT(bars->other == BARCODE_TYPE_QR && bars->across == PLACE_MIDDLE, "or squares");
    EXPECT_I64(22000, bars->height.most, "their height");
    EXPECT_I64(14000, bars->height.least, "and its least");
    EXPECT(node_of_line(12)->height.kind == EXTENT_REST, "the rest");
    EXPECT(!template.flows, "one page");
}

static const struct {
    const char *text;
    unsigned line;
    const char *part; /* of the sentence */
} mistakes[] = {
    {HEAD "txet \"x\"\n", 2, "There is no \"txet\""},
    {HEAD "text x\n", 2, "in quotes"},
    {HEAD "text \"x\n", 2, "in quotes"},
    {HEAD "text \"{awb\"\n", 2, "never closed"},
    {HEAD "text \"awb}\"\n", 2, "closes nothing"},
    {HEAD "text \"[{awb}\"\n", 2, "brackets do not match"},
    {HEAD "text \"{awb}]\"\n", 2, "brackets do not match"},
    {HEAD "text \"[[{awb}]]\"\n", 2, "brackets do not match"},
    {HEAD "text \"\\q\"\n", 2, "After \\ stands"},
    {HEAD "text \"{to_nmae}\"\n", 2, "no field to_nmae"},
    {HEAD "text \"{own_}\"\n", 2, "no field own_"},
    {HEAD "text \"x\" size 3\n", 2, "points from 4 to 160"},
    {HEAD "text \"x\" size 8..12\n", 2, "from wish to least"},
    {HEAD "text \"x\" size\n", 2, "points"},
    {HEAD "text \"x\" lines 0\n", 2, "number from 1 to 12"},
    {HEAD "text \"x\" colour red\n", 2, "\"colour\" says nothing"},
    {HEAD "text \"x\" width -3\n", 2, "width or height"},
    {HEAD "text \"x\" width 700\n", 2, "width or height"},
    {HEAD "text \"x\" pad 2\n", 2, "\"pad\" says nothing"},
    {HEAD "barcode code127 \"{awb}\" height 9\n", 2, "A barcode is"},
    {HEAD "barcode code128 \"{awb}\"\n", 2, "Bars need a height"},
    {HEAD "barcode code128 \"{awb}\" height rest\n", 2, "height of a barcode"},
    {HEAD "barcode code128 \"\" height 9\n", 2, "says nothing"},
    {HEAD "barcode code128 \"{awb}\" height 9 or bars\n", 2, "After or"},
    {HEAD "column inverse\n  barcode qr \"{awb}\" height 9\n", 3, "cannot be read"},
    {HEAD "mark skull height 9\n", 2, "A mark is"},
    {HEAD "mark fragile\n", 2, "needs its height"},
    {HEAD "image \"x.pbm\"\n", 2, "needs its height"},
    {HEAD "if awb > 3\n  text \"x\"\n", 2, "A condition is"},
    {HEAD "if not payment = cod\n  text \"x\"\n", 2, "A condition is"},
    {HEAD "if nothing\n  text \"x\"\n", 2, "no field nothing"},
    {HEAD "if awb\ntext \"x\"\n", 2, "Nothing belongs to this line"},
    {HEAD "else\n  text \"x\"\n", 2, "no if before this else"},
    {HEAD "if awb\n  text \"x\"\ntext \"y\"\nelse\n  text \"z\"\n", 5, "no if before"},
    {HEAD "each thing\n  text \"x\"\n", 2, "item, parcel or card"},
    {HEAD "row\n  each item\n    text \"{item.sku}\"\n", 3, "at the very left"},
    {HEAD "each item\n  each card\n    text \"x\"\n", 3, "list in a list"},
    {HEAD "column\n  top\n    text \"x\"\n", 3, "belong to the page"},
    {HEAD "text \"x\"\n  text \"y\"\n", 3, "Nothing can stand inside"},
    {HEAD "  text \"y\"\n", 2, "Nothing can stand inside"},
    {HEAD "column\n    text \"x\"\n  text \"y\"\n", 4, "between two levels"},
    {HEAD "\ttext \"x\"\n", 2, "tab"},
    {HEAD "row\n  text \"x\" height rest\n", 3, "In a row"},
    {HEAD "paper B4\ntext \"x\"\n", 2, "The paper is"},
    {HEAD "paper 100 x 0\ntext \"x\"\n", 2, "The paper is"},
    {HEAD "margin 40\ntext \"x\"\n", 2, "margin is 0 to 30"},
    {HEAD "needs money\ntext \"x\"\n", 2, "no field money"},
    {HEAD "margin 2 3\ntext \"x\"\n", 2, "Nobody knows"},
    {HEAD, 0, "nothing to draw"},
    {"text \"x\"\n", 0, "no title"},
    {HEAD "text \"\x01\"\n", 0, "UTF-8"},
    {HEAD "text \"\xff\"\n", 0, "UTF-8"},
};

static void what_is_wrong_is_told_with_its_line(void)
{
    for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
        if (!EXPECT(!read_text(mistakes[i].text), mistakes[i].part)) continue;
        bool found = false;
        for (size_t j = 0; j < complaints.count; j++) {
            const struct template_complaint *entry = &complaints.entries[j];
            found |= entry->line == mistakes[i].line &&
                     strstr(entry->sentence, mistakes[i].part) != NULL;
        }
        if (!EXPECT(found, mistakes[i].part))
            fprintf(stderr, "    %s    got %u: %s\n", mistakes[i].text, complaints.entries[0].line,
                    complaints.entries[0].sentence);
    }
}

static void many_mistakes_are_told_together_and_bounded(void)
{
    char text[4096];
    size_t len = 0;
    for (int i = 0; i < 100; i++) len += (size_t)snprintf(text + len, sizeof text - len, "what\n");
    EXPECT(!read_text(text), "it is wrong");
    EXPECT_I64(TEMPLATE_COMPLAINTS_MAX, complaints.count, "the first ones are told");
    EXPECT_I64(100 + 2 - TEMPLATE_COMPLAINTS_MAX, complaints.untold, "the others counted");
}

static void too_much_is_refused(void)
{
    static char text[TEMPLATE_FILE_MAX + 100];
    size_t len = (size_t)snprintf(text, sizeof text, HEAD);
    for (unsigned i = 0; i < TEMPLATE_NODES_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "space 1\n");
    EXPECT(!read_text(text), "more lines than a template can have");
    EXPECT(strstr(complaints.entries[0].sentence, "239 lines") != NULL, "and it is said");
    len = (size_t)snprintf(text, sizeof text, HEAD);
    for (int i = 0; i < 14; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%*scolumn\n", i, "");
    EXPECT(!read_text(text), "deeper than it can be");
    memset(text, '#', sizeof text);
    EXPECT(!template_read(bytes_of(text, sizeof text), &template, &complaints), "a file too long");
}

static void texts_fall_into_their_parts(void)
{
    struct bytes rest = bytes_of_text("A {awb}[, \\[{to_city}\\]] \\\\\\n");
    static const struct {
        enum piece_kind kind;
        const char *text;
    } wanted[] = {{PIECE_TEXT, "A "}, {PIECE_FIELD, "awb"}, {PIECE_OPEN, ""},
                  {PIECE_TEXT, ", "}, {PIECE_TEXT, "["},    {PIECE_FIELD, "to_city"},
                  {PIECE_TEXT, "]"},  {PIECE_CLOSE, ""},    {PIECE_TEXT, " "},
                  {PIECE_TEXT, "\\"}, {PIECE_TEXT, "\n"},   {PIECE_END, ""}};
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        struct piece piece = template_next_piece(&rest);
        EXPECT_I64(wanted[i].kind, piece.kind, "its kind");
        EXPECT_BYTES(bytes_of_text(wanted[i].text), piece.text, "its text");
    }
}

static void fields_are_known_by_name(void)
{
    EXPECT(template_field_is_known(BYTES_LITERAL("awb")), "one of the station's");
    EXPECT(template_field_is_known(BYTES_LITERAL("item.sku")), "one of a list");
    EXPECT(template_field_is_known(BYTES_LITERAL("own_colour")), "one of a site");
    EXPECT(template_field_is_known(BYTES_LITERAL("item.own_colour")), "one of a site's list");
    EXPECT(!template_field_is_known(BYTES_LITERAL("item.1.sku")), "rows are not numbered there");
    EXPECT(!template_field_is_known(BYTES_LITERAL("item")), "a list is no field");
    EXPECT(!template_field_is_known(BYTES_LITERAL("own_Colour")), "small letters only");
    EXPECT(!template_field_is_known(BYTES_NONE), "nothing is no field");
}

int main(void)
{
    EXPECT_RUN(the_manuals_example_is_read);
    EXPECT_RUN(what_is_wrong_is_told_with_its_line);
    EXPECT_RUN(many_mistakes_are_told_together_and_bounded);
    EXPECT_RUN(too_much_is_refused);
    EXPECT_RUN(texts_fall_into_their_parts);
    EXPECT_RUN(fields_are_known_by_name);
    return expect_result();
}
