/* tty_shim.h - the modem pins of the one pseudo-terminal that passes for a serial line. */
#ifndef PACKD_TESTS_SUPPORT_TTY_SHIM_H
#define PACKD_TESTS_SUPPORT_TTY_SHIM_H

extern int tty_shim_pins; /* TIOCM_DTR, TIOCM_RTS as last set */

int ioctl(int fd, unsigned long request, ...);

#endif
