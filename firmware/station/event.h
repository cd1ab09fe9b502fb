/* event.h - everything that can happen to the station.
 *
 * Every event carries both clocks; nothing inside asks for the time. Events in, in the order they
 * happened, are the whole input: the same events give the same commands. Bytes and pointers in an
 * event belong to the pump and stay good until the commands of that step have been performed.
 * An answer carries the ticket of its question; one that nobody waits for any more is counted and
 * dropped in station.c before any machine sees it. A batch is answered first of all: between a step
 * that stores and its STORED or STORE_FAILED the pump delivers nothing else. */
#ifndef PACKD_FIRMWARE_STATION_EVENT_H
#define PACKD_FIRMWARE_STATION_EVENT_H

#include "drivers/identity.h"
#include "firmware/config/config.h"
#include "hal/base/err.h"
#include "hal/base/http_message.h"
#include "hal/base/render_wire.h"

#define EVENT_SENTENCE_SIZE 161
#define EVENT_DOCUMENTS_MAX 4
#define EVENT_ROWS_MAX 64
#define PRESS_TEXT_SIZE 1025
#define EVENT_HASH_SIZE 33

enum event_kind {
    EVENT_STARTED,     /* once, first of all */
    EVENT_DEADLINE,    /* the deadline the station asked for has come */
    EVENT_DEVICE_SEEN, /* a serial or USB device is there */
    EVENT_DEVICE_GONE,
    EVENT_PORT_OPENED,
    EVENT_PORT_FAILED, /* could not be opened */
    EVENT_PORT_CLOSED, /* was open, is gone */
    EVENT_PORT_BYTES,
    EVENT_PORT_DRAINED, /* all bytes written so far have been taken by the device */
    EVENT_PORT_MENDED,  /* what PORT_MEND asked for is done, or not; its port's number */
    EVENT_EXCHANGE,     /* an exchange has ended */
    EVENT_STORED,       /* the batch is durable */
    EVENT_STORE_FAILED, /* nothing of the batch was written */
    EVENT_ROWS,
    EVENT_BLOB,
    EVENT_CACHE_FOUND,
    EVENT_CACHE_STORED,
    EVENT_RENDERED,
    EVENT_PRESS, /* the packer, by page, command barcode or packctl */
    EVENT_CONFIG_OFFERED,
    EVENT_CONFIG_REFUSED, /* the settings on disk are wrong: the old ones stay */
    EVENT_DISK,           /* free space was looked at */
};
#define EVENT_KINDS (EVENT_DISK + 1)

/* What a person can say; the words are the page's and packctl's. */
enum press {
    PRESS_PRINT,   /* semi-manual: book and print now */
    PRESS_GIVE_UP, /* stop this parcel, nothing was spent */
    PRESS_TRY_AGAIN,
    PRESS_SET_ASIDE,     /* put the parcel on the shelf, go on with the next one */
    PRESS_LABEL_OK,      /* the label is there and good */
    PRESS_LABEL_MISSING, /* there is no good label: print it again */
    PRESS_LABEL_ANYWAY,  /* its barcode cannot be read, and it is printed all the same: who */
    PRESS_REPRINT,       /* the last parcel's label once more; text is the reason */
    PRESS_NOT_BOOKED,    /* a person asked the courier: there is no booking */
    PRESS_TAKEN_BACK,    /* a recalled parcel is here and its label destroyed */
    PRESS_LETTER_AGAIN,  /* a dead letter: text as letters.h says */
    PRESS_LETTER_DROP,
    PRESS_POOL_ADD,  /* numbers of a dead box: text as pool.h says */
    PRESS_SHOW,      /* a person will show who plays a role: text is "scale", "scanner 2" ... */
    PRESS_SHOW_THIS, /* this printer: text is the number it printed */
    PRESS_SHOW_END,
    PRESS_CAST, /* text: the role, a blank, and the device's address or "auto" */
    PRESS_ZERO, /* to the scale: scale_care.h */
    PRESS_TARE,
    PRESS_CLEAR_TARE,
    PRESS_CHECK_SCALE, /* what lies on the plate is the reference mass */
    PRESS_TRUST_SCALE, /* its check failed, and a person packs all the same: text is who */
    PRESS_SCAN,        /* training mode: text as if scanned */
};
#define PRESSES (PRESS_SCAN + 1)

struct config_fault {
    unsigned line; /* 0: the file as a whole */
    char text[EVENT_SENTENCE_SIZE];
};

struct event_row { /* one journal fact */
    int64_t seq;
    int64_t at_ms; /* wall */
    struct bytes key;
    struct bytes kind;
    struct bytes subject;
    struct bytes body;
};

struct event {
    enum event_kind kind;
    int64_t now_ms; /* boot clock */
    int64_t wall_ms;
    bool wall_trusted; /* later than the build date */
    union {
        struct {
            uint64_t seed;
            char epoch[17];      /* of the journal: a new one is a new stream of events */
            char cursor[513];    /* of the order cache; empty: from the beginning */
            int64_t settled_seq; /* facts up to here need no folding */
            int64_t oms_seq;     /* cursor: the order system has all events up to here */
            int64_t backlog_seq; /* cursor: no parcel up to here is waiting to be booked */
        } started;
        struct {
            char address[128]; /* as ports are opened by: "serial:/dev/serial/by-id/..." */
            struct device_identity identity; /* SEEN: without what only an open device tells */
        } device;
        struct {
            uint32_t port;
            struct bytes bytes;                     /* BYTES */
            const struct device_identity *identity; /* OPENED; NULL: nothing is known */
            uint64_t drained;                       /* DRAINED: bytes taken since opening */
            enum err error;                         /* FAILED, CLOSED, MENDED */
            const char *sentence;
        } port;
        struct {
            uint32_t ticket;
            enum exchange_end end;
            const struct http_response *response; /* NULL unless ANSWERED */
            const char *sentence;                 /* why not, for the log */
        } exchange;
        struct {
            uint32_t ticket;
            enum err error;   /* STORE_FAILED: EXISTS, NO_SPACE */
            int64_t last_seq; /* STORED */
            int64_t took_ms;  /* of the disk */
        } store;
        struct {
            uint32_t ticket;
            struct event_row rows[EVENT_ROWS_MAX];
            size_t count;
            bool more; /* there are rows after these */
        } rows;
        struct {
            uint32_t ticket;
            bool found;
            struct bytes bytes;
        } blob;
        struct {
            uint32_t ticket;
            struct bytes documents[EVENT_DOCUMENTS_MAX];
            size_t count; /* what carries the scan text; at most EVENT_DOCUMENTS_MAX are given */
            bool ok;      /* STORED: was it kept? */
        } cache;
        struct {
            uint32_t ticket;
            enum err error; /* NOT_FOUND: there is no renderer; CLOSED, TIMEOUT, CORRUPT: gave up */
            const struct render_answer *answer; /* NULL where there is an error */
            struct bytes output;
            char hash[EVENT_HASH_SIZE]; /* of the output: SHA-256 in hex, its first half */
        } rendered;
        struct {
            enum press press;
            char text[PRESS_TEXT_SIZE];
        } press;
        struct {
            const struct config *config; /* stays good until it is adopted or rejected */
        } config;
        struct config_fault refused;
        struct {
            int64_t free_kib;
            bool below_reserve;
        } disk;
    };
};

const char *event_kind_word(enum event_kind kind);
const char *press_word(enum press press); /* "try_again" */
MUST_USE bool press_parse(struct bytes word, enum press *out_press);

#endif
