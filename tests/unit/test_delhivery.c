/* Guards: what Delhivery may be sent: nothing it forbids, never less weight or length than
 * measured, the token to nobody else; and each of its refusal texts in each of its senses. */
#include "carriers/carrier_list.h"
#include "tests/support/expect.h"

static const struct carrier_account account = {
    .base_url = "https://track.example",
    .credential = "secret-token",
    .client = "ACME",
    .pickup_location = "BLR-WH-1",
    .pickup_postcode = "560068",
    .timeout_ms = 12000,
};
static char body[16 * 1024];
static struct http_request request;
static struct carrier_outcome outcome;
static _Alignas(16) uint8_t memory[256 * 1024];

static const struct carrier *delhivery(void)
{
    return carrier_find(BYTES_LITERAL("delhivery"));
}

static struct shipment usual(void)
{
    return (struct shipment){
        .reference = "PK-10001",
        .to = {.name = "Asha R",
               .phone = "9800000001",
               .line1 = "14 Temple Rd",
               .city = "Bengaluru",
               .state = "Karnataka",
               .postcode = "560003",
               .country = "IN"},
        .payment = PAYMENT_PREPAID,
        .value_minor = 149900,
        .currency = "INR",
        .mass_mg = 742000,
    };
}

static bool build(enum carrier_operation operation, const struct shipment *shipment)
{
    struct carrier_task task;
    const char *why = NULL;
    carrier_task_init(&task, operation, shipment);
    http_request_init(&request, HTTP_GET, body, sizeof body);
    return delhivery()->build(&task, &account, &request, &why);
}

static int hex(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'A' + 10;
}

/* Undoes the URL-encoding, as the other side does. */
static struct bytes decoded_data(char *storage, size_t size)
{
    struct bytes form = textbuf_bytes(&request.body);
    struct bytes data = bytes_from(form, sizeof "format=json&data=" - 1);
    size_t len = 0;
    EXPECT(bytes_start_with(form, "format=json&data="), "the frame is literal");
    for (size_t i = 0; i < data.len && len < size; i++) {
        bool escaped = data.data[i] == '%' && i + 2 < data.len;
        int value =
            escaped ? hex((char)data.data[i + 1]) * 16 + hex((char)data.data[i + 2]) : data.data[i];
        storage[len++] = (char)value;
        i += escaped ? 2 : 0;
    }
    return bytes_of(storage, len);
}

static void no_forbidden_character_is_ever_sent(void)
{
    static char storage[16 * 1024];
    struct shipment shipment = usual();
    for (int byte = 1; byte < 128; byte++) {
        char odd[8];
        snprintf(odd, sizeof odd, "a%cb", byte);
        snprintf(shipment.to.name, sizeof shipment.to.name, "n%s", odd);
        snprintf(shipment.to.line1, sizeof shipment.to.line1, "l%s", odd);
        snprintf(shipment.contents, sizeof shipment.contents, "c%s", odd);
        EXPECT(build(CARRIER_BOOK, &shipment), "every text can be cleaned");
        struct bytes data = decoded_data(storage, sizeof storage);
        for (const char *each = "&#%;\\"; *each != '\0'; each++) {
            EXPECT_I64(data.len, bytes_find_byte(data, (uint8_t)*each), "none of & # % ; \\");
        }
        struct json root;
        EXPECT_I64(JSON_OK, json_parse(data, (struct scratch){memory, sizeof memory}, &root),
                   "what arrives is JSON");
    }
}

static void a_full_shipment_of_hindi_fits(void)
{
    struct shipment shipment = usual();
    char *const texts[] = {shipment.to.name, shipment.to.line1, shipment.to.line2,
                           shipment.to.city, shipment.to.state, shipment.contents};
    const size_t sizes[] = {sizeof shipment.to.name,  sizeof shipment.to.line1,
                            sizeof shipment.to.line2, sizeof shipment.to.city,
                            sizeof shipment.to.state, sizeof shipment.contents};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct textbuf text;
        textbuf_init(&text, texts[i], sizes[i]);
        while (textbuf_ok(&text)) textbuf_text(&text, "\xE0\xA4\x85");
    }
    memset(shipment.reference, 'r', sizeof shipment.reference - 1);
    memset(shipment.awb, '1', sizeof shipment.awb - 1);
    EXPECT(build(CARRIER_BOOK, &shipment), "the longest texts in three-byte letters fit");
}

static void grams_and_centimetres_are_rounded_up(void)
{
    static const struct {
        int64_t mass_mg;
        const char *wanted;
    } rows[] = {{1, "\"weight\":1,"},
                {999, "\"weight\":1,"},
                {1000, "\"weight\":1,"},
                {1001, "\"weight\":2,"},
                {30000000, "\"weight\":30000,"}};
    struct shipment shipment = usual();
    snprintf(shipment.awb, sizeof shipment.awb, "28411210000145");
    shipment.length_mm = 1;
    shipment.width_mm = 10;
    shipment.height_mm = 11;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        shipment.mass_mg = rows[i].mass_mg;
        EXPECT(build(CARRIER_WEIGHT, &shipment), "a weight can be told");
        struct bytes sent = textbuf_bytes(&request.body);
        EXPECT(bytes_find(sent, bytes_of_text(rows[i].wanted)) < sent.len,
               "never less than weighed");
    }
    struct bytes sent = textbuf_bytes(&request.body);
    EXPECT(bytes_find(sent, BYTES_LITERAL("\"shipment_length\":1,\"shipment_width\":1,"
                                          "\"shipment_height\":2")) < sent.len,
           "never shorter than measured");
}

