/* station.c - routes an event to the machines, lets them advance, gathers what is to be stored and
 * shown. What a machine does is in its own file; here is only the order in which they are asked. */
#include "firmware/station/station.h"

#include <stddef.h>
#include <string.h>

#include "carriers/carrier_list.h"
#include "firmware/oms/oms_list.h"
#include "firmware/station/station_press.h"

#define ADVANCES_MAX 16 /* no event moves a parcel through more states than there are */
#define SCANS_MAX 4 /* of one read; a scanner that stutters must not fill the list of commands */

static void adopt(struct station *station, const struct config *config)
{
    station->config = config;
    for (size_t i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        bool named = i < config->carrier_count;
        station->carriers[i] = named ? carrier_find(bytes_of_text(config->carriers[i].name)) : NULL;
    }
    station->oms = oms_find(bytes_of_text(config->oms.kind));
}

void station_init(struct station *station, const struct config *config,
                  const struct secrets *secrets)
{
    memset(station, 0, offsetof(struct station, scratch)); /* its pages come when they are used */
    station->secrets = secrets;
    station->slow_until_ms = NO_DEADLINE;
    adopt(station, config);
    tickets_init(&station->tickets);
    showing_init(&station->showing);
    weighing_init(&station->weighing);
    care_init(&station->care);
    orders_init(&station->orders);
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++)
        booking_init(&station->bookings[slot], slot);
    printing_init(&station->printing);
    pool_init(&station->pool);
    parcel_list_init(&station->recalls, "recalls");
    parcel_list_init(&station->shelf, "shelf");
    backlog_init(&station->backlog);
    voids_init(&station->voids);
    letters_init(&station->letters);
    packing_init(&station->packing);
    sync_init(&station->sync, 0);
    feed_init(&station->feed, "", 0);
    station->floor = (struct floor){.orders = &station->orders,
                                    .weighing = &station->weighing,
                                    .devices = &station->devices,
                                    .bookings = station->bookings,
                                    .printing = &station->printing,
                                    .pool = &station->pool,
                                    .recalls = &station->recalls,
                                    .shelf = &station->shelf,
                                    .voids = &station->voids,
                                    .care = &station->care};
    station->backlog_floor =
        (struct backlog_floor){station->bookings, &station->recalls, &station->shelf};
}

void station_know_scales(struct station *station, const struct scale_catalogue *scales)
{
    ENSURE(!station->started);
    station->scales = scales;
}

void station_know_devices(struct station *station, const struct device_table *table)
{
    ENSURE(!station->started);
    station->device_table = table;
}

static struct step make_step(struct station *station, const struct event *event,
                             struct commands *commands)
{
    struct step step = {
        .config = station->config,
        .secrets = station->secrets,
        .oms = station->oms,
        .now_ms = event->now_ms,
        .wall_ms = event->wall_ms,
        .wall_trusted = event->wall_trusted,
        .commands = commands,
        .tickets = &station->tickets,
        .random = &station->random,
        .scratch = {station->scratch, sizeof station->scratch},
        .last_seq = station->last_seq,
        .next_event_seq = &station->next_event_seq,
        .epoch = station->epoch,
    };
    memcpy(step.carriers, station->carriers, sizeof step.carriers);
    return step;
}

static void start(struct station *station, struct step *step, const struct event *event)
{
    ENSURE(!station->started);
    station->started = true;
    station->random = event->started.seed;
    memcpy(station->epoch, event->started.epoch, sizeof station->epoch);
    station->settled_seq = event->started.settled_seq;
    station->backlog_seq = event->started.backlog_seq;
    parcel_list_start(&station->recalls, step, OWNER_RECALLS);
    parcel_list_start(&station->shelf, step, OWNER_SHELF);
    voids_start(&station->voids, step);
    care_start(&station->care, step);
    letters_start(&station->letters, step);
    devices_init(&station->devices, station->config, station->device_table, station->scales,
                 step->now_ms);
    devices_start(&station->devices, step);
    sync_init(&station->sync, event->started.oms_seq);
    feed_init(&station->feed, event->started.cursor, step->now_ms);
    pool_start(&station->pool, step);
}

