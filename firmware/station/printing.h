/* printing.h - one label to the printer, and what can be known of it afterwards.
 *
 *   IDLE --begin--> LOADING --> DRAWING --encoded--> WAITING --ready--> STARTING --stored-->
 *   SENDING
 *       LOADING, DRAWING --cannot be said--> BROKEN; --its barcode cannot be read--> UNREAD
 *       SENDING --all bytes taken--> PROVING --clean and empty, twice, and counted--> PRINTED
 *       SENDING, PROVING --lost, cut, flagged, not counted, too long--> UNSURE: one question to
 *                                                                               the packer
 *
 * LOADING: the label is read from the journal. DRAWING: it becomes a picture, whose barcodes are
 * read back (labelling.h); a label in the printer's own language goes without. WAITING: nothing was
 * sent; the printer must say ready and empty, however long that takes. (A hold label goes from
 * WAITING to SENDING, for no fact rests on it.) STARTING: that a label is about to be sent is on
 * its way to disk. SENDING, PROVING: bytes are on their way; bytes accepted prove nothing about
 * paper. UNSURE is never turned into a second label without a person's word.
 *
 * So there are three answers: printed, with its evidence; not known, UNSURE; and not printed, when
 * it is given up in WAITING or cannot be said. The evidence, from weak to strong: a clean state
 * before and after; the printer's counter of labels, one more than before; its own word that all
 * that was sent is out; and, from outside, a person's word and the label's own scan. */
#ifndef PACKD_FIRMWARE_STATION_PRINTING_H
#define PACKD_FIRMWARE_STATION_PRINTING_H

#include "firmware/station/devices.h"
#include "firmware/station/label_notes.h"
#include "firmware/station/labelling.h"

#define PRINT_JOB_MAX (384u * 1024u) /* 4 x 6 inches of noise at 300 dpi, uncompressed, and room */
#define PRINT_PROOF_MIN_MS 300 /* a status sooner after the last byte may be older than the label */
#define PRINT_PROOFS 2u        /* clean and empty this often in a row */
#define PRINT_START_MS 1000    /* from the last byte to the first dot, at most */
#define PRINT_SLOWEST_IPS 2u   /* where the settings say no speed */
#define PRINT_SLACK_MS 3000    /* from a label's own time to where nothing more is waited for */
/* More labels than this at once are no labels: a counter that was set anew. */
#define PRINT_COUNTED_MAX 20u

enum print_evidence { PRINT_BY_NOTHING, PRINT_BY_STATUS, PRINT_BY_COUNTER, PRINT_BY_RECEIPT };
const char *print_evidence_word(enum print_evidence evidence); /* "counter", as facts say it */
#define EVIDENCE_PERSON "person"
#define EVIDENCE_SCAN "scan"

enum printing_state {
    PRINTING_IDLE,
    PRINTING_LOADING,
    PRINTING_DRAWING,
    PRINTING_WAITING,
    PRINTING_STARTING,
    PRINTING_SENDING,
    PRINTING_PROVING,
    PRINTING_PRINTED,
    PRINTING_UNSURE,
    PRINTING_BROKEN,
    PRINTING_UNREAD,
};

struct printing {
    enum printing_state state;
    struct parcel parcel; /* parcel.copy: the copy being printed */
    unsigned carrier;
    uint32_t ticket;
    int64_t deadline_ms;
    char job[PRINT_JOB_MAX];
    size_t job_len;
    enum label_way way; /* LOADING, DRAWING: that is tried; then: how the job was made */
    bool reading_task;  /* LOADING: the blob asked for is the task, not the label */
    bool plain;         /* there is no help from packd-render for this one */
    bool anyway;        /* a person wants it though its barcode cannot be read */
    uint32_t port;      /* the printer's port when sending began: another one is another life */
    uint64_t drained_target;
    int64_t drained_ms;
    unsigned proofs;
    bool seen_busy;
    const struct printer_driver *job_driver; /* whose language the job is in; NULL: not made yet */
    bool hold;  /* a hold label: nothing of it is stored, a second one does no harm */
    bool gated; /* WAITING: the packer must look at the parcel first (packing_weight_is_off) */
    bool cut;   /* the job broke off: the printer must be told before the next one */
    bool counter_known; /* counter_before was answered before the label was sent */
    uint32_t counter_before;
    bool counting;         /* PROVING: the state is good, and the counter is asked too */
    bool counter_answered; /* since it was asked last */
    uint32_t counted;      /* labels, by the counter, when that is not one */
    uint32_t receipt;      /* asked for behind the job; 0: not */
    uint32_t last_receipt;
    enum print_evidence evidence; /* PRINTED */
    /* Where the label lay on a courier's sheet last time: looked at first the next time. */
    struct render_crop crops[CONFIG_CARRIERS_MAX];
    uint16_t noted[CONFIG_CARRIERS_MAX]; /* which of a courier's the log has said */
};

void printing_init(struct printing *printing);
/* parcel->copy says which copy this is; carrier: index in the configuration. */
void printing_begin(struct printing *printing, struct step *step, struct devices *devices,
                    const struct parcel *parcel, unsigned carrier);
/* From UNREAD: the same, whatever can be read from it. Who wants it is at most 120 bytes. */
void printing_anyway(struct printing *printing, struct step *step, struct devices *devices,
                     const char *who);
/* A label with our own number, for a parcel that waits on the shelf. */
void printing_begin_hold(struct printing *printing, struct step *step, struct devices *devices,
                         const struct parcel *parcel, unsigned carrier);
/* Blob answers, port events and deadlines. */
void printing_step(struct printing *printing, struct step *step, struct devices *devices,
                   const struct event *event);
/* A status has just been read. */
void printing_status(struct printing *printing, struct step *step, struct devices *devices);
/* It has answered something else. */
void printing_answer(struct printing *printing, struct step *step, struct devices *devices,
                     enum printer_result result, const struct printer_answer *answer);
void printing_stored(struct printing *printing, struct step *step, struct devices *devices,
                     uint32_t ticket, enum err error);
/* Ends the machine's work: PRINTED, UNSURE, BROKEN, UNREAD, or WAITING when nothing was sent. */
void printing_release(struct printing *printing, struct step *step, struct devices *devices);
/* A label is being made, or waits: nothing of it is stored or sent. */
bool printing_is_early(const struct printing *printing);
int64_t printing_deadline(const struct printing *printing);
void printing_check(const struct printing *printing);

#endif
