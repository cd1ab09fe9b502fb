/* custom.c - the order system that a customer builds to our contract, version 1: CONTRACT.md.
 *
 * Reads repeat freely. Events are written in batches whose key is their range of numbers, so a
 * repeat does no harm and an answer that is unclear is UNKNOWN, not lost. An answer that is not the
 * JSON it should be moves no cursor and acknowledges nothing. */
#include "firmware/oms/custom.h"

#include <string.h>

#define RETRY_AFTER_MAX_S 3600 /* an hour, whatever the other side says */
#define REPLY_MAX JSON_TEXT_MAX

/* --- requests --- */

static bool put_bearer(struct http_request *request, const char *token)
{
    char storage[HTTP_HEADER_VALUE_MAX];
    struct textbuf value;
    textbuf_init(&value, storage, sizeof storage);
    textbuf_text(&value, "Bearer ");
    textbuf_text(&value, token);
    return textbuf_ok(&value) &&
           http_request_header(request, "Authorization", textbuf_bytes(&value));
}

/* The feed's entity tag is its cursor in quotes; a cursor that cannot stand in quotes goes without.
 */
static bool put_tag(struct http_request *request, const char *cursor)
{
    char storage[OMS_CURSOR_SIZE + 2];
    struct textbuf tag;
    for (const char *each = cursor; *each != '\0'; each++) {
        if (*each <= ' ' || *each >= 0x7F || *each == '"' || *each == '\\') return true;
    }
    if (cursor[0] == '\0') return true;
    textbuf_init(&tag, storage, sizeof storage);
    textbuf_char(&tag, '"');
    textbuf_text(&tag, cursor);
    textbuf_char(&tag, '"');
    return http_request_header(request, "If-None-Match", textbuf_bytes(&tag));
}

/* "bay-3/e7/4711-4712" */
static bool put_key(struct http_request *request, const struct oms_task *task,
                    const struct oms_account *account)
{
    char storage[HTTP_HEADER_VALUE_MAX];
    struct textbuf key;
    textbuf_init(&key, storage, sizeof storage);
    textbuf_text(&key, account->station);
    textbuf_char(&key, '/');
    textbuf_text(&key, task->epoch);
    textbuf_char(&key, '/');
    textbuf_u64(&key, task->events[0].seq);
    textbuf_char(&key, '-');
    textbuf_u64(&key, task->events[task->event_count - 1].seq);
    return textbuf_ok(&key) && http_request_header(request, "Idempotency-Key", textbuf_bytes(&key));
}

static void put_path(struct textbuf *url, const struct oms_task *task,
                     const struct oms_account *account)
{
    textbuf_text(url, account->base_url);
    switch (task->operation) {
    case OMS_FEED:
        textbuf_text(url, "/orders?");
        if (task->cursor[0] != '\0') {
            textbuf_text(url, "cursor=");
            textbuf_url(url, bytes_of_text(task->cursor));
            textbuf_char(url, '&');
        }
        textbuf_text(url, "limit=");
        textbuf_u64(url, OMS_PAGE_MAX);
        return;
    case OMS_LOOKUP:
        textbuf_text(url, "/lookup?scan=");
        textbuf_url(url, bytes_of_text(task->scan));
        return;
    case OMS_PUSH: textbuf_text(url, "/events"); return;
    case OMS_STATE:
        textbuf_text(url, "/events/state?station=");
        textbuf_url(url, bytes_of_text(account->station));
        return;
    case OMS_PING: textbuf_text(url, "/ping"); return;
    }
}

static void put_events(struct textbuf *body, const struct oms_task *task,
                       const struct oms_account *account)
{
    struct json_writer writer;
    json_write_init(&writer, body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "station", account->station);
    json_write_text(&writer, "epoch", task->epoch);
    json_write_open(&writer, "events", '[');
    for (size_t i = 0; i < task->event_count; i++) oms_event_write(&writer, &task->events[i]);
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
}

static const char *task_fault(const struct oms_task *task)
{
    if (task->operation == OMS_LOOKUP && task->scan[0] == '\0')
        return "there is nothing to look up";
    if (task->operation != OMS_PUSH) return NULL;
    if (task->event_count == 0 || task->event_count > OMS_PUSH_MAX) return "1 to 16 events a batch";
    for (size_t i = 1; i < task->event_count; i++) {
        if (task->events[i].seq != task->events[0].seq + i) return "the events' numbers have a gap";
    }
    return NULL;
}

