/* json.c - yyjson kept inside our bounds; the only file that includes it.
 *
 * What yyjson 0.10 does not do is done here: length and depth are bounded before it sees a byte, an
 * object with a repeated key is refused afterwards, and all memory is the caller's scratch through
 * yyjson's pool. Numbers are read raw, so no text of a number is ever turned into a double.
 * Everything is linear in the text, but for the key check, which is n log n however the keys are
 * chosen: a sort needs no luck where a hash would. */
#include "hal/base/json.h"

#include <string.h>
#include <yyjson.h>

#define REPLACEMENT_CHARACTER "\xEF\xBF\xBD" /* U+FFFD */
#define KEYS_ON_STACK_MAX 64u /* an object with more has its keys sorted in the scratch */
#define KEYS_BY_PAIRS_MAX 32u
#define SCRATCH_SLACK 256u /* the pool's own headers */

/* The library's bound for raw reading, and room to sort the keys of one object: a key takes at
 * least five bytes of text ("":0,) and its place in the list takes a pointer. */
size_t json_scratch_size(size_t text_len)
{
    size_t len = text_len < JSON_TEXT_MAX ? text_len : JSON_TEXT_MAX;
    size_t reading = yyjson_read_max_memory_usage(len, YYJSON_READ_NUMBER_AS_RAW);
    return reading + 2 * len + SCRATCH_SLACK;
}

/* Counts brackets outside texts. On text that is not JSON it still only counts. */
static bool is_too_deep(struct bytes text)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t one = text.data[i];
        if (quoted && one == '\\') i++;
        else if (one == '"') quoted = !quoted;
        else if (quoted) continue;
        else if (one == '[' || one == '{') depth++;
        else if ((one == ']' || one == '}') && depth > 0) depth--;
        if (depth > JSON_DEPTH_MAX) return true;
    }
    return false;
}

static struct bytes text_of(yyjson_val *value)
{
    return bytes_of(unsafe_yyjson_get_str(value), unsafe_yyjson_get_len(value));
}

static int key_order(yyjson_val *a, yyjson_val *b)
{
    struct bytes one = text_of(a), other = text_of(b);
    int order = memcmp(one.data, other.data, one.len < other.len ? one.len : other.len);
    return order != 0 ? order : (one.len > other.len) - (one.len < other.len);
}

static void sift_down(yyjson_val **keys, size_t at, size_t count)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && key_order(keys[child + 1], keys[child]) > 0) child++;
        if (key_order(keys[at], keys[child]) >= 0) return;
        yyjson_val *moved = keys[at];
        keys[at] = keys[child];
        keys[child] = moved;
        at = child;
    }
}

/* Heap sort: in place, and n log n for the worst keys somebody may send. */
static void sort_keys(yyjson_val **keys, size_t count)
{
    for (size_t at = count / 2; at-- > 0;) sift_down(keys, at, count);
    for (size_t left = count; left-- > 1;) {
        yyjson_val *largest = keys[0];
        keys[0] = keys[left];
        keys[left] = largest;
        sift_down(keys, 0, left);
    }
}

/* Each with each: for the objects that are really sent this is the shorter way. */
static bool is_pair_among(yyjson_val **keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct bytes one = text_of(keys[i]);
        for (size_t j = 0; j < i; j++) {
            if (unsafe_yyjson_get_len(keys[j]) != one.len) continue;
            if (bytes_equal(one, text_of(keys[j]))) return true;
        }
    }
    return false;
}

static bool has_repeated_key(yyjson_val *object, yyjson_val **keys)
{
    yyjson_obj_iter members = yyjson_obj_iter_with(object);
    size_t count = 0;
    while (yyjson_obj_iter_has_next(&members)) keys[count++] = yyjson_obj_iter_next(&members);
    if (count <= KEYS_BY_PAIRS_MAX) return is_pair_among(keys, count);
    sort_keys(keys, count);
    for (size_t i = 1; i < count; i++) {
        if (key_order(keys[i - 1], keys[i]) == 0) return true;
    }
    return false;
}

static enum json_problem check_object(yyjson_val *object, const yyjson_alc *pool)
{
    yyjson_val *few[KEYS_ON_STACK_MAX];
    size_t count = yyjson_obj_size(object);
    if (count <= ARRAY_LEN(few)) return has_repeated_key(object, few) ? JSON_REPEATED_KEY : JSON_OK;
    yyjson_val **keys = pool->malloc(pool->ctx, count * sizeof *keys);
    if (keys == NULL) return JSON_TOO_BIG_FOR_SCRATCH;
    bool repeated = has_repeated_key(object, keys);
    pool->free(pool->ctx, keys);
    return repeated ? JSON_REPEATED_KEY : JSON_OK;
}

