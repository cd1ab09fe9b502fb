/* command.h - everything the station can ask for, and the bounded list that carries it.
 *
 * Commands are performed in order after the step. Bytes in a command lie in the list's own arena
 * and are good until the next step; what perform cannot finish at once it copies. A command with
 * an effect outside is never emitted in the step that stores the fact it rests on: it follows
 * STORED. */
#ifndef PACKD_FIRMWARE_STATION_COMMAND_H
#define PACKD_FIRMWARE_STATION_COMMAND_H

#include "drivers/line.h"
#include "hal/base/bytes.h"
#include "hal/base/http_message.h"
#include "hal/base/render_wire.h"
#include "hal/base/textbuf.h"
#include "firmware/station/mending.h"

#define COMMANDS_MAX 64
#define COMMAND_ARENA_SIZE (768u * 1024u) /* its pages come when they are used */
#define COMMAND_REQUESTS_MAX 4
#define BATCH_FACTS_MAX 24
#define BATCH_BLOBS_MAX 8
#define BATCH_CURSORS_MAX 4
#define LOG_ARGUMENTS_MAX 4

enum command_kind {
    COMMAND_STORE,        /* one batch, one transaction; answered by STORED or STORE_FAILED */
    COMMAND_READ_ROWS,    /* facts after a sequence number */
    COMMAND_READ_SUBJECT, /* all facts about one subject, oldest first, at most EVENT_ROWS_MAX */
    COMMAND_READ_BLOB,
    COMMAND_CACHE_PUT, /* a page of orders and the cursor that goes with it */
    COMMAND_CACHE_FIND,
    COMMAND_CACHE_FORGET, /* the cursor is gone: begin again */
    COMMAND_PORT_OPEN,
    COMMAND_PORT_WRITE,
    COMMAND_PORT_CLOSE,
    COMMAND_PORT_MEND, /* of a device that is not open; answered by PORT_MENDED */
    COMMAND_EXCHANGE,  /* start one */
    COMMAND_EXCHANGE_CANCEL,
    COMMAND_RENDER, /* a document or a template to a picture; answered by RENDERED */
    COMMAND_SHOW,   /* the state document for the page (packing_view.h) */
    COMMAND_LOG,
    COMMAND_CONFIG_ADOPTED,
    COMMAND_CONFIG_REJECTED,
};
#define COMMAND_KINDS (COMMAND_CONFIG_REJECTED + 1)

enum server { SERVER_OMS, SERVER_CARRIER_FIRST }; /* SERVER_CARRIER_FIRST + index in config */

enum port_role { PORT_SCALE, PORT_SCANNER, PORT_PRINTER };

struct batch_fact {
    struct bytes key, kind, subject, body;
};

struct batch_blob {
    struct bytes key;
    struct bytes data; /* data.data NULL: delete the blob */
};

struct batch_cursor {
    const char *name; /* "oms", "settled" */
    int64_t seq;      /* 0: the last fact of this batch */
};

struct batch {
    struct batch_fact facts[BATCH_FACTS_MAX];
    size_t fact_count;
    struct batch_blob blobs[BATCH_BLOBS_MAX];
    size_t blob_count;
    struct batch_cursor cursors[BATCH_CURSORS_MAX];
    size_t cursor_count;
};

struct order_item {
    struct bytes id;
    struct bytes rev;
    struct bytes document;    /* empty: the order is gone */
    const struct bytes *keys; /* texts that may be scanned */
    size_t key_count;
};

enum log_level { LOG_INFO, LOG_NOTICE, LOG_WARNING, LOG_ALARM };

struct log_argument {
    const char *name;
    struct bytes value;
};

struct command {
    enum command_kind kind;
    union {
        struct {
            uint32_t ticket;
            const struct batch *batch;
        } store;
        struct {
            uint32_t ticket;
            int64_t after_seq; /* READ_ROWS */
            struct bytes key;  /* READ_BLOB: key; READ_SUBJECT: subject */
        } read;
        struct {
            uint32_t ticket;
            struct bytes scan;              /* CACHE_FIND */
            const struct order_item *items; /* CACHE_PUT */
            size_t count;
            struct bytes cursor;
        } cache;
        struct {
            uint32_t port;
            enum port_role role;
            bool hid;
            struct bytes address;      /* OPEN, MEND */
            struct line_settings line; /* OPEN */
            struct line_wiring wiring; /* OPEN */
            struct bytes bytes;        /* WRITE */
            enum mending_step mend;    /* MEND: RESET or POWER, of the device at `address` */
            bool labels_may_be_lost;   /* MEND: or a printer is left alone */
        } port;
        struct {
            uint32_t ticket;
            unsigned server; /* whose certificates and limits apply */
            const struct http_request *request;
        } exchange;
        struct {
            uint32_t ticket;
            const struct render_request *request; /* number and input_bytes are hal's */
            struct bytes input;
        } render;
        struct {
            struct bytes document;
        } show;
        struct {
            enum log_level level;
            const char *id; /* a text of the language files */
            struct log_argument arguments[LOG_ARGUMENTS_MAX];
            size_t count;
        } log;
    };
};

struct commands {
    struct command items[COMMANDS_MAX];
    size_t count;
    uint8_t arena[COMMAND_ARENA_SIZE];
    size_t arena_used;
    struct http_request requests[COMMAND_REQUESTS_MAX];
    size_t request_count;
    struct batch batch;    /* all that this step stores is one batch */
    uint32_t batch_ticket; /* 0: nothing to store */
};

void commands_reset(struct commands *commands);
/* A new command at the end; reaching COMMANDS_MAX is a mistake of ours. */
struct command *commands_add(struct commands *commands, enum command_kind kind);

/* Arena storage. Running out is a mistake of ours: every use is bounded at compile time. */
void *commands_room(struct commands *commands, size_t size);
struct bytes commands_keep(struct commands *commands, struct bytes bytes);
struct bytes commands_keep_text(struct commands *commands, const char *text);
/* A textbuf over `size` bytes of arena; what it did not use is given back by commands_text_end. */
void commands_text_begin(struct commands *commands, struct textbuf *text, size_t size);
struct bytes commands_text_end(struct commands *commands, struct textbuf *text);

/* The batch of this step. */
void commands_fact(struct commands *commands, struct bytes key, const char *kind,
                   struct bytes subject, struct bytes body);
void commands_blob(struct commands *commands, struct bytes key, struct bytes data);
void commands_blob_delete(struct commands *commands, struct bytes key);
void commands_cursor(struct commands *commands, const char *name, int64_t seq);

struct http_request *commands_request(struct commands *commands);

/* arguments: name, value pairs ended by NULL; values are copied. Ids, never personal data. */
void commands_log(struct commands *commands, enum log_level level, const char *id, ...);

const char *command_kind_word(enum command_kind kind);

#endif