static void a_retry_is_the_same_bytes(void)
{
    static char first[16 * 1024];
    struct shipment shipment = usual();
    EXPECT(build(CARRIER_BOOK, &shipment), "built");
    memcpy(first, body, sizeof first);
    EXPECT(build(CARRIER_BOOK, &shipment), "built again");
    EXPECT_TEXT(first, body, "the same task is the same bytes");
}

static void the_token_is_not_sent_to_the_label_store(void)
{
    struct carrier_task task;
    struct shipment shipment = usual();
    const char *why = NULL;
    snprintf(shipment.awb, sizeof shipment.awb, "28411210000145");
    carrier_task_init(&task, CARRIER_LABEL, &shipment);
    http_request_init(&request, HTTP_GET, body, sizeof body);
    static const char slip[] = "{\"packages\":[{\"wbn\":\"28411210000145\",\"pdf_download_link\":"
                               "\"https://x.s3.amazonaws.com/1.pdf\"}]}";
    struct http_response response = {.status = 200,
                                     .retry_after_s = -1,
                                     .body = BYTES_LITERAL(slip)};
    EXPECT_I64(CARRIER_MORE,
               delhivery()->take(&task, &response, (struct scratch){memory, sizeof memory},
                                 &outcome),
               "a link needs a second exchange");
    EXPECT(delhivery()->build(&task, &account, &request, &why), "the link is followed");
    EXPECT_TEXT("https://x.s3.amazonaws.com/1.pdf", request.url, "as it was given");
    EXPECT_I64(0, request.header_count, "without any header of ours");
}

static void a_token_with_a_line_break_sends_nothing(void)
{
    struct carrier_account broken = account;
    struct carrier_task task;
    struct shipment shipment = usual();
    const char *why = NULL;
    broken.credential = "a\r\nX-Evil: 1";
    carrier_task_init(&task, CARRIER_SERVICEABILITY, &shipment);
    http_request_init(&request, HTTP_GET, body, sizeof body);
    EXPECT(!delhivery()->build(&task, &broken, &request, &why) && why != NULL, "refused, with why");
}

static void take_fail(const char *remark, bool in_package)
{
    char text[1024];
    struct carrier_task task;
    struct shipment shipment = usual();
    carrier_task_init(&task, CARRIER_BOOK, &shipment);
    snprintf(text, sizeof text,
             in_package ? "{\"success\":false,\"packages\":[{\"status\":\"Fail\",\"waybill\":\"\","
                          "\"refnum\":\"PK-10001\",\"remarks\":[\"%s\"]}]}"
                        : "{\"success\":false,\"packages\":[],\"rmk\":\"%s\"}",
             remark);
    struct http_response response = {.status = 200,
                                     .retry_after_s = -1,
                                     .body = bytes_of_text(text)};
    delhivery()->take(&task, &response, (struct scratch){memory, sizeof memory}, &outcome);
}

/* The texts of Delhivery's own list of errors and of recorded answers. */
static void every_refusal_text_has_its_sense(void)
{
    static const struct {
        const char *text;
        enum carrier_result result;
        enum carrier_reason reason;
    } rows[] = {
        {"Duplicate order id", CARRIER_UNKNOWN, REASON_DUPLICATE_REFERENCE},
        {"Duplicate waybill", CARRIER_UNKNOWN, REASON_AWB_USED},
        {"Unable to consume waybill 28411210000160", CARRIER_UNKNOWN, REASON_AWB_USED},
        {"ClientWarehouse matching query does not exist.", CARRIER_REJECT, REASON_CONFIG},
        {"Client-Warehouse is not active", CARRIER_REJECT, REASON_CONFIG},
        {"shipment list contains no data", CARRIER_REJECT, REASON_CONFIG},
        {"format key missing in the post", CARRIER_REJECT, REASON_CONFIG},
        {"799999 is non serviceable pincode", CARRIER_REJECT, REASON_NOT_SERVICEABLE},
        {"failed due to insufficient balance", CARRIER_REJECT, REASON_ACCOUNT_FUNDS},
        {"Unterminated string starting at", CARRIER_REJECT, REASON_BAD_ADDRESS},
        {"suspicious order/consignee", CARRIER_REJECT, REASON_OTHER},
        {"pincode capacity exceeded", CARRIER_REJECT, REASON_EMBARGO},
        {"something never heard", CARRIER_REJECT, REASON_OTHER},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (int in_package = 0; in_package < 2; in_package++) {
            take_fail(rows[i].text, in_package == 1);
            EXPECT_I64(rows[i].result, outcome.result, rows[i].text);
            EXPECT_I64(rows[i].reason, outcome.reason, rows[i].text);
            bool unknown = rows[i].result == CARRIER_UNKNOWN;
            EXPECT_TEXT(unknown ? "PK-10001" : "", outcome.lookup_reference, rows[i].text);
        }
    }
    take_fail("non serviceable pincode. Package might have been partially saved.", true);
    EXPECT_TEXT("PK-10001", outcome.verify_absent, "partial saving must be looked up first");
    take_fail("never heard. Package might have been partially saved.", true);
    EXPECT_I64(CARRIER_UNKNOWN, outcome.result, "partial saving without a known reason is unknown");
}

int main(void)
{
    EXPECT_RUN(no_forbidden_character_is_ever_sent);
    EXPECT_RUN(a_full_shipment_of_hindi_fits);
    EXPECT_RUN(grams_and_centimetres_are_rounded_up);
    EXPECT_RUN(a_retry_is_the_same_bytes);
    EXPECT_RUN(the_token_is_not_sent_to_the_label_store);
    EXPECT_RUN(a_token_with_a_line_break_sends_nothing);
    EXPECT_RUN(every_refusal_text_has_its_sense);
    return expect_result();
}
