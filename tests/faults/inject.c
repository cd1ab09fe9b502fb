/* inject.c - a library put before a program (LD_PRELOAD) that lets chosen calls of it fail.
 *
 * The environment's INJECT names a file of rules that may be replaced (renamed over) while the
 * program runs; every call looks whether it was, and counting begins again. One rule a line:
 *
 *   CALL NAME WHEN WHAT...      write journal.db-wal 3 error=ENOSPC
 *
 * CALL   open read write sync cut (ftruncate) recv send wait (epoll) malloc clock (the wall's) boot
 * NAME   how the file's path ends, * for any (but standard error); the others: *
 * WHEN   3: the third such call; 3-: from the third on; odd: the first, third, fifth ...
 *        2+3: the third after the file's second flush (how many writes a batch is, SQLite decides)
 * WHAT   error=EIO   the call is not made
 *        delay=5000  so many ms before it is
 *        bytes=1     it is given no more bytes
 *        shift=-60   seconds added to the clock
 *        wobble=1    added in every second second only
 *
 * The first time that a rule strikes, its number (1 for the first line) is added as a line to the
 * file INJECT.struck. Our own calls go to the kernel, so that none of this meets itself. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define RULES_MAX 16
#define PATH_SIZE 600

enum call { OPEN, READ, WRITE, SYNC, CUT, RECV, SEND, WAIT, MALLOC, CLOCK, BOOT, CALLS };

static const char *const call_words[CALLS] = {"open", "read", "write",  "sync",  "cut", "recv",
                                              "send", "wait", "malloc", "clock", "boot"};

static const struct {
    const char *word;
    int number;
} errors[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC},
              {"EROFS", EROFS},   {"EINTR", EINTR},
              {"EMFILE", EMFILE}, {"ENFILE", ENFILE},
              {"ENOMEM", ENOMEM}, {"EACCES", EACCES},
              {"EAGAIN", EAGAIN}, {"ECONNRESET", ECONNRESET},
              {"EDQUOT", EDQUOT}};

struct rule {
    enum call call;
    char name[80];
    long flushes;     /* of the file are awaited before counting begins */
    long first, last; /* counted from 1 */
    bool odd;
    int error;
    long delay_ms;
    size_t bytes_max; /* 0: all */
    long shift_s;
    bool wobbles;
    long count;
    bool struck;
};

static struct rule rules[RULES_MAX];
static size_t rule_count;
static unsigned calls_ruled; /* a bit for each call that a rule is about */
static struct stat rules_file;
static const char *rules_path;

static size_t read_rules(char *text, size_t size)
{
    long fd = syscall(SYS_openat, AT_FDCWD, rules_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    long len = syscall(SYS_read, fd, text, size - 1);
    syscall(SYS_close, fd);
    return len < 0 ? 0 : (size_t)len;
}

static bool take_when(struct rule *rule, const char *word)
{
    char *end = NULL;
    rule->odd = strcmp(word, "odd") == 0;
    const char *plus = strchr(word, '+');
    rule->flushes = plus == NULL ? 0 : strtol(word, NULL, 10);
    rule->first = rule->odd ? 1 : strtol(plus == NULL ? word : plus + 1, &end, 10);
    rule->last = rule->odd || *end == '-' ? __LONG_MAX__ : rule->first;
    return rule->first > 0;
}

static int error_number(const char *word)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (strcmp(errors[i].word, word) == 0) return errors[i].number;
    }
    return 0;
}

static bool take_what(struct rule *rule, const char *word)
{
    const char *value = strchr(word, '=');
    if (value == NULL) return false;
    long number = strtol(value + 1, NULL, 10);
    if (strncmp(word, "error=", 6) == 0) return (rule->error = error_number(value + 1)) != 0;
    if (strncmp(word, "delay=", 6) == 0) return (rule->delay_ms = number) > 0;
    if (strncmp(word, "bytes=", 6) == 0) return (rule->bytes_max = (size_t)number) > 0;
    rule->shift_s = number;
    rule->wobbles = strncmp(word, "wobble=", 7) == 0;
    return rule->wobbles || strncmp(word, "shift=", 6) == 0;
}

