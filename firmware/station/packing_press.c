/* packing_press.c - what a person may say in each state, and what it does. The list that is
 * offered and the list that is obeyed are one: a press that is not offered is not obeyed. */
#include <string.h>

#include "firmware/station/packing_parts.h"

const char *packing_state_word(enum packing_state state)
{
    switch (state) {
    case PACKING_RECOVERING: return "recovering";
    case PACKING_IDLE: return "idle";
    case PACKING_FINDING: return "finding";
    case PACKING_WEIGHING: return "weighing";
    case PACKING_RATING: return "rating";
    case PACKING_BOOKING: return "booking";
    case PACKING_PRINTING: return "printing";
    case PACKING_CLOSING: return "closing";
    case PACKING_HELD: return "held";
    }
    return "unknown";
}

const char *held_reason_word(enum held_reason reason)
{
    switch (reason) {
    case HELD_NONE: return "";
    case HELD_UNKNOWN_SCAN: return "unknown_scan";
    case HELD_MANY_ORDERS: return "many_orders";
    case HELD_BAD_SCAN: return "bad_scan";
    case HELD_HALF_SCAN: return "half_scan";
    case HELD_ALREADY_PACKED: return "already_packed";
    case HELD_NOT_READY: return "not_ready";
    case HELD_CANCELLED: return "cancelled";
    case HELD_ORDER_UNCLEAR: return "order_unclear";
    case HELD_ORDER_SYSTEM_DOWN: return "order_system_down";
    case HELD_ORDER_BROKEN: return "order_broken";
    case HELD_NO_CARRIER: return "no_carrier";
    case HELD_REFUSED: return "refused";
    case HELD_NEEDS_PERSON: return "needs_person";
    case HELD_AWB_TWICE: return "awb_twice";
    case HELD_LABEL_UNKNOWN: return "label_unknown";
    case HELD_LABEL_BROKEN: return "label_broken";
    case HELD_LABEL_UNREAD: return "label_unread";
    case HELD_DISK_FULL: return "disk_full";
    case HELD_TOO_MANY_OPEN: return "too_many_open";
    case HELD_NOT_BOOKED_YET: return "not_booked_yet";
    case HELD_RECALLED: return "recalled";
    case HELD_BEING_VOIDED: return "being_voided";
    case HELD_BAD_CHECK_DIGIT: return "bad_check_digit";
    case HELD_NO_ORDER_IN_CODE: return "no_order_in_code";
    case HELD_CODE_UNCLEAR: return "code_unclear";
    case HELD_SCALE_CHECK: return "scale_check";
    }
    return "";
}

struct offer {
    enum press *list;
    size_t count;
};

static void offer(struct offer *offer, enum press press)
{
    ENSURE(offer->count < PACKING_PRESSES_MAX);
    offer->list[offer->count++] = press;
}

static void offer_when_held(const struct packing *packing, struct offer *to)
{
    switch (packing->reason) {
    case HELD_NONE: /* is never held: packing_check() */
    case HELD_BAD_SCAN:
    case HELD_HALF_SCAN:
    case HELD_BAD_CHECK_DIGIT:
    case HELD_NO_ORDER_IN_CODE:
    case HELD_CODE_UNCLEAR: offer(to, PRESS_GIVE_UP); break;
    case HELD_SCALE_CHECK:
        offer(to, PRESS_CHECK_SCALE);
        offer(to, PRESS_GIVE_UP);
        break;
    case HELD_ALREADY_PACKED:
        offer(to, PRESS_GIVE_UP);
        if (packing->parcel.awb[0] != '\0') offer(to, PRESS_REPRINT);
        break;
    case HELD_UNKNOWN_SCAN:
    case HELD_MANY_ORDERS:
    case HELD_NOT_READY:
    case HELD_CANCELLED:
    case HELD_ORDER_UNCLEAR:
    case HELD_ORDER_SYSTEM_DOWN:
    case HELD_ORDER_BROKEN:
    case HELD_NO_CARRIER:
    case HELD_REFUSED:
    case HELD_TOO_MANY_OPEN:
    case HELD_NOT_BOOKED_YET:
    case HELD_BEING_VOIDED:
        offer(to, PRESS_TRY_AGAIN);
        offer(to, PRESS_GIVE_UP);
        break;
    case HELD_RECALLED:
        offer(to, PRESS_TAKEN_BACK);
        offer(to, PRESS_GIVE_UP);
        break;
    case HELD_NEEDS_PERSON:
    case HELD_AWB_TWICE:
        offer(to, PRESS_SET_ASIDE);
        offer(to, PRESS_NOT_BOOKED);
        break;
    case HELD_LABEL_UNKNOWN:
        offer(to, PRESS_LABEL_OK);
        offer(to, PRESS_LABEL_MISSING);
        break;
    case HELD_LABEL_UNREAD: offer(to, PRESS_LABEL_ANYWAY); // fall through
    case HELD_LABEL_BROKEN:
        offer(to, PRESS_TRY_AGAIN);
        offer(to, packing->reprinting ? PRESS_GIVE_UP : PRESS_SET_ASIDE);
        break;
    case HELD_DISK_FULL:
        offer(to, PRESS_TRY_AGAIN);
        if (packing->before != PACKING_PRINTING && packing->slot == NO_SLOT)
            offer(to, PRESS_GIVE_UP);
        break;
    }
}

