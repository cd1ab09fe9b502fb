/* usb_claim_libusb.c - the second half of usb.h on libusb: what is done with a claimed device.
 *
 *   ASKING --all answered--> OPEN --trouble--> ENDING --all transfers back--> told and freed
 *      \--------trouble-------------------------^        \
 *   any --usb_release--> RELEASED --all transfers back--> freed, nobody told
 *
 *   ASKING    one control transfer is flying: HID report descriptors, or a printer's device id and
 *             port status; what a device does not answer is left empty
 *   OPEN      IN transfers are always flying (two and more for reports, which nobody buffers), at
 *             most one OUT transfer
 *   ENDING    everything is cancelled; the handle is closed before the owner is told, so that the
 *             owner may claim again in the call
 *
 * A transfer belongs to the library while it flies and is freed only with its claim. */
#include "hal/usb.h"

#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/usb_inside.h"

#define REPORTS_FLYING 4
#define ASK_TIMEOUT_MS 1000
#define STALLS_MAX 3      /* in a row, without a byte between them */
#define EMPTY_READS_MAX 8 /* in a row: the printer has nothing to say and says so without pause */

enum claim_state { CLAIM_ASKING, CLAIM_OPEN, CLAIM_ENDING, CLAIM_RELEASED };

struct usb_claim {
    struct usb *usb;
    struct usb_claim *next;
    enum claim_state state;
    bool was_open;
    enum port_face face;
    struct usb_events events;
    void *context;
    struct libusb_device_handle *handle;
    struct usb_device device;           /* a copy: the entry may be gone before the claim */
    const struct usb_face *reading;     /* the face we read and write */
    uint8_t claimed[USB_HID_FACES_MAX]; /* interfaces */
    size_t claimed_count;
    size_t asked; /* questions sent */
    struct usb_transfer control;
    struct usb_transfer in[REPORTS_FLYING];
    size_t in_count;
    struct usb_transfer out;
    unsigned stalls;
    unsigned empty_reads;
    enum err error;
    const char *sentence;
    struct port_identity identity;
    unsigned best_score;
    uint8_t answer[USB_DEVICE_ID_MAX]; /* device id, or the report descriptor of `reading` */
    size_t answer_len;
};

_Static_assert(USB_DEVICE_ID_MAX >= USB_DESCRIPTOR_MAX, "`answer` holds either");

/* Transfers ------------------------------------------------------------------------------------ */

static void on_done(struct libusb_transfer *finished)
{
    struct usb_transfer *transfer = finished->user_data;
    struct usb *usb = transfer->claim->usb;
    transfer->next_done = NULL;
    if (usb->done_last) usb->done_last->next_done = transfer;
    else usb->done_first = transfer;
    usb->done_last = transfer;
}

static bool make_transfer(struct usb_claim *claim, struct usb_transfer *transfer, size_t size)
{
    transfer->claim = claim;
    transfer->transfer = libusb_alloc_transfer(0);
    transfer->buffer = malloc(size);
    return transfer->transfer && transfer->buffer;
}

static void free_transfer(struct usb_transfer *transfer)
{
    libusb_free_transfer(transfer->transfer);
    free(transfer->buffer);
}

static size_t flying(const struct usb_claim *claim)
{
    size_t count = claim->control.flying + (size_t)claim->out.flying;
    for (size_t i = 0; i < claim->in_count; i++) count += claim->in[i].flying;
    return count;
}

static void cancel(struct usb_transfer *transfer)
{
    /* One that has just finished cannot be cancelled and is on its way back anyway. */
    if (transfer->flying) (void)libusb_cancel_transfer(transfer->transfer);
}

/* From here on nothing is sent or read; the sweep does the rest. */
static void wind_down(struct usb_claim *claim, enum claim_state state)
{
    claim->state = state;
    cancel(&claim->control);
    cancel(&claim->out);
    for (size_t i = 0; i < claim->in_count; i++) cancel(&claim->in[i]);
    loop_later(claim->usb->loop, &claim->usb->soon);
}

static void fail(struct usb_claim *claim, enum err error, const char *sentence)
{
    if (claim->state == CLAIM_ENDING || claim->state == CLAIM_RELEASED) return;
    claim->error = error;
    claim->sentence = sentence;
    wind_down(claim, CLAIM_ENDING);
}

static void submit(struct usb_transfer *transfer)
{
    int result = libusb_submit_transfer(transfer->transfer);
    transfer->flying = result == 0;
    if (result != 0) fail(transfer->claim, usb_err(result), "the device does not take transfers");
}

