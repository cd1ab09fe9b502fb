/* code_gs1.h - GS1 element strings: the text of a GS1 bar code to its fields.
 *
 * GS1 General Specifications, sections 3 (application identifiers), 4.14 (which belong together),
 * 7.8 (separators, predefined lengths), 7.9 (check digits), 7.12 (dates); lengths and partners as
 * in the GS1 Syntax Dictionary. All of it stands in code_gs1_table.c, one row an identifier.
 *
 * Rule: only a scanner's own word (its AIM id) makes a text GS1; digits alone never do. A text is
 * taken apart whole or refused, with a word and the place; values are borrowed from it. A separator
 * (GS, 1D) ends every value that has no predefined length; after one that has, it may stand. */
#ifndef PACKD_DRIVERS_CODE_GS1_H
#define PACKD_DRIVERS_CODE_GS1_H

#include "hal/base/bytes.h"
#include "hal/base/units.h"

#define GS1_SEPARATOR 0x1D
#define GS1_FIELDS_MAX 32u
#define GS1_TEXT_MAX 512u

enum gs1_problem {
    GS1_OK,
    GS1_NOT_GS1,      /* no AIM id that says so */
    GS1_NO_DATA,      /* an AIM id and nothing behind it */
    GS1_UNKNOWN_AI,   /* no identifier begins here */
    GS1_EMPTY,        /* an identifier without a value, or two separators */
    GS1_TOO_SHORT,    /* for its identifier */
    GS1_TOO_LONG,     /* for its identifier, or the text as a whole */
    GS1_CHARACTER,    /* not of the identifier's set */
    GS1_CHECK_DIGIT,  /* does not fit */
    GS1_DATE,         /* no such day, hour or minute */
    GS1_VALUE,        /* digits that cannot mean what they should */
    GS1_TOO_MANY,     /* fields */
    GS1_TWICE,        /* the same identifier with two values */
    GS1_NOT_TOGETHER, /* two identifiers that exclude each other */
    GS1_PARTNER, /* an identifier that means nothing without another, which is not in this code;
                         it may stand in the label's next bar code */
    GS1_UNSPLITTABLE, /* separators were lost on the way: more than one reading */
};
const char *gs1_problem_word(enum gs1_problem problem); /* "check_digit" */

struct gs1_field {
    char ai[5];
    struct bytes value;
};

struct gs1_code {
    struct gs1_field fields[GS1_FIELDS_MAX];
    size_t count;
    size_t at; /* where the trouble is, from 0, in the text given */
};

/* "]C1", "]e0", "]d2", "]Q3", "]J1". */
bool gs1_is_marked(const char *aim);

/* text: what stands behind the AIM id. Whatever is refused has given the fields before the trouble;
 * after GS1_TWICE, NOT_TOGETHER and PARTNER all fields are there and each is good in itself. */
MUST_USE enum gs1_problem gs1_parse(struct bytes text, struct gs1_code *out);
/* For a scanner without AIM ids of which the site says that this is GS1: a first separator is
 * passed over, and a text without any is refused when a value without a predefined length could
 * end before the text does. */
MUST_USE enum gs1_problem gs1_parse_unmarked(struct bytes text, struct gs1_code *out);

/* NULL: not in it. */
const struct gs1_field *gs1_find(const struct gs1_code *code, const char *ai);

/* Measures (31nn to 36nn): whole digits and the point's place. False for other identifiers. */
MUST_USE bool gs1_decimal(const struct gs1_field *field, struct decimal *out_value);
/* Weights in kilograms and pounds, net and gross. */
MUST_USE bool gs1_mass_mg(const struct gs1_field *field, int64_t *out_mass_mg);

struct gs1_date {
    int year, month, day;
};
/* Identifiers 11 to 17 and those that begin with a date. The century is the one within 49 years
 * before and 50 after this year; day 00 is the last day of the month. */
MUST_USE bool gs1_date(const struct gs1_field *field, int year_now, struct gs1_date *out_date);

#endif
