/* Guards: a serial port is raw, ours alone and not inherited; bytes go both ways whole; nothing old
 * is read; unplugging is noticed at once and only once; after replugging the same address works.
 * The line is a pseudo-terminal, so parity and 7 data bits cannot be seen here. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/port_log.h"
#include "tests/support/tty_bench.h"
#include "tests/support/tty_shim.h"

static struct tty_bench bench;
static struct loop *loop;
static struct ports *ports;
static struct port_log *log_;
static int scale; /* the other end of the line */

static const struct serial_settings usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1};

static void start(void)
{
    log_ = calloc(1, sizeof(*log_));
    ENSURE(log_);
    EXPECT_I64(ERR_NONE, loop_open(&loop), "a loop opens");
    EXPECT_I64(ERR_NONE, ports_open(loop, NULL, &port_log_events, log_, &ports), "ports open");
}

static void stop(void)
{
    ports_close(ports);
    loop_close(loop);
    free(log_);
}

static void connect_line(uint32_t port, const char *address, enum port_face face,
                         const struct serial_settings *settings)
{
    unsigned opened = log_->opened;
    unsigned failed = log_->failed;
    EXPECT_I64(ERR_NONE, ports_connect(ports, port, bytes_of_text(address), face, settings),
               "connecting begins");
    PORT_LOG_UNTIL(loop, log_->opened > opened || log_->failed > failed, "the outcome is told");
    EXPECT(log_->opened > opened, log_->sentence);
}

static void bytes_go_both_ways(void)
{
    start();
    connect_line(1, "serial:" TTY_BENCH_LINK, PORT_FACE_LINE, &usual);
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("S\r\n")), "a request is written");
    PORT_LOG_UNTIL(loop, log_->drained == 1, "and taken");
    char request[16];
    EXPECT_I64(3, read(scale, request, sizeof(request)), "the scale reads it");
    EXPECT_BYTES(BYTES_LITERAL("S\r\n"), bytes_of(request, 3), "CR and LF unchanged, no echo");
    static const uint8_t reply[] = {0x02, 0x11, 0x13, 0x03, 0x7F, 0x00, 0xFF, '\r', '\n', 0x1A};
    EXPECT_I64(sizeof(reply), write(scale, reply, sizeof(reply)), "the scale answers");
    PORT_LOG_UNTIL(loop, log_->in_len >= sizeof(reply), "the answer comes");
    EXPECT_BYTES(bytes_of(reply, sizeof(reply)), bytes_of(log_->in, log_->in_len),
                 "every byte as sent, flow control and signal characters too");
    EXPECT_I64(-1, read(scale, request, sizeof(request)), "and the scale hears nothing of it");
    stop();
}

/* After the first test, because a terminal that nobody has set up yet echoes. */
static void what_was_sent_to_nobody_is_not_read(void)
{
    start();
    EXPECT_I64(3, write(scale, "OLD", 3), "something is sent before anybody listens");
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &usual);
    EXPECT_I64(3, write(scale, "NEW", 3), "something is sent after");
    PORT_LOG_UNTIL(loop, log_->in_len >= 3, "bytes come in");
    EXPECT_BYTES(BYTES_LITERAL("NEW"), bytes_of(log_->in, log_->in_len), "only the new ones");
    stop();
}

static void settings_reach_the_line(void)
{
    start();
    struct serial_settings odd = {.baud = 19200, .data_bits = 8, .stop_bits = 2, .dtr_off = true};
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &odd);
    struct termios line;
    ENSURE(tcgetattr(scale, &line) == 0);
    EXPECT_I64(B19200, cfgetispeed(&line), "the baud rate");
    EXPECT(line.c_cflag & CSTOPB, "two stop bits");
    EXPECT_I64(0, line.c_lflag & (ICANON | ECHO | ISIG | IEXTEN), "no line editing");
    EXPECT_I64(0, line.c_iflag & (ICRNL | INLCR | IXON | IXOFF | ISTRIP), "no input mapping");
    EXPECT_I64(0, line.c_oflag & OPOST, "no output mapping");
    EXPECT_I64(TIOCM_RTS, tty_shim_pins & (TIOCM_RTS | TIOCM_DTR), "DTR off, RTS on");
    ports_disconnect(ports, 1);
    odd.dtr_off = false;
    odd.rts_off = true;
    connect_line(2, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &odd);
    EXPECT_I64(TIOCM_DTR, tty_shim_pins & (TIOCM_RTS | TIOCM_DTR), "DTR on, RTS off");
    stop();
}

