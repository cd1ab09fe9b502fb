/* http_curl.c - http.h on libcurl's multi interface, its sockets in our loop, TLS by mbedTLS.
 *
 * curl names sockets and a time; the loop serves them; curl does the rest. This file holds the TLS
 * policy of the product (reliability.md section 7) and everything in which the generations of curl
 * (7.88, 8.14) and of mbedTLS (2.28, 3.6) differ for it. What comes in is taken by
 * http_reply_curl.c; why an exchange failed is put into words by http_words_curl.c.
 *
 * Measured, and the reason for the settings in apply_policy: left alone, curl 7.88 on mbedTLS 2.28
 * accepts RSA-1024 and SHA-1 certificates and TLS 1.1. */
#include "hal/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <mbedtls/oid.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/version.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hal/http_inside.h"
#include "hal/loop.h"
#include "hal/pem_cache.h"

#define USER_AGENT_MAX 80
#define TIMEOUT_MS_MAX 600000u
#define CONNECT_MS_MAX 5000u
#define PLACES (HTTP_EXCHANGES_MAX + 1) /* one may be telling its end while the others run */

struct http {
    struct loop *loop;
    struct http_settings settings;
    char user_agent[USER_AGENT_MAX + 1];
    CURLM *multi;
    struct loop_watch timer;
    struct http_exchange exchanges[PLACES];
    struct pem_cache pems;
    char trouble[HTTP_WHY_MAX];
    bool telling; /* inside a done callback */
};

/* One socket that curl wants watched; freed when curl lets go of it. */
struct socket_watch {
    struct loop_watch watch;
    struct http *http;
};

/* Forward secrecy and authenticated encryption, nothing else. */
static const int cipher_suites[] = {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
#endif
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    0,
};

/* Keeps what is wrong with a certificate, for the sentence. Refusing stays mbedTLS's, which looks
 * at the purpose only after this and without telling. */
static int note_certificate(void *context, mbedtls_x509_crt *certificate, int depth,
                            uint32_t *flags)
{
    struct http_exchange *exchange = context;
    exchange->certificate_flags |= *flags;
    int wrong_use =
        depth > 0
            ? 0
            : mbedtls_x509_crt_check_extended_key_usage(certificate, MBEDTLS_OID_SERVER_AUTH,
                                                        MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH));
    if (wrong_use != 0) exchange->certificate_flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    return 0;
}

/* curl gives mbedTLS's own configuration just before the handshake. */
static CURLcode apply_policy(CURL *easy, void *tls_config, void *context)
{
    (void)easy;
    mbedtls_ssl_config *config = tls_config;
    mbedtls_ssl_conf_cert_profile(config, &mbedtls_x509_crt_profile_next);
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ciphersuites(config, cipher_suites);
    mbedtls_ssl_conf_verify(config, note_certificate, context);
    return CURLE_OK;
}

/* A peer that vanished ends the connection after 15 s, and no child inherits a socket. */
static int prepare_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
    (void)context, (void)purpose;
    unsigned timeout_ms = 15000;
    if (setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof(timeout_ms)) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return CURL_SOCKOPT_ERROR;
    }
    return CURL_SOCKOPT_OK;
}

/* What is the same for every exchange. Each option must be taken: one that this curl does not know
 * would be a policy that is silently off. False at start means: not the library we measured. */
static bool set_policy(struct http *http, struct http_exchange *exchange)
{
    CURL *easy = exchange->easy;
    int wrong = 0;
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    wrong |=
        (int)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* what was signed is what is sent */
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 15L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 10L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, prepare_socket);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 60L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 60L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->curl_says);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_USERAGENT, http->user_agent);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_take_body);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, http_take_header);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, apply_policy);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, exchange);
    if (http->settings.dns_servers != NULL) {
        wrong |= (int)curl_easy_setopt(easy, CURLOPT_DNS_SERVERS, http->settings.dns_servers);
    }
    return wrong == CURLE_OK;
}

/* --- curl and the loop --- */

static void collect_done(struct http *http);

