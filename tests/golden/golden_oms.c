/* Guards: order systems' requests and our reading of their answers; and that a cut answer neither
 * acknowledges an event nor moves the cursor. */
#include "firmware/oms/oms_list.h"
#include "tests/golden/golden.h"

#define BODY_MAX (16u * 1024u)

static const struct oms_account account = {
    .base_url = "https://oms.example/packd/v1",
    .token = "golden-token",
    .station = "bay-3",
    .timeout_ms = 5000,
};

static void put_flag(struct textbuf *text, bool set, const char *word)
{
    if (set) textbuf_format(text, " %s", word);
}

static struct bytes outcome_lines(const struct oms_outcome *outcome, char *storage, size_t size)
{
    struct textbuf text;
    textbuf_init(&text, storage, size);
    textbuf_text(&text, oms_class_word(outcome->class));
    put_flag(&text, outcome->code[0] != '\0', outcome->code);
    if (outcome->after_s >= 0) textbuf_format(&text, " after_s=%lld", (long long)outcome->after_s);
    if (outcome->cursor[0] != '\0') textbuf_format(&text, " cursor=%s", outcome->cursor);
    put_flag(&text, outcome->more, "more");
    put_flag(&text, outcome->unchanged, "unchanged");
    put_flag(&text, outcome->cursor_gone, "cursor_gone");
    if (outcome->refused_count > 0) textbuf_format(&text, " refused=%zu", outcome->refused_count);
    if (outcome->acked)
        textbuf_format(&text, " acked=%llu", (unsigned long long)outcome->acked_seq);
    for (size_t i = 0; i < outcome->item_count; i++) {
        const struct oms_item *item = &outcome->items[i];
        bool upsert = item->change == OMS_ITEM_UPSERT;
        textbuf_format(&text, "\n%s %s %s", upsert ? "upsert" : "delete", item->id, item->rev);
    }
    for (size_t i = 0; i < outcome->result_count; i++) {
        const struct oms_event_result *result = &outcome->results[i];
        textbuf_format(&text, "\n%llu %s", (unsigned long long)result->seq,
                       oms_class_word(result->class));
        put_flag(&text, result->code[0] != '\0', result->code);
    }
    return textbuf_bytes(&text);
}

static void take(const struct golden_oms_case *from, const struct http_response *response,
                 struct oms_outcome *out)
{
    static char documents_storage[GOLDEN_FILE_MAX];
    struct textbuf documents;
    textbuf_init(&documents, documents_storage, sizeof documents_storage);
    from->oms->take(&from->task, response, golden_scratch(), &documents, out);
}

static void cut_everywhere(const struct golden_oms_case *from, const struct http_response *response,
                           const char *where)
{
    static struct oms_outcome outcome;
    size_t whole = bytes_trim(response->body).len;
    for (size_t len = 0; len < whole; len++) {
        struct http_response cut = *response;
        cut.body.len = len;
        take(from, &cut, &outcome);
        bool yes = outcome.class == OMS_DONE || outcome.class == OMS_DONE_BEFORE ||
                   outcome.class == OMS_PARTIAL || outcome.acked || outcome.cursor_gone;
        if (!golden_expect(!yes, where, "a cut answer acknowledges and moves nothing")) return;
        bool refused = from->task.operation == OMS_PUSH && outcome.class == OMS_REFUSED;
        if (!golden_expect(!refused, where, "a cut answer never refuses an event")) return;
    }
}

static void check_request(const struct golden_oms_case *from, const char *folder)
{
    static char body[BODY_MAX], got_storage[GOLDEN_FILE_MAX], wanted_storage[GOLDEN_FILE_MAX];
    static struct http_request request;
    struct textbuf got;
    struct bytes wanted;
    const char *why = "";
    ENSURE(from->oms != NULL);
    textbuf_init(&got, got_storage, sizeof got_storage);
    http_request_init(&request, HTTP_GET, body, sizeof body);
    if (from->oms->build(&from->task, &account, &request, &why)) {
        golden_request_write(&got, &request);
    } else {
        textbuf_format(&got, "no request: %s\n", why);
    }
    if (!golden_expect(golden_read(folder, "request.txt", wanted_storage, &wanted), folder,
                       "the expected request is there"))
        return;
    golden_expect_bytes(wanted, textbuf_bytes(&got), folder,
                        "the request is the same, byte for byte");
}

static void run_folder(const char *group, const char *folder)
{
    static struct golden_oms_case from;
    static struct golden_response answer;
    static struct oms_outcome outcome;
    static char lines[GOLDEN_FILE_MAX], wanted_storage[GOLDEN_FILE_MAX];
    struct bytes wanted;
    if (!golden_expect(golden_oms_case(folder, &from), folder, "the task can be read")) return;
    check_request(&from, folder);
    bool answered = golden_response(folder, 0, &answer);
    if (!answered) return; /* a case of the request alone */
    cut_everywhere(&from, &answer.response, folder);
    take(&from, &answer.response, &outcome);
    bool there = golden_read(folder, "outcome.txt", wanted_storage, &wanted);
    golden_expect(there, group, "the expected outcome is there");
    golden_expect_bytes(bytes_trim(wanted), outcome_lines(&outcome, lines, sizeof lines), folder,
                        "the outcome is the one expected");
}

void golden_oms(void)
{
    golden_expect(golden_each("oms", run_folder) > 0, "oms", "order systems have golden cases");
}
