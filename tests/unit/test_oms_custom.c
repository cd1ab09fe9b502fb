/* Guards: orders of the custom contract (firmware/oms/CONTRACT.md) are read whole or refused with
 * a sentence, and an event that was stored is sent again as the same bytes. */
#include "firmware/oms/oms_list.h"
#include "tests/support/expect.h"

static _Alignas(16) uint8_t memory[512 * 1024];
static const struct scratch scratch = {memory, sizeof memory};
static struct order order;

static bool parse(const char *document, const char **out_why)
{
    const struct oms *custom = oms_find(BYTES_LITERAL("custom"));
    return custom->order_parse(bytes_of_text(document), scratch, &order, out_why);
}

/* The schema's own fields, all of them. */
static const char full[] =
    "{\"id\":\"SH-77\",\"rev\":\"8\",\"order_no\":\"WEB-1001\",\"scan_keys\":["
    "{\"kind\":\"order\",\"value\":\"WEB-1001\"},{\"kind\":\"awb\",\"value\":\"1490812345678\"}],"
    "\"status\":\"ready\",\"hold\":false,\"ship_by\":\"2026-02-03T12:00:00.000Z\","
    "\"packages_total\":2,\"payment\":{\"mode\":\"cod\",\"collect_minor\":149900,\"currency\":"
    "\"INR\"},"
    "\"booking\":{\"by\":\"station\",\"carrier\":\"delhivery\",\"service\":\"surface\"},"
    "\"expected\":{\"weight_g\":742,\"tolerance_pct\":5,\"length_mm\":230,\"width_mm\":160,"
    "\"height_mm\":110},\"ship_to\":{\"name\":\"Asha R\",\"phone\":\"+91 98000 00001\","
    "\"line1\":\"14 Temple Rd\",\"line2\":\"Indiranagar\",\"city\":\"Bengaluru\","
    "\"state\":\"Karnataka\",\"postcode\":\"560 003\",\"country\":\"IN\"},\"lines\":["
    "{\"line\":\"1\",\"sku\":\"MUG-01\",\"name\":\"Mug\",\"qty\":2,\"value_minor\":100000},"
    "{\"line\":\"2\",\"sku\":\"PEN-02\",\"qty\":1,\"value_minor\":49900,\"future\":[{}]}],"
    "\"handling\":{\"fragile\":true,\"dangerous\":\"UN3481\"},\"unknown\":{\"field\":1}}";

static void a_full_order_is_read(void)
{
    const char *why = "";
    if (!EXPECT(parse(full, &why), "the schema's own example shape is read")) return;
    EXPECT_TEXT("SH-77", order.id, "id");
    EXPECT_TEXT("8", order.rev, "rev");
    EXPECT_I64(2, order.key_count, "keys");
    EXPECT_TEXT("1490812345678", order.keys[1], "every key that may be scanned");
    EXPECT_I64(ORDER_READY, order.status, "ready");
    EXPECT_I64(2, order.packages_total, "packages");
    EXPECT_I64(1, order.package_no, "one of them");
    EXPECT_I64(PAYMENT_COD, order.payment, "cash on delivery");
    EXPECT_I64(149900, order.collect_minor, "paise");
    EXPECT_I64(149900, order.value_minor, "the lines' sum");
    EXPECT_I64(742000, order.expected_mass_mg, "milligrams");
    EXPECT_I64(5, order.tolerance_pct, "percent");
    EXPECT_I64(110, order.height_mm, "millimetres");
    EXPECT_TEXT("560 003", order.to.postcode, "postcode as written");
    EXPECT_I64(2, order.line_count, "lines");
    EXPECT_I64(3, order.item_count, "pieces");
    EXPECT_TEXT("2 x Mug, 1 x PEN-02", order.contents, "contents, by name or else by SKU");
    EXPECT_TEXT("delhivery", order.carrier, "the courier the order demands");
    EXPECT(order.fragile, "to be handled with care");
    EXPECT_TEXT("UN3481", order.dangerous, "what is dangerous in it");
}

/* Replaces `from` in the full order. */
static const char *changed(const char *from, const char *to)
{
    static char text[8192];
    const char *at = strstr(full, from);
    EXPECT(at != NULL, "the piece to change is there");
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - full), full, to, at + strlen(from));
    return text;
}

