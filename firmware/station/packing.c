/* packing.c - see packing.h for the states. One handler a state, one transition function;
 * whatever goes wrong leads to HELD with a reason, so there is no second path through the code
 * for trouble. */
#include "firmware/station/packing.h"

#include <string.h>

#include "firmware/station/packing_parts.h"
#include "firmware/station/pool.h"

void packing_go(struct packing *packing, enum packing_state state, int64_t deadline_ms)
{
    packing->state = state;
    packing->print_wanted = false;
    packing->deadline_ms = deadline_ms;
}

void packing_play(struct packing *packing, const char *sound)
{
    packing->sound = sound;
    packing->sound_number++;
}

void packing_init(struct packing *packing)
{
    memset(packing, 0, sizeof *packing);
    packing->slot = NO_SLOT;
    packing->sound = "";
    packing_go(packing, PACKING_RECOVERING, NO_DEADLINE);
}

void packing_hold(struct packing *packing, enum held_reason reason)
{
    packing->before = packing->state;
    packing->reason = reason;
    packing_go(packing, PACKING_HELD, NO_DEADLINE);
    packing_play(packing, "error"); /* packing_view.c says why, on the page and in the log */
}

void packing_idle(struct packing *packing)
{
    packing->reason = HELD_NONE;
    packing->slot = NO_SLOT;
    packing->reprinting = packing->holding = false;
    packing->setting_aside = packing->taking_back = false;
    memset(&packing->order, 0, sizeof packing->order);
    memset(&packing->parcel, 0, sizeof packing->parcel);
    packing->mass_mg = 0;
    packing_go(packing, PACKING_IDLE, NO_DEADLINE);
}

/* --- IDLE, FINDING: from a scan to an order
 * ------------------------------------------------------ */

static bool money_may_be_spent(const struct packing *packing)
{
    bool label_open =
        packing->state == PACKING_HELD &&
        (packing->reason == HELD_LABEL_UNKNOWN || packing->reason == HELD_LABEL_BROKEN ||
         packing->reason == HELD_LABEL_UNREAD ||
         (packing->reason == HELD_DISK_FULL && packing->before == PACKING_PRINTING));
    return packing->slot != NO_SLOT || packing->reprinting || label_open ||
           packing->state == PACKING_PRINTING || packing->state == PACKING_CLOSING;
}

const char *packing_order_in_hand(const struct packing *packing)
{
    return money_may_be_spent(packing) ? packing->parcel.order_id : "";
}

void packing_find(struct packing *packing, struct step *step, struct floor *floor,
                  struct bytes scan)
{
    packing_idle(packing);
    ENSURE(bytes_to_text(scan, packing->scan, sizeof packing->scan));
    packing->watch = (struct stopwatch){.scan_ms = step->now_ms};
    const struct listed *recall = parcel_list_find(floor->recalls, scan);
    if (recall != NULL) { /* whatever was scanned of it: it must not leave */
        packing_hold_recalled(packing, recall);
        return;
    }
    if (packing->disk_low) {
        packing_hold(packing, HELD_DISK_FULL);
        return;
    }
    if (care_is_due(floor->care, step)) {
        packing_hold(packing, HELD_SCALE_CHECK);
        return;
    }
    packing_play(packing, "scan");
    orders_find(floor->orders, step, scan);
    packing_go(packing, PACKING_FINDING, NO_DEADLINE); /* orders.c keeps the deadline */
}

static bool is_repeat(struct packing *packing, const struct step *step, struct bytes scan)
{
    bool same = bytes_equal_text(scan, packing->previous_scan);
    int64_t since_ms = step->now_ms - packing->previous_scan_ms;
    bool repeat = same && since_ms < (int64_t)step->config->limits.double_scan_ms;
    (void)bytes_to_text(scan, packing->previous_scan, sizeof packing->previous_scan);
    packing->previous_scan_ms = step->now_ms;
    return repeat;
}

/* A scan that came while money was being spent: it is never applied to another parcel. The one scan
 * that means something then is the label's own. */
static void scan_while_busy(struct packing *packing, struct step *step, struct floor *floor,
                            struct bytes scan)
{
    bool label = packing->state == PACKING_HELD && packing->reason == HELD_LABEL_UNKNOWN &&
                 bytes_equal_text(scan, packing->parcel.awb);
    if (label) {
        packing_confirm_label(packing, step, floor, EVIDENCE_SCAN);
        return;
    }
    packing->scans_not_taken++;
    packing_play(packing, "error");
}