/* The plate is not at zero, and the scale can be told so from here (station_press.c obeys). */
static void offer_zero(const struct floor *floor, struct offer *to)
{
    const struct devices *devices = floor->devices;
    if (!floor->weighing->needs_zero || devices->scale_driver == NULL) return;
    if (scale_command(&devices->scale_state, SCALE_ZERO).len > 0) offer(to, PRESS_ZERO);
}

size_t packing_presses(const struct packing *packing, const struct floor *floor,
                       enum press out_presses[PACKING_PRESSES_MAX])
{
    struct offer to = {.list = out_presses};
    switch (packing->state) {
    case PACKING_RECOVERING:
    case PACKING_CLOSING: break;
    case PACKING_IDLE:
        offer_zero(floor, &to);
        if (packing->last.reference[0] != '\0') offer(&to, PRESS_REPRINT);
        break;
    case PACKING_FINDING: offer(&to, PRESS_GIVE_UP); break;
    case PACKING_WEIGHING:
        offer_zero(floor, &to);
        offer(&to, PRESS_GIVE_UP);
        break;
    case PACKING_RATING:
        offer(&to, PRESS_PRINT);
        offer(&to, PRESS_GIVE_UP);
        break;
    case PACKING_BOOKING:
        if (packing->slow) {
            offer(&to, PRESS_SET_ASIDE);
            offer(&to, PRESS_TRY_AGAIN);
            if (booking_may_declare_absent(&floor->bookings[packing->slot]))
                offer(&to, PRESS_NOT_BOOKED);
        }
        break;
    case PACKING_PRINTING: /* as long as nothing was sent to the printer */
        if (packing_weight_is_off(packing, floor)) offer(&to, PRESS_PRINT);
        if (floor->printing->state == PRINTING_WAITING) /* drawing has an end of its own */
            offer(&to, packing->reprinting || packing->holding ? PRESS_GIVE_UP : PRESS_SET_ASIDE);
        break;
    case PACKING_HELD: offer_when_held(packing, &to); break;
    }
    return to.count;
}

static bool is_offered(const struct packing *packing, const struct floor *floor, enum press press)
{
    enum press presses[PACKING_PRESSES_MAX];
    size_t count = packing_presses(packing, floor, presses);
    for (size_t i = 0; i < count; i++) {
        if (presses[i] == press) return true;
    }
    return false;
}

static void give_up(struct packing *packing, struct step *step, struct floor *floor)
{
    orders_stop(floor->orders, step);
    if (floor->printing->state != PRINTING_IDLE)
        printing_release(floor->printing, step, floor->devices);
    if (packing->order.order_no[0] != '\0') { /* not when a bad scan was put away */
        commands_log(step->commands, LOG_INFO, "log_given_up", "order_no", packing->order.order_no,
                     NULL);
    }
    packing_idle(packing);
}

/* The packer says that the parcel is right although another mass lies there: a fact, and only when
 * it is stored the label begins. */
static void keep_weight(struct packing *packing, struct step *step, struct floor *floor)
{
    struct parcel parcel = packing->parcel;
    (void)bytes_to_text(bytes_of_text(floor->weighing->last.shown), parcel.note,
                        sizeof parcel.note);
    fact_put(step, FACT_WEIGHT_KEPT, &parcel);
    packing->kept_ticket = step_store(step);
}

/* The scale may have gone quiet since its last frame, which no event says. One that is only slow
 * has its next frame awaited: RATING books with it. */
static void print(struct packing *packing, struct step *step, struct floor *floor)
{
    if (packing->state == PACKING_PRINTING) keep_weight(packing, step, floor);
    else if (packing_still_weighed(packing, step, floor)) packing->print_wanted = true;
    else packing_go(packing, PACKING_WEIGHING, NO_DEADLINE);
}

static void print_again(struct packing *packing, struct step *step, struct floor *floor)
{
    if (floor->printing->state != PRINTING_IDLE)
        printing_release(floor->printing, step, floor->devices);
    packing->reason = HELD_NONE;
    packing->parcel.copy++;
    packing_begin_printing(packing, step, floor);
}

