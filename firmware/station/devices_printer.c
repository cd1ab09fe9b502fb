/* devices_printer.c - the printer's port: which language it speaks, asked for its state, written
 * to. See devices.h. */
#include "drivers/label_fit.h"
#include "firmware/station/devices_parts.h"

#define PRINTER_ASK_IDLE_MS \
    3000 /* seldom enough to sleep, often enough to warn before the weight */
#define PRINTER_ASK_EAGER_MS 150 /* while a label is coming out */

void printer_forget(struct devices *devices, const struct config *config)
{
    /* What it spoke last it most likely speaks when it is back: labels are made ready for that. */
    if (!device_driver_is_open(config->printer.driver))
        devices->printer_driver = printer_driver_find(bytes_of_text(config->printer.driver));
    else if (devices->printer_driver == NULL)
        devices->printer_driver =
            printer_choose(devices, config, devices->slots[DEVICE_PRINTER].address, NULL);
    printer_state_init(&devices->printer_state);
    devices->printer_known = false;
    devices->printer_asked = false;
    printer_questions_init(&devices->printer_questions, 0);
    devices->printer_dots_per_mm = 0;
    devices->printer_drained = 0;
    devices->printer_written = 0;
}

struct printer_setup devices_printer_setup(const struct config *config)
{
    const struct config_printer *printer = &config->printer;
    return (struct printer_setup){.dpi = printer->dpi,
                                  .width_dmm = printer->width_dmm,
                                  .height_dmm = printer->height_dmm,
                                  .darkness = printer->darkness,
                                  .speed_ips = printer->speed_ips,
                                  .media = printer->media,
                                  .mode = printer->mode};
}

static struct device *slot_of(struct devices *devices)
{
    return &devices->slots[DEVICE_PRINTER];
}

static bool is_spoken_to(const struct devices *devices)
{
    const struct device *device = &devices->slots[DEVICE_PRINTER];
    return device->state == DEVICE_OPEN && !device->unfit && devices->printer_driver != NULL;
}

static struct printer_kind kind_of(const struct devices *devices,
                                   const struct device_identity *identity)
{
    static const struct device_identity nobody;
    struct printer_kind kind;
    if (identity == NULL) identity = &nobody;
    const struct device_row *row = device_table_find(devices->binding.table, identity);
    printer_kind_of(identity, row != NULL ? row->driver : NULL, &kind);
    return kind;
}

/* Settings, table, the printer's own word, in this order. One behind a line or a network says
 * nothing of itself: most there speak ZPL, and the others are named. */
const struct printer_driver *printer_choose(const struct devices *devices,
                                            const struct config *config, const char *address,
                                            const struct device_identity *identity)
{
    if (!device_driver_is_open(config->printer.driver))
        return printer_driver_find(bytes_of_text(config->printer.driver));
    struct printer_kind kind = kind_of(devices, identity);
    const struct printer_driver *driver = printer_driver_find(bytes_of_text(kind.dialect));
    return driver == NULL && !device_is_usb(address) ? printer_driver_at(0) : driver;
}

/* What this very printer has never answered, as long as it is spoken to in the same language. */
static uint32_t remembered(const struct devices *devices)
{
    const struct known_device *known =
        device_memory_find(&devices->memory, devices->slots[DEVICE_PRINTER].address);
    bool same = known != NULL &&
                bytes_equal_text(bytes_of_text(known->driver), devices->printer_driver->name);
    return same ? known->cannot : 0;
}

static void remember(struct devices *devices)
{
    struct known_device known = {.cannot = devices->printer_questions.cannot};
    bool kept = bytes_to_text(bytes_of_text(slot_of(devices)->address), known.address,
                              sizeof known.address) &&
                bytes_to_text(bytes_of_text(devices->printer_driver->name), known.driver,
                              sizeof known.driver);
    if (kept) device_memory_learn(&devices->memory, &known);
}

/* A word of its own that contradicts the settings means that another printer stands there than
 * somebody thought. */
void printer_opened(struct devices *devices, struct step *step,
                    const struct device_identity *identity)
{
    struct device *device = slot_of(devices);
    devices->printer_kind = kind_of(devices, identity);
    devices->printer_driver = printer_choose(devices, step->config, device->address, identity);
    const char *why = "the printer does not say what it speaks: set its driver by hand";
    if (devices->printer_driver != NULL)
        why = printer_kind_refuses(&devices->printer_kind, devices->printer_driver->name);
    device->unfit = why != NULL;
    if (device->unfit) {
        commands_log(step->commands, LOG_ALARM, "log_printer_refused", "why", why, NULL);
        return;
    }
    printer_questions_init(&devices->printer_questions, remembered(devices));
    (void)devices_printer_write(devices, step, devices->printer_driver->start);
    devices->printer_ask_ms = step->now_ms;
    device_proven(devices, step->config, DEVICE_PRINTER);
}

/* ---- questions beside the state
 * ---------------------------------------------------------------- */

bool devices_printer_may_ask(const struct devices *devices, enum printer_question which)
{
    if (!is_spoken_to(devices)) return false;
    uint32_t may = printer_kind_may_ask(&devices->printer_kind, devices->printer_driver) &
                   ~devices->printer_questions.cannot;
    return (may & (uint32_t)which) != 0;
}

