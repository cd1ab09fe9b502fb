/* feed.c - see feed.h. A page that could not be kept is asked for again: the cursor has not
 * moved. */
#include "firmware/station/feed.h"

#include <string.h>

#define STALE_MS 60000 /* twelve polls without an answer */

void feed_init(struct feed *feed, const char *cursor, int64_t now_ms)
{
    memset(feed, 0, sizeof *feed);
    feed->backoff = BACKOFF_BACKGROUND;
    feed->backoff.cap_ms = 60000; /* orders are wanted soon after the line is back */
    feed->deadline_ms = now_ms;
    ENSURE(bytes_to_text(bytes_of_text(cursor), feed->cursor, sizeof feed->cursor));
}

static void go(struct feed *feed, enum feed_state state, uint32_t ticket, int64_t deadline_ms)
{
    feed->state = state;
    feed->ticket = ticket;
    feed->deadline_ms = deadline_ms;
}

void feed_restart(struct feed *feed, struct step *step, bool other)
{
    if (feed->state == FEED_ASKING) step_exchange_cancel(step, feed->ticket);
    else tickets_drop(step->tickets, feed->ticket);
    go(feed, FEED_IDLE, 0, step->now_ms);
    feed->more = false;
    feed->noted_count = 0;
    backoff_reset(&feed->backoff);
    if (!other) return;
    feed->cursor[0] = '\0';
    commands_add(step->commands, COMMAND_CACHE_FORGET);
}

static void wait_next(struct feed *feed, struct step *step, bool failed, int64_t after_s)
{
    int64_t pause_ms = (int64_t)step->config->oms.poll_ms;
    if (failed) pause_ms = backoff_next_ms(&feed->backoff, step, after_s * 1000);
    else backoff_reset(&feed->backoff);
    go(feed, FEED_IDLE, 0, step->now_ms + (feed->more && !failed ? 0 : pause_ms));
}

static void make_task(const struct feed *feed, struct oms_task *task)
{
    memset(task, 0, sizeof *task);
    task->operation = OMS_FEED;
    memcpy(task->cursor, feed->cursor, sizeof task->cursor);
}

static void ask(struct feed *feed, struct step *step)
{
    struct oms_task task;
    struct oms_account account = step_oms_account(step);
    struct http_request *request = step_request(step, 1024);
    const char *why = "";
    make_task(feed, &task);
    if (!step->oms->build(&task, &account, request, &why)) {
        feed->cursor[0] = '\0'; /* a cursor that cannot be said back: begin again */
        wait_next(feed, step, true, -1);
        return;
    }
    request->reply_max = EXCHANGE_REPLY_MAX;
    go(feed, FEED_ASKING, step_exchange(step, OWNER_FEED, 0, SERVER_OMS, request),
       step->now_ms + (int64_t)account.timeout_ms * 2);
}

/* An order's document with the texts by which it is found. A document that cannot be read is not
 * kept: the order system is asked when somebody scans it, and the sentence is given then. */
static bool make_item(struct step *step, const struct oms_item *from, struct order *order,
                      struct order_item *item)
{
    const char *why = "";
    *item = (struct order_item){.id = bytes_of_text(from->id), .rev = bytes_of_text(from->rev)};
    if (from->change == OMS_ITEM_DELETE) return true;
    if (!step->oms->order_parse(from->document, step->scratch, order, &why)) return false;
    struct bytes *keys = commands_room(step->commands, sizeof *keys * (order->key_count + 1));
    for (size_t i = 0; i < order->key_count; i++) {
        keys[i] = commands_keep_text(step->commands, order->keys[i]);
    }
    item->document = from->document;
    item->keys = keys;
    item->key_count = order->key_count;
    return true;
}

static bool all_noted(const struct feed *feed)
{
    for (size_t i = 0; i < feed->cancelled_count; i++) {
        size_t n = 0;
        while (n < feed->noted_count && strcmp(feed->noted[n], feed->cancelled[i]) != 0) n++;
        if (n == feed->noted_count) return false;
    }
    return true;
}

