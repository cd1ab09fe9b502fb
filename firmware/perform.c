/* perform.c - see perform.h. */
#include "firmware/perform.h"

#include <stdio.h>
#include <string.h>

#include "firmware/secrets.h"
#include "hal/clock.h"

static struct answer *add_answer(struct outside *outside, enum event_kind kind, uint32_t ticket)
{
    ENSURE(outside->answer_count < ANSWERS_MAX);
    size_t at = (outside->answer_first + outside->answer_count++) % ANSWERS_MAX;
    outside->answers[at] = (struct answer){.kind = kind, .ticket = ticket};
    return &outside->answers[at];
}

static void set_text(struct answer *answer, struct bytes text)
{
    if (!bytes_to_text(text, answer->text, sizeof(answer->text))) answer->text[0] = '\0';
}

/* The medium's state is not known, or it is known to be bad: nothing may rest on it any more. */
static void give_up_journal(struct outside *outside, enum err problem)
{
    service_log(&outside->service, SERVICE_ERROR,
                "The journal failed and packd stops at once (%s): %s", err_word(problem),
                journal_trouble(outside->journal));
    outside->ending = ENDING_FAILED;
}

/* --- cache --- */

static void note_cache(struct outside *outside, enum err problem)
{
    if (problem == ERR_NONE) return;
    if (problem == ERR_CORRUPT) outside->cache_lost = true;
    service_log(&outside->service, SERVICE_WARNING, "The cache of orders failed (%s).",
                err_word(problem));
}

static void split_items(const struct command *command, struct cache_page *page)
{
    static struct cache_item items[OMS_PAGE_MAX];
    static struct bytes gone[OMS_PAGE_MAX];
    ENSURE(command->cache.count <= OMS_PAGE_MAX);
    page->items = items;
    page->gone = gone;
    for (size_t i = 0; i < command->cache.count; i++) {
        const struct order_item *from = &command->cache.items[i];
        if (from->document.len == 0) {
            gone[page->gone_count++] = from->id;
            continue;
        }
        items[page->item_count++] = (struct cache_item){.ref = from->id,
                                                        .rev = from->rev,
                                                        .document = from->document,
                                                        .keys = from->keys,
                                                        .key_count = from->key_count};
    }
}

static void put_page(struct outside *outside, const struct command *command)
{
    struct cache_page page = {.now_ms = clock_wall_ms(), .cursor = command->cache.cursor};
    if (outside->cache_lost) page.cursor = BYTES_NONE; /* the next start asks from the beginning */
    split_items(command, &page);
    enum err problem = ERR_NOT_FOUND;
    if (outside->cache != NULL) {
        service_patient(&outside->service);
        problem = cache_put_page(outside->cache, &page);
        note_cache(outside, problem);
    }
    add_answer(outside, EVENT_CACHE_STORED, command->cache.ticket)->good = problem == ERR_NONE;
}

static void forget_cache(struct outside *outside)
{
    if (outside->cache == NULL) return;
    note_cache(outside, cache_forget_all(outside->cache));
    outside->cache_lost = false;
}

/* --- ports --- */

static enum port_face face_of(const struct command *command)
{
    if (command->port.role == PORT_PRINTER) return PORT_FACE_PRINTER;
    return command->port.hid ? PORT_FACE_HID : PORT_FACE_LINE;
}