/* Reading -------------------------------------------------------------------------------------- */

static void read_on(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    bool is_hid = claim->face == PORT_FACE_HID;
    if (claim->state != CLAIM_OPEN || transfer->flying) return;
    if (!is_hid && claim->empty_reads >= EMPTY_READS_MAX) return; /* goes on with the next send */
    int size = is_hid ? claim->reading->in_size : (int)USB_IN_MAX;
    if (is_hid) {
        libusb_fill_interrupt_transfer(transfer->transfer, claim->handle,
                                       claim->reading->in_endpoint, transfer->buffer, size, on_done,
                                       transfer, 0);
    } else {
        libusb_fill_bulk_transfer(transfer->transfer, claim->handle, claim->reading->in_endpoint,
                                  transfer->buffer, size, on_done, transfer, 0);
    }
    submit(transfer);
}

/* A stall is cleared on this endpoint only; a device that stalls on and on has failed. */
static bool clear_stall(struct usb_claim *claim, uint8_t endpoint)
{
    claim->stalls++;
    return claim->stalls <= STALLS_MAX && libusb_clear_halt(claim->handle, endpoint) == 0;
}

static void take_in(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    size_t len = (size_t)transfer->transfer->actual_length;
    switch (transfer->transfer->status) {
    case LIBUSB_TRANSFER_COMPLETED:
        claim->stalls = 0;
        /* Some devices send an empty packet after each full one; the buffer is then an old one. */
        claim->empty_reads = len > 0 ? 0 : claim->empty_reads + 1;
        if (len > 0) claim->events.bytes(claim->context, bytes_of(transfer->buffer, len));
        break;
    case LIBUSB_TRANSFER_STALL:
        if (!clear_stall(claim, claim->reading->in_endpoint)) {
            fail(claim, ERR_IO, "the device refuses to be read");
        }
        break;
    case LIBUSB_TRANSFER_OVERFLOW: /* longer than promised: lost, the next may be good */
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_CANCELLED: break;
    case LIBUSB_TRANSFER_ERROR:
    case LIBUSB_TRANSFER_NO_DEVICE: fail(claim, ERR_CLOSED, "the device is gone"); break;
    }
    read_on(transfer);
}

/* Writing -------------------------------------------------------------------------------------- */

enum err usb_send(struct usb_claim *claim, struct bytes bytes)
{
    ENSURE(bytes.len >= 1 && bytes.len <= USB_SEND_MAX);
    if (claim->face != PORT_FACE_PRINTER) return ERR_UNSUPPORTED;
    if (claim->state != CLAIM_OPEN) return ERR_CLOSED;
    if (claim->out.flying) return ERR_BUSY;
    memcpy(claim->out.buffer, bytes.data, bytes.len);
    /* No time-out: a printer out of paper lets it wait, and taking a half-sent packet back may lose
     * count of what it took. */
    libusb_fill_bulk_transfer(claim->out.transfer, claim->handle, claim->reading->out_endpoint,
                              claim->out.buffer, (int)bytes.len, on_done, &claim->out, 0);
    submit(&claim->out);
    claim->empty_reads = 0;
    if (claim->in_count > 0) read_on(&claim->in[0]);
    return claim->out.flying ? ERR_NONE : ERR_CLOSED;
}

static void take_out(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    size_t taken = (size_t)transfer->transfer->actual_length;
    if (taken > 0) claim->stalls = 0;
    switch (transfer->transfer->status) {
    case LIBUSB_TRANSFER_COMPLETED:
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_CANCELLED: break;
    case LIBUSB_TRANSFER_STALL:
        if (!clear_stall(claim, claim->reading->out_endpoint)) {
            fail(claim, ERR_IO, "the printer refuses bytes");
        }
        break;
    case LIBUSB_TRANSFER_OVERFLOW:
    case LIBUSB_TRANSFER_ERROR:
    case LIBUSB_TRANSFER_NO_DEVICE: fail(claim, ERR_CLOSED, "the device is gone"); break;
    }
    if (claim->state != CLAIM_RELEASED) claim->events.sent(claim->context, taken);
}

/* Asking a freshly claimed device -------------------------------------------------------------- */

struct question { /* one control transfer; `take` gets what was answered, maybe nothing */
    uint8_t type;
    uint8_t request;
    uint16_t value;
    uint16_t index;
    uint16_t len;
    uint8_t data; /* the one byte that goes out, for questions that tell */
};

