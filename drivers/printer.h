/* printer.h - the printer contract: labels to bytes, status bytes to a status.
 *
 * Bytes accepted by a port prove nothing about paper (README.md, "Traps of printers"), so a
 * job is bracketed by status: ready and empty before, empty and without a flag after. The driver
 * knows the bytes; the station knows the order of asking and how long it waits. */
#ifndef PACKD_DRIVERS_PRINTER_H
#define PACKD_DRIVERS_PRINTER_H

#include "drivers/label.h"
#include "drivers/line.h"
#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

struct printer_status {
    bool ready; /* none of the flags below, and it answered */
    bool paper_out;
    bool ribbon_out;
    bool head_open;
    bool paused;
    bool too_hot;
    bool too_cold;
    bool busy; /* formats waiting, a partial format, or labels left to print */
    bool buffer_full;
    bool label_waiting; /* peeled label not taken yet */
    bool fault;         /* a jam, a cutter, an error without a flag of its own: no label is sure */
    uint32_t queued;    /* formats waiting plus labels left */
};

/* One of the flags above is set. */
bool printer_status_is_flagged(const struct printer_status *status);

enum printer_result { PRINTER_NOTHING, PRINTER_STATUS, PRINTER_REJECTED };

#define PRINTER_REPLY_MAX 512

struct printer_state {
    uint8_t reply[PRINTER_REPLY_MAX];
    size_t used;
    uint8_t frames; /* complete status frames at the front of reply */
};

struct printer_driver {
    const char *name; /* "zpl" */
    const char *title;
    struct line_settings usual;
    struct bytes status_request;
    uint32_t status_wait_ms; /* silence this long after asking: busy or in error, ask on */
    /* Where a status does not tell for sure that a label is still coming out: how long the longest
     * may take. A clean status sooner proves nothing. 0: it tells. */
    uint32_t print_time_ms;
    /* Sent once after each opening: what makes the printer safe for us, first of all "do not
     * reprint by yourself after an error". */
    struct bytes start;
    struct bytes abort_job; /* ends a job that was cut in the middle, before the next one is sent */
    /* Uses up to input.len bytes (at least 1 unless empty); at most one status a call. */
    size_t (*feed)(struct printer_state *state, struct bytes input, enum printer_result *out_result,
                   struct printer_status *out_status);
    /* Draws a plain label. False when it does not fit `out` or a text cannot be said safely. */
    bool (*encode_label)(const struct label *label, unsigned dpi, struct textbuf *out);
    /* Takes a courier's document in the printer's own language: checks that it is exactly one
     * label, harmless (no settings stored, no files, no firmware, one copy), and writes the job.
     * Otherwise false, with a plain sentence. */
    bool (*encode_document)(struct bytes document, struct textbuf *out, const char **out_why);
};

void printer_state_init(struct printer_state *state);
/* The encode_document of printers that do not speak the couriers' language: our own label is
 * printed instead, where the courier lets us draw it. */
bool printer_refuse_document(struct bytes document, struct textbuf *out, const char **out_why);

/* Reads a printer's IEEE 1284 device id (with or without its two length bytes). */
struct printer_identity {
    char manufacturer[64];
    char model[64];
    /* "zpl", "tspl", "epl", "escpos" or "unknown"; we need not have a driver for it. A hint: cheap
     * printers say nothing, or something else. */
    char dialect[16];
};
/* False when there is not one key in it. */
bool printer_identity_parse(struct bytes device_id, struct printer_identity *out);

#endif
