/* mutate.h - every answer that a recorded one can be spoilt into, each given to a judge.
 *
 * What a spoilt answer may lead to is not said here but by the contracts' judges (judge.h). A kind
 * tells what was done, since some kinds can never be a yes whatever the body looks like. */
#ifndef PACKD_TESTS_HOSTILE_MUTATE_H
#define PACKD_TESTS_HOSTILE_MUTATE_H

#include "hal/base/http_message.h"

enum mutation {
    MUTATION_NONE,     /* as it was recorded */
    MUTATION_CUT,      /* ends after some byte */
    MUTATION_BYTE,     /* one byte is another */
    MUTATION_TWICE,    /* two documents */
    MUTATION_STRANGER, /* about another reference, AWB, epoch or number */
    MUTATION_VALUE,    /* one value is another */
    MUTATION_REMOVED,  /* one member is missing */
    MUTATION_REPEATED, /* one member stands there twice, with another value */
    MUTATION_ADDED,    /* a member more */
    MUTATION_KEY,      /* a key in capitals */
    MUTATION_WIDE,     /* UTF-16 */
    MUTATION_MARKED,   /* a byte-order mark, Latin-1 */
    MUTATION_DEEP,     /* nested 10,000 deep */
    MUTATION_LONG,     /* 10 MB */
    MUTATION_PAGE,     /* HTML */
    MUTATION_EMPTY,    /* no body */
    MUTATION_TYPE,     /* the content type says something else */
    MUTATION_STATUS,   /* another status, with the body or without */
    MUTATION_PAIR,     /* two values changed */
};
#define MUTATIONS (MUTATION_PAIR + 1)
const char *mutation_word(enum mutation mutation);

/* What the answer is about, to be turned into another parcel's. */
#define OURS_MAX 8
struct ours {
    const char *words[OURS_MAX];
    size_t count;
};

struct spoilt {
    enum mutation mutation;
    struct http_response response;
    bool was_json;    /* before it was spoilt */
    const char *what; /* "waybill is null", for the report */
};
typedef void judge_fn(void *context, const struct spoilt *spoilt);

struct mutate {
    judge_fn *judge;
    void *context;
    struct ours ours;
    bool thorough; /* every byte of long bodies, pairs of changes */
    bool large;    /* 10 MB as well */
    unsigned long tried[MUTATIONS];
};
void mutate_answer(struct mutate *mutate, const struct http_response *recorded);

#endif
