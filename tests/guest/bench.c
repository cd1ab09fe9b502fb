/* bench.c - the USB bench: plays devices in the virtual controller, reads the packer's page and
 * listens to who hears keys, and does what it is told by lines on standard input. Each line has one
 * line for an answer: "ok ..." or "no: why". README.md lists the lines.
 *
 * A wait is answered when it has come true or its time is over; until then no further line is
 * read. Everything is written to the log with its time. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/guest/bench_inside.h"

#define LOOK_MS 200 /* how often a wait looks at what makes no noise */

static struct bench bench_;

static void note(struct bench *bench, const char *what, const char *text)
{
    int64_t now_ms = played_now_ms();
    fprintf(bench->log, "%6lld.%03lld %s %s\n", (long long)(now_ms / 1000),
            (long long)(now_ms % 1000), what, text);
}

/* The loop ------------------------------------------------------------------------------------- */

static void answer(struct bench *bench, enum outcome outcome)
{
    const char *word_first = outcome == DONE ? "ok" : "no:";
    printf("%s %s\n", word_first, bench->answer);
    fflush(stdout);
    if (strlen(bench->answer) > 200) bench->answer[200] = '\0';
    note(bench, outcome == DONE ? "  <- ok" : "  <- no:", bench->answer);
}

static void look(struct bench *bench)
{
    if (!bench->wait.look) return;
    enum outcome outcome = bench->wait.look(bench);
    if (outcome == WAITING && played_now_ms() < bench->wait.until_ms) return;
    if (outcome == WAITING) {
        const struct page_document *newest = page_newest(&bench->page);
        outcome =
            bench_say(bench, REFUSED, "in vain; the page: %s", newest ? newest->text : "none");
    }
    bench->wait.look = NULL;
    answer(bench, outcome);
}

static void obey_lines(struct bench *bench)
{
    char *end;
    while (!bench->wait.look && (end = memchr(bench->line, '\n', bench->len)) != NULL) {
        *end = '\0';
        note(bench, "->", bench->line);
        bench->answer[0] = '\0';
        enum outcome outcome = bench_obey(bench, bench->line);
        bench->len -= (size_t)(end + 1 - bench->line);
        memmove(bench->line, end + 1, bench->len);
        if (outcome == WAITING) look(bench);
        else answer(bench, outcome);
    }
}

static bool read_lines(struct bench *bench)
{
    ssize_t got = read(STDIN_FILENO, bench->line + bench->len, sizeof(bench->line) - bench->len);
    if (got <= 0) return false;
    bench->len += (size_t)got;
    return bench->len < sizeof(bench->line);
}

static void read_page(struct bench *bench)
{
    size_t before = bench->page.count;
    const struct page_document *last = page_newest(&bench->page);
    int64_t last_ms = last ? last->at_ms : 0;
    page_turn(&bench->page, played_now_ms());
    last = page_newest(&bench->page);
    if (last && (bench->page.count != before || last->at_ms != last_ms)) {
        note(bench, "page", last->text);
    }
}

static int64_t serve_all(struct bench *bench)
{
    int64_t next_ms = INT64_MAX;
    for (size_t i = 0; i < DEVICES_MAX; i++) {
        struct played *played = &bench->devices[i];
        if (played->comes_back) played_come_back(played);
        if (!played->model || !played->plugged) continue;
        int64_t due_ms = played_serve(played, played_now_ms());
        if (due_ms < next_ms) next_ms = due_ms;
    }
    return next_ms;
}

#define WATCHES_MAX (2 * DEVICES_MAX + TYPED_DEVICES_MAX + 4)

struct watches {
    struct pollfd polled[WATCHES_MAX];
    size_t count;
    struct {
        size_t requests, relay;
    } of[DEVICES_MAX];
    size_t page;
};

static size_t watch(struct watches *watches, int fd)
{
    watches->polled[watches->count] = (struct pollfd){.fd = fd, .events = POLLIN};
    return watches->count++;
}

static void watch_all(const struct bench *bench, struct watches *watches)
{
    watches->count = 0;
    watch(watches, bench->wait.look ? -1 : STDIN_FILENO);
    watches->page = watch(watches, bench->page.fd);
    watch(watches, bench->typed.console);
    watch(watches, bench->typed.news);
    for (size_t i = 0; i < TYPED_DEVICES_MAX; i++) {
        watch(watches, bench->typed.devices[i].fd > 0 ? bench->typed.devices[i].fd : -1);
    }
    for (size_t i = 0; i < DEVICES_MAX; i++) {
        const struct played *played = &bench->devices[i];
        bool in = played->model && played->plugged;
        watches->of[i].requests = watch(watches, in ? played->vhci.fd : -1);
        watches->of[i].relay = watch(watches, in ? played->relay : -1);
    }
}

static int pause_of(const struct bench *bench, int64_t next_ms)
{
    int64_t pause_ms = next_ms == INT64_MAX ? 60000 : next_ms - played_now_ms();
    bool wants_page = bench->page_port != 0 && bench->page.fd < 0;
    if ((bench->wait.look || wants_page) && pause_ms > LOOK_MS) pause_ms = LOOK_MS;
    return pause_ms < 0 ? 0 : pause_ms > 60000 ? 60000 : (int)pause_ms;
}

/* False: nobody tells us anything any more. */
static bool turn(struct bench *bench)
{
    struct watches watches;
    if (bench->page_port != 0 && bench->page.fd < 0) {
        (void)page_open(&bench->page, bench->page_port);
    }
    int pause_ms = pause_of(bench, serve_all(bench));
    watch_all(bench, &watches);
    if (poll(watches.polled, watches.count, pause_ms) < 0 && errno != EINTR) return false;
    if (watches.polled[0].revents != 0 && !read_lines(bench)) return false;
    if (watches.polled[watches.page].revents != 0) read_page(bench);
    typed_turn(&bench->typed);
    for (size_t i = 0; i < DEVICES_MAX; i++) {
        struct played *played = &bench->devices[i];
        if (watches.polled[watches.of[i].requests].revents != 0 && played->plugged) {
            played_turn(played);
        }
        if (watches.polled[watches.of[i].relay].revents != 0 && played->relay >= 0) {
            played_hear(played);
        }
    }
    look(bench);
    obey_lines(bench);
    return true;
}

int main(int argc, char *argv[])
{
    struct bench *bench = &bench_;
    bench->page.fd = -1;
    bench->log = argc > 1 ? fopen(argv[1], "ae") : stderr;
    if (!bench->log) bench->log = stderr;
    setvbuf(bench->log, NULL, _IOLBF, 0);
    if (!typed_open(&bench->typed)) {
        fprintf(stderr, "bench: there is no console or no input device folder to listen to\n");
        return 1;
    }
    while (turn(bench)) continue;
    for (size_t i = 0; i < DEVICES_MAX; i++) {
        if (bench->devices[i].model) played_unplug(&bench->devices[i]);
    }
    return 0;
}
