/* showing.c - see showing.h. */
#include "firmware/station/showing.h"

#include <string.h>

#include "firmware/station/devices_parts.h"

_Static_assert(DEVICES_MAX + SHOWING_PROBES_MAX <= 0x100, "a port's slot is one byte");

/* What a person puts on a scale to show it: no scale drifts so far by itself. */
#define SHOWN_MASS_MG 100000

void showing_init(struct showing *showing)
{
    memset(showing, 0, sizeof *showing);
}

static enum device_role role_of(const struct showing *showing)
{
    return binding_slot_role(showing->slot);
}

/* --- opening --- */

/* Wider than a guess may be: here a person looks on. */
static bool could_be(const struct seen_device *device, enum device_role role)
{
    if (device->role == ROLE_OTHER) return false;
    if (role == ROLE_PRINTER) return device->role == ROLE_PRINTER;
    if (device->role == ROLE_PRINTER) return false;
    if (role == ROLE_SCALE && device->identity.is_keyboard) return false;
    return device->role == role || device->role == ROLE_UNKNOWN;
}

static bool is_played(const struct devices *devices, unsigned slot, const char *address)
{
    for (unsigned other = 0; other < DEVICES_MAX; other++) {
        const struct device *device = &devices->slots[other];
        if (other != slot && binding_address_fits(device->address, address)) return true;
    }
    return false;
}

static void open_probe(struct probe *probe, enum device_role role, struct step *step)
{
    bool is_hid = role != ROLE_PRINTER && device_is_usb(probe->address);
    struct command *command = commands_add(step->commands, COMMAND_PORT_OPEN);
    probe->is_open = false;
    command->port.port = probe->port;
    command->port.hid = is_hid;
    command->port.address = commands_keep_text(step->commands, probe->address);
    command->port.role = role == ROLE_SCALE     ? PORT_SCALE
                         : role == ROLE_PRINTER ? PORT_PRINTER
                                                : PORT_SCANNER;
    command->port.line = role == ROLE_SCALE ? probe->finding.line : scanner_usual_line();
}

static void add_probe(struct showing *showing, const struct devices *devices,
                      const struct seen_device *device, struct step *step)
{
    size_t index = showing->count++;
    struct probe *probe = &showing->probes[index];
    const struct known_device *known = device_memory_find(&devices->memory, device->address);
    memset(probe, 0, sizeof *probe);
    memcpy(probe->address, device->address, sizeof probe->address);
    memcpy(probe->name, device->identity.product_name, sizeof probe->name);
    probe->port = showing->generation << 8 | (uint32_t)(DEVICES_MAX + index);
    struct finding_start start = {.can_set_line = device_is_serial(device->address),
                                  .is_hid = device_is_usb(device->address),
                                  .scales = devices->scales};
    if (known != NULL) {
        start.remembered = scale_driver_find(devices->scales, bytes_of_text(known->driver));
        start.line = known->line;
    }
    if (role_of(showing) == ROLE_SCALE) finding_begin(&probe->finding, &start);
    open_probe(probe, role_of(showing), step);
}

bool showing_begin(struct showing *showing, struct devices *devices, struct step *step,
                   unsigned slot)
{
    showing_stop(showing, devices, step);
    if (!devices_release(devices, step, slot)) return false;
    showing->slot = slot;
    showing->count = 0;
    showing->generation = (showing->generation + 1) & 0xFFFFFFu;
    for (size_t i = 0; i < BINDING_SEEN_MAX && showing->count < SHOWING_PROBES_MAX; i++) {
        const struct seen_device *device = &devices->binding.seen[i];
        if (device->address[0] == '\0' || !could_be(device, role_of(showing))) continue;
        if (!is_played(devices, slot, device->address)) add_probe(showing, devices, device, step);
    }
    showing->is_on = showing->count > 0;
    showing->end = showing->is_on ? SHOWING_NOTHING_YET : SHOWING_NONE_THERE;
    showing->until_ms = step->now_ms + SHOWING_MS;
    if (!showing->is_on) devices_take_up(devices, step, slot);
    return showing->is_on;
}

static void close_probes(struct showing *showing, struct step *step)
{
    for (size_t i = 0; i < showing->count; i++) {
        if (showing->probes[i].port == 0) continue;
        commands_add(step->commands, COMMAND_PORT_CLOSE)->port.port = showing->probes[i].port;
    }
    showing->count = 0;
    showing->is_on = false;
}

void showing_stop(struct showing *showing, struct devices *devices, struct step *step)
{
    if (!showing->is_on) return;
    close_probes(showing, step);
    devices_take_up(devices, step, showing->slot);
}

static void shown(struct showing *showing, struct devices *devices, struct step *step,
                  const struct probe *probe)
{
    char address[CONFIG_ADDRESS_SIZE];
    memcpy(address, probe->address, sizeof address);
    if (probe->scale != NULL) device_learn(devices, address, probe->scale, &probe->finding);
    close_probes(showing, step);
    showing->end = SHOWING_DONE;
    commands_log(step->commands, LOG_NOTICE, "log_device_shown", "device",
                 devices_slot_name(showing->slot), "address", address, NULL);
    devices->slots[showing->slot].held = false;
    bool taken = devices_cast(devices, step, showing->slot, address);
    if (!taken) showing->end = SHOWING_NONE_THERE; /* it was pulled in this very moment */
}

