/* clock.h - the three clocks. Deadlines and delays live on the boot clock, which goes on while the
 * box is suspended and never jumps; the wall clock is for stamps and certificates only, and no
 * difference of two of its readings means anything. */
#ifndef PACKD_HAL_CLOCK_H
#define PACKD_HAL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_boot_ms(void);
int64_t clock_boot_us(void);
int64_t clock_wall_ms(void); /* Unix milliseconds */

/* A box without a battery clock starts in the past. False until the wall clock is later than the
 * day this program was built: certificates cannot be judged before. */
bool clock_wall_trusted(void);

#endif
