/* Guards: the screen gets every state at once and the latest one first; only our own page can
 * press; a page from elsewhere reads nothing; a client that does not read costs a bounded queue
 * and then its place; an idle screen costs nothing. */
#include "hal/web.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hal/clock.h"
#include "hal/loop.h"
#include "tests/support/expect.h"

#define WAIT_MS 20000 /* far more than anything here takes; then the test has failed */

static const struct web_asset assets[] = {
    {"/index.html", "text/html; charset=utf-8", {(const uint8_t *)"<p>page</p>", 11}, "\"a1\""},
    {"/page.mjs", "text/javascript; charset=utf-8", {(const uint8_t *)"let x;", 6}, "\"a1\""},
};

static struct loop *loop;
static struct web *web;
static char pressed[WEB_PRESS_MAX + 1];
static size_t presses;
static bool take_presses = true;
static bool publish_on_press;

static bool press(void *context, struct bytes body)
{
    (void)context;
    presses++;
    bytes_to_text(body, pressed, sizeof(pressed));
    if (publish_on_press) web_publish(web, BYTES_LITERAL("{\"pressed\":true}"));
    return take_presses;
}

struct client {
    struct loop_watch watch;
    char in[300000];
    size_t len;
    bool closed;
};

static struct client clients[WEB_READERS_MAX + 1];

static void client_is_ready(void *context, uint32_t ready)
{
    (void)ready;
    struct client *client = context;
    ssize_t got = recv(client->watch.fd, client->in + client->len,
                       sizeof(client->in) - 1 - client->len, MSG_DONTWAIT);
    if (got > 0) client->len += (size_t)got;
    client->in[client->len] = '\0';
    if (got != 0 && !(ready & LOOP_ERROR)) return;
    client->closed = true;
    loop_remove(loop, &client->watch);
}

static void begin(struct client *client, bool watched)
{
    *client = (struct client){.closed = false};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in there = {.sin_family = AF_INET,
                                .sin_port = htons(web_port(web)),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int small = 4096; /* a screen that does not read shall be noticed soon */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    EXPECT(connect(fd, (struct sockaddr *)&there, sizeof(there)) == 0, "the page can be reached");
    client->watch = (struct loop_watch){.fd = fd,
                                        .interest = LOOP_IN,
                                        .ready = client_is_ready,
                                        .context = client};
    if (watched) EXPECT_I64(ERR_NONE, loop_add(loop, &client->watch), "watched");
}

static void end(struct client *client)
{
    loop_remove(loop, &client->watch);
    close(client->watch.fd);
}

static void ask(struct client *client, const char *request)
{
    EXPECT(send(client->watch.fd, request, strlen(request), MSG_NOSIGNAL) >= 0, "asked");
}

/* Turns until the client has this text, or is closed when the text is NULL. */
static bool turn_until(struct client *client, const char *text)
{
    int64_t deadline = clock_boot_ms() + WAIT_MS;
    for (;;) {
        if (text != NULL && strstr(client->in, text) != NULL) return true;
        if (client->closed) return text == NULL;
        if (clock_boot_ms() >= deadline) return false;
        loop_turn(loop, deadline);
    }
}

/* One request on a connection of its own; the whole answer. */
static const char *answer_to(const char *request)
{
    static struct client once;
    begin(&once, true);
    ask(&once, request);
    EXPECT(turn_until(&once, NULL), "the answer comes and ends");
    end(&once);
    return once.in;
}

static bool has(const char *answer, const char *text)
{
    return strstr(answer, text) != NULL;
}

#define HOST "Host: localhost:1\r\nConnection: close\r\n"

static void assets_are_served_with_care(void)
{
    const char *answer = answer_to("GET / HTTP/1.1\r\n" HOST "\r\n");
    EXPECT(has(answer, "HTTP/1.1 200 OK\r\n"), "the page is there");
    EXPECT(has(answer, "\r\n\r\n<p>page</p>"), "as it was built");
    static const char *const headers[] = {"Content-Type: text/html; charset=utf-8\r\n",
                                          "ETag: \"a1\"\r\n",
                                          "Content-Security-Policy: default-src 'self';",
                                          "X-Content-Type-Options: nosniff\r\n",
                                          "Cache-Control: no-cache\r\n"};
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) EXPECT(has(answer, headers[i]), headers[i]);
    EXPECT(!has(answer, "Access-Control"), "nobody else is invited");
    EXPECT(has(answer_to("GET /page.mjs HTTP/1.1\r\n" HOST "\r\n"), "let x;"), "a module");
    answer = answer_to("GET /page.mjs HTTP/1.1\r\n" HOST "If-None-Match: \"a1\"\r\n\r\n");
    EXPECT(has(answer, " 304 ") && !has(answer, "let x;"), "what is known is not sent again");
    answer = answer_to("HEAD / HTTP/1.1\r\n" HOST "\r\n");
    EXPECT(has(answer, " 200 ") && !has(answer, "<p>"), "HEAD is answered by a head");
}

