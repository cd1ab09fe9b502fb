/* http_bench.h - exchanges with a server of tls_server.h, one after the other, each waited for.
 * Storage is static: one bench a program. */
#ifndef PACKD_TESTS_SUPPORT_HTTP_BENCH_H
#define PACKD_TESTS_SUPPORT_HTTP_BENCH_H

#include "hal/clock.h"
#include "hal/http.h"
#include "hal/loop.h"
#include "tests/support/expect.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tls_server.h"

#define WAIT_MS 30000 /* far more than anything here takes; then the test has failed */

static struct loop *loop;
static struct http *http;
static char ca_path[TEMP_PATH_SIZE], cert_path[TEMP_PATH_SIZE], key_path[TEMP_PATH_SIZE];
static struct tls_server good_server;

static struct outcome { /* of the latest exchange with this ticket */
    bool done;
    enum exchange_end end;
    int status;
    char why[HTTP_WHY_MAX], body[4096], type[64], etag[32];
    size_t body_len;
    int64_t retry_after_s;
    struct http_timings timings;
} outcomes[32];

__attribute__((unused)) static void note(void *context, const struct http_done *done)
{
    (void)context;
    struct outcome *outcome = &outcomes[done->ticket];
    EXPECT(!outcome->done, "an exchange ends once");
    *outcome = (struct outcome){.done = true, .end = done->end, .timings = done->timings};
    snprintf(outcome->why, sizeof(outcome->why), "%s", done->why);
    EXPECT((done->response != NULL) == (done->end == EXCHANGE_ANSWERED),
           "a response when answered");
    if (done->response == NULL) return;
    const struct http_response *response = done->response;
    outcome->status = response->status;
    outcome->retry_after_s = response->retry_after_s;
    outcome->body_len = response->body.len;
    bytes_to_text(bytes_slice(response->body, 0, sizeof(outcome->body) - 1), outcome->body,
                  sizeof(outcome->body));
    bytes_to_text(response->content_type, outcome->type, sizeof(outcome->type));
    bytes_to_text(response->etag, outcome->etag, sizeof(outcome->etag));
}

__attribute__((unused)) static bool turn_until(const bool *flag)
{
    int64_t deadline = clock_boot_ms() + WAIT_MS;
    while (!*flag && clock_boot_ms() < deadline) loop_turn(loop, deadline);
    return *flag;
}

__attribute__((unused)) static char body_storage[512];

__attribute__((unused)) static struct http_request request_for(enum http_method method,
                                                               uint16_t port, const char *path)
{
    struct http_request request;
    http_request_init(&request, method, body_storage, sizeof(body_storage));
    snprintf(request.url, sizeof(request.url), "https://localhost:%u%s", port, path);
    request.timeout_ms = 10000;
    request.reply_max = 200000;
    return request;
}

__attribute__((unused)) static struct http_trust usual_trust(void)
{
    return (struct http_trust){.ca_file = ca_path};
}

__attribute__((unused)) static enum err start(uint32_t ticket, const struct http_request *request,
                                              const struct http_trust *trust)
{
    outcomes[ticket] = (struct outcome){.done = false};
    return http_start(http, ticket, request, trust);
}

__attribute__((unused)) static struct outcome exchange_with(const struct http_request *request,
                                                            const struct http_trust *trust)
{
    EXPECT_I64(ERR_NONE, start(1, request, trust), "an exchange starts");
    EXPECT(turn_until(&outcomes[1].done), "and comes to an end");
    return outcomes[1];
}

__attribute__((unused)) static struct outcome get(uint16_t port, const char *path)
{
    struct http_request request = request_for(HTTP_GET, port, path);
    struct http_trust trust = usual_trust();
    return exchange_with(&request, &trust);
}

__attribute__((unused)) static void expect_end(enum exchange_end wanted,
                                               const struct outcome *outcome, const char *promise)
{
    if (!EXPECT_I64(wanted, outcome->end, promise)) fprintf(stderr, "    why: %s\n", outcome->why);
    EXPECT((outcome->why[0] == '\0') == (wanted == EXCHANGE_ANSWERED), "a failure has a reason");
}

__attribute__((unused)) static void open_all(void)
{
    char why_storage[200];
    struct textbuf why;
    textbuf_init(&why, why_storage, sizeof(why_storage));
    EXPECT_I64(ERR_NONE, loop_open(&loop), "a loop");
    struct http_settings settings = {.user_agent = "packd/test", .done = note};
    EXPECT_I64(ERR_NONE, http_open(loop, &settings, &why, &http), "the library is the one we know");
    EXPECT_TEXT("", why_storage, "and there is nothing to say about it");
}

/* Certificates, and a server that is to be trusted. */
__attribute__((unused)) static void http_bench_start(void)
{
    temp_make();
    tls_make_identities(temp_path(ca_path, "ca.pem"), temp_path(cert_path, "client.pem"),
                        temp_path(key_path, "client.key"));
    good_server = tls_server_start(TLS_GOOD, TLS_SERVES, NULL, false);
}

#endif
