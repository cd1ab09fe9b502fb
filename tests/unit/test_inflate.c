/* Guards: a packed picture is as long as it says, told without unpacking it: whatever zlib packs at
 * any level and by any strategy has the length that went in, and what is cut, spoilt, too long or
 * no stream at all is told. */
#include "hal/base/inflate.h"

#include <zlib.h>

#include "tests/support/byte_source.h"
#include "tests/support/expect.h"

#define SIZE 200000u

static uint8_t plain[SIZE], packed[SIZE + 1000];
static size_t packed_len;

static bool length_of(const uint8_t *data, size_t len, uint64_t max, uint64_t *out_len)
{
    struct bytes source = bytes_of(data, len);
    return inflate_length(byte_source_next, &source, max, out_len);
}

static void pack(size_t len, int level, int strategy)
{
    z_stream stream = {.next_in = plain, .avail_in = (unsigned)len};
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    EXPECT_I64(Z_OK, deflateInit2(&stream, level, Z_DEFLATED, 15, 8, strategy), "zlib begins");
    EXPECT_I64(Z_STREAM_END, deflate(&stream, Z_FINISH), "and ends");
    packed_len = stream.total_out;
    (void)deflateEnd(&stream);
}

enum content { WHITE, ROWS, NOISE, CONTENTS };

static void fill(enum content content)
{
    uint32_t random = 3;
    for (size_t i = 0; i < SIZE; i++) {
        random = random * 1664525u + 1013904223u;
        const uint8_t byte[] = {0, (uint8_t)(i % 102 * (i / 5100)), (uint8_t)(random >> 24)};
        plain[i] = byte[content];
    }
}

static void what_zlib_packs_has_its_length(void)
{
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE,
                                     Z_FIXED};
    static const size_t sizes[] = {0, 1, 2, 257, 258, 259, 65535, 65536, SIZE};
    for (enum content content = WHITE; content < CONTENTS; content++) {
        fill(content);
        for (size_t i = 0; i < ARRAY_LEN(sizes) * ARRAY_LEN(strategies) * 4; i++) {
            size_t size = sizes[i % ARRAY_LEN(sizes)];
            int strategy = strategies[i / ARRAY_LEN(sizes) % ARRAY_LEN(strategies)];
            uint64_t len = 999;
            pack(size, (int)(i / ARRAY_LEN(sizes) / ARRAY_LEN(strategies)) * 3, strategy);
            EXPECT(length_of(packed, packed_len, size, &len), "a whole stream");
            EXPECT_I64(size, len, "as long as it was");
            static uint8_t out[SIZE];
            size_t out_len = 0;
            EXPECT(inflate_bytes(bytes_of(packed, packed_len), out, size, &out_len) &&
                       bytes_equal(bytes_of(plain, size), bytes_of(out, out_len)),
                   "and unpacked it is what it was");
            if (size == 0) continue;
            EXPECT(!inflate_bytes(bytes_of(packed, packed_len), out, size - 1, &out_len),
                   "nothing is written beyond its place");
            EXPECT(!length_of(packed, packed_len, size - 1, &len), "one byte longer than allowed");
        }
    }
}

static void what_is_cut_or_longer_is_told(void)
{
    uint64_t len = 999;
    fill(ROWS);
    pack(5000, 6, Z_DEFAULT_STRATEGY);
    for (size_t cut = 0; cut < packed_len; cut++)
        EXPECT(!length_of(packed, cut, SIZE, &len), "a stream that ends too early");
    EXPECT(!length_of(packed, packed_len + 1, SIZE, &len), "something behind its end");
    EXPECT_I64(999, len, "and nothing is said about it");
}

/* A gigabyte of nothing in a megabyte: it is given up at the size allowed. */
static void a_bomb_is_given_up(void)
{
    uint64_t len;
    fill(WHITE);
    pack(SIZE, 9, Z_DEFAULT_STRATEGY);
    EXPECT(packed_len < 400 && !length_of(packed, packed_len, 4000, &len), "not unpacked");
}

/* Each one is refused by zlib too. */
static void no_stream_is_told(void)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *promise;
    } rows[] = {
        {"", 0, "nothing"},
        {"\x78", 1, "half a head"},
        {"\x78\x9D\x03\x00\x00\x00\x00\x01", 8, "a head whose check is wrong"},
        {"\x79\x9C\x03\x00\x00\x00\x00\x01", 8, "another method"},
        {"\x88\x1C\x03\x00\x00\x00\x00\x01", 8, "a window too large"},
        {"\x78\xBB\x03\x00\x00\x00\x00\x01", 8, "a dictionary that nobody has"},
        {"\x78\x9C\x07\x00\x00\x00\x00\x01", 8, "a block of no kind"},
        {"\x78\x9C\x01\x01\x00\xFF\xFF\x41\x00\x00\x00\x01", 12, "a stored block that lies"},
        {"\x78\x9C\x73\x04\x12\x00\x00\x42\x00\x42", 10, "a distance before the beginning"},
        {"\x78\x9C\xFD\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 14, "codes too many"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t out[64];
        uint64_t len;
        uLongf out_len = sizeof out;
        const uint8_t *bytes = (const uint8_t *)rows[i].bytes;
        EXPECT(uncompress(out, &out_len, bytes, rows[i].len) != Z_OK, rows[i].promise);
        EXPECT(!length_of(bytes, rows[i].len, SIZE, &len), rows[i].promise);
    }
}

/* But for the sum at the end, which only zlib looks at. */
static void spoilt_streams_are_judged_as_zlib_does(void)
{
    static uint8_t out[SIZE];
    uint32_t random = 11;
    unsigned taken = 0;
    fill(ROWS);
    for (unsigned i = 0; i < 5000; i++) {
        pack(300, (int)(i % 10), Z_DEFAULT_STRATEGY);
        random = random * 1664525u + 1013904223u;
        packed[(random >> 16) % packed_len] ^= (uint8_t)(1u << (random >> 8) % 8);
        z_stream stream = {.next_in = packed, .avail_in = (unsigned)packed_len};
        stream.next_out = out;
        stream.avail_out = sizeof out;
        EXPECT_I64(Z_OK, inflateInit(&stream), "zlib begins");
        int zlib = inflate(&stream, Z_FINISH);
        bool sum_only = zlib == Z_DATA_ERROR && stream.msg != NULL &&
                        strcmp(stream.msg, "incorrect data check") == 0;
        bool whole =
            (zlib == Z_STREAM_END && stream.avail_in == 0) || (sum_only && stream.avail_in == 0);
        uint64_t len = 0;
        bool ours = length_of(packed, packed_len, sizeof out, &len);
        EXPECT(ours == whole && (!ours || len == stream.total_out), "by both alike");
        taken += ours;
        (void)inflateEnd(&stream);
    }
    EXPECT(taken > 25 && taken < 4750, "some are taken and some are not");
}

int main(void)
{
    EXPECT_RUN(what_zlib_packs_has_its_length);
    EXPECT_RUN(what_is_cut_or_longer_is_told);
    EXPECT_RUN(a_bomb_is_given_up);
    EXPECT_RUN(no_stream_is_told);
    EXPECT_RUN(spoilt_streams_are_judged_as_zlib_does);
    return expect_result();
}