/* The values of a document lie one after another in memory, keys and nested ones included. */
static enum json_problem check_document(yyjson_doc *document, const yyjson_alc *pool)
{
    yyjson_val *values = yyjson_doc_get_root(document);
    size_t count = yyjson_doc_get_val_count(document);
    if (count > JSON_ELEMENTS_MAX) return JSON_TOO_LONG;
    for (size_t i = 0; i < count; i++) {
        if (!yyjson_is_obj(&values[i])) continue;
        enum json_problem problem = check_object(&values[i], pool);
        if (problem != JSON_OK) return problem;
    }
    return JSON_OK;
}

static enum json_problem problem_of(const yyjson_read_err *error)
{
    bool memory = error->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION;
    return memory ? JSON_TOO_BIG_FOR_SCRATCH : JSON_NOT_JSON;
}

enum json_problem json_parse(struct bytes text, struct scratch scratch, struct json *out_root)
{
    yyjson_alc pool;
    yyjson_read_err error;
    if (text.len > JSON_TEXT_MAX) return JSON_TOO_LONG;
    text = bytes_trim(bytes_skip_mark(bytes_trim(text)));
    if (text.len == 0) return JSON_EMPTY;
    if (is_too_deep(text)) return JSON_TOO_DEEP;
    if (!yyjson_alc_pool_init(&pool, scratch.memory, scratch.size)) return JSON_TOO_BIG_FOR_SCRATCH;
    /* Without the in-situ flag the library copies the text and leaves ours alone. */
    yyjson_doc *document =
        yyjson_read_opts((char *)text.data, text.len, YYJSON_READ_NUMBER_AS_RAW, &pool, &error);
    if (document == NULL) return problem_of(&error);
    enum json_problem problem = check_document(document, &pool);
    if (problem == JSON_OK) *out_root = (struct json){yyjson_doc_get_root(document)};
    return problem;
}

const char *json_problem_word(enum json_problem problem)
{
    switch (problem) {
    case JSON_OK: return "ok";
    case JSON_EMPTY: return "empty";
    case JSON_TOO_LONG: return "too_long";
    case JSON_TOO_DEEP: return "too_deep";
    case JSON_TOO_BIG_FOR_SCRATCH: return "too_big_for_scratch";
    case JSON_NOT_JSON: return "not_json";
    case JSON_REPEATED_KEY: return "repeated_key";
    }
    return "unknown";
}

static yyjson_val *val_of(struct json value)
{
    return (yyjson_val *)value.value;
}

enum json_kind json_kind(struct json value)
{
    switch (yyjson_get_type(val_of(value))) {
    case YYJSON_TYPE_NULL: return JSON_NULL;
    case YYJSON_TYPE_BOOL: return JSON_BOOLEAN;
    case YYJSON_TYPE_RAW: return JSON_NUMBER;
    case YYJSON_TYPE_STR: return JSON_TEXT;
    case YYJSON_TYPE_ARR: return JSON_ARRAY;
    case YYJSON_TYPE_OBJ: return JSON_OBJECT;
    default: return JSON_MISSING; /* no value at all */
    }
}

struct json json_get(struct json object, const char *key)
{
    return (struct json){yyjson_obj_get(val_of(object), key)};
}

struct json json_at(struct json array, size_t index)
{
    return (struct json){yyjson_arr_get(val_of(array), index)};
}

size_t json_count(struct json array_or_object)
{
    yyjson_val *value = val_of(array_or_object);
    return yyjson_is_obj(value) ? yyjson_obj_size(value) : yyjson_arr_size(value);
}

/* Both walks put the library's own iterator together again from where the last call left it. */
static struct json next_element(yyjson_val *array, struct json_walk *walk)
{
    yyjson_arr_iter elements = yyjson_arr_iter_with(array);
    if (walk->index > 0) elements.cur = (yyjson_val *)walk->place;
    elements.idx = walk->index;
    struct json element = {yyjson_arr_iter_next(&elements)};
    *walk = (struct json_walk){elements.idx, elements.cur};
    return element;
}

static struct json next_member(yyjson_val *object, struct json_walk *walk, struct bytes *out_key)
{
    yyjson_obj_iter members = yyjson_obj_iter_with(object);
    if (walk->index > 0) members.cur = (yyjson_val *)walk->place;
    members.idx = walk->index;
    yyjson_val *key = yyjson_obj_iter_next(&members);
    *out_key = text_of(key);
    *walk = (struct json_walk){members.idx, members.cur};
    return (struct json){yyjson_obj_iter_get_val(key)};
}

