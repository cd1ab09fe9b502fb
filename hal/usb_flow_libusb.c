/* usb_flow_libusb.c - what goes in and out of a claimed device (usb.h).
 *
 * What a device does wrong, and what is done about it here; anything more is the caller's decision,
 * because it costs labels:
 *   an endpoint stalls       the halt of that endpoint is cleared, STALLS_MAX times in a row
 *   a read fails             read again, ERRORS_MAX times in a row; a bus that is being unplugged
 *                            shows the same for a moment
 *   a packet is too long     lost, the next may be good; counts as a read that failed
 *   a printer's write fails  the end: which bytes it took is not known, so none is sent again
 *   a report is refused      told as not taken; the device goes on
 *   no such device           the end
 */
#include "hal/usb.h"

#include <libusb.h>
#include <string.h>

#include "hal/base/hid.h"
#include "hal/usb_inside.h"

#define STALLS_MAX 3      /* in a row, without a byte between them */
#define ERRORS_MAX 8      /* in a row: twice what flies, so that one disturbance is survived */
#define EMPTY_READS_MAX 8 /* in a row: the printer has nothing to say and says so without pause */
#define SET_REPORT_TYPE 0x21 /* HID 1.11, 7.2.2 */
#define SET_REPORT 0x09

/* Trouble -------------------------------------------------------------------------------------- */

static bool clear_stall(struct usb_claim *claim, uint8_t endpoint)
{
    claim->stalls++;
    return claim->stalls <= STALLS_MAX && libusb_clear_halt(claim->handle, endpoint) == 0;
}

static void note_error(struct usb_claim *claim, const char *sentence)
{
    if (++claim->errors > ERRORS_MAX) usb_claim_fail(claim, ERR_IO, sentence);
}

/* Reading -------------------------------------------------------------------------------------- */

static void read_on(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    bool is_hid = claim->face == PORT_FACE_HID;
    if (claim->state != CLAIM_OPEN || claim->stalled || transfer->flying) return;
    if (!is_hid && claim->empty_reads >= EMPTY_READS_MAX) return; /* goes on with the next send */
    if (is_hid) {
        libusb_fill_interrupt_transfer(transfer->transfer, claim->handle,
                                       claim->reading->in_endpoint, transfer->buffer,
                                       claim->in_size, usb_transfer_done, transfer, 0);
    } else {
        libusb_fill_bulk_transfer(transfer->transfer, claim->handle, claim->reading->in_endpoint,
                                  transfer->buffer, claim->in_size, usb_transfer_done, transfer, 0);
    }
    usb_transfer_submit(transfer);
}

static size_t reads_flying(const struct usb_claim *claim)
{
    size_t count = 0;
    for (size_t i = 0; i < claim->in_count; i++) count += claim->in[i].flying;
    return count;
}

/* A halt is cleared when no read waits on the endpoint any more (usb_clear_halt asks for that). */
static void heal_reading(struct usb_claim *claim)
{
    if (!claim->stalled || claim->state != CLAIM_OPEN || reads_flying(claim) > 0) return;
    claim->stalled = false;
    if (!clear_stall(claim, claim->reading->in_endpoint)) {
        usb_claim_fail(claim, ERR_IO, "the device refuses to be read");
    }
    for (size_t i = 0; i < claim->in_count; i++) read_on(&claim->in[i]);
}

static void reading_stalled(struct usb_claim *claim)
{
    claim->stalled = true;
    for (size_t i = 0; i < claim->in_count; i++) usb_transfer_cancel(&claim->in[i]);
}

static void take_read(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    size_t len = (size_t)transfer->transfer->actual_length;
    claim->stalls = 0;
    claim->errors = 0;
    /* Some devices send an empty packet after each full one; the buffer is then an old one. */
    claim->empty_reads = len > 0 ? 0 : claim->empty_reads + 1;
    if (len > 0) claim->events.bytes(claim->context, bytes_of(transfer->buffer, len));
}

void usb_flow_take_in(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    switch (transfer->transfer->status) {
    case LIBUSB_TRANSFER_COMPLETED: take_read(transfer); break;
    case LIBUSB_TRANSFER_STALL: reading_stalled(claim); break;
    case LIBUSB_TRANSFER_OVERFLOW:
        note_error(claim, "the device sends more than it has promised");
        break;
    case LIBUSB_TRANSFER_ERROR: note_error(claim, "reading from the device fails"); break;
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_CANCELLED: break;
    case LIBUSB_TRANSFER_NO_DEVICE: usb_claim_fail(claim, ERR_CLOSED, "the device is gone"); break;
    }
    if (claim->stalled) heal_reading(claim);
    else read_on(transfer);
}

/* As many bytes as the longest report has, in whole packets: one that ends early is a report too.
 */
static int read_size(const struct usb_claim *claim)
{
    if (claim->face != PORT_FACE_HID) return (int)USB_IN_MAX;
    size_t packet = claim->reading->in_size;
    size_t longest = hid_input_size(claim->identity.report_descriptor);
    if (longest <= packet || longest > USB_IN_MAX - packet) return (int)packet;
    return (int)((longest + packet - 1) / packet * packet);
}

