/* clean.h - address, phone and pincode text as couriers take it.
 *
 * Order systems hold what people typed: line breaks, emoji, two numbers in the phone field, blanks
 * inside the pincode. Each courier forbids a few more characters. Nothing here translates; what a
 * courier cannot take becomes a blank, so that words stay apart. */
#ifndef PACKD_CARRIERS_CLEAN_H
#define PACKD_CARRIERS_CLEAN_H

#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

#define CLEAN_PHONE_SIZE 11  /* ten digits */
#define CLEAN_PINCODE_SIZE 7 /* six digits */

/* Appends the words of `text` with one blank between them, at most `characters_max` characters, and
 * gives back what did not fit, which begins with a word: three lines of thirty are three calls. A
 * word is only broken when it alone is longer than the line. Control characters, invalid UTF-8,
 * emoji, direction marks and the characters of `forbidden` (ASCII) separate words. */
struct bytes clean_put(struct textbuf *out, struct bytes text, const char *forbidden,
                       size_t characters_max);

/* Is it one word without anything to clean? A reference must come back from a look-up unchanged, so
 * it is refused where an address is cleaned. */
bool clean_is(const char *text, const char *forbidden);
/* Is nothing left of it? */
bool clean_is_empty(const char *text, const char *forbidden);

/* An Indian number from a field that may hold +91, a leading 0, punctuation or a second number:
 * the first part whose last ten digits begin with 6 to 9. False when there is none. */
MUST_USE bool clean_phone(struct bytes text, char out_digits[CLEAN_PHONE_SIZE]);

/* "560 001" to "560001". False unless six digits remain and the first is 1 to 9. */
MUST_USE bool clean_pincode(struct bytes text, char out_digits[CLEAN_PINCODE_SIZE]);

#endif
