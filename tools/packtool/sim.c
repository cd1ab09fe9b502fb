/* sim.c - `packtool sim`: the pure station among models of everything outside, from a seed. The
 * same seed gives the same run, so a seed that breaks a rule is all that a report needs; --shrink
 * makes a short story of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sim/booking_world.h"
#include "tests/sim/shrink.h"
#include "tools/packtool/packtool.h"

#define SEEDS_MAX 1000000u
#define REPORT_MAX (64u * 1024u)
#define FAULTS_TEXT_MAX (64u * 1024u)

struct campaign {
    uint64_t seed;
    uint64_t seeds;
    uint64_t parcels;
    enum sim_faults faults;
    bool trace, trace_raw, report, shrink, stop, booking;
    bool only;
    struct sim_fault_list list; /* with `only` */
};

struct sums {
    uint64_t seeds, parcels, bookings, labels, ahead, hold_labels, recalls, cuts, lost, asides;
    uint64_t violations, steps;
    int64_t cpu_ms;
    struct tally tally;
};

static const char usage[] =
    "usage: packtool sim [--seed N] [--seeds K] [--parcels P] [--machine station|booking]\n"
    "           [--faults quiet|mixed|hell|line|power|devices|disk] [--only-faults LIST]\n"
    "           [--trace[=raw]] [--report] [--stop] [--shrink]\n";

static bool take_flag(const char *word, struct campaign *out)
{
    bool raw = strcmp(word, "--trace=raw") == 0;
    bool *flag = NULL;
    if (raw || strcmp(word, "--trace") == 0) flag = &out->trace;
    else if (strcmp(word, "--report") == 0) flag = &out->report;
    else if (strcmp(word, "--stop") == 0) flag = &out->stop;
    else if (strcmp(word, "--shrink") == 0) flag = &out->shrink;
    if (flag == NULL) return false;
    *flag = true;
    out->trace_raw = out->trace_raw || raw;
    return true;
}

static bool take_value(const char *name, const char *word, struct campaign *out)
{
    struct bytes value = bytes_of_text(word);
    if (strcmp(name, "--seed") == 0) return bytes_to_u64(value, UINT64_MAX, &out->seed);
    if (strcmp(name, "--seeds") == 0) {
        return bytes_to_u64(value, SEEDS_MAX, &out->seeds) && out->seeds > 0;
    }
    if (strcmp(name, "--parcels") == 0) {
        return bytes_to_u64(value, ORDER_COUNT_MAX - 1, &out->parcels) && out->parcels > 0;
    }
    if (strcmp(name, "--only-faults") == 0) {
        out->only = true;
        return sim_fault_list_parse(value, &out->list);
    }
    if (strcmp(name, "--machine") == 0) {
        out->booking = strcmp(word, "booking") == 0;
        return out->booking || strcmp(word, "station") == 0;
    }
    return strcmp(name, "--faults") == 0 && sim_faults_parse(word, &out->faults);
}

static struct sim_options options_of(const struct campaign *campaign, uint64_t seed)
{
    return (struct sim_options){.seed = seed,
                                .parcels = (unsigned)campaign->parcels,
                                .faults = campaign->faults,
                                .trace = campaign->trace ? stdout : NULL,
                                .trace_raw = campaign->trace_raw,
                                .only = campaign->only ? &campaign->list : NULL};
}

static sim_fn *run_of(const struct campaign *campaign)
{
    return campaign->booking ? booking_world_run : sim_run;
}

static void run_one(const struct campaign *campaign, uint64_t seed, struct sums *sums)
{
    struct sim_options options = options_of(campaign, seed);
    struct sim_report report;
    if (!run_of(campaign)(&options, &report)) {
        fprintf(stderr, "packtool: seed %llu breaks a rule: %s\n", (unsigned long long)seed,
                report.first_violation);
    }
    sums->seeds++;
    sums->parcels += report.parcels;
    sums->bookings += report.bookings;
    sums->labels += report.labels;
    sums->ahead += report.ahead;
    sums->hold_labels += report.hold_labels;
    sums->recalls += report.recalls;
    sums->cuts += report.cuts;
    sums->lost += report.lost_replies;
    sums->asides += report.asides;
    sums->violations += report.violations;
    sums->steps += report.steps;
    tally_add(&sums->tally, &report.tally);
}

static int64_t per_second(uint64_t count, int64_t cpu_ms)
{
    return cpu_ms > 0 ? (int64_t)(count * 1000) / cpu_ms : 0;
}

