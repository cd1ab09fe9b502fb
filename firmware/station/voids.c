/* voids.c - see voids.h for the states. */
#include "firmware/station/voids.h"

#include <string.h>

#define LOOK_AGAIN_MS 30000
#define IN_HAND_AGAIN_MS 2000
#define STORE_AGAIN_MS 3000

void voids_init(struct voids *voids)
{
    memset(voids, 0, sizeof *voids);
    voids->deadline_ms = NO_DEADLINE;
    voids->backoff = BACKOFF_BACKGROUND;
}

static void go(struct voids *voids, enum voids_state state, uint32_t ticket, int64_t deadline_ms)
{
    voids->state = state;
    voids->ticket = ticket;
    voids->deadline_ms = deadline_ms;
}

void voids_start(struct voids *voids, struct step *step)
{
    go(voids, VOIDS_IDLE, step_read_blob(step, OWNER_VOIDS, 0, BYTES_LITERAL("cancelled")),
       NO_DEADLINE);
}

const char *void_why_word(enum void_why why)
{
    return why == VOID_ORDER_CHANGED ? "order_changed" : "order_cancelled";
}

/* A line is an order's id and, after a tab, why. */
static void load(struct voids *voids, const struct event *event)
{
    struct bytes rest = event->blob.found ? event->blob.bytes : BYTES_NONE, line, id;
    while (voids->count < VOIDS_MAX && bytes_split(&rest, '\n', &line)) {
        struct void_entry *entry = &voids->entries[voids->count];
        if (!bytes_split(&line, '\t', &id) || id.len == 0) continue;
        if (!bytes_to_text(id, entry->order_id, sizeof entry->order_id)) continue;
        bool changed = bytes_equal_text(line, void_why_word(VOID_ORDER_CHANGED));
        entry->why = changed ? VOID_ORDER_CHANGED : VOID_ORDER_CANCELLED;
        voids->count++;
    }
    voids->loaded = true;
}

uint32_t voids_store(const struct voids *voids, struct step *step)
{
    struct textbuf lines;
    commands_text_begin(step->commands, &lines, VOIDS_MAX * (sizeof(struct void_entry) + 16));
    for (size_t i = 0; i < voids->count; i++) {
        textbuf_format(&lines, "%s\t%s\n", voids->entries[i].order_id,
                       void_why_word(voids->entries[i].why));
    }
    commands_blob(step->commands, BYTES_LITERAL("cancelled"),
                  commands_text_end(step->commands, &lines));
    return step_store(step);
}

bool voids_have_room(const struct voids *voids, size_t count)
{
    return voids->loaded && voids->count + count <= VOIDS_MAX;
}

const struct void_entry *voids_find(const struct voids *voids, const char *order_id)
{
    for (size_t i = 0; i < voids->count; i++) {
        if (strcmp(voids->entries[i].order_id, order_id) == 0) return &voids->entries[i];
    }
    return NULL;
}

bool voids_note(struct voids *voids, const char *order_id, enum void_why why)
{
    bool plain = order_id[0] != '\0' && strpbrk(order_id, "\t\n") == NULL;
    if (!plain || voids_find(voids, order_id) != NULL) return true;
    if (!voids_have_room(voids, 1)) return false;
    struct void_entry *entry = &voids->entries[voids->count++];
    (void)bytes_to_text(bytes_of_text(order_id), entry->order_id, sizeof entry->order_id);
    entry->why = why;
    return true;
}

/* --- what the facts say --- */

static struct voids_parcel *find(struct voids *voids, const char *reference)
{
    for (size_t i = 0; i < voids->parcel_count; i++) {
        if (strcmp(voids->parcels[i].parcel.reference, reference) == 0) return &voids->parcels[i];
    }
    return NULL;
}

static void forget(struct voids *voids, struct voids_parcel *parcel)
{
    size_t index = (size_t)(parcel - voids->parcels);
    voids->parcel_count--;
    memmove(parcel, parcel + 1, (voids->parcel_count - index) * sizeof *parcel);
}

static struct voids_parcel *find_or_add(struct voids *voids, const struct parcel *parcel)
{
    struct voids_parcel *found = find(voids, parcel->reference);
    if (found != NULL) return found;
    if (voids->parcel_count == VOIDS_PARCELS_MAX) {
        voids->crowded = true;
        return NULL;
    }
    found = &voids->parcels[voids->parcel_count++];
    *found = (struct voids_parcel){.parcel = *parcel};
    return found;
}

