/* Guards: every state of packing has a way out that the packer is offered, nothing that is not
 * offered is obeyed, and no way leads to a second booking or a label nobody asked for. */
#include "tests/sim/scenario.h"

static void semi_manual_waits_for_the_press(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    scenario_pack(world, "WEB-1", 742000);
    expect_state(world, PACKING_RATING, "all is known");
    scenario_says(world, "press_print", "and the packer is asked");
    EXPECT_I64(0, scenario_booked(world), "nothing is booked before the press");
    bench_press(world, PRESS_PRINT, "");
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "then it goes its way");
    scenario_end(world, 1, "once");
}

static void what_is_booked_still_lies_on_the_plate(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    scenario_pack(world, "WEB-1", 742000);
    expect_state(world, PACKING_RATING, "weighed");
    bench_lay(world, 0);
    sim_pass(world, 2500);
    expect_state(world, PACKING_WEIGHING, "lifted: its weight counts no more");
    bench_press(world, PRESS_PRINT, "");
    EXPECT_I64(0, scenario_booked(world), "and it is not booked");
    bench_lay(world, 900000);
    sim_pass(world, 4000);
    expect_state(world, PACKING_RATING, "another lies there");
    world->bench.scale_port = 0; /* the scale says nothing more */
    sim_pass(world, WEIGHT_FRESH_MS + 1);
    bench_press(world, PRESS_PRINT, "");
    EXPECT_I64(0, scenario_booked(world), "a weight that is old is not booked");
    sim_pass(world, WEIGHT_GAP_MAX_MS);
    expect_state(world, PACKING_WEIGHING, "and a scale that stays silent is not waited for");
    scenario_end(world, 0, "nothing was");

    world = scenario_begin();
    world->config.automatic = false;
    scenario_pack(world, "WEB-1", 742000);
    bench_lay(world, 900000);
    sim_pass(world, 4000);
    bench_press(world, PRESS_PRINT, "");
    sim_pass(world, 6000);
    EXPECT_I64(900, world->couriers[0].shipments[0].mass_g, "the courier has what lay there then");
    scenario_end(world, 1, "once");
}

/* Something is added so gently that the scale never says that it moves. */
static void another_weight_at_rest_is_another_weight(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    scenario_pack(world, "WEB-1", 742000);
    expect_state(world, PACKING_RATING, "weighed");
    world->bench.plate_mg = 760000;
    sim_pass(world, 300);
    expect_state(world, PACKING_WEIGHING, "the old weight counts no more");
    bench_press(world, PRESS_PRINT, "");
    EXPECT_I64(0, scenario_booked(world), "and is not booked");
    sim_pass(world, 2500);
    expect_state(world, PACKING_RATING, "the new one has stood long enough");
    bench_press(world, PRESS_PRINT, "");
    sim_pass(world, 6000);
    EXPECT_I64(760, world->couriers[0].shipments[0].mass_g, "and is what the courier has");
    scenario_end(world, 1, "once");
}

static void a_newer_scan_replaces_an_order_while_nothing_is_spent(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    bench_scan(world, "WEB-1");
    sim_pass(world, 2);
    bench_scan(world, "WEB-2");
    sim_pass(world, 1000);
    EXPECT_TEXT("WEB-2", packing_of(world)->order.order_no, "while it is looked for");
    bench_scan(world, "WEB-3");
    sim_pass(world, 1000);
    EXPECT_TEXT("WEB-3", packing_of(world)->order.order_no, "while it is weighed");
    bench_lay(world, 742000);
    sim_pass(world, 4000);
    bench_scan(world, "WEB-4");
    sim_pass(world, 4000);
    EXPECT_TEXT("WEB-4", packing_of(world)->order.order_no, "while the press is awaited");
    bench_scan(world, "NOBODY");
    sim_pass(world, 1000);
    bench_scan(world, "WEB-5");
    sim_pass(world, 1000);
    EXPECT_TEXT("WEB-5", packing_of(world)->order.order_no, "while a reason is shown");
    bench_scan(world, "bad\001code");
    sim_pass(world, 1000);
    expect_held(world, HELD_BAD_SCAN, "a code that cannot be read is said");
    scenario_end(world, 0, "nothing was booked");
}

