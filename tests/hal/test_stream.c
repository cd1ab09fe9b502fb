/* Guards: a tcp port opens, carries bytes both ways whole and in order, says what was taken and how
 * it ended, and never calls anybody about a port that was disconnected. The other side is a plain
 * socket of the test. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/port_log.h"

struct bench {
    struct loop *loop;
    struct ports *ports;
    struct port_log *log;
    int listener;
    int peer;
    char address[PORT_ADDRESS_SIZE];
};

static int listen_somewhere(int family, uint16_t *out_port)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *address =
        family == AF_INET ? (struct sockaddr *)(void *)&v4 : (struct sockaddr *)(void *)&v6;
    socklen_t len = family == AF_INET ? sizeof(v4) : sizeof(v6);
    int small = 16384; /* so that a peer that does not read stops the other side soon */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    if (fd < 0 || bind(fd, address, len) != 0 || listen(fd, 4) != 0) return -1;
    getsockname(fd, address, &len);
    *out_port = ntohs(family == AF_INET ? v4.sin_port : v6.sin6_port);
    return fd;
}

static struct bench set_up(void)
{
    struct bench bench = {.peer = -1, .log = calloc(1, sizeof(struct port_log))};
    ENSURE(bench.log);
    EXPECT_I64(ERR_NONE, loop_open(&bench.loop), "a loop opens");
    EXPECT_I64(ERR_NONE, ports_open(bench.loop, NULL, &port_log_events, bench.log, &bench.ports),
               "ports open without usb");
    uint16_t port = 0;
    bench.listener = listen_somewhere(AF_INET, &port);
    snprintf(bench.address, sizeof(bench.address), "tcp:127.0.0.1:%u", port);
    return bench;
}

static void tear_down(struct bench *bench)
{
    ports_close(bench->ports);
    loop_close(bench->loop);
    if (bench->peer >= 0) close(bench->peer);
    close(bench->listener);
    free(bench->log);
}

