/* Guards: the sandbox courier's contract as packsim states it: the reference is the key of every
 * retry, and no answer but a proof of our own booking is a booking. */
#include "carriers/carrier_list.h"
#include "tests/support/expect.h"

static const struct carrier_account account = {
    .base_url = "https://localhost:7801/sandbox/v1",
    .credential = "t",
    .client = "",
    .pickup_location = "BLR-WH-1",
    .pickup_postcode = "560068",
    .timeout_ms = 8000,
};
static struct carrier_outcome outcome;
static _Alignas(16) uint8_t memory[256 * 1024];

static const struct carrier *sandbox(void)
{
    return carrier_find(BYTES_LITERAL("sandbox"));
}

static struct carrier_task booking(void)
{
    static const struct shipment shipment = {.reference = "bay-1/P4711/1",
                                             .mass_mg = 741001,
                                             .currency = "INR"};
    struct carrier_task task;
    carrier_task_init(&task, CARRIER_BOOK, &shipment);
    return task;
}

static void take(int status, const char *text)
{
    struct carrier_task task = booking();
    struct http_response response = {.status = status,
                                     .retry_after_s = -1,
                                     .body = bytes_of_text(text)};
    sandbox()->take(&task, &response, (struct scratch){memory, sizeof memory}, &outcome);
}

static const char *header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcmp(request->headers[i].name, name) == 0) return request->headers[i].value;
    }
    return "";
}

static void the_reference_is_the_key_of_every_retry(void)
{
    static char first[4096], second[4096];
    static struct http_request request;
    struct carrier_task task = booking();
    const char *why = NULL;
    http_request_init(&request, HTTP_GET, first, sizeof first);
    EXPECT(sandbox()->build(&task, &account, &request, &why), "a booking can be said");
    EXPECT_TEXT("bay-1/P4711/1", header(&request, "Idempotency-Key"), "the key is the reference");
    EXPECT_I64(8000, request.timeout_ms, "the account's time-out");
    http_request_init(&request, HTTP_GET, second, sizeof second);
    EXPECT(sandbox()->build(&task, &account, &request, &why), "said again");
    EXPECT_TEXT(first, second, "the same bytes again");
    EXPECT(strstr(first, "\"mass_g\":742,") != NULL, "grams are rounded up");
}

static void a_body_that_does_not_fit_is_not_sent(void)
{
    static struct http_request request;
    char little[64];
    struct carrier_task task = booking();
    const char *why = NULL;
    http_request_init(&request, HTTP_GET, little, sizeof little);
    EXPECT(!sandbox()->build(&task, &account, &request, &why) && why != NULL, "refused, with why");
}

static void only_proof_is_a_booking(void)
{
    static const struct {
        int status;
        const char *text;
        enum carrier_result result;
    } rows[] = {
        {201, "{\"awb\":\"SBX100000017\",\"reference\":\"bay-1/P4711/1\",\"status\":\"booked\"}",
         CARRIER_OK},
        {200, "{\"awb\":\"SBX100000017\",\"reference\":\"bay-1/P4711/1\",\"status\":\"booked\"}",
         CARRIER_OK_EXISTING},
        {202, "{\"awb\":\"SBX100000017\",\"reference\":\"bay-1/P4711/1\",\"status\":\"booked\"}",
         CARRIER_UNKNOWN},
        {201, "{\"awb\":\"SBX100000017\",\"reference\":\"bay-1/P4711/1\"}", CARRIER_UNKNOWN},
        {201, "{\"awb\":\"SBX100000017\",\"reference\":\"bay-1/P4711/1\",\"status\":\"cancelled\"}",
         CARRIER_UNKNOWN},
        {201, "{\"awb\":\"SBX100000017\",\"reference\":null,\"status\":\"booked\"}",
         CARRIER_UNKNOWN},
        {201, "{\"awb\":null,\"reference\":\"bay-1/P4711/1\",\"status\":\"booked\"}",
         CARRIER_UNKNOWN},
        {201, "{\"awb\":\"\",\"reference\":\"bay-1/P4711/1\",\"status\":\"booked\"}",
         CARRIER_UNKNOWN},
        {201, "[]", CARRIER_UNKNOWN},
        {201, "null", CARRIER_UNKNOWN},
        {201, "NaN", CARRIER_UNKNOWN},
        {204, "", CARRIER_UNKNOWN},
        {302, "", CARRIER_UNKNOWN},
        {400, "{\"error\":{}}", CARRIER_UNKNOWN},
        {400, "{\"error\":null}", CARRIER_UNKNOWN},
        {400, "{\"error\":{\"code\":\"bad_request\"}}", CARRIER_REJECT},
        {422, "{\"error\":{\"code\":\"awb_unknown\"}}", CARRIER_REJECT},
        {408, "", CARRIER_RETRY},
        {425, "", CARRIER_RETRY},
        {503, "{\"error\":{\"code\":\"internal\"}}", CARRIER_UNKNOWN},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        take(rows[i].status, rows[i].text);
        EXPECT_I64(rows[i].result, outcome.result, rows[i].text);
        EXPECT(outcome.result == CARRIER_OK || outcome.result == CARRIER_OK_EXISTING ||
                   outcome.awb[0] == '\0',
               "without proof there is no number to print");
    }
}

static void nesting_without_end_is_no_answer(void)
{
    static char deep[8192];
    memset(deep, '[', sizeof deep - 1);
    take(201, deep);
    EXPECT_I64(CARRIER_UNKNOWN, outcome.result, "too deep is unknown");
}

static void a_web_page_is_called_so(void)
{
    take(201, " <html>Sign in to the guest network</html>");
    EXPECT_I64(CARRIER_UNKNOWN, outcome.result, "a web page proves nothing");
    EXPECT_TEXT("a web page came instead of an answer", outcome.message, "and the log says why");
}

static void a_label_stays_with_its_scratch(void)
{
    take(201, "{\"awb\":\"SBX100000017\",\"reference\":\"bay-1/P4711/1\",\"status\":\"booked\","
              "\"label\":{\"format\":\"ZPL\",\"data\":\"^XA\\n^FDSBX100000017^FS\\n^XZ\"}}");
    EXPECT_I64(LABEL_FORMAT_ZPL, outcome.label_format, "its format is known");
    EXPECT_BYTES(BYTES_LITERAL("^XA\n^FDSBX100000017^FS\n^XZ"), outcome.label, "escapes undone");
}

int main(void)
{
    EXPECT_RUN(the_reference_is_the_key_of_every_retry);
    EXPECT_RUN(a_body_that_does_not_fit_is_not_sent);
    EXPECT_RUN(only_proof_is_a_booking);
    EXPECT_RUN(nesting_without_end_is_no_answer);
    EXPECT_RUN(a_web_page_is_called_so);
    EXPECT_RUN(a_label_stays_with_its_scratch);
    return expect_result();
}