static bool take_rule(char *line, struct rule *out)
{
    char *rest = NULL, *call = strtok_r(line, " ", &rest), *name = strtok_r(NULL, " ", &rest);
    char *when = strtok_r(NULL, " ", &rest), *what = strtok_r(NULL, " ", &rest);
    *out = (struct rule){.call = CALLS};
    for (unsigned i = 0; call != NULL && i < CALLS; i++) {
        if (strcmp(call, call_words[i]) == 0) out->call = (enum call)i;
    }
    if (out->call == CALLS || what == NULL || strlen(name) >= sizeof(out->name)) return false;
    memcpy(out->name, name, strlen(name) + 1);
    bool good = take_when(out, when);
    for (; good && what != NULL; what = strtok_r(NULL, " ", &rest)) good = take_what(out, what);
    return good;
}

/* A rule that cannot be understood ends the program: a test must not pass for want of a fault. */
static void load_rules(void)
{
    char text[4096], *rest = NULL;
    text[read_rules(text, sizeof(text))] = '\0';
    rule_count = 0;
    calls_ruled = 0;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (rule_count == RULES_MAX || !take_rule(line, &rules[rule_count])) {
            static const char why[] = "inject: a rule cannot be understood\n";
            syscall(SYS_write, 2, why, sizeof(why) - 1);
            syscall(SYS_exit_group, 70);
        }
        if (rules[rule_count].flushes > 0) calls_ruled |= 1u << SYNC;
        calls_ruled |= 1u << rules[rule_count++].call;
    }
}

static void look_for_rules(void)
{
    struct stat now = {.st_ino = 0};
    if (rules_path == NULL) rules_path = getenv("INJECT");
    if (rules_path == NULL || syscall(SYS_newfstatat, AT_FDCWD, rules_path, &now, 0) != 0) {
        rule_count = 0;
        calls_ruled = 0;
        rules_file = (struct stat){.st_ino = 0};
        return;
    }
    bool same = now.st_ino == rules_file.st_ino && now.st_size == rules_file.st_size &&
                now.st_mtim.tv_nsec == rules_file.st_mtim.tv_nsec;
    if (same) return;
    rules_file = now;
    load_rules();
}

static void note(const struct rule *rule)
{
    char path[PATH_SIZE], line[16];
    snprintf(path, sizeof(path), "%s.struck", rules_path);
    int len = snprintf(line, sizeof(line), "%d\n", (int)(rule - rules) + 1);
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return;
    syscall(SYS_write, fd, line, (size_t)len);
    syscall(SYS_close, fd);
}

static bool ends_in(const char *path, const char *name)
{
    size_t path_len = strlen(path), name_len = strlen(name);
    return path_len >= name_len && strcmp(path + path_len - name_len, name) == 0;
}

static bool is_about(const struct rule *rule, int fd, const char *path_or_null)
{
    char link[40], path[PATH_SIZE];
    if (strcmp(rule->name, "*") == 0) return fd != STDERR_FILENO;
    if (path_or_null != NULL) return ends_in(path_or_null, rule->name);
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    long len = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof(path) - 1);
    if (len < 0) return false;
    path[len] = '\0';
    return ends_in(path, rule->name);
}

/* The rule that strikes this call, NULL when none does. */
static const struct rule *strikes(enum call call, int fd, const char *path_or_null)
{
    static __thread bool inside;
    const struct rule *found = NULL;
    int kept = errno;
    if (inside || syscall(SYS_gettid) != syscall(SYS_getpid)) return NULL; /* libusb has a thread */
    inside = true;
    look_for_rules();
    for (size_t i = 0; i < rule_count && (calls_ruled & 1u << call) != 0; i++) {
        struct rule *rule = &rules[i];
        bool flush = rule->flushes > 0 && call == SYNC;
        if ((rule->call != call && !flush) || !is_about(rule, fd, path_or_null)) continue;
        if (rule->flushes > 0) {
            rule->flushes -= call == SYNC;
            continue;
        }
        rule->count++;
        if (rule->count < rule->first || rule->count > rule->last) continue;
        if (rule->odd && rule->count % 2 == 0) continue;
        if (!rule->struck) note(rule);
        rule->struck = true;
        found = rule;
        break;
    }
    inside = false;
    errno = kept;
    return found;
}

