/* booking.c - see booking.h for the states and what is true in each. This is the one place where
 * a mistake costs money. The rule behind SETTLING: between the last sending and asking there
 * must be more time than a request can need to take effect at the courier, however early our
 * side failed. */
#include "firmware/station/booking.h"

#include <string.h>

#include "carriers/label_data.h"

#define LOOKUP_PAUSE_MIN_MS 2000
#define STORE_AGAIN_MS 1000
#define ASIDE_PAUSE_MAX_MS 60000

/* Every transition names its deadline; NO_DEADLINE is written out. */
static void go(struct booking *booking, enum booking_state state, uint32_t ticket,
               int64_t deadline_ms)
{
    booking->state = state;
    booking->ticket = ticket;
    booking->deadline_ms = deadline_ms;
}

/* No sending is going on any more, in a row or otherwise. */
static void leave_to_person(struct booking *booking)
{
    booking->unreached = 0;
    go(booking, BOOKING_PERSON, 0, NO_DEADLINE);
}

static const struct carrier_promises *promises(const struct booking *booking,
                                               const struct step *step)
{
    return &step->carriers[booking->carrier]->promises;
}

static int64_t settle_ms(const struct booking *booking, const struct step *step)
{
    uint32_t configured_ms = step->config->carriers[booking->carrier].settle_ms;
    int64_t promised_ms = (int64_t)promises(booking, step)->settle_s * 1000;
    return configured_ms != 0 ? (int64_t)configured_ms : promised_ms;
}

void booking_init(struct booking *booking, unsigned slot)
{
    memset(booking, 0, sizeof *booking);
    booking->slot = slot;
    booking->deadline_ms = NO_DEADLINE;
    booking->backoff = BACKOFF_WAITING;
}

static void fill(struct booking *booking, struct step *step, unsigned carrier,
                 const struct parcel *parcel, const struct shipment *shipment)
{
    booking_init(booking, booking->slot);
    booking->carrier = carrier;
    booking->parcel = *parcel;
    booking->parcel.note[0] = '\0'; /* it was the note of the fact that the parcel was read from */
    booking->began_ms = step->now_ms;
    booking->sent_ms = step->now_ms;
    booking->seq_floor = step->last_seq;
    carrier_task_init(&booking->task, CARRIER_BOOK, shipment);
}

static void put_task_blob(struct booking *booking, struct step *step)
{
    char storage[FACT_KEY_SIZE];
    struct textbuf key, text;
    struct json_writer json;
    textbuf_init(&key, storage, sizeof storage);
    fact_task_key(&key, booking->parcel.reference);
    commands_text_begin(step->commands, &text, 8192);
    json_write_init(&json, &text);
    shipment_write(&json, NULL, &booking->task.shipment);
    commands_blob(step->commands, textbuf_bytes(&key), commands_text_end(step->commands, &text));
}

static void store_intent(struct booking *booking, struct step *step)
{
    booking->seq_floor = step->last_seq;
    put_task_blob(booking, step);
    fact_put(step, FACT_INTENT, &booking->parcel);
    fact_put_event(step, OMS_EVENT_PACKED, "packed", &booking->parcel, "");
    go(booking, BOOKING_INTENDING, step_store(step), NO_DEADLINE);
}

void booking_begin(struct booking *booking, struct step *step, unsigned carrier,
                   const struct parcel *parcel, const struct shipment *shipment)
{
    ENSURE(booking->state == BOOKING_FREE);
    fill(booking, step, carrier, parcel, shipment);
    store_intent(booking, step);
}

static void store_sending(struct booking *booking, struct step *step)
{
    fact_put(step, FACT_SENDING, &booking->parcel);
    go(booking, BOOKING_INTENDING, step_store(step), NO_DEADLINE);
}

static void store_no(struct booking *booking, struct step *step)
{
    bool out = booking->label_out; /* then the parcel is unpacked when its label is destroyed */
    fact_put(step, booking->no, &booking->parcel);
    fact_put_event(step, out ? OMS_EVENT_EXCEPTION : OMS_EVENT_UNPACKED,
                   out ? "exception" : "ready", &booking->parcel, booking->parcel.note);
    go(booking, BOOKING_REFUSING, step_store(step), NO_DEADLINE);
}

/* kind: REFUSED is the courier's no, ABSENT a person's. */
static void refuse(struct booking *booking, struct step *step, enum carrier_reason reason,
                   enum fact_kind kind)
{
    booking->reason = reason;
    booking->no = kind;
    (void)bytes_to_text(bytes_of_text(carrier_reason_word(reason)), booking->parcel.note,
                        sizeof booking->parcel.note);
    store_no(booking, step);
}

