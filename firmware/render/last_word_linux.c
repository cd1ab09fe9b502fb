/* last_word_linux.c - see last_word_linux.h. The answer is written beforehand, and the handlers do
 * nothing but send it. Who sends for this request is settled by one exchange: a signal that comes
 * while the work is just finished finds its word taken, on whatever thread it comes. */
#include "firmware/render/last_word_linux.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct render_answer too_slow, too_large;
static int answer_to = -1;
static atomic_flag word_taken = ATOMIC_FLAG_INIT; /* by the work that is done, or by a handler */

static void say_and_end(const struct render_answer *answer)
{
    if (atomic_flag_test_and_set(&word_taken)) return;
    _exit(send(answer_to, answer, sizeof(*answer), MSG_NOSIGNAL) < 0 ? 1 : 0);
}

static void time_is_up(int signal)
{
    (void)signal;
    say_and_end(&too_slow);
}

/* poppler aborts when there is no memory, and nothing has changed errno since. */
static void aborted(int signal)
{
    (void)signal;
    if (errno == ENOMEM) say_and_end(&too_large);
}

static void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    ENSURE(sigaction(signal, &action, NULL) == 0);
}

static void write_answer(struct render_answer *answer, const char *word, const char *sentence)
{
    memset(answer, 0, sizeof(*answer)); /* the gaps between its parts leave this process too */
    answer->version = RENDER_VERSION;
    answer->result = RENDER_ENDED;
    snprintf(answer->word, sizeof(answer->word), "%s", word);
    snprintf(answer->sentence, sizeof(answer->sentence), "%s", sentence);
}

void last_word_prepare(int socket)
{
    answer_to = socket;
    write_answer(&too_slow, "too_slow",
                 "Drawing this takes far longer than any label: ask the courier for another one.");
    write_answer(&too_large, "cannot_draw", "Drawing this needs more memory than there is.");
    (void)atomic_flag_test_and_set(&word_taken);
    handle(SIGPROF, time_is_up);
    handle(SIGABRT, aborted);
}

static void set_alarm(unsigned cpu_ms)
{
    const struct itimerval when = {
        .it_value = {.tv_sec = cpu_ms / 1000, .tv_usec = (suseconds_t)(cpu_ms % 1000) * 1000}};
    ENSURE(setitimer(ITIMER_PROF, &when, NULL) == 0);
}

void last_word_begin(const struct render_request *request, unsigned cpu_ms)
{
    too_slow.number = too_large.number = request->number;
    too_slow.width_dots = too_large.width_dots = request->width_dots;
    too_slow.height_dots = too_large.height_dots = request->height_dots;
    errno = 0;
    atomic_flag_clear(&word_taken);
    set_alarm(cpu_ms);
}

void last_word_finish(void)
{
    if (atomic_flag_test_and_set(&word_taken)) {
        for (;;) (void)poll(NULL, 0, -1); /* a handler on another thread is ending the process */
    }
    set_alarm(0);
}
