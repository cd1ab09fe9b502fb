/* model_disk.c - the journal as the crash test proves it to be: what was acknowledged is there,
 * a batch is there whole or not at all, and one that was on its way when the power went may be
 * either. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

void disk_open(struct world *world)
{
    struct sim_disk *disk = &world->disk;
    disk->room = 1024;
    disk->facts = sim_alloc(disk->room * sizeof *disk->facts);
    disk->chain = sim_alloc(disk->room * sizeof *disk->chain);
    disk->buckets = sim_alloc(HASH_BUCKETS * sizeof *disk->buckets);
    disk->intents = sim_alloc(HASH_BUCKETS * sizeof *disk->intents);
    disk->intent_chain = sim_alloc(disk->room * sizeof *disk->intent_chain);
    disk->subjects = sim_alloc(HASH_BUCKETS * sizeof *disk->subjects);
    disk->subject_last = sim_alloc(HASH_BUCKETS * sizeof *disk->subject_last);
    disk->subject_chain = sim_alloc(disk->room * sizeof *disk->subject_chain);
}

void disk_close(struct world *world)
{
    struct sim_disk *disk = &world->disk;
    for (size_t i = 0; i < disk->count; i++) {
        free(disk->facts[i].key);
        free(disk->facts[i].kind);
        free(disk->facts[i].subject);
        free(disk->facts[i].body);
    }
    for (size_t b = 0; b < HASH_BUCKETS; b++) {
        while (disk->blobs[b] != NULL) {
            struct sim_blob *blob = disk->blobs[b];
            disk->blobs[b] = blob->next;
            free(blob->key);
            free(blob->data);
            free(blob);
        }
        while (world->labels[b] != NULL) {
            struct sim_label *label = world->labels[b];
            world->labels[b] = label->next;
            free(label);
        }
        while (world->numbers[b] != NULL) {
            struct sim_number *number = world->numbers[b];
            world->numbers[b] = number->next;
            free(number);
        }
    }
    free(disk->facts);
    free(disk->chain);
    free(disk->buckets);
    free(disk->intents);
    free(disk->intent_chain);
    free(disk->subjects);
    free(disk->subject_last);
    free(disk->subject_chain);
    for (size_t i = 0; i < 2; i++) {
        free(world->couriers[i].shipments);
        free(world->couriers[i].buckets);
    }
    free(world->oms.orders);
    free(world->oms.changes);
    free(world->cached);
    free(world->bench.shelf);
}

const struct sim_fact *disk_find(const struct world *world, const char *key)
{
    const struct sim_disk *disk = &world->disk;
    for (uint32_t i = disk->buckets[sim_hash(key)]; i != 0; i = disk->chain[i - 1]) {
        if (strcmp(disk->facts[i - 1].key, key) == 0) return &disk->facts[i - 1];
    }
    return NULL;
}

/* The reference stands in the body, as in every fact about a parcel. */
static bool reference_in(const char *body, char *out, size_t size)
{
    static const char name[] = "\"reference\":\"";
    const char *at = strstr(body, name);
    if (at == NULL) return false;
    at += sizeof name - 1;
    return bytes_to_text(bytes_of(at, strcspn(at, "\"")), out, size);
}

const struct sim_fact *disk_find_intent(const struct world *world, const char *reference)
{
    const struct sim_disk *disk = &world->disk;
    char each[SHIPMENT_REFERENCE_SIZE];
    for (uint32_t i = disk->intents[sim_hash(reference)]; i != 0; i = disk->intent_chain[i - 1]) {
        const struct sim_fact *fact = &disk->facts[i - 1];
        if (reference_in(fact->body, each, sizeof each) && strcmp(each, reference) == 0)
            return fact;
    }
    return NULL;
}

static void index_intent(struct sim_disk *disk, size_t index)
{
    const struct sim_fact *fact = &disk->facts[index];
    char reference[SHIPMENT_REFERENCE_SIZE];
    if (strcmp(fact->kind, "intent") != 0) return;
    if (!reference_in(fact->body, reference, sizeof reference)) return;
    disk->intent_chain[index] = disk->intents[sim_hash(reference)];
    disk->intents[sim_hash(reference)] = (uint32_t)index + 1;
}

/* In the order of the facts, so from the end of each chain. */
static void index_subject(struct sim_disk *disk, size_t index)
{
    uint32_t bucket = sim_hash(disk->facts[index].subject);
    uint32_t last = disk->subject_last[bucket];
    disk->subject_chain[index] = 0;
    if (last == 0) disk->subjects[bucket] = (uint32_t)index + 1;
    else disk->subject_chain[last - 1] = (uint32_t)index + 1;
    disk->subject_last[bucket] = (uint32_t)index + 1;
}

