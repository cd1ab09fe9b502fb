/* showing.h - a person shows which device plays a role: scans with it, puts something on it, or
 * says which number the printer beside him has printed.
 *
 * All that could be it are opened at once, each on a port of its own, beside the bench's devices;
 * those that play other roles are left alone. The first that is shown plays the role from then on
 * (devices_cast). Nothing scanned or weighed here is anybody's order or weight. It ends by itself
 * after SHOWING_MS, and the bench is as it was. A keyboard that is not a scanner is dead that long:
 * its keys must reach nobody before it is known what it is. */
#ifndef PACKD_FIRMWARE_STATION_SHOWING_H
#define PACKD_FIRMWARE_STATION_SHOWING_H

#include "firmware/station/devices.h"

#define SHOWING_PROBES_MAX 4u
#define SHOWING_MS 60000

enum showing_end { SHOWING_NOTHING_YET, SHOWING_DONE, SHOWING_NONE_THERE, SHOWING_TIMEOUT };

struct probe { /* one that could be it */
    char address[CONFIG_ADDRESS_SIZE];
    char name[IDENTITY_TEXT_SIZE];
    uint32_t port; /* DEVICES_MAX and on in the low byte, generation above */
    bool is_open;
    bool was_empty; /* scale: the plate was seen empty */
    const struct scanner_driver *scanner;
    struct scanner_state scanner_state;
    const struct scale_driver *scale; /* NULL: still being looked for */
    struct scale_state scale_state;
    struct finding finding;
    int64_t ask_ms;
};

struct showing {
    bool is_on;
    unsigned slot; /* of devices.h: the role that is shown */
    struct probe probes[SHOWING_PROBES_MAX];
    size_t count;
    uint32_t generation;
    int64_t until_ms;
    enum showing_end end; /* of the last one */
};

void showing_init(struct showing *showing);
/* False: the settings name this device, or there is none that could be it. */
MUST_USE bool showing_begin(struct showing *showing, struct devices *devices, struct step *step,
                            unsigned slot);
void showing_stop(struct showing *showing, struct devices *devices, struct step *step);
/* "This one": the number that came out of the printer, from 1. False: there is none. */
MUST_USE bool showing_this(struct showing *showing, struct devices *devices, struct step *step,
                           struct bytes number);
/* PRESS_SHOW and its like, PRESS_CAST. False: it is another press, or cannot be done now; while a
 * parcel is in hand nothing changes. */
MUST_USE bool showing_press(struct showing *showing, struct devices *devices, struct step *step,
                            enum press press, const char *text, bool idle);
bool showing_owns(uint32_t port);
/* Ports and time; takes what belongs to its ports. */
void showing_step(struct showing *showing, struct devices *devices, struct step *step,
                  const struct event *event);
int64_t showing_deadline(const struct showing *showing);

#endif
