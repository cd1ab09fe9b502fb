/* document_sheet.h - a page of a PDF, or a picture, as something that is so large and can be drawn
 * in parts; and how such a sheet comes onto the stock. Lengths are micrometres from its upper left
 * corner, as a person looks at it. */
#ifndef PACKD_FIRMWARE_RENDER_DOCUMENT_SHEET_H
#define PACKD_FIRMWARE_RENDER_DOCUMENT_SHEET_H

#include "firmware/render/crop.h"
#include "firmware/render/grey.h"

#define SHEET_UM_MAX 600000 /* a side: a sheet of A2; larger is no label */

struct sheet_part {
    struct area area; /* um */
    unsigned turn;    /* clockwise: 0, 90, 180, 270 */
    double dpi;       /* of the drawing */
};

struct sheet {
    void *source;
    int32_t width_um, height_um;
    bool size_known;     /* false: a picture that does not say; it fills the stock */
    unsigned speck_dots; /* of the drawing; see grey.h */
    /* Draws the part from the upper left corner of `into`, which is white and has its sides. */
    bool (*draw)(void *source, const struct sheet_part *part, struct grey *into);
    /* Where does this text stand? NULL: a sheet without text. */
    bool (*find_text)(void *source, const char *text, struct area *out_area);
    /* By how much must the area be turned until most of its letters stand upright? */
    bool (*upright_turn)(void *source, const struct area *area, unsigned *out_turn);
};

/* Finds the label on the sheet and draws it into `out_grey`, which is white and has the stock's
 * sides. False: refused, as document_draw() is. */
MUST_USE bool document_place(const struct render_request *request, const struct sheet *sheet,
                             struct grey *out_grey, struct render_answer *answer);
/* How often black is found among the dots, and whether more of it than a speck lies in a row of the
 * outermost ones. */
uint64_t document_black(const struct grey *grey);
bool document_edge_is_black(const struct grey *grey, unsigned speck_dots);

/* False, always: so that a refusal is one line. */
bool document_refuse(struct render_answer *answer, const char *word, const char *sentence);

/* Of this resolution as printers have it: 203 dpi is 8 dots a millimetre. */
double document_true_dpi(unsigned dpi);

#endif