static void fold(struct voids *voids, struct step *step, const struct event_row *row)
{
    enum fact_kind kind;
    struct parcel parcel;
    if (!fact_kind_parse(row->kind, &kind) || !fact_is_of_parcel(kind)) return;
    if (!fact_parse(row->body, step->scratch, &parcel)) return;
    bool first = kind == FACT_INTENT || kind == FACT_BOOKED;
    struct voids_parcel *found =
        first ? find_or_add(voids, &parcel) : find(voids, parcel.reference);
    if (found == NULL) return;
    switch (kind) {
    case FACT_BOOKED:
        found->booked = true;
        found->parcel = parcel;
        break;
    case FACT_PRINT: found->label_out = true; break;
    case FACT_TAKEN_BACK: found->taken_back = true; break;
    case FACT_VOIDED:
    case FACT_VOID_REFUSED: found->settled = true; break;
    case FACT_REFUSED:
    case FACT_ABSENT: /* its own recall has been seen to */ forget(voids, found); return;
    case FACT_INTENT:
    case FACT_LABEL:
    case FACT_PRINTED:
    case FACT_ASIDE:
    case FACT_SENDING:
    case FACT_CLOSED:
    case FACT_EVENT:
    case FACT_EVENT_REFUSED:
    case FACT_EVENT_AGAIN:
    case FACT_EVENT_DROPPED:
    case FACT_WEIGHED:
    case FACT_SCALE_CHECK:
    case FACT_SCALE_TRUSTED:
    case FACT_WEIGHT_KEPT: break;
    }
    if (found->settled && (found->taken_back || !found->label_out)) forget(voids, found);
}

static void read_on(struct voids *voids, struct step *step)
{
    struct command *command = commands_add(step->commands, COMMAND_READ_SUBJECT);
    command->read.ticket = tickets_take(step->tickets, OWNER_VOIDS, 0);
    command->read.after_seq = voids->read_seq;
    command->read.key = commands_keep_text(step->commands, voids->entries[0].order_id);
    go(voids, VOIDS_READING, command->read.ticket, NO_DEADLINE);
}

static void begin(struct voids *voids, struct step *step)
{
    voids->read_seq = 0;
    voids->parcel_count = 0;
    voids->crowded = false;
    read_on(voids, step);
}

/* --- what is done about it --- */

/* The next order has its turn; this one comes again later. */
static void pause(struct voids *voids, int64_t until_ms)
{
    struct void_entry first = voids->entries[0];
    memmove(&voids->entries[0], &voids->entries[1], (voids->count - 1) * sizeof first);
    voids->entries[voids->count - 1] = first;
    go(voids, VOIDS_PAUSED, 0, until_ms);
}

static void store_answer(struct voids *voids, struct step *step)
{
    bool good = voids->answer == FACT_VOIDED;
    fact_put(step, voids->answer, &voids->parcel);
    fact_put_event(step, good ? OMS_EVENT_VOID : OMS_EVENT_EXCEPTION,
                   good ? "cancelled" : "exception", &voids->parcel,
                   good ? void_why_word(voids->entries[0].why) : "the courier does not void it");
    go(voids, VOIDS_STORING, step_store(step), NO_DEADLINE);
}

static void answer_is(struct voids *voids, struct step *step, enum fact_kind answer,
                      const char *why)
{
    voids->answer = answer;
    (void)bytes_to_text(bytes_of_text(why), voids->parcel.note, sizeof voids->parcel.note);
    backoff_reset(&voids->backoff);
    store_answer(voids, step);
}

static void void_booking(struct voids *voids, struct step *step, const struct parcel *parcel)
{
    struct shipment *shipment = commands_room(step->commands, sizeof *shipment);
    struct carrier_task *task = commands_room(step->commands, sizeof *task);
    const char *why = "";
    voids->parcel = *parcel;
    voids->carrier = step_carrier_index(step, parcel->carrier);
    bool can = voids->carrier < CONFIG_CARRIERS_MAX &&
               step->carriers[voids->carrier]->supports[CARRIER_CANCEL];
    if (!can) {
        answer_is(voids, step, FACT_VOID_REFUSED, "not_supported");
        return;
    }
    memset(shipment, 0, sizeof *shipment);
    memcpy(shipment->reference, parcel->reference, sizeof shipment->reference);
    memcpy(shipment->awb, parcel->awb, sizeof shipment->awb);
    carrier_task_init(task, CARRIER_CANCEL, shipment);
    struct carrier_account account = step_carrier_account(step, voids->carrier);
    struct http_request *request = step_request(step, EXCHANGE_BODY_MAX);
    if (!step->carriers[voids->carrier]->build(task, &account, request, &why)) {
        answer_is(voids, step, FACT_VOID_REFUSED, "cannot_be_said");
        return;
    }
    if (request->timeout_ms == 0) request->timeout_ms = account.timeout_ms;
    request->reply_max = EXCHANGE_REPLY_MAX;
    uint32_t ticket =
        step_exchange(step, OWNER_VOIDS, 0, SERVER_CARRIER_FIRST + voids->carrier, request);
    go(voids, VOIDS_SENDING, ticket, step->now_ms + (int64_t)request->timeout_ms * 2);
}

