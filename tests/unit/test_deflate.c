/* Guards: what is compressed comes back byte for byte from zlib's own inflate, whatever the pieces,
 * in no more memory than was lent; memory that is too small is said at once. */
#include "hal/base/deflate.h"

#include <zlib.h>

#include "tests/support/expect.h"

static _Alignas(16) uint8_t memory[DEFLATE_MEMORY];
static uint8_t input[100000], packed[110000], output[100000];
static size_t packed_len;

static void collect(void *to, struct bytes piece)
{
    size_t *len = to;
    memcpy(packed + *len, piece.data, piece.len);
    *len += piece.len;
}

static void expect_round(size_t len, size_t piece, const char *promise)
{
    packed_len = 0;
    struct deflate *state =
        deflate_begin((struct scratch){memory, sizeof memory}, collect, &packed_len);
    if (!EXPECT(state != NULL, "the memory is enough")) return;
    for (size_t at = 0; at < len; at += piece)
        deflate_add(state, bytes_slice(bytes_of(input, len), at, piece), false);
    deflate_add(state, BYTES_NONE, true);
    uLongf out_len = sizeof output;
    EXPECT_I64(Z_OK, uncompress(output, &out_len, packed, packed_len), promise);
    EXPECT(out_len == len && memcmp(input, output, len) == 0, promise);
    EXPECT_I64(0x78, packed[0], "the header that printers' pictures have");
}

static void everything_comes_back(void)
{
    static const size_t pieces[] = {1, 102, 4096, sizeof input};
    uint32_t random = 7;
    for (size_t i = 0; i < sizeof input; i++) {
        random = random * 1664525u + 1013904223u;
        input[i] = (uint8_t)(random >> 24);
    }
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) expect_round(sizeof input, pieces[i], "noise");
    EXPECT(packed_len > sizeof input, "which grows, and has room");
    memset(input, 0, sizeof input);
    for (size_t i = 0; i < sizeof input; i += 977) input[i] = 0xFF;
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) expect_round(sizeof input, pieces[i], "a label");
    EXPECT(packed_len < 2000, "which shrinks");
    expect_round(0, 1, "nothing");
}

static void too_little_memory_is_said_at_once(void)
{
    static const size_t sizes[] = {0, 100, 8000, 100000, 150000};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct scratch scratch = {memory, sizes[i]};
        EXPECT(deflate_begin(scratch, collect, &packed_len) == NULL, "refused, not begun");
    }
}

int main(void)
{
    EXPECT_RUN(everything_comes_back);
    EXPECT_RUN(too_little_memory_is_said_at_once);
    return expect_result();
}
