/* pool.c - see pool.h for the rule that keeps a number from being given twice. */
#include "firmware/station/pool.h"

#include <string.h>

#define POOL_KEY_SIZE 64
#define POOL_BATCH 50u /* asked for at once; a bench packs about 100 parcels an hour */

static const struct shipment no_shipment; /* asking for numbers needs none */

static bool wanted(const struct step *step, unsigned index)
{
    return index < step->config->carrier_count && step->carriers[index] != NULL &&
           step->carriers[index]->promises.pool && step->config->carriers[index].pool_low > 0;
}

void pool_init(struct pool *pool)
{
    memset(pool, 0, sizeof *pool);
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        pool->carriers[i].fetch_ms = NO_DEADLINE;
        pool->carriers[i].backoff = BACKOFF_BACKGROUND;
    }
}

void pool_stop(struct pool *pool, struct step *step)
{
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        tickets_drop(step->tickets, pool->carriers[i].ticket);
    }
    pool_init(pool);
}

static void write_key(struct textbuf *key, const struct step *step, unsigned index)
{
    textbuf_text(key, "pool/");
    textbuf_text(key, step->config->carriers[index].name);
}

void pool_start(struct pool *pool, struct step *step)
{
    for (unsigned i = 0; i < step->config->carrier_count; i++) {
        char storage[POOL_KEY_SIZE];
        struct textbuf key;
        if (!wanted(step, i)) continue;
        textbuf_init(&key, storage, sizeof storage);
        write_key(&key, step, i);
        pool->carriers[i].ticket = step_read_blob(step, OWNER_POOL, i, textbuf_bytes(&key));
    }
}

/* One number a line: a person can read it. */
static void store(struct pool *pool, struct step *step, unsigned index)
{
    char storage[POOL_KEY_SIZE];
    struct textbuf key, lines;
    textbuf_init(&key, storage, sizeof storage);
    write_key(&key, step, index);
    commands_text_begin(step->commands, &lines, POOL_MAX * SHIPMENT_AWB_SIZE + 1);
    for (size_t i = 0; i < pool->carriers[index].count; i++) {
        textbuf_text(&lines, pool->carriers[index].awbs[i]);
        textbuf_char(&lines, '\n');
    }
    commands_blob(step->commands, textbuf_bytes(&key), commands_text_end(step->commands, &lines));
    (void)step_store(step);
}

static void grow_old(struct pool *pool, const struct step *step, unsigned index)
{
    if (step->now_ms >= pool->carriers[index].usable_ms)
        pool->carriers[index].aged = pool->carriers[index].count;
}

/* An answer that was given twice, by a courier or by something on the line, adds nothing. */
static void add(struct pool *pool, unsigned index, struct bytes awb)
{
    size_t *count = &pool->carriers[index].count;
    if (*count == POOL_MAX || awb.len == 0) return;
    for (size_t i = 0; i < *count; i++) {
        if (bytes_equal_text(awb, pool->carriers[index].awbs[i])) return;
    }
    if (bytes_to_text(awb, pool->carriers[index].awbs[*count], SHIPMENT_AWB_SIZE)) (*count)++;
}

static void plan(struct pool *pool, struct step *step, unsigned index)
{
    bool low = pool->carriers[index].count < step->config->carriers[index].pool_low;
    if (!low) pool->carriers[index].fetch_ms = NO_DEADLINE;
    else if (pool->carriers[index].fetch_ms == NO_DEADLINE)
        pool->carriers[index].fetch_ms = step->now_ms;
}

static void load(struct pool *pool, struct step *step, const struct event *event, unsigned index)
{
    struct bytes rest = event->blob.found ? event->blob.bytes : BYTES_NONE;
    struct bytes awb;
    while (bytes_split(&rest, '\n', &awb)) add(pool, index, awb);
    pool->carriers[index].loaded = true;
    plan(pool, step, index);
}

