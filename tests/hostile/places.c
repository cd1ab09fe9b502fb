/* places.c - places.h: a walk over the text, a bracket a call. */
#include "tests/hostile/places.h"

#include "hal/base/json.h"

struct walk {
    struct bytes text;
    size_t at;
    struct places *places;
};

static uint8_t here(const struct walk *walk)
{
    return walk->at < walk->text.len ? walk->text.data[walk->at] : 0;
}

static void skip_blanks(struct walk *walk)
{
    while (here(walk) == ' ' || here(walk) == '\t' || here(walk) == '\r' || here(walk) == '\n') {
        walk->at++;
    }
}

static void skip_text(struct walk *walk)
{
    walk->at++;
    while (walk->at < walk->text.len && here(walk) != '"') walk->at += here(walk) == '\\' ? 2 : 1;
    walk->at++;
}

static void skip_word(struct walk *walk)
{
    static const struct bytes stops = BYTES_LITERAL(",]} \t\r\n");
    while (walk->at < walk->text.len && bytes_find_byte(stops, here(walk)) == stops.len) walk->at++;
}

static struct place *begin(struct walk *walk, bool first)
{
    ENSURE(walk->places->count < PLACES_MAX);
    struct place *place = &walk->places->all[walk->places->count++];
    *place = (struct place){.from = walk->at, .key_end = walk->at, .first = first};
    return place;
}

static void walk_value(struct walk *walk, struct place *place);

static void walk_members(struct walk *walk, uint8_t closing)
{
    bool first = true;
    walk->at++;
    skip_blanks(walk);
    while (walk->at < walk->text.len && here(walk) != closing) {
        struct place *place = begin(walk, first);
        if (closing == '}') {
            skip_text(walk);
            place->key_end = walk->at;
            skip_blanks(walk);
            walk->at++; /* the colon */
            skip_blanks(walk);
        }
        walk_value(walk, place);
        skip_blanks(walk);
        if (here(walk) == ',') walk->at++;
        skip_blanks(walk);
        first = false;
    }
    walk->at++;
}

/* Calls itself as deep as the text is nested, and what was parsed is never deep. */
static void walk_value(struct walk *walk, struct place *place)
{
    place->value = walk->at;
    if (here(walk) == '{') walk_members(walk, '}');
    else if (here(walk) == '[') walk_members(walk, ']');
    else if (here(walk) == '"') skip_text(walk);
    else skip_word(walk);
    place->end = walk->at;
}

void places_find(struct bytes text, struct places *out)
{
    static _Alignas(16) uint8_t memory[4 * 1024 * 1024];
    struct walk walk = {.text = text, .places = out};
    struct json unused;
    enum json_problem problem = json_parse(text, (struct scratch){memory, sizeof memory}, &unused);
    out->count = 0;
    if (problem != JSON_OK && problem != JSON_REPEATED_KEY) return;
    if (bytes_start_with(text, "\xEF\xBB\xBF")) walk.at = 3;
    skip_blanks(&walk);
    struct place *root = begin(&walk, true);
    root->root = true;
    walk_value(&walk, root);
}
