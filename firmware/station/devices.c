/* devices.c - ports opened, lost and found again; what they say handed on one thing at a time.
 *
 *   GONE --retry--> OPENING --opened--> OPEN --closed--> GONE        ABSENT: not configured
 *                      |---failed---> GONE
 *
 * GONE: nothing is asked of the port, a retry is due. OPENING: one open command is out. OPEN: bytes
 * with this port number are this device's; all earlier numbers are dead. */
#include "firmware/station/devices.h"

#include <string.h>

#define PRINTER_ASK_IDLE_MS \
    3000                      /* seldom enough to sleep, often enough to warn before the weight */
#define SCAN_PAUSE_MAX_MS 500 /* between two bytes or reports of one code */
#define PRINTER_ASK_EAGER_MS 150 /* while a label is coming out */

static bool is_scanner(unsigned slot)
{
    return slot >= DEVICE_SCANNER_FIRST && slot < DEVICE_PRINTER;
}

static const char *slot_address(const struct config *config, unsigned slot)
{
    if (slot == DEVICE_SCALE) return config->scale.address;
    if (slot == DEVICE_PRINTER) return config->printer.address;
    size_t index = slot - DEVICE_SCANNER_FIRST;
    return index < config->scanner_count ? config->scanners[index].address : "";
}

static void reset_scale(struct devices *devices, const struct config *config)
{
    const struct scale_driver *named = scale_driver_find(bytes_of_text(config->scale.driver));
    devices->scale_count = 0;
    for (size_t i = 0; i < SCALE_CANDIDATES_MAX; i++) {
        const struct scale_driver *driver =
            named != NULL ? (i == 0 ? named : NULL) : scale_driver_at(i);
        if (driver == NULL) break;
        devices->scale_drivers[i] = driver;
        scale_state_init(&devices->scale_states[i], driver);
        devices->scale_count++;
    }
}

static void reset_protocol(struct devices *devices, const struct config *config, unsigned slot)
{
    if (slot == DEVICE_SCALE) {
        reset_scale(devices, config);
        return;
    }
    if (slot == DEVICE_PRINTER) {
        printer_state_init(&devices->printer_state);
        devices->printer_known = false;
        devices->printer_asked = false;
        devices->printer_drained = 0;
        devices->printer_written = 0;
        return;
    }
    scanner_state_init(&devices->scanner_states[slot - DEVICE_SCANNER_FIRST]);
}

void devices_init(struct devices *devices, const struct config *config, int64_t now_ms)
{
    memset(devices, 0, sizeof *devices);
    for (size_t i = 0; i < config->scanner_count; i++) {
        devices->scanner_drivers[i] =
            scanner_driver_find(bytes_of_text(config->scanners[i].driver));
    }
    devices->printer_driver = printer_driver_find(bytes_of_text(config->printer.driver));
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        struct device *device = &devices->slots[slot];
        bool wanted = slot_address(config, slot)[0] != '\0';
        *device = (struct device){.state = wanted ? DEVICE_GONE : DEVICE_ABSENT,
                                  .port = slot,
                                  .retry_ms = wanted ? now_ms : NO_DEADLINE,
                                  .backoff = BACKOFF_DEVICE};
        reset_protocol(devices, config, slot);
    }
}

void devices_reconfigure(struct devices *devices, struct step *step, const struct config *config)
{
    uint32_t ports[DEVICES_MAX];
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        const struct device *device = &devices->slots[slot];
        ports[slot] = device->port;
        if (device->state != DEVICE_OPEN && device->state != DEVICE_OPENING) continue;
        commands_add(step->commands, COMMAND_PORT_CLOSE)->port.port = device->port;
    }
    devices_init(devices, config, step->now_ms);
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) devices->slots[slot].port = ports[slot];
}

static struct line_settings slot_line(const struct devices *devices, const struct config *config,
                                      unsigned slot)
{
    if (slot == DEVICE_SCALE) {
        return config->scale.line.baud != 0 ? config->scale.line : devices->scale_drivers[0]->usual;
    }
    if (slot == DEVICE_PRINTER) {
        return devices->printer_driver != NULL ? devices->printer_driver->usual
                                               : (struct line_settings){0};
    }
    size_t index = slot - DEVICE_SCANNER_FIRST;
    if (config->scanners[index].line.baud != 0 || devices->scanner_drivers[index] == NULL) {
        return config->scanners[index].line;
    }
    return devices->scanner_drivers[index]->usual;
}

