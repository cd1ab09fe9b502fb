/* upkeep.c - see upkeep.h. */
#include "firmware/upkeep.h"

#include <inttypes.h>
#include <stdio.h>

#include "hal/clock.h"
#include "hal/files.h"

static const struct {
    const char *blob_prefix, *fact_prefix; /* fact.h */
} ends[] = {{"task/", "closed/"},   {"label/", "closed/"}, {"task/", "refused/"},
            {"label/", "refused/"}, {"task/", "absent/"},  {"label/", "absent/"}};

void upkeep_init(struct upkeep *upkeep, const struct outside *outside, int64_t now_ms)
{
    bool watched = service_watchdog_ms(&outside->service) > 0;
    *upkeep = (struct upkeep){.disk_ms = now_ms,
                              .alive_ms = watched ? now_ms : NO_DEADLINE,
                              .copy_ms = NO_DEADLINE,
                              .prune_ms = now_ms};
}

bool upkeep_disk(struct upkeep *upkeep, struct outside *outside, int64_t now_ms,
                 struct event *out_event)
{
    struct journal_space space;
    if (now_ms < upkeep->disk_ms) return false;
    upkeep->disk_ms = now_ms + UPKEEP_DISK_MS;
    if (journal_measure(outside->journal, &space) != ERR_NONE)
        return false; /* the next batch tells */
    uint64_t reserve = (uint64_t)outside_config(outside)->limits.reserve_mib * 1024 * 1024;
    bool low = space.free_bytes < reserve;
    if (low == upkeep->disk_low) return false;
    upkeep->disk_low = low;
    *out_event = (struct event){.kind = EVENT_DISK};
    out_event->disk.free_kib = (int64_t)(space.free_bytes / 1024);
    out_event->disk.below_reserve = low;
    return true;
}

void upkeep_disk_full(struct upkeep *upkeep, int64_t now_ms)
{
    upkeep->disk_low = true;
    upkeep->disk_ms = now_ms + UPKEEP_DISK_MS;
}

/* All facts up to here are settled, told, and of parcels that are booked. */
static enum err read_done(struct outside *outside, int64_t *out_seq)
{
    static const char *const cursors[] = {"settled", "oms", "backlog"};
    int64_t done = INT64_MAX;
    for (size_t i = 0; i < ARRAY_LEN(cursors); i++) {
        int64_t seq = 0;
        enum err problem = journal_read_cursor(outside->journal, cursors[i], &seq);
        if (problem != ERR_NONE) return problem;
        if (seq < done) done = seq;
    }
    *out_seq = done;
    return ERR_NONE;
}

static enum err prune_facts(struct outside *outside, size_t *out_removed)
{
    int64_t done = 0;
    enum err problem = read_done(outside, &done);
    if (problem != ERR_NONE) return problem;
    const struct journal_prune prune = {.before_seq = done,
                                        .before_wall_ms = clock_wall_ms() - UPKEEP_KEEP_FACTS_MS,
                                        .rows_max = UPKEEP_ROWS};
    return journal_prune(outside->journal, &prune, out_removed);
}

/* The courier may still have to be told of a parcel that was closed long ago: its address stays. */
static enum err prune_blobs(struct outside *outside, unsigned part, size_t *out_removed)
{
    int64_t done = 0;
    enum err problem = journal_read_cursor(outside->journal, "backlog", &done);
    if (problem != ERR_NONE) return problem;
    const struct journal_drop drop = {.before_seq = done,
                                      .blob_prefix = ends[part].blob_prefix,
                                      .fact_prefix = ends[part].fact_prefix,
                                      .before_wall_ms = clock_wall_ms() - UPKEEP_KEEP_BLOBS_MS,
                                      .rows_max = UPKEEP_ROWS};
    return journal_drop_done(outside->journal, &drop, out_removed);
}

/* One short piece of work; what is left stays due. */
static void prune(struct upkeep *upkeep, struct outside *outside, int64_t now_ms)
{
    size_t removed = 0;
    bool blobs = upkeep->prune_part < ARRAY_LEN(ends);
    if (!clock_wall_trusted()) {
        upkeep->prune_ms = now_ms + UPKEEP_DISK_MS;
        return;
    }
    service_patient(&outside->service);
    enum err problem =
        blobs ? prune_blobs(outside, upkeep->prune_part, &removed) : prune_facts(outside, &removed);
    if (problem != ERR_NONE) {
        service_log(&outside->service, SERVICE_WARNING, "Old facts could not be removed (%s).",
                    err_word(problem));
    } else if (removed == UPKEEP_ROWS) {
        return;
    }
    upkeep->prune_part++;
    if (upkeep->prune_part <= ARRAY_LEN(ends)) return;
    upkeep->prune_part = 0;
    upkeep->prune_ms = now_ms + UPKEEP_PRUNE_MS;
    upkeep->looking = true;
    upkeep->looked_seq = 0;
    upkeep->looked_wrong = 0;
}

