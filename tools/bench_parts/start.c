/* start.c - how long a program takes from exec to the notice READY=1 (sd_notify(3)).
 *
 *   start RUNS PROGRAM [ARGUMENT]...   one line of JSON, in milliseconds */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/bench_parts/spans.h"

#define RUNS_MAX 200
#define PATIENCE_MS 10000

static double spans_ms[RUNS_MAX];

static void fail(const char *what)
{
    fprintf(stderr, "start: %s\n", what);
    exit(1);
}

/* An abstract socket: nothing to clean up. */
static int listen_for_notices(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[sizeof address.sun_path];
    int len = snprintf(name, sizeof name, "@packd-bench-%d", (int)getpid());
    memcpy(address.sun_path + 1, name + 1, (size_t)len - 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(sizeof address.sun_family + (size_t)len);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0) fail("no socket");
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void await_ready(int notices)
{
    char text[500];
    do {
        struct pollfd ready = {.fd = notices, .events = POLLIN};
        if (poll(&ready, 1, PATIENCE_MS) != 1) fail("it does not get ready");
        ssize_t got = recv(notices, text, sizeof text - 1, 0);
        text[got < 0 ? 0 : got] = '\0';
    } while (strncmp(text, "READY=1", 7) != 0);
}

static double run_once(int notices, char *arguments[])
{
    int64_t begin_ns = spans_now_ns();
    pid_t child = fork();
    if (child == 0) {
        execv(arguments[0], arguments);
        _exit(127);
    }
    await_ready(notices);
    double span_ms = (double)(spans_now_ns() - begin_ns) / 1e6;
    int status = 0;
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    if (status != 0) fail("it does not end well");
    return span_ms;
}

int main(int argc, char *argv[])
{
    long runs = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        fputs("usage: start RUNS PROGRAM [ARGUMENT]...\n", stderr);
        return 2;
    }
    int notices = listen_for_notices();
    for (long i = 0; i < runs; i++) spans_ms[i] = run_once(notices, argv + 2);
    spans_sort(spans_ms, (size_t)runs);
    printf("{\"runs\":%ld,\"median_ms\":%.1f,\"max_ms\":%.1f}\n", runs, spans_ms[runs / 2],
           spans_ms[runs - 1]);
    return 0;
}
