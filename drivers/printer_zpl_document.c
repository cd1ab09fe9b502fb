/* printer_zpl_document.c - a courier's ZPL document, checked and made into a job of ours.
 *
 * Rule: what is not known to be harmless is refused. A document is one ^XA ... ^XZ with nothing
 * around it; of the commands inside, those that draw are kept, those that set up the printer or
 * ask for copies are left out (the set-up is the box's business and one copy is the station's),
 * and all others refuse the document: stored settings, files, downloads, host questions, changed
 * command letters. "~" commands act wherever they stand, inside data too, so there may be none
 * at all. A picture must be complete, or the printer would take what follows for its missing part.
 * ZPL II Programming Guide, P1099958. */
#include "drivers/printer_zpl.h"
#include "hal/base/crc.h"

#define FIELD_DATA_MAX 3072u
#define GRAPHIC_BYTES_MAX 999999u

struct document {
    struct textbuf *out;
    bool draws; /* there is something on the label */
    const char *why;
};

enum fate { FATE_KEEP, FATE_DRAW, FATE_GRAPHIC, FATE_LEAVE_OUT, FATE_BEGIN, FATE_END, FATE_REFUSE };

static const struct {
    const char *name;
    enum fate fate;
} commands[] = {
    {"XA", FATE_BEGIN},     {"XZ", FATE_END},       {"FD", FATE_DRAW},      {"FV", FATE_DRAW},
    {"GB", FATE_DRAW},      {"GC", FATE_DRAW},      {"GD", FATE_DRAW},      {"GE", FATE_DRAW},
    {"GS", FATE_KEEP},      {"GF", FATE_GRAPHIC},   {"FO", FATE_KEEP},      {"FT", FATE_KEEP},
    {"FS", FATE_KEEP},      {"FB", FATE_KEEP},      {"FH", FATE_KEEP},      {"FP", FATE_KEEP},
    {"FR", FATE_KEEP},      {"FW", FATE_KEEP},      {"TB", FATE_KEEP},      {"PA", FATE_KEEP},
    {"PW", FATE_KEEP},      {"LL", FATE_KEEP},      {"LH", FATE_KEEP},      {"LR", FATE_KEEP},
    {"CF", FATE_KEEP},      {"CI", FATE_KEEP},      {"PO", FATE_KEEP},      {"PM", FATE_KEEP},
    {"FX", FATE_LEAVE_OUT}, {"PQ", FATE_LEAVE_OUT}, {"MM", FATE_LEAVE_OUT}, {"MN", FATE_LEAVE_OUT},
    {"MT", FATE_LEAVE_OUT}, {"MD", FATE_LEAVE_OUT}, {"PR", FATE_LEAVE_OUT}, {"LT", FATE_LEAVE_OUT},
    {"LS", FATE_LEAVE_OUT}, {"MC", FATE_LEAVE_OUT}, {"XB", FATE_LEAVE_OUT}, {"CV", FATE_LEAVE_OUT},
};

static bool is_alphanumeric(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

/* All of ^A choose a font, all of ^B draw or shape a bar code. */
static enum fate fate_of(struct bytes command)
{
    struct bytes name = bytes_slice(command, 1, 2);
    if (name.len < 2) return FATE_REFUSE;
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (bytes_equal_ignore_case(name, commands[i].name)) return commands[i].fate;
    }
    uint8_t letter = name.data[0] & 0xDF; /* commands may be in small letters */
    bool font = letter == 'A' && (is_alphanumeric(name.data[1]) || name.data[1] == '@');
    bool bars = letter == 'B' && is_alphanumeric(name.data[1]);
    return font || bars ? FATE_KEEP : FATE_REFUSE;
}

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    return -1;
}

/* ":Z64:base64:CRC" and ":B64:base64:CRC"; the CRC proves that nothing is missing. It is taken over
 * the base64 text itself: so in graphics of ZebraDesigner and of two libraries. */
static bool coded_picture_is_whole(struct bytes data)
{
    struct bytes text = bytes_from(data, 5);
    size_t len = bytes_find_byte(text, ':');
    struct bytes crc = bytes_from(text, len + 1);
    unsigned wanted = 0;
    if (len == 0 || crc.len != 4) return false;
    for (size_t i = 0; i < crc.len; i++) {
        int digit = hex_digit(crc.data[i]);
        if (digit < 0) return false;
        wanted = wanted << 4 | (unsigned)digit;
    }
    return crc16_add(0, bytes_slice(text, 0, len)) == wanted;
}

/* "G" to "Y" repeat the next digit 1 to 19 times, "g" to "z" 20 to 400; 0 for anything else. */
static unsigned repeat_of(uint8_t byte)
{
    if (byte >= 'G' && byte <= 'Y') return (unsigned)(byte - 'G') + 1;
    if (byte >= 'g' && byte <= 'z') return ((unsigned)(byte - 'g') + 1) * 20;
    return 0;
}

