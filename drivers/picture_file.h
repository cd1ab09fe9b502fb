/* picture_file.h - a label's dots as a file for people: PNG, which a browser shows, and PBM, which
 * every small program reads. The same dots as on paper, none more. */
#ifndef PACKD_DRIVERS_PICTURE_FILE_H
#define PACKD_DRIVERS_PICTURE_FILE_H

#include "drivers/picture.h"
#include "hal/base/json.h" /* struct scratch */

/* PNG of one bit a dot, with the resolution in it. False when the picture is not sound, the scratch
 * is less than DEFLATE_MEMORY, or it does not fit `out`. */
bool picture_file_png(const struct picture *picture, unsigned dpi, struct scratch scratch,
                      struct textbuf *out);
/* PBM, the raw kind ("P4"). False when the picture is not sound or does not fit `out`. */
bool picture_file_pbm(const struct picture *picture, struct textbuf *out);

#endif
