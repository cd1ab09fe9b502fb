/* oms_list.c - every order system, one line each, in the order of choice lists on screens. */
#include "firmware/oms/oms_list.h"

/* clang-format off */
#define ORDER_SYSTEMS(ENTRY) \
    ENTRY(custom) \
    /* the next one goes above this line */
/* clang-format on */

#define DECLARED(name) extern const struct oms oms_##name;
#define LISTED(name) &oms_##name,

ORDER_SYSTEMS(DECLARED)

static const struct oms *const order_systems[] = {ORDER_SYSTEMS(LISTED)};

const struct oms *oms_find(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(order_systems); i++) {
        if (bytes_equal_text(name, order_systems[i]->name)) return order_systems[i];
    }
    return NULL;
}

const struct oms *oms_at(size_t index)
{
    return index < ARRAY_LEN(order_systems) ? order_systems[index] : NULL;
}
