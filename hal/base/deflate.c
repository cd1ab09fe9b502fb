/* deflate.c - see deflate.h. zlib is given our allocator, which hands out the caller's memory from
 * the front and takes nothing back; it keeps no other state and calls nothing outside. The window
 * is zlib's largest, because its size stands in the header and printers are known to take that one.
 */
#include "hal/base/deflate.h"

#include <string.h>
#define ZLIB_CONST /* its input is only read, and its header then says so */
#include <zlib.h>

#define OUT_SIZE 1536u
#define ALIGNMENT 16u
#define WINDOW_BITS 15
#define LEVEL 6        /* the highest takes six times as long for two bytes in a hundred */
#define MEMORY_LEVEL 5 /* 128 KiB for the window, 16 for each of the tables */

struct deflate {
    z_stream stream;
    uint8_t *free;
    size_t left;
    deflate_put *put;
    void *to;
    uint8_t out[OUT_SIZE];
};

static size_t rounded(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void *lend(void *opaque, unsigned items, unsigned size)
{
    struct deflate *state = opaque;
    size_t wanted = rounded((size_t)items * size);
    if (wanted > state->left) return Z_NULL;
    void *memory = state->free;
    state->free += wanted;
    state->left -= wanted;
    return memory;
}

static void keep(void *opaque, void *memory)
{
    (void)opaque;
    (void)memory;
}

struct deflate *deflate_begin(struct scratch memory, deflate_put *put, void *to)
{
    size_t own = rounded(sizeof(struct deflate));
    if (memory.size < own) return NULL;
    struct deflate *state = memory.memory;
    memset(state, 0, sizeof *state);
    state->free = (uint8_t *)memory.memory + own;
    state->left = memory.size - own;
    state->put = put;
    state->to = to;
    state->stream.zalloc = lend;
    state->stream.zfree = keep;
    state->stream.opaque = state;
    int begun = deflateInit2(&state->stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
                             Z_DEFAULT_STRATEGY);
    return begun == Z_OK ? state : NULL;
}

void deflate_add(struct deflate *state, struct bytes piece, bool last)
{
    z_stream *stream = &state->stream;
    ENSURE(piece.len <= UINT32_MAX);
    stream->next_in = piece.data;
    stream->avail_in = (unsigned)piece.len;
    do {
        stream->next_out = state->out;
        stream->avail_out = OUT_SIZE;
        ENSURE(deflate(stream, last ? Z_FINISH : Z_NO_FLUSH) != Z_STREAM_ERROR);
        size_t out_len = OUT_SIZE - stream->avail_out;
        if (out_len > 0) state->put(state->to, bytes_of(state->out, out_len));
    } while (stream->avail_out == 0);
}
