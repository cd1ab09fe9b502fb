/* devices.c - ports opened, lost and found again; what they say handed on one thing at a time.
 *
 *   UNBOUND --chosen--> GONE --retry--> OPENING --opened--> OPEN --closed--> GONE or MENDING
 *      ^                 |                 +----failed----> GONE or MENDING --done--> GONE
 *      +---it has left---+                                          ABSENT: not wanted
 *
 * UNBOUND: nobody plays this role. GONE: nothing is asked of the port, a retry is due. OPENING: one
 * open command is out. OPEN: bytes with this port number are this device's; all earlier numbers are
 * dead. */
#include "firmware/station/devices.h"

#include <string.h>

#include "firmware/station/devices_parts.h"

static bool is_scanner(unsigned slot)
{
    return slot >= DEVICE_SCANNER_FIRST && slot < DEVICE_PRINTER;
}

bool device_is_usb(const char *address)
{
    return bytes_start_with(bytes_of_text(address), "usb:");
}

bool device_is_serial(const char *address)
{
    return bytes_start_with(bytes_of_text(address), "serial:");
}

bool device_driver_is_open(const char *driver)
{
    return driver[0] == '\0' || strcmp(driver, "auto") == 0;
}

const char *device_wanted_address(const struct config *config, unsigned slot)
{
    if (slot == DEVICE_SCALE) return config->scale.address;
    if (slot == DEVICE_PRINTER) return config->printer.address;
    size_t index = slot - DEVICE_SCANNER_FIRST;
    return index < config->scanner_count ? config->scanners[index].address : "";
}

void device_set_address(struct device *device, const char *address)
{
    bool copied = bytes_to_text(bytes_of_text(address), device->address, sizeof device->address);
    ENSURE(copied);
}

void device_reset_protocol(struct devices *devices, const struct config *config, unsigned slot)
{
    if (slot == DEVICE_SCALE) {
        scale_forget(devices, config);
        devices->finding.reopen = false;
        return;
    }
    if (slot == DEVICE_PRINTER) {
        printer_forget(devices, config);
        return;
    }
    size_t index = slot - DEVICE_SCANNER_FIRST;
    devices->scanner_drivers[index] =
        scanner_driver_find(bytes_of_text(config->scanners[index].driver));
    scanner_state_init(&devices->scanner_states[index], &config->scanners[index].settings);
}

static void init_slot(struct devices *devices, const struct config *config, unsigned slot,
                      int64_t now_ms)
{
    struct device *device = &devices->slots[slot];
    const char *wanted = device_wanted_address(config, slot);
    bool is_auto = strcmp(wanted, ADDRESS_AUTO) == 0;
    *device = (struct device){.state = DEVICE_GONE,
                              .is_auto = is_auto,
                              .port = device->port,
                              .retry_ms = NO_DEADLINE};
    mending_init(&device->mending);
    if (wanted[0] == '\0') device->state = DEVICE_ABSENT;
    else if (is_auto) device->state = DEVICE_UNBOUND;
    else {
        device_set_address(device, wanted);
        device->retry_ms = now_ms;
    }
    device_reset_protocol(devices, config, slot);
}

void devices_init(struct devices *devices, const struct config *config,
                  const struct device_table *table, const struct scale_catalogue *scales,
                  int64_t now_ms)
{
    memset(devices, 0, sizeof *devices);
    devices->scales = scales;
    binding_init(&devices->binding, table, now_ms);
    device_memory_init(&devices->memory);
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        devices->slots[slot].port = slot;
        init_slot(devices, config, slot, now_ms);
    }
}

void devices_start(struct devices *devices, struct step *step)
{
    device_memory_start(&devices->memory, step);
}

void devices_remembered(struct devices *devices, struct step *step, const struct event *event)
{
    const struct event now = {.kind = EVENT_DEADLINE};
    device_memory_loaded(&devices->memory, event);
    devices_step(devices, step, &now);
}