static enum held_reason verdict_reason(enum scan_verdict verdict)
{
    switch (verdict) {
    case SCAN_GOOD: return HELD_NONE;
    case SCAN_BAD: return HELD_BAD_SCAN;
    case SCAN_BAD_CHECK_DIGIT: return HELD_BAD_CHECK_DIGIT;
    case SCAN_NO_ORDER: return HELD_NO_ORDER_IN_CODE;
    case SCAN_UNCLEAR: return HELD_CODE_UNCLEAR;
    }
    return HELD_BAD_SCAN;
}

/* Shown when nothing else is going on; else it is heard. */
static void refuse_scan(struct packing *packing, struct step *step, struct floor *floor,
                        enum held_reason reason, const char *code)
{
    if (packing->state == PACKING_RECOVERING || money_may_be_spent(packing)) {
        packing->scans_not_taken++;
        packing_play(packing, "error");
        return;
    }
    orders_stop(floor->orders, step);
    packing_idle(packing);
    (void)bytes_to_text(bytes_of_text(code), packing->scan, sizeof packing->scan);
    packing_hold(packing, reason);
}

void packing_scan(struct packing *packing, struct step *step, struct floor *floor,
                  const struct scan *scan)
{
    struct scan_text meant;
    scan_text_read(&step->config->scan, scan, step->scratch, &meant);
    bool repeat = meant.text[0] != '\0' && is_repeat(packing, step, bytes_of_text(meant.text));
    if (repeat) return;
    if (meant.verdict != SCAN_GOOD) {
        refuse_scan(packing, step, floor, verdict_reason(meant.verdict), meant.text);
        return;
    }
    packing_drop_hold_label(packing, step, floor);
    if (packing->state == PACKING_RECOVERING || money_may_be_spent(packing)) {
        scan_while_busy(packing, step, floor, bytes_of_text(meant.text));
        return;
    }
    packing->scan_kind = meant.kind;
    packing_find(packing, step, floor, /* nothing was spent: the newest scan is what is meant */
                 bytes_of_text(meant.text));
}

void packing_bad_scan(struct packing *packing, struct step *step, struct floor *floor)
{
    refuse_scan(packing, step, floor, HELD_BAD_SCAN, "");
}

void packing_half_scan(struct packing *packing, struct step *step, struct floor *floor)
{
    refuse_scan(packing, step, floor, HELD_HALF_SCAN, "");
}

static enum held_reason answer_reason(enum orders_answer answer)
{
    switch (answer) {
    case ORDER_FOUND: return HELD_NONE;
    case ORDER_UNKNOWN: return HELD_UNKNOWN_SCAN;
    case ORDER_MANY: return HELD_MANY_ORDERS;
    case ORDER_SYSTEM_DOWN: return HELD_ORDER_SYSTEM_DOWN;
    case ORDER_BROKEN: return HELD_ORDER_BROKEN;
    }
    return HELD_ORDER_UNCLEAR;
}

static enum held_reason status_reason(enum order_status status)
{
    switch (status) {
    case ORDER_READY: return HELD_NONE;
    case ORDER_NOT_READY: return HELD_NOT_READY;
    case ORDER_PACKED: return HELD_ALREADY_PACKED;
    case ORDER_CANCELLED: return HELD_CANCELLED;
    case ORDER_UNCLEAR: return HELD_ORDER_UNCLEAR;
    }
    return HELD_ORDER_UNCLEAR;
}

/* The package to pack now: the first that is neither closed nor begun. 0: all are done. */
static unsigned next_package(const struct packing *packing)
{
    unsigned total = packing->order.packages_total;
    ENSURE(total <= PAST_PACKAGES_MAX);
    for (unsigned n = 1; n <= total; n++) {
        if (packing->past.packages[n].stage == STAGE_NONE) return n;
    }
    return 0;
}

static unsigned find_slot(const struct floor *floor, const char *reference)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        const struct booking *booking = &floor->bookings[slot];
        if (booking->state != BOOKING_FREE && strcmp(booking->parcel.reference, reference) == 0)
            return slot;
    }
    return NO_SLOT;
}

/* Only a person can find out whether the open parcel is booked: its word is wanted first of all,
 * for without it neither the order's other parcels nor those of its courier go on. */
static bool waits_for_person(const struct packing *packing, const struct floor *floor)
{
    unsigned slot = NO_SLOT;
    if (packing->past.has_open) slot = find_slot(floor, packing->past.open.reference);
    return slot != NO_SLOT && floor->bookings[slot].state == BOOKING_PERSON;
}

