/* Guards: a scan is looked up by what it means or refused with a reason, never by a piece of it; a
 * wrong check digit is never looked up, and bars that only call themselves GS1 are taken as they
 * stand. */
#include "firmware/station/scan_text.h"

#include "tests/support/expect.h"

#define GS "\x1D"

static uint8_t memory[64 * 1024] __attribute__((aligned(16)));

static void read_as(const struct config_scan *rules, const char *aim, struct bytes text,
                    struct scan_text *out)
{
    struct scan scan = {.len = text.len};
    ENSURE(text.len <= SCAN_TEXT_MAX);
    if (text.len > 0) memcpy(scan.text, text.data, text.len);
    memcpy(scan.aim, aim, strlen(aim));
    scan_text_read(rules, &scan, (struct scratch){memory, sizeof memory}, out);
}

struct row {
    const char *aim, *text;
    enum scan_verdict verdict;
    const char *meant;
    const char *promise;
};

static void expect_rows(const struct config_scan *rules, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct scan_text meant;
        read_as(rules, rows[i].aim, bytes_of_text(rows[i].text), &meant);
        EXPECT_I64(rows[i].verdict, meant.verdict, rows[i].promise);
        EXPECT_TEXT(rows[i].meant, meant.text, rows[i].promise);
    }
}

static void plain_codes_are_themselves(void)
{
    static const struct row rows[] = {
        {"", "WEB-1001", SCAN_GOOD, "WEB-1001", "an order number"},
        {"]C0", "  WEB-1001 ", SCAN_GOOD, "WEB-1001", "without blanks around it"},
        {"]E0", "4006381333931", SCAN_GOOD, "4006381333931", "a product may be a key"},
        {"", "", SCAN_BAD, "", "nothing"},
        {"", "EE123456785IN", SCAN_GOOD, "EE123456785IN", "a postal number"},
        {"", "EE123456784IN", SCAN_BAD_CHECK_DIGIT, "EE123456784IN", "with a wrong check digit"},
        {"", "ee 123 456 785 in", SCAN_GOOD, "EE123456785IN", "typed as it is printed"},
        {"", "EEI23456785IN", SCAN_GOOD, "EEI23456785IN", "a scanned look-alike is not mended"},
        {"", "400PO-1", SCAN_GOOD, "400PO-1", "digits alone do not make it GS1"},
    };
    static const struct config_scan rules;
    expect_rows(&rules, rows, ARRAY_LEN(rows));
}

static void gs1_gives_order_or_sscc(void)
{
    static const struct row rows[] = {
        {"]C1", "400PO-4711", SCAN_GOOD, "PO-4711", "the customer's order number"},
        {"]C1", "00006141411234567890", SCAN_GOOD, "006141411234567890", "an SSCC"},
        {"]d2",
         "00006141411234567890"
         "400PO-4711",
         SCAN_GOOD, "PO-4711", "the order first"},
        {"]C1", "403ABC" GS "400PO-1", SCAN_GOOD, "PO-1", "what it needs is in the next code"},
        {"]C1", "00006141411234567891", SCAN_BAD_CHECK_DIGIT, "00006141411234567891",
         "a wrong check digit"},
        {"]C1", "WEB-1001", SCAN_GOOD, "WEB-1001", "it only calls itself GS1"},
        {"]C1", "10AB" GS GS "21X", SCAN_GOOD, "10AB" GS GS "21X", "broken: nothing is picked out"},
        {"]C0", "400PO-4711", SCAN_GOOD, "400PO-4711", "another symbology"},
    };
    static const struct config_scan rules;
    expect_rows(&rules, rows, ARRAY_LEN(rows));
}