void devices_stored(struct devices *devices, const struct step *step, uint32_t ticket,
                    enum err error)
{
    device_memory_stored(&devices->memory, step, ticket, error);
}

void device_close(struct device *device, struct step *step)
{
    if (device->state != DEVICE_OPEN && device->state != DEVICE_OPENING) return;
    commands_add(step->commands, COMMAND_PORT_CLOSE)->port.port = device->port;
}

void devices_reconfigure(struct devices *devices, struct step *step, const struct config *config)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        device_close(&devices->slots[slot], step);
        init_slot(devices, config, slot, step->now_ms);
    }
    devices->printer_eager = false;
}

/* --- opening --- */

static struct line_settings slot_line(struct devices *devices, const struct config *config,
                                      unsigned slot)
{
    if (slot == DEVICE_SCALE) return scale_opening(devices, config);
    if (slot == DEVICE_PRINTER) {
        return devices->printer_driver != NULL ? devices->printer_driver->usual
                                               : (struct line_settings){0};
    }
    size_t index = slot - DEVICE_SCANNER_FIRST;
    const struct scanner_driver *driver = devices->scanner_drivers[index];
    if (config->scanners[index].line.baud != 0) return config->scanners[index].line;
    return driver != NULL ? driver->usual : scanner_usual_line();
}

static struct line_wiring slot_wiring(const struct config *config, unsigned slot)
{
    if (slot == DEVICE_SCALE) return config->scale.wiring;
    if (slot == DEVICE_PRINTER) return config->printer.wiring;
    return config->scanners[slot - DEVICE_SCANNER_FIRST].wiring;
}

static enum port_role slot_role(unsigned slot)
{
    if (slot == DEVICE_SCALE) return PORT_SCALE;
    return slot == DEVICE_PRINTER ? PORT_PRINTER : PORT_SCANNER;
}

static void open_slot(struct devices *devices, struct step *step, unsigned slot)
{
    struct device *device = &devices->slots[slot];
    device->state = DEVICE_OPENING;
    device->retry_ms = NO_DEADLINE;
    device->port += 0x100u;
    if (slot != DEVICE_SCALE || !devices->finding.reopen)
        device_reset_protocol(devices, step->config, slot);
    struct command *command = commands_add(step->commands, COMMAND_PORT_OPEN);
    command->port.port = device->port;
    command->port.role = slot_role(slot);
    command->port.hid = slot != DEVICE_PRINTER && device_is_usb(device->address);
    command->port.address = commands_keep_text(step->commands, device->address);
    command->port.line = slot_line(devices, step->config, slot);
    command->port.wiring = slot_wiring(step->config, slot);
}

static void reopen_slot(struct devices *devices, struct step *step, unsigned slot)
{
    device_close(&devices->slots[slot], step);
    open_slot(devices, step, slot);
}

/* Which slot has this port open or opening; NULL, and counted, when it is a dead number. */
static struct device *find_slot(struct devices *devices, uint32_t port, unsigned *out_slot)
{
    unsigned slot = port & 0xFFu;
    if (slot < DEVICES_MAX && devices->slots[slot].port == port &&
        (devices->slots[slot].state == DEVICE_OPEN ||
         devices->slots[slot].state == DEVICE_OPENING)) {
        *out_slot = slot;
        return &devices->slots[slot];
    }
    devices->clutter++;
    return NULL;
}

const char *devices_slot_name(unsigned slot)
{
    static const char *const words[DEVICES_MAX] = {"scale",     "scanner 1", "scanner 2",
                                                   "scanner 3", "scanner 4", "printer"};
    return words[slot];
}

bool devices_take_slot(struct bytes *rest, unsigned *out_slot)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        const char *name = devices_slot_name(slot);
        struct bytes behind = bytes_from(*rest, strlen(name));
        if (!bytes_start_with(*rest, name) || (behind.len > 0 && behind.data[0] != ' ')) continue;
        *rest = bytes_trim(behind);
        *out_slot = slot;
        return true;
    }
    return false;
}

