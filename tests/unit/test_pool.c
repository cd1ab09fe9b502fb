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

/* What the disk has: head and batches, by key. */
#define DISK_BLOBS 160u
static struct {
    char key[80], text[8192];
} disk[DISK_BLOBS];
static size_t blobs;

static void put(struct bytes key, struct bytes data)
{
    size_t i = 0;
    while (i < blobs && !bytes_equal_text(key, disk[i].key)) i++;
    ENSURE(i < DISK_BLOBS);
    if (i == blobs) blobs++;
    ENSURE(bytes_to_text(key, disk[i].key, sizeof disk[i].key));
    ENSURE(bytes_to_text(data, disk[i].text, sizeof disk[i].text)); /* empty: deleted */
}

static const char *blob(const char *key)
{
    for (size_t i = 0; i < blobs; i++) {
        if (strcmp(disk[i].key, key) == 0) return disk[i].text;
    }
    return "";
}

/* The batch of this step, if there is one, comes to its end. */
static void settle_batch(enum err error)
{
    uint32_t ticket = bench.commands.batch_ticket;
    struct batch batch = bench.commands.batch;
    if (ticket == 0) return;
    for (size_t i = 0; i < batch.blob_count && error == ERR_NONE; i++)
        put(batch.blobs[i].key, batch.blobs[i].data);
    pool_stored(&pool, &step, ticket, error);
    at(step.now_ms);
}

/* Blobs are asked for one after the other until the lists are loaded. */
static void load(void)
{
    at(1000);
    pool_init(&pool);
    pool_start(&pool, &step);
    for (unsigned turn = 0; turn < DISK_BLOBS; turn++) {
        const struct command *read = bench_command(COMMAND_READ_BLOB);
        if (read == NULL) return;
        char key[80];
        ENSURE(bytes_to_text(read->read.key, key, sizeof key));
        struct event event = {.kind = EVENT_BLOB};
        event.blob.bytes = bytes_of_text(blob(key));
        event.blob.found = event.blob.bytes.len > 0;
        at(step.now_ms);
        pool_step(&pool, &step, &event, DELHIVERY);
    }
}

static void start(void)
{
    bench_init();
    bench.config.carriers[DELHIVERY].pool_low = 3;
    bench.config.carriers[DELHIVERY].pool_level = 3;
    blobs = 0;
}

static void start_with(const char *head, const char *batch_key, const char *lines)
{
    start();
    put(BYTES_LITERAL("pool/delhivery"), bytes_of_text(head));
    put(bytes_of_text(batch_key), bytes_of_text(lines));
    load();
}

static bool take(char awb[SHIPMENT_AWB_SIZE])
{
    return pool_take(&pool, &step, DELHIVERY, PAYMENT_PREPAID, awb);
}

static void give_answer(const char *body)
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

#define FOUR "0\n28411000000001\n28411000000002\n28411000000003\n28411000000004\n"

static void age(void) /* past the minimum age of what has just been loaded or fetched */
{
    at(step.now_ms + (int64_t)step.carriers[DELHIVERY]->promises.pool_min_age_s * 1000);
}

static void a_number_is_given_once_and_the_disk_knows_it_in_the_same_batch(void)
{
    char awb[SHIPMENT_AWB_SIZE], other[SHIPMENT_AWB_SIZE];
    start_with("7 0 8\n", "pool/delhivery/7", FOUR);
    age();
    EXPECT_I64(NO_DEADLINE, pool_deadline(&pool), "enough are there");
    EXPECT(take(awb), "the first");
    EXPECT_TEXT("28411000000001", awb, "the oldest first");
    EXPECT_I64(1, bench.commands.batch.blob_count, "a word about it goes into this batch");
    EXPECT_BYTES(BYTES_LITERAL("7 1 8\n"), bench.commands.batch.blobs[0].data, "one is used");
    settle_batch(ERR_NONE);
    EXPECT(take(other), "the second");
    EXPECT(strcmp(awb, other) != 0, "is another");
    EXPECT_I64(step.now_ms, pool_deadline(&pool), "few are left: more are fetched");
    settle_batch(ERR_NONE);
    load(); /* the power went */
    age();
    EXPECT(take(awb), "after a start");
    EXPECT_TEXT("28411000000003", awb, "it goes on where it was");
}

