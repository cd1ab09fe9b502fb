/* station.h - the whole pure machine: events in, commands out, no clock, no heap, no device.
 *
 * init from a configuration; step takes one event and gives a bounded list of commands; deadline
 * says when to be called if nothing happens; check asserts every invariant. The station is one
 * struct, made once. Configuration and secrets are borrowed and stay as they are until another
 * is adopted. */
#ifndef PACKD_FIRMWARE_STATION_STATION_H
#define PACKD_FIRMWARE_STATION_STATION_H

#include "firmware/station/backlog.h"
#include "firmware/station/feed.h"
#include "firmware/station/packing.h"
#include "firmware/station/packing_view.h"
#include "firmware/station/pool.h"
#include "firmware/station/recovery.h"
#include "firmware/station/showing.h"
#include "firmware/station/sync.h"
#include "firmware/station/voids.h"

/* One parse of the largest reply: json_scratch_size() of it, and a test says so. */
#define STATION_SCRATCH_SIZE (EXCHANGE_REPLY_MAX * 15u + 4096u)
#define STATION_SIZE_MAX (4u * 1024u * 1024u)
#define STORE_SLOW_SHOWN_MS 60000
#define STORE_SLOW_MS 1000 /* a flush of a sound medium takes tens of milliseconds */
#define SERVERS_MAX (SERVER_CARRIER_FIRST + CONFIG_CARRIERS_MAX)

struct station {
    const struct config *config;
    const struct secrets *secrets;
    const struct config *offered; /* waits until nothing is open; NULL: none */
    const struct carrier *carriers[CONFIG_CARRIERS_MAX];
    const struct oms *oms;
    const struct scale_catalogue *scales;    /* more of them, which files describe; NULL: none */
    const struct device_table *device_table; /* NULL: none */
    struct tickets tickets;
    uint64_t random;
    char epoch[17];
    bool started;
    int64_t last_seq;
    int64_t settled_seq;
    uint64_t next_event_seq;
    uint64_t
        event_seq_before; /* before the batch that is on its way: what a failed one gives back */
    bool batch_has_event, batch_has_aside;
    enum net_state network[SERVERS_MAX];
    bool disk_low;
    bool disk_full;        /* the latest batch found no space */
    int64_t slow_until_ms; /* a batch took STORE_SLOW_MS or more: said so long; NO_DEADLINE */
    struct config_fault wrong_settings; /* text empty: none */
    int64_t now_ms;

    struct devices devices;
    struct showing showing;
    struct weighing weighing;
    struct scale_care care;
    struct orders orders;
    struct booking bookings[BOOKINGS_MAX];
    struct printing printing;
    struct pool pool;
    struct parcel_list recalls;
    struct parcel_list shelf; /* booked there, or refused: to be fetched */
    struct backlog backlog;
    struct voids voids;
    struct letters letters;
    struct packing packing;
    struct sync sync;
    struct feed feed;
    struct recovery recovery;
    bool recovering; /* it has begun */
    struct floor floor;
    struct backlog_floor backlog_floor;
    int64_t backlog_seq; /* the cursor at the start */

    const char *message_id; /* shown now */
    char document[VIEW_DOCUMENT_SIZE];
    size_t document_len;
    uint64_t steps;
    _Alignas(16) uint8_t scratch[STATION_SCRATCH_SIZE];
};
_Static_assert(sizeof(struct station) <= STATION_SIZE_MAX, "the station has outgrown its box");

void station_init(struct station *station, const struct config *config,
                  const struct secrets *secrets);
/* Before the first step, if at all; borrowed for good. */
void station_know_devices(struct station *station, const struct device_table *table);
void station_know_scales(struct station *station, const struct scale_catalogue *scales);
/* Resets `commands` first. Event bytes must stay good until the commands have been performed. */
void station_step(struct station *station, const struct event *event, struct commands *commands);
/* Boot milliseconds; NO_DEADLINE when only an event can change anything. */
int64_t station_deadline(struct station *station);
void station_check(const struct station *station);

#endif
