/* packing_finish.c - from a booking to the next parcel: what the booking machine has come to, the
 * label (ahead of the courier's yes where the AWB was chosen beforehand), the shelf, the end. */
#include <string.h>

#include "firmware/station/packing_parts.h"

/* --- BOOKING */

void packing_begin_printing(struct packing *packing, struct step *step, struct floor *floor)
{
    unsigned carrier = step_carrier_index(step, packing->parcel.carrier);
    if (carrier == CONFIG_CARRIERS_MAX) {
        packing_hold(packing, HELD_LABEL_BROKEN);
        return;
    }
    printing_begin(floor->printing, step, floor->devices, &packing->parcel, carrier);
    packing_go(packing, PACKING_PRINTING, NO_DEADLINE); /* printing.c keeps the deadline */
    floor->printing->gated = packing_weight_is_off(packing, floor);
}

static struct booking *booking_in_hand(const struct packing *packing, const struct floor *floor)
{
    return packing->slot != NO_SLOT ? &floor->bookings[packing->slot] : NULL;
}

/* The slot's parcel is the truth; only the copy is ours. */
static void take_parcel(struct packing *packing, const struct booking *booking)
{
    unsigned copy = packing->parcel.copy;
    packing->parcel = booking->parcel;
    packing->parcel.copy = copy;
}

static void let_go(struct packing *packing, struct floor *floor)
{
    booking_release(&floor->bookings[packing->slot]);
    packing->slot = NO_SLOT;
}

static void booked(struct packing *packing, struct step *step, struct floor *floor)
{
    take_parcel(packing, booking_in_hand(packing, floor));
    packing->watch.booked_ms = step->now_ms;
    let_go(packing, floor);
    packing_begin_printing(packing, step, floor);
}

static void refused(struct packing *packing, struct floor *floor)
{
    const struct booking *booking = booking_in_hand(packing, floor);
    bool store_failed = booking->store_failed;
    bool doubled = store_failed && booking->reason == REASON_DUPLICATE_REFERENCE;
    packing->refusal = booking->reason;
    memcpy(packing->message, booking->message, sizeof packing->message);
    let_go(packing, floor);
    packing->parcel.awb[0] = '\0'; /* one from the pool was never booked: nothing to print again */
    if (doubled) packing_hold(packing, HELD_ALREADY_PACKED);
    else packing_hold(packing, store_failed ? HELD_DISK_FULL : HELD_REFUSED);
}

/* The line is down, or the courier takes longer than a packer should wait: the label is printed
 * now, with the AWB that was stored with the intent. */
static bool print_ahead(struct packing *packing, struct step *step, struct floor *floor)
{
    struct booking *booking = booking_in_hand(packing, floor);
    bool late = packing->slow || packing->deadline_ms <= step->now_ms;
    bool down = booking->unreached >= BOOKING_UNREACHED_MIN;
    if (!(late || down) || !booking_may_print_ahead(booking, step)) return false;
    take_parcel(packing, booking);
    booking->label_out = true;
    packing_begin_printing(packing, step, floor);
    return true;
}

bool packing_booking(struct packing *packing, struct step *step, struct floor *floor)
{
    switch (floor->bookings[packing->slot].state) {
    case BOOKING_BOOKED: booked(packing, step, floor); return true;
    case BOOKING_REFUSED: refused(packing, floor); return true;
    case BOOKING_PERSON: {
        bool twice = floor->bookings[packing->slot].reason == REASON_AWB_USED;
        packing_hold(packing, twice ? HELD_AWB_TWICE : HELD_NEEDS_PERSON);
        return true;
    }
    case BOOKING_FREE:
    case BOOKING_INTENDING:
    case BOOKING_SENDING:
    case BOOKING_RESENDING:
    case BOOKING_SETTLING:
    case BOOKING_ASKING:
    case BOOKING_STORING:
    case BOOKING_LABELLING:
    case BOOKING_REFUSING: break;
    }
    if (print_ahead(packing, step, floor)) return true;
    if (packing->deadline_ms > step->now_ms) return false;
    packing->slow = true;
    packing_play(packing, "attention");
    packing_go(packing, PACKING_BOOKING,
               NO_DEADLINE); /* the packer has the ways out; booking.c goes on */
    return true;
}

/* --- recalls */

