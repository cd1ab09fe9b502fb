/* control_socket.c - control.h on a UNIX stream socket.
 *
 * A client's requests are answered in the order they came only if the caller answers in that order;
 * the socket does not mind. What waits for a client is kept in one growing buffer with a limit, so
 * that one that does not read costs CONTROL_QUEUE_MAX bytes and then its connection. */
#include "hal/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "hal/accept.h"
#include "hal/files.h"
#include "hal/loop.h"

#define BACKLOG 8
#define QUEUE_FIRST_BYTES 4096u

struct client {
    struct loop_watch watch;
    struct control *control;
    struct control_client who; /* id 0: free place */
    char *line;                /* what has come of the next request */
    size_t line_len;
    char *queue; /* what waits to go */
    size_t queue_len, queue_size;
};

struct control {
    struct loop *loop;
    struct loop_watch listener;
    struct accept_spare spare;
    control_line_fn *line;
    void *context;
    uint32_t last_id;
    struct client clients[CONTROL_CLIENTS_MAX];
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
};

static bool address_of(const char *path, struct sockaddr_un *out_address)
{
    *out_address = (struct sockaddr_un){.sun_family = AF_UNIX};
    return bytes_to_text(bytes_of_text(path), out_address->sun_path, sizeof(out_address->sun_path));
}

/* --- serving --- */

static void drop(struct client *client)
{
    struct control *control = client->control;
    loop_remove(control->loop, &client->watch);
    close(client->watch.fd);
    free(client->line);
    free(client->queue);
    *client = (struct client){.control = control};
}

/* Sends what it can. False when the client is gone. */
static bool send_queue(struct client *client)
{
    size_t sent = 0;
    while (sent < client->queue_len) {
        ssize_t put = send(client->watch.fd, client->queue + sent, client->queue_len - sent,
                           MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno != EAGAIN) return false;
        if (put <= 0) break;
        sent += (size_t)put;
    }
    memmove(client->queue, client->queue + sent, client->queue_len - sent);
    client->queue_len -= sent;
    uint32_t interest = client->queue_len > 0 ? LOOP_IN | LOOP_OUT : LOOP_IN;
    loop_change(client->control->loop, &client->watch, interest);
    return true;
}

static bool enqueue(struct client *client, struct bytes piece)
{
    size_t wanted = client->queue_len + piece.len;
    if (wanted > CONTROL_QUEUE_MAX) return false;
    if (wanted > client->queue_size) {
        size_t size = client->queue_size == 0 ? QUEUE_FIRST_BYTES : client->queue_size * 2;
        while (size < wanted) size *= 2;
        char *larger = realloc(client->queue, size);
        if (larger == NULL) return false;
        client->queue = larger;
        client->queue_size = size;
    }
    if (piece.len > 0) memcpy(client->queue + client->queue_len, piece.data, piece.len);
    client->queue_len = wanted;
    return true;
}

static struct client *find(struct control *control, uint32_t id)
{
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (id != 0 && control->clients[i].who.id == id) return &control->clients[i];
    }
    return NULL;
}

void control_reply(struct control *control, uint32_t client, struct bytes line, bool last)
{
    ENSURE(bytes_find_byte(line, '\n') == line.len && (last || line.len > 0));
    struct client *to = find(control, client);
    if (to == NULL) return;
    bool good = enqueue(to, line);
    if (line.len > 0) good = good && enqueue(to, BYTES_LITERAL("\n"));
    if (last) good = good && enqueue(to, BYTES_LITERAL("\n"));
    if (!good || !send_queue(to)) drop(to);
}

/* Hands over each whole line; the handler's answer may drop the client in between. */
static void hand_over_lines(struct client *client)
{
    struct control *control = client->control;
    uint32_t id = client->who.id;
    struct bytes rest = bytes_of(client->line, client->line_len);
    size_t end = bytes_find_byte(rest, '\n');
    while (end < rest.len) {
        struct bytes line = bytes_trim(bytes_slice(rest, 0, end));
        if (line.len > 0) {
            struct control_client who = client->who;
            control->line(control->context, &who, line);
        }
        if (client->who.id != id) return;
        rest = bytes_from(rest, end + 1);
        end = bytes_find_byte(rest, '\n');
    }
    if (rest.len > 0) memmove(client->line, rest.data, rest.len);
    client->line_len = rest.len;
}

static void client_is_ready(void *context, uint32_t ready)
{
    struct client *client = context;
    if ((ready & LOOP_OUT) && !send_queue(client)) {
        drop(client);
        return;
    }
    if ((ready & (LOOP_IN | LOOP_ERROR)) == 0) return;
    size_t room = CONTROL_LINE_MAX + 1 - client->line_len;
    ssize_t got = recv(client->watch.fd, client->line + client->line_len, room, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        drop(client);
        return;
    }
    client->line_len += (size_t)got;
    hand_over_lines(client);
    if (client->line_len > CONTROL_LINE_MAX) drop(client); /* a line that does not end */
}

static struct client *free_place(struct control *control)
{
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (control->clients[i].who.id == 0) return &control->clients[i];
    }
    return NULL;
}

static void somebody_comes(void *context, uint32_t ready)
{
    (void)ready;
    struct control *control = context;
    int fd = accept_next(control->listener.fd, &control->spare, NULL, NULL);
    if (fd < 0) return;
    struct client *client = free_place(control);
    struct ucred peer;
    socklen_t len = sizeof(peer);
    char *line = client == NULL ? NULL : malloc(CONTROL_LINE_MAX + 1);
    if (line == NULL || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0) {
        free(line);
        close(fd);
        return;
    }
    client->watch = (struct loop_watch){.fd = fd,
                                        .interest = LOOP_IN,
                                        .ready = client_is_ready,
                                        .context = client};
    if (loop_add(control->loop, &client->watch) != ERR_NONE) {
        free(line);
        close(fd);
        return;
    }
    if (++control->last_id == 0) control->last_id = 1; /* 0 is nobody */
    client->who = (struct control_client){control->last_id, peer.uid, peer.pid};
    client->line = line;
}

