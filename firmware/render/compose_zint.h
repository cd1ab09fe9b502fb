/* compose_zint.h - what a barcode's modules are, by zint; bars are drawn elsewhere, from these. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_ZINT_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_ZINT_H

#include "firmware/render/compose_fields.h"

struct symbol {
    unsigned columns, rows;     /* modules without the quiet zone */
    unsigned quiet, quiet_down; /* modules at each side; above and below */
    unsigned row_height;        /* modules; 0: bars, as high as one likes */
    uint8_t *modules;           /* one byte each, 1 is black */
};

/* False: it cannot be said in this barcode; *out_why is a part of a sentence. */
MUST_USE bool symbol_make(enum barcode_type type, struct bytes text, struct arena *arena,
                          struct symbol *out, const char **out_why);
/* "CODE128": as render_wire.h names it. */
const char *symbol_type_word(enum barcode_type type);

#endif