/* The order was begun before: its parcel comes back from the shelf. */
static void pick_up(struct packing *packing, struct step *step, struct floor *floor)
{
    packing->parcel = packing->past.open;
    packing->parcel.note[0] = '\0'; /* its last fact's; on a label's it would say "a reprint" */
    packing->mass_mg = packing->parcel.mass_mg;
    packing->choice.carrier = step_carrier_index(step, packing->parcel.carrier);
    packing->parcel.copy = packing->past.packages[packing->parcel.package_no].copies + 1;
    packing->slot = find_slot(floor, packing->parcel.reference);
    bool down = packing->slot != NO_SLOT && floor->bookings[packing->slot].unreached > 0;
    if (down) { /* back to the shelf with it: to wait for the line here helps nobody */
        packing->slot = NO_SLOT;
        packing_hold(packing, HELD_NOT_BOOKED_YET);
        return;
    }
    if (packing->slot != NO_SLOT) { /* still being booked, or its label fetched */
        packing->slow = false;
        booking_set_aside(&floor->bookings[packing->slot], false);
        booking_hurry(&floor->bookings[packing->slot], step);
        packing_go(packing, PACKING_BOOKING, step->now_ms + step->config->limits.booking_wait_ms);
        return;
    }
    if (packing->past.open_stage == STAGE_INTENT) {
        packing_hold(packing, HELD_NOT_BOOKED_YET);
    } else if (packing->past.open_stage == STAGE_BOOKED) {
        packing_begin_printing(packing, step, floor);
    } else { /* PRINTED alone is never stored, but its CLOSED may have been pruned */
        ENSURE(packing->past.open_stage == STAGE_PRINTING ||
               packing->past.open_stage == STAGE_PRINTED);
        packing->parcel.copy--;
        packing_hold(packing, HELD_LABEL_UNKNOWN);
    }
}

/* The order is on the list of those that were cancelled or changed after packing: nothing goes on
 * with it until its labels and bookings are seen to. */
static void hold_listed(struct packing *packing, const struct floor *floor, enum void_why why)
{
    const struct past *past = &packing->past;
    const struct parcel *out = NULL;
    bool open_out = past->has_open && past->packages[past->open.package_no].copies > 0;
    if (open_out) out = &past->open;
    else if (past->has_closed && !past->packages[past->last_closed.package_no].taken_back)
        out = &past->last_closed;
    if (out != NULL) (void)packing_stop_cancelled(packing, floor, out); /* it is: see above */
    else packing_hold(packing, why == VOID_ORDER_CHANGED ? HELD_BEING_VOIDED : HELD_CANCELLED);
}

static void found(struct packing *packing, struct step *step, struct floor *floor)
{
    packing->order = floor->orders->order;
    packing->past = floor->orders->past;
    packing->watch.order_ms = step->now_ms;
    if (!packing->past.has_open) /* what is still on the list needs no label any more: it is here */
        parcel_list_remove_order(floor->shelf, step, packing->order.id);
    if (packing->past.has_recall) {
        struct listed recall;
        listed_of(&recall, &packing->past.recall, packing->past.recall.note);
        packing_hold_recalled(packing, &recall);
        return;
    }
    const struct void_entry *entry = voids_find(floor->voids, packing->order.id);
    if (entry != NULL && !waits_for_person(packing, floor)) {
        hold_listed(packing, floor, entry->why);
        return;
    }
    if (packing->past.has_open) {
        pick_up(packing, step, floor);
        return;
    }
    enum held_reason reason = status_reason(packing->order.status);
    unsigned package_no = next_package(packing);
    if (package_no == 0 || (packing->order.awb[0] != '\0' && reason == HELD_NONE))
        reason = HELD_ALREADY_PACKED;
    if (reason != HELD_NONE) {
        if (packing->past.has_closed) packing->parcel = packing->past.last_closed;
        packing_hold(packing, reason);
        return;
    }
    packing->parcel.package_no = package_no;
    weighing_asked(floor->weighing);
    packing_go(packing, PACKING_WEIGHING,
               NO_DEADLINE); /* weighing keeps the time; the packer may take it */
}

static bool finding(struct packing *packing, struct step *step, struct floor *floor)
{
    if (floor->orders->state != ORDERS_DONE) return false;
    enum held_reason reason = answer_reason(floor->orders->answer);
    if (reason == HELD_NONE) found(packing, step, floor);
    else packing_hold(packing, reason);
    orders_stop(floor->orders, step);
    return true;
}

/* --- WEIGHING, RATING: from an order to a decision
 * ----------------------------------------------- */

/* What the scale shows now is the parcel's mass. */
static void take_weight(struct packing *packing, struct step *step, struct floor *floor)
{
    weight_record_take(&packing->weight, floor->weighing, step->now_ms, step->wall_ms);
    packing->mass_mg = packing->weight.reading.mass_mg;
    weighing_taken(floor->weighing, packing->mass_mg);
}

