/* step.h - what every machine is given for one step: the time, the settings, the list it writes its
 * commands to, tickets, chance. One struct, so that no machine reaches for anything else. */
#ifndef PACKD_FIRMWARE_STATION_STEP_H
#define PACKD_FIRMWARE_STATION_STEP_H

#include "carriers/carrier.h"
#include "firmware/config/config.h"
#include "firmware/oms/oms.h"
#include "firmware/station/command.h"
#include "firmware/station/tickets.h"
#include "hal/base/json.h"

#define NO_DEADLINE INT64_MAX
#define EXCHANGE_BODY_MAX (32u * 1024u)   /* largest request body we build */
#define EXCHANGE_REPLY_MAX (160u * 1024u) /* largest reply the station reads as JSON */
#define LABEL_REPLY_MAX (1024u * 1024u)   /* largest answer that brings a label */
#define LABEL_KEPT_MAX (512u * 1024u)     /* largest label: a sheet as an image at 300 dpi */
_Static_assert(OMS_PAGE_MAX *OMS_DOCUMENT_MAX <= EXCHANGE_REPLY_MAX,
               "a page of the longest orders would never come in, and the feed would stand still");

struct step {
    const struct config *config;
    const struct secrets *secrets;
    const struct carrier
        *carriers[CONFIG_CARRIERS_MAX]; /* by index in config; NULL: unknown name */
    const struct oms *oms;              /* NULL: none configured */
    int64_t now_ms;                     /* boot clock */
    int64_t wall_ms;
    bool wall_trusted;
    struct commands *commands;
    struct tickets *tickets;
    uint64_t *random;         /* state of the one seeded generator */
    struct scratch scratch;   /* for one JSON parse at a time */
    int64_t last_seq;         /* newest journal fact known to be stored */
    uint64_t *next_event_seq; /* of the order system's stream */
    const char *epoch;
};

/* May one more machine do something of its own accord in this step? When not, it stays due and the
 * pump comes back at once: so that many deadlines at one moment never overrun the list. */
bool step_has_room(const struct step *step);

/* The ticket of this step's batch; machines that add facts wait for it. */
uint32_t step_store(struct step *step);

/* Starts an exchange: the request must have been built already. */
uint32_t step_exchange(struct step *step, enum owner owner, unsigned index, unsigned server,
                       const struct http_request *request);
void step_exchange_cancel(struct step *step, uint32_t ticket);

uint32_t step_read_blob(struct step *step, enum owner owner, unsigned index, struct bytes key);

/* A request with its body storage in the arena. */
struct http_request *step_request(struct step *step, size_t body_size);

/* A word of chance from the seeded generator. */
uint64_t step_random(struct step *step);

/* Which configured courier has this name and is known to us; CONFIG_CARRIERS_MAX: none. */
unsigned step_carrier_index(const struct step *step, const char *name);

/* The accounts of a configured courier and of the order system; borrowed for the step. */
struct carrier_account step_carrier_account(const struct step *step, unsigned index);
struct oms_account step_oms_account(const struct step *step);

#endif
