/* booking_couriers.c - the two couriers of booking_world.c and the line to them. One
 * knows our key, the other only answers look-ups, and a fresh booking shows there only after its
 * lag. An effect may trail our failure, though never past the settle window. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/booking_parts.h"

/* --- chance and words
 * ----------------------------------------------------------------------------- */

int64_t small_between(struct booking_world *world, int64_t low, int64_t high)
{
    uint64_t word = (world->random += 0x9E3779B97F4A7C15u);
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return low + (int64_t)((word ^ (word >> 31)) % (uint64_t)(high - low + 1));
}

void small_say(struct booking_world *world, const char *what, uint32_t parcel)
{
    for (const char *p = what; *p != '\0'; p++) {
        world->report.trace_hash = (world->report.trace_hash ^ (uint8_t)*p) * 1099511628211u;
    }
    world->report.trace_hash ^= (uint64_t)world->now_ms + parcel;
    if (world->options.trace == NULL) return;
    fprintf(world->options.trace, "%9lld.%03lld  parcel %u: %s\n",
            (long long)(world->now_ms / 1000), (long long)(world->now_ms % 1000), parcel, what);
}

void small_violation(struct booking_world *world, const char *rule, uint32_t parcel)
{
    small_say(world, rule, parcel);
    if (world->report.violations++ > 0) return;
    snprintf(world->report.first_violation, sizeof world->report.first_violation, "%s: parcel %u",
             rule, parcel);
}

bool small_fault(struct booking_world *world, enum sim_fault fault, unsigned per_mille)
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
    small_say(world, sim_fault_sentence(fault), 0);
    return true;
}

/* --- the couriers' files: a question and a reply as they lie in memory
 * ------------------------------ */

uint32_t small_number(const char *text)
{
    return (uint32_t)strtoul(text + 1, NULL, 10);
}

