/* carrier.h - the courier contract: a task that asks for exchanges until it has an outcome.
 *
 * A courier's file does no I/O. The station begins a task, then alternates: `build` gives the next
 * request, `take` reads its response, until take says the task is done. Tokens, pages and second
 * downloads are extra rounds inside the file.
 *
 * Success is positive proof: a plausible AWB, the courier's own success flag and our reference
 * echoed where it is echoed. HTTP 200 is not success and an HTML page is not JSON. For a task that
 * books, everything that is not proof of yes or of no is UNKNOWN, which is neither. */
#ifndef PACKD_CARRIERS_CARRIER_H
#define PACKD_CARRIERS_CARRIER_H

#include "carriers/shipment.h"
#include "hal/base/http_message.h"
#include "hal/base/json.h"

enum carrier_operation {
    CARRIER_SERVICEABILITY, /* task.shipment.to.postcode, payment */
    CARRIER_RATE,           /* task.shipment: to.postcode, payment, mass_mg, service */
    CARRIER_POOL,           /* task.count AWB numbers */
    CARRIER_BOOK,           /* task.shipment */
    CARRIER_LOOKUP,         /* by task.shipment.reference, else by awb; OK: it stands, with its awb;
                               REJECT not_found: no such shipment; REJECT reference_cancelled: the
                               courier knows it and it does not stand */
    CARRIER_LABEL,          /* task.shipment.awb */
    CARRIER_WEIGHT,         /* task.shipment.awb, mass_mg */
    CARRIER_CANCEL,         /* task.shipment.awb */
    CARRIER_TRACK,          /* task.shipment.awb */
};
/* serviceability, rate, pool_fetch, book, lookup, label, update_weight, cancel, track */
const char *carrier_operation_word(enum carrier_operation operation);
MUST_USE bool carrier_operation_parse(struct bytes word, enum carrier_operation *out);

/* The first word of an outcome; what each asks of the station is in WORDS.md. */
enum carrier_result {
    CARRIER_OK,
    CARRIER_OK_EXISTING, /* an earlier booking stands */
    CARRIER_PENDING,     /* ask again later */
    CARRIER_SERVICEABLE,
    CARRIER_REJECT,  /* nothing was booked; `reason` says why */
    CARRIER_RETRY,   /* nothing was done; the same again later is safe */
    CARRIER_AUTH,    /* the token has run out: refresh, send once more */
    CARRIER_UNKNOWN, /* it may have happened: look up before any resend */
};

enum carrier_reason {
    REASON_NONE,
    REASON_BAD_PINCODE,
    REASON_NOT_SERVICEABLE,
    REASON_BAD_PINCODE_OR_NOT_SERVICEABLE,
    REASON_COD_NOT_SERVICEABLE,
    REASON_COD_LIMIT,
    REASON_EMBARGO,
    REASON_CONFIG,
    REASON_CREDENTIALS,
    REASON_ACCOUNT_FUNDS,
    REASON_REFERENCE_CANCELLED,
    REASON_DUPLICATE_REFERENCE,
    REASON_AWB_USED,
    REASON_BAD_ADDRESS,
    REASON_BAD_WEIGHT,
    REASON_TOO_LATE,
    REASON_THROTTLED,
    REASON_NOT_FOUND, /* look-up: the courier has no such shipment */
    REASON_OTHER,
};
const char *carrier_reason_word(enum carrier_reason reason);

enum label_format { LABEL_FORMAT_NONE, LABEL_FORMAT_ZPL, LABEL_FORMAT_PDF, LABEL_FORMAT_PNG };

#define CARRIER_POOL_BATCH_MAX 100
#define CARRIER_MESSAGE_SIZE 161
#define CARRIER_ROUTE_SIZE 33

struct carrier_outcome {
    enum carrier_result result;
    enum carrier_reason reason;
    char awb[SHIPMENT_AWB_SIZE];
    char reference[SHIPMENT_REFERENCE_SIZE];        /* as the courier echoed it */
    bool lookup;                                    /* UNKNOWN: a look-up is the next step */
    char lookup_reference[SHIPMENT_REFERENCE_SIZE]; /* set when the body names it */
    char verify_absent[SHIPMENT_REFERENCE_SIZE];    /* REJECT whose text admits partial saving */
    bool updated;
    bool prepaid, cod, oda; /* SERVICEABLE */
    int64_t cod_max_minor;  /* -1: not stated */
    int64_t cost_minor;     /* RATE: -1 not stated */
    int64_t after_s;        /* RETRY: -1 not stated */
    enum label_format label_format;
    struct bytes label;             /* borrowed from the response or the scratch of the last take */
    char route[CARRIER_ROUTE_SIZE]; /* sort or routing code to print large, may be empty */
    char status[65];                /* TRACK: the courier's own word */
    char message[CARRIER_MESSAGE_SIZE]; /* the courier's own text, cleaned, for log and screen */
    char awbs[CARRIER_POOL_BATCH_MAX][SHIPMENT_AWB_SIZE]; /* POOL */
    size_t awb_count;
};

