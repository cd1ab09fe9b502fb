/* Guards: nothing of a request leaves the box towards a server that is not surely the right one;
 * the end of an exchange never says "not sent" when something was; every answer is bounded;
 * nothing but the exchange itself waits for a dead server. The other side is GnuTLS
 * (tls_server.h). */
#include <arpa/inet.h>
#include <mbedtls/version.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/http_bench.h"

static void a_good_server_answers(void)
{
    struct outcome outcome = get(good_server.port, "/ok");
    expect_end(EXCHANGE_ANSWERED, &outcome, "a good certificate of our CA is accepted");
    EXPECT_I64(200, outcome.status, "the status");
    EXPECT_TEXT("{\"ok\":true}", outcome.body, "the body");
    EXPECT_TEXT("application/json", outcome.type, "the type");
    EXPECT_TEXT("\"v1\"", outcome.etag, "the tag");
    EXPECT_I64(-1, outcome.retry_after_s, "no Retry-After");
    EXPECT(outcome.timings.tls_ms > 0 && outcome.timings.total_ms >= outcome.timings.tls_ms,
           "the times are told");
}

static void certificates_are_judged(void)
{
    static const struct {
        enum tls_identity identity;
        enum exchange_end end;
        const char *why, *promise;
    } rows[] = {
        {TLS_EXPIRED, EXCHANGE_UNTRUSTED, "the certificate of localhost is not valid: expired",
         "an expired one"},
        {TLS_FUTURE, EXCHANGE_UNTRUSTED,
         "the certificate of localhost is not valid: not valid yet (is this box's clock right?)",
         "one from the future"},
        {TLS_OTHER_HOST, EXCHANGE_UNTRUSTED,
         "the certificate of localhost is not valid: made out to another name", "another host's"},
        {TLS_SELF_SIGNED, EXCHANGE_UNTRUSTED,
         "the certificate of localhost is not valid: not issued by an authority we trust",
         "a self-signed one"},
        {TLS_OTHER_CA, EXCHANGE_UNTRUSTED,
         "the certificate of localhost is not valid: not issued by an authority we trust",
         "one of a CA that only has our CA's name"},
        {TLS_RSA_1024, EXCHANGE_UNTRUSTED,
         "the certificate of localhost is not valid: its key is too weak", "RSA of 1024 bits"},
        {TLS_RSA_2048, EXCHANGE_ANSWERED, "", "RSA of 2048 bits"},
        {TLS_SHA1, EXCHANGE_UNTRUSTED,
         "the certificate of localhost is not valid: signed with a broken digest", "SHA-1"},
        {TLS_CLIENT_ONLY, EXCHANGE_UNTRUSTED,
         "the certificate of localhost is not valid: not made for a server", "a client's"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        /* TLS 1.3 has no signature that so short a key could make. */
        const char *priority = rows[i].identity == TLS_RSA_1024
                                   ? "NORMAL:%PROFILE_VERY_WEAK:-VERS-ALL:+VERS-TLS1.2"
                                   : NULL;
        struct tls_server server = tls_server_start(rows[i].identity, TLS_SERVES, priority, false);
        struct outcome outcome = get(server.port, "/ok");
        expect_end(rows[i].end, &outcome, rows[i].promise);
        EXPECT_TEXT(rows[i].why, outcome.why, rows[i].promise);
        EXPECT_I64(rows[i].end == EXCHANGE_ANSWERED, *server.requests, "no request reached it");
        tls_server_stop(&server);
    }
}

static void an_address_is_not_a_name(void)
{
    struct http_request request = request_for(HTTP_GET, good_server.port, "/ok");
    snprintf(request.url, sizeof(request.url), "https://127.0.0.1:%u/ok", good_server.port);
    struct http_trust trust = usual_trust();
    struct outcome outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_UNTRUSTED, &outcome,
               "the certificate is for localhost, not for an address");
}

static void weak_protocols_are_refused(void)
{
    static const struct {
        const char *priority, *promise;
        enum tls_identity identity;
        bool answered;
    } rows[] =
    { {"NORMAL:-VERS-ALL:+VERS-TLS1.1", "TLS 1.1 only", TLS_GOOD, false},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.0", "TLS 1.0 only", TLS_GOOD, false},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.2", "TLS 1.2 only", TLS_GOOD, true},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC:+AES-256-CBC", "CBC suites only",
       TLS_GOOD, false},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", "no forward secrecy", TLS_RSA_2048, false},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA", "ECDHE with RSA", TLS_RSA_2048, true},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA", "DHE", TLS_RSA_2048, false},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+CHACHA20-POLY1305", "ChaCha20", TLS_GOOD, true},
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
      {"NORMAL:-VERS-ALL:+VERS-TLS1.3", "TLS 1.3 only", TLS_GOOD, true},