static void keep(struct feed *feed, struct step *step, const struct oms_outcome *outcome)
{
    struct order_item *items = commands_room(step->commands, sizeof *items * OMS_PAGE_MAX);
    struct order *order = commands_room(step->commands, sizeof *order);
    size_t count = 0;
    feed->cancelled_count = 0;
    for (size_t i = 0; i < outcome->item_count; i++) {
        bool good = make_item(step, &outcome->items[i], order, &items[count]);
        /* One that is only no longer listed (OMS_ITEM_DELETE) may be on its way to the customer. */
        if (good && outcome->items[i].change != OMS_ITEM_DELETE &&
            order->status == ORDER_CANCELLED) {
            memcpy(feed->cancelled[feed->cancelled_count++], outcome->items[i].id,
                   sizeof feed->cancelled[0]);
        }
        count += good;
    }
    if (!all_noted(feed)) {
        go(feed, FEED_NOTING, 0, NO_DEADLINE);
        return;
    }
    feed->refused += outcome->refused_count + outcome->item_count - count;
    memcpy(feed->next_cursor, outcome->cursor, sizeof feed->next_cursor);
    feed->more = outcome->more;
    feed->kept += count;
    struct command *command = commands_add(step->commands, COMMAND_CACHE_PUT);
    command->cache.ticket = tickets_take(step->tickets, OWNER_FEED, 0);
    command->cache.items = items;
    command->cache.count = count;
    command->cache.cursor = commands_keep_text(step->commands, feed->next_cursor);
    go(feed, FEED_KEEPING, command->cache.ticket, NO_DEADLINE);
}

static void take(struct feed *feed, struct step *step, const struct event *event)
{
    struct oms_outcome *outcome = commands_room(step->commands, sizeof *outcome);
    struct textbuf documents;
    struct oms_task task;
    oms_outcome_init(outcome);
    feed->more = false;
    if (event->exchange.end != EXCHANGE_ANSWERED) {
        wait_next(feed, step, true, -1);
        return;
    }
    make_task(feed, &task);
    commands_text_begin(step->commands, &documents, EXCHANGE_REPLY_MAX);
    step->oms->take(&task, event->exchange.response, step->scratch, &documents, outcome);
    if (outcome->class == OMS_DONE) {
        feed->answered++;
        feed->fresh_ms = step->now_ms;
        feed->fresh_wall_ms = step->wall_trusted ? step->wall_ms : 0;
    }
    documents.overflow = false; /* what did not fit was left out and counted by take */
    (void)commands_text_end(step->commands, &documents);
    if (outcome->cursor_gone) {
        feed->noted_count = 0;
        feed->cursor[0] = '\0';
        commands_add(step->commands, COMMAND_CACHE_FORGET);
        wait_next(feed, step, true, 0);
    } else if (outcome->class != OMS_DONE) {
        wait_next(feed, step, true, outcome->after_s);
    } else if (outcome->unchanged) {
        wait_next(feed, step, false, -1);
    } else {
        keep(feed, step, outcome);
    }
}

void feed_answer(struct feed *feed, struct step *step, const struct event *event)
{
    feed->ticket = 0;
    if (event->kind == EVENT_EXCHANGE && feed->state == FEED_ASKING) {
        take(feed, step, event);
    } else if (event->kind == EVENT_CACHE_STORED && feed->state == FEED_KEEPING) {
        if (event->cache.ok) memcpy(feed->cursor, feed->next_cursor, sizeof feed->cursor);
        if (event->cache.ok) feed->noted_count = 0;
        wait_next(feed, step, !event->cache.ok, -1);
    }
}

void feed_noting(struct feed *feed, uint32_t ticket)
{
    ENSURE(feed->state == FEED_NOTING && feed->ticket == 0);
    feed->ticket = ticket;
}

void feed_stored(struct feed *feed, struct step *step, uint32_t ticket, enum err error)
{
    if (feed->state != FEED_NOTING || feed->ticket != ticket) return;
    feed->ticket = 0;
    feed->noted_count = error == ERR_NONE ? feed->cancelled_count : 0;
    memcpy(feed->noted, feed->cancelled, sizeof feed->noted);
    feed->more = true; /* the same page at once */
    wait_next(feed, step, error != ERR_NONE, -1);
}

void feed_tick(struct feed *feed, struct step *step)
{
    if (step->oms == NULL || !step->oms->promises.list_pull || feed->deadline_ms > step->now_ms)
        return;
    if (!step_has_room(step)) return;
    if (feed->state == FEED_IDLE) {
        ask(feed, step);
    } else if (feed->state == FEED_ASKING) {
        step_exchange_cancel(step, feed->ticket);
        wait_next(feed, step, true, -1);
    }
}

int64_t feed_stale_since(const struct feed *feed, const struct step *step)
{
    return step->now_ms - feed->fresh_ms > STALE_MS ? feed->fresh_wall_ms : 0;
}

int64_t feed_deadline(const struct feed *feed, const struct step *step)
{
    return step->oms == NULL || !step->oms->promises.list_pull ? NO_DEADLINE : feed->deadline_ms;
}

void feed_check(const struct feed *feed)
{
    bool stores = feed->state == FEED_KEEPING || feed->state == FEED_NOTING;
    ENSURE((feed->state == FEED_IDLE) == (feed->ticket == 0));
    ENSURE(stores == (feed->deadline_ms == NO_DEADLINE));
}
