/* accept_posix.c - accept.h on accept4(2). */
#include "hal/accept.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

void accept_open(struct accept_spare *spare)
{
    spare->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void accept_close(struct accept_spare *spare)
{
    if (spare->fd >= 0) close(spare->fd);
    spare->fd = -1;
}

static void turn_away(int listener, struct accept_spare *spare)
{
    accept_close(spare);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) close(fd);
    accept_open(spare);
}

int accept_next(int listener, struct accept_spare *spare, struct sockaddr *out_peer,
                socklen_t *peer_len)
{
    int fd = accept4(listener, out_peer, peer_len, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE)) turn_away(listener, spare);
    return fd;
}
