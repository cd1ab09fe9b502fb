/* compose_clean.c - text from outside, made harmless for a label; see compose_fields.h.
 *
 * What stays: letters, marks, digits, signs, spaces and line ends. What goes: control and format
 * characters, overrides of direction, variation selectors, tags; marks beyond four on one letter,
 * joiners where nothing joins, blanks beyond one. */
#include <glib.h>

#include "firmware/render/compose_fields.h"

#define MARKS_ON_A_LETTER 4u
#define BOX 0x25A1u
#define REPLACEMENT 0xFFFDu
#define ELLIPSIS "\xE2\x80\xA6"

static uint32_t take_character(struct bytes *rest)
{
    size_t len = bytes_utf8_sequence(*rest);
    uint32_t character = REPLACEMENT;
    if (len > 0) character = (uint32_t)g_utf8_get_char((const char *)rest->data);
    *rest = bytes_from(*rest, len > 0 ? len : 1);
    return character;
}

static bool is_between(uint32_t character, uint32_t first, uint32_t last)
{
    return character >= first && character <= last;
}

static bool is_joiner(uint32_t character)
{
    return character == 0x200C || character == 0x200D;
}

/* Invisible, or an order to whoever lays out text. */
static bool is_unwanted(uint32_t character)
{
    return is_between(character, 0x200B, 0x200F) || is_between(character, 0x202A, 0x202E) ||
           is_between(character, 0x2060, 0x206F) || is_between(character, 0xFE00, 0xFE0F) ||
           is_between(character, 0xE0000, 0xE0FFF) || is_between(character, 0xFFF0, 0xFFFC) ||
           character == 0xFEFF || character == 0x00AD || character == 0x180E ||
           character == 0x034F || character == 0x061C || character == 0x115F ||
           character == 0x1160 || character == 0x3164;
}

/* Scripts whose letters join, or whose joining a joiner prevents. */
static bool joins(uint32_t character)
{
    return is_between(character, 0x0600, 0x08FF) || is_between(character, 0x0900, 0x0DFF);
}

static bool is_drawable(const struct scope *scope, uint32_t character)
{
    return character == '\n' || is_joiner(character) || (character >= ' ' && character < 0x7F) ||
           (character >= 0xA0 && !is_unwanted(character) &&
            (scope->covers == NULL || scope->covers(scope->context, character)));
}

static uint32_t box_of(const struct scope *scope)
{
    return scope->covers(scope->context, BOX) ? BOX : '?';
}

struct bytes cover_text(struct scope *scope, struct bytes text, struct arena *arena)
{
    struct bytes rest = text;
    bool good = true;
    while (rest.len > 0) good = is_drawable(scope, take_character(&rest)) && good;
    if (good) return text;
    scope->missing = true;
    char *out = arena_take(arena, text.len * 3);
    if (out == NULL) return BYTES_NONE;
    size_t len = 0;
    for (rest = text; rest.len > 0;) {
        uint32_t character = take_character(&rest);
        if (!is_drawable(scope, character)) character = box_of(scope);
        len += (size_t)g_unichar_to_utf8(character, out + len);
    }
    return bytes_of(out, len);
}

struct cleaner {
    struct scope *scope;
    char *out;
    size_t len, size;
    uint32_t before; /* the last character that was kept; 0: none */
    unsigned marks;  /* on it */
    bool blank;      /* one is due before the next character */
    bool full;
};

static void put(struct cleaner *at, uint32_t character)
{
    char bytes[8];
    size_t len = (size_t)g_unichar_to_utf8(character, bytes);
    if (at->size - at->len < len + sizeof ELLIPSIS) {
        at->full = true;
        return;
    }
    for (size_t i = 0; i < len; i++) at->out[at->len++] = bytes[i];
}

static void take_visible(struct cleaner *at, uint32_t character)
{
    struct scope *scope = at->scope;
    bool is_mark = g_unichar_ismark(character);
    if (is_mark || is_joiner(character)) {
        bool wanted = at->before != 0 && !at->blank && at->marks < MARKS_ON_A_LETTER &&
                      (is_mark || joins(at->before));
        if (!wanted) return;
        at->marks++;
    } else {
        at->marks = 0;
    }
    if (!is_drawable(scope, character)) {
        scope->missing = true;
        if (is_mark) return;
        character = box_of(scope);
        /* A run of them says no more than one. */
        if (at->before == character && !at->blank) return;
    }
    if (at->blank && at->before != 0) put(at, ' ');
    at->blank = false;
    at->before = character;
    put(at, character);
}

static void take_line_end(struct cleaner *at)
{
    if (at->before != 0 && at->before != '\n') put(at, '\n');
    if (at->before != 0) at->before = '\n';
    at->blank = false;
    at->marks = MARKS_ON_A_LETTER; /* none belongs to it */
}

size_t clean_text(struct scope *scope, struct bytes text, char *out, size_t size)
{
    struct cleaner at = {.scope = scope, .out = out, .size = size};
    if (at.size > FIELDS_VALUE_MAX) at.size = FIELDS_VALUE_MAX;
    if (at.size < 8) return 0;
    while (text.len > 0 && !at.full) {
        uint32_t character = take_character(&text);
        if (character == '\n' || character == 0x2028 || character == 0x2029) take_line_end(&at);
        else if (is_unwanted(character) && !is_joiner(character)) continue;
        else if (g_unichar_isspace(character) || g_unichar_iscntrl(character)) at.blank = true;
        else take_visible(&at, character);
    }
    if (at.full) {
        scope->cut = true;
        for (size_t i = 0; i + 1 < sizeof ELLIPSIS; i++) out[at.len++] = ELLIPSIS[i];
    }
    return at.len;
}
