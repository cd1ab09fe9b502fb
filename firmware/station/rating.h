/* rating.h - which courier takes this parcel: the first rule of the table that fits, or the
 * courier that the order demands. One line says why. Rates and promises come later, behind the
 * same value. */
#ifndef PACKD_FIRMWARE_STATION_RATING_H
#define PACKD_FIRMWARE_STATION_RATING_H

#include "firmware/station/step.h"

struct choice {
    unsigned carrier; /* index in the configuration */
    char service[17];
    int64_t price_minor; /* 0: not known */
    unsigned rule;       /* 1 is the first; 0: demanded by the order, no rule needed */
};

/* False when no configured courier may take it. */
MUST_USE bool rating_choose(const struct step *step, const struct order *order, int64_t mass_mg,
                            struct choice *out_choice);

#endif
