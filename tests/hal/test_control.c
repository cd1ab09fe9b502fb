/* Guards: a question gets its answer whole and nobody else's; a client that is gone, silent,
 * endless or deaf costs bounded memory and its own connection only. */
#include "hal/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/clock.h"
#include "hal/loop.h"
#include "tests/support/expect.h"
#include "tests/support/temp_folder.h"

#define WAIT_MS 20000

static struct loop *loop;
static struct control *control;
static char path[TEMP_PATH_SIZE];
static size_t questions, longest;
static uint32_t last_client, last_uid;

/* "repeat N TEXT" gives N lines; "late" is not answered; all else is echoed. */
static void hear(void *context, const struct control_client *client, struct bytes line)
{
    (void)context;
    questions++;
    last_client = client->id;
    last_uid = client->uid;
    if (line.len > longest) longest = line.len;
    if (bytes_start_with(line, "late")) return;
    if (bytes_start_with(line, "repeat ")) {
        unsigned long times = strtoul((const char *)line.data + 7, NULL, 10);
        static char long_line[60000];
        memset(long_line, 'r', sizeof(long_line));
        for (unsigned long i = 0; i < times; i++) {
            control_reply(control, client->id, bytes_of(long_line, sizeof(long_line)), false);
        }
        control_reply(control, client->id, BYTES_NONE, true);
        return;
    }
    control_reply(control, client->id, line, true);
}

static void turn_until_exit(pid_t child, int *out_code)
{
    int64_t deadline = clock_boot_ms() + WAIT_MS;
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0 && clock_boot_ms() < deadline) {
        loop_turn(loop, clock_boot_ms() + 20);
    }
    *out_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct heard {
    size_t lines, bytes;
    char last[100];
};

static bool note_line(void *context, struct bytes line)
{
    struct heard *heard = context;
    heard->lines++;
    heard->bytes += line.len;
    bytes_to_text(line, heard->last, sizeof(heard->last));
    return true;
}

/* The asking side blocks, so it is a process of its own, as packctl is. */
static int in_child(int (*work)(struct control_link *link))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct control_link *link = NULL;
        if (control_connect(path, 5000, &link) != ERR_NONE) _exit(100);
        int code = work(link);
        control_disconnect(link);
        _exit(code);
    }
    int code = -1;
    turn_until_exit(child, &code);
    return code;
}

static int ask_twice(struct control_link *link)
{
    struct heard heard = {0};
    if (control_ask(link, BYTES_LITERAL("{\"ask\":\"status\"}"), note_line, &heard) != ERR_NONE)
        return 1;
    if (heard.lines != 1 || strcmp(heard.last, "{\"ask\":\"status\"}") != 0) return 2;
    if (control_ask(link, BYTES_LITERAL("again"), note_line, &heard) != ERR_NONE) return 3;
    if (heard.lines != 2 || strcmp(heard.last, "again") != 0) return 4;
    if (control_ask(link, BYTES_LITERAL("two\nlines"), note_line, &heard) != ERR_INVALID) return 5;
    return 0;
}

static int ask_for_much(struct control_link *link)
{
    struct heard heard = {0};
    if (control_ask(link, BYTES_LITERAL("repeat 15 x"), note_line, &heard) != ERR_NONE) return 1;
    return heard.lines == 15 && heard.bytes == 15 * 60000 ? 0 : 2;
}

static int ask_at_the_limit(struct control_link *link)
{
    static char line[CONTROL_LINE_MAX + 1];
    memset(line, 'q', sizeof(line));
    struct heard heard = {0};
    if (control_ask(link, bytes_of(line, sizeof(line)), note_line, &heard) != ERR_TOO_BIG) return 1;
    if (control_ask(link, bytes_of(line, CONTROL_LINE_MAX), note_line, &heard) != ERR_NONE)
        return 2;
    return heard.bytes == CONTROL_LINE_MAX ? 0 : 3;
}

static int ask_without_answer(struct control_link *link)
{
    struct heard heard = {0};
    struct control_link *hasty = NULL;
    if (control_connect(path, 100, &hasty) != ERR_NONE) return 1;
    enum err problem = control_ask(hasty, BYTES_LITERAL("late"), note_line, &heard);
    control_disconnect(hasty);
    if (problem != ERR_TIMEOUT) return 2;
    return control_ask(link, BYTES_LITERAL("still there?"), note_line, &heard) == ERR_NONE ? 0 : 3;
}

