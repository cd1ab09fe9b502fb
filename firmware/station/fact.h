/* fact.h - the facts we record: kinds, keys, bodies, and folding them back.
 *
 * A parcel is known by its reference, made once and kept through every try. Facts about it have
 * the order's id as their subject, so that a scanned order finds its own past. The unique keys
 * make the disk refuse what the code should never ask:
 *   intent/<order id>/<package>/<generation>   one intent a parcel, until it is refused or absent
 *   sending/<reference>                        the backlog is about to tell the courier
 *   booked/<courier>/<awb>                     one parcel for an AWB
 *   print/<reference>/<copy>, closed/<reference>, event/<epoch>/<seq> ...
 * Bodies are versioned JSON and hold no personal data; the shipment with its address is a blob,
 * task/<reference>, and the courier's label another, label/<reference>. */
#ifndef PACKD_FIRMWARE_STATION_FACT_H
#define PACKD_FIRMWARE_STATION_FACT_H

#include "firmware/oms/oms.h"
#include "firmware/station/event.h"
#include "firmware/station/step.h"

#define FACT_KEY_SIZE 160
#define LABEL_NOTES_SIZE 96
#define FACT_BODY_SIZE 2048

enum fact_kind {
    FACT_INTENT,       /* this parcel shall be booked: before the courier is asked */
    FACT_BOOKED,       /* the courier said yes: awb */
    FACT_REFUSED,      /* the courier said no: nothing was booked */
    FACT_ABSENT,       /* a person says that there is no booking */
    FACT_LABEL,        /* the courier's label came later than its booking */
    FACT_PRINT,        /* a label is about to be sent to the printer */
    FACT_PRINTED,      /* the label is out, as the printer or the packer says */
    FACT_ASIDE,        /* has left the bench before its booking was done: the backlog's; `note` says
                           whether anything was sent (ASIDE_UNSENT) */
    FACT_SENDING,      /* of one that was ASIDE_UNSENT: from now on something may have been sent */
    FACT_CLOSED,       /* done */
    FACT_TAKEN_BACK,   /* the label of a refused parcel was destroyed, a person says so */
    FACT_VOIDED,       /* its order was cancelled: the AWB is void, or the courier knows of none */
    FACT_VOID_REFUSED, /* its order was cancelled, and the courier does not void it: a person's */
    FACT_EVENT,        /* something the order system must hear: body is the event */
    FACT_EVENT_REFUSED, /* the order system will never take that event */
    FACT_EVENT_AGAIN,   /* a person had it sent again; `note` is its new number */
    FACT_EVENT_DROPPED, /* a person says that it need not be told; `note` is who */
    FACT_WEIGHED,       /* how the intent's mass came about; these three: fact_weight.h */
    FACT_SCALE_CHECK,
    FACT_SCALE_TRUSTED,
    FACT_WEIGHT_KEPT, /* a person had the label printed though the plate showed `note` */
};
#define FACT_KINDS (FACT_WEIGHT_KEPT + 1)

#define ASIDE_UNSENT "unsent" /* proven: no request for this booking has left the box */
#define ASIDE_UNSURE "unsure" /* one may have */

const char *fact_kind_word(enum fact_kind kind);
/* Does it say how far a parcel has come? */
bool fact_is_of_parcel(enum fact_kind kind);
MUST_USE bool fact_kind_parse(struct bytes word, enum fact_kind *out_kind);

struct parcel { /* what facts about a parcel say; zero where a fact does not say it */
    char reference[SHIPMENT_REFERENCE_SIZE];
    char order_id[ORDER_ID_SIZE];
    char order_no[ORDER_ID_SIZE];
    char rev[33];
    unsigned package_no;
    unsigned packages_total;
    unsigned generation;
    char carrier[CONFIG_NAME_SIZE];
    char service[17];
    char awb[SHIPMENT_AWB_SIZE];
    char route[CARRIER_ROUTE_SIZE]; /* the courier's, for the label; may be empty */
    int64_t mass_mg;
    int64_t price_minor;
    char currency[4];
    enum label_format label_format; /* of the courier's label; NONE: drawn by us */
    unsigned copy;                  /* PRINT, PRINTED */
    char note[65];                  /* a reason's word */
    char evidence[9]; /* PRINTED: how that is known, printing.h; empty in facts of before */
    char label_by[9]; /* PRINT: how the label was made, labelling.h */
    char picture[EVENT_HASH_SIZE];      /* PRINT: of its dots; empty: the printer drew them */
    char label_notes[LABEL_NOTES_SIZE]; /* PRINT: label_notes.h */
    char anyway_by[121]; /* PRINT: who wanted it though its barcode could not be read */
};

/* The last four characters: enough for a line of the log. */
const char *parcel_awb_end(const struct parcel *parcel);
/* Adds the fact about a parcel to this step's batch. */
void fact_put(struct step *step, enum fact_kind kind, const struct parcel *parcel);
/* Adds an event for the order system to this step's batch, numbered without gaps. */
void fact_put_event(struct step *step, enum oms_event_type type, const char *status,
                    const struct parcel *parcel, const char *note);
/* A fact about an event: its reference is "<epoch>/<number>". */
void fact_put_about_event(struct step *step, enum fact_kind kind, uint64_t event_seq,
                          const char *order_id, const char *order_no, const char *note);
/* The same once more under a new number, which it gets here. */
void fact_put_event_again(struct step *step, struct oms_event *event);
MUST_USE bool fact_parse(struct bytes body, struct scratch scratch, struct parcel *out);
MUST_USE bool fact_parse_event(struct bytes body, struct scratch scratch, struct oms_event *out);

void fact_task_key(struct textbuf *text, const char *reference);  /* "task/..." */
void fact_label_key(struct textbuf *text, const char *reference); /* "label/..." */
/* What the courier is told, from the blob of the task. When it is lost or damaged that is said in
 * the log, and *out is enough to ask the courier by; no request can be built from it. */
void fact_read_task(struct bytes task, struct step *step, const struct parcel *parcel,
                    struct shipment *out);

/* The past of one order, folded from the facts about it. */
enum parcel_stage {
    STAGE_NONE,
    STAGE_INTENT,
    STAGE_BOOKED,
    STAGE_PRINTING,
    STAGE_PRINTED,
    STAGE_CLOSED,
    STAGE_RECALLED /* refused after its label was out; only recovery tells it apart from NONE */
};

#define PAST_PACKAGES_MAX ORDER_PACKAGES_MAX

struct past {
    struct {
        enum parcel_stage stage;
        unsigned generation; /* how many intents there have been */
        unsigned copies;     /* labels begun, of this generation */
        bool aside;
        bool unsent;                   /* aside, and nothing was sent before or since */
        bool booked;                   /* the courier's yes is on disk */
        bool taken_back;               /* the label is destroyed, whatever the courier says */
    } packages[PAST_PACKAGES_MAX + 1]; /* by package number; 0 unused */
    struct parcel open; /* the first package that is begun and not closed, if `has_open` */
    bool has_open;
    enum parcel_stage open_stage;
    struct parcel last_closed;
    bool has_closed;
    struct parcel recall; /* a label of it is out, and the courier has refused it */
    bool has_recall;
    char wanted[SHIPMENT_REFERENCE_SIZE]; /* this parcel is meant, if it is open; empty: any */
};

void past_init(struct past *past);
void past_fold(struct past *past, const struct event_row *row, struct scratch scratch);

#endif
