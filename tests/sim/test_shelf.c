/* Guards: what lies on the shelf is not lost, whoever else wants its place. A parcel in hand gets
 * the slot of one that only pauses and that the disk knows; a parcel that went there twice is
 * there; a hold label never lies beside a real one. */
#include "tests/sim/scenario.h"

static struct booking *slots_of(struct world *world)
{
    return world->station->bookings;
}

/* Its request, answer lost, is not given up for a long time. */
static void stay_silent(struct world *world, const char *order_no)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        struct booking *booking = &slots_of(world)[slot];
        if (booking->state != BOOKING_SENDING || strcmp(booking->parcel.order_no, order_no) != 0)
            continue;
        tickets_drop(&world->station->tickets, booking->ticket);
        booking->deadline_ms = world->now_ms + 600000;
    }
}

/* A request is out for each slot there is. */
static struct world *fill_shelf(void)
{
    struct world *world = scenario_begin();
    for (unsigned i = 0; i < BOOKINGS_MAX; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i + 1);
        begin_slow(world, order_no);
        stay_silent(world, order_no);
        set_aside(world);
        stay_silent(world, order_no);
    }
    EXPECT_I64(NO_SLOT, floor_free_slot(&world->station->floor), "all slots are taken");
    bench_lay(world, 0);
    sim_pass(world, 2500);
    return world;
}

/* Its request comes to nothing, and it is a while before the next. */
static void pause_slot(struct world *world, unsigned slot)
{
    struct event due = {.kind = EVENT_DEADLINE};
    slots_of(world)[slot].deadline_ms = world->now_ms;
    sim_give(world, &due);
    EXPECT(booking_is_paused(&slots_of(world)[slot]), "it only pauses");
    slots_of(world)[slot].deadline_ms = world->now_ms + 600000;
}

/* Fetched, and put there again because the printer has no paper: the disk is not told twice what it
 * has, for it would refuse the whole batch, and the order system would not hear of it. */
static void it_may_go_to_the_shelf_a_second_time(void)
{
    struct world *world = scenario_begin();
    world->line_down = true;
    scenario_pack(world, "WEB-1", 742000);
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 3000);
    bench_lay(world, 0);
    world->line_down = false;
    sim_pass(world, 200000);
    EXPECT_I64(1, (int64_t)world->station->shelf.count, "it is booked there");
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 400000;
    sim_pass(world, 5000);
    bench_scan(world, "WEB-1");
    pass_until_printer(world, PRINTING_WAITING);
    uint64_t told = world->oms.taken;
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 5000);
    expect_state(world, PACKING_IDLE, "it lies there again");
    EXPECT_I64((int64_t)told + 1, (int64_t)world->oms.taken, "which the order system has heard");
    EXPECT_I64(1, (int64_t)world->station->shelf.count, "and it is still to be fetched");
    sim_close(world);
}

static void the_parcel_in_hand_gets_the_place_of_one_that_pauses(void)
{
    struct world *world = fill_shelf();
    pause_slot(world, 3);
    pause_slot(world, 7);
    slots_of(world)[3].queued = false; /* as one that a start found: no fact says that it waits */
    scenario_pack(world, "WEB-13", 742000);
    EXPECT_I64(1, packing_of(world)->parcels, "the thirteenth is packed");
    EXPECT_TEXT("WEB-4", slots_of(world)[3].parcel.order_no,
                "not in the place of one that only memory knows");
    slots_of(world)[3].queued = true;
    sim_pass(world, 1800000);
    EXPECT_I64(BOOKINGS_MAX + 1, (int64_t)scenario_booked(world), "all are booked in the end");
    EXPECT_I64(0, world->station->backlog.waiting, "the one that gave way as well");
    EXPECT_I64(0, world->report.violations, world->report.first_violation);
    sim_close(world);
}

/* On the shelf, unbooked, the line down. */
static void shelve(struct world *world, const char *order_no)
{
    bench_lay(world, 0);
    sim_pass(world, 2500);
    scenario_pack(world, order_no, 742000);
    EXPECT(packing_of(world)->slow, "the packer has waited enough");
    set_aside(world);
}

static void one_whose_turn_has_not_come_is_not_booked_yet(void)
{
    struct world *world = scenario_begin();
    world->line_down = true;
    for (unsigned i = 1; i <= BACKLOG_AT_ONCE + 1; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i);
        shelve(world, order_no);
    }
    bench_scan(world, "WEB-3");
    sim_pass(world, 500);
    expect_held(world, HELD_NOT_BOOKED_YET, "fetched too early");
    scenario_says(world, "not_booked_yet", "and that is said");
    bench_press(world, PRESS_GIVE_UP, "");
    world->line_down = false;
    sim_pass(world, 200000);
    EXPECT_I64(3, (int64_t)scenario_booked(world), "it is booked by itself");
    bench_scan(world, "WEB-3");
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "then its scan brings the label");
    scenario_judge(world);
}

/* Booked, and no paper for its label. */
static struct world *wait_for_paper(void)
{
    struct world *world = scenario_begin();
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 600000;
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(PRINTING_WAITING, world->station->printing.state, "nothing was sent");
    return world;
}

