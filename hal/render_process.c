/* render_process.c - render.h with packd-render as a child: the queue, and what the child is doing.
 *
 *             start            ready              send
 *   NO_CHILD -------> STARTING -----> READY_NOW <------> AT_WORK
 *      ^                 |                |    an answer    |
 *      |   reaped        v                v                 v
 *      +------------- ENDING <--- dead, late, nonsense, too large
 *
 * NO_CHILD   no process; after one that did not start, none until `not_before_ms`.
 * STARTING   it reads fonts and confines itself; nobody's document is with it.
 * READY_NOW  it waits. The queue may hold requests that are sent in the next turn.
 * AT_WORK    the first of the queue is with it, until the deadline.
 * ENDING     it was killed, or died, and is not reaped yet; who is to blame is settled then, when
 *            the kind of its death is known. One that the kernel cannot end is put aside. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hal/clock.h"
#include "hal/files.h"
#include "hal/render_inside.h"

#define TRIES_MAX 2u
#define PAUSE_FIRST_MS 1000
#define PAUSE_MAX_MS 60000
#define REAP_MS 2000           /* a killed process is gone in less, or hangs in the kernel */
#define LOST_MAX 3u            /* that hang in the kernel; then none is started any more */
#define LIVED_MS 1000          /* one that died idle is replaced at once if it lived so long */
#define SAID_MAX (16u * 1024u) /* bytes for one request; one that says more is out of its mind */
#define FOLDERS_MAX 8u

enum state { NO_CHILD, STARTING, READY_NOW, AT_WORK, ENDING };

struct asked {
    uint32_t ticket;
    unsigned tries;
    struct render_request request;
    size_t len;
    uint8_t input[];
};

struct lost { /* killed, and not dead yet */
    struct render *render;
    struct render_child child;
    struct loop_watch exit;
    bool watched; /* if not, render_close() buries it */
};

struct render {
    struct loop *loop;
    render_done_fn *done;
    void *context;
    render_said_fn *said;
    void *said_context;
    char *arguments[FOLDERS_MAX + 2]; /* copies; the program first, NULL last */
    char *keep_dir;                   /* NULL: nothing is kept */
    int64_t deadline_ms;

    enum state state;
    enum state ended_in; /* ENDING: the state before */
    enum err why;        /* ENDING: ERR_NONE when we wanted a fresh one */
    struct render_child child;
    struct loop_watch messages, exit, words, timer;
    struct loop_later work;
    struct lost lost[LOST_MAX];
    uint32_t starts;
    int64_t ready_at_ms;
    int64_t not_before_ms;
    int64_t pause_ms;

    struct asked *queue[RENDER_QUEUE_MAX]; /* the first is being worked on */
    size_t queued;
    uint32_t number;
    bool telling;                /* inside a callback */
    struct render_answer answer; /* as it came in */
    char line[RENDER_LINE_MAX];
    size_t line_len;
    size_t said_bytes;
};

static void end_child(struct render *render, enum err why);
static void conclude(struct render *render, const char *death);
static void do_work(void *context);
static bool receive(struct render *render);

/* --- time --- */

/* The monotonic clock: while the box is suspended the child does not work either. -1: no timer. */
static void set_timer(struct render *render, int64_t after_ms)
{
    struct itimerspec when = {.it_value = {0}};
    if (after_ms >= 0) {
        when.it_value.tv_sec = (time_t)(after_ms / 1000);
        when.it_value.tv_nsec = (long)(after_ms % 1000) * 1000000L;
        if (after_ms == 0) when.it_value.tv_nsec = 1; /* zero would switch it off */
    }
    ENSURE(timerfd_settime(render->timer.fd, 0, &when, NULL) == 0);
}

