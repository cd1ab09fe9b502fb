/* symbols.h - labels for the reader's tests: barcodes drawn from zint's modules, each a whole
 * number of dots, in every turn; text and tables by Pango. */
#ifndef PACKD_TESTS_RENDER_SYMBOLS_H
#define PACKD_TESTS_RENDER_SYMBOLS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zint.h>

#include "firmware/render/bits.h"
#include "firmware/render/seek.h"

struct drawn {     /* what is to be drawn, and where it came to lie */
    int symbology; /* zint's */
    const char *text;
    unsigned module, high; /* dots; high: of a linear code's bars */
    unsigned turn;         /* quarters, clockwise */
    bool gs1, inverted;    /* inverted: white on black, with a black quiet zone of four modules */
    int option_1, option_2;
    struct region box; /* out: without the quiet zone */
};

__attribute__((unused)) static struct bits paper(unsigned width, unsigned height)
{
    struct bits bits = {.width = width, .height = height, .bytes_per_row = (width + 7) / 8};
    bits.rows = calloc(bits.bytes_per_row, height);
    if (bits.rows == NULL) abort();
    return bits;
}

__attribute__((unused)) static void dot(struct bits *bits, unsigned x, unsigned y, bool black)
{
    if (x >= bits->width || y >= bits->height) return;
    uint8_t *byte = &bits->rows[y * bits->bytes_per_row + x / 8];
    uint8_t mask = (uint8_t)(0x80u >> x % 8);
    *byte = (uint8_t)(black ? *byte | mask : *byte & ~mask);
}

__attribute__((unused)) static void fill(struct bits *bits, struct region box, bool black)
{
    for (unsigned y = box.y; y < box.y + box.height; y++)
        for (unsigned x = box.x; x < box.x + box.width; x++) dot(bits, x, y, black);
}

/* A place of the upright symbol, turned about its box. */
static void turned_dot(struct bits *bits, const struct drawn *drawn, unsigned x, unsigned y,
                       unsigned wide, unsigned high, bool black)
{
    unsigned left = drawn->box.x, top = drawn->box.y;
    switch (drawn->turn % 4) {
    case 0: dot(bits, left + x, top + y, black); break;
    case 1: dot(bits, left + high - 1 - y, top + x, black); break;
    case 2: dot(bits, left + wide - 1 - x, top + high - 1 - y, black); break;
    default: dot(bits, left + y, top + wide - 1 - x, black); break;
    }
}

static bool module_black(const struct zint_symbol *symbol, unsigned row, unsigned column)
{
    return (symbol->encoded_data[row][column / 8] >> (column % 8) & 1) != 0;
}

static void draw_modules(struct bits *bits, struct drawn *drawn, const struct zint_symbol *symbol)
{
    unsigned rows = (unsigned)symbol->rows, columns = (unsigned)symbol->width;
    while (rows == 1 && !module_black(symbol, 0, columns - 1)) columns--; /* Codabar's last gap */
    unsigned row_high = drawn->module;
    if (rows == 1) row_high = drawn->high;
    if (drawn->symbology == BARCODE_PDF417) row_high = 3 * drawn->module;
    unsigned wide = columns * drawn->module, high = rows * row_high;
    bool lies = drawn->turn % 2 == 1;
    drawn->box.width = lies ? high : wide;
    drawn->box.height = lies ? wide : high;
    if (drawn->inverted) {
        unsigned quiet = (rows == 1 ? 10 : 4) * drawn->module;
        struct region black = {drawn->box.x - quiet, drawn->box.y - quiet,
                               drawn->box.width + 2 * quiet, drawn->box.height + 2 * quiet};
        fill(bits, black, true);
    }
    for (unsigned y = 0; y < high; y++)
        for (unsigned x = 0; x < wide; x++)
            turned_dot(bits, drawn, x, y, wide, high,
                       module_black(symbol, y / row_high, x / drawn->module) != drawn->inverted);
}

/* MaxiCode's hexagons only zint itself can draw. */
static void draw_bitmap(struct bits *bits, struct drawn *drawn, struct zint_symbol *symbol)
{
    symbol->scale = 0.1f * (float)drawn->module;
    if (ZBarcode_Buffer(symbol, 0) >= ZINT_ERROR) abort();
    unsigned wide = (unsigned)symbol->bitmap_width, high = (unsigned)symbol->bitmap_height;
    drawn->box.width = drawn->turn % 2 == 1 ? high : wide;
    drawn->box.height = drawn->turn % 2 == 1 ? wide : high;
    for (unsigned y = 0; y < high; y++)
        for (unsigned x = 0; x < wide; x++)
            turned_dot(bits, drawn, x, y, wide, high, symbol->bitmap[(y * wide + x) * 3] < 128);
}

__attribute__((unused)) static void draw(struct bits *bits, struct drawn *drawn)
{
    struct zint_symbol *symbol = ZBarcode_Create();
    if (symbol == NULL) abort();
    symbol->symbology = drawn->symbology;
    if (drawn->gs1) symbol->input_mode = GS1_MODE;
    if (drawn->option_1 != 0) symbol->option_1 = drawn->option_1;
    if (drawn->option_2 != 0) symbol->option_2 = drawn->option_2;
    if (ZBarcode_Encode(symbol, (const unsigned char *)drawn->text, 0) >= ZINT_ERROR) {
        fprintf(stderr, "zint: %s: %s\n", drawn->text, symbol->errtxt);
        abort();
    }
    if (drawn->symbology == BARCODE_MAXICODE) draw_bitmap(bits, drawn, symbol);
    else draw_modules(bits, drawn, symbol);
    ZBarcode_Delete(symbol);
}

#endif
