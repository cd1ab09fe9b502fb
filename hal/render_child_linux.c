/* render_child_linux.c - one packd-render process: started, watched, killed, buried.
 *
 * posix_spawn, because a fork would copy the page tables of a process that is busy with other
 * things. Descriptors go to the child by dup2 alone: what packd has open closes on exec, and the
 * child closes the rest itself. A pidfd says when it has died, so that no signal handler is needed
 * and no number is ever waited for that might be somebody else's by now. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hal/files.h"
#include "hal/render_inside.h"

#define STATM_TRIES 10u
#define ABOVE_STANDARD 10 /* where dup2 to 0..4 cannot hit what is still to be copied */

struct ends { /* the child's side */
    int socket, memory, said;
};

/* Moved above the numbers that the child will know; -1 with errno. */
static int move_up(int fd)
{
    if (fd < 0) return -1;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, ABOVE_STANDARD);
    int problem = errno;
    close(fd);
    errno = problem;
    return moved;
}

static void close_end(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static bool make_memory(struct render_child *child, struct ends *ends)
{
    ends->memory = move_up(memfd_create("packd-render", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (ends->memory < 0 || ftruncate(ends->memory, RENDER_MEMORY_BYTES) != 0) return false;
    const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (fcntl(ends->memory, F_ADD_SEALS, seals) != 0) return false;
    child->memory = fcntl(ends->memory, F_DUPFD_CLOEXEC, ABOVE_STANDARD);
    return child->memory >= 0;
}

static bool make_pairs(struct render_child *child, struct ends *ends)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return false;
    child->socket = pair[0];
    ends->socket = move_up(pair[1]); /* blocks: the child has nothing else to do */
    if (ends->socket < 0 || fcntl(child->socket, F_SETFL, O_NONBLOCK) != 0) return false;
    if (pipe2(pair, O_CLOEXEC) != 0) return false;
    child->said = pair[0];
    ends->said = move_up(pair[1]);
    return ends->said >= 0 && fcntl(child->said, F_SETFL, O_NONBLOCK) == 0;
}

static int plan_descriptors(posix_spawn_file_actions_t *actions, const struct ends *ends)
{
    int problem = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDWR, 0);
    if (problem == 0) problem = posix_spawn_file_actions_adddup2(actions, 0, 1);
    if (problem == 0) problem = posix_spawn_file_actions_adddup2(actions, ends->said, 2);
    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(actions, ends->socket, RENDER_SOCKET_FD);
    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(actions, ends->memory, RENDER_MEMORY_FD);
    return problem;
}

/* No signal blocked or ignored, and a process group of its own: an interrupt at the terminal is
 * for packd, which then ends its child in order. */
static int plan_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int problem =
        posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                 POSIX_SPAWN_SETPGROUP);
    if (problem == 0) problem = posix_spawnattr_setsigmask(attributes, &none);
    if (problem == 0) problem = posix_spawnattr_setsigdefault(attributes, &all);
    if (problem == 0) problem = posix_spawnattr_setpgroup(attributes, 0);
    return problem;
}

