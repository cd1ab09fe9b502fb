/* outside.h - everything the station acts upon: the handles of hal, opened in one order and closed
 * in the other. Who hears from them is the pump, by the callbacks. */
#ifndef PACKD_FIRMWARE_OUTSIDE_H
#define PACKD_FIRMWARE_OUTSIDE_H

#include "drivers/device_table.h"
#include "firmware/recorder.h"
#include "firmware/settings.h"
#include "firmware/station/station.h"
#include "firmware/stopwatch.h"
#include "firmware/texts.h"
#include "hal/cache.h"
#include "hal/control.h"
#include "hal/hotplug.h"
#include "hal/http.h"
#include "hal/journal.h"
#include "hal/loop.h"
#include "hal/port.h"
#include "hal/render.h"
#include "hal/service.h"
#include "hal/signals.h"
#include "hal/usb.h"
#include "hal/web.h"

#define ANSWERS_MAX (TICKETS_MAX + 2u * COMMANDS_MAX) /* each question once, and ports that fail */
#define ANSWER_STORAGE_SIZE (1024u * 1024u)           /* rows, a blob or documents of one event */
// NOLINTNEXTLINE(misc-redundant-expression): equal today, not by definition
_Static_assert(ANSWER_STORAGE_SIZE >= JOURNAL_BLOB_MAX, "a blob must fit");
_Static_assert(ANSWER_STORAGE_SIZE >= CACHE_DOCUMENT_MAX * EVENT_DOCUMENTS_MAX, "documents too");

struct answer { /* asked for in a step and known at once; given as an event after that step */
    enum event_kind kind;
    uint32_t ticket; /* or the port */
    bool by_subject;
    int64_t after_seq;
    enum exchange_end end;
    enum err error;
    bool good;
    char text[JOURNAL_KEY_MAX + 1]; /* key, subject, scan or sentence */
};

enum ending { ENDING_NOT, ENDING_ASKED, ENDING_FAILED };

struct outside {
    struct settings_source source;
    struct config configs[2]; /* one is in use, the other is offered or free */
    unsigned config_now;
    uint32_t config_number; /* the newest given */
    struct secrets secrets;

    struct loop *loop;
    struct signals signals;
    struct service service;
    struct journal *journal;
    struct cache *cache; /* NULL: without */
    bool cache_lost;     /* it was begun again: its cursor must not go ahead of what is in it */
    struct http *http;
    struct usb *usb;
    struct ports *ports;
    struct hotplug *hotplug;
    struct render *render; /* NULL: labels are the printer's own letters */
    struct web *web;
    struct control *control;
    struct recorder recorder;
    struct device_table device_table;
    struct figures watch;
    struct texts texts;

    enum ending ending;
    int64_t last_seq; /* newest fact in the journal */
    struct answer answers[ANSWERS_MAX];
    size_t answer_first, answer_count;
    uint8_t storage[ANSWER_STORAGE_SIZE];
};

struct outside_callbacks {
    signals_fn *wish;
    http_done_fn *done;
    struct port_events ports;
    struct hotplug_events devices;
    render_done_fn *rendered;
    web_press_fn *press;
    control_line_fn *line;
};

/* configs[0] has been read and `service` made ready before. False with one sentence in the log;
 * what was opened by then is closed by outside_close. May take as long as journal_open. */
MUST_USE bool outside_open(struct outside *outside, const struct outside_callbacks *callbacks,
                           void *context);
void outside_close(struct outside *outside);

const struct config *outside_config(const struct outside *outside);

#endif
