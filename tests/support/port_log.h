/* port_log.h - what the ports of a test have said, and waiting for it without sleeping.
 *
 * A test acts, then runs the loop until something it can name has happened. The deadline only ends
 * a run that would never end. */
#ifndef PACKD_TESTS_SUPPORT_PORT_LOG_H
#define PACKD_TESTS_SUPPORT_PORT_LOG_H

#include <stdio.h>
#include <stdlib.h>

#include "hal/clock.h"
#include "hal/loop.h"
#include "hal/port.h"
#include "tests/support/expect.h"

#ifndef PORT_LOG_PATIENCE_MS
#define PORT_LOG_PATIENCE_MS 20000
#endif

struct port_log {
    unsigned opened, failed, closed, drained, reports;
    uint32_t port; /* of the latest event */
    enum err error;
    char sentence[200];
    uint64_t taken;        /* of the latest `drained` */
    uint64_t taken_at_end; /* as ports_taken says inside `closed` */
    uint8_t in[1 << 20];   /* all that came in, in order */
    size_t in_len;
    size_t last_len; /* of the latest `bytes` */
    struct port_identity identity;
    char serial[64];
    char product[64];
    uint8_t device_id[1024];
    uint8_t descriptor[1024];
    struct ports *ports;
    bool disconnect; /* in the next `bytes` */
};

__attribute__((unused)) static void port_log_opened(void *context, uint32_t port,
                                                    const struct port_identity *identity)
{
    struct port_log *log = context;
    log->opened++;
    log->port = port;
    log->identity = *identity;
    snprintf(log->serial, sizeof(log->serial), "%s", identity->serial);
    snprintf(log->product, sizeof(log->product), "%s", identity->product_name);
    ENSURE(identity->device_id.len <= sizeof(log->device_id));
    ENSURE(identity->report_descriptor.len <= sizeof(log->descriptor));
    if (identity->device_id.len > 0) {
        memcpy(log->device_id, identity->device_id.data, identity->device_id.len);
    }
    if (identity->report_descriptor.len > 0) {
        memcpy(log->descriptor, identity->report_descriptor.data, identity->report_descriptor.len);
    }
    log->identity.device_id.data = log->device_id;
    log->identity.report_descriptor.data = log->descriptor;
}

__attribute__((unused)) static void port_log_end(struct port_log *log, uint32_t port,
                                                 enum err error, const char *sentence)
{
    log->port = port;
    log->error = error;
    snprintf(log->sentence, sizeof(log->sentence), "%s", sentence);
    EXPECT(log->sentence[0] != '\0', "an end comes with a sentence");
}

__attribute__((unused)) static void port_log_failed(void *context, uint32_t port, enum err error,
                                                    const char *sentence)
{
    struct port_log *log = context;
    log->failed++;
    port_log_end(log, port, error, sentence);
}

__attribute__((unused)) static void port_log_closed(void *context, uint32_t port, enum err error,
                                                    const char *sentence)
{
    struct port_log *log = context;
    log->closed++;
    if (log->ports) log->taken_at_end = ports_taken(log->ports, port);
    port_log_end(log, port, error, sentence);
}

__attribute__((unused)) static void port_log_bytes(void *context, uint32_t port, struct bytes bytes)
{
    struct port_log *log = context;
    log->port = port;
    log->reports++;
    log->last_len = bytes.len;
    ENSURE(bytes.len <= sizeof(log->in) - log->in_len);
    memcpy(log->in + log->in_len, bytes.data, bytes.len);
    log->in_len += bytes.len;
    if (log->disconnect) ports_disconnect(log->ports, port);
}

__attribute__((unused)) static void port_log_drained(void *context, uint32_t port, uint64_t taken)
{
    struct port_log *log = context;
    log->drained++;
    log->port = port;
    log->taken = taken;
}

static const struct port_events port_log_events = {.opened = port_log_opened,
                                                   .failed = port_log_failed,
                                                   .bytes = port_log_bytes,
                                                   .drained = port_log_drained,
                                                   .closed = port_log_closed};

/* Turns the loop until the condition holds. */
#define PORT_LOG_UNTIL(loop, condition, promise)                    \
    do {                                                            \
        int64_t until_ms_ = clock_boot_ms() + PORT_LOG_PATIENCE_MS; \
        while (!(condition) && clock_boot_ms() < until_ms_) {       \
            loop_turn((loop), until_ms_);                           \
        }                                                           \
        EXPECT((condition), promise);                               \
    } while (0)

/* With nothing going on a turn must last until its deadline. */
__attribute__((unused)) static void port_log_sleeps(struct loop *loop, const char *promise)
{
    int64_t deadline_ms = clock_boot_ms() + 30;
    loop_turn(loop, deadline_ms);
    EXPECT(clock_boot_ms() >= deadline_ms, promise);
}

/* Turns the loop until nothing is ready. */
__attribute__((unused)) static void port_log_settle(struct loop *loop)
{
    for (int i = 0; i < 20; i++) loop_turn(loop, 0);
}

#endif
