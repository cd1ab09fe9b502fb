/* packing_message.c - one sentence for each state and each reason: what happened, what to do.
 * The table gives lamp and weight of every message; the functions below only choose. */
#include <string.h>

#include "firmware/station/packing_view.h"

#include "hal/base/units.h"

struct message_row {
    const char *id;
    enum lamp lamp;
    bool logged;
};

static const struct message_row rows[] = {
    {"recovering", LAMP_BLUE, false},
    {"scan_order", LAMP_GREEN, false},
    {"lift_parcel", LAMP_GREEN, false},
    {"scanner_gone", LAMP_RED, true},
    {"config_wrong", LAMP_YELLOW, true},
    {"event_numbers", LAMP_YELLOW, true},
    {"finding", LAMP_BLUE, false},
    {"still_zero", LAMP_YELLOW, true},
    {"put_parcel", LAMP_GREEN, false},
    {"wait_stable", LAMP_YELLOW, false},
    {"not_emptied", LAMP_YELLOW, true},
    {"too_light", LAMP_YELLOW, true},
    {"overload", LAMP_RED, true},
    {"underload", LAMP_RED, true},
    {"unusable", LAMP_RED, true},
    {"scale_restless", LAMP_RED, true},
    {"zero_drift", LAMP_YELLOW, true},
    {"scale_stuck", LAMP_RED, true},
    {"scale_check", LAMP_YELLOW, true},
    {"scale_check_failed", LAMP_RED, true},
    {"scale_gone", LAMP_RED, true},
    {"scale_silent", LAMP_RED, true},
    {"scale_wrong_line", LAMP_RED, true},
    {"scale_no_weight", LAMP_RED, true},
    {"scale_loose", LAMP_RED, true},
    {"scale_pull_plug", LAMP_RED, true},
    {"scanner_loose", LAMP_RED, true},
    {"scanner_pull_plug", LAMP_RED, true},
    {"scanner_unfit", LAMP_RED, true},
    {"scale_several", LAMP_RED, true},
    {"scale_unfit", LAMP_RED, true},
    {"scale_loopback", LAMP_RED, true},
    {"scale_finding", LAMP_YELLOW, false},
    {"show_scale", LAMP_BLUE, false},
    {"show_scanner", LAMP_BLUE, false},
    {"show_printer", LAMP_BLUE, false},
    {"press_print", LAMP_GREEN, false},
    {"weight_changed", LAMP_RED, true},
    {"booking", LAMP_BLUE, false},
    {"booking_long", LAMP_YELLOW, true},
    {"carrier_unclear", LAMP_YELLOW, true},
    {"carrier_not_json", LAMP_YELLOW, true},
    {"untrusted", LAMP_RED, true},
    {"no_clock", LAMP_RED, true},
    {"printing", LAMP_BLUE, false},
    {"printer_gone", LAMP_RED, true},
    {"printer_loose", LAMP_RED, true},
    {"printer_pull_plug", LAMP_RED, true},
    {"printer_several", LAMP_RED, true},
    {"printer_unfit", LAMP_RED, true},
    {"printer_silent", LAMP_RED, true},
    {"printer_paper_out", LAMP_RED, true},
    {"printer_ribbon_out", LAMP_RED, true},
    {"printer_head_open", LAMP_RED, true},
    {"printer_paused", LAMP_RED, true},
    {"printer_hot", LAMP_YELLOW, true},
    {"printer_not_ready", LAMP_RED, true},
    {"printer_wrong_head", LAMP_RED, true},
    {"unknown_scan", LAMP_RED, true},
    {"many_orders", LAMP_RED, true},
    {"unknown_product", LAMP_RED, true},
    {"unknown_pincode", LAMP_RED, true},
    {"unknown_awb", LAMP_RED, true},
    {"bad_scan", LAMP_RED, true},
    {"half_scan", LAMP_RED, true},
    {"bad_check_digit", LAMP_RED, true},
    {"no_order_in_code", LAMP_RED, true},
    {"code_unclear", LAMP_RED, true},
    {"already_packed", LAMP_RED, true},
    {"not_ready", LAMP_RED, true},
    {"cancelled", LAMP_RED, true},
    {"order_unclear", LAMP_RED, true},
    {"order_system_down", LAMP_RED, true},
    {"order_broken", LAMP_RED, true},
    {"no_carrier", LAMP_RED, true},
    {"needs_person", LAMP_RED, true},
    {"awb_twice", LAMP_RED, true},
    {"label_unknown", LAMP_RED, true},
    {"label_twice", LAMP_RED, true},
    {"label_broken", LAMP_RED, true},
    {"label_unread", LAMP_RED, true},
    {"disk_full", LAMP_RED, true},
    {"too_many_open", LAMP_RED, true},
    {"not_booked_yet", LAMP_YELLOW, true},
    {"recalled", LAMP_RED, true},
    {"recalled_cancelled", LAMP_RED, true},
    {"recalled_changed", LAMP_RED, true},
    {"being_voided", LAMP_YELLOW, true},
    {"recall_waiting", LAMP_YELLOW, true},
    {"hold_label", LAMP_BLUE, false},
    {"printing_ahead", LAMP_BLUE, true},
    {"refused_bad_pincode", LAMP_RED, true},
    {"refused_not_serviceable", LAMP_RED, true},
    {"refused_cod", LAMP_RED, true},
    {"refused_account", LAMP_RED, true},
    {"refused_credentials", LAMP_RED, true},
    {"refused_config", LAMP_RED, true},
    {"refused_address", LAMP_RED, true},
    {"refused_weight", LAMP_RED, true},
    {"refused_other", LAMP_RED, true},
};