static bool slot_is_hid(const struct devices *devices, unsigned slot)
{
    if (!is_scanner(slot)) return false;
    const struct scanner_driver *driver = devices->scanner_drivers[slot - DEVICE_SCANNER_FIRST];
    return driver != NULL && driver->is_hid;
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
    reset_protocol(devices, step->config, slot);
    struct command *command = commands_add(step->commands, COMMAND_PORT_OPEN);
    command->port.port = device->port;
    command->port.role = slot_role(slot);
    command->port.hid = slot_is_hid(devices, slot);
    command->port.address = commands_keep_text(step->commands, slot_address(step->config, slot));
    command->port.line = slot_line(devices, step->config, slot);
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

static const char *const slot_words[DEVICES_MAX] = {"scale",     "scanner 1", "scanner 2",
                                                    "scanner 3", "scanner 4", "printer"};

static void lose_slot(struct devices *devices, struct step *step, unsigned slot,
                      const char *sentence)
{
    struct device *device = &devices->slots[slot];
    if (device->state == DEVICE_OPEN) {
        commands_log(step->commands, LOG_WARNING, "log_device_lost", "device", slot_words[slot],
                     "why", sentence, NULL);
    }
    device->state = DEVICE_GONE;
    device->retry_ms = step->now_ms + backoff_next_ms(&device->backoff, step, -1);
    reset_protocol(devices, step->config, slot);
}

static void opened(struct devices *devices, struct step *step, unsigned slot)
{
    struct device *device = &devices->slots[slot];
    device->state = DEVICE_OPEN;
    device->opened_ms = step->now_ms;
    device->heard_ms = step->now_ms;
    device->silent = false;
    backoff_reset(&device->backoff);
    commands_log(step->commands, LOG_INFO, "log_device_found", "device", slot_words[slot], NULL);
    if (slot == DEVICE_SCALE) devices->scale_ask_ms = step->now_ms;
    if (slot == DEVICE_PRINTER && devices->printer_driver != NULL) {
        (void)devices_printer_write(devices, step, devices->printer_driver->start);
        devices->printer_ask_ms = step->now_ms;
    }
}

/* The configured address may leave the end open: "usb:0a5f:0164" is any of that kind. */
static bool address_fits(const char *wanted, const char *seen)
{
    struct bytes whole = bytes_of_text(seen);
    size_t len = strlen(wanted);
    if (len == 0 || !bytes_start_with(whole, wanted)) return false;
    return whole.len == len || whole.data[len] == ':';
}

static void seen(struct devices *devices, struct step *step, const char *address)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        struct device *device = &devices->slots[slot];
        if (device->state != DEVICE_GONE ||
            !address_fits(slot_address(step->config, slot), address))
            continue;
        open_slot(devices, step, slot);
    }
}

static void ask_scale(struct devices *devices, struct step *step)
{
    const struct scale_driver *driver = devices->scale_drivers[0];
    if (devices->slots[DEVICE_SCALE].state != DEVICE_OPEN || driver->request.len == 0) return;
    if (step->now_ms < devices->scale_ask_ms) return;
    devices->scale_ask_ms = step->now_ms + driver->request_every_ms;
    struct command *command = commands_add(step->commands, COMMAND_PORT_WRITE);
    command->port.port = devices->slots[DEVICE_SCALE].port;
    command->port.bytes = driver->request;
}

static void ask_printer(struct devices *devices, struct step *step)
{
    if (devices->slots[DEVICE_PRINTER].state != DEVICE_OPEN || devices->printer_driver == NULL)
        return;
    if (step->now_ms < devices->printer_ask_ms) return;
    /* A printer in error may not answer at all (drivers/README.md): ask on, slowly. */
    bool waiting = devices->printer_asked && step->now_ms - devices->printer_asked_ms <
                                                 devices->printer_driver->status_wait_ms;
    int64_t pause_ms = devices->printer_eager ? PRINTER_ASK_EAGER_MS : PRINTER_ASK_IDLE_MS;
    devices->printer_ask_ms = step->now_ms + pause_ms;
    if (waiting && devices->printer_eager) return;
    if (!devices->printer_asked) devices->printer_asked_ms = step->now_ms;
    devices->printer_asked = true;
    (void)devices_printer_write(devices, step, devices->printer_driver->status_request);
}

static bool scale_is_silent(const struct devices *devices, int64_t now_ms)
{
    const struct device *device = &devices->slots[DEVICE_SCALE];
    return device->state == DEVICE_OPEN && devices->scale_drivers[0]->silent_after_ms > 0 &&
           now_ms - device->heard_ms > (int64_t)devices->scale_drivers[0]->silent_after_ms;
}

static bool printer_is_silent(const struct devices *devices, int64_t now_ms)
{
    const struct device *device = &devices->slots[DEVICE_PRINTER];
    return device->state == DEVICE_OPEN && devices->printer_driver != NULL &&
           devices->printer_asked &&
           now_ms - devices->printer_asked_ms > (int64_t)devices->printer_driver->status_wait_ms;
}

