/* shrink.c - see shrink.h. Every attempt is a whole run from the same seed, so whatever is left is
 * true by itself and not by reasoning. */
#include "tests/sim/shrink.h"

#include <string.h>

#define RUNS_MAX 2000u /* minutes in the slowest of worlds */

struct search {
    sim_fn *run;
    struct sim_options options; /* seed, profile */
    struct shrunk *best;
    size_t rule_len; /* of best->report.first_violation, up to its detail */
};

static size_t rule_len(const char *violation)
{
    const char *end = strstr(violation, ": ");
    return end == NULL ? strlen(violation) : (size_t)(end - violation);
}

/* Runs it; when the rule is still broken, this is the new best. `only` NULL: faults as drawn. */
static bool still_breaks(struct search *search, unsigned parcels, const struct sim_fault_list *only)
{
    struct sim_fault_list fired = {.ids = NULL};
    struct sim_options options = search->options;
    struct sim_report report;
    if (search->best->runs++ >= RUNS_MAX) return false;
    options.parcels = parcels;
    options.only = only;
    options.fired = &fired;
    bool same = !search->run(&options, &report) &&
                strncmp(report.first_violation, search->best->report.first_violation,
                        search->rule_len) == 0;
    if (!same) {
        sim_fault_list_finish(&fired);
        return false;
    }
    sim_fault_list_sort(&fired);
    sim_fault_list_finish(&search->best->faults);
    search->best->faults = fired;
    search->best->parcels = parcels;
    search->best->report = report;
    return true;
}

static void fewer_parcels(struct search *search, bool as_drawn)
{
    struct sim_fault_list keep = {.ids = NULL};
    for (size_t i = 0; i < search->best->faults.count; i++) {
        sim_fault_list_add(&keep, search->best->faults.ids[i]);
    }
    unsigned most = search->best->parcels;
    for (unsigned parcels = 1; parcels < most; parcels += parcels < 8 ? 1 : parcels / 4) {
        if (still_breaks(search, parcels, as_drawn ? NULL : &keep)) break;
    }
    sim_fault_list_finish(&keep);
}

/* The best list without `count` of it from `at`. */
static bool breaks_without(struct search *search, size_t at, size_t count)
{
    const struct sim_fault_list *faults = &search->best->faults;
    struct sim_fault_list left = {.ids = NULL};
    for (size_t i = 0; i < faults->count; i++) {
        if (i < at || i >= at + count) sim_fault_list_add(&left, faults->ids[i]);
    }
    bool breaks = still_breaks(search, search->best->parcels, &left);
    sim_fault_list_finish(&left);
    return breaks;
}

static void fewer_faults(struct search *search)
{
    for (size_t count = search->best->faults.count; count > 0; count /= 2) {
        for (size_t at = 0; at < search->best->faults.count;) {
            if (!breaks_without(search, at, count)) at += count;
        }
    }
}

bool sim_shrink(sim_fn *run, const struct sim_options *options, struct shrunk *out)
{
    struct search search = {.run = run, .options = *options, .best = out};
    memset(out, 0, sizeof *out);
    search.options.trace = NULL;
    out->parcels = options->parcels;
    if (!still_breaks(&search, options->parcels, options->only)) return false;
    search.rule_len = rule_len(out->report.first_violation);
    fewer_parcels(&search, options->only == NULL);
    fewer_faults(&search);
    fewer_parcels(&search, false);
    fewer_faults(&search);
    return true;
}
