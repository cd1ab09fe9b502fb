/* judge_oms.c - the order system's contract, firmware/oms/CONTRACT.md, from the bench's side: what
 * moves a cursor, acknowledges an event, or is an order. */
#include <string.h>

#include "tests/hostile/judge.h"

static bool is_done(enum oms_class class)
{
    return class == OMS_DONE || class == OMS_DONE_BEFORE || class == OMS_PARTIAL;
}

static bool is_ours(struct json epoch, const char *ours)
{
    return judge_is_silent(epoch) || ours[0] == '\0' || judge_says(epoch, ours);
}

static bool acked_of(struct json object, int64_t *out_acked)
{
    return json_i64(json_get(object, "acked_seq"), 0, INT64_MAX, out_acked);
}

static bool is_gap(const struct oms_claim *claim, struct json error)
{
    return claim->spoilt->response.status == 409 && judge_says(json_get(error, "code"), "gap");
}

static const char *judge_acked(const struct oms_claim *claim, struct json root)
{
    const struct oms_task *task = claim->task;
    struct json error = json_get(root, "error"), details = json_get(error, "details");
    int64_t acked = -1;
    bool push = task->operation == OMS_PUSH, gap = push && is_gap(claim, error);
    uint64_t last = task->event_count > 0 ? task->events[task->event_count - 1].seq : UINT64_MAX;
    if (task->newest_seq > last) last = task->newest_seq;
    if (claim->spoilt->response.status != 200 && !gap) return "200 acknowledges, or a gap";
    if (!is_ours(json_get(root, "epoch"), task->epoch) ||
        (gap && !is_ours(json_get(details, "epoch"), task->epoch)))
        return "what is acknowledged is of our epoch";
    bool stated = acked_of(root, &acked) || (gap && acked_of(details, &acked));
    if (!stated || (uint64_t)acked != claim->outcome->acked_seq)
        return "the number is the one that is stated";
    return push && (uint64_t)acked > last ? "what was never sent is not acknowledged" : NULL;
}

static const char *result_word(enum oms_class class)
{
    switch (class) {
    case OMS_DONE: return "applied";
    case OMS_DONE_BEFORE: return "duplicate";
    case OMS_CONFLICT: return "conflict";
    case OMS_REFUSED: return "rejected";
    case OMS_RETRY:
    case OMS_UNKNOWN:
    case OMS_AUTH:
    case OMS_PARTIAL: return "";
    }
    return "";
}

static bool stands_there(struct json results, const struct oms_event_result *result)
{
    struct json_walk walk = {0};
    struct bytes unused;
    struct json each;
    int64_t seq = 0;
    while (json_each(results, &walk, &unused, &each)) {
        bool same = json_i64(json_get(each, "seq"), 1, INT64_MAX, &seq) &&
                    (uint64_t)seq == result->seq &&
                    judge_says(json_get(each, "result"), result_word(result->class));
        if (same) return true;
    }
    return false;
}

static const char *judge_push(const struct oms_claim *claim, struct json root)
{
    const struct oms_outcome *outcome = claim->outcome;
    const struct oms_task *task = claim->task;
    int status = claim->spoilt->response.status;
    if (is_done(outcome->class) && !outcome->acked) return "a batch is done by an acknowledgement";
    for (size_t i = 0; i < outcome->result_count; i++) {
        uint64_t seq = outcome->results[i].seq;
        bool sent = task->event_count == 0 ||
                    (seq >= task->events[0].seq && seq < task->events[0].seq + task->event_count);
        if (!sent) return "a result is of an event that was sent";
        if (!stands_there(json_get(root, "results"), &outcome->results[i]))
            return "a result is one of the answer's words";
    }
    bool refuses =
        status == 400 || status == 404 || status == 413 || status == 415 || status == 422;
    if (outcome->class == OMS_REFUSED && !outcome->acked && !refuses)
        return "only these five refuse a batch";
    if (outcome->class == OMS_REFUSED && !outcome->acked && outcome->code[0] == '\0')
        return "a batch is refused with a code";
    return NULL;
}

static struct json items_of(const struct oms_claim *claim, struct json root)
{
    struct json items = json_get(root, "items");
    bool lookup = claim->task->operation == OMS_LOOKUP;
    return lookup && json_kind(items) == JSON_MISSING ? json_get(root, "shipments") : items;
}

static bool carries(struct json shipment, const char *scan)
{
    struct json_walk walk = {0};
    struct bytes unused;
    struct json key;
    while (json_each(json_get(shipment, "scan_keys"), &walk, &unused, &key)) {
        if (judge_says(json_get(key, "value"), scan)) return true;
    }
    return scan[0] == '\0';
}

