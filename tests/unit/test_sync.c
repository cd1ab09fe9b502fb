/* Guards: the order system hears every event in order, each under its number, until it has said
 * yes; a lost answer, a refused event or a broken one dams up nothing. */
#include "firmware/station/sync.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define ROWS 20u

static struct sync sync_;
static struct letters letters = {.loaded = true};
static struct step step;
static struct {
    char key[FACT_KEY_SIZE], subject[ORDER_ID_SIZE], body[FACT_BODY_SIZE];
    const char *kind;
} journal[ROWS]; /* row i has number i + 1 */
static size_t rows;

static void add_row(const char *kind, struct bytes key, struct bytes body)
{
    EXPECT(bytes_to_text(key, journal[rows].key, sizeof journal[rows].key) &&
               bytes_to_text(body, journal[rows].body, sizeof journal[rows].body),
           "the row fits");
    memcpy(journal[rows].subject, "SH-1", sizeof "SH-1");
    journal[rows++].kind = kind;
}

/* The n-th event, as the station writes it. */
static void add_event(void)
{
    struct parcel parcel = {.reference = "r-1",
                            .order_id = "SH-1",
                            .order_no = "WEB-1",
                            .package_no = 1,
                            .packages_total = 1,
                            .mass_mg = 742000};
    struct step writing = bench_step(1);
    fact_put_event(&writing, OMS_EVENT_PACKED, "packed", &parcel, "");
    const struct batch_fact *fact = &bench.commands.batch.facts[0];
    add_row("event", fact->key, fact->body);
}

static void at(int64_t now_ms)
{
    step = bench_step(now_ms);
}

static void start(unsigned events)
{
    bench_init();
    rows = 0;
    for (unsigned i = 0; i < events; i++) {
        add_row("closed", BYTES_LITERAL("closed/r"), BYTES_LITERAL("{}"));
        add_event();
    }
    sync_init(&sync_, 0);
    at(1000);
}

/* Answers the rows that are asked for; at most max of them. */
static void give_rows(size_t max)
{
    const struct command *read = bench_command(COMMAND_READ_ROWS);
    static struct event event;
    if (!EXPECT(read != NULL, "rows are asked for")) return;
    memset(&event, 0, sizeof event);
    event.kind = EVENT_ROWS;
    size_t i = (size_t)read->read.after_seq;
    for (; i < rows && event.rows.count < max; i++) {
        event.rows.rows[event.rows.count++] =
            (struct event_row){.seq = (int64_t)i + 1,
                               .at_ms = 1790000000000,
                               .key = bytes_of_text(journal[i].key),
                               .kind = bytes_of_text(journal[i].kind),
                               .subject = bytes_of_text(journal[i].subject),
                               .body = bytes_of_text(journal[i].body)};
    }
    event.rows.more = i < rows;
    at(step.now_ms);
    sync_answer(&sync_, &step, &letters, &event);
    sync_check(&sync_);
}

static void tick(void)
{
    at(step.now_ms);
    sync_tick(&sync_, &step);
    sync_check(&sync_);
}

/* From idle to a batch that is out. */
static void push(void)
{
    tick();
    give_rows(EVENT_ROWS_MAX);
    EXPECT_I64(SYNC_SENDING, sync_.state, "a batch is out");
}

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
    sync_answer(&sync_, &step, &letters, &event);
    sync_check(&sync_);
}

static void answer_end(enum exchange_end end)
{
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = end;
    at(step.now_ms);
    sync_answer(&sync_, &step, &letters, &event);
    sync_check(&sync_);
}

static void stored(enum err error)
{
    at(step.now_ms);
    sync_stored(&sync_, &step, sync_.ticket, error);
    sync_check(&sync_);
}

static bool cursor_moves_to(int64_t seq)
{
    const struct batch *batch = &bench.commands.batch;
    if (batch->cursor_count == 0) return false;
    const struct batch_cursor *last = &batch->cursors[batch->cursor_count - 1];
    return strcmp(last->name, "oms") == 0 && last->seq == seq;
}

/* A batch is stored in this step that moves this cursor too, or none (NULL). */
static void ride(const char *with, enum err error)
{
    uint32_t ticket = step_store(&step);
    if (with != NULL) commands_cursor(&bench.commands, with, 1);
    sync_ride(&sync_, &step);
    sync_stored(&sync_, &step, ticket, error);
    sync_check(&sync_);
}