const char *view_message_id(size_t index)
{
    return index < ARRAY_LEN(rows) ? rows[index].id : NULL;
}

static void say(struct message *message, const char *id)
{
    memset(message, 0, sizeof *message);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].id, id) != 0) continue;
        message->id = rows[i].id;
        message->lamp = rows[i].lamp;
        message->logged = rows[i].logged;
    }
    ENSURE(message->id != NULL);
}

static void with(struct message *message, const char *name, const char *value)
{
    ENSURE(message->count < ARRAY_LEN(message->arguments));
    message->arguments[message->count].name = name;
    (void)bytes_to_text(bytes_of_text(value), message->arguments[message->count].value,
                        VIEW_VALUE_SIZE);
    message->count++;
}

static const char *scale_message(const struct view *view)
{
    static const struct {
        const char *word, *id;
    } troubles[] = {{"silent", "scale_silent"},       {"wrong_line", "scale_wrong_line"},
                    {"no_weight", "scale_no_weight"}, {"gone", "scale_gone"},
                    {"several", "scale_several"},     {"unfit", "scale_unfit"},
                    {"loopback", "scale_loopback"},   {"finding", "scale_finding"},
                    {"loose", "scale_loose"},         {"pull_plug", "scale_pull_plug"}};
    const char *word = devices_scale_word(view->floor->devices);
    for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
        if (strcmp(word, troubles[i].word) == 0) return troubles[i].id;
    }
    return NULL;
}

static const char *hint_message(enum weight_hint hint)
{
    switch (hint) {
    case WEIGHT_NONE:
    case WEIGHT_ZERO: return "put_parcel";
    case WEIGHT_GOOD:
    case WEIGHT_MOVING: return "wait_stable";
    case WEIGHT_OLD: return "scale_silent";
    case WEIGHT_NOT_EMPTIED: return "not_emptied";
    case WEIGHT_TOO_LIGHT: return "too_light";
    case WEIGHT_OVERLOAD: return "overload";
    case WEIGHT_UNDERLOAD: return "underload";
    case WEIGHT_UNUSABLE: return "unusable";
    case WEIGHT_RESTLESS: return "scale_restless";
    case WEIGHT_ZERO_DRIFT: return "zero_drift";
    case WEIGHT_STUCK: return "scale_stuck";
    }
    return "put_parcel";
}

static enum weight_hint hint_now(const struct view *view)
{
    return weighing_hint(view->floor->weighing, &view->step->config->scale, view->step->now_ms);
}

