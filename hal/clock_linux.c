/* clock_linux.c - clock.h on clock_gettime. */
#include "hal/clock.h"

#include <time.h>

#include "hal/base/ensure.h"

/* A release build passes its own day, from SOURCE_DATE_EPOCH, so that two builds of one source are
 * the same. 2026-01-01 is what any other build may safely claim. */
#ifndef PACKD_BUILD_UNIX_S
#define PACKD_BUILD_UNIX_S 1767225600
#endif

static int64_t read_us(clockid_t which)
{
    struct timespec now;
    ENSURE(clock_gettime(which, &now) == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_boot_ms(void)
{
    return clock_boot_us() / 1000;
}

int64_t clock_boot_us(void)
{
    return read_us(CLOCK_BOOTTIME);
}

int64_t clock_wall_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

bool clock_wall_trusted(void)
{
    return clock_wall_ms() > (int64_t)PACKD_BUILD_UNIX_S * 1000;
}
