/* Guards: whatever a server answers to a request that reached it, the exchange ends once, in time
 * and in bounded memory; it never says that nothing was sent; what it hands on is what the server
 * said of that request; nothing is followed, decoded, kept for another question or sent again. */
#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/http_bench.h"

#define BODY "{\"ok\":true}"
#define MEMORY_KB (48 * 1024) /* sanitizers keep what was freed for a while; bombs are larger */

static int elsewhere_fd;
static uint16_t elsewhere_port;

static void open_elsewhere(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof here;
    elsewhere_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    EXPECT(bind(elsewhere_fd, (struct sockaddr *)&here, len) == 0 && listen(elsewhere_fd, 4) == 0,
           "a place to be led to");
    EXPECT(getsockname(elsewhere_fd, (struct sockaddr *)&here, &len) == 0, "its port");
    elsewhere_port = ntohs(here.sin_port);
}

static struct outcome ask(enum http_method method, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "/h/%s/%u", name, elsewhere_port);
    struct http_request request = request_for(method, good_server.port, path);
    struct http_trust trust = usual_trust();
    if (method == HTTP_POST) textbuf_text(&request.body, "{\"reference\":\"PK-1\"}");
    return exchange_with(&request, &trust);
}

enum wanted {
    CUT,    /* no answer can be made of it */
    WHOLE,  /* the answer, as it was said */
    EITHER, /* an answer or none; when there is one, this one */
};
struct row {
    const char *name;
    enum wanted wanted;
    int status;
    const char *body; /* NULL: whatever */
};

static void expect_row(const struct row *row, const struct outcome *outcome)
{
    bool answered = outcome->end == EXCHANGE_ANSWERED;
    EXPECT(answered || outcome->end == EXCHANGE_MAYBE_SENT, row->name); /* it reached the server */
    if (row->wanted != EITHER && !EXPECT(answered == (row->wanted == WHOLE), row->name))
        fprintf(stderr, "    %d \"%s\" %s\n", outcome->status, outcome->body, outcome->why);
    if (!answered) return;
    EXPECT(outcome->status >= 100 && outcome->status <= 599, "a status is one of HTTP's");
    EXPECT(outcome->body_len <= 200000, "and the body within its bound");
    if (row->wanted == CUT) return;
    EXPECT_I64(row->status, outcome->status, row->name);
    if (row->body != NULL) EXPECT_TEXT(row->body, outcome->body, row->name);
}

static const struct row rows[] = {
    {"length-long", CUT, 0, NULL},
    {"length-short", EITHER, 200, "{\"ok\""},
    {"length-negative", CUT, 0, NULL},
    {"length-2-63", CUT, 0, NULL},
    {"length-2-64", CUT, 0, NULL},
    {"length-word", CUT, 0, NULL},
    {"length-none", WHOLE, 200, BODY},
    {"length-twice-same", EITHER, 200, BODY},
    {"length-twice-short", CUT, 0, NULL},
    {"length-twice-long", CUT, 0, NULL},
    {"length-list", CUT, 0, NULL},
    {"length-and-chunks", EITHER, 200, BODY},
    {"chunk-word", CUT, 0, NULL},
    {"chunk-huge", CUT, 0, NULL},
    {"chunk-cut", CUT, 0, NULL},
    {"head-cut", CUT, 0, NULL},
    {"head-nul", EITHER, 200, BODY},
    {"head-nul-type", EITHER, 200, BODY},
    {"head-folded", EITHER, 200, BODY},
    {"head-folded-first", EITHER, 200, BODY},
    {"head-no-colon", EITHER, 200, BODY},
    {"head-bare-lf", EITHER, 200, BODY},
    {"http-0.9", CUT, 0, NULL},
    {"http-1.0", WHOLE, 200, BODY},
    {"http-2", EITHER, 200, BODY},
    {"http-9.9", CUT, 0, NULL},
    {"http-lower", EITHER, 200, BODY},
    {"icy", CUT, 0, NULL},
    {"garbage", CUT, 0, NULL},
    {"nothing", CUT, 0, NULL},
    {"status-000", CUT, 0, NULL},
    {"status-99", CUT, 0, NULL},
    {"status-600", CUT, 0, NULL},
    {"status-999", CUT, 0, NULL},
    {"status-2000", CUT, 0, NULL},
    {"status-minus", CUT, 0, NULL},
    {"status-word", CUT, 0, NULL},
    {"status-none", CUT, 0, NULL},
    {"switching", EITHER, 101, NULL},
    {"reset-head", CUT, 0, NULL},
    {"reset-body", CUT, 0, NULL},
    {"reset-in-head", CUT, 0, NULL},
    {"gzip-claimed", WHOLE, 200, BODY},
    {"br-claimed", WHOLE, 200, BODY},
    {"portal", WHOLE, 200, NULL},
    {"two-answers", EITHER, 200, BODY},
    {"pieces", WHOLE, 200, BODY},
    {"hundreds", EITHER, 200, BODY},
    {"hundreds-for-ever", CUT, 0, NULL},
    {"headers-10000", CUT, 0, NULL},
    {"header-1-mb", CUT, 0, NULL},
    {"ten-mb", CUT, 0, NULL},
    {"no-end", CUT, 0, NULL},
    {"gzip-bomb", CUT, 0, NULL}, /* as it came it is longer than allowed */
    {"transfer-bomb", CUT, 0, NULL},
    {"301", WHOLE, 301, BODY},
    {"302-plain", WHOLE, 302, BODY},
    {"307", WHOLE, 307, BODY},
    {"308", WHOLE, 308, BODY},
};

