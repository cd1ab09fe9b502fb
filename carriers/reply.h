/* reply.h - what every courier's reply has in common, before its own words are read.
 *
 * HTML, cut JSON, 5xx, redirects: unclear. For a task that books, unclear is UNKNOWN; for a task
 * that only asks, it is RETRY. Refusal texts are tables of rows, one table a courier; a
 * text without a row decides nothing by itself (WORDS.md). */
#ifndef PACKD_CARRIERS_REPLY_H
#define PACKD_CARRIERS_REPLY_H

#include "carriers/carrier.h"

/* Settles what the status and the shape of the body settle by themselves. True: a JSON value is in
 * *out_root and the courier's file reads on. False: *out is the outcome of the task. */
MUST_USE bool reply_open(enum carrier_operation operation, const struct http_response *response,
                         struct scratch scratch, struct carrier_outcome *out,
                         struct json *out_root);

/* The answer proves neither yes nor no: UNKNOWN with a look-up, or RETRY. */
void reply_unclear(enum carrier_operation operation, const char *why, struct carrier_outcome *out);

/* As reply_unclear, for an outcome that was partly filled in: what it holds proves nothing. */
void reply_nothing(enum carrier_operation operation, const char *why, struct carrier_outcome *out);

/* Done: OK, SERVICEABLE ... */
void reply_accept(enum carrier_result result, struct carrier_outcome *out);

void reply_reject(enum carrier_reason reason, struct carrier_outcome *out);

/* RETRY with the courier's Retry-After, clamped to an hour, but not before at_least_s. */
void reply_throttled(const struct http_response *response, int64_t at_least_s,
                     struct carrier_outcome *out);

/* Adds the courier's text to outcome->message: blanks collapsed, shortened. */
void reply_message(struct bytes text, struct carrier_outcome *out);

/* Does the text hold these words, in any case of letters? */
bool reply_says(struct bytes text, const char *words);

struct refusal {
    const char *text; /* part of what the courier says */
    enum carrier_result result;
    enum carrier_reason reason;
};
/* The first row whose text occurs; NULL when none does. Put narrow texts before wide ones. */
const struct refusal *reply_refusal(const struct refusal *rows, size_t count, struct bytes text);

/* Is it a text equal to this word, in any case of letters? */
bool reply_is(struct json value, const char *word);
/* A text, or a number as it was written. False, and an empty text, when it is neither or too long.
 */
bool reply_copy(struct json value, char *out_text, size_t size);
/* Does a text or number equal ours? When ours is empty there is nothing to compare: true. */
bool reply_agrees(struct json value, const char *ours);
/* A flag as true or as text ("True", "Success"). */
MUST_USE bool reply_flag(struct json value, bool *out_flag);
/* Appends a text, or the texts of an array, to what the courier says. */
void reply_gather(struct json value, struct textbuf *said);

/* A number from pool or booking: 6 to 40 letters, digits or dashes, starting with no dash. */
bool reply_is_awb(struct bytes text);

#endif
