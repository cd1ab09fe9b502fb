/* ring.h - the latest lines of text in a file that never grows.
 *
 * What was put survives the end of the process, however sudden, but not a power cut: nothing is
 * flushed, so putting costs a copy and never waits for the disk. The file is always whole lines,
 * one of them the oldest; whoever wants the order numbers his lines. */
#ifndef PACKD_HAL_RING_H
#define PACKD_HAL_RING_H

#include "hal/base/bytes.h"
#include "hal/base/err.h"

struct ring {
    char *memory; /* NULL: not open */
    size_t size;
    size_t at;
};

/* The one that was there is kept as "<path>.before". The space is taken at once, so a full disk is
 * met here (ERR_NO_SPACE) and never later. */
MUST_USE enum err ring_open(const char *path, size_t size, struct ring *out_ring);
/* Without its end of line, shorter than the ring. A ring that is not open takes it and forgets. */
void ring_put(struct ring *ring, struct bytes line);
void ring_close(struct ring *ring); /* accepts the zeroed and the closed */

#endif
