/* devices_scale.c - the scale's port: found, asked, read. See devices.h. */
#include <string.h>

#include "firmware/station/devices_parts.h"

static struct device *slot_of(struct devices *devices)
{
    return &devices->slots[DEVICE_SCALE];
}

static const struct scale_driver *named_driver(const struct devices *devices,
                                               const struct config *config)
{
    return scale_driver_find(devices->scales, bytes_of_text(config->scale.driver));
}

void scale_forget(struct devices *devices, const struct config *config)
{
    devices->scale_driver = named_driver(devices, config);
    devices->scale_marks = false;
    devices->refused_in_row = 0;
    scale_state_init(&devices->scale_state, devices->scale_driver);
}

/* --- finding --- */

static void begin_finding(struct devices *devices, const struct config *config)
{
    const struct device *device = slot_of(devices);
    const struct known_device *known = device_memory_find(&devices->memory, device->address);
    bool is_set = config->scale.line.baud != 0;
    struct finding_start start = {
        .can_set_line = device_is_serial(device->address) && !is_set,
        .is_hid = device_is_usb(device->address),
        .line = config->scale.line,
        .remembered =
            known != NULL ? scale_driver_find(devices->scales, bytes_of_text(known->driver)) : NULL,
        .scales = devices->scales,
        .marks = known != NULL && known->line.baud == 0 && known->line.data_bits == 7};
    if (!is_set && known != NULL) start.line = known->line;
    finding_begin(&devices->finding, &start);
}

/* A port that is opened again only to try another line goes on where it was. */
struct line_settings scale_opening(struct devices *devices, const struct config *config)
{
    if (devices->scale_driver == NULL || devices->finding.reopen) {
        if (!devices->finding.reopen) begin_finding(devices, config);
        return devices->finding.line;
    }
    return config->scale.line.baud != 0 ? config->scale.line : devices->scale_driver->usual;
}

void device_learn(struct devices *devices, const char *address, const struct scale_driver *driver,
                  const struct finding *finding)
{
    struct known_device known = {.line = finding->line};
    const struct line_settings marked = {.data_bits = 7,
                                         .stop_bits = 1,
                                         .parity = LINE_PARITY_EVEN};
    bool copied = bytes_to_text(bytes_of_text(driver->name), known.driver, sizeof known.driver) &&
                  bytes_to_text(bytes_of_text(address), known.address, sizeof known.address);
    ENSURE(copied);
    if (finding->marks) known.line = marked;
    else if (!device_is_serial(address)) known.line.baud = 0;
    device_memory_learn(&devices->memory, &known);
}

static void found(struct devices *devices, struct step *step)
{
    struct finding *finding = &devices->finding;
    devices->scale_driver = finding_driver(finding);
    devices->scale_state = finding->candidates[finding->winner].state;
    devices->scale_marks = finding->marks;
    devices->scale_ask_ms = step->now_ms;
    slot_of(devices)->heard_ms = step->now_ms;
    commands_log(step->commands, LOG_NOTICE, "log_scale_found", "driver",
                 devices->scale_driver->name, NULL);
    device_learn(devices, slot_of(devices)->address, devices->scale_driver, finding);
    device_proven(devices, step->config, DEVICE_SCALE);
}

void scale_opened(struct devices *devices, struct step *step,
                  const struct device_identity *identity)
{
    static const struct device_identity nothing_known = {.vendor = 0};
    const struct scale_driver *driver = devices->scale_driver;
    devices->scale_ask_ms = step->now_ms;
    if (driver == NULL || devices->finding.reopen) {
        finding_opened(&devices->finding, identity, step->now_ms);
        slot_of(devices)->unfit = devices->finding.count == 0;
        if (driver != NULL) scale_state_init(&devices->scale_state, driver);
        else if (devices->finding.state == FINDING_FOUND) found(devices, step);
        return;
    }
    scale_state_init(&devices->scale_state, driver);
    if (identity == NULL) identity = &nothing_known;
    bool fits =
        driver->describe == NULL || driver->describe(&devices->scale_state, identity) == NULL;
    slot_of(devices)->unfit = !fits;
    if (fits) device_proven(devices, step->config, DEVICE_SCALE);
}

/* --- time --- */

static void write(struct devices *devices, struct step *step, struct bytes bytes)
{
    struct command *command = commands_add(step->commands, COMMAND_PORT_WRITE);
    command->port.port = slot_of(devices)->port;
    command->port.bytes = commands_keep(step->commands, bytes);
}

/* Behind a device server whose line is 8N1 a 7E1 scale hears only what carries its parity. */
static void write_marked(struct devices *devices, struct step *step, struct bytes bytes)
{
    uint8_t marked[FINDING_QUESTION_MAX];
    if (!devices->scale_marks || bytes.len > sizeof marked) {
        write(devices, step, bytes);
        return;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        bool mark = __builtin_parity(bytes.data[i]) != 0;
        marked[i] = (uint8_t)(bytes.data[i] | (mark ? 0x80 : 0));
    }
    write(devices, step, bytes_of(marked, bytes.len));
}

