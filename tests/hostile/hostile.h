/* hostile.h - the two halves of the sweep, couriers and order systems, and what they count. */
#ifndef PACKD_TESTS_HOSTILE_HOSTILE_H
#define PACKD_TESTS_HOSTILE_HOSTILE_H

#include "tests/hostile/mutate.h"

/* Every recorded answer spoilt in every way; how many there were is asserted. */
void hostile_carriers(bool thorough);
void hostile_oms(bool thorough);

/* Provided by hostile.c, where the counters of expect.h live. */
void hostile_verdict(const char *where, const struct spoilt *spoilt, const char *outcome,
                     const char *broken_or_null);
void hostile_count(const char *title, const struct mutate *mutate, unsigned long least);

#endif
