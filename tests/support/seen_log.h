/* seen_log.h - which devices a test has been told of, in order, as text: "+address faces" and
 * "-address". */
#ifndef PACKD_TESTS_SUPPORT_SEEN_LOG_H
#define PACKD_TESTS_SUPPORT_SEEN_LOG_H

#include "hal/base/textbuf.h"
#include "hal/hotplug.h"
#include "tests/support/expect.h"

struct seen_log {
    unsigned seen;
    unsigned gone;
    char storage[4096];
    struct textbuf text;
};

static void seen_log_seen(void *context, const struct device_seen *device)
{
    struct seen_log *log = context;
    log->seen++;
    textbuf_format(&log->text, "+%s", device->address);
    if (device->is_serial) textbuf_text(&log->text, " serial");
    if (device->is_hid) textbuf_text(&log->text, " hid");
    if (device->is_keyboard) textbuf_text(&log->text, " keyboard");
    if (device->is_printer) textbuf_text(&log->text, " printer");
    textbuf_format(&log->text, " %04x:%04x \"%s\" \"%s\"\n", device->vendor, device->product,
                   device->serial, device->product_name);
}

static void seen_log_gone(void *context, const char *address)
{
    struct seen_log *log = context;
    log->gone++;
    textbuf_format(&log->text, "-%s\n", address);
}

__attribute__((unused)) static const struct hotplug_events seen_log_events = {.seen = seen_log_seen,
                                                                              .gone =
                                                                                  seen_log_gone};

__attribute__((unused)) static void seen_log_init(struct seen_log *log)
{
    *log = (struct seen_log){.seen = 0};
    textbuf_init(&log->text, log->storage, sizeof(log->storage));
}

#endif