/* The next request of the current task; false, with a sentence, when it cannot be said. */
static bool exchange(struct booking *booking, struct step *step, const char **out_why)
{
    struct carrier_account account = step_carrier_account(step, booking->carrier);
    struct http_request *request = step_request(step, EXCHANGE_BODY_MAX);
    if (!step->carriers[booking->carrier]->build(&booking->task, &account, request, out_why))
        return false;
    bool label = booking->task.operation == CARRIER_LABEL;
    if (request->timeout_ms == 0) request->timeout_ms = account.timeout_ms;
    if (booking->task.operation == CARRIER_BOOK) booking->sent_ms = step->now_ms; /* every round */
    request->reply_max = label ? LABEL_REPLY_MAX : EXCHANGE_REPLY_MAX;
    booking->ticket = step_exchange(step, OWNER_BOOKING, booking->slot,
                                    SERVER_CARRIER_FIRST + booking->carrier, request);
    booking->deadline_ms = step->now_ms + (int64_t)request->timeout_ms + BOOKING_ANSWER_GRACE_MS;
    return true;
}

static void set_operation(struct booking *booking, enum carrier_operation operation)
{
    booking->task.operation = operation;
    booking->task.round = 0;
    booking->task.note[0] = '\0';
}

/* From the last sending on; when it has long passed, at once. */
static void wait_window(struct booking *booking, struct step *step)
{
    int64_t over_ms = booking->sent_ms + settle_ms(booking, step);
    go(booking, BOOKING_SETTLING, 0, over_ms > step->now_ms ? over_ms : step->now_ms + 1);
}

/* A no. When some earlier sending is still unaccounted for, or the text admits that something may
 * have been kept, the courier is asked before the no is believed. */
static void believe_no(struct booking *booking, struct step *step, enum carrier_reason reason,
                       bool doubt)
{
    booking->reason = reason;
    if (!doubt) {
        refuse(booking, step, reason, FACT_REFUSED);
    } else if (promises(booking, step)->lookup_reference) {
        booking->refuse_if_absent = true;
        wait_window(booking, step);
    } else {
        leave_to_person(booking);
    }
}

static void send(struct booking *booking, struct step *step)
{
    const char *why = "";
    set_operation(booking, CARRIER_BOOK);
    booking->not_found = 0;
    booking->state = BOOKING_SENDING;
    if (exchange(booking, step, &why)) return;
    /* It cannot be said now. Before a restart, with other settings, it may have been. */
    (void)bytes_to_text(bytes_of_text(why), booking->message, sizeof booking->message);
    believe_no(booking, step, REASON_BAD_ADDRESS, booking->unsure);
}

static void resend_later(struct booking *booking, struct step *step, int64_t after_s)
{
    int64_t pause_ms = backoff_next_ms(&booking->backoff, step, after_s * 1000);
    go(booking, BOOKING_RESENDING, 0, step->now_ms + pause_ms);
}

/* It may have happened. Which way out does this courier leave us? One that answers that the key,
 * the reference or the number has been used answers so each time: only a look-up can end that. So
 * can it end one that has answered the very same in riddles before. */
static void settle(struct booking *booking, struct step *step, enum carrier_reason reason)
{
    bool used = reason == REASON_DUPLICATE_REFERENCE || reason == REASON_AWB_USED;
    bool again = !used && booking->riddles < BOOKING_RIDDLES_MAX;
    booking->unsure = true;
    if (promises(booking, step)->repeat == REPEAT_SAFE_KEY && again) {
        resend_later(booking, step, -1);
    } else if (promises(booking, step)->lookup_reference) {
        wait_window(booking, step);
    } else {
        booking->reason = REASON_OTHER;
        leave_to_person(booking);
    }
}

static void ask(struct booking *booking, struct step *step)
{
    const char *why = "";
    ENSURE(booking->state == BOOKING_SETTLING); /* the window is over: wait_window() */
    set_operation(booking, CARRIER_LOOKUP);
    booking->state = BOOKING_ASKING;
    if (exchange(booking, step, &why)) return;
    leave_to_person(booking);
}

/* Somebody waits at the bench, or nobody does and the line may be down for days. */
static struct backoff patience(bool aside)
{
    struct backoff backoff = aside ? BACKOFF_BACKGROUND : BACKOFF_WAITING;
    if (aside) backoff.cap_ms = ASIDE_PAUSE_MAX_MS;
    return backoff;
}

