/* Guards: no stream breaks the counter of packed pictures, and it judges each one as zlib does,
 * which unpacks it: whole and so long, or not. Only the sum at the end is not its business. */
#include "hal/base/inflate.h"

#include <string.h>
#include <zlib.h>

#include "tests/support/byte_source.h"

#define LENGTH_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The length, or -1. */
static int64_t length_by_zlib(const uint8_t *data, size_t size)
{
    static uint8_t out[LENGTH_MAX + 1];
    z_stream stream = {.next_in = (z_const Bytef *)data, .avail_in = (unsigned)size};
    stream.next_out = out;
    stream.avail_out = sizeof out;
    ENSURE(inflateInit(&stream) == Z_OK);
    int end = inflate(&stream, Z_FINISH);
    bool sum = end == Z_DATA_ERROR && strcmp(stream.msg, "incorrect data check") == 0;
    bool whole = (end == Z_STREAM_END || sum) && stream.avail_in == 0;
    int64_t length = whole && stream.total_out <= LENGTH_MAX ? (int64_t)stream.total_out : -1;
    (void)inflateEnd(&stream);
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes source = bytes_of(data, size);
    uint64_t length = 0;
    bool whole = inflate_length(byte_source_next, &source, LENGTH_MAX, &length);
    ENSURE((whole ? (int64_t)length : -1) == length_by_zlib(data, size));
    return 0;
}
