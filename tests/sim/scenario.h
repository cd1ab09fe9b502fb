/* scenario.h - what scripted scenarios share: a quiet world of plain orders, the packer's moves,
 * and what the screen must say. Included by one test program each. */
#ifndef PACKD_TESTS_SIM_SCENARIO_H
#define PACKD_TESTS_SIM_SCENARIO_H

#include "tests/sim/world.h"
#include "tests/support/expect.h"

static struct world *scenario_open(void)
{
    struct sim_options options = {.seed = 2, .parcels = 16, .faults = SIM_QUIET};
    struct world *world = sim_open(&options);
    for (unsigned i = 0; i < world->oms.count; i++) { /* plain orders; a scenario spoils its own */
        world->oms.orders[i].packages = 1;
        world->oms.orders[i].cod = world->oms.orders[i].cancelled = false;
        world->oms.orders[i].bad_pincode = false;
        world->oms.orders[i].carrier = 0;
    }
    world->oms.published = world->oms.count;
    return world;
}

__attribute__((unused)) static struct world *scenario_begin(void)
{
    struct world *world = scenario_open();
    for (size_t i = 0; i < world->config.carrier_count; i++) /* no label ahead of its booking */
        world->config.carriers[i].pool_low = 0;
    sim_pass(world, 3000);
    return world;
}

/* With AWB numbers on the box. */
__attribute__((unused)) static struct world *scenario_begin_with_pool(void)
{
    struct world *world = scenario_open();
    sim_pass(world, 8000);
    EXPECT(pool_count(&world->station->pool, 0) > 0, "numbers lie on the box");
    return world;
}

__attribute__((unused)) static size_t scenario_booked(const struct world *world)
{
    return world->couriers[0].count + world->couriers[1].count;
}

__attribute__((unused)) static void scenario_says(const struct world *world, const char *id,
                                                  const char *promise)
{
    EXPECT_TEXT(id, world->station->message_id, promise);
    EXPECT_I64(0, world->report.violations, world->report.first_violation);
}

/* Is this in the state document? */
__attribute__((unused)) static bool scenario_shows(const struct world *world, const char *part)
{
    const struct bytes document = bytes_of(world->station->document, world->station->document_len);
    return bytes_find(document, bytes_of_text(part)) < document.len;
}

__attribute__((unused)) static void scenario_pack(struct world *world, const char *scan,
                                                  int64_t mass_mg)
{
    bench_scan(world, scan);
    sim_pass(world, 500);
    bench_lay(world, mass_mg);
    sim_pass(world, 8000);
}

__attribute__((unused)) static void scenario_end(struct world *world, size_t wanted_bookings,
                                                 const char *promise)
{
    EXPECT_I64(wanted_bookings, scenario_booked(world), promise);
    sim_close(world);
}

/* The end of one that must have broken no rule, in anybody's books. */
__attribute__((unused)) static void scenario_judge(struct world *world)
{
    rules_at_end(world);
    EXPECT_I64(0, world->report.violations, world->report.first_violation);
    sim_close(world);
}

__attribute__((unused)) static void scenario_start_booking(struct world *world)
{
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    for (unsigned i = 0; i < 400 && world->station->bookings[0].state != BOOKING_SENDING; i++) {
        sim_pass(world, 10);
    }
}

__attribute__((unused)) static const struct packing *packing_of(const struct world *world)
{
    return &world->station->packing;
}

__attribute__((unused)) static void expect_state(const struct world *world,
                                                 enum packing_state wanted, const char *promise)
{
    EXPECT_TEXT(packing_state_word(wanted), packing_state_word(packing_of(world)->state), promise);
}

__attribute__((unused)) static void expect_held(const struct world *world, enum held_reason wanted,
                                                const char *promise)
{
    EXPECT_TEXT(held_reason_word(wanted), held_reason_word(packing_of(world)->reason), promise);
    EXPECT_I64(0, world->report.violations, world->report.first_violation);
}

/* The courier's answer never comes; what it did, it did. */
__attribute__((unused)) static void lose_answer(struct world *world)
{
    tickets_drop(&world->station->tickets,
                 world->station->bookings[packing_of(world)->slot].ticket);
}

__attribute__((unused)) static void pass_until(struct world *world, enum packing_state wanted)
{
    for (unsigned i = 0; i < 2000 && packing_of(world)->state != wanted; i++) sim_pass(world, 10);
    expect_state(world, wanted, "it comes there");
}

__attribute__((unused)) static void pass_until_printer(struct world *world,
                                                       enum printing_state wanted)
{
    for (unsigned i = 0; i < 2000 && world->station->printing.state != wanted; i++)
        sim_pass(world, 10);
    EXPECT_I64(wanted, world->station->printing.state, "the label comes so far");
}

/* The label under way is lost in the middle; there is paper again after a while. */
__attribute__((unused)) static void lose_label(struct world *world, int64_t paper_back_in_ms)
{
    pass_until_printer(world, PRINTING_PROVING);
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + paper_back_in_ms;
    sim_pass(world, 3000);
    expect_held(world, HELD_LABEL_UNKNOWN, "is there a label?");
}

/* Scanned, laid down, the request is out and its answer lost. */
__attribute__((unused)) static void begin_slow(struct world *world, const char *order_no)
{
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, order_no);
    sim_pass(world, 500);
    bench_lay(world, 742000);
    pass_until(world, PACKING_BOOKING);
    sim_pass(world, 1);
    lose_answer(world);
    sim_pass(world, 5100);
    EXPECT(packing_of(world)->slow, "the packer has waited enough");
}

__attribute__((unused)) static void set_aside(struct world *world)
{
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 3000); /* the hold label */
    expect_state(world, PACKING_IDLE, "the bench is free");
}

#endif
