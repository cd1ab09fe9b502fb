/* Guards: no answer, however foreign, breaks the reading of the sandbox courier's answers, and none
 * leads to a booking without a number and our reference. The first byte chooses operation and
 * status. */
#include "carriers/carrier_list.h"

#define ANSWER_MAX 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct shipment shipment = {.reference = "PK-10001",
                                         .awb = "28411210000145",
                                         .currency = "INR",
                                         .to = {.postcode = "781001"},
                                         .mass_mg = 742000};

static bool is_yes(const struct carrier_outcome *outcome)
{
    return outcome->result == CARRIER_OK || outcome->result == CARRIER_OK_EXISTING;
}

static void check(enum carrier_operation operation, const struct carrier_outcome *outcome)
{
    static char line[8192];
    struct textbuf text;
    textbuf_init(&text, line, sizeof line);
    carrier_outcome_write(&text, operation, outcome);
    ENSURE(textbuf_ok(&text));
    ENSURE(outcome->message[CARRIER_MESSAGE_SIZE - 1] == '\0');
    ENSURE(outcome->awb_count <= CARRIER_POOL_BATCH_MAX);
    if (operation != CARRIER_BOOK || !is_yes(outcome)) return;
    ENSURE(bytes_equal_text(bytes_of_text(outcome->awb), shipment.awb));
    ENSURE(bytes_equal_text(bytes_of_text(outcome->reference), shipment.reference));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(16) uint8_t memory[512 * 1024];
    static struct carrier_outcome outcome;
    static const int statuses[] = {200, 201, 400, 401, 403, 404, 409, 422, 429, 500};
    if (size == 0 || size > ANSWER_MAX) return 0;
    const struct carrier *carrier = carrier_find(BYTES_LITERAL("sandbox"));
    struct carrier_task task;
    carrier_task_init(&task, (enum carrier_operation)(data[0] % (CARRIER_TRACK + 1)), &shipment);
    enum carrier_operation operation = task.operation;
    struct http_response response = {
        .status = statuses[data[0] / (CARRIER_TRACK + 1) % ARRAY_LEN(statuses)],
        .retry_after_s = -1,
        .body = bytes_of(data + 1, size - 1)};
    struct scratch scratch = {memory, sizeof memory};
    if (carrier->take(&task, &response, scratch, &outcome) == CARRIER_MORE) {
        ENSURE(carrier->take(&task, &response, scratch, &outcome) == CARRIER_DONE);
    }
    check(operation, &outcome);
    return 0;
}