static bool custom_build(const struct oms_task *task, const struct oms_account *account,
                         struct http_request *request, const char **out_why)
{
    bool posts = task->operation == OMS_PUSH;
    struct bytes json_type = BYTES_LITERAL("application/json");
    char storage[HTTP_URL_MAX];
    struct textbuf url;
    const char *why = task_fault(task);
    *out_why = why != NULL ? why : "the request does not fit";
    if (why != NULL) return false;
    http_request_init(request, posts ? HTTP_POST : HTTP_GET, request->body.data,
                      request->body.size);
    request->timeout_ms = account->timeout_ms;
    request->reply_max = REPLY_MAX;
    textbuf_init(&url, storage, sizeof storage);
    put_path(&url, task, account);
    if (posts) put_events(&request->body, task, account);
    return http_request_url(request, &url) && put_bearer(request, account->token) &&
           http_request_header(request, "Accept", json_type) &&
           (task->operation != OMS_FEED || put_tag(request, task->cursor)) &&
           (!posts || (textbuf_ok(&request->body) && put_key(request, task, account) &&
                       http_request_header(request, "Content-Type", json_type)));
}

/* --- answers --- */

static void unclear(const struct oms_task *task, const char *why, struct oms_outcome *out)
{
    out->class = task->operation == OMS_PUSH ? OMS_UNKNOWN : OMS_RETRY;
    bool copied = bytes_to_text(bytes_of_text(why), out->message, sizeof out->message);
    ENSURE(copied);
}

static int64_t clamped_s(int64_t seconds)
{
    if (seconds < 0) return -1;
    if (seconds < 1) return 1;
    return seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S;
}

/* What a status means when the body explains it; an unlisted one moves nothing. */
static enum oms_class class_of_status(enum oms_operation operation, int status)
{
    switch (status) {
    case 401:
    case 403: return OMS_AUTH;
    case 409: return OMS_CONFLICT;
    case 410:
    case 408:
    case 425:
    case 429:
    case 503: return OMS_RETRY;
    case 400:
    case 404:
    case 413:
    case 415:
    case 422: return OMS_REFUSED;
    default: return operation == OMS_PUSH ? OMS_UNKNOWN : OMS_RETRY;
    }
}

static bool text_is(struct json value, const char *wanted)
{
    struct bytes text;
    return json_text(value, &text) && bytes_equal_text(text, wanted);
}

/* Does an echoed word say ours? Where either side is silent there is nothing to compare. */
static bool agrees(struct json value, const char *ours)
{
    bool silent = json_kind(value) == JSON_MISSING || json_kind(value) == JSON_NULL;
    return silent || ours == NULL || ours[0] == '\0' || text_is(value, ours);
}

static void copy_shown(struct json value, char *out_text, size_t size)
{
    struct bytes text;
    if (!json_text(value, &text)) return;
    for (size_t len = text.len < size ? text.len : size - 1; len > 0; len--) {
        struct bytes front = bytes_slice(text, 0, len);
        if (bytes_are_utf8_text(front) && bytes_to_text(front, out_text, size)) return;
    }
}

/* "acked_seq" of a batch's answer, of a gap, of the state. */
static bool take_acked(struct json object, struct oms_outcome *out)
{
    int64_t acked = 0;
    if (!json_i64(json_get(object, "acked_seq"), 0, INT64_MAX, &acked)) return false;
    out->acked = true;
    out->acked_seq = (uint64_t)acked;
    return true;
}

/* The newest number that can have reached them: an earlier batch may have gone further. */
static uint64_t last_sent(const struct oms_task *task)
{
    uint64_t last = task->event_count > 0 ? task->events[task->event_count - 1].seq : UINT64_MAX;
    return task->newest_seq > last ? task->newest_seq : last;
}

/* Where they want us to go on from: beside the error or in its details, of our epoch, and not
 * beyond what was ever sent. */
static bool take_gap(const struct oms_task *task, struct json root, struct oms_outcome *out)
{
    struct json details = json_get(json_get(root, "error"), "details");
    bool ours = agrees(json_get(root, "epoch"), task->epoch) &&
                agrees(json_get(details, "epoch"), task->epoch);
    bool good = ours && (take_acked(root, out) || take_acked(details, out)) &&
                out->acked_seq <= last_sent(task);
    if (!good) out->acked = false;
    return good;
}

static void take_error(const struct oms_task *task, int status, struct json root,
                       struct oms_outcome *out)
{
    struct json error = json_get(root, "error");
    int64_t after_s = -1;
    copy_shown(json_get(error, "code"), out->code, sizeof out->code);
    copy_shown(json_get(error, "message"), out->message, sizeof out->message);
    bool told = out->code[0] != '\0';
    bool throttled = status == 408 || status == 425 || status == 429 || status == 503;
    if (told || throttled || status == 401) {
        out->class = class_of_status(task->operation, status);
    } else {
        unclear(task, "the answer is an error without a code", out);
    }
    if (json_i64(json_get(error, "retry_after_s"), 0, INT64_MAX, &after_s) && out->after_s < 0) {
        out->after_s = clamped_s(after_s);
    }
    out->cursor_gone = status == 410 && text_is(json_get(error, "code"), "cursor_gone");
    bool gap = status == 409 && text_is(json_get(error, "code"), "gap");
    if (gap) out->class = take_gap(task, root, out) ? OMS_RETRY : OMS_UNKNOWN; /* from there on */
}

