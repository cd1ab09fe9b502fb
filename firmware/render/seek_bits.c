/* seek_bits.c - rows of dots as edges and counts, pictures of our own; see seek.h. */
#include "firmware/render/seek.h"

#include <stdlib.h>
#include <string.h>

/* Eight bytes of a row, the leftmost dot in the highest bit; white beyond the row. */
static uint64_t word_at(const uint8_t *row, size_t len, size_t at)
{
    uint64_t word = 0;
    if (at + 8 <= len) {
        for (size_t i = 0; i < 8; i++) word = word << 8 | row[at + i];
        return word;
    }
    for (size_t i = 0; i < 8; i++) word = word << 8 | (at + i < len ? row[at + i] : 0u);
    return word;
}

size_t bits_edges(const struct bits *bits, unsigned y, uint16_t *edges)
{
    const uint8_t *row = bits->rows + y * bits->bytes_per_row;
    size_t count = 0;
    uint64_t before = 0; /* the dot to the left, in the highest bit */
    for (size_t at = 0; at < bits->bytes_per_row; at += 8) {
        uint64_t word = word_at(row, bits->bytes_per_row, at);
        uint64_t changed = word ^ (word >> 1 | before);
        before = word << 63;
        while (changed != 0) {
            unsigned place = (unsigned)__builtin_clzll(changed);
            changed &= ~(UINT64_C(1) << (63 - place));
            if (count + 2 < SEEK_EDGES_MAX) edges[count++] = (uint16_t)(at * 8 + place);
        }
    }
    if (count % 2 == 1) edges[count++] = (uint16_t)bits->width;
    return count;
}

static uint64_t mask_of(size_t at, unsigned left, unsigned right)
{
    uint64_t mask = ~UINT64_C(0);
    size_t from = at * 8;
    if (left > from) mask = left - from < 64 ? mask >> (left - from) : 0;
    if (right < from + 64) mask &= right > from ? ~(~UINT64_C(0) >> (right - from)) : 0;
    return mask;
}

unsigned bits_black_in_row(const struct bits *bits, unsigned y, unsigned left, unsigned right)
{
    const uint8_t *row = bits->rows + y * bits->bytes_per_row;
    unsigned count = 0;
    for (size_t at = left / 64 * 8; at < bits->bytes_per_row && at * 8 < right; at += 8)
        count += (unsigned)__builtin_popcountll(word_at(row, bits->bytes_per_row, at) &
                                                mask_of(at, left, right));
    return count;
}

unsigned bits_differ_in_row(const struct bits *bits, unsigned y, unsigned other, unsigned left,
                            unsigned right)
{
    const uint8_t *a = bits->rows + y * bits->bytes_per_row;
    const uint8_t *b = bits->rows + other * bits->bytes_per_row;
    size_t len = bits->bytes_per_row;
    unsigned count = 0;
    for (size_t at = left / 64 * 8; at < len && at * 8 < right; at += 8)
        count += (unsigned)__builtin_popcountll((word_at(a, len, at) ^ word_at(b, len, at)) &
                                                mask_of(at, left, right));
    return count;
}

static bool bits_make(struct bits *bits, unsigned width, unsigned height)
{
    *bits = (struct bits){.width = width, .height = height, .bytes_per_row = (width + 7) / 8};
    bits->rows = calloc(bits->bytes_per_row, height);
    return bits->rows != NULL;
}

void bits_free(struct bits *bits)
{
    free(bits->rows);
    *bits = (struct bits){.width = 0};
}

/* Eight rows of eight dots, turned at the diagonal: three exchanges of ever smaller squares. */
static uint64_t square_transpose(uint64_t square)
{
    uint64_t moved = (square ^ (square >> 7)) & UINT64_C(0x00AA00AA00AA00AA);
    square ^= moved ^ (moved << 7);
    moved = (square ^ (square >> 14)) & UINT64_C(0x0000CCCC0000CCCC);
    square ^= moved ^ (moved << 14);
    moved = (square ^ (square >> 28)) & UINT64_C(0x00000000F0F0F0F0);
    return square ^ moved ^ (moved << 28);
}

bool bits_transpose(const struct bits *bits, struct bits *out_bits)
{
    if (!bits_make(out_bits, bits->height, bits->width)) return false;
    for (unsigned y = 0; y < bits->height; y += 8) {
        for (size_t column = 0; column < bits->bytes_per_row; column++) {
            uint64_t square = 0;
            for (unsigned i = 0; i < 8; i++)
                square = square << 8 |
                         (y + i < bits->height ? bits->rows[(y + i) * bits->bytes_per_row + column]
                                               : 0u);
            if (square == 0) continue;
            square = square_transpose(square);
            for (unsigned i = 0; i < 8 && column * 8 + i < bits->width; i++)
                out_bits->rows[(column * 8 + i) * out_bits->bytes_per_row + y / 8] =
                    (uint8_t)(square >> (56 - 8 * i));
        }
    }
    return true;
}

