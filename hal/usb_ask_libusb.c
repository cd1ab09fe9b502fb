/* usb_ask_libusb.c - what a claimed device is asked before its claim is open (usb.h), one control
 * transfer after the other. What it does not answer is left empty.
 *
 * SET_PROTOCOL is never sent: a device that has been enumerated is in its report protocol (HID
 * 1.11, 7.2.6), and we read no other. SET_IDLE is sent to keyboards alone: they say their last
 * report again every half second by default (7.2.4), which would wake us for nothing; usbhid would
 * have said so, but it has not always been there before us. */
#include "hal/usb.h"

#include <libusb.h>
#include <string.h>

#include "hal/usb_inside.h"

#define ASK_TIMEOUT_MS 1000

struct question { /* one control transfer */
    uint8_t type;
    uint8_t request;
    uint16_t value;
    uint16_t index;
    uint16_t len;
    uint8_t data[2]; /* what goes out, for questions that tell */
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
static bool printer_question(const struct usb_claim *claim, size_t n, struct question *out_question)
{
    const struct usb_face *face = claim->reading;
    if (n == 0) {
        uint16_t index = (uint16_t)(face->interface << 8 | face->alternate);
        *out_question = (struct question){0xA1, 0x00, 0, index, USB_DEVICE_ID_MAX, {0}};
        return true;
    }
    *out_question = (struct question){0xA1, 0x01, 0, face->interface, 1, {0}};
    return n == 1;
}

/* HID 1.11, 7.1.1: GET_DESCRIPTOR(report) of each interface. */
static void descriptor_question(const struct usb_face *face, struct question *out_question)
{
    uint16_t len = face->descriptor_size;
    if (len == 0 || len > USB_DESCRIPTOR_MAX) len = USB_DESCRIPTOR_MAX;
    *out_question = (struct question){0x81, 0x06, 0x2200, face->interface, len, {0}};
}

/* After the descriptors 7.2.4: SET_IDLE(0); then 7.2.2: SET_REPORT(feature FE, 1), which makes some
 * scanners send. False: not for this device. */
static bool hid_question(const struct usb_claim *claim, size_t n, struct question *out_question)
{
    size_t count = claim->device.hid_count;
    if (n < count) {
        descriptor_question(&claim->device.hid[n], out_question);
        return true;
    }
    uint8_t interface = claim->reading->interface;
    if (n == count) {
        *out_question = (struct question){0x21, 0x0A, 0, interface, 0, {0}};
        return claim->reading->is_keyboard;
    }
    *out_question = (struct question){0x21, 0x09, 0x03FE, interface, 2, {0xFE, 0x01}};
    return must_be_switched_on(claim);
}

/* The next question that this device is to be asked. */
static bool next_question(struct usb_claim *claim, struct question *out_question)
{
    bool is_hid = claim->face == PORT_FACE_HID;
    size_t count = is_hid ? claim->device.hid_count + 2 : 2;
    while (claim->asked < count) {
        size_t n = claim->asked++;
        if (is_hid ? hid_question(claim, n, out_question)
                   : printer_question(claim, n, out_question)) {
            return true;
        }
    }
    return false;
}

static void tell_opened(struct usb_claim *claim)
{
    struct port_identity *identity = &claim->identity;
    identity->vendor = claim->device.vendor;
    identity->product = claim->device.product;
    identity->serial = claim->device.serial;
    identity->product_name = claim->device.product_name;
    struct bytes answer = bytes_of(claim->answer, claim->answer_len);
    if (claim->face == PORT_FACE_HID) identity->report_descriptor = answer;
    else identity->device_id = answer;
    claim->state = CLAIM_OPEN;
    usb_flow_start(claim);
    if (claim->state != CLAIM_OPEN) return;
    identity->can_read = claim->in_count > 0;
    claim->was_open = true;
    claim->events.opened(claim->context, identity);
}

void usb_ask_next(struct usb_claim *claim)
{
    struct question question;
    if (!next_question(claim, &question)) {
        tell_opened(claim);
        return;
    }
    uint8_t *buffer = claim->control.buffer;
    libusb_fill_control_setup(buffer, question.type, question.request, question.value,
                              question.index, question.len);
    if (!(question.type & LIBUSB_ENDPOINT_IN)) {
        memcpy(buffer + LIBUSB_CONTROL_SETUP_SIZE, question.data, sizeof(question.data));
    }
    libusb_fill_control_transfer(claim->control.transfer, claim->handle, buffer, usb_transfer_done,
                                 &claim->control, ASK_TIMEOUT_MS);
    usb_transfer_submit(&claim->control);
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

void usb_ask_take(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    enum libusb_transfer_status status = transfer->transfer->status;
    if (claim->state != CLAIM_ASKING) return;
    if (status == LIBUSB_TRANSFER_NO_DEVICE) {
        usb_claim_fail(claim, ERR_CLOSED, "the device is gone");
        return;
    }
    size_t len = 0;
    if (status == LIBUSB_TRANSFER_COMPLETED) len = (size_t)transfer->transfer->actual_length;
    struct bytes answer = bytes_of(libusb_control_transfer_get_data(transfer->transfer), len);
    if (claim->face == PORT_FACE_HID) take_hid_answer(claim, answer);
    else take_printer_answer(claim, answer);
    usb_ask_next(claim);
}
