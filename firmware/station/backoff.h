/* backoff.h - when to try again: a growing delay with a cap, half of it left to chance, so
 * that many benches do not come back together. What is tried again is somebody else's business. */
#ifndef PACKD_FIRMWARE_STATION_BACKOFF_H
#define PACKD_FIRMWARE_STATION_BACKOFF_H

#include "firmware/station/step.h"

struct backoff {
    uint32_t base_ms;
    uint32_t cap_ms;
    uint32_t failures; /* in a row */
};

#define BACKOFF_WAITING ((struct backoff){.base_ms = 250, .cap_ms = 4000}) /* somebody waits */
#define BACKOFF_BACKGROUND ((struct backoff){.base_ms = 1000, .cap_ms = 900000}) /* nobody does */

/* Counts one more failure and gives the pause before the next try. at_least_ms: what the other side
 * asked for (Retry-After), clamped to an hour; negative when it did not. */
int64_t backoff_next_ms(struct backoff *backoff, struct step *step, int64_t at_least_ms);
void backoff_reset(struct backoff *backoff);

#endif
