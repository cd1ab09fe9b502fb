/* document_objects.c - see document_objects.h. */
#include "firmware/render/document_objects.h"

#include <string.h>

#define DEPTH_MAX 12u
#define NUMBER_MAX 16u       /* characters */
#define DICTIONARY_MAX 4096u /* bytes of a picture's; a longer one is not looked at */

static bool is_white(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f' || byte == 0;
}

static bool is_regular(uint8_t byte)
{
    return !is_white(byte) && memchr("()<>[]{}/%", byte, 10) == NULL;
}

static void skip_white(struct bytes *rest)
{
    bool comment = false;
    while (rest->len > 0) {
        uint8_t byte = rest->data[0];
        if (byte == '\n' || byte == '\r') comment = false;
        if (byte == '%') comment = true;
        if (!comment && !is_white(byte)) return;
        *rest = bytes_from(*rest, 1);
    }
}

static bool skip_string(struct bytes *rest)
{
    unsigned open = 0;
    while (rest->len > 0) {
        uint8_t byte = rest->data[0];
        *rest = bytes_from(*rest, byte == '\\' ? 2 : 1);
        if (byte == '(') open++;
        if (byte == ')') open--;
        if (open == 0) return true;
    }
    return false;
}

static void skip_word(struct bytes *rest)
{
    size_t len = 1; /* the slash of a name, too */
    while (len < rest->len && is_regular(rest->data[len])) len++;
    *rest = bytes_from(*rest, len);
}

static bool is_digits(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9') return false;
    }
    return word.len > 0;
}

static struct bytes next_word(struct bytes *rest)
{
    skip_white(rest);
    if (rest->len == 0 || !is_regular(rest->data[0])) return BYTES_NONE;
    struct bytes word = *rest;
    skip_word(rest);
    return bytes_slice(word, 0, word.len - rest->len);
}

/* A number, or with two more words behind it a reference. */
static void skip_reference(struct bytes *rest, struct bytes first)
{
    struct bytes look = *rest;
    if (!is_digits(first) || !is_digits(next_word(&look))) return;
    if (bytes_equal_text(next_word(&look), "R")) *rest = look;
}

/* Arrays and dictionaries within each other are counted, not called. */
static bool skip_value(struct bytes *rest)
{
    unsigned depth = 0;
    do {
        skip_white(rest);
        if (rest->len == 0) return false;
        bool twice = rest->len > 1 && rest->data[1] == rest->data[0];
        switch (rest->data[0]) {
        case '(':
            if (!skip_string(rest)) return false;
            break;
        case '[':
            depth++;
            *rest = bytes_from(*rest, 1);
            break;
        case '<':
            depth += twice;
            *rest = bytes_from(*rest, twice ? 2 : bytes_find_byte(*rest, '>') + 1);
            break;
        case ']':
        case '>':
            if (depth == 0 || (rest->data[0] == '>' && !twice)) return false;
            depth--;
            *rest = bytes_from(*rest, twice && rest->data[0] == '>' ? 2 : 1);
            break;
        case ')':
        case '{':
        case '}': return false;
        default: skip_word(rest); break;
        }
    } while (depth > 0 && depth <= DEPTH_MAX);
    return depth == 0;
}

bool objects_next(struct bytes *rest, struct bytes *out_value)
{
    skip_white(rest);
    struct bytes start = *rest;
    if (rest->len == 0 || !skip_value(rest)) return false;
    skip_reference(rest, bytes_slice(start, 0, start.len - rest->len));
    *out_value = bytes_slice(start, 0, start.len - rest->len);
    return out_value->len > 0;
}

struct bytes objects_inside(struct bytes value)
{
    size_t edge = bytes_start_with(value, "<<") ? 2 : 1;
    if (value.len < 2 * edge || (value.data[0] != '<' && value.data[0] != '[')) return BYTES_NONE;
    return bytes_slice(value, edge, value.len - 2 * edge);
}

bool objects_number(struct bytes value, double *out_number)
{
    double number = 0.0, place = 0.0;
    bool minus = value.len > 0 && value.data[0] == '-', digits = false;
    if (value.len > NUMBER_MAX) return false;
    for (size_t i = minus || (value.len > 0 && value.data[0] == '+') ? 1 : 0; i < value.len; i++) {
        uint8_t byte = value.data[i];
        if (byte == '.' && place == 0.0) {
            place = 1.0;
            continue;
        }
        if (byte < '0' || byte > '9') return false;
        digits = true;
        number = number * 10.0 + (byte - '0');
        if (place > 0.0) place *= 10.0;
    }
    if (place > 0.0) number /= place;
    *out_number = minus ? -number : number;
    return digits;
}

struct bytes objects_get_plain(struct bytes dictionary, const char *key)
{
    struct bytes rest = objects_inside(dictionary), name, value;
    if (!bytes_start_with(dictionary, "<<")) return BYTES_NONE;
    while (objects_next(&rest, &name) && objects_next(&rest, &value)) {
        if (name.data[0] == '/' && bytes_equal_text(bytes_from(name, 1), key)) return value;
    }
    return BYTES_NONE;
}

