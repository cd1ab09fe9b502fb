/* Guards: a scan finds the one order that carries it, with its own past, or says why not; it never
 * waits without an end and never takes the first of several. */
#include "firmware/station/orders.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define DOCUMENT                                                                                \
    "{\"id\":\"SH-1\",\"rev\":\"1\",\"order_no\":\"WEB-1\",\"scan_keys\":[{\"kind\":\"order\"," \
    "\"value\":\"WEB-1\"}],\"status\":\"ready\",\"packages_total\":1,\"payment\":{\"mode\":"    \
    "\"prepaid\"},\"booking\":{\"by\":\"station\"},\"ship_to\":{\"name\":\"A\",\"phone\":\""    \
    "9000000001\",\"line1\":\"1 "                                                               \
    "Road\",\"city\":\"Pune\",\"state\":\"MH\",\"postcode\":\"411001\","                        \
    "\"country\":\"IN\"},\"lines\":[{\"line\":\"1\",\"sku\":\"M\",\"name\":\"Mug\",\"qty\":1}]}"

static struct orders orders;
static struct step step;

static void at(int64_t now_ms)
{
    step = bench_step(now_ms);
}

static void find(const char *scan)
{
    bench_init();
    orders_init(&orders);
    at(1000);
    orders_find(&orders, &step, bytes_of_text(scan));
    orders_check(&orders);
}

static void give(const struct event *event)
{
    at(step.now_ms);
    orders_step(&orders, &step, event);
    orders_check(&orders);
}

static void give_cache(size_t count, const char *document)
{
    struct event event = {.kind = EVENT_CACHE_FOUND};
    event.cache.count = count;
    event.cache.documents[0] = bytes_of_text(document);
    give(&event);
}

static void give_answer(enum exchange_end end, int status, const char *body)
{
    struct http_response response = {.status = status,
                                     .content_type = BYTES_LITERAL("application/json"),
                                     .retry_after_s = -1,
                                     .body = bytes_of_text(body)};
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = end;
    event.exchange.response = end == EXCHANGE_ANSWERED ? &response : NULL;
    give(&event);
}

static void an_order_in_the_cache_needs_no_line(void)
{
    find("WEB-1");
    const struct command *look = bench_command(COMMAND_CACHE_FIND);
    EXPECT(look != NULL && bytes_equal_text(look->cache.scan, "WEB-1"), "the cache first");
    give_cache(1, DOCUMENT);
    const struct command *read = bench_command(COMMAND_READ_SUBJECT);
    EXPECT(read != NULL && bytes_equal_text(read->read.key, "SH-1"), "then its past");
    EXPECT(bench_command(COMMAND_EXCHANGE) == NULL, "nobody is asked");
    static struct event past = {.kind = EVENT_ROWS};
    past.rows.more = true;
    past.rows.count = 1;
    past.rows.rows[0] = (struct event_row){.seq = 17, .kind = BYTES_LITERAL("event")};
    give(&past);
    read = bench_command(COMMAND_READ_SUBJECT);
    EXPECT(read != NULL && read->read.after_seq == 17, "page by page");
    past.rows.more = false;
    past.rows.count = 0;
    give(&past);
    EXPECT_I64(ORDERS_DONE, orders.state, "found");
    EXPECT_I64(ORDER_FOUND, orders.answer, "it is");
    EXPECT_TEXT("WEB-1", orders.order.order_no, "the one");
    EXPECT(!orders.past.has_open, "with nothing begun");
}

