/* signals_linux.c - signals.h on signalfd. */
#include "hal/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "hal/files.h"

static sigset_t wishes(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

static void take_signal(void *context, uint32_t ready)
{
    (void)ready; /* a signalfd knows no other state than readable */
    struct signals *signals = context;
    struct signalfd_siginfo info;
    if (read(signals->watch.fd, &info, sizeof(info)) != (ssize_t)sizeof(info)) return;
    signals->wish(signals->context, info.ssi_signo == SIGHUP ? SIGNALS_RELOAD : SIGNALS_STOP);
}

static enum err watch_signals(struct signals *signals, const sigset_t *set)
{
    int fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) return files_err(errno);
    signals->watch = (struct loop_watch){.fd = fd,
                                         .interest = LOOP_IN,
                                         .ready = take_signal,
                                         .context = signals};
    enum err problem = loop_add(signals->loop, &signals->watch);
    if (problem != ERR_NONE) close(fd);
    return problem;
}

enum err signals_open(struct signals *signals, struct loop *loop, signals_fn *wish, void *context)
{
    *signals = (struct signals){.loop = loop, .wish = wish, .context = context};
    sigset_t set = wishes();
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return files_err(errno);
    signal(SIGPIPE, SIG_IGN);
    enum err problem = watch_signals(signals, &set);
    if (problem == ERR_NONE) return ERR_NONE;
    signals_restore();
    return problem;
}

void signals_close(struct signals *signals)
{
    if (!signals->watch.added) return;
    loop_remove(signals->loop, &signals->watch);
    close(signals->watch.fd);
    signals_restore();
}

void signals_restore(void)
{
    sigset_t set = wishes();
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    signal(SIGPIPE, SIG_DFL);
}
