/* pump.c - see pump.h. */
#include "firmware/pump.h"

#include <stdio.h>
#include <string.h>

#include "drivers/picture_file.h"
#include "firmware/inquiry.h"
#include "firmware/known_devices.h"
#include "firmware/perform.h"
#include "hal/clock.h"
#include "hal/crypto.h"

static bool is_ending(const struct pump *pump)
{
    return pump->outside.ending != ENDING_NOT;
}

static void stamp(const struct pump *pump, struct event *event)
{
    int64_t now_ms = clock_boot_ms();
    ENSURE(now_ms >= pump->station.now_ms);
    event->now_ms = now_ms;
    event->wall_ms = clock_wall_ms();
    event->wall_trusted = clock_wall_trusted();
}

/* One step and its commands; gives the batch that must be stored next, NULL when there is none. */
static const struct command *step_once(struct pump *pump, const struct event *event)
{
    const struct command *store = NULL;
    struct figures *watch = &pump->outside.watch;
    bool shown = false;
    int64_t begin_us = clock_boot_us();
    station_step(&pump->station, event, &pump->commands);
    int64_t stepped_us = clock_boot_us();
    recorder_event(&pump->outside.recorder, event, packing_state_word(pump->station.packing.state));
    for (size_t i = 0; i < pump->commands.count; i++) {
        const struct command *command = &pump->commands.items[i];
        if (command->kind == COMMAND_STORE) store = command;
        else perform(&pump->outside, command);
        shown = shown || command->kind == COMMAND_SHOW;
    }
    int64_t performed_us = clock_boot_us();
    span_add(&watch->step, stepped_us - begin_us);
    span_add(&watch->perform, performed_us - stepped_us);
    if (shown && event->kind == EVENT_PORT_BYTES)
        span_add(&watch->published, performed_us - begin_us);
    return store;
}

/* A batch is answered before anything else happens; its answer may bring the next batch. */
static void step_and_store(struct pump *pump, struct event *event)
{
    stamp(pump, event);
    const struct command *store = step_once(pump, event);
    while (store != NULL) {
        if (!perform_store(&pump->outside, store, event, &pump->stored)) return;
        stamp(pump, &pump->stored);
        if (pump->stored.kind == EVENT_STORE_FAILED && pump->stored.store.error == ERR_NO_SPACE) {
            upkeep_disk_full(&pump->upkeep, pump->stored.now_ms);
        }
        event = &pump->stored;
        store = step_once(pump, event);
    }
}

static void tell_ready(struct pump *pump)
{
    char status[80];
    if (pump->ready || pump->station.recovery.state != RECOVERY_DONE) return;
    pump->ready = true;
    snprintf(status, sizeof(status), "packing at http://localhost:%u/",
             (unsigned)web_port(pump->outside.web));
    service_ready(&pump->outside.service, status);
    service_log(&pump->outside.service, SERVICE_NOTICE, "Ready after %lld ms, %s.",
                (long long)(clock_boot_ms() - pump->started_ms), status);
}

/* Once we are ending nothing new begins: whatever comes now is found by the next start. */
static void give(struct pump *pump, struct event *event)
{
    if (is_ending(pump) || (!pump->started && event->kind != EVENT_STARTED)) return;
    ENSURE(!pump->stepping);
    pump->stepping = true;
    pump->started = true;
    step_and_store(pump, event);
    while (!is_ending(pump) && perform_next_answer(&pump->outside, &pump->answer)) {
        step_and_store(pump, &pump->answer);
    }
    if (!is_ending(pump) &&
        upkeep_disk(&pump->upkeep, &pump->outside, clock_boot_ms(), &pump->answer)) {
        step_and_store(pump, &pump->answer);
    }
    pump->stepping = false;
    if (!is_ending(pump)) tell_ready(pump);
}

/* --- what happens: one function for each callback of hal --- */

static struct event *begin(struct pump *pump, enum event_kind kind)
{
    pump->event.kind = kind;
    return &pump->event;
}

/* What is printed is known by these dots: half of their SHA-256 tells any two labels apart. */
static void write_hash(struct bytes output, char out_hash[EVENT_HASH_SIZE])
{
    uint8_t digest[CRYPTO_SHA256_SIZE];
    struct textbuf hash;
    crypto_sha256(output, digest);
    textbuf_init(&hash, out_hash, EVENT_HASH_SIZE);
    textbuf_hex(&hash, bytes_of(digest, (EVENT_HASH_SIZE - 1) / 2));
}

