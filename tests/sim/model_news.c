/* model_news.c - what comes to a bench unasked: devices on the bus, settings saved, the disk's
 * reserve, a hand on the wrong button. None of it may change what a parcel costs. */
#include <string.h>

#include "tests/sim/world.h"

static void device_news(struct world *world)
{
    const struct config *config = &world->config;
    const char *const addresses[] = {config->scale.address, config->scanners[0].address,
                                     config->printer.address, "serial:/dev/elsewhere"};
    struct event event = {.kind = sim_below(world, 2) == 0 ? EVENT_DEVICE_SEEN : EVENT_DEVICE_GONE};
    /* Where the bus matters it has a model of its own: model_plugs.c. */
    size_t from = world->plugs.on ? ARRAY_LEN(addresses) - 1 : 0;
    const char *address = addresses[from + sim_below(world, ARRAY_LEN(addresses) - from)];
    snprintf(event.device.address, sizeof event.device.address, "%s", address);
    sim_give(world, &event);
}

static void settings_news(struct world *world)
{
    struct event event = {.kind = EVENT_CONFIG_REFUSED};
    if (sim_below(world, 2) == 0) {
        event.kind = EVENT_CONFIG_OFFERED;
        event.config.config = &world->config;
    } else {
        event.refused.line = 7;
        snprintf(event.refused.text, sizeof event.refused.text, "mode: neither live nor training");
    }
    sim_give(world, &event);
}

static void disk_back(struct world *world, void *unused)
{
    struct event event = {.kind = EVENT_DISK};
    (void)unused;
    event.disk.free_kib = 1000000;
    sim_give(world, &event);
}

static void disk_news(struct world *world)
{
    struct event event = {.kind = EVENT_DISK};
    event.disk.free_kib = 1000;
    event.disk.below_reserve = true;
    sim_later_static(world, sim_between(world, 500, 30000), true, disk_back);
    sim_give(world, &event);
}

/* Only what costs nothing: a person's word about labels and bookings is never given by chance. */
static void hasty_press(struct world *world)
{
    static const enum press presses[] = {PRESS_PRINT, PRESS_TRY_AGAIN, PRESS_GIVE_UP, PRESS_ZERO};
    bench_press(world, presses[sim_below(world, ARRAY_LEN(presses))], "");
}

/* Any that the bench knows of: packed long ago, in hand, on the shelf or still to come. */
static void cancel_order(struct world *world)
{
    if (world->oms.published > 0)
        oms_cancel(world, (unsigned)sim_below(world, world->oms.published));
}

void bench_news(struct world *world, void *unused)
{
    (void)unused;
    if (world->healed) return;
    sim_later_static(world, sim_between(world, 100, 5000), true, bench_news);
    if (sim_fault(world, FAULT_DEVICE_NEWS, 30)) device_news(world);
    plugs_news(world);
    if (sim_fault(world, FAULT_SETTINGS_NEWS, 30)) settings_news(world);
    if (sim_fault(world, FAULT_DISK_RESERVE, 2)) disk_news(world);
    if (sim_fault(world, FAULT_HASTY_PRESS, 10)) hasty_press(world);
    if (sim_fault(world, FAULT_ORDER_CANCELLED, 5)) cancel_order(world);
}
