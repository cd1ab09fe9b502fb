/* recovery.c - see recovery.h. */
#include "firmware/station/recovery.h"

#include <string.h>

static void read_on(struct recovery *recovery, struct step *step)
{
    struct command *command = commands_add(step->commands, COMMAND_READ_ROWS);
    command->read.ticket = tickets_take(step->tickets, OWNER_RECOVERY, 0);
    command->read.after_seq = recovery->seq;
    recovery->ticket = command->read.ticket;
}

void recovery_begin(struct recovery *recovery, struct step *step, int64_t settled_seq)
{
    memset(recovery, 0, sizeof *recovery);
    recovery->seq = settled_seq;
    recovery->next_event_seq = 1;
    read_on(recovery, step);
}

static struct open_parcel *find(struct recovery *recovery, const char *reference)
{
    for (size_t i = 0; i < recovery->count; i++) {
        if (strcmp(recovery->open[i].parcel.reference, reference) == 0) return &recovery->open[i];
    }
    return NULL;
}

static void remove_open(struct recovery *recovery, struct open_parcel *open)
{
    size_t index = (size_t)(open - recovery->open);
    recovery->count--;
    memmove(open, open + 1, (recovery->count - index) * sizeof *open);
}

static void add(struct recovery *recovery, const struct parcel *parcel, int64_t seq)
{
    if (recovery->count == RECOVERY_MAX) {
        recovery->left_over++;
        return;
    }
    recovery->open[recovery->count++] =
        (struct open_parcel){.parcel = *parcel, .stage = STAGE_INTENT, .seq = seq};
}

/* A label was begun of a parcel whose intent is settled: it had been fetched from the shelf. One
 * with a reason in its note is a reprint, and closed. */
static void fold_fetched(struct recovery *recovery, enum fact_kind kind,
                         const struct parcel *parcel, int64_t seq)
{
    if (kind != FACT_PRINT || parcel->note[0] != '\0') return;
    size_t before = recovery->count;
    add(recovery, parcel, seq);
    if (recovery->count == before) return;
    recovery->open[before].stage = STAGE_PRINTING;
    recovery->open[before].booked = true; /* or it is in the backlog, which sees to it */
}

static void fold_parcel(struct recovery *recovery, enum fact_kind kind, const struct parcel *parcel,
                        int64_t seq)
{
    struct open_parcel *open = find(recovery, parcel->reference);
    if (kind == FACT_INTENT) {
        if (open == NULL) add(recovery, parcel, seq);
        return;
    }
    if (open == NULL) {
        fold_fetched(recovery, kind, parcel, seq);
        return;
    }
    switch (kind) {
    case FACT_BOOKED:
        open->booked = true;
        if (open->stage == STAGE_INTENT) open->stage = STAGE_BOOKED;
        break;
    case FACT_PRINT: open->stage = STAGE_PRINTING; break;
    case FACT_REFUSED:
    case FACT_ABSENT:
    case FACT_VOIDED:
        if (open->stage != STAGE_PRINTING) {
            remove_open(recovery, open);
            return;
        }
        open->stage = STAGE_RECALLED; /* its label is out, or may be */
        break;
    case FACT_ASIDE:
    case FACT_CLOSED:
    case FACT_TAKEN_BACK: remove_open(recovery, open); return;
    case FACT_INTENT:
    case FACT_LABEL:
    case FACT_PRINTED:
    case FACT_SENDING:
    case FACT_VOID_REFUSED:
    case FACT_EVENT:
    case FACT_EVENT_REFUSED:
    case FACT_EVENT_AGAIN:
    case FACT_EVENT_DROPPED:
    case FACT_WEIGHED:
    case FACT_SCALE_CHECK:
    case FACT_SCALE_TRUSTED:
    case FACT_WEIGHT_KEPT: break;
    }
    open->parcel = *parcel;
}

void recovery_fold(struct recovery *recovery, const struct event_row *row, struct scratch scratch)
{
    enum fact_kind kind;
    recovery->seq = row->seq;
    if (!fact_kind_parse(row->kind, &kind)) {
        recovery->unreadable++;
        return;
    }
    if (kind == FACT_EVENT) {
        struct oms_event event;
        if (!fact_parse_event(row->body, scratch, &event)) recovery->unreadable++;
        else if (event.seq >= recovery->next_event_seq) recovery->next_event_seq = event.seq + 1;
        return;
    }
    struct parcel parcel;
    if (!fact_is_of_parcel(kind)) return;
    if (fact_parse(row->body, scratch, &parcel)) fold_parcel(recovery, kind, &parcel, row->seq);
    else recovery->unreadable++;
}