/* The page's picture of the label is its dots; by now they are on their way to the printer. */
static void show_label(struct pump *pump, const struct render_answer *answer, struct bytes output)
{
    static char storage[WEB_PICTURE_MAX];
    const struct picture picture = {.width_dots = answer->width_dots,
                                    .height_dots = answer->height_dots,
                                    .bytes_per_row = answer->bytes_per_row,
                                    .rows = output.data};
    struct textbuf png;
    textbuf_init(&png, storage, sizeof(storage));
    struct scratch scratch = {pump->scratch, sizeof(pump->scratch)};
    unsigned dpi = outside_config(&pump->outside)->printer.dpi;
    if (picture_file_png(&picture, dpi, scratch, &png))
        web_show_label(pump->outside.web, textbuf_bytes(&png));
}

static void rendered(void *context, uint32_t ticket, enum err error,
                     const struct render_answer *answer, struct bytes output)
{
    struct pump *pump = context;
    struct figures *watch = &pump->outside.watch;
    struct event *event = begin(pump, EVENT_RENDERED);
    span_add(&watch->label, clock_boot_us() - watch->label_began_us);
    event->rendered.ticket = ticket;
    event->rendered.error = error;
    event->rendered.answer = answer;
    event->rendered.output = output;
    write_hash(output, event->rendered.hash);
    give(pump, event);
    if (answer != NULL && answer->result == RENDER_DONE) show_label(pump, answer, output);
}

static struct event *begin_port(struct pump *pump, enum event_kind kind, uint32_t port)
{
    struct event *event = begin(pump, kind);
    event->port.port = port;
    event->port.bytes = BYTES_NONE;
    event->port.identity = NULL;
    event->port.drained = 0;
    event->port.error = ERR_NONE;
    event->port.sentence = "";
    return event;
}

static void port_opened(void *context, uint32_t port, const struct port_identity *identity)
{
    struct event *event = begin_port(context, EVENT_PORT_OPENED, port);
    struct device_identity known = {.vendor = identity->vendor,
                                    .product = identity->product,
                                    .device_id = identity->device_id,
                                    .report_descriptor = identity->report_descriptor,
                                    .can_read = identity->can_read};
    snprintf(known.serial, sizeof(known.serial), "%s", identity->serial);
    snprintf(known.product_name, sizeof(known.product_name), "%s", identity->product_name);
    event->port.identity = &known;
    give(context, event);
}

static void port_ended(struct pump *pump, enum event_kind kind, uint32_t port, enum err error,
                       const char *sentence)
{
    struct event *event = begin_port(pump, kind, port);
    event->port.error = error;
    event->port.sentence = sentence;
    give(pump, event);
}

static void port_failed(void *context, uint32_t port, enum err error, const char *sentence)
{
    port_ended(context, EVENT_PORT_FAILED, port, error, sentence);
}

static void port_closed(void *context, uint32_t port, enum err error, const char *sentence)
{
    port_ended(context, EVENT_PORT_CLOSED, port, error, sentence);
}

static void port_bytes(void *context, uint32_t port, struct bytes bytes)
{
    struct event *event = begin_port(context, EVENT_PORT_BYTES, port);
    event->port.bytes = bytes;
    give(context, event);
}

static void port_drained(void *context, uint32_t port, uint64_t taken)
{
    struct event *event = begin_port(context, EVENT_PORT_DRAINED, port);
    event->port.drained = taken;
    give(context, event);
}

static void port_mended(void *context, uint32_t port, enum err error, const char *sentence)
{
    port_ended(context, EVENT_PORT_MENDED, port, error, sentence);
}

