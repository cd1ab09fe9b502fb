/* pool.c - see pool.h for the rule that keeps a number from being given twice. */
#include "firmware/station/pool.h"

#include <string.h>

#define POOL_KEY_SIZE 80
#define EXPIRED_AT_ONCE 3u /* each is a blob less, and a batch holds few */
#define POOL_BATCH 100u    /* asked for at once; a bench packs about 100 parcels an hour */

static const struct shipment no_shipment; /* asking for numbers needs none */

static unsigned carrier_of(unsigned index)
{
    return index % CONFIG_CARRIERS_MAX;
}

static bool is_cash(unsigned index)
{
    return index >= CONFIG_CARRIERS_MAX;
}

static bool wanted(const struct step *step, unsigned index)
{
    unsigned carrier = carrier_of(index);
    bool known = carrier < step->config->carrier_count && step->carriers[carrier] != NULL;
    return known && step->carriers[carrier]->promises.pool &&
           (!is_cash(index) || step->carriers[carrier]->promises.pool_per_payment) &&
           step->config->carriers[carrier].pool_low > 0;
}

static void clear(struct pool_list *list)
{
    memset(list, 0, sizeof *list);
    list->fetch_ms = NO_DEADLINE;
    list->backoff = BACKOFF_BACKGROUND;
}

void pool_init(struct pool *pool)
{
    for (unsigned i = 0; i < POOL_LISTS; i++) clear(&pool->lists[i]);
    pool->expired = 0;
}

void pool_stop(struct pool *pool, struct step *step)
{
    for (unsigned i = 0; i < POOL_LISTS; i++) tickets_drop(step->tickets, pool->lists[i].ticket);
    pool_init(pool);
}

/* "pool/delhivery", "pool/delhivery.cod", and a batch of it "pool/delhivery/12". */
static struct bytes list_key(const struct step *step, unsigned index, char storage[POOL_KEY_SIZE])
{
    struct textbuf key;
    textbuf_init(&key, storage, POOL_KEY_SIZE);
    textbuf_format(&key, "pool/%s%s", step->config->carriers[carrier_of(index)].name,
                   is_cash(index) ? ".cod" : "");
    return textbuf_bytes(&key);
}

static struct bytes batch_key(const struct step *step, unsigned index, uint32_t number,
                              char storage[POOL_KEY_SIZE])
{
    struct textbuf key;
    textbuf_init(&key, storage, POOL_KEY_SIZE);
    (void)list_key(step, index, storage);
    key.len = strlen(storage);
    textbuf_format(&key, "/%u", (unsigned)number);
    return textbuf_bytes(&key);
}

void pool_start(struct pool *pool, struct step *step)
{
    char storage[POOL_KEY_SIZE];
    for (unsigned i = 0; i < POOL_LISTS; i++) {
        if (!wanted(step, i)) continue;
        pool->lists[i].ticket = step_read_blob(step, OWNER_POOL, i, list_key(step, i, storage));
    }
}

/* "first used next": which batches there are, and how many of the first one are given out. */
static void store_head(struct pool_list *list, struct step *step, unsigned index)
{
    char storage[POOL_KEY_SIZE], text[48];
    struct textbuf head;
    uint32_t first = list->batch_count > 0 ? list->batches[0].number : list->next_number;
    textbuf_init(&head, text, sizeof text);
    textbuf_format(&head, "%u %u %u\n", (unsigned)first, (unsigned)list->used,
                   (unsigned)list->next_number);
    commands_blob(step->commands, list_key(step, index, storage), textbuf_bytes(&head));
    list->storing = step_store(step);
}

static void drop_first_batch(struct pool_list *list, struct step *step, unsigned index)
{
    char storage[POOL_KEY_SIZE];
    commands_blob_delete(step->commands, batch_key(step, index, list->batches[0].number, storage));
    list->batch_count--;
    memmove(&list->batches[0], &list->batches[1], list->batch_count * sizeof list->batches[0]);
    list->used = 0;
}