static void a_site_may_say_that_it_is_gs1(void)
{
    static const struct row rows[] = {
        {"", "400PO-4711", SCAN_GOOD, "PO-4711", "as from a scanner that says so"},
        {"", GS "00006141411234567890", SCAN_GOOD, "006141411234567890", "GS in front"},
        {"",
         "10AB1"
         "00006141411234567890",
         SCAN_UNCLEAR, "10AB100006141411234567890", "separators were eaten"},
        {"", "WEB-1001", SCAN_GOOD, "WEB-1001", "no GS1"},
        {"]C0", "400PO-4711", SCAN_GOOD, "400PO-4711", "a scanner that says otherwise is believed"},
    };
    static const struct config_scan rules = {.gs1_without_aim = true};
    expect_rows(&rules, rows, ARRAY_LEN(rows));
}

static void json_has_a_member_or_is_refused(void)
{
    static const struct row usual[] = {
        {"]Q1", "{\"order_no\":\"WEB-7\",\"x\":1}", SCAN_GOOD, "WEB-7", "a usual name"},
        {"]Q1", "{\"id\":9,\"OrderNumber\":\"WEB-7\"}", SCAN_GOOD, "WEB-7", "in another spelling"},
        {"]Q1", "{\"order_id\":\"o-1\",\"order_no\":\"WEB-7\"}", SCAN_GOOD, "WEB-7",
         "the number before the id, wherever it stands"},
        {"]Q1", "{\"order\":4711}", SCAN_GOOD, "4711", "a whole number"},
        {"]Q1", "{\"order\":{\"no\":1},\"orderid\":\"A\"}", SCAN_GOOD, "A",
         "an object is no number"},
        {"]Q1", "{\"order\":1e3}", SCAN_NO_ORDER, "{\"order\":1e3}", "not a whole number"},
        {"]Q1", "{\"order\":4.5}", SCAN_NO_ORDER, "{\"order\":4.5}", "nor this"},
        {"]Q1", "{\"order\":null}", SCAN_NO_ORDER, "{\"order\":null}", "null is nothing"},
        {"]Q1", "{\"order\":\"\"}", SCAN_NO_ORDER, "{\"order\":\"\"}", "empty"},
        {"]Q1", "{\"order\":\"A\\u0000B\"}", SCAN_NO_ORDER, "{\"order\":\"A\\u0000B\"}", "a NUL"},
        {"]Q1", "{\"order\":\"A\\nB\"}", SCAN_NO_ORDER, "{\"order\":\"A\\nB\"}", "a line end"},
        {"]Q1", "{\"sku\":\"X\"}", SCAN_NO_ORDER, "{\"sku\":\"X\"}", "no order in it"},
        {"]Q1", "{\"order\":\"A\",\"order\":\"B\"}", SCAN_NO_ORDER,
         "{\"order\":\"A\",\"order\":\"B\"}", "one name, two values"},
        {"]Q1", "{\"order\":\"A\"", SCAN_NO_ORDER, "{\"order\":\"A\"", "cut off"},
        {"]Q1", "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{", SCAN_NO_ORDER,
         "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{", "a heap of brackets"},
    };
    static const struct row ruled[] = {
        {"]Q1", "{\"o\":{\"n\":\"W-1\"},\"order_no\":\"X\"}", SCAN_GOOD, "W-1", "the setting's"},
        {"]Q1", "{\"order_no\":\"X\"}", SCAN_NO_ORDER, "{\"order_no\":\"X\"}", "and nothing else"},
    };
    static const struct config_scan none, path = {.json_key = "o.n"};
    expect_rows(&none, usual, ARRAY_LEN(usual));
    expect_rows(&path, ruled, ARRAY_LEN(ruled));
}