static void events_go_in_order_and_the_cursor_follows_the_yes(void)
{
    start(3);
    push();
    EXPECT_I64(3, sync_.count, "three events in one batch");
    EXPECT(bench_command(COMMAND_EXCHANGE) != NULL, "to the order system");
    answer(200, "{\"acked_seq\":3,\"results\":[{\"seq\":1,\"result\":\"applied\"},"
                "{\"seq\":2,\"result\":\"duplicate\"},{\"seq\":3,\"result\":\"applied\"}]}");
    EXPECT_I64(6, sync_.cursor_seq, "the cursor goes to the third event's line");
    EXPECT_I64(0, bench.commands.batch_ticket, "without a flush of its own");
    EXPECT_I64(0, bench.commands.batch.fact_count, "a duplicate is no trouble");
    tick();
    give_rows(EVENT_ROWS_MAX);
    EXPECT_I64(SYNC_IDLE, sync_.state, "nothing is left");
    at(step.now_ms);
    ride(NULL, ERR_NONE);
    EXPECT_I64(0, bench.commands.batch.cursor_count, "it makes no other batch dearer");
    at(step.now_ms);
    ride("settled", ERR_NONE);
    EXPECT(cursor_moves_to(6), "it rides where a cursor moves");
    EXPECT_I64(NO_DEADLINE, sync_deadline(&sync_, &step), "then nothing is waited for");
    at(step.now_ms);
    ride("settled", ERR_NONE);
    EXPECT_I64(1, bench.commands.batch.cursor_count, "and it rides once");
    sync_wake(&sync_);
    EXPECT_I64(step.now_ms, sync_deadline(&sync_, &step), "until there is something new");
}

static void a_cursor_that_nothing_takes_along_goes_alone(void)
{
    start(1);
    push();
    answer(200, "{\"acked_seq\":1,\"results\":[]}");
    tick();
    give_rows(EVENT_ROWS_MAX);
    int64_t due_ms = sync_deadline(&sync_, &step);
    EXPECT(due_ms > step.now_ms && due_ms != NO_DEADLINE, "there is an end to the lag");
    at(due_ms);
    tick();
    EXPECT(bench.commands.batch_ticket != 0, "a batch for the cursor alone");
    ride(NULL, ERR_NO_SPACE);
    EXPECT(sync_deadline(&sync_, &step) > step.now_ms, "on a full disk it waits as long again");
    at(sync_deadline(&sync_, &step));
    tick();
    ride(NULL, ERR_NONE);
    EXPECT(cursor_moves_to(2), "and gets there");
    EXPECT_I64(NO_DEADLINE, sync_deadline(&sync_, &step), "then there is rest");
}

static void a_batch_has_its_size(void)
{
    start(0);
    for (unsigned i = 0; i < OMS_PUSH_MAX + 2; i++) add_event();
    push();
    EXPECT_I64(OMS_PUSH_MAX, sync_.count, "no more at once");
    answer(200, "{\"acked_seq\":16,\"results\":[]}");
    push();
    EXPECT_I64(2, sync_.count, "the rest at once");
    EXPECT_I64(17, (int64_t)sync_.events[0].seq, "beginning where the first ended");
}

static void no_answer_and_no_clear_answer_are_tried_again(void)
{
    static const struct {
        int status;
        const char *body;
        const char *promise;
    } rows_[] = {
        {200, "<html>login</html>", "a page is no answer"},
        {200, "{\"acked_seq\":0,\"results\":[]}", "nothing acknowledged"},
        {200, "{\"acked_seq\":99,\"results\":[]}", "more than was ever made"},
        {200, "{\"results\":[]}", "no number at all"},
        {200, "{\"epoch\":\"another\",\"acked_seq\":2}", "another life of the journal"},
        {409, "{\"error\":{\"code\":\"gap\"},\"acked_seq\":0}", "a gap before the first"},
        {503, "", "the order system is down"},
        {401, "{\"error\":{\"code\":\"token\"}}", "the token is refused"},
        {500, "oops", "it failed"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows_); i++) {
        start(2);
        push();
        answer(rows_[i].status, rows_[i].body);
        EXPECT_I64(SYNC_PAUSED, sync_.state, rows_[i].promise);
        EXPECT_I64(0, bench.commands.batch.cursor_count, rows_[i].promise);
        EXPECT(sync_deadline(&sync_, &step) > step.now_ms, "there is an end to the pause");
        at(sync_deadline(&sync_, &step));
        push();
        EXPECT_I64(1, (int64_t)sync_.events[0].seq, "the same events again");
        EXPECT_I64(i == 2, sync_.stopped, "numbers never made: another journal had them");
    }
    start(1);
    push();
    answer_end(EXCHANGE_MAYBE_SENT);
    EXPECT_I64(SYNC_PAUSED, sync_.state, "a lost answer: the same again");
    at(sync_deadline(&sync_, &step));
    push();
    at(sync_deadline(&sync_, &step));
    tick();
    EXPECT(bench_command(COMMAND_EXCHANGE_CANCEL) != NULL, "an answer that never comes is ended");
    EXPECT_I64(SYNC_PAUSED, sync_.state, "and sent again later");
}

