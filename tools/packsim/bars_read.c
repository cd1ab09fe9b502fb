/* bars_read.c - see bars_read.h. Row by row: runs of black and white, six of them a symbol. */
#include "tools/packsim/bars_read.h"

#include <string.h>

#include "tools/packsim/code128.h"

#define ROW_STEP 4u
#define RUNS_MAX (CANVAS_WIDTH_MAX + 2u)
#define START_A 103u
#define START_C 105u
#define STOP 106u
#define SYMBOL_RUNS 6u
#define SYMBOL_MODULES 11u
#define NONE 255u

/* Lengths, beginning with white; the number of them. */
static size_t runs_of(const struct canvas *canvas, unsigned row, unsigned *out_runs)
{
    size_t count = 0;
    unsigned length = 0;
    bool black = false;
    for (unsigned x = 0; x < canvas->width; x++) {
        bool here = canvas_black(canvas, x, row);
        if (here != black) {
            out_runs[count++] = length;
            length = 0;
            black = here;
        }
        length++;
    }
    out_runs[count++] = length;
    return count;
}

/* Which symbol these six runs are: each is rounded to whole modules. */
static uint8_t symbol_of(const unsigned *runs)
{
    char widths[SYMBOL_RUNS + 1] = "";
    unsigned sum = 0;
    for (size_t i = 0; i < SYMBOL_RUNS; i++) sum += runs[i];
    if (sum < SYMBOL_MODULES) return NONE;
    for (size_t i = 0; i < SYMBOL_RUNS; i++) {
        unsigned modules = (2 * runs[i] * SYMBOL_MODULES + sum) / (2 * sum);
        if (modules < 1 || modules > 4) return NONE;
        widths[i] = (char)('0' + modules);
    }
    for (uint8_t symbol = 0; symbol < STOP; symbol++)
        if (strcmp(widths, code128_widths(symbol)) == 0) return symbol;
    return strncmp(widths, code128_widths(STOP), SYMBOL_RUNS) == 0 ? STOP : NONE;
}

struct reading { /* a text as its symbols make it */
    char text[65];
    size_t len;
    char set; /* 'A', 'B', 'C' */
};

static bool put(struct reading *reading, unsigned letter)
{
    if (letter < ' ' || letter > '~' || reading->len + 1 >= sizeof reading->text) return false;
    reading->text[reading->len++] = (char)letter;
    reading->text[reading->len] = '\0';
    return true;
}

/* FNC1 is not kept; other functions are not used here. */
static bool take(struct reading *reading, unsigned symbol)
{
    if (reading->set == 'C' && symbol < 100)
        return put(reading, '0' + symbol / 10) && put(reading, '0' + symbol % 10);
    if (symbol == 102) return true;
    if (symbol == 101 && reading->set != 'A') reading->set = 'A';
    else if (symbol == 100 && reading->set != 'B') reading->set = 'B';
    else if (symbol == 99 && reading->set != 'C') reading->set = 'C';
    else if (symbol < 95 || (reading->set == 'B' && symbol < 96)) return put(reading, symbol + ' ');
    else return false;
    return true;
}

/* The symbols from a start to the stop, their sum checked. */
static bool read_from(const unsigned *runs, size_t count, struct reading *out)
{
    uint8_t symbols[CODE128_SYMBOLS_MAX];
    size_t used = 0;
    for (size_t at = 0; at + SYMBOL_RUNS < count && used < CODE128_SYMBOLS_MAX; at += SYMBOL_RUNS) {
        uint8_t symbol = symbol_of(runs + at);
        if (symbol == NONE) return false;
        symbols[used++] = symbol;
        if (symbol == STOP) break;
    }
    if (used < 4 || symbols[used - 1] != STOP) return false;
    unsigned sum = symbols[0];
    for (size_t i = 1; i + 2 < used; i++) sum += (unsigned)i * symbols[i];
    if (sum % 103 != symbols[used - 2]) return false;
    *out = (struct reading){.set = (char)('A' + (symbols[0] - START_A))};
    for (size_t i = 1; i + 2 < used; i++)
        if (!take(out, symbols[i])) return false;
    return out->len > 0;
}

static void keep(struct canvas *canvas, const char *text)
{
    for (unsigned i = 0; i < canvas->code_count; i++)
        if (strcmp(canvas->codes[i], text) == 0) return;
    if (canvas->code_count == CANVAS_CODES_MAX) return;
    (void)bytes_to_text(bytes_of_text(text), canvas->codes[canvas->code_count++],
                        sizeof canvas->codes[0]);
}

/* White enough in front of it? A quiet zone is ten modules wide, and some printers nibble at it. */
static bool begins(const unsigned *runs)
{
    unsigned sum = 0;
    for (size_t i = 0; i < SYMBOL_RUNS; i++) sum += runs[i];
    return runs[-1] * SYMBOL_MODULES >= 7 * sum;
}

void bars_read(struct canvas *canvas)
{
    static unsigned runs[RUNS_MAX];
    for (unsigned row = 0; row < canvas->lowest; row += ROW_STEP) {
        size_t count = runs_of(canvas, row, runs);
        for (size_t at = 1; at + SYMBOL_RUNS < count; at += 2) { /* bars have odd places */
            if (!begins(runs + at)) continue;
            uint8_t first = symbol_of(runs + at);
            struct reading reading;
            if (first < START_A || first > START_C) continue;
            if (read_from(runs + at, count - at, &reading)) keep(canvas, reading.text);
        }
    }
}
