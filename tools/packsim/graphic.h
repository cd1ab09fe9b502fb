/* graphic.h - pictures in ZPL: what ^GF draws (ZPL II Programming Guide, ^GF and "Alternative Data
 * Compression"), for labels that are nothing else. */
#ifndef PACKD_TOOLS_PACKSIM_GRAPHIC_H
#define PACKD_TOOLS_PACKSIM_GRAPHIC_H

#include "tools/packsim/canvas.h"

/* Draws every ^GFA of the format at its ^FO. False when there is none, or one is broken. */
bool graphic_draw(struct bytes format, struct canvas *canvas);

#endif