static void a_line_that_is_back_is_used_at_once(void)
{
    start(1);
    push();
    answer_end(EXCHANGE_UNTRUSTED);
    EXPECT(sync_deadline(&sync_, &step) > step.now_ms, "the pause is a guess of ours");
    at(step.now_ms);
    sync_line_is_back(&sync_, &step);
    sync_check(&sync_);
    EXPECT_I64(step.now_ms, sync_deadline(&sync_, &step), "somebody was answered: it ends");
    push();
    answer(503, "");
    int64_t told_ms = sync_deadline(&sync_, &step);
    sync_line_is_back(&sync_, &step);
    EXPECT_I64(told_ms, sync_deadline(&sync_, &step), "a pause after an answer is kept");
}

static void a_part_that_was_taken_is_not_sent_again(void)
{
    start(3);
    push();
    answer(409, "{\"error\":{\"code\":\"gap\",\"details\":{\"acked_seq\":2}}}");
    EXPECT_I64(4, sync_.cursor_seq, "two are there");
    push();
    EXPECT_I64(1, sync_.count, "only the third");
    EXPECT_I64(3, (int64_t)sync_.events[0].seq, "goes once more");
}

static void what_is_refused_for_good_is_noted_and_passed(void)
{
    start(3);
    push();
    answer(200, "{\"acked_seq\":3,\"results\":[{\"seq\":1,\"result\":\"applied\"},"
                "{\"seq\":2,\"result\":\"conflict\",\"code\":\"cancelled\"},"
                "{\"seq\":3,\"result\":\"rejected\",\"code\":\"bad_field\"},"
                "{\"seq\":77,\"result\":\"rejected\"}]}");
    EXPECT_I64(2, bench.commands.batch.fact_count, "each is a fact");
    EXPECT_BYTES(BYTES_LITERAL("event_refused/0123456789abcdef/2"),
                 bench.commands.batch.facts[0].key, "under its number");
    EXPECT(cursor_moves_to(6), "and the rest is not kept waiting");
    EXPECT_I64(0, sync_.cursor_seq, "once the facts are durable");
    sync_stored(&sync_, &step, sync_.ticket + 1, ERR_NONE);
    EXPECT_I64(SYNC_MOVING, sync_.state, "another batch is not ours");
    stored(ERR_NO_SPACE);
    EXPECT_I64(SYNC_PAUSED, sync_.state, "the disk was full: they are not passed");
    at(sync_deadline(&sync_, &step));
    push();
    answer(200, "{\"acked_seq\":3,\"results\":[{\"seq\":2,\"result\":\"conflict\"}]}");
    stored(ERR_NONE);
    EXPECT_I64(6, sync_.cursor_seq, "now they are");
    EXPECT_I64(2, sync_.conflicts, "said twice, counted twice");
    EXPECT_I64(1, sync_.refused, "one refusal");
}

static void a_number_used_twice_stops_and_says_so(void)
{
    start(1);
    push();
    answer(422, "{\"error\":{\"code\":\"seq_reused\",\"message\":\"other content\"}}");
    EXPECT(sync_.stopped && sync_.state == SYNC_PAUSED, "a person must look");
    EXPECT(bench_command(COMMAND_LOG) != NULL, "and is told");
    EXPECT_I64(0, bench.commands.batch.cursor_count, "nothing is passed over");
    EXPECT(sync_deadline(&sync_, &step) - step.now_ms >= 3600000, "it is tried again in an hour");
    at(sync_deadline(&sync_, &step));
    push();
    answer(200, "{\"acked_seq\":1,\"results\":[]}");
    EXPECT(!sync_.stopped, "after their repair it goes on");
}