struct looking {
    struct upkeep *upkeep;
    struct outside *outside;
};

static void say_finding(void *context, const char *sentence)
{
    const struct looking *looking = context;
    if (looking->upkeep->looked_wrong++ >= UPKEEP_LOOK_SAID) return;
    service_log(&looking->outside->service, SERVICE_ERROR,
                "The journal has rotted: %s. Make a backup of it (packctl journal backup), send it "
                "to support and replace the storage.",
                sentence);
}

/* What nobody reads may rot unseen for weeks. */
static void look_on(struct upkeep *upkeep, struct outside *outside)
{
    struct looking looking = {upkeep, outside};
    struct journal_look look = {.seq = upkeep->looked_seq,
                                .rows_max = UPKEEP_LOOK_ROWS,
                                .finding = say_finding,
                                .context = &looking};
    enum err problem =
        journal_look(outside->journal, &look); /* a failed one: the next batch tells */
    upkeep->looked_seq = look.seq;
    upkeep->looking = problem == ERR_NONE && look.more;
}

static const char *backup_trouble(enum err problem)
{
    if (problem == ERR_NO_SPACE) return "The disk has no room for a copy.";
    if (problem == ERR_BUSY) return "Another copy is being made.";
    if (problem == ERR_NOT_FOUND) return "There is no such folder.";
    if (problem == ERR_TOO_BIG) return "The name is too long.";
    return problem == ERR_REFUSED ? "packd may not write there." : "The copy could not be written.";
}

const char *upkeep_backup(struct upkeep *upkeep, struct outside *outside, const char *path,
                          uint32_t client)
{
    uint64_t reserve = (uint64_t)outside_config(outside)->limits.reserve_mib * 1024 * 1024;
    if (path[0] != '/') return "The file's name begins with /.";
    if (files_is_there(path)) return "There is a file of that name; none is replaced.";
    enum err problem = journal_copy_begin(outside->journal, path, reserve + 1);
    if (problem != ERR_NONE) return backup_trouble(problem);
    upkeep->backup_client = client;
    upkeep->copy_ms = 0;
    return NULL;
}

/* One piece. While a parcel is in hand there is a pause after each. */
static void copy_on(struct upkeep *upkeep, struct outside *outside, int64_t now_ms, bool idle)
{
    char answer[200];
    bool done = false;
    service_patient(&outside->service);
    enum err problem = journal_copy_step(outside->journal, &done);
    upkeep->copy_ms = idle ? now_ms : now_ms + UPKEEP_COPY_PAUSE_MS;
    if (problem == ERR_NONE && !done) return;
    upkeep->copy_ms = NO_DEADLINE;
    if (problem == ERR_NONE)
        snprintf(answer, sizeof(answer), "{\"copied\":true,\"seq\":%" PRId64 "}",
                 outside->last_seq);
    else snprintf(answer, sizeof(answer), "{\"error\":\"%s\"}", backup_trouble(problem));
    control_reply(outside->control, upkeep->backup_client, bytes_of_text(answer), true);
}

void upkeep_turn(struct upkeep *upkeep, struct outside *outside, int64_t now_ms, bool idle)
{
    if (now_ms >= upkeep->alive_ms || outside->service.patient) {
        service_alive(&outside->service);
        upkeep->alive_ms = now_ms + service_watchdog_ms(&outside->service) / 3;
    }
    if (now_ms >= upkeep->copy_ms) copy_on(upkeep, outside, now_ms, idle);
    else if (idle && now_ms >= upkeep->prune_ms) prune(upkeep, outside, now_ms);
    else if (idle && upkeep->looking) look_on(upkeep, outside);
}

int64_t upkeep_deadline(const struct upkeep *upkeep)
{
    int64_t deadline_ms = upkeep->alive_ms;
    if (upkeep->copy_ms < deadline_ms) deadline_ms = upkeep->copy_ms;
    return upkeep->disk_low && upkeep->disk_ms < deadline_ms ? upkeep->disk_ms : deadline_ms;
}