static void plan(struct pool_list *list, const struct step *step, unsigned index)
{
    const struct config_carrier *carrier = &step->config->carriers[carrier_of(index)];
    uint32_t level =
        carrier->pool_level > carrier->pool_low ? carrier->pool_level : carrier->pool_low;
    if (list->count < carrier->pool_low) list->filling = true;
    bool room = list->count + POOL_BATCH <= POOL_MAX && list->batch_count < POOL_BATCHES_MAX;
    if (list->count >= level || !room) list->filling = false;
    if (!list->filling) list->fetch_ms = NO_DEADLINE;
    else if (list->fetch_ms == NO_DEADLINE) list->fetch_ms = step->now_ms;
}

/* An answer that was given twice, by a courier or by something on the line, adds nothing. */
static bool add(struct pool_list *list, struct bytes awb)
{
    if (list->count == POOL_MAX || awb.len == 0) return false;
    for (size_t i = 0; i < list->count; i++) {
        if (bytes_equal_text(awb, list->awbs[i])) return false;
    }
    if (!bytes_to_text(awb, list->awbs[list->count], SHIPMENT_AWB_SIZE)) return false;
    list->count++;
    return true;
}

static int64_t min_age_ms(const struct step *step, unsigned index)
{
    return (int64_t)step->carriers[carrier_of(index)]->promises.pool_min_age_s * 1000;
}

/* The age of a batch from before the start is known by the wall clock, or it begins now. */
static int64_t usable_at_ms(const struct step *step, unsigned index, int64_t fetched_ms)
{
    int64_t rest_ms = min_age_ms(step, index);
    if (step->wall_trusted && fetched_ms > 0 && step->wall_ms > fetched_ms)
        rest_ms -= step->wall_ms - fetched_ms;
    return step->now_ms + (rest_ms > 0 ? rest_ms : 0);
}

/* --- reading what is on disk --- */

static void read_batch(struct pool_list *list, struct step *step, unsigned index)
{
    char storage[POOL_KEY_SIZE];
    bool done = list->loading >= list->next_number || list->batch_count == POOL_BATCHES_MAX;
    if (done) {
        list->loaded = true;
        plan(list, step, index);
        return;
    }
    list->ticket =
        step_read_blob(step, OWNER_POOL, index, batch_key(step, index, list->loading, storage));
}

static void take_head(struct pool_list *list, struct step *step, const struct event *event,
                      unsigned index)
{
    struct bytes rest = event->blob.found ? event->blob.bytes : BYTES_NONE, word;
    uint64_t numbers[3] = {0};
    list->headed = true;
    rest = bytes_trim(rest);
    for (size_t i = 0; i < ARRAY_LEN(numbers) && bytes_split(&rest, ' ', &word); i++) {
        if (!bytes_to_u64(word, UINT32_MAX / 2, &numbers[i])) numbers[i] = 0;
    }
    list->loading = (uint32_t)numbers[0];
    list->used = (uint32_t)numbers[1];
    list->next_number = (uint32_t)numbers[2];
    read_batch(list, step, index);
}

/* First line: when it was fetched; then one number a line, so that a person can read it. */
static void take_batch(struct pool_list *list, struct step *step, const struct event *event,
                       unsigned index)
{
    struct bytes rest = event->blob.found ? event->blob.bytes : BYTES_NONE, line;
    struct pool_batch batch = {.number = list->loading};
    uint64_t fetched_ms = 0;
    uint32_t skip = list->batch_count == 0 ? list->used : 0;
    if (bytes_split(&rest, '\n', &line) && !bytes_to_u64(line, INT64_MAX, &fetched_ms))
        fetched_ms = 0;
    batch.fetched_ms = (int64_t)fetched_ms;
    batch.usable_at_ms = usable_at_ms(step, index, batch.fetched_ms);
    for (uint32_t i = 0; bytes_split(&rest, '\n', &line); i++) {
        if (i >= skip && add(list, line)) batch.left++;
    }
    if (batch.left > 0) list->batches[list->batch_count++] = batch;
    else if (list->batch_count == 0) list->used = 0; /* the next one is the first */
    list->loading++;
    read_batch(list, step, index);
}

