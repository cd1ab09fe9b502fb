/* tongue_escpos.c - ESC/POS as an Epson or a Bixolon understands it: ESC @, ESC J, ESC a, GS !,
 * GS H, GS h, GS w, GS k, GS v 0, GS V, GS FF, GS ( H, DLE EOT. A receipt has no places: what is
 * drawn goes below what was. */
#include <string.h>

#include "tools/packsim/tongue.h"

#define PAPER_DOTS 576u /* 72 mm of 80 mm paper */
#define BAR_HEIGHT 162u
#define BAR_MODULE 3u

static struct { /* between two commands of one label */
    bool middle;
    unsigned bar_height, bar_module;
} set;

/* Fixed lengths of ESC and GS commands; those with counts are in escpos_next. */
static size_t plain_len(uint8_t lead, uint8_t letter)
{
    if (lead == 0x1B) return letter == '@' ? 2 : 3;
    return letter == 0x0C ? 2 : 3;
}

static size_t counted_len(struct bytes front)
{
    const uint8_t *data = front.data;
    if (bytes_start_with(front, "\x1Dv0"))
        return front.len < 8 ? SIZE_MAX
                             : 8 + (data[4] + 256u * data[5]) * (data[6] + 256u * data[7]);
    if (bytes_start_with(front, "\x1Dk")) return front.len < 4 ? SIZE_MAX : 4 + (size_t)data[3];
    if (bytes_start_with(front, "\x1D("))
        return front.len < 5 ? SIZE_MAX : 5 + data[3] + 256u * data[4];
    if (bytes_start_with(front, "\x1DV")) return front.len < 3 ? SIZE_MAX : data[2] >= 'A' ? 4 : 3;
    return plain_len(data[0], data[1]);
}

static size_t escpos_next(struct bytes front)
{
    uint8_t first = front.data[0];
    if (first == 0x10) return front.len < 3 ? 0 : 3;
    if (first != 0x1B && first != 0x1D) return 1;
    if (front.len < 2) return 0;
    if (front.len < 3 && first == 0x1D && front.data[1] == 'v') return 0;
    size_t len = counted_len(front);
    return len <= front.len ? len : 0;
}

static enum tongue_act escpos_act(struct bytes command)
{
    if (command.data[0] == 0x10) return TONGUE_MEANS_NOTHING; /* answered already */
    if (bytes_start_with(command, "\x1B@")) return TONGUE_CLEARS;
    if (bytes_start_with(command, "\x1D(H")) return TONGUE_ASKS_RECEIPT;
    if (bytes_start_with(command, "\x1DV") || bytes_start_with(command, "\x1D\x0C"))
        return TONGUE_PRINTS;
    return command.data[0] == 0 ? TONGUE_MEANS_NOTHING : TONGUE_DRAWS;
}

static void draw_letter(uint8_t letter, struct canvas *canvas)
{
    unsigned width = 12 * canvas->across, height = 24 * canvas->down;
    static unsigned x;
    static unsigned row = ~0u;
    if (row != canvas->reached) x = 0;
    row = canvas->reached;
    canvas_text(canvas, x, canvas->reached, width, height, bytes_of(&letter, 1));
    x += width;
}

/* In set B, as {B says; {{ is a brace. */
static void draw_barcode(struct bytes data, struct canvas *canvas)
{
    char text[256];
    size_t len = 0;
    if (!bytes_start_with(data, "{B")) return;
    for (size_t i = 2; i < data.len && len < sizeof text - 1; i++) {
        text[len++] = (char)data.data[i];
        if (data.data[i] == '{') i++;
    }
    unsigned width = (11 * ((unsigned)len + 2) + 13) * set.bar_module;
    if (width > PAPER_DOTS) return; /* left out without a word */
    unsigned x = set.middle ? (PAPER_DOTS - width) / 2 : 0;
    canvas_code128(canvas, x, canvas->reached, set.bar_module, set.bar_height, bytes_of(text, len),
                   true);
    canvas->reached += set.bar_height;
}

static void draw_raster(struct bytes command, struct canvas *canvas)
{
    const uint8_t *data = command.data;
    unsigned place[] = {0, canvas->reached, data[4] + 256u * data[5]};
    if (place[2] > 0) tongue_raster(canvas, place, bytes_from(command, 8), true);
    canvas->reached += data[6] + 256u * data[7];
}

static void escpos_draw(struct bytes command, struct canvas *canvas)
{
    const uint8_t *data = command.data;
    if (bytes_start_with(command, "\x1B@")) {
        canvas_clear(canvas);
        canvas->width = PAPER_DOTS;
        canvas->across = canvas->down = 1;
        set.middle = false;
        set.bar_height = BAR_HEIGHT;
        set.bar_module = BAR_MODULE;
    } else if (bytes_start_with(command, "\x1BJ")) canvas->reached += data[2];
    else if (bytes_start_with(command, "\x1B"
                                       "a"))
        set.middle = data[2] == 1;
    else if (bytes_start_with(command, "\x1D!")) {
        canvas->across = (data[2] >> 4) + 1u;
        canvas->down = (data[2] & 15u) + 1u;
    } else if (bytes_start_with(command, "\x1Dh")) set.bar_height = data[2];
    else if (bytes_start_with(command, "\x1Dw")) set.bar_module = data[2];
    else if (bytes_start_with(command, "\x1Dk\x49")) draw_barcode(bytes_from(command, 4), canvas);
    else if (bytes_start_with(command, "\x1Dv0")) draw_raster(command, canvas);
    else if (command.len == 1 && data[0] >= ' ') draw_letter(data[0], canvas);
}

/* DLE EOT n: 1 printer, 2 off-line cause, 3 error, 4 paper. */
static size_t escpos_answer(const struct tongue_face *face, struct bytes question,
                            uint8_t *out_answer)
{
    unsigned bits = 0x12;
    switch (question.data[2]) {
    case 1: bits |= face->paper_out || face->head_open || face->paused ? 0x08u : 0; break;
    case 2:
        bits |= (face->head_open ? 0x04u : 0) | (face->paused ? 0x08u : 0) |
                (face->paper_out ? 0x20u : 0);
        break;
    case 3: break;
    case 4: bits |= face->paper_out ? 0x60u : 0; break;
    default: return 0;
    }
    out_answer[0] = (uint8_t)bits;
    return 1;
}

const struct tongue tongue_escpos = {.name = "escpos",
                                     .asks = {0x10, 0x04},
                                     .dots_per_inch = 203,
                                     .next = escpos_next,
                                     .act = escpos_act,
                                     .draw = escpos_draw,
                                     .answer = escpos_answer};