/* Even SIGKILL waits for a disk that hangs. Only its pidfd is kept, and it is reaped whenever. */
static void lost_has_died(void *context, uint32_t ready)
{
    (void)ready;
    struct lost *lost = context;
    char death[RENDER_DEATH_SIZE];
    if (!render_child_reap(&lost->child, death)) return;
    loop_remove(lost->render->loop, &lost->exit);
    close(lost->child.pidfd);
    lost->child = RENDER_CHILD_NONE;
}

static bool put_aside(struct render *render)
{
    for (size_t i = 0; i < LOST_MAX; i++) {
        struct lost *lost = &render->lost[i];
        if (lost->child.pid > 0) continue;
        *lost = (struct lost){.render = render, .child = render->child};
        lost->exit = (struct loop_watch){.fd = lost->child.pidfd,
                                         .interest = LOOP_IN,
                                         .ready = lost_has_died,
                                         .context = lost};
        loop_remove(render->loop, &render->exit);
        loop_remove(render->loop, &render->words);
        render_child_let_go(&lost->child);
        lost->watched = loop_add(render->loop, &lost->exit) == ERR_NONE;
        render->child = RENDER_CHILD_NONE;
        return true;
    }
    return false;
}

static void time_is_up(void *context, uint32_t ready)
{
    (void)ready;
    struct render *render = context;
    uint64_t expirations;
    if (read(render->timer.fd, &expirations, sizeof(expirations)) < 0) return;
    /* When it was the loop that was late, the answer may be there already. */
    if (render->state == AT_WORK || render->state == STARTING) (void)receive(render);
    switch (render->state) {
    case STARTING:
    case AT_WORK: end_child(render, ERR_TIMEOUT); break;
    case ENDING:
        if (put_aside(render)) conclude(render, "unkillable");
        else set_timer(render, REAP_MS);
        break;
    case NO_CHILD:
    case READY_NOW: break;
    }
}

/* --- what it says on standard error --- */

static void tell_line(struct render *render)
{
    if (render->said != NULL && render->line_len > 0) {
        render->said(render->said_context, bytes_of(render->line, render->line_len));
    }
    render->line_len = 0;
}

static void take_words(struct render *render, struct bytes words)
{
    for (size_t i = 0; i < words.len; i++) {
        uint8_t one = words.data[i];
        if (one == '\n') {
            tell_line(render);
        } else if (render->line_len < sizeof(render->line)) { /* the end of a long line is lost */
            render->line[render->line_len++] = (char)(one < 0x20 || one >= 0x7f ? '?' : one);
        }
    }
}

/* One piece; false when there is nothing now, or no more. */
static bool hear(struct render *render)
{
    uint8_t piece[1024];
    ssize_t got = read(render->child.said, piece, sizeof(piece));
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) loop_remove(render->loop, &render->words);
        return false;
    }
    render->said_bytes += (size_t)got;
    if (render->said_bytes <= SAID_MAX) take_words(render, bytes_of(piece, (size_t)got));
    return true;
}

static void said_something(void *context, uint32_t ready)
{
    (void)ready;
    struct render *render = context;
    (void)hear(render);
    if (render->said_bytes <= SAID_MAX) return;
    loop_remove(render->loop, &render->words);
    if (render->state != ENDING) end_child(render, ERR_CORRUPT);
}

/* --- the queue --- */

static struct asked *take_first(struct render *render)
{
    struct asked *first = render->queue[0];
    render->queued--;
    memmove(render->queue, render->queue + 1, render->queued * sizeof(render->queue[0]));
    return first;
}

static void tell(struct render *render, struct asked *asked, enum err error,
                 const struct render_answer *answer, struct bytes output)
{
    render->telling = true;
    render->done(render->context, asked->ticket, error, answer, output);
    render->telling = false;
    free(asked);
}

/* Those that are there now: what the callbacks ask for comes later, or this would never end. */
static void fail_all(struct render *render)
{
    for (size_t left = render->queued; left > 0; left--) {
        tell(render, take_first(render), ERR_NOT_FOUND, NULL, BYTES_NONE);
    }
}

