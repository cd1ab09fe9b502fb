/* tongue_epl.c - EPL2 as a Zebra or an Eltron understands it. EPL Programming Guide 14245L-003: N,
 * q, Q, A, B, LO, GW, P, ^ee. */
#include <string.h>

#include "tools/packsim/tongue.h"

static const unsigned font_cells[][2] = {{10, 12}, {12, 16}, {14, 20}, {16, 24}};

/* GWx,y,width in bytes,rows,data */
static size_t epl_next(struct bytes front)
{
    unsigned numbers[4];
    size_t commas = 0, at = 0;
    if (front.data[0] == 'G' && front.len < 2) return 0;
    if (!bytes_start_with(front, "GW")) return tongue_line(front);
    for (; at < front.len && commas < 4 && front.data[at] != '\n'; at++)
        commas += front.data[at] == ',';
    if (commas < 4) return at < front.len ? at + 1 : 0;
    struct bytes rest = bytes_from(front, 2);
    if (!tongue_numbers(&rest, numbers, ARRAY_LEN(numbers))) return tongue_line(front);
    size_t head = front.len - rest.len, data = (size_t)numbers[2] * numbers[3];
    if (rest.len < data) return 0;
    size_t end = tongue_line(bytes_from(rest, data));
    return end == 0 ? 0 : head + data + end;
}

static enum tongue_act epl_act(struct bytes command)
{
    struct bytes line = bytes_trim(command);
    if (line.len == 0) return TONGUE_MEANS_NOTHING;
    if (bytes_equal_text(line, "^ee")) return TONGUE_ASKS;
    if (bytes_start_with(line, "^@")) return TONGUE_CANCELS;
    if (bytes_equal_text(line, "N")) return TONGUE_CLEARS;
    return line.data[0] == 'P' ? TONGUE_PRINTS : TONGUE_DRAWS;
}

static size_t quoted(struct bytes rest, char *out_text, size_t size)
{
    size_t len = 0, i = bytes_find_byte(rest, '"') + 1;
    for (; i < rest.len && rest.data[i] != '"' && len + 1 < size; i++) {
        if (rest.data[i] == '\\') i++;
        if (i < rest.len) out_text[len++] = (char)rest.data[i];
    }
    out_text[len] = '\0';
    return len;
}

/* Ax,y,rotation,font,across,down,N,"text" */
static void draw_text(struct bytes rest, struct canvas *canvas)
{
    char text[256];
    unsigned numbers[6];
    if (!tongue_numbers(&rest, numbers, 6) || numbers[3] < 1 || numbers[3] > 4) return;
    const unsigned *cell = font_cells[numbers[3] - 1];
    size_t len = quoted(rest, text, sizeof text);
    canvas_text(canvas, numbers[0], numbers[1], cell[0] * numbers[4], cell[1] * numbers[5],
                bytes_of(text, len));
}

/* Bx,y,rotation,1,narrow,wide,height,N,"data" */
static void draw_barcode(struct bytes rest, struct canvas *canvas)
{
    char text[256];
    unsigned numbers[7];
    if (!tongue_numbers(&rest, numbers, 7) || numbers[3] != 1) return;
    size_t len = quoted(rest, text, sizeof text);
    canvas_code128(canvas, numbers[0], numbers[1], numbers[4], numbers[6], bytes_of(text, len),
                   false);
}

static void epl_draw(struct bytes command, struct canvas *canvas)
{
    struct bytes rest = bytes_from(command, 1), pair = bytes_from(command, 2);
    unsigned numbers[4];
    if (bytes_start_with(command, "q") && tongue_numbers(&rest, numbers, 1))
        canvas->width = numbers[0];
    else if (bytes_start_with(command, "Q") && tongue_numbers(&rest, numbers, 1))
        canvas->height = numbers[0];
    else if (bytes_start_with(command, "A")) draw_text(rest, canvas);
    else if (bytes_start_with(command, "B")) draw_barcode(rest, canvas);
    else if (bytes_start_with(command, "LO") && tongue_numbers(&pair, numbers, 4))
        canvas_fill(canvas, numbers[0], numbers[1], numbers[2], numbers[3]);
    else if (bytes_start_with(command, "GW") && tongue_numbers(&pair, numbers, 4))
        tongue_raster(canvas, numbers, bytes_slice(pair, 0, (size_t)numbers[2] * numbers[3]),
                      false);
}

static size_t epl_answer(const struct tongue_face *face, struct bytes question, uint8_t *out_answer)
{
    (void)question;
    const char *text = face->head_open   ? "11\r\n"
                       : face->paper_out ? "07\r\n"
                       : face->paused    ? "92\r\n"
                                         : "00\r\n";
    memcpy(out_answer, text, 4);
    return 4;
}

const struct tongue tongue_epl = {.name = "epl",
                                  .dots_per_inch = 203,
                                  .next = epl_next,
                                  .act = epl_act,
                                  .draw = epl_draw,
                                  .answer = epl_answer};
