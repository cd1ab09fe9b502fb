/* mutate_values.c - each value of a JSON answer in turn: another, of another kind, missing, twice.
 */
#include <stdio.h>
#include <string.h>

#include "tests/hostile/mutate_inside.h"

#define LONG_TEXT 5000u

/* In place of a value; @ is the value itself, $ what it says without its quotes, ~ a long text. */
static const char *const values[] = {
    "null",
    "true",
    "false",
    "0",
    "12",
    "-1",
    "-0",
    "1e999",
    "2841121e9",
    "1.5",
    "NaN",
    "[]",
    "{}",
    "\"\"",
    "\"12\"",
    "\" \"",
    "\"~\"",
    "[@]",
    "{\"a\":@}",
    "\"$\\u0000\"",
    "\"$\\u0000x\"",
    "\" $\"",
    "\"$ \"",
    "\"$0\"",
    "\"0$\"",
    "$",
    "\"$\"",
    "18446744073709551616",
    "-9223372036854775809",
    "9223372036854775807",
    "1e5",
    "\"\\ud800\"",
    "\"True\"",
    "\"Fail\"",
    "\"Success\"",
    "@@",
};
/* The first rows above are enough where two values are changed at once. */
static const char *const few_values[] = {"null", "true", "false", "-1", "[]", "{}", "\"\"", "[@]"};

/* What somebody in between might put into an object. */
static const char *const additions[] = {
    "\"epoch\":\"other\"",
    "\"error\":true",
    "\"success\":false",
    "\"Success\":true",
    "\"error\":{\"code\":\"not_found\"}",
    "\"acked_seq\":1",
    "\"status\":\"cancelled\"",
    "\"shipments\":[]",
    "\"ShipmentData\":[]",
    "\"rmk\":\"No such waybill or Order Id found\"",
};

static void put_value(struct textbuf *text, const char *form, struct bytes value)
{
    bool quoted = value.len >= 2 && value.data[0] == '"';
    struct bytes says = quoted ? bytes_slice(value, 1, value.len - 2) : value;
    for (; *form != '\0'; form++) {
        if (*form == '@') textbuf_bytes_put(text, value);
        else if (*form == '$') textbuf_bytes_put(text, says);
        else if (*form == '~')
            for (size_t i = 0; i < LONG_TEXT; i++) textbuf_char(text, 'A');
        else textbuf_char(text, *form);
    }
}

static struct bytes part(const struct recorded *from, size_t start, size_t end)
{
    return bytes_slice(from->body, start, end - start);
}

static void try_text(struct mutate *mutate, enum mutation mutation, const struct recorded *from,
                     const struct textbuf *text, const char *what)
{
    struct http_response response = *from->response;
    if (!textbuf_ok(text)) return; /* a long text in a long body */
    response.body = textbuf_bytes(text);
    mutate_try(mutate, mutation, &response, true, what);
}

static void name_it(char *what, size_t size, const struct recorded *from, const struct place *place,
                    const char *change)
{
    struct bytes key = part(from, place->from, place->key_end);
    if (key.len == 0) snprintf(what, size, "the value at %zu %s", place->value, change);
    else snprintf(what, size, "%.*s %s", (int)key.len, (const char *)key.data, change);
}

/* The body with this place's value in another form. */
static void put_changed(struct textbuf *text, const struct recorded *from,
                        const struct place *place, const char *form)
{
    textbuf_bytes_put(text, part(from, 0, place->value));
    put_value(text, form, part(from, place->value, place->end));
    textbuf_bytes_put(text, bytes_from(from->body, place->end));
}

static char storage[MUTATE_BODY_MAX], what[200];

static void change(struct mutate *mutate, const struct recorded *from, const struct place *place)
{
    struct textbuf text;
    char says[60];
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        snprintf(says, sizeof says, "becomes %s", values[i]);
        name_it(what, sizeof what, from, place, says);
        textbuf_init(&text, storage, sizeof storage);
        put_changed(&text, from, place, values[i]);
        try_text(mutate, MUTATION_VALUE, from, &text, what);
    }
}

static void put_removed(struct textbuf *text, const struct recorded *from,
                        const struct place *place)
{
    size_t start = place->from, end = place->end;
    struct bytes body = from->body;
    while (end < body.len && body.data[end] <= ' ') end++;
    bool comma_after = end < body.len && body.data[end] == ',';
    if (comma_after) end++;
    while (!comma_after && !place->first && start > 0 && body.data[start - 1] != ',') start--;
    if (!comma_after && !place->first && start > 0) start--;
    textbuf_bytes_put(text, part(from, 0, start));
    textbuf_bytes_put(text, bytes_from(body, end));
}

