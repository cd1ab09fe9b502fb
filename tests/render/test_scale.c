/* Guards: a picture made smaller or larger keeps its greys and the places of its edges to a
 * fraction of a dot, one in its own size is copied exactly, and a turn is a turn. */
#include <stdlib.h>

#include "firmware/render/scale.h"
#include "tests/support/expect.h"

#define ONE 65536

static struct grey made(unsigned width, unsigned height)
{
    struct grey grey;
    if (!grey_make(&grey, width, height)) abort();
    return grey;
}

static struct scale_window all_of(const struct grey *grey)
{
    return (struct scale_window){0, 0, (int64_t)grey->width * ONE, (int64_t)grey->height * ONE};
}

static void its_own_size_is_a_copy(void)
{
    struct grey from = made(37, 23), into = made(37, 23);
    for (unsigned i = 0; i < 37 * 23; i++) from.rows[i] = (uint8_t)(i * 7919);
    struct scale_window window = all_of(&from);
    EXPECT(scale_grey(&from, &window, &into), "it is scaled");
    EXPECT_BYTES(bytes_of(from.rows, 37 * 23), bytes_of(into.rows, 37 * 23), "nothing changes");
    grey_free(&from);
    grey_free(&into);
}

/* The place of a black to white edge, in thousandths of a dot, from the sum of a row. */
static unsigned edge_of(const struct grey *grey)
{
    unsigned sum = 0;
    for (unsigned x = 0; x < grey->width; x++) sum += 255u - grey->rows[x];
    return sum * 1000 / 255;
}

static void an_edge_stays_where_it_was(void)
{
    static const unsigned widths[] = {812, 609, 600, 400, 203, 100, 1218, 1776, 2400, 3000};
    struct grey from = made(1200, 9);
    for (unsigned at = 1; at < 1200; at += 53) {
        for (unsigned i = 0; i < 1200 * 9; i++) from.rows[i] = i % 1200 < at ? 0 : 255;
        for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
            struct grey into = made(widths[i], 5);
            struct scale_window window = all_of(&from);
            EXPECT(scale_grey(&from, &window, &into), "it is scaled");
            unsigned wanted = (unsigned)((uint64_t)at * widths[i] * 1000 / 1200);
            unsigned got = edge_of(&into);
            bool first = at * widths[i] < 1200 * 2;   /* a wide dot at the border is cut by it */
            unsigned by = widths[i] > 1200 ? 90 : 20; /* a sum of steps is a coarser measure */
            EXPECT(first || (got + by >= wanted && got <= wanted + by), "to a fraction of a dot");
            grey_free(&into);
        }
    }
    grey_free(&from);
}

static void a_window_is_a_part(void)
{
    struct grey from = made(100, 100), into = made(20, 20);
    for (unsigned i = 0; i < 100 * 100; i++)
        from.rows[i] = i % 100 >= 30 && i % 100 < 50 && i / 100 >= 60 && i / 100 < 80 ? 0 : 255;
    struct scale_window window = {30 * ONE, 60 * ONE, 20 * ONE, 20 * ONE};
    EXPECT(scale_grey(&from, &window, &into), "it is scaled");
    unsigned dark = 0;
    for (unsigned i = 0; i < 400; i++) dark += into.rows[i] == 0;
    EXPECT_I64(400, dark, "exactly the black square");
    window = (struct scale_window){-500 * ONE, 90 * ONE, 5000 * ONE, 500 * ONE};
    EXPECT(scale_grey(&from, &window, &into), "one that reaches over the edges is no fault");
    grey_free(&from);
    grey_free(&into);
}

static void nothing_and_too_much_are_refused(void)
{
    struct grey from = made(14000, 2), into = made(1, 1);
    struct scale_window window = all_of(&from);
    EXPECT(!scale_grey(&from, &window, &into), "more dots under one than can be summed up");
    window.width = 0;
    EXPECT(!scale_grey(&from, &window, &into), "no width");
    grey_free(&from);
    grey_free(&into);
}

static void turns_are_clockwise(void)
{
    struct grey from = made(3, 2);
    memcpy(from.rows, "abcdef", 6);
    struct grey lying = made(3, 2), standing = made(2, 3);
    scale_turn(&from, 90, &standing);
    EXPECT_BYTES(BYTES_LITERAL("daebfc"), bytes_of(standing.rows, 6), "a quarter");
    scale_turn(&from, 270, &standing);
    EXPECT_BYTES(BYTES_LITERAL("cfbead"), bytes_of(standing.rows, 6), "three quarters");
    scale_turn(&from, 180, &lying);
    EXPECT_BYTES(BYTES_LITERAL("fedcba"), bytes_of(lying.rows, 6), "a half");
    scale_turn(&from, 0, &lying);
    EXPECT_BYTES(BYTES_LITERAL("abcdef"), bytes_of(lying.rows, 6), "none");
    grey_free(&from);
    grey_free(&lying);
    grey_free(&standing);
}

int main(void)
{
    EXPECT_RUN(its_own_size_is_a_copy);
    EXPECT_RUN(an_edge_stays_where_it_was);
    EXPECT_RUN(a_window_is_a_part);
    EXPECT_RUN(nothing_and_too_much_are_refused);
    EXPECT_RUN(turns_are_clockwise);
    return expect_result();
}
