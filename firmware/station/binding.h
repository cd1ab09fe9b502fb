/* binding.h - which of the devices that are there plays which role at the bench.
 *
 * A role whose address stands in the settings is played by that device and no other. Where the
 * settings say "auto": by the device that played it last, if it is there; else by the only one that
 * could, or the only one of the same model (it was replaced, or moved to another socket). Those who
 * say what they are come before a line of which nothing is known, also when they come later and
 * that line has proved nothing: every PC has such a one on its board. Where two
 * could, or could at any time since it was cast, a person shows which: a wrong guess would weigh
 * one bench's parcel on another's scale. Scanners are all alike: each that is there serves. */
#ifndef PACKD_FIRMWARE_STATION_BINDING_H
#define PACKD_FIRMWARE_STATION_BINDING_H

#include "drivers/device_table.h"
#include "firmware/station/device_memory.h"

#define BINDING_SEEN_MAX 40 /* hotplug may tell more (hal/usb.h); a bench has less than ten */
#define ADDRESS_AUTO "auto"

struct seen_device {
    char address[CONFIG_ADDRESS_SIZE]; /* empty: a free place */
    struct device_identity identity;   /* what only an open device tells is empty */
    enum device_role role;
};

struct binding {
    const struct device_table *table; /* may be NULL */
    struct seen_device seen[BINDING_SEEN_MAX];
    uint32_t arrivals;
    uint32_t
        left[DEVICES_MAX]; /* arrivals when the one that played it last left; 0: not seen yet */
    int64_t changed_ms;    /* the latest arrival */
    uint32_t untold;       /* found no place */
};

enum casting { CASTING_NONE, CASTING_ONE, CASTING_SEVERAL };

/* Devices are told one by one, also those that were there at the start: nothing is guessed before
 * this long nobody has come. The one that played a role last is taken at once. */
#define BINDING_QUIET_MS 1000

void binding_init(struct binding *binding, const struct device_table *table, int64_t now_ms);
void binding_seen(struct binding *binding, const char *address,
                  const struct device_identity *identity, int64_t now_ms);
void binding_gone(struct binding *binding, const char *address);

/* The role a slot of devices.h plays. */
enum device_role binding_slot_role(unsigned slot);
/* May this device play that role, as far as can be told before it is opened? */
bool binding_may_play(const struct seen_device *device, enum device_role role);

/* `taken`: addresses that other slots have or want, at most DEVICES_MAX. */
enum casting binding_choose(const struct binding *binding, const struct device_memory *memory,
                            unsigned slot, const char *const *taken, size_t taken_count,
                            int64_t now_ms, const struct seen_device **out_device);

/* Is there another that could play this role? */
bool binding_has_rival(const struct binding *binding, unsigned slot, const char *address,
                       const char *const *taken, size_t taken_count);

const struct seen_device *binding_find(const struct binding *binding, const char *address);

/* A configured address may leave its end open: "usb:0a5f:0164" is any of that kind. */
bool binding_address_fits(const char *wanted, const char *seen);

#endif
