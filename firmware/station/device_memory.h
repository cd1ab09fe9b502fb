/* device_memory.h - what the bench knows of its devices from before: which of them plays which
 * role, and how each was found to talk. It is a blob of the journal, one line an entry; losing it
 * costs a search and, where two devices could play one role, a person's word.
 *
 * A device is known by its address in the most exact form (hal/hotplug.h): its serial number, or
 * the socket it is plugged into. */
#ifndef PACKD_FIRMWARE_STATION_DEVICE_MEMORY_H
#define PACKD_FIRMWARE_STATION_DEVICE_MEMORY_H

#include "drivers/line.h"
#include "firmware/station/event.h"
#include "firmware/station/step.h"

#define DEVICE_SCALE 0u
#define DEVICE_SCANNER_FIRST 1u
#define DEVICE_PRINTER (DEVICE_SCANNER_FIRST + CONFIG_SCANNERS_MAX)
#define DEVICES_MAX (DEVICE_PRINTER + 1u)

#define KNOWN_DEVICES_MAX 16

struct known_device { /* how it talks */
    char address[CONFIG_ADDRESS_SIZE];
    char driver[CONFIG_NAME_SIZE];
    struct line_settings line; /* baud 0: none */
    uint32_t cannot; /* printers: questions it never answers, a bit each, as the driver counts */
};

struct cast {                          /* who plays a role */
    char address[CONFIG_ADDRESS_SIZE]; /* empty: nobody yet */
    uint16_t vendor;
    uint16_t product;
    bool
        contested; /* another could play it, or a person had to say who: nobody is guessed for it */
};

struct device_memory {
    struct known_device known[KNOWN_DEVICES_MAX]; /* the latest first */
    size_t known_count;
    struct cast cast[DEVICES_MAX];
    uint32_t ticket; /* READ_BLOB */
    bool loaded;
    uint32_t storing;
    bool unstored;
    int64_t again_ms;
};

void device_memory_init(struct device_memory *memory);
void device_memory_start(struct device_memory *memory, struct step *step);
void device_memory_loaded(struct device_memory *memory, const struct event *event);
void device_memory_stored(struct device_memory *memory, const struct step *step, uint32_t ticket,
                          enum err error);
/* Stores what has changed, once it may. */
void device_memory_tick(struct device_memory *memory, struct step *step);
int64_t device_memory_deadline(const struct device_memory *memory);

const struct known_device *device_memory_find(const struct device_memory *memory,
                                              const char *address); /* NULL: not known */
/* The oldest makes room. Nothing happens when it is known just so. */
void device_memory_learn(struct device_memory *memory, const struct known_device *device);
void device_memory_cast(struct device_memory *memory, unsigned slot, const struct cast *cast);

/* The blob: for the tests too. */
void device_memory_write(const struct device_memory *memory, struct textbuf *out);
void device_memory_read(struct device_memory *memory, struct bytes text);

#endif