static void socket_is_ready(void *context, uint32_t ready)
{
    struct socket_watch *watch = context;
    struct http *http = watch->http;
    int bits = 0;
    if (ready & LOOP_IN) bits |= CURL_CSELECT_IN;
    if (ready & LOOP_OUT) bits |= CURL_CSELECT_OUT;
    if (ready & LOOP_ERROR) bits |= CURL_CSELECT_ERR;
    int running = 0;
    curl_multi_socket_action(http->multi, watch->watch.fd, bits, &running); /* may free watch */
    collect_done(http);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    (void)easy;
    struct http *http = context;
    struct socket_watch *watch = known;
    if (what == CURL_POLL_REMOVE) {
        if (watch == NULL) return 0;
        loop_remove(http->loop, &watch->watch);
        free(watch);
        return 0;
    }
    uint32_t interest = (what & CURL_POLL_IN ? LOOP_IN : 0) | (what & CURL_POLL_OUT ? LOOP_OUT : 0);
    if (watch != NULL) {
        loop_change(http->loop, &watch->watch, interest);
        return 0;
    }
    watch = calloc(1, sizeof(*watch));
    if (watch == NULL) return -1;
    watch->http = http;
    watch->watch = (struct loop_watch){.fd = fd,
                                       .interest = interest,
                                       .ready = socket_is_ready,
                                       .context = watch};
    if (loop_add(http->loop, &watch->watch) != ERR_NONE ||
        curl_multi_assign(http->multi, fd, watch) != CURLM_OK) {
        loop_remove(http->loop, &watch->watch);
        free(watch);
        return -1;
    }
    return 0;
}

static void time_has_come(void *context, uint32_t ready)
{
    (void)ready;
    struct http *http = context;
    uint64_t expirations;
    if (read(http->timer.fd, &expirations, sizeof(expirations)) < 0) return;
    int running = 0;
    curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect_done(http);
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    (void)multi;
    struct http *http = context;
    struct itimerspec when = {.it_value = {0}}; /* -1: none */
    if (timeout_ms >= 0) {
        when.it_value.tv_sec = timeout_ms / 1000;
        when.it_value.tv_nsec = timeout_ms % 1000 * 1000000;
        if (timeout_ms == 0) when.it_value.tv_nsec = 1; /* zero would switch it off */
    }
    return timerfd_settime(http->timer.fd, 0, &when, NULL);
}

/* --- opening and closing --- */

static bool is_known_library(struct textbuf *out_why)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    char wanted[40];
    mbedtls_version_get_string_full(wanted); /* "mbed TLS 2.28.3" */
    const char *number = strrchr(wanted, ' ');
    char tls[40];
    snprintf(tls, sizeof(tls), "mbedTLS/%s", number == NULL ? "" : number + 1);
    if (info->ssl_version == NULL || strcmp(info->ssl_version, tls) != 0) {
        textbuf_format(out_why, "libcurl uses %s for TLS instead of %s",
                       info->ssl_version == NULL ? "nothing" : info->ssl_version, tls);
        return false;
    }
    /* The configuration struct that apply_policy is handed must be the one of our header. */
    if (mbedtls_version_get_number() != MBEDTLS_VERSION_NUMBER) {
        textbuf_format(out_why, "built for mbedTLS %s but %s is here", MBEDTLS_VERSION_STRING,
                       wanted);
        return false;
    }
    if (info->ares == NULL) {
        textbuf_text(out_why, "libcurl looks up names without c-ares and would block");
        return false;
    }
    return true;
}

static enum err open_multi(struct http *http, struct textbuf *out_why)
{
    http->multi = curl_multi_init();
    if (http->multi == NULL) return ERR_NO_MEMORY;
    int wrong = 0;
    wrong |= (int)curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    wrong |= (int)curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    wrong |= (int)curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    wrong |= (int)curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    wrong |= (int)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)HTTP_EXCHANGES_MAX);
    for (size_t i = 0; i < PLACES; i++) {
        http->exchanges[i].easy = curl_easy_init();
        if (http->exchanges[i].easy == NULL) return ERR_NO_MEMORY;
    }
    if (wrong != CURLM_OK || !set_policy(http, &http->exchanges[0])) {
        textbuf_text(out_why, "libcurl refuses an option that the TLS policy needs");
        return ERR_UNSUPPORTED;
    }
    return ERR_NONE;
}

