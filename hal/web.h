/* web.h - the packer's page, on the loopback only: state goes out as events, presses come in.
 *
 *   GET  /<asset>   one of the embedded files; "/" is "/index.html"
 *   GET  /state     the latest state, application/json
 *   GET  /label.png the dots of the label made last; 404 before the first
 *   GET  /events    server-sent events: the latest state at once, then each new one
 *   POST /press     a small JSON body, handed to the callback; 204 when taken, 409 when not
 *
 * Requests must name localhost, 127.0.0.1 or [::1] as Host, and a POST must come from our own page
 * (Origin), so that a page from elsewhere in the same browser can neither read nor press. A reader
 * too slow for its queue is dropped; the browser comes back by itself and gets the latest state.
 * Runs inside the loop and never blocks; without clients and without events it wakes nobody. */
#ifndef PACKD_HAL_WEB_H
#define PACKD_HAL_WEB_H

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/base/textbuf.h"

#define WEB_STATE_MAX (32u * 1024u) /* bytes of one published state */
#define WEB_QUEUE_MAX (64u * 1024u) /* bytes waiting for one reader of events */
#define WEB_READERS_MAX 8           /* of events at once; one more is told 503 */
#define WEB_CONNECTIONS_MAX 24
#define WEB_PRESS_MAX 4096 /* bytes of a press; more is 413 */

struct web;
struct loop;

struct web_asset {
    const char *path; /* "/index.html" */
    const char *content_type;
    struct bytes content;
    const char *etag; /* with its quotes, "\"3f9a\"" */
};

/* One press, as the page sent it; not looked into. False: the page is told it was not taken. */
typedef bool web_press_fn(void *context, struct bytes body);

struct web_settings {
    uint16_t port;                  /* 0: any free one, for tests */
    const struct web_asset *assets; /* must outlive the server */
    size_t asset_count;
    web_press_fn *press; /* may call web_publish, must not close */
    void *context;
};

/* Listens on 127.0.0.1 and, where there is one, ::1. ERR_BUSY: the port is taken. */
MUST_USE enum err web_open(struct loop *loop, const struct web_settings *settings,
                           struct textbuf *out_why, struct web **out_web);
/* Ends all connections. Accepts NULL. */
void web_close(struct web *web);

/* The new state, one line of JSON of at most WEB_STATE_MAX bytes; copied, kept for later readers
 * and sent to all there are. The same state again is not sent again. */
void web_publish(struct web *web, struct bytes json);

/* The picture of the label made last, of at most WEB_PICTURE_MAX bytes; copied. A larger one is not
 * shown. */
#define WEB_PICTURE_MAX (256u * 1024u)
void web_show_label(struct web *web, struct bytes png);

uint16_t web_port(const struct web *web);
/* Readers of events at present: is a screen watching? */
size_t web_readers(const struct web *web);

#endif
