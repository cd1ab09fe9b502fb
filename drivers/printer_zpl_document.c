/* printer_zpl_document.c - a courier's ZPL document, checked and made into a job of ours.
 *
 * A document is one label, and may bring what programs send around one: a format that only sets
 * things up, a picture that is stored first and deleted afterwards. What comes out is one ^XA ...
 * ^XZ of one copy, with our set-up in front, in which nothing is stored and no direct command ("~")
 * stands: those act wherever they are, inside texts too. What becomes of each command says the
 * table in printer_zpl_commands.c; a picture must be complete, or the printer would take what
 * follows for its missing part. ZPL II Programming Guide, P1099958. */
#include "drivers/label_fit.h"
#include "drivers/printer_zpl.h"
#include "drivers/printer_zpl_commands.h"
#include "drivers/printer_zpl_graphic.h"

#define DOCUMENT_MAX (1024u * 1024u)
#define FIELD_DATA_MAX 3072u
#define STORED_MAX 8u
#define ENCODING_MAX 36u
/* A label of 812 dots is printed on paper of 800, for its edges are white; a larger one is not. */
#define OVERHANG_PERCENT 5u

#define NOT_ZPL "the document is not a ZPL label"
#define TWO_LABELS "there is more than one label in the document"
#define MORE_BEHIND "something follows the label"
#define DIRECT "the label holds a direct command (~)"

/* ZebraDesigner's way to begin: the letters of commands are made what they are anyway. */
static const char usual_letters[] = "CT~~CD,~CC^~CT~";

struct document {
    struct textbuf *out;
    struct zpl_report *report;
    unsigned width, height; /* of the paper, dots */
    const char *why;
    struct zpl_graphic stored[STORED_MAX];
    size_t stored_count;
    size_t format_at; /* where in `out` this format begins */
    bool inside;      /* a format */
    bool in_text;
    bool draws; /* this format */
    bool drawn; /* a label has been */
};

static bool refuse(struct document *document, const char *why)
{
    document->why = why;
    return false;
}

static bool keep(struct document *document, struct bytes command, bool draws)
{
    if (command.len > FIELD_DATA_MAX) return refuse(document, "a text on the label is too long");
    textbuf_bytes_put(document->out, command);
    document->draws = document->draws || draws;
    return true;
}

static bool leave_out(struct document *document, const struct zpl_command *command)
{
    struct zpl_report *report = document->report;
    if (report == NULL || report->count == ZPL_LEFT_OUT_MAX) return true;
    for (size_t i = 0; i < report->count; i++) {
        if (report->left_out[i] == command->name) return true;
    }
    report->left_out[report->count++] = command->name;
    return true;
}

/* ---- what may stand behind a command
 * ---------------------------------------------------------- */

static bool keep_side(struct document *document, const struct zpl_command *command,
                      struct bytes token, unsigned side)
{
    uint64_t dots;
    bool read = bytes_to_u64(bytes_trim(bytes_from(token, 3)), UINT32_MAX, &dots) && dots > 0;
    if (read && dots <= side) return keep(document, token, false);
    if (read && dots > side + side * OVERHANG_PERCENT / 100) return refuse(document, command->why);
    return leave_out(document, command); /* the paper's own has been said */
}

static bool keep_place(struct document *document, const struct zpl_command *command,
                       struct bytes token)
{
    struct bytes rest = bytes_from(token, 3), part;
    const unsigned sides[] = {document->width, document->height};
    for (size_t i = 0; i < ARRAY_LEN(sides) && bytes_split(&rest, ',', &part); i++) {
        uint64_t dots;
        part = bytes_trim(part);
        if (part.len > 0 && !bytes_to_u64(part, sides[i], &dots))
            return refuse(document, command->why);
    }
    return keep(document, token, false);
}

static bool keep_encoding(struct document *document, const struct zpl_command *command,
                          struct bytes token)
{
    struct bytes number = bytes_trim(bytes_from(token, 3));
    uint64_t encoding;
    bool known = number.len == 0 || bytes_to_u64(number, ENCODING_MAX, &encoding);
    return known ? keep(document, token, false) : refuse(document, command->why);
}

static bool take_bounded(struct document *document, const struct zpl_command *command,
                         struct bytes token)
{
    struct bytes value = bytes_trim(bytes_from(token, 3));
    switch (command->bound) {
    case ZPL_ANY: break;
    case ZPL_ONLY:
        if (value.len == 0 || bytes_equal_ignore_case(value, command->value)) break;
        return refuse(document, command->why);
    case ZPL_ENCODING: return keep_encoding(document, command, token);
    case ZPL_WIDTH: return keep_side(document, command, token, document->width);
    case ZPL_HEIGHT: return keep_side(document, command, token, document->height);
    case ZPL_PLACE: return keep_place(document, command, token);
    }
    return command->fate == ZPL_KEEP ? keep(document, token, false) : leave_out(document, command);
}

/* ---- pictures
 * -------------------------------------------------------------------------------- */

static bool draw_graphic(struct document *document, struct bytes token)
{
    const char *why = zpl_graphic_check(token);
    if (why != NULL) return refuse(document, why);
    textbuf_bytes_put(document->out, token);
    document->draws = true;
    return true;
}

/* Stored nowhere but here; the newest of a name counts. */
static bool store_picture(struct document *document, struct bytes token,
                          const struct zpl_command *command)
{
    if (document->stored_count == STORED_MAX)
        return refuse(document, "the label brings too many pictures");
    struct zpl_graphic *graphic = &document->stored[document->stored_count++];
    const char *why = zpl_graphic_parse(token, graphic);
    return why == NULL ? leave_out(document, command) : refuse(document, why);
}