/* True: the call fails, errno is set. */
static bool fails(enum call call, int fd, const char *path_or_null)
{
    const struct rule *rule = strikes(call, fd, path_or_null);
    if (rule == NULL) return false;
    if (rule->delay_ms > 0) {
        struct timespec delay = {rule->delay_ms / 1000, rule->delay_ms % 1000 * 1000000};
        syscall(SYS_nanosleep, &delay, NULL);
    }
    if (rule->error != 0) errno = rule->error;
    return rule->error != 0;
}

/* A timer or a signal is read whole or not at all. */
static bool takes_part(int fd)
{
    struct stat about = {.st_mode = 0};
    return syscall(SYS_newfstatat, fd, "", &about, AT_EMPTY_PATH) == 0 &&
           (about.st_mode & S_IFMT) != 0;
}

/* The same for a call that moves bytes; *size becomes what is left of it. */
static bool moves_fail(enum call call, int fd, size_t *size)
{
    const struct rule *rule = strikes(call, fd, NULL);
    if (rule == NULL) return false;
    if (rule->bytes_max > 0 && *size > rule->bytes_max && takes_part(fd)) *size = rule->bytes_max;
    if (rule->delay_ms > 0) {
        struct timespec delay = {rule->delay_ms / 1000, rule->delay_ms % 1000 * 1000000};
        syscall(SYS_nanosleep, &delay, NULL);
    }
    if (rule->error != 0) errno = rule->error;
    return rule->error != 0;
}

/* What stands behind ours: the C library, or a sanitizer in front of it. */
#define BEHIND(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))
#define CALL_BEHIND(name, ...)                     \
    ({                                             \
        static __typeof__(&(name)) behind;         \
        if (behind == NULL) behind = BEHIND(name); \
        behind(__VA_ARGS__);                       \
    })

/* --- files --- */

static mode_t mode_of(int flags, va_list arguments)
{
    return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

#define OPENS(name)                                                               \
    int name(const char *path, int flags, ...)                                    \
    {                                                                             \
        va_list arguments;                                                        \
        va_start(arguments, flags);                                               \
        mode_t mode = mode_of(flags, arguments);                                  \
        va_end(arguments);                                                        \
        return fails(OPEN, -1, path) ? -1 : CALL_BEHIND(name, path, flags, mode); \
    }
OPENS(open)
OPENS(open64)

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
    return open(path, flags);
}
int __open64_2(const char *path, int flags)
{
    return open64(path, flags);
}

ssize_t read(int fd, void *to, size_t size)
{
    return moves_fail(READ, fd, &size) ? -1 : CALL_BEHIND(read, fd, to, size);
}
ssize_t pread(int fd, void *to, size_t size, off_t at)
{
    return moves_fail(READ, fd, &size) ? -1 : CALL_BEHIND(pread, fd, to, size, at);
}
ssize_t pread64(int fd, void *to, size_t size, off64_t at)
{
    return moves_fail(READ, fd, &size) ? -1 : CALL_BEHIND(pread64, fd, to, size, at);
}

ssize_t __read_chk(int fd, void *to, size_t size, size_t room);
ssize_t __pread_chk(int fd, void *to, size_t size, off_t at, size_t room);
ssize_t __pread64_chk(int fd, void *to, size_t size, off64_t at, size_t room);
ssize_t __read_chk(int fd, void *to, size_t size, size_t room)
{
    return moves_fail(READ, fd, &size) ? -1 : CALL_BEHIND(__read_chk, fd, to, size, room);
}
ssize_t __pread_chk(int fd, void *to, size_t size, off_t at, size_t room)
{
    return moves_fail(READ, fd, &size) ? -1 : CALL_BEHIND(__pread_chk, fd, to, size, at, room);
}
ssize_t __pread64_chk(int fd, void *to, size_t size, off64_t at, size_t room)
{
    return moves_fail(READ, fd, &size) ? -1 : CALL_BEHIND(__pread64_chk, fd, to, size, at, room);
}