static struct serial_settings serial_of(const struct line_settings *line,
                                        const struct line_wiring *wiring)
{
    static const enum serial_parity parities[] = {[LINE_PARITY_NONE] = SERIAL_PARITY_NONE,
                                                  [LINE_PARITY_EVEN] = SERIAL_PARITY_EVEN,
                                                  [LINE_PARITY_ODD] = SERIAL_PARITY_ODD};
    static const enum serial_flow flows[] = {[LINE_FLOW_NONE] = SERIAL_FLOW_NONE,
                                             [LINE_FLOW_RTS_CTS] = SERIAL_FLOW_RTS_CTS,
                                             [LINE_FLOW_XON_XOFF] = SERIAL_FLOW_XON_XOFF};
    return (struct serial_settings){.baud = line->baud,
                                    .data_bits = line->data_bits,
                                    .stop_bits = line->stop_bits,
                                    .parity = parities[line->parity],
                                    .flow = flows[wiring->flow],
                                    .dtr_off = wiring->dtr == LINE_PIN_OFF,
                                    .rts_off = wiring->rts == LINE_PIN_OFF};
}

static void open_port(struct outside *outside, const struct command *command)
{
    const struct serial_settings settings = serial_of(&command->port.line, &command->port.wiring);
    enum err problem = ports_connect(outside->ports, command->port.port, command->port.address,
                                     face_of(command), &settings);
    if (problem == ERR_NONE) return;
    struct answer *answer = add_answer(outside, EVENT_PORT_FAILED, command->port.port);
    answer->error = problem;
    set_text(answer, BYTES_LITERAL("no port is free"));
}

/* A device that does not take its bytes is let go and opened afresh. One that is gone already has
 * said so, or is about to. */
static void write_port(struct outside *outside, const struct command *command)
{
    enum err problem = ports_write(outside->ports, command->port.port, command->port.bytes);
    if (problem == ERR_NONE || problem == ERR_NOT_FOUND) return;
    ports_disconnect(outside->ports, command->port.port);
    struct answer *answer = add_answer(outside, EVENT_PORT_CLOSED, command->port.port);
    answer->error = problem;
    set_text(answer, BYTES_LITERAL("it does not take what is sent"));
}

/* The port's number serves as the ticket: it is not open. */
static void mend_port(struct outside *outside, const struct command *command)
{
    bool is_power = command->port.mend == MENDING_POWER;
    enum err problem =
        ports_mend(outside->ports, command->port.port, command->port.address,
                   is_power ? PORT_MEND_POWER : PORT_MEND_RESET, command->port.labels_may_be_lost);
    if (problem == ERR_NONE) return;
    struct answer *answer = add_answer(outside, EVENT_PORT_MENDED, command->port.port);
    answer->error = problem;
    set_text(answer, BYTES_LITERAL("another device is being mended"));
}

/* --- exchanges --- */

static void refuse_exchange(struct outside *outside, const struct command *command,
                            enum exchange_end end, const char *why)
{
    struct answer *answer = add_answer(outside, EVENT_EXCHANGE, command->exchange.ticket);
    answer->end = end;
    set_text(answer, bytes_of_text(why));
}

static void start_exchange(struct outside *outside, const struct command *command)
{
    const struct config *config = outside_config(outside);
    unsigned server = command->exchange.server;
    const struct http_trust trust = {
        .ca_file = server == SERVER_OMS ? config->oms.ca_file
                                        : config->carriers[server - SERVER_CARRIER_FIRST].ca_file};
    if (!clock_wall_trusted()) {
        refuse_exchange(outside, command, EXCHANGE_NO_CLOCK, "the wall clock is in the past");
        return;
    }
    enum err problem =
        http_start(outside->http, command->exchange.ticket, command->exchange.request, &trust);
    if (problem == ERR_NONE) return;
    /* Without usable roots nobody can be believed: a person must look, as at a bad certificate. */
    bool untrusted = problem == ERR_NOT_FOUND || problem == ERR_REFUSED || problem == ERR_CORRUPT;
    refuse_exchange(outside, command, untrusted ? EXCHANGE_UNTRUSTED : EXCHANGE_NOT_SENT,
                    http_trouble(outside->http));
}

/* --- labels --- */