void booking_resume(struct booking *booking, struct step *step, unsigned carrier,
                    const struct parcel *parcel, const struct shipment *shipment, bool aside)
{
    fill(booking, step, carrier, parcel, shipment);
    booking->aside = aside;
    booking->backoff = patience(aside);
    booking->seq_floor = 0; /* replaced by recovery, which knows the row */
    settle(booking, step, REASON_NONE);
}

void booking_resume_unsent(struct booking *booking, struct step *step, unsigned carrier,
                           const struct parcel *parcel, const struct shipment *shipment)
{
    fill(booking, step, carrier, parcel, shipment);
    booking->aside = booking->resumed = true;
    booking->backoff = patience(true);
    store_sending(booking, step);
}

/* The settings want our own, and the courier lets us draw it. */
static bool label_is_ours(const struct booking *booking, const struct step *step)
{
    return step->config->carriers[booking->carrier].label == CONFIG_LABEL_OWN &&
           promises(booking, step)->label_self_drawn;
}

/* A document costs the packer another exchange, so where we may draw the label ourselves it is
 * fetched only if the settings say so. */
static bool wants_label(const struct booking *booking, const struct step *step)
{
    const struct carrier *carrier = step->carriers[booking->carrier];
    enum config_label setting = step->config->carriers[booking->carrier].label;
    bool draws = step->config->printer.draw == CONFIG_DRAW_RENDER;
    bool may_draw = carrier->promises.label_self_drawn;
    bool is_zpl = carrier->promises.label_format == LABEL_FORMAT_ZPL;
    if (!carrier->supports[CARRIER_LABEL]) return false;
    if (label_is_ours(booking, step)) return false;
    return is_zpl || (draws && (setting == CONFIG_LABEL_COURIER || !may_draw));
}

static void fetch_label(struct booking *booking, struct step *step)
{
    const char *why = "";
    if (booking->parcel.label_format != LABEL_FORMAT_NONE || !wants_label(booking, step)) {
        go(booking, BOOKING_BOOKED, 0, NO_DEADLINE);
        return;
    }
    set_operation(booking, CARRIER_LABEL);
    booking->state = BOOKING_LABELLING;
    if (exchange(booking, step, &why)) return;
    go(booking, BOOKING_BOOKED, 0, NO_DEADLINE);
}

void booking_resume_booked(struct booking *booking, struct step *step, unsigned carrier,
                           const struct parcel *parcel, const struct shipment *shipment, bool aside)
{
    fill(booking, step, carrier, parcel, shipment);
    booking->aside = aside;
    booking->seq_floor = 0;
    booking->durable = true;
    memcpy(booking->task.shipment.awb, parcel->awb, sizeof booking->task.shipment.awb);
    fetch_label(booking, step);
}

static bool is_label(const struct booking *booking, struct step *step,
                     const struct carrier_outcome *outcome)
{
    bool is_zpl = outcome->label_format == LABEL_FORMAT_ZPL;
    bool draws = step->config->printer.draw == CONFIG_DRAW_RENDER;
    if (outcome->label_format == LABEL_FORMAT_NONE || (!is_zpl && !draws) ||
        outcome->label.len == 0 || outcome->label.len > LABEL_KEPT_MAX)
        return false;
    if (!is_zpl || !label_data_is_foreign(outcome->label, booking->parcel.awb)) return true;
    commands_log(step->commands, LOG_ALARM, "log_label_unusable", "why", "it is another parcel's",
                 NULL);
    return false;
}

static void put_label(struct booking *booking, struct step *step,
                      const struct carrier_outcome *outcome)
{
    char storage[FACT_KEY_SIZE];
    struct textbuf key;
    /* Drawn by us, or asked for again. */
    if (label_is_ours(booking, step) || !is_label(booking, step, outcome)) return;
    textbuf_init(&key, storage, sizeof storage);
    fact_label_key(&key, booking->parcel.reference);
    commands_blob(step->commands, textbuf_bytes(&key), outcome->label);
    booking->parcel.label_format = outcome->label_format;
}

static void store_yes(struct booking *booking, struct step *step)
{
    fact_put(step, FACT_BOOKED, &booking->parcel);
    fact_put_event(step, OMS_EVENT_BOOKED, "booked", &booking->parcel, "");
    go(booking, BOOKING_STORING, step_store(step), NO_DEADLINE);
}

