/* stream.h - bytes over TCP: serial device servers, network printers, virtual devices.
 *
 * No name is ever looked up. The kernel watches a silent peer by keep-alive probes, which wake
 * nobody here. Nothing blocks. */
#ifndef PACKD_HAL_STREAM_H
#define PACKD_HAL_STREAM_H

#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/base/textbuf.h"

struct stream {
    int fd; /* for the loop; -1: not open */
};

/* "HOST:PORT" as in port.h. The connection has begun: wait for LOOP_OUT or LOOP_ERROR, then ask
 * stream_connected. ERR_INVALID: not such an address, a name among them; always with a sentence. */
MUST_USE enum err stream_connect(struct bytes host_and_port, struct textbuf *out_why,
                                 struct stream *out_stream);
/* ERR_AGAIN: not yet; ERR_NONE: bytes may flow; anything else: why not. Gives up by itself after
 * about seven seconds. */
MUST_USE enum err stream_connected(const struct stream *stream, struct textbuf *out_why);
void stream_close(struct stream *stream);

/* ERR_AGAIN: nothing there; ERR_CLOSED: the other side has ended, or the network has. */
MUST_USE enum err stream_read(const struct stream *stream, uint8_t *storage, size_t size,
                              size_t *out_len);
/* *out_taken may be less than asked, and 0 when the kernel takes no more now. */
MUST_USE enum err stream_write(const struct stream *stream, struct bytes bytes, size_t *out_taken);

#endif
