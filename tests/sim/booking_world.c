/* booking_world.c - see booking_world.h. The bench, its disk and its time; several parcels are open
 * at once. The rules are checked against the couriers' and the disk's own records. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/booking_parts.h"
#include "tests/sim/sim_config.h"

/* --- the disk
 * ------------------------------------------------------------------------------------- */

static bool is_kind(const struct batch_fact *fact, const char *kind)
{
    return bytes_equal_text(fact->kind, kind);
}

static void commit_fact(struct booking_world *world, const struct batch_fact *fact,
                        const struct booking *booking, uint32_t parcel)
{
    struct record *record = &world->records[parcel];
    world->last_seq++;
    if (is_kind(fact, "event")) return;
    record->fact = booking->parcel;
    tally_fact(&world->report.tally,
               is_kind(fact, "intent")   ? "intent"
               : is_kind(fact, "booked") ? "booked"
               : is_kind(fact, "absent") ? "absent"
                                         : "refused",
               &booking->parcel);
    if (is_kind(fact, "intent")) {
        small_say(world, "intent stored", parcel);
        record->open = true;
        record->generation = booking->parcel.generation;
    } else if (is_kind(fact, "booked")) {
        small_say(world, "booking stored", parcel);
        record->booked = true;
        if (strtoull(booking->parcel.awb, NULL, 10) != record->awb) {
            small_violation(world, "I5 the AWB on disk is the courier's", parcel);
        }
    } else {
        small_say(world, "refusal stored", parcel);
        record->open = false;
        if (record->live > 0)
            small_violation(world, "I5 what is booked is not called refused", parcel);
    }
}

/* The unique keys of what this batch stores. */
static bool is_double(const struct booking_world *world, const struct batch *batch)
{
    for (size_t i = 0; i < batch->fact_count; i++) {
        const struct batch_fact *fact = &batch->facts[i];
        if (!is_kind(fact, "intent")) continue;
        char key[FACT_KEY_SIZE];
        ENSURE(bytes_to_text(fact->key, key, sizeof key));
        const struct record *record = &world->records[small_number(strchr(key, '/') + 1)];
        if (record->generation >= small_number(strrchr(key, '/'))) return true;
    }
    return false;
}

static const struct booking *waits_for(const struct booking_world *world, uint32_t ticket,
                                       uint32_t *out_parcel)
{
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        *out_parcel = world->of_slot[slot];
        if (world->bookings[slot].ticket == ticket) return &world->bookings[slot];
    }
    return NULL;
}

static void commit(struct booking_world *world, const struct batch *batch, uint32_t ticket)
{
    uint32_t parcel = 0;
    const struct booking *booking = waits_for(world, ticket, &parcel);
    for (size_t i = 0; i < batch->fact_count && booking != NULL; i++) {
        commit_fact(world, &batch->facts[i], booking, parcel);
    }
}

/* --- the bench
 * ------------------------------------------------------------------------------------ */

static struct step make_step(struct booking_world *world)
{
    static uint8_t scratch[64];
    struct step step = {.config = &world->config,
                        .secrets = &world->secrets,
                        .carriers = {&small_keyed, &small_plain},
                        .now_ms = world->now_ms,
                        .wall_ms = 1790000000000 + world->now_ms,
                        .wall_trusted = true,
                        .commands = &world->commands,
                        .tickets = &world->tickets,
                        .random = &world->station_random,
                        .scratch = {scratch, sizeof scratch},
                        .last_seq = world->last_seq,
                        .next_event_seq = &world->next_event_seq,
                        .epoch = "0123456789abcdef"};
    commands_reset(&world->commands);
    world->report.steps++;
    return step;
}

static void perform(struct booking_world *world);

static void give_stored(struct booking_world *world, uint32_t ticket, enum err error)
{
    struct step step = make_step(world);
    enum owner owner;
    unsigned index = 0;
    if (!tickets_settle(&world->tickets, ticket, &owner, &index)) return;
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        booking_stored(&world->bookings[slot], &step, ticket, error);
    }
    perform(world);
}

static void restart(struct booking_world *world);

static void store(struct booking_world *world)
{
    uint32_t ticket = world->commands.batch_ticket;
    bool twice = is_double(world, &world->commands.batch);
    if (small_fault(world, FAULT_CUT_AT_STORE, 2)) {
        if (small_between(world, 0, 1) == 0 && !twice)
            commit(world, &world->commands.batch, ticket);
        restart(world);
    } else if (small_fault(world, FAULT_DISK_FULL, 5)) {
        give_stored(world, ticket, ERR_NO_SPACE);
    } else if (twice) {
        give_stored(world, ticket, ERR_EXISTS);
    } else {
        commit(world, &world->commands.batch, ticket);
        give_stored(world, ticket, ERR_NONE);
    }
}

static void perform(struct booking_world *world)
{
    for (size_t i = 0; i < world->commands.count; i++) {
        const struct command *command = &world->commands.items[i];
        if (command->kind == COMMAND_EXCHANGE) small_exchange(world, command);
    }
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        booking_check(&world->bookings[slot], world->now_ms);
    }
    if (world->commands.batch_ticket != 0) store(world);
}

