/* filter_linux.c - see filter_linux.h.
 *
 * Memory, time, the socket, standard error, and reading what is open. Nothing that names a file, a
 * process or an address of the network, and no memory that could be run. Two calls are answered
 * with an error in a strict cage too, because the C library makes them without harm: it looks
 * whether a stream is a terminal, and asks an open file for its size in a way that would also
 * answer for a path. */
#include "firmware/render/filter_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "hal/base/ensure.h"
#include "hal/base/render_wire.h"

static bool allow_plain(scmp_filter_ctx filter)
{
    static const int calls[] = {/* what is open */
                                SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(lseek),
                                SCMP_SYS(fstat), SCMP_SYS(close),
                                /* memory */
                                SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
                                SCMP_SYS(madvise),
                                /* time, chance, waiting for one's own threads */
                                SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
                                SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
                                SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall),
                                SCMP_SYS(membarrier), SCMP_SYS(poll), SCMP_SYS(ppoll),
                                /* itself */
                                SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sysinfo),
                                SCMP_SYS(sched_getaffinity), SCMP_SYS(rt_sigaction),
                                SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
                                SCMP_SYS(sigaltstack), SCMP_SYS(exit), SCMP_SYS(exit_group)};
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0) return false;
    }
    return true;
}

/* Allowed where one argument is exactly this. */
static bool allow_where(scmp_filter_ctx filter, int call, unsigned argument, uint64_t value)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_CMP(argument, SCMP_CMP_EQ, value, 0)) == 0;
}

static bool allow_messages(scmp_filter_ctx filter)
{
    return allow_where(filter, SCMP_SYS(recvfrom), 0, RENDER_SOCKET_FD) &&
           allow_where(filter, SCMP_SYS(sendto), 0, RENDER_SOCKET_FD) &&
           allow_where(filter, SCMP_SYS(write), 0, STDOUT_FILENO) &&
           allow_where(filter, SCMP_SYS(write), 0, STDERR_FILENO) &&
           allow_where(filter, SCMP_SYS(writev), 0, STDERR_FILENO);
}

static bool allow_duplicates(scmp_filter_ctx filter)
{
    static const int commands[] = {F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL};
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (!allow_where(filter, SCMP_SYS(fcntl), 1, (uint64_t)commands[i])) return false;
    }
    return true;
}

/* Never memory that can be run: what was loaded at start is all the code there is. */
static bool allow_memory(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0) {
            return false;
        }
    }
    return true;
}

/* abort() and raise() aim at the process itself; limits are read, not set; the alarm that bounds a
 * request counts its own time. */
static bool allow_itself(scmp_filter_ctx filter)
{
    return allow_where(filter, SCMP_SYS(tgkill), 0, (uint64_t)getpid()) &&
           allow_where(filter, SCMP_SYS(setitimer), 0, ITIMER_PROF) &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
                            SCMP_A0(SCMP_CMP_EQ, 0, 0), SCMP_A2(SCMP_CMP_EQ, 0, 0)) == 0;
}

/* Pango looks for a font it was not asked for before on a thread. A thread is in the same cage; a
 * process of its own is none of these. clone3 hides its wishes from the filter, and where it is not
 * there the C library takes clone. */
static bool allow_threads(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(set_robust_list), SCMP_SYS(rseq)};
    const uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                            CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                            CLONE_CHILD_CLEARTID; /* as pthread_create says it */
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0) return false;
    }
    return allow_where(filter, SCMP_SYS(clone), 0, thread) &&
           allow_where(filter, SCMP_SYS(prctl), 0, PR_SET_NAME) &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

static bool refuse_gently(scmp_filter_ctx filter, bool strict)
{
    if (!strict) return true; /* everything is */
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(newfstatat), 0) == 0;
}

bool filter_load(bool strict)
{
    scmp_filter_ctx filter = seccomp_init(strict ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) return false;
    bool good = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
                seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
                seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 && allow_plain(filter) &&
                allow_messages(filter) && allow_duplicates(filter) && allow_memory(filter) &&
                allow_itself(filter) && allow_threads(filter) && refuse_gently(filter, strict) &&
                seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
}