static void what_breaks_the_contract_is_refused_with_a_sentence(void)
{
    static const struct {
        const char *from, *to, *promise;
    } rows[] = {
        {"\"id\":\"SH-77\"", "\"id\":77", "ids are text, never numbers"},
        {"\"id\":\"SH-77\"", "\"id\":\"SH 77\"", "a blank is no part of an id"},
        {"\"id\":\"SH-77\"", "\"id\":\"\"", "an id is not empty"},
        {"\"id\":\"SH-77\",", "", "an id is needed"},
        {"\"rev\":\"8\",", "", "a rev is needed"},
        {"\"order_no\":\"WEB-1001\",", "", "an order number is needed"},
        {"\"WEB-1001\"},{", "\"\"},{", "a scan key is not empty"},
        {"\"1490812345678\"", "1490812345678", "a scan key is text"},
        {"\"status\":\"ready\"", "\"status\":null", "a status is needed"},
        {"\"hold\":false", "\"hold\":\"no\"", "hold is true or false"},
        {"\"packages_total\":2", "\"packages_total\":0", "at least one package"},
        {"\"packages_total\":2", "\"packages_total\":100", "at most 99 packages"},
        {"\"mode\":\"cod\"", "\"mode\":\"credit\"", "an unknown payment is never guessed"},
        {"\"collect_minor\":149900", "\"collect_minor\":null", "cod without an amount"},
        {"\"collect_minor\":149900", "\"collect_minor\":1499.5", "no fraction of a paisa"},
        {"\"collect_minor\":149900", "\"collect_minor\":-1", "nobody is paid at the door"},
        {"\"currency\":\"INR\"", "\"currency\":\"Rs.\"", "a currency is three capitals"},
        {"\"weight_g\":742", "\"weight_g\":742.4", "whole grams"},
        {"\"tolerance_pct\":5", "\"tolerance_pct\":101", "a percentage"},
        {"\"postcode\":\"560 003\"", "\"postcode\":560003", "a postcode is text"},
        {"\"qty\":2", "\"qty\":0", "no line of nothing"},
        {"\"qty\":2,", "", "a quantity is needed"},
        {"\"lines\":[", "\"other\":[", "lines are needed"},
        {"\"fragile\":true", "\"fragile\":\"yes\"", "fragile is true or false"},
        {"\"UN3481\"", "\"UN348\"", "a UN number has four digits"},
        {"\"UN3481\"", "\"UN34812\"", "and no more"},
        {"\"UN3481\"", "\"lithium\"", "and is no word"},
        {"\"handling\":{", "\"handling\":[], \"h\":{", "handling is an object"},
        {"\"unknown\":{\"field\":1}", "\"id\":\"SH-78\"", "a repeated key is no order"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *why = NULL;
        EXPECT(!parse(changed(rows[i].from, rows[i].to), &why), rows[i].promise);
        EXPECT(why != NULL && why[0] != '\0', "with a sentence");
    }
}

static void what_may_be_read_kindly_is(void)
{
    const char *why = "";
    EXPECT(parse(changed("\"weight_g\":742", "\"weight_g\":\"742\""), &why), "a number as text");
    EXPECT_I64(742000, order.expected_mass_mg, "is the number");
    EXPECT(parse(changed("\"weight_g\":742", "\"weight_g\":742.0"), &why), "a whole decimal");
    EXPECT_I64(742000, order.expected_mass_mg, "is the number");
    EXPECT(parse(changed("{\"mode\":\"cod\",\"collect_minor\":149900,\"currency\":\"INR\"}",
                         "null"),
                 &why),
           "no payment");
    EXPECT_I64(PAYMENT_PREPAID, order.payment, "is paid");
    EXPECT_TEXT("INR", order.currency, "in rupees");
    EXPECT(parse("\xEF\xBB\xBF {\"id\":\"a\",\"rev\":\"\",\"order_no\":\"\",\"scan_keys\":"
                 "[{\"value\":\"x\"}],\"status\":\"ready\",\"lines\":[]}",
                 &why),
           "the least there can be, with a byte-order mark");
    EXPECT_I64(1, order.packages_total, "is one package");
}

/* The status words of firmware/oms/CONTRACT.md. */
static void every_status_has_its_meaning(void)
{
    static const struct {
        const char *word;
        enum order_status status;
    } rows[] = {
        {"new", ORDER_NOT_READY},
        {"ready", ORDER_READY},
        {"on_hold", ORDER_NOT_READY},
        {"picking", ORDER_READY},
        {"picked", ORDER_READY},
        {"packing", ORDER_READY},
        {"packed", ORDER_PACKED},
        {"booked", ORDER_PACKED},
        {"label_printed", ORDER_PACKED},
        {"manifested", ORDER_PACKED},
        {"handed_over", ORDER_PACKED},
        {"picked_up", ORDER_PACKED},
        {"in_transit", ORDER_PACKED},
        {"out_for_delivery", ORDER_PACKED},
        {"delivered", ORDER_PACKED},
        {"undelivered", ORDER_PACKED},
        {"rto_initiated", ORDER_PACKED},
        {"rto_in_transit", ORDER_PACKED},
        {"rto_delivered", ORDER_PACKED},
        {"lost", ORDER_PACKED},
        {"damaged", ORDER_PACKED},
        {"cancelled", ORDER_CANCELLED},
        {"exception", ORDER_UNCLEAR},
        {"Ready", ORDER_UNCLEAR},
        {"waiting for a very long time", ORDER_UNCLEAR},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char to[64];
        const char *why = "";
        snprintf(to, sizeof to, "\"status\":\"%s\"", rows[i].word);
        EXPECT(parse(changed("\"status\":\"ready\"", to), &why), "a status never refuses an order");
        EXPECT_I64(rows[i].status, order.status, rows[i].word);
    }
    const char *why = "";
    EXPECT(parse(changed("\"hold\":false", "\"hold\":true"), &why), "a hold is read");
    EXPECT_I64(ORDER_NOT_READY, order.status, "and holds");
}

static void a_long_address_goes_on_in_the_second_line(void)
{
    char line[512], to[600];
    const char *why = "";
    struct textbuf text;
    textbuf_init(&text, line, sizeof line);
    for (int i = 0; i < 25; i++) textbuf_text(&text, "street nam");
    snprintf(to, sizeof to, "\"line1\":\"%s\"", line);
    EXPECT(parse(changed("\"line1\":\"14 Temple Rd\"", to), &why), "250 bytes fit two lines");
    EXPECT(strlen(order.to.line1) <= 200 && strstr(order.to.line2, "Indiranagar") != NULL,
           "the second line keeps what it had");
    EXPECT_I64(250 + strlen(" Indiranagar"), strlen(order.to.line1) + strlen(order.to.line2),
               "and nothing is lost");
    for (int i = 0; i < 20; i++) textbuf_text(&text, "street nam");
    snprintf(to, sizeof to, "\"line1\":\"%s\"", line);
    EXPECT(!parse(changed("\"line1\":\"14 Temple Rd\"", to), &why), "450 bytes do not");
}

static struct bytes event_text(const struct oms_event *event, char *storage, size_t size)
{
    struct textbuf text;
    struct json_writer writer;
    textbuf_init(&text, storage, size);
    json_write_init(&writer, &text);
    oms_event_write(&writer, event);
    EXPECT(textbuf_ok(&text), "an event fits");
    return textbuf_bytes(&text);
}

static void a_stored_event_is_sent_as_the_same_bytes(void)
{
    static char first[4096], second[4096];
    struct oms_event event = {.seq = 4711,
                              .id = "e7-4711",
                              .type = OMS_EVENT_BOOKED,
                              .at_ms = 1770110462120,
                              .time_ok = true,
                              .shipment_id = "SH-77",
                              .rev = "8",
                              .order_no = "WEB-1001",
                              .package_no = 1,
                              .packages_total = 2,
                              .operator_id = "P07",
                              .status = "booked",
                              .mass_mg = 741001,
                              .weight_manual = true,
                              .length_mm = 230,
                              .carrier = "delhivery",
                              .service = "surface",
                              .awb = "1490812345678",
                              .label_format = "zpl",
                              .label_sha256 = "5f70",
                              .label_bytes = 1843,
                              .cost_minor = 0,
                              .currency = "INR",
                              .note = "\"x\""};
    struct oms_event back = {0};
    struct json root;
    struct bytes text = event_text(&event, first, sizeof first);
    EXPECT(bytes_find(text, BYTES_LITERAL("\"at\":\"2026-02-03T09:21:02.120Z\"")) < text.len,
           "time in UTC with milliseconds");
    EXPECT(bytes_find(text, BYTES_LITERAL("\"weight_g\":742,\"weight_source\":\"manual\"")) <
               text.len,
           "whole grams, as the courier was told");
    EXPECT(json_parse(text, scratch, &root) == JSON_OK && oms_event_parse(root, &back),
           "what was written is read");
    EXPECT_BYTES(text, event_text(&back, second, sizeof second), "and is the same bytes again");
    EXPECT_I64(0, back.cost_minor, "a cost of nothing is known");
    struct oms_event bare = {.seq = 1, .id = "a", .type = OMS_EVENT_EXCEPTION, .cost_minor = -1};
    (void)event_text(&bare, first, sizeof first);
    EXPECT_TEXT(
        "{\"seq\":1,\"id\":\"a\",\"type\":\"exception\",\"at\":\"1970-01-01T00:00:00.000Z\","
        "\"time_ok\":false}",
        first, "what an event does not have is not written");
}

static void a_broken_event_is_not_taken(void)
{
    static const char *const rows[] = {
        "{}",
        "{\"seq\":0,\"id\":\"a\",\"type\":\"packed\",\"at\":\"2026-02-03T09:31:02Z\",\"time_ok\":"
        "true}",
        "{\"seq\":1,\"id\":\"a\",\"type\":\"dance\",\"at\":\"2026-02-03T09:31:02Z\",\"time_ok\":"
        "true}",
        "{\"seq\":1,\"id\":\"a\",\"type\":\"packed\",\"at\":\"yesterday\",\"time_ok\":true}",
        "{\"seq\":1,\"id\":\"a\",\"type\":\"packed\",\"at\":\"2026-02-03T09:31:02Z\"}",
        "{\"seq\":1,\"id\":\"a\",\"type\":\"packed\",\"at\":\"2026-02-03T09:31:02Z\",\"time_ok\":"
        "true,"
        "\"weight_g\":\"742\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct oms_event event = {.seq = 99};
        struct json root;
        EXPECT(json_parse(bytes_of_text(rows[i]), scratch, &root) == JSON_OK, "it is JSON");
        EXPECT(!oms_event_parse(root, &event), rows[i]);
        EXPECT_I64(99, event.seq, "the output is untouched on failure");
    }
}

static void silence_is_unknown_for_events_only(void)
{
    static struct oms_outcome outcome;
    for (int i = 0; i <= OMS_PING; i++) {
        enum oms_operation operation = (enum oms_operation)i;
        oms_outcome_of_end(operation, EXCHANGE_MAYBE_SENT, &outcome);
        EXPECT_I64(operation == OMS_PUSH ? OMS_UNKNOWN : OMS_RETRY, outcome.class, "maybe sent");
        oms_outcome_of_end(operation, EXCHANGE_NOT_SENT, &outcome);
        EXPECT_I64(OMS_RETRY, outcome.class, "not sent");
    }
    EXPECT(oms_find(BYTES_LITERAL("nobody")) == NULL && oms_at(99) == NULL, "no such system");
}

/* A page that does not fit its storage keeps what fits and counts the rest. */
static void a_page_too_big_for_its_storage_is_counted(void)
{
    static struct oms_outcome outcome;
    static const char page[] =
        "{\"items\":[{\"op\":\"upsert\",\"shipment\":{\"id\":\"a\",\"rev\":\"1\"}},"
        "{\"op\":\"upsert\",\"shipment\":{\"id\":\"b\",\"rev\":\"1\",\"x\":\"long long long "
        "long\"}},"
        "{\"op\":\"upsert\",\"shipment\":{\"id\":\"c\",\"rev\":\"2\"}}],\"cursor\":\"n\"}";
    char little[48];
    struct textbuf documents;
    struct oms_task task = {.operation = OMS_FEED};
    struct http_response response = {.status = 200,
                                     .retry_after_s = -1,
                                     .body = BYTES_LITERAL(page)};
    textbuf_init(&documents, little, sizeof little);
    oms_at(0)->take(&task, &response, scratch, &documents, &outcome);
    EXPECT_I64(OMS_DONE, outcome.class, "the page is read");
    EXPECT_I64(2, outcome.item_count, "what fits is there");
    EXPECT_I64(1, outcome.refused_count, "what does not is counted");
    EXPECT_BYTES(BYTES_LITERAL("{\"id\":\"c\",\"rev\":\"2\"}"), outcome.items[1].document, "whole");
}

int main(void)
{
    EXPECT_RUN(a_full_order_is_read);
    EXPECT_RUN(what_breaks_the_contract_is_refused_with_a_sentence);
    EXPECT_RUN(what_may_be_read_kindly_is);
    EXPECT_RUN(every_status_has_its_meaning);
    EXPECT_RUN(a_long_address_goes_on_in_the_second_line);
    EXPECT_RUN(a_stored_event_is_sent_as_the_same_bytes);
    EXPECT_RUN(a_broken_event_is_not_taken);
    EXPECT_RUN(silence_is_unknown_for_events_only);
    EXPECT_RUN(a_page_too_big_for_its_storage_is_counted);
    return expect_result();
}