ssize_t write(int fd, const void *from, size_t size)
{
    return moves_fail(WRITE, fd, &size) ? -1 : CALL_BEHIND(write, fd, from, size);
}
ssize_t pwrite(int fd, const void *from, size_t size, off_t at)
{
    return moves_fail(WRITE, fd, &size) ? -1 : CALL_BEHIND(pwrite, fd, from, size, at);
}
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at)
{
    return moves_fail(WRITE, fd, &size) ? -1 : CALL_BEHIND(pwrite64, fd, from, size, at);
}

int fsync(int fd)
{
    return fails(SYNC, fd, NULL) ? -1 : CALL_BEHIND(fsync, fd);
}
int fdatasync(int fd)
{
    return fails(SYNC, fd, NULL) ? -1 : CALL_BEHIND(fdatasync, fd);
}
int ftruncate(int fd, off_t size)
{
    return fails(CUT, fd, NULL) ? -1 : CALL_BEHIND(ftruncate, fd, size);
}
int ftruncate64(int fd, off64_t size)
{
    return fails(CUT, fd, NULL) ? -1 : CALL_BEHIND(ftruncate64, fd, size);
}

/* --- sockets --- */

ssize_t recv(int fd, void *to, size_t size, int flags)
{
    return moves_fail(RECV, fd, &size) ? -1 : CALL_BEHIND(recv, fd, to, size, flags);
}
ssize_t __recv_chk(int fd, void *to, size_t size, size_t room, int flags);
ssize_t __recv_chk(int fd, void *to, size_t size, size_t room, int flags)
{
    return moves_fail(RECV, fd, &size) ? -1 : CALL_BEHIND(__recv_chk, fd, to, size, room, flags);
}
ssize_t send(int fd, const void *from, size_t size, int flags)
{
    if (fd == STDERR_FILENO) return CALL_BEHIND(send, fd, from, size, flags);
    return moves_fail(SEND, fd, &size) ? -1 : CALL_BEHIND(send, fd, from, size, flags);
}
int epoll_wait(int fd, struct epoll_event *events, int count, int timeout_ms)
{
    return fails(WAIT, fd, NULL) ? -1 : CALL_BEHIND(epoll_wait, fd, events, count, timeout_ms);
}

/* --- clocks --- */

static long shift_s(enum call call)
{
    struct timespec boot;
    const struct rule *rule = strikes(call, -1, NULL);
    if (rule == NULL) return 0;
    if (!rule->wobbles) return rule->shift_s;
    syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &boot);
    return boot.tv_sec % 2 == 0 ? rule->shift_s : 0;
}

int clock_gettime(clockid_t which, struct timespec *out_now)
{
    int result = (int)syscall(SYS_clock_gettime, which, out_now);
    if (result != 0) return result;
    if (which == CLOCK_REALTIME) out_now->tv_sec += shift_s(CLOCK);
    if (which == CLOCK_BOOTTIME || which == CLOCK_MONOTONIC) out_now->tv_sec += shift_s(BOOT);
    return 0;
}
/* Whoever reads a shifted clock sets his alarm by it. */
int timerfd_settime(int fd, int flags, const struct itimerspec *when, struct itimerspec *out_old)
{
    struct itimerspec shifted = *when;
    bool set = when->it_value.tv_sec != 0 || when->it_value.tv_nsec != 0;
    if ((flags & TFD_TIMER_ABSTIME) != 0 && set) shifted.it_value.tv_sec -= shift_s(BOOT);
    if (shifted.it_value.tv_sec < 0) shifted.it_value = (struct timespec){0, 1};
    return CALL_BEHIND(timerfd_settime, fd, flags, &shifted, out_old);
}
int gettimeofday(struct timeval *restrict out_now, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *out_now = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}
time_t time(time_t *out_now)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out_now != NULL) *out_now = now.tv_sec;
    return now.tv_sec;
}

/* --- memory; left out where a sanitizer has it --- */

#ifndef INJECT_WITHOUT_MEMORY
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    return fails(MALLOC, -1, NULL) ? NULL : __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
    return fails(MALLOC, -1, NULL) ? NULL : __libc_calloc(count, size);
}
void *realloc(void *old, size_t size)
{
    return fails(MALLOC, -1, NULL) ? NULL : __libc_realloc(old, size);
}
#endif
