/* compose_canvas.h - what is drawn on: the dots of a label, a page of a PDF, or nothing (dry). */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_CANVAS_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_CANVAS_H

#include "firmware/render/compose_text.h"
#include "firmware/render/compose_zint.h"

struct image { /* a picture of a template's folder: PBM */
    char name[64];
    unsigned width, height;
    size_t bytes_per_row;
    uint8_t *rows; /* as struct bits; owned by the templates */
};

enum drawn { DRAWN_TEXT, DRAWN_SYMBOL, DRAWN_SHAPE, DRAWN_LINE };

struct canvas {
    struct text_engine *fonts;
    unsigned dpi;
    struct bits *bits; /* one of the two, or none */
    void *cairo;       /* its units are dots */
    unsigned symbols;  /* barcodes drawn so far */
    /* For tests: what is drawn where; a symbol with its quiet zone. NULL: nobody looks. */
    void (*watch)(void *watcher, enum drawn drawn, struct place_dots place);
    void *watcher;
};

unsigned canvas_dots(const struct canvas *canvas,
                     uint32_t um); /* rounded; at least 1 of more than 0 */
void canvas_fill(struct canvas *canvas, struct place_dots place, bool white);
void canvas_line(struct canvas *canvas, struct place_dots place, bool white); /* a fill, told */
void canvas_frame(struct canvas *canvas, struct place_dots place, unsigned thick, bool white);
void canvas_text(struct canvas *canvas, const struct text_wish *wish, const struct text_fit *fit,
                 struct place_dots place);
void canvas_image(struct canvas *canvas, const struct image *image, struct place_dots place,
                  bool white);
/* The symbol's quiet zone begins at the place's corner; a module is `module` dots. */
void canvas_symbol(struct canvas *canvas, const struct symbol *symbol, int x, int y,
                   unsigned module, unsigned bar_height);
void canvas_mark(struct canvas *canvas, enum mark_kind mark, struct bytes text,
                 struct place_dots place, bool white);

/* Rectangles and marks on a Cairo context: compose_shapes.c. */
void shapes_fill(void *cairo, struct place_dots place, bool white);
void shapes_mark(void *cairo, enum mark_kind mark, struct place_dots place, bool white);
void shapes_mark_bits(enum mark_kind mark, struct place_dots place, bool white, struct bits *bits);

/* PBM, plain or packed. False: it is none, or too large. */
#define IMAGE_FILE_MAX (256u * 1024u)
#define IMAGE_SIDE_MAX 2000u
MUST_USE bool image_read(struct bytes file, struct image *out);

#endif