void device_unbind(struct device *device)
{
    device->state = DEVICE_UNBOUND;
    device->casting = CASTING_NONE;
    device->retry_ms = NO_DEADLINE;
    device->address[0] = device->name[0] = '\0';
}

/* Labels may wait inside a printer: nothing is reset there. */
static bool may_reset(unsigned slot)
{
    return slot != DEVICE_PRINTER;
}

static void follow(struct devices *devices, struct step *step, unsigned slot,
                   struct mending_advice advice)
{
    struct device *device = &devices->slots[slot];
    bool mends = advice.step == MENDING_RESET || advice.step == MENDING_POWER;
    device->state = mends ? DEVICE_MENDING : DEVICE_GONE;
    device->retry_ms = mends ? NO_DEADLINE : step->now_ms + advice.pause_ms;
    if (!mends) return;
    struct command *command = commands_add(step->commands, COMMAND_PORT_MEND);
    command->port.port = device->port;
    command->port.address = commands_keep_text(step->commands, device->address);
    command->port.mend = advice.step;
    command->port.labels_may_be_lost = false;
    commands_log(step->commands, LOG_WARNING, "log_device_mended", "device",
                 devices_slot_name(slot), "step", mending_step_word(advice.step), NULL);
}

/* What hangs on a network cannot be reset from here, and nobody at the bench can pull its plug. */
static enum err error_for_mending(const struct device *device, enum err error)
{
    bool here = device_is_usb(device->address) || device_is_serial(device->address);
    return here ? error : ERR_CLOSED;
}

/* One that was chosen and has left the bus is chosen anew; one that is there is tried again. */
static void lose_slot(struct devices *devices, struct step *step, unsigned slot,
                      const struct event *event)
{
    struct device *device = &devices->slots[slot];
    enum err error = error_for_mending(device, event->port.error);
    if (device->state == DEVICE_OPEN) {
        commands_log(step->commands, LOG_WARNING, "log_device_lost", "device",
                     devices_slot_name(slot), "why", event->port.sentence, NULL);
    }
    device->unfit = false;
    device->silent = false;
    struct mending_advice advice =
        mending_lost(&device->mending, step->now_ms, error, may_reset(slot));
    device->held_back = advice.held;
    device->held_ms = step->now_ms + advice.pause_ms;
    if (device->is_auto && binding_find(&devices->binding, device->address) == NULL)
        device_unbind(device);
    else follow(devices, step, slot, advice);
    device_reset_protocol(devices, step->config, slot);
}

static void mended(struct devices *devices, struct step *step, const struct event *event)
{
    unsigned slot = event->port.port & 0xFFu;
    bool is_ours = slot < DEVICES_MAX && devices->slots[slot].port == event->port.port &&
                   devices->slots[slot].state == DEVICE_MENDING;
    if (!is_ours) {
        devices->clutter++;
        return;
    }
    struct device *device = &devices->slots[slot];
    follow(devices, step, slot,
           mending_done(&device->mending, step->now_ms, event->port.error, may_reset(slot)));
}

static void opened(struct devices *devices, struct step *step, unsigned slot,
                   const struct device_identity *identity)
{
    struct device *device = &devices->slots[slot];
    bool again = slot == DEVICE_SCALE && devices->finding.reopen; /* the same, on another line */
    device->state = DEVICE_OPEN;
    device->opened_ms = step->now_ms;
    device->heard_ms = step->now_ms;
    device->silent = false;
    device->unfit = false;
    if (!again) mending_opened(&device->mending, step->now_ms);
    if (identity != NULL) {
        device->vendor = identity->vendor;
        device->product = identity->product;
        memcpy(device->name, identity->product_name, sizeof device->name);
    }
    if (!again) {
        commands_log(step->commands, LOG_INFO, "log_device_found", "device",
                     devices_slot_name(slot), NULL);
    }
    if (slot == DEVICE_SCALE) scale_opened(devices, step, identity);
    else if (slot == DEVICE_PRINTER) printer_opened(devices, step, identity);
    else scanner_opened(devices, step, slot, identity);
}

