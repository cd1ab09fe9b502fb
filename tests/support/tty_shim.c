/* tty_shim.c - lets a pseudo-terminal pass for a serial line.
 *
 * A pty has no modem lines, and libserialport does not open a tty without them. This ioctl asks the
 * kernel first and answers for the pins itself where the kernel says that it cannot. Linked into a
 * test program, or preloaded into a whole program as a shared object. */
#include "tests/support/tty_shim.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int tty_shim_pins = TIOCM_DTR | TIOCM_RTS; /* as the kernel raises them at open */

/* As libc declares it; the third argument is a pointer in every request that matters here. */
int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    long result = syscall(SYS_ioctl, fd, request, argument);
    if (result >= 0 || (errno != ENOTTY && errno != EINVAL)) return (int)result;
    int *pins = argument;
    switch (request) {
    case TIOCMGET: *pins = tty_shim_pins; return 0;
    case TIOCMSET: tty_shim_pins = *pins; return 0;
    case TIOCMBIS: tty_shim_pins |= *pins; return 0;
    case TIOCMBIC: tty_shim_pins &= ~*pins; return 0;
    default: return -1; /* the kernel's list, not ours */
    }
}