void devices_printer_expect(struct devices *devices, const struct step *step,
                            enum printer_question which, int64_t wait_ms)
{
    printer_asked(&devices->printer_questions, which, step->now_ms + wait_ms);
}

bool devices_printer_ask(struct devices *devices, struct step *step, enum printer_question which)
{
    const struct printer_driver *driver = devices->printer_driver;
    bool out = (devices->printer_questions.out & (uint32_t)which) != 0;
    if (out || !devices_printer_may_ask(devices, which)) return false;
    ENSURE(which != PRINTER_ASKS_RECEIPT); /* travels with a job */
    struct bytes request =
        which == PRINTER_ASKS_HEAD ? driver->head_request : driver->counter_request;
    devices_printer_expect(devices, step, which, driver->status_wait_ms);
    return devices_printer_write(devices, step, request);
}

/* One that has not told its state since it was asked is silent as a whole. */
static void look_for_answers(struct devices *devices, const struct step *step)
{
    const struct printer_questions *questions = &devices->printer_questions;
    if (step->now_ms < questions->until_ms) return;
    int64_t asked_ms = questions->until_ms - (int64_t)devices->printer_driver->status_wait_ms;
    bool alive = devices->printer_known && devices->printer_status_ms > asked_ms;
    if (printer_unanswered(&devices->printer_questions, alive)) remember(devices);
}

bool devices_printer_is_wrong(const struct devices *devices, unsigned dpi)
{
    unsigned says = devices->printer_dots_per_mm, wanted = label_dots_per_mm(dpi);
    if (says == 0 || !is_spoken_to(devices)) return false;
    return says != wanted && says + 1 != wanted; /* 300 dpi are 11.8 */
}

/* ---- its state
 * -------------------------------------------------------------------------------- */

void printer_tick(struct devices *devices, struct step *step)
{
    if (!is_spoken_to(devices)) return;
    look_for_answers(devices, step);
    if (devices->printer_known && devices->printer_dots_per_mm == 0 && !devices->printer_eager)
        (void)devices_printer_ask(devices, step, PRINTER_ASKS_HEAD);
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

bool printer_is_silent(const struct devices *devices, int64_t now_ms)
{
    return is_spoken_to(devices) && devices->printer_asked &&
           now_ms - devices->printer_asked_ms > (int64_t)devices->printer_driver->status_wait_ms;
}

/* True when it is one that printing waits for. */
static bool take_answer(struct devices *devices, enum printer_result result,
                        const struct printer_answer *answer, struct device_item *out_item)
{
    struct printer_questions *questions = &devices->printer_questions;
    switch (result) {
    case PRINTER_NOTHING:
    case PRINTER_STATUS:
    case PRINTER_REJECTED: return false;
    case PRINTER_HEAD:
        devices->printer_dots_per_mm = answer->dots_per_mm;
        printer_answered(questions, PRINTER_ASKS_HEAD);
        return false;
    case PRINTER_COUNTER: printer_answered(questions, PRINTER_ASKS_COUNTER); break;
    case PRINTER_RECEIPT: printer_answered(questions, PRINTER_ASKS_RECEIPT); break;
    }
    out_item->kind = DEVICE_ITEM_ANSWER;
    out_item->result = result;
    out_item->answer = *answer;
    return true;
}

void printer_next_status(struct devices *devices, struct step *step, struct bytes *rest,
                         struct device_item *out_item)
{
    const struct printer_driver *driver = devices->printer_driver;
    while (driver != NULL && rest->len > 0) {
        enum printer_result result = PRINTER_NOTHING;
        struct printer_answer answer;
        size_t used = driver->feed(&devices->printer_state, *rest, &result, &answer);
        ENSURE(used > 0);
        *rest = bytes_from(*rest, used);
        if (take_answer(devices, result, &answer, out_item)) return;
        if (result != PRINTER_STATUS) continue;
        devices->slots[DEVICE_PRINTER].heard_ms = step->now_ms;
        devices->slots[DEVICE_PRINTER].silent = false;
        devices->printer_status = answer.status;
        devices->printer_status_ms = step->now_ms;
        devices->printer_known = true;
        devices->printer_asked = false;
        out_item->kind = DEVICE_ITEM_STATUS;
        return;
    }
    *rest = BYTES_NONE;
}

int64_t printer_deadline(const struct devices *devices)
{
    const struct device *printer = &devices->slots[DEVICE_PRINTER];
    if (!is_spoken_to(devices)) return NO_DEADLINE;
    int64_t deadline_ms = devices->printer_ask_ms;
    if (devices->printer_questions.until_ms < deadline_ms)
        deadline_ms = devices->printer_questions.until_ms;
    if (!devices->printer_asked || printer->silent) return deadline_ms;
    int64_t silent_ms =
        devices->printer_asked_ms + (int64_t)devices->printer_driver->status_wait_ms + 1;
    return silent_ms < deadline_ms ? silent_ms : deadline_ms;
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

const char *devices_printer_word(const struct devices *devices)
{
    const struct device *device = &devices->slots[DEVICE_PRINTER];
    if (device->state != DEVICE_OPEN || device->unfit) return device_state_word(device);
    if (device->silent) return "silent";
    if (!devices->printer_known) return "opening";
    return devices->printer_status.ready ? "ready" : "not_ready";
}
