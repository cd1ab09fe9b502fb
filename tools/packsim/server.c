/* server.c - accepts, routes, carries out, and spoils the answer when a fault says so.
 *
 * The order is always: read the whole request, take its fault, carry it out (or not), answer (or
 * not). So "drop-after" really has its effect and "drop-before" really has none. */
#include "tools/packsim/server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/packsim/certificates.h"
#include "tools/packsim/faults.h"
#include "tools/packsim/spoil.h"
#include "tools/packsim/world.h"

#define PORTAL_PAGE                                                                        \
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the " \
    "network.</body></html>"

struct connection {
    const struct service *service;
    struct wire wire;
    int fd;
};

struct listener {
    const struct service *service;
    int fd;
};

static bool path_fits(const struct call *call, const char *pattern)
{
    struct bytes rest = bytes_of_text(pattern), part;
    size_t at = 0;
    while (bytes_split(&rest, '/', &part)) {
        if (part.len == 0) continue;
        if (at == call->segment_count) return false;
        if (!bytes_equal_text(part, "{}") && !bytes_equal_text(part, call->segments[at]))
            return false;
        at++;
    }
    return at == call->segment_count;
}

static const struct route *route_find(const struct service *service, const struct call *call)
{
    for (size_t i = 0; i < service->route_count; i++) {
        const struct route *route = &service->routes[i];
        if (strcmp(route->method, call->method) == 0 && path_fits(call, route->path)) return route;
    }
    return NULL;
}

static void carry_out(const struct route *route, const struct call *call, struct reply *reply)
{
    world_lock();
    reply_reset(reply);
    if (route == NULL) reply_error(reply, 404, "not_found", "no such path or method");
    else if (route->allow == NULL || route->allow(call, reply)) route->handle(call, reply);
    world_unlock();
    ENSURE(textbuf_ok(&reply->body));
}

/* requests.jsonl is a trace for people and tests, not a book: it may lag behind. */
static void trace(const struct service *service, const char *operation, const struct call *call,
                  const struct fault *fault, int status)
{
    char storage[8192];
    struct textbuf line;
    textbuf_init(&line, storage, sizeof storage);
    struct json_writer writer;
    json_write_init(&writer, &line);
    json_write_open(&writer, NULL, '{');
    json_write_time(&writer, "at", world_wall_ms());
    json_write_text(&writer, "service", service->name);
    json_write_text(&writer, "operation", operation);
    json_write_text(&writer, "method", call->method);
    json_write_text(&writer, "path", call->path);
    json_write_text(&writer, "query", call->query);
    json_write_text(&writer, "fault", fault_word(fault->kind));
    json_write_i64(&writer, "status", status);
    json_write_close(&writer, '}');
    if (textbuf_ok(&line)) world_note("requests.jsonl", textbuf_bytes(&line));
}

static bool send_head(struct wire *wire, const struct reply *reply, uint64_t length,
                      bool keep_alive)
{
    char storage[4096];
    struct textbuf head;
    textbuf_init(&head, storage, sizeof storage);
    reply_head(reply, length, keep_alive, &head);
    return textbuf_ok(&head) && wire_write(wire, textbuf_bytes(&head));
}

static bool send_reply(struct wire *wire, const struct reply *reply, bool keep_alive)
{
    struct bytes body = textbuf_bytes(&reply->body);
    if (!send_head(wire, reply, body.len, keep_alive)) return false;
    bool bodiless = reply->status == 204 || reply->status == 304;
    return (bodiless || wire_write(wire, body)) && keep_alive;
}

static void send_slowly(struct wire *wire, const struct reply *reply, int64_t every_ms)
{
    struct bytes body = textbuf_bytes(&reply->body);
    if (!send_head(wire, reply, body.len, false)) return;
    for (size_t i = 0; i < body.len && !world_ending(); i++) {
        world_sleep_ms(every_ms);
        if (!wire_write(wire, bytes_slice(body, i, 1))) return;
    }
}

static void send_endless(struct wire *wire, const struct reply *reply, int64_t mebibytes)
{
    static const char blanks[4096] = {0};
    if (!send_head(wire, reply, 1ull << 40, false) ||
        !wire_write(wire, textbuf_bytes(&reply->body)))
        return;
    for (int64_t i = 0; i < mebibytes * 256 && !world_ending(); i++) {
        if (!wire_write(wire, bytes_of(blanks, sizeof blanks))) return;
    }
}

static void reply_page(struct reply *reply, int status, const char *page)
{
    reply_reset(reply);
    reply->status = status;
    reply->type = "text/html";
    textbuf_text(&reply->body, page);
}

static bool has_effect(const struct fault *fault)
{
    switch (fault->kind) {
    case FAULT_DROP_BEFORE:
    case FAULT_STALL:
    case FAULT_LATE: /* carried out later, on its own */ return false;
    case FAULT_STATUS:
    case FAULT_HTML: return fault->effect;
    case FAULT_NONE:
    case FAULT_DELAY:
    case FAULT_DROP_AFTER:
    case FAULT_TRUNCATED:
    case FAULT_DUPLICATE:
    case FAULT_EMPTY:
    case FAULT_GARBAGE:
    case FAULT_SLOW:
    case FAULT_RESET:
    case FAULT_ENDLESS:
    case FAULT_RAW:
    case FAULT_HEADERS:
    case FAULT_LONG_HEADER:
    case FAULT_INTERIM:
    case FAULT_RESET_AT:
    case FAULT_ANSWER: return true;
    }
    return true;
}

