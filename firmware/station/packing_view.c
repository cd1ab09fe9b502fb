/* packing_view.c - the state document (firmware/web/STATE.md), written from the station's state. */
#include "firmware/station/packing_view.h"

#include "hal/base/units.h"

static const char *lamp_word(enum lamp lamp)
{
    switch (lamp) {
    case LAMP_GREEN: return "green";
    case LAMP_YELLOW: return "yellow";
    case LAMP_RED: return "red";
    case LAMP_BLUE: return "blue";
    }
    return "red";
}

static void write_if(struct json_writer *json, const char *key, const char *value)
{
    if (value[0] != '\0') json_write_text(json, key, value);
}

static void write_message(struct json_writer *json, const struct message *message)
{
    json_write_open(json, "message", '{');
    json_write_text(json, "id", message->id);
    json_write_open(json, "arguments", '{');
    for (size_t i = 0; i < message->count; i++) {
        json_write_text(json, message->arguments[i].name, message->arguments[i].value);
    }
    json_write_close(json, '}');
    json_write_close(json, '}');
}

static void write_presses(struct json_writer *json, const struct view *view)
{
    enum press presses[PACKING_PRESSES_MAX];
    size_t count = packing_presses(view->packing, view->floor, presses);
    json_write_open(json, "presses", '[');
    for (size_t i = 0; i < count; i++) json_write_text(json, NULL, press_word(presses[i]));
    if (view->showing != NULL && view->showing->is_on)
        json_write_text(json, NULL, press_word(PRESS_SHOW_END));
    json_write_close(json, ']');
}

static void write_order(struct json_writer *json, const struct view *view)
{
    const struct order *order = &view->packing->order;
    if (order->order_no[0] == '\0') return;
    json_write_open(json, "order", '{');
    json_write_text(json, "order_no", order->order_no);
    if (view->packing->parcel.package_no > 0) {
        json_write_i64(json, "package_no", view->packing->parcel.package_no);
    }
    if (order->packages_total > 0) {
        json_write_i64(json, "packages_total", order->packages_total);
        json_write_i64(json, "items", order->item_count);
        write_if(json, "contents", order->contents);
        json_write_text(json, "payment", order->payment == PAYMENT_COD ? "cod" : "prepaid");
        json_write_i64(json, "collect_minor", order->collect_minor);
        write_if(json, "currency", order->currency);
        write_if(json, "city", order->to.city);
        write_if(json, "postcode", order->to.postcode);
    }
    json_write_close(json, '}');
}

static void write_weight(struct json_writer *json, const struct view *view)
{
    const struct weighing *weighing = view->floor->weighing;
    enum weight_hint hint = weighing_hint(weighing, &view->step->config->scale, view->step->now_ms);
    if (!weighing->has_last) return;
    json_write_open(json, "weight", '{');
    json_write_text(json, "shown", weighing->last.shown);
    json_write_text(json, "unit", weighing->last.unit);
    json_write_boolean(json, "stable", weighing->last.stable);
    json_write_boolean(json, "zero", weighing->last.zero);
    if (weighing->last.net) json_write_boolean(json, "net", true);
    json_write_boolean(json, "overload", weighing->last.overload);
    json_write_boolean(json, "fresh", hint != WEIGHT_OLD);
    write_if(json, "hint", weight_hint_word(hint));
    json_write_close(json, '}');
}

/* Grams with milligrams as decimals, as text: 742000 is "742.000". */
static void write_mass(struct json_writer *json, int64_t mass_mg)
{
    char storage[32];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    decimal_write(&text, (struct decimal){.digits = mass_mg, .decimals = 3});
    json_write_text(json, "mass_g", storage);
}

/* Words with blanks between them, as a list. */
static void write_label_notes(struct json_writer *json, const char *notes)
{
    struct bytes rest = bytes_of_text(notes), word;
    if (rest.len == 0) return;
    json_write_open(json, "notes", '[');
    while (bytes_split(&rest, ' ', &word)) json_write_bytes(json, NULL, word);
    json_write_close(json, ']');
}

static void write_parcel(struct json_writer *json, const struct view *view)
{
    const struct packing *packing = view->packing;
    if (packing->mass_mg > 0) {
        json_write_open(json, "taken", '{');
        write_mass(json, packing->mass_mg);
        json_write_close(json, '}');
    }
    if (packing->parcel.reference[0] != '\0') {
        const char *awb = packing->parcel.awb;
        if (packing->slot != NO_SLOT) awb = view->floor->bookings[packing->slot].parcel.awb;
        json_write_open(json, "booking", '{');
        json_write_text(json, "carrier", packing->parcel.carrier);
        write_if(json, "service", packing->parcel.service);
        write_if(json, "awb", awb);
        json_write_i64(json, "price_minor", packing->parcel.price_minor);
        json_write_close(json, '}');
    }
    if (packing->state == PACKING_PRINTING) {
        json_write_open(json, "printing", '{');
        json_write_i64(json, "copy", packing->parcel.copy);
        write_if(json, "picture", view->floor->printing->parcel.picture);
        write_label_notes(json, view->floor->printing->parcel.label_notes);
        json_write_close(json, '}');
    }
}