/* What the lists on disk name is known before anything is judged or added to them. */
static void begin_recovery(struct station *station, struct step *step)
{
    bool loaded = station->recalls.loaded && station->shelf.loaded && station->voids.loaded &&
                  station->letters.loaded && station->care.loaded;
    if (!loaded || station->recovering) return;
    station->recovering = true;
    recovery_begin(&station->recovery, step, station->settled_seq);
}

static unsigned server_of(const struct station *station, enum owner owner, unsigned index)
{
    if (owner == OWNER_BOOKING) return SERVER_CARRIER_FIRST + station->bookings[index].carrier;
    if (owner == OWNER_VOIDS) return SERVER_CARRIER_FIRST + station->voids.carrier;
    if (owner == OWNER_POOL) return SERVER_CARRIER_FIRST + index % CONFIG_CARRIERS_MAX;
    return SERVER_OMS;
}

static void note_network(struct station *station, struct step *step, const struct event *event,
                         enum owner owner, unsigned index)
{
    unsigned server = server_of(station, owner, index);
    enum net_state state = net_state_of_exchange(event);
    if (state == station->network[server]) return;
    station->network[server] = state;
    const char *name = server == SERVER_OMS
                           ? "oms"
                           : station->config->carriers[server - SERVER_CARRIER_FIRST].name;
    bool good = state == NET_OK;
    if (good && server == SERVER_OMS) sync_line_is_back(&station->sync, step);
    if (good && server >= SERVER_CARRIER_FIRST)
        backlog_hurry(&station->backlog, step, &station->backlog_floor,
                      server - SERVER_CARRIER_FIRST);
    net_state_log(step->commands, name, event);
}

/* Orders of which feed or order system have just said that they are cancelled. */
static void note_cancelled(struct station *station, struct step *step)
{
    struct feed *feed = &station->feed;
    struct sync *sync = &station->sync;
    bool full = false;
    for (size_t i = 0; i < sync->cancelled_count; i++) {
        const struct void_entry *entry = &sync->cancelled[i];
        full |= !voids_note(&station->voids, entry->order_id, entry->why);
    }
    if (full) commands_log(step->commands, LOG_ALARM, "log_voids_full", NULL);
    if (sync->cancelled_count > 0) (void)voids_store(&station->voids, step);
    sync->cancelled_count = 0;
    if (feed->state != FEED_NOTING || feed->ticket != 0) return;
    for (size_t i = 0; i < feed->cancelled_count; i++)
        (void)voids_note(&station->voids, feed->cancelled[i], VOID_ORDER_CANCELLED);
    feed_noting(feed, voids_store(&station->voids, step));
}

/* An answer goes to the one who waits for it; one that nobody waits for ends here. */
static void route_answer(struct station *station, struct step *step, const struct event *event,
                         uint32_t ticket)
{
    enum owner owner;
    unsigned index = 0;
    if (!tickets_settle(&station->tickets, ticket, &owner, &index)) return;
    if (event->kind == EVENT_EXCHANGE) note_network(station, step, event, owner, index);
    switch (owner) {
    case OWNER_BATCH: break; /* see route_batch */
    case OWNER_RECOVERY:
        recovery_answer(&station->recovery, step, &station->packing, &station->floor, event);
        if (station->recovery.state == RECOVERY_READING) break;
        if (station->recovery.next_event_seq > station->next_event_seq) {
            station->next_event_seq = station->recovery.next_event_seq;
        }
        if (station->recovery.seq > station->last_seq) station->last_seq = station->recovery.seq;
        if (station->recovery.state != RECOVERY_DONE || station->backlog.started) break;
        step->last_seq = station->last_seq;
        backlog_start(&station->backlog, step, station->backlog_seq);
        break;
    case OWNER_ORDERS: orders_step(&station->orders, step, event); break;
    case OWNER_BOOKING: booking_answer(&station->bookings[index], step, event); break;
    case OWNER_PRINTING: printing_step(&station->printing, step, &station->devices, event); break;
    case OWNER_SYNC:
        station->sync.others_answered = station->feed.answered;
        sync_answer(&station->sync, step, &station->letters, event);
        note_cancelled(station, step);
        break;
    case OWNER_FEED:
        feed_answer(&station->feed, step, event);
        note_cancelled(station, step);
        break;
    case OWNER_POOL: pool_step(&station->pool, step, event, index); break;
    case OWNER_BACKLOG:
        backlog_answer(&station->backlog, step, &station->backlog_floor, event, index);
        break;
    case OWNER_RECALLS: parcel_list_loaded(&station->recalls, event); break;
    case OWNER_SHELF: parcel_list_loaded(&station->shelf, event); break;
    case OWNER_LETTERS: letters_answer(&station->letters, step, event); break;
    case OWNER_CARE: care_loaded(&station->care, event); break;
    case OWNER_DEVICES: devices_remembered(&station->devices, step, event); break;
    case OWNER_VOIDS: voids_answer(&station->voids, step, &station->recalls, event); break;
    }
    begin_recovery(station, step);
}