#else
      {"NORMAL:-VERS-ALL:+VERS-TLS1.3", "TLS 1.3 only, with mbedTLS 2.28", TLS_GOOD, false},
#endif
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tls_server server =
            tls_server_start(rows[i].identity, TLS_SERVES, rows[i].priority, false);
        struct outcome outcome = get(server.port, "/ok");
        expect_end(rows[i].answered ? EXCHANGE_ANSWERED : EXCHANGE_NOT_SENT, &outcome,
                   rows[i].promise);
        EXPECT_I64(rows[i].answered, *server.requests, "no request reached a refused one");
        tls_server_stop(&server);
    }
}

static void pins_and_client_certificates(void)
{
    struct http_request request = request_for(HTTP_GET, good_server.port, "/ok");
    struct http_trust trust = usual_trust();
    char pins[200];
    trust.pinned_keys = tls_pin_of(TLS_GOOD);
    struct outcome outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_ANSWERED, &outcome, "the pinned key is accepted");
    snprintf(pins, sizeof(pins), "%s", tls_pin_of(TLS_EXPIRED));
    trust.pinned_keys = pins;
    int before = *good_server.requests;
    outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_UNTRUSTED, &outcome, "another key is not");
    EXPECT_I64(before, *good_server.requests, "and gets no request");
    size_t len = strlen(pins);
    snprintf(pins + len, sizeof(pins) - len, ";%s", tls_pin_of(TLS_GOOD));
    outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_ANSWERED, &outcome, "one of two pins is enough");

    struct tls_server picky =
        tls_server_start(TLS_GOOD, TLS_SERVES, "NORMAL:-VERS-ALL:+VERS-TLS1.2", true);
    outcome = get(picky.port, "/ok");
    expect_end(EXCHANGE_NOT_SENT, &outcome, "a server that wants a certificate turns us away");
    request = request_for(HTTP_GET, picky.port, "/ok");
    trust = usual_trust();
    trust.client_cert_file = cert_path;
    trust.client_key_file = key_path;
    outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_ANSWERED, &outcome, "with our certificate it answers");
    trust.client_key_file = ca_path;
    EXPECT_I64(ERR_CORRUPT, start(1, &request, &trust), "a key that is none is refused at once");
    tls_server_stop(&picky);
}

static void answers_are_bounded_and_ends_told_truly(void)
{
    static const struct {
        const char *path;
        enum exchange_end end;
        const char *why;
    } rows[] = {
        {"/endless", EXCHANGE_MAYBE_SENT, "the answer of localhost is longer than allowed"},
        {"/flood", EXCHANGE_MAYBE_SENT,
         "the head of the answer of localhost is longer than allowed"},
        {"/short", EXCHANGE_MAYBE_SENT, "the answer of localhost was cut short"},
        {"/reset", EXCHANGE_MAYBE_SENT, "the connection to localhost was cut"},
        {"/gone", EXCHANGE_MAYBE_SENT, "the connection to localhost was cut"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct outcome outcome = get(good_server.port, rows[i].path);
        expect_end(rows[i].end, &outcome, rows[i].path);
        EXPECT_TEXT(rows[i].why, outcome.why, rows[i].path);
    }
    struct http_request request = request_for(HTTP_GET, good_server.port, "/big");
    struct http_trust trust = usual_trust();
    request.reply_max = 100000;
    struct outcome outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_ANSWERED, &outcome, "an answer of exactly the limit");
    EXPECT_I64(100000, outcome.body_len, "comes whole");
    request.reply_max = 99999;
    outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_MAYBE_SENT, &outcome, "one byte more does not");
    EXPECT_TEXT("the answer of localhost is longer than allowed", outcome.why, "and says so");
}

