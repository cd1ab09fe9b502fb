/* http_curl.c - http.h on libcurl's multi interface, its sockets in our loop.
 *
 * curl names sockets and a time; the loop serves them; curl does the rest. What we demand of the
 * other side, and everything in which the generations of curl (7.88, 8.14) and mbedTLS (2.28, 3.6)
 * differ, is in http_policy_curl.c; what comes in is taken by http_reply_curl.c; why an exchange
 * failed is put into words by http_words_curl.c. */
#include "hal/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hal/http_inside.h"
#include "hal/loop.h"

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

static bool apply_settings(struct http *http, struct http_exchange *exchange)
{
    return http_set_policy(exchange, http->user_agent, http->settings.dns_servers);
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
    http->exchanges[0].easy = curl_easy_init();
    if (http->exchanges[0].easy == NULL) return ERR_NO_MEMORY;
    if (wrong != CURLM_OK || !apply_settings(http, &http->exchanges[0])) {
        textbuf_text(out_why, "libcurl refuses an option that the TLS policy needs");
        return ERR_UNSUPPORTED;
    }
    return ERR_NONE;
}

static enum err open_parts(struct http *http, struct textbuf *out_why)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return ERR_NO_MEMORY;
    if (!http_is_known_library(out_why)) return ERR_UNSUPPORTED;
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

/* The first that is free: its handle is made when it is needed for the first time, and a handle's
 * resolver takes 74 KiB. */
static struct http_exchange *free_one(struct http *http)
{
    struct http_exchange *unused = NULL;
    size_t in_flight = 0;
    for (size_t i = PLACES; i-- > 0;) {
        struct http_exchange *exchange = &http->exchanges[i];
        if (!exchange->busy) unused = exchange;
        else if (!exchange->ended) in_flight++;
    }
    if (unused == NULL || in_flight == HTTP_EXCHANGES_MAX) return NULL;
    if (unused->easy == NULL) unused->easy = curl_easy_init();
    return unused->easy == NULL ? NULL : unused;
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
    problem = http_set_trust(exchange, &http->pems, trust, http->trouble);
    if (problem == ERR_NONE &&
        (!apply_settings(http, exchange) || !set_request(exchange, request))) {
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

/* curl also takes a head that was cut in the middle for one, and any three digits for a status. */
static bool is_http(const struct http_exchange *exchange, long status)
{
    return exchange->head_ended && status >= 100 && status <= 599;
}

/* curl counts the bytes of the request that it has handed to TLS, over all its attempts. */
static enum exchange_end end_of(const struct http_exchange *exchange, CURLcode code)
{
    if (code == CURLE_OK && !exchange->not_http) return EXCHANGE_ANSWERED;
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
    if (code == CURLE_OK) exchange->not_http = !is_http(exchange, status);
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
