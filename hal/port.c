/* port.c - port.h: slots, the bytes that wait to be written, and which transport does the work.
 *
 *   FREE --connect--> CONNECTING --opened--> OPEN --trouble--> ENDING --told--> FREE
 *                          \------failed-------------------------^
 *
 *   FREE        no transport, no memory, the number means nothing
 *   CONNECTING  the outcome is on its way, or known and told in the next turn (`soon`)
 *   OPEN        bytes flow; `out` holds what the transport has not taken yet
 *   ENDING      the transport is closed and the caller is being told; then FREE
 *
 * A callback may disconnect any port, so after each one the slot is looked at again before it is
 * used: `still_open` is the only way on. */
#include "hal/port.h"

#include <stdlib.h>
#include <string.h>

#include "hal/base/hid.h"
#include "hal/loop.h"
#include "hal/port_mend.h"
#include "hal/stream.h"
#include "hal/usb.h"
#include "hal/usb_sysfs.h"

#define SENTENCE_SIZE 161

enum slot_state { SLOT_FREE, SLOT_CONNECTING, SLOT_OPEN, SLOT_ENDING };
enum transport { TRANSPORT_NONE, TRANSPORT_SERIAL, TRANSPORT_STREAM, TRANSPORT_USB };

struct out { /* bytes [start, start + len) of storage wait */
    uint8_t *storage;
    size_t size;
    size_t start;
    size_t len;
};

struct slot {
    struct ports *ports;
    enum slot_state state;
    uint32_t port;
    enum port_face face;
    enum transport transport;
    struct loop_watch watch; /* SERIAL, STREAM */
    struct serial serial;
    struct stream stream;
    struct usb_claim *claim;
    struct loop_later soon; /* tells `error`: ERR_NONE is opened */
    enum err error;
    char sentence[SENTENCE_SIZE];
    struct out out;
    size_t usb_sending; /* bytes at the front of `out` that usb is busy with */
    size_t reports;     /* HID: how many wait in `out`, each behind a byte with its length */
    uint64_t taken;
};

struct ports {
    struct loop *loop;
    struct usb *usb;
    struct port_events events;
    void *context;
    struct port_mending mending;
    struct slot slots[PORTS_MAX];
    uint8_t in[PORT_IN_MAX];
};

/* Bytes that wait ------------------------------------------------------------------------------ */

static bool out_open(struct out *out, size_t size)
{
    *out = (struct out){.storage = malloc(size), .size = size};
    return out->storage != NULL;
}

static bool out_append(struct out *out, struct bytes bytes)
{
    if (bytes.len > out->size - out->len) return false;
    if (bytes.len > out->size - out->start - out->len) {
        memmove(out->storage, out->storage + out->start, out->len);
        out->start = 0;
    }
    if (bytes.len > 0) memcpy(out->storage + out->start + out->len, bytes.data, bytes.len);
    out->len += bytes.len;
    return true;
}

static struct bytes out_front(const struct out *out, size_t max)
{
    return bytes_of(out->storage + out->start, out->len < max ? out->len : max);
}

static void out_taken(struct out *out, size_t count)
{
    ENSURE(count <= out->len);
    out->start += count;
    out->len -= count;
    if (out->len == 0) out->start = 0;
}

/* Slots ---------------------------------------------------------------------------------------- */

static struct slot *find_slot(const struct ports *ports, uint32_t port)
{
    for (size_t i = 0; i < PORTS_MAX; i++) {
        const struct slot *slot = &ports->slots[i];
        if (slot->state != SLOT_FREE && slot->port == port) return (struct slot *)slot;
    }
    return NULL;
}

static struct slot *find_free(struct ports *ports)
{
    for (size_t i = 0; i < PORTS_MAX; i++) {
        if (ports->slots[i].state == SLOT_FREE) return &ports->slots[i];
    }
    return NULL;
}

static bool still_open(const struct slot *slot, uint32_t port)
{
    return slot->state == SLOT_OPEN && slot->port == port;
}

static void close_transport(struct slot *slot)
{
    loop_later_cancel(slot->ports->loop, &slot->soon);
    loop_remove(slot->ports->loop, &slot->watch);
    switch (slot->transport) {
    case TRANSPORT_NONE: break;
    case TRANSPORT_SERIAL: serial_close(&slot->serial); break;
    case TRANSPORT_STREAM: stream_close(&slot->stream); break;
    case TRANSPORT_USB:
        if (slot->claim) usb_release(slot->claim);
        slot->claim = NULL;
        break;
    }
    slot->transport = TRANSPORT_NONE;
}

