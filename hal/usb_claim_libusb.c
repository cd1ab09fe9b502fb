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

#include "hal/base/hid.h"
#include "hal/usb_inside.h"
#include "hal/usb_sysfs.h"

/* Transfers ------------------------------------------------------------------------------------ */

void usb_transfer_done(struct libusb_transfer *finished)
{
    struct usb_transfer *transfer = finished->user_data;
    struct usb *usb = transfer->claim->usb;
    transfer->next_done = NULL;
    if (usb->done_last) usb->done_last->next_done = transfer;
    else usb->done_first = transfer;
    usb->done_last = transfer;
}

bool usb_transfer_make(struct usb_claim *claim, struct usb_transfer *transfer, size_t size)
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

void usb_transfer_cancel(struct usb_transfer *transfer)
{
    /* One that has just finished cannot be cancelled and is on its way back anyway. */
    if (transfer->flying) (void)libusb_cancel_transfer(transfer->transfer);
}

static void wind_down(struct usb_claim *claim, enum usb_claim_state state)
{
    claim->state = state;
    usb_transfer_cancel(&claim->control);
    usb_transfer_cancel(&claim->out);
    for (size_t i = 0; i < claim->in_count; i++) usb_transfer_cancel(&claim->in[i]);
    loop_later(claim->usb->loop, &claim->usb->soon);
}

void usb_claim_fail(struct usb_claim *claim, enum err error, const char *sentence)
{
    if (claim->state == CLAIM_ENDING || claim->state == CLAIM_RELEASED) return;
    claim->error = error;
    claim->sentence = sentence;
    wind_down(claim, CLAIM_ENDING);
}

void usb_transfer_submit(struct usb_transfer *transfer)
{
    int result = libusb_submit_transfer(transfer->transfer);
    transfer->flying = result == 0;
    if (result != 0) {
        usb_claim_fail(transfer->claim, usb_err(result), "the device does not take transfers");
    }
}

void usb_claim_take(struct usb_transfer *transfer)
{
    struct usb_claim *claim = transfer->claim;
    transfer->flying = false;
    if (transfer == &claim->control) usb_ask_take(transfer);
    else if (transfer == &claim->out) usb_flow_take_out(transfer);
    else if (claim->state == CLAIM_OPEN) usb_flow_take_in(transfer);
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

bool usb_claims_have(const struct usb *usb, const struct usb_device *device)
{
    return is_taken(usb, device, PORT_FACE_HID) || is_taken(usb, device, PORT_FACE_PRINTER);
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

/* A scanner that fails is not given back to the kernel: its driver would ask it again and again,
 * and we would have to wait for that. The next good claim gives it back when it ends. */
static void give_back(struct usb_claim *claim)
{
    if (!claim->handle) return;
    bool fails = claim->state == CLAIM_ENDING && claim->error != ERR_CLOSED;
    if (fails) (void)libusb_set_auto_detach_kernel_driver(claim->handle, 0);
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
    size_t out_size =
        claim->face == PORT_FACE_HID ? LIBUSB_CONTROL_SETUP_SIZE + HID_WRITE_MAX : USB_SEND_MAX;
    if (!usb_transfer_make(claim, &claim->control, control_size) ||
        !usb_transfer_make(claim, &claim->out, out_size)) {
        textbuf_text(out_why, "there is no memory for another device");
        return ERR_NO_MEMORY;
    }
    int result = libusb_open(claim->device.device, &claim->handle);
    if (result == 0) result = claim_faces(claim);
    if (result == 0) {
        usb_sysfs_stay_awake(claim->device.path);
        return ERR_NONE;
    }
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
    usb_ask_next(claim);
    *out_claim = claim;
    return ERR_NONE;
}

void usb_release(struct usb_claim *claim)
{
    wind_down(claim, CLAIM_RELEASED);
}

void usb_claims_gone(struct usb *usb, const struct libusb_device *device)
{
    for (struct usb_claim *claim = usb->claims; claim; claim = claim->next) {
        if (claim->device.device == device) usb_claim_fail(claim, ERR_CLOSED, "the device is gone");
    }
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
