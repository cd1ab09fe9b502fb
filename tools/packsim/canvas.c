/* canvas.c - see canvas.h. The table is that of ISO/IEC 15417: bars and spaces of each symbol, 103
 * to 105 the starts, 106 the stop. */
#include "tools/packsim/canvas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_BYTES (CANVAS_WIDTH_MAX / 8u)
#define CODE_C 99u
#define CODE_B 100u
#define START_B 104u
#define START_C 105u
#define STOP 106u
#define SYMBOLS_MAX 300u

static const char *const patterns[] = {
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312",  "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122",  "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122",  "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123",  "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",  "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311",  "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411",  "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412",  "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",  "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211",  "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113",  "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
};

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

/* ---- Code 128
 * -------------------------------------------------------------------------------- */

static size_t digits_from(struct bytes text, size_t at)
{
    size_t run = 0;
    while (at + run < text.len && text.data[at + run] >= '0' && text.data[at + run] <= '9') run++;
    return run;
}

static unsigned pair_of(struct bytes text, size_t at)
{
    return (unsigned)(text.data[at] - '0') * 10 + (text.data[at + 1] - '0');
}

/* Runs of four digits or more two by two, an odd one first by itself. */
static size_t symbols_of(struct bytes text, bool only_b, unsigned *out_symbols)
{
    size_t count = 0, at = 0;
    size_t run = only_b ? 0 : digits_from(text, 0);
    bool pairs = run >= 4 && run % 2 == 0;
    out_symbols[count++] = pairs ? START_C : START_B;
    while (at < text.len && count < SYMBOLS_MAX - 2) {
        run = only_b ? 0 : digits_from(text, at);
        if (pairs && run >= 2) {
            out_symbols[count++] = pair_of(text, at);
            at += 2;
        } else if (!pairs && run >= 4 && run % 2 == 0) {
            out_symbols[count++] = CODE_C;
            pairs = true;
        } else {
            if (pairs) out_symbols[count++] = CODE_B;
            pairs = false;
            out_symbols[count++] = text.data[at++] - ' ';
        }
    }
    unsigned sum = out_symbols[0];
    for (size_t i = 1; i < count; i++) sum += (unsigned)i * out_symbols[i];
    out_symbols[count++] = sum % 103;
    out_symbols[count++] = STOP;
    return count;
}

unsigned canvas_code128(struct canvas *canvas, unsigned x, unsigned y, unsigned module,
                        unsigned height, struct bytes text, bool only_b)
{
    unsigned symbols[SYMBOLS_MAX], from = x;
    size_t count = symbols_of(text, only_b, symbols);
    for (size_t i = 0; i < count; i++) {
        bool bar = true;
        for (const char *width = patterns[symbols[i]]; *width != '\0'; width++, bar = !bar) {
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
