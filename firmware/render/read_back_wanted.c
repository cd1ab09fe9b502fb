/* read_back_wanted.c - does a code say what it should? See read_back.h.
 *
 * GS1 General Specifications, figure 7.8-1 (identifiers whose field has a known length and no FNC1
 * after it) and 3.2 (how long an identifier is). */
#include "firmware/render/read_back.h"

#define GS 0x1D
#define WANTED_MAX RENDER_WANTED_SIZE

/* Of the field at the front, identifier included, where its length is known; else 0. */
static size_t known_length(unsigned identifier)
{
    if (identifier == 0) return 20;
    if (identifier <= 3 || identifier == 41) return 16;
    if (identifier == 4) return 18;
    if (identifier >= 11 && identifier <= 19) return 8;
    if (identifier == 20) return 4;
    return identifier >= 31 && identifier <= 36 ? 10 : 0;
}

static size_t identifier_length(unsigned identifier)
{
    if (identifier >= 23 && identifier <= 25) return 3;
    if (identifier == 40 || identifier == 41 || identifier == 42 || identifier == 71) return 3;
    if (identifier >= 31 && identifier <= 36) return 4;
    return identifier == 39 || identifier == 43 || (identifier >= 70 && identifier < 90) ? 4 : 2;
}

static bool take_field(struct bytes *rest, struct bytes *out_field, size_t *out_identifier)
{
    uint64_t identifier = 0;
    if (rest->len > 0 && rest->data[0] == GS) *rest = bytes_from(*rest, 1);
    if (!bytes_to_u64(bytes_slice(*rest, 0, 2), 99, &identifier)) return false;
    size_t end = bytes_find_byte(*rest, GS), known = known_length((unsigned)identifier);
    if (known > 0 && known < end) end = known;
    *out_field = bytes_slice(*rest, 0, end);
    *out_identifier = identifier_length((unsigned)identifier);
    *rest = bytes_from(*rest, end);
    return true;
}

static bool field_matches(struct bytes text, struct bytes wanted)
{
    struct bytes field;
    size_t identifier = 0;
    while (take_field(&text, &field, &identifier)) {
        if (bytes_equal(field, wanted)) return true;
        if (field.len > identifier && bytes_equal(bytes_from(field, identifier), wanted))
            return true;
    }
    return false;
}

/* All fields one after the other, without what parts them. */
static bool joined_matches(struct bytes text, struct bytes wanted)
{
    size_t at = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == GS) continue;
        if (at == wanted.len || wanted.data[at] != text.data[i]) return false;
        at++;
    }
    return at == wanted.len;
}

bool read_back_matches(struct bytes text, struct bytes wanted, bool gs1)
{
    uint8_t plain[WANTED_MAX];
    if (wanted.len == 0 || wanted.len > sizeof plain) return false;
    if (bytes_equal(text, wanted)) return true;
    if (!gs1) return false;
    bool brackets = wanted.data[0] == '(';
    size_t len = 0;
    for (size_t i = 0; i < wanted.len; i++)
        if (!brackets || (wanted.data[i] != '(' && wanted.data[i] != ')'))
            plain[len++] = wanted.data[i];
    struct bytes bare = bytes_of(plain, len);
    return len > 0 && (joined_matches(text, bare) || field_matches(text, bare));
}
