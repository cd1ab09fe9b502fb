/* Guards the product's promise: one parcel, one booking, one label on purpose, whatever the
 * line, the power, the devices and the packer do. The short form of the campaign; packtool sim
 * runs the long one. */
#include <stdlib.h>

#include "tests/sim/world.h"
#include "tests/support/expect.h"

static unsigned part = 1, parts = 1;

static void many_worlds_keep_every_rule(void)
{
    static const struct {
        enum sim_faults faults;
        unsigned seeds, parcels;
    } worlds[] = {{SIM_QUIET, 2, 300}, {SIM_MIXED, 40, 200}, {SIM_HELL, 22, 100}};
    unsigned parcels = 0, cuts = 0, lost = 0;
    for (size_t w = 0; w < ARRAY_LEN(worlds); w++) {
        for (unsigned seed = part; seed <= worlds[w].seeds; seed += parts) {
            struct sim_options options = {.seed = seed,
                                          .parcels = worlds[w].parcels,
                                          .faults = worlds[w].faults};
            struct sim_report report;
            bool good = sim_run(&options, &report);
            if (!EXPECT(good, "no rule is broken")) {
                fprintf(stderr, "    world %zu seed %u: %s\n", w, seed, report.first_violation);
            }
            parcels += report.parcels;
            cuts += report.cuts;
            lost += report.lost_replies;
        }
    }
    EXPECT(parcels >= 10000 / parts, "ten thousand parcels were closed");
    EXPECT(cuts >= 100 / parts, "the power was cut often");
    EXPECT(lost >= 1000 / parts, "many answers were lost");
    printf("%u parcels, %u power cuts, %u lost answers\n", parcels, cuts, lost);
}

static void the_same_seed_gives_the_same_run(void)
{
    struct sim_options options = {.seed = 7, .parcels = 60, .faults = SIM_HELL};
    struct sim_report first, second;
    (void)sim_run(&options, &first);
    (void)sim_run(&options, &second);
    EXPECT(first.trace_hash == second.trace_hash, "every event and command is the same");
    options.seed = 8;
    (void)sim_run(&options, &second);
    EXPECT(first.trace_hash != second.trace_hash, "another seed is another run");
}

int main(int argc, char **argv)
{
    if (argc == 3) {
        part = (unsigned)strtoul(argv[1], NULL, 10);
        parts = (unsigned)strtoul(argv[2], NULL, 10);
    }
    if (part == 0 || part > parts) return 2;

    EXPECT_RUN(many_worlds_keep_every_rule);
    EXPECT_RUN(the_same_seed_gives_the_same_run);
    return expect_result();
}
