/* sync.c - see sync.h. What is sent again is the same bytes under the same numbers, so that a
 * repeat does no harm; back-off lives here, in memory only. */
#include "firmware/station/sync.h"

#include <string.h>

#define STORE_AGAIN_MS 1000
#define HALVE_AFTER 3       /* failures of a batch */
#define BLAME_AFTER 12      /* failures of one event alone: with our back-off about an hour */
#define CURSOR_LAG_MS 60000 /* the next parcel's first fact comes sooner than this in a busy hour */

void sync_init(struct sync *sync, int64_t cursor_seq)
{
    memset(sync, 0, sizeof *sync);
    sync->deadline_ms = NO_DEADLINE;
    sync->backoff = BACKOFF_BACKGROUND;
    sync->cursor_seq = cursor_seq;
    sync->store_by_ms = NO_DEADLINE;
    sync->batch_max = OMS_PUSH_MAX;
    sync->work = true; /* after a start nobody knows */
}

static void go(struct sync *sync, enum sync_state state, uint32_t ticket, int64_t deadline_ms)
{
    sync->state = state;
    sync->ticket = ticket;
    sync->deadline_ms = deadline_ms;
}

void sync_wake(struct sync *sync)
{
    sync->work = true;
}

void sync_line_is_back(struct sync *sync, struct step *step)
{
    if (sync->state != SYNC_PAUSED || !sync->unanswered) return;
    backoff_reset(&sync->backoff);
    go(sync, SYNC_PAUSED, 0, step->now_ms);
}

void sync_restart(struct sync *sync, struct step *step)
{
    if (sync->state == SYNC_MOVING) return; /* the disk answers, whoever is asked afterwards */
    if (sync->state == SYNC_SENDING) step_exchange_cancel(step, sync->ticket);
    else tickets_drop(step->tickets, sync->ticket);
    go(sync, SYNC_IDLE, 0, NO_DEADLINE);
    backoff_reset(&sync->backoff);
    sync->work = true;
    sync->stopped = false;
}

static void pause(struct sync *sync, struct step *step, int64_t after_s)
{
    go(sync, SYNC_PAUSED, 0, step->now_ms + backoff_next_ms(&sync->backoff, step, after_s * 1000));
}

static void read_rows(struct sync *sync, struct step *step)
{
    struct command *command = commands_add(step->commands, COMMAND_READ_ROWS);
    command->read.ticket = tickets_take(step->tickets, OWNER_SYNC, 0);
    command->read.after_seq = sync->cursor_seq;
    sync->work = false;
    go(sync, SYNC_READING, command->read.ticket, NO_DEADLINE);
}

static void send(struct sync *sync, struct step *step)
{
    struct oms_task task = {.operation = OMS_PUSH,
                            .epoch = step->epoch,
                            .events = sync->events,
                            .event_count = sync->count};
    struct oms_account account = step_oms_account(step);
    struct http_request *request = step_request(step, EXCHANGE_BODY_MAX);
    const char *why = "";
    if (!step->oms->build(&task, &account, request, &why)) { /* a token that no header can hold */
        commands_log(step->commands, LOG_ALARM, "log_event_numbers", "code", why, NULL);
        pause(sync, step, -1);
        return;
    }
    request->reply_max = EXCHANGE_REPLY_MAX;
    go(sync, SYNC_SENDING, step_exchange(step, OWNER_SYNC, 0, SERVER_OMS, request),
       step->now_ms + (int64_t)account.timeout_ms * 2);
}

static void move(struct sync *sync, struct step *step, int64_t seq)
{
    sync->moving_to_seq = seq;
    commands_cursor(step->commands, "oms", seq);
    go(sync, SYNC_MOVING, step_store(step), NO_DEADLINE);
}

/* Nothing was refused: the disk may learn of it later. */
static void advance(struct sync *sync, const struct step *step, int64_t seq)
{
    sync->cursor_seq = seq;
    if (sync->store_by_ms == NO_DEADLINE) sync->store_by_ms = step->now_ms + CURSOR_LAG_MS;
    go(sync, SYNC_IDLE, 0, NO_DEADLINE);
}

/* An exception in the place of an event that cannot be told itself. */
static void make_exception(const struct step *step, struct oms_event *out, uint64_t seq,
                           int64_t at_ms, const char *note)
{
    struct textbuf id;
    out->seq = seq;
    textbuf_init(&id, out->id, sizeof out->id);
    textbuf_format(&id, "%.8s-%llu", step->epoch, (unsigned long long)seq);
    out->type = OMS_EVENT_EXCEPTION;
    out->at_ms = at_ms;
    memcpy(out->status, "exception", sizeof "exception");
    (void)bytes_to_text(bytes_of_text(note), out->note, sizeof out->note);
    out->cost_minor = -1;
}

