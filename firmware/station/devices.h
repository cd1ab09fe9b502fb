/* devices.h - which port is scale, scanner, printer; lost and found; bytes to readings.
 *
 * Each role at the bench has one slot. Its device is named in the settings, or chosen among those
 * that are there (binding.h). It is opened at start and again whenever it was lost, with a growing
 * pause that stays under two seconds, at once when hot-plug says it is there. A port's number
 * carries a generation, so bytes of a port that was closed find nobody. One that fails again and
 * again is mended (mending.h). A scale whose driver the
 * settings leave open is asked what it speaks (finding.h), and nothing it says is believed before
 * that is known. What was found is remembered (device_memory.h). */
#ifndef PACKD_FIRMWARE_STATION_DEVICES_H
#define PACKD_FIRMWARE_STATION_DEVICES_H

#include "drivers/driver_list.h"
#include "drivers/printer_kind.h"
#include "firmware/station/binding.h"
#include "firmware/station/event.h"
#include "firmware/station/finding.h"
#include "firmware/station/mending.h"

enum device_state {
    DEVICE_ABSENT,  /* not wanted */
    DEVICE_UNBOUND, /* wanted, and nobody plays it: none is there, or several could */
    DEVICE_GONE,
    DEVICE_OPENING,
    DEVICE_OPEN,
    DEVICE_MENDING /* reset, or its socket switched off and on */
};

struct device {
    enum device_state state;
    bool is_auto;         /* the settings leave open which device it is */
    enum casting casting; /* UNBOUND: none there, or several */
    char address[CONFIG_ADDRESS_SIZE];
    char name[IDENTITY_TEXT_SIZE]; /* what the device calls itself; empty when it does not say */
    uint16_t vendor;
    uint16_t product;
    uint32_t port;    /* slot in the low byte, generation above */
    int64_t retry_ms; /* GONE: when to open again; else NO_DEADLINE */
    bool held_back;   /* GONE, UNBOUND: that it is seen does not cut the pause short ... */
    int64_t held_ms;  /* ... which ends then */
    struct mending mending;
    int64_t heard_ms; /* when the device last said something that made sense */
    int64_t opened_ms;
    bool silent; /* was shown as silent */
    bool unfit;  /* open, and not what the settings say: it is not listened to */
    bool held;   /* nobody is to play it: a person shows who shall (showing.h) */
};

struct devices {
    struct device slots[DEVICES_MAX];
    struct binding binding;
    struct device_memory memory;
    const struct scale_catalogue *scales;    /* more of them, which files describe; NULL: none */
    const struct scale_driver *scale_driver; /* NULL: it is being looked for */
    struct scale_state scale_state;
    struct finding finding;
    bool scale_marks;     /* what is sent carries even parity in bit 7: the line cannot be set */
    int64_t scale_ask_ms; /* scales that must be asked: when next */
    const struct scanner_driver *scanner_drivers[CONFIG_SCANNERS_MAX];
    struct scanner_state scanner_states[CONFIG_SCANNERS_MAX];
    const struct printer_driver *printer_driver; /* NULL: not known yet, or not at all */
    struct printer_state printer_state;
    struct printer_status printer_status;
    bool printer_known; /* printer_status was received since the port was opened */
    int64_t printer_status_ms;
    int64_t printer_ask_ms;                     /* when to ask for its status next */
    bool printer_asked;                         /* and has not answered yet */
    int64_t printer_asked_ms;                   /* the first time that was not answered */
    bool printer_eager;                         /* printing wants to know soon */
    struct printer_kind printer_kind;           /* by its identity, since it was opened */
    struct printer_questions printer_questions; /* beside the state */
    unsigned printer_dots_per_mm;               /* as it says; 0: not known */
    uint64_t printer_drained;
    uint64_t printer_written;
    uint32_t frames_refused;
    uint32_t refused_in_row;   /* frames of the scale without a reading between; saturates */
    enum scale_reject refusal; /* of the latest of them */
    uint32_t clutter;          /* bytes and reports of ports that are no more */
};