/* Every press that is not on the screen, in the state the world is in. */
static void press_what_is_not_offered(struct world *world, const char *promise)
{
    enum press offered[PACKING_PRESSES_MAX];
    size_t count = packing_presses(packing_of(world), &world->station->floor, offered);
    for (unsigned press = 0; press < PRESSES; press++) {
        bool on_screen = false;
        for (size_t i = 0; i < count; i++) on_screen = on_screen || offered[i] == press;
        if (on_screen) continue;
        enum packing_state state = packing_of(world)->state;
        size_t facts = world->disk.count;
        bench_press(world, (enum press)press, "why");
        EXPECT(packing_of(world)->state == state && world->disk.count == facts, promise);
    }
}

static void what_is_not_offered_is_not_obeyed(void)
{
    struct world *world = scenario_begin();
    press_what_is_not_offered(world, "idle");
    bench_scan(world, "WEB-1");
    sim_pass(world, 2);
    press_what_is_not_offered(world, "finding");
    sim_pass(world, 500);
    press_what_is_not_offered(world, "weighing");
    bench_lay(world, 742000);
    pass_until(world, PACKING_BOOKING);
    press_what_is_not_offered(world, "booking");
    pass_until(world, PACKING_PRINTING);
    press_what_is_not_offered(world, "printing");
    pass_until(world, PACKING_IDLE);
    bench_scan(world, "NOBODY");
    sim_pass(world, 1000);
    press_what_is_not_offered(world, "held");
    bench_press(world, PRESS_REPRINT, "");
    scenario_end(world, 1, "and one parcel went its way in spite of it");
}

static void giving_up_is_free_until_booking(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    bench_scan(world, "WEB-1");
    sim_pass(world, 2);
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "while it is looked for");
    scenario_pack(world, "WEB-1", 742000);
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "while the press is awaited");
    bench_scan(world, "NOBODY");
    sim_pass(world, 1000);
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "while a reason is shown");
    scenario_end(world, 0, "nothing was spent");
}

static void two_packages_are_two_parcels(void)
{
    struct world *world = scenario_begin();
    world->oms.orders[0].packages = 2;
    scenario_pack(world, "WEB-1", 742000);
    bench_lay(world, 0);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-1", 500000);
    EXPECT_I64(2, packing_of(world)->parcels, "each is closed");
    EXPECT_I64(500, world->couriers[0].shipments[1].mass_g, "with its own weight");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-1", 300000);
    expect_held(world, HELD_ALREADY_PACKED, "a third is one too many");
    scenario_end(world, 2, "two bookings");
}

static void a_slow_courier_leaves_the_bench_free(void)
{
    struct world *world = scenario_begin();
    begin_slow(world, "WEB-1");
    scenario_says(world, "booking_long", "the packer is told");
    set_aside(world);
    EXPECT_I64(1, world->station->bookings[0].aside, "the booking goes on");
    bench_lay(world, 0);
    sim_pass(world, 2000);
    scenario_pack(world, "WEB-2", 500000);
    EXPECT_I64(1, packing_of(world)->parcels, "the next parcel is packed meanwhile");
    sim_pass(world, 30000);
    EXPECT_I64(BOOKING_FREE, world->station->bookings[0].state, "the first is booked by itself");
    EXPECT_I64(1, world->report.labels - world->report.hold_labels,
               "without a label nobody stands for");
    EXPECT_I64(1, world->report.hold_labels, "but with one that says which parcel it is");
    bench_lay(world, 0);
    sim_pass(world, 2000);
    bench_scan(world, "WEB-1");
    sim_pass(world, 6000);
    EXPECT_I64(2, packing_of(world)->parcels, "its order's scan brings the label");
    EXPECT_I64(2, world->report.labels - world->report.hold_labels, "one");
    scenario_end(world, 2, "two parcels, two bookings");
}

