/* world.c - the clock, the queue, chance, power; and the station between them. */
#include "tests/sim/world.h"

#include <stdlib.h>
#include <string.h>

#include "carriers/carrier_list.h"
#include "tests/sim/sim_config.h"

#define STEPS_WITHOUT_TIME_MAX 2000u
#define HOUR_MS 3600000
#define HEAL_LIMIT_MS (12 * HOUR_MS)
#define PARCEL_LIMIT_MS (HOUR_MS / 2) /* in the worst of worlds, with a day on top */
#define AWAY_EVERY_MS 60000

void *sim_alloc(size_t size)
{
    void *memory = calloc(1, size);
    ENSURE(memory != NULL);
    return memory;
}

char *sim_copy(struct bytes bytes)
{
    char *text = sim_alloc(bytes.len + 1);
    if (bytes.len > 0) memcpy(text, bytes.data, bytes.len);
    return text;
}

uint32_t sim_hash(const char *text)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *text != '\0'; text++) hash = (hash ^ (uint8_t)*text) * 16777619u;
    return hash % HASH_BUCKETS;
}

uint64_t sim_random(struct world *world)
{
    uint64_t word = (world->random += 0x9E3779B97F4A7C15u);
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}

uint64_t sim_below(struct world *world, uint64_t limit)
{
    return sim_random(world) % limit;
}

int64_t sim_between(struct world *world, int64_t low, int64_t high)
{
    return low + (int64_t)sim_below(world, (uint64_t)(high - low + 1));
}

void sim_chance_anew(struct world *world, uint64_t place)
{
    world->random = world->options.seed + place * 0xD1B54A32D192ED03u;
    (void)sim_random(world);
}

bool sim_fault(struct world *world, enum sim_fault fault, unsigned per_mille)
{
    const struct sim_options *options = &world->options;
    if (world->healed) return false;
    struct sim_fault_id id = {fault, ++world->asked[fault]};
    bool comes = options->only != NULL
                     ? sim_fault_list_has(options->only, id)
                     : sim_fault_drawn(options->faults, options->seed, id, per_mille);
    if (!comes) return false;
    if (options->fired != NULL) sim_fault_list_add(options->fired, id);
    world->report.tally.faults[fault]++;
    sim_trace(world, "fault", sim_fault_word(fault));
    return true;
}

bool sim_chance(struct world *world, unsigned per_mille)
{
    return sim_fault(world, FAULT_OTHER, per_mille);
}