static void add_fact(struct world *world, const struct batch_fact *from)
{
    struct sim_disk *disk = &world->disk;
    if (disk->count == disk->room) {
        disk->room *= 2;
        disk->facts = realloc(disk->facts, disk->room * sizeof *disk->facts);
        disk->chain = realloc(disk->chain, disk->room * sizeof *disk->chain);
        disk->intent_chain = realloc(disk->intent_chain, disk->room * sizeof *disk->intent_chain);
        disk->subject_chain = realloc(disk->subject_chain, disk->room * sizeof(uint32_t));
        ENSURE(disk->subject_chain != NULL);
        ENSURE(disk->facts != NULL && disk->chain != NULL && disk->intent_chain != NULL);
    }
    struct sim_fact *fact = &disk->facts[disk->count];
    *fact = (struct sim_fact){.seq = (int64_t)disk->count + 1,
                              .at_ms = world->now_ms,
                              .key = sim_copy(from->key),
                              .kind = sim_copy(from->kind),
                              .subject = sim_copy(from->subject),
                              .body = sim_copy(from->body)};
    uint32_t bucket = sim_hash(fact->key);
    disk->chain[disk->count] = disk->buckets[bucket];
    disk->buckets[bucket] = (uint32_t)++disk->count;
    index_intent(disk, disk->count - 1);
    index_subject(disk, disk->count - 1);
    sim_trace(world, "fact", fact->key);
    rules_at_fact(world, fact);
}

static struct sim_blob **find_blob(struct world *world, const char *key)
{
    struct sim_blob **place = &world->disk.blobs[sim_hash(key)];
    while (*place != NULL && strcmp((*place)->key, key) != 0) place = &(*place)->next;
    return place;
}

const struct sim_blob *disk_find_blob(struct world *world, const char *key)
{
    return *find_blob(world, key);
}

static void put_blob(struct world *world, const struct batch_blob *from)
{
    char *key = sim_copy(from->key);
    struct sim_blob **place = find_blob(world, key);
    if (*place != NULL) { /* replaced or deleted: out it goes first */
        struct sim_blob *old = *place;
        *place = old->next;
        free(old->key);
        free(old->data);
        free(old);
    }
    if (from->data.data == NULL) {
        free(key);
        return;
    }
    struct sim_blob *blob = sim_alloc(sizeof *blob);
    blob->key = key;
    blob->data = (uint8_t *)sim_copy(from->data);
    blob->len = from->data.len;
    blob->next = world->disk.blobs[sim_hash(key)];
    world->disk.blobs[sim_hash(key)] = blob;
}

static bool has_double(struct world *world, const struct batch *batch)
{
    for (size_t i = 0; i < batch->fact_count; i++) {
        char *key = sim_copy(batch->facts[i].key);
        bool there = disk_find(world, key) != NULL;
        free(key);
        if (there) rules_at_double(world, batch->facts[i].key);
        if (there) return true;
    }
    return false;
}

/* There is one parcel in hand, so one intent in a batch at most. */
static bool intent_of(struct world *world, const struct batch *batch, struct parcel *out)
{
    struct scratch scratch = {world->json_memory, world->json_size};
    for (size_t i = 0; i < batch->fact_count; i++) {
        if (bytes_equal_text(batch->facts[i].kind, "intent"))
            return fact_parse(batch->facts[i].body, scratch, out);
    }
    return false;
}

static void commit(struct world *world, const struct batch *batch)
{
    struct parcel intent;
    for (size_t i = 0; i < batch->fact_count; i++) add_fact(world, &batch->facts[i]);
    for (size_t i = 0; i < batch->blob_count; i++) put_blob(world, &batch->blobs[i]);
    for (size_t i = 0; i < batch->cursor_count; i++) {
        const struct batch_cursor *cursor = &batch->cursors[i];
        int64_t seq = cursor->seq == 0 ? (int64_t)world->disk.count : cursor->seq;
        if (strcmp(cursor->name, "oms") == 0) world->disk.oms_seq = seq;
        else if (strcmp(cursor->name, "settled") == 0) world->disk.settled_seq = seq;
        else if (strcmp(cursor->name, "backlog") == 0) world->disk.backlog_seq = seq;
        else sim_violation(world, "only known cursors are stored", cursor->name);
    }
    rules_after_commit(world, batch, intent_of(world, batch, &intent) ? &intent : NULL);
}