/* A label that is out and not on the list of those to be called back. */
static const struct parcel *find_to_recall(const struct voids *voids,
                                           const struct parcel_list *recalls)
{
    for (size_t i = 0; i < voids->parcel_count; i++) {
        const struct voids_parcel *each = &voids->parcels[i];
        if (!each->label_out || each->taken_back) continue;
        if (parcel_list_find(recalls, bytes_of_text(each->parcel.reference)) == NULL)
            return &each->parcel;
    }
    return NULL;
}

static void drop_first(struct voids *voids, struct step *step)
{
    voids->count--;
    memmove(&voids->entries[0], &voids->entries[1], voids->count * sizeof voids->entries[0]);
    (void)voids_store(voids, step);
    go(voids, VOIDS_IDLE, 0, NO_DEADLINE);
}

/* The whole past of the first order is folded. */
static void decide(struct voids *voids, struct step *step, struct parcel_list *recalls)
{
    const struct parcel *out = find_to_recall(voids, recalls);
    bool open = voids->crowded; /* the others when these are done */
    if (out != NULL) parcel_list_add(recalls, step, out, void_why_word(voids->entries[0].why));
    else if (recalls->unstored) parcel_list_store(recalls, step);
    if (recalls->storing != 0) { /* nothing is voided before the disk knows what must come back */
        go(voids, VOIDS_NOTING, recalls->storing, NO_DEADLINE);
        return;
    }
    for (size_t i = 0; i < voids->parcel_count; i++) {
        if (voids->parcels[i].settled) continue;
        if (voids->parcels[i].booked) {
            void_booking(voids, step, &voids->parcels[i].parcel);
            return;
        }
        open = true; /* the courier has not said yet whether it stands */
    }
    if (open) pause(voids, step->now_ms + LOOK_AGAIN_MS);
    else drop_first(voids, step);
}

static void take_rows(struct voids *voids, struct step *step, struct parcel_list *recalls,
                      const struct event *event)
{
    for (size_t i = 0; i < event->rows.count; i++) {
        fold(voids, step, &event->rows.rows[i]);
        voids->read_seq = event->rows.rows[i].seq;
    }
    if (event->rows.more) read_on(voids, step);
    else decide(voids, step, recalls);
}

static void no_clear_word(struct voids *voids, struct step *step, int64_t after_s)
{
    pause(voids, step->now_ms + backoff_next_ms(&voids->backoff, step, after_s * 1000));
}

static void take_exchange(struct voids *voids, struct step *step, const struct event *event)
{
    struct carrier_outcome *outcome = commands_room(step->commands, sizeof *outcome);
    struct shipment *shipment = commands_room(step->commands, sizeof *shipment);
    struct carrier_task *task = commands_room(step->commands, sizeof *task);
    memset(shipment, 0, sizeof *shipment);
    memcpy(shipment->reference, voids->parcel.reference, sizeof shipment->reference);
    memcpy(shipment->awb, voids->parcel.awb, sizeof shipment->awb);
    carrier_task_init(task, CARRIER_CANCEL, shipment);
    carrier_outcome_init(outcome);
    if (event->exchange.end == EXCHANGE_ANSWERED) {
        (void)step->carriers[voids->carrier]->take(task, event->exchange.response, step->scratch,
                                                   outcome);
    } else {
        carrier_outcome_of_end(CARRIER_CANCEL, EXCHANGE_MAYBE_SENT, outcome);
    }
    bool heard = outcome->reason != REASON_CREDENTIALS; /* else it did not look at the AWB */
    bool gone =
        outcome->reason == REASON_NOT_FOUND || outcome->reason == REASON_REFERENCE_CANCELLED;
    switch (outcome->result) {
    case CARRIER_OK:
    case CARRIER_OK_EXISTING: answer_is(voids, step, FACT_VOIDED, ""); break;
    case CARRIER_REJECT:
        if (heard)
            answer_is(voids, step, gone ? FACT_VOIDED : FACT_VOID_REFUSED,
                      carrier_reason_word(outcome->reason));
        else no_clear_word(voids, step, outcome->after_s);
        break;
    case CARRIER_PENDING:
    case CARRIER_SERVICEABLE:
    case CARRIER_RETRY:
    case CARRIER_AUTH:
    case CARRIER_UNKNOWN: no_clear_word(voids, step, outcome->after_s); break;
    }
}

