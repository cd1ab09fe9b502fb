/* mutate_inside.h - what mutate.c (the whole answer) and mutate_values.c (value by value) share. */
#ifndef PACKD_TESTS_HOSTILE_MUTATE_INSIDE_H
#define PACKD_TESTS_HOSTILE_MUTATE_INSIDE_H

#include "tests/hostile/mutate.h"
#include "tests/hostile/places.h"

#define MUTATE_BODY_MAX (64u * 1024u)

struct recorded {
    const struct http_response *response;
    struct bytes body; /* without blanks around it */
    bool is_json;
};

void mutate_try(struct mutate *mutate, enum mutation mutation, const struct http_response *response,
                bool was_json, const char *what);
void mutate_values(struct mutate *mutate, const struct recorded *from, const struct places *places);

#endif
