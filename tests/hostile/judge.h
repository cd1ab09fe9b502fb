/* judge.h - may an answer be understood so? Each judge knows what its contract says
 * (carriers/WORDS.md, tools/packsim/README.md, Delhivery's documents and recorded answers,
 * firmware/oms/CONTRACT.md) and reads the spoilt answer by itself; it never calls the code under
 * test. It says nothing (NULL), or the promise that was broken.
 *
 * A judge looks at claims: a yes, a no, "not found", "again, it does no harm", an acknowledgement.
 * An outcome that claims nothing (unknown; for a question, again later) is never wrong here; that
 * good answers are understood is what tests/golden shows. */
#ifndef PACKD_TESTS_HOSTILE_JUDGE_H
#define PACKD_TESTS_HOSTILE_JUDGE_H

#include "carriers/carrier.h"
#include "firmware/oms/oms.h"
#include "tests/hostile/mutate.h"

struct carrier_claim {
    const struct carrier_task *task; /* as it was before the answer */
    const struct spoilt *spoilt;
    enum carrier_step step;
    const struct carrier_outcome *outcome;
};
const char *judge_carrier(const struct carrier_claim *claim); /* what holds for every courier */
const char *judge_sandbox(const struct carrier_claim *claim);
const char *judge_delhivery(const struct carrier_claim *claim);

struct oms_claim {
    const struct oms_task *task;
    const struct spoilt *spoilt;
    const struct oms_outcome *outcome;
};
const char *judge_oms(const struct oms_claim *claim);

/* Reading for judges: the body's JSON (missing when it is none) and what a value says. */
struct json judge_body(const struct http_response *response);
bool judge_says(struct json value, const char *word); /* a text, these very letters */
bool judge_says_in_any_case(struct json value, const char *word);
bool judge_holds(struct bytes whole, const char *words);      /* in any case of letters */
bool judge_is_silent(struct json value);                      /* missing or null */
bool judge_is_number_of(struct json value, const char *ours); /* text or whole number, ours */
bool judge_is_awb(struct json value, const char *taken);      /* plausible, and what was taken */
bool judge_claims_yes(const struct carrier_claim *claim);
bool judge_may_be_read(const struct spoilt *spoilt); /* not cut, doubled, wide ... */

#endif
