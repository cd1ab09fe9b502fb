/* backoff.c - see backoff.h. */
#include "firmware/station/backoff.h"

#define RETRY_AFTER_MAX_MS 3600000 /* an hour, whatever the other side says */

int64_t backoff_next_ms(struct backoff *backoff, struct step *step, int64_t at_least_ms)
{
    uint64_t ceiling = backoff->base_ms;
    for (uint32_t i = 0; i < backoff->failures && ceiling < backoff->cap_ms; i++) ceiling *= 2;
    if (ceiling > backoff->cap_ms) ceiling = backoff->cap_ms;
    if (backoff->failures < UINT32_MAX) backoff->failures++;
    /* Never nothing: half of the ceiling is sure, the other half is chance. */
    int64_t pause_ms = (int64_t)(ceiling / 2 + step_random(step) % (ceiling / 2 + 1));
    if (at_least_ms > RETRY_AFTER_MAX_MS) at_least_ms = RETRY_AFTER_MAX_MS;
    return pause_ms > at_least_ms ? pause_ms : at_least_ms;
}

void backoff_reset(struct backoff *backoff)
{
    backoff->failures = 0;
}
