/* Guards: an order that is cancelled or changed after it was packed is not shipped. Its label is
 * called back by name, its AWB is voided at the courier and stays so, the order system hears of it,
 * and nothing new is booked or printed for it; whatever the line, the courier or the power does. */
#include "tests/sim/scenario.h"

static bool stands(const struct world *world, size_t index)
{
    return !world->couriers[0].shipments[index].cancelled;
}

static bool has_fact(const struct world *world, const char *kind)
{
    for (size_t i = 0; i < world->disk.count; i++) {
        if (strcmp(world->disk.facts[i].kind, kind) == 0) return true;
    }
    return false;
}

static void power_cut(struct world *world)
{
    sim_cut_power(world);
    sim_pass(world, 30000);
}

static void take_back(struct world *world, const char *scan)
{
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, scan);
    sim_pass(world, 500);
    expect_held(world, HELD_RECALLED, "whatever is scanned of it, it is stopped");
    scenario_says(world, "recalled_cancelled", "with the reason");
    bench_press(world, PRESS_TAKEN_BACK, "");
    sim_pass(world, 500);
    EXPECT_I64(0, (int64_t)world->station->recalls.count, "the label is destroyed");
}

static void end(struct world *world)
{
    EXPECT_I64(0, (int64_t)world->station->voids.count, "nothing is left to do");
    scenario_judge(world);
}

static void the_feed_says_cancelled_after_the_label(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, packing_of(world)->parcels, "it is closed");
    oms_cancel(world, 0);
    sim_pass(world, 120000);
    EXPECT(!stands(world, 0), "the courier has voided it");
    EXPECT(has_fact(world, "voided"), "which is a fact");
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "and the label is called back");
    EXPECT_TEXT("order_cancelled", world->station->recalls.entries[0].why, "by name");
    power_cut(world);
    take_back(world, world->couriers[0].shipments[0].awb);
    bench_scan(world, "WEB-1");
    sim_pass(world, 3000);
    expect_held(world, HELD_CANCELLED, "it is not packed again");
    EXPECT_I64(1, (int64_t)scenario_booked(world), "nor booked");
    end(world);
}

static void a_full_disk_takes_nobody_off_the_list(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    oms_cancel(world, 0);
    sim_pass(world, 120000);
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    world->disk.full_batches = 1;
    bench_press(world, PRESS_TAKEN_BACK, "");
    sim_pass(world, 500);
    expect_held(world, HELD_RECALLED, "it has not been said yet");
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "it is still called back");
    bench_press(world, PRESS_TAKEN_BACK, "");
    sim_pass(world, 500);
    EXPECT_I64(0, (int64_t)world->station->recalls.count, "now it is not");
    end(world);
}

static void a_full_disk_forgets_nobody_who_is_called_back(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    sim_pass(world, 60000);
    EXPECT(voids_note(&world->station->voids, "SH-1", VOID_ORDER_CANCELLED), "it is noted");
    world->station->voids.state = VOIDS_PAUSED;
    world->station->voids.deadline_ms = world->now_ms;
    world->oms.orders[0].cancelled = true;
    world->disk.full_batches = 1; /* the one that puts it on the list of those called back */
    sim_pass(world, 120000);
    EXPECT(!stands(world, 0), "the courier has voided it");
    power_cut(world);
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "the disk knows that it is called back");
    end(world);
}

static void an_order_not_packed_here_costs_nothing(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    oms_cancel(world, 1);
    sim_pass(world, 120000);
    EXPECT(stands(world, 0), "the other parcel is as it was");
    EXPECT_I64(0, (int64_t)world->station->recalls.count, "nobody is called back");
    end(world);
}

static void while_the_courier_is_down(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    world->carrier_down[0] = true;
    oms_cancel(world, 0);
    sim_pass(world, 120000);
    EXPECT(stands(world, 0), "the courier cannot be told");
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "the label is called back at once");
    take_back(world, "WEB-1");
    power_cut(world);
    EXPECT_I64(1, (int64_t)world->station->voids.count, "the void is not forgotten");
    bench_scan(world, "WEB-1");
    sim_pass(world, 3000);
    expect_held(world, HELD_CANCELLED, "and until then nothing is packed for it");
    world->carrier_down[0] = false;
    sim_pass(world, 700000);
    EXPECT(!stands(world, 0), "with the courier back it is voided");
    end(world);
}

/* The answer to the cancellation is lost: it is asked again until the word is clear. */
static void when_the_voids_answer_is_lost(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    oms_cancel(world, 0);
    for (unsigned i = 0; i < 12000 && world->station->voids.state != VOIDS_SENDING; i++)
        sim_pass(world, 10);
    EXPECT_I64(VOIDS_SENDING, world->station->voids.state, "it is on its way");
    tickets_drop(&world->station->tickets, world->station->voids.ticket);
    sim_pass(world, 300000);
    EXPECT(!stands(world, 0), "it was done");
    EXPECT(has_fact(world, "voided"), "and is known");
    end(world);
}

/* A cut at every moment of the way: each start finds the way to the same end. */
static void a_power_cut_at_any_moment(void)
{
    static const int64_t moments_ms[] = {0, 1, 3, 6, 10, 20, 40, 80, 200, 400, 900, 3000};
    for (size_t i = 0; i < ARRAY_LEN(moments_ms); i++) {
        struct world *world = scenario_begin();
        scenario_pack(world, "WEB-1", 742000);
        oms_cancel(world, 0);
        for (unsigned n = 0; n < 12000 && world->station->voids.count == 0; n++)
            sim_pass(world, 10);
        sim_pass(world, moments_ms[i]);
        power_cut(world);
        sim_pass(world, 200000);
        EXPECT(!stands(world, 0), "it is voided");
        EXPECT_I64(1, (int64_t)world->station->recalls.count, "and its label called back");
        end(world);
    }
}

