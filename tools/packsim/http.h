/* http.h - the server's half of HTTP/1.1, small enough to be broken on purpose.
 *
 * A call is one request, read whole; a reply is built in memory and then sent, well or badly, by
 * server.c. Bodies come with a Content-Length or chunked, at most HTTP_BODY_MAX. */
#ifndef PACKD_TOOLS_PACKSIM_HTTP_H
#define PACKD_TOOLS_PACKSIM_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"
#include "tools/packsim/wire.h"

#define HTTP_HEAD_MAX 16384u
#define HTTP_BODY_MAX (8u * 1024u * 1024u)
#define HTTP_SEGMENTS_MAX 10
#define HTTP_SEGMENT_SIZE 256
#define HTTP_REPLY_MAX (16u * 1024u * 1024u)

struct call {
    char method[12];
    char path[1024];                                     /* as sent, without the query */
    char query[4096];                                    /* as sent */
    char segments[HTTP_SEGMENTS_MAX][HTTP_SEGMENT_SIZE]; /* percent-decoded parts of the path */
    size_t segment_count;
    char authorization[600];
    char idempotency_key[200];
    char if_none_match[600];
    char content_type[100];
    char *body; /* NUL-ended for convenience */
    size_t body_len;
    bool keep_alive;
};

enum call_read { CALL_READ, CALL_END, CALL_BAD };

/* CALL_END: the client went away between requests. Call call_finish in every case. */
enum call_read call_read(struct call *call, struct wire *wire);
void call_finish(struct call *call);
struct bytes call_body(const struct call *call);

/* The decoded value of a query (or form) member; false when absent or too long. */
bool form_get(struct bytes form, const char *name, char *out_text, size_t size);
bool call_query(const struct call *call, const char *name, char *out_text, size_t size);

struct reply {
    int status;
    const char *type;
    char etag[600];
    int64_t retry_after_s; /* -1: not sent */
    struct textbuf body;
};
void reply_open(struct reply *reply);
void reply_close(struct reply *reply);
void reply_reset(struct reply *reply);
/* Status line and headers as they go on the wire; `length` is what is claimed of the body. */
void reply_head(const struct reply *reply, uint64_t length, bool keep_alive,
                struct textbuf *out_head);

/* {"error":{"code":...,"message":...}} with that status. */
void reply_error(struct reply *reply, int status, const char *code, const char *message);

#endif
