/* mutate.c - the whole of an answer spoilt: bytes, encodings, lengths, statuses. What is spoilt
 * value by value is in mutate_values.c. */
#include "tests/hostile/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/hostile/mutate_inside.h"

#define SHORT_BODY 2048u /* longer ones are sampled unless asked to be thorough */
#define LARGE (10u * 1024u * 1024u)
#define DEPTH 10000u

const char *mutation_word(enum mutation mutation)
{
    static const char *const words[MUTATIONS] = {"none",     "cut",    "byte",    "twice",
                                                 "stranger", "value",  "removed", "repeated",
                                                 "added",    "key",    "wide",    "marked",
                                                 "deep",     "long",   "page",    "empty",
                                                 "type",     "status", "pair"};
    return words[mutation];
}

void mutate_try(struct mutate *mutate, enum mutation mutation, const struct http_response *response,
                bool was_json, const char *what)
{
    struct spoilt spoilt = {mutation, *response, was_json, what};
    mutate->tried[mutation]++;
    mutate->judge(mutate->context, &spoilt);
}

/* One spoiling of the recorded answer with this body. */
static void try_body(struct mutate *mutate, enum mutation mutation, const struct recorded *from,
                     struct bytes body, const char *what)
{
    struct http_response response = *from->response;
    response.body = body;
    mutate_try(mutate, mutation, &response, from->is_json, what);
}

static size_t step_of(const struct mutate *mutate, size_t len)
{
    return mutate->thorough || len <= SHORT_BODY ? 1 : len / SHORT_BODY * 8 + 7;
}

static void cut(struct mutate *mutate, const struct recorded *from)
{
    char what[40];
    struct bytes body = from->body;
    for (size_t len = 1; len < body.len; len += step_of(mutate, body.len)) {
        snprintf(what, sizeof what, "cut at %zu", len);
        try_body(mutate, MUTATION_CUT, from, bytes_slice(body, 0, len), what);
    }
}

static void change_bytes(struct mutate *mutate, const struct recorded *from)
{
    static const char hostile[] = {'\0', '\xFF', '"', '}', '{', '7', 'E'};
    static char copy[MUTATE_BODY_MAX];
    char what[40];
    struct bytes body = from->body;
    if (body.len > 0) memcpy(copy, body.data, body.len);
    for (size_t at = 0; at < body.len; at += step_of(mutate, body.len)) {
        for (size_t i = 0; i < sizeof hostile; i++) {
            if (copy[at] == hostile[i]) continue;
            char was = copy[at];
            copy[at] = hostile[i];
            snprintf(what, sizeof what, "byte %zu is 0x%02x", at, (unsigned)(uint8_t)hostile[i]);
            try_body(mutate, MUTATION_BYTE, from, bytes_of(copy, body.len), what);
            copy[at] = was;
        }
    }
}

static void double_it(struct mutate *mutate, const struct recorded *from)
{
    static const char *const between[] = {"", "\n", " ", ",", "\r\n\r\n"};
    static char storage[2 * MUTATE_BODY_MAX + 8];
    for (size_t i = 0; i < ARRAY_LEN(between); i++) {
        struct textbuf text;
        textbuf_init(&text, storage, sizeof storage);
        textbuf_bytes_put(&text, from->body);
        textbuf_text(&text, between[i]);
        textbuf_bytes_put(&text, from->body);
        try_body(mutate, MUTATION_TWICE, from, textbuf_bytes(&text), "the body twice");
    }
}

/* The same words with another last letter: as plausible as ours, and not ours. */
static struct bytes replaced(struct bytes body, const char *word, char *storage, size_t size)
{
    struct textbuf text;
    struct bytes wanted = bytes_of_text(word);
    textbuf_init(&text, storage, size);
    while (body.len > 0) {
        size_t at = bytes_find(body, wanted);
        textbuf_bytes_put(&text, bytes_slice(body, 0, at));
        if (at == body.len) break;
        textbuf_bytes_put(&text, bytes_slice(wanted, 0, wanted.len - 1));
        textbuf_char(&text, word[wanted.len - 1] == '3' ? '9' : '3');
        body = bytes_from(body, at + wanted.len);
    }
    return textbuf_bytes(&text);
}

static void swap_parcels(struct mutate *mutate, const struct recorded *from)
{
    static char storage[2][MUTATE_BODY_MAX];
    char what[100];
    struct bytes all = from->body;
    for (size_t i = 0; i < mutate->ours.count; i++) {
        const char *word = mutate->ours.words[i];
        if (word[0] == '\0' || bytes_find(from->body, bytes_of_text(word)) == from->body.len)
            continue;
        snprintf(what, sizeof what, "another instead of %s", word);
        struct bytes body = replaced(from->body, word, storage[0], sizeof storage[0]);
        try_body(mutate, MUTATION_STRANGER, from, body, what);
    }
    for (size_t i = 0; i < mutate->ours.count; i++) {
        if (mutate->ours.words[i][0] == '\0') continue;
        all = replaced(all, mutate->ours.words[i], storage[i % 2], sizeof storage[0]);
    }
    if (!bytes_equal(all, from->body))
        try_body(mutate, MUTATION_STRANGER, from, all, "another parcel altogether");
}

