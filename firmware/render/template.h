/* template.h - a label as a text file: read into a value, and checked. Pure: no file, no font.
 *
 * A template is a tree. What stands further in belongs to the line above it. Rows put their
 * children side by side, columns and the page one below the other, so that nothing can lie on
 * anything else, and a barcode's quiet zone is part of its place. board/labels/README.md is the
 * manual of the language. Nodes point into the text, which must live as long as they. */
#ifndef PACKD_FIRMWARE_RENDER_TEMPLATE_H
#define PACKD_FIRMWARE_RENDER_TEMPLATE_H

#include "hal/base/bytes.h"
#include "hal/base/render_wire.h"

#define TEMPLATE_FILE_MAX (24u * 1024u)
#define TEMPLATE_NODES_MAX 240u
#define TEMPLATE_DEPTH_MAX 12u
#define TEMPLATE_NEEDS_MAX 8u
#define TEMPLATE_TEXT_MAX 400u /* bytes between quotes */
#define TEMPLATE_TITLE_SIZE 64u
#define TEMPLATE_LINES_MAX 12u
#define TEMPLATE_ACROSS_MAX 6u
#define TEMPLATE_SIZE_MIN 400u /* hundredths of a point */
#define TEMPLATE_SIZE_MAX 16000u
#define TEMPLATE_SIDE_MAX_UM 600000u
#define TEMPLATE_COMPLAINTS_MAX 12u
#define TEMPLATE_SENTENCE_SIZE 200u

enum node_kind {
    NODE_PAGE, /* the first node, and the only one without a line */
    NODE_ROW,
    NODE_COLUMN,
    NODE_TEXT,
    NODE_BARCODE,
    NODE_IMAGE,
    NODE_MARK,
    NODE_LINE,
    NODE_SPACE,
    NODE_IF,
    NODE_ELSE, /* follows the IF whose opposite it is */
    NODE_EACH,
    NODE_TOP, /* of every page */
    NODE_BOTTOM,
};

enum extent_kind { EXTENT_CONTENT, EXTENT_UM, EXTENT_SHARE, EXTENT_REST };
struct extent {
    enum extent_kind kind;
    uint32_t most, least; /* UM: micrometres; SHARE: hundredths of a per cent of what is there */
};

enum barcode_type {
    BARCODE_TYPE_CODE128,
    BARCODE_TYPE_GS1_128,
    BARCODE_TYPE_CODE39,
    BARCODE_TYPE_ITF,
    BARCODE_TYPE_EAN13,
    BARCODE_TYPE_QR,
    BARCODE_TYPE_DATAMATRIX,
    BARCODE_TYPE_PDF417,
    BARCODE_TYPE_AZTEC,
};
#define BARCODE_TYPES (BARCODE_TYPE_AZTEC + 1)

enum mark_kind { MARK_FRAGILE, MARK_UP, MARK_DRY, MARK_DANGEROUS, MARK_BATTERY };
#define MARKS (MARK_BATTERY + 1)

enum place { PLACE_START, PLACE_MIDDLE, PLACE_END };
enum condition { CONDITION_THERE, CONDITION_NOT_THERE, CONDITION_IS, CONDITION_IS_NOT };

struct template_node {
    enum node_kind kind;
    unsigned line;
    uint16_t child, next; /* 0: none */
    struct extent width, height;
    uint32_t pad_um, gap_um, frame_um; /* frame of containers; thickness of a line */
    enum place across, down;           /* left to right, top to bottom */
    bool inverse, bold, tight, caption, optional, upper;
    uint32_t size_most, size_least; /* hundredths of a point */
    unsigned lines;                 /* most lines of a text */
    unsigned columns;               /* EACH: so many side by side */
    uint32_t module_most_um, module_least_um;
    enum barcode_type barcode, other; /* `other` where the first does not fit */
    bool has_other;
    enum mark_kind mark;
    enum condition condition;
    struct bytes text;  /* between the quotes, as written */
    struct bytes field; /* IF: which; EACH: which list */
    struct bytes value; /* IF: what it is compared with */
};

struct template
{
    char title[TEMPLATE_TITLE_SIZE];
    uint32_t paper_width_um, paper_height_um; /* 0: the stock's */
    uint32_t least_width_um, least_height_um; /* of the stock; 0: any */
    uint32_t margin_um;
    struct bytes needs[TEMPLATE_NEEDS_MAX];
    size_t need_count;
    bool flows; /* has a list: as many pages as it takes */
    size_t node_count;
    struct template_node nodes[TEMPLATE_NODES_MAX];
};

struct template_complaint {
    unsigned line; /* 0: the file as a whole */
    char sentence[TEMPLATE_SENTENCE_SIZE];
};
struct template_complaints {
    struct template_complaint entries[TEMPLATE_COMPLAINTS_MAX];
    size_t count, untold;
};

/* False: there are complaints, each with what is wrong and what to do. */
MUST_USE bool template_read(struct bytes text, struct template *out,
                            struct template_complaints *complaints);
void template_complain(struct template_complaints *complaints, unsigned line, const char *format,
                       ...) PRINTF_LIKE(3, 4);

/* Is there such a field? Those of the station, "own_..." of a site, and of lists "item.name". */
bool template_field_is_known(struct bytes name);
/* What stands for it where a template is tried out at start, "name=value" lines. */
struct bytes template_samples(void);

/* The parts of a text, one after the other, escapes resolved: what stands there, a field, the
 * brackets around what goes with its fields. */
enum piece_kind { PIECE_END, PIECE_TEXT, PIECE_FIELD, PIECE_OPEN, PIECE_CLOSE, PIECE_BAD };
struct piece {
    enum piece_kind kind;
    struct bytes text; /* FIELD: its name; BAD: the sentence */
};
struct piece template_next_piece(struct bytes *rest);

#endif