static bool weighing(struct packing *packing, struct step *step, struct floor *floor)
{
    struct scale_reading reading;
    if (!weighing_take(floor->weighing, &step->config->scale, packing->watch.scan_ms, step->now_ms,
                       &reading)) {
        return false;
    }
    take_weight(packing, step, floor);
    packing->watch.weight_ms = step->now_ms;
    packing_play(packing, "ok");
    if (!rating_choose(step, &packing->order, packing->mass_mg, &packing->choice)) {
        packing_hold(packing, HELD_NO_CARRIER);
        return true;
    }
    packing_go(packing, PACKING_RATING, NO_DEADLINE);
    return true;
}

unsigned floor_free_slot(const struct floor *floor)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        if (floor->bookings[slot].state == BOOKING_FREE) return slot;
    }
    return NO_SLOT;
}

/* The parcel in hand comes first: one of the backlog that only pauses gives its slot up. */
static unsigned make_room(const struct floor *floor)
{
    unsigned slot = floor_free_slot(floor);
    for (unsigned i = 0; i < BOOKINGS_MAX && slot == NO_SLOT; i++) {
        struct booking *booking = &floor->bookings[i];
        if (!booking->queued || !booking_is_paused(booking)) continue;
        booking_park(booking);
        slot = i;
    }
    return slot;
}

void packing_book(struct packing *packing, struct step *step, struct floor *floor)
{
    struct shipment *shipment = commands_room(step->commands, sizeof *shipment);
    const struct void_entry *entry = voids_find(floor->voids, packing->order.id);
    if (entry != NULL) { /* since it was scanned */
        hold_listed(packing, floor, entry->why);
        return;
    }
    packing->slot = make_room(floor);
    if (packing->slot == NO_SLOT) {
        packing_hold(packing, HELD_TOO_MANY_OPEN);
        return;
    }
    if (packing->disk_low) {
        packing->slot = NO_SLOT;
        packing_hold(packing, HELD_DISK_FULL);
        return;
    }
    packing_make_parcel(packing, step);
    (void)pool_take(floor->pool, step, packing->choice.carrier, packing->order.payment,
                    packing->parcel.awb);
    packing_make_shipment(packing, step, shipment);
    packing->slow = packing->weight_kept = packing->weight_told = false;
    booking_begin(&floor->bookings[packing->slot], step, packing->choice.carrier, &packing->parcel,
                  shipment);
    fact_put_weighed(step, &packing->parcel, &packing->weight); /* in the intent's batch */
    packing_go(packing, PACKING_BOOKING, step->now_ms + step->config->limits.booking_wait_ms);
}

bool packing_still_weighed(const struct packing *packing, const struct step *step,
                           const struct floor *floor)
{
    return weighing_holds(floor->weighing, &step->config->scale, packing->mass_mg, step->now_ms);
}

static bool rating(struct packing *packing, struct step *step, struct floor *floor)
{
    if (!packing_still_weighed(packing, step, floor)) { /* lifted, or something was put on top */
        packing_go(packing, PACKING_WEIGHING, NO_DEADLINE);
        return true;
    }
    if (!step->config->automatic && !packing->print_wanted) return false; /* waits for the press */
    struct scale_reading reading; /* an old one, or one that flickers: the next frames will do */
    if (!weighing_take(floor->weighing, &step->config->scale, packing->watch.scan_ms, step->now_ms,
                       &reading))
        return false;
    take_weight(packing, step, floor); /* what is booked is what is shown now */
    packing_book(packing, step, floor);
    return true;
}

bool packing_leaves_scale(const struct packing *packing, const struct floor *floor,
                          const struct step *step)
{
    if (packing->state == PACKING_IDLE) return true;
    if (packing->state == PACKING_HELD) return !money_may_be_spent(packing);
    if (packing->state != PACKING_WEIGHING) return false;
    enum weight_hint hint = weighing_hint(floor->weighing, &step->config->scale, step->now_ms);
    return hint == WEIGHT_ZERO || hint == WEIGHT_ZERO_DRIFT || hint == WEIGHT_UNDERLOAD;
}

void packing_sound(struct packing *packing, bool good)
{
    packing_play(packing, good ? "ok" : "error");
}

