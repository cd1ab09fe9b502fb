/* bars_read.h - what a hand scanner would find on the paper: Code 128 in the dots of a canvas. */
#ifndef PACKD_TOOLS_PACKSIM_BARS_READ_H
#define PACKD_TOOLS_PACKSIM_BARS_READ_H

#include "tools/packsim/canvas.h"

/* Adds to canvas->codes every upright Code 128 whose check symbol is right (ISO/IEC 15417), each
 * text once. */
void bars_read(struct canvas *canvas);

#endif