/* Sends what the fault leaves of the answer. True: the connection may go on. */
static bool answer(struct connection *connection, const struct call *call,
                   const struct fault *fault, struct reply *reply)
{
    struct wire *wire = &connection->wire;
    struct bytes body = textbuf_bytes(&reply->body);
    switch (fault->kind) {
    case FAULT_NONE:
    case FAULT_DELAY:
    case FAULT_DUPLICATE: return send_reply(wire, reply, call->keep_alive);
    case FAULT_DROP_BEFORE:
    case FAULT_DROP_AFTER:
    case FAULT_LATE:
    case FAULT_STALL: wire_close(wire, WIRE_CUT); return false;
    case FAULT_RESET: wire_close(wire, WIRE_RESET); return false;
    case FAULT_STATUS:
        reply_error(reply, (int)fault->number, fault->number == 429 ? "throttled" : "internal",
                    "by request of the test");
        reply->retry_after_s = fault->retry_after_s >= 0 ? fault->retry_after_s
                               : fault->number == 429    ? 2
                                                         : -1;
        return send_reply(wire, reply, call->keep_alive);
    case FAULT_HTML:
        reply_page(reply, 200, PORTAL_PAGE);
        return send_reply(wire, reply, call->keep_alive);
    case FAULT_TRUNCATED:
        if (send_head(wire, reply, body.len, false))
            (void)wire_write(wire, bytes_slice(body, 0, body.len / 2));
        wire_close(wire, WIRE_CUT);
        return false;
    case FAULT_EMPTY: reply_reset(reply); return send_reply(wire, reply, call->keep_alive);
    case FAULT_ANSWER:
        reply_reset(reply);
        textbuf_text(&reply->body, fault->text);
        return send_reply(wire, reply, call->keep_alive);
    case FAULT_GARBAGE:
        (void)wire_write(wire, BYTES_LITERAL(
                                   "\x00\xff\x15\x03 not a protocol \r\n\r\n\xc3\x28{\"awb\":"));
        return false;
    case FAULT_SLOW: send_slowly(wire, reply, fault->number); return false;
    case FAULT_ENDLESS: send_endless(wire, reply, fault->number); return false;
    case FAULT_RAW:
    case FAULT_HEADERS:
    case FAULT_LONG_HEADER:
    case FAULT_INTERIM:
    case FAULT_RESET_AT: spoil_send(wire, fault, reply); return false;
    }
    return false;
}

static bool serve(struct connection *connection, const struct call *call, struct reply *reply)
{
    const struct service *service = connection->service;
    const struct route *route = route_find(service, call);
    const char *operation = route != NULL ? route->operation : "nowhere";
    world_lock();
    struct fault fault = fault_take(service->name, operation);
    world_unlock();
    if (fault.kind == FAULT_DELAY) world_sleep_ms(fault.number);
    reply_reset(reply);
    if (has_effect(&fault)) carry_out(route, call, reply);
    if (fault.kind == FAULT_DUPLICATE) carry_out(route, call, reply);
    int status = reply->status;
    bool go_on = answer(connection, call, &fault, reply);
    if (fault.kind == FAULT_LATE) {
        world_sleep_ms(fault.number);
        carry_out(route, call, reply);
        status = reply->status;
    }
    if (service->tls) trace(service, operation, call, &fault, status);
    return go_on && !world_ending();
}

static bool connection_open(struct connection *connection)
{
    const struct service *service = connection->service;
    world_lock();
    struct fault fault =
        service->tls ? fault_take(service->name, "connect") : (struct fault){.kind = FAULT_NONE};
    gnutls_certificate_credentials_t credentials = service->tls ? certificate_shown() : NULL;
    world_unlock();
    if (fault.kind == FAULT_STALL || fault.kind == FAULT_DELAY) world_sleep_ms(fault.number);
    if (fault.kind == FAULT_NONE || fault.kind == FAULT_DELAY)
        return wire_open(&connection->wire, connection->fd, credentials);
    connection->wire = (struct wire){.fd = connection->fd};
    wire_close(&connection->wire, WIRE_RESET);
    return false;
}

static void *connection_run(void *argument)
{
    struct connection *connection = argument;
    if (connection_open(connection)) {
        struct reply reply;
        reply_open(&reply);
        bool go_on = true;
        while (go_on) {
            struct call call;
            enum call_read got = call_read(&call, &connection->wire);
            go_on = false;
            if (got == CALL_READ) go_on = serve(connection, &call, &reply);
            if (got == CALL_BAD) {
                reply_error(&reply, 400, "bad_request", "the request is not HTTP as we speak it");
                (void)send_reply(&connection->wire, &reply, false);
            }
            call_finish(&call);
        }
        reply_close(&reply);
        wire_close(&connection->wire, WIRE_POLITE);
    }
    free(connection);
    return NULL;
}

static void *listener_run(void *argument)
{
    struct listener *listener = argument;
    while (!world_ending()) {
        int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) continue;
        struct connection *connection = calloc(1, sizeof *connection);
        ENSURE(connection != NULL);
        *connection =
            (struct connection){.service = listener->service, .fd = fd, .wire = {.fd = -1}};
        pthread_t thread;
        if (pthread_create(&thread, NULL, connection_run, connection) != 0) {
            close(fd);
            free(connection);
            continue;
        }
        pthread_detach(thread);
    }
    return NULL;
}

bool server_open(const struct service *service, uint16_t port, uint16_t *out_port)
{
    struct listener *listener = calloc(1, sizeof *listener);
    ENSURE(listener != NULL);
    *listener = (struct listener){service, wire_listen(port, out_port)};
    pthread_t thread;
    if (listener->fd < 0 || pthread_create(&thread, NULL, listener_run, listener) != 0) {
        free(listener);
        return false;
    }
    pthread_detach(thread);
    return true;
}
