/* packd-render - documents and templates to pictures, in a cage: see README.md.
 *
 * Started by packd (hal/render.h) with template folders as its arguments. In front of them may
 * stand, for tests and for whoever wants to see that the cage holds on this box:
 *   --strict          a forbidden system call kills instead of failing
 *   --prove NAME|all  tries to get out, says what was held, and ends
 * Exits: 0 packd has gone (or the cage holds), 1 it cannot do its work, 2 usage. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "firmware/render/confine_linux.h"
#include "firmware/render/held_files_linux.h"
#include "firmware/render/held_fonts_fontconfig.h"
#include "firmware/render/last_word_linux.h"
#include "firmware/render/prove_linux.h"
#include "firmware/render/serve.h"
#include "firmware/render/settle_linux.h"

#define CHARACTER_MAPS "/usr/share/poppler" /* of Debian's poppler-data, where it is installed */
#define MAPS_DEPTH 2u
#define BLOCK_BYTES (256 * 1024) /* larger blocks go back to the system when they are freed */

struct wish {
    bool strict;
    const char *prove; /* NULL: serve */
    const char *const *folders;
    size_t folder_count;
};

static bool read_arguments(int argc, char **argv, struct wish *wish)
{
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--strict") == 0) wish->strict = true;
        else if (strcmp(argv[at], "--prove") == 0 && at + 1 < argc) wish->prove = argv[++at];
        else return false;
    }
    wish->folders = (const char *const *)(argv + at);
    wish->folder_count = (size_t)(argc - at);
    return true;
}

static void complain(void *context, const char *file, unsigned line, const char *sentence)
{
    (void)context;
    fprintf(stderr, "%s:%u: %s\n", file, line, sentence);
}

/* Fonts first: whoever holds too few of them should lack a rare character map and not a letter. */
static bool hold_files(void)
{
    size_t room = held_files_room();
    if (!held_fonts_hold(room)) return false;
    held_files_add_folder(CHARACTER_MAPS, MAPS_DEPTH, room);
    return true;
}

/* One arena for all threads, and no memory that stays because it may be wanted again: a label needs
 * little, a page at 600 dpi a hundred megabytes, and there are few of those. */
static void set_memory(void)
{
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_MMAP_THRESHOLD, BLOCK_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, 2 * BLOCK_BYTES);
}

static bool open_memory(struct serve *serve, bool from_parent)
{
    int flags = from_parent ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
    void *memory = mmap(NULL, RENDER_MEMORY_BYTES, PROT_READ | PROT_WRITE, flags,
                        from_parent ? RENDER_MEMORY_FD : -1, 0);
    if (memory == MAP_FAILED) return false;
    serve->memory = memory;
    serve->socket = RENDER_SOCKET_FD;
    return true;
}

static uint32_t since_us(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t seconds = now.tv_sec - start->tv_sec;
    return (uint32_t)(seconds * 1000000 + (now.tv_nsec - start->tv_nsec) / 1000);
}

static int fail(const char *why)
{
    fprintf(stderr, "packd-render: %s\n", why);
    return 1;
}

static int start_and_serve(const struct wish *wish, const struct timespec *started)
{
    struct serve serve = {.socket = -1};
    if (!open_memory(&serve, wish->prove == NULL)) return fail("there is no shared memory");
    if (!hold_files()) return fail("there are no fonts: install fonts-noto-core");
    serve.templates = templates_load(wish->folders, wish->folder_count, complain, NULL);
    if (serve.templates == NULL) return fail("there is no memory for the templates");
    if (!serve_prepare()) return fail("poppler cannot draw here");
    settle_memory();
    if (!serve_warm(&serve)) return fail("a label cannot be drawn here");
    held_files_close_door();
    last_word_prepare(serve.socket);
    struct render_ready ready = {.version = RENDER_VERSION, .files = (uint32_t)held_files_count()};
    size_t descriptors = held_files_count() + RENDER_MEMORY_FD + 1 + HELD_FILES_SPARE;
    const char *refused = confine_finish(wish->strict, descriptors, &ready.landlock);
    if (refused != NULL) return fail(refused);
    if (wish->prove != NULL) return prove_confined(wish->prove) ? 0 : 1;
    ready.start_us = since_us(started);
    if (serve_run(&serve, &ready)) return 0;
    return fail(errno == 0 ? "packd has lost its way" : "the socket is broken");
}

int main(int argc, char **argv)
{
    struct wish wish = {.strict = false};
    struct timespec started;
    clock_gettime(CLOCK_MONOTONIC, &started);
    if (!read_arguments(argc, argv, &wish)) {
        fputs("usage: packd-render [--strict] [--prove NAME|all] [TEMPLATE-FOLDER...]\n", stderr);
        return 2;
    }
    confine_begin();
    set_memory();
    (void)setenv("TZ", ":/etc/localtime", 1); /* without it each date would look at that file */
    tzset();
    /* At once: what would run at an orderly end is not allowed any more. */
    _exit(start_and_serve(&wish, &started));
}
