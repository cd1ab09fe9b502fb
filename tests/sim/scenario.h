/* scenario.h - what scripted scenarios share: a quiet world of plain orders, the packer's moves, and what
 * the screen must say. Included by one test program each. */
#ifndef PACKD_TESTS_SIM_SCENARIO_H
#define PACKD_TESTS_SIM_SCENARIO_H

#include "tests/sim/world.h"
#include "tests/support/expect.h"

__attribute__((unused)) static struct world *scenario_begin(void)
{
    struct sim_options options = {.seed = 2, .parcels = 12, .faults = SIM_QUIET};
    struct world *world = sim_open(&options);
    for (unsigned i = 0; i < world->oms.count; i++) { /* plain orders; a scenario spoils its own */
        world->oms.orders[i].packages = 1;
        world->oms.orders[i].cod = world->oms.orders[i].cancelled = false;
        world->oms.orders[i].bad_pincode = false;
        world->oms.orders[i].carrier = 0;
    }
    world->oms.published = world->oms.count;
    sim_pass(world, 3000);
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

__attribute__((unused)) static void scenario_start_booking(struct world *world)
{
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    for (unsigned i = 0; i < 400 && world->station->bookings[0].state != BOOKING_SENDING; i++) {
        sim_pass(world, 10);
    }
}

#endif
