/* Guards: a label that was printed ahead of the courier's yes does not leave when a no comes.
 * Before a byte of it was sent there will be none; once one is out, or may be, it is called back,
 * by its number too. */
#include "tests/sim/scenario.h"

/* At the printer, ahead of the yes, and the line is down. */
static struct world *print_ahead(bool refused)
{
    struct world *world = scenario_begin_with_pool();
    world->oms.orders[0].bad_pincode = refused;
    world->line_down = true;
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    return world;
}

/* The line is back, and the courier says no. */
static void hear_no(struct world *world)
{
    world->line_down = false;
    for (unsigned i = 0; i < 3000 && world->station->bookings[0].state != BOOKING_FREE &&
                         world->station->bookings[0].state != BOOKING_REFUSED;
         i++)
        sim_pass(world, 10);
}

/* Whatever is scanned of it is stopped, until a person says that the label is destroyed. */
static void take_back(struct world *world, const char *awb)
{
    expect_held(world, HELD_RECALLED, "it must not leave");
    scenario_says(world, "recalled", "and that is said");
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "it is on the list");
    EXPECT_TEXT(awb, world->station->recalls.entries[0].awb, "with its number");
    EXPECT_TEXT("not_serviceable", world->station->recalls.entries[0].why, "and the reason");
    bench_press(world, PRESS_GIVE_UP, "");
    bench_scan(world, awb);
    sim_pass(world, 500);
    expect_held(world, HELD_RECALLED, "who scans the label is stopped");
    bench_press(world, PRESS_TAKEN_BACK, "");
    sim_pass(world, 500);
    expect_state(world, PACKING_IDLE, "the label is destroyed");
    EXPECT_I64(0, (int64_t)world->station->recalls.count, "nothing is called back any more");
    EXPECT_I64(0, packing_of(world)->parcels, "no parcel was closed");
    scenario_end(world, 0, "nothing was booked");
}

static void a_no_before_the_label_began_leaves_no_label(void)
{
    struct world *world = print_ahead(true);
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 600000;
    pass_until_printer(world, PRINTING_WAITING);
    hear_no(world);
    expect_held(world, HELD_REFUSED, "the packer is told at once");
    EXPECT_TEXT("", packing_of(world)->parcel.awb, "there is nothing to print again");
    EXPECT_I64(0, (int64_t)world->station->recalls.count, "nor to call back");
    world->bench.paper_out = false;
    sim_pass(world, 20000);
    EXPECT_I64(0, world->report.labels, "no label comes out");
    scenario_end(world, 0, "nothing was booked");
}

static bool says_no(struct world *world, uint32_t ticket, unsigned carrier,
                    const struct http_request *request)
{
    (void)carrier;
    (void)request;
    line_answer(world, ticket, 1, EXCHANGE_ANSWERED, 422, "application/json",
                "{\"error\":{\"code\":\"not_serviceable\",\"message\":\"not served\"}}");
    return true;
}

static void a_no_while_the_label_comes_out_calls_it_back(void)
{
    struct world *world = print_ahead(true);
    struct event due = {.kind = EVENT_DEADLINE};
    pass_until_printer(world, PRINTING_SENDING);
    world->line_down = false;
    world->carrier_down[0] = true;
    world->courier_says = says_no;
    world->station->bookings[0].deadline_ms = world->now_ms; /* the pause happens to be over */
    sim_give(world, &due);
    sim_pass(world, 10);
    EXPECT_I64(BOOKING_REFUSED, world->station->bookings[0].state, "the no is there");
    expect_state(world, PACKING_PRINTING, "a label that has begun is not cut in two");
    char awb[SHIPMENT_AWB_SIZE];
    memcpy(awb, packing_of(world)->parcel.awb, sizeof awb);
    sim_pass(world, 6000);
    EXPECT_I64(1, world->report.labels, "it is out");
    take_back(world, awb);
}

/* HELD: a label may lie there, and meanwhile the courier has refused. */
static struct world *refused_while_in_question(char *awb, size_t size)
{
    struct world *world = print_ahead(true);
    lose_label(world, 1000);
    snprintf(awb, size, "%s", packing_of(world)->parcel.awb);
    hear_no(world);
    expect_held(world, HELD_LABEL_UNKNOWN, "first the packer looks");
    return world;
}

static void a_no_while_the_label_is_in_question_calls_it_back(void)
{
    char awb[SHIPMENT_AWB_SIZE];
    struct world *world = refused_while_in_question(awb, sizeof awb);
    bench_press(world, PRESS_LABEL_OK, "");
    take_back(world, awb);
    world = refused_while_in_question(awb, sizeof awb);
    bench_press(world, PRESS_LABEL_MISSING, "");
    EXPECT_I64(0, world->report.labels, "no other is printed");
    take_back(world, awb);
}

static void a_power_cut_forgets_no_such_label(void)
{
    char awb[SHIPMENT_AWB_SIZE];
    struct world *world = refused_while_in_question(awb, sizeof awb);
    sim_cut_power(world);
    sim_pass(world, 30000);
    take_back(world, awb);
}

/* The other answer: nothing is left to tell anybody. */
static void a_yes_meanwhile_ends_it(void)
{
    struct world *world = print_ahead(false);
    lose_label(world, 1000);
    world->line_down = false;
    sim_pass(world, 20000);
    EXPECT_I64(BOOKING_BOOKED, world->station->bookings[0].state, "the yes is there");
    bench_press(world, PRESS_LABEL_MISSING, "");
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "with its label it is closed");
    EXPECT_I64(1, world->report.labels, "one");
    EXPECT_I64(0, world->station->backlog.waiting, "the courier need not be told later");
    EXPECT_I64(BOOKING_FREE, world->station->bookings[0].state, "and its slot is free");
    scenario_end(world, 1, "one booking");
}

int main(void)
{
    EXPECT_RUN(a_no_before_the_label_began_leaves_no_label);
    EXPECT_RUN(a_no_while_the_label_comes_out_calls_it_back);
    EXPECT_RUN(a_no_while_the_label_is_in_question_calls_it_back);
    EXPECT_RUN(a_power_cut_forgets_no_such_label);
    EXPECT_RUN(a_yes_meanwhile_ends_it);
    return expect_result();
}
