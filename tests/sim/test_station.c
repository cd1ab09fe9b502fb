/* Guards: the station as a whole. New settings come only between parcels, late answers find nobody,
 * the same events give the same commands, and no moment, however crowded, overruns the list of
 * commands. */
#include <stdlib.h>

#include "carriers/carrier_list.h"
#include "tests/sim/scenario.h"

static void offer(struct world *world, const struct config *config)
{
    struct event event = {.kind = EVENT_CONFIG_OFFERED};
    event.config.config = config;
    sim_give(world, &event);
}

static void it_fits_its_box(void)
{
    EXPECT(sizeof(struct station) <= STATION_SIZE_MAX, "the whole machine is one small struct");
    printf("station %zu bytes, commands %zu bytes\n", sizeof(struct station),
           sizeof(struct commands));
}

static void settings_come_between_parcels(void)
{
    struct world *world = scenario_begin();
    struct config fresh = world->config;
    fresh.number = 2;
    scenario_start_booking(world);
    offer(world, &fresh);
    EXPECT_I64(1, world->station->config->number, "not in the middle of a parcel");
    sim_pass(world, 10000);
    EXPECT_I64(1, world->station->packing.parcels, "which ends under the old ones");
    EXPECT_I64(2, world->station->config->number, "then they are adopted");
    sim_pass(world, 3000);
    EXPECT_TEXT("ready", devices_scale_word(&world->station->devices), "devices are opened anew");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-2", 500000);
    EXPECT_I64(2, world->station->packing.parcels, "and packing goes on");
    scenario_end(world, 2, "two parcels, two bookings");
}

/* A label printed once more is an event: it is being told while the bench is idle. */
static struct world *begin_telling(enum sync_state wanted)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    bench_label(world, world->station->packing.last.awb)->allowed = 2;
    bench_press(world, PRESS_REPRINT, "torn");
    for (unsigned i = 0; i < 9000; i++) {
        bool idle = world->station->packing.state == PACKING_IDLE;
        if (idle && world->station->sync.state == wanted) break;
        sim_pass(world, 1);
        if (wanted != SYNC_PAUSED || world->station->sync.state != SYNC_SENDING) continue;
        line_answer(world, world->station->sync.ticket, 0, EXCHANGE_NOT_SENT, 0, "", "");
    }
    EXPECT_I64(wanted, world->station->sync.state, "this is under way");
    return world;
}

static void an_order_system_may_leave_the_settings_at_any_moment(void)
{
    static const enum sync_state states[] = {SYNC_IDLE, SYNC_SENDING, SYNC_PAUSED};
    for (size_t i = 0; i < 2 * ARRAY_LEN(states); i++) {
        struct world *world = begin_telling(states[i / 2]);
        struct config without = world->config, again = world->config;
        memset(&without.oms, 0, sizeof without.oms);
        world->station->feed.deadline_ms =
            i % 2 == 0 ? world->now_ms : world->station->feed.deadline_ms;
        offer(world, &without);
        sim_pass(world, 10000);
        EXPECT(world->station->oms == NULL, "it is gone");
        scenario_pack(world, "WEB-2", 742000);
        EXPECT_I64(HELD_ORDER_SYSTEM_DOWN, world->station->packing.reason,
                   "an order is not found, and that is said");
        bench_press(world, PRESS_GIVE_UP, "");
        offer(world, &again);
        sim_pass(world, 30000);
        EXPECT(world->station->feed.cursor[0] != '\0', "it is back: its orders come anew");
        EXPECT_I64(SYNC_IDLE, world->station->sync.state, "and everything is told");
        EXPECT_I64(world->station->next_event_seq, world->oms.next_seq, "to the last event");
        scenario_end(world, 1, "one booking");
    }
}

static void a_courier_nobody_knows_is_no_courier(void)
{
    struct world *world = scenario_begin();
    struct config odd = world->config;
    memcpy(odd.carriers[0].name, "nobody", sizeof "nobody");
    offer(world, &odd);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(HELD_NO_CARRIER, world->station->packing.reason, "an order that demands it is held");
    world->oms.orders[1].carrier = 1;
    bench_lay(world, 0);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-2", 742000);
    EXPECT_I64(1, world->station->packing.parcels, "one for another courier goes its way");
    scenario_end(world, 1, "at that one");
}

