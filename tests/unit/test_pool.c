/* Guards: an AWB number from the pool is given once, never before its time, and the disk knows what
 * is left in the very batch that takes it. */
#include "firmware/station/pool.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define DELHIVERY 1u /* its numbers have a minimum age */

static struct pool pool;
static struct step step;

static void at(int64_t now_ms)
{
    step = bench_step(now_ms);
}

static void give_blob(unsigned index, const char *lines)
{
    struct event event = {.kind = EVENT_BLOB};
    event.blob.found = lines != NULL;
    event.blob.bytes = bytes_of_text(lines != NULL ? lines : "");
    pool_step(&pool, &step, &event, index);
}

static void start(const char *lines)
{
    bench_init();
    bench.config.carriers[DELHIVERY].pool_low = 3;
    pool_init(&pool);
    at(1000);
    pool_start(&pool, &step);
    const struct command *read = bench_command(COMMAND_READ_BLOB);
    EXPECT(read != NULL && bytes_equal_text(read->read.key, "pool/delhivery"), "the blob is read");
    at(1000);
    give_blob(DELHIVERY, lines);
}

static void fetch(const char *body)
{
    struct http_response response = {.status = 200,
                                     .content_type = BYTES_LITERAL("application/json"),
                                     .retry_after_s = -1,
                                     .body = bytes_of_text(body)};
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = EXCHANGE_ANSWERED;
    event.exchange.response = &response;
    at(pool_deadline(&pool) > step.now_ms ? pool_deadline(&pool) : step.now_ms);
    pool_tick(&pool, &step);
    EXPECT(bench_command(COMMAND_EXCHANGE) != NULL, "numbers are asked for");
    EXPECT_I64(NO_DEADLINE, pool_deadline(&pool), "once");
    at(step.now_ms);
    pool_step(&pool, &step, &event, DELHIVERY);
}

static void a_number_is_given_once_and_the_rest_is_on_disk(void)
{
    char awb[SHIPMENT_AWB_SIZE], other[SHIPMENT_AWB_SIZE];
    start("28411000000001\n28411000000002\n28411000000003\n28411000000004\n");
    EXPECT_I64(NO_DEADLINE, pool_deadline(&pool), "enough are there");
    EXPECT(pool_take(&pool, &step, DELHIVERY, awb), "the first");
    EXPECT_TEXT("28411000000001", awb, "the oldest first");
    EXPECT_I64(1, bench.commands.batch.blob_count, "what is left goes into this batch");
    EXPECT_BYTES(BYTES_LITERAL("28411000000002\n28411000000003\n28411000000004\n"),
                 bench.commands.batch.blobs[0].data, "without the one that was taken");
    EXPECT(bench.commands.batch_ticket != 0, "which is stored");
    at(1001);
    EXPECT(pool_take(&pool, &step, DELHIVERY, other), "the second");
    EXPECT(strcmp(awb, other) != 0, "is another");
    EXPECT_I64(1001, pool_deadline(&pool), "few are left: more are fetched");
}

static void an_empty_pool_gives_none(void)
{
    char awb[SHIPMENT_AWB_SIZE] = "untouched";
    start(NULL);
    EXPECT(!pool_take(&pool, &step, DELHIVERY, awb), "there is none");
    EXPECT(!pool_take(&pool, &step, 0, awb), "nor at a courier without a pool in the settings");
    EXPECT_TEXT("untouched", awb, "nothing is given");
    EXPECT_I64(0, bench.commands.batch.blob_count, "nothing is stored");
}

static void new_numbers_wait_and_old_ones_do_not(void)
{
    char awb[SHIPMENT_AWB_SIZE];
    int64_t min_age_ms = (int64_t)step.carriers[DELHIVERY]->promises.pool_min_age_s * 1000;
    start("28411000000001\n28411000000002\n");
    fetch("\"28411000000002,28411000000011,28411000000012\"");
    int64_t fetched_ms = step.now_ms;
    EXPECT_BYTES(BYTES_LITERAL("28411000000001\n28411000000002\n28411000000011\n28411000000012\n"),
                 bench.commands.batch.blobs[0].data, "a number that came twice is there once");
    EXPECT(pool_take(&pool, &step, DELHIVERY, awb), "an old one at once");
    EXPECT(pool_take(&pool, &step, DELHIVERY, awb), "and the other");
    EXPECT(!pool_take(&pool, &step, DELHIVERY, awb), "a new one not yet");
    at(fetched_ms + min_age_ms - 1);
    EXPECT(!pool_take(&pool, &step, DELHIVERY, awb), "not a millisecond before");
    at(fetched_ms + min_age_ms);
    EXPECT(pool_take(&pool, &step, DELHIVERY, awb), "then it is");
    EXPECT_TEXT("28411000000011", awb, "in order");
}

static void a_fetch_that_fails_is_tried_again(void)
{
    start("");
    fetch("<html>no</html>");
    EXPECT(pool_deadline(&pool) > step.now_ms && pool_deadline(&pool) != NO_DEADLINE, "later");
    at(pool_deadline(&pool));
    pool_tick(&pool, &step);
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = EXCHANGE_NOT_SENT;
    pool_step(&pool, &step, &event, DELHIVERY);
    EXPECT(pool_deadline(&pool) > step.now_ms && pool_deadline(&pool) != NO_DEADLINE, "again");
    memcpy(bench.secrets.carriers[DELHIVERY], "two\nlines", sizeof "two\nlines");
    at(pool_deadline(&pool));
    pool_tick(&pool, &step);
    EXPECT(bench_command(COMMAND_EXCHANGE) == NULL, "what cannot be said is not sent");
    EXPECT(pool_deadline(&pool) > step.now_ms, "and waits");
}

static void a_pool_has_its_size(void)
{
    static char lines[(POOL_MAX + 9) * 16];
    struct textbuf text;
    textbuf_init(&text, lines, sizeof lines);
    for (unsigned i = 0; i < POOL_MAX + 9; i++) textbuf_format(&text, "28411%09u\n", i);
    start(lines);
    EXPECT_I64(POOL_MAX, pool.carriers[DELHIVERY].count, "more are not kept");
}

static void other_settings_forget_the_pool(void)
{
    start("28411000000001\n");
    at(pool_deadline(&pool));
    pool_tick(&pool, &step);
    uint32_t ticket = pool.carriers[DELHIVERY].ticket;
    pool_stop(&pool, &step);
    enum owner owner;
    unsigned index = 0;
    EXPECT(!tickets_settle(&bench.tickets, ticket, &owner, &index), "a late answer finds nobody");
    EXPECT_I64(0, pool.carriers[DELHIVERY].count, "numbers of another account are not ours");
}

int main(void)
{
    bench_init();
    at(0);
    EXPECT_RUN(a_number_is_given_once_and_the_rest_is_on_disk);
    EXPECT_RUN(an_empty_pool_gives_none);
    EXPECT_RUN(new_numbers_wait_and_old_ones_do_not);
    EXPECT_RUN(a_fetch_that_fails_is_tried_again);
    EXPECT_RUN(a_pool_has_its_size);
    EXPECT_RUN(other_settings_forget_the_pool);
    return expect_result();
}
