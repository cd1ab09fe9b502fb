/* oms.h - the order-system contract, in the style of carriers: build a request, take a response.
 *
 * Tasks: FEED (what changed since the cursor), LOOKUP (what carries this scan text), PUSH (events
 * in order), STATE (which events it has), PING. Outcome classes are explained in README.md, the
 * event schema in CONTRACT.md. Orders travel as documents: `take` puts each one's JSON text into
 * storage the caller brings, the cache keeps that text, `order_parse` reads it at the scan. */
#ifndef PACKD_FIRMWARE_OMS_OMS_H
#define PACKD_FIRMWARE_OMS_OMS_H

#include "firmware/oms/order.h"
#include "hal/base/http_message.h"

#define OMS_CURSOR_SIZE 513
#define OMS_PAGE_MAX 10        /* items asked for and accepted in one page: one that fits a reply */
#define OMS_PUSH_MAX 16        /* events in one batch */
#define OMS_DOCUMENT_MAX 16384 /* one order; a longer one is refused and named */
#define OMS_MATCHES_MAX 4      /* orders that one scan may mean before the packer is asked */

enum oms_operation { OMS_FEED, OMS_LOOKUP, OMS_PUSH, OMS_STATE, OMS_PING };
const char *oms_operation_word(enum oms_operation operation);

enum oms_class {
    OMS_DONE,
    OMS_DONE_BEFORE,
    OMS_CONFLICT, /* there with other values: a person decides */
    OMS_RETRY,    /* nothing happened */
    OMS_UNKNOWN,  /* it may have happened */
    OMS_AUTH,
    OMS_REFUSED, /* will never work as it is */
    OMS_PARTIAL, /* each event has its own result */
};
const char *oms_class_word(enum oms_class class); /* "DONE_BEFORE" */

enum oms_event_type {
    OMS_EVENT_PACKED,
    OMS_EVENT_BOOKED,
    OMS_EVENT_LABEL_PRINTED,
    OMS_EVENT_REPRINTED,
    OMS_EVENT_VOID,
    OMS_EVENT_UNPACKED,
    OMS_EVENT_EXCEPTION,
};
const char *oms_event_type_word(enum oms_event_type type);

struct oms_event { /* CONTRACT.md; what an event does not have stays zero and is not written */
    uint64_t seq;  /* without gaps within the epoch */
    char id[33];   /* unique, made from station, epoch and seq */
    enum oms_event_type type;
    int64_t at_ms; /* wall */
    bool time_ok;
    char shipment_id[ORDER_ID_SIZE];
    char rev[33];
    char order_no[ORDER_ID_SIZE];
    unsigned package_no, packages_total;
    char operator_id[17];
    char status[16]; /* a status word of CONTRACT.md */
    int64_t mass_mg;
    bool weight_manual;
    int32_t length_mm, width_mm, height_mm;
    char carrier[17], service[17], awb[SHIPMENT_AWB_SIZE];
    char label_format[5];
    char label_sha256[65];
    int64_t label_bytes;
    int64_t cost_minor; /* -1: not known */
    char currency[4];
    char note[161]; /* why, for exceptions */
};
void oms_event_write(struct json_writer *writer, const struct oms_event *event);
MUST_USE bool oms_event_parse(struct json object, struct oms_event *out);

struct oms_account {
    const char *base_url; /* "https://oms.example.in/packd/v1" */
    const char *token;
    const char *station;
    uint32_t timeout_ms;
};

struct oms_task {
    enum oms_operation operation;
    char cursor[OMS_CURSOR_SIZE];   /* FEED */
    char scan[ORDER_KEY_SIZE];      /* LOOKUP */
    const char *epoch;              /* PUSH */
    const struct oms_event *events; /* PUSH: consecutive seq */
    size_t event_count;
    uint64_t newest_seq; /* PUSH: the highest number ever made; an earlier batch, whose answer was
                            lost, may have gone further than this one. 0: this batch's last */
};

enum oms_item_change { OMS_ITEM_UPSERT, OMS_ITEM_DELETE };

struct oms_item {
    enum oms_item_change change;
    char id[ORDER_ID_SIZE];
    char rev[33];
    struct bytes document; /* UPSERT: JSON text, in the page's document storage */
};

struct oms_event_result {
    uint64_t seq;
    enum oms_class class; /* DONE, DONE_BEFORE, CONFLICT, REFUSED */
    char code[41];
};

struct oms_outcome {
    enum oms_class class;
    int64_t after_s; /* RETRY: -1 not stated */
    char code[41];   /* the order system's own, e.g. "order_cancelled" */
    char message[161];
    /* FEED and LOOKUP */
    struct oms_item items[OMS_PAGE_MAX];
    size_t item_count;
    size_t refused_count; /* items that broke the contract and were left out */
    char cursor[OMS_CURSOR_SIZE];
    bool more;
    bool cursor_gone; /* start from the beginning */
    bool unchanged;   /* 304 */
    /* PUSH and STATE */
    uint64_t acked_seq;
    bool acked; /* acked_seq is set */
    bool ahead; /* they have events that we never made: another journal had our numbers */
    struct oms_event_result results[OMS_PUSH_MAX];
    size_t result_count;
};

struct oms_promises { /* the capability row, as far as packd asks today */
    bool books;       /* the order system books, not the station */
    bool lookup_remote;
    bool list_pull;
    bool idempotency_key;
    bool claim;
};

struct oms {
    const char *name; /* "custom" */
    const char *title;
    struct oms_promises promises;
    bool (*build)(const struct oms_task *task, const struct oms_account *account,
                  struct http_request *request, const char **out_why);
    /* documents: storage for the items' JSON text. */
    void (*take)(const struct oms_task *task, const struct http_response *response,
                 struct scratch scratch, struct textbuf *documents, struct oms_outcome *out);
    /* Reads one document. False, with a plain sentence, when it breaks the contract. */
    bool (*order_parse)(struct bytes document, struct scratch scratch, struct order *out,
                        const char **out_why);
};

void oms_outcome_init(struct oms_outcome *outcome);
/* What an exchange without an answer means: writes UNKNOWN (repeat is safe by seq), reads RETRY. */
void oms_outcome_of_end(enum oms_operation operation, enum exchange_end end,
                        struct oms_outcome *out);

#endif