static void a_number_whose_parcel_was_not_stored_comes_back(void)
{
    char awb[SHIPMENT_AWB_SIZE];
    start_with("7 2 8\n", "pool/delhivery/7", FOUR);
    age();
    EXPECT(take(awb), "the third");
    settle_batch(ERR_NO_SPACE);
    EXPECT(take(awb), "nothing was sent under it");
    EXPECT_TEXT("28411000000003", awb, "so it is given again");
    settle_batch(ERR_NONE);
    EXPECT(take(awb), "the last of its batch");
    EXPECT_I64(2, bench.commands.batch.blob_count, "whose blob goes");
    settle_batch(ERR_NO_SPACE);
    EXPECT(take(awb), "if it is stored");
    EXPECT_TEXT("28411000000004", awb, "and else is there");
    settle_batch(ERR_NONE);
    EXPECT_TEXT("", blob("pool/delhivery/7"), "used up");
    EXPECT_TEXT("8 0 8\n", blob("pool/delhivery"), "and the next batch is the first");
    EXPECT(!take(awb), "nothing is left");
}

static void an_empty_pool_gives_none(void)
{
    char awb[SHIPMENT_AWB_SIZE] = "untouched";
    start();
    load();
    EXPECT(!take(awb), "there is none");
    EXPECT(!pool_take(&pool, &step, 0, PAYMENT_PREPAID, awb),
           "nor at a courier without a pool in the settings");
    EXPECT_TEXT("untouched", awb, "nothing is given");
    EXPECT_I64(0, bench.commands.batch.blob_count, "nothing is stored");
}

static void new_numbers_wait_and_old_ones_do_not(void)
{
    char awb[SHIPMENT_AWB_SIZE];
    start_with("7 2 8\n", "pool/delhivery/7", FOUR);
    age();
    give_answer("\"28411000000004,28411000000011,28411000000012\"");
    int64_t fetched_ms = step.now_ms;
    int64_t min_age_ms = (int64_t)step.carriers[DELHIVERY]->promises.pool_min_age_s * 1000;
    settle_batch(ERR_NONE);
    EXPECT(strstr(blob("pool/delhivery/8"), "\n28411000000011\n28411000000012\n") != NULL,
           "a batch of its own on disk");
    EXPECT(strstr(blob("pool/delhivery/8"), "28411000000004") == NULL,
           "a number that came twice is there once");
    EXPECT(take(awb), "an old one at once");
    settle_batch(ERR_NONE);
    EXPECT(take(awb), "and the other");
    settle_batch(ERR_NONE);
    EXPECT(!take(awb), "a new one not yet");
    at(fetched_ms + min_age_ms - 1);
    EXPECT(!take(awb), "not a millisecond before");
    at(fetched_ms + min_age_ms);
    EXPECT(take(awb), "then it is");
    EXPECT_TEXT("28411000000011", awb, "in order");
}

static void fetched_numbers_that_are_not_stored_are_nobodys(void)
{
    char awb[SHIPMENT_AWB_SIZE];
    start();
    load();
    give_answer("\"28411000000011,28411000000012\"");
    settle_batch(ERR_NO_SPACE);
    age();
    EXPECT(!take(awb), "they are not given");
    EXPECT(pool_deadline(&pool) != NO_DEADLINE, "and asked for again");
}

static void the_pool_fills_to_its_level_from_its_low_mark(void)
{
    start();
    bench.config.carriers[DELHIVERY].pool_level = 5;
    load();
    give_answer("\"28411000000011,28411000000012,28411000000013,28411000000014\"");
    settle_batch(ERR_NONE);
    EXPECT(pool_deadline(&pool) <= step.now_ms, "above the low mark, below the level: go on");
    give_answer("\"28411000000015\"");
    settle_batch(ERR_NONE);
    EXPECT_I64(5, (int64_t)pool_count(&pool, DELHIVERY), "five");
    EXPECT_I64(NO_DEADLINE, pool_deadline(&pool), "are enough");
}