/* Is this order, or its end, one of the answer's items? */
static bool is_in(const struct oms_claim *claim, struct json items, const struct oms_item *item)
{
    struct json_walk walk = {0};
    struct bytes unused;
    struct json each;
    bool feed = claim->task->operation == OMS_FEED;
    while (json_each(items, &walk, &unused, &each)) {
        struct json wrapped = json_get(each, "shipment");
        struct json shipment = json_kind(wrapped) == JSON_OBJECT ? wrapped : each;
        bool upsert = item->change == OMS_ITEM_UPSERT;
        if (feed && !judge_says(json_get(each, "op"), upsert ? "upsert" : "delete")) continue;
        if (feed) shipment = upsert ? wrapped : each;
        bool same = judge_says(json_get(shipment, "id"), item->id) &&
                    (!upsert || judge_says(json_get(shipment, "rev"), item->rev)) &&
                    (feed || carries(shipment, claim->task->scan));
        if (same) return true;
    }
    return false;
}

static const char *judge_items(const struct oms_claim *claim, struct json root)
{
    const struct oms_outcome *outcome = claim->outcome;
    struct json items = items_of(claim, root);
    if (json_kind(items) != JSON_ARRAY || json_count(items) > OMS_PAGE_MAX)
        return "a page is a list, and no longer than asked for";
    for (size_t i = 0; i < outcome->item_count; i++) {
        if (outcome->items[i].id[0] == '\0') return "an order has an id";
        if (!is_in(claim, items, &outcome->items[i])) return "an order is one of the page's";
    }
    return NULL;
}

static const char *judge_feed(const struct oms_claim *claim, struct json root)
{
    const struct oms_outcome *outcome = claim->outcome;
    bool more = false;
    if (outcome->unchanged) {
        bool stays = strcmp(outcome->cursor, claim->task->cursor) == 0 && outcome->item_count == 0;
        return claim->spoilt->response.status == 304 && stays ? NULL : "304 changes nothing";
    }
    if (outcome->cursor[0] == '\0' || !judge_says(json_get(root, "cursor"), outcome->cursor))
        return "a cursor moves to the one that is stated";
    if (outcome->more && (!json_boolean(json_get(root, "more"), &more) || !more))
        return "more waits when it says so";
    if (outcome->more && strcmp(outcome->cursor, claim->task->cursor) == 0)
        return "more is not asked for from the same place";
    return judge_items(claim, root);
}

static const char *judge_done(const struct oms_claim *claim, struct json root)
{
    struct bytes version;
    if (claim->spoilt->response.status != 200 && !claim->outcome->unchanged)
        return "only 200 brings what was asked for";
    switch (claim->task->operation) {
    case OMS_FEED: return judge_feed(claim, root);
    case OMS_LOOKUP: return judge_items(claim, root);
    case OMS_PING:
        return json_text(json_get(root, "version"), &version) &&
                       (bytes_equal_text(version, "1") || bytes_start_with(version, "1."))
                   ? NULL
                   : "version 1 is the one we speak";
    case OMS_PUSH:
    case OMS_STATE: return claim->outcome->acked ? NULL : "done is acknowledged";
    }
    return NULL;
}

const char *judge_oms(const struct oms_claim *claim)
{
    const struct oms_outcome *outcome = claim->outcome;
    int status = claim->spoilt->response.status;
    bool push = claim->task->operation == OMS_PUSH;
    bool claims = is_done(outcome->class) || outcome->acked || outcome->cursor_gone ||
                  outcome->result_count > 0 || outcome->class == OMS_REFUSED;
    if (outcome->after_s > 3600) return "nobody makes us wait for more than an hour";
    if (outcome->class == OMS_AUTH && status != 401 && status != 403) return "401 and 403 only";
    if (!push && outcome->class == OMS_UNKNOWN) return "a question is asked again later";
    if (!claims) return NULL;
    if (!judge_may_be_read(claim->spoilt) && !outcome->unchanged)
        return "an answer of this kind settles nothing";
    struct json root = judge_body(&claim->spoilt->response);
    if (json_kind(root) == JSON_MISSING && !outcome->unchanged)
        return "what cannot be read settles nothing";
    const char *broken = outcome->acked ? judge_acked(claim, root) : NULL;
    if (broken == NULL && push) broken = judge_push(claim, root);
    if (broken == NULL && is_done(outcome->class)) broken = judge_done(claim, root);
    bool gone =
        status == 410 && judge_says(json_get(json_get(root, "error"), "code"), "cursor_gone");
    if (broken == NULL && outcome->cursor_gone && !gone) broken = "a cursor is gone by its word";
    return broken;
}
