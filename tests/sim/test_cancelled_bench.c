/* Guards: from the moment the bench knows that an order was cancelled or changed, nothing of it
 * goes on there: no label again, no parcel from the shelf, no new booking; and the packer is told
 * which label to destroy, before anybody else has come to it. */
#include "tests/sim/scenario.h"

/* The order system has said so; its turn on the list comes later. */
static void note(struct world *world, enum void_why why)
{
    EXPECT(voids_note(&world->station->voids, "SH-1", why), "it is noted");
    world->station->voids.deadline_ms = world->now_ms + 60000;
    world->station->voids.state = VOIDS_PAUSED;
    world->oms.orders[0].cancelled = why == VOID_ORDER_CANCELLED;
}

static void scan_again(struct world *world)
{
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
}

/* HELD over a label that is out. Destroyed, the bench is free; then the AWB is voided. */
static void take_back(struct world *world, const char *message)
{
    expect_held(world, HELD_RECALLED, "the label must not leave");
    scenario_says(world, message, "the packer is told why");
    EXPECT_TEXT(world->couriers[0].shipments[0].awb, packing_of(world)->recall.awb, "which");
    bench_press(world, PRESS_TAKEN_BACK, "");
    sim_pass(world, 500);
    expect_state(world, PACKING_IDLE, "it is destroyed");
}

static void expect_voided(struct world *world)
{
    sim_pass(world, 120000);
    EXPECT(world->couriers[0].shipments[0].cancelled, "the AWB is void");
    EXPECT_I64(0, (int64_t)world->station->recalls.count, "no label is called back twice");
    EXPECT_I64(0, (int64_t)world->station->voids.count, "nothing is left to do");
    scenario_end(world, 1, "nothing was booked anew");
}

static void a_closed_parcel_is_stopped_at_its_scan(void)
{
    static const struct {
        enum void_why why;
        enum held_reason then;
        const char *message;
    } rows[] = {{VOID_ORDER_CANCELLED, HELD_CANCELLED, "recalled_cancelled"},
                {VOID_ORDER_CHANGED, HELD_BEING_VOIDED, "recalled_changed"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world *world = scenario_begin();
        scenario_pack(world, "WEB-1", 742000);
        note(world, rows[i].why);
        scan_again(world);
        take_back(world, rows[i].message);
        scan_again(world);
        expect_held(world, rows[i].then, "nothing is begun while the old booking stands");
        bench_press(world, PRESS_GIVE_UP, "");
        expect_voided(world);
    }
}

static void no_label_is_printed_again(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    note(world, VOID_ORDER_CANCELLED);
    bench_press(world, PRESS_REPRINT, "torn");
    take_back(world, "recalled_cancelled");
    EXPECT_I64(1, world->report.labels, "no second label");
    expect_voided(world);
}

/* The same, once it stands on the list of those to be taken back. */
static void nor_of_a_parcel_that_is_called_back(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    oms_cancel(world, 0);
    sim_pass(world, 120000);
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "it is on the list");
    bench_press(world, PRESS_REPRINT, "torn");
    take_back(world, "recalled_cancelled");
    EXPECT_I64(1, world->report.labels, "no second label");
    expect_voided(world);
}

/* On the shelf with a label that may be out. */
static void a_parcel_from_the_shelf_is_stopped_with_its_label(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    lose_label(world, 60000);
    bench_press(world, PRESS_LABEL_MISSING, "");
    sim_pass(world, 500);
    set_aside(world);
    note(world, VOID_ORDER_CANCELLED);
    scan_again(world);
    take_back(world, "recalled_cancelled");
    expect_voided(world);
}

static void a_parcel_from_the_shelf_without_a_label_is_not_labelled(void)
{
    struct world *world = scenario_begin();
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 600000;
    scenario_pack(world, "WEB-1", 742000);
    set_aside(world);
    world->bench.paper_out = false;
    note(world, VOID_ORDER_CHANGED);
    scan_again(world);
    expect_held(world, HELD_BEING_VOIDED, "its old booking is taken back first");
    scenario_says(world, "being_voided", "and that is said");
    bench_press(world, PRESS_GIVE_UP, "");
    sim_pass(world, 5000);
    EXPECT_I64(0, world->report.labels, "no label comes out");
    expect_voided(world);
}

int main(void)
{
    EXPECT_RUN(a_closed_parcel_is_stopped_at_its_scan);
    EXPECT_RUN(no_label_is_printed_again);
    EXPECT_RUN(nor_of_a_parcel_that_is_called_back);
    EXPECT_RUN(a_parcel_from_the_shelf_is_stopped_with_its_label);
    EXPECT_RUN(a_parcel_from_the_shelf_without_a_label_is_not_labelled);
    return expect_result();
}