static void connect_port(struct bench *bench, uint32_t port, enum port_face face)
{
    unsigned before = bench->log->opened;
    EXPECT_I64(ERR_NONE,
               ports_connect(bench->ports, port, bytes_of_text(bench->address), face, NULL),
               "connecting begins");
    EXPECT_I64(before, bench->log->opened, "nothing is told inside the call");
    PORT_LOG_UNTIL(bench->loop, bench->log->opened > before, "the port opens");
    bench->peer = accept4(bench->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    EXPECT(bench->peer >= 0, "the peer sees it");
}

/* Politely, or as a machine does that has lost power and come back. */
static void end_peer(struct bench *bench, bool with_reset)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (with_reset) setsockopt(bench->peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(bench->peer);
    bench->peer = -1;
}

static void bytes_come_in(void)
{
    struct bench bench = set_up();
    connect_port(&bench, 7, PORT_FACE_LINE);
    EXPECT_I64(7, bench.log->port, "under the caller's number");
    EXPECT(bench.log->identity.can_read, "a stream can be read");
    EXPECT_I64(8, send(bench.peer, "ST,GS,+1", 8, 0), "the peer sends");
    PORT_LOG_UNTIL(bench.loop, bench.log->in_len >= 8, "the bytes come in");
    EXPECT_BYTES(BYTES_LITERAL("ST,GS,+1"), bytes_of(bench.log->in, bench.log->in_len),
                 "unchanged");
    tear_down(&bench);
}

static void what_came_before_the_end_is_read_first(void)
{
    static uint8_t much[3 * PORT_IN_MAX];
    for (size_t i = 0; i < sizeof(much); i++) much[i] = (uint8_t)(i * 7);
    for (int is_reset = 0; is_reset < 2; is_reset++) {
        struct bench bench = set_up();
        connect_port(&bench, 1, PORT_FACE_LINE);
        EXPECT_I64(sizeof(much), send(bench.peer, much, sizeof(much), 0), "the peer sends much");
        end_peer(&bench, is_reset != 0);
        PORT_LOG_UNTIL(bench.loop, bench.log->closed == 1, "the end is told");
        EXPECT_BYTES(bytes_of(much, sizeof(much)), bytes_of(bench.log->in, bench.log->in_len),
                     "all of it came first");
        EXPECT_I64(ERR_CLOSED, bench.log->error, "as an end, not as a failure");
        EXPECT_I64(ERR_NOT_FOUND, ports_write(bench.ports, 1, BYTES_LITERAL("x")),
                   "the number is then unknown");
        tear_down(&bench);
    }
}

/* Reads what the peer can get and turns the loop, until `want` bytes have arrived or it is over. */
static size_t drain_peer(struct bench *bench, uint8_t *storage, size_t want)
{
    size_t got = 0;
    int64_t patience_ms = clock_boot_ms() + PORT_LOG_PATIENCE_MS;
    while (got < want && clock_boot_ms() < patience_ms) {
        ssize_t one = recv(bench->peer, storage + got, want - got, 0);
        if (one > 0) got += (size_t)one;
        loop_turn(bench->loop, 0);
    }
    return got;
}

static void a_label_goes_out_whole(void)
{
    struct bench bench = set_up();
    connect_port(&bench, 3, PORT_FACE_PRINTER);
    static uint8_t label[PORT_OUT_PRINTER_MAX];
    static uint8_t arrived[PORT_OUT_PRINTER_MAX];
    for (size_t i = 0; i < sizeof(label); i++) label[i] = (uint8_t)(i ^ (i >> 9));
    struct bytes whole = bytes_of(label, sizeof(label));
    EXPECT_I64(ERR_NONE, ports_write(bench.ports, 3, bytes_slice(whole, 0, 10)), "a first piece");
    EXPECT_I64(ERR_NONE, ports_write(bench.ports, 3, bytes_from(whole, 10)), "up to the limit");
    EXPECT_I64(ERR_TOO_BIG, ports_write(bench.ports, 3, BYTES_LITERAL("x")), "not beyond it");
    EXPECT_I64(sizeof(label), ports_waiting(bench.ports, 3), "all of it waits");
    port_log_settle(bench.loop);
    EXPECT_I64(0, bench.log->drained, "a peer that does not read keeps it waiting");
    EXPECT_I64(sizeof(label), drain_peer(&bench, arrived, sizeof(label)), "the peer gets it all");
    EXPECT(memcmp(label, arrived, sizeof(label)) == 0, "unchanged and in order");
    PORT_LOG_UNTIL(bench.loop, bench.log->drained == 1, "drained is told once");
    EXPECT_I64(sizeof(label), bench.log->taken, "with the number of all bytes");
    EXPECT_I64(ERR_NONE, ports_write(bench.ports, 3, BYTES_LITERAL("more")), "there is room again");
    PORT_LOG_UNTIL(bench.loop, bench.log->drained == 2, "drained is told again");
    EXPECT_I64(sizeof(label) + 4, bench.log->taken, "counting from the opening");
    tear_down(&bench);
}

static void room_that_became_free_is_used(void)
{
    struct bench bench = set_up();
    connect_port(&bench, 3, PORT_FACE_PRINTER);
    static uint8_t label[PORT_OUT_PRINTER_MAX + 400000];
    static uint8_t arrived[sizeof(label)];
    for (size_t i = 0; i < sizeof(label); i++) label[i] = (uint8_t)(i ^ (i >> 9));
    struct bytes whole = bytes_of(label, sizeof(label));
    struct bytes front = bytes_slice(whole, 0, PORT_OUT_PRINTER_MAX - 1000);
    EXPECT_I64(ERR_NONE, ports_write(bench.ports, 3, front), "nearly all the room");
    size_t got = drain_peer(&bench, arrived, 600000);
    EXPECT_I64(ERR_NONE, ports_write(bench.ports, 3, bytes_from(whole, front.len)),
               "what does not fit behind it fits when the front is gone");
    got += drain_peer(&bench, arrived + got, sizeof(label) - got);
    EXPECT_I64(sizeof(label), got, "the peer gets it all");
    EXPECT(memcmp(label, arrived, sizeof(label)) == 0, "unchanged and in order");
    tear_down(&bench);
}

static void an_idle_port_wakes_nobody(void)
{
    struct bench bench = set_up();
    connect_port(&bench, 3, PORT_FACE_LINE);
    EXPECT_I64(ERR_NONE, ports_write(bench.ports, 3, BYTES_LITERAL("S\r\n")), "a request");
    PORT_LOG_UNTIL(bench.loop, bench.log->drained == 1, "is taken");
    port_log_sleeps(bench.loop, "one turn, ended by its deadline");
    tear_down(&bench);
}

static void a_reset_is_an_end(void)
{
    struct bench bench = set_up();
    connect_port(&bench, 5, PORT_FACE_PRINTER);
    static uint8_t label[PORT_OUT_PRINTER_MAX];
    EXPECT_I64(ERR_NONE, ports_write(bench.ports, 5, bytes_of(label, sizeof(label))), "a label");
    port_log_settle(bench.loop);
    end_peer(&bench, true);
    PORT_LOG_UNTIL(bench.loop, bench.log->closed == 1, "a reset closes the port");
    EXPECT_I64(0, bench.log->drained, "and the label was not drained");
    tear_down(&bench);
}

static void disconnecting_in_a_callback_is_final(void)
{
    struct bench bench = set_up();
    connect_port(&bench, 9, PORT_FACE_LINE);
    bench.log->ports = bench.ports;
    bench.log->disconnect = true;
    static const uint8_t much[3 * PORT_IN_MAX];
    EXPECT_I64(sizeof(much), send(bench.peer, much, sizeof(much), 0), "more than one `bytes`");
    EXPECT_I64(ERR_NONE, ports_write(bench.ports, 9, BYTES_LITERAL("S\r\n")), "and a request");
    PORT_LOG_UNTIL(bench.loop, bench.log->reports == 1, "the first comes");
    port_log_settle(bench.loop);
    EXPECT_I64(1, bench.log->reports, "then none");
    EXPECT_I64(0, bench.log->closed + bench.log->drained, "and nothing else either");
    tear_down(&bench);
}

static void bad_addresses_fail_later_with_a_sentence(void)
{
    static const struct {
        const char *address;
        enum port_face face;
        enum err error;
        const char *promise;
    } rows[] = {
        {"tcp:printer.example:9100", PORT_FACE_LINE, ERR_INVALID, "names are refused"},
        {"tcp:127.0.0.1", PORT_FACE_LINE, ERR_INVALID, "a port is needed"},
        {"tcp:127.0.0.1:0", PORT_FACE_LINE, ERR_INVALID, "and not port 0"},
        {"tcp:127.0.0.1:65536", PORT_FACE_LINE, ERR_INVALID, "nor one beyond 16 bits"},
        {"tcp:127.0.0.1:91x0", PORT_FACE_LINE, ERR_INVALID, "and digits only"},
        {"tcp::9100", PORT_FACE_LINE, ERR_INVALID, "a host is needed"},
        {"tcp:127.0.0.1:9100", PORT_FACE_HID, ERR_INVALID, "no reports over tcp"},
        {"telnet:127.0.0.1:23", PORT_FACE_LINE, ERR_INVALID, "an unknown way"},
        {"", PORT_FACE_LINE, ERR_INVALID, "nothing at all"},
        {"usb:0a5f:0080", PORT_FACE_PRINTER, ERR_UNSUPPORTED, "no usb without usb"},
        {"serial:/dev/packd-no-such", PORT_FACE_LINE, ERR_NOT_FOUND, "no such line"},
    };
    static const struct serial_settings usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1};
    struct bench bench = set_up();
    for (uint32_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes address = bytes_of_text(rows[i].address);
        EXPECT_I64(ERR_NONE, ports_connect(bench.ports, i, address, rows[i].face, &usual),
                   "the outcome comes later");
        PORT_LOG_UNTIL(bench.loop, bench.log->failed == i + 1, rows[i].promise);
        EXPECT_I64(rows[i].error, bench.log->error, rows[i].promise);
        EXPECT_I64(i, bench.log->port, rows[i].promise);
    }
    EXPECT_I64(0, bench.log->opened + bench.log->closed, "none of them opened");
    tear_down(&bench);
}

