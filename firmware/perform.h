/* perform.h - one case per command, each a few lines onto hal; nothing is decided here.
 *
 * What hal knows at once (a blob, a row, a refusal) is not told from inside: it waits as an answer
 * until the step's commands are all performed, and the pump fetches it then. */
#ifndef PACKD_FIRMWARE_PERFORM_H
#define PACKD_FIRMWARE_PERFORM_H

#include "firmware/outside.h"

/* Everything but COMMAND_STORE. */
void perform(struct outside *outside, const struct command *command);

/* Blocks for the disk. Fills in what happened, STORED or STORE_FAILED. False when the journal
 * cannot be used any more: nothing may be done after it, and outside->ending says so. */
MUST_USE bool perform_store(struct outside *outside, const struct command *command,
                            const struct event *now, struct event *out_event);

/* The next answer, its bytes good until the next call; false when none waits or the journal
 * failed. */
MUST_USE bool perform_next_answer(struct outside *outside, struct event *out_event);

#endif
