/* played.c - played.h: requests wait in `waiting` of their endpoint, words in `sayings`; serve()
 * brings them together as far as the faults allow. */
#include "tests/guest/played.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/played_control.h"

int64_t played_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

size_t played_hex(const char *text, uint8_t *storage, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    size_t count = 0;
    for (size_t half = 0; *text != '\0' && half / 2 < size; text++) {
        const char *at = strchr(digits, *text | 0x20);
        if (*text == ' ' || !at) continue;
        unsigned value = (unsigned)(at - digits);
        storage[half / 2] = (uint8_t)(half % 2 == 0 ? value << 4 : storage[half / 2] | value);
        count = ++half / 2;
    }
    return count;
}

/* Requests that wait -------------------------------------------------------------------------- */

static struct pipe_end *end_of(struct played *played, uint8_t endpoint)
{
    uint8_t number = endpoint & 0x0F;
    if (number >= PLAYED_ENDPOINTS) return NULL;
    return endpoint & 0x80 ? &played->in[number] : &played->out[number];
}

static void forget(struct pipe_end *end, size_t index)
{
    free(end->waiting[index].out);
    end->waiting_count--;
    memmove(&end->waiting[index], &end->waiting[index + 1],
            (end->waiting_count - index) * sizeof(end->waiting[0]));
}

static void answer_first(struct played *played, struct pipe_end *end, int status, struct bytes in)
{
    struct waiting *first = &end->waiting[0];
    bool is_in = first->out == NULL;
    size_t moved = is_in ? in.len : first->taken;
    vhci_answer(&played->vhci, first->number, status, moved, is_in ? in : BYTES_NONE);
    end->moved += is_in ? in.len : 0;
    forget(end, 0);
}

static bool stalls_now(struct played *played, struct pipe_end *end)
{
    if (end->stalls > 0 && !end->halted) {
        end->stalls--;
        end->halted = true;
    }
    if (!end->halted) return false;
    played->counts.stalled++;
    return true;
}

/* Words --------------------------------------------------------------------------------------- */

void played_say(struct played *played, uint8_t endpoint, struct bytes packet)
{
    struct pipe_end *end = end_of(played, endpoint | 0x80);
    if (!end || !played->plugged) return;
    if (!end->sayings) end->sayings = calloc(PLAYED_SAYINGS_MAX, sizeof(*end->sayings));
    if (!end->sayings) return;
    if (end->count == PLAYED_SAYINGS_MAX) {
        end->first = (end->first + 1) % PLAYED_SAYINGS_MAX;
        end->count--;
        played->counts.dropped++;
    }
    struct saying *one = &end->sayings[(end->first + end->count++) % PLAYED_SAYINGS_MAX];
    one->len = packet.len < PLAYED_SAYING_MAX ? packet.len : PLAYED_SAYING_MAX;
    one->not_before_ms = played->late_ms > 0 ? played_now_ms() + played->late_ms : 0;
    if (one->len > 0) memcpy(one->data, packet.data, one->len);
}

void played_say_long(struct played *played, uint8_t endpoint, struct bytes bytes, size_t packet)
{
    while (bytes.len > 0) {
        size_t len = bytes.len < packet ? bytes.len : packet;
        played_say(played, endpoint, bytes_of(bytes.data, len));
        bytes = bytes_from(bytes, len);
    }
}

/* One word to one request; when the next may be said, INT64_MAX for nothing to do. */
static int64_t serve_in(struct played *played, struct pipe_end *end, int64_t now_ms)
{
    while (end->waiting_count > 0 && !end->holding) {
        if (stalls_now(played, end)) {
            answer_first(played, end, -EPIPE, BYTES_NONE);
            continue;
        }
        if (end->count == 0) return INT64_MAX;
        struct saying *one = &end->sayings[end->first];
        if (one->not_before_ms > now_ms) return one->not_before_ms;
        bool babbles = one->len > end->waiting[0].len;
        size_t len = babbles ? end->waiting[0].len : one->len;
        answer_first(played, end, babbles ? -EOVERFLOW : 0, bytes_of(one->data, len));
        end->first = (end->first + 1) % PLAYED_SAYINGS_MAX;
        end->count--;
        played->counts.said++;
    }
    return INT64_MAX;
}

/* Bytes for the device ------------------------------------------------------------------------ */

static void take(struct played *played, struct pipe_end *end, struct bytes bytes)
{
    uint8_t endpoint = (uint8_t)(end - played->out);
    struct bytes told = bytes;
    end->moved += bytes.len;
    if (endpoint == PLAYED_DISK)
        bytes = BYTES_NONE; /* counted and kept is what a printer is told */
    played->out_total += bytes.len;
    size_t room = sizeof(played->captured) - played->captured_len;
    size_t kept = bytes.len < room ? bytes.len : room;
    if (kept > 0) memcpy(played->captured + played->captured_len, bytes.data, kept);
    played->captured_len += kept;
    if (played->model->out && told.len > 0) played->model->out(played, endpoint, told);
}

