/* cuts.h - cuts of a recorded day (day.h), and the judgement of what they left.
 *
 * After a cut the journal is opened by the real code, compared with the books, checked, given the
 * next batch and compared again. Books of the last step that was acknowledged must be there; where
 * a step was under way, its books will do as well, and nothing between the two. */
#ifndef PACKD_TESTS_CRASH_CUTS_H
#define PACKD_TESTS_CRASH_CUTS_H

#include "tests/crash/day.h"

struct tally {
    size_t cuts;
    size_t acknowledged_lost;        /* an older state is there, whole */
    size_t torn;                     /* no state that ever was */
    size_t damaged;                  /* not opened, or journal_verify has findings */
    size_t stuck;                    /* the next batch was not taken, or not kept */
    size_t copies_lost;              /* the copy is neither the old nor the new one */
    size_t by_kind[DAY_RESTART + 1]; /* cuts in steps of that kind */
    size_t while_starting;           /* cuts in the start after a cut */
};

/* Cuts the day at every place in every way, in a row from *place on, until `cuts` more have been
 * judged or the day is over. Every chain_every-th cut is followed by a chain of cuts in the starts
 * after it; 0: none. */
struct sweep {
    size_t place;
    enum disk_kept kept; /* the next one to try at place */
    size_t cuts;
    size_t chain_every;
    size_t apart; /* places from one that is cut to the next; 0: each */
    bool rubbish; /* also DISK_KEPT_RUBBISH */
    uint64_t chance;
};
/* True when the day is not over. */
bool cuts_sweep(struct sweep *sweep, struct tally *tally);

/* One cut at that place, then `depth` more, each in the start after the one before: anywhere in
 * it, or (flicker) before anything could be appended. */
void cuts_chain(size_t place, enum disk_kept kept, int depth, bool flicker, uint64_t *chance,
                struct tally *tally);

size_t tally_violations(const struct tally *tally);
void tally_add(struct tally *to, const struct tally *tally);
void tally_say_each(bool loud); /* prints the first violations; on at first */

#endif
