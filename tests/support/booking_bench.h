/* booking_bench.h - one booking with a courier that promises and answers what the test says. */
#ifndef PACKD_TESTS_SUPPORT_BOOKING_BENCH_H
#define PACKD_TESTS_SUPPORT_BOOKING_BENCH_H

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

__attribute__((unused)) static struct booking booking;
__attribute__((unused)) static struct step step;

__attribute__((unused)) static bool fake_build(const struct carrier_task *task,
                                               const struct carrier_account *account,
                                               struct http_request *request, const char **out_why)
{
    (void)account;
    (void)request;
    fake.asked = task->operation;
    *out_why = "it cannot be said";
    if (fake.builds) fake.requests++;
    return fake.builds;
}

__attribute__((unused)) static enum carrier_step fake_take(struct carrier_task *task,
                                                           const struct http_response *response,
                                                           struct scratch scratch,
                                                           struct carrier_outcome *out)
{
    (void)response;
    (void)scratch;
    task->round++;
    *out = fake.next;
    return fake.more ? CARRIER_MORE : CARRIER_DONE;
}

__attribute__((unused)) static void at(int64_t now_ms)
{
    step = bench_step(now_ms);
    step.carriers[0] = &fake.carrier;
    step.last_seq = 40;
}

/* Which courier: what repeating does, and whether it can be asked. */
enum kind { KEY, ASKABLE, NEITHER, KEY_ONLY };

__attribute__((unused)) static void start(enum kind kind)
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

__attribute__((unused)) static const struct parcel parcel = {.reference = "bay-1-01234567-41-1",
                                                             .order_id = "SH-1",
                                                             .order_no = "WEB-1",
                                                             .package_no = 1,
                                                             .packages_total = 1,
                                                             .generation = 1,
                                                             .carrier = "sandbox",
                                                             .mass_mg = 742000,
                                                             .copy = 1};
__attribute__((unused)) static const struct shipment shipment = {.reference = "bay-1-01234567-41-1",
                                                                 .mass_mg = 742000};

__attribute__((unused)) static void check(void)
{
    booking_check(&booking, step.now_ms);
}

__attribute__((unused)) static void store(enum err error)
{
    booking_stored(&booking, &step, booking.ticket, error);
    check();
}

/* SENDING at 1000: the intent is durable, one request is out. */
__attribute__((unused)) static void send_first(enum kind kind)
{
    start(kind);
    booking_begin(&booking, &step, 0, &parcel, &shipment);
    at(1000);
    store(ERR_NONE);
}

__attribute__((unused)) static void answer(enum carrier_result result, enum carrier_reason reason)
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

__attribute__((unused)) static void answer_end(enum exchange_end end)
{
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = end;
    booking_answer(&booking, &step, &event);
    check();
}

/* Goes to the booking's own deadline. */
__attribute__((unused)) static void wait_over(void)
{
    at(booking.deadline_ms);
    booking_tick(&booking, &step);
    check();
}

__attribute__((unused)) static bool stores(const char *kind)
{
    for (size_t i = 0; i < bench.commands.batch.fact_count; i++) {
        if (bytes_equal_text(bench.commands.batch.facts[i].kind, kind)) return true;
    }
    return false;
}

__attribute__((unused)) static void expect_state(enum booking_state wanted, const char *promise)
{
    EXPECT_TEXT(booking_state_word(wanted), booking_state_word(booking.state), promise);
}

#endif