static void an_address_has_a_part_or_is_itself(void)
{
    static const struct row usual[] = {
        {"]Q1", "https://s.example/t?x=1&order_no=WEB-7#a", SCAN_GOOD, "WEB-7", "in the query"},
        {"]Q1", "https://s.example/orders/WEB-7/view", SCAN_GOOD, "WEB-7", "behind /orders/"},
        {"]Q1", "https://s.example/?order=WEB%2D7+a", SCAN_GOOD, "WEB-7 a", "decoded"},
        {"]Q1", "https://s.example/?order=WEB%2", SCAN_NO_ORDER, "https://s.example/?order=WEB%2",
         "half a percent code"},
        {"]Q1", "https://s.example/?order=W%00", SCAN_NO_ORDER, "https://s.example/?order=W%00",
         "a NUL in it"},
        {"]Q1", "https://s.example/?order=%FF", SCAN_NO_ORDER, "https://s.example/?order=%FF",
         "no text"},
        {"]Q1", "https://s.example/?order=", SCAN_NO_ORDER, "https://s.example/?order=", "empty"},
        {"]Q1", "https://s.example/abc", SCAN_GOOD, "https://s.example/abc", "a key of its own"},
        {"]Q1", "https://", SCAN_GOOD, "https://", "an address of nothing"},
    };
    static const struct row second[] = {
        {"]Q1", "https://s.example/o/WEB-7/?order=X", SCAN_GOOD, "WEB-7", "the second part"},
        {"]Q1", "https://s.example/o", SCAN_NO_ORDER, "https://s.example/o", "there is no second"},
    };
    static const struct row last[] = {
        {"]Q1", "https://s.example/a/b/WEB-7/", SCAN_GOOD, "WEB-7", "the last part"},
        {"]Q1", "https://s.example", SCAN_NO_ORDER, "https://s.example", "there is none"},
    };
    static const struct row query[] = {
        {"]Q1", "https://s.example/?q=WEB-7&order=X", SCAN_GOOD, "WEB-7", "the setting's name"},
        {"]Q1", "https://s.example/?order=X", SCAN_NO_ORDER, "https://s.example/?order=X",
         "and no other"},
    };
    static const struct config_scan none, path = {.url_part = "path:2"},
                                          end = {.url_part = "path:last"},
                                          name = {.url_part = "query:q"};
    expect_rows(&none, usual, ARRAY_LEN(usual));
    expect_rows(&path, second, ARRAY_LEN(second));
    expect_rows(&end, last, ARRAY_LEN(last));
    expect_rows(&name, query, ARRAY_LEN(query));
}

static void what_is_too_long_is_refused(void)
{
    static const struct config_scan rules;
    uint8_t text[SCAN_TEXT_MAX];
    struct scan_text meant;
    struct scan scan;
    memset(text, 'A', sizeof text);
    read_as(&rules, "", bytes_of(text, ORDER_KEY_SIZE - 1), &meant);
    EXPECT_I64(SCAN_GOOD, meant.verdict, "as long as a key");
    read_as(&rules, "", bytes_of(text, ORDER_KEY_SIZE), &meant);
    EXPECT_I64(SCAN_BAD, meant.verdict, "one more");
    memcpy(text, "https://", 8);
    read_as(&rules, "", bytes_of(text, sizeof text), &meant);
    EXPECT_I64(SCAN_NO_ORDER, meant.verdict, "a long address without an order");
    memset(text, '{', sizeof text);
    read_as(&rules, "", bytes_of(text, sizeof text), &meant);
    EXPECT_I64(SCAN_NO_ORDER, meant.verdict, "as many brackets as a scan holds");
    EXPECT(scan_of_text("WEB-1", &scan) && scan.len == 5, "a typed text is a scan");
    char typed[SCAN_TEXT_MAX + 2];
    memset(typed, 'A', sizeof typed);
    typed[sizeof typed - 1] = '\0';
    EXPECT(!scan_of_text(typed, &scan), "unless it is longer");
}

int main(void)
{
    EXPECT_RUN(plain_codes_are_themselves);
    EXPECT_RUN(gs1_gives_order_or_sscc);
    EXPECT_RUN(a_site_may_say_that_it_is_gs1);
    EXPECT_RUN(json_has_a_member_or_is_refused);
    EXPECT_RUN(an_address_has_a_part_or_is_itself);
    EXPECT_RUN(what_is_too_long_is_refused);
    return expect_result();
}
