/* Guards: exactly one label is bought, whatever the disk and the power do in between; the label
 * comes after the booking is durable; a person decides only where nobody else can know. */
#include "tests/support/booking_bench.h"

static void an_intent_that_is_not_stored_books_nothing(void)
{
    static const struct {
        enum err error;
        enum carrier_reason reason;
        const char *promise;
    } rows[] = {
        {ERR_NO_SPACE, REASON_NONE, "no space"},
        {ERR_EXISTS, REASON_DUPLICATE_REFERENCE, "the order has an intent already"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        start(KEY);
        booking_begin(&booking, &step, 0, &parcel, &shipment);
        store(rows[i].error);
        expect_state(BOOKING_REFUSED, rows[i].promise);
        EXPECT_I64(0, fake.requests, "nothing was sent");
        EXPECT(booking.store_failed && booking.reason == rows[i].reason, rows[i].promise);
    }
}

static void a_yes_that_is_not_stored_is_stored_again(void)
{
    for (enum kind kind = KEY; kind <= KEY_ONLY; kind++) {
        send_first(kind);
        fake.next.label_format = LABEL_FORMAT_ZPL;
        fake.next.label = BYTES_LITERAL("^XA^XZ");
        answer(CARRIER_OK, REASON_NONE);
        unsigned requests = fake.requests;
        store(ERR_NO_SPACE);
        expect_state(BOOKING_STORING, "it is kept");
        wait_over();
        EXPECT(stores("booked"), "the very same yes");
        EXPECT_TEXT("AWB000001", booking.parcel.awb, "with its number");
        EXPECT_I64(requests, fake.requests, "the courier is not asked, still less told again");
        EXPECT_I64(LABEL_FORMAT_NONE, booking.parcel.label_format, "the label's bytes are gone");
        store(ERR_NONE);
        expect_state(BOOKING_BOOKED, "with space it ends");
    }
}

static void an_awb_of_another_parcel_needs_a_person(void)
{
    send_first(KEY);
    answer(CARRIER_OK, REASON_NONE);
    store(ERR_EXISTS);
    expect_state(BOOKING_STORING, "once may be another fact of the same batch");
    wait_over();
    store(ERR_EXISTS);
    expect_state(BOOKING_PERSON, "twice is the AWB");
    EXPECT_I64(REASON_AWB_USED, booking.reason, "and it is said");
}

static void a_no_that_is_not_stored_is_stored_again(void)
{
    send_first(NEITHER);
    answer(CARRIER_REJECT, REASON_EMBARGO);
    store(ERR_NO_SPACE);
    expect_state(BOOKING_REFUSING, "the no is kept");
    wait_over();
    EXPECT(stores("refused"), "and stored");
    EXPECT_I64(1, fake.requests, "nothing is sent again");
    store(ERR_EXISTS);
    wait_over();
    store(ERR_EXISTS);
    expect_state(BOOKING_REFUSED, "one that is there already is there");
}

static void a_start_after_a_power_cut_waits_the_whole_window(void)
{
    static const struct {
        enum kind kind;
        enum booking_state wanted;
        int64_t deadline_ms;
        const char *promise;
    } rows[] = {
        {ASKABLE, BOOKING_SETTLING, 1000 + 30000, "the window again, then the look-up"},
        {NEITHER, BOOKING_PERSON, NO_DEADLINE, "a person"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        start(rows[i].kind);
        booking_resume(&booking, &step, 0, &parcel, &shipment, true);
        check();
        expect_state(rows[i].wanted, rows[i].promise);
        EXPECT_I64(rows[i].deadline_ms, booking_deadline(&booking), rows[i].promise);
        EXPECT(booking.unsure && booking.aside, "in doubt, on the shelf");
        EXPECT_I64(0, fake.requests, "nothing is sent at once");
    }
    start(KEY);
    booking_resume(&booking, &step, 0, &parcel, &shipment, false);
    expect_state(BOOKING_RESENDING, "the same key again, soon");
}

/* A courier whose label comes by a request of its own. */
static void label_courier(bool self_drawn)
{
    send_first(KEY);
    fake.carrier.promises.label_format = LABEL_FORMAT_ZPL;
    fake.carrier.promises.label_self_drawn = self_drawn;
    fake.carrier.supports[CARRIER_LABEL] = true;
    answer(CARRIER_OK, REASON_NONE);
    store(ERR_NONE);
}

static void give_label(struct bytes label)
{
    fake.next.label_format = LABEL_FORMAT_ZPL;
    fake.next.label = label;
    answer(CARRIER_OK, REASON_NONE);
}

static void the_label_is_fetched_after_the_booking_is_durable(void)
{
    static uint8_t huge[LABEL_REPLY_MAX / 2 + 1];
    label_courier(true);
    expect_state(BOOKING_LABELLING, "now the label");
    EXPECT_I64(CARRIER_LABEL, fake.asked, "is asked for");
    give_label(BYTES_LITERAL("^XA^XZ"));
    EXPECT(stores("label") && bench.commands.batch.blob_count > 0, "it is stored");
    expect_state(BOOKING_STORING, "before anybody prints it");
    store(ERR_NO_SPACE);
    expect_state(BOOKING_LABELLING, "a booking that is durable stays one: only the label again");
    wait_over();
    give_label(BYTES_LITERAL("^XA^XZ"));
    store(ERR_NONE);
    expect_state(BOOKING_BOOKED, "done");
    EXPECT_I64(LABEL_FORMAT_ZPL, booking.parcel.label_format, "with the courier's label");

    label_courier(true);
    answer(CARRIER_RETRY, REASON_NONE);
    expect_state(BOOKING_BOOKED, "where we may draw it, nobody waits for theirs");
    label_courier(true);
    give_label(bytes_of(huge, sizeof huge));
    expect_state(BOOKING_BOOKED, "nor for one that no printer takes");
    label_courier(false);
    answer(CARRIER_RETRY, REASON_NONE);
    expect_state(BOOKING_LABELLING, "where we may not, it is asked for again");
    int64_t later_ms = booking_deadline(&booking);
    booking_hurry(&booking, &step);
    EXPECT(booking_deadline(&booking) <= later_ms, "at once when somebody waits");
    wait_over();
    EXPECT(booking.ticket != 0, "a request is out");
    wait_over();
    expect_state(BOOKING_LABELLING, "silence is no label");
    fake.builds = false;
    wait_over();
    expect_state(BOOKING_BOOKED, "one that cannot be asked for is left");
    label_courier(true);
    give_label(BYTES_LITERAL("^XA^XZ"));
    store(ERR_EXISTS);
    wait_over();
    give_label(BYTES_LITERAL("^XA^XZ"));
    store(ERR_EXISTS);
    expect_state(BOOKING_BOOKED, "a label that is there already is there");
}

static void an_empty_label_is_none(void)
{
    label_courier(true);
    give_label(BYTES_NONE);
    expect_state(BOOKING_BOOKED, "where we may draw it, we do");
    EXPECT_I64(LABEL_FORMAT_NONE, booking.parcel.label_format, "nothing is printed as theirs");
    EXPECT(!stores("label"), "nor stored");
    label_courier(false);
    give_label(BYTES_NONE);
    expect_state(BOOKING_LABELLING, "where we may not, it is asked for again");
    EXPECT(!stores("label"), "and not stored either");
    wait_over();
    give_label(BYTES_LITERAL("^XA^XZ"));
    store(ERR_NONE);
    expect_state(BOOKING_BOOKED, "until there is one");
}

/* Its label comes with the yes or not at all. */
static void a_courier_without_a_way_to_ask_for_a_label_is_not_asked(void)
{
    send_first(KEY);
    fake.carrier.promises.label_format = LABEL_FORMAT_ZPL;
    answer(CARRIER_OK, REASON_NONE);
    unsigned requests = fake.requests;
    store(ERR_NONE);
    expect_state(BOOKING_BOOKED, "the parcel goes on");
    EXPECT_I64(requests, fake.requests, "nothing is asked that it does not know");
}

static void a_booking_found_after_a_start_goes_on_with_its_label(void)
{
    struct parcel booked = parcel;
    memcpy(booked.awb, "AWB000001", sizeof "AWB000001");
    start(KEY);
    booking_resume_booked(&booking, &step, 0, &booked, &shipment, false);
    check();
    expect_state(BOOKING_BOOKED, "nothing to fetch");
    start(KEY);
    fake.carrier.promises.label_format = LABEL_FORMAT_ZPL;
    fake.carrier.supports[CARRIER_LABEL] = true;
    booking_resume_booked(&booking, &step, 0, &booked, &shipment, true);
    expect_state(BOOKING_LABELLING, "its label is fetched");
    give_label(BYTES_LITERAL("^XA^XZ"));
    store(ERR_NO_SPACE);
    expect_state(BOOKING_LABELLING, "and never booked anew");
    booking_init(&booking, 3);
    booked.label_format = LABEL_FORMAT_ZPL;
    booking_resume_booked(&booking, &step, 0, &booked, &shipment, false);
    expect_state(BOOKING_BOOKED, "one that lies in the journal is not fetched");
}

static void a_person_may_say_absent_only_where_nobody_else_can_know(void)
{
    send_first(ASKABLE);
    EXPECT(!booking_may_declare_absent(&booking), "not while a request is out");
    answer_end(EXCHANGE_MAYBE_SENT);
    EXPECT(!booking_may_declare_absent(&booking), "not in the window");
    wait_over();
    answer_end(EXCHANGE_NOT_SENT);
    wait_over();
    answer_end(EXCHANGE_NOT_SENT);
    EXPECT(!booking_may_declare_absent(&booking), "not while only the line is down");
    for (unsigned i = 0; i < BOOKING_NOT_TOLD_MIN; i++) {
        wait_over();
        answer(CARRIER_REJECT, REASON_CREDENTIALS);
    }
    EXPECT(booking_may_declare_absent(&booking), "but when the courier will not tell us");
    wait_over();
    EXPECT(booking_may_declare_absent(&booking), "also while it is asked once more");
    booking_declare_absent(&booking, &step);
    check();
    expect_state(BOOKING_REFUSING, "the word is stored");
    EXPECT(stores("absent") && !stores("refused"), "as a person's");
    EXPECT(bench_command(COMMAND_EXCHANGE_CANCEL) != NULL, "nothing is under way any more");
    store(ERR_NO_SPACE);
    wait_over();
    EXPECT(stores("absent"), "again, as the same word");
    store(ERR_NONE);
    expect_state(BOOKING_REFUSED, "and the parcel is free");
    booking_release(&booking);
    expect_state(BOOKING_FREE, "so is the slot");
    EXPECT_I64(3, booking.slot, "which keeps its number");
    send_first(NEITHER);
    answer_end(EXCHANGE_MAYBE_SENT);
    EXPECT(booking_may_declare_absent(&booking), "PERSON is there for that");
}

int main(void)
{
    EXPECT_RUN(an_intent_that_is_not_stored_books_nothing);
    EXPECT_RUN(a_yes_that_is_not_stored_is_stored_again);
    EXPECT_RUN(an_awb_of_another_parcel_needs_a_person);
    EXPECT_RUN(a_no_that_is_not_stored_is_stored_again);
    EXPECT_RUN(a_start_after_a_power_cut_waits_the_whole_window);
    EXPECT_RUN(the_label_is_fetched_after_the_booking_is_durable);
    EXPECT_RUN(an_empty_label_is_none);
    EXPECT_RUN(a_courier_without_a_way_to_ask_for_a_label_is_not_asked);
    EXPECT_RUN(a_booking_found_after_a_start_goes_on_with_its_label);
    EXPECT_RUN(a_person_may_say_absent_only_where_nobody_else_can_know);
    return expect_result();
}