static void say_weighing(const struct view *view, struct message *message)
{
    const char *trouble = scale_message(view);
    enum weight_hint hint = hint_now(view);
    int64_t waited_ms = view->step->now_ms - view->packing->watch.order_ms;
    bool still_zero = hint == WEIGHT_ZERO && waited_ms >= PACKING_STILL_ZERO_MS;
    const char *wish = still_zero ? "still_zero" : hint_message(hint);
    say(message, trouble != NULL ? trouble : wish);
    with(message, "order_no", view->packing->order.order_no);
}

/* What is the matter with the scanners, if none of them serves; NULL: one does. */
static const char *scanner_message(const struct view *view)
{
    static const struct {
        const char *word, *id;
    } troubles[] = {{"gone", "scanner_gone"},
                    {"loose", "scanner_loose"},
                    {"pull_plug", "scanner_pull_plug"},
                    {"unfit", "scanner_unfit"}};
    const char *first = "scanner_gone";
    if (view->step->config->mode == CONFIG_TRAINING) return NULL; /* a field on the page */
    for (size_t i = view->step->config->scanner_count; i > 0; i--) {
        const char *word = devices_scanner_word(view->floor->devices, i - 1);
        const char *id = NULL;
        for (size_t row = 0; row < ARRAY_LEN(troubles); row++)
            if (strcmp(word, troubles[row].word) == 0) id = troubles[row].id;
        if (id == NULL) return NULL;
        if (i == 1 || strcmp(id, "scanner_gone") != 0) first = id;
    }
    return first;
}

static void say_wrong_settings(const struct config_fault *fault, struct message *message)
{
    char storage[12];
    struct textbuf line;
    textbuf_init(&line, storage, sizeof storage);
    textbuf_u64(&line, fault->line);
    say(message, "config_wrong");
    with(message, "line", storage);
    with(message, "text", fault->text);
}

static void say_showing(const struct showing *showing, struct message *message)
{
    switch (binding_slot_role(showing->slot)) {
    case ROLE_SCALE: say(message, "show_scale"); return;
    case ROLE_PRINTER: say(message, "show_printer"); return;
    case ROLE_SCANNER:
    case ROLE_UNKNOWN:
    case ROLE_OTHER: say(message, "show_scanner"); return;
    }
}

/* What is wrong with an empty plate, before the next parcel is laid on it. */
static const char *plate_message(const struct view *view)
{
    enum weight_hint hint = hint_now(view);
    bool drifts = weighing_drifts(view->floor->weighing, &view->step->config->scale);
    if (hint == WEIGHT_UNDERLOAD) return "underload";
    return hint == WEIGHT_ZERO_DRIFT || drifts ? "zero_drift" : NULL;
}

/* The day's check: the mass that is wanted, and what was shown instead of it. */
static void say_check(const struct view *view, struct message *message)
{
    const struct check_result *failed = care_failed(view->floor->care, view->step);
    char storage[32];
    struct textbuf text;
    say(message, failed != NULL ? "scale_check_failed" : "scale_check");
    textbuf_init(&text, storage, sizeof storage);
    decimal_write(&text, (struct decimal){.digits = view->step->config->scale.check_mass_mg,
                                          .decimals = 3});
    with(message, "mass", storage);
    if (failed == NULL) return;
    textbuf_reset(&text);
    decimal_write(&text, (struct decimal){.digits = failed->mass_mg, .decimals = 3});
    with(message, "shown", storage);
}