/* Keeps the document's text; what does not fit is taken back. */
static bool keep_document(struct json shipment, struct textbuf *documents, struct bytes *out_text)
{
    size_t before = documents->len;
    struct json_writer writer;
    json_write_init(&writer, documents);
    json_write_value(&writer, NULL, shipment);
    bool fits = textbuf_ok(documents) && documents->len - before <= OMS_DOCUMENT_MAX;
    if (fits) {
        *out_text = bytes_of(documents->data + before, documents->len - before);
        return true;
    }
    documents->len = before;
    documents->data[before] = '\0';
    documents->overflow = false;
    return false;
}

static bool take_shipment(struct json shipment, struct textbuf *documents, struct oms_item *out)
{
    out->change = OMS_ITEM_UPSERT;
    return custom_id(json_get(shipment, "id"), out->id) &&
           json_text_copy(json_get(shipment, "rev"), out->rev, sizeof out->rev) &&
           keep_document(shipment, documents, &out->document);
}

static bool take_change(struct json change, struct textbuf *documents, struct oms_item *out)
{
    if (text_is(json_get(change, "op"), "upsert")) {
        return take_shipment(json_get(change, "shipment"), documents, out);
    }
    out->change = OMS_ITEM_DELETE;
    copy_shown(json_get(change, "rev"), out->rev, sizeof out->rev);
    return text_is(json_get(change, "op"), "delete") && custom_id(json_get(change, "id"), out->id);
}

static bool carries(struct json shipment, const char *scan)
{
    struct json_walk walk = {0};
    struct bytes unused;
    struct json key;
    if (scan[0] == '\0') return true;
    while (json_each(json_get(shipment, "scan_keys"), &walk, &unused, &key)) {
        if (text_is(json_get(key, "value"), scan)) return true;
    }
    return false;
}

/* More than was asked for cannot be kept, and leaving some out would lose them. */
static bool is_page(const struct oms_task *task, struct json items, struct oms_outcome *out)
{
    if (json_kind(items) != JSON_ARRAY) {
        unclear(task, "the answer holds no items", out);
        return false;
    }
    if (json_count(items) <= OMS_PAGE_MAX) return true;
    unclear(task, "the page is longer than asked for", out);
    out->class = OMS_REFUSED;
    return false;
}

static void take_feed(const struct oms_task *task, struct json root, struct textbuf *documents,
                      struct oms_outcome *out)
{
    struct json items = json_get(root, "items");
    struct json_walk walk = {0};
    struct bytes unused;
    struct json change;
    bool more = false;
    if (!is_page(task, items, out)) return;
    if (!json_text_copy(json_get(root, "cursor"), out->cursor, sizeof out->cursor) ||
        out->cursor[0] == '\0') {
        unclear(task, "the cursor is missing or too long", out);
        return;
    }
    while (json_each(items, &walk, &unused, &change)) {
        struct oms_item *item = &out->items[out->item_count];
        if (take_change(change, documents, item)) out->item_count++;
        else out->refused_count++;
    }
    /* "More" without a step forward would ask for ever. */
    bool moved = strcmp(out->cursor, task->cursor) != 0;
    out->more = json_boolean(json_get(root, "more"), &more) && more && moved;
    out->class = OMS_DONE;
}

/* The contract leaves the frame open, so "items" and "shipments" will do, bare or as in the feed. A
 * shipment that does not carry the scanned text answers another question. */
static void take_lookup(const struct oms_task *task, struct json root, struct textbuf *documents,
                        struct oms_outcome *out)
{
    bool named = json_kind(json_get(root, "items")) != JSON_MISSING;
    struct json items = json_get(root, named ? "items" : "shipments");
    struct json_walk walk = {0};
    struct bytes unused;
    struct json each;
    if (!is_page(task, items, out)) return;
    while (json_each(items, &walk, &unused, &each)) {
        struct json wrapped = json_get(each, "shipment");
        struct json shipment = json_kind(wrapped) == JSON_OBJECT ? wrapped : each;
        if (!carries(shipment, task->scan)) continue;
        if (take_shipment(shipment, documents, &out->items[out->item_count])) out->item_count++;
        else out->refused_count++;
    }
    out->class = OMS_DONE;
}

static bool result_class(struct json value, enum oms_class *out_class)
{
    static const struct {
        const char *word;
        enum oms_class class;
    } words[] = {{"applied", OMS_DONE},
                 {"duplicate", OMS_DONE_BEFORE},
                 {"conflict", OMS_CONFLICT},
                 {"rejected", OMS_REFUSED}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!text_is(value, words[i].word)) continue;
        *out_class = words[i].class;
        return true;
    }
    return false;
}

