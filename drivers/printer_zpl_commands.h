/* printer_zpl_commands.h - what becomes of each command in a courier's ZPL document; one table. */
#ifndef PACKD_DRIVERS_PRINTER_ZPL_COMMANDS_H
#define PACKD_DRIVERS_PRINTER_ZPL_COMMANDS_H

#include "hal/base/bytes.h"

enum zpl_fate {
    ZPL_KEEP,      /* it shapes what is drawn; what it leaves behind is put back by the next job */
    ZPL_TEXT,      /* likewise, and what follows it is text */
    ZPL_DRAW,      /* puts something on the label */
    ZPL_GRAPHIC,   /* ^GF */
    ZPL_PICTURE,   /* ~DG: kept here, and drawn where ^XG calls it */
    ZPL_CALL,      /* ^XG */
    ZPL_LEAVE_OUT, /* the printer's set-up is the box's business, copies are the station's */
    ZPL_NOTE,      /* left out likewise, text and all */
    ZPL_BEGIN,
    ZPL_END,
    ZPL_REFUSE,
};

enum zpl_bound { /* what may stand behind it */
                 ZPL_ANY,
                 ZPL_ONLY,     /* `value`, with which a printer starts anyway, or nothing */
                 ZPL_ENCODING, /* 0 to 36 */
                 ZPL_WIDTH,    /* dots, at most the label's */
                 ZPL_HEIGHT,
                 ZPL_PLACE /* both */
};

struct zpl_command {
    const char *name; /* "^XA"; "?" for any one character */
    enum zpl_fate fate;
    enum zpl_bound bound;
    const char *value;
    const char *why; /* the sentence when it is refused, or its value is */
};

/* The row of a command that begins with these three bytes; never NULL: the last row refuses all
 * that is not known. */
const struct zpl_command *zpl_command_find(struct bytes command);

#endif
