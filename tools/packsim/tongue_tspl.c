/* tongue_tspl.c - TSPL2 as a TSC or a clone of it understands it. TSC TSPL/TSPL2 manual: SIZE, CLS,
 * TEXT, BARCODE, BAR, BITMAP, PRINT, SET REPRINT, <ESC>!? and <ESC>!S. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/packsim/tongue.h"

#define DOTS_PER_MM 8u

static const unsigned font_cells[][2] = {{8, 12}, {12, 20}, {16, 24}, {24, 32}, {32, 48}};

/* BITMAP x,y,width in bytes,rows,mode,data */
static size_t bitmap_next(struct bytes front)
{
    struct bytes rest = bytes_from(front, strlen("BITMAP "));
    unsigned numbers[5];
    if (!tongue_numbers(&rest, numbers, ARRAY_LEN(numbers))) return tongue_line(front);
    size_t head = front.len - rest.len, data = (size_t)numbers[2] * numbers[3];
    if (rest.len < data) return 0;
    size_t end = tongue_line(bytes_from(rest, data)); /* the line's end belongs to it */
    return end == 0 ? 0 : head + data + end;
}

/* A comma too few may still come; a line that has ended without it is a mistake and no picture. */
static size_t tspl_next(struct bytes front)
{
    if (front.data[0] == 0x1B && front.len < 3) return 0;
    if (front.data[0] == 0x1B && front.data[1] == '!') return 3;
    if (!bytes_start_with(front, "BITMAP ")) return tongue_line(front);
    size_t commas = 0, at = 0;
    for (; at < front.len && commas < 5 && front.data[at] != '\n'; at++)
        commas += front.data[at] == ',';
    if (commas < 5) return at < front.len ? at + 1 : 0;
    return bitmap_next(front);
}

static enum tongue_act tspl_act(struct bytes command)
{
    if (bytes_start_with(command, "PRINT ")) return TONGUE_PRINTS;
    if (bytes_start_with(command, "CLS")) return TONGUE_DRAWS;
    if (bytes_start_with(command, "\x1B!.")) return TONGUE_CANCELS;
    if (bytes_start_with(command, "\x1B!")) return TONGUE_MEANS_NOTHING; /* answered already */
    if (bytes_start_with(command, "SET REPRINT OFF")) return TONGUE_DOES_NOT;
    if (bytes_start_with(command, "SET REPRINT ON")) return TONGUE_REPRINTS;
    return bytes_trim(command).len > 0 ? TONGUE_DRAWS : TONGUE_MEANS_NOTHING;
}

/* From the first quote to the last, \["] inside being a quote. */
static size_t quoted(struct bytes rest, char *out_text, size_t size)
{
    size_t len = 0, from = bytes_find_byte(rest, '"') + 1, to = rest.len;
    while (to > from && rest.data[to - 1] != '"') to--;
    for (size_t i = from; i + 1 < to && len + 1 < size; i++) {
        bool escape = bytes_start_with(bytes_from(rest, i), "\\[\"]");
        if (escape) i += 2; /* to the quote itself */
        out_text[len++] = (char)rest.data[i];
        if (escape) i++;
    }
    out_text[len] = '\0';
    return len;
}

static void draw_size(struct bytes command, struct canvas *canvas)
{
    unsigned mm[2], tenths[2];
    char line[80];
    if (!bytes_to_text(bytes_trim(command), line, sizeof line)) return;
    if (sscanf(line, "SIZE %u.%u mm,%u.%u mm", &mm[0], &tenths[0], &mm[1], &tenths[1]) != 4) return;
    canvas->width = (mm[0] * 10 + tenths[0]) * DOTS_PER_MM / 10;
    canvas->height = (mm[1] * 10 + tenths[1]) * DOTS_PER_MM / 10;
}

/* TEXT x,y,"font",rotation,across,down,"text" */
static void draw_text(struct bytes rest, struct canvas *canvas)
{
    char text[256];
    unsigned place[2], times[3];
    struct bytes font;
    if (!tongue_numbers(&rest, place, 2) || !bytes_split(&rest, ',', &font)) return;
    if (font.len != 3 || font.data[1] < '1' || font.data[1] > '5') return;
    const unsigned *cell = font_cells[font.data[1] - '1'];
    if (!tongue_numbers(&rest, times, 3)) return;
    size_t len = quoted(rest, text, sizeof text);
    canvas_text(canvas, place[0], place[1], cell[0] * times[1], cell[1] * times[2],
                bytes_of(text, len));
}

/* BARCODE x,y,"128",height,readable,rotation,narrow,wide,"data" */
static void draw_barcode(struct bytes rest, struct canvas *canvas)
{
    char text[256];
    unsigned place[2], sizes[5];
    struct bytes kind;
    bool good = tongue_numbers(&rest, place, 2) && bytes_split(&rest, ',', &kind) &&
                bytes_equal_text(kind, "\"128\"") && tongue_numbers(&rest, sizes, 5);
    if (!good) return;
    size_t len = quoted(rest, text, sizeof text);
    canvas_code128(canvas, place[0], place[1], sizes[3], sizes[0], bytes_of(text, len), false);
}

static void tspl_draw(struct bytes command, struct canvas *canvas)
{
    struct bytes rest = bytes_from(command, bytes_find_byte(command, ' ') + 1);
    unsigned numbers[5];
    if (bytes_start_with(command, "SIZE ")) draw_size(command, canvas);
    else if (bytes_start_with(command, "CLS")) canvas_clear(canvas);
    else if (bytes_start_with(command, "TEXT ")) draw_text(rest, canvas);
    else if (bytes_start_with(command, "BARCODE ")) draw_barcode(rest, canvas);
    else if (bytes_start_with(command, "BAR ") && tongue_numbers(&rest, numbers, 4))
        canvas_fill(canvas, numbers[0], numbers[1], numbers[2], numbers[3]);
    else if (bytes_start_with(command, "BITMAP ") && tongue_numbers(&rest, numbers, 5))
        tongue_raster(canvas, numbers, bytes_slice(rest, 0, (size_t)numbers[2] * numbers[3]),
                      false);
}

static size_t tspl_answer(const struct tongue_face *face, struct bytes question,
                          uint8_t *out_answer)
{
    unsigned bits = (face->head_open ? 0x01u : 0) | (face->paper_out ? 0x04u : 0) |
                    (face->paused ? 0x10u : 0) | (face->printing ? 0x20u : 0);
    uint8_t state = '@';
    if (face->printing) state = 'P';
    if (face->paused) state = '`';
    if (face->paper_out || face->head_open) state = 'E';
    if (question.data[2] == '?') {
        out_answer[0] = (uint8_t)bits;
        return 1;
    }
    if (question.data[2] != 'S') return 0;
    unsigned media = 0x40u | (face->paper_out ? 0x01u : 0) | (face->head_open ? 0x20u : 0);
    const uint8_t frame[] = {0x02, state, 0x40, 0x40, (uint8_t)media, 0x03, '\r', '\n'};
    memcpy(out_answer, frame, sizeof frame);
    return sizeof frame;
}

const struct tongue tongue_tspl = {.name = "tspl",
                                   .asks = {0x1B, '!'},
                                   .dots_per_inch = 203,
                                   .next = tspl_next,
                                   .act = tspl_act,
                                   .draw = tspl_draw,
                                   .answer = tspl_answer};
