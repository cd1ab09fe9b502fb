/* accept.h - takes the next connection from a listener, also when no descriptor is left.
 *
 * A listener whose connection cannot be taken stays readable and would keep the loop turning
 * without a pause. So one descriptor is kept back: it is given up to take the caller and turn him
 * away. */
#ifndef PACKD_HAL_ACCEPT_H
#define PACKD_HAL_ACCEPT_H

#include <sys/socket.h>

struct accept_spare {
    int fd; /* -1: it could not be had again yet */
};

void accept_open(struct accept_spare *spare);
void accept_close(struct accept_spare *spare); /* accepts the closed, not the zeroed */

/* The connection, not inherited and not blocking; -1: none. The address as in accept(2) or NULL. */
int accept_next(int listener, struct accept_spare *spare, struct sockaddr *out_peer,
                socklen_t *peer_len);

#endif