static void an_order_system_that_was_restored_gets_the_old_ones_again(void)
{
    start(4);
    sync_init(&sync_, 4); /* our cursor says that two are delivered */
    push();
    EXPECT_I64(3, (int64_t)sync_.events[0].seq, "the third is the next");
    answer(409, "{\"error\":{\"code\":\"gap\"},\"acked_seq\":1}");
    EXPECT_I64(SYNC_PAUSED, sync_.state, "they miss the second");
    at(sync_deadline(&sync_, &step));
    push();
    EXPECT_I64(3, sync_.count, "three");
    EXPECT_I64(2, (int64_t)sync_.events[0].seq, "from the second on");
    answer(200, "{\"acked_seq\":4,\"results\":[]}");
    EXPECT_I64(8, sync_.cursor_seq, "and all is delivered");

    start(4);
    push();
    answer(200, "{\"acked_seq\":2,\"results\":[]}"); /* the disk does not know it yet */
    push();
    answer(409, "{\"error\":{\"code\":\"gap\"},\"acked_seq\":0}");
    EXPECT_I64(0, sync_.cursor_seq, "read from the beginning");
    at(step.now_ms);
    ride("settled", ERR_NONE);
    EXPECT_I64(1, bench.commands.batch.cursor_count, "which is no place for the disk's cursor");
}

static void an_event_that_cannot_be_read_is_told_as_an_exception(void)
{
    start(3);
    memcpy(journal[3].body, "{\"seq\":", sizeof "{\"seq\":");
    push();
    EXPECT_I64(3, sync_.count, "no number is left out");
    EXPECT_I64(2, (int64_t)sync_.events[1].seq, "it has the number of its key");
    EXPECT_I64(OMS_EVENT_EXCEPTION, sync_.events[1].type, "as an exception");
    EXPECT_TEXT("SH-1", sync_.events[1].shipment_id, "of its order");
    EXPECT_I64(1, sync_.unreadable, "and it is counted");

    start(3);
    memcpy(journal[3].body, "{\"seq\":", sizeof "{\"seq\":");
    memcpy(journal[3].key, "event/x", sizeof "event/x");
    push();
    EXPECT_I64(1, sync_.count, "where even the number is lost, the batch ends before the gap");
    answer(200, "{\"acked_seq\":1,\"results\":[]}");
    push();
    EXPECT_I64(3, (int64_t)sync_.events[0].seq, "and the order system says what it thinks of it");
}

static void a_batch_that_cannot_be_said_waits(void)
{
    start(1);
    memcpy(bench.secrets.oms_token, "two\nlines", sizeof "two\nlines");
    tick();
    give_rows(EVENT_ROWS_MAX);
    EXPECT_I64(SYNC_PAUSED, sync_.state, "a token that no header holds does not end the station");
}

static void pages_without_an_event_are_passed_in_memory(void)
{
    start(0);
    for (unsigned i = 0; i < 10; i++)
        add_row("closed", BYTES_LITERAL("closed/r"), BYTES_LITERAL("{}"));
    add_event();
    tick();
    give_rows(4);
    EXPECT_I64(4, sync_.cursor_seq, "on with the next page");
    EXPECT_I64(0, bench.commands.batch.cursor_count, "without a write");
    give_rows(4);
    give_rows(4);
    EXPECT_I64(SYNC_SENDING, sync_.state, "until there is an event");
    EXPECT_I64(11, sync_.event_seqs[0], "in its line");
}

static void new_settings_begin_anew(void)
{
    static const enum sync_state states[] = {SYNC_IDLE, SYNC_READING, SYNC_SENDING, SYNC_PAUSED};
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        start(1);
        if (states[i] != SYNC_IDLE) tick();
        if (states[i] == SYNC_SENDING || states[i] == SYNC_PAUSED) give_rows(EVENT_ROWS_MAX);
        if (states[i] == SYNC_PAUSED) answer_end(EXCHANGE_NOT_SENT);
        EXPECT_I64(states[i], sync_.state, "in this state");
        uint32_t ticket = sync_.ticket;
        at(step.now_ms);
        sync_restart(&sync_, &step);
        sync_check(&sync_);
        EXPECT_I64(SYNC_IDLE, sync_.state, "the settings change");
        enum owner owner;
        unsigned index = 0;
        EXPECT(ticket == 0 || !tickets_settle(&bench.tickets, ticket, &owner, &index),
               "and no old answer comes through");
    }
    start(1);
    push();
    answer(200, "{\"acked_seq\":1,\"results\":[{\"seq\":1,\"result\":\"rejected\"}]}");
    sync_restart(&sync_, &step);
    EXPECT_I64(SYNC_MOVING, sync_.state, "what the disk is doing is left to the disk");
    start(1);
    step.oms = NULL;
    sync_tick(&sync_, &step);
    EXPECT_I64(SYNC_IDLE, sync_.state, "without an order system nothing is read");
    EXPECT_I64(NO_DEADLINE, sync_deadline(&sync_, &step), "or waited for");
}