/* The reference mass is taken as soon as it lies there; then the order that waits goes on. */
static bool held(struct packing *packing, struct step *step, struct floor *floor)
{
    if (packing->state == PACKING_IDLE)
        weighing_unwanted(floor->weighing, &step->config->scale, step->now_ms);
    bool waits = packing->state == PACKING_IDLE || packing->reason == HELD_SCALE_CHECK;
    if (waits && care_check(floor->care, step, floor->weighing))
        packing_sound(packing, care_failed(floor->care, step) == NULL);
    if (packing->reason != HELD_SCALE_CHECK || care_is_due(floor->care, step)) return false;
    char scan[ORDER_KEY_SIZE];
    memcpy(scan, packing->scan, sizeof scan);
    packing->reason = HELD_NONE;
    packing_find(packing, step, floor, bytes_of_text(scan));
    return true;
}

bool packing_advance(struct packing *packing, struct step *step, struct floor *floor)
{
    switch (packing->state) {
    case PACKING_FINDING: return finding(packing, step, floor);
    case PACKING_WEIGHING: return weighing(packing, step, floor);
    case PACKING_RATING: return rating(packing, step, floor);
    case PACKING_BOOKING: return packing_booking(packing, step, floor);
    case PACKING_PRINTING: return packing_printing(packing, step, floor);
    case PACKING_IDLE:
    case PACKING_HELD: return held(packing, step, floor);
    case PACKING_RECOVERING:
    case PACKING_CLOSING: return false;
    }
    return false;
}

/* --- recovery
 * ------------------------------------------------------------------------------------ */

void packing_take_over(struct packing *packing, struct step *step, struct floor *floor,
                       const struct parcel *parcel, enum parcel_stage stage, unsigned slot)
{
    packing_idle(packing);
    packing->parcel = *parcel;
    packing->mass_mg = parcel->mass_mg;
    packing->watch = (struct stopwatch){.scan_ms = step->now_ms};
    packing->choice.carrier = step_carrier_index(step, parcel->carrier);
    memcpy(packing->scan, parcel->order_no, sizeof parcel->order_no); /* to search by, once more */
    memcpy(packing->order.order_no, parcel->order_no, sizeof packing->order.order_no);
    memcpy(packing->order.id, parcel->order_id, sizeof packing->order.id);
    packing->parcel.note[0] = '\0'; /* its last fact's; on a label's it would say "a reprint" */
    packing->slot = slot;
    if (stage == STAGE_RECALLED) {
        packing_recall(packing, step, floor, parcel->note);
    } else if (stage == STAGE_PRINTING) {
        packing_hold(packing, HELD_LABEL_UNKNOWN);
    } else { /* recovery has given it a slot, or there is nothing to take over */
        packing->slow = false;
        packing_go(packing, PACKING_BOOKING, step->now_ms + step->config->limits.booking_wait_ms);
    }
}

void packing_recovered(struct packing *packing)
{
    if (packing->state == PACKING_RECOVERING) packing_idle(packing);
}

int64_t packing_deadline(const struct packing *packing, const struct step *step,
                         const struct floor *floor)
{
    bool weighs = packing->state == PACKING_WEIGHING || packing->state == PACKING_RATING;
    if (!weighs || !floor->weighing->has_last) return packing->deadline_ms;
    /* For the screen's words alone: that the scale has gone quiet, that it shows zero for long. A
     * good weight comes with a frame. */
    int64_t old_ms = weighing_quiet_ms(floor->weighing);
    int64_t zero_ms = packing->watch.order_ms + PACKING_STILL_ZERO_MS;
    int64_t due_ms = zero_ms > step->now_ms && zero_ms < old_ms ? zero_ms : old_ms;
    return due_ms > step->now_ms ? due_ms : NO_DEADLINE;
}

void packing_check(const struct packing *packing, const struct floor *floor)
{
    bool with_slot = packing->slot != NO_SLOT;
    ENSURE((packing->state == PACKING_HELD) == (packing->reason != HELD_NONE));
    ENSURE((packing->state == PACKING_CLOSING) == (packing->ticket != 0));
    ENSURE(packing->state != PACKING_BOOKING || with_slot);
    ENSURE(!with_slot || floor->bookings[packing->slot].state != BOOKING_FREE);
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) /* one in hand, all others are aside */
        ENSURE(floor->bookings[slot].state == BOOKING_FREE ||
               floor->bookings[slot].aside == (slot != packing->slot));
    ENSURE(packing->state != PACKING_IDLE || packing->deadline_ms == NO_DEADLINE);
    ENSURE(packing->state != PACKING_IDLE || !money_may_be_spent(packing));
    ENSURE(packing->state != PACKING_PRINTING || packing->parcel.awb[0] != '\0' ||
           packing->holding);
    ENSURE(packing->state != PACKING_FINDING || floor->orders->state != ORDERS_IDLE);
}
