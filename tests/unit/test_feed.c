/* Guards: the cache follows the order system page by page; the cursor goes on only with a page that
 * was kept, and nothing that comes from outside makes the feed stand still or run wild. */
#include "firmware/station/station.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define DOCUMENT(id) DOCUMENT_OF(id, "ready")
#define DOCUMENT_OF(id, word)                                                                     \
    "{\"id\":\"" id "\",\"rev\":\"1\",\"order_no\":\"W" id                                        \
    "\",\"scan_keys\":[{\"kind\":\"order\","                                                      \
    "\"value\":\"W" id "\"}],\"status\":\"" word "\",\"packages_total\":1,\"payment\":{\"mode\":" \
    "\"prepaid\"},\"booking\":{\"by\":\"station\"},\"ship_to\":{\"name\":\"A\",\"phone\":\""      \
    "9000000001\",\"line1\":\"1 "                                                                 \
    "Road\",\"city\":\"Pune\",\"state\":\"MH\",\"postcode\":\"411001\","                          \
    "\"country\":\"IN\"},\"lines\":[{\"line\":\"1\",\"sku\":\"M\",\"name\":\"Mug\",\"qty\":1}]}"
#define UPSERT(id) "{\"op\":\"upsert\",\"shipment\":" DOCUMENT(id) "}"
#define CANCELLED(id) "{\"op\":\"upsert\",\"shipment\":" DOCUMENT_OF(id, "cancelled") "}"

static struct feed feed;
static struct step step;

static void at(int64_t now_ms)
{
    step = bench_step(now_ms);
}

static void start(const char *cursor)
{
    bench_init();
    feed_init(&feed, cursor, 1000);
    at(1000);
}

static void ask(void)
{
    at(feed_deadline(&feed, &step) > step.now_ms ? feed_deadline(&feed, &step) : step.now_ms);
    feed_tick(&feed, &step);
    feed_check(&feed);
    EXPECT_I64(FEED_ASKING, feed.state, "a page is asked for");
}

static uint32_t noting = 70; /* the batch that a page with cancelled orders waits for */

static void answer(int status, const char *body)
{
    struct http_response response = {.status = status,
                                     .content_type = BYTES_LITERAL("application/json"),
                                     .retry_after_s = -1,
                                     .body = bytes_of_text(body)};
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = EXCHANGE_ANSWERED;
    event.exchange.response = &response;
    at(step.now_ms);
    feed_answer(&feed, &step, &event);
    if (feed.state == FEED_NOTING) feed_noting(&feed, ++noting); /* as the station does */
    feed_check(&feed);
}

static void kept(bool ok)
{
    struct event event = {.kind = EVENT_CACHE_STORED};
    event.cache.ok = ok;
    at(step.now_ms);
    feed_answer(&feed, &step, &event);
    feed_check(&feed);
}

static bool asks_with(const char *piece)
{
    const struct command *command = bench_command(COMMAND_EXCHANGE);
    return command != NULL && strstr(command->exchange.request->url, piece) != NULL;
}

static void a_page_and_its_cursor_go_to_the_cache_together(void)
{
    start("");
    ask();
    EXPECT(asks_with("limit=10") && !asks_with("cursor="), "from the beginning");
    answer(200, "{\"items\":[" UPSERT("SH-1") ",{\"op\":\"delete\",\"id\":\"SH-2\",\"rev\":\"3\"}],"
                                              "\"cursor\":\"c2\",\"more\":true}");
    const struct command *put = bench_command(COMMAND_CACHE_PUT);
    if (!EXPECT(put != NULL, "the page goes to the cache")) return;
    EXPECT_I64(2, put->cache.count, "both changes");
    EXPECT_BYTES(BYTES_LITERAL("c2"), put->cache.cursor, "with the cursor");
    EXPECT_BYTES(BYTES_LITERAL("WSH-1"), put->cache.items[0].keys[0], "found by what is scanned");
    EXPECT_I64(0, put->cache.items[1].document.len, "an order that is gone has no document");
    EXPECT_TEXT("", feed.cursor, "the cursor has not moved yet");
    kept(true);
    EXPECT_TEXT("c2", feed.cursor, "now it has");
    EXPECT_I64(step.now_ms, feed_deadline(&feed, &step), "the next page is wanted at once");
    ask();
    EXPECT(asks_with("cursor=c2"), "from there");
    answer(200, "{\"items\":[],\"cursor\":\"c3\",\"more\":false}");
    kept(true);
    EXPECT_I64(step.now_ms + 5000, feed_deadline(&feed, &step), "then it is asked now and then");
}