/* A socket that nobody answers was left behind by a process that died. */
static enum err clear_path(const struct sockaddr_un *address)
{
    struct stat info;
    if (lstat(address->sun_path, &info) != 0) return errno == ENOENT ? ERR_NONE : files_err(errno);
    if (!S_ISSOCK(info.st_mode)) return ERR_EXISTS;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return files_err(errno);
    bool alive = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
    close(fd);
    if (alive) return ERR_BUSY;
    return unlink(address->sun_path) == 0 ? ERR_NONE : files_err(errno);
}

static enum err listen_at(const struct sockaddr_un *address, int *out_fd)
{
    enum err problem = clear_path(address);
    if (problem != ERR_NONE) return problem;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return files_err(errno);
    mode_t before = umask(0117); /* 0660 from the first moment */
    int wrong = bind(fd, (const struct sockaddr *)address, sizeof(*address));
    umask(before);
    if (wrong != 0 || listen(fd, BACKLOG) != 0) {
        problem = files_err(errno);
        close(fd);
        return problem;
    }
    *out_fd = fd;
    return ERR_NONE;
}

enum err control_open(struct loop *loop, const char *path, control_line_fn *line, void *context,
                      struct control **out_control)
{
    struct sockaddr_un address;
    if (!address_of(path, &address)) return ERR_TOO_BIG;
    struct control *control = calloc(1, sizeof(*control));
    if (control == NULL) return ERR_NO_MEMORY;
    control->loop = loop;
    control->line = line;
    control->context = context;
    accept_open(&control->spare);
    control->listener = (struct loop_watch){.fd = -1,
                                            .interest = LOOP_IN,
                                            .ready = somebody_comes,
                                            .context = control};
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) control->clients[i].control = control;
    enum err problem = listen_at(&address, &control->listener.fd);
    if (problem == ERR_NONE) {
        memcpy(control->path, address.sun_path, sizeof(control->path));
        problem = loop_add(loop, &control->listener);
    }
    if (problem != ERR_NONE) {
        control_close(control);
        return problem;
    }
    *out_control = control;
    return ERR_NONE;
}

void control_close(struct control *control)
{
    if (control == NULL) return;
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (control->clients[i].who.id != 0) drop(&control->clients[i]);
    }
    accept_close(&control->spare);
    if (control->listener.fd >= 0) {
        loop_remove(control->loop, &control->listener);
        close(control->listener.fd);
        unlink(control->path);
    }
    free(control);
}

/* --- asking --- */

struct control_link {
    int fd;
    char line[CONTROL_QUEUE_MAX]; /* an answer's line may be longer than a request's */
    size_t len;
};

enum err control_connect(const char *path, uint32_t timeout_ms, struct control_link **out_link)
{
    struct sockaddr_un address;
    if (!address_of(path, &address)) return ERR_TOO_BIG;
    struct control_link *link = calloc(1, sizeof(*link));
    if (link == NULL) return ERR_NO_MEMORY;
    link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
    if (link->fd < 0 || setsockopt(link->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
        setsockopt(link->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0 ||
        connect(link->fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        enum err problem = errno == EAGAIN ? ERR_TIMEOUT : files_err(errno);
        control_disconnect(link);
        return problem;
    }
    *out_link = link;
    return ERR_NONE;
}

static enum err send_whole(int fd, struct bytes piece)
{
    while (piece.len > 0) {
        ssize_t put = send(fd, piece.data, piece.len, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno == EAGAIN ? ERR_TIMEOUT : files_err(errno);
        piece = bytes_from(piece, (size_t)put);
    }
    return ERR_NONE;
}

/* Gives the lines that are there; true when the answer is complete or no longer wanted. */
static bool give_lines(struct control_link *link, control_answer_fn *answer, void *context)
{
    struct bytes rest = bytes_of(link->line, link->len);
    bool complete = false;
    while (!complete) {
        size_t end = bytes_find_byte(rest, '\n');
        if (end == rest.len) break;
        complete = end == 0 || !answer(context, bytes_slice(rest, 0, end));
        rest = bytes_from(rest, end + 1);
    }
    if (rest.len > 0) memmove(link->line, rest.data, rest.len);
    link->len = rest.len;
    return complete;
}

enum err control_ask(struct control_link *link, struct bytes line, control_answer_fn *answer,
                     void *context)
{
    if (line.len > CONTROL_LINE_MAX) return ERR_TOO_BIG;
    if (line.len == 0 || bytes_find_byte(line, '\n') < line.len) return ERR_INVALID;
    enum err problem = send_whole(link->fd, line);
    if (problem == ERR_NONE) problem = send_whole(link->fd, BYTES_LITERAL("\n"));
    if (problem != ERR_NONE) return problem;
    while (!give_lines(link, answer, context)) {
        if (link->len == sizeof(link->line)) return ERR_TOO_BIG;
        ssize_t got = recv(link->fd, link->line + link->len, sizeof(link->line) - link->len, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno == EAGAIN ? ERR_TIMEOUT : files_err(errno);
        if (got == 0) return ERR_CLOSED;
        link->len += (size_t)got;
    }
    return ERR_NONE;
}

void control_disconnect(struct control_link *link)
{
    if (link == NULL) return;
    if (link->fd >= 0) close(link->fd);
    free(link);
}
