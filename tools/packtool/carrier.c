/* carrier.c - `packtool carrier build|take`: what a courier would be sent for a task, and what its
 * answer would mean, without a network.
 *
 * The task file is {"shipment":{..},"count":N,"account":{..}}, or a shipment alone. The account's
 * credential shown is the one in the file, never one of this box. */
#include <stdio.h>

#include "carriers/carrier_list.h"
#include "tools/packtool/talk.h"

#define BODY_MAX (64u * 1024u)

struct account_text { /* what carrier_account borrows */
    char base_url[512];
    char credential[HTTP_HEADER_VALUE_MAX];
    char client[128];
    char pickup_location[128];
    char pickup_postcode[11];
};

static void read_text(struct json object, const char *key, char *text, size_t size)
{
    if (!json_text_copy(json_get(object, key), text, size)) return; /* the usual text stays */
}

static struct carrier_account read_account(struct json object)
{
    static struct account_text text = {"https://courier.example", "TOKEN", "CLIENT", "WAREHOUSE",
                                       "560068"};
    read_text(object, "base_url", text.base_url, sizeof text.base_url);
    read_text(object, "credential", text.credential, sizeof text.credential);
    read_text(object, "client", text.client, sizeof text.client);
    read_text(object, "pickup_location", text.pickup_location, sizeof text.pickup_location);
    read_text(object, "pickup_postcode", text.pickup_postcode, sizeof text.pickup_postcode);
    return (struct carrier_account){text.base_url,        text.credential,      text.client,
                                    text.pickup_location, text.pickup_postcode, 12000};
}

static bool read_task(struct json root, enum carrier_operation operation, struct carrier_task *out)
{
    static const struct shipment nothing;
    struct shipment shipment = nothing;
    struct json inner = json_get(root, "shipment");
    struct json from = json_kind(inner) == JSON_OBJECT ? inner : root;
    int64_t count = 0;
    if (json_kind(from) == JSON_OBJECT && !shipment_parse(from, &shipment)) return false;
    carrier_task_init(out, operation, &shipment);
    if (json_i64(json_get(root, "count"), 1, CARRIER_POOL_BATCH_MAX, &count)) {
        out->count = (unsigned)count;
    }
    return true;
}

static int build(const struct carrier *carrier, const struct carrier_task *task,
                 const struct carrier_account *account)
{
    static char body[BODY_MAX];
    static struct http_request request;
    const char *why = "";
    http_request_init(&request, HTTP_GET, body, sizeof body);
    if (!carrier->build(task, account, &request, &why)) {
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

static void print_outcome(enum carrier_operation operation, enum carrier_step step,
                          const struct carrier_task *task, const struct carrier_outcome *outcome)
{
    char storage[8192];
    struct textbuf result;
    struct json_writer *writer = talk_line_open();
    textbuf_init(&result, storage, sizeof storage);
    if (step == CARRIER_MORE) {
        json_write_boolean(writer, "more", true);
        write_text(writer, "next", task->note);
    } else {
        carrier_outcome_write(&result, operation, outcome);
        json_write_text(writer, "result", storage);
        write_text(writer, "route", outcome->route);
        write_text(writer, "message", outcome->message);
        if (outcome->label.len > 0) {
            json_write_i64(writer, "label_bytes", (int64_t)outcome->label.len);
        }
    }
    talk_line_print();
}

static int take(const struct carrier *carrier, struct carrier_task *task,
                const struct talk_options *options)
{
    static struct carrier_outcome outcome;
    struct http_response response;
    enum carrier_operation operation = task->operation;
    enum carrier_step step = CARRIER_DONE;
    if (!talk_response(options, &response)) return 1;
    task->round = options->exchange - 1;
    if (response.status == 0) {
        carrier_outcome_of_end(operation, EXCHANGE_MAYBE_SENT, &outcome);
    } else {
        step = carrier->take(task, &response, talk_scratch(response.body.len), &outcome);
    }
    print_outcome(operation, step, task, &outcome);
    return 0;
}

int packtool_carrier(int argc, char **argv)
{
    struct talk_options options;
    struct json root;
    static struct carrier_task task;
    enum carrier_operation operation;
    if (!talk_options(argc, argv, "--carrier", &options)) return 2;
    const struct carrier *carrier = carrier_find(bytes_of_text(options.name));
    if (carrier == NULL) {
        fprintf(stderr, "packtool: no courier %s; there is:", options.name);
        for (size_t i = 0; carrier_at(i) != NULL; i++) fprintf(stderr, " %s", carrier_at(i)->name);
        fprintf(stderr, "\n");
        return 1;
    }
    if (!carrier_operation_parse(bytes_of_text(options.operation), &operation)) {
        fprintf(stderr, "packtool: no operation %s\n", options.operation);
        return 2;
    }
    if (!talk_read_json(options.task, &root)) return 1;
    if (!read_task(root, operation, &task)) {
        fprintf(stderr, "packtool: the shipment has a field that is foreign or too long\n");
        return 1;
    }
    struct carrier_account account = read_account(json_get(root, "account"));
    return options.verb[0] == 'b' ? build(carrier, &task, &account)
                                  : take(carrier, &task, &options);
}