static void look_for_silence(struct devices *devices, struct step *step)
{
    devices->slots[DEVICE_SCALE].silent = scale_is_silent(devices, step->now_ms);
    devices->slots[DEVICE_PRINTER].silent = printer_is_silent(devices, step->now_ms);
    if (devices->slots[DEVICE_PRINTER].silent) devices->printer_known = false;
}

static void retry_slots(struct devices *devices, struct step *step)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        struct device *device = &devices->slots[slot];
        if (device->state == DEVICE_GONE && device->retry_ms <= step->now_ms)
            open_slot(devices, step, slot);
    }
}

void devices_step(struct devices *devices, struct step *step, const struct event *event)
{
    unsigned slot = 0;
    switch (event->kind) {
    case EVENT_DEVICE_SEEN: seen(devices, step, event->device.address); break;
    case EVENT_PORT_OPENED:
        if (find_slot(devices, event->port.port, &slot) != NULL) opened(devices, step, slot);
        break;
    case EVENT_PORT_FAILED:
    case EVENT_PORT_CLOSED:
        if (find_slot(devices, event->port.port, &slot) != NULL) {
            lose_slot(devices, step, slot, event->port.sentence);
        }
        break;
    case EVENT_PORT_DRAINED:
        if (find_slot(devices, event->port.port, &slot) != NULL && slot == DEVICE_PRINTER) {
            devices->printer_drained = event->port.drained;
        }
        break;
    case EVENT_STARTED:
    case EVENT_DEADLINE:
    case EVENT_DEVICE_GONE: /* the port itself says so, sooner */
    case EVENT_PORT_BYTES:
    case EVENT_EXCHANGE:
    case EVENT_STORED:
    case EVENT_STORE_FAILED:
    case EVENT_ROWS:
    case EVENT_BLOB:
    case EVENT_CACHE_FOUND:
    case EVENT_CACHE_STORED:
    case EVENT_PRESS:
    case EVENT_CONFIG_OFFERED:
    case EVENT_CONFIG_REFUSED:
    case EVENT_DISK: break;
    }
    retry_slots(devices, step);
    ask_scale(devices, step);
    ask_printer(devices, step);
    look_for_silence(devices, step);
}

/* With "auto", the first driver that has read three good frames is the scale's. */
static void lock_scale(struct devices *devices, size_t winner)
{
    if (devices->scale_count == 1 || devices->scale_states[winner].good < 3) return;
    devices->scale_drivers[0] = devices->scale_drivers[winner];
    devices->scale_states[0] = devices->scale_states[winner];
    devices->scale_count = 1;
}

/* While several candidates listen, each sees all bytes at once and none is believed yet. */
static void probe_scale(struct devices *devices, struct bytes bytes)
{
    for (size_t i = 0; i < devices->scale_count; i++) {
        struct bytes rest = bytes;
        struct scale_output output;
        while (rest.len > 0) {
            rest = bytes_from(rest, devices->scale_drivers[i]->feed(&devices->scale_states[i], rest,
                                                                    &output));
        }
    }
    for (size_t i = 0; i < devices->scale_count; i++) lock_scale(devices, i);
}

static void next_reading(struct devices *devices, struct step *step, struct bytes *rest,
                         struct device_item *out_item)
{
    if (devices->scale_count > 1) {
        probe_scale(devices, *rest);
        *rest = BYTES_NONE;
        return;
    }
    while (rest->len > 0) {
        struct scale_output output;
        size_t used = devices->scale_drivers[0]->feed(&devices->scale_states[0], *rest, &output);
        ENSURE(used > 0);
        *rest = bytes_from(*rest, used);
        if (output.result == SCALE_REJECTED) devices->frames_refused++;
        if (output.result != SCALE_READING) continue;
        devices->slots[DEVICE_SCALE].heard_ms = step->now_ms;
        out_item->kind = DEVICE_ITEM_READING;
        out_item->reading = output.reading;
        return;
    }
}

