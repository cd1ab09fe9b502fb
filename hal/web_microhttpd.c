/* web_microhttpd.c - web.h on libmicrohttpd 0.9.75 and 1.0.1, without a thread of its own.
 *
 * We listen and accept ourselves, on both loopback addresses; libmicrohttpd gets the connections
 * and shows one epoll descriptor, which our loop watches, and one time-out, for which there is a
 * timerfd. A reader of events with nothing to read is suspended, so an idle screen costs nothing;
 * meanwhile we watch its socket, because libmicrohttpd would not see it leave. One that does not
 * read is shut down at the socket, because libmicrohttpd alone would keep its place. */
#include "hal/web.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hal/accept.h"
#include "hal/files.h"
#include "hal/loop.h"

#define BACKLOG 16
#define IDLE_S 30u /* a kept connection without a request; not for readers of events */
#define CONNECTION_BYTES (16u * 1024u)
#define EVENT_BLOCK_BYTES 4096u

struct reader {
    struct web *web;
    struct MHD_Connection *connection; /* NULL: free place */
    struct loop_watch leaving;         /* its socket, while suspended */
    bool suspended;
    bool dropped; /* too slow, or we are closing */
    size_t len;
    char queue[WEB_QUEUE_MAX];
};

struct web {
    struct loop *loop;
    struct web_settings settings;
    struct MHD_Daemon *daemon;
    struct loop_watch listeners[2];
    struct accept_spare spare;
    struct loop_watch daemon_watch; /* libmicrohttpd's epoll descriptor; it is not ours to close */
    struct loop_watch timer;
    struct loop_later run_later;
    uint16_t port;
    size_t state_len; /* 0: nothing published yet */
    char state[WEB_STATE_MAX];
    size_t picture_len;               /* 0: none */
    uint8_t picture[WEB_PICTURE_MAX]; /* its pages come when they are used */
    struct reader readers[WEB_READERS_MAX];
};

struct press { /* a POST while its body comes in */
    size_t len;
    bool too_long;
    char body[WEB_PRESS_MAX];
};

/* --- answers --- */

static void add_headers(struct MHD_Response *response, const char *cache)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy",
         "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, cache);
}

static enum MHD_Result queue_answer(struct MHD_Connection *connection, unsigned status,
                                    struct MHD_Response *response)
{
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response); /* counted; the connection holds its own */
    return result;
}

static enum MHD_Result answer_empty(struct MHD_Connection *connection, unsigned status)
{
    static char nothing[1];
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
    if (response == NULL) return MHD_NO;
    add_headers(response, "no-store");
    return queue_answer(connection, status, response);
}

static enum MHD_Result answer_asset(struct MHD_Connection *connection,
                                    const struct web_asset *asset)
{
    const char *known =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
    bool same = known != NULL && strstr(known, asset->etag) != NULL;
    struct bytes content = same ? BYTES_NONE : asset->content;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(content.len, (void *)(uintptr_t)content.data,
                                        MHD_RESPMEM_PERSISTENT);
    if (response == NULL) return MHD_NO;
    add_headers(response, "no-cache"); /* kept, but asked for each time: an update shows at once */
    MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, asset->etag);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, asset->content_type);
    return queue_answer(connection, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response);
}

/* The page asks for it by its hash, so it may not be kept: the next label has the same address. */
static enum MHD_Result answer_label(const struct web *web, struct MHD_Connection *connection)
{
    if (web->picture_len == 0) return answer_empty(connection, MHD_HTTP_NOT_FOUND);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(web->picture_len, (void *)(uintptr_t)web->picture,
                                        MHD_RESPMEM_MUST_COPY);
    if (response == NULL) return MHD_NO;
    add_headers(response, "no-store");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "image/png");
    return queue_answer(connection, MHD_HTTP_OK, response);
}

void web_show_label(struct web *web, struct bytes png)
{
    web->picture_len = png.len <= WEB_PICTURE_MAX ? png.len : 0;
    memcpy(web->picture, png.data, web->picture_len);
}

static enum MHD_Result answer_state(struct web *web, struct MHD_Connection *connection)
{
    if (web->state_len == 0) return answer_empty(connection, MHD_HTTP_NO_CONTENT);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(web->state_len, web->state, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) return MHD_NO;
    add_headers(response, "no-store");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    return queue_answer(connection, MHD_HTTP_OK, response);
}

/* --- events --- */

static int socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    ENSURE(info != NULL);
    return info->connect_fd;
}

static void drop_reader(struct reader *reader)
{
    shutdown(socket_of(reader->connection), SHUT_RDWR);
    reader->dropped = true;
}

