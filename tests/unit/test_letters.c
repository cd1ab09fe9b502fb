/* Guards: what the order system has refused for good waits for a person, over a start too, and goes
 * out again, goes out about another order, or is dropped with a name; not twice, nor by itself. */
#include "firmware/station/letters.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

static struct letters letters;
static struct step step;

static struct oms_event sample(uint64_t seq)
{
    struct oms_event event = {.seq = seq, .type = OMS_EVENT_BOOKED, .cost_minor = -1};
    memcpy(event.shipment_id, "SH-1", sizeof "SH-1");
    memcpy(event.order_no, "WEB-1", sizeof "WEB-1");
    memcpy(event.status, "booked", sizeof "booked");
    memcpy(event.awb, "SBX000000001", sizeof "SBX000000001");
    memcpy(event.id, "01234567-7", sizeof "01234567-7");
    return event;
}

static void at(int64_t now_ms)
{
    step = bench_step(now_ms);
}

static void load(const char *text)
{
    struct event event = {.kind = EVENT_BLOB};
    event.blob.found = text != NULL;
    event.blob.bytes = text == NULL ? BYTES_NONE : bytes_of_text(text);
    letters_init(&letters);
    at(1000);
    letters_start(&letters, &step);
    letters_answer(&letters, &step, &event);
    letters_check(&letters);
}

static void start(void)
{
    struct oms_event event = sample(7);
    bench_init();
    bench.next_event_seq = 20;
    load(NULL);
    EXPECT(letters_add(&letters, &event, "unknown_shipment"), "there is room");
    at(2000);
}

static void press(enum press word, const char *text, bool wanted, const char *promise)
{
    at(step.now_ms);
    EXPECT_I64(wanted, letters_press(&letters, &step, word, text), promise);
    letters_check(&letters);
}

/* The journal's answer: the event as it was stored, after a fact of another kind. */
static void give_rows(bool with_event)
{
    static struct event event;
    static char body[FACT_BODY_SIZE];
    struct textbuf text;
    struct json_writer json;
    struct oms_event stored = sample(7);
    const struct command *read = bench_command(COMMAND_READ_SUBJECT);
    if (!EXPECT(read != NULL, "the journal is asked")) return;
    EXPECT_BYTES(BYTES_LITERAL("SH-1"), read->read.key, "for the order's facts");
    textbuf_init(&text, body, sizeof body);
    json_write_init(&json, &text);
    oms_event_write(&json, &stored);
    memset(&event, 0, sizeof event);
    event.kind = EVENT_ROWS;
    event.rows.rows[event.rows.count++] = (struct event_row){.seq = 1,
                                                             .key = BYTES_LITERAL("closed/r"),
                                                             .kind = BYTES_LITERAL("closed")};
    if (with_event) {
        event.rows.rows[event.rows.count++] =
            (struct event_row){.seq = 2,
                               .key = BYTES_LITERAL("event/0123456789abcdef/7"),
                               .kind = BYTES_LITERAL("event"),
                               .body = textbuf_bytes(&text)};
    }
    at(step.now_ms);
    letters_answer(&letters, &step, &event);
    letters_check(&letters);
}

static struct oms_event sent(void)
{
    struct oms_event event = {0};
    EXPECT(bench.commands.batch.fact_count > 0 &&
               fact_parse_event(bench.commands.batch.facts[0].body, step.scratch, &event),
           "an event is stored");
    return event;
}

static void it_goes_out_again_under_a_new_number(void)
{
    start();
    press(PRESS_LETTER_AGAIN, "7", true, "again, please");
    give_rows(true);
    EXPECT_I64(20, (int64_t)sent().seq, "a number that was never used");
    EXPECT_TEXT("SBX000000001", sent().awb, "with the same content");
    EXPECT_TEXT("SH-1", sent().shipment_id, "about the same order");
    EXPECT_BYTES(BYTES_LITERAL("event_again/0123456789abcdef/7"), bench.commands.batch.facts[1].key,
                 "which is a fact");
    letters_stored(&letters, &step, letters.ticket, ERR_NONE);
    EXPECT_I64(0, (int64_t)letters.count, "it is off the list");
    press(PRESS_LETTER_AGAIN, "7", false, "and cannot go a third time");
}