/* A flush keeps everything waiting, the page too: what it was is said afterwards. */
static void note_pace(struct station *station, struct step *step, int64_t took_ms)
{
    char storage[24];
    struct textbuf seconds;
    if (took_ms < STORE_SLOW_MS) return;
    if (station->slow_until_ms == NO_DEADLINE) {
        textbuf_init(&seconds, storage, sizeof storage);
        textbuf_i64(&seconds, took_ms / 1000);
        commands_log(step->commands, LOG_WARNING, "log_store_slow", "seconds", storage, NULL);
    }
    station->slow_until_ms = step->now_ms + STORE_SLOW_SHOWN_MS;
}

static void route_batch(struct station *station, struct step *step, const struct event *event)
{
    enum owner owner;
    unsigned index = 0;
    uint32_t ticket = event->store.ticket;
    enum err error = event->kind == EVENT_STORED ? ERR_NONE : event->store.error;
    if (!tickets_settle(&station->tickets, ticket, &owner, &index)) return;
    note_pace(station, step, event->store.took_ms);
    station->disk_full = error == ERR_NO_SPACE;
    if (error == ERR_NONE) {
        station->last_seq = event->store.last_seq;
        step->last_seq = station->last_seq;
        if (station->batch_has_event) sync_wake(&station->sync);
    } else {
        station->next_event_seq = station->event_seq_before; /* its events do not exist: no gap */
        commands_log(step->commands, LOG_ALARM, "log_store_failed", "error", err_word(error), NULL);
    }
    station->disk_low = station->disk_low || error == ERR_NO_SPACE;
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        booking_stored(&station->bookings[slot], step, ticket, error);
    }
    printing_stored(&station->printing, step, &station->devices, ticket, error);
    devices_stored(&station->devices, step, ticket, error);
    sync_stored(&station->sync, step, ticket, error);
    pool_stored(&station->pool, step, ticket, error);
    feed_stored(&station->feed, step, ticket, error);
    parcel_list_stored(&station->recalls, step, ticket, error);
    parcel_list_stored(&station->shelf, step, ticket, error);
    voids_stored(&station->voids, step, ticket, error);
    letters_stored(&station->letters, step, ticket, error);
    care_stored(&station->care, ticket, error);
    backlog_stored(&station->backlog, step, ticket, error, station->batch_has_aside);
    packing_stored(&station->packing, step, &station->floor, ticket, error);
}

static void route_bytes(struct station *station, struct step *step, const struct event *event)
{
    struct bytes rest = event->port.bytes;
    unsigned scans = 0;
    while (rest.len > 0) {
        struct device_item item;
        devices_next(&station->devices, step, event->port.port, &rest, &item);
        switch (item.kind) {
        case DEVICE_ITEM_NONE: break;
        case DEVICE_ITEM_READING:
            weighing_reading(&station->weighing, &step->config->scale, &item.reading, step->now_ms);
            break;
        case DEVICE_ITEM_SCAN:
            if (scans++ >= SCANS_MAX) station->packing.scans_not_taken++;
            else station_scan(station, step, &item.scan);
            break;
        case DEVICE_ITEM_BAD_SCAN:
            packing_bad_scan(&station->packing, step, &station->floor);
            break;
        case DEVICE_ITEM_STATUS:
            printing_status(&station->printing, step, &station->devices);
            break;
        case DEVICE_ITEM_ANSWER:
            printing_answer(&station->printing, step, &station->devices, item.result, &item.answer);
            break;
        }
    }
}

static void route_press(struct station *station, struct step *step, const struct event *event)
{
    bool training = station->config->mode == CONFIG_TRAINING;
    enum press press = event->press.press;
    if (press == PRESS_SCAN && training) {
        struct scan scan;
        if (scan_of_text(event->press.text, &scan)) station_scan(station, step, &scan);
        else packing_bad_scan(&station->packing, step, &station->floor);
        return;
    }
    station_obey(station, step, press, event->press.text);
}

