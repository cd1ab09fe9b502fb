/* Guards: a bench does not stop when the line is down. Where AWB numbers lie on the box a parcel
 * gets its real label at once and the courier is told later, in order, once; where not, it gets a
 * hold label and its real one when it is fetched. What the courier then refuses is called back by
 * name. No power cut changes any of it. */
#include "tests/sim/scenario.h"

/* A line that is down: nothing leaves the box, for any server. */
static void cut_line(struct world *world, bool down)
{
    world->line_down = down;
}

static void lay_down(struct world *world, const char *order_no)
{
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, order_no);
    sim_pass(world, 500);
    bench_lay(world, 742000);
}

static void pack(struct world *world, const char *order_no)
{
    lay_down(world, order_no);
    sim_pass(world, 12000);
}

static void power_cut(struct world *world)
{
    sim_cut_power(world);
    sim_pass(world, 30000);
}

static void the_label_comes_at_once_and_the_courier_is_told_later(void)
{
    struct world *world = scenario_begin_with_pool();
    cut_line(world, true);
    pack(world, "WEB-1");
    EXPECT_I64(1, packing_of(world)->parcels, "the parcel is closed");
    EXPECT_I64(1, world->report.ahead, "its label came before the courier's yes");
    EXPECT_I64(0, (int64_t)scenario_booked(world), "who knows nothing yet");
    EXPECT_I64(1, world->station->backlog.waiting, "and is still to be told");
    EXPECT(packing_of(world)->last_watch.closed_ms - packing_of(world)->last_watch.weight_ms < 5000,
           "the packer did not wait for the line");
    pack(world, "WEB-2");
    pack(world, "WEB-3");
    cut_line(world, false);
    sim_pass(world, 120000);
    EXPECT_I64(3, (int64_t)scenario_booked(world), "with the line back all are told");
    EXPECT_TEXT("WEB-1", world->couriers[0].shipments[0].order_no, "in order, but for the two");
    EXPECT(strcmp(world->couriers[0].shipments[2].order_no, "WEB-1") != 0, "on their way at once");
    EXPECT(backlog_idle(&world->station->backlog), "nothing is left");
    EXPECT_I64(0, world->station->backlog.waiting, "as it says");
    scenario_judge(world);
}

static void a_power_cut_forgets_nobody_who_must_be_told(void)
{
    struct world *world = scenario_begin_with_pool();
    cut_line(world, true);
    pack(world, "WEB-1");
    pack(world, "WEB-2");
    power_cut(world);
    EXPECT_I64(2, world->station->backlog.waiting, "both are known after the start");
    expect_state(world, PACKING_IDLE, "and the bench is free");
    pack(world, "WEB-3");
    cut_line(world, false);
    sim_pass(world, 30);
    power_cut(world); /* while they are being told */
    sim_pass(world, 200000);
    EXPECT_I64(3, (int64_t)scenario_booked(world), "each is told once");
    EXPECT_I64(0, world->station->backlog.waiting, "and none twice");
    scenario_judge(world);
}

static void what_the_courier_refuses_later_is_called_back(void)
{
    struct world *world = scenario_begin_with_pool();
    world->oms.orders[0].bad_pincode = true;
    cut_line(world, true);
    pack(world, "WEB-1");
    EXPECT_I64(1, world->report.ahead, "its label is out");
    cut_line(world, false);
    sim_pass(world, 60000);
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "refused: it is on the list");
    EXPECT(strstr(world->station->document, "\"recalls\":{\"count\":1") != NULL, "on the screen");
    power_cut(world);
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "and stays there");
    bench_scan(world, world->station->recalls.entries[0].awb);
    sim_pass(world, 500);
    expect_held(world, HELD_RECALLED, "whoever scans its label is stopped");
    scenario_says(world, "recalled", "and told why");
    bench_press(world, PRESS_TAKEN_BACK, "");
    sim_pass(world, 100);
    EXPECT_I64(0, (int64_t)world->station->recalls.count, "its label is destroyed");
    power_cut(world);
    EXPECT_I64(0, (int64_t)world->station->recalls.count, "for good");
    world->oms.orders[0].bad_pincode = false;
    memset(world->cached, 0, world->oms.count);
    pack(world, "WEB-1");
    EXPECT_I64(1, (int64_t)scenario_booked(world), "with a better address it is packed again");
    scenario_judge(world);
}

