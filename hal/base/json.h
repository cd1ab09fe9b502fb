/* json.h - JSON in and out, within our bounds. yyjson does the parsing; only json.c includes it.
 *
 * In: the caller brings the memory. Before parsing, the text is refused when it is longer than
 * JSON_TEXT_MAX or nested deeper than JSON_DEPTH_MAX; after parsing, an object with a repeated key
 * is refused. A leading byte-order mark and blanks are accepted: couriers send them.
 * Numbers stay text until a unit takes them: 12.40 is money, not 12.4 of something.
 * A struct json is a borrowed value, good as long as the memory it was parsed into; look-ups on a
 * missing or foreign value give a missing value, so a path is walked without a check at each step.
 *
 * Out: a writer over a textbuf that puts commas and quotes and escapes; numbers are written from
 * integers or from text that the caller vouches for. */
#ifndef PACKD_HAL_BASE_JSON_H
#define PACKD_HAL_BASE_JSON_H

#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

#define JSON_TEXT_MAX (1024u * 1024u)
#define JSON_DEPTH_MAX 32u
#define JSON_ELEMENTS_MAX 100000u /* values in one document */

struct scratch { /* memory the caller lends for one parse; aligned to 16 */
    void *memory;
    size_t size;
};

enum json_kind {
    JSON_MISSING,
    JSON_NULL,
    JSON_BOOLEAN,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json {
    const void *value; /* NULL: missing */
};

enum json_problem {
    JSON_OK,
    JSON_EMPTY,
    JSON_TOO_LONG,
    JSON_TOO_DEEP,
    JSON_TOO_BIG_FOR_SCRATCH,
    JSON_NOT_JSON, /* syntax, bad UTF-8, something after the end; HTML lands here */
    JSON_REPEATED_KEY,
};

/* How much scratch a text of this length can need. */
size_t json_scratch_size(size_t text_len);

MUST_USE enum json_problem json_parse(struct bytes text, struct scratch scratch,
                                      struct json *out_root);
const char *json_problem_word(enum json_problem problem);

enum json_kind json_kind(struct json value);
struct json json_get(struct json object, const char *key); /* missing unless an object has it */
struct json json_at(struct json array, size_t index);      /* missing when out of range */
size_t json_count(struct json array_or_object);            /* 0 for anything else */

/* Walking: start with *state = {0}; false at the end. For arrays out_key is empty. Linear. */
struct json_walk {
    size_t index;
    const void *place;
};
bool json_each(struct json container, struct json_walk *walk, struct bytes *out_key,
               struct json *out_value);

/* Takers: false, and out untouched, when missing, of another kind, or out of range. null counts as
 * missing everywhere (firmware/oms/CONTRACT.md, "Ground rules"). */
MUST_USE bool json_text(struct json value, struct bytes *out_text);           /* may hold NULs */
MUST_USE bool json_text_copy(struct json value, char *out_text, size_t size); /* no NUL inside */
MUST_USE bool json_boolean(struct json value, bool *out_value);
/* Whole numbers only: neither point nor exponent. */
MUST_USE bool json_i64(struct json value, int64_t min, int64_t max, int64_t *out_value);
/* "12.40" as it was written. */
MUST_USE bool json_number_text(struct json value, struct bytes *out_digits);

/* For couriers that send a number now as a number, now as text: either one's text. */
MUST_USE bool json_number_or_text(struct json value, struct bytes *out_text);

struct json_writer {
    struct textbuf *text;
    bool comma; /* does the next member need one? */
};

void json_write_init(struct json_writer *writer, struct textbuf *text);
/* '{' or '[', and '}' or ']'. */
void json_write_open(struct json_writer *writer, const char *key_or_null, char bracket);
void json_write_close(struct json_writer *writer, char bracket);
void json_write_text(struct json_writer *writer, const char *key_or_null, const char *value);
/* Bad UTF-8 becomes U+FFFD. */
void json_write_bytes(struct json_writer *writer, const char *key_or_null, struct bytes value);
void json_write_i64(struct json_writer *writer, const char *key_or_null, int64_t value);
void json_write_boolean(struct json_writer *writer, const char *key_or_null, bool value);
void json_write_null(struct json_writer *writer, const char *key_or_null);
/* Written as it stands. */
void json_write_number(struct json_writer *writer, const char *key_or_null, struct bytes digits);
/* A parsed value, its numbers as they were. */
void json_write_value(struct json_writer *writer, const char *key_or_null, struct json value);

#endif