static void fetch_and_finish(struct world *world)
{
    world->bench.paper_out = false;
    bench_scan(world, "WEB-1");
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "with paper it is done");
    EXPECT_I64(1, world->report.labels, "one label");
    scenario_end(world, 1, "one booking");
}

static void to_the_shelf_again_is_to_the_shelf(void)
{
    struct world *world = wait_for_paper();
    set_aside(world);
    bench_scan(world, "WEB-1");
    sim_pass(world, 1000);
    expect_state(world, PACKING_PRINTING, "its scan brings it back, still no paper");
    set_aside(world);
    fetch_and_finish(world);
}

static void a_full_disk_does_not_lose_a_booked_parcel_on_its_way_to_the_shelf(void)
{
    struct world *world = wait_for_paper();
    world->disk.full_batches = 1;
    bench_press(world, PRESS_SET_ASIDE, "");
    expect_held(world, HELD_DISK_FULL, "not on the shelf yet");
    bench_scan(world, "WEB-2");
    sim_pass(world, 500);
    expect_held(world, HELD_DISK_FULL, "it is not forgotten over another scan");
    bench_press(world, PRESS_GIVE_UP, "");
    expect_held(world, HELD_DISK_FULL, "nor can it be left: money is spent");
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 500);
    expect_state(world, PACKING_IDLE, "now it is there");
    fetch_and_finish(world);
}

/* Printed ahead, perhaps: a hold label beside it would be one label too many on that parcel. */
static void no_hold_label_where_a_label_may_be_out(void)
{
    struct world *world = scenario_begin_with_pool();
    world->line_down = true;
    scenario_start_booking(world);
    lose_label(world, 1000);
    world->config.printer.width_dmm = world->config.printer.height_dmm = 100; /* tiny stock */
    bench_press(world, PRESS_LABEL_MISSING, "");
    sim_pass(world, 1000);
    expect_held(world, HELD_LABEL_BROKEN, "the second copy does not fit");
    world->config.printer.width_dmm = 1016;
    world->config.printer.height_dmm = 1524;
    EXPECT_TEXT("ready", devices_printer_word(&world->station->devices), "the printer could");
    set_aside(world);
    EXPECT_I64(0, world->report.hold_labels, "but no hold label comes out");
    world->line_down = false;
    sim_pass(world, 200000);
    EXPECT_I64(1, (int64_t)scenario_booked(world), "it is booked by itself");
    EXPECT_I64(0, world->report.labels, "and nothing comes out by itself");
    bench_scan(world, "WEB-1");
    sim_pass(world, 1000);
    expect_held(world, HELD_LABEL_UNKNOWN, "fetched, the packer looks");
    bench_press(world, PRESS_LABEL_MISSING, "");
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "and it is finished");
    scenario_end(world, 1, "one booking");
}

/* Unbooked, and the packer has waited enough: a hold label would come. */
static struct world *wait_unbooked(bool paper)
{
    struct world *world = scenario_begin();
    begin_slow(world, "WEB-1");
    world->bench.paper_out = !paper;
    world->bench.paper_back_ms = world->now_ms + 600000;
    return world;
}

static void expect_next_parcel(struct world *world)
{
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, "WEB-2");
    sim_pass(world, 500);
    expect_state(world, PACKING_WEIGHING, "the next parcel is begun");
    EXPECT_TEXT("WEB-2", packing_of(world)->order.order_no, "this one");
    EXPECT_I64(0, world->report.hold_labels, "no hold label came out");
    scenario_end(world, 1, "the one on the shelf is booked all the same");
}

static void no_hold_label_keeps_anybody(void)
{
    struct world *world = wait_unbooked(false);
    for (unsigned i = 0; i < 2000 && !world->station->devices.printer_status.paper_out; i++)
        sim_pass(world, 10);
    bench_press(world, PRESS_SET_ASIDE, "");
    expect_state(world, PACKING_IDLE, "no paper, as the printer has said: none is begun");
    expect_next_parcel(world);

    world = wait_unbooked(false);
    bench_press(world, PRESS_SET_ASIDE, ""); /* before the printer has said so */
    sim_pass(world, 2000);
    EXPECT_I64(PRINTING_WAITING, world->station->printing.state, "it waits for paper");
    expect_next_parcel(world);

    world = wait_unbooked(true);
    bench_press(world, PRESS_SET_ASIDE, "");
    pass_until_printer(world, PRINTING_PROVING);
    world->bench.paper_out = true;
    sim_pass(world, 2000);
    expect_state(world, PACKING_IDLE, "half a hold label is no question");
    expect_next_parcel(world);
}

int main(void)
{
    EXPECT_RUN(it_may_go_to_the_shelf_a_second_time);
    EXPECT_RUN(the_parcel_in_hand_gets_the_place_of_one_that_pauses);
    EXPECT_RUN(one_whose_turn_has_not_come_is_not_booked_yet);
    EXPECT_RUN(to_the_shelf_again_is_to_the_shelf);
    EXPECT_RUN(a_full_disk_does_not_lose_a_booked_parcel_on_its_way_to_the_shelf);
    EXPECT_RUN(no_hold_label_where_a_label_may_be_out);
    EXPECT_RUN(no_hold_label_keeps_anybody);
    return expect_result();
}
