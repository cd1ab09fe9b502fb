/* devices_choose.c - who plays which role at the bench: chosen, named by a person, given up. See
 * devices.h and binding.h. */
#include <string.h>

#include "firmware/station/devices_parts.h"

/* What the other slots have, and what the settings name for them. */
static size_t others(const struct devices *devices, const struct config *config, unsigned slot,
                     const char *out_taken[DEVICES_MAX])
{
    size_t count = 0;
    for (unsigned other = 0; other < DEVICES_MAX; other++) {
        const struct device *device = &devices->slots[other];
        if (other == slot) continue;
        const char *address =
            device->is_auto ? device->address : device_wanted_address(config, other);
        if (address[0] != '\0') out_taken[count++] = address;
    }
    return count;
}

void device_proven(struct devices *devices, const struct config *config, unsigned slot)
{
    const struct device *device = &devices->slots[slot];
    const struct cast *before = &devices->memory.cast[slot];
    struct cast cast = {.vendor = device->vendor, .product = device->product};
    const char *taken[DEVICES_MAX];
    if (!device->is_auto) return;
    bool copied = bytes_to_text(bytes_of_text(device->address), cast.address, sizeof cast.address);
    ENSURE(copied);
    bool same = strcmp(before->address, cast.address) == 0;
    size_t count = others(devices, config, slot, taken);
    cast.contested = (same && before->contested) ||
                     binding_has_rival(&devices->binding, slot, cast.address, taken, count);
    device_memory_cast(&devices->memory, slot, &cast);
}

void devices_note_rivals(struct devices *devices, const struct config *config)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        const char *played = devices->memory.cast[slot].address;
        bool plays = played[0] != '\0' && strcmp(devices->slots[slot].address, played) == 0;
        if (plays && devices->slots[slot].state == DEVICE_OPEN)
            device_proven(devices, config, slot);
    }
}

static void choose_slot(struct devices *devices, struct step *step, unsigned slot)
{
    struct device *device = &devices->slots[slot];
    const char *taken[DEVICES_MAX];
    const struct seen_device *chosen;
    size_t count = others(devices, step->config, slot, taken);
    device->casting = binding_choose(&devices->binding, &devices->memory, slot, taken, count,
                                     step->now_ms, &chosen);
    if (device->casting != CASTING_ONE) return;
    device_set_address(device, chosen->address);
    memcpy(device->name, chosen->identity.product_name, sizeof device->name);
    device->vendor = chosen->identity.vendor;
    device->product = chosen->identity.product;
    device->state = DEVICE_GONE;
    bool again = strcmp(devices->memory.cast[slot].address, chosen->address) == 0;
    if (!again) mending_init(&device->mending);
    bool waits = again && device->held_back && device->held_ms > step->now_ms;
    device->retry_ms = waits ? device->held_ms : step->now_ms;
}

/* Those who are remembered are taken before anybody is guessed. */
void devices_choose(struct devices *devices, struct step *step)
{
    if (!devices->memory.loaded) return;
    for (unsigned turn = 0; turn < 2; turn++) {
        for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
            bool remembered =
                binding_find(&devices->binding, devices->memory.cast[slot].address) != NULL;
            const struct device *device = &devices->slots[slot];
            if (device->state != DEVICE_UNBOUND || device->held) continue;
            if (remembered == (turn == 0)) choose_slot(devices, step, slot);
        }
    }
}

void devices_give_way(struct devices *devices, struct step *step, const char *address)
{
    const struct seen_device *come = binding_find(&devices->binding, address);
    for (unsigned slot = 0; come != NULL && slot < DEVICES_MAX; slot++) {
        struct device *device = &devices->slots[slot];
        const struct seen_device *has = binding_find(&devices->binding, device->address);
        if (!device->is_auto || has == NULL || come->role != binding_slot_role(slot)) continue;
        bool proven = strcmp(devices->memory.cast[slot].address, device->address) == 0;
        if (proven || has->role != ROLE_UNKNOWN) continue;
        device_close(device, step);
        device_unbind(device);
        device_reset_protocol(devices, step->config, slot);
    }
}

bool devices_release(struct devices *devices, struct step *step, unsigned slot)
{
    struct device *device = &devices->slots[slot];
    if (!device->is_auto) return false;
    device_close(device, step);
    device_unbind(device);
    device_reset_protocol(devices, step->config, slot);
    device->held = true;
    return true;
}

void devices_take_up(struct devices *devices, struct step *step, unsigned slot)
{
    devices->slots[slot].held = false;
    devices_choose(devices, step);
}

bool devices_cast(struct devices *devices, struct step *step, unsigned slot, const char *address)
{
    struct device *device = &devices->slots[slot];
    const struct seen_device *seen = binding_find(&devices->binding, address);
    struct cast cast = {.contested = seen != NULL};
    if (!device->is_auto || (address[0] != '\0' && seen == NULL)) return false;
    if (seen != NULL) {
        memcpy(cast.address, seen->address, sizeof cast.address);
        cast.vendor = seen->identity.vendor;
        cast.product = seen->identity.product;
    }
    for (unsigned other = 0; other < DEVICES_MAX; other++) { /* nobody plays two roles */
        struct device *rival = &devices->slots[other];
        bool has_it = seen != NULL && rival->is_auto && strcmp(rival->address, address) == 0;
        if (other != slot && !has_it) continue;
        device_close(rival, step);
        device_unbind(rival);
        device_reset_protocol(devices, step->config, other);
        if (other != slot) device_memory_cast(&devices->memory, other, &(struct cast){.vendor = 0});
    }
    device_memory_cast(&devices->memory, slot, &cast);
    devices_choose(devices, step);
    return true;
}
