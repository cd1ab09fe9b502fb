/* code_digits.h - check digits of codes on parcels: is the last (or stated) character the one that
 * follows from the others?
 *
 * GS1 General Specifications 7.9 for numbers of 8, 12, 13, 14, 17 and 18 digits; UPU S10 for postal
 * items; the others as carriers state them publicly. A look-alike is never mended on its own: O is
 * not 0 in a bar code. Only an S10 number typed by hand has a letter or a digit by place. */
#ifndef PACKD_DRIVERS_CODE_DIGITS_H
#define PACKD_DRIVERS_CODE_DIGITS_H

#include "hal/base/bytes.h"

#define CODE_S10_LEN 13u

struct code_scheme {
    const char *name; /* "gs1" */
    const char *form; /* for people: what must be given */
    /* The check character that belongs to this text, and where it stands. False: not of the form,
     * whatever stands in the place of the check character. */
    bool (*expect)(struct bytes text, char *out_expected, size_t *out_at);
};

/* NULL past the end; NULL when nobody has the name. */
const struct code_scheme *code_scheme_at(size_t index);
const struct code_scheme *code_scheme_find(struct bytes name);

/* False: not of the scheme's form. */
MUST_USE bool code_check(const struct code_scheme *scheme, struct bytes text, bool *out_valid,
                         char *out_expected);

/* GS1: all digits, the last one checks; any length from 2. */
MUST_USE bool code_gs1_digit_fits(struct bytes digits);
/* Two letters, nine digits, two letters: an S10 number, its check digit right or not. */
bool code_is_s10_form(struct bytes text);
bool code_is_s10(struct bytes text); /* and its check digit fits */
/* As people write it, "ee 123 456 785 in", and with O, I for 0, 1 and the other way round, where
 * the place says which it is. False unless what comes out has its right check digit. */
MUST_USE bool code_s10_from_hand(struct bytes text, char out_number[CODE_S10_LEN + 1]);

#endif