/* S12: the other side says stop. Waiting is the caller's to end, and ending it never blocks. */
static void a_line_that_is_told_to_stop_waits(void)
{
    start();
    struct serial_settings stopping = usual;
    stopping.flow = SERIAL_FLOW_XON_XOFF;
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &stopping);
    struct termios line;
    ENSURE(tcgetattr(scale, &line) == 0);
    EXPECT((line.c_iflag & (IXON | IXOFF)) == (IXON | IXOFF), "flow control reaches the line");
    EXPECT_I64(1, write(scale, "\x13", 1), "XOFF");
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("S\r\n")), "a question");
    port_log_settle(loop);
    EXPECT_I64(0, log_->drained, "is not taken");
    EXPECT_I64(3, ports_waiting(ports, 1), "it waits");
    EXPECT_I64(0, log_->reports, "what controls the flow is not data");
    EXPECT_I64(1, write(scale, "\x11", 1), "XON");
    PORT_LOG_UNTIL(loop, log_->drained == 1, "then it is taken");
    EXPECT_I64(1, write(scale, "\x13", 1), "XOFF again");
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("S\r\n")), "a question");
    port_log_settle(loop);
    int64_t begin_ms = clock_boot_ms();
    ports_disconnect(ports, 1);
    EXPECT(clock_boot_ms() - begin_ms < PORT_LOG_PATIENCE_MS, "closing does not wait for it");
    tcflush(scale, TCIOFLUSH);
    stop();
}

/* What a plug with RX and TX joined does; that it is one is for the station to find out. */
static void a_loopback_plug_gives_back_what_is_sent(void)
{
    start();
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &usual);
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("S\r\n")), "a question");
    PORT_LOG_UNTIL(loop, log_->drained == 1, "is taken");
    char sent[16];
    ssize_t len = read(scale, sent, sizeof(sent));
    EXPECT_I64(len, write(scale, sent, (size_t)len), "the plug gives it back");
    PORT_LOG_UNTIL(loop, log_->in_len == 3, "it comes in");
    EXPECT_BYTES(BYTES_LITERAL("S\r\n"), bytes_of(log_->in, log_->in_len), "as it was sent");
    stop();
}

/* S13: frames of 18 bytes as fast as they go; what one costs is printed, not judged. */
static void a_thousand_frames_are_a_thousand_frames(void)
{
    enum { FRAMES = 4000 };
    static const char frame[] = "ST,GS,+0001.234kg\r"; /* of a length like CAS and A&D */
    size_t len = sizeof(frame) - 1;
    struct timespec begin;
    struct timespec end;
    start();
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &usual);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    for (size_t i = 1; i <= FRAMES; i++) {
        EXPECT_I64(len, write(scale, frame, len), "a frame is sent");
        PORT_LOG_UNTIL(loop, log_->in_len == i * len, "and heard");
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    int64_t spent_us = (end.tv_sec - begin.tv_sec) * 1000000 + (end.tv_nsec - begin.tv_nsec) / 1000;
    printf("a frame costs %lld us of CPU, both ends together\n", (long long)(spent_us / FRAMES));
    port_log_sleeps(loop, "and then nobody is woken");
    stop();
}

/* S01: a frame that broke off is not finished by the line that comes after it. */
static void unplugged_in_the_middle_of_a_frame(void)
{
    start();
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &usual);
    EXPECT_I64(6, write(scale, "ST,GS,", 6), "half a frame");
    PORT_LOG_UNTIL(loop, log_->in_len == 6, "is heard");
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, BYTES_LITERAL("S\r\n")), "a question waits");
    tty_bench_unplug(&bench);
    PORT_LOG_UNTIL(loop, log_->closed == 1, "unplugging is noticed");
    EXPECT_I64(ERR_CLOSED, log_->error, "as an end, whoever notices it first");
    scale = tty_bench_plug(&bench);
    connect_line(2, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &usual);
    EXPECT_I64(2, write(scale, "ok", 2), "the new one sends");
    PORT_LOG_UNTIL(loop, log_->in_len == 8, "and is heard");
    stop();
}

