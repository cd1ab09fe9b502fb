/* document_inside.h - what the files of document.h share: one function for each kind of document,
 * with the contract of document_draw(), but that `out_grey` is there already, white; and for
 * pictures, what their decoders have in common. */
#ifndef PACKD_FIRMWARE_RENDER_DOCUMENT_INSIDE_H
#define PACKD_FIRMWARE_RENDER_DOCUMENT_INSIDE_H

#include "firmware/render/document_sheet.h"

#define IMAGE_SIDE_MAX GREY_SIDE_MAX
#define IMAGE_DOTS_MAX (36u * 1024u * 1024u) /* A4 at 600 dpi */
#define IMAGE_SIDE_MIN 16u

enum image_result {
    IMAGE_READ,
    IMAGE_BROKEN,    /* cut off or damaged so early that nothing is there */
    IMAGE_TOO_LARGE, /* by its header: nothing was allocated */
    IMAGE_TOO_SMALL,
    IMAGE_NO_MEMORY
};

struct image {
    struct grey grey;                 /* made by the decoder; freed by who called it */
    double x_dpi, y_dpi;              /* 0: it does not say */
    unsigned turn;                    /* clockwise, until it is as it should be looked at: EXIF */
    bool mirrored;                    /* before that */
    bool four_inks;                   /* it was CMYK */
    unsigned full_width, full_height; /* before the decoder made it smaller */
    unsigned pages;                   /* of an animation; the first is taken */
};

/* `need_side` is of the longer side of the stock, in dots: a decoder that can make a picture
 * smaller on its way may do so, down to twice that. */
enum image_result document_read_png(struct bytes document, struct image *out_image);
enum image_result document_read_jpeg(struct bytes document, unsigned need_side,
                                     struct image *out_image);
enum image_result document_read_gif(struct bytes document, struct image *out_image);

/* By its header. IMAGE_READ: it may be read. */
static inline enum image_result image_check_sides(uint64_t width, uint64_t height)
{
    if (width < IMAGE_SIDE_MIN || height < IMAGE_SIDE_MIN) return IMAGE_TOO_SMALL;
    if (width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX || width * height > IMAGE_DOTS_MAX)
        return IMAGE_TOO_LARGE;
    return IMAGE_READ;
}

/* Of red, green and blue, as the eye weighs them. */
static inline uint8_t image_grey(unsigned red, unsigned green, unsigned blue)
{
    return (uint8_t)((red * 77 + green * 150 + blue * 29 + 128) >> 8);
}

/* Over white paper. */
static inline uint8_t image_over_white(unsigned grey, unsigned alpha)
{
    return (uint8_t)(255 - ((255 - grey) * alpha + 127) / 255);
}

struct placed_image { /* on a sheet; um */
    const struct image *image;
    double x_um, y_um, width_um, height_um;
};

/* `sheet` has its sides; the rest is filled in here. */
bool document_place_image(const struct render_request *request, const struct placed_image *placed,
                          struct sheet *sheet, struct grey *out_grey, struct render_answer *answer);
bool document_draw_pdf(const struct render_request *request, struct bytes document,
                       struct grey *out_grey, struct render_answer *answer);
bool document_draw_image(const struct render_request *request, struct image *image,
                         struct grey *out_grey, struct render_answer *answer);

#endif