static void tell_space(struct world *world, void *unused)
{
    (void)unused;
    if (world->now_ms < world->disk.full_until_ms) return;
    struct event space = {.kind = EVENT_DISK};
    space.disk.free_kib = 1000000;
    sim_give(world, &space); /* the reserve is there again */
}

void disk_store(struct world *world, const struct command *command)
{
    struct event event = {.kind = EVENT_STORED};
    event.store.ticket = command->store.ticket;
    event.store.took_ms = world->disk.flush_ms;
    if (sim_fault(world, FAULT_CUT_AT_STORE,
                  2)) { /* the power goes while the batch is on its way */
        if (sim_below(world, 2) == 0 && !has_double(world, command->store.batch))
            commit(world, command->store.batch);
        sim_cut_power(world);
        return;
    }
    bool full = world->now_ms < world->disk.full_until_ms;
    if (!full && sim_fault(world, FAULT_DISK_FULL, 1)) {
        int64_t longest_ms = world->options.faults == SIM_DISK ? 300000 : 3000;
        world->disk.full_until_ms = world->now_ms + sim_between(world, 1, longest_ms);
        sim_later_static(world, world->disk.full_until_ms - world->now_ms, true, tell_space);
        full = true;
    }
    bool once = !full && world->disk.full_batches > 0;
    if (once) world->disk.full_batches--;
    if (full || once) {
        event.kind = EVENT_STORE_FAILED;
        event.store.error = ERR_NO_SPACE;
    } else if (has_double(world, command->store.batch)) {
        event.kind = EVENT_STORE_FAILED;
        event.store.error = ERR_EXISTS;
    } else {
        commit(world, command->store.batch);
        event.store.last_seq = (int64_t)world->disk.count;
    }
    sim_give(world, &event);
    if (once) tell_space(world, NULL);
}

static int64_t reading_ms(struct world *world)
{
    return sim_fault(world, FAULT_DISK_SLOW, 100) ? sim_between(world, 1, 2000) : 0;
}

struct rows_request {
    uint32_t ticket;
    int64_t after_seq;
    char subject[ORDER_ID_SIZE];
    bool by_subject;
};

static void give_rows(struct world *world, void *data)
{
    const struct rows_request *request = data;
    const struct sim_disk *disk = &world->disk;
    struct event here = {.kind = EVENT_ROWS}, *event = &here;
    event->rows.ticket = request->ticket;
    uint32_t next = request->by_subject ? disk->subjects[sim_hash(request->subject)]
                                        : (uint32_t)request->after_seq + 1;
    while (next != 0 && next <= disk->count) {
        const struct sim_fact *fact = &disk->facts[next - 1];
        next = request->by_subject ? disk->subject_chain[next - 1] : next + 1;
        bool other = request->by_subject && (fact->seq <= request->after_seq ||
                                             strcmp(fact->subject, request->subject) != 0);
        if (other) continue;
        if (event->rows.count == EVENT_ROWS_MAX) {
            event->rows.more = true;
            break;
        }
        event->rows.rows[event->rows.count++] =
            (struct event_row){.seq = fact->seq,
                               .at_ms = fact->at_ms,
                               .key = bytes_of_text(fact->key),
                               .kind = bytes_of_text(fact->kind),
                               .subject = bytes_of_text(fact->subject),
                               .body = bytes_of_text(fact->body)};
    }
    sim_give(world, event);
}

void disk_read_rows(struct world *world, uint32_t ticket, int64_t after_seq, const char *subject)
{
    struct rows_request *request = sim_alloc(sizeof *request);
    request->ticket = ticket;
    request->after_seq = after_seq;
    request->by_subject = subject != NULL;
    if (subject != NULL) snprintf(request->subject, sizeof request->subject, "%s", subject);
    sim_later(world, reading_ms(world), false, give_rows, request);
}

struct blob_request {
    uint32_t ticket;
    char key[FACT_KEY_SIZE];
};

static void give_blob(struct world *world, void *data)
{
    const struct blob_request *request = data;
    struct event event = {.kind = EVENT_BLOB};
    const struct sim_blob *blob = *find_blob(world, request->key);
    event.blob.ticket = request->ticket;
    event.blob.found = blob != NULL;
    if (blob != NULL) event.blob.bytes = bytes_of(blob->data, blob->len);
    sim_give(world, &event);
}

void disk_read_blob(struct world *world, uint32_t ticket, struct bytes key)
{
    struct blob_request *request = sim_alloc(sizeof *request);
    request->ticket = ticket;
    ENSURE(bytes_to_text(key, request->key, sizeof request->key));
    sim_later(world, reading_ms(world), false, give_blob, request);
}