/* All of the pieces or, when they do not fit, an end of this reader. */
static void enqueue(struct reader *reader, const struct bytes pieces[], size_t count)
{
    size_t before = reader->len;
    for (size_t i = 0; i < count && !reader->dropped; i++) {
        if (pieces[i].len > sizeof(reader->queue) - reader->len) {
            reader->len = before;
            drop_reader(reader);
            return;
        }
        memcpy(reader->queue + reader->len, pieces[i].data, pieces[i].len);
        reader->len += pieces[i].len;
    }
}

static void enqueue_state(struct reader *reader)
{
    const struct web *web = reader->web;
    const struct bytes event[] = {BYTES_LITERAL("event: state\ndata: "),
                                  bytes_of(web->state, web->state_len), BYTES_LITERAL("\n\n")};
    if (web->state_len > 0) enqueue(reader, event, ARRAY_LEN(event));
}

static void wake(struct reader *reader)
{
    if (!reader->suspended) return;
    reader->suspended = false;
    loop_remove(reader->web->loop, &reader->leaving);
    MHD_resume_connection(reader->connection);
    loop_later(reader->web->loop, &reader->web->run_later);
}

/* A reader has nothing to say: if there is something to read, it has left or is none of ours. */
static void reader_leaves(void *context, uint32_t ready)
{
    (void)ready;
    struct reader *reader = context;
    drop_reader(reader);
    wake(reader);
}

static void put_to_sleep(struct reader *reader)
{
    reader->suspended = true;
    reader->leaving = (struct loop_watch){.fd = socket_of(reader->connection),
                                          .interest = LOOP_IN,
                                          .ready = reader_leaves,
                                          .context = reader};
    /* Without room for the watch, the next state will find out. */
    if (loop_add(reader->web->loop, &reader->leaving) != ERR_NONE) reader->leaving.fd = -1;
    MHD_suspend_connection(reader->connection);
}

/* libmicrohttpd asks for the next bytes. */
static ssize_t give_events(void *context, uint64_t position, char *out_bytes, size_t size)
{
    (void)position;
    struct reader *reader = context;
    if (reader->dropped) return MHD_CONTENT_READER_END_WITH_ERROR;
    if (reader->len == 0) {
        put_to_sleep(reader);
        return 0;
    }
    size_t len = reader->len < size ? reader->len : size;
    memcpy(out_bytes, reader->queue, len);
    memmove(reader->queue, reader->queue + len, reader->len - len);
    reader->len -= len;
    return (ssize_t)len;
}

static void forget_reader(void *context)
{
    struct reader *reader = context;
    reader->connection = NULL;
}

static enum MHD_Result answer_events(struct web *web, struct MHD_Connection *connection)
{
    struct reader *reader = NULL;
    for (size_t i = 0; i < WEB_READERS_MAX && reader == NULL; i++) {
        if (web->readers[i].connection == NULL) reader = &web->readers[i];
    }
    if (reader == NULL) return answer_empty(connection, MHD_HTTP_SERVICE_UNAVAILABLE);
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, EVENT_BLOCK_BYTES, give_events, reader,
                                          forget_reader);
    if (response == NULL) return MHD_NO;
    reader->web = web;
    reader->connection = connection;
    reader->suspended = reader->dropped = false;
    reader->len = 0;
    const struct bytes hello[] = {BYTES_LITERAL("retry: 1000\n\n")}; /* back after a second */
    enqueue(reader, hello, 1);
    enqueue_state(reader);
    add_headers(response, "no-store");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
    MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
    return queue_answer(connection, MHD_HTTP_OK, response);
}

void web_publish(struct web *web, struct bytes json)
{
    ENSURE(json.len > 0 && json.len <= WEB_STATE_MAX && bytes_find_byte(json, '\n') == json.len);
    if (bytes_equal(json, bytes_of(web->state, web->state_len))) return;
    memcpy(web->state, json.data, json.len);
    web->state_len = json.len;
    for (size_t i = 0; i < WEB_READERS_MAX; i++) {
        struct reader *reader = &web->readers[i];
        if (reader->connection == NULL || reader->dropped) continue;
        enqueue_state(reader);
        wake(reader);
    }
}

/* --- requests --- */

/* Does the value name this box, whatever the port? Another name means that a page from elsewhere
 * had its name pointed at the loopback. */
static bool is_loopback_name(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    if (host == NULL) return false;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        size_t len = strlen(names[i]);
        if (strncasecmp(host, names[i], len) == 0 && (host[len] == '\0' || host[len] == ':')) {
            return true;
        }
    }
    return false;
}

static bool is_from_our_page(struct MHD_Connection *connection, const char *host)
{
    const char *origin = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin");
    return origin != NULL && strncmp(origin, "http://", 7) == 0 &&
           strcasecmp(origin + 7, host) == 0;
}