/* --- coming and going --- */

static void seen(struct devices *devices, struct step *step, const struct event *event)
{
    const char *address = event->device.address;
    binding_seen(&devices->binding, address, &event->device.identity, step->now_ms);
    devices_give_way(devices, step, address);
    devices_note_rivals(devices, step->config);
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        struct device *device = &devices->slots[slot];
        bool waits = device->state == DEVICE_GONE && !device->held_back;
        if (waits && binding_address_fits(device->address, address)) open_slot(devices, step, slot);
    }
}

/* An open port says itself, and sooner, that its device is gone. */
static void gone(struct devices *devices, const char *address)
{
    binding_gone(&devices->binding, address);
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        struct device *device = &devices->slots[slot];
        bool is_it = device->is_auto && strcmp(device->address, address) == 0;
        if (is_it && device->state == DEVICE_GONE) device_unbind(device);
    }
}

/* --- time --- */

static void look_for_silence(struct devices *devices, struct step *step)
{
    devices->slots[DEVICE_SCALE].silent = scale_is_silent(devices, step->now_ms);
    devices->slots[DEVICE_PRINTER].silent = printer_is_silent(devices, step->now_ms);
    if (devices->slots[DEVICE_PRINTER].silent) devices->printer_known = false;
}

/* A scale is not looked for before it is known what was found last time. */
static void retry_slots(struct devices *devices, struct step *step)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        struct device *device = &devices->slots[slot];
        bool sought = slot == DEVICE_SCALE && devices->scale_driver == NULL;
        if (sought && !devices->memory.loaded) continue;
        if (device->state == DEVICE_GONE && device->retry_ms <= step->now_ms)
            open_slot(devices, step, slot);
    }
}

void devices_step(struct devices *devices, struct step *step, const struct event *event)
{
    unsigned slot = 0;
    switch (event->kind) {
    case EVENT_DEVICE_SEEN: seen(devices, step, event); break;
    case EVENT_DEVICE_GONE: gone(devices, event->device.address); break;
    case EVENT_PORT_OPENED:
        if (find_slot(devices, event->port.port, &slot) != NULL)
            opened(devices, step, slot, event->port.identity);
        break;
    case EVENT_PORT_FAILED:
    case EVENT_PORT_CLOSED:
        if (find_slot(devices, event->port.port, &slot) != NULL) {
            lose_slot(devices, step, slot, event);
        }
        break;
    case EVENT_PORT_MENDED: mended(devices, step, event); break;
    case EVENT_PORT_DRAINED:
        if (find_slot(devices, event->port.port, &slot) != NULL && slot == DEVICE_PRINTER) {
            devices->printer_drained = event->port.drained;
        }
        break;
    case EVENT_STARTED:
    case EVENT_DEADLINE:
    case EVENT_PORT_BYTES:
    case EVENT_EXCHANGE:
    case EVENT_STORED:
    case EVENT_STORE_FAILED:
    case EVENT_ROWS:
    case EVENT_BLOB:
    case EVENT_CACHE_FOUND:
    case EVENT_CACHE_STORED:
    case EVENT_RENDERED:
    case EVENT_PRESS:
    case EVENT_CONFIG_OFFERED:
    case EVENT_CONFIG_REFUSED:
    case EVENT_DISK: break;
    }
    devices_choose(devices, step);
    retry_slots(devices, step);
    if (scale_tick(devices, step)) reopen_slot(devices, step, DEVICE_SCALE);
    printer_tick(devices, step);
    device_memory_tick(&devices->memory, step);
    look_for_silence(devices, step);
}

