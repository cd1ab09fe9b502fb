/* spawns.c - how long a command takes from fork to its end, again and again, and what it holds.
 *
 *   bench_spawns RUNS COMMAND [ARGUMENT]...   one line of JSON; what the command says is dropped
 *
 * {"runs":21,"median_ms":40.1,"min_ms":39.0,"rss_kib":31000}, or {"failed":STATUS}. rss_kib is that
 * of its largest process. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/bench_parts/spans.h"

#define RUNS_MAX 200

static double spans_ms[RUNS_MAX];

static int run_once(char *command[], double *out_ms)
{
    int64_t begin_ns = spans_now_ns();
    pid_t child = vfork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        execvp(command[0], command);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return -1;
    *out_ms = (double)(spans_now_ns() - begin_ns) / 1e6;
    return status;
}

int main(int argc, char *argv[])
{
    long runs = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        fputs("usage: spawns RUNS COMMAND [ARGUMENT]...\n", stderr);
        return 2;
    }
    for (long i = 0; i < runs; i++) {
        int status = run_once(argv + 2, &spans_ms[i]);
        if (status != 0) {
            printf("{\"failed\":%d}\n", status);
            return 1;
        }
    }
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    spans_sort(spans_ms, (size_t)runs);
    printf("{\"runs\":%ld,\"median_ms\":%.2f,\"min_ms\":%.2f,\"rss_kib\":%ld}\n", runs,
           spans_ms[runs / 2], spans_ms[0], usage.ru_maxrss);
    return 0;
}
