/* control.h - the local socket that packctl talks to: one line of JSON asks, lines answer.
 *
 * A request is one line. An answer is any number of lines and then an empty one. Clients are named
 * by number; a number is never used again, so an answer to somebody gone goes nowhere. Who may ask
 * is decided by the socket's permissions. The serving side never blocks: a client that does not
 * read is dropped when CONTROL_QUEUE_MAX bytes wait for it. */
#ifndef PACKD_HAL_CONTROL_H
#define PACKD_HAL_CONTROL_H

#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/err.h"

#define CONTROL_LINE_MAX (64u * 1024u) /* without its end of line */
#define CONTROL_QUEUE_MAX (1024u * 1024u)
#define CONTROL_CLIENTS_MAX 8 /* one more is turned away */

struct control;
struct loop;

struct control_client {
    uint32_t id;
    uint32_t uid; /* the kernel's word on who asks */
    int32_t pid;
};

/* One request. The line is borrowed for the call. May answer at once or later. */
typedef void control_line_fn(void *context, const struct control_client *client, struct bytes line);

/* Mode 0660. A socket left behind at path is replaced, a living one is ERR_BUSY. */
MUST_USE enum err control_open(struct loop *loop, const char *path, control_line_fn *line,
                               void *context, struct control **out_control);
/* Removes the socket. Accepts NULL. */
void control_close(struct control *control);
/* One line of the answer, without its end of line, not empty; `last` ends the answer. The line may
 * be empty when it is the last. Nothing happens when the client is gone. */
void control_reply(struct control *control, uint32_t client, struct bytes line, bool last);

/* The asking side; these block, at most timeout_ms for each piece. */
struct control_link; /* one connection */
MUST_USE enum err control_connect(const char *path, uint32_t timeout_ms,
                                  struct control_link **out_link);
/* False ends the reading of this answer; the link is then of no further use. */
typedef bool control_answer_fn(void *context, struct bytes line);
MUST_USE enum err control_ask(struct control_link *link, struct bytes line,
                              control_answer_fn *answer, void *context);
void control_disconnect(struct control_link *link);

#endif
