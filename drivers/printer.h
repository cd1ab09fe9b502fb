/* printer.h - the printer contract: labels to bytes, status bytes to a status.
 *
 * Bytes accepted by a port prove nothing about paper (README.md, "Traps of printers"), so a
 * job is bracketed by status: ready and empty before, empty and without a flag after. The driver
 * knows the bytes; the station knows the order of asking and how long it waits. */
#ifndef PACKD_DRIVERS_PRINTER_H
#define PACKD_DRIVERS_PRINTER_H

#include "drivers/label.h"
#include "drivers/line.h"
#include "drivers/picture.h"
#include "drivers/printer_setup.h"
#include "hal/base/bytes.h"
#include "hal/base/json.h" /* struct scratch */
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

enum printer_result {
    PRINTER_NOTHING,
    PRINTER_STATUS,
    PRINTER_REJECTED,
    PRINTER_COUNTER, /* labels it has printed in its life */
    PRINTER_HEAD,    /* what head it has */
    PRINTER_RECEIPT, /* all that was sent before the receipt was asked for is printed */
};

struct printer_answer { /* what goes with the result */
    struct printer_status status;
    uint32_t counter;
    unsigned dots_per_mm;
    uint32_t receipt; /* as it was asked for */
};

#define PRINTER_RECEIPT_MAX 9999u

#define PRINTER_REPLY_MAX 512

/* The most bytes that one command of a label may take for its own where it has a count of them:
 * so many fill one that broke off, before anything else is said. Line ends are harmless filler. */
#define PRINTER_FILL 2048u
#define PRINTER_LINES_16 "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
#define PRINTER_LINES_128                                                                \
    PRINTER_LINES_16 PRINTER_LINES_16 PRINTER_LINES_16 PRINTER_LINES_16 PRINTER_LINES_16 \
        PRINTER_LINES_16 PRINTER_LINES_16 PRINTER_LINES_16
#define PRINTER_FILL_LINES                                                                        \
    PRINTER_LINES_128 PRINTER_LINES_128 PRINTER_LINES_128 PRINTER_LINES_128 PRINTER_LINES_128     \
        PRINTER_LINES_128 PRINTER_LINES_128 PRINTER_LINES_128 PRINTER_LINES_128 PRINTER_LINES_128 \
            PRINTER_LINES_128 PRINTER_LINES_128 PRINTER_LINES_128 PRINTER_LINES_128               \
                PRINTER_LINES_128 PRINTER_LINES_128

struct printer_state {
    uint8_t reply[PRINTER_REPLY_MAX];
    size_t used;
    uint8_t frames; /* complete status frames at the front of reply */
    /* a number in quotes outside a frame */
    bool quoted;
    uint8_t digits;
    uint64_t number;
};

struct printer_driver {
    const char *name; /* "zpl" */
    const char *title;
    struct line_settings usual;
    struct bytes status_request;
    uint32_t status_wait_ms; /* silence this long after asking: busy or in error, ask on */
    /* A status does not tell for sure that a label is still coming out: a clean one proves nothing
     * before the time is over that a label takes. */
    bool needs_time;
    /* Sent once after each opening: what makes the printer safe for us, first of all "do not
     * reprint by yourself after an error". */
    struct bytes start;
    struct bytes abort_job; /* ends a job that was cut in the middle, before the next one is sent */
    /* Questions that not every printer of the language answers; empty: there is none. They are
     * asked as printer_kind.h allows, and never while a label is on its way. */
    struct bytes counter_request;
    struct bytes head_request;
    /* Asks, behind a job, to be told when it is out of the printer; NULL: there is no such
     * question. `receipt` is at most PRINTER_RECEIPT_MAX. */
    void (*ask_receipt)(uint32_t receipt, struct textbuf *out);
    /* Uses up to input.len bytes (at least 1 unless empty); at most one answer a call. */
    size_t (*feed)(struct printer_state *state, struct bytes input, enum printer_result *out_result,
                   struct printer_answer *out_answer);
    /* Each job begins with the set-up and stays at one label. */
    /* Draws a plain label. False when it does not fit `out` or a text cannot be said safely. */
    bool (*encode_label)(const struct label *label, const struct printer_setup *setup,
                         struct textbuf *out);
    /* The same dots on paper, in the shortest form the language has. False when the picture is
     * larger than the label or the job does not fit `out`. With DEFLATE_MEMORY in `scratch` it may
     * get shorter. */
    bool (*encode_picture)(const struct picture *picture, const struct printer_setup *setup,
                           struct scratch scratch, struct textbuf *out);
    /* Takes a courier's document in the printer's own language: checks that it is exactly one
     * label, harmless (no settings stored, no files, no firmware, one copy), and writes the job.
     * Otherwise false, with a plain sentence. */
    bool (*encode_document)(struct bytes document, const struct printer_setup *setup,
                            struct textbuf *out, const char **out_why);
};

void printer_state_init(struct printer_state *state);
/* The encode_document of printers that do not speak the couriers' language: our own label is
 * printed instead, where the courier lets us draw it. */
bool printer_refuse_document(struct bytes document, const struct printer_setup *setup,
                             struct textbuf *out, const char **out_why);

/* Reads a printer's IEEE 1284 device id (with or without its two length bytes). */
struct printer_identity {
    char manufacturer[64];
    char model[64];
    /* "zpl", "tspl", "epl", "escpos" or "unknown"; we need not have a driver for it. A hint: cheap
     * printers say nothing, or something else. */
    char dialect[16];
    /* It names one language by its own name; not so "CEZD", which is several, or a name that only
     * experience knows. */
    bool sure;
};
/* False when there is not one key in it. */
bool printer_identity_parse(struct bytes device_id, struct printer_identity *out);

#endif
