/* Guards: exactly one label is bought. Every answer of a courier in every state of a booking leads
 * where booking.h says. */
#include "tests/support/booking_bench.h"

static void the_intent_is_durable_before_a_byte_is_sent(void)
{
    start(KEY);
    booking_begin(&booking, &step, 0, &parcel, &shipment);
    check();
    expect_state(BOOKING_INTENDING, "first the disk");
    EXPECT_I64(0, fake.requests, "no request in the step that stores");
    EXPECT(stores("intent") && stores("event"), "intent and event in one batch");
    EXPECT_I64(1, bench.commands.batch.blob_count, "with the whole shipment");
    EXPECT_I64(40, booking.seq_floor, "a start has to read from here");
    booking_stored(&booking, &step, booking.ticket + 1, ERR_NONE);
    booking_stored(&booking, &step, 0, ERR_NONE);
    expect_state(BOOKING_INTENDING, "another batch is not ours");
    store(ERR_NONE);
    expect_state(BOOKING_SENDING, "then the courier");
    EXPECT_I64(1, fake.requests, "exactly one request");
    EXPECT_I64(1000 + 8000 + BOOKING_ANSWER_GRACE_MS, booking_deadline(&booking), "with an end");
}

static void every_answer_to_a_booking_has_its_way(void)
{
    static const struct {
        enum kind kind;
        enum carrier_result result;
        enum carrier_reason reason;
        const char *verify_absent;
        enum booking_state wanted;
        const char *promise;
    } rows[] = {
        {KEY, CARRIER_OK, REASON_NONE, "", BOOKING_STORING, "a yes is stored first"},
        {KEY, CARRIER_OK_EXISTING, REASON_NONE, "", BOOKING_STORING, "so is an old yes"},
        {KEY, CARRIER_REJECT, REASON_BAD_PINCODE, "", BOOKING_REFUSING, "a clear no is stored"},
        {KEY, CARRIER_REJECT, REASON_OTHER, "R", BOOKING_SETTLING, "a no in doubt is asked about"},
        {ASKABLE, CARRIER_REJECT, REASON_OTHER, "R", BOOKING_SETTLING, "here as well"},
        {NEITHER, CARRIER_REJECT, REASON_OTHER, "R", BOOKING_PERSON, "or a person asks"},
        {KEY, CARRIER_RETRY, REASON_THROTTLED, "", BOOKING_RESENDING, "not done: again later"},
        {ASKABLE, CARRIER_RETRY, REASON_THROTTLED, "", BOOKING_RESENDING, "harmless for all"},
        {NEITHER, CARRIER_RETRY, REASON_NONE, "", BOOKING_RESENDING, "nothing was done"},
        {NEITHER, CARRIER_AUTH, REASON_NONE, "", BOOKING_RESENDING, "the token ran out"},
        {KEY, CARRIER_UNKNOWN, REASON_NONE, "", BOOKING_RESENDING, "the same key again"},
        {KEY, CARRIER_UNKNOWN, REASON_DUPLICATE_REFERENCE, "", BOOKING_SETTLING,
         "the same again would be told the same: who used it is asked"},
        {KEY, CARRIER_UNKNOWN, REASON_AWB_USED, "", BOOKING_SETTLING, "and of a used number"},
        {ASKABLE, CARRIER_UNKNOWN, REASON_NONE, "", BOOKING_SETTLING, "the window first"},
        {NEITHER, CARRIER_UNKNOWN, REASON_NONE, "", BOOKING_PERSON, "nobody but a person knows"},
        {ASKABLE, CARRIER_PENDING, REASON_NONE, "", BOOKING_SETTLING, "pending is not yes"},
        {ASKABLE, CARRIER_SERVICEABLE, REASON_NONE, "", BOOKING_SETTLING, "nor is serviceable"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        send_first(rows[i].kind);
        memcpy(fake.next.verify_absent, rows[i].verify_absent, strlen(rows[i].verify_absent) + 1);
        at(1500);
        answer(rows[i].result, rows[i].reason);
        expect_state(rows[i].wanted, rows[i].promise);
        EXPECT(stores("booked") == (rows[i].wanted == BOOKING_STORING), rows[i].promise);
        EXPECT(stores("refused") == (rows[i].wanted == BOOKING_REFUSING), rows[i].promise);
    }
}

static void every_end_without_an_answer_has_its_way(void)
{
    static const struct {
        enum kind kind;
        enum exchange_end end;
        enum booking_state wanted;
        const char *promise;
    } rows[] = {
        {ASKABLE, EXCHANGE_NOT_SENT, BOOKING_RESENDING, "not a byte went out"},
        {NEITHER, EXCHANGE_NOT_SENT, BOOKING_RESENDING, "for whatever courier"},
        {NEITHER, EXCHANGE_UNTRUSTED, BOOKING_RESENDING, "a wrong certificate: nothing was sent"},
        {NEITHER, EXCHANGE_NO_CLOCK, BOOKING_RESENDING, "no clock: nothing was sent"},
        {KEY, EXCHANGE_MAYBE_SENT, BOOKING_RESENDING, "the courier knows the key"},
        {ASKABLE, EXCHANGE_MAYBE_SENT, BOOKING_SETTLING, "it may have happened"},
        {NEITHER, EXCHANGE_MAYBE_SENT, BOOKING_PERSON, "and nobody can tell"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        send_first(rows[i].kind);
        answer_end(rows[i].end);
        expect_state(rows[i].wanted, rows[i].promise);
        EXPECT(booking.unsure == (rows[i].end == EXCHANGE_MAYBE_SENT), "only this leaves a doubt");
    }
}

static void an_answer_about_another_parcel_is_none(void)
{
    send_first(ASKABLE);
    memcpy(fake.next.reference, "bay-9-other", sizeof "bay-9-other");
    answer(CARRIER_OK, REASON_NONE);
    expect_state(BOOKING_SETTLING, "the echo is not ours: it may have happened");
    send_first(ASKABLE);
    memcpy(fake.next.reference, parcel.reference, sizeof parcel.reference);
    answer(CARRIER_OK, REASON_NONE);
    expect_state(BOOKING_STORING, "our own echo is proof");
    EXPECT_TEXT("AWB000001", booking.parcel.awb, "with its number");
}

/* A yes that names nothing. */
static void answer_without_number(void)
{
    static const struct http_response response = {.status = 200};
    struct event event = {.kind = EVENT_EXCHANGE};
    fake.next.result = CARRIER_OK;
    event.exchange.end = EXCHANGE_ANSWERED;
    event.exchange.response = &response;
    booking_answer(&booking, &step, &event);
    check();
}

static void a_yes_without_a_number_is_none(void)
{
    send_first(ASKABLE);
    answer_without_number();
    expect_state(BOOKING_SETTLING, "booked under what? It is asked");
    wait_over();
    answer_without_number();
    expect_state(BOOKING_SETTLING, "found, but under what? It is asked again");
    EXPECT(!stores("booked") && !stores("refused"), "neither a yes nor a no is stored");
    EXPECT_TEXT("", booking.parcel.awb, "no number is made up");
    wait_over();
    answer(CARRIER_OK, REASON_NONE);
    expect_state(BOOKING_STORING, "with a number it is a yes");
}

static void the_window_is_counted_from_sending(void)
{
    send_first(ASKABLE);
    at(9000);
    answer_end(EXCHANGE_MAYBE_SENT);
    EXPECT_I64(1000 + 30000, booking_deadline(&booking), "not from failing");
    send_first(ASKABLE);
    at(60000);
    answer_end(EXCHANGE_MAYBE_SENT);
    EXPECT_I64(60001, booking_deadline(&booking), "one long past is over at once");
    send_first(ASKABLE);
    bench.config.carriers[0].settle_ms = 45000;
    answer_end(EXCHANGE_MAYBE_SENT);
    EXPECT_I64(1000 + 45000, booking_deadline(&booking), "a setting outweighs the promise");
    send_first(ASKABLE);
    at(7000);
    fake.more = true;
    answer(CARRIER_UNKNOWN, REASON_NONE); /* a token came: only now the booking itself is sent */
    expect_state(BOOKING_SENDING, "the next round is out");
    fake.more = false;
    answer_end(EXCHANGE_MAYBE_SENT);
    EXPECT_I64(7000 + 30000, booking_deadline(&booking), "counted from the last round's sending");
}

/* ASKING: the window is over, the look-up is out. */
static void ask(enum kind kind)
{
    send_first(kind);
    answer_end(EXCHANGE_MAYBE_SENT);
    wait_over();
}

static void nothing_is_asked_before_the_window_is_over(void)
{
    send_first(ASKABLE);
    answer_end(EXCHANGE_MAYBE_SENT);
    at(1000 + 30000 - 1);
    booking_tick(&booking, &step);
    expect_state(BOOKING_SETTLING, "one millisecond early is early");
    booking_hurry(&booking, &step);
    booking_tick(&booking, &step);
    expect_state(BOOKING_SETTLING, "no impatience shortens it");
    wait_over();
    expect_state(BOOKING_ASKING, "then the courier is asked");
    EXPECT_I64(CARRIER_LOOKUP, fake.asked, "by reference");
}

static void every_answer_to_a_look_up_has_its_way(void)
{
    static const struct {
        enum carrier_result result;
        enum carrier_reason reason;
        enum booking_state wanted;
        const char *promise;
    } rows[] = {
        {CARRIER_OK, REASON_NONE, BOOKING_STORING, "it is there"},
        {CARRIER_OK_EXISTING, REASON_NONE, BOOKING_STORING, "it is there still"},
        {CARRIER_REJECT, REASON_NOT_FOUND, BOOKING_SETTLING, "not found once is not enough"},
        {CARRIER_REJECT, REASON_REFERENCE_CANCELLED, BOOKING_REFUSING, "it came and was ended"},
        {CARRIER_REJECT, REASON_CREDENTIALS, BOOKING_SETTLING, "no answer to our question"},
        {CARRIER_UNKNOWN, REASON_NONE, BOOKING_SETTLING, "nor is a broken page"},
        {CARRIER_RETRY, REASON_THROTTLED, BOOKING_SETTLING, "nor is later"},
        {CARRIER_PENDING, REASON_NONE, BOOKING_SETTLING, "nor is pending"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ask(ASKABLE);
        unsigned requests = fake.requests;
        answer(rows[i].result, rows[i].reason);
        expect_state(rows[i].wanted, rows[i].promise);
        EXPECT_I64(requests, fake.requests, "nothing is sent on it");
    }
    ask(ASKABLE);
    answer_end(EXCHANGE_NOT_SENT);
    expect_state(BOOKING_SETTLING, "the line is down: later");
}

static void only_not_found_twice_allows_sending_again(void)
{
    ask(ASKABLE);
    int64_t asked_ms = step.now_ms;
    answer(CARRIER_REJECT, REASON_NOT_FOUND);
    EXPECT_I64(asked_ms + 10000, booking_deadline(&booking), "a look-up lag apart");
    wait_over();
    answer(CARRIER_RETRY, REASON_NONE);
    wait_over();
    expect_state(BOOKING_ASKING, "no answer is not a second no");
    answer(CARRIER_REJECT, REASON_NOT_FOUND);
    expect_state(BOOKING_SENDING, "now it is sent again");
    EXPECT_I64(CARRIER_BOOK, fake.asked, "the booking");
    EXPECT(!booking.unsure, "and nothing is in doubt");
    EXPECT_TEXT(parcel.reference, booking.task.shipment.reference, "under the same reference");
    answer_end(EXCHANGE_MAYBE_SENT);
    wait_over();
    answer(CARRIER_REJECT, REASON_NOT_FOUND);
    expect_state(BOOKING_SETTLING, "each sending has its own two");
}

/* Each sending is answered "that was used", and asked, the courier knows of nothing. */
static void answer_in_riddles(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        if (booking.state == BOOKING_RESENDING) wait_over();
        expect_state(BOOKING_SENDING, "it is sent");
        answer(CARRIER_UNKNOWN, REASON_NONE);
        while (booking.state == BOOKING_SETTLING) {
            wait_over();
            answer(CARRIER_REJECT, REASON_NOT_FOUND);
        }
    }
}

static void a_courier_in_riddles_is_asked_by_a_person(void)
{
    static const enum kind kinds[] = {ASKABLE, KEY, KEY_ONLY};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        send_first(kinds[i]);
        answer_in_riddles(BOOKING_RIDDLES_MAX);
        expect_state(BOOKING_PERSON, "not for ever round and round");
        EXPECT(booking_may_declare_absent(&booking), "who may say what the courier says");
    }
    send_first(ASKABLE);
    booking_set_aside(&booking, true);
    answer_in_riddles(BOOKING_RIDDLES_MAX);
    expect_state(BOOKING_RESENDING, "with nobody at the bench it goes on");
    int64_t first_ms = booking_deadline(&booking) - step.now_ms;
    for (unsigned i = 0; i < 8; i++) answer_in_riddles(1);
    EXPECT(booking_deadline(&booking) - step.now_ms > first_ms * 2, "ever more slowly");
    booking_set_aside(&booking, false);
    answer_in_riddles(1);
    expect_state(BOOKING_PERSON, "and with somebody there it is a question");
    send_first(KEY);
    answer_in_riddles(BOOKING_RIDDLES_MAX - 1);
    wait_over();
    answer(CARRIER_OK, REASON_NONE);
    expect_state(BOOKING_STORING, "a yes is still a yes");
}

/* The pause before the next look-up after many that failed. */
static int64_t pause_after_failures(bool aside)
{
    ask(ASKABLE);
    booking_set_aside(&booking, aside);
    for (unsigned i = 0; i < 20; i++) {
        answer(CARRIER_RETRY, REASON_NONE);
        if (i < 19) wait_over();
    }
    return booking_deadline(&booking) - step.now_ms;
}

static void nobody_at_the_bench_is_no_hurry(void)
{
    EXPECT(pause_after_failures(false) <= 4000, "somebody waits: every few seconds");
    EXPECT(pause_after_failures(true) >= 30000, "nobody does: once or twice a minute");
    booking_set_aside(&booking, false);
    wait_over();
    answer(CARRIER_RETRY, REASON_NONE);
    EXPECT(booking_deadline(&booking) - step.now_ms <= 4000, "fetched, it is urgent again");
}

static void another_number_than_the_chosen_one_is_for_a_person(void)
{
    for (unsigned aside = 0; aside < 2; aside++) {
        ask(ASKABLE);
        booking_set_aside(&booking, aside == 1);
        memcpy(booking.task.shipment.awb, "AWB000077", sizeof "AWB000077");
        answer(CARRIER_OK, REASON_NONE);
        EXPECT(!stores("booked"), "what was stored with the intent is not exchanged");
        EXPECT(bench_command(COMMAND_LOG) != NULL, "it is said");
        expect_state(aside == 1 ? BOOKING_SETTLING : BOOKING_PERSON, "and a person must ask");
    }
    ask(ASKABLE);
    memcpy(booking.task.shipment.awb, "AWB000001", sizeof "AWB000001");
    answer(CARRIER_OK, REASON_NONE);
    expect_state(BOOKING_STORING, "the chosen one is the chosen one");
}

/* A server that is ill, and a login page in the way, may last for hours: nobody is asked for it. */
static void what_passes_is_no_riddle(void)
{
    const struct http_response rows[] = {
        {.status = 500, .body = BYTES_LITERAL("{}")},
        {.status = 200, .body = BYTES_LITERAL("<html>log in</html>")},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event event = {.kind = EVENT_EXCHANGE};
        event.exchange.end = EXCHANGE_ANSWERED;
        event.exchange.response = &rows[i];
        send_first(ASKABLE);
        for (unsigned round = 0; round < 2 * BOOKING_RIDDLES_MAX; round++) {
            fake.next.result = CARRIER_UNKNOWN;
            booking_answer(&booking, &step, &event);
            for (unsigned asked = 0; asked < BOOKING_NOT_FOUND_MIN; asked++) {
                wait_over();
                answer(CARRIER_REJECT, REASON_NOT_FOUND);
            }
            expect_state(BOOKING_SENDING, "it is sent again");
        }
    }
}

static void a_no_in_doubt_is_believed_after_two_look_ups(void)
{
    send_first(KEY);
    answer_end(EXCHANGE_MAYBE_SENT);
    wait_over();
    expect_state(BOOKING_SENDING, "the same key again");
    answer(CARRIER_REJECT, REASON_BAD_PINCODE);
    expect_state(BOOKING_SETTLING, "the first sending may have worked");
    wait_over();
    answer(CARRIER_REJECT, REASON_NOT_FOUND);
    wait_over();
    answer(CARRIER_REJECT, REASON_NOT_FOUND);
    expect_state(BOOKING_REFUSING, "nothing is there: the no stands");
    EXPECT_I64(REASON_BAD_PINCODE, booking.reason, "with its own reason");
    store(ERR_NONE);
    expect_state(BOOKING_REFUSED, "once it is durable");

    send_first(KEY_ONLY);
    answer_end(EXCHANGE_MAYBE_SENT);
    wait_over();
    answer(CARRIER_REJECT, REASON_BAD_PINCODE);
    expect_state(BOOKING_PERSON, "a courier that cannot be asked leaves it to a person");
}

static void a_pause_that_is_asked_for_is_kept(void)
{
    send_first(KEY);
    answer_end(EXCHANGE_MAYBE_SENT);
    wait_over();
    fake.next.after_s = 90;
    answer(CARRIER_RETRY, REASON_THROTTLED);
    EXPECT_I64(step.now_ms + 90000, booking_deadline(&booking), "also after a doubtful sending");
    at(step.now_ms + 10);
    booking_hurry(&booking, &step);
    booking_tick(&booking, &step);
    expect_state(BOOKING_SENDING, "but the packer may have it now");
}

static void what_cannot_be_said_is_refused_unless_in_doubt(void)
{
    start(KEY);
    booking_begin(&booking, &step, 0, &parcel, &shipment);
    fake.builds = false;
    at(1000);
    store(ERR_NONE);
    expect_state(BOOKING_REFUSING, "nothing was ever sent");
    EXPECT_TEXT("it cannot be said", booking.message, "the sentence is kept");

    static const struct {
        enum kind kind;
        enum booking_state wanted;
        const char *promise;
    } rows[] = {
        {KEY, BOOKING_SETTLING, "before the restart it may have been sent: ask"},
        {KEY_ONLY, BOOKING_PERSON, "or let a person ask"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        start(rows[i].kind);
        booking_resume(&booking, &step, 0, &parcel, &shipment, false);
        fake.builds = false;
        wait_over();
        expect_state(rows[i].wanted, rows[i].promise);
    }
    send_first(ASKABLE);
    answer_end(EXCHANGE_MAYBE_SENT);
    fake.builds = false;
    wait_over();
    expect_state(BOOKING_PERSON, "a look-up that cannot be said is a person's");
    send_first(ASKABLE);
    fake.more = true;
    fake.builds = false;
    answer(CARRIER_OK, REASON_NONE);
    expect_state(BOOKING_SETTLING, "a second round that cannot be said leaves a doubt");
}

static void a_silent_exchange_ends_by_itself(void)
{
    send_first(ASKABLE);
    uint32_t ticket = booking.ticket;
    wait_over();
    expect_state(BOOKING_SETTLING, "nobody answered: it may have happened");
    EXPECT(bench_command(COMMAND_EXCHANGE_CANCEL) != NULL, "the exchange is ended");
    enum owner owner;
    unsigned index = 0;
    EXPECT(!tickets_settle(&bench.tickets, ticket, &owner, &index), "a late answer finds nobody");
    wait_over();
    wait_over();
    expect_state(BOOKING_SETTLING, "a silent look-up is asked again");
}

static void only_what_never_left_counts_as_a_line_that_is_down(void)
{
    send_first(KEY);
    answer_end(EXCHANGE_NOT_SENT);
    EXPECT_I64(1, booking.unreached, "not a byte went out");
    wait_over();
    wait_over();
    expect_state(BOOKING_RESENDING, "silence: it may have left");
    EXPECT_I64(0, booking.unreached, "the row is broken");
    wait_over();
    answer_end(EXCHANGE_NOT_SENT);
    EXPECT_I64(1, booking.unreached, "and begins anew: one is not two in a row");
    wait_over();
    answer_end(EXCHANGE_UNTRUSTED);
    EXPECT_I64(BOOKING_UNREACHED_MIN, booking.unreached, "the line is down");
    wait_over();
    answer(CARRIER_RETRY, REASON_THROTTLED);
    EXPECT_I64(0, booking.unreached, "whoever answers is reached");
}

static void a_person_is_asked_whatever_the_line_did_before(void)
{
    send_first(NEITHER);
    answer_end(EXCHANGE_NOT_SENT);
    wait_over();
    wait_over();
    expect_state(BOOKING_PERSON, "the second may have left");
    EXPECT_I64(0, booking.unreached, "the line is not what is waited for");
}

static void many_deadlines_at_once_wait_for_room(void)
{
    send_first(ASKABLE);
    answer_end(EXCHANGE_MAYBE_SENT);
    at(booking.deadline_ms);
    for (unsigned i = 0; i < BATCH_FACTS_MAX / 3; i++) fact_put(&step, FACT_CLOSED, &parcel);
    booking_tick(&booking, &step);
    expect_state(BOOKING_SETTLING, "it stays due when the step is full");
    at(step.now_ms);
    booking_tick(&booking, &step);
    expect_state(BOOKING_ASKING, "and comes in the next");
}

static void every_state_has_a_word(void)
{
    for (unsigned a = 0; a <= BOOKING_PERSON; a++) {
        for (unsigned b = 0; b < a; b++) {
            EXPECT(strcmp(booking_state_word((enum booking_state)a),
                          booking_state_word((enum booking_state)b)) != 0,
                   "of its own");
        }
    }
}

int main(void)
{
    EXPECT_RUN(the_intent_is_durable_before_a_byte_is_sent);
    EXPECT_RUN(every_answer_to_a_booking_has_its_way);
    EXPECT_RUN(every_end_without_an_answer_has_its_way);
    EXPECT_RUN(an_answer_about_another_parcel_is_none);
    EXPECT_RUN(a_yes_without_a_number_is_none);
    EXPECT_RUN(the_window_is_counted_from_sending);
    EXPECT_RUN(nothing_is_asked_before_the_window_is_over);
    EXPECT_RUN(every_answer_to_a_look_up_has_its_way);
    EXPECT_RUN(only_not_found_twice_allows_sending_again);
    EXPECT_RUN(a_courier_in_riddles_is_asked_by_a_person);
    EXPECT_RUN(nobody_at_the_bench_is_no_hurry);
    EXPECT_RUN(another_number_than_the_chosen_one_is_for_a_person);
    EXPECT_RUN(what_passes_is_no_riddle);
    EXPECT_RUN(a_no_in_doubt_is_believed_after_two_look_ups);
    EXPECT_RUN(a_pause_that_is_asked_for_is_kept);
    EXPECT_RUN(what_cannot_be_said_is_refused_unless_in_doubt);
    EXPECT_RUN(a_silent_exchange_ends_by_itself);
    EXPECT_RUN(only_what_never_left_counts_as_a_line_that_is_down);
    EXPECT_RUN(a_person_is_asked_whatever_the_line_did_before);
    EXPECT_RUN(many_deadlines_at_once_wait_for_room);
    EXPECT_RUN(every_state_has_a_word);
    return expect_result();
}