/* --- scanning --- */

static void hear_scanner(struct showing *showing, struct devices *devices, struct step *step,
                         struct probe *probe, struct bytes bytes)
{
    while (bytes.len > 0 && probe->scanner != NULL) {
        static struct scan scan;
        enum scan_result result = SCAN_NOTHING;
        bytes =
            bytes_from(bytes, probe->scanner->feed(&probe->scanner_state, bytes, &result, &scan));
        if (result == SCAN_NOTHING) continue;
        shown(showing, devices, step, probe); /* also one that was not clean: it scans */
        return;
    }
}

/* --- weighing --- */

static void write(const struct probe *probe, struct step *step, struct bytes bytes)
{
    struct command *command = commands_add(step->commands, COMMAND_PORT_WRITE);
    command->port.port = probe->port;
    command->port.bytes = commands_keep(step->commands, bytes);
}

/* Something was put on it: it was empty, and now it is not. */
static bool is_loaded(struct probe *probe, const struct scale_reading *reading)
{
    if (!reading->stable || reading->overload) return false;
    if (reading->mass_mg < SHOWN_MASS_MG / 2) probe->was_empty = true;
    return probe->was_empty && reading->mass_mg >= SHOWN_MASS_MG;
}

static bool hear_weight(struct probe *probe, struct step *step, struct bytes bytes)
{
    struct scale_output output;
    while (bytes.len > 0) {
        bytes = bytes_from(bytes, probe->scale->feed(&probe->scale_state, bytes, &output));
        if (output.result == SCALE_ANSWER) write(probe, step, output.answer);
        if (output.result == SCALE_READING && is_loaded(probe, &output.reading)) return true;
    }
    return false;
}

static void take_found(struct probe *probe)
{
    probe->scale = finding_driver(&probe->finding);
    if (probe->scale == NULL) return;
    probe->scale_state = probe->finding.candidates[probe->finding.winner].state;
    probe->ask_ms = 0;
}

static void hear_scale(struct showing *showing, struct devices *devices, struct step *step,
                       struct probe *probe, struct bytes bytes)
{
    struct bytes answer = BYTES_NONE;
    if (probe->scale != NULL) {
        if (hear_weight(probe, step, bytes)) shown(showing, devices, step, probe);
        return;
    }
    bool is_found = finding_hear(&probe->finding, bytes, &answer);
    if (answer.len > 0) write(probe, step, answer);
    if (is_found) take_found(probe);
}

static void reopen(struct showing *showing, struct step *step, struct probe *probe)
{
    commands_add(step->commands, COMMAND_PORT_CLOSE)->port.port = probe->port;
    showing->generation = (showing->generation + 1) & 0xFFFFFFu;
    probe->port = showing->generation << 8 | (probe->port & 0xFFu);
    open_probe(probe, ROLE_SCALE, step);
}

static void tick_scale(struct showing *showing, struct step *step, struct probe *probe)
{
    struct bytes question;
    if (!probe->is_open) return;
    if (probe->scale == NULL || probe->finding.reopen) {
        enum finding_wish wish = finding_tick(&probe->finding, step->now_ms, &question);
        if (wish == FINDING_ASK) write(probe, step, question);
        if (wish == FINDING_REOPEN) reopen(showing, step, probe);
        return;
    }
    if (probe->scale->request.len == 0 || step->now_ms < probe->ask_ms) return;
    probe->ask_ms = step->now_ms + probe->scale->request_every_ms;
    write(probe, step, probe->scale->request);
}

/* --- printing --- */

/* One large figure: no order, no address, nothing that could be stuck on a parcel by mistake. */
static void print_number(const struct devices *devices, struct step *step, struct probe *probe,
                         size_t number, const struct device_identity *identity)
{
    const struct config_printer *settings = &step->config->printer;
    const struct printer_driver *driver =
        printer_choose(devices, step->config, probe->address, identity);
    struct label label = {.width_dmm = settings->width_dmm, .height_dmm = settings->height_dmm};
    struct textbuf text, job;
    if (driver == NULL) return;
    label.items[0] = (struct label_item){.kind = LABEL_TEXT,
                                         .x_dmm = 60,
                                         .y_dmm = 60,
                                         .height_dmm = 300,
                                         .width_dmm = (uint16_t)(settings->width_dmm - 120),
                                         .lines = 1};
    label.count = 1;
    textbuf_init(&text, label.items[0].text, sizeof label.items[0].text);
    textbuf_u64(&text, number);
    write(probe, step, driver->start);
    commands_text_begin(step->commands, &job, 4096);
    const struct printer_setup setup = devices_printer_setup(step->config);
    bool drawn = driver->encode_label(&label, &setup, &job);
    struct bytes bytes = commands_text_end(step->commands, &job);
    if (drawn) write(probe, step, bytes);
}