/* Each package of an order is called back, whatever became of the others. */
static void every_package_of_a_refused_order_is_called_back(void)
{
    struct world *world = scenario_begin_with_pool();
    world->oms.orders[0].packages = 2;
    world->oms.orders[0].bad_pincode = true;
    cut_line(world, true);
    pack(world, "WEB-1");
    pack(world, "WEB-1");
    EXPECT_I64(2, world->report.ahead, "both labels are out");
    power_cut(world);
    cut_line(world, false);
    sim_pass(world, 200000);
    EXPECT_I64(2, (int64_t)world->station->recalls.count, "both are called back");
    struct sim_blob *list = world->disk.blobs[sim_hash("recalls")];
    while (strcmp(list->key, "recalls") != 0) list = list->next;
    list->len = 0;
    world->disk.backlog_seq = 0; /* as if the cut had come before all that */
    power_cut(world);
    sim_pass(world, 30000);
    EXPECT_I64(2, (int64_t)world->station->recalls.count, "by what the journal says as well");
    sim_close(world);
}

static void the_order_of_a_recalled_parcel_is_stopped_too(void)
{
    struct world *world = scenario_begin_with_pool();
    world->oms.orders[0].bad_pincode = true;
    cut_line(world, true);
    pack(world, "WEB-1");
    cut_line(world, false);
    sim_pass(world, 60000);
    parcel_list_init(&world->station->recalls,
                     "recalls"); /* the list is lost: the facts know it as well */
    world->station->recalls.loaded = true;
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    expect_held(world, HELD_RECALLED, "by what the journal says");
    sim_close(world);
}

static void without_numbers_the_parcel_gets_a_hold_label(void)
{
    struct world *world = scenario_begin();
    cut_line(world, true);
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    sim_pass(world, 8000);
    EXPECT(packing_of(world)->slow, "at five seconds there is a way out");
    char number[SHIPMENT_REFERENCE_SIZE];
    memcpy(number, packing_of(world)->parcel.reference, sizeof number);
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 3000);
    EXPECT_I64(1, world->report.hold_labels, "a hold label");
    EXPECT_I64(1, bench_label(world, number)->count, "with our own number");
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, number);
    sim_pass(world, 6000);
    expect_held(world, HELD_NOT_BOOKED_YET, "fetched too early it is sent back");
    bench_press(world, PRESS_GIVE_UP, "");
    cut_line(world, false);
    sim_pass(world, 200000);
    EXPECT_I64(1, (int64_t)scenario_booked(world), "with the line back it is booked by itself");
    const struct parcel_list *shelf = &world->station->shelf;
    EXPECT_I64(1, (int64_t)shelf->count, "the list says which to bring");
    EXPECT_TEXT("WEB-1", shelf->entries[0].order_no, "this one");
    EXPECT_TEXT("booked", shelf->entries[0].why, "for it is booked");
    EXPECT(strstr(world->station->document, "\"shelf\":{\"count\":1") != NULL, "on the screen");
    power_cut(world);
    EXPECT_I64(1, (int64_t)world->station->shelf.count, "a power cut forgets it not");
    bench_scan(world, number);
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "the scan of the hold label brings the real one");
    EXPECT_I64(0, (int64_t)world->station->shelf.count, "and it is off the list");
    power_cut(world);
    EXPECT_I64(0, (int64_t)world->station->shelf.count, "for good");
    EXPECT_I64(1, (int64_t)(world->report.labels - world->report.hold_labels), "one");
    scenario_judge(world);
}

static void a_power_cut_at_a_label_fetched_from_the_shelf_asks(void)
{
    struct world *world = scenario_begin();
    cut_line(world, true);
    scenario_pack(world, "WEB-1", 742000);
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 3000);
    bench_lay(world, 0);
    cut_line(world, false);
    sim_pass(world, 200000);
    EXPECT_I64(1, (int64_t)scenario_booked(world), "booked on the shelf");
    bench_scan(world, "WEB-1");
    for (unsigned i = 0; i < 600 && packing_of(world)->state != PACKING_PRINTING; i++)
        sim_pass(world, 10);
    sim_pass(world, 100);
    expect_state(world, PACKING_PRINTING, "its label has begun");
    power_cut(world);
    expect_held(world, HELD_LABEL_UNKNOWN, "is there a label? Nobody else will ask");
    sim_close(world);
}