static void accept(struct booking *booking, struct step *step,
                   const struct carrier_outcome *outcome)
{
    memcpy(booking->parcel.awb, outcome->awb, sizeof booking->parcel.awb);
    memcpy(booking->task.shipment.awb, outcome->awb, sizeof booking->task.shipment.awb);
    memcpy(booking->parcel.route, outcome->route, sizeof booking->parcel.route);
    put_label(booking, step, outcome);
    store_yes(booking, step);
}

static void rejected(struct booking *booking, struct step *step,
                     const struct carrier_outcome *outcome)
{
    memcpy(booking->message, outcome->message, sizeof booking->message);
    believe_no(booking, step, outcome->reason,
               booking->unsure || outcome->verify_absent[0] != '\0');
}

/* Does it name another AWB than the one that was chosen and stored before sending? */
static bool is_another_awb(const struct booking *booking, const struct carrier_outcome *outcome)
{
    const char *chosen = booking->task.shipment.awb;
    return chosen[0] != '\0' && outcome->awb[0] != '\0' && strcmp(chosen, outcome->awb) != 0;
}

static bool is_our_answer(const struct booking *booking, const struct carrier_outcome *outcome)
{
    bool echoed = outcome->reference[0] != '\0';
    if (echoed && strcmp(outcome->reference, booking->parcel.reference) != 0) return false;
    return outcome->awb[0] != '\0' && !is_another_awb(booking, outcome);
}

static void take_book(struct booking *booking, struct step *step,
                      const struct carrier_outcome *outcome)
{
    switch (outcome->result) {
    case CARRIER_OK:
    case CARRIER_OK_EXISTING:
        if (is_our_answer(booking, outcome)) accept(booking, step, outcome);
        else settle(booking, step, REASON_NONE);
        break;
    case CARRIER_REJECT: rejected(booking, step, outcome); break;
    case CARRIER_AUTH:
    case CARRIER_RETRY: /* unsure only where the courier knows our key: then again does no harm */
        resend_later(booking, step, outcome->after_s);
        break;
    case CARRIER_SERVICEABLE:
    case CARRIER_PENDING:
    case CARRIER_UNKNOWN: settle(booking, step, outcome->reason); break;
    }
}

/* Proven: no sending of ours has taken effect. Where the courier keeps answering in riddles, a
 * person must ask it; with nobody at the bench it is told again, ever more slowly. */
static void absent(struct booking *booking, struct step *step)
{
    bool riddles = booking->riddles >= BOOKING_RIDDLES_MAX;
    booking->unsure = false;
    if (!riddles) backoff_reset(&booking->backoff);
    if (booking->refuse_if_absent) {
        refuse(booking, step, booking->reason, FACT_REFUSED);
    } else if (!riddles) {
        send(booking, step);
    } else if (booking->aside) {
        resend_later(booking, step, -1);
    } else {
        booking->reason = REASON_OTHER;
        leave_to_person(booking);
    }
}

/* The courier has our reference under an AWB that is not ours: our label may be out with the one,
 * and the other be paid for. Which counts, a person must ask. */
static void booked_otherwise(struct booking *booking, struct step *step,
                             const struct carrier_outcome *outcome)
{
    if (booking->riddles++ == 0)
        commands_log(step->commands, LOG_ALARM, "log_awb_other", "order_no",
                     booking->parcel.order_no, "awb", outcome->awb, NULL);
    booking->reason = REASON_OTHER;
    int64_t again_ms = step->now_ms + backoff_next_ms(&booking->backoff, step, -1);
    if (booking->aside) go(booking, BOOKING_SETTLING, 0, again_ms);
    else leave_to_person(booking);
}

