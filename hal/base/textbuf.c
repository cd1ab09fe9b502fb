/* textbuf.c - bounded appending; see textbuf.h for the rule it lives by. */
#include "hal/base/textbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void textbuf_init(struct textbuf *text, char *storage, size_t size)
{
    ENSURE(size > 0);
    *text = (struct textbuf){.data = storage, .size = size};
    storage[0] = '\0';
}

void textbuf_reset(struct textbuf *text)
{
    text->len = 0;
    text->overflow = false;
    text->data[0] = '\0';
}

bool textbuf_ok(const struct textbuf *text)
{
    return !text->overflow;
}

struct bytes textbuf_bytes(const struct textbuf *text)
{
    return bytes_of(text->data, text->len);
}

void textbuf_bytes_put(struct textbuf *text, struct bytes piece)
{
    if (text->overflow || piece.len >= text->size - text->len) {
        text->overflow = true;
        return;
    }
    if (piece.len > 0) memcpy(text->data + text->len, piece.data, piece.len);
    text->len += piece.len;
    text->data[text->len] = '\0';
}

void textbuf_char(struct textbuf *text, char one)
{
    if (text->overflow || text->size - text->len <= 1) {
        text->overflow = true;
        return;
    }
    text->data[text->len++] = one;
    text->data[text->len] = '\0';
}

void textbuf_text(struct textbuf *text, const char *piece)
{
    textbuf_bytes_put(text, bytes_of_text(piece));
}

/* A piece made of several appends is whole or absent: on overflow its beginning goes again. */
static void keep_whole(struct textbuf *text, size_t len_before)
{
    if (!text->overflow) return;
    text->len = len_before;
    text->data[len_before] = '\0';
}

void textbuf_u64(struct textbuf *text, uint64_t value)
{
    textbuf_padded(text, value, 1);
}

void textbuf_i64(struct textbuf *text, int64_t value)
{
    size_t before = text->len;
    if (value < 0) textbuf_char(text, '-');
    textbuf_u64(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    keep_whole(text, before);
}

void textbuf_padded(struct textbuf *text, uint64_t value, unsigned digits)
{
    char reversed[20]; /* 2^64 has 20 digits */
    size_t len = 0;
    ENSURE(digits <= sizeof reversed);
    do {
        reversed[len++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (len < digits) reversed[len++] = '0';
    char piece[20];
    for (size_t i = 0; i < len; i++) piece[i] = reversed[len - 1 - i];
    textbuf_bytes_put(text, bytes_of(piece, len));
}

void textbuf_hex(struct textbuf *text, struct bytes piece)
{
    static const char digits[] = "0123456789abcdef";
    size_t before = text->len;
    for (size_t i = 0; i < piece.len; i++) {
        char pair[2] = {digits[piece.data[i] >> 4], digits[piece.data[i] & 15]};
        textbuf_bytes_put(text, bytes_of(pair, 2));
    }
    keep_whole(text, before);
}

void textbuf_format(struct textbuf *text, const char *format, ...)
{
    va_list arguments;
    if (text->overflow) return;
    va_start(arguments, format);
    size_t left = text->size - text->len;
    int wanted = vsnprintf(text->data + text->len, left, format, arguments);
    va_end(arguments);
    if (wanted < 0 || (size_t)wanted >= left) {
        text->data[text->len] = '\0';
        text->overflow = true;
        return;
    }
    text->len += (size_t)wanted;
}

static bool is_unreserved(uint8_t byte)
{
    bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
    bool digit = byte >= '0' && byte <= '9';
    return letter || digit || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

void textbuf_url(struct textbuf *text, struct bytes piece)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t before = text->len;
    for (size_t i = 0; i < piece.len; i++) {
        uint8_t byte = piece.data[i];
        char escaped[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        if (is_unreserved(byte)) textbuf_char(text, (char)byte);
        else textbuf_bytes_put(text, bytes_of(escaped, 3));
    }
    keep_whole(text, before);
}