/* The pause before the next sending ends in the very step in which the packer sets it aside. */
static void what_is_called_unsent_is_not_sent_in_the_same_step(void)
{
    struct world *world = scenario_begin();
    world->carrier_down[0] = true;
    lay_down(world, "WEB-1");
    for (unsigned i = 0; i < 2000 && !packing_of(world)->slow; i++) sim_pass(world, 10);
    struct booking *booking = &world->station->bookings[packing_of(world)->slot];
    for (unsigned i = 0; i < 2000 && booking->state != BOOKING_RESENDING; i++) sim_pass(world, 10);
    booking->deadline_ms = world->now_ms;
    set_aside(world);
    EXPECT_I64(0, world->report.violations, world->report.first_violation);
    world->carrier_down[0] = false;
    sim_pass(world, 120000);
    scenario_end(world, 1, "it is booked later, once");
}

/* Set aside, booked by the backlog after a power cut, fetched; and the power goes while its label
 * comes out. */
static void a_fetched_label_is_asked_after_when_the_power_goes(void)
{
    struct world *world = scenario_begin();
    begin_slow(world, "WEB-1");
    set_aside(world);
    power_cut(world);
    sim_pass(world, 120000);
    EXPECT_I64(1, (int64_t)scenario_booked(world), "it is booked by itself");
    bench_scan(world, "WEB-1");
    pass_until(world, PACKING_PRINTING);
    for (unsigned i = 0; i < 200 && world->station->printing.state != PRINTING_PROVING; i++)
        sim_pass(world, 10);
    power_cut(world);
    expect_held(world, HELD_LABEL_UNKNOWN, "is there a label?");
    bench_press(world, PRESS_LABEL_OK, "");
    sim_pass(world, 30000);
    scenario_judge(world);
}

/* One that the courier refuses while it lies there is fetched as well: it must be packed anew. */
static void one_that_is_refused_on_the_shelf_is_fetched_too(void)
{
    struct world *world = scenario_begin();
    world->oms.orders[0].bad_pincode = true;
    cut_line(world, true);
    scenario_pack(world, "WEB-1", 742000);
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 3000);
    bench_lay(world, 0);
    cut_line(world, false);
    sim_pass(world, 200000);
    EXPECT_I64(1, (int64_t)world->station->shelf.count, "the list says so");
    EXPECT_TEXT("not_serviceable", world->station->shelf.entries[0].why, "and why");
    world->oms.orders[0].bad_pincode = false;
    memset(world->cached, 0, world->oms.count);
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    expect_state(world, PACKING_WEIGHING, "it is packed anew");
    EXPECT_I64(0, (int64_t)world->station->shelf.count, "and is in hand");
    sim_close(world);
}

static void one_courier_that_is_down_holds_up_no_other(void)
{
    struct world *world = scenario_begin_with_pool();
    for (unsigned i = 0; i < 4; i++) world->oms.orders[i].carrier = 1;
    world->carrier_down[1] = true;
    sim_pass(world, 400000); /* Delhivery's numbers come of age */
    cut_line(world, true);
    for (unsigned i = 1; i <= 6; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i);
        pack(world, order_no);
        if (packing_of(world)->state == PACKING_BOOKING) set_aside(world);
    }
    cut_line(world, false);
    sim_pass(world, 200000);
    EXPECT_I64(2, (int64_t)world->couriers[0].count, "the one that answers has its parcels");
    EXPECT_I64(0, (int64_t)world->couriers[1].count, "the other has not");
    EXPECT_I64(4, world->station->backlog.waiting, "four wait for it");
    world->carrier_down[1] = false;
    sim_pass(world, 900000);
    EXPECT_I64(4, (int64_t)world->couriers[1].count, "and are told in the end");
    EXPECT_I64(0, world->report.violations, world->report.first_violation);
    sim_close(world);
}

static unsigned taken_slots(const struct world *world)
{
    unsigned count = 0;
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++)
        count += world->station->bookings[slot].state != BOOKING_FREE;
    return count;
}

/* The request of the parcel in hand stays without an answer for ten minutes. */
static void hold_answer_back(struct world *world)
{
    lose_answer(world);
    world->station->bookings[packing_of(world)->slot].deadline_ms = world->now_ms + 600000;
}

/* They left the bench while their request was out, and are booked before the lane, whose first two
 * wait for a slot, has come to them. */