/* --- fetching more --- */

static void store_batch(struct pool_list *list, struct step *step, unsigned index,
                        const struct pool_batch *batch)
{
    char storage[POOL_KEY_SIZE];
    struct textbuf lines;
    commands_text_begin(step->commands, &lines, (CARRIER_POOL_BATCH_MAX + 1) * SHIPMENT_AWB_SIZE);
    textbuf_format(&lines, "%lld\n", (long long)batch->fetched_ms);
    for (size_t i = list->count - batch->left; i < list->count; i++) {
        textbuf_text(&lines, list->awbs[i]);
        textbuf_char(&lines, '\n');
    }
    commands_blob(step->commands, batch_key(step, index, batch->number, storage),
                  commands_text_end(step->commands, &lines));
}

static struct pool_batch new_batch(const struct pool_list *list, const struct step *step,
                                   int64_t usable_at_ms)
{
    return (struct pool_batch){.number = list->next_number,
                               .fetched_ms = step->wall_trusted ? step->wall_ms : 0,
                               .usable_at_ms = usable_at_ms};
}

/* Its numbers are the last of the list. */
static void keep_batch(struct pool_list *list, struct step *step, unsigned index,
                       const struct pool_batch *batch)
{
    list->next_number++;
    list->batches[list->batch_count++] = *batch;
    store_batch(list, step, index, batch);
    store_head(list, step, index);
    list->storing_fetch = true;
}

static void keep(struct pool_list *list, struct step *step, unsigned index,
                 const struct carrier_outcome *outcome)
{
    struct pool_batch batch = new_batch(list, step, step->now_ms + min_age_ms(step, index));
    for (size_t i = 0; i < outcome->awb_count; i++)
        batch.left += add(list, bytes_of_text(outcome->awbs[i]));
    if (batch.left > 0) keep_batch(list, step, index, &batch);
}

/* --- taking over from a dead box --- */

static unsigned find_list(const struct step *step, struct bytes name)
{
    unsigned index = 0;
    for (; index < POOL_LISTS; index++) {
        char storage[POOL_KEY_SIZE];
        if (!wanted(step, index)) continue;
        struct bytes key = list_key(step, index, storage);
        if (bytes_equal(name, bytes_from(key, sizeof "pool/" - 1))) break;
    }
    return index;
}

static void log_count(struct step *step, enum log_level level, const char *id, unsigned index,
                      uint32_t numbers)
{
    char count[12];
    struct textbuf text;
    textbuf_init(&text, count, sizeof count);
    textbuf_u64(&text, numbers);
    commands_log(step->commands, level, id, "carrier",
                 step->config->carriers[carrier_of(index)].name, "count", count, NULL);
}

bool pool_take_over(struct pool *pool, struct step *step, const char *text)
{
    struct bytes rest = bytes_trim(bytes_of_text(text)), word;
    if (!bytes_split(&rest, ' ', &word)) return false;
    unsigned index = find_list(step, word);
    if (index == POOL_LISTS) return false;
    struct pool_list *list = &pool->lists[index];
    bool free = list->loaded && list->ticket == 0 && list->storing == 0;
    if (!free || list->batch_count == POOL_BATCHES_MAX) return false;
    struct pool_batch batch = new_batch(list, step, step->now_ms);
    while (batch.left < CARRIER_POOL_BATCH_MAX && bytes_split(&rest, ' ', &word))
        batch.left += add(list, word);
    if (batch.left == 0) return false;
    keep_batch(list, step, index, &batch);
    log_count(step, LOG_NOTICE, "log_pool_taken_over", index, batch.left);
    return true;
}