/* "ok;awb=28411210000145;ref=PK-10001": the result in the words of WORDS.md. */
void carrier_outcome_write(struct textbuf *text, enum carrier_operation operation,
                           const struct carrier_outcome *outcome);

/* What a courier account is: configuration, borrowed by every task. */
struct carrier_account {
    const char *base_url;        /* "https://track.example.in", no slash at the end */
    const char *credential;      /* token or key; never logged */
    const char *client;          /* account or client name as registered */
    const char *pickup_location; /* exactly as registered with the courier */
    const char *pickup_postcode;
    uint32_t timeout_ms; /* for one exchange */
};

#define CARRIER_TASK_NOTE_SIZE HTTP_URL_MAX /* signed label links fill most of it */

struct carrier_task {
    enum carrier_operation operation;
    struct shipment shipment;
    unsigned count;                    /* POOL */
    unsigned round;                    /* exchanges taken so far; the courier's file steers by it */
    char note[CARRIER_TASK_NOTE_SIZE]; /* from one round to the next (a URL) */
};

enum carrier_step { CARRIER_MORE, CARRIER_DONE };

/* What repeating a booking does; exactly one (WORDS.md, "The capability row"). */
enum carrier_repeat {
    REPEAT_SAFE_KEY,
    REPEAT_RETURNS_OLD,
    REPEAT_REFUSED,
    REPEAT_DUPLICATES,
    REPEAT_UNKNOWN,
};
enum carrier_weight_edit {
    WEIGHT_EDIT_NEVER,
    WEIGHT_EDIT_BEFORE_AWB,
    WEIGHT_EDIT_UNTIL_PICKUP,
    WEIGHT_EDIT_UNTIL_DISPATCH,
};
enum carrier_cancel { CANCEL_NONE, CANCEL_SYNC, CANCEL_ASYNC };
enum carrier_rates { RATES_NONE, RATES_ESTIMATE, RATES_FIRM };

struct carrier_promises { /* the courier's capability row */
    enum carrier_repeat repeat;
    bool lookup_reference;
    uint32_t lookup_lag_s; /* how long a fresh booking may stay invisible to a look-up */
    uint32_t settle_s;     /* between sending and asking: longer than a request can work */
    bool pool;
    bool pool_per_payment;
    uint32_t pool_min_age_s;
    uint32_t pool_max_age_s; /* older numbers are not taken any more; 0: not stated */
    uint32_t pool_batch_max;
    bool label_inline;     /* the booking answer brings the label */
    bool label_url;        /* a second download */
    bool label_self_drawn; /* we may draw it from the booking */
    enum label_format label_format;
    enum carrier_weight_edit weight_edit;
    enum carrier_cancel cancel;
    enum carrier_rates rates;
    bool cod;
    uint8_t reference_max;
    const char *forbidden; /* characters its fields must not hold */
};

struct carrier {
    const char *name;  /* "delhivery" */
    const char *title; /* "Delhivery" */
    struct carrier_promises promises;
    bool supports[CARRIER_TRACK + 1]; /* by operation */
    /* Next request. request->body is empty storage lent by the caller. False when the task cannot
     * be said to this courier (a field does not fit); *out_why is then a plain sentence. */
    bool (*build)(const struct carrier_task *task, const struct carrier_account *account,
                  struct http_request *request, const char **out_why);
    /* Reads the response to the request just built. MORE: build again (task->round has grown).
     * scratch is memory for one JSON parse. */
    enum carrier_step (*take)(struct carrier_task *task, const struct http_response *response,
                              struct scratch scratch, struct carrier_outcome *out);
};

void carrier_task_init(struct carrier_task *task, enum carrier_operation operation,
                       const struct shipment *shipment);
void carrier_outcome_init(struct carrier_outcome *outcome);

/* What an exchange without an answer means for this operation: writes that may have been sent are
 * UNKNOWN, everything else is RETRY. */
void carrier_outcome_of_end(enum carrier_operation operation, enum exchange_end end,
                            struct carrier_outcome *out);
bool carrier_operation_writes(enum carrier_operation operation);

#endif