static void print_sums(const struct campaign *campaign, const struct sums *sums)
{
    static char storage[REPORT_MAX];
    struct textbuf text;
    struct json_writer json;
    textbuf_init(&text, storage, sizeof storage);
    json_write_init(&json, &text);
    json_write_open(&json, NULL, '{');
    json_write_text(&json, "faults_profile", sim_faults_word(campaign->faults));
    json_write_i64(&json, "seeds", (int64_t)sums->seeds);
    json_write_i64(&json, "parcels", (int64_t)sums->parcels);
    json_write_i64(&json, "bookings", (int64_t)sums->bookings);
    json_write_i64(&json, "labels", (int64_t)sums->labels);
    json_write_i64(&json, "ahead", (int64_t)sums->ahead);
    json_write_i64(&json, "hold_labels", (int64_t)sums->hold_labels);
    json_write_i64(&json, "recalls", (int64_t)sums->recalls);
    json_write_i64(&json, "cuts", (int64_t)sums->cuts);
    json_write_i64(&json, "lost_answers", (int64_t)sums->lost);
    json_write_i64(&json, "violations", (int64_t)sums->violations);
    json_write_i64(&json, "steps", (int64_t)sums->steps);
    json_write_i64(&json, "cpu_ms", sums->cpu_ms);
    json_write_i64(&json, "parcels_per_cpu_second", per_second(sums->parcels, sums->cpu_ms));
    json_write_i64(&json, "steps_per_cpu_second", per_second(sums->steps, sums->cpu_ms));
    if (campaign->report) tally_write(&sums->tally, &json);
    json_write_close(&json, '}');
    ENSURE(textbuf_ok(&text));
    puts(storage);
}

static void print_short_story(const struct campaign *campaign, uint64_t seed,
                              const struct shrunk *shrunk)
{
    static char storage[FAULTS_TEXT_MAX];
    struct textbuf text;
    struct sim_options options = options_of(campaign, seed);
    struct sim_report report;
    textbuf_init(&text, storage, sizeof storage);
    sim_fault_list_write(&shrunk->faults, &text);
    options.trace = stdout;
    options.parcels = shrunk->parcels;
    options.only = &shrunk->faults;
    (void)run_of(campaign)(&options, &report);
    printf("%s\n%u parcels and %zu faults are enough (%u runs tried):\n"
           "packtool sim --seed %llu --parcels %u --faults %s%s --only-faults %s --trace\n",
           report.first_violation, shrunk->parcels, shrunk->faults.count, shrunk->runs,
           (unsigned long long)seed, shrunk->parcels, sim_faults_word(campaign->faults),
           campaign->booking ? " --machine booking" : "", storage);
}

/* The first seed that breaks a rule, told as shortly as it can be. */
static int shrink(const struct campaign *campaign)
{
    for (uint64_t i = 0; i < campaign->seeds; i++) {
        struct sim_options options = options_of(campaign, campaign->seed + i);
        struct shrunk shrunk;
        if (!sim_shrink(run_of(campaign), &options, &shrunk)) continue;
        print_short_story(campaign, options.seed, &shrunk);
        sim_fault_list_finish(&shrunk.faults);
        return PACKTOOL_BAD_INPUT;
    }
    printf("no rule is broken in %llu seeds\n", (unsigned long long)campaign->seeds);
    return PACKTOOL_DONE;
}

static int run_all(const struct campaign *campaign)
{
    static struct sums sums;
    clock_t begin = clock();
    for (uint64_t i = 0; i < campaign->seeds; i++) {
        run_one(campaign, campaign->seed + i, &sums);
        if (campaign->stop && sums.violations > 0) break;
    }
    sums.cpu_ms = (int64_t)(clock() - begin) * 1000 / CLOCKS_PER_SEC;
    print_sums(campaign, &sums);
    return sums.violations == 0 ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}

int packtool_sim(int argc, char **argv)
{
    struct campaign campaign = {.seed = 1, .seeds = 1, .parcels = 200, .faults = SIM_MIXED};
    for (int at = 0; at < argc; at++) {
        if (take_flag(argv[at], &campaign)) continue;
        if (at + 1 < argc && take_value(argv[at], argv[at + 1], &campaign)) {
            at++;
            continue;
        }
        fputs(usage, stderr);
        sim_fault_list_finish(&campaign.list);
        return PACKTOOL_USAGE;
    }
    int result = campaign.shrink ? shrink(&campaign) : run_all(&campaign);
    sim_fault_list_finish(&campaign.list);
    return result;
}
