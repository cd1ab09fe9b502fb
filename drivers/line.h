/* line.h - how a serial line is set: a value, shared by drivers, configuration and hal callers. */
#ifndef PACKD_DRIVERS_LINE_H
#define PACKD_DRIVERS_LINE_H

#include <stdint.h>

enum line_parity { LINE_PARITY_NONE, LINE_PARITY_EVEN, LINE_PARITY_ODD };

struct line_settings {
    uint32_t baud;
    uint8_t data_bits; /* 7 or 8 */
    uint8_t stop_bits; /* 1 or 2 */
    enum line_parity parity;
};

#endif