static void say_idle(const struct view *view, struct message *message)
{
    if (view->showing != NULL && view->showing->is_on) {
        say_showing(view->showing, message);
        return;
    }
    bool lying = view->packing->last.awb[0] != '\0' && hint_now(view) == WEIGHT_NOT_EMPTIED;
    const char *scale = scale_message(view), *scanner = scanner_message(view);
    if (lying) {
        say(message, "lift_parcel");
        with(message, "order_no", view->packing->last.order_no);
    } else if (scanner != NULL) {
        say(message, scanner);
    } else if (scale == NULL && view->floor->recalls->count > 0) {
        const struct listed *recall = &view->floor->recalls->entries[0];
        say(message, "recall_waiting");
        with(message, "order_no", recall->order_no);
        with(message, "awb", recall->awb);
    } else if (scale == NULL && view->wrong_settings->text[0] != '\0') {
        say_wrong_settings(view->wrong_settings, message);
    } else if (scale == NULL && view->sync->stopped) {
        say(message, "event_numbers");
    } else if (scale == NULL && care_is_due(view->floor->care, view->step)) {
        say_check(view, message);
    } else {
        const char *trouble = scale != NULL ? scale : plate_message(view);
        say(message, trouble != NULL ? trouble : "scan_order");
    }
}

static const char *printer_message(const struct devices *devices, unsigned dpi)
{
    const struct printer_status *status = &devices->printer_status;
    const char *word = devices_printer_word(devices);
    if (strcmp(word, "several") == 0) return "printer_several";
    if (strcmp(word, "loose") == 0) return "printer_loose";
    if (strcmp(word, "pull_plug") == 0) return "printer_pull_plug";
    if (devices->slots[DEVICE_PRINTER].state != DEVICE_OPEN) return "printer_gone";
    if (devices->slots[DEVICE_PRINTER].unfit) return "printer_unfit";
    if (devices->slots[DEVICE_PRINTER].silent) return "printer_silent";
    if (!devices->printer_known) return NULL;
    if (devices_printer_is_wrong(devices, dpi)) return "printer_wrong_head";
    if (status->head_open) return "printer_head_open";
    if (status->paper_out) return "printer_paper_out";
    if (status->ribbon_out) return "printer_ribbon_out";
    if (status->paused) return "printer_paused";
    if (status->too_hot) return "printer_hot";
    return status->ready || status->busy ? NULL : "printer_not_ready";
}

/* Of a parcel with a booking, or one just refused: new settings wait until it is done with. */
static const char *carrier_title(const struct view *view)
{
    unsigned carrier = view->packing->choice.carrier;
    ENSURE(carrier < view->step->config->carrier_count && view->step->carriers[carrier] != NULL);
    return view->step->carriers[carrier]->title;
}

static void say_printing(const struct view *view, struct message *message)
{
    unsigned dpi = view->step->config->printer.dpi;
    const char *trouble = printer_message(view->floor->devices, dpi);
    bool waiting = view->floor->printing->state == PRINTING_WAITING;
    bool ahead = view->packing->slot != NO_SLOT && !view->packing->setting_aside;
    const char *id = ahead ? "printing_ahead" : "printing";
    if (view->packing->holding) id = "hold_label";
    if (view->disk_full) id = "disk_full";
    if (waiting && trouble != NULL) id = trouble;
    say(message, packing_weight_is_off(view->packing, view->floor) ? "weight_changed" : id);
    with(message, "order_no", view->packing->order.order_no);
    if (ahead) with(message, "carrier", carrier_title(view));
}

static void say_booking(const struct view *view, struct message *message)
{
    const struct booking *booking = &view->floor->bookings[view->packing->slot];
    enum net_state net = view->network[SERVER_CARRIER_FIRST + booking->carrier];
    if (view->disk_full) say(message, "disk_full"); /* the courier's yes waits for space */
    else if (packing_weight_is_off(view->packing, view->floor)) say(message, "weight_changed");
    else if (net == NET_UNTRUSTED) say(message, "untrusted");
    else if (net == NET_NO_CLOCK) say(message, "no_clock");
    else if (booking->answer_was_not_json) say(message, "carrier_not_json");
    else if (!view->packing->slow) say(message, "booking");
    else say(message, booking->unsure ? "carrier_unclear" : "booking_long");
    with(message, "carrier", view->step->carriers[booking->carrier]->title);
    with(message, "order_no", view->packing->order.order_no);
    if (net == NET_UNTRUSTED)
        with(message, "server", view->step->carriers[booking->carrier]->title);
}