static void it_may_be_about_another_order(void)
{
    start();
    press(PRESS_LETTER_AGAIN, " 7  SH-99 ", true, "it was imported anew");
    give_rows(true);
    EXPECT_TEXT("SH-99", sent().shipment_id, "under that order's id");
}

static void it_is_dropped_with_a_name(void)
{
    start();
    press(PRESS_LETTER_DROP, "7", false, "nobody drops it without a name");
    press(PRESS_LETTER_DROP, "8 Lead of shift 2", false, "nor one that is not there");
    press(PRESS_LETTER_DROP, "x y", false, "nor without a number");
    press(PRESS_LETTER_DROP, "7 Lead of shift 2", true, "the lead may");
    EXPECT_BYTES(BYTES_LITERAL("event_dropped/0123456789abcdef/7"),
                 bench.commands.batch.facts[0].key, "which is a fact");
    EXPECT(bytes_find(bench.commands.batch.facts[0].body, BYTES_LITERAL("Lead of shift 2")) <
               bench.commands.batch.facts[0].body.len,
           "with the name");
    letters_stored(&letters, &step, letters.ticket, ERR_NONE);
    EXPECT_I64(0, (int64_t)letters.count, "it is off the list");
}

static void a_full_disk_changes_nothing(void)
{
    start();
    press(PRESS_LETTER_DROP, "7 Lead", true, "dropped");
    press(PRESS_LETTER_AGAIN, "7", false, "one decision at a time");
    letters_stored(&letters, &step, letters.ticket + 1, ERR_NO_SPACE);
    EXPECT_I64(LETTERS_STORING, letters.state, "another batch is not ours");
    letters_stored(&letters, &step, letters.ticket, ERR_NO_SPACE);
    EXPECT_I64(1, (int64_t)letters.count, "it is still there");
    press(PRESS_LETTER_DROP, "7 Lead", true, "and may be tried again");
}

static void one_whose_event_is_lost_stays(void)
{
    start();
    press(PRESS_LETTER_AGAIN, "7", true, "again");
    give_rows(false);
    EXPECT_I64(1, (int64_t)letters.count, "it stays on the list");
    EXPECT_I64(LETTERS_IDLE, letters.state, "and others may be seen to");
    EXPECT(bench_command(COMMAND_LOG) != NULL, "with a word why");
}

static void the_list_outlives_a_start(void)
{
    char copy[LETTERS_MAX * 64];
    start();
    struct oms_event odd = sample(9);
    memcpy(odd.order_no, "A\tB\nC", sizeof "A\tB\nC");
    EXPECT(letters_add(&letters, &odd, "") && letters_add(&letters, &odd, "again"), "it is there");
    EXPECT_I64(2, (int64_t)letters.count, "each once");
    (void)letters_store(&letters, &step);
    EXPECT(bytes_to_text(bench.commands.batch.blobs[0].data, copy, sizeof copy), "it is stored");
    load(copy);
    EXPECT_I64(2, (int64_t)letters.count, "both come back");
    EXPECT_TEXT("A B C", letters.list[1].order_no, "a tab is no border");
    EXPECT_TEXT("unknown_shipment", letters.list[0].code, "with the reason");
    load("rubbish\n12\tSH-1\n\n7\tSH-1\tWEB-1\tbooked\tcode\n");
    EXPECT_I64(1, (int64_t)letters.count, "what cannot be read is left out");
}

static void the_list_has_an_end(void)
{
    start();
    for (uint64_t seq = 100; letters.count < LETTERS_MAX; seq++) {
        struct oms_event event = sample(seq);
        EXPECT(letters_add(&letters, &event, "code"), "there is room");
    }
    struct oms_event event = sample(9999);
    EXPECT(!letters_add(&letters, &event, "code"), "then there is none, and it says so");
    (void)letters_store(&letters, &step); /* the longest list fits */
}

int main(void)
{
    EXPECT_RUN(it_goes_out_again_under_a_new_number);
    EXPECT_RUN(it_may_be_about_another_order);
    EXPECT_RUN(it_is_dropped_with_a_name);
    EXPECT_RUN(a_full_disk_changes_nothing);
    EXPECT_RUN(one_whose_event_is_lost_stays);
    EXPECT_RUN(the_list_outlives_a_start);
    EXPECT_RUN(the_list_has_an_end);
    return expect_result();
}
