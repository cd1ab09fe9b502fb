/* clean.c - words kept, everything else a blank; see clean.h. */
#include "carriers/clean.h"

#include <string.h>

#define PHONE_DIGITS (CLEAN_PHONE_SIZE - 1)
#define PINCODE_DIGITS (CLEAN_PINCODE_SIZE - 1)

/* The first character of `text`, or one byte that is none. */
static struct bytes first_character(struct bytes text, bool *out_valid)
{
    size_t len = bytes_utf8_sequence(text);
    *out_valid = len > 0;
    return bytes_slice(text, 0, len > 0 ? len : 1);
}

/* Marks that change the direction of the text around them, other blanks, the rest of an emoji. */
static bool is_invisible(struct bytes character)
{
    static const char *const marks[] = {
        "\xE2\x80\x8B", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xA9",
        "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE",
        "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9", "\xEF\xB8\x8F",
        "\xEF\xBB\xBF", "\xC2\xA0",
    };
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (bytes_equal_text(character, marks[i])) return true;
    }
    return false;
}

static bool is_kept(struct bytes character, const char *forbidden)
{
    if (character.len == 1) {
        uint8_t byte = character.data[0];
        return byte > 0x20 && byte != 0x7F && strchr(forbidden, byte) == NULL;
    }
    if (character.data[0] == 0xC2 && character.data[1] < 0xA0) return false; /* C1 controls */
    return character.len < 4 && !is_invisible(character); /* four bytes: emoji and dead scripts */
}

static bool next_word(struct bytes *rest, const char *forbidden, struct bytes *out_word,
                      size_t *out_characters)
{
    struct bytes word = BYTES_NONE;
    size_t characters = 0;
    while (rest->len > 0) {
        bool valid;
        struct bytes character = first_character(*rest, &valid);
        bool kept = valid && is_kept(character, forbidden);
        if (!kept && characters > 0) break;
        if (kept && characters == 0) word = bytes_slice(*rest, 0, 0);
        if (kept) word.len += character.len;
        if (kept) characters++;
        *rest = bytes_from(*rest, character.len);
    }
    *out_word = word;
    *out_characters = characters;
    return characters > 0;
}

static size_t characters_len(struct bytes word, size_t characters)
{
    size_t len = 0;
    bool valid;
    for (size_t i = 0; i < characters; i++) {
        len += first_character(bytes_from(word, len), &valid).len;
    }
    return len;
}

struct bytes clean_put(struct textbuf *out, struct bytes text, const char *forbidden,
                       size_t characters_max)
{
    size_t used = 0;
    struct bytes word;
    size_t characters;
    struct bytes rest = text;
    while (next_word(&rest, forbidden, &word, &characters)) {
        size_t blank = used > 0 ? 1 : 0;
        if (used + blank + characters > characters_max) {
            size_t len = used == 0 ? characters_len(word, characters_max) : 0;
            textbuf_bytes_put(out, bytes_slice(word, 0, len));
            size_t word_at = (size_t)(word.data - text.data);
            return bytes_from(text, word_at + len);
        }
        if (blank > 0) textbuf_char(out, ' ');
        textbuf_bytes_put(out, word);
        used += blank + characters;
    }
    return BYTES_NONE;
}

bool clean_is(const char *text, const char *forbidden)
{
    struct bytes run = bytes_of_text(text), rest = run, word;
    size_t characters;
    return next_word(&rest, forbidden, &word, &characters) && word.len == run.len;
}

bool clean_is_empty(const char *text, const char *forbidden)
{
    struct bytes rest = bytes_of_text(text), word;
    size_t characters;
    return !next_word(&rest, forbidden, &word, &characters);
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* The last ten digits of one part. */
static bool phone_part(struct bytes part, char out_digits[CLEAN_PHONE_SIZE])
{
    char digits[CLEAN_PHONE_SIZE] = "";
    size_t found = 0;
    for (size_t i = part.len; i > 0 && found < PHONE_DIGITS; i--) {
        uint8_t byte = part.data[i - 1];
        if (is_digit(byte)) digits[PHONE_DIGITS - 1 - found++] = (char)byte;
    }
    if (found < PHONE_DIGITS || digits[0] < '6') return false;
    memcpy(out_digits, digits, CLEAN_PHONE_SIZE);
    return true;
}

bool clean_phone(struct bytes text, char out_digits[CLEAN_PHONE_SIZE])
{
    static const char separators[] = "/,;|&";
    while (text.len > 0) {
        size_t len = 0;
        while (len < text.len && memchr(separators, text.data[len], strlen(separators)) == NULL)
            len++;
        if (phone_part(bytes_slice(text, 0, len), out_digits)) return true;
        text = bytes_from(text, len + 1);
    }
    return false;
}

bool clean_pincode(struct bytes text, char out_digits[CLEAN_PINCODE_SIZE])
{
    char digits[CLEAN_PINCODE_SIZE] = "";
    size_t found = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        if (byte == ' ') continue;
        if (!is_digit(byte) || found == PINCODE_DIGITS) return false;
        digits[found++] = (char)byte;
    }
    if (found < PINCODE_DIGITS || digits[0] == '0') return false;
    memcpy(out_digits, digits, CLEAN_PINCODE_SIZE);
    return true;
}