static void take_lookup(struct booking *booking, struct step *step,
                        const struct carrier_outcome *outcome)
{
    bool found = (outcome->result == CARRIER_OK || outcome->result == CARRIER_OK_EXISTING) &&
                 is_our_answer(booking, outcome);
    if (found) {
        accept(booking, step, outcome);
        return;
    }
    if (is_another_awb(booking, outcome)) {
        booked_otherwise(booking, step, outcome);
        return;
    }
    bool rejected = outcome->result == CARRIER_REJECT;
    if (rejected && outcome->reason == REASON_REFERENCE_CANCELLED) { /* it came, and was ended */
        refuse(booking, step, REASON_REFERENCE_CANCELLED, FACT_REFUSED);
        return;
    }
    if (!rejected || outcome->reason != REASON_NOT_FOUND) { /* no answer to our question: later */
        int64_t pause_ms = backoff_next_ms(&booking->backoff, step, outcome->after_s * 1000);
        if (rejected) booking->not_told++;
        go(booking, BOOKING_SETTLING, 0, step->now_ms + pause_ms);
        return;
    }
    booking->not_told = 0;
    booking->not_found++;
    if (booking->not_found < BOOKING_NOT_FOUND_MIN) {
        int64_t lag_ms = (int64_t)promises(booking, step)->lookup_lag_s * 1000;
        int64_t pause_ms = lag_ms > LOOKUP_PAUSE_MIN_MS ? lag_ms : LOOKUP_PAUSE_MIN_MS;
        go(booking, BOOKING_SETTLING, 0, step->now_ms + pause_ms);
        return;
    }
    absent(booking, step);
}

static void take_label(struct booking *booking, struct step *step,
                       const struct carrier_outcome *outcome)
{
    ENSURE(booking->state == BOOKING_LABELLING); /* no other has a request out */
    if (outcome->result == CARRIER_OK) put_label(booking, step, outcome);
    if (booking->parcel.label_format != LABEL_FORMAT_NONE) {
        fact_put(step, FACT_LABEL, &booking->parcel);
        go(booking, BOOKING_STORING, step_store(step), NO_DEADLINE);
    } else if (promises(booking, step)->label_self_drawn) {
        go(booking, BOOKING_BOOKED, 0, NO_DEADLINE);
    } else {
        int64_t pause_ms = backoff_next_ms(&booking->backoff, step, outcome->after_s * 1000);
        go(booking, BOOKING_LABELLING, 0, step->now_ms + pause_ms);
    }
}

static void take_outcome(struct booking *booking, struct step *step,
                         const struct carrier_outcome *outcome)
{
    if (outcome->message[0] != '\0')
        memcpy(booking->message, outcome->message, sizeof booking->message);
    if (booking->state == BOOKING_SENDING) take_book(booking, step, outcome);
    else if (booking->state == BOOKING_ASKING) take_lookup(booking, step, outcome);
    else take_label(booking, step, outcome);
}

void booking_answer(struct booking *booking, struct step *step, const struct event *event)
{
    struct carrier_outcome *outcome = commands_room(step->commands, sizeof *outcome);
    const char *why = "";
    carrier_outcome_init(outcome);
    booking->ticket = 0;
    booking->answer_was_not_json = false;
    bool left =
        event->exchange.end == EXCHANGE_ANSWERED || event->exchange.end == EXCHANGE_MAYBE_SENT;
    booking->unreached = left ? 0 : booking->unreached + 1;
    if (event->exchange.end != EXCHANGE_ANSWERED) {
        carrier_outcome_of_end(booking->task.operation, event->exchange.end, outcome);
        take_outcome(booking, step, outcome);
        return;
    }
    const struct carrier *carrier = step->carriers[booking->carrier];
    enum carrier_step more =
        carrier->take(&booking->task, event->exchange.response, step->scratch, outcome);
    if (more == CARRIER_MORE && exchange(booking, step, &why)) return;
    if (more == CARRIER_MORE)
        carrier_outcome_of_end(booking->task.operation, EXCHANGE_MAYBE_SENT, outcome);
    bool unclear = outcome->result == CARRIER_UNKNOWN;
    booking->answer_was_not_json = unclear && http_response_is_markup(event->exchange.response);
    bool ill = booking->answer_was_not_json || event->exchange.response->status >= 500; /* passes */
    if (booking->state == BOOKING_SENDING && unclear && !ill) booking->riddles++;
    take_outcome(booking, step, outcome);
}

static void stored(struct booking *booking, struct step *step)
{
    backoff_reset(&booking->backoff);
    if (booking->state == BOOKING_INTENDING) {
        send(booking, step);
    } else if (booking->state == BOOKING_STORING) {
        booking->durable = true;
        fetch_label(booking, step);
    } else {
        go(booking, BOOKING_REFUSED, 0, NO_DEADLINE);
    }
}

/* The answer is kept in memory and stored again; after a power cut it is asked for again. Only the
 * label's bytes are gone, they come again or are drawn. */
static void store_later(struct booking *booking, struct step *step)
{
    booking->parcel.label_format = LABEL_FORMAT_NONE;
    go(booking, booking->durable ? BOOKING_LABELLING : booking->state, 0,
       step->now_ms + STORE_AGAIN_MS);
}