static void what_is_not_there_is_refused(void)
{
    static const struct {
        const char *request, *status;
    } rows[] = {
        {"GET /nothing HTTP/1.1\r\n" HOST "\r\n", " 404 "},
        {"GET /../etc/passwd HTTP/1.1\r\n" HOST "\r\n", " 404 "},
        {"GET /press HTTP/1.1\r\n" HOST "\r\n", " 405 "},
        {"DELETE / HTTP/1.1\r\n" HOST "\r\n", " 405 "},
        {"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", " 421 "},
        {"GET /state HTTP/1.1\r\nHost: localhost.evil.example\r\nConnection: close\r\n\r\n",
         " 421 "},
        {"GET /events HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nConnection: close\r\n\r\n", " 421 "},
        {"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n", " 200 "},
        {"GET / HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n", " 200 "},
        {"rubbish\r\n\r\n", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(has(answer_to(rows[i].request), rows[i].status), rows[i].request);
    }
}

#define OURS "Origin: http://localhost:1\r\n"

static void only_our_page_presses(void)
{
    static const struct {
        const char *request, *status;
        size_t presses;
    } rows[] = {
        {"POST /press HTTP/1.1\r\n" HOST OURS "Content-Length: 2\r\n\r\n{}", " 204 ", 1},
        {"POST /press HTTP/1.1\r\n" HOST OURS "Content-Length: 0\r\n\r\n", " 204 ", 1},
        {"POST /press HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", " 403 ", 0},
        {"POST /press HTTP/1.1\r\n" HOST
         "Origin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}",
         " 403 ", 0},
        {"POST /press HTTP/1.1\r\n" HOST
         "Origin: http://localhost:2\r\nContent-Length: 2\r\n\r\n{}",
         " 403 ", 0},
        {"POST /press HTTP/1.1\r\n" HOST "Origin: null\r\nContent-Length: 2\r\n\r\n{}", " 403 ", 0},
        {"POST /state HTTP/1.1\r\n" HOST OURS "Content-Length: 2\r\n\r\n{}", " 404 ", 0},
        {"POST /press HTTP/1.1\r\n" HOST OURS
         "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
         " 204 ", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        presses = 0;
        EXPECT(has(answer_to(rows[i].request), rows[i].status), rows[i].request);
        EXPECT_I64(rows[i].presses, presses, rows[i].request);
    }
    take_presses = false;
    EXPECT(has(answer_to(rows[0].request), " 409 "), "one that is not taken is told so");
    EXPECT_TEXT("{}", pressed, "the body is handed on as it came");
    take_presses = true;
}

static void a_press_is_bounded(void)
{
    static char request[WEB_PRESS_MAX + 400];
    static const size_t lengths[] = {WEB_PRESS_MAX, WEB_PRESS_MAX + 1};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        int head = snprintf(request, sizeof(request),
                            "POST /press HTTP/1.1\r\n" HOST OURS "Content-Length: %zu\r\n\r\n",
                            lengths[i]);
        memset(request + head, 'x', lengths[i]);
        request[(size_t)head + lengths[i]] = '\0';
        presses = 0;
        EXPECT(has(answer_to(request), i == 0 ? " 204 " : " 413 "), "4 KiB and no more");
        EXPECT_I64(i == 0, presses, "what is too long is not handed on");
    }
}

static void states_reach_the_screen(void)
{
    EXPECT(has(answer_to("GET /state HTTP/1.1\r\n" HOST "\r\n"), " 204 "), "no state yet");
    web_publish(web, BYTES_LITERAL("{\"n\":1}"));
    const char *answer = answer_to("GET /state HTTP/1.1\r\n" HOST "\r\n");
    EXPECT(has(answer, "{\"n\":1}") && has(answer, "Cache-Control: no-store"), "the latest state");
    struct client *screen = &clients[0];
    begin(screen, true);
    ask(screen, "GET /events HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
    EXPECT(turn_until(screen, "data: {\"n\":1}\n\n"), "a new screen gets the latest state at once");
    EXPECT(has(screen->in, "Content-Type: text/event-stream\r\n"), "as events");
    EXPECT_I64(1, web_readers(web), "it is counted");
    web_publish(web, BYTES_LITERAL("{\"n\":2}"));
    EXPECT(turn_until(screen, "data: {\"n\":2}\n\n"), "and then each new one");
    size_t len = screen->len;
    web_publish(web, BYTES_LITERAL("{\"n\":2}"));
    web_publish(web, BYTES_LITERAL("{\"n\":3}"));
    EXPECT(turn_until(screen, "data: {\"n\":3}\n\n"), "and the next");
    EXPECT(!has(screen->in + len, "{\"n\":2}"), "the same one not twice");
    publish_on_press = true;
    answer_to("POST /press HTTP/1.1\r\n" HOST OURS "Content-Length: 2\r\n\r\n{}");
    publish_on_press = false;
    EXPECT(turn_until(screen, "{\"pressed\":true}"), "a state published by a press arrives");
    end(screen);
    int64_t deadline = clock_boot_ms() + WAIT_MS;
    while (web_readers(web) > 0 && clock_boot_ms() < deadline) loop_turn(loop, deadline);
    EXPECT_I64(0, web_readers(web), "a screen that left is forgotten");
}

static void an_idle_screen_costs_nothing(void)
{
    struct client *screen = &clients[0];
    begin(screen, true);
    ask(screen, "GET /events HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
    EXPECT(turn_until(screen, "data: "), "a screen is there");
    int64_t until = clock_boot_ms() + 200;
    while (clock_boot_ms() < until) loop_turn(loop, until);
    uint64_t before = loop_wakeups(loop);
    until = clock_boot_ms() + 500;
    loop_turn(loop, until);
    EXPECT(loop_wakeups(loop) - before <= 1 && clock_boot_ms() >= until, "only our own deadline");
    end(screen);
}

static void one_more_screen_is_turned_away(void)
{
    for (size_t i = 0; i <= WEB_READERS_MAX; i++) {
        begin(&clients[i], true);
        ask(&clients[i], "GET /events HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
        EXPECT(turn_until(&clients[i], i < WEB_READERS_MAX ? "data: " : " 503 "),
               "eight, not nine");
    }
    for (size_t i = 0; i <= WEB_READERS_MAX; i++) end(&clients[i]);
}

static void who_does_not_read_is_dropped(void)
{
    static struct client deaf_client;
    struct client *deaf = &deaf_client, *screen = &clients[0];
    begin(deaf, false);
    begin(screen, true);
    ask(deaf, "GET /events HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
    ask(screen, "GET /events HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
    EXPECT(turn_until(screen, "data: "), "a good screen beside it");
    static char state[20000];
    int64_t deadline = clock_boot_ms() + WAIT_MS;
    size_t published = 0;
    while (web_readers(web) != 1 && clock_boot_ms() < deadline && published < 2000) {
        published++;
        memset(state, 'x', sizeof(state) - 1);
        int head = snprintf(state, sizeof(state), "{\"n\":%zu,\"pad\":\"", published);
        state[head] = 'x';
        memcpy(state + sizeof(state) - 3, "\"}", 3);
        web_publish(web, bytes_of_text(state));
        char wanted[40];
        snprintf(wanted, sizeof(wanted), "{\"n\":%zu,", published);
        screen->len = 0;
        screen->in[0] = '\0';
        EXPECT(turn_until(screen, wanted), "the good screen gets every state");
        if (screen->closed) break;
    }
    EXPECT_I64(1, web_readers(web), "the deaf one is dropped, the good one stays");
    EXPECT(published > 3, "not before its queue was full");
    int64_t until = clock_boot_ms() + 200;
    while (clock_boot_ms() < until) loop_turn(loop, until);
    end(screen);
    one_more_screen_is_turned_away(); /* its place is free, though it still holds on to its end */
    end(deaf);
}

static void a_taken_port_is_said(void)
{
    char why_storage[200];
    struct textbuf why;
    textbuf_init(&why, why_storage, sizeof(why_storage));
    struct web_settings settings = {.port = web_port(web), .press = press};
    struct web *second = NULL;
    EXPECT_I64(ERR_BUSY, web_open(loop, &settings, &why, &second), "the port is taken");
    EXPECT(why.len > 0, "with a sentence");
}

int main(void)
{
    char why_storage[200];
    struct textbuf why;
    textbuf_init(&why, why_storage, sizeof(why_storage));
    struct web_settings settings = {.assets = assets,
                                    .asset_count = ARRAY_LEN(assets),
                                    .press = press};
    if (loop_open(&loop) != ERR_NONE || web_open(loop, &settings, &why, &web) != ERR_NONE) return 1;
    EXPECT_RUN(assets_are_served_with_care);
    EXPECT_RUN(what_is_not_there_is_refused);
    EXPECT_RUN(only_our_page_presses);
    EXPECT_RUN(a_press_is_bounded);
    EXPECT_RUN(states_reach_the_screen);
    EXPECT_RUN(an_idle_screen_costs_nothing);
    EXPECT_RUN(one_more_screen_is_turned_away);
    EXPECT_RUN(who_does_not_read_is_dropped);
    EXPECT_RUN(a_taken_port_is_said);
    struct client *screen = &clients[0]; /* closing with somebody suspended and somebody waiting */
    begin(screen, true);
    ask(screen, "GET /events HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
    turn_until(screen, "data: ");
    web_close(web);
    EXPECT(turn_until(screen, NULL), "closing ends the screen's connection");
    end(screen);
    loop_close(loop);
    return expect_result();
}
