/* orders.c - see orders.h for the states. */
#include "firmware/station/orders.h"

#include <string.h>

void orders_init(struct orders *orders)
{
    memset(orders, 0, sizeof *orders);
    orders->deadline_ms = NO_DEADLINE;
}

static void go(struct orders *orders, enum orders_state state, uint32_t ticket, int64_t deadline_ms)
{
    orders->state = state;
    orders->ticket = ticket;
    orders->deadline_ms = deadline_ms;
}

static void done(struct orders *orders, enum orders_answer answer)
{
    orders->answer = answer;
    go(orders, ORDERS_DONE, 0, NO_DEADLINE);
}

void orders_stop(struct orders *orders, struct step *step)
{
    if (orders->state == ORDERS_ASKING) step_exchange_cancel(step, orders->ticket);
    else tickets_drop(step->tickets, orders->ticket);
    go(orders, ORDERS_IDLE, 0, NO_DEADLINE);
}

static void ask_cache(struct orders *orders, struct step *step)
{
    struct command *command = commands_add(step->commands, COMMAND_CACHE_FIND);
    command->cache.ticket = tickets_take(step->tickets, OWNER_ORDERS, 0);
    command->cache.scan = commands_keep_text(step->commands, orders->scan);
    go(orders, ORDERS_CACHE, command->cache.ticket,
       step->now_ms + step->config->limits.order_wait_ms);
}

/* "bay-1-0123abcd-17-1": as packing.c makes them. */
static bool is_own_number(const struct step *step, struct bytes scan)
{
    char storage[SHIPMENT_REFERENCE_SIZE];
    struct textbuf prefix;
    textbuf_init(&prefix, storage, sizeof storage);
    textbuf_format(&prefix, "%.20s-", step->config->station);
    return bytes_start_with(scan, storage) && scan.len < SHIPMENT_REFERENCE_SIZE;
}

void orders_find(struct orders *orders, struct step *step, struct bytes scan)
{
    orders_stop(orders, step);
    ENSURE(scan.len > 0 && bytes_to_text(scan, orders->scan, sizeof orders->scan));
    orders->wanted[0] = '\0';
    if (!is_own_number(step, scan)) {
        ask_cache(orders, step);
        return;
    }
    char storage[FACT_KEY_SIZE];
    struct textbuf key;
    textbuf_init(&key, storage, sizeof storage);
    fact_task_key(&key, orders->scan);
    go(orders, ORDERS_TASK, step_read_blob(step, OWNER_ORDERS, 0, textbuf_bytes(&key)),
       step->now_ms + step->config->limits.order_wait_ms);
}

/* No such task: perhaps the order system knows the code. */
static void take_task(struct orders *orders, struct step *step, const struct event *event)
{
    struct shipment *shipment = commands_room(step->commands, sizeof *shipment);
    struct json root;
    bool good = event->blob.found &&
                json_parse(event->blob.bytes, step->scratch, &root) == JSON_OK &&
                shipment_parse(root, shipment) && shipment->order_no[0] != '\0';
    if (good) {
        memcpy(orders->wanted, shipment->reference, sizeof orders->wanted);
        ENSURE(bytes_to_text(bytes_of_text(shipment->order_no), orders->scan, sizeof orders->scan));
    }
    ask_cache(orders, step);
}

static void ask_past(struct orders *orders, struct step *step)
{
    struct command *command = commands_add(step->commands, COMMAND_READ_SUBJECT);
    command->read.ticket = tickets_take(step->tickets, OWNER_ORDERS, 0);
    command->read.after_seq = orders->past_seq;
    command->read.key = commands_keep_text(step->commands, orders->order.id);
    go(orders, ORDERS_PAST, command->read.ticket,
       step->now_ms + step->config->limits.order_wait_ms);
}

static void take_document(struct orders *orders, struct step *step, struct bytes document)
{
    const char *why = "";
    if (!step->oms->order_parse(document, step->scratch, &orders->order, &why)) {
        commands_log(step->commands, LOG_WARNING, "log_order_broken", "why", why, NULL);
        done(orders, ORDER_BROKEN);
        return;
    }
    past_init(&orders->past);
    memcpy(orders->past.wanted, orders->wanted, sizeof orders->past.wanted);
    orders->past_seq = 0;
    ask_past(orders, step);
}

