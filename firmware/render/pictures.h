/* pictures.h - labels drawn lately, so that the same one again is the same dots at once.
 *
 * Known by the input and the request, compared byte by byte. What differs between copies (the
 * number, the mark of a reprint, where the label was found last time) is no part of it: the picture
 * is kept before it is marked and read back. */
#ifndef PACKD_FIRMWARE_RENDER_PICTURES_H
#define PACKD_FIRMWARE_RENDER_PICTURES_H

#include "firmware/render/bits.h"

#define PICTURES_MAX 4u
#define PICTURES_BYTES_MAX (1024u * 1024u) /* of inputs and pictures together */

struct picture_kept {
    struct render_request request; /* without what differs between copies */
    uint8_t *bytes; /* the input, and behind it the picture; NULL: the place is free */
    size_t input_len, picture_len;
    uint64_t used; /* when last, counted */
    struct render_answer answer;
};

struct pictures { /* all zero to begin with */
    struct picture_kept kept[PICTURES_MAX];
    uint64_t clock;
};

/* Fills `bits`, which has the stock's sides, and what the answer said of the drawing. */
MUST_USE bool pictures_find(struct pictures *pictures, const struct render_request *request,
                            struct bytes input, struct bits *bits, struct render_answer *answer);
/* In the place of the one that was not wanted for longest. Without memory, or too large: not. */
void pictures_add(struct pictures *pictures, const struct render_request *request,
                  struct bytes input, const struct bits *bits, const struct render_answer *answer);
void pictures_free(struct pictures *pictures);

#endif
