/* Guards: a request that computes without end, or for which there is no memory, is answered with a
 * sentence before its process ends; what aborts for another reason is still a crash. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware/render/last_word_linux.h"
#include "tests/support/expect.h"

#define SHORT_MS 20u
#define LONG_MS 60000u

static const struct render_request request = {
    .version = RENDER_VERSION, .number = 7, .dpi = 203, .width_dots = 812, .height_dots = 1218};
static struct render_answer answer;
static bool answered;

static void compute_for_ever(void)
{
    last_word_begin(&request, SHORT_MS);
    for (volatile unsigned turns = 0;; turns++) {
    }
}

static void want_too_much(void)
{
    last_word_begin(&request, LONG_MS);
    errno = ENOMEM; /* as malloc leaves it */
    abort();
}

static void lose_its_way(void)
{
    errno = ENOMEM; /* of another request */
    last_word_begin(&request, LONG_MS);
    abort();
}

static void want_too_much_between_requests(void)
{
    last_word_begin(&request, LONG_MS);
    last_word_finish();
    errno = ENOMEM;
    abort();
}

/* Many requests that are each in time: no alarm is left over, and nothing is said. */
static void be_in_time(void)
{
    for (unsigned i = 0; i < 1000; i++) {
        last_word_begin(&request, SHORT_MS);
        last_word_finish();
    }
    for (volatile unsigned turns = 0; turns < 30000000u; turns++) {
    }
    _exit(5);
}

/* How the process that does this ends; what it said is in `answer`. */
static int status_of(void (*work)(void))
{
    int pair[2], status = 0;
    ENSURE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    pid_t pid = fork();
    ENSURE(pid >= 0);
    if (pid == 0) {
        last_word_prepare(pair[1]);
        work();
        _exit(9);
    }
    close(pair[1]);
    answered = recv(pair[0], &answer, sizeof(answer), 0) == (ssize_t)sizeof(answer);
    close(pair[0]);
    ENSURE(waitpid(pid, &status, 0) == pid);
    return status;
}

static void expect_last_word(void (*work)(void), const char *word)
{
    int status = status_of(work);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0, "it ends in order");
    if (!EXPECT(answered, "after an answer")) return;
    EXPECT(render_answer_check(&answer, &request), "to this request, within its bounds");
    EXPECT_I64(RENDER_ENDED, answer.result, "that says that it ends");
    EXPECT_TEXT(word, answer.word, "and why");
    EXPECT(answer.sentence[0] != '\0', "in a sentence");
}

static void what_takes_too_long_is_refused(void)
{
    expect_last_word(compute_for_ever, "too_slow");
}

static void what_takes_too_much_is_refused(void)
{
    expect_last_word(want_too_much, "cannot_draw");
}

static void a_crash_stays_a_crash(void)
{
    int status = status_of(lose_its_way);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && !answered, "within a request");
    status = status_of(want_too_much_between_requests);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && !answered, "and outside of one");
}

static void what_is_in_time_is_left_alone(void)
{
    int status = status_of(be_in_time);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 5 && !answered, "nothing comes later");
}

int main(void)
{
    EXPECT_RUN(what_takes_too_long_is_refused);
    EXPECT_RUN(what_takes_too_much_is_refused);
    EXPECT_RUN(a_crash_stays_a_crash);
    EXPECT_RUN(what_is_in_time_is_left_alone);
    return expect_result();
}