static enum err open_parts(struct http *http, struct textbuf *out_why)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return ERR_NO_MEMORY;
    if (!is_known_library(out_why)) return ERR_UNSUPPORTED;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK); /* curl's own clock */
    if (fd < 0) return files_err(errno);
    http->timer =
        (struct loop_watch){.fd = fd, .interest = LOOP_IN, .ready = time_has_come, .context = http};
    enum err problem = loop_add(http->loop, &http->timer);
    return problem == ERR_NONE ? open_multi(http, out_why) : problem;
}

enum err http_open(struct loop *loop, const struct http_settings *settings, struct textbuf *out_why,
                   struct http **out_http)
{
    ENSURE(strlen(settings->user_agent) <= USER_AGENT_MAX);
    struct http *http = calloc(1, sizeof(*http));
    if (http == NULL) return ERR_NO_MEMORY;
    http->loop = loop;
    http->settings = *settings;
    http->timer.fd = -1;
    snprintf(http->user_agent, sizeof(http->user_agent), "%s", settings->user_agent);
    enum err problem = open_parts(http, out_why);
    if (problem != ERR_NONE) {
        if (out_why->len == 0) textbuf_format(out_why, "libcurl: %s", err_word(problem));
        http_close(http);
        return problem;
    }
    *out_http = http;
    return ERR_NONE;
}

/* Frees what one exchange held; the handle stays for the next. */
static void put_down(struct http *http, struct http_exchange *exchange)
{
    if (exchange->busy) curl_multi_remove_handle(http->multi, exchange->easy);
    curl_slist_free_all(exchange->headers);
    free(exchange->reply);
    CURL *easy = exchange->easy;
    curl_easy_reset(easy); /* drops the copies of body, certificate and key */
    memset(exchange, 0, sizeof(*exchange));
    exchange->easy = easy;
}

void http_close(struct http *http)
{
    if (http == NULL) return;
    ENSURE(!http->telling);
    for (size_t i = 0; i < PLACES; i++) {
        if (http->exchanges[i].easy == NULL) continue;
        put_down(http, &http->exchanges[i]);
        curl_easy_cleanup(http->exchanges[i].easy);
    }
    curl_multi_cleanup(http->multi); /* lets go of every socket */
    if (http->timer.fd >= 0) {
        loop_remove(http->loop, &http->timer);
        close(http->timer.fd);
    }
    pem_cache_finish(&http->pems);
    free(http);
    curl_global_cleanup();
}

/* --- starting --- */

static struct http_exchange *find(struct http *http, uint32_t ticket)
{
    for (size_t i = 0; i < PLACES; i++) {
        struct http_exchange *exchange = &http->exchanges[i];
        bool in_flight = exchange->busy && !exchange->ended;
        if (in_flight && exchange->ticket == ticket) return exchange;
    }
    return NULL;
}

static struct http_exchange *free_one(struct http *http)
{
    struct http_exchange *unused = NULL;
    size_t in_flight = 0;
    for (size_t i = 0; i < PLACES; i++) {
        struct http_exchange *exchange = &http->exchanges[i];
        if (!exchange->busy) unused = exchange;
        else if (!exchange->ended) in_flight++;
    }
    return in_flight < HTTP_EXCHANGES_MAX ? unused : NULL;
}

static bool add_header(struct http_exchange *exchange, const char *line)
{
    struct curl_slist *longer = curl_slist_append(exchange->headers, line);
    if (longer == NULL) return false;
    exchange->headers = longer;
    return true;
}

static bool set_headers(struct http_exchange *exchange, const struct http_request *request)
{
    bool typed = false, good = add_header(exchange, "Expect:"); /* we do not wait for a 100 */
    for (size_t i = 0; good && i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        char line[HTTP_HEADER_NAME_MAX + HTTP_HEADER_VALUE_MAX + 4];
        /* curl takes "Name:" for a wish to leave a header out and "Name;" for an empty one. */
        if (header->value[0] == '\0') snprintf(line, sizeof(line), "%s;", header->name);
        else snprintf(line, sizeof(line), "%s: %s", header->name, header->value);
        typed = typed || strcasecmp(header->name, "Content-Type") == 0;
        good = add_header(exchange, line);
    }
    if (!typed) good = good && add_header(exchange, "Content-Type:"); /* curl's guess is a form */
    return good &&
           curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers) == CURLE_OK;
}

