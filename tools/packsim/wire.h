/* wire.h - one accepted connection, plain or TLS, that can also be ended the ways connections
 * really end: politely, cut without a farewell, or reset. Reading and writing block, but never
 * longer than WIRE_WAIT_MS. */
#ifndef PACKD_TOOLS_PACKSIM_WIRE_H
#define PACKD_TOOLS_PACKSIM_WIRE_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "hal/base/bytes.h"

#define WIRE_WAIT_MS 30000

struct wire {
    int fd;
    gnutls_session_t tls; /* NULL: plain */
};

enum wire_end {
    WIRE_POLITE, /* close_notify, then FIN */
    WIRE_CUT,    /* FIN only: what a dying server or a middle box leaves */
    WIRE_RESET,  /* RST */
};

/* Listens on 127.0.0.1; port 0 takes a free one. The descriptor, or -1 with a message on stderr. */
int wire_listen(uint16_t port, uint16_t *out_port);

/* Takes over fd; no credentials means plain. When the handshake fails: false, and it is closed. */
MUST_USE bool wire_open(struct wire *wire, int fd, gnutls_certificate_credentials_t credentials);
void wire_close(struct wire *wire, enum wire_end end);

ssize_t wire_read(struct wire *wire, void *buffer, size_t size); /* 0 or less: the end */
bool wire_write(struct wire *wire, struct bytes run);            /* all of it, or false */

#endif
