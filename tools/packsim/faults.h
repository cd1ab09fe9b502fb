/* faults.h - what goes wrong next, by service and operation.
 *
 * One line arms one fault:  courier book drop-after            the next booking
 *                           courier * status 503 count=3       the next three requests
 *                           oms events delay 4000 count=always probability=20
 *                           courier book status 500 effect skip=2
 *                           courier book answer count=2 {"awb":null}    the rest of the line
 * A request meets at most one fault, the oldest armed one that fits. Untouched requests are served
 * as they should be. The world is locked for every call. */
#ifndef PACKD_TOOLS_PACKSIM_FAULTS_H
#define PACKD_TOOLS_PACKSIM_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/json.h"

#define FAULT_TEXT_SIZE 600

enum fault_kind {
    FAULT_NONE,
    FAULT_DELAY,       /* number ms, then as it should be */
    FAULT_DROP_BEFORE, /* no effect, connection cut */
    FAULT_DROP_AFTER,  /* effect, connection cut without an answer */
    FAULT_LATE,        /* connection cut at once, the effect `number` ms later */
    FAULT_STATUS,      /* answer `number`; effect only when asked for */
    FAULT_HTML,        /* 200 with a portal's page; effect only when asked for */
    FAULT_TRUNCATED,   /* effect; half the body, full Content-Length, then cut */
    FAULT_DUPLICATE,   /* the request is carried out twice; the second answer is sent */
    FAULT_EMPTY,       /* effect; 200 without a body */
    FAULT_GARBAGE,     /* effect; bytes that are not HTTP */
    FAULT_SLOW,        /* effect; one byte every `number` ms */
    FAULT_RESET,       /* effect; the connection is reset */
    FAULT_ENDLESS,     /* effect; a body without an end (`number` MiB at most) */
    FAULT_ANSWER,      /* effect; 200 with `text` for a body, whatever it is */
    FAULT_RAW,         /* effect; `text` with its escapes on the wire, whatever it is (spoil.c) */
    FAULT_HEADERS,     /* effect; `number` headers more */
    FAULT_LONG_HEADER, /* effect; one header more, of `number` KiB */
    FAULT_INTERIM,     /* effect; `number` times 100 Continue before the answer */
    FAULT_RESET_AT,    /* effect; the connection is reset after `number` bytes of the answer */
    FAULT_STALL,       /* operation `connect`: nothing is said for `number` ms, then cut */
};

struct fault {
    char service[12];   /* courier, oms */
    char operation[16]; /* book, events, connect ... or "*" */
    enum fault_kind kind;
    int64_t number;
    bool effect;
    int64_t retry_after_s;      /* -1: not sent */
    int64_t left;               /* -1: always */
    uint32_t skip;              /* fitting requests let through first */
    char text[FAULT_TEXT_SIZE]; /* ANSWER, RAW */
    uint32_t probability;       /* percent */
};

const char *fault_word(enum fault_kind kind);

/* False with a plain sentence when the line is not understood. */
MUST_USE bool fault_arm(struct bytes line, const char **out_why);
void fault_clear(void);
/* The fault this request meets; kind FAULT_NONE when none. */
struct fault fault_take(const char *service, const char *operation);
void fault_list(struct json_writer *writer);

#endif
