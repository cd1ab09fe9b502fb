/* Guards the one place where a mistake costs money: the booking machine alone, a hundred thousand
 * parcels through lost answers, late effects, a full disk and power cuts, never books twice. */
#include "tests/sim/booking_world.h"
#include "tests/support/expect.h"

static void no_parcel_is_booked_twice(void)
{
    static const struct {
        enum sim_faults faults;
        unsigned seeds, parcels;
    } worlds[] = {{SIM_QUIET, 1, 1000},
                  {SIM_MIXED, 6, 5000},
                  {SIM_HELL, 10, 5000},
                  {SIM_POWER, 5, 4000}};
    static struct tally tally;
    unsigned parcels = 0;
    for (size_t w = 0; w < ARRAY_LEN(worlds); w++) {
        for (unsigned seed = 1; seed <= worlds[w].seeds; seed++) {
            struct sim_options options = {.seed = seed,
                                          .parcels = worlds[w].parcels,
                                          .faults = worlds[w].faults};
            struct sim_report report;
            if (!EXPECT(booking_world_run(&options, &report), "no rule is broken")) {
                fprintf(stderr, "    %s, seed %u: %s\n", sim_faults_word(worlds[w].faults), seed,
                        report.first_violation);
            }
            parcels += report.parcels;
            tally_add(&tally, &report.tally);
        }
    }
    EXPECT(parcels >= 100000, "a hundred thousand parcels");
    EXPECT(tally.unknown > 10000 && tally.late_effects > 5000, "outcomes were often unknown");
    for (unsigned i = BOOKING_SENDING; i <= BOOKING_ASKING; i++) {
        EXPECT(tally.booking[i][TALLY_CUT] > 100, booking_state_word((enum booking_state)i));
    }
}

static void the_same_seed_gives_the_same_run(void)
{
    struct sim_options options = {.seed = 7, .parcels = 500, .faults = SIM_HELL};
    struct sim_report first, second;
    (void)booking_world_run(&options, &first);
    (void)booking_world_run(&options, &second);
    EXPECT(first.trace_hash == second.trace_hash, "the same in every step");
}

int main(void)
{
    EXPECT_RUN(no_parcel_is_booked_twice);
    EXPECT_RUN(the_same_seed_gives_the_same_run);
    return expect_result();
}