static void slots_are_free_again_when_what_left_the_bench_is_booked(void)
{
    struct world *world = scenario_begin_with_pool();
    cut_line(world, true);
    pack(world, "WEB-1");
    pack(world, "WEB-2");
    for (unsigned i = 0; i < BOOKINGS_MAX; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i + 3);
        lay_down(world, order_no);
        pass_until(world, PACKING_BOOKING);
        sim_pass(world, 1);
        hold_answer_back(world);
        pass_until(world, PACKING_IDLE);
    }
    EXPECT_I64(BOOKINGS_MAX, taken_slots(world), "no slot is left");
    cut_line(world, false);
    sim_pass(world, 1800000);
    EXPECT(backlog_idle(&world->station->backlog), "nothing is left");
    EXPECT_I64(0, taken_slots(world), "nor is a slot taken");
    EXPECT_I64(BOOKINGS_MAX + 2, (int64_t)scenario_booked(world), "all are told, once");
    scenario_judge(world);
}

/* Those that left the bench unsent; one whose request was out is its slot's matter. */
static void expect_told_in_order(const struct world *world)
{
    unsigned newest = 0, looked_at = 0;
    for (size_t i = 0; i < world->couriers[0].count; i++) {
        const struct sim_shipment *shipment = &world->couriers[0].shipments[i];
        char key[FACT_KEY_SIZE];
        unsigned number = 0;
        snprintf(key, sizeof key, "aside/%s", shipment->reference);
        const struct sim_fact *aside = disk_find(world, key);
        if (aside == NULL || strstr(aside->body, ASIDE_UNSENT) == NULL) continue;
        sscanf(shipment->order_no, "WEB-%u", &number);
        /* a slow one may be overtaken by some on the other of the two ways */
        EXPECT(number + 10 > newest, "in order, but for two on their way together");
        if (number > newest) newest = number;
        looked_at++;
    }
    EXPECT(looked_at > 250, "almost all left unsent");
}

static void many_more_than_fit_in_memory_are_told_in_order(void)
{
    struct sim_options options = {.seed = 2, .parcels = 300, .faults = SIM_QUIET};
    struct world *world = sim_open(&options);
    for (unsigned i = 0; i < world->oms.count; i++) {
        world->oms.orders[i].packages = 1;
        world->oms.orders[i].carrier = 0;
        world->oms.orders[i].cancelled = world->oms.orders[i].bad_pincode = false;
    }
    world->oms.published = world->oms.count;
    world->config.carriers[0].pool_level = 400;
    sim_pass(world, 120000);
    cut_line(world, true);
    for (unsigned i = 1; i <= 300; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i);
        pack(world, order_no);
        if (i != 150) continue;
        power_cut(world);
        memset(world->cached, 1,
               world->oms.count); /* a cut may lose it: without a line, for good */
    }
    EXPECT_I64(300, world->station->backlog.waiting, "a day without a line");
    cut_line(world, false);
    sim_pass(world, 3600000);
    EXPECT_I64(300, (int64_t)world->couriers[0].count, "all are told within the hour");
    expect_told_in_order(world);
    EXPECT_I64(0, world->station->backlog.waiting, "nothing is left");
    scenario_judge(world);
}

int main(void)
{
    EXPECT_RUN(the_label_comes_at_once_and_the_courier_is_told_later);
    EXPECT_RUN(a_power_cut_forgets_nobody_who_must_be_told);
    EXPECT_RUN(what_the_courier_refuses_later_is_called_back);
    EXPECT_RUN(every_package_of_a_refused_order_is_called_back);
    EXPECT_RUN(the_order_of_a_recalled_parcel_is_stopped_too);
    EXPECT_RUN(without_numbers_the_parcel_gets_a_hold_label);
    EXPECT_RUN(a_power_cut_at_a_label_fetched_from_the_shelf_asks);
    EXPECT_RUN(what_is_called_unsent_is_not_sent_in_the_same_step);
    EXPECT_RUN(a_fetched_label_is_asked_after_when_the_power_goes);
    EXPECT_RUN(one_that_is_refused_on_the_shelf_is_fetched_too);
    EXPECT_RUN(one_courier_that_is_down_holds_up_no_other);
    EXPECT_RUN(slots_are_free_again_when_what_left_the_bench_is_booked);
    EXPECT_RUN(many_more_than_fit_in_memory_are_told_in_order);
    return expect_result();
}