static void time_is_bounded_at_every_stage(void)
{
    struct http_trust trust = usual_trust();
    static const char *const paths[] = {"/loris", "/silent"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct http_request request = request_for(HTTP_GET, good_server.port, paths[i]);
        request.timeout_ms = 400;
        struct outcome outcome = exchange_with(&request, &trust);
        expect_end(EXCHANGE_MAYBE_SENT, &outcome, paths[i]);
        EXPECT_TEXT("localhost: no end in time while waiting for its answer", outcome.why,
                    paths[i]);
    }
    struct tls_server mute = tls_server_start(TLS_GOOD, TLS_MUTE, NULL, false);
    struct http_request request = request_for(HTTP_POST, mute.port, "/ok");
    request.timeout_ms = 400;
    struct outcome outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_NOT_SENT, &outcome, "a server that never begins TLS saw no request");
    EXPECT_TEXT("localhost: no end in time while waiting for a secure connection", outcome.why,
                "so");
    tls_server_stop(&mute);
}

static void what_is_not_tls_saw_no_request(void)
{
    static const enum tls_manner manners[] = {TLS_HANGS_UP, TLS_PLAIN};
    for (size_t i = 0; i < ARRAY_LEN(manners); i++) {
        struct tls_server server = tls_server_start(TLS_GOOD, manners[i], NULL, false);
        struct outcome outcome = get(server.port, "/ok");
        expect_end(EXCHANGE_NOT_SENT, &outcome, "nothing was sent");
        tls_server_stop(&server);
    }
    struct tls_server stopped = tls_server_start(TLS_GOOD, TLS_SERVES, NULL, false);
    tls_server_stop(&stopped);
    struct outcome outcome = get(stopped.port, "/ok");
    expect_end(EXCHANGE_NOT_SENT, &outcome, "nobody listens");
    EXPECT_TEXT("localhost takes no connection", outcome.why, "and that is said");
}

static void status_and_headers_are_handed_on(void)
{
    struct outcome outcome = get(good_server.port, "/html");
    EXPECT_TEXT("text/html", outcome.type, "HTML is told by its type");
    int before = *good_server.counted;
    outcome = get(good_server.port, "/redirect");
    expect_end(EXCHANGE_ANSWERED, &outcome, "a redirection is an answer");
    EXPECT_I64(302, outcome.status, "with its status");
    EXPECT_I64(before, *good_server.counted, "and is not followed");
    EXPECT_I64(17, get(good_server.port, "/after-seconds").retry_after_s, "Retry-After in seconds");
    EXPECT_I64(125, get(good_server.port, "/after-date").retry_after_s, "Retry-After as a date");
    EXPECT_I64(-1, get(good_server.port, "/after-rubbish").retry_after_s, "Retry-After as rubbish");
    outcome = get(good_server.port, "/continue");
    EXPECT_I64(201, outcome.status, "an interim answer is not the answer");
    EXPECT_TEXT("", outcome.etag, "nor are its headers");
}

static void the_request_goes_out_as_it_was_made(void)
{
    struct http_trust trust = usual_trust();
    struct http_request request = request_for(HTTP_POST, good_server.port, "/echo?a=%20b");
    textbuf_text(&request.body, "{\"awb\":1}");
    snprintf(request.url, sizeof(request.url), "https://localhost:%u/echo", good_server.port);
    EXPECT(http_request_header(&request, "Content-Type", BYTES_LITERAL("application/json")) &&
               http_request_header(&request, "Authorization", BYTES_LITERAL("Bearer abc")) &&
               http_request_header(&request, "X-Empty", BYTES_NONE),
           "headers fit");
    struct outcome outcome = exchange_with(&request, &trust);
    char wanted[400];
    snprintf(
        wanted, sizeof(wanted),
        "POST /echo HTTP/1.1\r\nHost: localhost:%u\r\nUser-Agent: packd/test\r\nAccept: */*\r\n"
        "Content-Type: application/json\r\nAuthorization: Bearer abc\r\nX-Empty:\r\n"
        "Content-Length: 9\r\n\r\n{\"awb\":1}",
        good_server.port);
    EXPECT_TEXT(wanted, outcome.body, "method, headers and body, and nothing curl thought of");
    static const enum http_method methods[] = {HTTP_GET, HTTP_PUT, HTTP_DELETE, HTTP_POST};
    static const char *const starts[] = {"GET /echo ", "PUT /echo ", "DELETE /echo ",
                                         "POST /echo "};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        request = request_for(methods[i], good_server.port, "/echo");
        outcome = exchange_with(&request, &trust);
        EXPECT(bytes_start_with(bytes_of_text(outcome.body), starts[i]), starts[i]);
    }
}