/* A batch that is refused whole is halved until the event that is to blame goes alone; an exception
 * goes in its place, it becomes a dead letter, and all others are told. */
static void one_bad_event_is_found_among_many(void)
{
    unsigned rounds = 0;
    letters = (struct letters){.loaded = true};
    start(8);
    while (sync_.acked < 8 && ++rounds < 20) {
        char body[80];
        bool bad = false;
        push();
        for (size_t i = 0; i < sync_.count; i++)
            bad |= sync_.events[i].seq == 6 && sync_.events[i].type != OMS_EVENT_EXCEPTION;
        if (bad) {
            answer(413, "{\"error\":{\"code\":\"too_large\"}}");
            continue;
        }
        snprintf(body, sizeof body, "{\"acked_seq\":%llu,\"results\":[]}",
                 (unsigned long long)sync_.events[sync_.count - 1].seq);
        answer(200, body);
        if (sync_.state == SYNC_MOVING) stored(ERR_NONE);
    }
    EXPECT(sync_.acked == 8 && rounds < 12, "all are told, soon");
    EXPECT_I64(1, (int64_t)letters.count, "one is a dead letter");
    EXPECT_I64(6, (int64_t)letters.list[0].event_seq, "the bad one");
    EXPECT_TEXT("too_large", letters.list[0].code, "with the reason");
    EXPECT_TEXT("packed", letters.list[0].type, "as what it was");
    EXPECT_I64(1, sync_.refused, "said once");
    EXPECT(!sync_.stopped, "nothing stands still");
}

/* The order system fails at one event for an hour and answers everything else meanwhile. */
static void an_event_at_which_they_always_fail_is_to_blame(void)
{
    letters = (struct letters){.loaded = true};
    start(1);
    for (unsigned i = 0; i < 12; i++) {
        push();
        EXPECT_I64(OMS_EVENT_PACKED, sync_.events[0].type, "it is tried as it is");
        answer(500, "<html>oops</html>"); /* nobody else is answered either: they are down */
        at(sync_deadline(&sync_, &step));
    }
    for (unsigned i = 0; i < 12; i++) {
        sync_.others_answered++;
        push();
        EXPECT_I64(OMS_EVENT_PACKED, sync_.events[0].type, "still as it is");
        answer(500, "<html>oops</html>");
        at(sync_deadline(&sync_, &step));
    }
    push();
    EXPECT_I64(OMS_EVENT_EXCEPTION, sync_.events[0].type, "an exception in its place");
    EXPECT_I64(1, (int64_t)sync_.events[0].seq, "under its number");
    answer(200, "{\"acked_seq\":1,\"results\":[]}");
    EXPECT_I64(1, (int64_t)letters.count, "it is a dead letter");
    stored(ERR_NO_SPACE);
    EXPECT(sync_.replaced.seq == 1, "which is not forgotten when the disk is full");
    at(sync_deadline(&sync_, &step));
    push();
    answer(200, "{\"acked_seq\":1,\"results\":[{\"seq\":1,\"result\":\"duplicate\"}]}");
    stored(ERR_NONE);
    EXPECT_I64(2, sync_.cursor_seq, "then it goes on");
    EXPECT_I64(1, (int64_t)letters.count, "and it is one letter still");
}

int main(void)
{
    EXPECT_RUN(events_go_in_order_and_the_cursor_follows_the_yes);
    EXPECT_RUN(a_cursor_that_nothing_takes_along_goes_alone);
    EXPECT_RUN(a_batch_has_its_size);
    EXPECT_RUN(no_answer_and_no_clear_answer_are_tried_again);
    EXPECT_RUN(a_line_that_is_back_is_used_at_once);
    EXPECT_RUN(a_part_that_was_taken_is_not_sent_again);
    EXPECT_RUN(what_is_refused_for_good_is_noted_and_passed);
    EXPECT_RUN(a_number_used_twice_stops_and_says_so);
    EXPECT_RUN(an_order_system_that_was_restored_gets_the_old_ones_again);
    EXPECT_RUN(an_event_that_cannot_be_read_is_told_as_an_exception);
    EXPECT_RUN(one_bad_event_is_found_among_many);
    EXPECT_RUN(an_event_at_which_they_always_fail_is_to_blame);
    EXPECT_RUN(a_batch_that_cannot_be_said_waits);
    EXPECT_RUN(pages_without_an_event_are_passed_in_memory);
    EXPECT_RUN(new_settings_begin_anew);
    return expect_result();
}