static void questions_are_answered(void)
{
    EXPECT_I64(0, in_child(ask_twice), "each question gets its answer");
    EXPECT_I64(2, questions, "and is heard once");
    EXPECT_I64(getuid(), last_uid, "the kernel says who asks");
    EXPECT_I64(0, in_child(ask_for_much), "an answer of many lines arrives whole");
    EXPECT_I64(0, in_child(ask_at_the_limit), "a line of 64 KiB passes, one byte more does not");
    EXPECT_I64(CONTROL_LINE_MAX, longest, "whole");
    EXPECT_I64(0, in_child(ask_without_answer), "who gets no answer does not wait for ever");
    control_reply(control, last_client + 100, BYTES_LITERAL("to nobody"), true);
    control_reply(control, 0, BYTES_LITERAL("to nobody"), true);
}

static int raw_connection(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    EXPECT(bytes_to_text(bytes_of_text(path), address.sun_path, sizeof(address.sun_path)), "fits");
    EXPECT(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "connected");
    return fd;
}

/* What comes until the other side has nothing more to say for a moment, or closes (-1). */
static ssize_t hear_raw(int fd, char *storage, size_t size, size_t wanted)
{
    int64_t deadline = clock_boot_ms() + WAIT_MS;
    size_t len = 0;
    while (len < wanted && clock_boot_ms() < deadline) {
        loop_turn(loop, clock_boot_ms() + 5);
        ssize_t got = recv(fd, storage + len, size - len, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) return -1;
        if (got > 0) len += (size_t)got;
    }
    return (ssize_t)len;
}

static void lines_come_in_any_pieces(void)
{
    char storage[100];
    int fd = raw_connection();
    questions = 0;
    const char *pieces[] = {"on", "e\r\ntwo\n", "\n\n", "thr", "ee\n"};
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        EXPECT(send(fd, pieces[i], strlen(pieces[i]), 0) > 0, "sent");
        loop_turn(loop, clock_boot_ms() + 5);
        loop_turn(loop, clock_boot_ms() + 5);
    }
    const char *wanted = "one\n\ntwo\n\nthree\n\n";
    ssize_t len = hear_raw(fd, storage, sizeof(storage), strlen(wanted));
    EXPECT_BYTES(bytes_of_text(wanted), bytes_of(storage, len < 0 ? 0 : (size_t)len), "in order");
    EXPECT_I64(3, questions, "an empty line is no question");
    close(fd);
}

static void who_does_not_read_is_cut_off(void)
{
    static char storage[60000];
    int fd = raw_connection();
    EXPECT(send(fd, "repeat 40 x\n", 12, 0) == 12, "more is asked for than the queue holds");
    questions = 0;
    int64_t deadline = clock_boot_ms() + WAIT_MS;
    while (questions == 0 && clock_boot_ms() < deadline) loop_turn(loop, deadline);
    size_t total = 0;
    ssize_t got = 1;
    while (got > 0) {
        got = recv(fd, storage, sizeof(storage), MSG_DONTWAIT);
        if (got > 0) total += (size_t)got;
    }
    EXPECT_I64(0, got, "the connection is closed, not left hanging");
    EXPECT(total < 40 * sizeof(storage), "without the whole answer");
    close(fd);
    EXPECT_I64(0, in_child(ask_twice), "and the others go on");
}

static void an_endless_line_is_cut_off(void)
{
    static char noise[8192];
    memset(noise, 'n', sizeof(noise));
    char storage[10];
    int fd = raw_connection();
    ssize_t put = 1;
    for (int i = 0; i < 1000 && put > 0; i++) {
        put = send(fd, noise, sizeof(noise), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0 && errno == EAGAIN) put = 1;
        loop_turn(loop, clock_boot_ms() + 5);
    }
    EXPECT(put < 0, "the connection is closed");
    EXPECT_I64(-1, hear_raw(fd, storage, sizeof(storage), 1), "without an answer");
    close(fd);
}