enum device_item_kind {
    DEVICE_ITEM_NONE,
    DEVICE_ITEM_READING,
    DEVICE_ITEM_SCAN,
    DEVICE_ITEM_BAD_SCAN,
    DEVICE_ITEM_STATUS,
    DEVICE_ITEM_ANSWER /* of the printer, to a question of printing */
};

struct device_item { /* one thing that a device has said */
    enum device_item_kind kind;
    struct scale_reading reading;
    struct scan scan;
    enum printer_result result; /* ANSWER */
    struct printer_answer answer;
};

/* `table` and `scales` may be NULL; else they are borrowed as the settings are. */
void devices_init(struct devices *devices, const struct config *config,
                  const struct device_table *table, const struct scale_catalogue *scales,
                  int64_t now_ms);
/* Reads what is remembered. What the settings leave open waits for it. */
void devices_start(struct devices *devices, struct step *step);
void devices_remembered(struct devices *devices, struct step *step, const struct event *event);
void devices_stored(struct devices *devices, const struct step *step, uint32_t ticket,
                    enum err error);
/* New settings: closes every port and opens what the new ones name. Port numbers go on; what is
 * there and what is remembered stays. */
void devices_reconfigure(struct devices *devices, struct step *step, const struct config *config);
/* Everything about ports and time but bytes. */
void devices_step(struct devices *devices, struct step *step, const struct event *event);
/* Takes bytes off the front of *rest and gives the next thing said; NONE when *rest is used up. */
void devices_next(struct devices *devices, struct step *step, uint32_t port, struct bytes *rest,
                  struct device_item *out_item);
/* True when a scanner began a code and has fallen silent; once for each. Called as time passes. */
MUST_USE bool devices_half_scan(struct devices *devices, int64_t now_ms);
int64_t devices_deadline(const struct devices *devices, const struct step *step);
void devices_check(const struct devices *devices);

/* A person says who plays a role from now on; an empty address: choose again. False: the settings
 * name another, or there is no such device. */
MUST_USE bool devices_cast(struct devices *devices, struct step *step, unsigned slot,
                           const char *address);

/* Nobody plays this role until it is taken up again. False: the settings name who does. */
MUST_USE bool devices_release(struct devices *devices, struct step *step, unsigned slot);
void devices_take_up(struct devices *devices, struct step *step, unsigned slot);

/* To the scale, as it stands; false when it is not open, not known, or there is nothing to send. */
bool devices_scale_send(struct devices *devices, struct step *step, struct bytes bytes);

/* What each label begins with. */
struct printer_setup devices_printer_setup(const struct config *config);
/* Asks the printer more often, or as usual again. */
void devices_printer_eager(struct devices *devices, const struct step *step, bool eager);
/* Asks it something beside its state, now. False when it may not know, has never answered that, or
 * has not answered yet. */
bool devices_printer_ask(struct devices *devices, struct step *step, enum printer_question which);
/* May it be asked? For a question that travels with a job: then its answer is expected from now on
 * for so long. */
bool devices_printer_may_ask(const struct devices *devices, enum printer_question which);
void devices_printer_expect(struct devices *devices, const struct step *step,
                            enum printer_question which, int64_t wait_ms);
/* Its head has other dots than the settings say: every label would come out in a wrong size. */
bool devices_printer_is_wrong(const struct devices *devices, unsigned dpi);
/* False when the printer is not open. */
bool devices_printer_write(struct devices *devices, struct step *step, struct bytes bytes);

/* Is a person to be told of this slot? Not of a place for one scanner more. */
bool devices_is_shown(const struct devices *devices, unsigned slot);
/* Words of STATE.md: "ready", "opening", "gone", "several", "loose", "pull_plug", "unfit",
 * "silent", "finding", "loopback", "wrong_line", "no_weight", "not_ready". */
const char *devices_scale_word(const struct devices *devices);
const char *devices_scanner_word(const struct devices *devices, size_t index);
const char *devices_printer_word(const struct devices *devices);
const char *devices_slot_name(unsigned slot); /* "scale", "scanner 1" */
/* Takes such a name off the front, and the blank behind it. */
MUST_USE bool devices_take_slot(struct bytes *rest, unsigned *out_slot);

#endif
