/* tls_server.c - tls_server.h. Blocking and simple: a process for each connection. */
#include "tests/support/tls_server.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hal/base/ensure.h"
#include "tests/support/tls_answers.h"

#define DAY_S (24 * 3600)
#define REQUEST_MAX 65536

struct pair {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
};

static struct pair ca, other_ca, pairs[TLS_IDENTITIES];

/* --- certificates --- */

static void good(int code)
{
    if (code >= 0) return;
    fprintf(stderr, "gnutls: %s\n", gnutls_strerror(code));
    ENSURE(code >= 0);
}

static struct pair make_pair(gnutls_pk_algorithm_t kind, unsigned bits, time_t from, time_t until)
{
    static unsigned char serial;
    struct pair pair;
    serial++;
    good(gnutls_x509_privkey_init(&pair.key));
    good(gnutls_x509_privkey_generate(pair.key, kind, bits, 0));
    good(gnutls_x509_crt_init(&pair.certificate));
    good(gnutls_x509_crt_set_version(pair.certificate, 3));
    good(gnutls_x509_crt_set_serial(pair.certificate, &serial, 1));
    good(gnutls_x509_crt_set_activation_time(pair.certificate, from));
    good(gnutls_x509_crt_set_expiration_time(pair.certificate, until));
    good(gnutls_x509_crt_set_key(pair.certificate, pair.key));
    return pair;
}

static void name_it(gnutls_x509_crt_t certificate, const char *name)
{
    good(gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                       (unsigned)strlen(name)));
}

static unsigned ec_bits(void)
{
    return GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
}

static struct pair make_ca(const char *name)
{
    time_t now = time(NULL);
    struct pair pair = make_pair(GNUTLS_PK_ECDSA, ec_bits(), now - DAY_S, now + DAY_S);
    name_it(pair.certificate, name);
    good(gnutls_x509_crt_set_basic_constraints(pair.certificate, 1, -1));
    good(gnutls_x509_crt_set_key_usage(pair.certificate, GNUTLS_KEY_KEY_CERT_SIGN));
    good(gnutls_x509_crt_sign2(pair.certificate, pair.certificate, pair.key, GNUTLS_DIG_SHA256, 0));
    return pair;
}

static void fill_leaf(struct pair *pair, const char *host, const char *purpose)
{
    name_it(pair->certificate, host);
    good(gnutls_x509_crt_set_subject_alt_name(pair->certificate, GNUTLS_SAN_DNSNAME, host,
                                              (unsigned)strlen(host), GNUTLS_FSAN_SET));
    good(gnutls_x509_crt_set_basic_constraints(pair->certificate, 0, -1));
    good(gnutls_x509_crt_set_key_purpose_oid(pair->certificate, purpose, 0));
}

static struct pair make_leaf(enum tls_identity identity)
{
    time_t now = time(NULL), from = now - DAY_S, until = now + DAY_S;
    if (identity == TLS_EXPIRED) until = now - 3600;
    if (identity == TLS_FUTURE) from = now + 3600;
    bool rsa = identity == TLS_RSA_1024 || identity == TLS_RSA_2048;
    unsigned bits = identity == TLS_RSA_1024 ? 1024 : identity == TLS_RSA_2048 ? 2048 : ec_bits();
    struct pair leaf = make_pair(rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA, bits, from, until);
    fill_leaf(&leaf, identity == TLS_OTHER_HOST ? "elsewhere.example" : "localhost",
              identity == TLS_CLIENT_ONLY ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER);
    if (rsa) {
        good(gnutls_x509_crt_set_key_usage(leaf.certificate, GNUTLS_KEY_DIGITAL_SIGNATURE |
                                                                 GNUTLS_KEY_KEY_ENCIPHERMENT));
    }
    const struct pair *issuer = identity == TLS_SELF_SIGNED ? &leaf : &ca;
    if (identity == TLS_OTHER_CA) issuer = &other_ca;
    gnutls_digest_algorithm_t digest = identity == TLS_SHA1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256;
    good(gnutls_x509_crt_sign2(leaf.certificate, issuer->certificate, issuer->key, digest, 0));
    return leaf;
}

static void write_file(const char *path, const gnutls_datum_t *text)
{
    FILE *out = fopen(path, "wb");
    ENSURE(out != NULL);
    size_t put = fwrite(text->data, 1, text->size, out);
    ENSURE(put == text->size);
    fclose(out);
}

void tls_make_identities(const char *ca_path, const char *client_cert_path,
                         const char *client_key_path)
{
    good(gnutls_global_init());
    ca = make_ca("packd test CA");
    other_ca = make_ca("packd test CA"); /* the same name, another key */
    for (int i = 0; i < TLS_IDENTITIES; i++) pairs[i] = make_leaf((enum tls_identity)i);
    gnutls_datum_t text;
    good(gnutls_x509_crt_export2(ca.certificate, GNUTLS_X509_FMT_PEM, &text));
    write_file(ca_path, &text);
    gnutls_free(text.data);
    good(gnutls_x509_crt_export2(pairs[TLS_CLIENT_ONLY].certificate, GNUTLS_X509_FMT_PEM, &text));
    write_file(client_cert_path, &text);
    gnutls_free(text.data);
    good(gnutls_x509_privkey_export2(pairs[TLS_CLIENT_ONLY].key, GNUTLS_X509_FMT_PEM, &text));
    write_file(client_key_path, &text);
    gnutls_free(text.data);
}

