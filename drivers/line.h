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

enum line_flow { LINE_FLOW_NONE, LINE_FLOW_RTS_CTS, LINE_FLOW_XON_XOFF };
enum line_pin { LINE_PIN_ON, LINE_PIN_OFF };

/* What is a matter of the cable and not of the protocol. Zeroed it is as usual: both pins on, which
 * feeds some converters and scales; off for indicators that start again when DTR rises. */
struct line_wiring {
    enum line_flow flow;
    enum line_pin dtr;
    enum line_pin rts; /* without effect under RTS_CTS */
};

#endif