static void load_next(struct recovery *recovery, struct step *step, struct packing *packing)
{
    char storage[FACT_KEY_SIZE];
    struct textbuf key;
    recovery->ticket = 0;
    if (recovery->loading == recovery->count) {
        recovery->state = RECOVERY_DONE;
        packing_recovered(packing);
        return;
    }
    textbuf_init(&key, storage, sizeof storage);
    fact_task_key(&key, recovery->open[recovery->loading].parcel.reference);
    recovery->state = RECOVERY_LOADING;
    recovery->ticket = step_read_blob(step, OWNER_RECOVERY, 0, textbuf_bytes(&key));
}

/* The bench has one parcel in hand: the newest. */
static bool is_in_hand(const struct recovery *recovery, size_t index)
{
    return index + 1 == recovery->count;
}

/* Back to a booking slot; NO_SLOT when it cannot be, and then the next start tries again. */
static unsigned resume(struct recovery *recovery, struct step *step, struct floor *floor,
                       const struct open_parcel *open, const struct shipment *shipment)
{
    bool aside = !is_in_hand(recovery, recovery->loading);
    unsigned slot = floor_free_slot(floor);
    unsigned carrier = step_carrier_index(step, open->parcel.carrier);
    if (slot == NO_SLOT || carrier == CONFIG_CARRIERS_MAX) {
        recovery->left_over++;
        return NO_SLOT;
    }
    struct booking *booking = &floor->bookings[slot];
    if (open->booked) booking_resume_booked(booking, step, carrier, &open->parcel, shipment, aside);
    else booking_resume(booking, step, carrier, &open->parcel, shipment, aside);
    booking->label_out = open->stage == STAGE_PRINTING;
    booking->seq_floor = open->seq - 1;
    return slot;
}

static void give_back(struct recovery *recovery, struct step *step, struct packing *packing,
                      struct floor *floor, const struct shipment *shipment)
{
    const struct open_parcel *open = &recovery->open[recovery->loading];
    bool label = open->stage == STAGE_PRINTING || open->stage == STAGE_RECALLED;
    bool settled = open->stage == STAGE_RECALLED || (label && open->booked);
    unsigned slot = NO_SLOT;
    commands_log(step->commands, LOG_NOTICE, "log_recovered", "order_no", open->parcel.order_no,
                 NULL);
    if (!settled) slot = resume(recovery, step, floor, open, shipment);
    bool can = settled || slot != NO_SLOT;
    if (can && is_in_hand(recovery, recovery->loading))
        packing_take_over(packing, step, floor, &open->parcel, open->stage, slot);
}

static void take_rows(struct recovery *recovery, struct step *step, struct packing *packing,
                      const struct event *event)
{
    for (size_t i = 0; i < event->rows.count; i++) {
        recovery_fold(recovery, &event->rows.rows[i], step->scratch);
    }
    if (event->rows.more) {
        read_on(recovery, step);
        return;
    }
    if (recovery->unreadable > 0) {
        commands_log(step->commands, LOG_ALARM, "log_journal_unreadable", NULL);
    }
    load_next(recovery, step, packing);
}

static void take_task(struct recovery *recovery, struct step *step, struct packing *packing,
                      struct floor *floor, const struct event *event)
{
    struct shipment *shipment = commands_room(step->commands, sizeof *shipment);
    fact_read_task(event->blob.found ? event->blob.bytes : BYTES_NONE, step,
                   &recovery->open[recovery->loading].parcel, shipment);
    give_back(recovery, step, packing, floor, shipment);
    recovery->loading++;
    load_next(recovery, step, packing);
}

void recovery_answer(struct recovery *recovery, struct step *step, struct packing *packing,
                     struct floor *floor, const struct event *event)
{
    if (event->kind == EVENT_ROWS && recovery->state == RECOVERY_READING) {
        take_rows(recovery, step, packing, event);
    } else if (event->kind == EVENT_BLOB && recovery->state == RECOVERY_LOADING) {
        take_task(recovery, step, packing, floor, event);
    }
}