/* Only with a name, which goes into the fact that the label begins. */
static bool print_anyway(struct packing *packing, struct step *step, struct floor *floor,
                         const char *who)
{
    if (who[0] == '\0' || strlen(who) >= sizeof packing->parcel.anyway_by) return false;
    packing->reason = HELD_NONE;
    packing_go(packing, PACKING_PRINTING, NO_DEADLINE);
    printing_anyway(floor->printing, step, floor->devices, who);
    return true;
}

static bool reprint(struct packing *packing, struct step *step, struct floor *floor,
                    const char *reason)
{
    if (reason[0] == '\0')
        return false; /* a second label with one number is never made without a word why */
    if (packing->state == PACKING_IDLE) packing->parcel = packing->last;
    if (packing_stop_cancelled(packing, floor, &packing->parcel)) return true;
    packing->reason = HELD_NONE;
    packing->reprinting = true;
    packing->watch = (struct stopwatch){.scan_ms = step->now_ms};
    memcpy(packing->order.order_no, packing->parcel.order_no, sizeof packing->order.order_no);
    packing->parcel.copy++;
    struct textbuf note;
    textbuf_init(&note, packing->parcel.note, sizeof packing->parcel.note);
    textbuf_bytes_put(&note,
                      bytes_slice(bytes_of_text(reason), 0, sizeof packing->parcel.note - 1));
    packing_begin_printing(packing, step, floor);
    return true;
}

/* HELD, the way back: to the search, to the label, to the courier, or to closing once more. */
static void try_again(struct packing *packing, struct step *step, struct floor *floor)
{
    if (packing->state == PACKING_BOOKING) {
        booking_hurry(&floor->bookings[packing->slot], step);
        packing->slow = false;
        packing_go(packing, PACKING_BOOKING, step->now_ms + step->config->limits.booking_wait_ms);
        return;
    }
    enum held_reason reason = packing->reason;
    packing->reason = HELD_NONE;
    if (reason == HELD_LABEL_BROKEN || reason == HELD_LABEL_UNREAD) {
        printing_release(floor->printing, step, floor->devices);
        packing_begin_printing(packing, step, floor);
    } else if (reason == HELD_DISK_FULL && packing->setting_aside) {
        packing_set_aside(packing, step, floor);
    } else if (reason == HELD_DISK_FULL && packing->before == PACKING_PRINTING) {
        packing_close(packing, step, floor);
    } else {
        char scan[ORDER_KEY_SIZE];
        memcpy(scan, packing->scan, sizeof scan);
        packing_find(packing, step, floor, bytes_of_text(scan));
    }
}

static void not_booked(struct packing *packing, struct step *step, struct floor *floor)
{
    packing->reason = HELD_NONE;
    booking_declare_absent(&floor->bookings[packing->slot], step);
    packing_go(packing, PACKING_BOOKING, step->now_ms + step->config->limits.booking_wait_ms);
}

bool packing_press(struct packing *packing, struct step *step, struct floor *floor,
                   enum press press, const char *text)
{
    if (!is_offered(packing, floor, press)) return false;
    switch (press) {
    case PRESS_PRINT: print(packing, step, floor); return true;
    case PRESS_GIVE_UP: give_up(packing, step, floor); return true;
    case PRESS_TRY_AGAIN: try_again(packing, step, floor); return true;
    case PRESS_SET_ASIDE: packing_set_aside(packing, step, floor); return true;
    case PRESS_LABEL_OK: packing_confirm_label(packing, step, floor, EVIDENCE_PERSON); return true;
    case PRESS_LABEL_MISSING: print_again(packing, step, floor); return true;
    case PRESS_LABEL_ANYWAY: return print_anyway(packing, step, floor, text);
    case PRESS_REPRINT: return reprint(packing, step, floor, text);
    case PRESS_TAKEN_BACK: packing_take_back(packing, step, floor); return true;
    case PRESS_NOT_BOOKED: not_booked(packing, step, floor); return true;
    case PRESS_LETTER_AGAIN:
    case PRESS_LETTER_DROP:
    case PRESS_POOL_ADD:
    case PRESS_ZERO:
    case PRESS_TARE:
    case PRESS_CLEAR_TARE:
    case PRESS_CHECK_SCALE:
    case PRESS_TRUST_SCALE:
    case PRESS_SHOW:
    case PRESS_SHOW_THIS:
    case PRESS_SHOW_END:
    case PRESS_CAST:
    case PRESS_SCAN: return false; /* station.c takes these */
    }
    return false;
}