static bool set_request(struct http_exchange *exchange, const struct http_request *request)
{
    CURL *easy = exchange->easy;
    int wrong = 0;
    uint32_t connect_ms =
        request->timeout_ms < CONNECT_MS_MAX ? request->timeout_ms : CONNECT_MS_MAX;
    curl_off_t reply_max = request->reply_max == 0 ? 1 : (curl_off_t)request->reply_max;
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_URL, request->url);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, reply_max);
    bool has_body =
        request->body.len > 0 || request->method == HTTP_POST || request->method == HTTP_PUT;
    if (has_body) {
        wrong |= (int)curl_easy_setopt(easy, CURLOPT_POST, 1L);
        wrong |=
            (int)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        wrong |= (int)curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body.data);
    }
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, http_method_word(request->method));
    /* On a kept connection that turns out to be dead, curl sends again by itself. */
    wrong |=
        (int)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->method == HTTP_POST ? 1L : 0L);
    return wrong == CURLE_OK && set_headers(exchange, request);
}

static enum err set_file(struct http *http, CURL *easy, CURLoption option, const char *path)
{
    struct bytes text = BYTES_NONE;
    enum err problem = pem_cache_get(&http->pems, path, HTTP_CA_MAX, &text);
    if (problem != ERR_NONE) {
        snprintf(http->trouble, sizeof(http->trouble), "%s: %s", path, err_word(problem));
        return problem;
    }
    struct curl_blob blob = {.data = (void *)(uintptr_t)text.data,
                             .len = text.len,
                             .flags = CURL_BLOB_COPY};
    return curl_easy_setopt(easy, option, &blob) == CURLE_OK ? ERR_NONE : ERR_NO_MEMORY;
}

static enum err set_trust(struct http *http, CURL *easy, const struct http_trust *trust)
{
    enum err problem = set_file(http, easy, CURLOPT_CAINFO_BLOB, trust->ca_file);
    if (problem == ERR_NONE && trust->client_cert_file != NULL) {
        problem = set_file(http, easy, CURLOPT_SSLCERT_BLOB, trust->client_cert_file);
        if (problem == ERR_NONE) {
            problem = set_file(http, easy, CURLOPT_SSLKEY_BLOB, trust->client_key_file);
        }
    }
    if (problem != ERR_NONE || trust->pinned_keys == NULL) return problem;
    bool taken = curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, trust->pinned_keys) == CURLE_OK;
    return taken ? ERR_NONE : ERR_NO_MEMORY;
}

static enum err refuse(struct http *http, enum err problem, const char *why)
{
    snprintf(http->trouble, sizeof(http->trouble), "%s", why);
    return problem;
}

static enum err check_request(struct http *http, uint32_t ticket,
                              const struct http_request *request, const struct http_trust *trust)
{
    struct bytes url = bytes_of_text(request->url);
    if (!bytes_equal_ignore_case(bytes_slice(url, 0, 8), "https://")) {
        return refuse(http, ERR_INVALID, "only https leaves this box");
    }
    if (request->timeout_ms == 0 || request->timeout_ms > TIMEOUT_MS_MAX ||
        request->reply_max > HTTP_REPLY_MAX || !textbuf_ok(&request->body)) {
        return refuse(http, ERR_INVALID, "a limit of the request is out of range");
    }
    if (trust->ca_file == NULL ||
        (trust->client_cert_file == NULL) != (trust->client_key_file == NULL)) {
        return refuse(http, ERR_INVALID, "no roots are named, or a certificate without its key");
    }
    if (find(http, ticket) != NULL) return refuse(http, ERR_EXISTS, "the ticket is in use");
    return ERR_NONE;
}

