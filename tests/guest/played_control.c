/* played_control.c - the requests that every device answers (USB 2.0, chapter 9; HID 1.11, 7.1 and
 * 7.2), from the model's data; what is not known here or there is stalled. */
#include "tests/guest/played_control.h"

#include <errno.h>
#include <string.h>

enum { GET_STATUS = 0, CLEAR_FEATURE = 1, GET_DESCRIPTOR = 6, GET_CONFIGURATION = 8 };
enum { SET_CONFIGURATION = 9, GET_INTERFACE = 10, SET_INTERFACE = 11 };
enum { TYPE_DEVICE = 1, TYPE_CONFIGURATION, TYPE_STRING, TYPE_REPORT = 0x22 };
enum { HID_GET_REPORT = 0x01, HID_SET_REPORT = 0x09, HID_SET_IDLE = 0x0A, HID_SET_PROTOCOL = 0x0B };

static int put_string(const struct played *played, uint8_t index, uint8_t *in)
{
    static const uint8_t languages[] = {4, TYPE_STRING, 0x09, 0x04};
    if (index == 0) {
        memcpy(in, languages, sizeof(languages));
        return sizeof(languages);
    }
    if (index >= PLAYED_STRINGS_MAX || !played->model->strings[index]) return PLAYED_STALL;
    const char *text = played->model->strings[index];
    if (index == 3 && played->serial[0] != '\0') text = played->serial;
    size_t len = strlen(text) < 126 ? strlen(text) : 126;
    in[0] = (uint8_t)(2 + 2 * len);
    in[1] = TYPE_STRING;
    for (size_t i = 0; i < len; i++) {
        in[2 + 2 * i] = (uint8_t)text[i];
        in[3 + 2 * i] = 0;
    }
    return in[0];
}

static int put_descriptor(const struct played *played, const uint8_t *setup, uint8_t *in)
{
    uint8_t all[PLAYED_ANSWER_MAX];
    size_t len = played_hex(played->model->descriptors, all, sizeof(all));
    size_t first = all[0];
    if (setup[3] == TYPE_STRING) return put_string(played, setup[2], in);
    if (setup[3] == TYPE_DEVICE) {
        memcpy(in, all, first);
        return (int)first;
    }
    if (setup[3] == TYPE_CONFIGURATION && setup[2] == 0) {
        memcpy(in, all + first, len - first);
        return (int)(len - first);
    }
    if (setup[3] != TYPE_REPORT || setup[4] >= PLAYED_REPORTS_MAX) return PLAYED_STALL;
    const char *report = played->model->reports[setup[4]];
    if (!report) return PLAYED_STALL;
    len = played_hex(report, in, PLAYED_ANSWER_MAX);
    size_t pad = played->model->report_pad;
    if (pad > PLAYED_ANSWER_MAX - len) pad = PLAYED_ANSWER_MAX - len;
    memset(in + len, 0, pad);
    return (int)(len + pad);
}

static int clear_halt(struct played *played, uint8_t endpoint)
{
    uint8_t number = endpoint & 0x0F;
    if (number >= PLAYED_ENDPOINTS) return PLAYED_STALL;
    struct pipe_end *end = endpoint & 0x80 ? &played->in[number] : &played->out[number];
    end->halted = false;
    played->counts.halts_cleared++;
    return 0;
}

static int standard(struct played *played, const uint8_t *setup, uint8_t *in)
{
    switch (setup[1]) {
    case GET_DESCRIPTOR: return put_descriptor(played, setup, in);
    case SET_CONFIGURATION: played->counts.configured++; return 0;
    case SET_INTERFACE: return 0;
    case CLEAR_FEATURE: return setup[0] == 0x02 ? clear_halt(played, setup[4]) : 0;
    case GET_CONFIGURATION: in[0] = 1; return 1;
    case GET_INTERFACE: in[0] = 0; return 1;
    case GET_STATUS: in[0] = in[1] = 0; return 2;
    default: return PLAYED_STALL;
    }
}

static int hid(struct played *played, const uint8_t *setup, struct bytes out)
{
    switch (setup[1]) {
    case HID_SET_IDLE:
    case HID_SET_PROTOCOL: return 0;
    case HID_SET_REPORT:
        if (setup[2] == 0xFE && setup[3] == 3 && out.len >= 2 && out.data[1] == 1) {
            played->counts.switched_on++;
        }
        return 0;
    default: return PLAYED_STALL;
    }
}

void played_control(struct played *played, const struct vhci_request *request)
{
    static uint8_t in[PLAYED_ANSWER_MAX];
    const uint8_t *setup = request->setup;
    int len = PLAYED_NOT_MINE;
    if (played->model->control) len = played->model->control(played, setup, request->out, in);
    if (len == PLAYED_NOT_MINE && (setup[0] & 0x60) == 0) len = standard(played, setup, in);
    if (len == PLAYED_NOT_MINE && setup[0] == 0x21 && played->model->reports[0]) {
        len = hid(played, setup, request->out);
    }
    if (len < 0) {
        vhci_answer(&played->vhci, request->number, -EPIPE, 0, BYTES_NONE);
        return;
    }
    if (!(request->endpoint & 0x80)) {
        vhci_answer(&played->vhci, request->number, 0, request->len, BYTES_NONE);
        return;
    }
    size_t wanted = (size_t)len < request->len ? (size_t)len : request->len;
    vhci_answer(&played->vhci, request->number, 0, wanted, bytes_of(in, wanted));
}