static void ask(struct devices *devices, struct step *step)
{
    devices->scale_ask_ms = step->now_ms + devices->scale_driver->request_every_ms;
    write_marked(devices, step, devices->scale_driver->request);
}

bool devices_scale_send(struct devices *devices, struct step *step, struct bytes bytes)
{
    const struct device *device = slot_of(devices);
    bool known = devices->scale_driver != NULL && !devices->finding.reopen && !device->unfit;
    if (device->state != DEVICE_OPEN || !known || bytes.len == 0) return false;
    write_marked(devices, step, bytes);
    return true;
}

static bool look_for_it(struct devices *devices, struct step *step)
{
    struct bytes question;
    enum finding_wish wish = finding_tick(&devices->finding, step->now_ms, &question);
    if (wish == FINDING_ASK) write(devices, step, question);
    return wish == FINDING_REOPEN;
}

/* Another scale on the same line, or the same one set up anew: it is looked for again. */
static bool has_changed(const struct devices *devices, const struct step *step)
{
    if (named_driver(devices, step->config) != NULL) return false;
    int64_t since_ms = step->now_ms - devices->slots[DEVICE_SCALE].heard_ms;
    bool nonsense = devices->scale_state.skipped >= SCALE_WRONG_LINE_BYTES;
    return since_ms > (nonsense ? SCALE_NONSENSE_MS : SCALE_MUTE_MS);
}

bool scale_tick(struct devices *devices, struct step *step)
{
    const struct device *device = slot_of(devices);
    if (device->state != DEVICE_OPEN || device->unfit) return false;
    if (devices->scale_driver == NULL || devices->finding.reopen) return look_for_it(devices, step);
    if (has_changed(devices, step)) {
        scale_forget(devices, step->config);
        return true;
    }
    if (devices->scale_driver->request.len > 0 && step->now_ms >= devices->scale_ask_ms)
        ask(devices, step);
    return false;
}

int64_t scale_deadline(const struct devices *devices, const struct step *step)
{
    const struct device *device = &devices->slots[DEVICE_SCALE];
    const struct scale_driver *driver = devices->scale_driver;
    if (device->state != DEVICE_OPEN || device->unfit) return NO_DEADLINE;
    if (driver == NULL || devices->finding.reopen) return finding_deadline(&devices->finding);
    int64_t deadline_ms = driver->request.len > 0 ? devices->scale_ask_ms : NO_DEADLINE;
    int64_t mute_ms = NO_DEADLINE;
    if (!device->silent && driver->silent_after_ms > 0)
        mute_ms = device->heard_ms + driver->silent_after_ms + 1;
    else if (named_driver(devices, step->config) == NULL)
        mute_ms = device->heard_ms + SCALE_MUTE_MS + 1;
    return mute_ms < deadline_ms ? mute_ms : deadline_ms;
}

bool scale_is_silent(const struct devices *devices, int64_t now_ms)
{
    const struct device *device = &devices->slots[DEVICE_SCALE];
    const struct scale_driver *driver = devices->scale_driver;
    return device->state == DEVICE_OPEN && driver != NULL && driver->silent_after_ms > 0 &&
           now_ms - device->heard_ms > (int64_t)driver->silent_after_ms;
}

/* --- reading --- */

/* While it is being looked for, nothing that is said is a weight yet. */
static void listen(struct devices *devices, struct step *step, struct bytes bytes)
{
    struct bytes answer;
    bool is_found = finding_hear(&devices->finding, bytes, &answer);
    if (answer.len > 0) write(devices, step, answer);
    if (is_found) found(devices, step);
}

static void note_refused(struct devices *devices, enum scale_reject reject)
{
    devices->frames_refused++;
    if (devices->refused_in_row < UINT32_MAX) devices->refused_in_row++;
    devices->refusal = reject;
}

/* It talks, and nothing of it is a weight; NULL: it is not so. */
const char *scale_refusal_word(const struct devices *devices)
{
    if (devices->refused_in_row < SCALE_REFUSED_SAID) return NULL;
    return devices->refusal == SCALE_REJECT_UNIT ? "no_weight" : "wrong_line";
}

void scale_next_reading(struct devices *devices, struct step *step, struct bytes *rest,
                        struct device_item *out_item)
{
    if (slot_of(devices)->unfit || devices->scale_driver == NULL) {
        if (!slot_of(devices)->unfit) listen(devices, step, *rest);
        *rest = BYTES_NONE;
        return;
    }
    while (rest->len > 0) {
        struct scale_output output;
        size_t used = devices->scale_driver->feed(&devices->scale_state, *rest, &output);
        ENSURE(used > 0);
        *rest = bytes_from(*rest, used);
        if (output.result == SCALE_REJECTED) note_refused(devices, output.reject);
        if (output.result == SCALE_ANSWER) write(devices, step, output.answer);
        if (output.result != SCALE_READING) continue;
        devices->refused_in_row = 0;
        slot_of(devices)->heard_ms = step->now_ms;
        out_item->kind = DEVICE_ITEM_READING;
        out_item->reading = output.reading;
        return;
    }
}