static void write_name(char *out, size_t size, char first, uint32_t number)
{
    struct textbuf text;
    textbuf_init(&text, out, size);
    textbuf_char(&text, first);
    textbuf_u64(&text, number);
}

static void fill_parcel(struct booking_world *world, uint32_t number, struct parcel *parcel)
{
    struct record *record = &world->records[number];
    struct textbuf text;
    memset(parcel, 0, sizeof *parcel);
    parcel->generation = record->generation + 1;
    parcel->package_no = parcel->packages_total = 1;
    parcel->mass_mg = 1000 * small_between(world, 50, 20000);
    write_name(parcel->order_id, sizeof parcel->order_id, 'P', number);
    write_name(parcel->order_no, sizeof parcel->order_no, 'W', number);
    textbuf_init(&text, parcel->reference, sizeof parcel->reference);
    textbuf_char(&text, 'R');
    textbuf_u64(&text, number);
    textbuf_text(&text, "-G");
    textbuf_u64(&text, parcel->generation);
    const struct carrier *carrier = number % 2 == 0 ? &small_keyed : &small_plain;
    snprintf(parcel->carrier, sizeof parcel->carrier, "%s", carrier->name);
}

static void fill_shipment(const struct parcel *parcel, struct shipment *shipment)
{
    memset(shipment, 0, sizeof *shipment);
    memcpy(shipment->reference, parcel->reference, sizeof shipment->reference);
    memcpy(shipment->order_no, parcel->order_no, sizeof parcel->order_no);
    shipment->mass_mg = parcel->mass_mg;
}

/* A generation more than the disk knows: the first, or the next after a refusal. */
static void begin(struct booking_world *world, unsigned slot, uint32_t number)
{
    struct parcel parcel;
    struct shipment shipment;
    fill_parcel(world, number, &parcel);
    fill_shipment(&parcel, &shipment);
    struct step step = make_step(world);
    world->of_slot[slot] = number;
    booking_begin(&world->bookings[slot], &step, number % 2, &parcel, &shipment);
    perform(world);
}

static void take_next(struct booking_world *world, unsigned slot)
{
    if (world->next > world->options.parcels) return;
    uint32_t number = world->next++;
    world->random = world->options.seed + number * 0xD1B54A32D192ED03u;
    world->records[number].bad = small_between(world, 0, 99) == 0;
    begin(world, slot, number);
}

static void finish(struct booking_world *world, unsigned slot)
{
    struct booking *booking = &world->bookings[slot];
    uint32_t number = world->of_slot[slot];
    struct record *record = &world->records[number];
    bool booked = booking->state == BOOKING_BOOKED;
    booking_release(booking);
    world->of_slot[slot] = 0;
    if (!booked) { /* the address is mended, or the disk has room again: once more */
        begin(world, slot, number);
        return;
    }
    if (!record->booked) small_violation(world, "I3 what is called booked is durable", number);
    record->open = false;
    record->ended = true;
    world->ended++;
    world->report.parcels++;
}

/* The power went: whatever was in memory is gone, and the intents on disk are taken up. */
static void restart(struct booking_world *world)
{
    uint32_t was[SLOTS];
    world->report.cuts++;
    small_say(world, "power cut", 0);
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        enum booking_state state = world->bookings[slot].state;
        if (state != BOOKING_FREE) world->report.tally.booking[state][TALLY_CUT]++;
        booking_init(&world->bookings[slot], slot);
    }
    memcpy(was, world->of_slot, sizeof was);
    memset(world->of_slot, 0, sizeof world->of_slot);
    tickets_init(&world->tickets);
    for (size_t i = 0; i < world->message_count;) { /* to the couriers they go on */
        if (world->messages[i].to_courier) world->messages[i++].ticket = 0;
        else world->messages[i] = world->messages[--world->message_count];
    }
    world->now_ms += small_between(world, 2000, 20000);
    commands_reset(&world->commands);
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        struct record *record = &world->records[was[slot]];
        struct shipment shipment;
        if (was[slot] == 0) continue;
        world->of_slot[slot] = was[slot];
        if (!record->open) continue; /* nothing on disk: scanned again */
        struct step step = make_step(world);
        fill_shipment(&record->fact, &shipment);
        if (record->booked) {
            booking_resume_booked(&world->bookings[slot], &step, was[slot] % 2, &record->fact,
                                  &shipment, false);
        } else {
            booking_resume(&world->bookings[slot], &step, was[slot] % 2, &record->fact, &shipment,
                           false);
        }
        for (size_t i = 0; i < world->commands.count; i++) {
            if (world->commands.items[i].kind == COMMAND_EXCHANGE)
                small_exchange(world, &world->commands.items[i]);
        }
    }
}

/* --- time
 * ----------------------------------------------------------------------------------------- */

