/* render.h - documents and templates to pictures, in a child that can touch nothing else.
 *
 * The child is packd-render, started at the first request or before (render_warm) and kept. One
 * that dies, hangs beyond the deadline or answers nonsense costs its request one more try in a
 * fresh child; then the request fails, and what killed it twice is kept in `keep_dir` for a bug
 * report: at most RENDER_KEPT_MAX files, their names marked "personal". A child that cannot be
 * started fails every request with ERR_NOT_FOUND, and is tried again with a growing pause. Between
 * two requests one that holds more than RENDER_RESIDENT_MAX_KIB gives way to a fresh one, and so
 * does one that a document took too much of: it refuses that by itself, long before the deadline.
 *
 * Requests queue up, RENDER_QUEUE_MAX of them. Nothing blocks; one thread, the loop's. */
#ifndef PACKD_HAL_RENDER_H
#define PACKD_HAL_RENDER_H

#include "hal/base/err.h"
#include "hal/base/render_wire.h"
#include "hal/loop.h"

#define RENDER_QUEUE_MAX 4u
#define RENDER_DEADLINE_MS 2000 /* of one try of two; a label takes tens of milliseconds */
#define RENDER_START_MS 10000   /* until the child is ready: fonts on a cold and slow disk */
#define RENDER_KEPT_MAX 8u
#define RENDER_RESIDENT_MAX_KIB ((ADDRESSES_ARE_WATCHED ? 192 : 48) * 1024)
#define RENDER_LINE_MAX 200 /* bytes of one line that the child said */

struct render;

struct render_settings { /* copied */
    const char *program; /* path of packd-render */
    const char *const *template_folders;
    size_t folder_count;
    const char *keep_dir; /* NULL: nothing is kept */
    int64_t deadline_ms;  /* 0: RENDER_DEADLINE_MS */
};

/* Exactly once for each request that was taken. May ask, must not close. ERR_NONE: `answer` is
 * checked, and `output` has answer->output_bytes; both are good during the call. Refused documents
 * are ERR_NONE too. ERR_TIMEOUT, ERR_CLOSED: it killed two children; ERR_CORRUPT: two gave
 * nonsense; ERR_NOT_FOUND: there is no packd-render; ERR_NO_MEMORY. Then answer is NULL. */
typedef void render_done_fn(void *context, uint32_t ticket, enum err error,
                            const struct render_answer *answer, struct bytes output);

MUST_USE enum err render_open(struct loop *loop, const struct render_settings *settings,
                              render_done_fn *done, void *context, struct render **out_render);
void render_close(struct render *render); /* what is queued is dropped without a word */

/* Copies the input. version, number and input_bytes of the request are filled in here. ERR_BUSY:
 * the queue is full; ERR_TOO_BIG; ERR_INVALID: render_request_check() says no; ERR_NO_MEMORY.
 * `done` is called later, never from here. */
MUST_USE enum err render_ask(struct render *render, uint32_t ticket,
                             const struct render_request *request, struct bytes input);
void render_warm(struct render *render); /* starts the child unless it is there or in a pause */
/* Lines the child wrote to its standard error, for the log: one each, bounded. Must not close. */
typedef void render_said_fn(void *context, struct bytes line);
void render_listen(struct render *render, render_said_fn *said, void *context);
/* For status: how often it was started, and its resident memory in KiB now; 0: not running. */
uint32_t render_starts(const struct render *render);
int64_t render_resident_kib(const struct render *render);

#endif
