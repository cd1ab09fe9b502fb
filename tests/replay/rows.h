/* rows.h - single frames of serial scales, one a row of captures/serial-scales.tsv. */
#ifndef PACKD_TESTS_REPLAY_ROWS_H
#define PACKD_TESTS_REPLAY_ROWS_H

#include "drivers/driver_list.h"

void rows_read(const struct scale_catalogue *scales);

/* EXPECT counts in one program, wherever it is called. */
bool rows_expect(bool good, const char *promise);
bool rows_expect_text(const char *wanted, const char *got, const char *promise);

#endif
