/* Guards: a textbuf never writes past its array, never holds half a piece, and remembers that
 * something was left out. Percent-encoding follows RFC 3986, 2.1 and 2.3. */
#include "hal/base/textbuf.h"

#include "tests/support/expect.h"

static void put_i64(struct textbuf *text)
{
    textbuf_i64(text, INT64_MIN);
}
static void put_u64(struct textbuf *text)
{
    textbuf_u64(text, UINT64_MAX);
}
static void put_padded(struct textbuf *text)
{
    textbuf_padded(text, 42, 5);
}
static void put_hex(struct textbuf *text)
{
    textbuf_hex(text, BYTES_LITERAL("\x00\xAB\xFF"));
}
static void put_url(struct textbuf *text)
{
    textbuf_url(text, BYTES_LITERAL("a-b._~/\xC3\xA4 "));
}
static void put_text(struct textbuf *text)
{
    textbuf_text(text, "parcel");
}
static void put_char(struct textbuf *text)
{
    textbuf_char(text, '#');
}
static void put_bytes(struct textbuf *text)
{
    textbuf_bytes_put(text, BYTES_LITERAL("x\0y"));
}
static void put_format(struct textbuf *text)
{
    textbuf_format(text, "%d-%s", -7, "z");
}

static const struct {
    void (*put)(struct textbuf *text);
    struct bytes wanted;
    const char *promise;
} pieces[] = {
    {put_i64, {(const uint8_t *)"-9223372036854775808", 20}, "the smallest signed number"},
    {put_u64, {(const uint8_t *)"18446744073709551615", 20}, "the largest unsigned number"},
    {put_padded, {(const uint8_t *)"00042", 5}, "leading zeros up to the width"},
    {put_hex, {(const uint8_t *)"00abff", 6}, "two lower-case digits a byte"},
    {put_url, {(const uint8_t *)"a-b._~%2F%C3%A4%20", 18}, "everything reserved is encoded"},
    {put_text, {(const uint8_t *)"parcel", 6}, "a text"},
    {put_char, {(const uint8_t *)"#", 1}, "one character"},
    {put_bytes, {(const uint8_t *)"x\0y", 3}, "bytes with a NUL among them"},
    {put_format, {(const uint8_t *)"-7-z", 4}, "a formatted piece"},
};

/* Every size from too small to ample; the byte after the array must survive. */
static void a_piece_is_whole_or_absent_at_every_size(void)
{
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        for (size_t size = 3; size <= 32; size++) {
            char storage[33];
            struct textbuf text;
            storage[size] = '\x55';
            textbuf_init(&text, storage, size);
            textbuf_text(&text, "<<");
            pieces[i].put(&text);
            bool fits = 2 + pieces[i].wanted.len < size;
            EXPECT(textbuf_ok(&text) == fits, pieces[i].promise);
            struct bytes got = bytes_from(textbuf_bytes(&text), 2);
            EXPECT_BYTES(fits ? pieces[i].wanted : BYTES_NONE, got, pieces[i].promise);
            EXPECT(text.data[text.len] == '\0', "the text ends in a NUL");
            EXPECT(storage[size] == '\x55', "nothing is written past the array");
        }
    }
}

static void after_an_overflow_nothing_more_is_taken(void)
{
    char storage[4];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    textbuf_text(&text, "ab");
    textbuf_text(&text, "cd");
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) pieces[i].put(&text);
    EXPECT_TEXT("ab", storage, "what fits later would make a text with a hole in it");
    EXPECT(!textbuf_ok(&text), "the overflow is remembered");
    textbuf_reset(&text);
    textbuf_char(&text, 'c');
    EXPECT(textbuf_ok(&text), "a reset forgets it");
    EXPECT_TEXT("c", storage, "and begins anew");
}

static void numbers_are_written_in_full(void)
{
    char storage[64];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    textbuf_i64(&text, 0);
    textbuf_char(&text, ' ');
    textbuf_i64(&text, INT64_MAX);
    textbuf_char(&text, ' ');
    textbuf_padded(&text, 12345, 2);
    EXPECT_TEXT("0 9223372036854775807 12345", storage, "nought, the largest, wider than asked");
}

int main(void)
{
    EXPECT_RUN(a_piece_is_whole_or_absent_at_every_size);
    EXPECT_RUN(after_an_overflow_nothing_more_is_taken);
    EXPECT_RUN(numbers_are_written_in_full);
    return expect_result();
}
