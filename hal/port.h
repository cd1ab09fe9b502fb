/* port.h - one contract for every open device, whatever it hangs on.
 *
 *   serial:/dev/serial/by-id/...      any tty; the link is followed at each connect
 *   usb:VID:PID[:SERIAL]              hexadecimal; SERIAL is the device's own text up to the end of
 *                                     the address, or "@1-1.4", the socket it is plugged into;
 *                                     without it the first fitting device that is not taken
 *   tcp:HOST:PORT                     HOST is localhost, 192.0.2.7 or [2001:db8::7]; names are
 *                                     refused, because asking for them would block
 *
 * A port is a number that the caller chooses and does not use again soon. Nothing blocks and no
 * callback is made from inside a function of this header: every outcome, a bad address too, arrives
 * in a later turn of the loop. Each ports_connect ends in `opened` or `failed` within
 * PORT_OPEN_S_MAX seconds by itself; an opened port ends in `closed` or by ports_disconnect. After
 * failed, closed or ports_disconnect the number is unknown here and nothing more is said about it.
 * Connecting again is the caller's decision. A device is claimed for us alone (tty lock, USB
 * interface claim).
 */
#ifndef PACKD_HAL_PORT_H
#define PACKD_HAL_PORT_H

#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/serial.h"

#define PORTS_MAX 32u
#define PORT_ADDRESS_SIZE 128u /* its NUL included */
#define PORT_OPEN_S_MAX 10
#define PORT_IN_MAX 4096u       /* most bytes in one `bytes` */
#define PORT_OUT_LINE_MAX 4096u /* bytes waiting to be taken */
#define PORT_OUT_PRINTER_MAX (1024u * 1024u)

struct loop;
struct ports;
struct usb;

/* What is wanted of the device behind the address. */
enum port_face {
    PORT_FACE_LINE, /* serial, tcp: bytes both ways, PORT_OUT_LINE_MAX */
    PORT_FACE_HID,  /* usb: input reports; what is written is one report (base/hid.h); LINE_MAX */
    PORT_FACE_PRINTER, /* serial, tcp, usb printers: bytes both ways, PORT_OUT_PRINTER_MAX */
};

/* What helps a device that has failed and does not open any more, in the order of trying; a halt of
 * an endpoint has been cleared before anybody hears of it. */
enum port_mend {
    PORT_MEND_RESET, /* usb: as if it had just been plugged in, but it keeps its power */
    PORT_MEND_POWER, /* usb: its socket without power for two seconds */
};

/* What is known about an opened device. Borrowed for the call. */
struct port_identity {
    uint16_t vendor; /* USB; 0 elsewhere and when unknown */
    uint16_t product;
    const char *serial;             /* "" when it has none */
    const char *product_name;       /* "" */
    struct bytes device_id;         /* USB printers: IEEE 1284, two length bytes first */
    struct bytes report_descriptor; /* USB HID */
    bool can_read;                  /* false: a printer that has no way to answer */
    bool has_port_status;
    uint8_t port_status; /* USB printers: bit 5 no paper, bit 4 selected, bit 3 no error; a hint */
};

/* Any of them may call any function of this header but ports_close. Sentences are plain English for
 * the log and never NULL. */
struct port_events {
    void (*opened)(void *context, uint32_t port, const struct port_identity *identity);
    void (*failed)(void *context, uint32_t port, enum err error, const char *sentence);
    /* At most PORT_IN_MAX bytes, never none. From a HID device exactly one report. */
    void (*bytes)(void *context, uint32_t port, struct bytes bytes);
    /* Nothing waits any more; `taken` bytes have been taken since opening, by the device (usb) or
     * by the kernel on its way there (serial, tcp). Fewer than were written: a HID device has
     * refused a report, or let it wait for a second; the others are not kept back by it. */
    void (*drained)(void *context, uint32_t port, uint64_t taken);
    /* The device is gone or failed. ports_taken still answers inside this call. */
    void (*closed)(void *context, uint32_t port, enum err error, const char *sentence);
    /* What ports_mend was asked for is done, or not: ERR_NOT_FOUND: no such device is or was here;
     * ERR_BUSY: it is open; ERR_EXISTS: more than one fits;
     * ERR_UNSUPPORTED: the device hangs on nothing that could do it;
     * ERR_REFUSED: not permitted; ERR_IO: tried in vain. NULL where nothing is mended. */
    void (*mended)(void *context, uint32_t ticket, enum err error, const char *sentence);
};

/* `usb` may be NULL: usb addresses then fail. Loop and usb must outlive it. Events are copied. */
MUST_USE enum err ports_open(struct loop *loop, struct usb *usb, const struct port_events *events,
                             void *context, struct ports **out_ports);
/* Disconnects all. Accepts NULL. */
void ports_close(struct ports *ports);

/* `settings` matter to serial addresses only and may be NULL elsewhere. ERR_EXISTS: the number is
 * in use; ERR_NO_SPACE: PORTS_MAX are; ERR_NO_MEMORY. On an error nobody will be called. */
MUST_USE enum err ports_connect(struct ports *ports, uint32_t port, struct bytes address,
                                enum port_face face, const struct serial_settings *settings);

/* Copies. All or nothing: ERR_TOO_BIG when it does not fit beside what waits already;
 * ERR_NOT_FOUND: not an open port; ERR_INVALID: HID, and these bytes are not one report. Reports
 * go out one after the other, as interrupt OUT where the device has that, else by SET_REPORT. */
MUST_USE enum err ports_write(struct ports *ports, uint32_t port, struct bytes bytes);

/* What waits is dropped. A number that is unknown is fine. */
void ports_disconnect(struct ports *ports, uint32_t port);

/* Tries to bring the device of an address back: usb, which must not be open, and what is serial by
 * usb, whose line ends if it is. It takes seconds, in which everything else goes on, and is always
 * answered by `mended` with the caller's ticket. A printer is refused unless labels may be lost:
 * what it has taken and not yet printed is gone with a reset. ERR_BUSY: one is under way, and
 * nobody will be called. */
MUST_USE enum err ports_mend(struct ports *ports, uint32_t ticket, struct bytes address,
                             enum port_mend step, bool labels_may_be_lost);

/* Bytes taken since opening, and bytes still waiting; 0 when unknown. */
uint64_t ports_taken(const struct ports *ports, uint32_t port);
size_t ports_waiting(const struct ports *ports, uint32_t port);

#endif
