/* shrink.h - from a seed that breaks a rule to the shortest story that still breaks it: first the
 * fewest parcels, then the fewest faults, then once more fewer parcels. */
#ifndef PACKD_TESTS_SIM_SHRINK_H
#define PACKD_TESTS_SIM_SHRINK_H

#include "tests/sim/world.h"

typedef bool sim_fn(const struct sim_options *options, struct sim_report *report);

struct shrunk {
    unsigned parcels;
    struct sim_fault_list faults; /* sim_fault_list_finish() */
    struct sim_report report;     /* of the shortest run */
    unsigned runs;                /* tried */
};

/* False when the run breaks no rule. The same rule must stay broken all the way. */
bool sim_shrink(sim_fn *run, const struct sim_options *options, struct shrunk *out);

#endif