static void next_scan(struct devices *devices, struct step *step, unsigned slot, struct bytes *rest,
                      struct device_item *out_item)
{
    size_t index = slot - DEVICE_SCANNER_FIRST;
    struct device *device = &devices->slots[slot];
    /* A code that broke off must not be glued to the next one. */
    bool broke_off = step->now_ms - device->heard_ms > SCAN_PAUSE_MAX_MS;
    if (broke_off) scanner_state_init(&devices->scanner_states[index]);
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

static void next_status(struct devices *devices, struct step *step, struct bytes *rest,
                        struct device_item *out_item)
{
    const struct printer_driver *driver = devices->printer_driver;
    while (driver != NULL && rest->len > 0) {
        enum printer_result result = PRINTER_NOTHING;
        struct printer_status status;
        size_t used = driver->feed(&devices->printer_state, *rest, &result, &status);
        ENSURE(used > 0);
        *rest = bytes_from(*rest, used);
        if (result != PRINTER_STATUS) continue;
        devices->slots[DEVICE_PRINTER].heard_ms = step->now_ms;
        devices->slots[DEVICE_PRINTER].silent = false;
        devices->printer_status = status;
        devices->printer_status_ms = step->now_ms;
        devices->printer_known = true;
        devices->printer_asked = false;
        out_item->kind = DEVICE_ITEM_STATUS;
        return;
    }
    *rest = BYTES_NONE;
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
    if (slot == DEVICE_SCALE) next_reading(devices, step, rest, out_item);
    else if (slot == DEVICE_PRINTER) next_status(devices, step, rest, out_item);
    else next_scan(devices, step, slot, rest, out_item);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t devices_deadline(const struct devices *devices, const struct step *step)
{
    int64_t deadline_ms = NO_DEADLINE;
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        deadline_ms = earlier(deadline_ms, devices->slots[slot].retry_ms);
    }
    const struct device *scale = &devices->slots[DEVICE_SCALE];
    if (scale->state == DEVICE_OPEN) {
        const struct scale_driver *driver = devices->scale_drivers[0];
        if (driver->request.len > 0) deadline_ms = earlier(deadline_ms, devices->scale_ask_ms);
        if (!scale->silent && driver->silent_after_ms > 0) {
            deadline_ms = earlier(deadline_ms, scale->heard_ms + driver->silent_after_ms + 1);
        }
    }
    const struct device *printer = &devices->slots[DEVICE_PRINTER];
    if (printer->state == DEVICE_OPEN && devices->printer_driver != NULL) {
        deadline_ms = earlier(deadline_ms, devices->printer_ask_ms);
        if (devices->printer_asked && !printer->silent) {
            deadline_ms =
                earlier(deadline_ms, devices->printer_asked_ms +
                                         (int64_t)devices->printer_driver->status_wait_ms + 1);
        }
    }
    return deadline_ms <= step->now_ms ? step->now_ms + 1 : deadline_ms;
}

void devices_check(const struct devices *devices)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        const struct device *device = &devices->slots[slot];
        ENSURE((device->port & 0xFFu) == slot);
        ENSURE((device->state == DEVICE_GONE) == (device->retry_ms != NO_DEADLINE));
    }
    ENSURE(devices->scale_count >= 1);
    ENSURE(devices->printer_drained <= devices->printer_written);
}

void devices_printer_eager(struct devices *devices, const struct step *step, bool eager)
{
    if (eager == devices->printer_eager) return;
    devices->printer_eager = eager;
    if (eager) devices->printer_ask_ms = step->now_ms;
}

bool devices_printer_write(struct devices *devices, struct step *step, struct bytes bytes)
{
    if (devices->slots[DEVICE_PRINTER].state != DEVICE_OPEN) return false;
    if (bytes.len == 0) return true;
    struct command *command = commands_add(step->commands, COMMAND_PORT_WRITE);
    command->port.port = devices->slots[DEVICE_PRINTER].port;
    command->port.bytes = bytes;
    devices->printer_written += bytes.len;
    return true;
}

/* Opening counts as gone once it has failed: the screen does not flicker between two words. */
static const char *state_word(const struct device *device)
{
    switch (device->state) {
    case DEVICE_ABSENT:
    case DEVICE_GONE: return "gone";
    case DEVICE_OPENING: return device->backoff.failures > 0 ? "gone" : "opening";
    case DEVICE_OPEN: return "ready";
    }
    return "gone";
}

const char *devices_scale_word(const struct devices *devices)
{
    const struct device *device = &devices->slots[DEVICE_SCALE];
    if (device->state != DEVICE_OPEN) return state_word(device);
    if (devices->scale_states[0].skipped >= SCALE_WRONG_LINE_BYTES) return "wrong_line";
    return device->silent ? "silent" : "ready";
}

const char *devices_scanner_word(const struct devices *devices, size_t index)
{
    return state_word(&devices->slots[DEVICE_SCANNER_FIRST + index]);
}

const char *devices_printer_word(const struct devices *devices)
{
    const struct device *device = &devices->slots[DEVICE_PRINTER];
    if (device->state != DEVICE_OPEN) return state_word(device);
    if (device->silent) return "silent";
    if (!devices->printer_known) return "opening";
    return devices->printer_status.ready ? "ready" : "not_ready";
}
