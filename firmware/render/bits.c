/* bits.c - see bits.h. */
#include "firmware/render/bits.h"

#include <string.h>

#define SPECK_MAX 16u

struct dot {
    unsigned x, y;
};

/* The product moves the eight bits, which lie eight apart, side by side into the highest byte, the
 * first dot first. */
static uint8_t eight_dots(const uint8_t *grey)
{
    return (uint8_t)(grey_dark_eight(grey) * 0x8040201008040201u >> 56);
}

static uint8_t last_dots(const uint8_t *grey, unsigned count)
{
    unsigned byte = 0;
    for (unsigned i = 0; i < count; i++) {
        if (grey[i] < 128) byte |= 0x80u >> i;
    }
    return (uint8_t)byte;
}

void bits_threshold(const struct grey *grey, struct bits *bits)
{
    ENSURE(grey->width == bits->width && grey->height == bits->height);
    unsigned whole = grey->width / 8, rest = grey->width % 8;
    for (unsigned y = 0; y < grey->height; y++) {
        const uint8_t *from = grey->rows + y * grey->bytes_per_row;
        uint8_t *to = bits->rows + y * bits->bytes_per_row;
        for (unsigned i = 0; i < whole; i++) to[i] = eight_dots(from + i * 8);
        if (rest > 0) to[whole] = last_dots(from + whole * 8, rest);
    }
}

static bool black_at(const struct bits *bits, unsigned x, unsigned y)
{
    return x < bits->width && y < bits->height && bits_black(bits, x, y); /* -1 is beyond, too */
}

/* Is it the first dot, in reading order, of what hangs together? Of a speck it must be. */
static bool is_first(const struct bits *bits, unsigned x, unsigned y)
{
    return !black_at(bits, x - 1, y) && !black_at(bits, x - 1, y - 1) && !black_at(bits, x, y - 1);
}

static bool is_known(const struct dot *dots, unsigned count, unsigned x, unsigned y)
{
    for (unsigned i = 0; i < count; i++) {
        if (dots[i].x == x && dots[i].y == y) return true;
    }
    return false;
}

/* Takes the speck away that begins at this dot, if it is one. */
static void remove_speck(struct bits *bits, unsigned x, unsigned y, unsigned most)
{
    struct dot dots[SPECK_MAX + 1] = {{x, y}};
    unsigned count = 1;
    for (unsigned i = 0; i < count; i++) {
        for (unsigned side = 0; side < 9; side++) {
            unsigned nx = dots[i].x + side % 3 - 1, ny = dots[i].y + side / 3 - 1;
            if (!black_at(bits, nx, ny) || is_known(dots, count, nx, ny)) continue;
            if (count == most) return;
            dots[count++] = (struct dot){nx, ny};
        }
    }
    for (unsigned i = 0; i < count; i++) {
        uint8_t *byte = &bits->rows[dots[i].y * bits->bytes_per_row + dots[i].x / 8];
        *byte = (uint8_t)(*byte & ~(0x80u >> dots[i].x % 8));
    }
}

void bits_despeckle(struct bits *bits, unsigned dots)
{
    unsigned most = dots < SPECK_MAX ? dots : SPECK_MAX;
    if (most == 0) return;
    for (unsigned y = 0; y < bits->height; y++) {
        const uint8_t *row = bits->rows + y * bits->bytes_per_row;
        for (unsigned byte = 0; byte < (bits->width + 7) / 8; byte++) {
            if (row[byte] == 0) continue;
            for (unsigned x = byte * 8; x < byte * 8 + 8; x++) {
                if (black_at(bits, x, y) && is_first(bits, x, y)) remove_speck(bits, x, y, most);
            }
        }
    }
}

/* Pairs, then fours, then bytes are added up side by side. Processors that do it at once are newer
 * than some that this must run on. */
static unsigned ones_in(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (unsigned)(word * 0x0101010101010101u >> 56);
}

uint64_t bits_count_black(const struct bits *bits)
{
    size_t bytes = bits->bytes_per_row * bits->height;
    uint64_t count = 0, word = 0;
    for (size_t at = 0; at < bytes; at += sizeof word) {
        word = 0;
        memcpy(&word, bits->rows + at, bytes - at < sizeof word ? bytes - at : sizeof word);
        count += ones_in(word);
    }
    return count;
}