bool bits_cut(const struct bits *bits, struct region region, bool inverted, struct bits *out_bits)
{
    if (!bits_make(out_bits, region.width, region.height)) return false;
    size_t len = out_bits->bytes_per_row;
    for (unsigned y = 0; y < region.height; y++) {
        const uint8_t *from = bits->rows + (region.y + y) * bits->bytes_per_row;
        uint8_t *to = out_bits->rows + y * len;
        if (region.x % 8 == 0 && !inverted) {
            memcpy(to, from + region.x / 8, len);
            if (region.width % 8 != 0) to[len - 1] &= (uint8_t)(0xFF00u >> region.width % 8);
            continue;
        }
        for (size_t i = 0; i < len; i++) {
            size_t at = region.x / 8 + i;
            unsigned pair = (unsigned)from[at] << 8;
            if (at + 1 < bits->bytes_per_row) pair |= from[at + 1];
            to[i] = (uint8_t)(pair >> (8 - region.x % 8));
            if (inverted) to[i] = (uint8_t)~to[i];
        }
        if (region.width % 8 != 0) to[len - 1] &= (uint8_t)(0xFF00u >> region.width % 8);
    }
    return true;
}

void bits_whiten(struct bits *bits, struct region region)
{
    if (region.x >= bits->width || region.y >= bits->height) return;
    unsigned right = region.width < bits->width - region.x ? region.x + region.width : bits->width;
    unsigned bottom =
        region.height < bits->height - region.y ? region.y + region.height : bits->height;
    if (right <= region.x) return;
    uint8_t first = (uint8_t)(0xFFu >> region.x % 8); /* of the first byte, those from x */
    uint8_t last = (uint8_t)(0xFF00u >> ((right - 1) % 8 + 1));
    size_t begin = region.x / 8, end = (right - 1) / 8;
    for (unsigned y = region.y; y < bottom; y++) {
        uint8_t *row = bits->rows + y * bits->bytes_per_row;
        if (begin == end) {
            row[begin] &= (uint8_t) ~(first & last);
            continue;
        }
        row[begin] &= (uint8_t)~first;
        memset(row + begin + 1, 0, end - begin - 1);
        row[end] &= (uint8_t)~last;
    }
}

static void word_put(uint8_t *row, size_t len, size_t at, uint64_t word)
{
    for (size_t i = 0; i < 8 && at + i < len; i++) row[at + i] = (uint8_t)(word >> (56 - 8 * i));
}

/* Dots of one row: the left neighbour of each, itself, the right one. */
static void three_at(const uint8_t *row, size_t len, size_t at, uint64_t three[3])
{
    uint64_t word = word_at(row, len, at);
    uint64_t before = at > 0 ? (uint64_t)(row[at - 1] & 1u) << 63 : 0;
    uint64_t after = at + 8 < len ? row[at + 8] >> 7 : 0;
    three[0] = word >> 1 | before;
    three[1] = word;
    three[2] = word << 1 | after;
}

/* Where five or more of the nine are black, for 64 places at once: counted in binary, a word for
 * each binary place. */
static uint64_t most_of_nine(const uint64_t nine[9])
{
    uint64_t ones = 0, twos = 0, fours = 0, eights = 0;
    for (size_t i = 0; i < 9; i++) {
        uint64_t carry = ones & nine[i];
        ones ^= nine[i];
        uint64_t next = twos & carry;
        twos ^= carry;
        eights |= fours & next;
        fours ^= next;
    }
    return eights | (fours & (twos | ones));
}

bool bits_smooth(const struct bits *bits, struct bits *out_bits)
{
    static const uint8_t white[RENDER_SIDE_MAX_DOTS / 8 + 1];
    size_t len = bits->bytes_per_row;
    if (len > sizeof white || !bits_make(out_bits, bits->width, bits->height)) return false;
    for (unsigned y = 0; y < bits->height; y++) {
        const uint8_t *row = bits->rows + y * len;
        const uint8_t *above = y > 0 ? row - len : white;
        const uint8_t *below = y + 1 < bits->height ? row + len : white;
        for (size_t at = 0; at < len; at += 8) {
            uint64_t nine[9];
            three_at(above, len, at, nine);
            three_at(row, len, at, nine + 3);
            three_at(below, len, at, nine + 6);
            word_put(out_bits->rows + y * len, len, at, most_of_nine(nine));
        }
    }
    return true;
}

bool bits_spread(const struct bits *bits, bool black, struct bits *out_bits)
{
    size_t len = bits->bytes_per_row;
    if (!bits_make(out_bits, bits->width, bits->height)) return false;
    uint8_t last = (uint8_t)(0xFF00u >> ((bits->width - 1) % 8 + 1));
    for (unsigned y = 0; y < bits->height; y++) {
        const uint8_t *row = bits->rows + y * len, *above = y > 0 ? row - len : row;
        uint8_t *out = out_bits->rows + y * len;
        for (size_t at = 0; at < len; at += 8) {
            uint64_t here[3], up[3];
            three_at(row, len, at, here);
            three_at(above, len, at, up);
            uint64_t any = here[0] | here[1] | up[0] | up[1];
            uint64_t all = here[0] & here[1] & up[0] & up[1];
            word_put(out, len, at, black ? any : all);
        }
        out[len - 1] &= last;
    }
    return true;
}
