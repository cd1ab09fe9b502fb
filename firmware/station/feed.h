/* feed.h - orders ready to ship, fetched ahead into the cache: page after page, then every poll_ms.
 * The cursor goes to the cache together with the page it belongs to. A page that tells of cancelled
 * orders is kept only once these are noted (voids.h): it is asked for again when they are. */
#ifndef PACKD_FIRMWARE_STATION_FEED_H
#define PACKD_FIRMWARE_STATION_FEED_H

#include "firmware/station/backoff.h"
#include "firmware/station/event.h"

enum feed_state { FEED_IDLE, FEED_ASKING, FEED_NOTING, FEED_KEEPING };

struct feed {
    enum feed_state state;
    uint32_t ticket;
    int64_t deadline_ms;
    struct backoff backoff;
    char cursor[OMS_CURSOR_SIZE];
    char next_cursor[OMS_CURSOR_SIZE];
    bool more;
    char cancelled[OMS_PAGE_MAX][ORDER_ID_SIZE]; /* NOTING: of this page */
    size_t cancelled_count;
    char noted[OMS_PAGE_MAX][ORDER_ID_SIZE]; /* of the page after `cursor`; it may grow meanwhile */
    size_t noted_count;
    uint64_t kept;     /* changes taken since start */
    uint64_t refused;  /* items that broke the contract */
    uint32_t answered; /* pages that came, since start */
    int64_t fresh_ms;  /* boot and wall clock of the latest; wall 0: none yet, or no clock */
    int64_t fresh_wall_ms;
};

void feed_init(struct feed *feed, const char *cursor, int64_t now_ms);
/* Settings have changed: what is under way is dropped. Another order system knows neither the
 * cursor nor the orders that are cached. */
void feed_restart(struct feed *feed, struct step *step, bool other);
void feed_answer(struct feed *feed, struct step *step, const struct event *event);
/* NOTING without a ticket: the batch with the cancelled orders has this one. */
void feed_noting(struct feed *feed, uint32_t ticket);
void feed_stored(struct feed *feed, struct step *step, uint32_t ticket, enum err error);
void feed_tick(struct feed *feed, struct step *step);
/* The wall clock that the cached orders are as of, when that is some while ago; 0: they are fresh,
 * or nobody knows. */
int64_t feed_stale_since(const struct feed *feed, const struct step *step);
int64_t feed_deadline(const struct feed *feed, const struct step *step);
void feed_check(const struct feed *feed);

#endif