/* --- starting and ending --- */

static void start_failed(struct render *render)
{
    int64_t pause_ms = render->pause_ms * 2;
    if (pause_ms < PAUSE_FIRST_MS) pause_ms = PAUSE_FIRST_MS;
    if (pause_ms > PAUSE_MAX_MS) pause_ms = PAUSE_MAX_MS;
    render->pause_ms = pause_ms;
    render->not_before_ms = clock_boot_ms() + pause_ms;
}

static void child_has_died(void *context, uint32_t ready);
static void has_message(void *context, uint32_t ready);

static struct loop_watch watch_of(struct render *render, int fd, loop_ready_fn *ready)
{
    return (struct loop_watch){.fd = fd, .interest = LOOP_IN, .ready = ready, .context = render};
}

static bool watch_child(struct render *render)
{
    render->messages = watch_of(render, render->child.socket, has_message);
    render->exit = watch_of(render, render->child.pidfd, child_has_died);
    render->words = watch_of(render, render->child.said, said_something);
    return loop_add(render->loop, &render->messages) == ERR_NONE &&
           loop_add(render->loop, &render->exit) == ERR_NONE &&
           loop_add(render->loop, &render->words) == ERR_NONE;
}

static void forget_child(struct render *render)
{
    loop_remove(render->loop, &render->messages);
    loop_remove(render->loop, &render->exit);
    loop_remove(render->loop, &render->words);
    render_child_finish(&render->child);
    render->state = NO_CHILD;
    set_timer(render, -1);
}

static bool start(struct render *render)
{
    enum err problem = render_child_start(render->arguments[0], render->arguments, &render->child);
    if (problem == ERR_NONE && !watch_child(render)) {
        forget_child(render);
        problem = ERR_NO_SPACE;
    }
    if (problem != ERR_NONE) {
        start_failed(render);
        return false;
    }
    render->starts++;
    render->state = STARTING;
    render->said_bytes = 0;
    set_timer(render, RENDER_START_MS);
    return true;
}

/* It is dead or shall be; conclude() follows when it is. */
static void end_child(struct render *render, enum err why)
{
    ENSURE(render->state != NO_CHILD && render->state != ENDING);
    render->ended_in = render->state;
    render->state = ENDING;
    render->why = why;
    render_child_kill(&render->child);
    loop_remove(render->loop, &render->messages);
    set_timer(render, REAP_MS);
}

/* The first of the queue has cost a child. */
static void blame(struct render *render, const char *death)
{
    struct asked *first = render->queue[0];
    if (++first->tries < TRIES_MAX) return;
    const char *kind = render->why == ERR_TIMEOUT   ? "timeout"
                       : render->why == ERR_CORRUPT ? "nonsense"
                                                    : death;
    if (render->keep_dir != NULL) {
        render_keep(render->keep_dir, &first->request, bytes_of(first->input, first->len), kind);
    }
    tell(render, take_first(render), render->why, NULL, BYTES_NONE);
}

/* Nobody waits for it, but the next label should not have to wait for its start either. */
static void replace(struct render *render)
{
    bool sound = render->ended_in == AT_WORK || render->why == ERR_NONE ||
                 clock_boot_ms() - render->ready_at_ms >= LIVED_MS;
    if (sound && render->state == NO_CHILD) (void)start(render);
}

static void conclude(struct render *render, const char *death)
{
    forget_child(render);
    switch (render->ended_in) {
    case STARTING:
        start_failed(render);
        fail_all(render);
        return;
    case AT_WORK: blame(render, death); break;
    case READY_NOW:
    case NO_CHILD:
    case ENDING: break;
    }
    if (render->queued > 0) loop_later(render->loop, &render->work);
    else replace(render);
}

/* --- messages --- */