bool json_each(struct json container, struct json_walk *walk, struct bytes *out_key,
               struct json *out_value)
{
    yyjson_val *value = val_of(container);
    if (walk->index >= json_count(container)) return false;
    *out_key = BYTES_NONE;
    bool object = yyjson_is_obj(value);
    *out_value = object ? next_member(value, walk, out_key) : next_element(value, walk);
    return true;
}

bool json_text(struct json value, struct bytes *out_text)
{
    if (json_kind(value) != JSON_TEXT) return false;
    *out_text = text_of(val_of(value));
    return true;
}

bool json_text_copy(struct json value, char *out_text, size_t size)
{
    struct bytes text;
    if (!json_text(value, &text) || text.len >= size) return false;
    if (bytes_find_byte(text, 0) < text.len) return false;
    return bytes_to_text(text, out_text, size);
}

bool json_boolean(struct json value, bool *out_value)
{
    if (json_kind(value) != JSON_BOOLEAN) return false;
    *out_value = yyjson_get_bool(val_of(value));
    return true;
}

bool json_number_text(struct json value, struct bytes *out_digits)
{
    if (json_kind(value) != JSON_NUMBER) return false;
    *out_digits = text_of(val_of(value));
    return true;
}

bool json_number_or_text(struct json value, struct bytes *out_text)
{
    return json_number_text(value, out_text) || json_text(value, out_text);
}

bool json_i64(struct json value, int64_t min, int64_t max, int64_t *out_value)
{
    struct bytes digits;
    uint64_t size;
    if (!json_number_text(value, &digits)) return false;
    bool negative = bytes_start_with(digits, "-");
    if (negative) digits = bytes_from(digits, 1);
    if (!bytes_to_u64(digits, (uint64_t)INT64_MAX + negative, &size)) return false;
    int64_t number = (int64_t)(negative ? 0 - size : size);
    if (number < min || number > max) return false;
    *out_value = number;
    return true;
}

void json_write_init(struct json_writer *writer, struct textbuf *text)
{
    *writer = (struct json_writer){.text = text};
}

#define EACH_BYTE(value) (0x0101010101010101u * (value))

/* Do all eight bytes stand for themselves? Neither control nor quote nor backslash nor beyond
 * ASCII: a byte below `value` borrows into its top bit, one equal to a sign becomes zero and so
 * does the same. A borrow may reach the byte above, which then is merely looked at singly. */
static bool word_is_plain(uint64_t word)
{
    uint64_t quote = (word ^ EACH_BYTE('"')) - EACH_BYTE(1);
    uint64_t backslash = (word ^ EACH_BYTE('\\')) - EACH_BYTE(1);
    uint64_t control = word - EACH_BYTE(0x20);
    return ((word | quote | backslash | control) & EACH_BYTE(0x80)) == 0;
}

static bool eight_are_plain(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word_is_plain(word);
}

/* The same of one to seven: pieces that overlap, the rest filled up with letters. */
static bool few_are_plain(const uint8_t *at, size_t count)
{
    uint64_t word = EACH_BYTE('a') << 24;
    if (count >= 4) {
        uint32_t front, back;
        memcpy(&front, at, sizeof front);
        memcpy(&back, at + count - sizeof back, sizeof back);
        word = (uint64_t)front << 32 | back;
    } else {
        word |= (uint64_t)at[0] | (uint64_t)at[count / 2] << 8 | (uint64_t)at[count - 1] << 16;
    }
    return word_is_plain(word);
}

/* Nearly every text is plain from end to end. */
static bool is_plain(struct bytes text)
{
    size_t len = 0;
    if (text.len < 8) return text.len == 0 || few_are_plain(text.data, text.len);
    for (; len + 8 <= text.len; len += 8) {
        if (!eight_are_plain(text.data + len)) return false;
    }
    return eight_are_plain(text.data + text.len - 8);
}

/* How many bytes at the front stand for themselves inside quotes. */
static size_t plain_run(struct bytes text)
{
    size_t len = 0;
    while (len < text.len) {
        uint8_t one = text.data[len];
        if (text.len - len >= 8 && eight_are_plain(text.data + len)) {
            len += 8;
        } else if (one < 0x20 || one == '"' || one == '\\') {
            break;
        } else {
            size_t sequence = one < 0x80 ? 1 : bytes_utf8_sequence(bytes_from(text, len));
            if (sequence == 0) break;
            len += sequence;
        }
    }
    return len;
}

static void put_special(struct textbuf *text, uint8_t byte)
{
    switch (byte) {
    case '"': textbuf_text(text, "\\\""); return;
    case '\\': textbuf_text(text, "\\\\"); return;
    case '\n': textbuf_text(text, "\\n"); return;
    case '\r': textbuf_text(text, "\\r"); return;
    case '\t': textbuf_text(text, "\\t"); return;
    default: break;
    }
    if (byte < 0x20) textbuf_format(text, "\\u%04x", (unsigned)byte);
    else textbuf_text(text, REPLACEMENT_CHARACTER);
}

