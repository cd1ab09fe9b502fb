/* http_inside.h - what http_curl.c (doing), http_policy_curl.c (demanding), http_reply_curl.c
 * (taking in) and http_words_curl.c (telling) share; nobody else includes it. */
#ifndef PACKD_HAL_HTTP_INSIDE_H
#define PACKD_HAL_HTTP_INSIDE_H

#include <curl/curl.h>

#include "hal/http.h"
#include "hal/pem_cache.h"

struct http_exchange {
    CURL *easy; /* one for each place, for good */
    bool busy;
    bool ended; /* its end is being told */
    uint32_t ticket;
    struct curl_slist *headers;
    char host[256];
    uint8_t *reply;
    size_t reply_len, reply_size, reply_max;
    size_t header_bytes;
    const char *too_long; /* what passed its limit; NULL: nothing */
    bool head_ended;      /* the empty line behind the headers came */
    bool not_http;        /* the head contradicts itself, or is none */
    char length[24];      /* Content-Length, as it was stated */
    char content_type[128];
    char etag[128];
    char retry_after[64];
    char date[64];
    char curl_says[CURL_ERROR_SIZE];
    uint32_t certificate_flags; /* MBEDTLS_X509_BADCERT_..., of the whole chain */
};

/* Is this the library the policy was measured with? Otherwise out_why gets a sentence. */
bool http_is_known_library(struct textbuf *out_why);
/* Sets what is the same for every exchange; false when an option is refused. */
bool http_set_policy(struct http_exchange *exchange, const char *user_agent,
                     const char *dns_servers);
/* Whom to believe and as whom to appear; out_trouble names the file that cannot be used. */
MUST_USE enum err http_set_trust(struct http_exchange *exchange, struct pem_cache *pems,
                                 const struct http_trust *trust, char out_trouble[HTTP_WHY_MAX]);

/* curl's callbacks for body and head; context is the exchange. Less than len ends it. */
size_t http_take_body(char *data, size_t one, size_t len, void *context);
size_t http_take_header(char *data, size_t one, size_t len, void *context);

/* The host part of a URL, brackets of an IPv6 address included; empty when there is none. */
void http_host_of(const char *url, char *out_host, size_t size);
/* Retry-After in seconds: a number as it is, a date as its distance from the answer's own Date (or
 * from our clock where there is none); -1 when absent or unreadable, never below 0 otherwise. */
int64_t http_retry_after_s(const struct http_exchange *exchange);
/* Why it failed, as one short sentence. */
void http_explain(const struct http_exchange *exchange, int code,
                  const struct http_timings *timings, char out_why[HTTP_WHY_MAX]);

#endif