static void answer(struct booking_world *world, const struct mail *message)
{
    enum owner owner;
    unsigned slot = 0;
    if (!tickets_settle(&world->tickets, message->ticket, &owner, &slot)) return;
    struct http_response response = {.status = 200,
                                     .retry_after_s = -1,
                                     .body = bytes_of(&message->reply, sizeof message->reply)};
    struct event event = {.kind = EVENT_EXCHANGE, .now_ms = world->now_ms};
    event.exchange.end = message->end;
    event.exchange.response = message->end == EXCHANGE_ANSWERED ? &response : NULL;
    struct booking *booking = &world->bookings[slot];
    bool unsure = booking->unsure;
    world->report.tally.booking[booking->state][EVENT_EXCHANGE]++;
    struct step step = make_step(world);
    booking_answer(booking, &step, &event);
    if (booking->unsure && !unsure) world->report.tally.unknown++;
    perform(world);
}

static void deliver(struct booking_world *world, size_t index)
{
    struct mail message = world->messages[index];
    world->messages[index] = world->messages[--world->message_count];
    if (message.to_courier) small_arrive(world, &message);
    else answer(world, &message);
}

/* Both couriers promise a look-up: a person is asked only of what it has not found, twice. */
static void ask_person(struct booking_world *world, struct booking *booking, uint32_t number)
{
    if (world->records[number].live > 0)
        small_violation(world, "no person is needed where a look-up finds it", number);
    struct step step = make_step(world);
    booking_declare_absent(booking, &step);
    perform(world);
}

static void look_after(struct booking_world *world, unsigned slot)
{
    struct booking *booking = &world->bookings[slot];
    uint32_t number = world->of_slot[slot];
    if (booking->state == BOOKING_FREE && number == 0) {
        take_next(world, slot);
    } else if (booking->state == BOOKING_FREE) {
        begin(world, slot, number);
    } else if (booking->state == BOOKING_BOOKED || booking->state == BOOKING_REFUSED) {
        finish(world, slot);
    } else if (booking->state == BOOKING_PERSON) {
        ask_person(world, booking, number);
    } else if (booking->deadline_ms <= world->now_ms) {
        world->report.tally.booking[booking->state][EVENT_DEADLINE]++;
        struct step step = make_step(world);
        booking_tick(booking, &step);
        perform(world);
    }
}

/* The earliest thing: its time, and which message it is (message_count: a slot's or the cut). */
static int64_t earliest(const struct booking_world *world, size_t *out_message)
{
    int64_t first_ms = world->cut_ms;
    *out_message = world->message_count;
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        const struct booking *booking = &world->bookings[slot];
        int64_t due_ms = booking->deadline_ms;
        bool left = world->of_slot[slot] != 0 || world->next <= world->options.parcels;
        bool idle = booking->state == BOOKING_FREE || booking->state == BOOKING_BOOKED ||
                    booking->state == BOOKING_REFUSED || booking->state == BOOKING_PERSON;
        if (idle && left) due_ms = world->now_ms;
        if (due_ms < first_ms) first_ms = due_ms;
    }
    for (size_t i = 0; i < world->message_count; i++) {
        if (world->messages[i].at_ms >= first_ms) continue;
        first_ms = world->messages[i].at_ms;
        *out_message = i;
    }
    return first_ms > world->now_ms ? first_ms : world->now_ms;
}

static void maybe_cut(struct booking_world *world)
{
    int64_t longest_ms = world->options.faults == SIM_POWER ? 15000 : 60000;
    world->cut_ms = world->now_ms + small_between(world, 1000, longest_ms);
    if (small_fault(world, FAULT_POWER_CUT, 100)) restart(world);
}

static void turn(struct booking_world *world)
{
    size_t message = 0;
    world->now_ms = earliest(world, &message);
    if (message < world->message_count) {
        deliver(world, message);
        return;
    }
    if (world->cut_ms <= world->now_ms) maybe_cut(world);
    for (unsigned slot = 0; slot < SLOTS; slot++) look_after(world, slot);
}

static void check_end(struct booking_world *world)
{
    for (uint32_t number = 1; number <= world->options.parcels; number++) {
        const struct record *record = &world->records[number];
        if (record->live != 1 || !record->booked || !record->ended) {
            small_violation(world, "I5 every parcel is booked once, and the bench knows it",
                            number);
        }
    }
}

bool booking_world_run(const struct sim_options *options, struct sim_report *report)
{
    struct booking_world *world = sim_alloc(sizeof *world);
    world->options = *options;
    world->random = options->seed;
    world->station_random = options->seed;
    world->now_ms = 1000;
    world->next = 1;
    world->next_event_seq = 1;
    world->records = sim_alloc((options->parcels + 1) * sizeof *world->records);
    sim_config(&world->config, &world->secrets);
    for (unsigned slot = 0; slot < SLOTS; slot++) booking_init(&world->bookings[slot], slot);
    maybe_cut(world);
    int64_t limit_ms = (int64_t)options->parcels * PARCEL_TIME_MS;
    while (world->ended < options->parcels && world->report.violations == 0) {
        turn(world);
        if (world->now_ms > limit_ms) small_violation(world, "every parcel comes to an end", 0);
    }
    while (world->message_count > 0 && world->report.violations == 0) turn(world);
    if (world->report.violations == 0) check_end(world);
    world->report.virtual_ms = world->now_ms;
    *report = world->report;
    free(world->records);
    free(world);
    return report->violations == 0;
}
