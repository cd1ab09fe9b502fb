/* label_draw.h - our own label for a booking: what the courier's sorter and rider need, and the
 * AWB as Code 128. The value is in no printer's language. Layout for 4 x 6 inch and 100 x 150 mm
 * stock. */
#ifndef PACKD_FIRMWARE_STATION_LABEL_DRAW_H
#define PACKD_FIRMWARE_STATION_LABEL_DRAW_H

#include "carriers/carrier.h"
#include "drivers/label.h"
#include "firmware/station/fact.h"

/* route: the courier's sort code, may be empty. copy: 1 is the first; from 2 on the label says
 * REPRINT and the number. */
void label_draw(const struct shipment *shipment, const char *carrier_title, const char *route,
                unsigned copy, uint16_t width_dmm, uint16_t height_dmm, struct label *out);
/* A parcel that waits on the shelf: our own number as Code 128, the order in large letters, no
 * address and no AWB, so that nobody takes it for a courier's label. */
void label_draw_hold(const struct parcel *parcel, const char *carrier_title, uint16_t width_dmm,
                     uint16_t height_dmm, struct label *out);

#endif