static void a_post_is_never_repeated_by_itself(void)
{
    struct http_trust trust = usual_trust();
    struct outcome outcome = get(good_server.port, "/bye"); /* the kept connection is a trap now */
    expect_end(EXCHANGE_ANSWERED, &outcome, "a connection is kept");
    int before = *good_server.requests;
    struct http_request request = request_for(HTTP_POST, good_server.port, "/ok");
    outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_ANSWERED, &outcome, "a POST takes a connection of its own");
    EXPECT_I64(before + 1, *good_server.requests, "and is seen once");
    before = *good_server.requests;
    request = request_for(HTTP_POST, good_server.port, "/gone");
    outcome = exchange_with(&request, &trust);
    expect_end(EXCHANGE_MAYBE_SENT, &outcome, "one that was cut is not known to be done or not");
    EXPECT_I64(before + 1, *good_server.requests, "and was sent once");
}

static void what_cannot_be_started_is_refused(void)
{
    struct http_trust trust = usual_trust();
    struct http_request request = request_for(HTTP_GET, good_server.port, "/silent");
    snprintf(request.url, sizeof(request.url), "http://localhost:%u/ok", good_server.port);
    EXPECT_I64(ERR_INVALID, start(1, &request, &trust), "plain http is refused, here too");
    snprintf(request.url, sizeof(request.url), "file:///etc/passwd");
    EXPECT_I64(ERR_INVALID, start(1, &request, &trust), "so is anything else");
    request = request_for(HTTP_GET, good_server.port, "/silent");
    request.reply_max = HTTP_REPLY_MAX + 1;
    EXPECT_I64(ERR_INVALID, start(1, &request, &trust), "too large an answer");
    request.reply_max = 1000;
    request.timeout_ms = 0;
    EXPECT_I64(ERR_INVALID, start(1, &request, &trust), "no time-out");
    request.timeout_ms = 10000;
    char nowhere[TEMP_PATH_SIZE];
    trust.ca_file = temp_path(nowhere, "no.pem");
    EXPECT_I64(ERR_NOT_FOUND, start(1, &request, &trust), "a missing file of roots");
    EXPECT(strstr(http_trouble(http), "no.pem") != NULL, "is named");
    trust.ca_file = "/proc/self/comm";
    EXPECT_I64(ERR_CORRUPT, start(1, &request, &trust), "a file without a certificate");
    trust = usual_trust();
    for (uint32_t ticket = 0; ticket < HTTP_EXCHANGES_MAX; ticket++) {
        EXPECT_I64(ERR_NONE, start(ticket, &request, &trust), "as many as there are places");
    }
    EXPECT_I64(ERR_BUSY, start(20, &request, &trust), "one more is refused");
    http_cancel(http, 3);
    EXPECT_I64(ERR_EXISTS, start(4, &request, &trust), "a ticket in flight is refused");
    request = request_for(HTTP_GET, good_server.port, "/ok");
    EXPECT_I64(ERR_NONE, start(20, &request, &trust), "a place that became free is used");
    EXPECT(turn_until(&outcomes[20].done), "and its exchange ends");
    for (uint32_t ticket = 0; ticket < HTTP_EXCHANGES_MAX; ticket++) http_cancel(http, ticket);
    struct outcome outcome = get(good_server.port, "/ok");
    expect_end(EXCHANGE_ANSWERED, &outcome, "after all that it still works");
    EXPECT(!outcomes[5].done, "who was cancelled is not called");
}

/* A name server that hears and never answers. */
static int open_silent_name_server(char address[40])
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(here);
    EXPECT(bind(fd, (struct sockaddr *)&here, len) == 0, "a port");
    EXPECT(getsockname(fd, (struct sockaddr *)&here, &len) == 0, "its number");
    snprintf(address, 40, "127.0.0.1:%u", ntohs(here.sin_port));
    return fd;
}

