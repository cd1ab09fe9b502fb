/* label.h - a plain label as a value: what to draw, in tenths of a millimetre, in no printer's
 * language. The station composes it; a printer driver writes it out. */
#ifndef PACKD_DRIVERS_LABEL_H
#define PACKD_DRIVERS_LABEL_H

#include "hal/base/bytes.h"

#define LABEL_ITEMS_MAX 32
#define LABEL_TEXT_SIZE 200

enum label_item_kind { LABEL_TEXT, LABEL_CODE128, LABEL_LINE };

struct label_item {
    enum label_item_kind kind;
    uint16_t x_dmm;      /* from the left edge; dmm: tenths of a millimetre */
    uint16_t y_dmm;      /* from the top edge */
    uint16_t height_dmm; /* of a letter, of the bars, of the line */
    uint16_t width_dmm;  /* LINE: its length; CODE128: the most it may take, quiet zones included;
                            TEXT: width of the block it is wrapped in */
    uint8_t lines;       /* TEXT: at most this many */
    char text[LABEL_TEXT_SIZE]; /* UTF-8; CODE128: printable ASCII */
};

struct label {
    uint16_t width_dmm;
    uint16_t height_dmm;
    struct label_item items[LABEL_ITEMS_MAX];
    size_t count;
};

#endif