static bool take_output(struct render *render, size_t len, uint8_t **out_output)
{
    *out_output = NULL;
    if (len == 0) return true;
    *out_output = malloc(len);
    return *out_output != NULL && render_child_get(&render->child, *out_output, len);
}

static void take_answer(struct render *render)
{
    uint8_t *output;
    size_t len = render->answer.output_bytes;
    bool taken = take_output(render, len, &output);
    bool ended = render->answer.result == RENDER_ENDED;
    struct asked *first = take_first(render);
    render_child_wipe(&render->child);
    render->state = READY_NOW;
    set_timer(render, -1);
    if (ended) render->answer.result = RENDER_REFUSED;
    if (ended || render_child_resident_kib(&render->child) > RENDER_RESIDENT_MAX_KIB) {
        end_child(render, ERR_NONE); /* before the next request goes to it */
    }
    if (render->queued > 0) loop_later(render->loop, &render->work);
    if (taken) tell(render, first, ERR_NONE, &render->answer, bytes_of(output, len));
    else tell(render, first, ERR_NO_MEMORY, NULL, BYTES_NONE);
    free(output);
}

static void take_ready(struct render *render)
{
    render->state = READY_NOW;
    render->ready_at_ms = clock_boot_ms();
    render->pause_ms = 0;
    set_timer(render, -1);
    if (render->queued > 0) loop_later(render->loop, &render->work);
}

/* What does not belong into this state is nonsense, whatever it is. */
static void take_message(struct render *render, size_t len)
{
    struct render_ready ready;
    if (render->state == STARTING && len == sizeof(ready)) {
        memcpy(&ready, &render->answer, sizeof(ready));
        if (render_ready_check(&ready)) {
            take_ready(render);
            return;
        }
    }
    if (render->state == AT_WORK && len == sizeof(render->answer) &&
        render_answer_check(&render->answer, &render->queue[0]->request)) {
        take_answer(render);
        return;
    }
    end_child(render, ERR_CORRUPT);
}

/* One message a call: each is followed by its callback, and level-triggered watches bring the
 * rest. False: there is none now, or the child has ended. */