void devices_next(struct devices *devices, struct step *step, uint32_t port, struct bytes *rest,
                  struct device_item *out_item)
{
    unsigned slot = 0;
    out_item->kind = DEVICE_ITEM_NONE;
    if (find_slot(devices, port, &slot) == NULL) {
        *rest = BYTES_NONE;
        return;
    }
    if (slot == DEVICE_SCALE) scale_next_reading(devices, step, rest, out_item);
    else if (slot == DEVICE_PRINTER) printer_next_status(devices, step, rest, out_item);
    else scanner_next_scan(devices, step, slot, rest, out_item);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What came is chosen from once nothing more comes. */
static int64_t choice_deadline(const struct devices *devices, const struct step *step)
{
    int64_t quiet_ms = devices->binding.changed_ms + BINDING_QUIET_MS;
    if (!devices->memory.loaded || quiet_ms <= step->now_ms) return NO_DEADLINE;
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        if (devices->slots[slot].state == DEVICE_UNBOUND) return quiet_ms;
    }
    return NO_DEADLINE;
}

int64_t devices_deadline(const struct devices *devices, const struct step *step)
{
    int64_t deadline_ms = NO_DEADLINE;
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        deadline_ms = earlier(deadline_ms, devices->slots[slot].retry_ms);
    }
    deadline_ms = earlier(deadline_ms, scale_deadline(devices, step));
    deadline_ms = earlier(deadline_ms, scanners_deadline(devices));
    deadline_ms = earlier(deadline_ms, device_memory_deadline(&devices->memory));
    deadline_ms = earlier(deadline_ms, choice_deadline(devices, step));
    deadline_ms = earlier(deadline_ms, printer_deadline(devices));
    return deadline_ms <= step->now_ms ? step->now_ms + 1 : deadline_ms;
}

void devices_check(const struct devices *devices)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        const struct device *device = &devices->slots[slot];
        ENSURE((device->port & 0xFFu) == slot);
        ENSURE((device->state == DEVICE_GONE) == (device->retry_ms != NO_DEADLINE));
        mending_check(&device->mending);
        bool has_one = device->state != DEVICE_ABSENT && device->state != DEVICE_UNBOUND;
        ENSURE(has_one == (device->address[0] != '\0'));
    }
    finding_check(&devices->finding);
    ENSURE(devices->printer_drained <= devices->printer_written);
}

/* Opening counts as gone once it has failed: the screen does not flicker between two words. */
static const char *gone_word(const struct device *device)
{
    if (mending_is_asking(&device->mending)) return "pull_plug";
    return device->held_back ? "loose" : "gone";
}

const char *device_state_word(const struct device *device)
{
    switch (device->state) {
    case DEVICE_ABSENT: return "gone";
    case DEVICE_UNBOUND: return device->casting == CASTING_SEVERAL ? "several" : "gone";
    case DEVICE_GONE:
    case DEVICE_MENDING: return gone_word(device);
    case DEVICE_OPENING: return device->mending.pauses > 0 ? gone_word(device) : "opening";
    case DEVICE_OPEN: return device->unfit ? "unfit" : "ready";
    }
    return "gone";
}

bool devices_is_shown(const struct devices *devices, unsigned slot)
{
    const struct device *device = &devices->slots[slot];
    if (device->state == DEVICE_ABSENT) return !is_scanner(slot);
    return !device->is_auto || !is_scanner(slot) || slot == DEVICE_SCANNER_FIRST ||
           device->state != DEVICE_UNBOUND;
}

const char *devices_scale_word(const struct devices *devices)
{
    const struct device *device = &devices->slots[DEVICE_SCALE];
    if (device->state != DEVICE_OPEN || device->unfit) return device_state_word(device);
    if (devices->scale_driver == NULL) return devices->finding.loopback ? "loopback" : "finding";
    if (devices->scale_state.skipped >= SCALE_WRONG_LINE_BYTES) return "wrong_line";
    if (scale_refusal_word(devices) != NULL) return scale_refusal_word(devices);
    return device->silent ? "silent" : "ready";
}

const char *devices_scanner_word(const struct devices *devices, size_t index)
{
    return device_state_word(&devices->slots[DEVICE_SCANNER_FIRST + index]);
}
