/* Guards: no answer, however foreign, breaks the reading of the custom order system's answers, and
 * none acknowledges an event that was never sent. The first byte chooses operation and status. */
#include <string.h>

#include "firmware/oms/oms_list.h"

#define ANSWER_MAX 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct oms_task *task, const struct textbuf *documents,
                  const struct oms_outcome *outcome)
{
    ENSURE(textbuf_ok(documents) && outcome->item_count <= OMS_PAGE_MAX);
    for (size_t i = 0; i < outcome->item_count; i++) {
        const struct oms_item *item = &outcome->items[i];
        ENSURE(item->id[0] != '\0' && item->document.len <= OMS_DOCUMENT_MAX);
    }
    if (task->operation != OMS_PUSH || outcome->class == OMS_RETRY) return;
    ENSURE(!outcome->acked || outcome->acked_seq <= 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(16) uint8_t memory[512 * 1024];
    static char storage[8 * ANSWER_MAX];
    static struct oms_outcome outcome;
    static const int statuses[] = {200, 304, 400, 401, 409, 410, 422, 429, 500};
    static const struct oms_event events[2] = {{.seq = 1}, {.seq = 2}};
    struct textbuf documents;
    if (size == 0 || size > ANSWER_MAX) return 0;
    struct oms_task task = {.operation = (enum oms_operation)(data[0] % (OMS_PING + 1)),
                            .epoch = "e7",
                            .events = events,
                            .event_count = 2};
    struct http_response response = {.status =
                                         statuses[data[0] / (OMS_PING + 1) % ARRAY_LEN(statuses)],
                                     .retry_after_s = -1,
                                     .body = bytes_of(data + 1, size - 1)};
    const struct oms *custom = oms_find(BYTES_LITERAL("custom"));
    textbuf_init(&documents, storage, sizeof storage);
    custom->take(&task, &response, (struct scratch){memory, sizeof memory}, &documents, &outcome);
    check(&task, &documents, &outcome);
    return 0;
}