static void a_fetch_that_fails_is_tried_again(void)
{
    start();
    load();
    give_answer("<html>no</html>");
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

static void a_shift_of_numbers_is_kept_and_no_more(void)
{
    char text[32];
    start();
    bench.config.carriers[DELHIVERY].pool_level = POOL_MAX + 100;
    load();
    for (unsigned fetch = 0; pool_deadline(&pool) != NO_DEADLINE && fetch < 200; fetch++) {
        static char body[4000];
        struct textbuf numbers;
        textbuf_init(&numbers, body, sizeof body);
        textbuf_char(&numbers, '"');
        for (unsigned i = 0; i < 100; i++)
            textbuf_format(&numbers, "%s28411%09u", i > 0 ? "," : "", fetch * 100 + i);
        textbuf_char(&numbers, '"');
        give_answer(body);
        settle_batch(ERR_NONE);
    }
    EXPECT(pool_count(&pool, DELHIVERY) > POOL_MAX - 100, "as many as there is room for");
    size_t count = pool_count(&pool, DELHIVERY);
    load();
    EXPECT_I64((int64_t)count, (int64_t)pool_count(&pool, DELHIVERY), "a start finds them all");
    snprintf(text, sizeof text, "%s", pool.lists[DELHIVERY].awbs[count - 1]);
    EXPECT(text[0] != '\0', "to the last");
}

static void other_settings_forget_the_pool(void)
{
    start_with("7 3 8\n", "pool/delhivery/7", FOUR);
    at(pool_deadline(&pool));
    pool_tick(&pool, &step);
    uint32_t ticket = pool.lists[DELHIVERY].ticket;
    EXPECT(ticket != 0, "numbers are on their way");
    pool_stop(&pool, &step);
    enum owner owner;
    unsigned index = 0;
    EXPECT(!tickets_settle(&bench.tickets, ticket, &owner, &index), "a late answer finds nobody");
    EXPECT_I64(0, (int64_t)pool_count(&pool, DELHIVERY), "numbers of another account are not ours");
}

static void numbers_of_a_dead_box_are_taken_over(void)
{
    start_with("7 0 8\n", "pool/delhivery/7", FOUR);
    EXPECT(!pool_take_over(&pool, &step, "nobody 28411000000009"), "not of a stranger");
    EXPECT(!pool_take_over(&pool, &step, "delhivery 28411000000003"), "not one that is here");
    EXPECT(!pool_take_over(&pool, &step, "delhivery"), "not none");
    EXPECT(pool_take_over(&pool, &step,
                          " delhivery 28411000000009 28411000000003  284110000000098"),
           "two are new");
    EXPECT_I64(6, (int64_t)pool_count(&pool, DELHIVERY), "and are here now");
    EXPECT(!pool_take_over(&pool, &step, "delhivery 28411000000010"), "one word at a time");
    settle_batch(ERR_NO_SPACE);
    EXPECT_I64(4, (int64_t)pool_count(&pool, DELHIVERY), "a full disk takes none");
    EXPECT(pool_take_over(&pool, &step, "delhivery 28411000000009"), "once more");
    settle_batch(ERR_NONE);
    load(); /* the power went */
    EXPECT_I64(5, (int64_t)pool_count(&pool, DELHIVERY), "it is still here");
}

static void a_spoilt_pool_is_an_empty_one(void)
{
    char awb[SHIPMENT_AWB_SIZE];
    start_with("seven x\n", "pool/delhivery/7", FOUR);
    age();
    EXPECT(!take(awb), "nothing is guessed");
    EXPECT(pool_deadline(&pool) != NO_DEADLINE, "new ones are asked for");
    start_with("7 1 9\n", "pool/delhivery/8", FOUR);
    age();
    EXPECT(take(awb), "a batch that is gone keeps nobody from the next");
    EXPECT_TEXT("28411000000001", awb, "which begins at its first number");
}

int main(void)
{
    bench_init();
    at(0);
    EXPECT_RUN(a_number_is_given_once_and_the_disk_knows_it_in_the_same_batch);
    EXPECT_RUN(a_number_whose_parcel_was_not_stored_comes_back);
    EXPECT_RUN(an_empty_pool_gives_none);
    EXPECT_RUN(new_numbers_wait_and_old_ones_do_not);
    EXPECT_RUN(fetched_numbers_that_are_not_stored_are_nobodys);
    EXPECT_RUN(the_pool_fills_to_its_level_from_its_low_mark);
    EXPECT_RUN(a_fetch_that_fails_is_tried_again);
    EXPECT_RUN(a_shift_of_numbers_is_kept_and_no_more);
    EXPECT_RUN(other_settings_forget_the_pool);
    EXPECT_RUN(numbers_of_a_dead_box_are_taken_over);
    EXPECT_RUN(a_spoilt_pool_is_an_empty_one);
    return expect_result();
}
