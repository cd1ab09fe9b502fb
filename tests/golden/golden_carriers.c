/* Guards: couriers' requests and our reading of their answers; and that an answer cut anywhere is
 * never taken for a booking, and for a task that writes never for a refusal. */
#include <stdio.h>

#include "carriers/carrier_list.h"
#include "tests/golden/golden.h"

#define BODY_MAX (16u * 1024u)
#define ROUNDS_MAX 4

static const struct carrier_account account = {
    .base_url = "https://courier.example",
    .credential = "golden-token",
    .client = "ACME SURFACE",
    .pickup_location = "BLR-WH-1",
    .pickup_postcode = "560068",
    .timeout_ms = 12000,
};

static struct bytes outcome_line(enum carrier_operation operation,
                                 const struct carrier_outcome *outcome, char *storage, size_t size)
{
    struct textbuf text;
    textbuf_init(&text, storage, size);
    carrier_outcome_write(&text, operation, outcome);
    return textbuf_bytes(&text);
}

static bool is_yes(enum carrier_result result)
{
    return result == CARRIER_OK || result == CARRIER_OK_EXISTING || result == CARRIER_SERVICEABLE;
}

/* The answer at every shorter length, each time to a fresh copy of the task. */
static void cut_everywhere(const struct carrier *carrier, const struct carrier_task *before,
                           const struct http_response *response, const char *where)
{
    bool writes = carrier_operation_writes(before->operation);
    size_t whole = bytes_trim(response->body).len;
    for (size_t len = 0; len < whole; len++) {
        static struct carrier_outcome outcome;
        struct carrier_task task = *before;
        struct http_response cut = *response;
        cut.body.len = len;
        enum carrier_step step = carrier->take(&task, &cut, golden_scratch(), &outcome);
        bool yes = step == CARRIER_MORE || is_yes(outcome.result);
        if (!golden_expect(!yes, where, "a cut answer is never a yes")) return;
        bool refused = writes && outcome.result == CARRIER_REJECT;
        if (!golden_expect(!refused, where, "a cut answer never refuses a write")) return;
    }
}

/* --- rows: carrier, operation, status, body, expected --- */

static void run_row(struct bytes row, const char *where)
{
    struct bytes columns[5];
    struct carrier_task task;
    static struct carrier_outcome outcome;
    char line[1024];
    uint64_t status = 0;
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (!golden_expect(bytes_split(&row, '\t', &columns[i]), where, "a row has five columns"))
            return;
    }
    static const struct shipment nothing;
    const struct carrier *carrier = carrier_find(columns[0]);
    carrier_task_init(&task, CARRIER_BOOK, &nothing);
    bool known = carrier != NULL && carrier_operation_parse(columns[1], &task.operation) &&
                 bytes_to_u64(columns[2], 599, &status);
    if (!golden_expect(known, where, "carrier, operation and status are known")) return;
    struct http_response response = {.status = (int)status,
                                     .retry_after_s = -1,
                                     .body = columns[3]};
    cut_everywhere(carrier, &task, &response, where);
    enum carrier_operation operation = task.operation;
    (void)carrier->take(&task, &response, golden_scratch(), &outcome);
    golden_expect_bytes(columns[4], outcome_line(operation, &outcome, line, sizeof line), where,
                        "the row's answer means what the row says");
}

static void run_rows(void)
{
    static char storage[GOLDEN_FILE_MAX];
    struct bytes rest, row;
    unsigned number = 0;
    char where[64];
    bool there = golden_read(PACKD_SOURCE_DIR "/tests/golden", "cases.tsv", storage, &rest);
    golden_expect(there, "cases.tsv", "the rows can be read");
    while (there && bytes_split(&rest, '\n', &row)) {
        number++;
        if (row.len == 0 || row.data[0] == '#') continue;
        snprintf(where, sizeof where, "cases.tsv:%u", number);
        run_row(row, where);
    }
}

/* --- folders --- */

static void check_request(const struct carrier *carrier, const struct carrier_task *task,
                          const char *folder, unsigned exchange)
{
    static char body[BODY_MAX], got_storage[GOLDEN_FILE_MAX], wanted_storage[GOLDEN_FILE_MAX];
    static struct http_request request;
    struct textbuf got;
    struct bytes wanted;
    char name[64];
    const char *why = "";
    ENSURE(carrier != NULL);
    textbuf_init(&got, got_storage, sizeof got_storage);
    http_request_init(&request, HTTP_GET, body, sizeof body);
    if (carrier->build(task, &account, &request, &why)) golden_request_write(&got, &request);
    else textbuf_format(&got, "no request: %s\n", why);
    golden_name(name, sizeof name, "request", exchange);
    if (!golden_expect(golden_read(folder, name, wanted_storage, &wanted), folder,
                       "the expected request is there"))
        return;
    golden_expect_bytes(wanted, textbuf_bytes(&got), folder,
                        "the request is the same, byte for byte");
}

static void run_folder(const char *group, const char *folder)
{
    static struct golden_response answer;
    static struct carrier_outcome outcome;
    struct carrier_task task;
    char line[8192], wanted_storage[GOLDEN_FILE_MAX];
    struct bytes wanted;
    enum carrier_step step = CARRIER_MORE;
    const struct carrier *carrier = carrier_find(bytes_of_text(group));
    if (!golden_expect(carrier != NULL && golden_carrier_task(folder, &task), folder,
                       "the task can be read"))
        return;
    for (unsigned exchange = 0; step == CARRIER_MORE && exchange < ROUNDS_MAX; exchange++) {
        check_request(carrier, &task, folder, exchange);
        if (!golden_response(folder, exchange, &answer)) {
            golden_expect(exchange == 0, folder, "an answer for each exchange");
            return; /* a case of the request alone */
        }
        cut_everywhere(carrier, &task, &answer.response, folder);
        step = carrier->take(&task, &answer.response, golden_scratch(), &outcome);
    }
    golden_expect(step == CARRIER_DONE, folder, "the task comes to an end");
    if (!golden_expect(golden_read(folder, "outcome.txt", wanted_storage, &wanted), folder,
                       "the expected outcome is there"))
        return;
    golden_expect_bytes(bytes_trim(wanted),
                        outcome_line(task.operation, &outcome, line, sizeof line), folder,
                        "the outcome is the one expected");
}

void golden_carriers(void)
{
    run_rows();
    for (size_t i = 0; carrier_at(i) != NULL; i++) {
        unsigned cases = golden_each(carrier_at(i)->name, run_folder);
        golden_expect(cases > 0, carrier_at(i)->name, "every courier has golden cases");
    }
}
