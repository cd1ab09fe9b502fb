/* service.h - what a service manager wants to know: log lines; ready, alive and stopping notices.
 *
 * Log lines go to standard error, one write each, with the priority in front that systemd reads
 * ("<6>"), or without it on a terminal. A line is cut at SERVICE_LINE_MAX. Logging never blocks: a
 * line that would is dropped and counted, and the next that passes says how many were. What must
 * not be in a log is left out by whoever makes the line. Without a service manager the notices do
 * nothing. */
#ifndef PACKD_HAL_SERVICE_H
#define PACKD_HAL_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/ensure.h"

#define SERVICE_PATIENCE_MS 60000 /* a disk that takes longer to flush is no disk any more */
#define SERVICE_LINE_MAX 1024     /* bytes, priority and end of line included */

enum service_level { /* the numbers of syslog, RFC 5424 table 2 */
                     SERVICE_ERROR = 3,
                     SERVICE_WARNING = 4,
                     SERVICE_NOTICE = 5,
                     SERVICE_INFO = 6,
                     SERVICE_DEBUG = 7,
};

struct service {
    enum service_level level_max; /* what is less important than this is not written */
    int log_fd;                   /* 2 */
    bool plain;                   /* a terminal: no priorities */
    uint64_t dropped;             /* lines since the start */
    uint64_t dropped_unsaid;
    uint32_t watchdog_ms; /* 0: nobody waits for service_alive */
    bool patient;         /* until the next service_alive */
};

/* Looks at standard error and at the service manager's wishes. */
void service_init(struct service *service, enum service_level level_max);

/* A control character in the line becomes '?'. */
void service_log(struct service *service, enum service_level level, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Milliseconds after which service_alive must have come again; 0: never needed. */
uint32_t service_watchdog_ms(const struct service *service);
void service_ready(const struct service *service, const char *status);
void service_alive(struct service *service);
/* What is called next waits for the disk and cannot say meanwhile that we live: the service manager
 * grants SERVICE_PATIENCE_MS from now, until the next service_alive. */
void service_patient(struct service *service);
void service_status(const struct service *service, const char *status);
void service_stopping(const struct service *service);

#endif
