/* render_child.c - packd-render asked and waited for: here a program may block. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/clock.h"
#include "hal/files.h"
#include "hal/process.h"
#include "hal/render.h"
#include "tools/packtool/render.h"

struct waiting {
    const struct render_options *options;
    struct render_seen *seen;
    uint8_t *copy; /* RENDER_OUTPUT_MAX */
    bool done;
};

static void said(void *context, struct bytes line)
{
    (void)context;
    fprintf(stderr, "packd-render: %.*s\n", (int)line.len, (const char *)line.data);
}

static void done(void *context, uint32_t ticket, enum err error, const struct render_answer *answer,
                 struct bytes output)
{
    struct waiting *waiting = context;
    (void)ticket;
    waiting->done = true;
    waiting->seen->error = error;
    if (answer == NULL) return;
    ENSURE(output.len <= RENDER_OUTPUT_MAX);
    waiting->seen->answer = *answer;
    if (output.len > 0) memcpy(waiting->copy, output.data, output.len);
    waiting->seen->output = bytes_of(waiting->copy, output.len);
}

static struct render_request request_of(const struct render_options *options)
{
    bool pdf = strcmp(options->language->name, "pdf") == 0;
    struct render_request request = {.kind = RENDER_DOCUMENT,
                                     .form = pdf ? RENDER_PDF : RENDER_PICTURE,
                                     .dpi = (uint16_t)options->dpi,
                                     .width_dots = (uint16_t)options->width_dots,
                                     .height_dots = (uint16_t)options->height_dots,
                                     .page = (uint16_t)options->page,
                                     .copy = (uint16_t)options->copy,
                                     .read_back = pdf ? 0 : 1,
                                     .anew = 1,
                                     .crop = options->crop};
    for (size_t i = 0; i < options->wanted_count; i++)
        snprintf(request.wanted[i], sizeof request.wanted[i], "%s", options->wanted[i]);
    if (options->template_name == NULL) return request;
    request.kind = RENDER_TEMPLATE;
    snprintf(request.name, sizeof request.name, "%s", options->template_name);
    return request;
}

static int by_size(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* One after the other, as packd would; the first one waits for the child's start too. */
static enum err ask_all(struct loop *loop, struct render *render, struct waiting *waiting,
                        struct bytes input)
{
    static int64_t rounds[RENDER_REPEAT_MAX];
    const struct render_options *options = waiting->options;
    const struct render_request request = request_of(options);
    for (unsigned i = 0; i < options->repeat; i++) {
        int64_t began_us = clock_boot_us();
        waiting->done = false;
        enum err error = render_ask(render, i, &request, input);
        if (error != ERR_NONE) return error;
        while (!waiting->done) loop_turn(loop, -1);
        struct render_seen *seen = waiting->seen;
        if (seen->error != ERR_NONE || seen->answer.result != RENDER_DONE) return ERR_NONE;
        int64_t answered_us = clock_boot_us();
        seen->written = render_write_job(options, seen, &seen->job);
        seen->write_us = clock_boot_us() - answered_us;
        rounds[i] = answered_us - began_us + seen->write_us;
    }
    unsigned more = options->repeat - 1;
    qsort(rounds + 1, more, sizeof rounds[0], by_size);
    if (more > 0) waiting->seen->round_us = rounds[1 + more / 2];
    return ERR_NONE;
}

/* Named, or said by the environment, or beside this program. */
static const char *find_program(const char *named)
{
    static char beside[FILES_PATH_MAX];
    const char *said_so = getenv("PACKD_RENDER");
    if (named != NULL) return named;
    if (said_so != NULL && said_so[0] != '\0') return said_so;
    process_beside("bin/packd-render", beside, sizeof beside);
    return beside;
}

bool render_child_ask(const struct render_options *options, struct bytes input,
                      struct render_seen *out)
{
    static uint8_t copy[RENDER_OUTPUT_MAX];
    struct waiting waiting = {.options = options, .seen = out, .copy = copy};
    const struct render_settings settings = {.program = find_program(options->renderer),
                                             .template_folders = options->folders,
                                             .folder_count = options->folder_count};
    struct loop *loop = NULL;
    struct render *render = NULL;
    *out = (struct render_seen){.error = ERR_NONE};
    enum err error = loop_open(&loop);
    if (error == ERR_NONE) error = render_open(loop, &settings, done, &waiting, &render);
    if (error == ERR_NONE) {
        render_listen(render, said, NULL);
        error = ask_all(loop, render, &waiting, input);
        render_close(render);
    }
    loop_close(loop);
    if (error == ERR_NONE) error = out->error == ERR_NOT_FOUND ? ERR_NOT_FOUND : ERR_NONE;
    if (error == ERR_NONE) return true;
    fprintf(stderr, "packtool: %s cannot be started or asked: %s\n", settings.program,
            err_word(error));
    return false;
}
