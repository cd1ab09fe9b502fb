/* model_odd.c - devices that are more than one thing, and devices that mean harm: descriptors that
 * no maker would write and that a decoder must survive (HID 1.11, 6.2.2). */
#include <string.h>

#include "tests/guest/model_parts.h"

/* Mass storage, bulk-only transport 1.0 and SCSI's INQUIRY: enough for the kernel to see a disk
 * without a medium and to leave it alone. */
#define WRAPPER_SIZE 31
#define INQUIRY 0x12
#define INQUIRY_SIZE 36

int storage_control(const uint8_t *setup, uint8_t *in)
{
    in[0] = 0;
    if (setup[0] == 0xA1 && setup[1] == 0xFE) return 1; /* GET_MAX_LUN */
    return setup[0] == 0x21 && setup[1] == 0xFF ? 0 : PLAYED_NOT_MINE;
}

void storage_out(struct played *played, struct bytes bytes)
{
    static const uint8_t inquiry[INQUIRY_SIZE] = {0x00, 0x80, 0x02, 0x02, 31,  0,   0,
                                                  0,    'E',  'x',  'a',  'm', 'p', 'l',
                                                  'e',  ' ',  'D',  'i',  's', 'k'};
    if (bytes.len < WRAPPER_SIZE || memcmp(bytes.data, "USBC", 4) != 0) return;
    uint8_t status[13] = {'U', 'S', 'B', 'S'};
    memcpy(status + 4, bytes.data + 4, 4);
    bool asks_who = bytes.data[15] == INQUIRY;
    bool wants_data = (bytes.data[8] | bytes.data[9] | bytes.data[10] | bytes.data[11]) != 0;
    if (asks_who) played_say(played, 3, bytes_of(inquiry, sizeof(inquiry)));
    else if (wants_data && bytes.data[12] & 0x80) played_say(played, 3, BYTES_NONE);
    status[12] = asks_who ? 0 : 1;
    played_say(played, 3, bytes_of(status, sizeof(status)));
}

void composite_out(struct played *played, uint8_t endpoint, struct bytes bytes)
{
    if (endpoint == 3) storage_out(played, bytes);
    else printer_out(played, endpoint, bytes);
}

static int composite_control(struct played *played, const uint8_t *setup, struct bytes out,
                             uint8_t *in)
{
    int len = storage_control(setup, in);
    bool to_printer = setup[4] == 2 && (setup[0] & 0x1F) == 1; /* GET_DEVICE_ID says it in wIndex */
    if (len == PLAYED_NOT_MINE && (to_printer || setup[5] == 2)) {
        return printer_control(played, setup, out, in);
    }
    return len;
}

/* A scanner, a disk and a printer on one plug. */
const struct model model_composite = {
    .name = "composite",
    .speed = VHCI_HIGH_SPEED,
    .descriptors = "12 01 00 02 00 00 00 40 fe ca 01 00 00 01 01 02 03 01 "
                   "09 02 50 00 03 01 00 c0 32 " HID_FACE("00", "01", "01", "41 00", "81", "08")
                       STORAGE_FACE("01") PRINTER_FACE("02", "00 02"),
    .reports = {SCANNER_KEYBOARD_REPORT},
    .strings = {NULL, "Example", "All In One", "C0FFEE"},
    .control = composite_control,
    .out = composite_out,
    .heard = keyboard_heard,
};

/* The plug of a known scanner, so that whoever trusts numbers takes it. */
#define HOSTILE(id, report_len)                                                           \
    .name = (id), .speed = VHCI_FULL_SPEED,                                               \
    .descriptors =                                                                        \
        "12 01 00 02 00 00 00 40 e0 05 ef be 00 01 01 02 00 01 "                          \
        "09 02 22 00 01 01 00 a0 32 " HID_FACE("00", "00", "00", report_len, "81", "40"), \
    .strings = {NULL, "Example", "Scanner"}, .heard = keyboard_heard

/* Fields of no bits and of 2^31 of them, two thousand million times. */
const struct model model_hostile_size = {
    HOSTILE("hostile-size", "25 00"),
    .reports = {"05 8c 09 02 a1 01 85 02 15 00 26 ff 00 75 00 95 01 09 fe 81 02 77 00 00 00 80 97 "
                "ff ff ff 7f 09 fe 81 02 c0 c0"},
};

/* Collections that are opened and opened; what follows the text are zeros. */
#define OPEN_8 "a1 02 a1 02 a1 02 a1 02 a1 02 a1 02 a1 02 a1 02 "
#define OPEN_64 OPEN_8 OPEN_8 OPEN_8 OPEN_8 OPEN_8 OPEN_8 OPEN_8 OPEN_8
const struct model model_hostile_nested = {
    HOSTILE("hostile-nested", "06 02"),
    .reports = {"05 8c 09 02 a1 01 " OPEN_64 OPEN_64 OPEN_64 OPEN_64},
};

/* It says 65535 bytes, and the last item runs over the end. */
const struct model model_hostile_long = {
    HOSTILE("hostile-long", "ff ff"),
    .reports = {"05 8c 09 02 a1 01 fe ff fe"},
    .report_pad = PLAYED_ANSWER_MAX,
};

/* Usages from the last to the first, pushes without pops. */
const struct model model_hostile_usage = {
    HOSTILE("hostile-usage", "28 00"),
    .reports = {"05 8c 09 02 a1 01 a4 a4 a4 a4 a4 a4 a4 a4 1b ff ff ff ff 2b 00 00 00 00 15 01 25 "
                "00 75 20 95 ff 81 02 b4 c0 c0 c0 00 00"},
};

const struct model *const models[] = {
    &model_scanner,        &model_scanner_2,
    &model_keyboard,       &model_pos,
    &model_scale_acm,      &model_scale_hid,
    &model_printer,        &model_printer_other,
    &model_composite,      &model_hostile_size,
    &model_hostile_nested, &model_hostile_long,
    &model_hostile_usage,  NULL,
};

const struct model *model_find(const char *name)
{
    for (size_t i = 0; models[i]; i++) {
        if (strcmp(models[i]->name, name) == 0) return models[i];
    }
    return NULL;
}
