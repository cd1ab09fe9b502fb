/* wire.c - connections over sockets and GnuTLS; see wire.h. */
#include "tools/packsim/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int wire_listen(uint16_t port, uint16_t *out_port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        fprintf(stderr, "packsim: port %u: %s\n", port, strerror(errno));
        if (fd >= 0) close(fd);
        return -1;
    }
    *out_port = ntohs(address.sin_port);
    return fd;
}

static bool handshake(struct wire *wire, gnutls_certificate_credentials_t credentials)
{
    if (gnutls_init(&wire->tls, GNUTLS_SERVER) != 0) {
        wire->tls = NULL;
        return false;
    }
    if (gnutls_priority_set_direct(wire->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3", NULL) !=
        0)
        return false;
    if (gnutls_credentials_set(wire->tls, GNUTLS_CRD_CERTIFICATE, credentials) != 0) return false;
    gnutls_transport_set_int(wire->tls, wire->fd);
    gnutls_handshake_set_timeout(wire->tls, WIRE_WAIT_MS);
    int done;
    do {
        done = gnutls_handshake(wire->tls);
    } while (done < 0 && gnutls_error_is_fatal(done) == 0);
    return done == 0;
}

bool wire_open(struct wire *wire, int fd, gnutls_certificate_credentials_t credentials)
{
    *wire = (struct wire){.fd = fd};
    int yes = 1;
    struct timeval wait = {.tv_sec = WIRE_WAIT_MS / 1000};
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (credentials == NULL || handshake(wire, credentials)) return true;
    wire_close(wire, WIRE_CUT);
    return false;
}

void wire_close(struct wire *wire, enum wire_end end)
{
    if (wire->fd < 0) return;
    if (wire->tls != NULL) {
        if (end == WIRE_POLITE) (void)gnutls_bye(wire->tls, GNUTLS_SHUT_WR);
        gnutls_deinit(wire->tls);
        wire->tls = NULL;
    }
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (end == WIRE_RESET)
        (void)setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(wire->fd);
    wire->fd = -1;
}

ssize_t wire_read(struct wire *wire, void *buffer, size_t size)
{
    ssize_t got;
    if (wire->tls == NULL) {
        do {
            got = recv(wire->fd, buffer, size, 0);
        } while (got < 0 && errno == EINTR);
        return got;
    }
    do {
        got = gnutls_record_recv(wire->tls, buffer, size);
    } while (got == GNUTLS_E_INTERRUPTED ||
             (got < 0 && got != GNUTLS_E_AGAIN && gnutls_error_is_fatal((int)got) == 0));
    return got;
}

bool wire_write(struct wire *wire, struct bytes run)
{
    while (run.len > 0) {
        ssize_t done = wire->tls == NULL ? send(wire->fd, run.data, run.len, MSG_NOSIGNAL)
                                         : gnutls_record_send(wire->tls, run.data, run.len);
        if (done == GNUTLS_E_INTERRUPTED || (wire->tls == NULL && done < 0 && errno == EINTR))
            continue;
        if (done <= 0) return false;
        run = bytes_from(run, (size_t)done);
    }
    return true;
}
