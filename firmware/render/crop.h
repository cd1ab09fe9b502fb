/* crop.h - where on a sheet the label lies.
 *
 * Looks at a small grey drawing of the whole sheet (2 to 4 dots a mm). What is printed on it falls
 * into bands between white gutters, lying and standing; a label is what lies between two lying and
 * two standing gutters and fits the stock. Of all such places the best is taken: the one with the
 * wanted text in it, with bars, framed, as large as the stock. Cut lines across the sheet are not
 * part of anything. What fits no stock but has its shape is taken too, and will be made smaller. */
#ifndef PACKD_FIRMWARE_RENDER_CROP_H
#define PACKD_FIRMWARE_RENDER_CROP_H

#include "firmware/render/grey.h"

#define CROP_SIDE_MAX 2048u /* dots of the drawing */

struct area { /* width 0: none */
    int32_t x, y, width, height;
};

struct crop_question {
    const struct grey *sheet;
    uint32_t dot_um; /* a side of its dots */
    uint32_t stock_width_um, stock_height_um;
    struct area wanted; /* in dots, where the wanted text stands */
};

enum crop_result {
    CROP_BLANK, /* nothing is on the sheet */
    CROP_LABEL, /* `ink` fits the stock, upright or on its side */
    CROP_LARGE, /* it has the shape of the stock, but is larger */
    CROP_WHOLE, /* nothing looks like a label: all that is on the sheet */
    CROP_FAILED /* no memory, or a drawing out of bounds */
};

struct crop_found {
    struct area ink;  /* in dots, without any white around */
    struct area room; /* the same with the white around it that belongs to nothing else */
    unsigned labels;  /* places that look like this one, itself included */
};

enum crop_result crop_find(const struct crop_question *question, struct crop_found *out_found);

#endif
