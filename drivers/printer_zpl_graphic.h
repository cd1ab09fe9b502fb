/* printer_zpl_graphic.h - pictures in a courier's ZPL: are they whole? A printer takes what follows
 * a picture that is too short for its missing part. */
#ifndef PACKD_DRIVERS_PRINTER_ZPL_GRAPHIC_H
#define PACKD_DRIVERS_PRINTER_ZPL_GRAPHIC_H

#include "hal/base/bytes.h"

/* A whole "^GFA,b,c,d,data"; otherwise why not. */
const char *zpl_graphic_check(struct bytes command);

struct zpl_graphic {   /* "~DGR:NAME.GRF,bytes,row,data" */
    struct bytes name; /* without the device in front */
    uint32_t bytes, row_bytes;
    struct bytes data;
};
/* NULL, or why it is not whole. */
const char *zpl_graphic_parse(struct bytes command, struct zpl_graphic *out);
/* Does "^XGR:NAME.GRF,1,1" call it, in its own size? */
bool zpl_graphic_is_called(const struct zpl_graphic *graphic, struct bytes call);

#endif
