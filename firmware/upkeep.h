/* upkeep.h - what is done by the clock and not for a parcel: free space looked at, the service
 * manager told that we live, what is old removed from the journal, all that is kept looked through
 * once a day, a copy made when asked for.
 *
 * An idle box is left asleep: space is looked at when something happens anyway, and by the clock
 * only while it is short, because then nothing may happen until it is there again. */
#ifndef PACKD_FIRMWARE_UPKEEP_H
#define PACKD_FIRMWARE_UPKEEP_H

#include "firmware/outside.h"

#define UPKEEP_DISK_MS 10000
#define UPKEEP_PRUNE_MS (24 * 3600 * 1000)
#define UPKEEP_KEEP_FACTS_MS (INT64_C(30) * 24 * 3600 * 1000)
#define UPKEEP_KEEP_BLOBS_MS (INT64_C(24) * 3600 * 1000) /* addresses and labels, once closed */
#define UPKEEP_COPY_PAUSE_MS 200
#define UPKEEP_LOOK_ROWS 500 /* looked at at a time: some milliseconds */
#define UPKEEP_LOOK_SAID 5   /* findings said in a round */
#define UPKEEP_ROWS 200      /* removed at a time: one short flush */

struct upkeep {
    int64_t disk_ms; /* when to look at free space next */
    bool disk_low;
    int64_t alive_ms; /* when to say that we live next */
    int64_t prune_ms; /* when to remove old things next */
    unsigned prune_part;
    int64_t looked_seq;    /* facts up to here were looked at in this round */
    bool looking;          /* a round after each pruning */
    uint32_t looked_wrong; /* findings of this round */
    int64_t copy_ms;       /* when to go on with a copy of the journal; NO_DEADLINE: none is made */
    uint32_t backup_client; /* who waits for the copy of the journal */
};

void upkeep_init(struct upkeep *upkeep, const struct outside *outside, int64_t now_ms);
/* True: *out_event is news about the disk for the station. */
MUST_USE bool upkeep_disk(struct upkeep *upkeep, struct outside *outside, int64_t now_ms,
                          struct event *out_event);
/* A batch found no room: the station knows; we look again after the usual pause. */
void upkeep_disk_full(struct upkeep *upkeep, int64_t now_ms);
/* Once a turn of the loop. `idle`: no parcel waits for the disk. */
void upkeep_turn(struct upkeep *upkeep, struct outside *outside, int64_t now_ms, bool idle);
/* A copy of the journal under path, piece by piece; the client gets its answer when it is there or
 * has failed. Gives a sentence when it cannot be begun. */
const char *upkeep_backup(struct upkeep *upkeep, struct outside *outside, const char *path,
                          uint32_t client);
int64_t upkeep_deadline(const struct upkeep *upkeep); /* NO_DEADLINE: none */

#endif