void packing_hold_recalled(struct packing *packing, const struct listed *recall)
{
    packing->recall = *recall;
    memcpy(packing->order.order_no, recall->order_no, sizeof packing->order.order_no);
    packing_hold(packing, HELD_RECALLED);
}

bool packing_stop_cancelled(struct packing *packing, const struct floor *floor,
                            const struct parcel *labelled)
{
    const struct listed *listed =
        parcel_list_find(floor->recalls, bytes_of_text(labelled->reference));
    const struct void_entry *entry = voids_find(floor->voids, labelled->order_id);
    struct listed recall;
    if (listed == NULL && entry == NULL) return false;
    if (listed != NULL) recall = *listed;
    else listed_of(&recall, labelled, void_why_word(entry->why));
    packing_hold_recalled(packing, &recall);
    return true;
}

/* The parcel in hand has a label and no booking. It goes on the list at once: who walks away with
 * it now is told all day. */
void packing_recall(struct packing *packing, struct step *step, struct floor *floor,
                    const char *why)
{
    struct listed recall;
    listed_of(&recall, &packing->parcel, why);
    parcel_list_add(floor->recalls, step, &packing->parcel, why);
    packing_hold_recalled(packing, &recall);
}

static struct parcel parcel_of_recall(const struct listed *recall)
{
    struct parcel parcel = {.package_no = recall->package_no, .generation = recall->generation};
    memcpy(parcel.reference, recall->reference, sizeof parcel.reference);
    memcpy(parcel.order_id, recall->order_id, sizeof parcel.order_id);
    memcpy(parcel.order_no, recall->order_no, sizeof parcel.order_no);
    memcpy(parcel.awb, recall->awb, sizeof parcel.awb);
    return parcel;
}

void packing_take_back(struct packing *packing, struct step *step, struct floor *floor)
{
    struct parcel parcel = parcel_of_recall(&packing->recall);
    fact_put(step, FACT_TAKEN_BACK, &parcel);
    bool cancelled = strcmp(packing->recall.why, void_why_word(VOID_ORDER_CANCELLED)) == 0;
    fact_put_event(step, OMS_EVENT_UNPACKED, cancelled ? "cancelled" : "ready", &parcel,
                   "label taken back");
    parcel_list_remove(floor->recalls, step, packing->recall.reference);
    packing->reason = HELD_NONE;
    packing->taking_back = true;
    packing->ticket = step_store(step);
    packing_go(packing, PACKING_CLOSING, NO_DEADLINE);
}

/* --- PRINTING, CLOSING */

/* This step's batch says that the parcel leaves the bench before its booking is done. */
static void put_aside_fact(const struct packing *packing, struct step *step,
                           struct booking *booking)
{
    struct parcel parcel = packing->parcel;
    unsigned no = parcel.package_no;
    bool unsent = booking != NULL && booking_is_unsent(booking);
    bool was_there = packing->past.packages[no].aside &&
                     packing->past.packages[no].generation == parcel.generation;
    if (was_there || (booking != NULL && booking->queued)) return; /* it did so before */
    if (unsent) booking_keep_unsent(booking, step);
    (void)bytes_to_text(bytes_of_text(unsent ? ASIDE_UNSENT : ASIDE_UNSURE), parcel.note,
                        sizeof parcel.note);
    fact_put(step, FACT_ASIDE, &parcel);
}

static void close_with(struct packing *packing, struct step *step, struct booking *booking)
{
    packing->watch.printed_ms = step->now_ms;
    fact_put(step, FACT_PRINTED, &packing->parcel);
    fact_put_event(step, packing->reprinting ? OMS_EVENT_REPRINTED : OMS_EVENT_LABEL_PRINTED,
                   "label_printed", &packing->parcel, "");
    if (!packing->reprinting) fact_put(step, FACT_CLOSED, &packing->parcel);
    if (booking != NULL) put_aside_fact(packing, step, booking);
    packing->ticket = step_store(step);
    packing_go(packing, PACKING_CLOSING, NO_DEADLINE);
}

/* The courier's no, and a label that was printed ahead of it is out, or may be. */
static void recall_refused(struct packing *packing, struct step *step, struct floor *floor)
{
    const char *why = carrier_reason_word(booking_in_hand(packing, floor)->reason);
    let_go(packing, floor);
    packing_recall(packing, step, floor, why);
}