/* The number is in the key: "event/<epoch>/<seq>". */
static bool stand_in(struct sync *sync, const struct step *step, const struct event_row *row,
                     struct oms_event *out)
{
    struct bytes rest = row->key, part = BYTES_NONE;
    uint64_t seq = 0;
    while (bytes_split(&rest, '/', &part)) {
    }
    if (!bytes_to_u64(part, INT64_MAX, &seq)) return false;
    memset(out, 0, sizeof *out);
    (void)bytes_to_text(row->subject, out->shipment_id, sizeof out->shipment_id);
    memcpy(out->order_no, out->shipment_id, sizeof out->order_no);
    make_exception(step, out, seq, row->at_ms, "unreadable at the bench");
    sync->unreadable++;
    return true;
}

static void replace(const struct sync *sync, const struct step *step, struct oms_event *event)
{
    const struct oms_event *from = &sync->replaced;
    memset(event, 0, sizeof *event);
    memcpy(event->shipment_id, from->shipment_id, sizeof event->shipment_id);
    memcpy(event->order_no, from->order_no, sizeof event->order_no);
    make_exception(step, event, from->seq, from->at_ms, "an event that was refused");
}

/* Takes an event into the batch; false when a number is missing before it: it has to wait. */
static bool take_row(struct sync *sync, struct step *step, const struct event_row *row)
{
    struct oms_event *event = &sync->events[sync->count];
    if (!bytes_equal_text(row->kind, fact_kind_word(FACT_EVENT))) return true;
    if (!fact_parse_event(row->body, step->scratch, event) && !stand_in(sync, step, row, event))
        return true;
    if (sync->count > 0 && event->seq != sync->events[sync->count - 1].seq + 1) return false;
    if (event->seq < sync->from) return true; /* read from the beginning: they have it */
    if (event->seq == sync->replaced.seq) replace(sync, step, event);
    if (sync->acked == 0) sync->acked = event->seq - 1;
    sync->event_seqs[sync->count++] = row->seq;
    return true;
}

static void take_rows(struct sync *sync, struct step *step, const struct event *event)
{
    int64_t last_seq = sync->cursor_seq;
    sync->count = 0;
    for (size_t i = 0; i < event->rows.count && sync->count < sync->batch_max; i++) {
        const struct event_row *row = &event->rows.rows[i];
        if (!take_row(sync, step, row)) break;
        last_seq = row->seq;
    }
    bool rest = event->rows.more ||
                (event->rows.count > 0 && last_seq < event->rows.rows[event->rows.count - 1].seq);
    sync->work = sync->work || rest;
    if (sync->count > 0) send(sync, step);
    else if (rest) { /* a page without an event: no need to remember that on disk */
        sync->cursor_seq = last_seq;
        read_rows(sync, step);
    } else {
        sync->cursor_seq = last_seq;
        go(sync, SYNC_IDLE, 0, NO_DEADLINE);
    }
}

static const struct oms_event *find_event(const struct sync *sync, uint64_t seq)
{
    for (size_t i = 0; i < sync->count; i++) {
        if (sync->events[i].seq == seq) return &sync->events[i];
    }
    return NULL;
}

/* What was packed may be packed no more, or not like this: voids.h sees to it. */
static bool note_cancelled(struct sync *sync, const char *order_id, const char *code)
{
    bool changed = strcmp(code, void_why_word(VOID_ORDER_CHANGED)) == 0;
    if (!changed && strcmp(code, void_why_word(VOID_ORDER_CANCELLED)) != 0) return false;
    struct void_entry *entry = &sync->cancelled[sync->cancelled_count++];
    (void)bytes_to_text(bytes_of_text(order_id), entry->order_id, sizeof entry->order_id);
    entry->why = changed ? VOID_ORDER_CHANGED : VOID_ORDER_CANCELLED;
    return true;
}

/* A refused or conflicting event is a business case: it becomes a fact, a line for the lead, and a
 * dead letter unless the station sees to it by itself. */
static void note_refusal(struct sync *sync, struct step *step, struct letters *letters,
                         const struct oms_event *event, const char *code, bool conflict)
{
    if (conflict) sync->conflicts++;
    else sync->refused++;
    fact_put_about_event(step, FACT_EVENT_REFUSED, event->seq, event->shipment_id, event->order_no,
                         code);
    commands_log(step->commands, LOG_ALARM, conflict ? "log_event_conflict" : "log_event_refused",
                 "order_no", event->order_no, "code", code, NULL);
    if (conflict && note_cancelled(sync, event->shipment_id, code)) return;
    if (!letters_add(letters, event, code))
        commands_log(step->commands, LOG_ALARM, "log_letters_full", NULL);
}

