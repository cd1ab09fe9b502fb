/* scale_profile_layout.c - a layout: from text to elements; and what marks a frame. */
#include <string.h>

#include "drivers/scale_profile_parts.h"

static const struct {
    const char *name;
    uint8_t byte;
} byte_names[] = {
    {"NUL", 0x00}, {"SOH", 0x01}, {"STX", 0x02}, {"ETX", 0x03}, {"EOT", 0x04}, {"ENQ", 0x05},
    {"ACK", 0x06}, {"TAB", 0x09}, {"LF", 0x0A},  {"CR", 0x0D},  {"DC1", 0x11}, {"DC2", 0x12},
    {"DC3", 0x13}, {"DC4", 0x14}, {"NAK", 0x15}, {"CAN", 0x18}, {"ESC", 0x1B}, {"SP", 0x20},
};

static bool hex_digit(uint8_t byte, unsigned *out_value)
{
    if (byte >= '0' && byte <= '9') *out_value = byte - '0';
    else if (byte >= 'a' && byte <= 'f') *out_value = byte - 'a' + 10u;
    else if (byte >= 'A' && byte <= 'F') *out_value = byte - 'A' + 10u;
    else return false;
    return true;
}

static bool byte_named(struct bytes name, uint8_t *out_byte)
{
    unsigned high, low;
    for (size_t i = 0; i < ARRAY_LEN(byte_names); i++) {
        if (!bytes_equal_text(name, byte_names[i].name)) continue;
        *out_byte = byte_names[i].byte;
        return true;
    }
    if (name.len != 2 || !hex_digit(name.data[0], &high) || !hex_digit(name.data[1], &low))
        return false;
    *out_byte = (uint8_t)(high * 16 + low);
    return true;
}

static enum profile_token bad(struct profile_word *out, const char *why)
{
    out->why = why;
    return TOKEN_BAD;
}

static enum profile_token take_text(struct bytes *rest, struct profile_word *out)
{
    struct bytes inside = bytes_from(*rest, 1);
    size_t len = bytes_find_byte(inside, '\'');
    if (len == inside.len)
        return bad(out,
                   "A text has no closing quote ('): it would swallow what follows. Close it.");
    if (len > sizeof out->bytes)
        return bad(out, "A text in quotes is longer than 12 bytes. Write it as two texts.");
    if (len > 0) memcpy(out->bytes, inside.data, len);
    out->len = len;
    *rest = bytes_from(inside, len + 1);
    return TOKEN_BYTES;
}

static enum profile_token take_byte(struct bytes *rest, struct profile_word *out)
{
    size_t end = bytes_find_byte(*rest, '>');
    if (end == rest->len || !byte_named(bytes_slice(*rest, 1, end - 1), &out->bytes[0]))
        return bad(out,
                   "A byte in <> is neither two hex digits (<02>) nor one of the names STX, ETX, "
                   "CR, LF, SOH, EOT, ENQ, ACK, NAK, ESC, SP, TAB, NUL. Write <STX> or <02>.");
    out->len = 1;
    *rest = bytes_from(*rest, end + 1);
    return TOKEN_BYTES;
}

enum profile_token profile_next_token(struct bytes *rest, struct profile_word *out)
{
    *out = (struct profile_word){.len = 0};
    *rest = bytes_trim(*rest);
    if (rest->len == 0) return TOKEN_END;
    if (rest->data[0] == '\'') return take_text(rest, out);
    if (rest->data[0] == '<') return take_byte(rest, out);
    size_t len = bytes_find_byte(*rest, ' ');
    struct bytes word = bytes_slice(*rest, 0, len);
    size_t colon = bytes_find_byte(word, ':');
    uint64_t width = 0;
    *rest = bytes_from(*rest, len);
    out->word = bytes_slice(word, 0, colon);
    if (colon == word.len) return TOKEN_WORD;
    bool good = bytes_to_u64(bytes_from(word, colon + 1), SCALE_PROFILE_FRAME_MAX, &width);
    if (!good || width == 0)
        return bad(out, "Behind a colon stands the number of characters, 1 to 60. Write value:7.");
    out->width = (unsigned)width;
    return TOKEN_WORD;
}