static void device(struct pump *pump, enum event_kind kind, const char *address,
                   const struct device_seen *seen)
{
    struct event *event = begin(pump, kind);
    memset(&event->device, 0, sizeof(event->device));
    if (strlen(address) >= sizeof(event->device.address)) return; /* no setting can name it */
    snprintf(event->device.address, sizeof(event->device.address), "%s", address);
    if (seen != NULL) {
        struct device_identity *identity = &event->device.identity;
        identity->vendor = seen->vendor;
        identity->product = seen->product;
        identity->is_serial = seen->is_serial;
        identity->is_hid = seen->is_hid;
        identity->is_printer = seen->is_printer;
        identity->is_keyboard = seen->is_keyboard;
        snprintf(identity->serial, sizeof(identity->serial), "%s", seen->serial);
        snprintf(identity->product_name, sizeof(identity->product_name), "%s", seen->product_name);
    }
    give(pump, event);
}

static void device_seen(void *context, const struct device_seen *seen)
{
    device(context, EVENT_DEVICE_SEEN, seen->address, seen);
}

static void device_gone(void *context, const char *address)
{
    device(context, EVENT_DEVICE_GONE, address, NULL);
}

static void exchange_done(void *context, const struct http_done *done)
{
    struct event *event = begin(context, EVENT_EXCHANGE);
    event->exchange.ticket = done->ticket;
    event->exchange.end = done->end;
    event->exchange.response = done->response;
    event->exchange.sentence = done->why;
    give(context, event);
}

const char *pump_press(struct pump *pump, struct json press)
{
    struct event *event = begin(pump, EVENT_PRESS);
    struct bytes word;
    memset(&event->press, 0, sizeof(event->press));
    if (!json_text(json_get(press, "press"), &word)) return "A press needs a word in \"press\".";
    if (!press_parse(word, &event->press.press)) return "There is no such press.";
    struct json text = json_get(press, "text");
    bool given = json_kind(text) != JSON_MISSING && json_kind(text) != JSON_NULL;
    if (given && !json_text_copy(text, event->press.text, sizeof(event->press.text))) {
        return "The text of a press is at most 1024 bytes.";
    }
    if (!pump->ready) return "The station is still starting.";
    give(pump, event);
    return NULL;
}

static bool page_pressed(void *context, struct bytes body)
{
    struct pump *pump = context;
    struct scratch scratch = {pump->scratch, sizeof(pump->scratch)};
    struct json press;
    if (body.len > PUMP_LINE_MAX || json_parse(body, scratch, &press) != JSON_OK) return false;
    return pump_press(pump, press) == NULL;
}

static void line_asked(void *context, const struct control_client *client, struct bytes line)
{
    inquiry_answer(context, client->id, line);
}

/* --- new settings --- */

static void log_complaints(struct outside *outside, const struct config_complaints *complaints)
{
    for (size_t i = 0; i < complaints->count; i++) {
        char storage[SERVICE_LINE_MAX];
        struct textbuf text;
        textbuf_init(&text, storage, sizeof(storage));
        settings_complaint(&outside->source, &complaints->entries[i], &text);
        service_log(&outside->service, SERVICE_WARNING, "%s", storage);
    }
    service_log(&outside->service, SERVICE_WARNING, "The settings stay as they were.");
}

/* The first complaint goes to the screen; all of them are in the log. */
static void refuse_settings(struct pump *pump, const struct config_complaints *complaints)
{
    struct event *event = begin(pump, EVENT_CONFIG_REFUSED);
    size_t len = strlen(complaints->entries[0].sentence);
    if (len > 0 && complaints->entries[0].sentence[len - 1] == '.') len--; /* inside another one */
    if (len > sizeof(event->refused.text) - 1) len = sizeof(event->refused.text) - 1;
    event->refused.line = complaints->entries[0].line;
    snprintf(event->refused.text, sizeof(event->refused.text), "%.*s", (int)len,
             complaints->entries[0].sentence);
    give(pump, event);
}

/* An offer that was not adopted yet is replaced: it lies where the new one is read to, and the
 * station looks at it only when it adopts it. */
static void reload(struct pump *pump)
{
    static struct config_complaints complaints;
    struct outside *outside = &pump->outside;
    struct config *next = &outside->configs[1 - outside->config_now];
    struct config read;
    if (!settings_read(&outside->source, &read, &complaints)) {
        log_complaints(outside, &complaints);
        refuse_settings(pump, &complaints);
        return;
    }
    if (config_needs_restart(outside_config(outside), &read)) {
        service_log(&outside->service, SERVICE_WARNING,
                    "The new settings change what takes a restart: they wait for it.");
        return;
    }
    *next = read;
    next->number = ++outside->config_number;
    struct event *event = begin(pump, EVENT_CONFIG_OFFERED);
    event->config.config = next;
    give(pump, event);
}