static void encode(struct mutate *mutate, const struct recorded *from)
{
    static char storage[2 * MUTATE_BODY_MAX + 8];
    struct textbuf text;
    for (int little = 0; little < 2; little++) {
        for (int mark = 0; mark < 2; mark++) {
            textbuf_init(&text, storage, sizeof storage);
            if (mark == 1) textbuf_text(&text, little == 1 ? "\xFF\xFE" : "\xFE\xFF");
            for (size_t i = 0; i < from->body.len; i++) {
                struct bytes one = bytes_slice(from->body, i, 1);
                if (little == 1) textbuf_bytes_put(&text, one);
                textbuf_char(&text, '\0');
                if (little == 0) textbuf_bytes_put(&text, one);
            }
            try_body(mutate, MUTATION_WIDE, from, textbuf_bytes(&text), "UTF-16");
        }
    }
    static const char *const marks[] = {"\xEF\xBB\xBF", "\xEF\xBB\xBF\xEF\xBB\xBF",
                                        "\xFF\xFE",     "\xE9 ",
                                        "\xC2\xA0",     ")]}',\n"};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        textbuf_init(&text, storage, sizeof storage);
        textbuf_text(&text, marks[i]);
        textbuf_bytes_put(&text, from->body);
        try_body(mutate, MUTATION_MARKED, from, textbuf_bytes(&text), "something in front");
    }
}

static void nest(struct mutate *mutate, const struct recorded *from)
{
    static char storage[MUTATE_BODY_MAX + 16 * DEPTH];
    static const char *const opening[] = {"[", "{\"a\":"}, *const closing = "]}";
    for (size_t i = 0; i < 2; i++) {
        struct textbuf text;
        textbuf_init(&text, storage, sizeof storage);
        for (size_t depth = 0; depth < DEPTH; depth++) textbuf_text(&text, opening[i]);
        textbuf_bytes_put(&text, from->body);
        for (size_t depth = 0; depth < DEPTH; depth++) textbuf_char(&text, closing[i]);
        try_body(mutate, MUTATION_DEEP, from, textbuf_bytes(&text), "nested 10,000 deep");
    }
}

static void lengthen(struct mutate *mutate, const struct recorded *from)
{
    static const struct {
        const char *before, *after;
        char filling;
    } rows[] = {{"", "", ' '}, {"{\"x\":\"", "\",", 'x'}, {"", "", '['}, {"", "", '\0'}};
    if (!mutate->large) return;
    char *storage = malloc(LARGE + MUTATE_BODY_MAX);
    ENSURE(storage != NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (int in_front = 0; in_front < 2; in_front++) {
            struct textbuf text;
            textbuf_init(&text, storage, LARGE + MUTATE_BODY_MAX);
            if (in_front == 0) textbuf_bytes_put(&text, from->body);
            textbuf_text(&text, rows[i].before);
            memset(storage + text.len, rows[i].filling, LARGE);
            text.len += LARGE;
            textbuf_text(&text, rows[i].after);
            if (in_front == 1) textbuf_bytes_put(&text, from->body);
            try_body(mutate, MUTATION_LONG, from, textbuf_bytes(&text), "10 MB");
        }
    }
    free(storage);
}

static void replace_whole(struct mutate *mutate, const struct recorded *from)
{
    static const char *const pages[] = {
        "<!DOCTYPE html><html><body>Please sign in to the network.</body></html>",
        "\n\n <html><script>var answer = {\"success\":true,\"status\":\"booked\"};</script></html>",
        "<?xml version=\"1.0\"?><error>no</error>",
        "Sign in to continue",
    };
    static const char *const types[] = {"", "text/html", "application/json", "text/html;charset=x"};
    struct http_response response = *from->response;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        response.content_type = bytes_of_text(types[i]);
        response.body = from->body;
        mutate_try(mutate, MUTATION_TYPE, &response, from->is_json, types[i]);
        for (size_t page = 0; page < ARRAY_LEN(pages); page++) {
            response.status = 200;
            response.body = bytes_of_text(pages[page]);
            mutate_try(mutate, MUTATION_PAGE, &response, from->is_json, pages[page]);
            response.status = from->response->status;
        }
    }
    static const char *const nothings[] = {"", " ", "\n", "null", "true", "0", "\"\"", "[]", "{}"};
    response.content_type = from->response->content_type;
    for (size_t i = 0; i < ARRAY_LEN(nothings); i++) {
        response.body = bytes_of_text(nothings[i]);
        response.status = 200;
        mutate_try(mutate, MUTATION_EMPTY, &response, from->is_json, nothings[i]);
        response.status = 201;
        mutate_try(mutate, MUTATION_EMPTY, &response, from->is_json, nothings[i]);
    }
}

static void sweep_status(struct mutate *mutate, const struct recorded *from)
{
    char what[60];
    for (int status = 100; status < 600; status++) {
        struct http_response response = *from->response;
        response.status = status;
        snprintf(what, sizeof what, "status %d", status);
        mutate_try(mutate, MUTATION_STATUS, &response, from->is_json, what);
        response.body = BYTES_NONE;
        snprintf(what, sizeof what, "status %d without a body", status);
        mutate_try(mutate, MUTATION_STATUS, &response, from->is_json, what);
    }
}

void mutate_answer(struct mutate *mutate, const struct http_response *response)
{
    static struct places places;
    struct recorded from = {.response = response, .body = bytes_trim(response->body)};
    ENSURE(from.body.len < MUTATE_BODY_MAX / 2);
    places_find(from.body, &places);
    from.is_json = places.count > 0;
    try_body(mutate, MUTATION_NONE, &from, response->body, "as recorded");
    cut(mutate, &from);
    change_bytes(mutate, &from);
    double_it(mutate, &from);
    swap_parcels(mutate, &from);
    mutate_values(mutate, &from, &places);
    encode(mutate, &from);
    nest(mutate, &from);
    lengthen(mutate, &from);
    replace_whole(mutate, &from);
    sweep_status(mutate, &from);
}