static bool call_picture(struct document *document, struct bytes token)
{
    for (size_t i = document->stored_count; i > 0; i--) {
        const struct zpl_graphic *graphic = &document->stored[i - 1];
        if (!zpl_graphic_is_called(graphic, token)) continue;
        textbuf_format(document->out, "^GFA,%u,%u,%u,", graphic->bytes, graphic->bytes,
                       graphic->row_bytes);
        textbuf_bytes_put(document->out, graphic->data);
        document->draws = true;
        return true;
    }
    return refuse(document, "the label uses something that was stored in the printer");
}

/* ---- formats
 * --------------------------------------------------------------------------------- */

static bool begin(struct document *document, struct bytes token)
{
    if (document->inside) return refuse(document, TWO_LABELS);
    if (bytes_trim(bytes_from(token, 3)).len > 0) return refuse(document, NOT_ZPL);
    document->inside = true;
    document->draws = false;
    document->format_at = document->out->len;
    return true;
}

/* A format that draws nothing sets things up for what follows: what we keep of it now stands in
 * front of the label. Behind the label it was for others. */
static bool end(struct document *document, struct bytes token)
{
    if (document->draws && document->drawn) return refuse(document, TWO_LABELS);
    if (bytes_trim(bytes_from(token, 3)).len > 0) return refuse(document, MORE_BEHIND);
    if (document->drawn && textbuf_ok(document->out)) {
        document->out->len = document->format_at;
        document->out->data[document->out->len] = '\0';
    }
    document->drawn = document->drawn || document->draws;
    document->inside = false;
    return true;
}

static bool is_for_outside(const struct zpl_command *command)
{
    bool direct = command->name[0] == '~' && command->fate != ZPL_REFUSE;
    return direct || command->fate == ZPL_BEGIN;
}

static bool take(struct document *document, struct bytes token)
{
    const struct zpl_command *command = zpl_command_find(token);
    if (token.data[0] == '~' && document->in_text) return refuse(document, DIRECT);
    document->in_text = command->fate == ZPL_TEXT || command->fate == ZPL_NOTE;
    if (command->fate != ZPL_REFUSE && !document->inside && !is_for_outside(command))
        return refuse(document, document->drawn ? MORE_BEHIND : NOT_ZPL);
    switch (command->fate) {
    case ZPL_BEGIN: return begin(document, token);
    case ZPL_END: return end(document, token);
    case ZPL_TEXT:
    case ZPL_DRAW: return keep(document, token, true);
    case ZPL_GRAPHIC: return draw_graphic(document, token);
    case ZPL_PICTURE: return store_picture(document, token, command);
    case ZPL_CALL: return call_picture(document, token);
    case ZPL_KEEP:
    case ZPL_LEAVE_OUT: return take_bounded(document, command, token);
    case ZPL_NOTE: return leave_out(document, command);
    case ZPL_REFUSE: return refuse(document, command->why);
    }
    ensure_failed("a command's fate is one of the list", __FILE__, __LINE__);
}

/* Takes one command off the front, with its data up to the next one. */
static struct bytes take_token(struct bytes *rest)
{
    size_t len = 1;
    while (len < rest->len && rest->data[len] != '^' && rest->data[len] != '~') len++;
    struct bytes token = bytes_slice(*rest, 0, len);
    *rest = bytes_from(*rest, len);
    return token;
}

static bool take_all(struct document *document, struct bytes rest)
{
    while (rest.len > 0) {
        if (!take(document, take_token(&rest))) return false;
    }
    if (document->inside) return refuse(document, "the label has no end");
    return document->drawn || refuse(document, "the label is empty");
}

static struct bytes skip_usual_letters(struct bytes text)
{
    struct bytes rest = bytes_start_with(text, "\x10") ? bytes_from(text, 1) : text;
    if (!bytes_start_with(rest, usual_letters)) return text;
    return bytes_trim(bytes_from(rest, sizeof usual_letters - 1));
}

static const char *check_bytes(struct bytes text)
{
    if (text.len > DOCUMENT_MAX) return "the label is too big";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        bool blank = byte == '\r' || byte == '\n' || byte == '\t';
        if ((byte < ' ' && !blank) || byte == 0x7F) return "the label holds control characters";
    }
    bool begins = text.len > 0 && (text.data[0] == '^' || text.data[0] == '~');
    return begins ? NULL : NOT_ZPL;
}

bool zpl_filter_document(struct bytes text, const struct printer_setup *setup, struct textbuf *out,
                         struct zpl_report *out_report, const char **out_why)
{
    unsigned dots_per_mm = label_dots_per_mm(setup->dpi);
    struct document document = {.out = out,
                                .report = out_report,
                                .width = label_dots(setup->width_dmm, dots_per_mm),
                                .height = label_dots(setup->height_dmm, dots_per_mm)};
    if (out_report != NULL) *out_report = (struct zpl_report){.count = 0};
    text = skip_usual_letters(bytes_trim(bytes_skip_mark(text)));
    document.why = check_bytes(text);
    /* A document may count on the bar and letter sizes that a printer starts with. */
    zpl_open(setup, out);
    textbuf_text(out, "^BY2,3,10^CFA,9,5\n");
    if (document.why == NULL && take_all(&document, text)) {
        textbuf_text(out, ZPL_CLOSE);
        if (textbuf_ok(out)) return true;
        document.why = "the label is too big";
    }
    *out_why = document.why;
    return false;
}

bool zpl_encode_document(struct bytes text, const struct printer_setup *setup, struct textbuf *out,
                         const char **out_why)
{
    return zpl_filter_document(text, setup, out, NULL, out_why);
}