static void free_slot(struct slot *slot)
{
    close_transport(slot);
    free(slot->out.storage);
    slot->out = (struct out){.storage = NULL};
    slot->state = SLOT_FREE;
}

/* The transport is closed first, so that the caller may connect to the same device in the call. */
static void tell_end(struct slot *slot, enum err error, const char *sentence)
{
    bool was_open = slot->state == SLOT_OPEN;
    const struct port_events *events = &slot->ports->events;
    close_transport(slot);
    slot->state = SLOT_ENDING;
    if (was_open) events->closed(slot->ports->context, slot->port, error, sentence);
    else events->failed(slot->ports->context, slot->port, error, sentence);
    free_slot(slot);
}

static void tell_opened(struct slot *slot, const struct port_identity *identity)
{
    slot->state = SLOT_OPEN;
    slot->ports->events.opened(slot->ports->context, slot->port, identity);
}

static void tell_drained(const struct slot *slot)
{
    if (slot->out.len > 0) return;
    slot->ports->events.drained(slot->ports->context, slot->port, slot->taken);
}

static void tell_taken(struct slot *slot, size_t count)
{
    out_taken(&slot->out, count);
    slot->taken += count;
    if (count > 0) tell_drained(slot);
}

/* Serial lines and streams: a descriptor in the loop ------------------------------------------- */

static enum err read_some(struct slot *slot, size_t *out_len)
{
    uint8_t *in = slot->ports->in;
    if (slot->transport == TRANSPORT_STREAM) {
        return stream_read(&slot->stream, in, PORT_IN_MAX, out_len);
    }
    return serial_read(&slot->serial, in, PORT_IN_MAX, out_len);
}

static enum err write_some(struct slot *slot, size_t *out_count)
{
    struct bytes front = out_front(&slot->out, slot->out.len);
    if (slot->transport == TRANSPORT_STREAM) return stream_write(&slot->stream, front, out_count);
    return serial_write(&slot->serial, front, out_count);
}

/* A line that has been unplugged may tell so by an error of reading or writing: that is no fault of
 * a device that is there. */
static void tell_failed(struct slot *slot, enum err problem, const char *sentence)
{
    bool gone = slot->transport == TRANSPORT_SERIAL && serial_has_hung_up(&slot->serial);
    tell_end(slot, gone ? ERR_CLOSED : problem, gone ? "the device is gone" : sentence);
}

/* True when there was something. */
static bool take_input(struct slot *slot)
{
    size_t len = 0;
    enum err problem = read_some(slot, &len);
    if (problem == ERR_CLOSED) {
        tell_end(slot, problem, "the other side has ended the connection");
    } else if (problem != ERR_NONE && problem != ERR_AGAIN) {
        tell_failed(slot, problem, "reading from the device failed");
    } else if (len > 0) {
        slot->ports->events.bytes(slot->ports->context, slot->port, bytes_of(slot->ports->in, len));
    }
    return len > 0;
}

static void give_output(struct slot *slot)
{
    size_t count = 0;
    enum err problem = slot->out.len > 0 ? write_some(slot, &count) : ERR_NONE;
    if (problem != ERR_NONE) {
        tell_failed(slot, problem, "writing to the device failed");
        return;
    }
    if (count == slot->out.len) loop_change(slot->ports->loop, &slot->watch, LOOP_IN);
    tell_taken(slot, count);
}

static void on_ready(void *context, uint32_t ready)
{
    struct slot *slot = context;
    uint32_t port = slot->port;
    /* A stream that has ended may still hold bytes, so the end counts once there are none. A tty
     * that is gone reads as empty for ever. */
    bool got = (ready & (LOOP_IN | LOOP_ERROR)) && take_input(slot);
    if (!still_open(slot, port)) return;
    if ((ready & LOOP_ERROR) && !got) tell_end(slot, ERR_CLOSED, "the device is gone");
    else if (ready & LOOP_OUT) give_output(slot);
}

static void tell_soon(void *context)
{
    struct slot *slot = context;
    static const struct port_identity plain = {.serial = "", .product_name = "", .can_read = true};
    if (slot->error != ERR_NONE) tell_end(slot, slot->error, slot->sentence);
    else tell_opened(slot, &plain);
}

static enum err watch_slot(struct slot *slot, int fd, uint32_t interest, loop_ready_fn *ready,
                           struct textbuf *why)
{
    slot->watch =
        (struct loop_watch){.fd = fd, .interest = interest, .ready = ready, .context = slot};
    enum err problem = loop_add(slot->ports->loop, &slot->watch);
    if (problem != ERR_NONE) textbuf_text(why, "the kernel does not watch this device");
    return problem;
}

