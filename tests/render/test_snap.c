/* Guards: bars of whole dots that a page puts between the dots come out as wide as they are meant,
 * at every place between two dots and whichever way the page lies; what has other widths, or is no
 * barcode, is left as it is. */
#include "firmware/render/snap.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/expect.h"

#define WIDTH 812u
#define HEIGHT 600u
#define TOP 200u
#define TALL 120u
#define PARTS 64 /* of a dot: how fine the model of a renderer is */

/* Code 128 as ISO/IEC 15417 has its widths: a start, seven pairs of digits, two more, the stop. */
static const char code128[] = "211232" /* start C */
                              "122312" /* 28 */
                              "221123" /* 41 */
                              "112232" /* 12 */
                              "221132" /* 10 */
                              "212222" /* 00 */
                              "222122" /* 01 */
                              "132221" /* 45, as wide as any */
                              "231311" /* one more */
                              "2331112";

static struct grey grey;
static struct bits bits;
static uint8_t rows[WIDTH * HEIGHT];

/* What a renderer makes of black from `left` to `right`, in parts of a dot: grey where it covers a
 * dot in part. */
static void paint(int left, int right, unsigned y, bool down)
{
    for (int x = left / PARTS; x * PARTS < right; x++) {
        int from = x * PARTS > left ? x * PARTS : left;
        int to = (x + 1) * PARTS < right ? (x + 1) * PARTS : right;
        uint8_t *dot = down ? &grey.rows[(size_t)x * grey.bytes_per_row + y]
                            : &grey.rows[(size_t)y * grey.bytes_per_row + (unsigned)x];
        int dark = (to - from) * 255 / PARTS;
        *dot = (uint8_t)(*dot > dark ? *dot - dark : 0);
    }
}

struct drawing {
    double module; /* dots */
    int at;        /* parts of a dot: where the first bar begins */
    int fatter;    /* parts of a dot: at both sides of every bar */
    bool down, framed;
};

static void draw(const struct drawing *drawing)
{
    ENSURE(grey_make(&grey, drawing->down ? HEIGHT : WIDTH, drawing->down ? WIDTH : HEIGHT));
    bits = (struct bits){grey.width, grey.height, (grey.width + 7) / 8, rows};
    for (unsigned y = TOP; y < TOP + TALL; y++) {
        double at = drawing->at;
        for (size_t i = 0; code128[i] != '\0'; i++) {
            double next = at + (code128[i] - '0') * drawing->module * PARTS;
            if (i % 2 == 0)
                paint((int)(at + 0.5) - drawing->fatter, (int)(next + 0.5) + drawing->fatter, y,
                      drawing->down);
            at = next;
        }
        if (drawing->framed) {
            paint(4 * PARTS + 20, 6 * PARTS + 50, y, drawing->down);
            paint(700 * PARTS + 11, 703 * PARTS, y, drawing->down);
        }
    }
    bits_threshold(&grey, &bits);
}

static bool black(unsigned along, unsigned across, bool down)
{
    return down ? bits_black(&bits, across, along) : bits_black(&bits, along, across);
}

/* Are the bars of this row, from the first that is not the frame, exactly these many dots? */
static bool is_even(unsigned y, unsigned module, bool down)
{
    unsigned x = 20;
    while (x < 690 && !black(x, y, down)) x++;
    for (size_t i = 0; code128[i] != '\0'; i++) {
        unsigned width = (unsigned)(code128[i] - '0') * module, run = 0;
        while (x + run < WIDTH && black(x + run, y, down) == (i % 2 == 0) && run < 400) run++;
        if (run != width) return false;
        x += run;
    }
    return true;
}

static unsigned even_rows(unsigned module, bool down)
{
    unsigned count = 0;
    for (unsigned y = TOP; y < TOP + TALL; y++) count += is_even(y, module, down);
    return count;
}

static void every_place_between_two_dots(void)
{
    static const double modules[] = {2.0, 2.008, 1.99, 3.0, 3.012, 4.0, 4.03};
    unsigned spoiled = 0;
    for (size_t m = 0; m < ARRAY_LEN(modules); m++) {
        for (int at = 0; at < 2 * PARTS; at += 5) {
            for (int fatter = -8; fatter <= 16; fatter += 8) {
                struct drawing drawing = {modules[m], 60 * PARTS + at, fatter, false, at % 2 == 0};
                unsigned module = (unsigned)(modules[m] + 0.5);
                draw(&drawing);
                spoiled += even_rows(module, false) < TALL;
                snap_bars(&grey, 203, &bits);
                EXPECT_I64(TALL, even_rows(module, false), "each bar is as wide as it is meant");
                grey_free(&grey);
            }
        }
    }
    EXPECT(spoiled > 20, "which they were not before");
}

static void a_page_that_lies_on_its_side(void)
{
    for (int at = 0; at < PARTS; at += 7) {
        struct drawing drawing = {2.008, 60 * PARTS + at, 4, true, true};
        draw(&drawing);
        snap_bars(&grey, 203, &bits);
        EXPECT_I64(TALL, even_rows(2, true), "the same downwards");
        grey_free(&grey);
    }
}

static void other_widths_stay(void)
{
    static uint8_t before[sizeof rows];
    static const double modules[] = {1.5, 2.5, 2.487, 2.3, 2.857, 2.85, 3.4};
    for (size_t m = 0; m < ARRAY_LEN(modules) * 16; m++) {
        int at = (int)(m / ARRAY_LEN(modules)) * 4, fatter = at % 3 * 4;
        struct drawing drawing = {modules[m % ARRAY_LEN(modules)], 60 * PARTS + at, fatter, false,
                                  true};
        draw(&drawing);
        memcpy(before, rows, sizeof rows);
        snap_bars(&grey, 203, &bits);
        EXPECT(memcmp(before, rows, sizeof rows) == 0, "nothing is moved that is no whole dots");
        grey_free(&grey);
    }
}

/* Grey of any kind: a photograph, a hatching, noise. */
static void whatever_lies_there_does_no_harm(void)
{
    uint32_t seed = 1;
    for (unsigned round = 0; round < 20; round++) {
        ENSURE(grey_make(&grey, WIDTH - round, HEIGHT));
        bits = (struct bits){grey.width, grey.height, (grey.width + 7) / 8, rows};
        for (unsigned y = 0; y < grey.height; y++) {
            for (unsigned x = 0; x < grey.width; x++) {
                seed = seed * 1664525u + 1013904223u;
                bool stripes = round % 2 == 0 && x % (2 + round) < 2;
                grey.rows[y * grey.bytes_per_row + x] = (uint8_t)(round % 3 == 0 ? seed >> 24
                                                                  : stripes      ? 0
                                                                                 : 255);
            }
        }
        bits_threshold(&grey, &bits);
        snap_bars(&grey, round % 2 == 0 ? 203 : 300, &bits);
        grey_free(&grey);
    }
}

int main(void)
{
    EXPECT_RUN(every_place_between_two_dots);
    EXPECT_RUN(a_page_that_lies_on_its_side);
    EXPECT_RUN(other_widths_stay);
    EXPECT_RUN(whatever_lies_there_does_no_harm);
    return expect_result();
}
