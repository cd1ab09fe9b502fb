/* render_child.c - a packd-render that misbehaves on purpose, as its one argument says.
 *
 * Request numbers grow by one with every try, so "odd" fails the first try of the first request and
 * lets its second one pass. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hal/base/render_wire.h"
#include "hal/render.h"

static uint8_t *memory;
static struct render_request request;
static struct render_answer answer;
static const char *mode = "good";

static bool is(const char *name)
{
    return strcmp(mode, name) == 0;
}

static void wait_for_ever(void)
{
    for (;;) pause();
}

static void put(const void *message, size_t len)
{
    if (send(RENDER_SOCKET_FD, message, len, MSG_NOSIGNAL) < 0) _exit(0);
}

static void say_ready(void)
{
    struct render_ready ready = {.version = RENDER_VERSION, .files = 7};
    if (is("dies-at-once")) _exit(3);
    if (is("aborts-at-once")) abort();
    if (is("never-ready")) wait_for_ever();
    if (is("old-version")) ready.version++;
    if (is("short-ready")) put(&ready, sizeof(ready) - 1);
    put(&ready, sizeof(ready));
    if (is("ready-twice")) put(&ready, sizeof(ready));
    if (is("dies-idle")) _exit(0);
}

/* Every dot takes its byte from the input, so that the test can see whose document came out. */
static void fill_answer(void)
{
    uint32_t row = (request.width_dots + 7u) / 8u;
    answer = (struct render_answer){
        .version = RENDER_VERSION,
        .number = request.number,
        .width_dots = request.width_dots,
        .height_dots = request.height_dots,
        .bytes_per_row = row,
        .output_bytes = row * request.height_dots,
        .scale_ppm = 1000000,
    };
    memset(memory + RENDER_OUTPUT_AT, request.input_bytes > 0 ? memory[0] : 0, answer.output_bytes);
}

static void spoil_answer(void)
{
    if (is("wrong-number")) answer.number++;
    if (is("wrong-sides")) answer.width_dots++;
    if (is("wrong-rows")) answer.bytes_per_row++;
    if (is("too-long")) answer.output_bytes = RENDER_OUTPUT_MAX + 1;
    if (is("endless-count")) answer.code_count = UINT32_MAX;
    if (is("endless-text")) memset(answer.sentence, 'x', sizeof(answer.sentence));
    if (is("unknown-result")) answer.result = 99;
    if (is("refuses") || is("ends")) {
        answer = (struct render_answer){.version = RENDER_VERSION,
                                        .number = request.number,
                                        .result = is("ends") ? RENDER_ENDED : RENDER_REFUSED,
                                        .word = "encrypted",
                                        .sentence = "This document asks for a password."};
    }
}

static void eat_memory(void)
{
    const size_t size = (size_t)RENDER_RESIDENT_MAX_KIB * 1024u + 32u * 1024u * 1024u;
    static uint8_t *eaten;
    eaten = malloc(size);
    if (eaten != NULL) memset(eaten, 1, size);
}

static void talk(void)
{
    for (;;) {
        if (write(2, "Syntax Error: it goes on and on\n", 32) < 0) _exit(0);
    }
}

static void misbehave_before(void)
{
    if (is("aborts")) abort();
    if (is("segv")) raise(SIGSEGV);
    if (is("exits")) _exit(1);
    if (is("hangs")) wait_for_ever();
    if (is("odd") && request.number % 2 == 1) abort();
    if (is("closes")) {
        close(RENDER_SOCKET_FD);
        wait_for_ever();
    }
    if (is("talks")) talk();
    if (is("eats")) eat_memory();
    if (is("says")) fprintf(stderr, "one line\nand \x1b[31mred%0300d\nno end", 7);
}

static void answer_one(void)
{
    misbehave_before();
    fill_answer();
    spoil_answer();
    put(&answer, is("short-answer") ? sizeof(answer) - 1 : sizeof(answer));
    if (is("twice")) put(&answer, sizeof(answer));
    if (is("answers-and-dies")) _exit(9);
}

static void answer_too_much(void)
{
    static uint8_t large[sizeof(answer) + 1];
    fill_answer();
    memcpy(large, &answer, sizeof(answer));
    put(large, sizeof(large));
}

int main(int argc, char **argv)
{
    if (argc > 1) mode = argv[1];
    memory =
        mmap(NULL, RENDER_MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, RENDER_MEMORY_FD, 0);
    if (memory == MAP_FAILED) return 4;
    if (ftruncate(RENDER_MEMORY_FD, 0) == 0) return 5; /* the seals would be missing */
    if (getenv("PATH") != NULL) return 6;              /* the environment is ours alone */
    say_ready();
    while (recv(RENDER_SOCKET_FD, &request, sizeof(request), 0) == (ssize_t)sizeof(request)) {
        if (is("long-answer")) answer_too_much();
        else answer_one();
    }
    _exit(0); /* at once: no sanitizer looks for leaks here */
}
