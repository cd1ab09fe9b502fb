/* Guards the product's promise: one parcel, one booking, one label on purpose, whatever the
 * line, the power, the devices and the packer do. The short form of the campaign; packtool sim
 * runs the long one. That the campaign went where it should is checked as well. */
#include <stdlib.h>

#include "tests/sim/world.h"
#include "tests/support/expect.h"

static unsigned part = 1, parts = 1;

struct sums {
    unsigned parcels, cuts, lost;
    struct tally tally;
};

static void run_world(enum sim_faults faults, unsigned seed, unsigned parcels, struct sums *sums)
{
    struct sim_options options = {.seed = seed, .parcels = parcels, .faults = faults};
    struct sim_report report;
    bool good = sim_run(&options, &report);
    if (!EXPECT(good, "no rule is broken")) {
        fprintf(stderr, "    %s, seed %u: %s\n", sim_faults_word(faults), seed,
                report.first_violation);
    }
    sums->parcels += report.parcels;
    sums->cuts += report.cuts;
    sums->lost += report.lost_replies;
    tally_add(&sums->tally, &report.tally);
}

/* A clean run must not be an empty one. */
static void expect_went_everywhere(const struct tally *tally)
{
    const struct {
        const char *promise;
        uint64_t count, least;
    } rows[] = {
        {"couriers have refused", tally->refused, 20},
        {"refused parcels were booked again", tally->rebooked, 5},
        {"outcomes were unknown", tally->unknown, 500},
        {"effects came after our side had failed", tally->late_effects, 100},
        {"parcels were set aside", tally->asides, 100},
        {"labels were printed again", tally->reprints, 100},
        {"the packer was asked whether there is a label", tally->questions, 100},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(rows[i].count >= rows[i].least / parts, rows[i].promise);
    }
    for (unsigned i = FAULT_OTHER + 1; i < FAULTS; i++) {
        enum sim_fault fault = (enum sim_fault)i;
        EXPECT(tally->faults[i] > 0, sim_fault_word(fault));
    }
}

static void expect_cut_in_every_state(const struct tally *tally)
{
    for (unsigned i = 0; i < PACKING_STATES; i++) {
        enum packing_state state = (enum packing_state)i;
        if (state == PACKING_RATING) continue; /* passed through within one step */
        EXPECT(tally->packing[i][TALLY_CUT] > 0, packing_state_word(state));
    }
    for (unsigned i = BOOKING_INTENDING; i <= BOOKING_STORING; i++) {
        enum booking_state state = (enum booking_state)i;
        EXPECT(tally->booking[i][TALLY_CUT] > 0, booking_state_word(state));
    }
}

static void expect_pairs(const struct tally *tally)
{
    static const enum event_kind kinds[] = {EVENT_DEADLINE,       EVENT_DEVICE_SEEN,
                                            EVENT_DEVICE_GONE,    EVENT_PORT_OPENED,
                                            EVENT_PORT_CLOSED,    EVENT_PORT_BYTES,
                                            EVENT_PORT_DRAINED,   EVENT_EXCHANGE,
                                            EVENT_PRESS,          EVENT_CONFIG_OFFERED,
                                            EVENT_CONFIG_REFUSED, EVENT_DISK};
    static const enum packing_state states[] = {PACKING_IDLE, PACKING_WEIGHING, PACKING_BOOKING,
                                                PACKING_PRINTING, PACKING_HELD};
    for (size_t s = 0; s < ARRAY_LEN(states); s++) {
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
            if (EXPECT(tally->packing[states[s]][kinds[k]] > 0, "the pair was reached")) continue;
            fprintf(stderr, "    %s x %s\n", packing_state_word(states[s]),
                    event_kind_word(kinds[k]));
        }
    }
}

static void many_worlds_keep_every_rule(void)
{
    static const struct {
        enum sim_faults faults;
        unsigned seeds, parcels;
    } worlds[] = {{SIM_QUIET, 2, 300}, {SIM_MIXED, 40, 200}, {SIM_HELL, 30, 100}, {SIM_LINE, 8, 30},
                  {SIM_POWER, 10, 40}, {SIM_DEVICES, 6, 60}, {SIM_DISK, 8, 60}};
    static struct sums sums;
    for (size_t w = 0; w < ARRAY_LEN(worlds); w++) {
        for (unsigned seed = part; seed <= worlds[w].seeds; seed += parts) {
            run_world(worlds[w].faults, seed, worlds[w].parcels, &sums);
        }
    }
    EXPECT(sums.parcels >= 10000 / parts, "ten thousand parcels were closed");
    EXPECT(sums.cuts >= 1000 / parts, "the power was cut often");
    EXPECT(sums.lost >= 3000 / parts, "many answers were lost");
    expect_went_everywhere(&sums.tally);
    expect_cut_in_every_state(&sums.tally);
    expect_pairs(&sums.tally);
    printf("%u parcels, %u power cuts, %u lost answers\n", sums.parcels, sums.cuts, sums.lost);
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
