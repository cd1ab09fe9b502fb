/* snap.h - bars of a drawn page on whole dots.
 *
 * A page is drawn wherever its own measure puts it, so the edges of its bars fall between the dots.
 * Where they fall half way, rounding each for itself makes one bar a dot wider and the next space
 * a dot narrower. But their widths are nearly whole dots where the courier meant them for printers
 * of this resolution; then the widths are rounded, and the bars are as even as the printer can. */
#ifndef PACKD_FIRMWARE_RENDER_SNAP_H
#define PACKD_FIRMWARE_RENDER_SNAP_H

#include "firmware/render/bits.h"

/* `grey` is a page that was drawn with soft edges, `bits` the same after its threshold; barcodes
 * along both sides of the page are looked for. What has other widths than whole dots, or is no
 * barcode, stays as it is. */
void snap_bars(const struct grey *grey, unsigned dpi, struct bits *bits);

#endif