/* How many of our descriptors lead to a pseudo-terminal and would be inherited. */
static unsigned inherited_terminals(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    ENSURE(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        int fd = (int)strtol(entry->d_name, NULL, 10);
        if (fd > 2 && isatty(fd) && !(fcntl(fd, F_GETFD) & FD_CLOEXEC)) count++;
    }
    closedir(folder);
    return count;
}

static void the_line_is_ours_alone(void)
{
    start();
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &usual);
    EXPECT_I64(0, inherited_terminals(), "no child gets the line");
    EXPECT_I64(ERR_NONE,
               ports_connect(ports, 2, BYTES_LITERAL("serial:" TTY_BENCH_LINK), PORT_FACE_LINE,
                             &usual),
               "a second connect by another name");
    PORT_LOG_UNTIL(loop, log_->failed == 1, "fails");
    EXPECT_I64(ERR_BUSY, log_->error, "as busy");
    EXPECT_I64(3, write(scale, "abc", 3), "the scale sends");
    PORT_LOG_UNTIL(loop, log_->in_len == 3, "and the first one still gets it");
    ports_disconnect(ports, 1);
    connect_line(3, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &usual);
    stop();
}

static void bad_settings_are_refused(void)
{
    static const struct {
        struct serial_settings settings;
        const char *promise;
    } rows[] = {
        {{.baud = 0, .data_bits = 8, .stop_bits = 1}, "no baud rate"},
        {{.baud = 9600, .data_bits = 6, .stop_bits = 1}, "six data bits"},
        {{.baud = 9600, .data_bits = 8, .stop_bits = 3}, "three stop bits"},
    };
    start();
    for (uint32_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes address = BYTES_LITERAL("serial:" TTY_BENCH_PATH);
        EXPECT_I64(ERR_NONE, ports_connect(ports, i, address, PORT_FACE_LINE, &rows[i].settings),
                   "begins");
        PORT_LOG_UNTIL(loop, log_->failed == i + 1, rows[i].promise);
        EXPECT_I64(ERR_INVALID, log_->error, rows[i].promise);
    }
    EXPECT_I64(ERR_NONE,
               ports_connect(ports, 9, BYTES_LITERAL("serial:" TTY_BENCH_PATH), PORT_FACE_LINE,
                             NULL),
               "no settings at all");
    PORT_LOG_UNTIL(loop, log_->failed == ARRAY_LEN(rows) + 1, "are refused too");
    stop();
}

static void a_line_that_does_not_take_more_keeps_it_waiting(void)
{
    start();
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_PRINTER, &usual);
    static uint8_t label[200000];
    static uint8_t arrived[sizeof(label)];
    for (size_t i = 0; i < sizeof(label); i++) label[i] = (uint8_t)(i ^ (i >> 7));
    EXPECT_I64(ERR_NONE, ports_write(ports, 1, bytes_of(label, sizeof(label))), "a label");
    port_log_settle(loop);
    EXPECT_I64(0, log_->drained, "not taken while nobody reads");
    EXPECT_I64(0, log_->closed, "and a full line is no error");
    size_t got = 0;
    int64_t patience_ms = clock_boot_ms() + PORT_LOG_PATIENCE_MS;
    while (got < sizeof(label) && clock_boot_ms() < patience_ms) {
        ssize_t one = read(scale, arrived + got, sizeof(label) - got);
        if (one > 0) got += (size_t)one;
        loop_turn(loop, 0);
    }
    EXPECT_BYTES(bytes_of(label, sizeof(label)), bytes_of(arrived, got), "then all, in order");
    PORT_LOG_UNTIL(loop, log_->drained == 1, "and drained is told once");
    EXPECT_I64(sizeof(label), log_->taken, "with its length");
    stop();
}

