/* courier.h - the courier service: the sandbox contract of README.md and, on the same port, an
 * imitation of Delhivery's endpoints (delhivery.c). Both write the one ledger. */
#ifndef PACKD_TOOLS_PACKSIM_COURIER_H
#define PACKD_TOOLS_PACKSIM_COURIER_H

#include "tools/packsim/server.h"

enum repeat_mode { REPEAT_KEY, REPEAT_EXISTING, REPEAT_REFUSE, REPEAT_DUPLICATE };
enum label_mode { LABEL_GOOD, LABEL_MISSING, LABEL_WRONG_AWB };

struct courier_modes {
    enum repeat_mode repeat;
    enum label_mode label;
    int64_t lookup_lag_ms;
    int64_t pool_age_ms;
    bool funds_empty;
    bool warehouse_unknown;
};

bool courier_open(uint16_t port, uint16_t *out_port);

/* World locked. */
struct courier_modes *courier_modes(void);
MUST_USE bool courier_mode_set(struct bytes name, struct bytes value); /* "repeat", "existing" */
const char *courier_token(void);
uint16_t courier_port(void);

enum pincode_answer { PINCODE_SERVED, PINCODE_BAD, PINCODE_NOT_SERVED, PINCODE_EMBARGO };
struct pincode {
    enum pincode_answer answer;
    bool cod;
    bool oda; /* out of delivery area: a surcharge place */
};
struct pincode pincode_find(const char *postcode);

/* The imitation's routes, for courier_open. */
const struct route *delhivery_routes(size_t *out_count);

#endif