static bool is_before(const struct sim_entry *a, const struct sim_entry *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void queue_push(struct world *world, struct sim_entry entry)
{
    if (world->queue_len == world->queue_room) {
        world->queue_room = world->queue_room == 0 ? 256 : world->queue_room * 2;
        world->queue = realloc(world->queue, world->queue_room * sizeof entry);
        ENSURE(world->queue != NULL);
    }
    size_t at = world->queue_len++;
    while (at > 0 && is_before(&entry, &world->queue[(at - 1) / 2])) {
        world->queue[at] = world->queue[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    world->queue[at] = entry;
}

static bool queue_pop(struct world *world, struct sim_entry *out)
{
    if (world->queue_len == 0) return false;
    *out = world->queue[0];
    struct sim_entry last = world->queue[--world->queue_len];
    size_t at = 0;
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= world->queue_len) break;
        if (child + 1 < world->queue_len &&
            is_before(&world->queue[child + 1], &world->queue[child]))
            child++;
        if (!is_before(&world->queue[child], &last)) break;
        world->queue[at] = world->queue[child];
        at = child;
    }
    world->queue[at] = last;
    return true;
}

void sim_later(struct world *world, int64_t in_ms, bool outlives, world_fn *run, void *data)
{
    queue_push(world, (struct sim_entry){.at_ms = world->now_ms + (in_ms > 0 ? in_ms : 0),
                                         .order = world->queue_order++,
                                         .life = outlives ? 0 : world->life,
                                         .run = run,
                                         .data = data});
}

void sim_later_static(struct world *world, int64_t in_ms, bool outlives, world_fn *run)
{
    sim_later(world, in_ms, outlives, run, NULL);
}

void sim_trace(struct world *world, const char *what, const char *detail)
{
    uint64_t hash = world->report.trace_hash ^ (uint64_t)world->now_ms;
    for (const char *p = what; *p != '\0'; p++) hash = (hash ^ (uint8_t)*p) * 1099511628211u;
    for (const char *p = detail; *p != '\0'; p++) hash = (hash ^ (uint8_t)*p) * 1099511628211u;
    world->report.trace_hash = hash;
    if (world->options.trace == NULL) return;
    if (!world->options.trace_raw) {
        trace_tell(world, what, detail);
        return;
    }
    fprintf(world->options.trace, "%9lld.%03lld %s %s\n", (long long)(world->now_ms / 1000),
            (long long)(world->now_ms % 1000), what, detail);
}

void sim_violation(struct world *world, const char *rule, const char *detail)
{
    sim_trace(world, "VIOLATION", rule);
    sim_trace(world, "VIOLATION", detail);
    if (world->report.violations++ > 0) return;
    snprintf(world->report.first_violation, sizeof world->report.first_violation, "%s: %s", rule,
             detail);
}

static void trace_log(struct world *world, const struct command *command)
{
    char line[160];
    struct bytes first = command->log.count > 0 ? command->log.arguments[0].value : BYTES_NONE;
    snprintf(line, sizeof line, "%s %.*s", command->log.id, (int)first.len,
             (const char *)first.data);
    sim_trace(world, "log", line);
}

static void perform(struct world *world, const struct command *command)
{
    switch (command->kind) {
    case COMMAND_STORE: break; /* first of all: see sim_give */
    case COMMAND_READ_ROWS:
        disk_read_rows(world, command->read.ticket, command->read.after_seq, NULL);
        break;
    case COMMAND_READ_SUBJECT: {
        char *subject = sim_copy(command->read.key);
        disk_read_rows(world, command->read.ticket, command->read.after_seq, subject);
        free(subject);
        break;
    }
    case COMMAND_READ_BLOB: disk_read_blob(world, command->read.ticket, command->read.key); break;
    case COMMAND_CACHE_PUT: oms_cache_put(world, command); break;
    case COMMAND_CACHE_FIND:
        oms_cache_find(world, command->cache.ticket, command->cache.scan);
        break;
    case COMMAND_CACHE_FORGET: world->cache_cursor = 0; break;
    case COMMAND_PORT_OPEN: bench_open(world, command); break;
    case COMMAND_PORT_WRITE: bench_write(world, command); break;
    case COMMAND_PORT_CLOSE: break;
    case COMMAND_PORT_MEND: bench_mend(world, command); break;
    case COMMAND_EXCHANGE:
        trace_request(world, command);
        rules_at_request(world, command);
        if (command->exchange.server == SERVER_OMS) {
            oms_exchange(world, command->exchange.ticket, command->exchange.request);
        } else {
            courier_exchange(world, command->exchange.ticket,
                             command->exchange.server - SERVER_CARRIER_FIRST,
                             command->exchange.request);
        }
        break;
    case COMMAND_EXCHANGE_CANCEL: break; /* its answer will find nobody */
    case COMMAND_RENDER: render_draw(world, command); break;
    case COMMAND_SHOW: break;
    case COMMAND_LOG:
        world->label_logs += strncmp(command->log.id, "log_label_", 10) == 0;
        trace_log(world, command);
        break;
    case COMMAND_CONFIG_ADOPTED: /* its couriers were looked up again */
        if (world->keyless) world->station->carriers[0] = &world->plain;
        break;
    case COMMAND_CONFIG_REJECTED: break;
    }
}

static void deadline_due(struct world *world, void *data)
{
    const uint64_t *mark = data;
    if (*mark != world->deadline_mark) return;
    struct event event = {.kind = EVENT_DEADLINE};
    sim_give(world, &event);
}

static void plan_deadline(struct world *world)
{
    int64_t deadline_ms = station_deadline(world->station);
    uint64_t *mark = sim_alloc(sizeof *mark);
    *mark = ++world->deadline_mark;
    if (deadline_ms == NO_DEADLINE) {
        free(mark);
        return;
    }
    sim_later(world, deadline_ms - world->now_ms, false, deadline_due, mark);
}

static void count_step(struct world *world)
{
    bool stands = world->last_step_ms == world->now_ms;
    world->report.steps++;
    world->last_step_ms = world->now_ms;
    world->steps_without_time = stands ? world->steps_without_time + 1 : 0;
    if (world->steps_without_time == STEPS_WITHOUT_TIME_MAX) {
        sim_violation(world, "the station spins",
                      packing_state_word(world->station->packing.state));
    }
}

void sim_give(struct world *world, struct event *event)
{
    if (!world->running) return;
    event->now_ms = world->now_ms;
    event->wall_ms = 1790000000000 + world->now_ms;
    event->wall_trusted = true;
    count_step(world);
    sim_trace(world, "event", event_kind_word(event->kind));
    uint32_t life = world->life;
    struct tally_mark mark;
    tally_before(&world->report.tally, world->station, event, &mark);
    if (event->kind == EVENT_EXCHANGE) {
        const struct http_response *response = event->exchange.response;
        trace_answer(world, event->exchange.ticket, event->exchange.end,
                     response == NULL ? 0 : response->status);
    }
    station_step(world->station, event, world->commands);
    tally_after(&world->report.tally, world->station, &mark);
    trace_screen(world);
    for (size_t i = 0; i < world->commands->count && world->life == life; i++) {
        sim_trace(world, "command", command_kind_word(world->commands->items[i].kind));
        perform(world, &world->commands->items[i]);
    }
    const struct command *store = NULL;
    for (size_t i = 0; i < world->commands->count && world->life == life; i++) {
        if (world->commands->items[i].kind == COMMAND_STORE) store = &world->commands->items[i];
    }
    if (world->life == life) rules_after_step(world);
    if (world->life == life && store != NULL)
        disk_store(world, store); /* gives STORED, nothing between */
    if (world->life == life) plan_deadline(world);
}

static void start_station(struct world *world, void *unused)
{
    (void)unused;
    struct event event = {.kind = EVENT_STARTED};
    event.started.seed = sim_random(world);
    memcpy(event.started.epoch, "0123456789abcdef", 17);
    event.started.settled_seq = world->disk.settled_seq;
    event.started.oms_seq = world->disk.oms_seq;
    event.started.backlog_seq = world->disk.backlog_seq;
    snprintf(event.started.cursor, sizeof event.started.cursor, "%s", "");
    if (world->cache_cursor > 0) {
        snprintf(event.started.cursor, sizeof event.started.cursor, "c%u", world->cache_cursor);
    }
    world->life++;
    world->running = true;
    world->screen = NULL;
    sim_trace(world, "power", "on");
    station_init(world->station, &world->config, &world->secrets);
    if (world->keyless) world->station->carriers[0] = &world->plain;
    bench_start(world);
    plugs_start(world);
    sim_give(world, &event);
}

void sim_cut_power(struct world *world)
{
    if (!world->running) return;
    sim_trace(world, "power", "cut");
    world->report.cuts++;
    tally_cut(&world->report.tally, world->station);
    world->running = false;
    world->life++;                   /* whatever was for the old life is dropped */
    if (sim_below(world, 10) == 0) { /* the cache may be lost without harm */
        memset(world->cached, 0, world->oms.count);
        world->cache_cursor = 0;
    }
    bench_cut(world);
    int64_t longest_ms = world->options.faults == SIM_POWER ? 4000 : 20000;
    sim_later_static(world, sim_between(world, 2000, longest_ms), true, start_station);
}

static void maybe_cut(struct world *world, void *unused)
{
    (void)unused;
    if (world->healed) return;
    if (sim_fault(world, FAULT_POWER_CUT, 100)) sim_cut_power(world);
    int64_t longest_ms = world->options.faults == SIM_POWER ? 15000 : 60000;
    sim_later_static(world, sim_between(world, 1000, longest_ms), true, maybe_cut);
}

/* Outages of hours, each server for itself. */
static void maybe_away(struct world *world, void *unused)
{
    static const enum sim_fault faults[] = {FAULT_SANDBOX_AWAY, FAULT_DELHIVERY_AWAY,
                                            FAULT_OMS_AWAY};
    (void)unused;
    if (world->healed) return;
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        if (world->away_until_ms[i] > world->now_ms || !sim_fault(world, faults[i], 150)) continue;
        world->away_until_ms[i] = world->now_ms + sim_between(world, HOUR_MS, 3 * HOUR_MS);
    }
    sim_later_static(world, AWAY_EVERY_MS, true, maybe_away);
}

