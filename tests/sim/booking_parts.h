/* booking_parts.h - what booking_world.c and booking_couriers.c share: the small world itself. */
#ifndef PACKD_TESTS_SIM_BOOKING_PARTS_H
#define PACKD_TESTS_SIM_BOOKING_PARTS_H

#include "tests/sim/booking_world.h"

#define SLOTS 4u
#define MESSAGES_MAX 64u
#define SETTLE_S 20
#define LAG_S 10
#define PARCEL_TIME_MS 3600000 /* more than any parcel needs once the faults have ended */

enum word { YES, NO, NO_BUT_DOUBT, AGAIN, NOT_FOUND, NONSENSE }; /* a courier's answer */

struct question { /* what a request says, in place of HTTP and JSON */
    enum carrier_operation operation;
    uint32_t parcel;
    uint32_t generation;
    int64_t mass_mg;
};

struct reply {
    enum word word;
    uint32_t parcel, generation;
    uint64_t awb;
};

struct record {         /* of one parcel: on disk, and at the couriers */
    struct parcel fact; /* the newest on disk */
    bool open;          /* an intent without its end */
    bool booked;        /* durable */
    bool ended;
    bool bad; /* no courier takes it, at its first generation */
    uint32_t generation;
    uint32_t live; /* bookings at the couriers */
    uint64_t awb;
    uint32_t live_generation;
    int64_t visible_ms;
    uint32_t begun; /* generations begun by the bench, since its start */
};

struct mail { /* on its way; to the courier or to us */
    int64_t at_ms;
    bool to_courier;
    bool answer_lost, broken;
    unsigned carrier;
    uint32_t ticket;
    int64_t answer_in_ms;
    int64_t failed_ms;
    enum exchange_end end;
    struct question question;
    struct reply reply;
};

struct booking_world {
    struct sim_options options;
    struct sim_report report;
    uint64_t random, station_random;
    uint32_t asked[FAULTS];
    int64_t now_ms, cut_ms;
    bool healed;
    struct config config;
    struct secrets secrets;
    struct tickets tickets;
    struct booking bookings[SLOTS];
    uint32_t of_slot[SLOTS]; /* the parcel, from 1; 0: none */
    struct mail messages[MESSAGES_MAX];
    size_t message_count;
    struct record *records; /* from 1 */
    uint32_t next, ended;
    uint64_t next_awb, next_event_seq;
    int64_t last_seq;
    struct commands commands;
};

int64_t small_between(struct booking_world *world, int64_t low, int64_t high);
void small_say(struct booking_world *world, const char *what, uint32_t parcel);
void small_violation(struct booking_world *world, const char *rule, uint32_t parcel);
bool small_fault(struct booking_world *world, enum sim_fault fault, unsigned per_mille);
uint32_t small_number(const char *text); /* after one letter: "P17" is 17 */

/* booking_couriers.c: one knows our key, the other does not. */
extern const struct carrier small_keyed, small_plain;
void small_exchange(struct booking_world *world, const struct command *command);
void small_arrive(struct booking_world *world, const struct mail *message);

#endif
