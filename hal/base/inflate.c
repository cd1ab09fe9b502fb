/* inflate.c - see inflate.h. The codes are read as RFC 1951 describes them, section 3.2, a bit at a
 * time: the codes of one length are consecutive numbers, so the count of each length and the
 * symbols in order say everything. Without a place to unpack to, what a symbol stands for is not
 * copied, only counted. */
#include "hal/base/inflate.h"

#define BITS_MAX 15u
#define LITERALS 288u
#define DISTANCES 30u
#define DISTANCES_FIXED 32u /* two of them mean nothing */
#define LENGTH_CODES 19u
#define END_OF_BLOCK 256u

struct stream {
    inflate_next *next;
    void *from;
    unsigned kept, kept_bits;
    bool broken; /* it ended, or is none */
    uint64_t len, max;
    uint8_t *out; /* of `max` bytes, or NULL */
};

struct code {
    uint16_t count[BITS_MAX + 1];
    uint16_t symbol[LITERALS];
};

static unsigned take(struct stream *stream, unsigned bits)
{
    while (stream->kept_bits < bits) {
        int byte = stream->next(stream->from);
        if (byte < 0) stream->broken = true;
        stream->kept |= (byte < 0 ? 0 : (unsigned)byte & 0xFFu) << stream->kept_bits;
        stream->kept_bits += 8;
    }
    unsigned value = stream->kept & ((1u << bits) - 1);
    stream->kept >>= bits;
    stream->kept_bits -= bits;
    return value;
}

static bool fail(struct stream *stream)
{
    stream->broken = true;
    return false;
}

/* Codes from their lengths. More or fewer codes than there is room for are refused; only of `few`,
 * lengths and distances, there may be none at all, or one. */
static bool code_of(struct code *code, const uint8_t *lengths, unsigned symbols, bool few)
{
    uint16_t at[BITS_MAX + 1] = {0};
    int left = 1;
    *code = (struct code){.count = {0}};
    for (unsigned i = 0; i < symbols; i++) code->count[lengths[i]]++;
    for (unsigned bits = 1; bits <= BITS_MAX; bits++) {
        left = 2 * left - code->count[bits];
        if (left < 0) return false;
        if (bits < BITS_MAX) at[bits + 1] = (uint16_t)(at[bits] + code->count[bits]);
    }
    bool none = code->count[0] == symbols,
         one = code->count[1] == 1 && code->count[0] + 1u == symbols;
    if (left > 0 && !(few && (none || one))) return false;
    for (unsigned i = 0; i < symbols; i++) {
        if (lengths[i] != 0) code->symbol[at[lengths[i]]++] = (uint16_t)i;
    }
    return true;
}

static unsigned take_symbol(struct stream *stream, const struct code *code)
{
    unsigned value = 0, first = 0, index = 0;
    for (unsigned bits = 1; bits <= BITS_MAX && !stream->broken; bits++) {
        value |= take(stream, 1);
        unsigned count = code->count[bits];
        if (value < first + count) return code->symbol[index + value - first];
        index += count;
        first = (first + count) << 1;
        value <<= 1;
    }
    (void)fail(stream);
    return END_OF_BLOCK;
}

static bool add(struct stream *stream, uint64_t bytes)
{
    stream->len += bytes;
    return stream->len <= stream->max || fail(stream);
}

static bool add_byte(struct stream *stream, unsigned byte)
{
    if (!add(stream, 1)) return false;
    if (stream->out != NULL) stream->out[stream->len - 1] = (uint8_t)byte;
    return true;
}

/* What stood `distance` bytes before, perhaps itself a part of what is added. */
static bool add_again(struct stream *stream, unsigned distance, unsigned length)
{
    uint64_t at = stream->len;
    if (!add(stream, length)) return false;
    for (; stream->out != NULL && at < stream->len; at++)
        stream->out[at] = stream->out[at - distance];
    return true;
}

static bool take_stored(struct stream *stream)
{
    stream->kept = 0; /* a stored block begins at a whole byte; never is a whole one kept */
    stream->kept_bits = 0;
    unsigned len = take(stream, 16);
    if (take(stream, 16) != (~len & 0xFFFFu)) return fail(stream);
    for (unsigned i = 0; i < len && !stream->broken; i++) (void)add_byte(stream, take(stream, 8));
    return !stream->broken;
}

/* Section 3.2.5: symbols 257 to 285 are lengths, with more bits behind the longer ones. */
static unsigned take_length(struct stream *stream, unsigned symbol)
{
    unsigned place = symbol - END_OF_BLOCK - 1;
    if (place < 8) return place + 3;
    if (place == 28) return 258;
    unsigned bits = place / 4 - 1;
    return 3 + ((4 + place % 4) << bits) + take(stream, bits);
}

/* 0, which is none: the stream is broken. */
static unsigned take_distance(struct stream *stream, const struct code *distances)
{
    unsigned symbol = take_symbol(stream, distances);
    if (symbol >= DISTANCES) return fail(stream) ? 1 : 0;
    unsigned bits = symbol < 4 ? 0 : symbol / 2 - 1;
    unsigned distance = symbol < 4 ? symbol + 1 : 1 + ((2 + symbol % 2) << bits);
    distance += take(stream, bits);
    return distance <= stream->len || fail(stream) ? distance : 0;
}

