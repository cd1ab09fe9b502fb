/* bytes.c - compare, find and split borrowed runs of bytes. Nothing here reads past a length. */
#include "hal/base/bytes.h"

#include <string.h>

struct bytes bytes_of(const void *data, size_t len)
{
    return (struct bytes){data, len};
}

struct bytes bytes_of_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_equal_text(struct bytes a, const char *text)
{
    return bytes_equal(a, bytes_of_text(text));
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
}

bool bytes_equal_ignore_case(struct bytes a, const char *text)
{
    struct bytes b = bytes_of_text(text);
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.data[i]) != lower(b.data[i])) return false;
    }
    return true;
}

bool bytes_start_with(struct bytes whole, const char *prefix)
{
    struct bytes wanted = bytes_of_text(prefix);
    return whole.len >= wanted.len && bytes_equal(bytes_slice(whole, 0, wanted.len), wanted);
}

size_t bytes_find(struct bytes whole, struct bytes part)
{
    if (part.len == 0) return 0;
    for (size_t at = 0; at + part.len <= whole.len; at++) {
        if (memcmp(whole.data + at, part.data, part.len) == 0) return at;
    }
    return whole.len;
}

size_t bytes_find_byte(struct bytes whole, uint8_t wanted)
{
    if (whole.len == 0) return 0;
    const uint8_t *found = memchr(whole.data, wanted, whole.len);
    return found == NULL ? whole.len : (size_t)(found - whole.data);
}

struct bytes bytes_slice(struct bytes whole, size_t from, size_t len)
{
    if (from >= whole.len) return BYTES_NONE;
    size_t left = whole.len - from;
    return (struct bytes){whole.data + from, len < left ? len : left};
}

struct bytes bytes_from(struct bytes whole, size_t from)
{
    return bytes_slice(whole, from, whole.len);
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

struct bytes bytes_trim(struct bytes whole)
{
    while (whole.len > 0 && is_blank(whole.data[0])) whole = bytes_from(whole, 1);
    while (whole.len > 0 && is_blank(whole.data[whole.len - 1])) whole.len--;
    return whole;
}

struct bytes bytes_skip_mark(struct bytes whole)
{
    return bytes_start_with(whole, "\xEF\xBB\xBF") ? bytes_from(whole, 3) : whole;
}

bool bytes_split(struct bytes *rest, uint8_t separator, struct bytes *out_part)
{
    if (rest->len == 0) return false;
    size_t at = bytes_find_byte(*rest, separator);
    *out_part = bytes_slice(*rest, 0, at);
    *rest = bytes_from(*rest, at < rest->len ? at + 1 : at);
    return true;
}

bool bytes_to_text(struct bytes from, char *out_text, size_t size)
{
    ENSURE(size > 0);
    out_text[0] = '\0';
    if (from.len >= size || bytes_find_byte(from, 0) < from.len) return false;
    if (from.len > 0) memcpy(out_text, from.data, from.len);
    out_text[from.len] = '\0';
    return true;
}

bool bytes_to_u64(struct bytes digits, uint64_t max, uint64_t *out_value)
{
    uint64_t value = 0;
    if (digits.len == 0) return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') return false;
        uint64_t digit = (uint64_t)(digits.data[i] - '0');
        if (value > (max - digit) / 10 || digit > max) return false;
        value = value * 10 + digit;
    }
    *out_value = value;
    return true;
}

bool bytes_hex_to_u64(struct bytes digits, uint64_t max, uint64_t *out_value)
{
    static const char known[] = "0123456789abcdef0123456789ABCDEF";
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const char *at = memchr(known, digits.data[i], sizeof known - 1);
        if (at == NULL) return false;
        uint64_t digit = (uint64_t)(at - known) % 16;
        if (digit > max || value > (max - digit) / 16) return false;
        value = value * 16 + digit;
    }
    *out_value = value;
    return digits.len > 0;
}

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
size_t bytes_utf8_sequence(struct bytes run)
{
    if (run.len == 0) return 0;
    uint8_t first = run.data[0];
    if (first < 0x80) return 1;
    size_t len = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || run.len < len) return 0;
    for (size_t i = 1; i < len; i++) {
        if ((run.data[i] & 0xC0) != 0x80) return 0;
    }
    if (first == 0xE0 && run.data[1] < 0xA0) return 0;
    if (first == 0xED && run.data[1] > 0x9F) return 0;
    if (first == 0xF0 && run.data[1] < 0x90) return 0;
    if (first == 0xF4 && run.data[1] > 0x8F) return 0;
    return len;
}

bool bytes_are_utf8_text(struct bytes run)
{
    while (run.len > 0) {
        uint8_t first = run.data[0];
        bool control = first < 0x20 || first == 0x7F;
        if (control && first != '\t' && first != '\r' && first != '\n') return false;
        size_t len = bytes_utf8_sequence(run);
        if (len == 0) return false;
        run = bytes_from(run, len);
    }
    return true;
}