const char *tls_pin_of(enum tls_identity identity)
{
    static char pin[80];
    unsigned char id[32];
    size_t len = sizeof(id);
    good(
        gnutls_x509_crt_get_key_id(pairs[identity].certificate, GNUTLS_KEYID_USE_SHA256, id, &len));
    gnutls_datum_t raw = {id, (unsigned)len}, text;
    good(gnutls_base64_encode2(&raw, &text));
    snprintf(pin, sizeof(pin), "sha256//%.*s", (int)text.size, (const char *)text.data);
    gnutls_free(text.data);
    return pin;
}

/* --- one connection --- */

struct connection {
    int fd;
    gnutls_session_t tls;
    const struct tls_server *server;
    char request[REQUEST_MAX + 1];
    size_t len;
    bool doomed; /* after /bye: the next request is the last */
};

static void say(struct connection *connection, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t put = gnutls_record_send(connection->tls, text, len);
        if (put < 0 && gnutls_error_is_fatal((int)put) == 0) continue;
        if (put <= 0) _exit(0); /* the client has gone */
        text += put;
        len -= (size_t)put;
    }
}

static void say_text(struct connection *connection, const char *text)
{
    say(connection, text, strlen(text));
}

static void answer(struct connection *connection, const char *status, const char *headers,
                   const char *body, size_t len)
{
    char head[600];
    snprintf(head, sizeof(head), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers,
             len);
    say_text(connection, head);
    say(connection, body, len);
}

/* One request, whole; false when the client has gone. */
static bool hear(struct connection *connection)
{
    connection->len = 0;
    for (;;) {
        ssize_t got = gnutls_record_recv(connection->tls, connection->request + connection->len,
                                         REQUEST_MAX - connection->len);
        if (got < 0 && gnutls_error_is_fatal((int)got) == 0) continue;
        if (got <= 0) return false;
        connection->len += (size_t)got;
        connection->request[connection->len] = '\0';
        const char *end = strstr(connection->request, "\r\n\r\n");
        if (end == NULL) continue;
        const char *stated = strcasestr(connection->request, "\r\nContent-Length:");
        size_t body = stated == NULL ? 0 : (size_t)strtoul(stated + 17, NULL, 10);
        if (connection->len >= (size_t)(end - connection->request) + 4 + body) break;
    }
    __atomic_add_fetch(connection->server->requests, 1, __ATOMIC_SEQ_CST);
    return true;
}

static void cut(struct connection *connection)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    close(connection->fd);
    _exit(0);
}

/* Ends politely: what was said arrives. */
static void part(struct connection *connection)
{
    gnutls_bye(connection->tls, GNUTLS_SHUT_WR);
    close(connection->fd);
    _exit(0);
}

static void drip(struct connection *connection)
{
    say_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    struct timespec pause = {.tv_nsec = 50000000};
    for (;;) {
        say_text(connection, "x");
        nanosleep(&pause, NULL);
    }
}

static void flood(struct connection *connection)
{
    say_text(connection, "HTTP/1.1 200 OK\r\n");
    for (;;) say_text(connection, "X-Flood: abcdefghijklmnopqrstuvwxyz0123456789\r\n");
}