static bool build(const struct carrier_task *task, const struct carrier_account *account,
                  struct http_request *request, const char **out_why)
{
    const char *generation = strchr(task->shipment.reference, 'G');
    struct question question = {.operation = task->operation,
                                .parcel = small_number(task->shipment.reference),
                                .generation = small_number(generation),
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

const struct carrier small_keyed = {.name = "sandbox",
                                    .promises = {.repeat = REPEAT_SAFE_KEY,
                                                 .lookup_reference = true,
                                                 .lookup_lag_s = LAG_S,
                                                 .settle_s = SETTLE_S,
                                                 .label_self_drawn = true},
                                    .build = build,
                                    .take = take};
const struct carrier small_plain = {.name = "delhivery",
                                    .promises = {.repeat = REPEAT_DUPLICATES,
                                                 .lookup_reference = true,
                                                 .lookup_lag_s = LAG_S,
                                                 .settle_s = SETTLE_S,
                                                 .label_self_drawn = true},
                                    .build = build,
                                    .take = take};

/* --- the couriers
 * --------------------------------------------------------------------------------- */

static struct mail *post(struct booking_world *world, const struct mail *message)
{
    ENSURE(world->message_count < MESSAGES_MAX);
    struct mail *place = &world->messages[world->message_count++];
    *place = *message;
    return place;
}

static void check_sent(struct booking_world *world, const struct question *question)
{
    const struct record *record = &world->records[question->parcel];
    bool durable = record->generation >= question->generation;
    if (!durable) {
        small_violation(world, "I1 no request that spends money without a durable intent",
                        question->parcel);
    } else if (record->generation == question->generation &&
               record->fact.mass_mg != question->mass_mg) {
        small_violation(world, "I1 the courier is told the intent's mass", question->parcel);
    }
}

static struct reply book(struct booking_world *world, const struct mail *message)
{
    const struct question *question = &message->question;
    struct record *record = &world->records[question->parcel];
    struct reply reply = {.parcel = question->parcel, .generation = question->generation};
    bool known = record->live > 0 && record->live_generation == question->generation;
    if (record->bad && question->generation == 1) {
        reply.word = small_between(world, 0, 1) == 0 ? NO : NO_BUT_DOUBT;
        return reply;
    }
    if (!known && small_fault(world, FAULT_REFUSED_ONCE, 15)) {
        reply.word = NO;
        return reply;
    }
    if (!known || message->carrier == 1) {
        record->live++;
        record->awb = ++world->next_awb;
        record->live_generation = question->generation;
        record->visible_ms = world->now_ms + small_between(world, 0, LAG_S * 1000);
        world->report.bookings++;
        if (world->now_ms > message->failed_ms) world->report.tally.late_effects++;
        small_say(world, "the courier has booked it", question->parcel);
        if (!record->open && !record->booked) {
            small_violation(world, "I5 a refusal is believed only when nothing can come any more",
                            question->parcel);
        }
        if (record->live > 1) {
            small_violation(world, "I2 at most one live booking for a parcel", question->parcel);
        }
    }
    reply.word = !known && small_fault(world, FAULT_PARTLY_SAVED, 15) ? NO_BUT_DOUBT : YES;
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

void small_arrive(struct booking_world *world, const struct mail *message)
{
    bool books = message->question.operation == CARRIER_BOOK;
    struct mail answer = {.at_ms = world->now_ms + message->answer_in_ms,
                          .ticket = message->ticket,
                          .end = EXCHANGE_ANSWERED};
    answer.reply = books ? book(world, message) : look_up(world, &message->question);
    if (message->broken) answer.reply.word = NONSENSE;
    if (!message->answer_lost) (void)post(world, &answer);
}

/* What the line does with a request. */
static void spoil(struct booking_world *world, struct mail *message)
{
    struct mail failure = {.at_ms = world->now_ms + small_between(world, 50, 9000),
                           .ticket = message->ticket,
                           .end = EXCHANGE_MAYBE_SENT};
    if (small_fault(world, FAULT_ANSWER_LOST, 60)) {
        world->report.lost_replies++;
        message->answer_lost = true;
        int64_t last_ms = SETTLE_S * (world->options.courier_lies ? 4000 : 900);
        message->at_ms = world->now_ms + small_between(world, 10, last_ms);
    } else if (small_fault(world, FAULT_SERVER_ERROR, 30)) {
        message->answer_lost = true;
        failure.end = EXCHANGE_ANSWERED;
        failure.reply.word = NONSENSE;
    } else if (small_fault(world, FAULT_ANSWER_BROKEN, 20)) {
        message->broken = true;
    } else if (small_fault(world, FAULT_ANSWER_LATE, 20)) {
        message->answer_in_ms = small_between(world, 9000, 30000);
    }
    if (!message->answer_lost) return;
    message->failed_ms = failure.at_ms;
    (void)post(world, &failure);
}

void small_exchange(struct booking_world *world, const struct command *command)
{
    struct mail message = {.to_courier = true,
                           .carrier = command->exchange.server - SERVER_CARRIER_FIRST,
                           .ticket = command->exchange.ticket,
                           .failed_ms = INT64_MAX};
    ENSURE(command->exchange.request->body.len == sizeof message.question);
    memcpy(&message.question, command->exchange.request->body.data, sizeof message.question);
    bool books = message.question.operation == CARRIER_BOOK;
    if (books) check_sent(world, &message.question);
    small_say(world, books ? "request: book" : "asked for by reference", message.question.parcel);
    struct mail answer = {.at_ms = world->now_ms + small_between(world, 1, 5000),
                          .ticket = message.ticket,
                          .end = EXCHANGE_NOT_SENT};
    if (small_fault(world, FAULT_NOT_SENT, 60)) {
        (void)post(world, &answer);
    } else if (small_fault(world, FAULT_THROTTLED, 20)) {
        answer.end = EXCHANGE_ANSWERED;
        answer.reply.word = AGAIN;
        (void)post(world, &answer);
    } else {
        message.answer_in_ms = small_between(world, 5, 400);
        message.at_ms = world->now_ms + small_between(world, 5, 800);
        spoil(world, &message);
        (void)post(world, &message);
    }
}
