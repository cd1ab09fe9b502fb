/* binding.c - see binding.h for the rule. */
#include "firmware/station/binding.h"

#include <string.h>

void binding_init(struct binding *binding, const struct device_table *table, int64_t now_ms)
{
    memset(binding, 0, sizeof *binding);
    binding->table = table;
    binding->changed_ms = now_ms;
}

static struct seen_device *place_of(struct binding *binding, const char *address)
{
    for (size_t i = 0; i < BINDING_SEEN_MAX; i++) {
        if (strcmp(binding->seen[i].address, address) == 0) return &binding->seen[i];
    }
    return NULL;
}

const struct seen_device *binding_find(const struct binding *binding, const char *address)
{
    for (size_t i = 0; address[0] != '\0' && i < BINDING_SEEN_MAX; i++) {
        if (strcmp(binding->seen[i].address, address) == 0) return &binding->seen[i];
    }
    return NULL;
}

void binding_seen(struct binding *binding, const char *address,
                  const struct device_identity *identity, int64_t now_ms)
{
    struct seen_device *place = place_of(binding, address);
    if (address[0] == '\0') return;
    if (place == NULL) place = place_of(binding, "");
    if (place == NULL) {
        binding->untold++;
        return;
    }
    bool copied = bytes_to_text(bytes_of_text(address), place->address, sizeof place->address);
    if (!copied) return; /* no port could be opened by it either */
    place->identity = *identity;
    place->identity.device_id = place->identity.report_descriptor = BYTES_NONE;
    place->role = device_role_of(binding->table, identity);
    binding->changed_ms = now_ms;
}

void binding_gone(struct binding *binding, const char *address)
{
    struct seen_device *place = address[0] != '\0' ? place_of(binding, address) : NULL;
    if (place != NULL) place->address[0] = '\0';
}

enum device_role binding_slot_role(unsigned slot)
{
    if (slot == DEVICE_SCALE) return ROLE_SCALE;
    return slot == DEVICE_PRINTER ? ROLE_PRINTER : ROLE_SCANNER;
}

/* A serial line of which nothing is known is a scale: scanners and printers on one say what they
 * are, or are named. */
bool binding_may_play(const struct seen_device *device, enum device_role role)
{
    if (device->role != ROLE_UNKNOWN) return device->role == role;
    return role == ROLE_SCALE && device->identity.is_serial;
}

bool binding_address_fits(const char *wanted, const char *seen)
{
    struct bytes whole = bytes_of_text(seen);
    size_t len = strlen(wanted);
    if (len == 0 || !bytes_start_with(whole, wanted)) return false;
    return whole.len == len || whole.data[len] == ':';
}

static bool is_taken(const struct seen_device *device, const char *const *taken, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (binding_address_fits(taken[i], device->address)) return true;
    }
    return false;
}

static bool is_same_model(const struct seen_device *device, const struct cast *cast)
{
    return cast->vendor != 0 && device->identity.vendor == cast->vendor &&
           device->identity.product == cast->product;
}

/* The one with the first address, so that the same devices are cast the same way each time. */
static const struct seen_device *first_of(const struct seen_device *a, const struct seen_device *b)
{
    return a == NULL || strcmp(b->address, a->address) < 0 ? b : a;
}

/* Nobody is a rival of one that says what it is if nothing is known of him. */
static bool could_play(const struct seen_device *device, enum device_role role, bool says_so)
{
    return says_so ? device->role == role : binding_may_play(device, role);
}

bool binding_has_rival(const struct binding *binding, unsigned slot, const char *address,
                       const char *const *taken, size_t taken_count)
{
    enum device_role role = binding_slot_role(slot);
    const struct seen_device *has = binding_find(binding, address);
    bool says_so = has != NULL && has->role == role;
    for (size_t i = 0; i < BINDING_SEEN_MAX; i++) {
        const struct seen_device *device = &binding->seen[i];
        if (device->address[0] == '\0' || strcmp(device->address, address) == 0) continue;
        if (!could_play(device, role, says_so)) continue;
        if (!is_taken(device, taken, taken_count)) return true;
    }
    return false;
}

static bool one_says_so(const struct binding *binding, enum device_role role,
                        const char *const *taken, size_t taken_count)
{
    for (size_t i = 0; i < BINDING_SEEN_MAX; i++) {
        const struct seen_device *device = &binding->seen[i];
        if (device->address[0] == '\0' || device->role != role) continue;
        if (!is_taken(device, taken, taken_count)) return true;
    }
    return false;
}

enum casting binding_choose(const struct binding *binding, const struct device_memory *memory,
                            unsigned slot, const char *const *taken, size_t taken_count,
                            int64_t now_ms, const struct seen_device **out_device)
{
    enum device_role role = binding_slot_role(slot);
    const struct cast *cast = &memory->cast[slot];
    const struct seen_device *any = NULL, *same = NULL;
    size_t any_count = 0, same_count = 0;
    *out_device = binding_find(binding, cast->address);
    if (*out_device != NULL && !is_taken(*out_device, taken, taken_count)) return CASTING_ONE;
    *out_device = NULL;
    bool says_so = one_says_so(binding, role, taken, taken_count);
    for (size_t i = 0; i < BINDING_SEEN_MAX; i++) {
        const struct seen_device *device = &binding->seen[i];
        if (device->address[0] == '\0' || is_taken(device, taken, taken_count)) continue;
        if (!could_play(device, role, says_so)) continue;
        any = first_of(any, device);
        any_count++;
        if (!is_same_model(device, cast)) continue;
        same = first_of(same, device);
        same_count++;
    }
    if (any_count == 0 || now_ms - binding->changed_ms < BINDING_QUIET_MS) return CASTING_NONE;
    if (role == ROLE_SCANNER) *out_device = any;
    else if (cast->contested) return CASTING_SEVERAL;
    else if (any_count == 1) *out_device = any;
    else if (same_count == 1) *out_device = same;
    return *out_device != NULL ? CASTING_ONE : CASTING_SEVERAL;
}