static void leave_out(struct mutate *mutate, const struct recorded *from, const struct place *place)
{
    struct textbuf text;
    if (place->root) return;
    name_it(what, sizeof what, from, place, "is missing");
    textbuf_init(&text, storage, sizeof storage);
    put_removed(&text, from, place);
    try_text(mutate, MUTATION_REMOVED, from, &text, what);
}

/* The same key again, before and behind, with another value and with the very same. */
static void repeat(struct mutate *mutate, const struct recorded *from, const struct place *place)
{
    static const char *const forms[] = {"null", "\"$7\"", "@", "[@]", "false"};
    struct bytes key = part(from, place->from, place->value);
    if (place->key_end == place->from) return;
    for (size_t i = 0; i < 2 * ARRAY_LEN(forms); i++) {
        struct textbuf text;
        bool before = i % 2 == 0;
        textbuf_init(&text, storage, sizeof storage);
        textbuf_bytes_put(&text, part(from, 0, before ? place->from : place->end));
        if (!before) textbuf_char(&text, ',');
        textbuf_bytes_put(&text, key);
        put_value(&text, forms[i / 2], part(from, place->value, place->end));
        if (before) textbuf_char(&text, ',');
        textbuf_bytes_put(&text, bytes_from(from->body, before ? place->from : place->end));
        name_it(what, sizeof what, from, place, "stands there twice");
        try_text(mutate, MUTATION_REPEATED, from, &text, what);
    }
}

static void shout(struct mutate *mutate, const struct recorded *from, const struct place *place)
{
    struct textbuf text;
    if (place->key_end == place->from) return;
    textbuf_init(&text, storage, sizeof storage);
    textbuf_bytes_put(&text, part(from, 0, place->from));
    for (size_t i = place->from; i < place->key_end; i++) {
        uint8_t one = from->body.data[i];
        bool letter = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
        textbuf_char(&text, (char)(letter ? one ^ 0x20 : one));
    }
    textbuf_bytes_put(&text, bytes_from(from->body, place->key_end));
    name_it(what, sizeof what, from, place, "in other letters");
    try_text(mutate, MUTATION_KEY, from, &text, what);
}

static void add(struct mutate *mutate, const struct recorded *from, const struct place *place)
{
    if (from->body.data[place->value] != '{') return;
    bool empty = from->body.data[place->value + 1] == '}';
    for (size_t i = 0; i < ARRAY_LEN(additions); i++) {
        struct textbuf text;
        textbuf_init(&text, storage, sizeof storage);
        textbuf_bytes_put(&text, part(from, 0, place->value + 1));
        textbuf_text(&text, additions[i]);
        if (!empty) textbuf_char(&text, ',');
        textbuf_bytes_put(&text, bytes_from(from->body, place->value + 1));
        name_it(what, sizeof what, from, place, additions[i]);
        try_text(mutate, MUTATION_ADDED, from, &text, what);
    }
}

/* One change was made; each further on is made as well. */
static void pair_with_later(struct mutate *mutate, const struct recorded *once, size_t first)
{
    static struct places places;
    static char second[MUTATE_BODY_MAX];
    places_find(once->body, &places);
    for (size_t i = first; i < places.count; i++) {
        struct textbuf text;
        for (size_t form = 0; form < ARRAY_LEN(few_values); form++) {
            textbuf_init(&text, second, sizeof second);
            put_changed(&text, once, &places.all[i], few_values[form]);
            try_text(mutate, MUTATION_PAIR, once, &text,
                     textbuf_bytes(&text).data == NULL ? "" : second);
        }
        if (places.all[i].root) continue;
        textbuf_init(&text, second, sizeof second);
        put_removed(&text, once, &places.all[i]);
        try_text(mutate, MUTATION_PAIR, once, &text, second);
    }
}

static void pairs(struct mutate *mutate, const struct recorded *from, const struct places *places)
{
    for (size_t i = 1; i < places->count; i++) {
        for (size_t form = 0; form <= ARRAY_LEN(few_values); form++) {
            struct textbuf text;
            textbuf_init(&text, storage, sizeof storage);
            bool removes = form == ARRAY_LEN(few_values);
            if (removes) put_removed(&text, from, &places->all[i]);
            else put_changed(&text, from, &places->all[i], few_values[form]);
            struct recorded once = {from->response, textbuf_bytes(&text), true};
            pair_with_later(mutate, &once, removes ? i : i + 1);
        }
    }
}

void mutate_values(struct mutate *mutate, const struct recorded *from, const struct places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        change(mutate, from, &places->all[i]);
        leave_out(mutate, from, &places->all[i]);
        repeat(mutate, from, &places->all[i]);
        shout(mutate, from, &places->all[i]);
        add(mutate, from, &places->all[i]);
    }
    if (mutate->thorough && places->count < 100) pairs(mutate, from, places);
}
