/* tickets.c - slots with generations; see tickets.h. */
#include "firmware/station/tickets.h"

#include <string.h>

#include "hal/base/ensure.h"

void tickets_init(struct tickets *tickets)
{
    memset(tickets, 0, sizeof *tickets);
}

uint32_t tickets_take(struct tickets *tickets, enum owner owner, unsigned index)
{
    for (uint32_t slot = 0; slot < TICKETS_MAX; slot++) {
        if (tickets->slots[slot].live) continue;
        uint16_t generation = (uint16_t)(tickets->slots[slot].generation + 1u);
        if (generation == 0) generation = 1; /* so that no ticket is 0 */
        tickets->slots[slot].generation = generation;
        tickets->slots[slot].live = true;
        tickets->slots[slot].owner = owner;
        tickets->slots[slot].index = index;
        return ((uint32_t)generation << 8) | slot;
    }
    ensure_failed("a ticket is free", __FILE__, __LINE__);
}

static bool find(const struct tickets *tickets, uint32_t ticket, uint32_t *out_slot)
{
    uint32_t slot = ticket & 0xFFu;
    if (ticket == 0 || slot >= TICKETS_MAX) return false;
    if (!tickets->slots[slot].live || tickets->slots[slot].generation != ticket >> 8) return false;
    *out_slot = slot;
    return true;
}

bool tickets_settle(struct tickets *tickets, uint32_t ticket, enum owner *out_owner,
                    unsigned *out_index)
{
    uint32_t slot = 0;
    if (!find(tickets, ticket, &slot)) {
        tickets->late++;
        return false;
    }
    tickets->slots[slot].live = false;
    *out_owner = tickets->slots[slot].owner;
    *out_index = tickets->slots[slot].index;
    return true;
}

void tickets_drop(struct tickets *tickets, uint32_t ticket)
{
    uint32_t slot = 0;
    if (find(tickets, ticket, &slot)) tickets->slots[slot].live = false;
}
