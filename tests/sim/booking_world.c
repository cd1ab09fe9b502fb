/* booking_world.c - see booking_world.h. Two couriers: one knows our key, the other only answers
 * look-ups, and a fresh booking shows there only after its lag. An effect may trail our failure,
 * though never past the settle window. Several parcels are open at once. The rules are checked
 * against the couriers' and the disk's own records. */
#include "tests/sim/booking_world.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim_config.h"

#define SLOTS 4u
#define MESSAGES_MAX 64u
#define SETTLE_S 20
#define LAG_S 10
#define PARCEL_TIME_MS 3600000 /* more than any parcel needs once the faults have ended */

enum word { YES, NO, NO_BUT_DOUBT, AGAIN, NOT_FOUND, NONSENSE }; /* a courier's answer */

struct question { /* what a request says, in place of HTTP and JSON */
    enum carrier_operation operation;
    uint32_t parcel;
    uint32_t generation;
    int64_t mass_mg;
};

struct reply {
    enum word word;
    uint32_t parcel, generation;
    uint64_t awb;
};

struct record {         /* of one parcel: on disk, and at the couriers */
    struct parcel fact; /* the newest on disk */
    bool open;          /* an intent without its end */
    bool booked;        /* durable */
    bool ended;
    bool bad; /* no courier takes it, at its first generation */
    uint32_t generation;
    uint32_t live; /* bookings at the couriers */
    uint64_t awb;
    uint32_t live_generation;
    int64_t visible_ms;
    uint32_t begun; /* generations begun by the bench, since its start */
};

struct letter { /* on its way; to the courier or to us */
    int64_t at_ms;
    bool to_courier;
    bool answer_lost, broken;
    unsigned carrier;
    uint32_t ticket;
    int64_t answer_in_ms;
    int64_t failed_ms;
    enum exchange_end end;
    struct question question;
    struct reply reply;
};

struct booking_world {
    struct sim_options options;
    struct sim_report report;
    uint64_t random, station_random;
    uint32_t asked[FAULTS];
    int64_t now_ms, cut_ms;
    bool healed;
    struct config config;
    struct secrets secrets;
    struct tickets tickets;
    struct booking bookings[SLOTS];
    uint32_t of_slot[SLOTS]; /* the parcel, from 1; 0: none */
    struct letter messages[MESSAGES_MAX];
    size_t message_count;
    struct record *records; /* from 1 */
    uint32_t next, ended;
    uint64_t next_awb, next_event_seq;
    int64_t last_seq;
    struct commands commands;
};

/* --- chance and words
 * ----------------------------------------------------------------------------- */

static int64_t between(struct booking_world *world, int64_t low, int64_t high)
{
    uint64_t word = (world->random += 0x9E3779B97F4A7C15u);
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return low + (int64_t)((word ^ (word >> 31)) % (uint64_t)(high - low + 1));
}

static void say(struct booking_world *world, const char *what, uint32_t parcel)
{
    for (const char *p = what; *p != '\0'; p++) {
        world->report.trace_hash = (world->report.trace_hash ^ (uint8_t)*p) * 1099511628211u;
    }
    world->report.trace_hash ^= (uint64_t)world->now_ms + parcel;
    if (world->options.trace == NULL) return;
    fprintf(world->options.trace, "%9lld.%03lld  parcel %u: %s\n",
            (long long)(world->now_ms / 1000), (long long)(world->now_ms % 1000), parcel, what);
}

static void violation(struct booking_world *world, const char *rule, uint32_t parcel)
{
    say(world, rule, parcel);
    if (world->report.violations++ > 0) return;
    snprintf(world->report.first_violation, sizeof world->report.first_violation, "%s: parcel %u",
             rule, parcel);
}

static bool fault(struct booking_world *world, enum sim_fault fault, unsigned per_mille)
{
    const struct sim_options *options = &world->options;
    struct sim_fault_id id = {fault, ++world->asked[fault]};
    if (world->healed) return false;
    bool comes = options->only != NULL
                     ? sim_fault_list_has(options->only, id)
                     : sim_fault_drawn(options->faults, options->seed, id, per_mille);
    if (!comes) return false;
    if (options->fired != NULL) sim_fault_list_add(options->fired, id);
    world->report.tally.faults[fault]++;
    say(world, sim_fault_sentence(fault), 0);
    return true;
}

/* --- the couriers' files: a question and a reply as they lie in memory
 * ------------------------------ */

static uint32_t number_in(const char *text)
{
    return (uint32_t)strtoul(text + 1, NULL, 10);
}

static bool build(const struct carrier_task *task, const struct carrier_account *account,
                  struct http_request *request, const char **out_why)
{
    const char *generation = strchr(task->shipment.reference, 'G');
    struct question question = {.operation = task->operation,
                                .parcel = number_in(task->shipment.reference),
                                .generation = number_in(generation),
                                .mass_mg = task->shipment.mass_mg};
    (void)account, (void)out_why;
    textbuf_bytes_put(&request->body, bytes_of(&question, sizeof question));
    return true;
}