static void ask_order_system(struct orders *orders, struct step *step)
{
    if (!step->oms->promises.lookup_remote) {
        done(orders, ORDER_UNKNOWN);
        return;
    }
    struct oms_task task = {.operation = OMS_LOOKUP};
    struct oms_account account = step_oms_account(step);
    struct http_request *request = step_request(step, 1024);
    const char *why = "";
    memcpy(task.scan, orders->scan, sizeof task.scan);
    if (!step->oms->build(&task, &account, request, &why)) {
        done(orders, ORDER_UNKNOWN); /* what cannot be asked for is nobody's code */
        return;
    }
    request->reply_max = EXCHANGE_REPLY_MAX;
    go(orders, ORDERS_ASKING, step_exchange(step, OWNER_ORDERS, 0, SERVER_OMS, request),
       orders->deadline_ms);
}

static void take_cache(struct orders *orders, struct step *step, const struct event *event)
{
    if (step->oms == NULL) done(orders, ORDER_SYSTEM_DOWN); /* nobody can read the document */
    else if (event->cache.count > 1) done(orders, ORDER_MANY);
    else if (event->cache.count == 1) take_document(orders, step, event->cache.documents[0]);
    else ask_order_system(orders, step);
}

static void take_lookup(struct orders *orders, struct step *step, const struct event *event)
{
    struct oms_task task = {.operation = OMS_LOOKUP};
    struct oms_outcome *outcome = commands_room(step->commands, sizeof *outcome);
    struct textbuf documents;
    oms_outcome_init(outcome);
    memcpy(task.scan, orders->scan, sizeof task.scan);
    if (event->exchange.end != EXCHANGE_ANSWERED) {
        done(orders, ORDER_SYSTEM_DOWN);
        return;
    }
    commands_text_begin(step->commands, &documents, EXCHANGE_REPLY_MAX);
    step->oms->take(&task, event->exchange.response, step->scratch, &documents, outcome);
    documents.overflow = false; /* what did not fit was left out and counted by take */
    (void)commands_text_end(step->commands, &documents);
    if (outcome->class == OMS_REFUSED) done(orders, ORDER_UNKNOWN);
    else if (outcome->class != OMS_DONE) done(orders, ORDER_SYSTEM_DOWN);
    else if (outcome->item_count > 1) done(orders, ORDER_MANY);
    else if (outcome->item_count == 1) take_document(orders, step, outcome->items[0].document);
    else done(orders, outcome->refused_count > 0 ? ORDER_BROKEN : ORDER_UNKNOWN);
}

static void take_past(struct orders *orders, struct step *step, const struct event *event)
{
    for (size_t i = 0; i < event->rows.count; i++) {
        past_fold(&orders->past, &event->rows.rows[i], step->scratch);
        orders->past_seq = event->rows.rows[i].seq;
    }
    if (event->rows.more) ask_past(orders, step);
    else done(orders, ORDER_FOUND);
}

void orders_step(struct orders *orders, struct step *step, const struct event *event)
{
    if (event->kind == EVENT_BLOB && orders->state == ORDERS_TASK) {
        take_task(orders, step, event);
    } else if (event->kind == EVENT_CACHE_FOUND && orders->state == ORDERS_CACHE) {
        take_cache(orders, step, event);
    } else if (event->kind == EVENT_EXCHANGE && orders->state == ORDERS_ASKING) {
        take_lookup(orders, step, event);
    } else if (event->kind == EVENT_ROWS && orders->state == ORDERS_PAST) {
        take_past(orders, step, event);
    } else if (event->kind == EVENT_DEADLINE && orders->deadline_ms <= step->now_ms) {
        orders_stop(orders, step);
        done(orders, ORDER_SYSTEM_DOWN);
    }
}

int64_t orders_deadline(const struct orders *orders)
{
    return orders->deadline_ms;
}

void orders_check(const struct orders *orders)
{
    bool waits = orders->state != ORDERS_IDLE && orders->state != ORDERS_DONE;
    ENSURE(waits == (orders->ticket != 0));
    ENSURE(waits == (orders->deadline_ms != NO_DEADLINE));
}
