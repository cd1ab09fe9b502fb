/* vhci.c - vhci.h: one message is a head of 48 bytes in network order, and for bytes that move, the
 * bytes. */
#include "tests/guest/vhci.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONTROLLER "/sys/devices/platform/vhci_hcd.0/"
#define HEAD_SIZE 48
#define ATTEMPTS 400 /* the kernel lets go of a socket a moment after it was told to */
#define ATTEMPT_MS 5

enum { SUBMIT = 1, UNLINK = 2, SUBMITTED = 3, UNLINKED = 4 };

/* The head in words of four bytes: five that all messages have, then what the kind says. */
enum { KIND, NUMBER, DEVICE, DIRECTION, ENDPOINT, FIRST };
enum { SUBMIT_LEN = FIRST + 1, SUBMIT_SETUP = FIRST + 5, UNLINK_NUMBER = FIRST };
enum { ANSWER_STATUS = FIRST, ANSWER_MOVED };

static bool tell_controller(const char *file, const char *words)
{
    char path[80];
    snprintf(path, sizeof(path), CONTROLLER "%s", file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t written = write(fd, words, strlen(words));
    close(fd);
    return written == (ssize_t)strlen(words);
}

bool vhci_plug(struct vhci *vhci, unsigned socket, enum vhci_speed speed,
               const struct vhci_events *events, void *context)
{
    int pair[2];
    char words[64];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
    snprintf(words, sizeof(words), "%u %d %u %u", socket, pair[1], socket + 1, (unsigned)speed);
    bool attached = false;
    for (unsigned i = 0; i < ATTEMPTS && !attached; i++) {
        attached = tell_controller("attach", words);
        if (!attached) (void)poll(NULL, 0, ATTEMPT_MS);
    }
    close(pair[1]); /* the kernel has its own hold on it */
    *vhci = (struct vhci){.fd = pair[0], .socket = socket, .events = events, .context = context};
    if (!attached) {
        close(pair[0]);
        vhci->fd = -1;
    }
    return attached;
}

void vhci_unplug(struct vhci *vhci)
{
    char words[16];
    if (vhci->fd < 0) return;
    snprintf(words, sizeof(words), "%u", vhci->socket);
    (void)tell_controller("detach", words);
    close(vhci->fd);
    vhci->fd = -1;
}

static bool read_whole(int fd, void *storage, size_t size)
{
    return size == 0 || recv(fd, storage, size, MSG_WAITALL) == (ssize_t)size;
}

static void write_whole(int fd, const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0) return; /* unplugged meanwhile: reading says so */
        at += sent;
        size -= (size_t)sent;
    }
}

static void write_head(struct vhci *vhci, uint32_t kind, uint32_t number, int status, size_t moved)
{
    uint32_t head[HEAD_SIZE / 4] = {0};
    head[KIND] = htonl(kind);
    head[NUMBER] = htonl(number);
    head[ANSWER_STATUS] = htonl((uint32_t)status);
    if (kind == SUBMITTED) head[ANSWER_MOVED] = htonl((uint32_t)moved);
    write_whole(vhci->fd, head, sizeof(head));
}

void vhci_answer(struct vhci *vhci, uint32_t number, int status, size_t moved, struct bytes in)
{
    write_head(vhci, SUBMITTED, number, status, moved);
    write_whole(vhci->fd, in.data, in.len);
}

static bool take_submit(struct vhci *vhci, const uint32_t *head)
{
    static uint8_t out[VHCI_TRANSFER_MAX];
    bool is_in = ntohl(head[DIRECTION]) == 1;
    struct vhci_request request = {.number = ntohl(head[NUMBER]),
                                   .endpoint = (uint8_t)(ntohl(head[ENDPOINT]) & 0x0F),
                                   .len = ntohl(head[SUBMIT_LEN])};
    if (is_in) request.endpoint |= 0x80;
    memcpy(request.setup, &head[SUBMIT_SETUP], sizeof(request.setup));
    if (!is_in) {
        if (request.len > sizeof(out) || !read_whole(vhci->fd, out, request.len)) return false;
        request.out = bytes_of(out, request.len);
    }
    vhci->events->asked(vhci->context, &request);
    return true;
}

bool vhci_turn(struct vhci *vhci)
{
    uint32_t head[HEAD_SIZE / 4];
    if (!read_whole(vhci->fd, head, sizeof(head))) return false;
    if (ntohl(head[KIND]) == SUBMIT) return take_submit(vhci, head);
    if (ntohl(head[KIND]) != UNLINK) return false;
    bool waited = vhci->events->taken_back(vhci->context, ntohl(head[UNLINK_NUMBER]));
    /* 0 says that the answer is on its way already. */
    write_head(vhci, UNLINKED, ntohl(head[NUMBER]), waited ? -ECONNRESET : 0, 0);
    return true;
}
