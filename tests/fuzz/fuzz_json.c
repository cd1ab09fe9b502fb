/* Guards: no bytes, however foreign, break the JSON reader or lead it past its scratch; and what it
 * accepts, written out and read again, is the same document. */
#include "hal/base/json.h"

#include <string.h>

#define TEXT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Touches every value through every taker. */
static size_t visit(struct json value)
{
    struct json_walk walk = {0};
    struct bytes key, text;
    struct json child;
    bool flag;
    int64_t number;
    char copy[8];
    size_t seen = 1;
    seen += json_text(value, &text) && bytes_are_utf8_text(text);
    seen += json_text_copy(value, copy, sizeof copy) && copy[0] == 'a';
    seen += json_boolean(value, &flag) && flag;
    seen += json_i64(value, INT64_MIN, INT64_MAX, &number) && number == 0;
    while (json_each(value, &walk, &key, &child)) seen += visit(child);
    ENSURE(walk.index == json_count(value));
    return seen;
}

static struct bytes written(struct json root, char *storage, size_t size)
{
    struct textbuf text;
    struct json_writer writer;
    textbuf_init(&text, storage, size);
    json_write_init(&writer, &text);
    json_write_value(&writer, NULL, root);
    ENSURE(textbuf_ok(&text));
    return textbuf_bytes(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(16) uint8_t memory[64 * TEXT_MAX];
    static char first[8 * TEXT_MAX], second[8 * TEXT_MAX]; /* an escape makes one byte six */
    struct json root;
    if (size > TEXT_MAX) return 0;
    struct scratch tight = {memory, json_scratch_size(size)};
    if (json_parse(bytes_of(data, size), tight, &root) != JSON_OK) return 0;
    ENSURE(visit(root) > 0);
    struct bytes once = written(root, first, sizeof first);
    ENSURE(json_parse(once, (struct scratch){memory, sizeof memory}, &root) == JSON_OK);
    ENSURE(bytes_equal(once, written(root, second, sizeof second)));
    return 0;
}