void voids_restart(struct voids *voids, struct step *step)
{
    if (voids->state != VOIDS_SENDING) return;
    step_exchange_cancel(step, voids->ticket);
    no_clear_word(voids, step, -1);
}

void voids_answer(struct voids *voids, struct step *step, struct parcel_list *recalls,
                  const struct event *event)
{
    voids->ticket = 0;
    if (event->kind == EVENT_BLOB && !voids->loaded) load(voids, event);
    else if (event->kind == EVENT_ROWS && voids->state == VOIDS_READING)
        take_rows(voids, step, recalls, event);
    else if (event->kind == EVENT_EXCHANGE && voids->state == VOIDS_SENDING)
        take_exchange(voids, step, event);
}

static void log_answer(const struct voids *voids, struct step *step)
{
    bool voided = voids->answer == FACT_VOIDED;
    commands_log(step->commands, voided ? LOG_NOTICE : LOG_ALARM,
                 voided ? "log_voided" : "log_void_refused", "order_no", voids->parcel.order_no,
                 "awb_end", parcel_awb_end(&voids->parcel), "why", voids->parcel.note, NULL);
}

void voids_stored(struct voids *voids, struct step *step, uint32_t ticket, enum err error)
{
    bool waits = voids->state == VOIDS_NOTING || voids->state == VOIDS_STORING;
    if (!waits || ticket == 0 || voids->ticket != ticket) return;
    bool good = error == ERR_NONE || error == ERR_EXISTS;
    if (good && voids->state == VOIDS_STORING) log_answer(voids, step);
    voids->voided += good && voids->state == VOIDS_STORING && voids->answer == FACT_VOIDED;
    voids->refused += good && voids->state == VOIDS_STORING && voids->answer == FACT_VOID_REFUSED;
    bool unstored = !good && voids->state == VOIDS_STORING;
    if (unstored) go(voids, VOIDS_KEEPING, 0, step->now_ms + STORE_AGAIN_MS);
    else go(voids, VOIDS_PAUSED, 0, good ? step->now_ms : step->now_ms + STORE_AGAIN_MS);
}

void voids_tick(struct voids *voids, struct step *step, const char *in_hand)
{
    if (!voids->loaded || voids->count == 0 || !step_has_room(step)) return;
    bool idle = voids->state == VOIDS_IDLE;
    bool due = voids->state == VOIDS_PAUSED && voids->deadline_ms <= step->now_ms;
    bool keeps = voids->state == VOIDS_KEEPING && voids->deadline_ms <= step->now_ms;
    bool overdue = voids->state == VOIDS_SENDING && voids->deadline_ms <= step->now_ms;
    if ((idle || due) && strcmp(voids->entries[0].order_id, in_hand) == 0) {
        pause(voids, step->now_ms + IN_HAND_AGAIN_MS);
    } else if (idle || due) {
        begin(voids, step);
    } else if (keeps) {
        store_answer(voids, step);
    } else if (overdue) {
        step_exchange_cancel(step, voids->ticket);
        no_clear_word(voids, step, -1);
    }
}

int64_t voids_deadline(const struct voids *voids, const struct step *step)
{
    bool work = voids->loaded && voids->state == VOIDS_IDLE && voids->count > 0;
    return work ? step->now_ms : voids->deadline_ms;
}

void voids_check(const struct voids *voids)
{
    bool waits = voids->state == VOIDS_READING || voids->state == VOIDS_NOTING ||
                 voids->state == VOIDS_SENDING || voids->state == VOIDS_STORING;
    bool timed = voids->state == VOIDS_SENDING || voids->state == VOIDS_PAUSED ||
                 voids->state == VOIDS_KEEPING;
    ENSURE(!waits || voids->ticket != 0);
    ENSURE(timed == (voids->deadline_ms != NO_DEADLINE));
    ENSURE(voids->state == VOIDS_IDLE || voids->count > 0);
}