static bool take_packed(struct stream *stream, const struct code *literals,
                        const struct code *distances)
{
    while (!stream->broken) {
        unsigned symbol = take_symbol(stream, literals);
        if (symbol == END_OF_BLOCK) break;
        if (symbol < END_OF_BLOCK) {
            (void)add_byte(stream, symbol);
            continue;
        }
        if (symbol > 285) return fail(stream);
        unsigned length = take_length(stream, symbol);
        unsigned distance = take_distance(stream, distances);
        if (distance > 0) (void)add_again(stream, distance, length);
    }
    return !stream->broken;
}

static bool take_fixed(struct stream *stream)
{
    uint8_t lengths[LITERALS], far[DISTANCES_FIXED];
    struct code literals, distances;
    for (unsigned i = 0; i < LITERALS; i++) {
        lengths[i] = 8;
        if (i >= 144 && i < 256) lengths[i] = 9;
        if (i >= 256 && i < 280) lengths[i] = 7;
    }
    for (unsigned i = 0; i < DISTANCES_FIXED; i++) far[i] = 5;
    return code_of(&literals, lengths, LITERALS, false) &&
           code_of(&distances, far, DISTANCES_FIXED, false) &&
           take_packed(stream, &literals, &distances);
}

/* The lengths of both codes in one run, themselves packed: section 3.2.7. */
static bool take_lengths(struct stream *stream, const struct code *code, uint8_t *lengths,
                         unsigned wanted)
{
    unsigned at = 0;
    while (at < wanted && !stream->broken) {
        unsigned symbol = take_symbol(stream, code), repeat = 1;
        uint8_t length = (uint8_t)symbol;
        if (symbol > 18 || (symbol == 16 && at == 0)) return fail(stream);
        if (symbol >= 16) length = symbol == 16 ? lengths[at - 1] : 0;
        if (symbol == 16) repeat = 3 + take(stream, 2);
        if (symbol == 17) repeat = 3 + take(stream, 3);
        if (symbol == 18) repeat = 11 + take(stream, 7);
        if (repeat > wanted - at) return fail(stream);
        for (; repeat > 0; repeat--) lengths[at++] = length;
    }
    return !stream->broken;
}

static bool take_described(struct stream *stream)
{
    static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[LITERALS + DISTANCES_FIXED] = {0};
    struct code code, distances;
    unsigned literals = take(stream, 5) + 257, far = take(stream, 5) + 1;
    unsigned codes = take(stream, 4) + 4;
    if (literals > 286 || far > DISTANCES) return fail(stream);
    for (unsigned i = 0; i < codes; i++) lengths[order[i]] = (uint8_t)take(stream, 3);
    if (!code_of(&code, lengths, LENGTH_CODES, false)) return fail(stream);
    if (!take_lengths(stream, &code, lengths, literals + far)) return false;
    bool good = lengths[END_OF_BLOCK] != 0 && code_of(&code, lengths, literals, true) &&
                code_of(&distances, lengths + literals, far, true);
    return good ? take_packed(stream, &code, &distances) : fail(stream);
}

static bool take_block(struct stream *stream)
{
    switch (take(stream, 2)) {
    case 0: return take_stored(stream);
    case 1: return take_fixed(stream);
    case 2: return take_described(stream);
    default: return fail(stream);
    }
}

static bool take_stream(struct stream *start, uint64_t *out_len)
{
    struct stream stream = *start;
    unsigned method = take(&stream, 8), flags = take(&stream, 8);
    /* RFC 1950, 2.2: deflate, a window of at most 32 KiB, no dictionary, and a check. */
    bool head = (method & 0x0F) == 8 && method >> 4 <= 7 && (flags & 0x20) == 0 &&
                (method << 8 | flags) % 31 == 0;
    bool last = false;
    while (head && !last && !stream.broken) {
        last = take(&stream, 1) != 0;
        (void)take_block(&stream);
    }
    stream.kept_bits = 0;
    stream.kept = 0;
    for (unsigned i = 0; i < 4 && !stream.broken; i++) (void)take(&stream, 8); /* the sum */
    if (!head || stream.broken || stream.next(stream.from) >= 0) return false;
    *out_len = stream.len;
    return true;
}

bool inflate_length(inflate_next *next, void *from, uint64_t max, uint64_t *out_len)
{
    struct stream stream = {.next = next, .from = from, .max = max};
    return take_stream(&stream, out_len);
}

static int next_byte(void *from)
{
    struct bytes *rest = from;
    if (rest->len == 0) return -1;
    uint8_t byte = rest->data[0];
    *rest = bytes_from(*rest, 1);
    return byte;
}

bool inflate_bytes(struct bytes stream, uint8_t *out, size_t size, size_t *out_len)
{
    uint64_t len = 0;
    struct stream state = {.next = next_byte, .from = &stream, .max = size, .out = out};
    if (!take_stream(&state, &len)) return false;
    *out_len = (size_t)len;
    return true;
}
