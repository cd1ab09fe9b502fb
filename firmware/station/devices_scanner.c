/* devices_scanner.c - a scanner's port: which driver reads it, opened, read. See devices.h. */
#include <string.h>

#include "firmware/station/devices_parts.h"

const struct scanner_driver *scanner_choose(struct scanner_state *state, const char *named,
                                            const char *address,
                                            const struct device_identity *identity,
                                            const struct scanner_settings *settings,
                                            const char **out_why)
{
    static const struct device_identity nothing = {.vendor = 0};
    const struct scanner_driver *driver;
    bool any = device_driver_is_open(named);
    *out_why = "No driver reads this kind of device.";
    for (size_t i = 0; (driver = scanner_driver_at(i)) != NULL; i++) {
        if (!any && strcmp(driver->name, named) != 0) continue;
        if (any && driver->is_hid != device_is_usb(address)) continue;
        scanner_state_init(state, settings);
        const char *why = driver->describe == NULL
                              ? NULL
                              : driver->describe(state, identity != NULL ? identity : &nothing);
        if (why == NULL) return driver;
        *out_why = why;
    }
    return NULL;
}

struct line_settings scanner_usual_line(void)
{
    return scanner_driver_find(BYTES_LITERAL("line"))->usual;
}

void scanner_open(const struct scanner_driver *driver, const struct scanner_state *state,
                  uint32_t port, struct step *step)
{
    struct bytes report;
    if (driver->opening == NULL) return;
    for (size_t i = 0; (report = driver->opening(state, i)).len > 0; i++) {
        struct command *command = commands_add(step->commands, COMMAND_PORT_WRITE);
        command->port.port = port;
        command->port.bytes = report;
    }
}

/* The driver's sentence inside another one. */
static void say_unfit(struct step *step, unsigned slot, const char *why)
{
    char sentence[200];
    size_t len = strlen(why);
    if (len > 0 && why[len - 1] == '.') len--;
    bool copied = bytes_to_text(bytes_slice(bytes_of_text(why), 0, len), sentence, sizeof sentence);
    commands_log(step->commands, LOG_WARNING, "log_device_unfit", "device", devices_slot_name(slot),
                 "why", copied ? sentence : "", NULL);
}

void scanner_opened(struct devices *devices, struct step *step, unsigned slot,
                    const struct device_identity *identity)
{
    struct device *device = &devices->slots[slot];
    size_t index = slot - DEVICE_SCANNER_FIRST;
    const struct config_scanner *config = &step->config->scanners[index];
    struct scanner_state *state = &devices->scanner_states[index];
    const char *why = "";
    devices->scanner_drivers[index] =
        scanner_choose(state, config->driver, device->address, identity, &config->settings, &why);
    device->unfit = devices->scanner_drivers[index] == NULL;
    if (device->unfit) {
        say_unfit(step, slot, why);
        return;
    }
    scanner_open(devices->scanner_drivers[index], state, device->port, step);
    device_proven(devices, step->config, slot);
}

/* A code that broke off must not be glued to the next one, nor its own end be taken for a code. */
static void note_pause(struct scanner_state *state, int64_t pause_ms)
{
    if (pause_ms <= SCAN_PAUSE_MAX_MS) return;
    bool may_go_on = (state->used > 0 || state->unclean) && pause_ms <= SCAN_TAIL_MAX_MS;
    scanner_state_break(state);
    state->unclean = may_go_on;
}

static int64_t half_scan_ms(const struct devices *devices, size_t index)
{
    const struct device *device = &devices->slots[DEVICE_SCANNER_FIRST + index];
    bool waits = device->state == DEVICE_OPEN && devices->scanner_states[index].used > 0;
    return waits ? device->heard_ms + SCAN_PAUSE_MAX_MS + 1 : NO_DEADLINE;
}

bool devices_half_scan(struct devices *devices, int64_t now_ms)
{
    bool any = false;
    for (size_t i = 0; i < CONFIG_SCANNERS_MAX; i++) {
        if (half_scan_ms(devices, i) > now_ms) continue;
        const struct device *device = &devices->slots[DEVICE_SCANNER_FIRST + i];
        note_pause(&devices->scanner_states[i], now_ms - device->heard_ms);
        any = true;
    }
    return any;
}

int64_t scanners_deadline(const struct devices *devices)
{
    int64_t deadline_ms = NO_DEADLINE;
    for (size_t i = 0; i < CONFIG_SCANNERS_MAX; i++) {
        int64_t half_ms = half_scan_ms(devices, i);
        if (half_ms < deadline_ms) deadline_ms = half_ms;
    }
    return deadline_ms;
}

void scanner_next_scan(struct devices *devices, struct step *step, unsigned slot,
                       struct bytes *rest, struct device_item *out_item)
{
    size_t index = slot - DEVICE_SCANNER_FIRST;
    struct device *device = &devices->slots[slot];
    note_pause(&devices->scanner_states[index], step->now_ms - device->heard_ms);
    device->heard_ms = step->now_ms;
    const struct scanner_driver *driver = devices->scanner_drivers[index];
    while (driver != NULL && rest->len > 0) {
        enum scan_result result = SCAN_NOTHING;
        size_t used =
            driver->feed(&devices->scanner_states[index], *rest, &result, &out_item->scan);
        ENSURE(used > 0);
        *rest = bytes_from(*rest, used);
        if (result == SCAN_NOTHING) continue;
        out_item->kind = result == SCAN_READ ? DEVICE_ITEM_SCAN : DEVICE_ITEM_BAD_SCAN;
        return;
    }
    *rest = BYTES_NONE;
}