void packing_close(struct packing *packing, struct step *step, struct floor *floor)
{
    struct booking *booking = booking_in_hand(packing, floor);
    if (booking != NULL && booking->state == BOOKING_REFUSED) { /* while its label came out */
        recall_refused(packing, step, floor);
        return;
    }
    if (booking != NULL && booking->state == BOOKING_BOOKED) {
        let_go(packing, floor);
        booking = NULL;
    }
    if (parcel_list_find(floor->shelf, bytes_of_text(packing->parcel.reference)) != NULL)
        parcel_list_remove(floor->shelf, step, packing->parcel.reference);
    close_with(packing, step, booking);
}

static void set_evidence(struct packing *packing, const char *evidence)
{
    ENSURE(bytes_to_text(bytes_of_text(evidence), packing->parcel.evidence,
                         sizeof packing->parcel.evidence));
}

void packing_confirm_label(struct packing *packing, struct step *step, struct floor *floor,
                           const char *evidence)
{
    set_evidence(packing, evidence);
    if (floor->printing->state != PRINTING_IDLE)
        printing_release(floor->printing, step, floor->devices);
    packing->reason = HELD_NONE;
    packing_close(packing, step, floor);
}

static void end_hold_label(struct packing *packing, struct step *step, struct floor *floor)
{
    printing_release(floor->printing, step, floor->devices);
    packing_idle(packing);
}

/* A hold label that the printer does not take yet keeps nobody from the next parcel. */
void packing_drop_hold_label(struct packing *packing, struct step *step, struct floor *floor)
{
    bool early = printing_is_early(floor->printing);
    if (packing->state == PACKING_PRINTING && packing->holding && early)
        end_hold_label(packing, step, floor);
}

/* The courier's no came before this copy of the label was begun: there will be none. */
static bool refused_in_time(const struct packing *packing, const struct floor *floor)
{
    const struct booking *booking = booking_in_hand(packing, floor);
    return booking != NULL && booking->state == BOOKING_REFUSED &&
           printing_is_early(floor->printing);
}

bool packing_weight_is_off(const struct packing *packing, const struct floor *floor)
{
    bool printing = packing->state == PACKING_PRINTING && printing_is_early(floor->printing);
    bool fresh = !packing->reprinting && !packing->holding && !packing->weight_kept;
    return (printing || packing->state == PACKING_BOOKING) && fresh && floor->weighing->changed;
}

static void look_at_weight(struct packing *packing, struct floor *floor)
{
    floor->printing->gated = packing_weight_is_off(packing, floor);
    if (!floor->printing->gated || packing->weight_told) return;
    packing->weight_told = true;
    packing_play(packing, "attention");
}

static enum held_reason held_for(enum printing_state state)
{
    if (state == PRINTING_UNSURE) return HELD_LABEL_UNKNOWN;
    return state == PRINTING_UNREAD ? HELD_LABEL_UNREAD : HELD_LABEL_BROKEN;
}

bool packing_printing(struct packing *packing, struct step *step, struct floor *floor)
{
    look_at_weight(packing, floor);
    if (refused_in_time(packing, floor)) {
        printing_release(floor->printing, step, floor->devices);
        if (packing->parcel.copy > 1) recall_refused(packing, step, floor); /* an earlier one may */
        else refused(packing, floor);
        return true;
    }
    switch (floor->printing->state) {
    case PRINTING_PRINTED:
        if (packing->holding) {
            end_hold_label(packing, step, floor);
        } else {
            set_evidence(packing, print_evidence_word(floor->printing->evidence));
            printing_release(floor->printing, step, floor->devices);
            packing_close(packing, step, floor);
        }
        return true;
    case PRINTING_UNSURE:
    case PRINTING_BROKEN: /* a second hold label, or none, does no harm */
    case PRINTING_UNREAD:
        if (packing->holding) end_hold_label(packing, step, floor);
        else packing_hold(packing, held_for(floor->printing->state));
        return true;
    case PRINTING_IDLE:
    case PRINTING_LOADING:
    case PRINTING_DRAWING:
    case PRINTING_WAITING:
    case PRINTING_STARTING:
    case PRINTING_SENDING:
    case PRINTING_PROVING: return false;
    }
    return false;
}