/* What there is still to do; NULL: nothing. */
static const char *what_is_left(const struct world *world)
{
    const struct station *station = world->station;
    if (!world->running || station->recovery.state != RECOVERY_DONE) return "the start";
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        enum booking_state state = station->bookings[slot].state;
        if (state != BOOKING_FREE && state != BOOKING_PERSON) return booking_state_word(state);
    }
    if (station->sync.state != SYNC_IDLE || station->sync.work) return "events";
    if (!backlog_idle(&station->backlog)) return "the backlog";
    if (world->oms.told_count < world->oms.change_count) return "the feed";
    if (station->voids.count > 0) return "voids";
    if (station->recalls.unstored) return "recalls";
    return bench_done(world) ? NULL : packing_state_word(station->packing.state);
}

static void run_next(struct world *world)
{
    struct sim_entry entry;
    if (!queue_pop(world, &entry)) return;
    ENSURE(entry.at_ms >= world->now_ms);
    world->now_ms = entry.at_ms;
    if (entry.life == 0 || entry.life == world->life) entry.run(world, entry.data);
    free(entry.data);
}

static void run_queue(struct world *world)
{
    int64_t healed_ms = 0;
    int64_t limit_ms = 24 * HOUR_MS + world->options.parcels * (int64_t)PARCEL_LIMIT_MS;
    while (world->queue_len > 0 && world->report.violations == 0) {
        run_next(world);
        if (!world->healed && world->now_ms > limit_ms) {
            sim_violation(world, "the bench never stands still for ever",
                          packing_state_word(world->station->packing.state));
        }
        if (!world->healed && bench_done(world)) {
            world->healed = true;
            healed_ms = world->now_ms;
            memset(world->away_until_ms, 0, sizeof world->away_until_ms);
            world->disk.full_until_ms = 0;
            sim_trace(world, "world", "healed");
        }
        const char *left = world->healed ? what_is_left(world) : NULL;
        if (world->healed && left == NULL) return;
        if (world->healed && world->now_ms - healed_ms > HEAL_LIMIT_MS)
            sim_violation(world, "after the faults end, everything comes to an end", left);
    }
}

