/* stream_socket.c - stream.h on a TCP socket.
 *
 * Small writes go out at once (a status request is a few bytes), and a peer that has lost power is
 * found by probes: 10 s of silence, then three probes 5 s apart. No limit is put on unsent data,
 * because a printer without paper lets it wait for as long as it takes. The kernel's own buffer is
 * kept small, or a whole label would count as taken before its first byte has left. */
#include "hal/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hal/files.h"

#define HOST_SIZE 64
#define SEND_BUFFER 32768 /* the kernel doubles it (socket(7), SO_SNDBUF) */
#define CONNECT_RETRIES 2 /* SYN after 0, 1 and 3 s, given up at 7 s (tcp(7), TCP_SYNCNT) */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* "host:port" or "[host]:port". */
static bool split_address(struct bytes text, char *out_host, uint16_t *out_port)
{
    size_t colon = text.len;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == ':') colon = i;
    }
    uint64_t port;
    if (!bytes_to_u64(bytes_from(text, colon + 1), UINT16_MAX, &port) || port == 0) return false;
    struct bytes host = bytes_slice(text, 0, colon);
    if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']') {
        host = bytes_slice(host, 1, host.len - 2);
    }
    *out_port = (uint16_t)port;
    return host.len > 0 && bytes_to_text(host, out_host, HOST_SIZE);
}

static bool parse_address(struct bytes text, union address *out_address, socklen_t *out_len)
{
    char host[HOST_SIZE];
    uint16_t port;
    if (!split_address(text, host, &port)) return false;
    union address address;
    memset(&address, 0, sizeof(address));
    const char *numeric = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    if (inet_pton(AF_INET, numeric, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(port);
        *out_len = sizeof(address.v4);
    } else if (inet_pton(AF_INET6, numeric, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(port);
        *out_len = sizeof(address.v6);
    } else {
        return false;
    }
    *out_address = address;
    return true;
}

static void set_options(int fd)
{
    static const struct {
        int level;
        int option;
        int value;
    } options[] = {
        {IPPROTO_TCP, TCP_SYNCNT, CONNECT_RETRIES},
        {IPPROTO_TCP, TCP_NODELAY, 1},
        {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 10},
        {IPPROTO_TCP, TCP_KEEPINTVL, 5},
        {IPPROTO_TCP, TCP_KEEPCNT, 3},
        {SOL_SOCKET, SO_SNDBUF, SEND_BUFFER},
    };
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        /* A kernel without one of them is slower to notice, not wrong. */
        (void)setsockopt(fd, options[i].level, options[i].option, &options[i].value,
                         sizeof(options[i].value));
    }
}

static void explain(struct textbuf *out_why, int error_number)
{
    textbuf_format(out_why, "the connection could not be made: %s", strerror(error_number));
}

enum err stream_connect(struct bytes host_and_port, struct textbuf *out_why,
                        struct stream *out_stream)
{
    union address address;
    socklen_t len;
    if (!parse_address(host_and_port, &address, &len)) {
        textbuf_text(out_why, "a tcp address is a numeric host (or localhost) and a port, "
                              "like 192.0.2.7:9100");
        return ERR_INVALID;
    }
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        explain(out_why, errno);
        return files_err(errno);
    }
    set_options(fd);
    if (connect(fd, &address.any, len) != 0 && errno != EINPROGRESS) {
        enum err problem = files_err(errno);
        explain(out_why, errno);
        close(fd);
        return problem;
    }
    out_stream->fd = fd;
    return ERR_NONE;
}

enum err stream_connected(const struct stream *stream, struct textbuf *out_why)
{
    int problem = 0;
    socklen_t len = sizeof(problem);
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &problem, &len) != 0) problem = errno;
    if (problem != 0) {
        explain(out_why, problem);
        return files_err(problem);
    }
    union address peer;
    len = sizeof(peer);
    if (getpeername(stream->fd, &peer.any, &len) == 0) return ERR_NONE;
    return ERR_AGAIN; /* ENOTCONN: the answer is still on its way */
}

void stream_close(struct stream *stream)
{
    if (stream->fd >= 0) close(stream->fd);
    stream->fd = -1;
}

/* Whatever ends a connection ends it for good: the difference does not help anybody above. */
static enum err end_of(int error_number)
{
    if (error_number == EAGAIN || error_number == EINTR) return ERR_AGAIN;
    return ERR_CLOSED;
}

enum err stream_read(const struct stream *stream, uint8_t *storage, size_t size, size_t *out_len)
{
    ssize_t got = recv(stream->fd, storage, size, 0);
    if (got < 0) return end_of(errno);
    if (got == 0) return ERR_CLOSED;
    *out_len = (size_t)got;
    return ERR_NONE;
}

enum err stream_write(const struct stream *stream, struct bytes bytes, size_t *out_taken)
{
    ssize_t taken = send(stream->fd, bytes.data, bytes.len, MSG_NOSIGNAL);
    if (taken < 0 && end_of(errno) != ERR_AGAIN) return ERR_CLOSED;
    *out_taken = taken < 0 ? 0 : (size_t)taken;
    return ERR_NONE;
}