static void fetched(struct pool_list *list, struct step *step, const struct event *event,
                    unsigned index)
{
    struct carrier_task task;
    struct carrier_outcome *outcome = commands_room(step->commands, sizeof *outcome);
    carrier_task_init(&task, CARRIER_POOL, &no_shipment);
    carrier_outcome_init(outcome);
    task.count = POOL_BATCH;
    if (event->exchange.end != EXCHANGE_ANSWERED) {
        carrier_outcome_of_end(CARRIER_POOL, event->exchange.end, outcome);
    } else {
        (void)step->carriers[carrier_of(index)]->take(&task, event->exchange.response,
                                                      step->scratch, outcome);
    }
    size_t before = list->count;
    bool good = outcome->result == CARRIER_OK && outcome->awb_count > 0;
    if (good) keep(list, step, index, outcome);
    if (!good || list->count == before) { /* nothing, or nothing new */
        int64_t pause_ms = backoff_next_ms(&list->backoff, step, outcome->after_s * 1000);
        list->fetch_ms = step->now_ms + pause_ms;
        return;
    }
    backoff_reset(&list->backoff);
    list->fetch_ms = NO_DEADLINE;
    plan(list, step, index);
}

void pool_step(struct pool *pool, struct step *step, const struct event *event, unsigned index)
{
    struct pool_list *list = &pool->lists[index];
    list->ticket = 0;
    if (event->kind == EVENT_EXCHANGE) fetched(list, step, event, index);
    else if (event->kind == EVENT_BLOB && !list->headed) take_head(list, step, event, index);
    else if (event->kind == EVENT_BLOB) take_batch(list, step, event, index);
}

static void ask(struct pool_list *list, struct step *step, unsigned index)
{
    struct carrier_task task;
    unsigned carrier = carrier_of(index);
    struct carrier_account account = step_carrier_account(step, carrier);
    struct http_request *request = step_request(step, 1024);
    const char *why = "";
    carrier_task_init(&task, CARRIER_POOL, &no_shipment);
    task.shipment.payment = is_cash(index) ? PAYMENT_COD : PAYMENT_PREPAID;
    task.count = POOL_BATCH;
    if (!step->carriers[carrier]->build(&task, &account, request, &why)) {
        list->fetch_ms = step->now_ms + backoff_next_ms(&list->backoff, step, -1);
        return;
    }
    request->reply_max = EXCHANGE_REPLY_MAX;
    list->fetch_ms = NO_DEADLINE;
    list->ticket = step_exchange(step, OWNER_POOL, index, SERVER_CARRIER_FIRST + carrier, request);
}

void pool_tick(struct pool *pool, struct step *step)
{
    for (unsigned i = 0; i < POOL_LISTS; i++) {
        struct pool_list *list = &pool->lists[i];
        if (list->fetch_ms > step->now_ms || list->ticket != 0) continue;
        if (!step_has_room(step)) return;
        ask(list, step, i);
    }
}

/* --- giving out --- */

static bool has_expired(const struct step *step, unsigned index, const struct pool_batch *batch)
{
    int64_t max_age_ms = (int64_t)step->carriers[carrier_of(index)]->promises.pool_max_age_s * 1000;
    return max_age_ms > 0 && step->wall_trusted && batch->fetched_ms > 0 &&
           step->wall_ms - batch->fetched_ms > max_age_ms;
}

static void remove_front(struct pool_list *list, size_t count)
{
    list->count -= count;
    memmove(list->awbs[0], list->awbs[count], list->count * SHIPMENT_AWB_SIZE);
}

