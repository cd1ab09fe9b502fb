/* places.h - where in a JSON text its values and members stand, so that each can be spoilt in turn.
 *
 * It reads texts that are known to be JSON; what the answer means is none of its business. */
#ifndef PACKD_TESTS_HOSTILE_PLACES_H
#define PACKD_TESTS_HOSTILE_PLACES_H

#include "hal/base/bytes.h"

#define PLACES_MAX 2048

struct place {      /* offsets into the text; an end is one past the last byte */
    size_t from;    /* of the member: its key, or its value in an array and at the root */
    size_t key_end; /* equals `from` where there is no key */
    size_t value;
    size_t end;
    bool first; /* in its object or array */
    bool root;
};

struct places {
    struct place all[PLACES_MAX];
    size_t count;
};

/* None when the text is not one JSON value. */
void places_find(struct bytes text, struct places *out);

#endif