static void write_flags(struct json_writer *json, const struct printer_status *status)
{
    const struct {
        const char *word;
        bool set;
    } flags[] = {
        {"paper_out", status->paper_out}, {"ribbon_out", status->ribbon_out},
        {"head_open", status->head_open}, {"paused", status->paused},
        {"too_hot", status->too_hot},     {"too_cold", status->too_cold},
        {"busy", status->busy},           {"label_waiting", status->label_waiting},
    };
    json_write_open(json, "flags", '[');
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (flags[i].set) json_write_text(json, NULL, flags[i].word);
    }
    json_write_close(json, ']');
}

static void write_device(struct json_writer *json, const char *key, const struct view *view,
                         unsigned slot, const char *word)
{
    const struct device *device = &view->floor->devices->slots[slot];
    json_write_open(json, key, '{');
    json_write_text(json, "state", word);
    write_if(json, "name", device->name);
    if (device->mending.flaps > 0) json_write_i64(json, "lost", device->mending.flaps);
    if (device->mending.mends > 0) json_write_i64(json, "mended", device->mending.mends);
    if (slot == DEVICE_SCALE && view->floor->devices->frames_refused > 0)
        json_write_i64(json, "refused", view->floor->devices->frames_refused);
    if (device->is_auto) json_write_text(json, "show", devices_slot_name(slot));
}

static void write_devices(struct json_writer *json, const struct view *view)
{
    const struct devices *devices = view->floor->devices;
    json_write_open(json, "devices", '{');
    write_device(json, "scale", view, DEVICE_SCALE, devices_scale_word(devices));
    json_write_close(json, '}');
    json_write_open(json, "scanners", '[');
    for (size_t i = 0; i < view->step->config->scanner_count; i++) {
        unsigned slot = DEVICE_SCANNER_FIRST + (unsigned)i;
        if (!devices_is_shown(devices, slot)) continue;
        write_device(json, NULL, view, slot, devices_scanner_word(devices, i));
        json_write_close(json, '}');
    }
    json_write_close(json, ']');
    write_device(json, "printer", view, DEVICE_PRINTER, devices_printer_word(devices));
    if (devices->printer_known) write_flags(json, &devices->printer_status);
    json_write_close(json, '}');
    json_write_close(json, '}');
}

/* Those that could be it, numbered as a printer prints them. */
static void write_showing(struct json_writer *json, const struct showing *showing)
{
    if (showing == NULL || !showing->is_on) return;
    json_write_open(json, "showing", '{');
    json_write_text(json, "device", devices_slot_name(showing->slot));
    json_write_open(json, "candidates", '[');
    for (size_t i = 0; i < showing->count; i++) {
        const struct probe *probe = &showing->probes[i];
        json_write_open(json, NULL, '{');
        json_write_i64(json, "number", (int64_t)i + 1);
        json_write_text(json, "name", probe->name[0] != '\0' ? probe->name : probe->address);
        json_write_close(json, '}');
    }
    json_write_close(json, ']');
    json_write_close(json, '}');
}

static void write_network(struct json_writer *json, const struct view *view)
{
    const struct config *config = view->step->config;
    json_write_open(json, "network", '{');
    if (view->step->oms != NULL)
        json_write_text(json, "oms", net_state_word(view->network[SERVER_OMS]));
    json_write_open(json, "carriers", '{');
    for (unsigned i = 0; i < config->carrier_count; i++) {
        json_write_text(json, config->carriers[i].name,
                        net_state_word(view->network[SERVER_CARRIER_FIRST + i]));
    }
    json_write_close(json, '}');
    json_write_close(json, '}');
    json_write_open(json, "events", '{');
    json_write_i64(json, "waiting", (int64_t)view->events_waiting);
    json_write_i64(json, "refused", (int64_t)view->sync->refused + view->sync->conflicts);
    json_write_close(json, '}');
    json_write_i64(json, "open_bookings", view->backlog->waiting > 0 ? view->backlog->waiting : 0);
    json_write_text(json, "disk", view->disk_low ? "low" : view->disk_slow ? "slow" : "ok");
}