void usb_flow_start(struct usb_claim *claim)
{
    if (!claim->reading->in_endpoint) return;
    size_t wanted = claim->face == PORT_FACE_HID ? USB_READS_FLYING : 1;
    claim->in_size = read_size(claim);
    while (claim->in_count < wanted && claim->state == CLAIM_OPEN) {
        struct usb_transfer *transfer = &claim->in[claim->in_count++];
        if (usb_transfer_make(claim, transfer, (size_t)claim->in_size)) read_on(transfer);
        else usb_claim_fail(claim, ERR_NO_MEMORY, "there is no memory for reading");
    }
}

/* Writing -------------------------------------------------------------------------------------- */

/* On the wire a report begins with its id, if it has one (HID 1.11, 5.6). */
static size_t put_report(struct bytes bytes, uint8_t *out_wire)
{
    struct bytes report = bytes_from(bytes, bytes.data[1] != 0 ? 1 : 2);
    memcpy(out_wire, report.data, report.len);
    return report.len;
}

/* HID 1.11, 4.4: output reports go to the interrupt OUT endpoint where there is one. */
static void fill_report(struct usb_claim *claim, struct bytes bytes)
{
    struct usb_transfer *out = &claim->out;
    uint8_t endpoint = claim->reading->out_endpoint;
    if (bytes.data[0] == HID_OUTPUT && endpoint) {
        size_t len = put_report(bytes, out->buffer);
        libusb_fill_interrupt_transfer(out->transfer, claim->handle, endpoint, out->buffer,
                                       (int)len, usb_transfer_done, out, USB_REPORT_TIMEOUT_MS);
        return;
    }
    size_t len = put_report(bytes, out->buffer + LIBUSB_CONTROL_SETUP_SIZE);
    uint16_t value = (uint16_t)(bytes.data[0] << 8 | bytes.data[1]);
    libusb_fill_control_setup(out->buffer, SET_REPORT_TYPE, SET_REPORT, value,
                              claim->reading->interface, (uint16_t)len);
    libusb_fill_control_transfer(out->transfer, claim->handle, out->buffer, usb_transfer_done, out,
                                 USB_REPORT_TIMEOUT_MS);
}

/* No time-out: a printer out of paper lets it wait, and taking a half-sent packet back may lose
 * count of what it took. */
static void fill_label(struct usb_claim *claim, struct bytes bytes)
{
    memcpy(claim->out.buffer, bytes.data, bytes.len);
    libusb_fill_bulk_transfer(claim->out.transfer, claim->handle, claim->reading->out_endpoint,
                              claim->out.buffer, (int)bytes.len, usb_transfer_done, &claim->out, 0);
}

enum err usb_send(struct usb_claim *claim, struct bytes bytes)
{
    bool is_hid = claim->face == PORT_FACE_HID;
    if (is_hid && !hid_is_write(bytes)) return ERR_INVALID;
    ENSURE(bytes.len >= 1 && bytes.len <= USB_SEND_MAX);
    if (claim->state != CLAIM_OPEN) return ERR_CLOSED;
    if (claim->out.flying) return ERR_BUSY;
    claim->out_len = bytes.len;
    if (is_hid) fill_report(claim, bytes);
    else fill_label(claim, bytes);
    usb_transfer_submit(&claim->out);
    claim->empty_reads = 0;
    if (claim->in_count > 0) read_on(&claim->in[0]);
    return claim->out.flying ? ERR_NONE : ERR_CLOSED;
}

/* A control endpoint forgets its stall by itself. */
static void take_report(struct usb_claim *claim, enum libusb_transfer_status status)
{
    bool is_control = claim->out.transfer->type == LIBUSB_TRANSFER_TYPE_CONTROL;
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED: claim->errors = 0; break;
    case LIBUSB_TRANSFER_STALL:
        if (!is_control && !clear_stall(claim, claim->reading->out_endpoint)) {
            usb_claim_fail(claim, ERR_IO, "the device refuses to be written to");
        }
        break;
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_CANCELLED: break;
    case LIBUSB_TRANSFER_OVERFLOW:
    case LIBUSB_TRANSFER_ERROR: note_error(claim, "writing to the device fails"); break;
    case LIBUSB_TRANSFER_NO_DEVICE: usb_claim_fail(claim, ERR_CLOSED, "the device is gone"); break;
    }
}

static void take_label(struct usb_claim *claim, enum libusb_transfer_status status)
{
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_CANCELLED: break;
    case LIBUSB_TRANSFER_STALL:
        if (!clear_stall(claim, claim->reading->out_endpoint)) {
            usb_claim_fail(claim, ERR_IO, "the printer refuses bytes");
        }
        break;
    case LIBUSB_TRANSFER_OVERFLOW:
    case LIBUSB_TRANSFER_ERROR:
        usb_claim_fail(claim, ERR_IO, "writing to the printer failed");
        break;
    case LIBUSB_TRANSFER_NO_DEVICE: usb_claim_fail(claim, ERR_CLOSED, "the device is gone"); break;
    }
}

void usb_flow_take_out(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    enum libusb_transfer_status status = transfer->transfer->status;
    size_t taken = (size_t)transfer->transfer->actual_length;
    if (taken > 0) claim->stalls = 0;
    if (claim->face == PORT_FACE_HID) {
        take_report(claim, status);
        taken = status == LIBUSB_TRANSFER_COMPLETED ? claim->out_len : 0;
    } else {
        take_label(claim, status);
    }
    if (claim->state != CLAIM_RELEASED) claim->events.sent(claim->context, taken);
}