static void not_stored(struct booking *booking, struct step *step, enum err error)
{
    bool doubled = error == ERR_EXISTS;
    if (booking->state == BOOKING_INTENDING && booking->resumed) {
        if (doubled)
            settle(booking, step,
                   REASON_NONE); /* it was said before: something may have been sent */
        else go(booking, BOOKING_INTENDING, 0, step->now_ms + STORE_AGAIN_MS);
    } else if (booking->state == BOOKING_INTENDING) { /* as if it had never begun */
        booking->reason = doubled ? REASON_DUPLICATE_REFERENCE : REASON_NONE;
        go(booking, BOOKING_REFUSED, 0, NO_DEADLINE);
    } else if (!doubled || booking->doubled++ == 0) { /* another fact of that batch may be meant */
        store_later(booking, step);
    } else if (booking->state == BOOKING_REFUSING) { /* it is on the disk already */
        go(booking, BOOKING_REFUSED, 0, NO_DEADLINE);
    } else if (booking->durable) { /* so is the label's fact */
        go(booking, BOOKING_BOOKED, 0, NO_DEADLINE);
    } else { /* this AWB belongs to another parcel: a person must look */
        booking->reason = REASON_AWB_USED;
        leave_to_person(booking);
    }
}

void booking_stored(struct booking *booking, struct step *step, uint32_t ticket, enum err error)
{
    bool waits = booking->state == BOOKING_INTENDING || booking->state == BOOKING_STORING ||
                 booking->state == BOOKING_REFUSING;
    if (!waits || ticket == 0 || booking->ticket != ticket) return;
    booking->store_failed = error != ERR_NONE;
    if (error == ERR_NONE) stored(booking, step);
    else not_stored(booking, step, error);
}

static void overdue(struct booking *booking, struct step *step)
{
    struct carrier_outcome *outcome = commands_room(step->commands, sizeof *outcome);
    step_exchange_cancel(step, booking->ticket);
    booking->ticket = 0;
    booking->unreached = 0; /* it may have left the box */
    carrier_outcome_init(outcome);
    carrier_outcome_of_end(booking->task.operation, EXCHANGE_MAYBE_SENT, outcome);
    take_outcome(booking, step, outcome);
}

static void pause_over(struct booking *booking, struct step *step)
{
    if (booking->state == BOOKING_RESENDING) send(booking, step);
    else if (booking->state == BOOKING_INTENDING) store_sending(booking, step);
    else if (booking->state == BOOKING_LABELLING) fetch_label(booking, step);
    else if (booking->state == BOOKING_STORING) store_yes(booking, step);
    else if (booking->state == BOOKING_REFUSING) store_no(booking, step);
    else ask(booking, step);
}

void booking_tick(struct booking *booking, struct step *step)
{
    if (booking->deadline_ms > step->now_ms || !step_has_room(step)) return;
    if (booking->ticket != 0) overdue(booking, step);
    else pause_over(booking, step);
}

void booking_set_aside(struct booking *booking, bool aside)
{
    bool asks = booking->state == BOOKING_SETTLING || booking->state == BOOKING_ASKING;
    booking->aside = aside;
    if (!aside || asks) booking->backoff = patience(aside); /* a sending goes on as it was */
}

void booking_hurry(struct booking *booking, struct step *step)
{
    bool pauses = booking->ticket == 0 && booking->deadline_ms != NO_DEADLINE;
    if (pauses && booking->state != BOOKING_SETTLING) booking->deadline_ms = step->now_ms;
    booking->backoff.failures = 0;
}

void booking_declare_absent(struct booking *booking, struct step *step)
{
    ENSURE(booking_may_declare_absent(booking));
    step_exchange_cancel(step, booking->ticket);
    refuse(booking, step, REASON_NOT_FOUND, FACT_ABSENT);
}

/* A batch is answered before anything else happens, so the next millisecond is late enough. */
void booking_keep_unsent(struct booking *booking, const struct step *step)
{
    ENSURE(booking_is_unsent(booking));
    if (booking->deadline_ms <= step->now_ms) booking->deadline_ms = step->now_ms + 1;
}

void booking_park(struct booking *booking)
{
    ENSURE(booking_is_paused(booking) && booking->queued);
    booking_init(booking, booking->slot);
}

void booking_release(struct booking *booking)
{
    ENSURE(booking->state == BOOKING_BOOKED || booking->state == BOOKING_REFUSED ||
           booking->state == BOOKING_PERSON);
    booking_init(booking, booking->slot);
}
