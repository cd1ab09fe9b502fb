/* http_message.h - an HTTP request and response as plain values, without a line of network.
 *
 * A request owns its url and headers; its body lies in storage that the builder was given and that
 * must stay until perform has taken the request. A response borrows everything from the pump. */
#ifndef PACKD_HAL_BASE_HTTP_MESSAGE_H
#define PACKD_HAL_BASE_HTTP_MESSAGE_H

#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

#define HTTP_URL_MAX 2048
#define HTTP_HEADERS_MAX 8
#define HTTP_HEADER_NAME_MAX 40
#define HTTP_HEADER_VALUE_MAX 1200 /* a bearer token */

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_DELETE };
const char *http_method_word(enum http_method method);

struct http_header {
    char name[HTTP_HEADER_NAME_MAX];
    char value[HTTP_HEADER_VALUE_MAX];
};

struct http_request {
    enum http_method method;
    char url[HTTP_URL_MAX]; /* https://host[:port]/path?query, already encoded */
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t header_count;
    struct textbuf body; /* caller's storage; empty for GET */
    uint32_t timeout_ms; /* for the whole exchange */
    uint32_t reply_max;  /* bytes of body accepted; more ends the exchange */
};

/* Empties the request and lends it body storage. */
void http_request_init(struct http_request *request, enum http_method method, char *body,
                       size_t body_size);
/* False, request unchanged, when it does not fit or holds CR, LF or NUL. */
MUST_USE bool http_request_header(struct http_request *request, const char *name,
                                  struct bytes value);
MUST_USE bool http_request_url(struct http_request *request, const struct textbuf *url);

struct http_response {
    int status;                /* 100..599 */
    struct bytes content_type; /* as sent, may be empty */
    struct bytes etag;
    int64_t retry_after_s; /* -1 when absent or unreadable; hal turns a date into seconds */
    struct bytes body;
};

/* Does the body begin like HTML (first byte after blanks and a byte-order mark is '<')? */
bool http_response_is_markup(const struct http_response *response);

/* How an exchange ended without a response. What decides is whether bytes of the request may have
 * reached the other side: then it may have acted. */
enum exchange_end {
    EXCHANGE_ANSWERED,   /* there is a response */
    EXCHANGE_NOT_SENT,   /* name, connect, TLS: the other side saw no request */
    EXCHANGE_MAYBE_SENT, /* cut, time-out, too long an answer: it may have happened */
    EXCHANGE_UNTRUSTED,  /* the certificate is wrong; nothing was sent; a person must look */
    EXCHANGE_NO_CLOCK,   /* wall clock not to be trusted yet; nothing was sent */
};
const char *exchange_end_word(enum exchange_end end);

#endif