static void late_answers_find_nobody(void)
{
    struct world *world = scenario_begin();
    uint64_t late = world->station->tickets.late;
    static const enum event_kind kinds[] = {EVENT_EXCHANGE,    EVENT_STORED, EVENT_STORE_FAILED,
                                            EVENT_ROWS,        EVENT_BLOB,   EVENT_CACHE_FOUND,
                                            EVENT_CACHE_STORED};
    static struct event event;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        memset(&event, 0, sizeof event);
        event.kind = kinds[i];
        if (kinds[i] == EVENT_EXCHANGE) event.exchange.ticket = 0x100;
        else if (kinds[i] == EVENT_STORED || kinds[i] == EVENT_STORE_FAILED)
            event.store.ticket = 0x100;
        else if (kinds[i] == EVENT_ROWS) event.rows.ticket = 0x100;
        else if (kinds[i] == EVENT_BLOB) event.blob.ticket = 0x100;
        else event.cache.ticket = 0x100;
        sim_give(world, &event);
    }
    EXPECT_I64(late + ARRAY_LEN(kinds), world->station->tickets.late, "each is counted");
    EXPECT_I64(PACKING_IDLE, world->station->packing.state, "and changes nothing");
    scenario_end(world, 0, "nothing was booked");
}

/* What a scanner sends in one read is bounded by the read, not by the number of codes in it. */
static void a_scanner_that_stutters_does_not_end_the_station(void)
{
    struct world *world = scenario_begin();
    static char bytes[4096];
    size_t len = 0;
    for (unsigned i = 0; len + 8 < sizeof bytes; i++)
        len += (size_t)snprintf(bytes + len, sizeof bytes - len, "N-%u\r", i);
    struct event event = {.kind = EVENT_PORT_BYTES};
    event.port.port = world->bench.scanner_port;
    event.port.bytes = bytes_of(bytes, len);
    sim_give(world, &event);
    EXPECT(world->commands->count < COMMANDS_MAX / 2, "few commands");
    EXPECT(world->station->packing.scans_not_taken > 100, "the rest is counted");
    sim_pass(world, 2000);
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->station->packing.parcels, "and the bench works");
    scenario_end(world, 1, "one booking");
}

/* Seven bookings whose answers could not be stored, all due at one moment, with every other machine
 * due as well. Nothing may overrun the list, its arena or the batch; all of it is ENSUREd inside.
 * */
static void a_crowded_moment_is_worked_off_in_turns(void)
{
    struct world *world = scenario_begin();
    struct station *station = world->station;
    size_t most = 0, facts = 0;
    world->config.automatic = false;
    scenario_pack(world, "WEB-12", 742000);
    EXPECT_I64(PACKING_RATING, station->packing.state, "a parcel is about to be booked as well");
    world->config.automatic = true;
    for (unsigned slot = 1; slot < BOOKINGS_MAX; slot++) {
        struct booking *booking = &station->bookings[slot];
        booking->state = BOOKING_STORING;
        booking->aside = true;
        snprintf(booking->parcel.reference, sizeof booking->parcel.reference, "R-%u", slot);
        snprintf(booking->parcel.order_id, sizeof booking->parcel.order_id, "SH-%u", slot + 1);
        snprintf(booking->parcel.awb, sizeof booking->parcel.awb, "SBX90000000%u", slot);
        snprintf(booking->parcel.carrier, sizeof booking->parcel.carrier, "sandbox");
        booking->parcel.package_no = 1;
        booking->deadline_ms = world->now_ms;
    }
    station->feed.deadline_ms = world->now_ms;
    station->pool.lists[0].fetch_ms = world->now_ms;
    sync_wake(&station->sync);
    for (unsigned turn = 0; turn < 40; turn++) {
        struct event event = {.kind = EVENT_DEADLINE};
        sim_give(world, &event);
        if (world->commands->count > most) most = world->commands->count;
        if (world->commands->batch.fact_count > facts) facts = world->commands->batch.fact_count;
    }
    sim_pass(world, 6000);
    EXPECT_I64(1, station->packing.parcels, "the parcel in hand is done");
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++)
        EXPECT_I64(BOOKING_FREE, station->bookings[slot].state, "each comes to its end");
    EXPECT(most <= COMMANDS_MAX, "in few commands");
    EXPECT(facts <= BATCH_FACTS_MAX, "and small batches");
    sim_close(world);
}

/* The longest of every text that the screen can show, all of it in characters that JSON writes as
 * six. */
static void the_fullest_screen_fits_its_document(void)
{
    struct world *world = scenario_begin();
    struct station *station = world->station;
    struct packing *packing = &station->packing;
    scenario_start_booking(world);
    memset(packing->scan, 1, sizeof packing->scan - 1);
    memset(packing->message, 1, sizeof packing->message - 1);
    memset(packing->order.order_no, 1, sizeof packing->order.order_no - 1);
    memset(packing->order.contents, 1, sizeof packing->order.contents - 1);
    memset(packing->order.to.city, 1, sizeof packing->order.to.city - 1);
    memset(packing->order.to.postcode, 1, sizeof packing->order.to.postcode - 1);
    memset(packing->parcel.awb, 1, sizeof packing->parcel.awb - 1);
    memset(packing->parcel.service, 1, sizeof packing->parcel.service - 1);
    memset(packing->last.order_no, 1, sizeof packing->last.order_no - 1);
    memset(packing->last.awb, 1, sizeof packing->last.awb - 1);
    memset(packing->last.reference, 'r', sizeof packing->last.reference - 1);
    memset(station->weighing.last.shown, 1, sizeof station->weighing.last.shown - 1);
    packing->order.packages_total = 99;
    world->config.scale.check_mass_mg = 5000000; /* due, or its reason would not stay */
    packing->last_watch = (struct stopwatch){1, 2, 3, 4, 5, 6};
    station->bookings[0].parcel = packing->parcel;
    struct event event = {.kind = EVENT_DISK};
    for (unsigned reason = HELD_NONE; reason < HELD_REASONS; reason++) {
        packing->refusal = (enum carrier_reason)(reason % (REASON_OTHER + 1));
        if (reason != HELD_NONE) {
            packing->state = PACKING_HELD;
            packing->reason = (enum held_reason)reason;
        }
        sim_give(world, &event);
        EXPECT(station->document_len < VIEW_DOCUMENT_SIZE, held_reason_word(packing->reason));
    }
    sim_close(world);
}