/* Whoever shows a device and then scans an order wants to pack. */
static void look_at_showing(struct station *station, struct step *step, const struct event *event)
{
    showing_step(&station->showing, &station->devices, step, event);
    if (station->packing.state != PACKING_IDLE)
        showing_stop(&station->showing, &station->devices, step);
}

static void route_port(struct station *station, struct step *step, const struct event *event)
{
    bool of_port = event->kind != EVENT_DEVICE_SEEN && event->kind != EVENT_DEVICE_GONE;
    if (of_port && showing_owns(event->port.port)) {
        look_at_showing(station, step, event);
        return;
    }
    devices_step(&station->devices, step, event);
    if (station->devices.slots[DEVICE_SCALE].state != DEVICE_OPEN)
        weighing_lost(&station->weighing);
    printing_step(&station->printing, step, &station->devices, event);
}

static void route(struct station *station, struct step *step, const struct event *event)
{
    switch (event->kind) {
    case EVENT_STARTED: start(station, step, event); break;
    case EVENT_DEADLINE: break;
    case EVENT_DEVICE_SEEN:
    case EVENT_DEVICE_GONE:
    case EVENT_PORT_OPENED:
    case EVENT_PORT_FAILED:
    case EVENT_PORT_CLOSED:
    case EVENT_PORT_DRAINED:
    case EVENT_PORT_MENDED: route_port(station, step, event); break;
    case EVENT_PORT_BYTES:
        if (showing_owns(event->port.port)) look_at_showing(station, step, event);
        else route_bytes(station, step, event);
        break;
    case EVENT_EXCHANGE: route_answer(station, step, event, event->exchange.ticket); break;
    case EVENT_STORED:
    case EVENT_STORE_FAILED: route_batch(station, step, event); break;
    case EVENT_ROWS: route_answer(station, step, event, event->rows.ticket); break;
    case EVENT_BLOB: route_answer(station, step, event, event->blob.ticket); break;
    case EVENT_CACHE_FOUND:
    case EVENT_CACHE_STORED: route_answer(station, step, event, event->cache.ticket); break;
    case EVENT_RENDERED: route_answer(station, step, event, event->rendered.ticket); break;
    case EVENT_PRESS: route_press(station, step, event); break;
    case EVENT_CONFIG_OFFERED:
        station->offered = event->config.config;
        station->wrong_settings.text[0] = '\0';
        break;
    case EVENT_CONFIG_REFUSED: station->wrong_settings = event->refused; break;
    case EVENT_DISK: station->disk_low = event->disk.below_reserve; break;
    }
    station->packing.disk_low = station->disk_low;
}

/* What is due by time. Each machine looks at its own deadline; those that find no room stay due. */
static void tick(struct station *station, struct step *step)
{
    const struct event due = {.kind = EVENT_DEADLINE, .now_ms = step->now_ms};
    if (station->slow_until_ms <= step->now_ms) station->slow_until_ms = NO_DEADLINE;
    devices_step(&station->devices, step, &due);
    if (devices_half_scan(&station->devices, step->now_ms))
        packing_half_scan(&station->packing, step, &station->floor);
    look_at_showing(station, step, &due);
    if (station->recovery.state != RECOVERY_DONE) return; /* nothing new before the old is known */
    orders_step(&station->orders, step, &due);
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++)
        booking_tick(&station->bookings[slot], step);
    printing_step(&station->printing, step, &station->devices, &due);
    pool_tick(&station->pool, step);
    parcel_list_tick(&station->recalls, step);
    parcel_list_tick(&station->shelf, step);
    voids_tick(&station->voids, step, packing_order_in_hand(&station->packing));
    if (voids_have_room(&station->voids, OMS_PAGE_MAX)) feed_tick(&station->feed, step);
    sync_tick(&station->sync, step);
}

/* Parcels that the last start found open beside the one in hand, and whose booking has come to an
 * end: the parcel waits for its order's scan. Those of the backlog are its own matter. */
