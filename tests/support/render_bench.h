/* render_bench.h - packd-render as packd has it: a child of hal/render.h, one question at a time,
 * and what came of the last. */
#ifndef PACKD_TESTS_SUPPORT_RENDER_BENCH_H
#define PACKD_TESTS_SUPPORT_RENDER_BENCH_H

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "hal/clock.h"
#include "hal/render.h"
#include "tests/support/expect.h"

#define RENDER_BENCH_PATIENCE_MS 60000 /* only a test that fails waits for so long */

struct render_bench {
    struct loop *loop;
    struct render *render;
    unsigned count;
    enum err error;
    struct render_answer answer;
    size_t output_bytes;
    uint8_t output[RENDER_OUTPUT_MAX];
};

__attribute__((unused)) static void render_bench_done(void *context, uint32_t ticket,
                                                      enum err error,
                                                      const struct render_answer *answer,
                                                      struct bytes output)
{
    struct render_bench *bench = context;
    (void)ticket;
    bench->count++;
    bench->error = error;
    bench->output_bytes = output.len;
    if (output.len > 0) memcpy(bench->output, output.data, output.len);
    if (answer != NULL) bench->answer = *answer;
}

__attribute__((unused)) static void render_bench_said(void *context, struct bytes line)
{
    (void)context;
    fprintf(stderr, "packd-render said: %.*s\n", (int)line.len, (const char *)line.data);
}

__attribute__((unused)) static struct render_bench *render_bench_open(const char *program,
                                                                      const char *const *arguments,
                                                                      size_t count)
{
    struct render_bench *bench = calloc(1, sizeof(*bench));
    ENSURE(bench != NULL);
    struct render_settings settings = {.program = program,
                                       .template_folders = arguments,
                                       .folder_count = count,
                                       .deadline_ms = RENDER_BENCH_PATIENCE_MS}; /* sanitizers */
    EXPECT_I64(ERR_NONE, loop_open(&bench->loop), "a loop opens");
    EXPECT_I64(ERR_NONE,
               render_open(bench->loop, &settings, render_bench_done, bench, &bench->render),
               "render opens");
    render_listen(bench->render, render_bench_said, bench);
    return bench;
}

__attribute__((unused)) static void render_bench_close(struct render_bench *bench)
{
    render_close(bench->render);
    loop_close(bench->loop);
    free(bench);
    EXPECT(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "no process is left");
}

__attribute__((unused)) static void render_bench_ask(struct render_bench *bench,
                                                     const struct render_request *request,
                                                     struct bytes document)
{
    unsigned before = bench->count;
    int64_t end_ms = clock_boot_ms() + 2 * RENDER_BENCH_PATIENCE_MS;
    EXPECT_I64(ERR_NONE, render_ask(bench->render, 1, request, document), "it is taken");
    while (bench->count == before && clock_boot_ms() < end_ms) loop_turn(bench->loop, end_ms);
    EXPECT_I64(before + 1, bench->count, "it is answered");
}

/* A document on the usual stock. */
__attribute__((unused)) static struct render_request render_bench_label(void)
{
    return (struct render_request){.kind = RENDER_DOCUMENT,
                                   .dpi = 203,
                                   .width_dots = 812,
                                   .height_dots = 1218,
                                   .read_back = 1};
}

#endif
