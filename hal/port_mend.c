/* port_mend.c - port_mend.h: which socket an address means, and whether it may be touched. */
#include "hal/port_mend.h"

#include <string.h>

#include "hal/usb.h"
#include "hal/usb_mend.h"
#include "hal/usb_sysfs.h"

static void tell(struct port_mending *mending, enum err error, const char *sentence)
{
    mending->busy = false;
    if (mending->events->mended == NULL) return;
    mending->events->mended(mending->context, mending->ticket, error, sentence);
}

static void mended(void *context, enum err error, const char *sentence)
{
    tell(context, error, sentence);
}

static const char *sentence_of(enum err error)
{
    static const struct {
        enum err error;
        const char *sentence;
    } rows[] = {
        {ERR_NOT_FOUND, "there is no such device to mend"},
        {ERR_BUSY, "the device is open, or not yet given back"},
        {ERR_EXISTS, "more than one device fits this address"},
        {ERR_REFUSED, "a printer might lose labels"},
        {ERR_UNSUPPORTED, "this device does not hang on usb"},
        {ERR_NO_MEMORY, "there is no memory for mending"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].error == error) return rows[i].sentence;
    }
    return "this address cannot be mended";
}

static void tell_soon(void *context)
{
    struct port_mending *mending = context;
    tell(mending, mending->error, sentence_of(mending->error));
}

/* "serial:/dev/..." that is a usb adapter, or a device that calls itself a modem. */
static enum err find_serial(struct bytes line, struct usb_socket *out_socket)
{
    char text[PORT_ADDRESS_SIZE];
    if (!bytes_to_text(line, text, sizeof(text))) return ERR_INVALID;
    out_socket->is_printer = false;
    return usb_sysfs_of_tty(text, out_socket->path);
}

static enum err find_socket(const struct port_mending *mending, struct bytes address,
                            struct usb_socket *out_socket)
{
    if (bytes_start_with(address, "serial:")) {
        return find_serial(bytes_from(address, strlen("serial:")), out_socket);
    }
    if (!bytes_start_with(address, "usb:") || !mending->usb) return ERR_UNSUPPORTED;
    return usb_find_socket(mending->usb, bytes_from(address, strlen("usb:")), out_socket);
}

void port_mending_init(struct port_mending *mending, struct loop *loop, struct usb *usb,
                       const struct port_events *events, void *context)
{
    *mending =
        (struct port_mending){.loop = loop, .usb = usb, .events = events, .context = context};
    mending->soon = (struct loop_later){.call = tell_soon, .context = mending};
}

void port_mending_close(struct port_mending *mending)
{
    loop_later_cancel(mending->loop, &mending->soon);
    usb_mender_close(mending->mender);
}

enum err port_mending_start(struct port_mending *mending, uint32_t ticket, struct bytes address,
                            enum port_mend step, bool labels_may_be_lost)
{
    if (mending->busy) return ERR_BUSY;
    struct usb_socket socket;
    enum err problem = find_socket(mending, address, &socket);
    if (problem == ERR_NONE && socket.is_printer && !labels_may_be_lost) problem = ERR_REFUSED;
    if (problem == ERR_NONE && !mending->mender) {
        problem = usb_mender_open(mending->loop, mended, mending, &mending->mender);
    }
    if (problem == ERR_NONE) problem = usb_mender_start(mending->mender, step, socket.path);
    mending->busy = true;
    mending->ticket = ticket;
    mending->error = problem;
    if (problem != ERR_NONE) loop_later(mending->loop, &mending->soon);
    return ERR_NONE;
}
