/* render_inside.h - the parts of render.h's implementation, for its own files only. */
#ifndef PACKD_HAL_RENDER_INSIDE_H
#define PACKD_HAL_RENDER_INSIDE_H

#include <sys/types.h>

#include "hal/render.h"

/* --- one child process (render_child_linux.c) --- */

struct render_child { /* descriptors: -1 when closed */
    pid_t pid;
    int pidfd;  /* readable when it has died */
    int socket; /* of messages, without blocking */
    int memory; /* RENDER_MEMORY_BYTES, sealed in size */
    int said;   /* its standard error, without blocking */
    int statm;  /* what it holds; -1 when the kernel does not tell */
};

#define RENDER_CHILD_NONE   \
    ((struct render_child){ \
        .pid = -1, .pidfd = -1, .socket = -1, .memory = -1, .said = -1, .statm = -1})

#define RENDER_DEATH_SIZE 16 /* "sigsegv", "exit-1", "unknown" */

/* With an empty environment, its own process group, and nothing open but what render_wire.h names.
 * ERR_NOT_FOUND, ERR_REFUSED: there is no such program; anything else: no room for a process. */
MUST_USE enum err render_child_start(const char *program, char *const *arguments,
                                     struct render_child *out_child);
void render_child_kill(const struct render_child *child);
/* True once it is dead and no zombie is left; the word says how it died. */
MUST_USE bool render_child_reap(const struct render_child *child,
                                char out_death[RENDER_DEATH_SIZE]);
/* Closes everything but the pidfd. */
void render_child_let_go(struct render_child *child);
/* Kills, waits for the end and closes everything. Accepts RENDER_CHILD_NONE. */
void render_child_finish(struct render_child *child);

MUST_USE bool render_child_put(const struct render_child *child, struct bytes input);
MUST_USE bool render_child_get(const struct render_child *child, uint8_t *out, size_t len);
/* What one document left in the memory is not there for the next, and not resident. */
void render_child_wipe(const struct render_child *child);
int64_t render_child_resident_kib(const struct render_child *child);

/* --- what killed two children (render_keep_posix.c) --- */

/* A new file in the folder, which is made if need be; the oldest ones beyond RENDER_KEPT_MAX go.
 * Best effort: nothing depends on it. */
void render_keep(const char *folder, const struct render_request *request, struct bytes input,
                 const char *death);

#endif
