/* sync.h - events to the order system: in order, each with its number, until acknowledged.
 *
 *   IDLE --something new, or time--> READING --rows--> SENDING --acknowledged--> IDLE
 *       SENDING --acknowledged, some refused--> MOVING --stored--> IDLE
 *       SENDING --no answer--> PAUSED --time--> READING
 *
 * The outbox is the journal and the cursor "oms". The cursor on disk may lag behind the one in
 * memory: it rides with the next batch that moves another one, when a parcel is closed, which saves
 * a flush for every acknowledgement and costs no more than a repeat after a power cut. An event
 * that the order system refuses for good becomes a fact of its own and the cursor moves past it
 * only with that fact, so one bad event cannot dam up the rest; it becomes a dead letter. One that
 * cannot be read back is told as an exception under its number, for a number left out would dam
 * them up as well; so is one for whose sake the order system refuses a whole batch. When the
 * order system asks for older ones again (it was restored, perhaps), they are read from the
 * journal's beginning.
 */
#ifndef PACKD_FIRMWARE_STATION_SYNC_H
#define PACKD_FIRMWARE_STATION_SYNC_H

#include "firmware/station/backoff.h"
#include "firmware/station/letters.h"
#include "firmware/station/voids.h"

enum sync_state { SYNC_IDLE, SYNC_READING, SYNC_SENDING, SYNC_MOVING, SYNC_PAUSED };

struct sync {
    enum sync_state state;
    uint32_t ticket;
    int64_t deadline_ms;
    struct backoff backoff;
    int64_t cursor_seq; /* journal: all up to here is acknowledged or no event */
    int64_t moving_to_seq;
    int64_t store_by_ms;    /* the disk does not know cursor_seq yet; NO_DEADLINE: it does */
    uint32_t riding_ticket; /* of the batch that carries it */
    uint64_t acked;         /* event numbers acknowledged so far */
    uint64_t from;          /* read from the beginning: the first number that is wanted; 0: any */
    struct oms_event events[OMS_PUSH_MAX];
    int64_t event_seqs[OMS_PUSH_MAX]; /* their journal numbers */
    size_t count;
    bool work;       /* there may be events behind the cursor */
    bool unanswered; /* the latest exchange; a pause after it is a guess of ours */
    struct void_entry cancelled[OMS_PUSH_MAX]; /* orders that this answer calls cancelled */
    size_t cancelled_count;                    /* taken by the station in the same step */
    uint32_t refused;                          /* since start */
    uint32_t conflicts;
    uint32_t unreadable;
    /* A batch that is not taken is halved until the one event that is to blame goes alone. */
    size_t batch_max;
    uint32_t failures;         /* answered, and not taken, in a row */
    uint32_t others_answered;  /* set by the station: how often the feed had an answer */
    uint32_t others_seen;      /* at the latest failure of one event alone */
    uint32_t lone_failures;    /* of it, while others were answered */
    struct oms_event replaced; /* an exception goes in its place; seq 0: none */
    char replaced_code[41];    /* why */
    bool stopped; /* the order system has other events under our numbers: a person must look */
};

void sync_init(struct sync *sync, int64_t cursor_seq);
/* Settings have changed: what is under way is dropped and begun again. */
void sync_restart(struct sync *sync, struct step *step);
/* Events were stored: there is work. */
void sync_wake(struct sync *sync);
/* The order system has answered somebody: a pause that was only a guess ends now. */
void sync_line_is_back(struct sync *sync, struct step *step);
void sync_answer(struct sync *sync, struct step *step, struct letters *letters,
                 const struct event *event);
/* This step stores a batch: takes the cursor along where that is cheap, or where it has waited long
 * enough. Call it when the batch is complete. */
void sync_ride(struct sync *sync, struct step *step);
void sync_stored(struct sync *sync, struct step *step, uint32_t ticket, enum err error);
void sync_tick(struct sync *sync, struct step *step);
int64_t sync_deadline(const struct sync *sync, const struct step *step);
void sync_check(const struct sync *sync);

#endif
