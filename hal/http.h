/* http.h - one HTTPS exchange: a request goes out, one answer or one reason comes back.
 *
 * The TLS policy of the product is in http_curl.c and cannot be relaxed from here: TLS 1.2 or
 * newer, forward-secret AEAD suites, keys and digests of today's strength, the name and the dates
 * checked, and only the roots that the caller names. Redirects are not followed, proxies and the
 * system's own roots are not used, nothing but https leaves the box. A request whose repetition
 * could do harm (POST) always gets a connection of its own, because a library that finds a kept
 * connection dead would quietly send it again. An answer is one only with a whole head that does
 * not contradict itself and a status of 100 to 599; anything else may have been sent and was not
 * answered.
 *
 * Nothing blocks: names are looked up by c-ares inside the loop, and a dead name server or a
 * silent host delays no other exchange. Certificates cannot be judged until the wall clock can be
 * trusted; the caller sees to that before it starts an exchange. */
#ifndef PACKD_HAL_HTTP_H
#define PACKD_HAL_HTTP_H

#include "hal/base/err.h"
#include "hal/base/http_message.h"
#include "hal/base/textbuf.h"

#define HTTP_EXCHANGES_MAX 16
#define HTTP_REPLY_MAX (2u * 1024u * 1024u)  /* reply_max above this is ERR_INVALID */
#define HTTP_REPLY_HEADERS_MAX (32u * 1024u) /* bytes of status line and headers; more ends it */
#define HTTP_CA_MAX (1024u * 1024u)
#define HTTP_WHY_MAX 200

struct http;
struct loop;

/* Whom to believe, and as whom to appear. Files are read at http_start and remembered until their
 * size or time of change differs. Keys never leave this module. */
struct http_trust {
    const char *ca_file;          /* PEM; exactly these roots are believed */
    const char *pinned_keys;      /* "sha256//BASE64[;sha256//...]" of its key; NULL: any */
    const char *client_cert_file; /* PEM; NULL: no client certificate */
    const char *client_key_file;  /* PEM; given exactly when client_cert_file is */
};

struct http_timings { /* milliseconds since the start; 0: that point was not reached */
    uint32_t name_ms;
    uint32_t connect_ms;
    uint32_t tls_ms;
    uint32_t first_byte_ms;
    uint32_t total_ms;
};

/* Borrowed, good during the callback only. */
struct http_done {
    uint32_t ticket;
    enum exchange_end end;
    const struct http_response *response; /* NULL unless EXCHANGE_ANSWERED */
    const char *why; /* "the certificate of localhost is not valid: expired"; "" when answered */
    struct http_timings timings;
};

/* Called exactly once for each started exchange that was not cancelled, never from inside
 * http_start. May start and cancel exchanges, must not close. */
typedef void http_done_fn(void *context, const struct http_done *done);

struct http_settings {
    const char *user_agent;  /* "packd/1.4"; at most 80 characters */
    const char *dns_servers; /* "address[:port],..." instead of the system's; NULL: the system's */
    http_done_fn *done;
    void *context;
};

/* ERR_UNSUPPORTED, with a sentence, when the library at hand is not the one this code was measured
 * with (other TLS, blocking names, an option refused); ERR_NO_MEMORY. The loop must outlive it. */
MUST_USE enum err http_open(struct loop *loop, const struct http_settings *settings,
                            struct textbuf *out_why, struct http **out_http);
/* Drops what is in flight without a callback. Accepts NULL. */
void http_close(struct http *http);

/* Takes copies of all it needs. ERR_BUSY: HTTP_EXCHANGES_MAX are in flight; ERR_EXISTS: the ticket
 * is; ERR_INVALID: not an https URL, time-out or limit out of range; ERR_NOT_FOUND, ERR_REFUSED or
 * ERR_CORRUPT: a trust file cannot be used. On an error nothing was sent and nobody is called. */
MUST_USE enum err http_start(struct http *http, uint32_t ticket, const struct http_request *request,
                             const struct http_trust *trust);
/* Whether or not it was sent is then unknown. A ticket not in flight is fine. */
void http_cancel(struct http *http, uint32_t ticket);
/* A sentence about the latest refused http_start. */
const char *http_trouble(const struct http *http);

#endif