static void ask_renderer(struct outside *outside, const struct command *command)
{
    enum err problem = outside->render == NULL
                           ? ERR_NOT_FOUND
                           : render_ask(outside->render, command->render.ticket,
                                        command->render.request, command->render.input);
    outside->watch.label_began_us = clock_boot_us();
    if (problem == ERR_NONE) return;
    add_answer(outside, EVENT_RENDERED, command->render.ticket)->error = problem;
}

/* --- log, settings --- */

static enum service_level service_level_of(enum log_level level)
{
    switch (level) {
    case LOG_INFO: return SERVICE_INFO;
    case LOG_NOTICE: return SERVICE_NOTICE;
    case LOG_WARNING: return SERVICE_WARNING;
    case LOG_ALARM: return SERVICE_ERROR;
    }
    return SERVICE_ERROR;
}

static void write_log(struct outside *outside, const struct command *command)
{
    char storage[SERVICE_LINE_MAX];
    struct textbuf text;
    recorder_log(&outside->recorder, command->log.id);
    textbuf_init(&text, storage, sizeof(storage));
    texts_sentence(&outside->texts, command->log.id, command->log.arguments, command->log.count,
                   &text);
    service_log(&outside->service, service_level_of(command->log.level), "%s: %s", command->log.id,
                storage);
}

static void adopted(struct outside *outside)
{
    outside->config_now = 1 - outside->config_now;
    settings_keep(&outside->source, outside_config(outside)->data_dir);
    secrets_read(outside_config(outside), &outside->service, &outside->secrets);
    service_log(&outside->service, SERVICE_NOTICE, "Settings number %u are in use.",
                outside_config(outside)->number);
}

void perform(struct outside *outside, const struct command *command)
{
    struct answer *answer;
    switch (command->kind) {
    case COMMAND_STORE: break; /* after all others: perform_store */
    case COMMAND_READ_ROWS:
        answer = add_answer(outside, EVENT_ROWS, command->read.ticket);
        answer->after_seq = command->read.after_seq;
        break;
    case COMMAND_READ_SUBJECT:
        answer = add_answer(outside, EVENT_ROWS, command->read.ticket);
        answer->by_subject = true;
        answer->after_seq = command->read.after_seq;
        set_text(answer, command->read.key);
        break;
    case COMMAND_READ_BLOB:
        set_text(add_answer(outside, EVENT_BLOB, command->read.ticket), command->read.key);
        break;
    case COMMAND_CACHE_PUT: put_page(outside, command); break;
    case COMMAND_CACHE_FIND:
        set_text(add_answer(outside, EVENT_CACHE_FOUND, command->cache.ticket),
                 command->cache.scan);
        break;
    case COMMAND_CACHE_FORGET: forget_cache(outside); break;
    case COMMAND_PORT_OPEN: open_port(outside, command); break;
    case COMMAND_PORT_WRITE: write_port(outside, command); break;
    case COMMAND_PORT_CLOSE: ports_disconnect(outside->ports, command->port.port); break;
    case COMMAND_PORT_MEND: mend_port(outside, command); break;
    case COMMAND_EXCHANGE: start_exchange(outside, command); break;
    case COMMAND_EXCHANGE_CANCEL: http_cancel(outside->http, command->exchange.ticket); break;
    case COMMAND_RENDER: ask_renderer(outside, command); break;
    case COMMAND_SHOW: web_publish(outside->web, command->show.document); break;
    case COMMAND_LOG: write_log(outside, command); break;
    case COMMAND_CONFIG_ADOPTED: adopted(outside); break;
    case COMMAND_CONFIG_REJECTED:
        service_log(&outside->service, SERVICE_WARNING, "The new settings were not taken.");
        break;
    }
}

/* --- the batch --- */