static void serve_out(struct played *played, struct pipe_end *end)
{
    while (played->plugged && end->waiting_count > 0 && !end->holding) {
        struct waiting *first = &end->waiting[0];
        if (stalls_now(played, end)) {
            answer_first(played, end, -EPIPE, BYTES_NONE);
            continue;
        }
        size_t len = first->len < played->take_only ? first->len : played->take_only;
        played->take_only = SIZE_MAX;
        uint64_t left = played->unplug_at - played->out_total;
        bool leaves = played->unplug_at != UINT64_MAX && len >= left;
        if (leaves) len = (size_t)left;
        first->taken = len;
        take(played, end, bytes_of(first->out, len));
        if (leaves) played_unplug(played);
        else answer_first(played, end, 0, BYTES_NONE);
    }
}

int64_t played_serve(struct played *played, int64_t now_ms)
{
    int64_t next_ms = INT64_MAX;
    for (size_t i = 1; i < PLAYED_ENDPOINTS && played->plugged; i++) {
        int64_t due_ms = serve_in(played, &played->in[i], now_ms);
        if (due_ms < next_ms) next_ms = due_ms;
        serve_out(played, &played->out[i]);
    }
    return next_ms;
}

/* Requests as they come ------------------------------------------------------------------------ */

static void on_asked(void *context, const struct vhci_request *request)
{
    struct played *played = context;
    if ((request->endpoint & 0x0F) == 0) {
        played_control(played, request);
        return;
    }
    struct pipe_end *end = end_of(played, request->endpoint);
    if (!end || end->waiting_count == PLAYED_WAITING_MAX) {
        vhci_answer(&played->vhci, request->number, -EPIPE, 0, BYTES_NONE);
        return;
    }
    struct waiting *one = &end->waiting[end->waiting_count];
    *one = (struct waiting){.number = request->number, .len = request->len};
    if (!(request->endpoint & 0x80)) {
        one->out = malloc(request->len + 1);
        if (!one->out) return;
        if (request->len > 0) memcpy(one->out, request->out.data, request->len);
    }
    end->waiting_count++;
}

static bool take_back(struct pipe_end *end, uint32_t number)
{
    for (size_t i = 0; i < end->waiting_count; i++) {
        if (end->waiting[i].number != number) continue;
        forget(end, i);
        return true;
    }
    return false;
}

static bool on_taken_back(void *context, uint32_t number)
{
    struct played *played = context;
    for (size_t i = 0; i < PLAYED_ENDPOINTS; i++) {
        if (take_back(&played->in[i], number) || take_back(&played->out[i], number)) return true;
    }
    return false;
}

/* Coming and going ----------------------------------------------------------------------------- */

static bool reach_relay(struct played *played)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)played->relay_port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    played->relay = -1;
    if (played->relay_port == 0) return true;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return false;
    }
    played->relay = fd;
    return true;
}

bool played_plug(struct played *played)
{
    static const struct vhci_events events = {.asked = on_asked, .taken_back = on_taken_back};
    if (played->plugged || !reach_relay(played)) return false;
    played->unplug_at = UINT64_MAX;
    played->take_only = SIZE_MAX;
    played->text_len = 0;
    played->counts.configured = 0;
    played->plugged =
        vhci_plug(&played->vhci, played->socket, played->model->speed, &events, played);
    if (!played->plugged && played->relay >= 0) close(played->relay);
    return played->plugged;
}

void played_unplug(struct played *played)
{
    if (!played->plugged) return;
    played->plugged = false;
    played->left_ms = played_now_ms();
    played->counts.left++;
    vhci_unplug(&played->vhci);
    if (played->relay >= 0) close(played->relay);
    played->relay = -1;
    for (size_t i = 0; i < PLAYED_ENDPOINTS; i++) {
        struct pipe_end *const ends[] = {&played->in[i], &played->out[i]};
        for (size_t k = 0; k < 2; k++) {
            while (ends[k]->waiting_count > 0) forget(ends[k], 0);
            ends[k]->count = 0;
            ends[k]->halted = ends[k]->holding = false;
            ends[k]->stalls = 0;
        }
    }
}

void played_turn(struct played *played)
{
    if (!vhci_turn(&played->vhci)) played_unplug(played);
    if (played->leaves_once && played->counts.configured > 0) {
        played->leaves_once = false;
        played->comes_back = true;
        played_unplug(played);
    }
}

void played_come_back(struct played *played)
{
    char path[64];
    snprintf(path, sizeof(path), "/sys/bus/usb/devices/1-%u", played->socket + 1);
    if (!played->comes_back || access(path, F_OK) == 0) return;
    played->comes_back = false;
    (void)played_plug(played);
}

void played_relay_send(struct played *played, struct bytes bytes)
{
    while (played->relay >= 0 && bytes.len > 0) {
        ssize_t sent = send(played->relay, bytes.data, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes = bytes_from(bytes, (size_t)sent);
    }
}

void played_hear(struct played *played)
{
    uint8_t buffer[4096];
    ssize_t got = recv(played->relay, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) { /* the other side has ended; the device stays, and has nothing to say */
        close(played->relay);
        played->relay = -1;
        return;
    }
    struct bytes bytes = bytes_of(buffer, (size_t)got);
    if (played->model->heard) played->model->heard(played, bytes);
    else played_say_long(played, played->model->relay, bytes, 64);
}
