/* serial.h - open and set up a serial line; bytes without blocking.
 *
 * Raw bytes: no echo, no line editing, no mapping of CR and LF. The line is ours alone while open.
 * Nothing here blocks, closing neither: what was not sent yet is thrown away. */
#ifndef PACKD_HAL_SERIAL_H
#define PACKD_HAL_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/base/textbuf.h"

enum serial_parity { SERIAL_PARITY_NONE, SERIAL_PARITY_EVEN, SERIAL_PARITY_ODD };
enum serial_flow { SERIAL_FLOW_NONE, SERIAL_FLOW_RTS_CTS, SERIAL_FLOW_XON_XOFF };

struct serial_settings {
    uint32_t baud;
    uint8_t data_bits; /* 7 or 8 */
    uint8_t stop_bits; /* 1 or 2 */
    enum serial_parity parity;
    enum serial_flow flow;
    bool dtr_off; /* some indicators restart when DTR rises. The kernel raises both pins when it
                   * opens a line and they fall again at once; nobody can keep it from that */
    bool rts_off; /* without effect under SERIAL_FLOW_RTS_CTS */
};

struct sp_port;

struct serial {
    struct sp_port *port; /* NULL: not open */
    int fd;               /* for the loop */
};

/* ERR_NOT_FOUND: no such tty; ERR_BUSY: somebody else has it; ERR_REFUSED: no permission;
 * ERR_INVALID: the settings; always with a sentence. *out_serial is untouched on failure. */
MUST_USE enum err serial_open(const char *path, const struct serial_settings *settings,
                              struct textbuf *out_why, struct serial *out_serial);
void serial_close(struct serial *serial); /* accepts the zeroed and the closed */

/* The line's end, as the kernel tells it: a tty that has been unplugged fails in several ways, or
 * not at all, depending on what was asked of it when. */
bool serial_has_hung_up(const struct serial *serial);

/* *out_len is 0 when nothing is there AND when the line is gone: the two look alike, so the line's
 * end is known by LOOP_ERROR and serial_has_hung_up alone. Nothing here counts time between bytes:
 * FTDI's chips hold them back for up to 16 ms, and are left at that, because less means a thousand
 * empty packets a second. */
MUST_USE enum err serial_read(struct serial *serial, uint8_t *storage, size_t size,
                              size_t *out_len);
/* *out_taken may be less than asked, and 0 when the line is not ready for more. */
MUST_USE enum err serial_write(struct serial *serial, struct bytes bytes, size_t *out_taken);

#endif
