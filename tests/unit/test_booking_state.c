/* Guards: what a booking allows in each state. A label is printed ahead only with an AWB that was
 * chosen and stored, a slot is given up only when nothing is awaited, "unsent" is said only when it
 * is proven; and what the backlog takes up again sends nothing before that is on disk. */
#include "tests/support/booking_bench.h"

/* SENDING, with a number from the pool in the intent. */
static void send_with_number(void)
{
    struct parcel chosen = parcel;
    memcpy(chosen.awb, "AWB000001", sizeof "AWB000001");
    start(ASKABLE);
    fake.carrier.promises.pool = true;
    booking_begin(&booking, &step, 0, &chosen, &shipment);
    at(1000);
    EXPECT(!booking_may_print_ahead(&booking, &step), "not before the intent is durable");
    store(ERR_NONE);
}

static void a_label_is_printed_ahead_while_there_is_no_answer(void)
{
    send_with_number();
    EXPECT(booking_may_print_ahead(&booking, &step), "the request is out");
    answer_end(EXCHANGE_NOT_SENT);
    expect_state(BOOKING_RESENDING, "it did not leave");
    EXPECT(booking_may_print_ahead(&booking, &step), "nor did it get an answer");
    wait_over();
    answer_end(EXCHANGE_MAYBE_SENT);
    expect_state(BOOKING_SETTLING, "it may have");
    EXPECT(booking_may_print_ahead(&booking, &step), "the number is the same either way");
    wait_over();
    expect_state(BOOKING_ASKING, "it is asked about");
    EXPECT(booking_may_print_ahead(&booking, &step), "still no answer");
    answer(CARRIER_REJECT, REASON_CREDENTIALS);
    wait_over();
    answer(CARRIER_OK, REASON_NONE);
    expect_state(BOOKING_STORING, "a yes");
    EXPECT(!booking_may_print_ahead(&booking, &step), "is not ahead of anything");
}

static void no_label_is_printed_ahead_of_a_no_or_without_a_promise(void)
{
    send_with_number();
    memcpy(fake.next.verify_absent, "R", sizeof "R");
    answer(CARRIER_REJECT, REASON_OTHER);
    expect_state(BOOKING_SETTLING, "a no in doubt");
    EXPECT(!booking_may_print_ahead(&booking, &step), "is a no until the courier is asked");
    send_with_number();
    fake.carrier.promises.pool = false;
    EXPECT(!booking_may_print_ahead(&booking, &step), "a courier that does not keep to the number");
    send_with_number();
    fake.carrier.promises.label_self_drawn = false;
    EXPECT(!booking_may_print_ahead(&booking, &step), "one whose label only it can make");
    send_first(ASKABLE);
    fake.carrier.promises.pool = true;
    EXPECT(!booking_may_print_ahead(&booking, &step), "no number lay on the box");
}

/* booking_is_unsent() and booking_is_paused(), by state. */
static void expect_rest(bool unsent, bool paused, const char *promise)
{
    EXPECT(booking_is_unsent(&booking) == unsent, promise);
    EXPECT(booking_is_paused(&booking) == paused, promise);
}

static void unsent_and_paused_are_said_only_when_they_are_so(void)
{
    start(KEY);
    expect_rest(false, false, "nothing is there");
    booking_begin(&booking, &step, 0, &parcel, &shipment);
    expect_rest(false, false, "the disk is awaited");
    at(1000);
    store(ERR_NONE);
    expect_rest(false, false, "a request is out");
    answer_end(EXCHANGE_NOT_SENT);
    expect_rest(true, true, "not a byte has left the box");
    wait_over();
    answer_end(EXCHANGE_MAYBE_SENT);
    expect_state(BOOKING_RESENDING, "the same key again");
    expect_rest(false, true, "one may have left: never unsent again");
    wait_over();
    answer_end(EXCHANGE_NOT_SENT);
    expect_rest(false, true, "not by a later one that did not leave");
    wait_over();
    answer(CARRIER_REJECT, REASON_OTHER);
    expect_state(BOOKING_SETTLING, "a no after it");
    expect_rest(false, true, "the window may be waited for elsewhere");
    wait_over();
    expect_rest(false, false, "a look-up is out");
    answer(CARRIER_OK, REASON_NONE);
    store(ERR_NO_SPACE);
    expect_state(BOOKING_STORING, "the yes waits for space");
    expect_rest(false, false, "it is only here: the slot is kept");
}

static void a_parked_slot_is_free(void)
{
    send_first(KEY);
    answer_end(EXCHANGE_NOT_SENT);
    booking_set_aside(&booking, true);
    booking.queued = true; /* its ASIDE fact is on disk */
    booking_park(&booking);
    check();
    expect_state(BOOKING_FREE, "another may have it");
    EXPECT_I64(3, booking.slot, "under its own number");
    EXPECT_I64(NO_DEADLINE, booking_deadline(&booking), "and nothing is due");
}

/* INTENDING, of one that comes from the backlog unsent. */
static void resume_unsent(enum kind kind)
{
    start(kind);
    booking_resume_unsent(&booking, &step, 0, &parcel, &shipment);
    check();
}

static void one_from_the_backlog_sends_nothing_before_that_is_on_disk(void)
{
    resume_unsent(ASKABLE);
    expect_state(BOOKING_INTENDING, "first the disk");
    EXPECT(stores("sending") && !stores("intent"), "the proof ends; the intent is there already");
    EXPECT_I64(0, fake.requests, "nothing is sent yet");
    at(1000);
    store(ERR_NO_SPACE);
    expect_state(BOOKING_INTENDING, "the disk is full: it is not given up");
    EXPECT(booking_deadline(&booking) > step.now_ms, "but said again later");
    EXPECT_I64(0, fake.requests, "and not sent");
    wait_over();
    EXPECT(stores("sending"), "the same fact");
    EXPECT_I64(0, fake.requests, "still not sent");
    at(step.now_ms);
    store(ERR_NONE);
    expect_state(BOOKING_SENDING, "now it is");
    EXPECT_I64(1, fake.requests, "once");
}

/* The fact SENDING was there: a start before this one may have sent it. */
static void what_was_begun_before_is_not_taken_for_unsent(void)
{
    static const struct {
        enum kind kind;
        enum booking_state wanted;
        const char *promise;
    } rows[] = {
        {KEY, BOOKING_RESENDING, "the courier knows the key"},
        {ASKABLE, BOOKING_SETTLING, "the window and the look-up first"},
        {NEITHER, BOOKING_PERSON, "a person must find out"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        resume_unsent(rows[i].kind);
        at(1000);
        store(ERR_EXISTS);
        expect_state(rows[i].wanted, rows[i].promise);
        EXPECT(booking.unsure && !booking_is_unsent(&booking), rows[i].promise);
        EXPECT_I64(0, fake.requests, "nothing is sent on it");
    }
}

int main(void)
{
    EXPECT_RUN(a_label_is_printed_ahead_while_there_is_no_answer);
    EXPECT_RUN(no_label_is_printed_ahead_of_a_no_or_without_a_promise);
    EXPECT_RUN(unsent_and_paused_are_said_only_when_they_are_so);
    EXPECT_RUN(a_parked_slot_is_free);
    EXPECT_RUN(one_from_the_backlog_sends_nothing_before_that_is_on_disk);
    EXPECT_RUN(what_was_begun_before_is_not_taken_for_unsent);
    return expect_result();
}
