/* sim_config.h - the one configuration of the simulated bench: both couriers, so that both ways
 * out of an unknown booking are taken, the key and the look-up. */
#ifndef PACKD_TESTS_SIM_SIM_CONFIG_H
#define PACKD_TESTS_SIM_SIM_CONFIG_H

#include "firmware/config/config.h"

void sim_config(struct config *config, struct secrets *secrets);

#endif