static enum err connect_serial(struct slot *slot, struct bytes path,
                               const struct serial_settings *settings, struct textbuf *why)
{
    char text[PORT_ADDRESS_SIZE];
    if (slot->face == PORT_FACE_HID || !bytes_to_text(path, text, sizeof(text))) {
        textbuf_text(why, "this is no address of a serial line");
        return ERR_INVALID;
    }
    enum err problem = serial_open(text, settings, why, &slot->serial);
    if (problem != ERR_NONE) return problem;
    slot->transport = TRANSPORT_SERIAL;
    char adapter[USB_PATH_SIZE];
    if (usb_sysfs_of_tty(text, adapter) == ERR_NONE) usb_sysfs_stay_awake(adapter);
    return watch_slot(slot, slot->serial.fd, LOOP_IN, on_ready, why);
}

static void on_connected(void *context, uint32_t ready)
{
    (void)ready; /* success and failure alike: the socket knows */
    struct slot *slot = context;
    struct textbuf why;
    textbuf_init(&why, slot->sentence, sizeof(slot->sentence));
    enum err problem = stream_connected(&slot->stream, &why);
    if (problem == ERR_AGAIN) return;
    if (problem != ERR_NONE) {
        tell_end(slot, problem, slot->sentence);
        return;
    }
    slot->watch.ready = on_ready;
    loop_change(slot->ports->loop, &slot->watch, LOOP_IN);
    tell_soon(slot);
}

static enum err connect_stream(struct slot *slot, struct bytes address, struct textbuf *why)
{
    if (slot->face == PORT_FACE_HID) {
        textbuf_text(why, "reports come from usb addresses only");
        return ERR_INVALID;
    }
    enum err problem = stream_connect(address, why, &slot->stream);
    if (problem != ERR_NONE) return problem;
    slot->transport = TRANSPORT_STREAM;
    return watch_slot(slot, slot->stream.fd, LOOP_OUT, on_connected, why);
}

/* USB: the transport calls --------------------------------------------------------------------- */

static void usb_opened(void *context, const struct port_identity *identity)
{
    tell_opened(context, identity);
}

static void usb_ended(void *context, enum err error, const char *sentence)
{
    struct slot *slot = context;
    slot->claim = NULL;
    tell_end(slot, error, sentence);
}

static void usb_bytes(void *context, struct bytes bytes)
{
    struct slot *slot = context;
    slot->ports->events.bytes(slot->ports->context, slot->port, bytes);
}

static struct bytes next_chunk(const struct slot *slot)
{
    if (slot->face != PORT_FACE_HID) return out_front(&slot->out, USB_SEND_MAX);
    struct bytes front = out_front(&slot->out, slot->out.len);
    return bytes_slice(front, 1, front.data[0]);
}

static void send_more(struct slot *slot)
{
    if (slot->usb_sending > 0 || slot->out.len == 0) return;
    struct bytes chunk = next_chunk(slot);
    /* A refusal means that the device is failing: the claim tells so itself. */
    if (usb_send(slot->claim, chunk) == ERR_NONE) slot->usb_sending = chunk.len;
}

/* Taken or refused, a report has had its turn. */
static void report_sent(struct slot *slot, size_t len, size_t taken)
{
    out_taken(&slot->out, 1 + len);
    slot->reports--;
    slot->taken += taken;
    tell_drained(slot);
}

static void usb_sent(void *context, size_t taken)
{
    struct slot *slot = context;
    uint32_t port = slot->port;
    size_t sending = slot->usb_sending;
    slot->usb_sending = 0;
    if (slot->face == PORT_FACE_HID) report_sent(slot, sending, taken);
    else tell_taken(slot, taken);
    if (still_open(slot, port)) send_more(slot);
}

static enum err connect_usb(struct slot *slot, struct bytes selector, struct textbuf *why)
{
    static const struct usb_events events = {.opened = usb_opened,
                                             .failed = usb_ended,
                                             .bytes = usb_bytes,
                                             .sent = usb_sent,
                                             .closed = usb_ended};
    if (!slot->ports->usb) {
        textbuf_text(why, "there is no usb here");
        return ERR_UNSUPPORTED;
    }
    slot->transport = TRANSPORT_USB;
    return usb_claim(slot->ports->usb, selector, slot->face, &events, slot, why, &slot->claim);
}

/* The contract --------------------------------------------------------------------------------- */

