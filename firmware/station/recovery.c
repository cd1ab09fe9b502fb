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

static void fold_parcel(struct recovery *recovery, enum fact_kind kind, const struct parcel *parcel,
                        int64_t seq)
{
    struct open_parcel *open = find(recovery, parcel->reference);
    if (kind == FACT_INTENT) {
        if (open == NULL) add(recovery, parcel, seq);
        return;
    }
    if (open == NULL) return; /* settled before */
    open->parcel = *parcel;
    switch (kind) {
    case FACT_BOOKED:
    case FACT_LABEL: open->stage = STAGE_BOOKED; break;
    case FACT_PRINT: open->stage = STAGE_PRINTING; break;
    case FACT_ASIDE: open->aside = true; break;
    case FACT_REFUSED:
    case FACT_ABSENT:
    case FACT_CLOSED: remove_open(recovery, open); return;
    case FACT_INTENT:
    case FACT_PRINTED:
    case FACT_EVENT:
    case FACT_EVENT_REFUSED: break;
    }
    /* Booked and on the shelf: nobody waits for it but its order's scan, which finds it by
     * itself. */
    if (open->aside && open->stage != STAGE_INTENT) remove_open(recovery, open);
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
    if (kind == FACT_EVENT_REFUSED) return;
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

/* The bench has one parcel in hand: the newest that nobody has set aside. */
static bool is_in_hand(const struct recovery *recovery, size_t index)
{
    for (size_t i = index + 1; i < recovery->count; i++) {
        if (!recovery->open[i].aside) return false;
    }
    return !recovery->open[index].aside;
}

static void give_back(struct recovery *recovery, struct step *step, struct packing *packing,
                      struct floor *floor, const struct shipment *shipment)
{
    const struct open_parcel *open = &recovery->open[recovery->loading];
    bool in_hand = is_in_hand(recovery, recovery->loading);
    unsigned slot = floor_free_slot(floor),
             carrier = step_carrier_index(step, open->parcel.carrier);
    commands_log(step->commands, LOG_NOTICE, "log_recovered", "order_no", open->parcel.order_no,
                 NULL);
    if (open->stage == STAGE_PRINTING) {
        if (in_hand)
            packing_take_over(packing, step, floor, &open->parcel, STAGE_PRINTING, NO_SLOT);
        return; /* one that is on the shelf is found by its order's scan */
    }
    if (slot == NO_SLOT || carrier == CONFIG_CARRIERS_MAX) {
        recovery->left_over++;
        return;
    }
    struct booking *booking = &floor->bookings[slot];
    if (open->stage == STAGE_INTENT) {
        booking_resume(booking, step, carrier, &open->parcel, shipment, !in_hand);
    } else {
        booking_resume_booked(booking, step, carrier, &open->parcel, shipment, !in_hand);
    }
    booking->seq_floor = open->seq - 1;
    if (in_hand) packing_take_over(packing, step, floor, &open->parcel, open->stage, slot);
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
    struct json root;
    bool good = event->blob.found &&
                json_parse(event->blob.bytes, step->scratch, &root) == JSON_OK &&
                shipment_parse(root, shipment);
    if (!good) { /* enough to ask the courier by; a request cannot be built from it */
        const struct parcel *parcel = &recovery->open[recovery->loading].parcel;
        commands_log(step->commands, LOG_ALARM, "log_task_lost", "order_no", parcel->order_no,
                     NULL);
        memset(shipment, 0, sizeof *shipment);
        memcpy(shipment->reference, parcel->reference, sizeof shipment->reference);
        memcpy(shipment->awb, parcel->awb, sizeof shipment->awb);
    }
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
