/* model_plugs.c - benches whose settings name no device (one in four): the devices are told by the
 * bus, one after the other, in any order, go away and come back, and some day a second scale hangs
 * on the same box. The station must find its own, and never weigh on the other one. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/world.h"

#define OWN_SCALE "serial:/dev/serial/by-path/own"
#define OTHER_SCALE "serial:/dev/serial/by-path/other"
#define SCANNER "usb:05e0:1200:S1"
#define PRINTER "usb:0a5f:0164:P1"
#define TOLD_WITHIN_MS 900 /* after a start; longer than a station waits is a replacement */

static const char *const addresses[SIM_PLUGS] = {[PLUG_SCALE] = OWN_SCALE,
                                                 [PLUG_SCANNER] = SCANNER,
                                                 [PLUG_PRINTER] = PRINTER,
                                                 [PLUG_OTHER_SCALE] = OTHER_SCALE};

static const struct device_table *table(void)
{
    static struct device_table table;
    static const char text[] = "[device \"scanner\"]\nusb = 05e0:*\nis = scanner\n";
    unsigned line;
    const char *why;
    if (table.count == 0) ENSURE(device_table_read(&table, bytes_of_text(text), &line, &why));
    return &table;
}

void plugs_config(struct world *world)
{
    struct config *config = &world->config;
    world->plugs.on = world->options.seed / 2 % 4 == 1;
    if (!world->plugs.on) return;
    char *const fields[] = {config->scale.address, config->scale.driver,
                            config->scanners[0].address, config->printer.address};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) snprintf(fields[i], sizeof "auto", "auto");
}

static void tell_bus(struct world *world, enum event_kind kind, enum sim_plug plug)
{
    struct event event = {.kind = kind};
    struct device_identity *identity = &event.device.identity;
    snprintf(event.device.address, sizeof event.device.address, "%s", addresses[plug]);
    identity->is_serial = plug == PLUG_SCALE || plug == PLUG_OTHER_SCALE;
    identity->is_hid = plug == PLUG_SCANNER;
    identity->is_printer = plug == PLUG_PRINTER;
    identity->vendor = identity->is_serial ? 0x0403 : identity->is_hid ? 0x05e0 : 0x0a5f;
    identity->product = identity->is_serial ? 0x6001 : 0x1200;
    sim_give(world, &event);
}

struct coming {
    enum sim_plug plug;
    uint32_t life; /* of the station: 0: any */
};

static void come(struct world *world, void *data)
{
    const struct coming *coming = data;
    if (world->plugs.there[coming->plug] || !world->running) return;
    if (coming->life != 0 && coming->life != world->life) return;
    world->plugs.there[coming->plug] = true;
    tell_bus(world, EVENT_DEVICE_SEEN, coming->plug);
}

static void comes(struct world *world, enum sim_plug plug, int64_t in_ms, uint32_t life)
{
    struct coming *coming = sim_alloc(sizeof *coming);
    *coming = (struct coming){.plug = plug, .life = life};
    sim_later(world, in_ms, true, come, coming);
}

void plugs_start(struct world *world)
{
    if (!world->plugs.on) return;
    station_know_devices(world->station, table());
    for (enum sim_plug plug = 0; plug < SIM_PLUGS; plug++) {
        world->plugs.there[plug] = false;
        bool comes_at_once = plug != PLUG_OTHER_SCALE || world->plugs.two_scales;
        if (comes_at_once) comes(world, plug, sim_between(world, 1, TOLD_WITHIN_MS), world->life);
    }
}

/* Its port has been told closed; the bus says so too, and it comes back. */
void plugs_pulled(struct world *world, enum sim_plug plug)
{
    if (!world->plugs.on || !world->plugs.there[plug]) return;
    world->plugs.there[plug] = false;
    tell_bus(world, EVENT_DEVICE_GONE, plug);
    comes(world, plug, sim_between(world, 200, 8000), 0);
}

/* Only once the box knows which is whose: before, a second one is a matter for a person. */
static bool own_is_kept(struct world *world)
{
    const struct sim_blob *blob = disk_find_blob(world, "devices");
    return blob != NULL &&
           bytes_find(bytes_of(blob->data, blob->len), BYTES_LITERAL(OWN_SCALE)) < blob->len;
}

void plugs_news(struct world *world)
{
    if (!world->plugs.on || world->plugs.two_scales || !own_is_kept(world)) return;
    if (!world->plugs.there[PLUG_SCALE]) return; /* else it would be its replacement */
    if (!sim_fault(world, FAULT_SECOND_SCALE, 200)) return;
    world->plugs.two_scales = true;
    comes(world, PLUG_OTHER_SCALE, 1, 0);
}

/* Which device a port is opened on; false: none of this bench's, or not there. */
bool plugs_open(struct world *world, const struct command *command)
{
    if (!world->plugs.on) return true;
    if (bytes_equal_text(command->port.address, OTHER_SCALE))
        sim_violation(world, "another's scale is weighed on", OTHER_SCALE);
    for (enum sim_plug plug = 0; plug < SIM_PLUGS; plug++) {
        if (bytes_equal_text(command->port.address, addresses[plug]))
            return world->plugs.there[plug];
    }
    return false;
}