/* ---- a layout ------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    enum profile_kind kind;
    unsigned width; /* without a colon; 0: as long as it is */
    unsigned widest;
} words[] = {
    {"blank", ELEMENT_LITERAL, 1, 1},
    {"blanks", ELEMENT_BLANKS, 0, 0},
    {"sign", ELEMENT_SIGN, 1, 1},
    {"value", ELEMENT_VALUE, 0, SCALE_PROFILE_FRAME_MAX},
    {"tare", ELEMENT_TARE, 0, SCALE_PROFILE_FRAME_MAX},
    {"unit", ELEMENT_UNIT, 0, SCALE_PROFILE_FRAME_MAX},
    {"decimals", ELEMENT_DECIMALS, 1, 1},
    {"skip", ELEMENT_SKIP, 1, SCALE_PROFILE_FRAME_MAX},
    {"any", ELEMENT_ANY, 1, SCALE_PROFILE_FRAME_MAX},
    {"checksum", ELEMENT_CHECKSUM, 1, 2},
};

static bool own_field(const struct scale_profile *profile, struct bytes name, size_t *out_index)
{
    for (size_t i = PROFILE_OWN; i < profile->field_count; i++) {
        if (!bytes_equal_text(name, profile->fields[i].name)) continue;
        *out_index = i;
        return true;
    }
    return false;
}

/* A field without a stated width: a bit each, or its texts when they are all as long (a blank place
 * is as long as the others); else as long as the text that is there. */
static uint8_t usual_width(const struct profile_field *field)
{
    uint8_t width = 0;
    if (field->view != VIEW_TEXT) return 1;
    for (size_t i = 0; i < field->count; i++) {
        uint8_t len = field->items[i].len;
        if (len == 0) continue;
        if (width > 0 && len != width) return 0;
        width = len;
    }
    return width;
}

/* Fills kind and width; NULL, or a sentence whose subject is the word. */
static const char *read_word(const struct scale_profile *profile, const struct profile_word *token,
                             struct profile_element *element)
{
    size_t field;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!bytes_equal_text(token->word, words[i].word)) continue;
        element->kind = (uint8_t)words[i].kind;
        element->width = (uint8_t)(token->width > 0 ? token->width : words[i].width);
        if (element->kind == ELEMENT_LITERAL) element->literal[0] = ' ';
        if (token->width > words[i].widest)
            return "cannot be that wide: the frame would be read at the wrong places. Give it its "
                   "width, or leave the colon out.";
        return NULL;
    }
    if (!own_field(profile, token->word, &field))
        return "is no part of a layout and there is no [field] of this name, so nobody knows what "
               "stands there. Add the section, or write skip:N for what says nothing.";
    element->kind = ELEMENT_FIELD;
    element->field = (uint8_t)field;
    element->width = (uint8_t)token->width;
    bool bits = profile->fields[field].view != VIEW_TEXT;
    if (bits && token->width > 1)
        return "is read as bits and so is one character wide. Write one field for each.";
    if (token->width == 0) element->width = usual_width(&profile->fields[field]);
    return NULL;
}

static bool add_element(struct profile_frame *frame, const struct profile_element *element)
{
    if (frame->count == SCALE_PROFILE_ELEMENTS_MAX) return false;
    frame->elements[frame->count++] = *element;
    return true;
}

/* What stands once at most. */
static const char *twice(const struct profile_frame *frame)
{
    unsigned seen[ELEMENT_FIELD + 1] = {0};
    for (size_t i = 0; i < frame->count; i++) seen[frame->elements[i].kind]++;
    if (seen[ELEMENT_VALUE] > 1) return "value";
    if (seen[ELEMENT_UNIT] > 1) return "unit";
    if (seen[ELEMENT_SIGN] > 1) return "sign";
    if (seen[ELEMENT_TARE] > 1) return "tare";
    if (seen[ELEMENT_DECIMALS] > 1) return "decimals";
    return seen[ELEMENT_CHECKSUM] > 1 ? "checksum" : NULL;
}

static void measure(struct profile_frame *frame)
{
    bool free = false;
    frame->length = 0;
    for (size_t i = 0; i < frame->count; i++) {
        frame->length += frame->elements[i].width;
        free = free || frame->elements[i].width == 0;
    }
    if (free) frame->length = 0;
}

