/* judge_common.c - reading for all judges, and what WORDS.md says of every courier. */
#include <string.h>

#include "tests/hostile/judge.h"

struct json judge_body(const struct http_response *response)
{
    static _Alignas(16) uint8_t memory[4 * 1024 * 1024];
    struct json root;
    struct scratch scratch = {memory, sizeof memory};
    bool good = json_parse(response->body, scratch, &root) == JSON_OK;
    return good ? root : (struct json){NULL};
}

bool judge_says(struct json value, const char *word)
{
    struct bytes text;
    return json_text(value, &text) && bytes_equal_text(text, word);
}

bool judge_says_in_any_case(struct json value, const char *word)
{
    struct bytes text;
    return json_text(value, &text) && bytes_equal_ignore_case(text, word);
}

bool judge_holds(struct bytes whole, const char *words)
{
    size_t len = strlen(words);
    for (size_t at = 0; at + len <= whole.len; at++) {
        if (bytes_equal_ignore_case(bytes_slice(whole, at, len), words)) return true;
    }
    return false;
}

bool judge_is_silent(struct json value)
{
    return json_kind(value) == JSON_MISSING || json_kind(value) == JSON_NULL;
}

static bool is_digits(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    }
    return text.len > 0;
}

static bool what_it_says(struct json value, struct bytes *out_text)
{
    return json_text(value, out_text) ||
           (json_number_text(value, out_text) && is_digits(*out_text));
}

bool judge_is_number_of(struct json value, const char *ours)
{
    struct bytes text;
    return what_it_says(value, &text) && bytes_equal_text(text, ours);
}

/* WORDS.md and reply.h: 6 to 40 letters, digits or dashes. */
bool judge_is_awb(struct json value, const char *taken)
{
    struct bytes text;
    if (!what_it_says(value, &text) || text.len < 6 || text.len > 40) return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t one = text.data[i];
        bool plain = (one >= '0' && one <= '9') || (one >= 'a' && one <= 'z') ||
                     (one >= 'A' && one <= 'Z') || (one == '-' && i > 0);
        if (!plain) return false;
    }
    return bytes_equal_text(text, taken);
}

bool judge_claims_yes(const struct carrier_claim *claim)
{
    enum carrier_result result = claim->outcome->result;
    return claim->step == CARRIER_MORE || result == CARRIER_OK || result == CARRIER_OK_EXISTING ||
           result == CARRIER_SERVICEABLE;
}

bool judge_may_be_read(const struct spoilt *spoilt)
{
    switch (spoilt->mutation) {
    case MUTATION_CUT:
    case MUTATION_TWICE:
    case MUTATION_WIDE:
    case MUTATION_LONG: return !spoilt->was_json;
    case MUTATION_REPEATED:
    case MUTATION_DEEP:
    case MUTATION_PAGE:
    case MUTATION_EMPTY: return false;
    case MUTATION_NONE:
    case MUTATION_BYTE:
    case MUTATION_STRANGER:
    case MUTATION_VALUE:
    case MUTATION_REMOVED:
    case MUTATION_ADDED:
    case MUTATION_KEY:
    case MUTATION_MARKED:
    case MUTATION_TYPE:
    case MUTATION_STATUS:
    case MUTATION_PAIR: return true;
    }
    return true;
}

static bool is_not_done(int status)
{
    return status == 408 || status == 425 || status == 429;
}

static const char *judge_words(const struct carrier_outcome *outcome)
{
    bool ended = memchr(outcome->awb, 0, sizeof outcome->awb) != NULL &&
                 memchr(outcome->reference, 0, sizeof outcome->reference) != NULL &&
                 memchr(outcome->message, 0, sizeof outcome->message) != NULL &&
                 memchr(outcome->status, 0, sizeof outcome->status) != NULL;
    if (!ended) return "every text of an outcome ends within its room";
    if (outcome->after_s > 3600) return "nobody makes us wait for more than an hour";
    if (outcome->awb_count > CARRIER_POOL_BATCH_MAX) return "a batch of numbers has its limit";
    return NULL;
}

static const char *judge_status(const struct carrier_claim *claim, bool writes)
{
    int status = claim->spoilt->response.status;
    enum carrier_result result = claim->outcome->result;
    bool settled = (status >= 200 && status < 300) || (status >= 400 && status < 500);
    if (is_not_done(status) && result != CARRIER_RETRY && result != CARRIER_REJECT)
        return "408, 425 and 429 say that nothing was done";
    if (judge_claims_yes(claim) && (status < 200 || status > 299))
        return "only a good status carries a yes";
    if (!settled && claim->step == CARRIER_DONE &&
        result != (writes ? CARRIER_UNKNOWN : CARRIER_RETRY))
        return "1xx, 3xx and 5xx settle nothing";
    if (writes && result == CARRIER_RETRY && !is_not_done(status) && status != 403)
        return "that nothing was done must be said by the status";
    return NULL;
}

const char *judge_carrier(const struct carrier_claim *claim)
{
    const struct carrier_outcome *outcome = claim->outcome;
    bool writes = carrier_operation_writes(claim->task->operation);
    const char *broken = judge_words(outcome);
    if (broken == NULL) broken = judge_status(claim, writes);
    if (broken != NULL) return broken;
    bool readable = judge_may_be_read(claim->spoilt);
    if (!readable && judge_claims_yes(claim)) return "an answer of this kind is never a yes";
    if (!readable && writes && outcome->result == CARRIER_REJECT && claim->spoilt->was_json)
        return "an answer of this kind never refuses a write";
    if (!readable && outcome->reason == REASON_NOT_FOUND)
        return "an answer of this kind never says that there is nothing";
    if (!writes && claim->step == CARRIER_DONE && outcome->result == CARRIER_UNKNOWN &&
        outcome->reason != REASON_DUPLICATE_REFERENCE)
        return "a question without a clear answer is asked again later";
    if (outcome->result == CARRIER_AUTH) return "neither courier has a token that runs out";
    if (claim->step == CARRIER_MORE && claim->task->operation != CARRIER_LABEL)
        return "only a label takes a second exchange";
    return NULL;
}