const struct object *objects_find(const struct objects *objects, struct bytes reference)
{
    uint64_t number;
    struct bytes rest = reference;
    if (reference.len == 0 || reference.data[reference.len - 1] != 'R') return NULL;
    if (!bytes_to_u64(next_word(&rest), UINT32_MAX, &number)) return NULL;
    for (size_t i = 0; i < objects->count; i++) {
        if (objects->list[i].number == number) return &objects->list[i];
    }
    return NULL;
}

struct bytes objects_get(const struct objects *objects, struct bytes dictionary, const char *key)
{
    struct bytes value = objects_get_plain(dictionary, key);
    const struct object *object = objects_find(objects, value);
    return object != NULL ? object->value : value;
}

/* Behind the word "stream": one end of line, the bytes, "endstream". */
static bool take_stream(struct bytes *rest, struct object *object)
{
    uint64_t length = 0;
    if (bytes_start_with(*rest, "\r\n")) *rest = bytes_from(*rest, 2);
    else if (bytes_start_with(*rest, "\n")) *rest = bytes_from(*rest, 1);
    else return false;
    if (bytes_to_u64(objects_get_plain(object->value, "Length"), rest->len, &length)) {
        object->stream = bytes_slice(*rest, 0, (size_t)length);
    } else { /* a reference, looked at later */
        object->stream = bytes_slice(*rest, 0, bytes_find(*rest, BYTES_LITERAL("endstream")));
    }
    *rest = bytes_from(*rest, object->stream.len);
    return bytes_equal_text(next_word(rest), "endstream");
}

static bool take_object(struct objects *objects, uint64_t number, struct bytes *rest)
{
    struct bytes generation = next_word(rest);
    struct object object = {.number = number};
    if (!is_digits(generation) || !bytes_equal_text(next_word(rest), "obj")) return false;
    if (objects->count == OBJECTS_MAX || !objects_next(rest, &object.value)) return false;
    struct bytes word = next_word(rest);
    if (bytes_equal_text(word, "stream")) {
        if (!take_stream(rest, &object)) return false;
        word = next_word(rest);
    }
    for (size_t i = 0; i < objects->count; i++) {
        if (objects->list[i].number == number) return false;
    }
    objects->list[objects->count++] = object;
    return bytes_equal_text(word, "endobj");
}

/* A length that is an object of its own: now all are known. Between the bytes and "endstream" may
 * stand one end of line. */
static bool settle_lengths(struct objects *objects)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct object *object = &objects->list[i];
        uint64_t length;
        if (object->stream.data == NULL) continue;
        if (!bytes_to_u64(objects_get(objects, object->value, "Length"), object->stream.len,
                          &length))
            return false;
        if (object->stream.len - length > 2) return false;
        object->stream.len = (size_t)length;
    }
    return true;
}

/* The table is not looked at: all objects were found, each once. */
static bool skip_table(struct bytes *rest)
{
    size_t at = bytes_find(*rest, BYTES_LITERAL("trailer"));
    *rest = bytes_from(*rest, at);
    return rest->len > 0;
}

bool objects_read(struct bytes file, struct objects *out_objects)
{
    struct bytes rest = file;
    out_objects->count = 0;
    out_objects->trailer = BYTES_NONE;
    if (!bytes_start_with(file, "%PDF-")) return false;
    while (true) {
        uint64_t number;
        struct bytes word = next_word(&rest);
        if (word.len == 0) break;
        if (bytes_to_u64(word, UINT32_MAX, &number)) {
            if (!take_object(out_objects, number, &rest)) return false;
        } else if (bytes_equal_text(word, "xref")) {
            if (!skip_table(&rest)) return false;
        } else if (bytes_equal_text(word, "trailer")) {
            if (out_objects->trailer.len > 0 || !objects_next(&rest, &out_objects->trailer))
                return false;
        } else if (bytes_equal_text(word, "startxref")) {
            if (!is_digits(next_word(&rest))) return false;
        } else {
            return false;
        }
    }
    return rest.len == 0 && out_objects->trailer.len > 0 && settle_lengths(out_objects);
}

static bool is_beyond(struct bytes dictionary, uint64_t dots_max)
{
    uint64_t width, height;
    return bytes_to_u64(objects_get_plain(dictionary, "Width"), UINT32_MAX, &width) &&
           bytes_to_u64(objects_get_plain(dictionary, "Height"), UINT32_MAX, &height) &&
           width * height > dots_max;
}

bool objects_picture_beyond(struct bytes file, uint64_t dots_max)
{
    while (file.len > 0) {
        size_t at = bytes_find_byte(file, 'j'); /* of "obj" */
        bool begins = at >= 2 && at < file.len && memcmp(file.data + at - 2, "ob", 2) == 0;
        file = bytes_from(file, at + 1);
        struct bytes rest = bytes_slice(file, 0, DICTIONARY_MAX), value;
        if (begins && objects_next(&rest, &value) && is_beyond(value, dots_max)) return true;
    }
    return false;
}
