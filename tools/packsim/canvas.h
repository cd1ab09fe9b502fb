/* canvas.h - the paper of a printer that does not speak ZPL, as dots: lines, bars that a reader
 * reads, and boxes where letters would be. */
#ifndef PACKD_TOOLS_PACKSIM_CANVAS_H
#define PACKD_TOOLS_PACKSIM_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"

#define CANVAS_WIDTH_MAX 2600u
#define CANVAS_HEIGHT_MAX 4800u
#define CANVAS_CODES_MAX 4u

struct canvas {
    unsigned width, height; /* dots; may be set later than the first dot */
    uint8_t *rows;          /* CANVAS_WIDTH_MAX / 8 bytes each, 1 is black */
    unsigned lowest;        /* the last row with a dot, counted from 1 */
    unsigned reached;       /* where a language without places has got to */
    unsigned across, down;  /* of its letters */
    char codes[CANVAS_CODES_MAX][65];
    unsigned code_count;
};

void canvas_open(struct canvas *canvas); /* white; canvas_close gives its memory back */
void canvas_close(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);
void canvas_dot(struct canvas *canvas, unsigned x, unsigned y, bool black);
void canvas_fill(struct canvas *canvas, unsigned x, unsigned y, unsigned width, unsigned height);
/* A frame for each letter that is not a blank. */
void canvas_text(struct canvas *canvas, unsigned x, unsigned y, unsigned letter_width,
                 unsigned letter_height, struct bytes text);
/* Code 128 in sets B and C, as a printer chooses them, or in B alone; how wide it became. */
unsigned canvas_code128(struct canvas *canvas, unsigned x, unsigned y, unsigned module,
                        unsigned height, struct bytes text, bool only_b);
bool canvas_black(const struct canvas *canvas, unsigned x, unsigned y);
/* As PBM ("P4"), rows down to `height` or, where that is 0, to the last dot; malloc'd. */
uint8_t *canvas_pbm(const struct canvas *canvas, size_t *out_len);

#endif