/* Counts what ASCII data, compressed or not, unpacks to, in half bytes. */
static bool hex_picture_is_whole(struct bytes data, uint64_t row, uint64_t whole)
{
    uint64_t at = 0;
    unsigned repeat = 0;
    for (size_t i = 0; i < data.len && at <= whole; i++) {
        uint8_t byte = data.data[i];
        unsigned more = hex_digit(byte) >= 0 ? 0 : repeat_of(byte);
        if (byte == '\r' || byte == '\n' || byte == ' ') continue;
        if (hex_digit(byte) >= 0) at += repeat > 0 ? repeat : 1;
        else if (byte == ',' || byte == '!') at += row - at % row;
        else if (byte == ':' && at % row == 0 && at > 0) at += row;
        else if (more == 0) return false;
        repeat = more > 0 ? repeat + more : 0;
    }
    return at == whole && repeat == 0;
}

static const char *check_graphic(struct bytes command)
{
    struct bytes rest = bytes_from(command, 3), kind, sent, size, row;
    uint64_t size_bytes, row_bytes;
    bool read = bytes_split(&rest, ',', &kind) && bytes_split(&rest, ',', &sent) &&
                bytes_split(&rest, ',', &size) && bytes_split(&rest, ',', &row) &&
                bytes_to_u64(size, GRAPHIC_BYTES_MAX, &size_bytes) &&
                bytes_to_u64(row, GRAPHIC_BYTES_MAX, &row_bytes);
    if (!read || size_bytes == 0 || row_bytes == 0 || size_bytes % row_bytes != 0) {
        return "a picture on the label has no sensible size";
    }
    if (!bytes_equal_ignore_case(kind, "A")) return "a picture on the label is in binary";
    struct bytes data = bytes_trim(rest);
    bool coded = bytes_start_with(data, ":Z64:") || bytes_start_with(data, ":B64:");
    bool whole = coded ? coded_picture_is_whole(data)
                       : hex_picture_is_whole(data, 2 * row_bytes, 2 * size_bytes);
    return whole ? NULL : "a picture on the label is not complete";
}

static bool refuse(struct document *document, const char *why)
{
    document->why = why;
    return false;
}

static bool keep(struct document *document, struct bytes command, bool draws)
{
    textbuf_bytes_put(document->out, command);
    document->draws = document->draws || draws;
    return true;
}

/* One command inside the label, with its data up to the next "^". */
static bool take_command(struct document *document, struct bytes command)
{
    const char *why = NULL;
    enum fate fate = fate_of(command);
    switch (fate) {
    case FATE_KEEP:
    case FATE_DRAW:
        if (command.len > FIELD_DATA_MAX)
            return refuse(document, "a text on the label is too long");
        return keep(document, command, fate == FATE_DRAW);
    case FATE_GRAPHIC:
        why = check_graphic(command);
        return why == NULL ? keep(document, command, true) : refuse(document, why);
    case FATE_LEAVE_OUT: return true;
    case FATE_BEGIN: return refuse(document, "there is more than one label in the document");
    case FATE_END: /* the caller stops there */
    case FATE_REFUSE: break;
    }
    return refuse(document, "the label has a command that we do not allow");
}

/* Takes "^", the letters and the data of one command off the front. */
static struct bytes take_token(struct bytes *rest)
{
    size_t len = 1 + bytes_find_byte(bytes_from(*rest, 1), '^');
    struct bytes token = bytes_slice(*rest, 0, len);
    *rest = bytes_from(*rest, token.len);
    return token;
}

static bool take_end(struct document *document, struct bytes end, struct bytes rest)
{
    if (bytes_find(rest, BYTES_LITERAL("^XA")) < rest.len) {
        return refuse(document, "there is more than one label in the document");
    }
    if (rest.len > 0 || bytes_trim(bytes_from(end, 3)).len > 0) {
        return refuse(document, "something follows the label");
    }
    return document->draws || refuse(document, "the label is empty");
}

static bool take_label(struct document *document, struct bytes rest)
{
    struct bytes token = take_token(&rest);
    if (fate_of(token) != FATE_BEGIN || bytes_trim(bytes_from(token, 3)).len > 0) {
        return refuse(document, "the document is not a ZPL label");
    }
    while (rest.len > 0) {
        token = take_token(&rest);
        if (fate_of(token) == FATE_END) return take_end(document, token, rest);
        if (!take_command(document, token)) return false;
    }
    return refuse(document, "the label has no end");
}

static const char *check_bytes(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        if (byte == '~') return "the label holds a direct command (~)";
        bool blank = byte == '\r' || byte == '\n' || byte == '\t';
        if ((byte < ' ' && !blank) || byte == 0x7F) return "the label holds control characters";
    }
    return text.len == 0 || text.data[0] != '^' ? "the document is not a ZPL label" : NULL;
}

bool zpl_encode_document(struct bytes text, const struct printer_setup *setup, struct textbuf *out,
                         const char **out_why)
{
    struct document document = {.out = out, .why = NULL};
    text = bytes_trim(bytes_skip_mark(text));
    document.why = check_bytes(text);
    /* A document may count on the bar and letter sizes that a printer starts with. */
    zpl_open(setup, out);
    textbuf_text(out, "^BY2,3,10^CFA,9,5\n");
    if (document.why == NULL && take_label(&document, text)) {
        textbuf_text(out, ZPL_CLOSE);
        if (textbuf_ok(out)) return true;
        document.why = "the label is too big";
    }
    *out_why = document.why;
    return false;
}