void packing_set_aside(struct packing *packing, struct step *step, struct floor *floor)
{
    struct booking *booking = booking_in_hand(packing, floor);
    if (floor->printing->state != PRINTING_IDLE)
        printing_release(floor->printing, step, floor->devices);
    if (booking != NULL) {
        booking->label_out = packing->parcel.copy > 1; /* this copy was not begun */
        packing->parcel = booking->parcel;             /* it may be booked by now */
    }
    packing->reason = HELD_NONE;
    packing->setting_aside = true;
    put_aside_fact(packing, step, booking);
    fact_put_event(step, OMS_EVENT_EXCEPTION, "exception", &packing->parcel,
                   "set aside at the bench");
    packing->ticket = step_store(step);
    packing_go(packing, PACKING_CLOSING, NO_DEADLINE);
}

/* From here on the backlog looks after it. One that was proven unsent gives its slot up, because
 * the fact says so and nothing may be sent behind its back. One that waits for the settle window
 * keeps it: begun anew the window would begin anew. */
static void leave_to_backlog(struct packing *packing, struct floor *floor)
{
    struct booking *booking = booking_in_hand(packing, floor);
    if (booking == NULL) return;
    booking_set_aside(booking, true);
    booking->queued = true;
    if (booking->state == BOOKING_RESENDING) booking_park(booking);
    packing->slot = NO_SLOT;
}

static void closed(struct packing *packing, struct step *step, struct floor *floor)
{
    packing->watch.closed_ms = step->now_ms;
    packing->last_watch = packing->watch;
    packing->last = packing->parcel;
    if (!packing->reprinting) packing->parcels++;
    weighing_closed(floor->weighing);
    commands_log(step->commands, LOG_INFO, packing->slot == NO_SLOT ? "log_closed" : "log_ahead",
                 "order_no", packing->parcel.order_no, "awb_end", parcel_awb_end(&packing->parcel),
                 NULL);
    leave_to_backlog(packing, floor);
    packing_play(packing, "done");
    packing_idle(packing);
}

/* Not booked, and nothing else tells the parcels on the shelf apart. */
static bool wants_hold_label(const struct packing *packing, const struct floor *floor)
{
    const struct booking *booking = booking_in_hand(packing, floor);
    bool open = booking != NULL && booking->state != BOOKING_BOOKED && !booking->label_out;
    return open && strcmp(devices_printer_word(floor->devices), "ready") == 0;
}

static void put_aside(struct packing *packing, struct step *step, struct floor *floor)
{
    bool hold_label = wants_hold_label(packing, floor);
    weighing_closed(floor->weighing);
    commands_log(step->commands, LOG_NOTICE, "log_set_aside", "order_no", packing->parcel.order_no,
                 NULL);
    leave_to_backlog(packing, floor);
    packing_play(packing, "ok");
    if (!hold_label) {
        packing_idle(packing);
        return;
    }
    packing->setting_aside = false;
    packing->holding = true;
    printing_begin_hold(floor->printing, step, floor->devices, &packing->parcel,
                        step_carrier_index(step, packing->parcel.carrier));
    packing_go(packing, PACKING_PRINTING, NO_DEADLINE);
}

void packing_stored(struct packing *packing, struct step *step, struct floor *floor,
                    uint32_t ticket, enum err error)
{
    if (packing->kept_ticket != 0 && packing->kept_ticket == ticket) {
        packing->kept_ticket = 0;
        packing->weight_kept = error == ERR_NONE || error == ERR_EXISTS;
    }
    if (packing->state != PACKING_CLOSING) return;
    ENSURE(packing->ticket == ticket); /* each batch is answered before the next is made */
    packing->ticket = 0;
    if (error == ERR_NONE || error == ERR_EXISTS) { /* EXISTS: it was durable before this start */
        if (packing->setting_aside) put_aside(packing, step, floor);
        else if (packing->taking_back) packing_idle(packing);
        else closed(packing, step, floor);
        return;
    }
    if (packing->taking_back) {
        packing->taking_back = false;
        parcel_list_put_back(floor->recalls, &packing->recall);
        packing_hold(packing, HELD_RECALLED);
        return;
    }
    bool shelf = packing->setting_aside && packing->slot != NO_SLOT;
    packing->state = shelf ? PACKING_BOOKING : PACKING_PRINTING;
    packing_hold(packing, HELD_DISK_FULL);
}