static void every_answer_to_a_booking_has_one_true_end(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int before = *good_server.requests;
        struct outcome outcome = ask(HTTP_POST, rows[i].name);
        expect_row(&rows[i], &outcome);
        EXPECT_I64(before + 1, *good_server.requests, "a booking is sent once");
    }
}

/* A look-up may go over a connection that was kept: what is left on it answers nothing. */
static void no_answer_is_left_for_the_next_question(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct outcome outcome = ask(HTTP_GET, rows[i].name);
        expect_row(&rows[i], &outcome);
        outcome = get(good_server.port, "/ok");
        if (outcome.end == EXCHANGE_ANSWERED) {
            EXPECT_I64(200, outcome.status, rows[i].name);
            EXPECT_TEXT(BODY, outcome.body, rows[i].name);
            EXPECT_TEXT("\"v1\"", outcome.etag, "it is the answer to this question");
        } else {
            EXPECT_I64(EXCHANGE_MAYBE_SENT, outcome.end, rows[i].name);
        }
    }
}

static void nobody_is_led_elsewhere(void)
{
    EXPECT(accept(elsewhere_fd, NULL, NULL) < 0, "no redirection, and no hint, was followed");
}

static void nothing_a_server_says_is_kept(void)
{
    struct outcome outcome = ask(HTTP_GET, "cookie");
    expect_end(EXCHANGE_ANSWERED, &outcome, "an answer with a cookie");
    outcome = get(good_server.port, "/echo");
    EXPECT(strstr(outcome.body, "ookie") == NULL, "is not told who it was");
    EXPECT(strstr(outcome.body, "ncoding") == NULL, "and nobody is asked for compression");
}

static void memory_is_bounded(void)
{
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    static const char *const large[] = {"gzip-bomb",        "transfer-bomb", "no-end",
                                        "ten-mb",           "headers-10000", "header-1-mb",
                                        "hundreds-for-ever"};
    for (size_t i = 0; i < 2 * ARRAY_LEN(large); i++) (void)ask(HTTP_POST, large[i / 2]);
    getrusage(RUSAGE_SELF, &after);
    EXPECT(after.ru_maxrss - before.ru_maxrss < MEMORY_KB, "whatever comes, we hold a little");
}

int main(void)
{
    http_bench_start();
    EXPECT_RUN(open_all);
    EXPECT_RUN(open_elsewhere);
    EXPECT_RUN(every_answer_to_a_booking_has_one_true_end);
    EXPECT_RUN(no_answer_is_left_for_the_next_question);
    EXPECT_RUN(nothing_a_server_says_is_kept);
    EXPECT_RUN(memory_is_bounded);
    EXPECT_RUN(nobody_is_led_elsewhere);
    http_close(http);
    loop_close(loop);
    close(elsewhere_fd);
    tls_server_stop(&good_server);
    return expect_result();
}