enum err ports_open(struct loop *loop, struct usb *usb, const struct port_events *events,
                    void *context, struct ports **out_ports)
{
    struct ports *ports = calloc(1, sizeof(*ports));
    if (!ports) return ERR_NO_MEMORY;
    ports->loop = loop;
    ports->usb = usb;
    ports->events = *events;
    ports->context = context;
    port_mending_init(&ports->mending, loop, usb, &ports->events, context);
    *out_ports = ports;
    return ERR_NONE;
}

void ports_close(struct ports *ports)
{
    if (!ports) return;
    for (size_t i = 0; i < PORTS_MAX; i++) {
        ENSURE(ports->slots[i].state != SLOT_ENDING);
        if (ports->slots[i].state != SLOT_FREE) free_slot(&ports->slots[i]);
    }
    port_mending_close(&ports->mending);
    free(ports);
}

enum err ports_mend(struct ports *ports, uint32_t ticket, struct bytes address, enum port_mend step,
                    bool labels_may_be_lost)
{
    return port_mending_start(&ports->mending, ticket, address, step, labels_may_be_lost);
}

static enum err connect_slot(struct slot *slot, struct bytes address,
                             const struct serial_settings *settings, struct textbuf *why)
{
    if (bytes_start_with(address, "serial:")) {
        return connect_serial(slot, bytes_from(address, strlen("serial:")), settings, why);
    }
    if (bytes_start_with(address, "tcp:")) {
        return connect_stream(slot, bytes_from(address, strlen("tcp:")), why);
    }
    if (bytes_start_with(address, "usb:")) {
        return connect_usb(slot, bytes_from(address, strlen("usb:")), why);
    }
    textbuf_text(why, "an address begins with serial:, usb: or tcp:");
    return ERR_INVALID;
}

enum err ports_connect(struct ports *ports, uint32_t port, struct bytes address,
                       enum port_face face, const struct serial_settings *settings)
{
    if (find_slot(ports, port)) return ERR_EXISTS;
    struct slot *slot = find_free(ports);
    if (!slot) return ERR_NO_SPACE;
    *slot = (struct slot){.ports = ports, .port = port, .face = face, .stream.fd = -1};
    size_t size = face == PORT_FACE_PRINTER ? PORT_OUT_PRINTER_MAX : PORT_OUT_LINE_MAX;
    if (!out_open(&slot->out, size)) return ERR_NO_MEMORY;
    slot->state = SLOT_CONNECTING;
    slot->soon = (struct loop_later){.call = tell_soon, .context = slot};
    struct textbuf why;
    textbuf_init(&why, slot->sentence, sizeof(slot->sentence));
    slot->error = connect_slot(slot, address, settings, &why);
    /* Streams and usb tell by themselves when they are ready. */
    if (slot->error != ERR_NONE || slot->transport == TRANSPORT_SERIAL) {
        loop_later(ports->loop, &slot->soon);
    }
    return ERR_NONE;
}

static enum err append_report(struct slot *slot, struct bytes report)
{
    if (!hid_is_write(report)) return ERR_INVALID;
    uint8_t framed[1 + HID_WRITE_MAX] = {(uint8_t)report.len};
    memcpy(framed + 1, report.data, report.len);
    if (!out_append(&slot->out, bytes_of(framed, 1 + report.len))) return ERR_TOO_BIG;
    slot->reports++;
    return ERR_NONE;
}

enum err ports_write(struct ports *ports, uint32_t port, struct bytes bytes)
{
    struct slot *slot = find_slot(ports, port);
    if (!slot || slot->state != SLOT_OPEN) return ERR_NOT_FOUND;
    enum err problem = ERR_NONE;
    if (slot->face == PORT_FACE_HID) problem = append_report(slot, bytes);
    else if (!out_append(&slot->out, bytes)) problem = ERR_TOO_BIG;
    if (problem != ERR_NONE) return problem;
    if (slot->transport == TRANSPORT_USB) send_more(slot);
    else if (bytes.len > 0) loop_change(ports->loop, &slot->watch, LOOP_IN | LOOP_OUT);
    return ERR_NONE;
}

void ports_disconnect(struct ports *ports, uint32_t port)
{
    struct slot *slot = find_slot(ports, port);
    if (slot && slot->state != SLOT_ENDING) free_slot(slot);
}

uint64_t ports_taken(const struct ports *ports, uint32_t port)
{
    const struct slot *slot = find_slot(ports, port);
    return slot ? slot->taken : 0;
}

size_t ports_waiting(const struct ports *ports, uint32_t port)
{
    const struct slot *slot = find_slot(ports, port);
    return slot ? slot->out.len - slot->reports : 0;
}