static bool tokens_to_elements(struct scale_profile *profile, struct bytes text, unsigned line,
                               struct profile_frame *frame, struct scale_complaints *complaints)
{
    struct profile_word token;
    enum profile_token kind;
    while ((kind = profile_next_token(&text, &token)) != TOKEN_END) {
        struct profile_element element = {.kind = ELEMENT_LITERAL};
        const char *why = kind == TOKEN_BAD ? token.why : NULL;
        if (kind == TOKEN_WORD) why = read_word(profile, &token, &element);
        if (kind == TOKEN_BYTES) {
            element.width = (uint8_t)token.len;
            memcpy(element.literal, token.bytes, token.len);
            if (token.len == 0) continue;
        }
        if (why == NULL && !add_element(frame, &element))
            why = "makes more than 20 parts, and the frame would not be read to its end. Join "
                  "texts, "
                  "and write skip:N for what says nothing.";
        if (why == NULL) continue;
        if (kind == TOKEN_BYTES) token.word = BYTES_LITERAL("This text");
        if (kind != TOKEN_BAD)
            scale_complain(complaints, line, "\"%.*s\" %s", (int)token.word.len, token.word.data,
                           why);
        else scale_complain(complaints, line, "%s", why);
        return false;
    }
    return true;
}

bool profile_read_layout(struct scale_profile *profile, struct bytes text, unsigned line,
                         struct profile_frame *frame, struct scale_complaints *complaints)
{
    frame->count = 0;
    if (!tokens_to_elements(profile, text, line, frame, complaints)) return false;
    measure(frame);
    const char *word = twice(frame);
    size_t total = 0;
    for (size_t i = 0; i < frame->count; i++) total += frame->elements[i].width;
    if (frame->count == 0)
        scale_complain(complaints, line,
                       "The layout is empty, so no frame can fit it. Write what the scale sends.");
    else if (word != NULL)
        scale_complain(
            complaints, line,
            "\"%s\" stands twice in the layout, and nobody knows which one counts. Write "
            "skip:N for the other.",
            word);
    else if (total > SCALE_PROFILE_FRAME_MAX)
        scale_complain(complaints, line,
                       "The layout is longer than %u bytes, more than a frame may have. "
                       "Describe a "
                       "shorter output of the scale.",
                       SCALE_PROFILE_FRAME_MAX);
    else return true;
    return false;
}

bool profile_read_checksum(struct bytes text, struct profile_frame *frame)
{
    static const char *const kinds[] = {"", "xor", "sum", "negated"};
    struct bytes kind, first, places;
    uint64_t from, to = 0;
    bool known = false;
    if (!bytes_split(&text, ' ', &kind)) return false;
    for (size_t i = 1; i < ARRAY_LEN(kinds); i++) {
        if (!bytes_equal_text(kind, kinds[i])) continue;
        frame->checksum = (enum profile_checksum)i;
        known = true;
    }
    text = bytes_trim(text);
    if (!known || !bytes_split(&text, ' ', &places)) return false;
    size_t dots = bytes_find(places, BYTES_LITERAL(".."));
    if (dots == places.len) return false;
    first = bytes_slice(places, 0, dots);
    struct bytes last = bytes_from(places, dots + 2);
    bool good = bytes_to_u64(first, SCALE_PROFILE_FRAME_MAX, &from) && from > 0 &&
                (bytes_equal_text(last, "checksum") ||
                 (bytes_to_u64(last, SCALE_PROFILE_FRAME_MAX, &to) && to >= from));
    frame->checksum_first = (size_t)from;
    frame->checksum_last = (size_t)to;
    frame->checksum_hex = bytes_equal_text(bytes_trim(text), "hex");
    return good && (frame->checksum_hex || bytes_equal_text(bytes_trim(text), "byte"));
}

/* ---- what marks a frame --------------------------------------------------------------------- */

static bool is_control(uint8_t byte)
{
    return byte < ' ';
}

/* The control bytes at the layout's end. */
static size_t ending_of(const struct profile_frame *frame, uint8_t *out_ending)
{
    uint8_t bytes[SCALE_PROFILE_FRAME_MAX];
    size_t len = 0, from = frame->count;
    while (from > 0 && frame->elements[from - 1].kind == ELEMENT_LITERAL) from--;
    for (size_t i = from; i < frame->count; i++) {
        memcpy(bytes + len, frame->elements[i].literal, frame->elements[i].width);
        len += frame->elements[i].width;
    }
    size_t first = len;
    while (first > 0 && is_control(bytes[first - 1])) first--;
    size_t ending_len = len - first;
    if (ending_len > SCALE_PROFILE_LITERAL_MAX) return 0;
    memcpy(out_ending, bytes + first, ending_len);
    return ending_len;
}

static bool same_start(const struct scale_profile *profile)
{
    for (size_t i = 0; i < profile->frame_count; i++) {
        const struct profile_element *first = &profile->frames[i].elements[0];
        if (first->kind != ELEMENT_LITERAL || first->literal[0] == ' ' ||
            first->literal[0] != profile->frames[0].elements[0].literal[0])
            return false;
    }
    return true;
}