bool showing_this(struct showing *showing, struct devices *devices, struct step *step,
                  struct bytes number)
{
    uint64_t which = 0;
    bool good = bytes_to_u64(number, showing->count, &which) && which > 0;
    if (!showing->is_on || !good) return false;
    shown(showing, devices, step, &showing->probes[which - 1]);
    return true;
}

static bool cast(struct devices *devices, struct step *step, struct bytes words)
{
    char address[CONFIG_ADDRESS_SIZE];
    unsigned slot = 0;
    if (!devices_take_slot(&words, &slot)) return false;
    if (bytes_equal_text(words, ADDRESS_AUTO)) words = BYTES_NONE;
    return bytes_to_text(words, address, sizeof address) &&
           devices_cast(devices, step, slot, address);
}

bool showing_press(struct showing *showing, struct devices *devices, struct step *step,
                   enum press press, const char *text, bool idle)
{
    struct bytes words = bytes_of_text(text);
    unsigned slot = 0;
    if (press == PRESS_SHOW_END) {
        showing_stop(showing, devices, step);
        return true;
    }
    if (press == PRESS_SHOW_THIS) return showing_this(showing, devices, step, words);
    if (!idle) return false;
    if (press == PRESS_CAST) return !showing->is_on && cast(devices, step, words);
    return press == PRESS_SHOW && devices_take_slot(&words, &slot) && words.len == 0 &&
           showing_begin(showing, devices, step, slot);
}

/* --- events --- */

bool showing_owns(uint32_t port)
{
    return (port & 0xFFu) >= DEVICES_MAX && (port & 0xFFu) < DEVICES_MAX + SHOWING_PROBES_MAX;
}

static struct probe *find_probe(struct showing *showing, uint32_t port)
{
    for (size_t i = 0; showing->is_on && i < showing->count; i++) {
        if (showing->probes[i].port == port) return &showing->probes[i];
    }
    return NULL;
}

static void opened(struct showing *showing, struct devices *devices, struct step *step,
                   struct probe *probe, const struct device_identity *identity)
{
    const char *why;
    probe->is_open = true;
    switch (role_of(showing)) {
    case ROLE_SCALE:
        finding_opened(&probe->finding, identity, step->now_ms);
        if (probe->scale == NULL) take_found(probe);
        return;
    case ROLE_SCANNER:
        probe->scanner =
            scanner_choose(&probe->scanner_state, "auto", probe->address, identity, NULL, &why);
        if (probe->scanner != NULL)
            scanner_open(probe->scanner, &probe->scanner_state, probe->port, step);
        return;
    case ROLE_PRINTER:
        print_number(devices, step, probe, (size_t)(probe - showing->probes) + 1, identity);
        return;
    case ROLE_UNKNOWN:
    case ROLE_OTHER: return;
    }
}

static void ended(struct probe *probe)
{
    probe->is_open = false;
    probe->port = 0; /* nobody has it any more */
}

void showing_step(struct showing *showing, struct devices *devices, struct step *step,
                  const struct event *event)
{
    bool port_event = event->kind == EVENT_PORT_OPENED || event->kind == EVENT_PORT_FAILED ||
                      event->kind == EVENT_PORT_CLOSED || event->kind == EVENT_PORT_BYTES;
    struct probe *probe = port_event ? find_probe(showing, event->port.port) : NULL;
    if (!showing->is_on) return;
    if (probe != NULL && event->kind == EVENT_PORT_OPENED)
        opened(showing, devices, step, probe, event->port.identity);
    else if (probe != NULL && event->kind == EVENT_PORT_BYTES) {
        if (role_of(showing) == ROLE_SCALE)
            hear_scale(showing, devices, step, probe, event->port.bytes);
        else if (role_of(showing) == ROLE_SCANNER)
            hear_scanner(showing, devices, step, probe, event->port.bytes);
    } else if (probe != NULL) ended(probe);
    for (size_t i = 0; role_of(showing) == ROLE_SCALE && i < showing->count; i++)
        tick_scale(showing, step, &showing->probes[i]);
    if (!showing->is_on || step->now_ms < showing->until_ms) return;
    showing->end = SHOWING_TIMEOUT;
    showing_stop(showing, devices, step);
}

int64_t showing_deadline(const struct showing *showing)
{
    if (!showing->is_on) return NO_DEADLINE;
    int64_t deadline_ms = showing->until_ms;
    for (size_t i = 0; role_of(showing) == ROLE_SCALE && i < showing->count; i++) {
        const struct probe *probe = &showing->probes[i];
        if (!probe->is_open) continue;
        bool sought = probe->scale == NULL || probe->finding.reopen;
        bool asked = !sought && probe->scale->request.len > 0;
        int64_t due_ms =
            sought ? finding_deadline(&probe->finding) : (asked ? probe->ask_ms : NO_DEADLINE);
        if (due_ms < deadline_ms) deadline_ms = due_ms;
    }
    return deadline_ms;
}