static void release_shelf(struct station *station, struct step *step)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        struct booking *booking = &station->bookings[slot];
        bool ended = booking->state == BOOKING_BOOKED || booking->state == BOOKING_REFUSED;
        if (!booking->aside || booking->queued || !ended) continue;
        bool good = booking->state == BOOKING_BOOKED;
        commands_log(step->commands, good ? LOG_NOTICE : LOG_WARNING,
                     good ? "booked_later" : "log_refused_later", "order_no",
                     booking->parcel.order_no, NULL);
        parcel_list_add(&station->shelf, step, &booking->parcel,
                        good ? "booked" : booking->parcel.note);
        booking_release(booking);
    }
}

static bool nothing_open(const struct station *station)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        if (station->bookings[slot].state != BOOKING_FREE) return false;
    }
    return station->packing.state == PACKING_IDLE && station->printing.state == PRINTING_IDLE;
}

static bool same_oms(const struct config *a, const struct config *b)
{
    return strcmp(a->oms.kind, b->oms.kind) == 0 && strcmp(a->oms.base_url, b->oms.base_url) == 0;
}

static void adopt_offered(struct station *station, struct step *step)
{
    if (station->offered == NULL || station->recovery.state != RECOVERY_DONE ||
        !nothing_open(station))
        return;
    bool other_oms = !same_oms(station->config, station->offered);
    adopt(station, station->offered);
    station->offered = NULL;
    memset(station->network, 0, sizeof station->network); /* other servers stand in these places */
    sync_restart(&station->sync, step);
    feed_restart(&station->feed, step, other_oms);
    showing_stop(&station->showing, &station->devices, step);
    devices_reconfigure(&station->devices, step, station->config);
    weighing_init(&station->weighing);
    pool_stop(&station->pool, step);
    voids_restart(&station->voids, step);
    step->config = station->config; /* what is shown at the end of this step is the new bench */
    step->oms = station->oms;
    memcpy(step->carriers, station->carriers, sizeof step->carriers);
    pool_start(&station->pool, step);
    backlog_restart(&station->backlog, step);
    commands_add(step->commands, COMMAND_CONFIG_ADOPTED);
}

/* Facts up to here need no folding at the next start: all parcels begun before are closed. Always
 * before this batch, so that a start sees the newest event and goes on with its number. */
static int64_t settled_now(const struct station *station)
{
    int64_t seq = station->recovery.left_over > 0 ? station->settled_seq : station->last_seq;
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        const struct booking *booking = &station->bookings[slot];
        bool holds = booking->state != BOOKING_FREE && !booking->queued; /* else: the backlog's */
        if (holds && booking->seq_floor < seq) seq = booking->seq_floor;
    }
    return seq;
}

static void store_batch(struct station *station, struct step *step)
{
    struct commands *commands = step->commands;
    bool closing = station->packing.state == PACKING_CLOSING &&
                   station->packing.ticket == commands->batch_ticket;
    if (closing && settled_now(station) > station->settled_seq) {
        station->settled_seq = settled_now(station);
        commands_cursor(commands, "settled", station->settled_seq);
    }
    backlog_ride(&station->backlog, step);
    sync_ride(&station->sync, step);
    struct command *command = commands_add(commands, COMMAND_STORE);
    command->store.ticket = commands->batch_ticket;
    command->store.batch = &commands->batch;
}

static uint64_t events_waiting(const struct station *station)
{
    if (station->next_event_seq == 0) return 0;
    uint64_t made = station->next_event_seq - 1;
    bool known = station->sync.acked > 0 || station->sync.work || station->sync.count > 0;
    return known && made > station->sync.acked ? made - station->sync.acked : 0;
}

static void log_message(struct commands *commands, const struct message *message)
{
    struct command *command = commands_add(commands, COMMAND_LOG);
    command->log.level = message->lamp == LAMP_RED ? LOG_WARNING : LOG_NOTICE;
    command->log.id = message->id;
    for (size_t i = 0; i < message->count; i++) {
        command->log.arguments[command->log.count++] =
            (struct log_argument){message->arguments[i].name,
                                  commands_keep_text(commands, message->arguments[i].value)};
    }
}