static void a_full_line_takes_nothing_and_says_so(void)
{
    char sentence[100];
    struct textbuf why;
    textbuf_init(&why, sentence, sizeof(sentence));
    struct serial serial = {.port = NULL};
    EXPECT_I64(ERR_NONE, serial_open(TTY_BENCH_PATH, &usual, &why, &serial), "the line opens");
    static const uint8_t much[4096];
    size_t taken = 1;
    size_t all = 0;
    enum err problem = ERR_NONE;
    while (problem == ERR_NONE && taken > 0 && all < 1000000) {
        problem = serial_write(&serial, bytes_of(much, sizeof(much)), &taken);
        all += taken;
    }
    EXPECT_I64(ERR_NONE, problem, "full is no error");
    EXPECT_I64(0, taken, "it takes nothing then");
    uint8_t in[16];
    size_t len = 1;
    EXPECT_I64(ERR_NONE, serial_read(&serial, in, sizeof(in), &len), "empty is no error");
    EXPECT_I64(0, len, "it gives nothing then");
    serial_close(&serial);
    serial_close(&serial);
    tcflush(scale, TCIOFLUSH);
}

static void a_dead_line_is_told_from_a_silent_one(void)
{
    char sentence[100];
    struct textbuf why;
    textbuf_init(&why, sentence, sizeof(sentence));
    struct serial serial = {.port = NULL, .fd = -1};
    EXPECT(!serial_has_hung_up(&serial), "what is not open has not ended");
    EXPECT_I64(ERR_NONE, serial_open(TTY_BENCH_PATH, &usual, &why, &serial), "the line opens");
    EXPECT(!serial_has_hung_up(&serial), "silence is no end");
    tty_bench_unplug(&bench);
    EXPECT(serial_has_hung_up(&serial), "unplugged it has ended");
    size_t count = 0;
    EXPECT(serial_write(&serial, BYTES_LITERAL("S\r\n"), &count) != ERR_NONE, "writing fails");
    serial_close(&serial);
    scale = tty_bench_plug(&bench);
}

static void unplugged_and_plugged_again(void)
{
    start();
    connect_line(1, "serial:" TTY_BENCH_PATH, PORT_FACE_LINE, &usual);
    tty_bench_unplug(&bench);
    PORT_LOG_UNTIL(loop, log_->closed == 1, "unplugging is noticed");
    EXPECT_I64(ERR_CLOSED, log_->error, "as an end");
    port_log_sleeps(loop, "a dead line keeps nobody awake");
    EXPECT_I64(1, log_->closed, "and is told once");
    EXPECT_I64(ERR_NONE,
               ports_connect(ports, 2, BYTES_LITERAL("serial:" TTY_BENCH_PATH), PORT_FACE_LINE,
                             &usual),
               "connecting while it is away");
    PORT_LOG_UNTIL(loop, log_->failed == 1, "fails and says so");
    scale = tty_bench_plug(&bench);
    connect_line(3, "serial:" TTY_BENCH_LINK, PORT_FACE_LINE, &usual);
    EXPECT_I64(2, write(scale, "ok", 2), "the new one sends");
    PORT_LOG_UNTIL(loop, log_->in_len == 2, "and is heard");
    stop();
}

int main(void)
{
    const char *why;
    if (!tty_bench_open(&bench, &why)) {
        printf("not tested: this machine refuses %s (%s)\n", why, strerror(errno));
        return 77; /* CTest knows it as skipped */
    }
    scale = tty_bench_plug(&bench);
    EXPECT_RUN(bytes_go_both_ways);
    EXPECT_RUN(what_was_sent_to_nobody_is_not_read);
    EXPECT_RUN(settings_reach_the_line);
    EXPECT_RUN(a_line_that_is_told_to_stop_waits);
    EXPECT_RUN(a_loopback_plug_gives_back_what_is_sent);
    EXPECT_RUN(a_thousand_frames_are_a_thousand_frames);
    EXPECT_RUN(the_line_is_ours_alone);
    EXPECT_RUN(bad_settings_are_refused);
    EXPECT_RUN(a_line_that_does_not_take_more_keeps_it_waiting);
    EXPECT_RUN(a_full_line_takes_nothing_and_says_so);
    EXPECT_RUN(a_dead_line_is_told_from_a_silent_one);
    EXPECT_RUN(unplugged_and_plugged_again);
    EXPECT_RUN(unplugged_in_the_middle_of_a_frame);
    return expect_result();
}