static enum carrier_step take(struct carrier_task *task, const struct http_response *response,
                              struct scratch scratch, struct carrier_outcome *out)
{
    struct reply reply;
    struct textbuf text;
    (void)scratch;
    memcpy(&reply, response->body.data, sizeof reply);
    out->result = CARRIER_UNKNOWN;
    switch (reply.word) {
    case YES:
        out->result = CARRIER_OK;
        textbuf_init(&text, out->awb, sizeof out->awb);
        textbuf_u64(&text, reply.awb);
        textbuf_init(&text, out->reference, sizeof out->reference);
        textbuf_char(&text, 'R');
        textbuf_u64(&text, reply.parcel);
        textbuf_text(&text, "-G");
        textbuf_u64(&text, reply.generation);
        break;
    case NO_BUT_DOUBT:
        memcpy(out->verify_absent, task->shipment.reference, sizeof out->verify_absent);
        out->result = CARRIER_REJECT;
        out->reason = REASON_OTHER;
        break;
    case NO:
        out->result = CARRIER_REJECT;
        out->reason = REASON_BAD_PINCODE;
        break;
    case NOT_FOUND:
        out->result = CARRIER_REJECT;
        out->reason = REASON_NOT_FOUND;
        break;
    case AGAIN: out->result = CARRIER_RETRY; break;
    case NONSENSE: break;
    }
    return CARRIER_DONE;
}

static const struct carrier keyed = {.name = "sandbox",
                                     .promises = {.repeat = REPEAT_SAFE_KEY,
                                                  .lookup_reference = true,
                                                  .lookup_lag_s = LAG_S,
                                                  .settle_s = SETTLE_S,
                                                  .label_self_drawn = true},
                                     .build = build,
                                     .take = take};
static const struct carrier plain = {.name = "delhivery",
                                     .promises = {.repeat = REPEAT_DUPLICATES,
                                                  .lookup_reference = true,
                                                  .lookup_lag_s = LAG_S,
                                                  .settle_s = SETTLE_S,
                                                  .label_self_drawn = true},
                                     .build = build,
                                     .take = take};

/* --- the couriers
 * --------------------------------------------------------------------------------- */

static struct letter *post(struct booking_world *world, const struct letter *message)
{
    ENSURE(world->message_count < MESSAGES_MAX);
    struct letter *place = &world->messages[world->message_count++];
    *place = *message;
    return place;
}

static void check_sent(struct booking_world *world, const struct question *question)
{
    const struct record *record = &world->records[question->parcel];
    bool durable = record->generation >= question->generation;
    if (!durable) {
        violation(world, "I1 no request that spends money without a durable intent",
                  question->parcel);
    } else if (record->generation == question->generation &&
               record->fact.mass_mg != question->mass_mg) {
        violation(world, "I1 the courier is told the intent's mass", question->parcel);
    }
}

static struct reply book(struct booking_world *world, const struct letter *message)
{
    const struct question *question = &message->question;
    struct record *record = &world->records[question->parcel];
    struct reply reply = {.parcel = question->parcel, .generation = question->generation};
    bool known = record->live > 0 && record->live_generation == question->generation;
    if (record->bad && question->generation == 1) {
        reply.word = between(world, 0, 1) == 0 ? NO : NO_BUT_DOUBT;
        return reply;
    }
    if (!known || message->carrier == 1) {
        record->live++;
        record->awb = ++world->next_awb;
        record->live_generation = question->generation;
        record->visible_ms = world->now_ms + between(world, 0, LAG_S * 1000);
        world->report.bookings++;
        if (world->now_ms > message->failed_ms) world->report.tally.late_effects++;
        say(world, "the courier has booked it", question->parcel);
        if (record->live > 1) {
            violation(world, "I2 at most one live booking for a parcel", question->parcel);
        }
    }
    reply.word = YES;
    reply.awb = record->awb;
    return reply;
}

static struct reply look_up(const struct booking_world *world, const struct question *question)
{
    const struct record *record = &world->records[question->parcel];
    bool found = record->live > 0 && record->live_generation == question->generation &&
                 record->visible_ms <= world->now_ms;
    return (struct reply){.word = found ? YES : NOT_FOUND,
                          .parcel = question->parcel,
                          .generation = question->generation,
                          .awb = record->awb};
}

static void arrive(struct booking_world *world, const struct letter *message)
{
    bool books = message->question.operation == CARRIER_BOOK;
    struct letter answer = {.at_ms = world->now_ms + message->answer_in_ms,
                            .ticket = message->ticket,
                            .end = EXCHANGE_ANSWERED};
    answer.reply = books ? book(world, message) : look_up(world, &message->question);
    if (message->broken) answer.reply.word = NONSENSE;
    if (!message->answer_lost) (void)post(world, &answer);
}