static void show(struct station *station, struct step *step)
{
    struct view view = {.step = step,
                        .packing = &station->packing,
                        .floor = &station->floor,
                        .sync = &station->sync,
                        .network = station->network,
                        .events_waiting = events_waiting(station),
                        .orders_as_of_ms = feed_stale_since(&station->feed, step),
                        .backlog = &station->backlog,
                        .letters = &station->letters,
                        .showing = &station->showing,
                        .disk_low = station->disk_low,
                        .disk_full = station->disk_full,
                        .disk_slow = station->slow_until_ms != NO_DEADLINE,
                        .wrong_settings = &station->wrong_settings};
    struct message message;
    struct textbuf text;
    view_message(&view, &message);
    commands_text_begin(step->commands, &text, VIEW_DOCUMENT_SIZE);
    view_write(&view, &message, &text);
    struct bytes document = commands_text_end(step->commands, &text);
    if (message.logged && message.id != station->message_id) log_message(step->commands, &message);
    station->message_id = message.id;
    if (bytes_equal(document, bytes_of(station->document, station->document_len))) return;
    memcpy(station->document, document.data, document.len);
    station->document_len = document.len;
    commands_add(step->commands, COMMAND_SHOW)->show.document = document;
}

static bool batch_has(const struct batch *batch, enum fact_kind kind)
{
    for (size_t i = 0; i < batch->fact_count; i++) {
        if (bytes_equal_text(batch->facts[i].kind, fact_kind_word(kind))) return true;
    }
    return false;
}

void station_step(struct station *station, const struct event *event, struct commands *commands)
{
    ENSURE(event->now_ms >= station->now_ms);
    ENSURE(station->started || event->kind == EVENT_STARTED);
    commands_reset(commands);
    station->now_ms = event->now_ms;
    station->steps++;
    struct step step = make_step(station, event, commands);
    uint64_t events_before = station->next_event_seq;

    route(station, &step, event);
    if (event->kind == EVENT_STORE_FAILED) events_before = station->next_event_seq;
    tick(station, &step);
    for (unsigned i = 0; packing_advance(&station->packing, &step, &station->floor); i++) {
        ENSURE(i < ADVANCES_MAX);
    }
    release_shelf(station, &step);
    if (station->recovery.state == RECOVERY_DONE)
        backlog_tick(&station->backlog, &step, &station->backlog_floor);
    adopt_offered(station, &step);
    if (commands->batch_ticket != 0) {
        station->event_seq_before = events_before;
        station->batch_has_event = batch_has(&commands->batch, FACT_EVENT);
        station->batch_has_aside = batch_has(&commands->batch, FACT_ASIDE);
        store_batch(station, &step);
    }
    show(station, &step);
    station_check(station);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t station_deadline(struct station *station)
{
    const struct event now = {.kind = EVENT_DEADLINE, .now_ms = station->now_ms};
    struct step step = make_step(station, &now, NULL);
    int64_t deadline_ms = devices_deadline(&station->devices, &step);
    deadline_ms = earlier(deadline_ms, showing_deadline(&station->showing));
    deadline_ms = earlier(deadline_ms, station->slow_until_ms);
    if (station->recovery.state != RECOVERY_DONE) return deadline_ms;
    deadline_ms = earlier(deadline_ms, orders_deadline(&station->orders));
    deadline_ms = earlier(deadline_ms, printing_deadline(&station->printing));
    deadline_ms = earlier(deadline_ms, pool_deadline(&station->pool));
    if (voids_have_room(&station->voids, OMS_PAGE_MAX))
        deadline_ms = earlier(deadline_ms, feed_deadline(&station->feed, &step));
    deadline_ms = earlier(deadline_ms, parcel_list_deadline(&station->recalls));
    deadline_ms = earlier(deadline_ms, parcel_list_deadline(&station->shelf));
    deadline_ms = earlier(deadline_ms, voids_deadline(&station->voids, &step));
    deadline_ms = earlier(deadline_ms, sync_deadline(&station->sync, &step));
    deadline_ms =
        earlier(deadline_ms, backlog_deadline(&station->backlog, &step, &station->backlog_floor));
    deadline_ms = earlier(deadline_ms, packing_deadline(&station->packing, &step, &station->floor));
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        deadline_ms = earlier(deadline_ms, booking_deadline(&station->bookings[slot]));
    }
    return deadline_ms;
}

void station_check(const struct station *station)
{
    devices_check(&station->devices);
    orders_check(&station->orders);
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        booking_check(&station->bookings[slot], station->now_ms);
    }
    printing_check(&station->printing);
    sync_check(&station->sync);
    feed_check(&station->feed);
    backlog_check(&station->backlog);
    voids_check(&station->voids);
    letters_check(&station->letters);
    packing_check(&station->packing, &station->floor);
}