/* A plain text that fits is put down at once: quotes and all, and for a key its colon too. */
static bool put_plain(struct textbuf *text, struct bytes value, bool is_key)
{
    bool fits = !text->overflow && value.len + 3 < text->size - text->len;
    if (!fits || !is_plain(value)) return false;
    char *at = text->data + text->len;
    *at++ = '"';
    if (value.len > 0) memcpy(at, value.data, value.len);
    at += value.len;
    *at++ = '"';
    if (is_key) *at++ = ':';
    *at = '\0';
    text->len = (size_t)(at - text->data);
    return true;
}

static void put_quoted(struct textbuf *text, struct bytes value)
{
    if (put_plain(text, value, false)) return;
    textbuf_char(text, '"');
    while (value.len > 0) {
        size_t plain = plain_run(value);
        textbuf_bytes_put(text, bytes_slice(value, 0, plain));
        value = bytes_from(value, plain);
        if (value.len == 0) break;
        put_special(text, value.data[0]);
        value = bytes_from(value, 1);
    }
    textbuf_char(text, '"');
}

static void put_key(struct json_writer *writer, struct bytes key)
{
    if (put_plain(writer->text, key, true)) return;
    put_quoted(writer->text, key);
    textbuf_char(writer->text, ':');
}

/* What stands before a value: the comma after its elder sibling. */
static void put_comma(struct json_writer *writer)
{
    if (writer->comma) textbuf_char(writer->text, ',');
    writer->comma = true;
}

static void begin(struct json_writer *writer, const char *key_or_null)
{
    put_comma(writer);
    if (key_or_null != NULL) put_key(writer, bytes_of_text(key_or_null));
}

void json_write_open(struct json_writer *writer, const char *key_or_null, char bracket)
{
    begin(writer, key_or_null);
    textbuf_char(writer->text, bracket);
    writer->comma = false;
}

void json_write_close(struct json_writer *writer, char bracket)
{
    textbuf_char(writer->text, bracket);
    writer->comma = true;
}

void json_write_text(struct json_writer *writer, const char *key_or_null, const char *value)
{
    json_write_bytes(writer, key_or_null, bytes_of_text(value));
}

void json_write_bytes(struct json_writer *writer, const char *key_or_null, struct bytes value)
{
    begin(writer, key_or_null);
    put_quoted(writer->text, value);
}

void json_write_i64(struct json_writer *writer, const char *key_or_null, int64_t value)
{
    begin(writer, key_or_null);
    textbuf_i64(writer->text, value);
}

static void put_boolean(struct textbuf *text, bool value)
{
    textbuf_text(text, value ? "true" : "false");
}

void json_write_boolean(struct json_writer *writer, const char *key_or_null, bool value)
{
    begin(writer, key_or_null);
    put_boolean(writer->text, value);
}

void json_write_null(struct json_writer *writer, const char *key_or_null)
{
    begin(writer, key_or_null);
    textbuf_text(writer->text, "null");
}

void json_write_number(struct json_writer *writer, const char *key_or_null, struct bytes digits)
{
    begin(writer, key_or_null);
    textbuf_bytes_put(writer->text, digits);
}

static void put_value(struct json_writer *writer, struct json value);

static void put_container(struct json_writer *writer, struct json container, const char *brackets)
{
    struct json_walk walk = {0};
    struct bytes key;
    struct json value;
    textbuf_char(writer->text, brackets[0]);
    writer->comma = false;
    while (json_each(container, &walk, &key, &value)) {
        put_comma(writer);
        if (json_kind(container) == JSON_OBJECT) put_key(writer, key);
        put_value(writer, value);
    }
    json_write_close(writer, brackets[1]);
}

/* Calls itself at most JSON_DEPTH_MAX deep: a deeper value was never parsed. */
static void put_value(struct json_writer *writer, struct json value)
{
    switch (json_kind(value)) {
    case JSON_MISSING:
    case JSON_NULL: textbuf_text(writer->text, "null"); break;
    case JSON_BOOLEAN: put_boolean(writer->text, yyjson_get_bool(val_of(value))); break;
    case JSON_NUMBER: textbuf_bytes_put(writer->text, text_of(val_of(value))); break;
    case JSON_TEXT: put_quoted(writer->text, text_of(val_of(value))); break;
    case JSON_ARRAY: put_container(writer, value, "[]"); break;
    case JSON_OBJECT: put_container(writer, value, "{}"); break;
    }
}

void json_write_value(struct json_writer *writer, const char *key_or_null, struct json value)
{
    begin(writer, key_or_null);
    put_value(writer, value);
}
