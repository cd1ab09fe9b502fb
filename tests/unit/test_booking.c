/* Guards: exactly one label is bought. Every answer of a courier in every state of a booking leads where
 * booking.h says, whatever the disk and the power do in between. */
#include "firmware/station/booking.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

/* A courier that promises and answers what the test says. */
static struct {
    struct carrier carrier;
    struct carrier_outcome next;
    bool more, builds;
    unsigned requests;
    enum carrier_operation asked;
} fake;

static struct booking booking;
static struct step step;

static bool fake_build(const struct carrier_task *task, const struct carrier_account *account,
                       struct http_request *request, const char **out_why)
{
    (void)account;
    (void)request;
    fake.asked = task->operation;
    *out_why = "it cannot be said";
    if (fake.builds) fake.requests++;
    return fake.builds;
}

static enum carrier_step fake_take(struct carrier_task *task, const struct http_response *response,
                                   struct scratch scratch, struct carrier_outcome *out)
{
    (void)response;
    (void)scratch;
    task->round++;
    *out = fake.next;
    return fake.more ? CARRIER_MORE : CARRIER_DONE;
}

static void at(int64_t now_ms)
{
    step = bench_step(now_ms);
    step.carriers[0] = &fake.carrier;
    step.last_seq = 40;
}

/* Which courier: what repeating does, and whether it can be asked. */
enum kind { KEY, ASKABLE, NEITHER, KEY_ONLY };

static void start(enum kind kind)
{
    bench_init();
    memset(&fake, 0, sizeof fake);
    fake.builds = true;
    fake.carrier.build = fake_build;
    fake.carrier.take = fake_take;
    fake.carrier.title = "Fake";
    fake.carrier.promises =
        (struct carrier_promises){.repeat = kind == KEY || kind == KEY_ONLY ? REPEAT_SAFE_KEY
                                                                            : REPEAT_DUPLICATES,
                                  .lookup_reference = kind == KEY || kind == ASKABLE,
                                  .lookup_lag_s = 10,
                                  .settle_s = 30,
                                  .label_self_drawn = true};
    carrier_outcome_init(&fake.next);
    booking_init(&booking, 3);
    at(1000);
}

static const struct parcel parcel = {.reference = "bay-1-01234567-41-1",
                                     .order_id = "SH-1",
                                     .order_no = "WEB-1",
                                     .package_no = 1,
                                     .packages_total = 1,
                                     .generation = 1,
                                     .carrier = "sandbox",
                                     .mass_mg = 742000,
                                     .copy = 1};
static const struct shipment shipment = {.reference = "bay-1-01234567-41-1", .mass_mg = 742000};

static void check(void)
{
    booking_check(&booking, step.now_ms);
}

static void store(enum err error)
{
    booking_stored(&booking, &step, booking.ticket, error);
    check();
}

/* SENDING at 1000: the intent is durable, one request is out. */
static void send_first(enum kind kind)
{
    start(kind);
    booking_begin(&booking, &step, 0, &parcel, &shipment);
    at(1000);
    store(ERR_NONE);
}

static void answer(enum carrier_result result, enum carrier_reason reason)
{
    static const struct http_response response = {.status = 200};
    struct event event = {.kind = EVENT_EXCHANGE};
    fake.next.result = result;
    fake.next.reason = reason;
    event.exchange.end = EXCHANGE_ANSWERED;
    event.exchange.response = &response;
    if (result == CARRIER_OK || result == CARRIER_OK_EXISTING)
        memcpy(fake.next.awb, "AWB000001", sizeof "AWB000001");
    booking_answer(&booking, &step, &event);
    check();
}

static void answer_end(enum exchange_end end)
{
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = end;
    booking_answer(&booking, &step, &event);
    check();
}

/* Goes to the booking's own deadline. */
static void wait_over(void)
{
    at(booking.deadline_ms);
    booking_tick(&booking, &step);
    check();
}

static bool stores(const char *kind)
{
    for (size_t i = 0; i < bench.commands.batch.fact_count; i++) {
        if (bytes_equal_text(bench.commands.batch.facts[i].kind, kind)) return true;
    }
    return false;
}

static void expect_state(enum booking_state wanted, const char *promise)
{
    EXPECT_TEXT(booking_state_word(wanted), booking_state_word(booking.state), promise);
}

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

static void many_deadlines_at_once_wait_for_room(void)
{
    send_first(ASKABLE);
    answer_end(EXCHANGE_MAYBE_SENT);
    at(booking.deadline_ms);
    for (unsigned i = 0; i < BATCH_FACTS_MAX / 3; i++)
        fact_put(&step, FACT_CLOSED, &parcel);
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
    EXPECT_RUN(the_window_is_counted_from_sending);
    EXPECT_RUN(nothing_is_asked_before_the_window_is_over);
    EXPECT_RUN(every_answer_to_a_look_up_has_its_way);
    EXPECT_RUN(only_not_found_twice_allows_sending_again);
    EXPECT_RUN(a_no_in_doubt_is_believed_after_two_look_ups);
    EXPECT_RUN(a_pause_that_is_asked_for_is_kept);
    EXPECT_RUN(what_cannot_be_said_is_refused_unless_in_doubt);
    EXPECT_RUN(a_silent_exchange_ends_by_itself);
    EXPECT_RUN(an_intent_that_is_not_stored_books_nothing);
    EXPECT_RUN(a_yes_that_is_not_stored_is_stored_again);
    EXPECT_RUN(an_awb_of_another_parcel_needs_a_person);
    EXPECT_RUN(a_no_that_is_not_stored_is_stored_again);
    EXPECT_RUN(a_start_after_a_power_cut_waits_the_whole_window);
    EXPECT_RUN(the_label_is_fetched_after_the_booking_is_durable);
    EXPECT_RUN(a_booking_found_after_a_start_goes_on_with_its_label);
    EXPECT_RUN(a_person_may_say_absent_only_where_nobody_else_can_know);
    EXPECT_RUN(many_deadlines_at_once_wait_for_room);
    EXPECT_RUN(every_state_has_a_word);
    return expect_result();
}
