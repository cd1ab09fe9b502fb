/* control.h - one command line in, JSON lines out: what `packsim ctl` and a script say. */
#ifndef PACKD_TOOLS_PACKSIM_CONTROL_H
#define PACKD_TOOLS_PACKSIM_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

enum control_result {
    CONTROL_DONE,
    CONTROL_NO,  /* understood, but the world is not so: check found something, a wait ran out */
    CONTROL_BAD, /* not understood */
};

/* World locked; `wait` unlocks it while it waits. Commands: README.md. */
enum control_result control_run(struct bytes command, struct textbuf *out_lines);

/* The loopback listener that takes commands by POST /ctl. */
MUST_USE bool control_open(uint16_t port, uint16_t *out_port);

/* Starts carrying out a script; see README.md. False with a message on standard error. */
MUST_USE bool script_start(const char *path);

/* What has happened so far: "bookings", "labels", "events", "scans" ...; false: no such counter. */
MUST_USE bool control_counter(struct bytes name, uint64_t *out_count);

/* The other side: sends the words to a running packsim, prints its lines; the exit code. */
int ctl_main(int argument_count, char **arguments);

#endif