/* Until when a courier must have been told of what it does not know yet; wall milliseconds. */
static void write_untold(struct json_writer *json, const struct view *view)
{
    const struct config *config = view->step->config;
    int64_t oldest_ms = 0, by_ms = 0;
    for (unsigned i = 0; i < config->carrier_count; i++) {
        int64_t since_ms = backlog_oldest_ms(view->backlog, i);
        int64_t until_ms = since_ms + (int64_t)config->carriers[i].tell_within_min * 60000;
        if (since_ms == 0) continue;
        if (oldest_ms == 0 || since_ms < oldest_ms) oldest_ms = since_ms;
        if (by_ms == 0 || until_ms < by_ms) by_ms = until_ms;
    }
    if (oldest_ms == 0) return;
    json_write_open(json, "untold", '{');
    json_write_i64(json, "oldest_ms", oldest_ms);
    json_write_i64(json, "by_ms", by_ms);
    json_write_close(json, '}');
}

#define LISTED_SHOWN 5

static void write_list(struct json_writer *json, const char *name, const struct parcel_list *list)
{
    if (list->count == 0) return;
    json_write_open(json, name, '{');
    json_write_i64(json, "count", (int64_t)list->count);
    json_write_open(json, "first", '[');
    for (size_t i = 0; i < list->count && i < LISTED_SHOWN; i++) {
        const struct listed *entry = &list->entries[i];
        json_write_open(json, NULL, '{');
        json_write_text(json, "order_no", entry->order_no);
        json_write_text(json, "awb", entry->awb);
        json_write_text(json, "why", entry->why);
        json_write_close(json, '}');
    }
    json_write_close(json, ']');
    json_write_close(json, '}');
}

#define LETTERS_SHOWN 5

static void write_letters(struct json_writer *json, const struct view *view)
{
    const struct letters *letters = view->letters;
    if (letters->count == 0) return;
    json_write_open(json, "letters", '{');
    json_write_i64(json, "count", (int64_t)letters->count);
    json_write_open(json, "first", '[');
    for (size_t i = 0; i < letters->count && i < LETTERS_SHOWN; i++) {
        json_write_open(json, NULL, '{');
        letter_write(json, &letters->list[i]);
        json_write_close(json, '}');
    }
    json_write_close(json, ']');
    json_write_close(json, '}');
}

static void write_span(struct json_writer *json, const char *key, int64_t from_ms, int64_t to_ms)
{
    if (from_ms > 0 && to_ms >= from_ms) json_write_i64(json, key, to_ms - from_ms);
}

static void write_last(struct json_writer *json, const struct view *view)
{
    const struct packing *packing = view->packing;
    const struct stopwatch *watch = &packing->last_watch;
    json_write_i64(json, "parcels", packing->parcels);
    if (packing->last.reference[0] == '\0') return;
    json_write_open(json, "last", '{');
    json_write_text(json, "order_no", packing->last.order_no);
    json_write_text(json, "awb", packing->last.awb);
    write_mass(json, packing->last.mass_mg);
    json_write_text(json, "result", "closed");
    json_write_close(json, '}');
    json_write_open(json, "stopwatch_ms", '{');
    write_span(json, "scan_to_order", watch->scan_ms, watch->order_ms);
    write_span(json, "order_to_weight", watch->order_ms, watch->weight_ms);
    write_span(json, "weight_to_booked", watch->weight_ms, watch->booked_ms);
    write_span(json, "booked_to_printed", watch->booked_ms, watch->printed_ms);
    write_span(json, "whole", watch->scan_ms, watch->closed_ms);
    json_write_close(json, '}');
}

void view_write(const struct view *view, const struct message *message, struct textbuf *out)
{
    const struct config *config = view->step->config;
    const struct packing *packing = view->packing;
    struct json_writer json;
    json_write_init(&json, out);
    json_write_open(&json, NULL, '{');
    json_write_i64(&json, "version", 1);
    json_write_text(&json, "station", config->station);
    json_write_text(&json, "mode", config->mode == CONFIG_TRAINING ? "training" : "live");
    json_write_text(&json, "language", config->language);
    json_write_boolean(&json, "automatic", config->automatic);
    json_write_text(&json, "state", packing_state_word(packing->state));
    write_if(&json, "reason", held_reason_word(packing->reason));
    json_write_text(&json, "lamp", lamp_word(message->lamp));
    json_write_open(&json, "sound", '{');
    json_write_text(&json, "id", packing->sound);
    json_write_i64(&json, "number", packing->sound_number);
    json_write_close(&json, '}');
    write_message(&json, message);
    write_presses(&json, view);
    write_order(&json, view);
    write_weight(&json, view);
    write_parcel(&json, view);
    write_devices(&json, view);
    write_showing(&json, view->showing);
    write_network(&json, view);
    write_untold(&json, view);
    if (view->orders_as_of_ms > 0) json_write_i64(&json, "orders_as_of_ms", view->orders_as_of_ms);
    write_list(&json, "recalls", view->floor->recalls);
    write_list(&json, "shelf", view->floor->shelf);
    write_letters(&json, view);
    write_last(&json, view);
    json_write_close(&json, '}');
}