/* On odd seeds the first courier has no idempotency key: there only the settle window and the
 * look-up stand between a lost answer and a second booking. */
static void choose_courier(struct world *world)
{
    world->plain = *carrier_find(BYTES_LITERAL("sandbox"));
    world->plain.promises.repeat = REPEAT_DUPLICATES;
    world->plain.promises.settle_s = 20;
    world->plain.promises.lookup_lag_s = 10;
    world->plain.promises.pool = false;
    world->keyless = world->options.seed % 2 == 1;
    world->pages = world->options.seed % 3 == 2;
    world->plain.promises.label_self_drawn =
        world->options.seed % 4 != 1; /* else: its own or none */
    if (world->options.seed % 4 == 3 || world->options.seed % 4 == 0)
        world->config.printer.draw = CONFIG_DRAW_PRINTER;
    world->plain.promises.lookup_reference = world->options.seed % 8 != 5; /* else: a person asks */
    world->config.automatic = world->options.seed % 5 != 4;
    if (world->options.seed / 2 % 4 == 3) { /* a bench that checks its scale every day */
        world->config.scale.check_mass_mg = 5000000;
        world->config.scale.check_tolerance_mg = 2000;
        world->config.scale.utc_offset_min = 330;
    }
}

struct world *sim_open(const struct sim_options *options)
{
    struct world *world = sim_alloc(sizeof *world);
    ENSURE(options->parcels > 0 && options->parcels < ORDER_COUNT_MAX);
    world->options = *options;
    world->random = options->seed;
    world->now_ms = 100000;
    world->station = sim_alloc(sizeof *world->station);
    world->commands = sim_alloc(sizeof *world->commands);
    world->json_size = json_scratch_size(64 * 1024);
    world->json_memory = sim_alloc(world->json_size);
    sim_config(&world->config, &world->secrets);
    choose_courier(world);
    disk_open(world);
    oms_open(world);
    world->bench.order = ORDER_COUNT_MAX;
    sim_later_static(world, 0, true, start_station);
    return world;
}

void sim_close(struct world *world)
{
    for (size_t i = 0; i < world->queue_len; i++) free(world->queue[i].data);
    disk_close(world);
    free(world->queue);
    free(world->station);
    free(world->commands);
    free(world->json_memory);
    free(world);
}

void sim_pass(struct world *world, int64_t span_ms)
{
    int64_t end_ms = world->now_ms + span_ms;
    while (world->queue_len > 0 && world->queue[0].at_ms <= end_ms) run_next(world);
    world->now_ms = end_ms;
}

bool sim_run(const struct sim_options *options, struct sim_report *report)
{
    struct world *world = sim_open(options);
    plugs_config(world);
    sim_later_static(world, 5000, true, maybe_cut);
    sim_later_static(world, 3000, true, bench_packer);
    sim_later_static(world, AWAY_EVERY_MS, true, maybe_away);
    sim_later_static(world, 20000, true, bench_news);
    run_queue(world);
    if (world->report.violations == 0) rules_at_end(world);
    world->report.parcels = (unsigned)world->report.tally.closed;
    world->report.virtual_ms = world->now_ms;
    world->report.bookings = (unsigned)(world->couriers[0].count + world->couriers[1].count);
    world->report.events = (unsigned)world->oms.taken;
    *report = world->report;
    sim_close(world);
    return report->violations == 0;
}