static void a_dead_name_server_delays_nobody_else(void)
{
    char address[40], why_storage[200];
    int fd = open_silent_name_server(address);
    struct textbuf why;
    textbuf_init(&why, why_storage, sizeof(why_storage));
    struct http *usual = http;
    struct http_settings settings = {.user_agent = "packd/test",
                                     .dns_servers = address,
                                     .done = note};
    EXPECT_I64(ERR_NONE, http_open(loop, &settings, &why, &http),
               "one with that name server opens");
    struct http_trust trust = usual_trust();
    struct http_request lost = request_for(HTTP_GET, 443, "/");
    snprintf(lost.url, sizeof(lost.url), "https://carrier.example/");
    EXPECT_I64(ERR_NONE, start(7, &lost, &trust), "an exchange whose name nobody finds");
    char query[512];
    bool asked = false;
    int64_t deadline = clock_boot_ms() + WAIT_MS;
    while (!asked && clock_boot_ms() < deadline) {
        loop_turn(loop, clock_boot_ms() + 20);
        asked = recv(fd, query, sizeof(query), MSG_DONTWAIT) > 0;
    }
    EXPECT(asked, "the name server was asked");
    struct outcome outcome = get(good_server.port, "/ok");
    expect_end(EXCHANGE_ANSWERED, &outcome, "another exchange is answered meanwhile");
    EXPECT(!outcomes[7].done, "while the first still waits");
    int64_t before_ms = clock_boot_ms();
    http_cancel(http, 7);
    EXPECT(clock_boot_ms() - before_ms < 2000,
           "giving up does not wait for the look-up (ten seconds)");
    lost.timeout_ms = 300;
    outcome = exchange_with(&lost, &trust);
    expect_end(EXCHANGE_NOT_SENT, &outcome, "a look-up that does not end in time");
    EXPECT_TEXT("carrier.example: no end in time while waiting for its name", outcome.why,
                "is told");
    EXPECT_I64(ERR_NONE, start(7, &lost, &trust), "one more");
    before_ms = clock_boot_ms();
    http_close(http);
    EXPECT(clock_boot_ms() - before_ms < 2000, "nor does closing in the middle of it");
    http = usual;
    close(fd);
}

static void nothing_wakes_an_idle_box(void)
{
    struct outcome outcome = get(good_server.port, "/ok"); /* leaves a kept connection */
    EXPECT(outcome.done, "done");
    int64_t until = clock_boot_ms() + 300;
    while (clock_boot_ms() < until) loop_turn(loop, until); /* curl's last errands */
    uint64_t before = loop_wakeups(loop);
    until = clock_boot_ms() + 500;
    loop_turn(loop, until);
    EXPECT(loop_wakeups(loop) - before <= 1 && clock_boot_ms() >= until, "only our own deadline");
}

static void starting_from_inside_the_callback(void *context, const struct http_done *done)
{
    note(context, done);
    if (done->ticket >= 12) return;
    struct http_request request = request_for(HTTP_GET, good_server.port, "/ok");
    struct http_trust trust = usual_trust();
    http_cancel(http, done->ticket); /* has ended: nothing to cancel */
    EXPECT_I64(ERR_NONE, start(done->ticket + 1, &request, &trust), "the next starts from there");
}

static void a_chain_of_exchanges(void)
{
    char why_storage[200];
    struct textbuf why;
    textbuf_init(&why, why_storage, sizeof(why_storage));
    struct http *usual = http;
    struct http_settings settings = {.user_agent = "packd/test",
                                     .done = starting_from_inside_the_callback};
    EXPECT_I64(ERR_NONE, http_open(loop, &settings, &why, &http), "another opens beside the first");
    struct http_request request = request_for(HTTP_GET, good_server.port, "/ok");
    struct http_trust trust = usual_trust();
    EXPECT_I64(ERR_NONE, start(10, &request, &trust), "the first of a chain");
    EXPECT(turn_until(&outcomes[12].done), "the last of it ends");
    EXPECT_I64(200, outcomes[12].status, "well");
    http_close(http);
    http = usual;
}

int main(void)
{
    http_bench_start();
    EXPECT_RUN(open_all);
    EXPECT_RUN(a_good_server_answers);
    EXPECT_RUN(certificates_are_judged);
    EXPECT_RUN(an_address_is_not_a_name);
    EXPECT_RUN(weak_protocols_are_refused);
    EXPECT_RUN(pins_and_client_certificates);
    EXPECT_RUN(answers_are_bounded_and_ends_told_truly);
    EXPECT_RUN(time_is_bounded_at_every_stage);
    EXPECT_RUN(what_is_not_tls_saw_no_request);
    EXPECT_RUN(status_and_headers_are_handed_on);
    EXPECT_RUN(the_request_goes_out_as_it_was_made);
    EXPECT_RUN(a_post_is_never_repeated_by_itself);
    EXPECT_RUN(what_cannot_be_started_is_refused);
    EXPECT_RUN(a_dead_name_server_delays_nobody_else);
    EXPECT_RUN(nothing_wakes_an_idle_box);
    EXPECT_RUN(a_chain_of_exchanges);
    http_close(http);
    loop_close(loop);
    tls_server_stop(&good_server);
    return expect_result();
}
