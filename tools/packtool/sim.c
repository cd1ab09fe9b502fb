/* sim.c - `packtool sim`: the pure station among models of everything outside, from a seed. The
 * same seed gives the same run, so a seed that breaks a rule is all that a report needs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/clock.h"
#include "tests/sim/world.h"
#include "tools/packtool/packtool.h"

#define SEEDS_MAX 1000000u

struct campaign {
    uint64_t seed;
    uint64_t seeds;
    uint64_t parcels;
    enum sim_faults faults;
    bool trace;
};

struct sums {
    uint64_t parcels, bookings, labels, ahead, hold_labels, recalls, cuts, violations, steps;
};

static bool take_faults(const char *word, enum sim_faults *out_faults)
{
    static const char *const words[] = {
        [SIM_QUIET] = "quiet", [SIM_MIXED] = "mixed", [SIM_HELL] = "hell"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(word, words[i]) != 0) continue;
        *out_faults = (enum sim_faults)i;
        return true;
    }
    return false;
}

static bool take_word(int argc, char **argv, int *at, struct campaign *out)
{
    if (strcmp(argv[*at], "--trace") == 0) {
        out->trace = true;
        return true;
    }
    if (*at + 1 == argc) return false;
    const char *name = argv[(*at)++];
    struct bytes value = bytes_of_text(argv[*at]);
    if (strcmp(name, "--seed") == 0) return bytes_to_u64(value, UINT64_MAX, &out->seed);
    if (strcmp(name, "--seeds") == 0) {
        return bytes_to_u64(value, SEEDS_MAX, &out->seeds) && out->seeds > 0;
    }
    if (strcmp(name, "--parcels") == 0) {
        return bytes_to_u64(value, ORDER_COUNT_MAX - 1, &out->parcels) && out->parcels > 0;
    }
    return strcmp(name, "--faults") == 0 && take_faults(argv[*at], &out->faults);
}

static void run_one(const struct campaign *campaign, uint64_t seed, struct sums *sums)
{
    struct sim_options options = {.seed = seed,
                                  .parcels = (unsigned)campaign->parcels,
                                  .faults = campaign->faults,
                                  .trace = campaign->trace ? stderr : NULL};
    struct sim_report report;
    if (!sim_run(&options, &report)) {
        fprintf(stderr, "packtool: seed %llu breaks a rule: %s\n", (unsigned long long)seed,
                report.first_violation);
    }
    sums->parcels += report.parcels;
    sums->bookings += report.bookings;
    sums->labels += report.labels;
    sums->ahead += report.ahead;
    sums->hold_labels += report.hold_labels;
    sums->recalls += report.recalls;
    sums->cuts += report.cuts;
    sums->violations += report.violations;
    sums->steps += report.steps;
}

int packtool_sim(int argc, char **argv)
{
    struct campaign campaign = {.seed = 1, .seeds = 1, .parcels = 200, .faults = SIM_MIXED};
    struct sums sums = {.parcels = 0};
    for (int at = 0; at < argc; at++) {
        if (take_word(argc, argv, &at, &campaign)) continue;
        fputs(
            "usage: packtool sim [--seed N] [--seeds K] [--parcels P] [--faults quiet|mixed|hell] "
            "[--trace]\n",
            stderr);
        return PACKTOOL_USAGE;
    }
    int64_t begin_ms = clock_boot_ms();
    for (uint64_t i = 0; i < campaign.seeds; i++) run_one(&campaign, campaign.seed + i, &sums);
    int64_t took_ms = clock_boot_ms() - begin_ms;
    printf("{\"seeds\":%llu,\"parcels\":%llu,\"bookings\":%llu,\"labels\":%llu,\"ahead\":%llu,"
           "\"hold_labels\":%llu,\"recalls\":%llu,\"cuts\":%llu,\"violations\":%llu,\"steps\":%llu,"
           "\"seconds\":%lld.%03lld}\n",
           (unsigned long long)campaign.seeds, (unsigned long long)sums.parcels,
           (unsigned long long)sums.bookings, (unsigned long long)sums.labels,
           (unsigned long long)sums.ahead, (unsigned long long)sums.hold_labels,
           (unsigned long long)sums.recalls, (unsigned long long)sums.cuts,
           (unsigned long long)sums.violations, (unsigned long long)sums.steps,
           (long long)(took_ms / 1000), (long long)(took_ms % 1000));
    return sums.violations == 0 ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}