static void nobody_listening_is_told(void)
{
    struct bench bench = set_up();
    close(bench.listener);
    EXPECT_I64(ERR_NONE,
               ports_connect(bench.ports, 1, bytes_of_text(bench.address), PORT_FACE_LINE, NULL),
               "connecting begins");
    PORT_LOG_UNTIL(bench.loop, bench.log->failed == 1, "and fails");
    EXPECT_I64(ERR_REFUSED, bench.log->error, "as refused");
    bench.listener = -1;
    tear_down(&bench);
}

static void all_slots_can_be_used_and_no_more(void)
{
    struct bench bench = set_up();
    struct bytes address = bytes_of_text("tcp:127.0.0.1:x");
    for (uint32_t i = 0; i < PORTS_MAX; i++) {
        EXPECT_I64(ERR_NONE, ports_connect(bench.ports, 100 + i, address, PORT_FACE_LINE, NULL),
                   "a slot");
    }
    EXPECT_I64(ERR_EXISTS, ports_connect(bench.ports, 100, address, PORT_FACE_LINE, NULL),
               "a number in use");
    EXPECT_I64(ERR_NO_SPACE, ports_connect(bench.ports, 99, address, PORT_FACE_LINE, NULL),
               "one too many");
    ports_disconnect(bench.ports, 100);
    ports_disconnect(bench.ports, 100);
    PORT_LOG_UNTIL(bench.loop, bench.log->failed == PORTS_MAX - 1, "the others are told");
    port_log_settle(bench.loop);
    EXPECT_I64(PORTS_MAX - 1, bench.log->failed, "the disconnected one is not");
    tear_down(&bench);
}

