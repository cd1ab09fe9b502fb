/* oms.c - `packtool oms build|take`: what an order system would be asked or told, and what its
 * answer would mean, without a network.
 *
 * The task file is {"cursor":..,"scan":..,"epoch":..,"events":[..],"account":{"base_url":..,
 * "token":..,"station":..}}, each part where the operation needs it. */
#include <stdio.h>

#include "firmware/oms/oms_list.h"
#include "tools/packtool/talk.h"

#define BODY_MAX (64u * 1024u)
#define DOCUMENTS_MAX (2u * 1024u * 1024u)

struct task_text { /* what task and account borrow */
    char base_url[512];
    char token[HTTP_HEADER_VALUE_MAX];
    char station[64];
    char epoch[64];
    struct oms_event events[OMS_PUSH_MAX];
};

static struct task_text kept = {"https://oms.example/packd/v1", "TOKEN", "bay-1", "", {{0}}};

static void read_text(struct json object, const char *key, char *text, size_t size)
{
    if (!json_text_copy(json_get(object, key), text, size)) return; /* the usual text stays */
}

static struct oms_account read_account(struct json object)
{
    read_text(object, "base_url", kept.base_url, sizeof kept.base_url);
    read_text(object, "token", kept.token, sizeof kept.token);
    read_text(object, "station", kept.station, sizeof kept.station);
    return (struct oms_account){kept.base_url, kept.token, kept.station, 5000};
}

static bool read_task(struct json root, struct oms_task *out)
{
    struct json_walk walk = {0};
    struct bytes unused;
    struct json each;
    read_text(root, "cursor", out->cursor, sizeof out->cursor);
    read_text(root, "scan", out->scan, sizeof out->scan);
    read_text(root, "epoch", kept.epoch, sizeof kept.epoch);
    out->epoch = kept.epoch;
    out->events = kept.events;
    while (json_each(json_get(root, "events"), &walk, &unused, &each)) {
        if (out->event_count == OMS_PUSH_MAX) return false;
        if (!oms_event_parse(each, &kept.events[out->event_count++])) return false;
    }
    return true;
}

/* The contract's words, and those of the endpoints. */
static bool read_operation(const char *word, enum oms_operation *out)
{
    static const struct {
        const char *word;
        enum oms_operation operation;
    } words[] = {{"feed", OMS_FEED}, {"list", OMS_FEED},   {"lookup", OMS_LOOKUP},
                 {"push", OMS_PUSH}, {"events", OMS_PUSH}, {"state", OMS_STATE},
                 {"ping", OMS_PING}, {"probe", OMS_PING}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!bytes_equal_text(bytes_of_text(word), words[i].word)) continue;
        *out = words[i].operation;
        return true;
    }
    return false;
}

static int build(const struct oms *oms, const struct oms_task *task,
                 const struct oms_account *account)
{
    static char body[BODY_MAX];
    static struct http_request request;
    const char *why = "";
    http_request_init(&request, HTTP_GET, body, sizeof body);
    if (!oms->build(task, account, &request, &why)) {
        fprintf(stderr, "packtool: %s\n", why);
        return 1;
    }
    talk_print_request(&request);
    return 0;
}

static void write_text(struct json_writer *writer, const char *key, const char *text)
{
    if (text[0] != '\0') json_write_text(writer, key, text);
}

static void write_items(struct json_writer *writer, const struct oms *oms,
                        const struct oms_outcome *outcome)
{
    static struct order order;
    json_write_open(writer, "items", '[');
    for (size_t i = 0; i < outcome->item_count; i++) {
        const struct oms_item *item = &outcome->items[i];
        bool upsert = item->change == OMS_ITEM_UPSERT;
        const char *why = "";
        json_write_open(writer, NULL, '{');
        json_write_text(writer, "op", upsert ? "upsert" : "delete");
        json_write_text(writer, "id", item->id);
        write_text(writer, "rev", item->rev);
        if (upsert &&
            oms->order_parse(item->document, talk_scratch(item->document.len), &order, &why)) {
            json_write_text(writer, "order_no", order.order_no);
            json_write_text(writer, "status", order.status_word);
        }
        write_text(writer, "refused", why);
        json_write_close(writer, '}');
    }
    json_write_close(writer, ']');
}

static void write_results(struct json_writer *writer, const struct oms_outcome *outcome)
{
    json_write_open(writer, "results", '[');
    for (size_t i = 0; i < outcome->result_count; i++) {
        json_write_open(writer, NULL, '{');
        json_write_i64(writer, "seq", (int64_t)outcome->results[i].seq);
        json_write_text(writer, "class", oms_class_word(outcome->results[i].class));
        write_text(writer, "code", outcome->results[i].code);
        json_write_close(writer, '}');
    }
    json_write_close(writer, ']');
}

static void print_outcome(const struct oms *oms, enum oms_operation operation,
                          const struct oms_outcome *outcome)
{
    struct json_writer *writer = talk_line_open();
    json_write_text(writer, "class", oms_class_word(outcome->class));
    write_text(writer, "code", outcome->code);
    write_text(writer, "message", outcome->message);
    if (outcome->after_s >= 0) json_write_i64(writer, "after_s", outcome->after_s);
    write_text(writer, "cursor", outcome->cursor);
    if (operation == OMS_FEED) {
        json_write_boolean(writer, "more", outcome->more);
        json_write_boolean(writer, "unchanged", outcome->unchanged);
        json_write_boolean(writer, "cursor_gone", outcome->cursor_gone);
    }
    if (operation == OMS_FEED || operation == OMS_LOOKUP) {
        write_items(writer, oms, outcome);
        json_write_i64(writer, "refused", (int64_t)outcome->refused_count);
    }
    if (outcome->acked) json_write_i64(writer, "acked_seq", (int64_t)outcome->acked_seq);
    if (operation == OMS_PUSH) write_results(writer, outcome);
    talk_line_print();
}

static int take(const struct oms *oms, const struct oms_task *task,
                const struct talk_options *options)
{
    static struct oms_outcome outcome;
    static char storage[DOCUMENTS_MAX];
    struct textbuf documents;
    struct http_response response;
    if (!talk_response(options, &response)) return 1;
    textbuf_init(&documents, storage, sizeof storage);
    if (response.status == 0) {
        oms_outcome_of_end(task->operation, EXCHANGE_MAYBE_SENT, &outcome);
    } else {
        oms->take(task, &response, talk_scratch(response.body.len), &documents, &outcome);
    }
    print_outcome(oms, task->operation, &outcome);
    return 0;
}

int packtool_oms(int argc, char **argv)
{
    struct talk_options options;
    struct json root;
    static struct oms_task task;
    if (!talk_options(argc, argv, "--oms", &options)) return 2;
    const struct oms *oms = oms_find(bytes_of_text(options.name));
    if (oms == NULL) {
        fprintf(stderr, "packtool: no order system %s; there is:", options.name);
        for (size_t i = 0; oms_at(i) != NULL; i++) fprintf(stderr, " %s", oms_at(i)->name);
        fprintf(stderr, "\n");
        return 1;
    }
    if (!read_operation(options.operation, &task.operation)) {
        fprintf(stderr, "packtool: no operation %s\n", options.operation);
        return 2;
    }
    if (!talk_read_json(options.task, &root)) return 1;
    if (!read_task(root, &task)) {
        fprintf(stderr, "packtool: an event is malformed, or there are more than 16\n");
        return 1;
    }
    struct oms_account account = read_account(json_get(root, "account"));
    return options.verb[0] == 'b' ? build(oms, &task, &account) : take(oms, &task, &options);
}