static void the_courier_does_not_know_the_awb(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    snprintf(world->couriers[0].shipments[0].awb, SHIPMENT_AWB_SIZE, "%s", "SBX000000999");
    oms_cancel(world, 0);
    sim_pass(world, 120000);
    EXPECT(has_fact(world, "voided"), "what is not there need not be voided");
    EXPECT_I64(0, (int64_t)world->station->voids.count, "nothing is left to do");
    sim_close(world);
}

/* The bench has it in hand: it is left alone there, and called back as soon as it is closed. */
static void while_its_label_is_in_question(void)
{
    struct world *world = scenario_begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 400000;
    bench_lay(world, 742000);
    sim_pass(world, 8000);
    expect_held(world, HELD_LABEL_UNKNOWN, "it may be out or not");
    oms_cancel(world, 0);
    sim_pass(world, 120000);
    EXPECT(stands(world, 0), "it is in hand: not yet");
    bench_press(world, PRESS_LABEL_OK, "");
    sim_pass(world, 300000);
    EXPECT(!stands(world, 0), "it is voided");
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "and called back");
    end(world);
}

/* The courier can neither be asked nor told twice, and its answer is lost; then the order is
 * cancelled. Whoever scans it is still asked whether there is a booking. */
static void while_only_a_person_can_find_out(void)
{
    struct world *world = scenario_begin();
    world->plain.promises.lookup_reference = false;
    world->station->carriers[0] = &world->plain;
    begin_slow(world, "WEB-1");
    sim_pass(world, 120000);
    expect_held(world, HELD_NEEDS_PERSON, "nobody else can find out");
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 3000);
    oms_cancel(world, 0);
    sim_pass(world, 120000);
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, "WEB-1");
    sim_pass(world, 1000);
    expect_held(world, HELD_NEEDS_PERSON, "is it booked?");
    courier_cancel_by_hand(world, 0, world->couriers[0].shipments[0].awb);
    bench_press(world, PRESS_NOT_BOOKED, "");
    sim_pass(world, 300000);
    EXPECT(backlog_idle(&world->station->backlog), "its courier's lane is free");
    end(world);
}

/* Scanned while it was still good, cancelled while it is weighed: nothing is spent. */
static void while_it_is_weighed(void)
{
    struct world *world = scenario_begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    expect_state(world, PACKING_WEIGHING, "it waits for the parcel");
    EXPECT(voids_note(&world->station->voids, "SH-1", VOID_ORDER_CANCELLED), "it is noted");
    world->station->voids.deadline_ms = world->now_ms + 60000;
    world->station->voids.state = VOIDS_PAUSED; /* its turn comes later */
    bench_lay(world, 742000);
    sim_pass(world, 8000);
    expect_held(world, HELD_CANCELLED, "it is not booked");
    scenario_end(world, 0, "nothing was");
}

/* Packed while the line was down; the order system says at the sync what has become of it. */
static struct world *pack_offline(void)
{
    struct world *world = scenario_begin_with_pool();
    world->line_down = true;
    scenario_pack(world, "WEB-1", 742000);
    sim_pass(world, 8000);
    EXPECT_I64(1, packing_of(world)->parcels, "its label is out");
    return world;
}

static void cancelled_while_the_line_was_down(void)
{
    struct world *world = pack_offline();
    world->oms.orders[0].cancelled = true;
    world->line_down = false;
    sim_pass(world, 200000);
    EXPECT(!stands(world, 0), "the AWB is void");
    take_back(world, world->couriers[0].shipments[0].awb);
    end(world);
}

static void changed_while_the_line_was_down(void)
{
    struct world *world = pack_offline();
    world->oms.orders[0].changed = true;
    world->line_down = false;
    sim_pass(world, 200000);
    EXPECT(!stands(world, 0), "the old booking is void");
    world->oms.orders[0].changed = false; /* from now on they are told of the new one */
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    scenario_says(world, "recalled_changed", "the old label is called back");
    bench_press(world, PRESS_TAKEN_BACK, "");
    sim_pass(world, 2000);
    scenario_pack(world, "WEB-1", 744000);
    EXPECT_I64(2, (int64_t)scenario_booked(world), "then it is packed anew");
    EXPECT(stands(world, 1), "under another number");
    end(world);
}

int main(void)
{
    EXPECT_RUN(the_feed_says_cancelled_after_the_label);
    EXPECT_RUN(a_full_disk_takes_nobody_off_the_list);
    EXPECT_RUN(a_full_disk_forgets_nobody_who_is_called_back);
    EXPECT_RUN(an_order_not_packed_here_costs_nothing);
    EXPECT_RUN(while_the_courier_is_down);
    EXPECT_RUN(when_the_voids_answer_is_lost);
    EXPECT_RUN(a_power_cut_at_any_moment);
    EXPECT_RUN(the_courier_does_not_know_the_awb);
    EXPECT_RUN(while_its_label_is_in_question);
    EXPECT_RUN(while_only_a_person_can_find_out);
    EXPECT_RUN(while_it_is_weighed);
    EXPECT_RUN(cancelled_while_the_line_was_down);
    EXPECT_RUN(changed_while_the_line_was_down);
    return expect_result();
}
