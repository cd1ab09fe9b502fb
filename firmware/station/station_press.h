/* station_press.h - what a person says, by page, command bar code or packctl, to the machine that
 * it is about; for station.c only. */
#ifndef PACKD_FIRMWARE_STATION_STATION_PRESS_H
#define PACKD_FIRMWARE_STATION_STATION_PRESS_H

#include "firmware/station/station.h"

void station_obey(struct station *station, struct step *step, enum press press, const char *text);
/* An order's code, or one of our command bar codes. */
void station_scan(struct station *station, struct step *step, const struct scan *scan);

#endif