static bool receive(struct render *render)
{
    ssize_t got = recv(render->child.socket, &render->answer, sizeof(render->answer), MSG_TRUNC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (got <= 0) end_child(render, ERR_CLOSED);
    else take_message(render, (size_t)got);
    return got > 0;
}

static void has_message(void *context, uint32_t ready)
{
    (void)ready;
    (void)receive(context);
}

/* An answer that it gave before it died is an answer. */
static void child_has_died(void *context, uint32_t ready)
{
    (void)ready;
    struct render *render = context;
    char death[RENDER_DEATH_SIZE];
    while (render->state != ENDING && receive(render)) {
    }
    if (render->state != ENDING) end_child(render, ERR_CLOSED);
    while (render->said_bytes <= SAID_MAX && render->words.added && hear(render)) {
    }
    tell_line(render);
    if (render_child_reap(&render->child, death)) {
        render->child.pid = -1;
        conclude(render, death);
    }
}

static void send_first(struct render *render)
{
    struct asked *first = render->queue[0];
    render->state = AT_WORK;
    render->said_bytes = 0;
    first->request.number = ++render->number;
    set_timer(render, render->deadline_ms);
    ssize_t sent = -1;
    if (render_child_put(&render->child, bytes_of(first->input, first->len))) {
        sent = send(render->child.socket, &first->request, sizeof(first->request), MSG_NOSIGNAL);
    }
    if (sent != (ssize_t)sizeof(first->request)) end_child(render, ERR_CLOSED);
}

static void do_work(void *context)
{
    struct render *render = context;
    if (render->queued == 0) return;
    if (render->state == READY_NOW) {
        send_first(render);
    } else if (render->state == NO_CHILD) {
        bool waiting = clock_boot_ms() < render->not_before_ms;
        if (waiting || !start(render)) fail_all(render);
    }
}

/* --- the contract --- */

static enum err copy_settings(struct render *render, const struct render_settings *settings)
{
    if (settings->folder_count > FOLDERS_MAX) return ERR_TOO_BIG;
    render->arguments[0] = strdup(settings->program);
    bool good = render->arguments[0] != NULL;
    for (size_t i = 0; good && i < settings->folder_count; i++) {
        render->arguments[i + 1] = strdup(settings->template_folders[i]);
        good = render->arguments[i + 1] != NULL;
    }
    if (good && settings->keep_dir != NULL) {
        render->keep_dir = strdup(settings->keep_dir);
        good = render->keep_dir != NULL;
    }
    render->deadline_ms = settings->deadline_ms > 0 ? settings->deadline_ms : RENDER_DEADLINE_MS;
    return good ? ERR_NONE : ERR_NO_MEMORY;
}

enum err render_open(struct loop *loop, const struct render_settings *settings,
                     render_done_fn *done, void *context, struct render **out_render)
{
    struct render *render = calloc(1, sizeof(*render));
    if (render == NULL) return ERR_NO_MEMORY;
    render->loop = loop;
    render->done = done;
    render->context = context;
    render->child = RENDER_CHILD_NONE;
    for (size_t i = 0; i < LOST_MAX; i++) render->lost[i].child = RENDER_CHILD_NONE;
    render->work = (struct loop_later){.call = do_work, .context = render};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    render->timer = watch_of(render, fd, time_is_up);
    enum err problem = fd < 0 ? files_err(errno) : copy_settings(render, settings);
    if (problem == ERR_NONE) problem = loop_add(loop, &render->timer);
    if (problem != ERR_NONE) {
        render_close(render);
        return problem;
    }
    *out_render = render;
    return ERR_NONE;
}

void render_close(struct render *render)
{
    if (render == NULL) return;
    ENSURE(!render->telling);
    if (render->state != NO_CHILD) forget_child(render);
    for (size_t i = 0; i < LOST_MAX; i++) {
        loop_remove(render->loop, &render->lost[i].exit);
        render_child_finish(&render->lost[i].child);
    }
    loop_later_cancel(render->loop, &render->work);
    loop_remove(render->loop, &render->timer);
    if (render->timer.fd >= 0) close(render->timer.fd);
    while (render->queued > 0) free(take_first(render));
    for (size_t i = 0; i < ARRAY_LEN(render->arguments); i++) free(render->arguments[i]);
    free(render->keep_dir);
    free(render);
}

enum err render_ask(struct render *render, uint32_t ticket, const struct render_request *request,
                    struct bytes input)
{
    if (render->queued == RENDER_QUEUE_MAX) return ERR_BUSY;
    if (input.len > RENDER_INPUT_MAX) return ERR_TOO_BIG;
    struct asked *asked = calloc(1, sizeof(*asked) + input.len);
    if (asked == NULL) return ERR_NO_MEMORY;
    asked->ticket = ticket;
    asked->request = *request;
    asked->request.version = RENDER_VERSION;
    asked->request.input_bytes = (uint32_t)input.len;
    asked->len = input.len;
    if (input.len > 0) memcpy(asked->input, input.data, input.len);
    if (!render_request_check(&asked->request)) {
        free(asked);
        return ERR_INVALID;
    }
    render->queue[render->queued++] = asked;
    loop_later(render->loop, &render->work);
    return ERR_NONE;
}

void render_warm(struct render *render)
{
    if (render->state != NO_CHILD || clock_boot_ms() < render->not_before_ms) return;
    (void)start(render);
}

void render_listen(struct render *render, render_said_fn *said, void *context)
{
    render->said = said;
    render->said_context = context;
}

uint32_t render_starts(const struct render *render)
{
    return render->starts;
}

int64_t render_resident_kib(const struct render *render)
{
    return render->state == NO_CHILD ? 0 : render_child_resident_kib(&render->child);
}