static void one_more_client_is_turned_away(void)
{
    int fds[CONTROL_CLIENTS_MAX + 1];
    char storage[10];
    for (size_t i = 0; i <= CONTROL_CLIENTS_MAX; i++) {
        fds[i] = raw_connection();
        EXPECT(send(fds[i], "x\n", 2, MSG_NOSIGNAL) > 0, "sent");
        EXPECT_I64(i < CONTROL_CLIENTS_MAX ? 3 : -1, hear_raw(fds[i], storage, sizeof(storage), 3),
                   "eight are heard, the ninth is not");
    }
    for (size_t i = 0; i <= CONTROL_CLIENTS_MAX; i++) close(fds[i]);
    loop_turn(loop, clock_boot_ms() + 20);
    EXPECT_I64(0, in_child(ask_twice), "places of who left are free again");
}

static void the_socket_is_private_and_one(void)
{
    struct stat info;
    EXPECT(stat(path, &info) == 0 && (info.st_mode & 0777) == 0660, "for owner and group");
    struct control *second = NULL;
    EXPECT_I64(ERR_BUSY, control_open(loop, path, hear, NULL, &second),
               "a living one is not taken");
    control_close(control);
    EXPECT(access(path, F_OK) != 0, "closing removes it");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) { /* dies without closing */
        struct loop *own = NULL;
        if (loop_open(&own) != ERR_NONE) _exit(1);
        _exit(control_open(own, path, hear, NULL, &second) == ERR_NONE ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT(status == 0 && access(path, F_OK) == 0, "one was left behind");
    EXPECT_I64(ERR_NONE, control_open(loop, path, hear, NULL, &control), "it is replaced");
    EXPECT_I64(0, in_child(ask_twice), "and answers");
    char file[TEMP_PATH_SIZE], far[300];
    FILE *made = fopen(temp_path(file, "file"), "w");
    fclose(made);
    EXPECT_I64(ERR_EXISTS, control_open(loop, file, hear, NULL, &second), "a file is not removed");
    memset(far, 'f', sizeof(far) - 1);
    far[sizeof(far) - 1] = '\0';
    EXPECT_I64(ERR_TOO_BIG, control_open(loop, far, hear, NULL, &second), "too long a path");
    struct control_link *link = NULL;
    EXPECT_I64(ERR_NOT_FOUND, control_connect(temp_path(file, "none"), 100, &link), "nobody there");
}

/* A caller of the tests before is gone only when the loop has seen it, and frees a descriptor. */
static void let_callers_go(void)
{
    for (unsigned i = 0; i < 20; i++) loop_turn(loop, clock_boot_ms() + 2);
}

/* A listener that stays readable would turn the loop for ever. */
static void without_a_descriptor_the_caller_is_turned_away(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct rlimit limit, less;
    char one;
    let_callers_go();
    int caller = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), next = dup(caller);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    close(next);
    getrlimit(RLIMIT_NOFILE, &limit);
    less = limit;
    less.rlim_cur = (rlim_t)next; /* the lowest that is free: not one more */
    EXPECT(setrlimit(RLIMIT_NOFILE, &less) == 0, "no descriptor is left");
    EXPECT(connect(caller, (struct sockaddr *)&address, sizeof(address)) == 0, "somebody comes");
    for (unsigned i = 0; i < 3; i++) loop_turn(loop, clock_boot_ms() + 20);
    EXPECT_I64(0, recv(caller, &one, 1, MSG_DONTWAIT), "he is turned away");
    int64_t deadline_ms = clock_boot_ms() + 20;
    uint64_t before = loop_wakeups(loop);
    while (clock_boot_ms() < deadline_ms) loop_turn(loop, deadline_ms);
    EXPECT(loop_wakeups(loop) - before <= 3, "and the loop rests");
    setrlimit(RLIMIT_NOFILE, &limit);
    close(caller);
}

int main(void)
{
    temp_make();
    temp_path(path, "control");
    if (loop_open(&loop) != ERR_NONE) return 1;
    if (control_open(loop, path, hear, NULL, &control) != ERR_NONE) return 1;
    EXPECT_RUN(questions_are_answered);
    EXPECT_RUN(lines_come_in_any_pieces);
    EXPECT_RUN(who_does_not_read_is_cut_off);
    EXPECT_RUN(an_endless_line_is_cut_off);
    EXPECT_RUN(one_more_client_is_turned_away);
    EXPECT_RUN(the_socket_is_private_and_one);
    EXPECT_RUN(without_a_descriptor_the_caller_is_turned_away);
    control_close(control);
    loop_close(loop);
    return expect_result();
}