enum err http_start(struct http *http, uint32_t ticket, const struct http_request *request,
                    const struct http_trust *trust)
{
    enum err problem = check_request(http, ticket, request, trust);
    if (problem != ERR_NONE) return problem;
    struct http_exchange *exchange = free_one(http);
    if (exchange == NULL) return refuse(http, ERR_BUSY, "too many exchanges at once");
    exchange->ticket = ticket;
    exchange->reply_max = request->reply_max;
    http_host_of(request->url, exchange->host, sizeof(exchange->host));
    problem = set_trust(http, exchange->easy, trust);
    if (problem == ERR_NONE && (!set_policy(http, exchange) || !set_request(exchange, request))) {
        problem = refuse(http, ERR_NO_MEMORY, "libcurl refuses an option");
    }
    if (problem == ERR_NONE && curl_multi_add_handle(http->multi, exchange->easy) != CURLM_OK) {
        problem = refuse(http, ERR_NO_MEMORY, "libcurl refuses the exchange");
    }
    if (problem != ERR_NONE) {
        put_down(http, exchange);
        return problem;
    }
    exchange->busy = true;
    return ERR_NONE;
}

void http_cancel(struct http *http, uint32_t ticket)
{
    struct http_exchange *exchange = find(http, ticket);
    if (exchange != NULL) put_down(http, exchange);
}

const char *http_trouble(const struct http *http)
{
    return http->trouble;
}

/* --- ending --- */

/* curl counts the bytes of the request that it has handed to TLS, over all its attempts. */
static enum exchange_end end_of(const struct http_exchange *exchange, CURLcode code)
{
    if (code == CURLE_OK) return EXCHANGE_ANSWERED;
    long sent_bytes = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
    if (sent_bytes > 0) return EXCHANGE_MAYBE_SENT;
    bool wrong_peer = exchange->certificate_flags != 0 || code == CURLE_PEER_FAILED_VERIFICATION ||
                      code == CURLE_SSL_PINNEDPUBKEYNOTMATCH;
    return wrong_peer ? EXCHANGE_UNTRUSTED : EXCHANGE_NOT_SENT;
}

static uint32_t time_ms(CURL *easy, CURLINFO what)
{
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, what, &microseconds);
    return (uint32_t)((microseconds + 999) / 1000); /* what was reached is never 0 */
}

static struct http_timings timings_of(CURL *easy)
{
    return (struct http_timings){
        .name_ms = time_ms(easy, CURLINFO_NAMELOOKUP_TIME_T),
        .connect_ms = time_ms(easy, CURLINFO_CONNECT_TIME_T),
        .tls_ms = time_ms(easy, CURLINFO_APPCONNECT_TIME_T),
        .first_byte_ms = time_ms(easy, CURLINFO_STARTTRANSFER_TIME_T),
        .total_ms = time_ms(easy, CURLINFO_TOTAL_TIME_T),
    };
}

static void tell(struct http *http, struct http_exchange *exchange, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    struct http_response response = {
        .status = (int)status,
        .content_type = bytes_of_text(exchange->content_type),
        .etag = bytes_of_text(exchange->etag),
        .retry_after_s = http_retry_after_s(exchange),
        .body = bytes_of(exchange->reply, exchange->reply_len),
    };
    char why[HTTP_WHY_MAX] = "";
    struct http_done done = {
        .ticket = exchange->ticket,
        .end = end_of(exchange, code),
        .why = why,
        .timings = timings_of(exchange->easy),
    };
    if (done.end == EXCHANGE_ANSWERED) done.response = &response;
    else http_explain(exchange, (int)code, &done.timings, why);
    exchange->ended = true;
    http->telling = true;
    http->settings.done(http->settings.context, &done);
    http->telling = false;
    put_down(http, exchange);
}

static void collect_done(struct http *http)
{
    int left = 0;
    CURLMsg *message = curl_multi_info_read(http->multi, &left);
    while (message != NULL) {
        if (message->msg == CURLMSG_DONE) {
            char *private = NULL;
            CURLcode code = message->data.result;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
            tell(http, (struct http_exchange *)(void *)private, code);
        }
        message = curl_multi_info_read(http->multi, &left);
    }
}
