/* devices.h - which port is scale, scanner, printer; lost and found; bytes to readings.
 *
 * Each configured device has one slot, opened at start and again whenever it was lost, with a
 * growing pause that stays under two seconds, at once when hot-plug says it is there. A port's
 * number carries a generation, so bytes of a port that was closed find nobody. */
#ifndef PACKD_FIRMWARE_STATION_DEVICES_H
#define PACKD_FIRMWARE_STATION_DEVICES_H

#include "drivers/driver_list.h"
#include "firmware/station/backoff.h"
#include "firmware/station/event.h"

#define DEVICE_SCALE 0u
#define DEVICE_SCANNER_FIRST 1u
#define DEVICE_PRINTER (DEVICE_SCANNER_FIRST + CONFIG_SCANNERS_MAX)
#define DEVICES_MAX (DEVICE_PRINTER + 1u)
#define SCALE_CANDIDATES_MAX 12u

enum device_state { DEVICE_ABSENT, DEVICE_GONE, DEVICE_OPENING, DEVICE_OPEN };

struct device {
    enum device_state state; /* ABSENT: not configured */
    uint32_t port;           /* slot in the low byte, generation above */
    int64_t retry_ms;        /* GONE: when to open again; else NO_DEADLINE */
    struct backoff backoff;
    int64_t heard_ms; /* when the device last said something that made sense */
    int64_t opened_ms;
    bool silent; /* was shown as silent */
};

struct devices {
    struct device slots[DEVICES_MAX];
    /* scale: with a driver by name one candidate, with "auto" all of them until one is locked */
    const struct scale_driver *scale_drivers[SCALE_CANDIDATES_MAX];
    struct scale_state scale_states[SCALE_CANDIDATES_MAX];
    size_t scale_count;
    int64_t scale_ask_ms; /* scales that must be asked: when next */
    const struct scanner_driver *scanner_drivers[CONFIG_SCANNERS_MAX];
    struct scanner_state scanner_states[CONFIG_SCANNERS_MAX];
    const struct printer_driver *printer_driver;
    struct printer_state printer_state;
    struct printer_status printer_status;
    bool printer_known; /* printer_status was received since the port was opened */
    int64_t printer_status_ms;
    int64_t printer_ask_ms;   /* when to ask for its status next */
    bool printer_asked;       /* and has not answered yet */
    int64_t printer_asked_ms; /* the first time that was not answered */
    bool printer_eager;       /* printing wants to know soon */
    uint64_t printer_drained;
    uint64_t printer_written;
    uint32_t frames_refused;
    uint32_t clutter; /* bytes and reports of ports that are no more */
};

enum device_item_kind {
    DEVICE_ITEM_NONE,
    DEVICE_ITEM_READING,
    DEVICE_ITEM_SCAN,
    DEVICE_ITEM_BAD_SCAN,
    DEVICE_ITEM_STATUS
};

struct device_item { /* one thing that a device has said */
    enum device_item_kind kind;
    struct scale_reading reading;
    struct scan scan;
};

void devices_init(struct devices *devices, const struct config *config, int64_t now_ms);
/* New settings: closes every port and opens what the new ones name. Port numbers go on. */
void devices_reconfigure(struct devices *devices, struct step *step, const struct config *config);
/* Everything about ports and time but bytes. */
void devices_step(struct devices *devices, struct step *step, const struct event *event);
/* Takes bytes off the front of *rest and gives the next thing said; NONE when *rest is used up. */
void devices_next(struct devices *devices, struct step *step, uint32_t port, struct bytes *rest,
                  struct device_item *out_item);
int64_t devices_deadline(const struct devices *devices, const struct step *step);
void devices_check(const struct devices *devices);

/* Asks the printer more often, or as usual again. */
void devices_printer_eager(struct devices *devices, const struct step *step, bool eager);
/* False when the printer is not open. */
bool devices_printer_write(struct devices *devices, struct step *step, struct bytes bytes);

/* Words of STATE.md: "ready", "opening", "gone", "silent", "wrong_line", "not_ready". */
const char *devices_scale_word(const struct devices *devices);
const char *devices_scanner_word(const struct devices *devices, size_t index);
const char *devices_printer_word(const struct devices *devices);

#endif