static enum MHD_Result answer_get(struct web *web, struct MHD_Connection *connection,
                                  const char *path)
{
    if (strcmp(path, "/state") == 0) return answer_state(web, connection);
    if (strcmp(path, "/events") == 0) return answer_events(web, connection);
    if (strcmp(path, "/label.png") == 0) return answer_label(web, connection);
    if (strcmp(path, "/press") == 0) return answer_empty(connection, MHD_HTTP_METHOD_NOT_ALLOWED);
    if (strcmp(path, "/") == 0) path = "/index.html";
    for (size_t i = 0; i < web->settings.asset_count; i++) {
        const struct web_asset *asset = &web->settings.assets[i];
        if (strcmp(path, asset->path) == 0) return answer_asset(connection, asset);
    }
    return answer_empty(connection, MHD_HTTP_NOT_FOUND);
}

/* The first look at a POST, before its body. */
static enum MHD_Result begin_press(struct MHD_Connection *connection, const char *host,
                                   const char *path, void **request)
{
    if (strcmp(path, "/press") != 0) return answer_empty(connection, MHD_HTTP_NOT_FOUND);
    if (!is_from_our_page(connection, host)) return answer_empty(connection, MHD_HTTP_FORBIDDEN);
    struct press *press = calloc(1, sizeof(*press));
    *request = press;
    return press == NULL ? MHD_NO : MHD_YES;
}

static enum MHD_Result go_on_press(struct web *web, struct MHD_Connection *connection,
                                   struct press *press, struct bytes piece)
{
    if (piece.len > 0) {
        press->too_long = press->too_long || piece.len > sizeof(press->body) - press->len;
        if (!press->too_long) {
            memcpy(press->body + press->len, piece.data, piece.len);
            press->len += piece.len;
        }
        return MHD_YES;
    }
    if (press->too_long) return answer_empty(connection, MHD_HTTP_CONTENT_TOO_LARGE);
    bool taken = web->settings.press(web->settings.context, bytes_of(press->body, press->len));
    return answer_empty(connection, taken ? MHD_HTTP_NO_CONTENT : MHD_HTTP_CONFLICT);
}

/* Called once with the head of a request, then for each piece of its body, then once more. */
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *piece,
                              size_t *piece_len, void **request)
{
    (void)version;
    struct web *web = context;
    if (*request != NULL) {
        struct bytes body = bytes_of(piece, *piece_len);
        *piece_len = 0; /* all of it is taken */
        return go_on_press(web, connection, *request, body);
    }
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
    if (!is_loopback_name(host)) return answer_empty(connection, MHD_HTTP_MISDIRECTED_REQUEST);
    if (strcmp(method, "POST") == 0) return begin_press(connection, host, path, request);
    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0) {
        return answer_get(web, connection, path);
    }
    return answer_empty(connection, MHD_HTTP_METHOD_NOT_ALLOWED);
}

static void forget_request(void *context, struct MHD_Connection *connection, void **request,
                           enum MHD_RequestTerminationCode how)
{
    (void)context, (void)connection, (void)how;
    free(*request);
    *request = NULL;
}

/* --- the loop --- */

static void run(struct web *web)
{
    MHD_run(web->daemon);
    struct itimerspec when = {.it_value = {0}};
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (MHD_get_timeout(web->daemon, &wait_ms) == MHD_YES) {
        when.it_value.tv_sec = (time_t)(wait_ms / 1000);
        when.it_value.tv_nsec = (long)(wait_ms % 1000) * 1000000;
        if (wait_ms == 0) when.it_value.tv_nsec = 1; /* zero would switch it off */
    }
    timerfd_settime(web->timer.fd, 0, &when, NULL);
}

static void daemon_is_ready(void *context, uint32_t ready)
{
    (void)ready;
    run(context);
}

static void run_now(void *context)
{
    run(context);
}

static void time_has_come(void *context, uint32_t ready)
{
    (void)ready;
    struct web *web = context;
    uint64_t expirations;
    if (read(web->timer.fd, &expirations, sizeof(expirations)) > 0) run(web);
}

static void accept_from(struct web *web, int listener)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof(peer);
    int fd = accept_next(listener, &web->spare, (struct sockaddr *)&peer, &len);
    if (fd < 0) return;
    /* At its limit libmicrohttpd closes it. */
    MHD_add_connection(web->daemon, fd, (struct sockaddr *)&peer, len);
    run(web);
}

static void somebody_comes_4(void *context, uint32_t ready)
{
    (void)ready;
    struct web *web = context;
    accept_from(web, web->listeners[0].fd);
}

static void somebody_comes_6(void *context, uint32_t ready)
{
    (void)ready;
    struct web *web = context;
    accept_from(web, web->listeners[1].fd);
}

/* --- opening and closing --- */