static bool same_ending(struct scale_profile *profile)
{
    uint8_t ending[SCALE_PROFILE_LITERAL_MAX];
    profile->ending_len = ending_of(&profile->frames[0], profile->ending);
    for (size_t i = 1; i < profile->frame_count; i++) {
        size_t len = ending_of(&profile->frames[i], ending);
        if (len != profile->ending_len || memcmp(ending, profile->ending, len) != 0) return false;
    }
    return profile->ending_len > 0;
}

/* A text of its own at the front: a literal, or a field none of whose texts is blank. */
static bool begins_with_text(const struct scale_profile *profile, const struct profile_frame *frame)
{
    const struct profile_element *first = &frame->elements[0];
    if (first->kind == ELEMENT_LITERAL) return first->literal[0] != ' ';
    if (first->kind != ELEMENT_FIELD || profile->fields[first->field].view != VIEW_TEXT)
        return false;
    const struct profile_field *field = &profile->fields[first->field];
    for (size_t i = 0; i < field->count; i++) {
        if (bytes_trim(bytes_of(field->items[i].text, field->items[i].len)).len == 0) return false;
    }
    return true;
}

/* A control byte inside a line would end it. */
static bool has_control_inside(const struct profile_frame *frame, size_t ending_len)
{
    size_t controls = 0;
    for (size_t i = 0; i < frame->count; i++) {
        const struct profile_element *element = &frame->elements[i];
        if (element->kind == ELEMENT_ANY) return true;
        for (size_t at = 0; element->kind == ELEMENT_LITERAL && at < element->width; at++) {
            if (is_control(element->literal[at])) controls++;
        }
    }
    return controls > ending_len;
}

static bool check_marked(struct scale_profile *profile, const unsigned *lines,
                         struct scale_complaints *complaints)
{
    profile->is_marked = true;
    profile->start = profile->frames[0].elements[0].literal[0];
    for (size_t i = 0; i < profile->frame_count; i++) {
        const struct profile_frame *frame = &profile->frames[i];
        bool ends = frame->elements[frame->count - 1].kind == ELEMENT_LITERAL || frame->length > 0;
        if (ends) continue;
        scale_complain(complaints, lines[i],
                       "Nothing says where this frame ends, so a weight could be read before its "
                       "last digit came. Give all its parts a width, or end it with a byte.");
        return false;
    }
    return true;
}

static bool may_weigh(const struct profile_frame *frame)
{
    if ((frame->means & MEANS_MOVING) != 0) return false;
    for (size_t i = 0; i < frame->count; i++) {
        if (frame->elements[i].kind == ELEMENT_VALUE) return true;
    }
    return false;
}

static bool check_lines(struct scale_profile *profile, const unsigned *lines,
                        struct scale_complaints *complaints)
{
    size_t length = 0; /* of a weight's line without a text of its own */
    profile->is_marked = false;
    for (size_t i = 0; i < profile->frame_count; i++) {
        struct profile_frame *frame = &profile->frames[i];
        frame->has_mark = begins_with_text(profile, frame);
        if (has_control_inside(frame, profile->ending_len)) {
            scale_complain(
                complaints, lines[i],
                "A control byte or \"any\" stands inside a frame that is a line: it would "
                "end there. Give every layout the same control byte at its start.");
            return false;
        }
        if (!frame->has_mark && may_weigh(frame)) {
            profile->needs_step = profile->needs_step || (length > 0 && length != frame->length);
            length = frame->length;
        }
        if (frame->has_mark || frame->length > 0) continue;
        scale_complain(complaints, lines[i],
                       "This line has no text of its own at its start and no fixed length: cut in "
                       "front it would be read as a smaller weight. Give every part its width "
                       "(value:8).");
        return false;
    }
    return true;
}

bool profile_find_marks(struct scale_profile *profile, const unsigned *lines,
                        struct scale_complaints *complaints)
{
    bool start = same_start(profile);
    bool ending = same_ending(profile);
    if (start && (!ending || is_control(profile->frames[0].elements[0].literal[0])))
        return check_marked(profile, lines, complaints);
    if (ending) return check_lines(profile, lines, complaints);
    scale_complain(
        complaints, lines[0],
        "Nothing marks a frame: the layouts neither begin with the same byte nor end with "
        "the same control bytes. Write <STX> at the start or <CR> <LF> at the end of each.");
    return false;
}
