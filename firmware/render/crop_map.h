/* crop_map.h - what the finder of labels asks about a drawing: how much ink, how many bars lie in a
 * rectangle, each in the same short time however large it is, from sums over all that lies above
 * and to the left. */
#ifndef PACKD_FIRMWARE_RENDER_CROP_MAP_H
#define PACKD_FIRMWARE_RENDER_CROP_MAP_H

#include "firmware/render/crop.h"

#define CROP_CELL 8u /* dots of a side: bars are looked for cell by cell */

struct crop_map {
    unsigned width, height; /* dots */
    unsigned across, down;  /* cells */
    uint8_t *ink;           /* 1 where something is printed; cut lines are not */
    uint32_t *ink_sums;     /* (width + 1) * (height + 1) */
    uint32_t *bar_sums;     /* (across + 1) * (down + 1) */
};

MUST_USE bool crop_map_make(struct crop_map *map, const struct grey *sheet);
void crop_map_free(struct crop_map *map);

uint32_t crop_map_ink(const struct crop_map *map, const struct area *area);
/* Cells that belong to a barcode, by their look. */
uint32_t crop_map_bars(const struct crop_map *map, const struct area *area);
/* The same area without the white at its sides; width 0 when nothing is in it. */
struct area crop_map_trim(const struct crop_map *map, struct area area);

#endif