static void localhost_and_ipv6_are_hosts(void)
{
    struct bench bench = set_up();
    unsigned port = 0;
    ENSURE(sscanf(bench.address, "tcp:127.0.0.1:%u", &port) == 1);
    snprintf(bench.address, sizeof(bench.address), "tcp:localhost:%u", port);
    connect_port(&bench, 1, PORT_FACE_LINE);
    close(bench.peer);
    close(bench.listener);
    uint16_t other = 0;
    bench.listener = listen_somewhere(AF_INET6, &other);
    if (bench.listener >= 0) {
        snprintf(bench.address, sizeof(bench.address), "tcp:[::1]:%u", other);
        connect_port(&bench, 2, PORT_FACE_LINE);
    } else {
        puts("no IPv6 on this machine: that half was not tested");
        bench.peer = -1;
    }
    tear_down(&bench);
}

int main(void)
{
    EXPECT_RUN(bytes_come_in);
    EXPECT_RUN(what_came_before_the_end_is_read_first);
    EXPECT_RUN(a_label_goes_out_whole);
    EXPECT_RUN(room_that_became_free_is_used);
    EXPECT_RUN(an_idle_port_wakes_nobody);
    EXPECT_RUN(a_reset_is_an_end);
    EXPECT_RUN(disconnecting_in_a_callback_is_final);
    EXPECT_RUN(bad_addresses_fail_later_with_a_sentence);
    EXPECT_RUN(nobody_listening_is_told);
    EXPECT_RUN(all_slots_can_be_used_and_no_more);
    EXPECT_RUN(localhost_and_ipv6_are_hosts);
    return expect_result();
}
