/* devices_printer.c - the printer's port: which language it speaks, asked for its state, written
 * to. See devices.h. */
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
    devices->printer_drained = 0;
    devices->printer_written = 0;
}

/* One behind a line or a network says nothing of itself: most there speak ZPL, and the others are
 * named. */
const struct printer_driver *printer_choose(const struct devices *devices,
                                            const struct config *config, const char *address,
                                            const struct device_identity *identity)
{
    struct printer_identity own;
    if (!device_driver_is_open(config->printer.driver))
        return printer_driver_find(bytes_of_text(config->printer.driver));
    const struct device_row *row =
        identity != NULL ? device_table_find(devices->binding.table, identity) : NULL;
    if (row != NULL && row->driver[0] != '\0')
        return printer_driver_find(bytes_of_text(row->driver));
    if (!device_is_usb(address)) return printer_driver_at(0);
    if (identity == NULL || !printer_identity_parse(identity->device_id, &own)) return NULL;
    return printer_driver_find(bytes_of_text(own.dialect));
}

void printer_opened(struct devices *devices, struct step *step,
                    const struct device_identity *identity)
{
    struct device *device = &devices->slots[DEVICE_PRINTER];
    devices->printer_driver = printer_choose(devices, step->config, device->address, identity);
    device->unfit = devices->printer_driver == NULL;
    if (device->unfit) return;
    (void)devices_printer_write(devices, step, devices->printer_driver->start);
    devices->printer_ask_ms = step->now_ms;
    device_proven(devices, step->config, DEVICE_PRINTER);
}

void printer_tick(struct devices *devices, struct step *step)
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

bool printer_is_silent(const struct devices *devices, int64_t now_ms)
{
    const struct device *device = &devices->slots[DEVICE_PRINTER];
    return device->state == DEVICE_OPEN && devices->printer_driver != NULL &&
           devices->printer_asked &&
           now_ms - devices->printer_asked_ms > (int64_t)devices->printer_driver->status_wait_ms;
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
    if (printer->state != DEVICE_OPEN || devices->printer_driver == NULL) return NO_DEADLINE;
    int64_t deadline_ms = devices->printer_ask_ms;
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
