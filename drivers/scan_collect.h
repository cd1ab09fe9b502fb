/* scan_collect.h - what scanner drivers have in common: collecting the bytes of one code, and
 * judging it when its terminator has come. */
#ifndef PACKD_DRIVERS_SCAN_COLLECT_H
#define PACKD_DRIVERS_SCAN_COLLECT_H

#include "drivers/scanner.h"

void scan_collect_byte(struct scanner_state *state, uint8_t byte);
void scan_collect_unclean(struct scanner_state *state); /* something came that is not text */
void scan_collect_restart(struct scanner_state *state); /* forgets a code that never ended */

/* "]C1": code letter and modifier; the modifier may be a letter A to F. */
bool scan_collect_is_aim(struct bytes three);

/* The terminator: gives the code's verdict and is ready for the next. SCAN_NOTHING when there was
 * no code, or when the scanner was talking about itself. */
enum scan_result scan_collect_end(struct scanner_state *state, struct scan *out_scan);

#endif