static void a_page_that_was_not_kept_is_asked_for_again(void)
{
    start("c1");
    ask();
    answer(200, "{\"items\":[" UPSERT("SH-1") "],\"cursor\":\"c2\",\"more\":true}");
    kept(false);
    EXPECT_TEXT("c1", feed.cursor, "the cursor stays");
    EXPECT(feed_deadline(&feed, &step) > step.now_ms, "after a pause");
    ask();
    EXPECT(asks_with("cursor=c1"), "the same page");
}

static void every_other_answer_waits(void)
{
    static const struct {
        int status;
        const char *body;
        bool failed;
        const char *promise;
    } rows[] = {
        {304, "", false, "nothing new"},
        {200, "<html></html>", true, "a page of something else"},
        {200, "{\"items\":[]}", true, "no cursor"},
        {200, "{\"items\":{}}", true, "no list"},
        {503, "", true, "down"},
        {401, "{\"error\":{\"code\":\"token\"}}", true, "refused"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        start("c1");
        ask();
        answer(rows[i].status, rows[i].body);
        EXPECT_I64(FEED_IDLE, feed.state, rows[i].promise);
        EXPECT_TEXT("c1", feed.cursor, "the cursor stays");
        EXPECT((feed.backoff.failures > 0) == rows[i].failed, rows[i].promise);
        EXPECT(feed_deadline(&feed, &step) > step.now_ms, "not at once");
        EXPECT(bench_command(COMMAND_CACHE_PUT) == NULL, "nothing goes to the cache");
    }
}

static void a_cursor_that_is_gone_begins_anew(void)
{
    start("c1");
    ask();
    answer(410, "{\"error\":{\"code\":\"cursor_gone\"}}");
    EXPECT(bench_command(COMMAND_CACHE_FORGET) != NULL, "the cache forgets");
    EXPECT_TEXT("", feed.cursor, "from the beginning");
    ask();
    EXPECT(!asks_with("cursor="), "asked without one");
}

static void items_that_break_the_contract_are_left_out(void)
{
    start("");
    ask();
    answer(200,
           "{\"items\":[" UPSERT(
               "SH-1") ",{\"op\":\"upsert\",\"shipment\":{\"id\":\"SH-9\","
                       "\"rev\":\"1\"}},{\"op\":\"what\"},7],\"cursor\":\"c2\",\"more\":false}");
    const struct command *put = bench_command(COMMAND_CACHE_PUT);
    EXPECT(put != NULL && put->cache.count == 1, "the good one is kept");
    EXPECT_I64(3, feed.refused, "the others are counted");
}

static void failures_are_spaced_wider(void)
{
    start("");
    int64_t longest_ms = 0;
    for (unsigned i = 0; i < 12; i++) {
        ask();
        struct event event = {.kind = EVENT_EXCHANGE};
        event.exchange.end = EXCHANGE_NOT_SENT;
        at(step.now_ms);
        feed_answer(&feed, &step, &event);
        longest_ms = feed_deadline(&feed, &step) - step.now_ms;
        EXPECT(longest_ms >= 500 && longest_ms <= 60000, "never at once, never more than a minute");
    }
    EXPECT(longest_ms >= 30000, "after many failures it has become rare");
    ask();
    at(feed_deadline(&feed, &step));
    feed_tick(&feed, &step);
    EXPECT(bench_command(COMMAND_EXCHANGE_CANCEL) != NULL, "an answer that never comes is ended");
    ask();
    answer(304, "");
    EXPECT_I64(0, feed.backoff.failures, "one good answer ends it");
}

static void a_request_that_cannot_be_said_ends_nothing(void)
{
    start("c1");
    memcpy(bench.secrets.oms_token, "two\nlines", sizeof "two\nlines");
    feed_tick(&feed, &step);
    feed_check(&feed);
    EXPECT_I64(FEED_IDLE, feed.state, "it waits");
    EXPECT(feed_deadline(&feed, &step) > step.now_ms, "and tries again");
}

static void new_settings_begin_anew(void)
{
    start("c1");
    ask();
    uint32_t ticket = feed.ticket;
    at(step.now_ms);
    feed_restart(&feed, &step, false);
    feed_check(&feed);
    enum owner owner;
    unsigned index = 0;
    EXPECT(!tickets_settle(&bench.tickets, ticket, &owner, &index), "no old answer comes through");
    EXPECT_TEXT("c1", feed.cursor, "the same order system goes on");
    EXPECT(bench_command(COMMAND_CACHE_FORGET) == NULL, "with its orders");
    ask();
    answer(200, "{\"items\":[],\"cursor\":\"c2\",\"more\":true}");
    at(step.now_ms);
    feed_restart(&feed, &step, true);
    feed_check(&feed);
    EXPECT_TEXT("", feed.cursor, "another one knows nothing of it");
    EXPECT(bench_command(COMMAND_CACHE_FORGET) != NULL, "nor of the orders");
    step.oms = NULL;
    feed_tick(&feed, &step);
    EXPECT_I64(FEED_IDLE, feed.state, "without an order system nothing is asked");
    EXPECT_I64(NO_DEADLINE, feed_deadline(&feed, &step), "or waited for");
}

/* The whole of one step: a page of the longest documents with all the texts they may have. */
static void the_largest_page_fits_the_commands_of_one_step(void)
{
    static char body[EXCHANGE_REPLY_MAX + 4096];
    static char keys[ORDER_KEYS_MAX * 200];
    struct textbuf text, key;
    textbuf_init(&key, keys, sizeof keys);
    for (unsigned i = 0; i < ORDER_KEYS_MAX; i++) {
        textbuf_format(&key, "%s{\"kind\":\"order\",\"value\":\"%0127u\"}", i > 0 ? "," : "", i);
    }
    textbuf_init(&text, body, sizeof body);
    textbuf_text(&text, "{\"items\":[");
    for (unsigned i = 0; i < OMS_PAGE_MAX; i++) {
        size_t before = text.len;
        textbuf_format(
            &text,
            "%s{\"op\":\"upsert\",\"shipment\":{\"id\":\"SH-%u\",\"rev\":\"1\",\"order_no\":"
            "\"W-%u\",\"scan_keys\":[%s],\"status\":\"ready\",\"packages_total\":1,"
            "\"payment\":{\"mode\":\"prepaid\"},\"booking\":{\"by\":\"station\"},"
            "\"ship_to\":{\"name\":\"A\",\"phone\":\"9000000001\",\"line1\":\"1 Road\","
            "\"city\":\"Pune\",\"state\":\"MH\",\"postcode\":\"411001\",\"country\":\"IN\"},"
            "\"lines\":[{\"line\":\"1\",\"sku\":\"M\",\"name\":\"Mug\",\"qty\":1}],\"x\":\"",
            i > 0 ? "," : "", i, i, keys);
        while (text.len - before < OMS_DOCUMENT_MAX - 64) textbuf_char(&text, 'x');
        textbuf_text(&text, "\"}}");
    }
    textbuf_text(&text, "],\"cursor\":\"c2\",\"more\":true}");
    EXPECT(textbuf_ok(&text) && text.len <= EXCHANGE_REPLY_MAX, "such a page comes in");
    EXPECT(json_scratch_size(EXCHANGE_REPLY_MAX) <= STATION_SCRATCH_SIZE, "and can be read");
    static _Alignas(16) uint8_t scratch[STATION_SCRATCH_SIZE];
    start("");
    ask();
    struct http_response response = {.status = 200,
                                     .content_type = BYTES_LITERAL("application/json"),
                                     .retry_after_s = -1,
                                     .body = textbuf_bytes(&text)};
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = EXCHANGE_ANSWERED;
    event.exchange.response = &response;
    at(step.now_ms);
    step.scratch = (struct scratch){scratch, sizeof scratch};
    feed_answer(&feed, &step, &event);
    const struct command *put = bench_command(COMMAND_CACHE_PUT);
    EXPECT(put != NULL && put->cache.count == OMS_PAGE_MAX, "every order is kept");
    /* What else the same step may need: a closing or an intent with its shipment and pool, and the
     * page. Other machines find no room and wait (step_has_room). */
    EXPECT(COMMAND_ARENA_SIZE - bench.commands.arena_used > 64u * 1024u, "with room to spare");
    EXPECT(!step_has_room(&step), "and nobody else begins anything in it");
}

/* Their orders are noted in the journal first; one that was cancelled while that was written is no
 * less cancelled. */
static void a_page_with_cancelled_orders_is_noted_first(void)
{
    start("c1");
    ask();
    answer(200,
           "{\"items\":[" UPSERT("1") "," CANCELLED("2") "],\"cursor\":\"c2\",\"more\":false}");
    EXPECT_I64(FEED_NOTING, feed.state, "the page waits");
    EXPECT(bench_command(COMMAND_CACHE_PUT) == NULL, "and is not kept");
    EXPECT_I64(1, (int64_t)feed.cancelled_count, "one is cancelled");
    EXPECT_TEXT("2", feed.cancelled[0], "this one");
    feed_stored(&feed, &step, noting + 1, ERR_NONE);
    EXPECT_I64(FEED_NOTING, feed.state, "another batch is not ours");
    feed_stored(&feed, &step, noting, ERR_NO_SPACE);
    ask();
    answer(200, "{\"items\":[" CANCELLED("2") "],\"cursor\":\"c2\",\"more\":false}");
    EXPECT_I64(FEED_NOTING, feed.state, "the disk was full: it is noted once more");
    feed_stored(&feed, &step, noting, ERR_NONE);
    ask();
    answer(200,
           "{\"items\":[" CANCELLED("2") "," CANCELLED("3") "],\"cursor\":\"c3\",\"more\":false}");
    EXPECT_I64(FEED_NOTING, feed.state, "it has grown meanwhile: the new one is noted too");
    feed_stored(&feed, &step, noting, ERR_NONE);
    ask();
    answer(200,
           "{\"items\":[" CANCELLED("2") "," CANCELLED("3") "],\"cursor\":\"c3\",\"more\":false}");
    EXPECT_I64(FEED_KEEPING, feed.state, "then it is kept");
    kept(true);
    EXPECT_TEXT("c3", feed.cursor, "and the cursor goes on");
}

static void the_age_of_the_orders_is_known(void)
{
    start("");
    EXPECT_I64(0, feed_stale_since(&feed, &step), "nobody knows after a start");
    ask();
    answer(304, "");
    int64_t at_wall_ms = step.wall_ms;
    at(step.now_ms + 30000);
    EXPECT_I64(0, feed_stale_since(&feed, &step), "half a minute is fresh");
    at(step.now_ms + 60000);
    EXPECT_I64(at_wall_ms, feed_stale_since(&feed, &step), "then it is said from when they are");
}

int main(void)
{
    EXPECT_RUN(a_page_and_its_cursor_go_to_the_cache_together);
    EXPECT_RUN(a_page_that_was_not_kept_is_asked_for_again);
    EXPECT_RUN(every_other_answer_waits);
    EXPECT_RUN(a_cursor_that_is_gone_begins_anew);
    EXPECT_RUN(items_that_break_the_contract_are_left_out);
    EXPECT_RUN(failures_are_spaced_wider);
    EXPECT_RUN(a_request_that_cannot_be_said_ends_nothing);
    EXPECT_RUN(a_page_with_cancelled_orders_is_noted_first);
    EXPECT_RUN(the_age_of_the_orders_is_known);
    EXPECT_RUN(new_settings_begin_anew);
    EXPECT_RUN(the_largest_page_fits_the_commands_of_one_step);
    return expect_result();
}
