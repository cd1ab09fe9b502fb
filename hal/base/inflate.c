/* inflate.c - see inflate.h. zlib unpacks what lies between the head and the sum (RFC 1950), into
 * one small piece after the other where only the length is wanted; it is given our allocator, which
 * hands out a place on the stack from the front, takes nothing back, and is gone with the call. */
#include "hal/base/inflate.h"

#define ZLIB_CONST /* its input is only read, and its header then says so */
#include <zlib.h>

#define MEMORY_SIZE \
    65536u /* zlib's window of 32 KiB, its tables of 7, and room for another zlib's */
#define ALIGNMENT 16u
#define IN_SIZE 512u
#define OUT_SIZE 4096u
#define HEAD_BYTES 2u
#define SUM_BYTES 4u
#define BARE_WINDOW (-15) /* zlib's word for: no head, no sum, a window of 32 KiB */

struct stream {
    inflate_next *next;
    void *from;
    z_stream zlib;
    uint64_t max;
    uint8_t *out; /* of `max` bytes, or NULL */
    uint8_t in[IN_SIZE];
    uint8_t piece[OUT_SIZE]; /* of what is not kept */
    size_t lent;
    _Alignas(ALIGNMENT) uint8_t memory[MEMORY_SIZE];
};

static void *lend(void *opaque, unsigned items, unsigned size)
{
    struct stream *stream = opaque;
    size_t wanted = ((size_t)items * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ENSURE(wanted <= MEMORY_SIZE - stream->lent);
    void *memory = stream->memory + stream->lent;
    stream->lent += wanted;
    return memory;
}

static void keep(void *opaque, void *memory)
{
    (void)opaque;
    (void)memory;
}

/* RFC 1950, 2.2: deflate, a window of at most 32 KiB, no dictionary, and a check. */
static bool take_head(struct stream *stream)
{
    int head[HEAD_BYTES];
    for (size_t i = 0; i < HEAD_BYTES; i++) {
        head[i] = stream->next(stream->from);
        if (head[i] < 0) return false;
    }
    return (head[0] & 0x0F) == 8 && head[0] >> 4 <= 7 && (head[1] & 0x20) == 0 &&
           (head[0] << 8 | head[1]) % 31 == 0;
}

/* False: there is nothing more. */
static bool fetch(struct stream *stream)
{
    unsigned len = 0;
    while (len < IN_SIZE) {
        int byte = stream->next(stream->from);
        if (byte < 0) break;
        stream->in[len++] = (uint8_t)byte;
    }
    stream->zlib.next_in = stream->in;
    stream->zlib.avail_in = len;
    return len > 0;
}

/* Up to the end of the last block; false when there is none, or more comes out than may. What is
 * beyond the wanted place goes into the piece, and shows by its length. */
static bool unpack(struct stream *stream)
{
    z_stream *zlib = &stream->zlib;
    int end = Z_OK;
    while (end != Z_STREAM_END) {
        size_t left = stream->out == NULL ? 0 : (size_t)(stream->max - zlib->total_out);
        bool direct = left > 0;
        zlib->next_out = direct ? stream->out + zlib->total_out : stream->piece;
        zlib->avail_out = direct && left < UINT32_MAX ? (unsigned)left : OUT_SIZE;
        if (zlib->avail_in == 0 && !fetch(stream)) return false;
        end = inflate(zlib, Z_NO_FLUSH);
        ENSURE(end != Z_STREAM_ERROR && end != Z_MEM_ERROR);
        if (end < 0 || end == Z_NEED_DICT || zlib->total_out > stream->max) return false;
    }
    return true;
}

/* What zlib has not taken, and what was not fetched yet: the sum and nothing behind it. */
static bool ends_with_sum(struct stream *stream)
{
    size_t left = stream->zlib.avail_in;
    while (left <= SUM_BYTES && stream->next(stream->from) >= 0) left++;
    return left == SUM_BYTES;
}

static bool take_stream(struct stream *stream)
{
    z_stream *zlib = &stream->zlib;
    stream->lent = 0;
    *zlib = (z_stream){.zalloc = lend, .zfree = keep, .opaque = stream};
    ENSURE(inflateInit2(zlib, BARE_WINDOW) == Z_OK);
    return take_head(stream) && unpack(stream) && ends_with_sum(stream);
}

bool inflate_length(inflate_next *next, void *from, uint64_t max, uint64_t *out_len)
{
    struct stream stream;
    stream.next = next;
    stream.from = from;
    stream.max = max;
    stream.out = NULL;
    if (!take_stream(&stream)) return false;
    *out_len = stream.zlib.total_out;
    return true;
}

static int next_byte(void *from)
{
    struct bytes *rest = from;
    if (rest->len == 0) return -1;
    uint8_t byte = rest->data[0];
    *rest = bytes_from(*rest, 1);
    return byte;
}

bool inflate_bytes(struct bytes source, uint8_t *out, size_t size, size_t *out_len)
{
    struct stream stream;
    stream.next = next_byte;
    stream.from = &source;
    stream.max = size;
    stream.out = out;
    if (!take_stream(&stream)) return false;
    *out_len = stream.zlib.total_out;
    return true;
}