static enum err listen_on(const struct sockaddr *address, socklen_t len, int *out_fd)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return ERR_UNSUPPORTED;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (address->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, address, len) != 0 || listen(fd, BACKLOG) != 0) {
        enum err problem = errno == EADDRNOTAVAIL ? ERR_UNSUPPORTED : files_err(errno);
        close(fd);
        return problem;
    }
    *out_fd = fd;
    return ERR_NONE;
}

/* 127.0.0.1 must work; ::1 is there or not. */
static enum err open_listeners(struct web *web)
{
    struct sockaddr_in four = {.sin_family = AF_INET,
                               .sin_port = htons(web->settings.port),
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t len = sizeof(four);
    int *fds[] = {&web->listeners[0].fd, &web->listeners[1].fd};
    enum err problem = listen_on((struct sockaddr *)&four, len, fds[0]);
    if (problem != ERR_NONE) return problem;
    if (getsockname(*fds[0], (struct sockaddr *)&four, &len) != 0) return files_err(errno);
    web->port = ntohs(four.sin_port);
    six.sin6_port = four.sin_port;
    problem = listen_on((struct sockaddr *)&six, sizeof(six), fds[1]);
    bool spared = problem == ERR_UNSUPPORTED || web->settings.port == 0;
    return problem == ERR_NONE || spared ? ERR_NONE : problem;
}

static enum err start_daemon(struct web *web)
{
    web->daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0,
                         NULL, NULL, answer, web, MHD_OPTION_CONNECTION_LIMIT, WEB_CONNECTIONS_MAX,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
                         MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, MHD_OPTION_NOTIFY_COMPLETED,
                         forget_request, NULL, MHD_OPTION_END);
    if (web->daemon == NULL) return ERR_NO_MEMORY;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL) return ERR_UNSUPPORTED;
    web->daemon_watch = (struct loop_watch){.fd = info->epoll_fd,
                                            .interest = LOOP_IN,
                                            .ready = daemon_is_ready,
                                            .context = web};
    return loop_add(web->loop, &web->daemon_watch);
}

static enum err open_parts(struct web *web)
{
    enum err problem = open_listeners(web);
    if (problem != ERR_NONE) return problem;
    web->timer.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (web->timer.fd < 0) return files_err(errno);
    struct loop_watch *own[] = {&web->timer, &web->listeners[0], &web->listeners[1]};
    for (size_t i = 0; i < ARRAY_LEN(own) && problem == ERR_NONE; i++) {
        if (own[i]->fd >= 0) problem = loop_add(web->loop, own[i]);
    }
    return problem == ERR_NONE ? start_daemon(web) : problem;
}

enum err web_open(struct loop *loop, const struct web_settings *settings, struct textbuf *out_why,
                  struct web **out_web)
{
    struct web *web = calloc(1, sizeof(*web));
    if (web == NULL) return ERR_NO_MEMORY;
    web->loop = loop;
    web->settings = *settings;
    web->daemon_watch.fd = -1;
    web->run_later = (struct loop_later){.call = run_now, .context = web};
    web->timer =
        (struct loop_watch){.fd = -1, .interest = LOOP_IN, .ready = time_has_come, .context = web};
    accept_open(&web->spare);
    web->listeners[0] = (struct loop_watch){.fd = -1,
                                            .interest = LOOP_IN,
                                            .ready = somebody_comes_4,
                                            .context = web};
    web->listeners[1] = (struct loop_watch){.fd = -1,
                                            .interest = LOOP_IN,
                                            .ready = somebody_comes_6,
                                            .context = web};
    enum err problem = open_parts(web);
    if (problem != ERR_NONE) {
        textbuf_format(out_why, "the page cannot be served on port %u: %s",
                       (unsigned)settings->port, err_word(problem));
        web_close(web);
        return problem;
    }
    *out_web = web;
    return ERR_NONE;
}

void web_close(struct web *web)
{
    if (web == NULL) return;
    for (size_t i = 0; i < WEB_READERS_MAX; i++) { /* none may be suspended at the stop */
        web->readers[i].dropped = true;
        if (web->readers[i].connection != NULL) wake(&web->readers[i]);
    }
    loop_later_cancel(web->loop, &web->run_later);
    if (web->daemon_watch.fd >= 0) loop_remove(web->loop, &web->daemon_watch);
    if (web->daemon != NULL) MHD_stop_daemon(web->daemon);
    accept_close(&web->spare);
    struct loop_watch *own[] = {&web->timer, &web->listeners[0], &web->listeners[1]};
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        if (own[i]->fd < 0) continue;
        loop_remove(web->loop, own[i]);
        close(own[i]->fd);
    }
    free(web);
}

uint16_t web_port(const struct web *web)
{
    return web->port;
}

size_t web_readers(const struct web *web)
{
    size_t count = 0;
    for (size_t i = 0; i < WEB_READERS_MAX; i++) {
        if (web->readers[i].connection != NULL && !web->readers[i].dropped) count++;
    }
    return count;
}