static enum err append(struct outside *outside, const struct batch *batch, const struct event *now)
{
    struct journal_fact facts[BATCH_FACTS_MAX];
    struct journal_blob blobs[BATCH_BLOBS_MAX];
    struct bytes gone[BATCH_BLOBS_MAX];
    struct journal_cursor cursors[BATCH_CURSORS_MAX];
    struct journal_batch to = {.at = {now->wall_ms, now->now_ms, now->wall_trusted},
                               .facts = facts,
                               .fact_count = batch->fact_count,
                               .blobs = blobs,
                               .blobs_gone = gone,
                               .cursors = cursors,
                               .cursor_count = batch->cursor_count};
    int64_t last_seq = outside->last_seq + (int64_t)batch->fact_count, first_seq = 0;
    for (size_t i = 0; i < batch->fact_count; i++) {
        const struct batch_fact *from = &batch->facts[i];
        facts[i] = (struct journal_fact){from->key, from->kind, from->subject, from->body};
        outside->watch.stored_bytes += from->body.len;
    }
    for (size_t i = 0; i < batch->blob_count; i++) {
        const struct batch_blob *from = &batch->blobs[i];
        outside->watch.stored_bytes += from->data.len;
        if (from->data.data == NULL) gone[to.blob_gone_count++] = from->key;
        else blobs[to.blob_count++] = (struct journal_blob){from->key, from->data};
    }
    for (size_t i = 0; i < batch->cursor_count; i++) {
        const struct batch_cursor *from = &batch->cursors[i];
        cursors[i] = (struct journal_cursor){from->name, from->seq != 0 ? from->seq : last_seq};
    }
    enum err problem = journal_append(outside->journal, &to, &first_seq);
    if (problem != ERR_NONE) return problem;
    ENSURE(batch->fact_count == 0 || first_seq == outside->last_seq + 1);
    outside->last_seq = last_seq;
    return ERR_NONE;
}

bool perform_store(struct outside *outside, const struct command *command, const struct event *now,
                   struct event *out_event)
{
    int64_t begin_us = clock_boot_us();
    service_patient(&outside->service);
    enum err problem = append(outside, command->store.batch, now);
    if (problem == ERR_IO || problem == ERR_CORRUPT) {
        give_up_journal(outside, problem);
        return false;
    }
    int64_t took_us = clock_boot_us() - begin_us;
    span_add(&outside->watch.store, took_us);
    outside->watch.flushes++;
    if (problem == ERR_REFUSED || problem == ERR_NO_MEMORY) problem = ERR_NO_SPACE; /* journal.h */
    *out_event = (struct event){.kind = problem == ERR_NONE ? EVENT_STORED : EVENT_STORE_FAILED};
    out_event->store.ticket = command->store.ticket;
    out_event->store.error = problem;
    out_event->store.took_ms = took_us / 1000;
    out_event->store.last_seq = outside->last_seq;
    return true;
}

/* --- answers --- */

struct rows_reading {
    struct event *event;
    struct textbuf storage; /* raw bytes too: nothing in it is taken as a text */
};

static bool keep(struct textbuf *storage, struct bytes from, struct bytes *out)
{
    size_t at = storage->len;
    textbuf_bytes_put(storage, from);
    *out = bytes_of(storage->data + at, from.len);
    return textbuf_ok(storage);
}

static bool take_row(void *context, const struct journal_row *row)
{
    struct rows_reading *reading = context;
    struct event *event = reading->event;
    event->rows.more = true;
    if (event->rows.count == EVENT_ROWS_MAX) return false;
    struct event_row *to = &event->rows.rows[event->rows.count];
    *to = (struct event_row){.seq = row->seq, .at_ms = row->at.wall_ms};
    bool fits = keep(&reading->storage, row->key, &to->key) &&
                keep(&reading->storage, row->kind, &to->kind) &&
                keep(&reading->storage, row->subject, &to->subject) &&
                keep(&reading->storage, row->body, &to->body);
    if (!fits) return false; /* asked for again: more is set */
    event->rows.count++;
    event->rows.more = false;
    return true;
}

