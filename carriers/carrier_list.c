/* carrier_list.c - every courier, one line each, in the order of choice lists on screens. */
#include "carriers/carrier_list.h"

/* clang-format off */
#define COURIERS(ENTRY) \
    ENTRY(sandbox) \
    ENTRY(delhivery) \
    /* the next one goes above this line */
/* clang-format on */

#define DECLARED(name) extern const struct carrier carrier_##name;
#define LISTED(name) &carrier_##name,

COURIERS(DECLARED)

static const struct carrier *const couriers[] = {COURIERS(LISTED)};

const struct carrier *carrier_find(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(couriers); i++) {
        if (bytes_equal_text(name, couriers[i]->name)) return couriers[i];
    }
    return NULL;
}

const struct carrier *carrier_at(size_t index)
{
    return index < ARRAY_LEN(couriers) ? couriers[index] : NULL;
}
