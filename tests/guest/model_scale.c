/* model_scale.c - a scale on a virtual serial line (USB CDC PSTN 1.2, abstract control model) and a
 * scale that reports (HID POS Usage Tables 1.02, section 4). What they weigh comes over the relay
 * as Toledo continuous frames. */
#include <stdio.h>
#include <string.h>

#include "tests/guest/model_parts.h"

enum { SET_LINE_CODING = 0x20, GET_LINE_CODING = 0x21, SET_CONTROL_LINE_STATE = 0x22 };

static void note_line(struct played *played, const uint8_t *coding)
{
    static const char parities[] = "NOEMS";
    unsigned baud = (unsigned)(coding[0] | coding[1] << 8 | coding[2] << 16) | (unsigned)coding[3]
                                                                                   << 24;
    snprintf(played->counts.line, sizeof(played->counts.line), "%u %u%c%s", baud, coding[6],
             coding[5] < 5 ? parities[coding[5]] : '?', coding[4] == 0 ? "1" : "2");
}

static int acm_control(struct played *played, const uint8_t *setup, struct bytes out, uint8_t *in)
{
    static const uint8_t usual[] = {0x80, 0x25, 0, 0, 0, 0, 8}; /* 9600 8N1 */
    if (setup[0] == 0x21 && setup[1] == SET_LINE_CODING && out.len >= 7) {
        note_line(played, out.data);
        return 0;
    }
    if (setup[0] == 0x21 && setup[1] == SET_CONTROL_LINE_STATE) {
        played->counts.pins = setup[2];
        return 0;
    }
    if (setup[0] != 0xA1 || setup[1] != GET_LINE_CODING) return PLAYED_NOT_MINE;
    memcpy(in, usual, sizeof(usual));
    return sizeof(usual);
}

/* Nobody who opens the line now wants to hear of an hour ago. */
static void acm_heard(struct played *played, struct bytes bytes)
{
    if (played->in[2].waiting_count == 0) played->in[2].count = 0;
    played_say_long(played, 2, bytes, 64);
}

static void acm_out(struct played *played, uint8_t endpoint, struct bytes bytes)
{
    if (endpoint == 2) played_relay_send(played, bytes);
}

const struct model model_scale_acm = {
    .name = "scale",
    .speed = VHCI_FULL_SPEED,
    .descriptors = "12 01 00 02 02 00 00 40 83 04 40 57 00 02 01 02 03 01 "
                   "09 02 43 00 02 01 00 c0 32 "
                   "09 04 00 00 01 02 02 01 00 05 24 00 10 01 05 24 01 00 01 04 24 02 02 "
                   "05 24 06 00 01 07 05 81 03 08 00 10 "
                   "09 04 01 00 02 0a 00 00 00 07 05 02 02 40 00 00 07 05 82 02 40 00 00",
    .strings = {NULL, "Example", "Bench Scale", "A1B2C3"},
    .control = acm_control,
    .out = acm_out,
    .heard = acm_heard,
};

/* STX, three status bytes, six digits of weight, six of tare, CR, maybe a sum. */
#define FRAME_MIN 17
enum { STATUS_UNDER = 5, STATUS_OVER = 6, STATUS_ZERO = 2, STATUS_MOVING = 3, STATUS_STABLE = 4 };
enum { UNIT_GRAM = 2 };

static uint8_t status_of(const uint8_t *frame, unsigned value)
{
    if (frame[2] & 0x04) return frame[2] & 0x02 ? STATUS_UNDER : STATUS_OVER;
    if (frame[2] & 0x02) return STATUS_UNDER;
    if (frame[2] & 0x08) return STATUS_MOVING;
    return value == 0 ? STATUS_ZERO : STATUS_STABLE;
}

static void report_frame(struct played *played, const uint8_t *frame)
{
    unsigned value = 0;
    for (size_t i = 4; i < 10; i++) {
        bool digit = frame[i] >= '0' && frame[i] <= '9';
        value = value * 10 + (digit ? (unsigned)(frame[i] - '0') : 0);
    }
    int exponent = 2 - (frame[1] & 7) + 3; /* of kilograms, in grams */
    uint8_t status = status_of(frame, value);
    for (; value > 0xFFFF; exponent++) value /= 10;
    const uint8_t report[6] = {
        3, status, UNIT_GRAM, (uint8_t)exponent, (uint8_t)value, (uint8_t)(value >> 8)};
    if (played->in[1].waiting_count == 0) played->in[1].count = 0;
    played_say(played, 1, bytes_of(report, sizeof(report)));
}

static void hid_heard(struct played *played, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.data[i] & 0x7F;
        if (byte == 0x02) played->text_len = 0;
        if (played->text_len == sizeof(played->text)) played->text_len = 0;
        played->text[played->text_len++] = byte;
        if (played->text_len == FRAME_MIN && played->text[0] == 0x02 && byte == '\r') {
            report_frame(played, played->text);
        }
    }
}

const struct model model_scale_hid = {
    .name = "hidscale",
    .speed = VHCI_FULL_SPEED,
    .descriptors = "12 01 00 02 00 00 00 08 22 09 03 80 00 01 01 02 03 01 "
                   "09 02 22 00 01 01 00 80 32 " HID_FACE("00", "00", "00", "4f 00", "81", "08"),
    .reports = {"05 8d 09 20 a1 01 09 32 a1 02 85 03 09 70 a1 02 15 01 25 08 75 08 95 01 19 71 29 "
                "78 81 00 c0 09 50 a1 02 15 01 25 0c 19 51 29 5c 81 00 c0 09 41 15 80 25 7f 81 02 "
                "09 40 15 00 27 ff ff 00 00 75 10 81 02 c0 85 02 09 80 25 01 75 08 91 02 c0"},
    .strings = {NULL, "DYMO", "M10 10 lb USB Postal Scale", "0071838000001"},
    .heard = hid_heard,
};