static void every_answer_is_one_of_five(void)
{
    static const struct {
        size_t cached;
        const char *document;
        enum exchange_end end;
        int status;
        const char *body;
        enum orders_answer wanted;
        const char *promise;
    } rows[] = {
        {2, DOCUMENT, 0, 0, "", ORDER_MANY, "several in the cache: a person chooses"},
        {1, "{\"id\":1}", 0, 0, "", ORDER_BROKEN, "one that breaks the contract"},
        {0, "", EXCHANGE_NOT_SENT, 0, "", ORDER_SYSTEM_DOWN, "the line is down"},
        {0, "", EXCHANGE_UNTRUSTED, 0, "", ORDER_SYSTEM_DOWN, "or not trusted"},
        {0, "", EXCHANGE_ANSWERED, 503, "", ORDER_SYSTEM_DOWN, "the system is down"},
        {0, "", EXCHANGE_ANSWERED, 200, "<html>", ORDER_SYSTEM_DOWN, "a page is no answer"},
        {0, "", EXCHANGE_ANSWERED, 200, "{\"items\":[]}", ORDER_UNKNOWN, "nobody's code"},
        {0, "", EXCHANGE_ANSWERED, 404, "{\"error\":{\"code\":\"unknown\"}}", ORDER_UNKNOWN,
         "said with an error"},
        {0, "", EXCHANGE_ANSWERED, 200, "{\"items\":[" DOCUMENT "," DOCUMENT "]}", ORDER_MANY,
         "several at the order system"},
        {0, "", EXCHANGE_ANSWERED, 200,
         "{\"items\":[{\"id\":\"SH-1\",\"scan_keys\":[{\"value\":"
         "\"WEB-1\"}]}]}",
         ORDER_BROKEN, "a broken one there"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        find("WEB-1");
        give_cache(rows[i].cached, rows[i].document);
        if (rows[i].cached == 0) {
            EXPECT_I64(ORDERS_ASKING, orders.state, "not in the cache: the order system is asked");
            give_answer(rows[i].end, rows[i].status, rows[i].body);
        }
        EXPECT_I64(ORDERS_DONE, orders.state, rows[i].promise);
        EXPECT_I64(rows[i].wanted, orders.answer, rows[i].promise);
        EXPECT_I64(NO_DEADLINE, orders_deadline(&orders), "nothing is waited for");
    }
    find("WEB-1");
    give_cache(0, "");
    give_answer(EXCHANGE_ANSWERED, 200, "{\"items\":[" DOCUMENT "]}");
    EXPECT_I64(ORDERS_PAST, orders.state, "one that is found there has a past as well");
}

static void no_search_waits_for_ever(void)
{
    const struct event due = {.kind = EVENT_DEADLINE};
    for (unsigned stage = 0; stage < 3; stage++) {
        find("WEB-1");
        if (stage == 1) give_cache(0, "");
        if (stage == 2) give_cache(1, DOCUMENT);
        at(orders_deadline(&orders) - 1);
        orders_step(&orders, &step, &due);
        EXPECT(orders.state != ORDERS_DONE, "until its time");
        at(orders_deadline(&orders));
        orders_step(&orders, &step, &due);
        orders_check(&orders);
        EXPECT_I64(ORDERS_DONE, orders.state, "then it ends");
        EXPECT_I64(ORDER_SYSTEM_DOWN, orders.answer, "as down");
        EXPECT((bench_command(COMMAND_EXCHANGE_CANCEL) != NULL) == (stage == 1),
               "and is called off");
    }
}

static void a_newer_scan_ends_the_older_search(void)
{
    find("WEB-1");
    give_cache(0, "");
    uint32_t ticket = orders.ticket;
    at(1100);
    orders_find(&orders, &step, BYTES_LITERAL("WEB-2"));
    orders_check(&orders);
    enum owner owner;
    unsigned index = 0;
    EXPECT(!tickets_settle(&bench.tickets, ticket, &owner, &index), "its answer finds nobody");
    EXPECT(bench_command(COMMAND_EXCHANGE_CANCEL) != NULL, "the exchange is called off");
    EXPECT_TEXT("WEB-2", orders.scan, "the new one is looked for");
}

static void without_an_order_system_nothing_is_found(void)
{
    for (size_t count = 0; count < 2; count++) {
        struct event event = {.kind = EVENT_CACHE_FOUND};
        find("WEB-1");
        event.cache.count = count;
        event.cache.documents[0] = BYTES_LITERAL(DOCUMENT);
        step.oms = NULL;
        orders_step(&orders, &step, &event);
        EXPECT_I64(ORDER_SYSTEM_DOWN, orders.answer, "neither here nor in an older cache");
    }
    struct oms local = *oms_find(BYTES_LITERAL("custom"));
    local.promises.lookup_remote = false;
    struct event event = {.kind = EVENT_CACHE_FOUND};
    find("WEB-1");
    step.oms = &local;
    orders_step(&orders, &step, &event);
    EXPECT_I64(ORDER_UNKNOWN, orders.answer, "one that cannot be asked knows only its feed");
    find("WEB-1");
    memcpy(bench.secrets.oms_token, "two\nlines", sizeof "two\nlines");
    give_cache(0, "");
    EXPECT_I64(ORDER_UNKNOWN, orders.answer, "nor what cannot be asked for");
}

int main(void)
{
    EXPECT_RUN(an_order_in_the_cache_needs_no_line);
    EXPECT_RUN(every_answer_is_one_of_five);
    EXPECT_RUN(no_search_waits_for_ever);
    EXPECT_RUN(a_newer_scan_ends_the_older_search);
    EXPECT_RUN(without_an_order_system_nothing_is_found);
    return expect_result();
}