static void a_parcel_may_go_to_the_shelf_twice(void)
{
    struct world *world = scenario_begin();
    begin_slow(world, "WEB-1");
    set_aside(world);
    bench_scan(world, "WEB-1");
    sim_pass(world, 50);
    expect_state(world, PACKING_BOOKING, "it comes back from the shelf");
    EXPECT(!world->station->bookings[0].aside, "and is waited for");
    sim_pass(world, 5100);
    bench_press(world, PRESS_TRY_AGAIN, "");
    EXPECT(!packing_of(world)->slow, "patience once more");
    sim_pass(world, 1);
    world->station->bookings[0].deadline_ms = world->now_ms + 60000; /* the courier stays silent */
    lose_answer(world);
    sim_pass(world, 5100);
    set_aside(world);
    sim_pass(world, 90000);
    scenario_end(world, 1, "and it is booked once");
}

static void too_many_on_the_shelf_are_said(void)
{
    struct world *world = scenario_begin();
    for (unsigned i = 0; i < BOOKINGS_MAX; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i + 1);
        begin_slow(world, order_no);
        for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) { /* none comes to an end */
            if (world->station->bookings[slot].state != BOOKING_SENDING) continue;
            tickets_drop(&world->station->tickets, world->station->bookings[slot].ticket);
            world->station->bookings[slot].deadline_ms = world->now_ms + 600000;
        }
        set_aside(world);
    }
    bench_lay(world, 0);
    sim_pass(world, 2500);
    scenario_pack(world, "WEB-13", 742000);
    expect_held(world, HELD_TOO_MANY_OPEN, "one more is not begun while a dozen requests are out");
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "and can be left");
    scenario_end(world, BOOKINGS_MAX, "eight bookings");
}

static void a_reprint_needs_a_word_why(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    bench_press(world, PRESS_REPRINT, "");
    sim_pass(world, 3000);
    EXPECT_I64(1, world->report.labels, "no word, no label");
    bench_label(world, packing_of(world)->last.awb)->allowed = 2;
    bench_press(world, PRESS_REPRINT, "the label is torn, says the packer who tore it, at length");
    sim_pass(world, 5000);
    EXPECT_I64(2, world->report.labels, "with one, one");
    EXPECT_I64(1, packing_of(world)->parcels, "it is no second parcel");
    scenario_says(world, "lift_parcel", "and the bench is free");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_scan(world, "WEB-1");
    sim_pass(world, 1000);
    expect_held(world, HELD_ALREADY_PACKED, "a closed order's scan");
    bench_label(world, packing_of(world)->last.awb)->allowed = 3;
    bench_press(world, PRESS_REPRINT, "lost");
    sim_pass(world, 5000);
    EXPECT_I64(3, world->report.labels, "offers the same");
    scenario_end(world, 1, "and never a second booking");
}

static void a_reprint_may_be_given_up_while_the_printer_waits(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 600000;
    sim_pass(world, 4000);
    bench_press(world, PRESS_REPRINT, "torn");
    sim_pass(world, 1000);
    scenario_says(world, "printer_paper_out", "no paper");
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "then not");
    EXPECT_I64(1, world->report.labels, "one label");
    scenario_end(world, 1, "one booking");
}