static const char *refusal_message(enum carrier_reason reason)
{
    switch (reason) {
    case REASON_BAD_PINCODE:
    case REASON_BAD_PINCODE_OR_NOT_SERVICEABLE: return "refused_bad_pincode";
    case REASON_NOT_SERVICEABLE:
    case REASON_EMBARGO: return "refused_not_serviceable";
    case REASON_COD_NOT_SERVICEABLE:
    case REASON_COD_LIMIT: return "refused_cod";
    case REASON_ACCOUNT_FUNDS: return "refused_account";
    case REASON_CREDENTIALS: return "refused_credentials";
    case REASON_CONFIG: return "refused_config";
    case REASON_BAD_ADDRESS: return "refused_address";
    case REASON_BAD_WEIGHT: return "refused_weight";
    case REASON_NONE:
    case REASON_REFERENCE_CANCELLED:
    case REASON_DUPLICATE_REFERENCE:
    case REASON_AWB_USED:
    case REASON_TOO_LATE:
    case REASON_THROTTLED:
    case REASON_NOT_FOUND:
    case REASON_OTHER: return "refused_other";
    }
    return "refused_other";
}

static void say_recalled(const struct listed *recall, struct message *message)
{
    if (strcmp(recall->why, void_why_word(VOID_ORDER_CANCELLED)) == 0)
        say(message, "recalled_cancelled");
    else if (strcmp(recall->why, void_why_word(VOID_ORDER_CHANGED)) == 0)
        say(message, "recalled_changed");
    else say(message, "recalled");
    with(message, "order_no", recall->order_no);
    with(message, "awb", recall->awb);
}

/* Which of the codes on a bench the packer has scanned instead of the order's. */
static const char *unknown_message(enum code_kind kind)
{
    switch (kind) {
    case CODE_PRODUCT: return "unknown_product";
    case CODE_PINCODE: return "unknown_pincode";
    case CODE_S10:
    case CODE_SSCC:
    case CODE_AWB: return "unknown_awb";
    case CODE_OTHER:
    case CODE_GS1:
    case CODE_JSON:
    case CODE_URL: return "unknown_scan";
    }
    return "unknown_scan";
}

static void say_held(const struct view *view, struct message *message)
{
    const struct packing *packing = view->packing;
    bool refused = packing->reason == HELD_REFUSED;
    if (packing->reason == HELD_SCALE_CHECK) {
        say_check(view, message);
        return;
    }
    if (packing->reason == HELD_RECALLED) {
        say_recalled(&packing->recall, message);
        return;
    }
    bool twice = packing->reason == HELD_LABEL_UNKNOWN && view->floor->printing->counted > 1;
    const char *id = twice ? "label_twice" : held_reason_word(packing->reason);
    if (refused) id = refusal_message(packing->refusal);
    if (packing->reason == HELD_UNKNOWN_SCAN) id = unknown_message(packing->scan_kind);
    say(message, id);
    bool courier = packing->reason == HELD_NEEDS_PERSON || packing->reason == HELD_AWB_TWICE ||
                   packing->reason == HELD_LABEL_UNREAD;
    if (refused || courier) with(message, "carrier", carrier_title(view));
    bool by_scan = packing->order.order_no[0] == '\0';
    with(message, by_scan ? "scan" : "order_no", by_scan ? packing->scan : packing->order.order_no);
    if (refused) with(message, "message", packing->message);
    else with(message, "awb", packing->parcel.awb);
}

void view_message(const struct view *view, struct message *out)
{
    switch (view->packing->state) {
    case PACKING_RECOVERING: say(out, "recovering"); break;
    case PACKING_IDLE: say_idle(view, out); break;
    case PACKING_FINDING:
        say(out, "finding");
        with(out, "scan", view->packing->scan);
        break;
    case PACKING_WEIGHING: say_weighing(view, out); break;
    case PACKING_RATING:
        say(out, "press_print");
        with(out, "order_no", view->packing->order.order_no);
        break;
    case PACKING_BOOKING: say_booking(view, out); break;
    case PACKING_PRINTING:
    case PACKING_CLOSING: say_printing(view, out); break;
    case PACKING_HELD: say_held(view, out); break;
    }
}