static enum err read_rows(struct outside *outside, const struct answer *answer, struct event *event)
{
    struct rows_reading reading = {.event = event};
    textbuf_init(&reading.storage, (char *)outside->storage, sizeof(outside->storage));
    event->rows.ticket = answer->ticket;
    event->rows.count = 0;
    event->rows.more = false;
    if (!answer->by_subject) {
        return journal_read_after(outside->journal, answer->after_seq, EVENT_ROWS_MAX + 1, take_row,
                                  &reading);
    }
    return journal_read_subject(outside->journal, bytes_of_text(answer->text), answer->after_seq,
                                take_row, &reading);
}

static enum err read_blob(struct outside *outside, const struct answer *answer, struct event *event)
{
    size_t len = 0;
    enum err problem = journal_read_blob(outside->journal, bytes_of_text(answer->text),
                                         outside->storage, sizeof(outside->storage), &len);
    event->blob.ticket = answer->ticket;
    event->blob.found = problem == ERR_NONE;
    event->blob.bytes = bytes_of(outside->storage, len);
    return problem == ERR_NOT_FOUND ? ERR_NONE : problem;
}

struct documents_reading {
    struct event *event;
    uint8_t *storage;
    size_t used;
};

static void take_document(void *context, const struct cache_order *order)
{
    struct documents_reading *reading = context;
    struct event *event = reading->event;
    if (event->cache.count == EVENT_DOCUMENTS_MAX) return;
    memcpy(reading->storage + reading->used, order->document.data, order->document.len);
    event->cache.documents[event->cache.count++] =
        bytes_of(reading->storage + reading->used, order->document.len);
    reading->used += order->document.len;
}

static void find_documents(struct outside *outside, const struct answer *answer,
                           struct event *event)
{
    struct documents_reading reading = {.event = event, .storage = outside->storage};
    size_t count = 0;
    event->cache.ticket = answer->ticket;
    event->cache.count = 0;
    event->cache.ok = true;
    if (outside->cache == NULL) return;
    note_cache(outside, cache_find(outside->cache, bytes_of_text(answer->text), take_document,
                                   &reading, &count));
}

static void fill_port(const struct answer *answer, struct event *event)
{
    event->port.port = answer->ticket;
    event->port.bytes = BYTES_NONE;
    event->port.identity = NULL;
    event->port.drained = 0;
    event->port.error = answer->error;
    event->port.sentence = answer->text;
}

static void fill_exchange(const struct answer *answer, struct event *event)
{
    event->exchange.ticket = answer->ticket;
    event->exchange.end = answer->end;
    event->exchange.response = NULL;
    event->exchange.sentence = answer->text;
}

bool perform_next_answer(struct outside *outside, struct event *out_event)
{
    if (outside->answer_count == 0) return false;
    const struct answer *answer = &outside->answers[outside->answer_first];
    outside->answer_first = (outside->answer_first + 1) % ANSWERS_MAX;
    outside->answer_count--;
    out_event->kind = answer->kind;
    enum err problem = ERR_NONE;
    if (answer->kind == EVENT_ROWS) problem = read_rows(outside, answer, out_event);
    else if (answer->kind == EVENT_BLOB) problem = read_blob(outside, answer, out_event);
    else if (answer->kind == EVENT_CACHE_FOUND) find_documents(outside, answer, out_event);
    else if (answer->kind == EVENT_EXCHANGE) fill_exchange(answer, out_event);
    else if (answer->kind == EVENT_CACHE_STORED) {
        out_event->cache.ticket = answer->ticket;
        out_event->cache.count = 0;
        out_event->cache.ok = answer->good;
    } else if (answer->kind == EVENT_RENDERED) {
        out_event->rendered.ticket = answer->ticket;
        out_event->rendered.error = answer->error;
        out_event->rendered.answer = NULL;
        out_event->rendered.output = BYTES_NONE;
    } else fill_port(answer, out_event);
    if (problem != ERR_NONE) give_up_journal(outside, problem);
    return problem == ERR_NONE;
}