static void what_is_wrong_with_an_order_is_said(void)
{
    static const struct {
        enum orders_answer answer;
        enum order_status status;
        const char *awb;
        enum held_reason wanted;
        const char *promise;
    } rows[] = {
        {ORDER_MANY, ORDER_READY, "", HELD_MANY_ORDERS, "several carry the code"},
        {ORDER_BROKEN, ORDER_READY, "", HELD_ORDER_BROKEN, "it breaks the contract"},
        {ORDER_SYSTEM_DOWN, ORDER_READY, "", HELD_ORDER_SYSTEM_DOWN, "nobody could be asked"},
        {ORDER_UNKNOWN, ORDER_READY, "", HELD_UNKNOWN_SCAN, "nobody knows the code"},
        {ORDER_FOUND, ORDER_NOT_READY, "", HELD_NOT_READY, "it is on hold"},
        {ORDER_FOUND, ORDER_PACKED, "", HELD_ALREADY_PACKED, "it was packed elsewhere"},
        {ORDER_FOUND, ORDER_CANCELLED, "", HELD_CANCELLED, "it was cancelled"},
        {ORDER_FOUND, ORDER_UNCLEAR, "", HELD_ORDER_UNCLEAR, "nobody knows its status"},
        {ORDER_FOUND, ORDER_READY, "AWB1", HELD_ALREADY_PACKED, "it has a number already"},
        {ORDER_FOUND, ORDER_CANCELLED, "AWB1", HELD_CANCELLED, "cancelled outweighs booked"},
    };
    struct world *world = scenario_begin();
    struct orders *orders = &world->station->orders;
    struct event turn = {.kind = EVENT_DISK};
    world->config.mode = CONFIG_TRAINING;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bench_press(world, PRESS_SCAN, i % 2 == 0 ? "WEB-1" : "WEB-2");
        expect_state(world, PACKING_FINDING, "it is looked for");
        tickets_drop(&world->station->tickets, orders->ticket);
        orders_init(orders);
        orders->state = ORDERS_DONE;
        orders->answer = rows[i].answer;
        orders->order.status = rows[i].status;
        orders->order.packages_total = 1;
        memcpy(orders->order.awb, rows[i].awb, strlen(rows[i].awb) + 1);
        sim_give(world, &turn);
        expect_held(world, rows[i].wanted, rows[i].promise);
        enum press presses[PACKING_PRESSES_MAX];
        size_t count = packing_presses(packing_of(world), &world->station->floor, presses);
        bool leave = false;
        for (size_t n = 0; n < count; n++) leave = leave || presses[n] == PRESS_GIVE_UP;
        EXPECT(leave, "and the packer can leave it");
    }
    scenario_end(world, 0, "nothing was booked");
}

static void a_code_that_cannot_be_one_is_said(void)
{
    struct world *world = scenario_begin();
    static char longest[ORDER_KEY_SIZE], too_long[ORDER_KEY_SIZE + 1];
    memset(longest, 'x', sizeof longest - 1);
    memset(too_long, 'x', sizeof too_long - 1);
    world->config.mode = CONFIG_TRAINING;
    bench_press(world, PRESS_SCAN, "   ");
    expect_held(world, HELD_BAD_SCAN, "nothing but blanks");
    bench_press(world, PRESS_GIVE_UP, "");
    bench_press(world, PRESS_SCAN, longest);
    sim_pass(world, 500);
    expect_held(world, HELD_UNKNOWN_SCAN, "the longest is looked for like any other");
    bench_press(world, PRESS_SCAN, too_long);
    expect_held(world, HELD_BAD_SCAN, "one byte more is no order's code, and is not cut to one");
    scenario_start_booking(world);
    uint32_t before = packing_of(world)->scans_not_taken;
    bench_scan(world, "bad\001code");
    sim_pass(world, 10);
    EXPECT_I64(before + 1, packing_of(world)->scans_not_taken, "while money is spent none counts");
    expect_state(world, PACKING_BOOKING, "and the parcel goes on");
    sim_close(world);
}

int main(void)
{
    EXPECT_RUN(semi_manual_waits_for_the_press);
    EXPECT_RUN(what_is_booked_still_lies_on_the_plate);
    EXPECT_RUN(another_weight_at_rest_is_another_weight);
    EXPECT_RUN(a_newer_scan_replaces_an_order_while_nothing_is_spent);
    EXPECT_RUN(what_is_not_offered_is_not_obeyed);
    EXPECT_RUN(giving_up_is_free_until_booking);
    EXPECT_RUN(two_packages_are_two_parcels);
    EXPECT_RUN(a_slow_courier_leaves_the_bench_free);
    EXPECT_RUN(a_parcel_may_go_to_the_shelf_twice);
    EXPECT_RUN(too_many_on_the_shelf_are_said);
    EXPECT_RUN(a_reprint_needs_a_word_why);
    EXPECT_RUN(a_reprint_may_be_given_up_while_the_printer_waits);
    EXPECT_RUN(what_is_wrong_with_an_order_is_said);
    EXPECT_RUN(a_code_that_cannot_be_one_is_said);
    return expect_result();
}
