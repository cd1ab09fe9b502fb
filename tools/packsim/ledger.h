/* ledger.h - the courier's books: every booking ever made, never one forgotten or merged.
 *
 * Two bookings of one reference are two rows here whatever the client believes; that is what the
 * ledger is for. A row is on disk (ledger.jsonl) before its function returns. World locked. */
#ifndef PACKD_TOOLS_PACKSIM_LEDGER_H
#define PACKD_TOOLS_PACKSIM_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/json.h"

enum booking_status {
    BOOKING_BOOKED,
    BOOKING_PICKED_UP,
    BOOKING_IN_TRANSIT,
    BOOKING_DELIVERED,
    BOOKING_CANCELLED
};
const char *booking_status_word(enum booking_status status);

struct booking {
    char carrier[12]; /* sandbox, delhivery */
    char awb[41];
    char reference[51];
    char order_no[65];  /* empty: not told */
    char key[129];      /* idempotency key, may be empty */
    uint64_t body_hash; /* of the request that made it */
    enum booking_status status;
    int64_t mass_g;        /* as it stands */
    int64_t booked_mass_g; /* as it was booked */
    int64_t length_mm, width_mm, height_mm;
    bool fragile;
    char dangerous[7]; /* what the courier was told: a UN number, "yes", or nothing */
    bool cod;
    int64_t collect_minor;
    char pickup[65];
    char name[101], line1[201], line2[201], city[61], state[61], postcode[11], phone[21];
    int64_t booked_ms;       /* wall */
    int64_t visible_tick_ms; /* look-ups do not see it before */
};

void ledger_open(void);

/* Takes the row as it is, gives it an AWB when it has none; the stored row. Never NULL. */
const struct booking *ledger_book(const struct booking *wanted);
size_t ledger_count(void);
const struct booking *ledger_at(size_t index); /* in the order they were made */
const struct booking *ledger_find_awb(const char *awb);
const struct booking *ledger_find_key(const char *key);
/* The oldest live booking of a reference, or NULL. */
const struct booking *ledger_find_live(const char *reference);
bool ledger_is_live(const struct booking *booking);

void ledger_status(const char *awb, enum booking_status status);
void ledger_mass(const char *awb, int64_t mass_g);

/* `count` fresh AWB numbers of a carrier, booked by nobody; `take` gets each. */
void ledger_pool(const char *carrier, unsigned count, void (*take)(void *context, const char *awb),
                 void *context);
/* Was the number handed out, at least `age_ms` ago? */
bool ledger_pool_has(const char *awb, int64_t age_ms);

/* One line a reference, with its live and its dead bookings. */
void ledger_write(struct json_writer *lines);

/* The three letters and the district that carriers print large: "BLR/560". */
void route_write(const char *postcode, char *out_route, size_t size);

#endif