/* A parcel's facts at their longest must not outgrow their storage: that would end the station. */
static void the_longest_facts_fit(void)
{
    struct world *world = scenario_begin();
    struct packing *packing = &world->station->packing;
    scenario_start_booking(world);
    struct parcel *parcel = &world->station->bookings[packing->slot].parcel;
    memset(parcel->order_no, 1, sizeof parcel->order_no - 1);
    memset(parcel->rev, 1, sizeof parcel->rev - 1);
    memset(parcel->service, 1, sizeof parcel->service - 1);
    memset(parcel->order_id, 'i', sizeof parcel->order_id - 1);
    memset(parcel->reference, 'r', sizeof parcel->reference - 1);
    memset(parcel->note, 1, sizeof parcel->note - 1);
    memset(parcel->currency, 1, sizeof parcel->currency - 1);
    parcel->mass_mg = parcel->price_minor = INT64_MAX;
    packing->parcel = *parcel;
    struct commands *commands = sim_alloc(sizeof *commands);
    uint64_t seq = UINT64_MAX / 4;
    struct step step = {.commands = commands, .next_event_seq = &seq, .epoch = "0123456789abcdef"};
    for (unsigned kind = 0; kind < FACT_EVENT; kind++)
        fact_put(&step, (enum fact_kind)kind, parcel);
    memset(parcel->awb, 'a', sizeof parcel->awb - 1);
    fact_put_event(&step, OMS_EVENT_EXCEPTION, "exception", parcel, "set aside at the bench");
    EXPECT_I64(FACT_EVENT + 1, commands->batch.fact_count, "every kind");
    size_t longest = 0;
    for (size_t i = 0; i < commands->batch.fact_count; i++) {
        size_t len = commands->batch.facts[i].body.len;
        if (len > longest) longest = len;
    }
    printf("the longest fact has %zu bytes\n", longest);
    EXPECT(OMS_PUSH_MAX * longest + 256 <= EXCHANGE_BODY_MAX, "a batch of the longest can be sent");
    free(commands);
    sim_close(world);
}

/* The same events, twice, to two stations: every command is the same. */
static void the_same_events_give_the_same_commands(void)
{
    uint64_t hashes[2];
    for (unsigned i = 0; i < 2; i++) {
        struct world *world = scenario_begin();
        scenario_pack(world, "WEB-1", 742000);
        bench_press(world, PRESS_REPRINT, "torn");
        sim_pass(world, 5000);
        sim_cut_power(world);
        sim_pass(world, 30000);
        hashes[i] = world->report.trace_hash;
        sim_close(world);
    }
    EXPECT(hashes[0] == hashes[1], "to the last one");
}

static void training_scans_come_from_the_page(void)
{
    struct world *world = scenario_begin();
    bench_press(world, PRESS_SCAN, "WEB-1");
    EXPECT_I64(PACKING_IDLE, world->station->packing.state, "not at a live bench");
    world->config.mode = CONFIG_TRAINING;
    bench_press(world, PRESS_SCAN, "WEB-1");
    EXPECT_I64(PACKING_FINDING, world->station->packing.state, "but in training");
    sim_close(world);
}

int main(void)
{
    EXPECT_RUN(it_fits_its_box);
    EXPECT_RUN(settings_come_between_parcels);
    EXPECT_RUN(an_order_system_may_leave_the_settings_at_any_moment);
    EXPECT_RUN(a_courier_nobody_knows_is_no_courier);
    EXPECT_RUN(late_answers_find_nobody);
    EXPECT_RUN(a_scanner_that_stutters_does_not_end_the_station);
    EXPECT_RUN(a_crowded_moment_is_worked_off_in_turns);
    EXPECT_RUN(the_fullest_screen_fits_its_document);
    EXPECT_RUN(the_longest_facts_fit);
    EXPECT_RUN(the_same_events_give_the_same_commands);
    EXPECT_RUN(training_scans_come_from_the_page);
    return expect_result();
}