static bool is_point_of_sale(struct bytes descriptor)
{
    /* First item: usage page 8C (bar code scanner) or 8D (weighing), HID POS 1.02. */
    return descriptor.len >= 2 && descriptor.data[0] == 0x05 &&
           (descriptor.data[1] == 0x8C || descriptor.data[1] == 0x8D);
}

static bool must_be_switched_on(const struct usb_claim *claim)
{
    static const uint16_t vendors[] = {0x0C2E, 0x23D0}; /* Honeywell, Youjie: silent until told */
    struct bytes descriptor = bytes_of(claim->answer, claim->answer_len);
    if (!is_point_of_sale(descriptor) || descriptor.data[1] != 0x8C) return false;
    for (size_t i = 0; i < ARRAY_LEN(vendors); i++) {
        if (claim->device.vendor == vendors[i]) return true;
    }
    return false;
}

/* USB printer class 1.1, section 4.2: GET_DEVICE_ID (its index is interface and alternate, its
 * value a configuration index), GET_PORT_STATUS. */
static bool printer_question(const struct usb_claim *claim, struct question *out_question)
{
    const struct usb_face *face = claim->reading;
    if (claim->asked == 0) {
        uint16_t index = (uint16_t)(face->interface << 8 | face->alternate);
        *out_question = (struct question){0xA1, 0x00, 0, index, USB_DEVICE_ID_MAX, 0};
        return true;
    }
    *out_question = (struct question){0xA1, 0x01, 0, face->interface, 1, 0};
    return claim->asked == 1;
}

/* HID 1.11, 7.1.1: GET_DESCRIPTOR(report) of each interface; then, for some scanners, 7.2.2:
 * SET_REPORT(feature FE, 1), which makes them send. */
static bool hid_question(const struct usb_claim *claim, struct question *out_question)
{
    size_t count = claim->device.hid_count;
    if (claim->asked < count) {
        const struct usb_face *face = &claim->device.hid[claim->asked];
        uint16_t len = face->descriptor_size;
        if (len == 0 || len > USB_DESCRIPTOR_MAX) len = USB_DESCRIPTOR_MAX;
        *out_question = (struct question){0x81, 0x06, 0x2200, face->interface, len, 0};
        return true;
    }
    *out_question = (struct question){0x21, 0x09, 0x03FE, claim->reading->interface, 2, 0x01};
    return claim->asked == count && must_be_switched_on(claim);
}

static void start_reading(struct usb_claim *claim)
{
    if (!claim->reading->in_endpoint) return;
    size_t wanted = claim->face == PORT_FACE_HID ? REPORTS_FLYING : 1;
    size_t size = claim->face == PORT_FACE_HID ? claim->reading->in_size : USB_IN_MAX;
    while (claim->in_count < wanted && claim->state == CLAIM_OPEN) {
        struct usb_transfer *transfer = &claim->in[claim->in_count++];
        if (make_transfer(claim, transfer, size)) read_on(transfer);
        else fail(claim, ERR_NO_MEMORY, "there is no memory for reading");
    }
}

static void tell_opened(struct usb_claim *claim)
{
    claim->state = CLAIM_OPEN;
    start_reading(claim);
    if (claim->state != CLAIM_OPEN) return;
    struct port_identity *identity = &claim->identity;
    identity->vendor = claim->device.vendor;
    identity->product = claim->device.product;
    identity->serial = claim->device.serial;
    identity->product_name = claim->device.product_name;
    identity->can_read = claim->in_count > 0;
    struct bytes answer = bytes_of(claim->answer, claim->answer_len);
    if (claim->face == PORT_FACE_HID) identity->report_descriptor = answer;
    else identity->device_id = answer;
    claim->was_open = true;
    claim->events.opened(claim->context, identity);
}

static void ask_next(struct usb_claim *claim)
{
    struct question question;
    bool more = claim->face == PORT_FACE_HID ? hid_question(claim, &question)
                                             : printer_question(claim, &question);
    if (!more) {
        tell_opened(claim);
        return;
    }
    claim->asked++;
    uint8_t *buffer = claim->control.buffer;
    libusb_fill_control_setup(buffer, question.type, question.request, question.value,
                              question.index, question.len);
    if (!(question.type & LIBUSB_ENDPOINT_IN)) {
        buffer[LIBUSB_CONTROL_SETUP_SIZE] = (uint8_t)question.value; /* first the report's id */
        buffer[LIBUSB_CONTROL_SETUP_SIZE + 1] = question.data;
    }
    libusb_fill_control_transfer(claim->control.transfer, claim->handle, buffer, on_done,
                                 &claim->control, ASK_TIMEOUT_MS);
    submit(&claim->control);
}

