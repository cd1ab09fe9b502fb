/* units.h - mass in milligrams, money in minor units (paise, cents), length in millimetres, and the
 * decimal text they come from and go to. Integers everywhere; nothing is ever rounded unless the
 * function's name says how. Limits: 2^53 is far above any parcel, so int64_t never overflows here;
 * every function refuses what would. */
#ifndef PACKD_HAL_BASE_UNITS_H
#define PACKD_HAL_BASE_UNITS_H

#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

enum mass_unit {
    MASS_MG,
    MASS_G,
    MASS_KG,
    MASS_TONNE,
    MASS_LB,    /* 453.59237 g exactly */
    MASS_OZ,    /* 28.349523125 g exactly */
    MASS_GRAIN, /* 64.79891 mg exactly */
    MASS_CARAT, /* 200 mg */
    MASS_TOLA,  /* 11.6638038 g */
};

/* "kg", "KG", "g", "lb", "oz" ... as scales write them; false for counts, percent and the rest. */
MUST_USE bool mass_unit_parse(struct bytes word, enum mass_unit *out_unit);
const char *mass_unit_word(enum mass_unit unit);

/* A decimal as digits and the place of its point: 12.40 is 1240 with 2 decimals. */
struct decimal {
    int64_t digits;    /* sign included */
    unsigned decimals; /* 0..9 */
};

/* Optional sign, digits, optional point and digits ("-0.5", "7.10", "12", ".5" is refused); blanks
 * around and inside are refused: the caller trims. At most 15 digits in all. */
MUST_USE bool decimal_parse(struct bytes text, struct decimal *out_value);
/* Writes all its decimals: 1240 with 2 gives "12.40". */
void decimal_write(struct textbuf *text, struct decimal value);

/* Exact for metric units; lb, oz and the rest round half away from zero to the milligram. False
 * when it does not fit. */
MUST_USE bool mass_mg_from_decimal(struct decimal value, enum mass_unit unit, int64_t *out_mass_mg);

/* Money text of a currency with `minor_decimals` places ("1499.0" with 2 is 149900). More places
 * than that are refused unless they are zeros. */
MUST_USE bool minor_from_text(struct bytes text, unsigned minor_decimals, int64_t *out_minor);
void minor_write(struct textbuf *text, int64_t minor, unsigned minor_decimals); /* "1499.00" */

/* What a courier bills by: grams, rounded up, so that we never declare less than was weighed. */
int64_t mass_g_rounded_up(int64_t mass_mg);
/* Kilograms as text without trailing zeros: 742000 mg is "0.742". */
void mass_kg_write(struct textbuf *text, int64_t mass_mg);

/* Wall time: Unix milliseconds as RFC 3339 UTC with milliseconds, "2026-02-03T09:20:11.000Z". */
#define TIME_TEXT_SIZE 25
void time_write(struct textbuf *text, int64_t unix_ms);
/* Accepts that form with 0 to 9 decimals and Z or +hh:mm; false for anything else. */
MUST_USE bool time_parse(struct bytes text, int64_t *out_unix_ms);

#endif
