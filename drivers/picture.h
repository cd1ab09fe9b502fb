/* picture.h - a label as black and white dots: what a courier's picture, a page of a PDF or a text
 * in any script has become before a printer driver writes it out. */
#ifndef PACKD_DRIVERS_PICTURE_H
#define PACKD_DRIVERS_PICTURE_H

#include "drivers/printer_setup.h"
#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

#define PICTURE_DOTS_MAX 9600u /* a side: 400 mm at 600 dpi */

struct picture {
    unsigned width_dots;
    unsigned height_dots;
    size_t bytes_per_row; /* may be more than the dots need; what is beyond them means nothing */
    const uint8_t *rows;  /* from the top; leftmost dot in the highest bit, 1 is black; borrowed */
};

/* It has sides within PICTURE_DOTS_MAX and rows that hold them. */
bool picture_is_sound(const struct picture *picture);
/* It is sound, and no larger than the label. */
bool picture_fits(const struct picture *picture, const struct printer_setup *setup);
/* Eight dots; those beyond the right edge are white. */
uint8_t picture_byte(const struct picture *picture, unsigned row, unsigned column);

/* A part that holds dots, whole bytes wide. */
struct picture_band {
    unsigned left, width; /* bytes */
    unsigned top, rows;
};
/* The smallest part that has all the black of these rows; false when there is none. */
bool picture_crop(const struct picture *picture, unsigned top, unsigned rows,
                  struct picture_band *out);

/* How a language draws raw bands: what one command costs beside its dots, and the most dots it may
 * have: one that broke off swallows so many bytes of what follows. */
struct picture_raster {
    unsigned command_bytes;
    unsigned band_bytes_max;
    bool from_edge;  /* each band begins at the left edge, and white rows must be drawn too */
    bool zero_black; /* a dot of ink is a 0 */
    /* These two bytes, one behind the other, would be a command even in the middle of a picture. */
    bool (*is_trap)(uint8_t before, uint8_t byte);
    void (*put_head)(struct textbuf *out, const struct picture_band *band);
    const char *tail; /* behind the dots of each band */
};

/* Writes the picture in bands that are shortest as a whole as far as looking one row ahead tells. A
 * pair of bytes that would be a command loses or gains one dot. */
void picture_put(const struct picture *picture, const struct picture_raster *raster,
                 struct textbuf *out);

#endif