static void take_printer_answer(struct usb_claim *claim, struct bytes answer)
{
    if (claim->asked == 1 && answer.len > 0) {
        memcpy(claim->answer, answer.data, answer.len);
        claim->answer_len = answer.len;
    }
    if (claim->asked == 2 && answer.len == 1) {
        claim->identity.has_port_status = true;
        claim->identity.port_status = answer.data[0];
    }
}

/* Of several HID interfaces the one that says most is read. */
static void take_hid_answer(struct usb_claim *claim, struct bytes answer)
{
    if (claim->asked > claim->device.hid_count) return;
    const struct usb_face *face = &claim->device.hid[claim->asked - 1];
    unsigned score = is_point_of_sale(answer) ? 3 : face->is_keyboard ? 2 : 1;
    if (score <= claim->best_score) return;
    claim->best_score = score;
    claim->reading = face;
    if (answer.len > 0) memcpy(claim->answer, answer.data, answer.len);
    claim->answer_len = answer.len;
}

static void take_answer(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    enum libusb_transfer_status status = transfer->transfer->status;
    if (claim->state != CLAIM_ASKING) return;
    if (status == LIBUSB_TRANSFER_NO_DEVICE) {
        fail(claim, ERR_CLOSED, "the device is gone");
        return;
    }
    size_t len = 0;
    if (status == LIBUSB_TRANSFER_COMPLETED) len = (size_t)transfer->transfer->actual_length;
    struct bytes answer = bytes_of(libusb_control_transfer_get_data(transfer->transfer), len);
    if (claim->face == PORT_FACE_HID) take_hid_answer(claim, answer);
    else take_printer_answer(claim, answer);
    ask_next(claim);
}

void usb_claim_take(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    transfer->flying = false;
    if (transfer == &claim->control) take_answer(transfer);
    else if (transfer == &claim->out) take_out(transfer);
    else if (claim->state == CLAIM_OPEN) take_in(transfer);
}

/* Claiming ------------------------------------------------------------------------------------- */

static bool has_face(const struct usb_device *device, enum port_face face)
{
    switch (face) {
    case PORT_FACE_LINE: return false;
    case PORT_FACE_HID: return device->hid_count > 0;
    case PORT_FACE_PRINTER: return device->printer.out_endpoint != 0;
    }
    return false;
}

static bool is_taken(const struct usb *usb, const struct usb_device *device, enum port_face face)
{
    for (const struct usb_claim *claim = usb->claims; claim; claim = claim->next) {
        if (claim->device.device == device->device && claim->face == face) return true;
    }
    return false;
}

/* ERR_BUSY when all that fit are taken by ourselves. */
static enum err find_device(const struct usb *usb, const struct usb_selector *selector,
                            enum port_face face, const struct usb_device **out_device)
{
    enum err problem = ERR_NOT_FOUND;
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) {
        const struct usb_device *device = &usb->devices[i];
        if (!usb_selector_fits(selector, device) || !has_face(device, face)) continue;
        if (!is_taken(usb, device, face)) {
            *out_device = device;
            return ERR_NONE;
        }
        problem = ERR_BUSY;
    }
    return problem;
}

/* A printer's kernel driver is sent away for good: giving the interface back and taking it again
 * loses labels. A scanner's comes back when we go. */
static int claim_interface(struct usb_claim *claim, const struct usb_face *face)
{
    if (claim->face == PORT_FACE_PRINTER) {
        if (libusb_kernel_driver_active(claim->handle, face->interface) == 1) {
            (void)libusb_detach_kernel_driver(claim->handle, face->interface);
        }
    } else {
        (void)libusb_set_auto_detach_kernel_driver(claim->handle, 1);
    }
    int result = libusb_claim_interface(claim->handle, face->interface);
    if (result == 0) claim->claimed[claim->claimed_count++] = face->interface;
    return result;
}