/* What the line does with a request. */
static void spoil(struct booking_world *world, struct letter *message)
{
    struct letter failure = {.at_ms = world->now_ms + between(world, 50, 9000),
                             .ticket = message->ticket,
                             .end = EXCHANGE_MAYBE_SENT};
    if (fault(world, FAULT_ANSWER_LOST, 60)) {
        world->report.lost_replies++;
        message->answer_lost = true;
        int64_t last_ms = SETTLE_S * (world->options.courier_lies ? 4000 : 900);
        message->at_ms = world->now_ms + between(world, 10, last_ms);
    } else if (fault(world, FAULT_SERVER_ERROR, 30)) {
        message->answer_lost = true;
        failure.end = EXCHANGE_ANSWERED;
        failure.reply.word = NONSENSE;
    } else if (fault(world, FAULT_ANSWER_BROKEN, 20)) {
        message->broken = true;
    } else if (fault(world, FAULT_ANSWER_LATE, 20)) {
        message->answer_in_ms = between(world, 9000, 30000);
    }
    if (!message->answer_lost) return;
    message->failed_ms = failure.at_ms;
    (void)post(world, &failure);
}

static void exchange(struct booking_world *world, const struct command *command)
{
    struct letter message = {.to_courier = true,
                             .carrier = command->exchange.server - SERVER_CARRIER_FIRST,
                             .ticket = command->exchange.ticket,
                             .failed_ms = INT64_MAX};
    ENSURE(command->exchange.request->body.len == sizeof message.question);
    memcpy(&message.question, command->exchange.request->body.data, sizeof message.question);
    bool books = message.question.operation == CARRIER_BOOK;
    if (books) check_sent(world, &message.question);
    say(world, books ? "request: book" : "asked for by reference", message.question.parcel);
    struct letter answer = {.at_ms = world->now_ms + between(world, 1, 5000),
                            .ticket = message.ticket,
                            .end = EXCHANGE_NOT_SENT};
    if (fault(world, FAULT_NOT_SENT, 60)) {
        (void)post(world, &answer);
    } else if (fault(world, FAULT_THROTTLED, 20)) {
        answer.end = EXCHANGE_ANSWERED;
        answer.reply.word = AGAIN;
        (void)post(world, &answer);
    } else {
        message.answer_in_ms = between(world, 5, 400);
        message.at_ms = world->now_ms + between(world, 5, 800);
        spoil(world, &message);
        (void)post(world, &message);
    }
}

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
                                         : "refused",
               &booking->parcel);
    if (is_kind(fact, "intent")) {
        say(world, "intent stored", parcel);
        record->open = true;
        record->generation = booking->parcel.generation;
    } else if (is_kind(fact, "booked")) {
        say(world, "booking stored", parcel);
        record->booked = true;
        if (strtoull(booking->parcel.awb, NULL, 10) != record->awb) {
            violation(world, "I5 the AWB on disk is the courier's", parcel);
        }
    } else {
        say(world, "refusal stored", parcel);
        record->open = false;
        if (record->live > 0) violation(world, "I5 what is booked is not called refused", parcel);
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
        const struct record *record = &world->records[number_in(strchr(key, '/') + 1)];
        if (record->generation >= number_in(strrchr(key, '/'))) return true;
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
                        .carriers = {&keyed, &plain},
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
    if (fault(world, FAULT_CUT_AT_STORE, 2)) {
        if (between(world, 0, 1) == 0 && !twice) commit(world, &world->commands.batch, ticket);
        restart(world);
    } else if (fault(world, FAULT_DISK_FULL, 5)) {
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
        if (command->kind == COMMAND_EXCHANGE) exchange(world, command);
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
    parcel->mass_mg = 1000 * between(world, 50, 20000);
    write_name(parcel->order_id, sizeof parcel->order_id, 'P', number);
    write_name(parcel->order_no, sizeof parcel->order_no, 'W', number);
    textbuf_init(&text, parcel->reference, sizeof parcel->reference);
    textbuf_char(&text, 'R');
    textbuf_u64(&text, number);
    textbuf_text(&text, "-G");
    textbuf_u64(&text, parcel->generation);
    const struct carrier *carrier = number % 2 == 0 ? &keyed : &plain;
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
    world->records[number].bad = between(world, 0, 99) == 0;
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
    if (!record->booked) violation(world, "I3 what is called booked is durable", number);
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
    say(world, "power cut", 0);
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
    world->now_ms += between(world, 2000, 20000);
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
                exchange(world, &world->commands.items[i]);
        }
    }
}

/* --- time
 * ----------------------------------------------------------------------------------------- */

static void answer(struct booking_world *world, const struct letter *message)
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
    struct letter message = world->messages[index];
    world->messages[index] = world->messages[--world->message_count];
    if (message.to_courier) arrive(world, &message);
    else answer(world, &message);
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
        violation(world, "no person is needed where a look-up is promised", number);
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
    world->cut_ms = world->now_ms + between(world, 1000, longest_ms);
    if (fault(world, FAULT_POWER_CUT, 100)) restart(world);
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
            violation(world, "I5 every parcel is booked once, and the bench knows it", number);
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
        if (world->now_ms > limit_ms) violation(world, "every parcel comes to an end", 0);
    }
    while (world->message_count > 0 && world->report.violations == 0) turn(world);
    if (world->report.violations == 0) check_end(world);
    world->report.virtual_ms = world->now_ms;
    *report = world->report;
    free(world->records);
    free(world);
    return report->violations == 0;
}