static void stream(struct connection *connection)
{
    say_text(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (;;) say_text(connection, "10\r\n0123456789abcdef\r\n");
}

static void redirect(struct connection *connection)
{
    char header[100];
    snprintf(header, sizeof(header), "Location: https://localhost:%u/counted\r\n",
             connection->server->port);
    answer(connection, "302 Found", header, "", 0);
}

#define JSON "Content-Type: application/json\r\n"

/* The ways to misbehave that end the connection. */
static void misbehave(struct connection *connection, const char *path)
{
    if (strcmp(path, "/endless") == 0) stream(connection);
    if (strcmp(path, "/loris") == 0) drip(connection);
    if (strcmp(path, "/flood") == 0) flood(connection);
    if (strcmp(path, "/silent") == 0)
        for (;;) pause();
    if (strcmp(path, "/gone") == 0 || connection->doomed) cut(connection);
    if (strcmp(path, "/short") == 0 || strcmp(path, "/reset") == 0) {
        say_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
        if (strcmp(path, "/reset") == 0) cut(connection);
        part(connection);
    }
}

static void say_for(void *context, const char *data, size_t len)
{
    say(context, data, len);
}

static void serve(struct connection *connection)
{
    char path[64] = "";
    enum tls_after after = TLS_AFTER_GO_ON;
    sscanf(connection->request, "%*s %63s", path);
    misbehave(connection, path);
    if (tls_answer(path, say_for, connection, &after)) {
        if (after == TLS_AFTER_RESET) cut(connection);
        if (after == TLS_AFTER_CLOSE) part(connection);
    } else if (strcmp(path, "/echo") == 0) {
        answer(connection, "200 OK", JSON, connection->request, connection->len);
    } else if (strcmp(path, "/big") == 0) {
        static char big[100000];
        memset(big, 'b', sizeof(big));
        answer(connection, "200 OK", "", big, sizeof(big));
    } else if (strcmp(path, "/html") == 0) {
        answer(connection, "200 OK", "Content-Type: text/html\r\n", "<html>Log in</html>", 19);
    } else if (strcmp(path, "/redirect") == 0) {
        redirect(connection);
    } else if (strcmp(path, "/counted") == 0) {
        __atomic_add_fetch(connection->server->counted, 1, __ATOMIC_SEQ_CST);
        answer(connection, "200 OK", "", "", 0);
    } else if (strcmp(path, "/after-seconds") == 0) {
        answer(connection, "503 Busy", "Retry-After: 17\r\n", "", 0);
    } else if (strcmp(path, "/after-date") == 0) {
        answer(connection, "503 Busy",
               "Date: Wed, 01 Jan 2020 10:00:00 GMT\r\n"
               "Retry-After: Wed, 01 Jan 2020 10:02:05 GMT\r\n",
               "", 0);
    } else if (strcmp(path, "/after-rubbish") == 0) {
        answer(connection, "503 Busy", "Retry-After: soon\r\n", "", 0);
    } else if (strcmp(path, "/continue") == 0) {
        say_text(connection, "HTTP/1.1 100 Continue\r\nETag: \"interim\"\r\n\r\n");
        answer(connection, "201 Created", JSON, "{}", 2);
    } else {
        connection->doomed = strcmp(path, "/bye") == 0;
        answer(connection, "200 OK", JSON "ETag: \"v1\"\r\n", "{\"ok\":true}", 11);
    }
}

/* --- the server --- */

struct plan {
    enum tls_identity identity;
    enum tls_manner manner;
    const char *priority;
    bool wants_client;
};

static void talk_tls(int fd, const struct plan *plan, const struct tls_server *server)
{
    static struct connection connection;
    gnutls_certificate_credentials_t credentials;
    connection = (struct connection){.fd = fd, .server = server};
    good(gnutls_certificate_allocate_credentials(&credentials));
    good(gnutls_certificate_set_x509_key(credentials, &pairs[plan->identity].certificate, 1,
                                         pairs[plan->identity].key));
    good(gnutls_certificate_set_x509_trust(credentials, &ca.certificate, 1));
    good(gnutls_init(&connection.tls, GNUTLS_SERVER));
    const char *priority = plan->priority == NULL ? "NORMAL:%PROFILE_VERY_WEAK" : plan->priority;
    good(gnutls_priority_set_direct(connection.tls, priority, NULL));
    good(gnutls_credentials_set(connection.tls, GNUTLS_CRD_CERTIFICATE, credentials));
    if (plan->wants_client) {
        gnutls_certificate_server_set_request(connection.tls, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_cert(connection.tls, NULL, 0);
    }
    gnutls_transport_set_int(connection.tls, fd);
    int code;
    do {
        code = gnutls_handshake(connection.tls);
    } while (code < 0 && gnutls_error_is_fatal(code) == 0);
    if (code < 0) {
        gnutls_alert_send_appropriate(connection.tls, code);
        return;
    }
    while (hear(&connection)) serve(&connection);
}

static void talk(int fd, const struct plan *plan, const struct tls_server *server)
{
    static const char plain[] = "HTTP/1.0 400 Bad Request\r\n\r\nThis is not TLS.";
    switch (plan->manner) {
    case TLS_SERVES: talk_tls(fd, plan, server); break;
    case TLS_MUTE:
        for (;;) pause();
    case TLS_HANGS_UP: break;
    case TLS_PLAIN:
        if (write(fd, plain, sizeof(plain) - 1) < 0) _exit(1);
        break;
    }
    close(fd);
}

static void accept_for_ever(int listener, const struct plan *plan, const struct tls_server *server)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) continue;
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            close(listener);
            talk(fd, plan, server);
            _exit(0);
        }
        close(fd);
    }
}

struct tls_server tls_server_start(enum tls_identity identity, enum tls_manner manner,
                                   const char *priority, bool wants_client)
{
    struct tls_server server;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(here);
    ENSURE(bind(listener, (struct sockaddr *)&here, len) == 0 && listen(listener, 32) == 0);
    ENSURE(getsockname(listener, (struct sockaddr *)&here, &len) == 0);
    server.port = ntohs(here.sin_port);
    volatile int *shared =
        mmap(NULL, 2 * sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ENSURE(shared != MAP_FAILED);
    server.requests = &shared[0];
    server.counted = &shared[1];
    struct plan plan = {identity, manner, priority, wants_client};
    fflush(NULL);
    server.pid = fork();
    ENSURE(server.pid >= 0);
    if (server.pid == 0) accept_for_ever(listener, &plan, &server);
    setpgid(server.pid, server.pid);
    close(listener);
    return server;
}

void tls_server_stop(struct tls_server *server)
{
    kill(-server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    munmap((void *)(uintptr_t)server->requests, 2 * sizeof(int));
}