/* True when there was one. */
static bool note_results(struct sync *sync, struct step *step, struct letters *letters,
                         const struct oms_outcome *outcome)
{
    bool any = false;
    for (size_t i = 0; i < outcome->result_count && i < OMS_PUSH_MAX; i++) {
        const struct oms_event_result *result = &outcome->results[i];
        const struct oms_event *event = find_event(sync, result->seq);
        bool refused = result->class == OMS_REFUSED, conflict = result->class == OMS_CONFLICT;
        if (event == NULL || (!refused && !conflict)) continue;
        note_refusal(sync, step, letters, event, result->code, conflict);
        any = true;
    }
    if (sync->replaced.seq != 0 && sync->replaced.seq <= outcome->acked_seq) {
        note_refusal(sync, step, letters, &sync->replaced, sync->replaced_code, false);
        any = true;
    }
    if (any) (void)letters_store(letters, step);
    return any;
}

/* The journal number of the newest event that is acknowledged. */
static int64_t seq_of_acked(const struct sync *sync, uint64_t acked)
{
    int64_t seq = sync->cursor_seq;
    for (size_t i = 0; i < sync->count; i++) {
        if (sync->events[i].seq <= acked) seq = sync->event_seqs[i];
    }
    return seq;
}

/* They ask for what we took for delivered. What is read again is sent again, in order. */
static void go_back(struct sync *sync, struct step *step, const struct oms_outcome *outcome)
{
    commands_log(step->commands, LOG_ALARM, "log_event_numbers", "code", outcome->code, NULL);
    sync->from = outcome->acked_seq + 1;
    sync->cursor_seq = 0;
    sync->store_by_ms = NO_DEADLINE; /* "from the beginning" is no place to remember on disk */
}

static void stop(struct sync *sync, struct step *step, const char *code)
{
    sync->stopped = true;
    commands_log(step->commands, LOG_ALARM, "log_event_numbers", "code", code, NULL);
    pause(sync, step, 3600);
}

static void replace_first(struct sync *sync, const char *code)
{
    sync->replaced = sync->events[0];
    (void)bytes_to_text(bytes_of_text(code[0] != '\0' ? code : "not_taken"), sync->replaced_code,
                        sizeof sync->replaced_code);
    sync->lone_failures = 0;
}

/* The batch was refused whole: smaller, until the one that is to blame is found. What it says is
 * not lost: the journal has it, and a person decides (letters.h). */
static void take_refusal(struct sync *sync, struct step *step, const struct oms_outcome *outcome)
{
    bool reused = strcmp(outcome->code, "seq_reused") == 0; /* our numbers and theirs disagree */
    bool alone = sync->count == 1;
    if (reused || (alone && sync->replaced.seq == sync->events[0].seq)) {
        stop(sync, step, outcome->code);
        return;
    }
    if (alone) replace_first(sync, outcome->code);
    else sync->batch_max = sync->count / 2;
    sync->work = true;
    go(sync, SYNC_IDLE, 0, NO_DEADLINE);
}

/* There was an answer that acknowledges nothing. One event alone at which the order system fails
 * again and again, while it answers everything else, is to blame itself. */
static void take_failure(struct sync *sync, struct step *step, const struct oms_outcome *outcome)
{
    sync->failures++;
    if (sync->count > 1 && sync->failures % HALVE_AFTER == 0) sync->batch_max = sync->count / 2;
    if (sync->count == 1 && sync->others_answered != sync->others_seen) sync->lone_failures++;
    sync->others_seen = sync->others_answered;
    bool replaced = sync->replaced.seq == sync->events[0].seq;
    if (sync->lone_failures >= BLAME_AFTER && !replaced) replace_first(sync, outcome->code);
    pause(sync, step, outcome->after_s);
}

static void taken_on(struct sync *sync)
{
    sync->stopped = false;
    sync->from = 0;
    sync->failures = sync->lone_failures = 0;
    sync->batch_max = sync->batch_max * 2 < OMS_PUSH_MAX ? sync->batch_max * 2 : OMS_PUSH_MAX;
    sync->work = true;
    backoff_reset(&sync->backoff);
}

static void take_push(struct sync *sync, struct step *step, struct letters *letters,
                      const struct oms_outcome *outcome)
{
    /* Their number may be one we knew already, or beyond this batch: an earlier one, whose answer
     * was lost, went further. What moves us is what lies behind our cursor. */
    bool moved = outcome->acked && outcome->acked_seq >= sync->events[0].seq &&
                 outcome->acked_seq < *step->next_event_seq;
    if (outcome->class == OMS_REFUSED && !outcome->acked) {
        take_refusal(sync, step, outcome);
        return;
    }
    if (outcome->ahead && !sync->stopped) {
        sync->stopped = true;
        commands_log(step->commands, LOG_ALARM, "log_event_numbers", "code", "ahead", NULL);
    }
    if (!moved) {
        if (outcome->acked && outcome->acked_seq + 1 < sync->events[0].seq)
            go_back(sync, step, outcome);
        bool fails = !outcome->acked && !sync->unanswered && outcome->class != OMS_AUTH;
        if (fails) take_failure(sync, step, outcome);
        else pause(sync, step, outcome->after_s);
        return;
    }
    bool refused = note_results(sync, step, letters, outcome);
    sync->acked = outcome->acked_seq; /* for the count on the screen */
    taken_on(sync);
    if (refused) move(sync, step, seq_of_acked(sync, outcome->acked_seq));
    else advance(sync, step, seq_of_acked(sync, outcome->acked_seq));
}