static int claim_faces(struct usb_claim *claim)
{
    if (claim->face == PORT_FACE_PRINTER) {
        const struct usb_face *face = &claim->device.printer;
        claim->reading = face;
        int result = claim_interface(claim, face);
        if (result == 0 && face->has_alternates) {
            result =
                libusb_set_interface_alt_setting(claim->handle, face->interface, face->alternate);
        }
        return result;
    }
    int result = 0;
    for (size_t i = 0; i < claim->device.hid_count && result == 0; i++) {
        result = claim_interface(claim, &claim->device.hid[i]);
    }
    return result;
}

static void give_back(struct usb_claim *claim)
{
    if (!claim->handle) return;
    for (size_t i = 0; i < claim->claimed_count; i++) {
        (void)libusb_release_interface(claim->handle, claim->claimed[i]);
    }
    libusb_close(claim->handle);
    claim->handle = NULL;
}

static void free_claim(struct usb_claim *claim)
{
    give_back(claim);
    free_transfer(&claim->control);
    free_transfer(&claim->out);
    for (size_t i = 0; i < claim->in_count; i++) free_transfer(&claim->in[i]);
    free(claim);
}

static enum err open_device(struct usb_claim *claim, struct textbuf *out_why)
{
    size_t control_size = LIBUSB_CONTROL_SETUP_SIZE + USB_DEVICE_ID_MAX;
    if (!make_transfer(claim, &claim->control, control_size) ||
        !make_transfer(claim, &claim->out, USB_SEND_MAX)) {
        textbuf_text(out_why, "there is no memory for another device");
        return ERR_NO_MEMORY;
    }
    int result = libusb_open(claim->device.device, &claim->handle);
    if (result == 0) result = claim_faces(claim);
    if (result == 0) return ERR_NONE;
    textbuf_format(out_why, "the usb device cannot be claimed: %s", libusb_strerror(result));
    return usb_err(result);
}

static enum err select_device(struct usb *usb, struct bytes text, enum port_face face,
                              struct textbuf *out_why, const struct usb_device **out_device)
{
    struct usb_selector selector;
    if (!usb_selector_parse(text, &selector)) {
        textbuf_text(out_why, "a usb address is usb:VID:PID[:SERIAL], VID and PID hexadecimal");
        return ERR_INVALID;
    }
    enum err problem = find_device(usb, &selector, face, out_device);
    if (problem == ERR_NOT_FOUND) textbuf_text(out_why, "there is no such usb device");
    if (problem == ERR_BUSY) textbuf_text(out_why, "the usb device is taken or not yet given back");
    return problem;
}

enum err usb_claim(struct usb *usb, struct bytes selector, enum port_face face,
                   const struct usb_events *events, void *context, struct textbuf *out_why,
                   struct usb_claim **out_claim)
{
    const struct usb_device *device;
    enum err problem = select_device(usb, selector, face, out_why, &device);
    if (problem != ERR_NONE) return problem;
    struct usb_claim *claim = calloc(1, sizeof(*claim));
    if (!claim) return ERR_NO_MEMORY;
    claim->usb = usb;
    claim->face = face;
    claim->events = *events;
    claim->context = context;
    claim->device = *device;
    problem = open_device(claim, out_why);
    if (problem != ERR_NONE) {
        free_claim(claim);
        return problem;
    }
    claim->next = usb->claims;
    usb->claims = claim;
    ask_next(claim);
    *out_claim = claim;
    return ERR_NONE;
}

void usb_release(struct usb_claim *claim)
{
    wind_down(claim, CLAIM_RELEASED);
}

void usb_claims_release(struct usb *usb)
{
    for (struct usb_claim *claim = usb->claims; claim; claim = claim->next) usb_release(claim);
}

/* One that can go; taken off the list. */
static struct usb_claim *take_ended(struct usb *usb)
{
    for (struct usb_claim **at = &usb->claims; *at; at = &(*at)->next) {
        struct usb_claim *claim = *at;
        bool is_over = claim->state == CLAIM_ENDING || claim->state == CLAIM_RELEASED;
        if (!is_over || flying(claim) > 0) continue;
        *at = claim->next;
        return claim;
    }
    return NULL;
}

void usb_claims_sweep(struct usb *usb)
{
    for (struct usb_claim *claim = take_ended(usb); claim; claim = take_ended(usb)) {
        give_back(claim);
        if (claim->state == CLAIM_ENDING && claim->was_open) {
            claim->events.closed(claim->context, claim->error, claim->sentence);
        } else if (claim->state == CLAIM_ENDING) {
            claim->events.failed(claim->context, claim->error, claim->sentence);
        }
        free_claim(claim);
    }
}