static void wished(void *context, enum signals_wish wish)
{
    struct pump *pump = context;
    switch (wish) {
    case SIGNALS_STOP:
        if (!is_ending(pump)) pump->outside.ending = ENDING_ASKED;
        break;
    case SIGNALS_RELOAD: reload(pump); break;
    }
}

/* --- the loop --- */

bool pump_open(struct pump *pump)
{
    static const struct outside_callbacks callbacks = {
        .wish = wished,
        .done = exchange_done,
        .ports = {.opened = port_opened,
                  .failed = port_failed,
                  .bytes = port_bytes,
                  .drained = port_drained,
                  .mended = port_mended,
                  .closed = port_closed},
        .devices = {.seen = device_seen, .gone = device_gone},
        .rendered = rendered,
        .press = page_pressed,
        .line = line_asked,
    };
    struct outside *outside = &pump->outside;
    pump->started_ms = clock_boot_ms();
    outside->config_number = outside->configs[0].number = 1;
    if (!outside_open(outside, &callbacks, pump)) return false;
    upkeep_init(&pump->upkeep, outside, pump->started_ms);
    station_init(&pump->station, outside_config(outside), &outside->secrets);
    known_devices_read(&outside->device_table, &outside->service, KNOWN_DEVICES_PATH);
    station_know_devices(&pump->station, &outside->device_table);
    station_know_scales(&pump->station, outside->source.scales);
    return true;
}

/* The first event, from what the journal and the cache have kept. */
static bool give_started(struct pump *pump)
{
    struct outside *outside = &pump->outside;
    struct event *event = begin(pump, EVENT_STARTED);
    size_t cursor_len = 0;
    memset(&event->started, 0, sizeof(event->started));
    crypto_random(&event->started.seed, sizeof(event->started.seed));
    memcpy(event->started.epoch, journal_epoch(outside->journal), sizeof(event->started.epoch));
    enum err problem =
        journal_read_cursor(outside->journal, "settled", &event->started.settled_seq);
    if (problem == ERR_NONE) {
        problem = journal_read_cursor(outside->journal, "oms", &event->started.oms_seq);
    }
    if (problem == ERR_NONE) {
        problem = journal_read_cursor(outside->journal, "backlog", &event->started.backlog_seq);
    }
    if (problem != ERR_NONE) {
        service_log(&outside->service, SERVICE_ERROR, "The journal cannot be read (%s).",
                    err_word(problem));
        outside->ending = ENDING_FAILED;
        return false;
    }
    if (outside->cache == NULL ||
        cache_cursor(outside->cache, event->started.cursor, &cursor_len) != ERR_NONE) {
        cursor_len = 0; /* the orders are fetched afresh */
    }
    event->started.cursor[cursor_len] = '\0';
    give(pump, event);
    if (pump->refused != NULL) refuse_settings(pump, pump->refused);
    else settings_keep(&outside->source, outside_config(outside)->data_dir);
    return true;
}

static void turn(struct pump *pump)
{
    int64_t deadline_ms = station_deadline(&pump->station);
    int64_t upkeep_ms = upkeep_deadline(&pump->upkeep);
    if (upkeep_ms < deadline_ms) deadline_ms = upkeep_ms;
    loop_turn(pump->outside.loop, deadline_ms == NO_DEADLINE ? -1 : deadline_ms);
    int64_t now_ms = clock_boot_ms();
    bool due = station_deadline(&pump->station) <= now_ms;
    due = due || (pump->upkeep.disk_low && pump->upkeep.disk_ms <= now_ms);
    if (due) give(pump, begin(pump, EVENT_DEADLINE));
    if (is_ending(pump)) return;
    upkeep_turn(&pump->upkeep, &pump->outside, now_ms,
                pump->station.packing.state == PACKING_IDLE && pump->ready);
}

bool pump_run(struct pump *pump)
{
    if (!give_started(pump)) return false;
    while (!is_ending(pump)) turn(pump);
    return pump->outside.ending == ENDING_ASKED;
}

void pump_close(struct pump *pump)
{
    service_stopping(&pump->outside.service);
    outside_close(&pump->outside);
}