static void take_exchange(struct sync *sync, struct step *step, struct letters *letters,
                          const struct event *event)
{
    struct oms_outcome *outcome = commands_room(step->commands, sizeof *outcome);
    struct oms_task task = {.operation = OMS_PUSH,
                            .epoch = step->epoch,
                            .events = sync->events,
                            .event_count = sync->count,
                            .newest_seq = *step->next_event_seq - 1};
    struct textbuf documents;
    char none[1];
    oms_outcome_init(outcome);
    textbuf_init(&documents, none, sizeof none);
    sync->unanswered = event->exchange.end != EXCHANGE_ANSWERED;
    if (event->exchange.end != EXCHANGE_ANSWERED) {
        oms_outcome_of_end(OMS_PUSH, event->exchange.end, outcome);
    } else {
        step->oms->take(&task, event->exchange.response, step->scratch, &documents, outcome);
    }
    take_push(sync, step, letters, outcome);
}

void sync_answer(struct sync *sync, struct step *step, struct letters *letters,
                 const struct event *event)
{
    sync->ticket = 0;
    if (event->kind == EVENT_ROWS && sync->state == SYNC_READING) take_rows(sync, step, event);
    else if (event->kind == EVENT_EXCHANGE && sync->state == SYNC_SENDING)
        take_exchange(sync, step, letters, event);
}

void sync_ride(struct sync *sync, struct step *step)
{
    bool cheap = step->commands->batch.cursor_count > 0; /* another one moves: no page more */
    bool due = sync->store_by_ms <= step->now_ms;
    if (sync->store_by_ms == NO_DEADLINE || sync->state == SYNC_MOVING || !(cheap || due)) return;
    ENSURE(sync->cursor_seq > 0); /* 0 would mean the newest fact */
    commands_cursor(step->commands, "oms", sync->cursor_seq);
    sync->riding_ticket = step_store(step);
}

void sync_stored(struct sync *sync, struct step *step, uint32_t ticket, enum err error)
{
    if (ticket != 0 && sync->riding_ticket == ticket) {
        sync->riding_ticket = 0;
        sync->store_by_ms = error == ERR_NONE ? NO_DEADLINE : step->now_ms + CURSOR_LAG_MS;
    }
    if (sync->state != SYNC_MOVING || sync->ticket != ticket) return;
    if (error == ERR_NONE) {
        sync->cursor_seq = sync->moving_to_seq;
        sync->store_by_ms = NO_DEADLINE;
        if (sync->replaced.seq <= sync->acked) sync->replaced.seq = 0;
        go(sync, SYNC_IDLE, 0, NO_DEADLINE);
    } else { /* they have it, we do not know it: they will say "seen before" */
        go(sync, SYNC_PAUSED, 0, step->now_ms + STORE_AGAIN_MS);
    }
}

void sync_tick(struct sync *sync, struct step *step)
{
    if (step->oms == NULL || !step_has_room(step)) return;
    if (sync->store_by_ms <= step->now_ms) (void)step_store(step); /* nothing came to ride with */
    if (sync->state == SYNC_IDLE && sync->work) {
        read_rows(sync, step);
    } else if (sync->state == SYNC_PAUSED && sync->deadline_ms <= step->now_ms) {
        read_rows(sync, step);
    } else if (sync->state == SYNC_SENDING && sync->deadline_ms <= step->now_ms) {
        step_exchange_cancel(step, sync->ticket);
        sync->unanswered = true;
        pause(sync, step, -1);
    }
}

int64_t sync_deadline(const struct sync *sync, const struct step *step)
{
    if (step->oms == NULL) return NO_DEADLINE;
    if (sync->state == SYNC_IDLE && sync->work) return step->now_ms;
    return sync->deadline_ms < sync->store_by_ms ? sync->deadline_ms : sync->store_by_ms;
}

void sync_check(const struct sync *sync)
{
    bool waits =
        sync->state == SYNC_READING || sync->state == SYNC_SENDING || sync->state == SYNC_MOVING;
    bool timed = sync->state == SYNC_SENDING || sync->state == SYNC_PAUSED;
    ENSURE(waits == (sync->ticket != 0));
    ENSURE(timed == (sync->deadline_ms != NO_DEADLINE));
}