static void fetched(struct pool *pool, struct step *step, const struct event *event, unsigned index)
{
    struct carrier_task task;
    struct carrier_outcome *outcome = commands_room(step->commands, sizeof *outcome);
    carrier_task_init(&task, CARRIER_POOL, &no_shipment);
    carrier_outcome_init(outcome);
    task.count = POOL_BATCH;
    if (event->exchange.end != EXCHANGE_ANSWERED) {
        carrier_outcome_of_end(CARRIER_POOL, event->exchange.end, outcome);
    } else {
        (void)step->carriers[index]->take(&task, event->exchange.response, step->scratch, outcome);
    }
    if (outcome->result != CARRIER_OK || outcome->awb_count == 0) {
        int64_t pause_ms =
            backoff_next_ms(&pool->carriers[index].backoff, step, outcome->after_s * 1000);
        pool->carriers[index].fetch_ms = step->now_ms + pause_ms;
        return;
    }
    grow_old(pool, step, index); /* those that were here before the new ones come */
    for (size_t i = 0; i < outcome->awb_count; i++)
        add(pool, index, bytes_of_text(outcome->awbs[i]));
    backoff_reset(&pool->carriers[index].backoff);
    pool->carriers[index].fetch_ms = NO_DEADLINE;
    pool->carriers[index].usable_ms =
        step->now_ms + (int64_t)step->carriers[index]->promises.pool_min_age_s * 1000;
    store(pool, step, index);
    plan(pool, step, index);
}

void pool_step(struct pool *pool, struct step *step, const struct event *event, unsigned index)
{
    pool->carriers[index].ticket = 0;
    if (event->kind == EVENT_BLOB) load(pool, step, event, index);
    else if (event->kind == EVENT_EXCHANGE) fetched(pool, step, event, index);
}

void pool_tick(struct pool *pool, struct step *step)
{
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        if (pool->carriers[i].fetch_ms > step->now_ms || pool->carriers[i].ticket != 0) continue;
        if (!step_has_room(step)) return;
        struct carrier_task task;
        struct carrier_account account = step_carrier_account(step, i);
        struct http_request *request = step_request(step, 1024);
        const char *why = "";
        carrier_task_init(&task, CARRIER_POOL, &no_shipment);
        task.count = POOL_BATCH;
        if (!step->carriers[i]->build(&task, &account, request, &why)) {
            pool->carriers[i].fetch_ms =
                step->now_ms + backoff_next_ms(&pool->carriers[i].backoff, step, -1);
            continue;
        }
        request->reply_max = EXCHANGE_REPLY_MAX;
        pool->carriers[i].fetch_ms = NO_DEADLINE;
        pool->carriers[i].ticket =
            step_exchange(step, OWNER_POOL, i, SERVER_CARRIER_FIRST + i, request);
    }
}

bool pool_take(struct pool *pool, struct step *step, unsigned index,
               char out_awb[SHIPMENT_AWB_SIZE])
{
    if (!wanted(step, index) || pool->carriers[index].count == 0) return false;
    grow_old(pool, step, index);
    if (pool->carriers[index].aged == 0) return false;
    pool->carriers[index].aged--;
    size_t last = --pool->carriers[index].count;
    memcpy(out_awb, pool->carriers[index].awbs[0], SHIPMENT_AWB_SIZE);
    memmove(pool->carriers[index].awbs[0], pool->carriers[index].awbs[1], last * SHIPMENT_AWB_SIZE);
    store(pool, step, index);
    if (pool->carriers[index].ticket == 0) plan(pool, step, index);
    return true;
}

int64_t pool_deadline(const struct pool *pool)
{
    int64_t deadline_ms = NO_DEADLINE;
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        bool free = pool->carriers[i].ticket == 0;
        if (free && pool->carriers[i].fetch_ms < deadline_ms)
            deadline_ms = pool->carriers[i].fetch_ms;
    }
    return deadline_ms;
}