/* A few batches at once; the rest when the next number is wanted. True when there was one. */
static bool throw_away(struct pool *pool, struct step *step, unsigned index)
{
    struct pool_list *list = &pool->lists[index];
    uint32_t thrown = 0;
    for (unsigned i = 0; i < EXPIRED_AT_ONCE && list->batch_count > 0; i++) {
        if (!has_expired(step, index, &list->batches[0])) break;
        thrown += list->batches[0].left;
        remove_front(list, list->batches[0].left);
        drop_first_batch(list, step, index);
    }
    if (thrown == 0) return false;
    log_count(step, LOG_WARNING, "log_pool_expired", index, thrown);
    pool->expired += thrown;
    return true;
}

bool pool_take(struct pool *pool, struct step *step, unsigned carrier, enum payment payment,
               char out_awb[SHIPMENT_AWB_SIZE])
{
    unsigned index = carrier;
    if (payment == PAYMENT_COD && wanted(step, carrier + CONFIG_CARRIERS_MAX))
        index += CONFIG_CARRIERS_MAX;
    struct pool_list *list = &pool->lists[index];
    if (!wanted(step, index) || !list->loaded) return false;
    bool thrown = throw_away(pool, step, index);
    bool there = list->batch_count > 0 && list->batches[0].usable_at_ms <= step->now_ms &&
                 !has_expired(step, index, &list->batches[0]);
    if (!there) {
        if (thrown) store_head(list, step, index);
        return false;
    }
    memcpy(out_awb, list->awbs[0], SHIPMENT_AWB_SIZE);
    memcpy(list->taken, list->awbs[0], SHIPMENT_AWB_SIZE);
    list->taken_batch = list->batches[0];
    list->taken_used = list->used;
    remove_front(list, 1);
    list->used++;
    if (--list->batches[0].left == 0) drop_first_batch(list, step, index);
    store_head(list, step, index);
    list->storing_take = true;
    if (list->ticket == 0) plan(list, step, index);
    return true;
}

/* The parcel's intent was not stored, so nothing was sent under this number. */
static void give_back(struct pool_list *list)
{
    bool same = list->batch_count > 0 && list->batches[0].number == list->taken_batch.number;
    if (list->count == POOL_MAX || (!same && list->batch_count == POOL_BATCHES_MAX)) return;
    memmove(list->awbs[1], list->awbs[0], list->count * SHIPMENT_AWB_SIZE);
    memcpy(list->awbs[0], list->taken, SHIPMENT_AWB_SIZE);
    list->count++;
    if (!same) { /* it was the last of its batch */
        memmove(&list->batches[1], &list->batches[0], list->batch_count * sizeof list->batches[0]);
        list->batch_count++;
    }
    list->batches[0] = list->taken_batch;
    list->used = list->taken_used;
}

/* What the courier gave is not on disk: it is asked again, these numbers are nobody's. */
static void forget_fetched(struct pool_list *list)
{
    struct pool_batch *last = &list->batches[--list->batch_count];
    list->count -= last->left;
    list->next_number--;
}

void pool_stored(struct pool *pool, struct step *step, uint32_t ticket, enum err error)
{
    for (unsigned i = 0; i < POOL_LISTS; i++) {
        struct pool_list *list = &pool->lists[i];
        if (ticket == 0 || list->storing != ticket) continue;
        if (error != ERR_NONE && list->storing_take) give_back(list);
        if (error != ERR_NONE && list->storing_fetch) forget_fetched(list);
        list->storing = 0;
        list->storing_take = list->storing_fetch = false;
        if (list->ticket == 0 && list->loaded) plan(list, step, i);
    }
}

size_t pool_count(const struct pool *pool, unsigned carrier)
{
    return pool->lists[carrier].count + pool->lists[carrier + CONFIG_CARRIERS_MAX].count;
}

int64_t pool_deadline(const struct pool *pool)
{
    int64_t deadline_ms = NO_DEADLINE;
    for (unsigned i = 0; i < POOL_LISTS; i++) {
        bool free = pool->lists[i].ticket == 0;
        if (free && pool->lists[i].fetch_ms < deadline_ms) deadline_ms = pool->lists[i].fetch_ms;
    }
    return deadline_ms;
}
