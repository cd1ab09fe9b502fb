/* canvas.c - see canvas.h. */
#include "tools/packsim/canvas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/packsim/code128.h"

#define ROW_BYTES (CANVAS_WIDTH_MAX / 8u)

void canvas_open(struct canvas *canvas)
{
    *canvas = (struct canvas){.rows = calloc(CANVAS_HEIGHT_MAX, ROW_BYTES)};
    ENSURE(canvas->rows != NULL);
}

void canvas_close(struct canvas *canvas)
{
    free(canvas->rows);
    canvas->rows = NULL;
}

void canvas_clear(struct canvas *canvas)
{
    memset(canvas->rows, 0, (size_t)CANVAS_HEIGHT_MAX * ROW_BYTES);
    canvas->lowest = canvas->reached = canvas->code_count = 0;
}

/* What would fall beside the paper is not printed. */
void canvas_dot(struct canvas *canvas, unsigned x, unsigned y, bool black)
{
    if (x >= CANVAS_WIDTH_MAX || y >= CANVAS_HEIGHT_MAX) return;
    uint8_t bit = (uint8_t)(0x80u >> x % 8), *byte = &canvas->rows[y * ROW_BYTES + x / 8];
    *byte = black ? (uint8_t)(*byte | bit) : (uint8_t)(*byte & ~bit);
    if (black && y >= canvas->lowest) canvas->lowest = y + 1;
}

bool canvas_black(const struct canvas *canvas, unsigned x, unsigned y)
{
    if (x >= CANVAS_WIDTH_MAX || y >= CANVAS_HEIGHT_MAX) return false;
    return (canvas->rows[y * ROW_BYTES + x / 8] & 0x80u >> x % 8) != 0;
}

void canvas_fill(struct canvas *canvas, unsigned x, unsigned y, unsigned width, unsigned height)
{
    for (unsigned row = 0; row < height && row < CANVAS_HEIGHT_MAX; row++) {
        for (unsigned column = 0; column < width && column < CANVAS_WIDTH_MAX; column++)
            canvas_dot(canvas, x + column, y + row, true);
    }
}

void canvas_text(struct canvas *canvas, unsigned x, unsigned y, unsigned letter_width,
                 unsigned letter_height, struct bytes text)
{
    unsigned inner = letter_width > 4 ? letter_width - 3 : 1;
    for (size_t i = 0; i < text.len; i++, x += letter_width) {
        if (text.data[i] == ' ') continue;
        canvas_fill(canvas, x, y, inner, 1);
        canvas_fill(canvas, x, y + letter_height - 1, inner, 1);
        canvas_fill(canvas, x, y, 1, letter_height);
        canvas_fill(canvas, x + inner - 1, y, 1, letter_height);
    }
}

unsigned canvas_code128(struct canvas *canvas, unsigned x, unsigned y, unsigned module,
                        unsigned height, struct bytes text, bool only_b)
{
    uint8_t symbols[CODE128_SYMBOLS_MAX];
    unsigned from = x;
    size_t count = code128_symbols(text, only_b, symbols);
    for (size_t i = 0; i < count; i++) {
        bool bar = true;
        for (const char *width = code128_widths(symbols[i]); *width != '\0'; width++, bar = !bar) {
            unsigned dots = (unsigned)(*width - '0') * module;
            if (bar) canvas_fill(canvas, x, y, dots, height);
            x += dots;
        }
    }
    if (canvas->code_count < CANVAS_CODES_MAX &&
        bytes_to_text(text, canvas->codes[canvas->code_count], sizeof canvas->codes[0]))
        canvas->code_count++;
    return x - from;
}

uint8_t *canvas_pbm(const struct canvas *canvas, size_t *out_len)
{
    char head[40];
    unsigned height = canvas->height > 0 ? canvas->height : canvas->lowest;
    size_t row = (canvas->width + 7) / 8;
    int head_len = snprintf(head, sizeof head, "P4\n%u %u\n", canvas->width, height);
    uint8_t *file = malloc((size_t)head_len + row * height);
    ENSURE(file != NULL && row <= ROW_BYTES && height <= CANVAS_HEIGHT_MAX);
    memcpy(file, head, (size_t)head_len);
    for (unsigned y = 0; y < height; y++)
        memcpy(file + head_len + y * row, canvas->rows + y * ROW_BYTES, row);
    *out_len = (size_t)head_len + row * height;
    return file;
}
