/* recorder.h - the flight recorder: the latest events as lines, in a file that never grows.
 *
 * What is written: number, milliseconds, kind, port, length, ticket, status, the station's state.
 * What is not: texts of scans, bodies, names, addresses; so the file may be sent to whoever helps.
 * Bytes that come again and again in one length from one port are one line and a count. */
#ifndef PACKD_FIRMWARE_RECORDER_H
#define PACKD_FIRMWARE_RECORDER_H

#include "firmware/station/event.h"
#include "hal/ring.h"

#define RECORDER_SIZE (256u * 1024u)

struct recorder {
    struct ring ring;
    uint64_t lines;
    uint64_t same; /* more of the kind just written */
    uint32_t same_port;
    size_t same_len;
};

/* Without its file it takes everything and keeps nothing. */
MUST_USE enum err recorder_open(struct recorder *recorder, const char *path);
void recorder_event(struct recorder *recorder, const struct event *event, const char *state);
/* That a line was logged: its id, not its arguments. */
void recorder_log(struct recorder *recorder, const char *id);
void recorder_close(struct recorder *recorder);

#endif
