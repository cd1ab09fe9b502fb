/* Guards: what is darker than half is black and nothing else is, a speck goes and a point stays. */
#include <stdlib.h>

#include "firmware/render/bits.h"
#include "tests/support/expect.h"

static void set(struct bits *bits, unsigned x, unsigned y)
{
    uint8_t *byte = &bits->rows[y * bits->bytes_per_row + x / 8];
    *byte = (uint8_t)(*byte | 0x80u >> x % 8);
}

static struct bits bits_of(const char *const *rows, unsigned height)
{
    struct bits bits = {.width = (unsigned)strlen(rows[0]), .height = height};
    bits.bytes_per_row = (bits.width + 7) / 8;
    bits.rows = calloc(bits.bytes_per_row, height);
    if (bits.rows == NULL) abort();
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < bits.width; x++) {
            if (rows[y][x] == '#') set(&bits, x, y);
        }
    }
    return bits;
}

static void expect_rows(const char *const *wanted, struct bits *got, const char *promise)
{
    struct bits other = bits_of(wanted, got->height);
    EXPECT_BYTES(bytes_of(other.rows, other.bytes_per_row * other.height),
                 bytes_of(got->rows, got->bytes_per_row * got->height), promise);
    free(other.rows);
}

static void darker_than_half_is_black(void)
{
    for (unsigned width = 1; width < 40; width++) {
        struct grey grey;
        if (!EXPECT(grey_make(&grey, width, 7), "there is memory")) return;
        for (unsigned i = 0; i < width * 7; i++) grey.rows[i] = (uint8_t)(i * 89 + i / 3);
        uint8_t rows[7 * 5];
        memset(rows, 0xAA, sizeof rows);
        struct bits bits = {width, 7, (width + 7) / 8, rows};
        bits_threshold(&grey, &bits);
        uint64_t count = 0;
        bool same = true, beyond = false;
        for (unsigned y = 0; y < 7; y++) {
            for (unsigned x = 0; x < width; x++) {
                bool dark = grey.rows[y * width + x] <= 127;
                same = same && dark == bits_black(&bits, x, y);
                count += dark;
            }
            for (unsigned x = width; x < bits.bytes_per_row * 8; x++)
                beyond = beyond || bits_black(&bits, x, y);
        }
        EXPECT(same, "each dot is black when its grey is below 128");
        EXPECT(!beyond, "bits beyond the width are 0");
        EXPECT_I64(count, bits_count_black(&bits), "and so many are counted");
        grey_free(&grey);
    }
}

static void specks_go_and_points_stay(void)
{
    static const char *const before[] = {"#.......##", "..........", "..#....##.", "....#..##.",
                                         "...#......", "........#.", "##......#.", "........#."};
    static const char *const one[] = {"........##", "..........", ".......##.", "....#..##.",
                                      "...#......", "........#.", "##......#.", "........#."};
    static const char *const three[] = {"..........", "..........", ".......##.", ".......##.",
                                        "..........", "..........", "..........", ".........."};
    struct bits bits = bits_of(before, 8);
    bits_despeckle(&bits, 0);
    expect_rows(before, &bits, "no speck is looked for");
    bits_despeckle(&bits, 1);
    expect_rows(one, &bits,
                "single dots go, at the edge too; what touches by a corner hangs together");
    bits_despeckle(&bits, 3);
    expect_rows(three, &bits, "up to three dots go, four stay");
    free(bits.rows);
}

static void a_black_page_costs_no_more(void)
{
    struct bits bits = {800, 1200, 100, NULL};
    bits.rows = malloc(100 * 1200);
    if (bits.rows == NULL) abort();
    memset(bits.rows, 0xFF, 100 * 1200);
    bits_despeckle(&bits, 1000000);
    EXPECT_I64(800 * 1200, bits_count_black(&bits), "what is larger than any speck stays");
    free(bits.rows);
}

int main(void)
{
    EXPECT_RUN(darker_than_half_is_black);
    EXPECT_RUN(specks_go_and_points_stay);
    EXPECT_RUN(a_black_page_costs_no_more);
    return expect_result();
}