static int spawn(const char *program, char *const *arguments, const struct ends *ends,
                 pid_t *out_pid)
{
    char *const no_environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int problem = posix_spawn_file_actions_init(&actions);
    if (problem != 0) return problem;
    problem = posix_spawnattr_init(&attributes);
    if (problem == 0) {
        problem = plan_descriptors(&actions, ends);
        if (problem == 0) problem = plan_attributes(&attributes);
        if (problem == 0)
            problem =
                posix_spawn(out_pid, program, &actions, &attributes, arguments, no_environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

/* Opened at once: a child that has confined itself hides its numbers from processes of its own
 * account where /proc is mounted with hidepid, and an open descriptor goes on to tell them. So does
 * one that is just being made, as far as its parent is hidden, for some microseconds: posix_spawn
 * returns in the middle of them. */
static int open_statm(pid_t pid)
{
    static const struct timespec moment = {.tv_nsec = 100 * 1000};
    char path[40];
    snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
    int statm = open(path, O_RDONLY | O_CLOEXEC);
    for (unsigned i = 0; statm < 0 && errno == ENOENT && i < STATM_TRIES; i++) {
        (void)nanosleep(&moment, NULL);
        statm = open(path, O_RDONLY | O_CLOEXEC);
    }
    return statm;
}

enum err render_child_start(const char *program, char *const *arguments,
                            struct render_child *out_child)
{
    struct render_child child = RENDER_CHILD_NONE;
    struct ends ends = {-1, -1, -1};
    int problem = 0;
    if (!make_memory(&child, &ends) || !make_pairs(&child, &ends)) problem = errno;
    if (problem == 0) problem = spawn(program, arguments, &ends, &child.pid);
    close_end(&ends.socket);
    close_end(&ends.memory);
    close_end(&ends.said);
    if (problem == 0) {
        child.statm = open_statm(child.pid);
        child.pidfd = pidfd_open(child.pid, 0); /* not reaped yet: the number is still its own */
        if (child.pidfd < 0) problem = errno;
    }
    if (problem != 0) {
        render_child_finish(&child);
        return files_err(problem);
    }
    *out_child = child;
    return ERR_NONE;
}

void render_child_kill(const struct render_child *child)
{
    if (child->pidfd >= 0) (void)pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
}

static void name_death(const siginfo_t *info, char out_death[RENDER_DEATH_SIZE])
{
    if (info->si_code == CLD_EXITED) {
        snprintf(out_death, RENDER_DEATH_SIZE, "exit-%d", info->si_status);
        return;
    }
    const char *name = sigabbrev_np(info->si_status);
    snprintf(out_death, RENDER_DEATH_SIZE, "sig%s", name == NULL ? "other" : name);
    for (char *one = out_death; *one != '\0'; one++) {
        if (*one >= 'A' && *one <= 'Z') *one = (char)(*one - 'A' + 'a');
    }
}

bool render_child_reap(const struct render_child *child, char out_death[RENDER_DEATH_SIZE])
{
    siginfo_t info = {.si_pid = 0};
    int problem = waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED | WNOHANG);
    if (problem == 0 && info.si_pid == 0) return false;
    snprintf(out_death, RENDER_DEATH_SIZE, "unknown"); /* somebody ignores SIGCHLD */
    if (problem == 0) name_death(&info, out_death);
    return true;
}

void render_child_let_go(struct render_child *child)
{
    close_end(&child->socket);
    close_end(&child->memory);
    close_end(&child->said);
    close_end(&child->statm);
}

void render_child_finish(struct render_child *child)
{
    render_child_kill(child);
    if (child->pid > 0 && child->pidfd < 0) kill(child->pid, SIGKILL); /* never handed out */
    while (child->pid > 0 && waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    render_child_let_go(child);
    close_end(&child->pidfd);
    child->pid = -1;
}

bool render_child_put(const struct render_child *child, struct bytes input)
{
    size_t done = 0;
    while (done < input.len) {
        ssize_t put = pwrite(child->memory, input.data + done, input.len - done, (off_t)done);
        if (put <= 0 && !(put < 0 && errno == EINTR)) return false;
        if (put > 0) done += (size_t)put;
    }
    return true;
}

bool render_child_get(const struct render_child *child, uint8_t *out, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got =
            pread(child->memory, out + done, len - done, (off_t)(RENDER_OUTPUT_AT + done));
        if (got <= 0 && !(got < 0 && errno == EINTR)) return false;
        if (got > 0) done += (size_t)got;
    }
    return true;
}

void render_child_wipe(const struct render_child *child)
{
    /* Refused only by a kernel without holes in memory files; then the pages stay. */
    (void)fallocate(child->memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                    RENDER_MEMORY_BYTES);
}

int64_t render_child_resident_kib(const struct render_child *child)
{
    char text[128];
    ssize_t len = child->statm < 0 ? -1 : pread(child->statm, text, sizeof(text), 0);
    if (len <= 0) return 0;
    struct bytes rest = bytes_of(text, (size_t)len), word;
    uint64_t pages;
    if (!bytes_split(&rest, ' ', &word)) return 0; /* the whole size */
    if (!bytes_split(&rest, ' ', &word) || !bytes_to_u64(word, UINT32_MAX, &pages)) return 0;
    return (int64_t)pages * (sysconf(_SC_PAGESIZE) / 1024);
}
