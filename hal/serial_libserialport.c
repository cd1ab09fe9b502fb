/* serial_libserialport.c - serial.h on libserialport.
 *
 * What the library leaves out is done here: its descriptor would be inherited by children, a second
 * open would succeed, and closing would wait for unsent bytes, half a minute at worst. The tty's
 * exclusive mode keeps other programs out, the file lock also those of root.
 */
#include "hal/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "hal/files.h"

static enum err err_of(enum sp_return result)
{
    switch (result) {
    case SP_OK: return ERR_NONE;
    case SP_ERR_ARG: return ERR_NOT_FOUND; /* of a port's name; settings are checked before */
    case SP_ERR_FAIL: return files_err(sp_last_error_code());
    case SP_ERR_MEM: return ERR_NO_MEMORY;
    case SP_ERR_SUPP: return ERR_UNSUPPORTED;
    }
    return ERR_IO;
}

static bool settings_are_good(const struct serial_settings *settings)
{
    return settings && settings->baud >= 50 && settings->baud <= 4000000 &&
           (settings->data_bits == 7 || settings->data_bits == 8) &&
           (settings->stop_bits == 1 || settings->stop_bits == 2);
}

static enum sp_parity parity_of(enum serial_parity parity)
{
    switch (parity) {
    case SERIAL_PARITY_NONE: return SP_PARITY_NONE;
    case SERIAL_PARITY_EVEN: return SP_PARITY_EVEN;
    case SERIAL_PARITY_ODD: return SP_PARITY_ODD;
    }
    return SP_PARITY_INVALID;
}

static enum sp_flowcontrol flow_of(enum serial_flow flow)
{
    switch (flow) {
    case SERIAL_FLOW_NONE: return SP_FLOWCONTROL_NONE;
    case SERIAL_FLOW_RTS_CTS: return SP_FLOWCONTROL_RTSCTS;
    case SERIAL_FLOW_XON_XOFF: return SP_FLOWCONTROL_XONXOFF;
    }
    return SP_FLOWCONTROL_NONE;
}

static enum sp_return fill_config(struct sp_port_config *config,
                                  const struct serial_settings *settings)
{
    sp_set_config_baudrate(config, (int)settings->baud);
    sp_set_config_bits(config, settings->data_bits);
    sp_set_config_parity(config, parity_of(settings->parity));
    sp_set_config_stopbits(config, settings->stop_bits);
    sp_set_config_flowcontrol(config, flow_of(settings->flow));
    /* After the flow control, which sets both pins its own way. */
    if (settings->flow != SERIAL_FLOW_RTS_CTS) {
        sp_set_config_rts(config, settings->rts_off ? SP_RTS_OFF : SP_RTS_ON);
    }
    return sp_set_config_dtr(config, settings->dtr_off ? SP_DTR_OFF : SP_DTR_ON);
}

static enum err set_up(struct sp_port *port, const struct serial_settings *settings)
{
    struct sp_port_config *config = NULL;
    enum sp_return result = sp_new_config(&config);
    if (result == SP_OK) result = fill_config(config, settings);
    if (result == SP_OK) result = sp_set_config(port, config);
    enum err problem = result == SP_ERR_ARG ? ERR_INVALID : err_of(result);
    sp_free_config(config);
    return problem;
}

static enum err keep_for_us(int fd)
{
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return files_err(errno);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) return ERR_BUSY;
    if (ioctl(fd, TIOCEXCL) != 0) return files_err(errno);
    return ERR_NONE;
}

static enum err take_line(struct sp_port *port, const struct serial_settings *settings,
                          struct textbuf *out_why, int *out_fd)
{
    enum err problem = err_of(sp_get_port_handle(port, out_fd));
    if (problem == ERR_NONE) problem = keep_for_us(*out_fd);
    if (problem != ERR_NONE) {
        textbuf_text(out_why, "the serial line is in use by another program");
        return problem;
    }
    problem = set_up(port, settings);
    if (problem != ERR_NONE) {
        textbuf_text(out_why, "the serial line does not take these settings");
        return problem;
    }
    /* What came in before was sent under other settings, or to somebody else. */
    sp_flush(port, SP_BUF_BOTH);
    return ERR_NONE;
}

static enum err open_port(struct sp_port *port, struct textbuf *out_why)
{
    enum sp_return result = sp_open(port, SP_MODE_READ_WRITE);
    if (result == SP_OK) return ERR_NONE;
    textbuf_format(out_why, "the serial line does not open: %s",
                   result == SP_ERR_FAIL ? strerror(sp_last_error_code()) : "not possible");
    return err_of(result);
}

/* The library knows ports by the name of their node, not by the links that lead there. */
static enum err find_port(const char *path, struct sp_port **out_port)
{
    char *node = realpath(path, NULL);
    if (!node) return files_err(errno);
    enum err problem = err_of(sp_get_port_by_name(node, out_port));
    free(node);
    return problem;
}

enum err serial_open(const char *path, const struct serial_settings *settings,
                     struct textbuf *out_why, struct serial *out_serial)
{
    if (!settings_are_good(settings)) {
        textbuf_text(out_why, "these are not settings of a serial line");
        return ERR_INVALID;
    }
    struct serial serial = {.port = NULL, .fd = -1};
    enum err problem = find_port(path, &serial.port);
    if (problem != ERR_NONE) {
        textbuf_format(out_why, "there is no serial line %s", path);
        return problem;
    }
    problem = open_port(serial.port, out_why);
    if (problem == ERR_NONE) {
        problem = take_line(serial.port, settings, out_why, &serial.fd);
        if (problem != ERR_NONE) sp_close(serial.port);
    }
    if (problem != ERR_NONE) {
        sp_free_port(serial.port);
        return problem;
    }
    *out_serial = serial;
    return ERR_NONE;
}

void serial_close(struct serial *serial)
{
    if (!serial->port) return;
    /* The exclusive mode lives as long as anybody has the tty open, not as long as we have. */
    (void)ioctl(serial->fd, TIOCNXCL);
    sp_flush(serial->port, SP_BUF_BOTH); /* or close waits until it is sent */
    sp_close(serial->port);
    sp_free_port(serial->port);
    *serial = (struct serial){.port = NULL, .fd = -1};
}

bool serial_has_hung_up(const struct serial *serial)
{
    struct pollfd line = {.fd = serial->fd};
    return serial->fd >= 0 && poll(&line, 1, 0) > 0 && (line.revents & (POLLHUP | POLLERR));
}

/* The library says how many bytes, or an error; a full or empty buffer is one of its errors. */
static enum err count_of(enum sp_return result, size_t *out_count)
{
    if (result == SP_ERR_FAIL && sp_last_error_code() == EAGAIN) result = SP_OK;
    if (result < 0) return err_of(result);
    *out_count = (size_t)result;
    return ERR_NONE;
}

enum err serial_read(struct serial *serial, uint8_t *storage, size_t size, size_t *out_len)
{
    return count_of(sp_nonblocking_read(serial->port, storage, size), out_len);
}

enum err serial_write(struct serial *serial, struct bytes bytes, size_t *out_taken)
{
    return count_of(sp_nonblocking_write(serial->port, bytes.data, bytes.len), out_taken);
}