static bool is_sent(const struct oms_task *task, int64_t seq)
{
    if (task->event_count == 0) return true;
    return (uint64_t)seq >= task->events[0].seq &&
           (uint64_t)seq <= task->events[task->event_count - 1].seq;
}

static void take_results(const struct oms_task *task, struct json results, struct oms_outcome *out)
{
    struct json_walk walk = {0};
    struct bytes unused;
    struct json each;
    while (out->result_count < OMS_PUSH_MAX && json_each(results, &walk, &unused, &each)) {
        struct oms_event_result *result = &out->results[out->result_count];
        int64_t seq = 0;
        if (!json_i64(json_get(each, "seq"), 1, INT64_MAX, &seq) || !is_sent(task, seq)) continue;
        if (!result_class(json_get(each, "result"), &result->class)) continue;
        result->seq = (uint64_t)seq;
        copy_shown(json_get(each, "code"), result->code, sizeof result->code);
        out->result_count++;
    }
}

/* One word for the batch: the results' own when they agree, else PARTIAL. */
static enum oms_class class_of_results(const struct oms_outcome *outcome, bool whole)
{
    enum oms_class class = outcome->result_count > 0 ? outcome->results[0].class : OMS_DONE;
    for (size_t i = 1; i < outcome->result_count; i++) {
        enum oms_class next = outcome->results[i].class;
        bool good = (class == OMS_DONE || class == OMS_DONE_BEFORE) &&
                    (next == OMS_DONE || next == OMS_DONE_BEFORE);
        if (next != class && !good) return OMS_PARTIAL;
        if (next != class) class = OMS_DONE;
    }
    return whole ? class : OMS_PARTIAL;
}

static void take_push(const struct oms_task *task, struct json root, struct oms_outcome *out)
{
    uint64_t last = last_sent(task);
    if (!agrees(json_get(root, "epoch"), task->epoch)) {
        unclear(task, "the answer is about another epoch", out);
    } else if (!take_acked(root, out)) {
        unclear(task, "the answer acknowledges nothing", out);
    } else if (out->acked_seq > last) {
        out->acked = false;
        out->ahead = true;
        unclear(task, "the answer acknowledges what was never sent", out);
    } else {
        take_results(task, json_get(root, "results"), out);
        out->class = class_of_results(out, task->event_count == 0 || out->acked_seq == last);
    }
}

static void take_state(const struct oms_task *task, struct json root, struct oms_outcome *out)
{
    if (!agrees(json_get(root, "epoch"), task->epoch) || !take_acked(root, out)) {
        unclear(task, "the answer is not this station's state", out);
        return;
    }
    out->class = OMS_DONE;
}

static void take_ping(const struct oms_task *task, struct json root, struct oms_outcome *out)
{
    struct bytes version;
    if (!json_text(json_get(root, "version"), &version)) {
        unclear(task, "the answer names no version", out);
        return;
    }
    copy_shown(json_get(root, "oms"), out->message, sizeof out->message);
    bool ours = bytes_equal_text(version, "1") || bytes_start_with(version, "1.");
    out->class = ours ? OMS_DONE : OMS_REFUSED;
}

static void custom_take(const struct oms_task *task, const struct http_response *response,
                        struct scratch scratch, struct textbuf *documents, struct oms_outcome *out)
{
    struct json root = {NULL};
    oms_outcome_init(out);
    out->after_s = clamped_s(response->retry_after_s);
    if (response->status == 304 && task->operation == OMS_FEED) {
        out->class = OMS_DONE;
        out->unchanged = true;
        memcpy(out->cursor, task->cursor, sizeof out->cursor);
        return;
    }
    bool good = response->status == 200;
    enum json_problem problem = json_parse(response->body, scratch, &root);
    if (!good) {
        take_error(task, response->status, root, out);
        return;
    }
    if (problem != JSON_OK) {
        unclear(task, json_problem_word(problem), out);
        return;
    }
    switch (task->operation) {
    case OMS_FEED: take_feed(task, root, documents, out); return;
    case OMS_LOOKUP: take_lookup(task, root, documents, out); return;
    case OMS_PUSH: take_push(task, root, out); return;
    case OMS_STATE: take_state(task, root, out); return;
    case OMS_PING: take_ping(task, root, out); return;
    }
}

/* clang-format off */
const struct oms oms_custom = {
    .name = "custom",
    .title = "Custom order system, contract 1",
    .promises =
        {
            .lookup_remote = true,
            .list_pull = true,
            .idempotency_key = true,
            },
    .build = custom_build,
    .take = custom_take,
    .order_parse = custom_order_parse,
};
/* clang-format on */
