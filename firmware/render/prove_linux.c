/* prove_linux.c - see prove_linux.h. Calls are made directly, so that it is the kernel that answers
 * and not our own open(). */
#include "firmware/render/prove_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "hal/base/ensure.h"
#include "hal/base/render_wire.h"

/* Each is true when it was let. */
static bool read_passwords(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY) >= 0;
}

static bool read_by_a_library(void)
{
    FILE *file = fopen("/etc/passwd", "r");
    return file != NULL;
}

static bool read_its_own_files(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/proc/self/environ", O_RDONLY) >= 0;
}

static bool write_a_new_file(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/tmp/packd-render-was-here", O_WRONLY | O_CREAT, 0600) >=
           0;
}

static bool write_elsewhere(void)
{
    return write(RENDER_MEMORY_FD, "x", 1) > 0;
}

static bool remove_a_file(void)
{
    return syscall(SYS_unlinkat, AT_FDCWD, "/tmp/packd-render-was-here", 0) == 0;
}

static bool look_for_a_file(void)
{
    char status[256];
    return syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", status, 0) == 0;
}

static bool make_a_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool make_a_local_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool connect_a_socket(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
    return connect(RENDER_SOCKET_FD, (const struct sockaddr *)(const void *)&address,
                   sizeof(address)) == 0;
}

static bool send_a_descriptor(void)
{
    struct msghdr message = {.msg_iov = NULL};
    return sendmsg(RENDER_SOCKET_FD, &message, 0) >= 0;
}

static bool run_a_program(void)
{
    char *const arguments[] = {(char *)(uintptr_t) "/bin/true", NULL};
    execve(arguments[0], arguments, arguments + 1);
    return false; /* let, it would not have come back: the caller's line is missing then */
}

static bool start_a_process(void)
{
    long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    return pid > 0;
}

static bool start_a_process_in_its_memory(void)
{
    return syscall(SYS_clone, CLONE_VM, 0, 0, 0, 0) >= 0;
}

static bool signal_its_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static bool trace_its_parent(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static bool read_its_parents_memory(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) >= 0;
}

static bool make_memory_to_run(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

static bool make_memory_runnable(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool raise_a_limit(void)
{
    const uint64_t limit[2] = {100, 100};
    return syscall(SYS_prlimit64, 0, 0, limit, NULL) == 0;
}

static const struct {
    const char *name;
    bool (*try)(void);
} tries[] = {
    {"read-passwords", read_passwords},
    {"read-by-a-library", read_by_a_library},
    {"read-its-own-files", read_its_own_files},
    {"write-a-new-file", write_a_new_file},
    {"write-elsewhere", write_elsewhere},
    {"remove-a-file", remove_a_file},
    {"look-for-a-file", look_for_a_file},
    {"make-a-socket", make_a_socket},
    {"make-a-local-socket", make_a_local_socket},
    {"connect-a-socket", connect_a_socket},
    {"send-a-descriptor", send_a_descriptor},
    {"run-a-program", run_a_program},
    {"start-a-process", start_a_process},
    {"start-a-process-in-its-memory", start_a_process_in_its_memory},
    {"signal-its-parent", signal_its_parent},
    {"trace-its-parent", trace_its_parent},
    {"read-its-parents-memory", read_its_parents_memory},
    {"make-memory-to-run", make_memory_to_run},
    {"make-memory-runnable", make_memory_runnable},
    {"raise-a-limit", raise_a_limit},
};

/* Not to a file: nothing is written into files here. */
static bool say(const char *verdict, const char *name)
{
    char line[80];
    int len = snprintf(line, sizeof(line), "%s %s\n", verdict, name);
    return len > 0 && write(STDOUT_FILENO, line, (size_t)len) == len;
}

bool prove_confined(const char *name)
{
    bool held = true;
    size_t tried = 0;
    for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
        if (strcmp(name, "all") != 0 && strcmp(name, tries[i].name) != 0) continue;
        bool out = tries[i].try();
        bool said = say(out ? "LET OUT" : "held", tries[i].name);
        held = held && said && !out;
        tried++;
    }
    return held && tried > 0;
}
