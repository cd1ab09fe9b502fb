/* booking_world.h - the booking machine alone, the real one, with couriers that answer in three
 * fields, a disk and power cuts: the smallest world in which a parcel can be booked twice, and so
 * fast that a broken rule shows at once and a kept one is tried on millions of parcels. */
#ifndef PACKD_TESTS_SIM_BOOKING_WORLD_H
#define PACKD_TESTS_SIM_BOOKING_WORLD_H

#include "tests/sim/world.h"

/* As sim_run(); what there is no model of here stays 0 in the report. */
bool booking_world_run(const struct sim_options *options, struct sim_report *report);

#endif
