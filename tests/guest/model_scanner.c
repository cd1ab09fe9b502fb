/* model_scanner.c - things that type, and a scanner that reports. Descriptors and reports: public
 * dumps of a Symbol DS6708 (espressif/esp-idf issue 12552), a Datalogic Gryphon GD4400
 * (felis/USB_Host_Shield_2.0 issue 669) and a Honeywell point-of-sale scanner (HenkVanAsselt's
 * python_hon_usbhid and a Java HID parser's example). */
#include <string.h>

#include "tests/guest/model_parts.h"

enum { SHIFT = 0x02, KEY_ENTER = 0x28 };

/* US layout, from the usage tables (HUT 1.12, page 07): the keys 1E to 38 in order. */
static const char plain_row[] = "1234567890\n\x1b\b\t -=[]\\\x01;'`,./";
static const char shifted_row[] = "!@#$%^&*()\n\x1b\b\t _+{}|\x01:\"~<>?";

static bool find_key(char letter, uint8_t *out_modifiers, uint8_t *out_usage)
{
    bool upper = letter >= 'A' && letter <= 'Z';
    bool lower = letter >= 'a' && letter <= 'z';
    *out_modifiers = upper ? SHIFT : 0;
    *out_usage = (uint8_t)(4 + (upper ? letter - 'A' : letter - 'a'));
    if (upper || lower) return true;
    const char *at = letter == '\0' ? NULL : strchr(plain_row, letter == '\r' ? '\n' : letter);
    if (at) {
        *out_usage = (uint8_t)(0x1E + (at - plain_row));
        return true;
    }
    at = letter == '\0' ? NULL : strchr(shifted_row, letter);
    if (!at) return false;
    *out_modifiers = SHIFT;
    *out_usage = (uint8_t)(0x1E + (at - shifted_row));
    return true;
}

void keyboard_press(struct played *played, uint8_t modifiers, uint8_t usage)
{
    const uint8_t down[8] = {modifiers, 0, usage};
    const uint8_t up[8] = {0};
    played_say(played, 1, bytes_of(down, sizeof(down)));
    played_say(played, 1, bytes_of(up, sizeof(up)));
}

void keyboard_heard(struct played *played, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t modifiers, usage;
        if (find_key((char)bytes.data[i], &modifiers, &usage)) {
            keyboard_press(played, modifiers, usage);
        }
    }
}

const struct model model_scanner = {
    .name = "scanner",
    .speed = VHCI_FULL_SPEED,
    .descriptors = "12 01 00 02 00 00 00 08 e0 05 00 12 01 02 01 02 03 01 "
                   "09 02 22 00 01 01 00 a0 32 " HID_FACE("00", "01", "01", "41 00", "81", "08"),
    .reports = {SCANNER_KEYBOARD_REPORT},
    .strings = {NULL, "Symbol Technologies, Inc, 2002", "Symbol Bar Code Scanner",
                "S/N:C8820020FD115541B46BDB1CBA3D5E16 Rev:NBRPPAAQ3"},
    .heard = keyboard_heard,
};

/* Another make, without a serial number. */
const struct model model_scanner_2 = {
    .name = "scanner2",
    .speed = VHCI_FULL_SPEED,
    .descriptors = "12 01 00 02 00 00 00 40 f9 05 06 22 00 01 01 02 00 01 "
                   "09 02 22 00 01 01 00 a0 32 " HID_FACE("00", "01", "01", "41 00", "81", "08"),
    .reports = {SCANNER_KEYBOARD_REPORT},
    .strings = {NULL, "Datalogic", "Handheld Barcode Scanner"},
    .heard = keyboard_heard,
};

/* A person's keyboard: the key array ends at 101 (the same public dumps). */
const struct model model_keyboard = {
    .name = "keyboard",
    .speed = VHCI_FULL_SPEED,
    .descriptors = "12 01 10 01 00 00 00 08 6d 04 1c c3 00 64 01 02 00 01 "
                   "09 02 22 00 01 01 00 a0 32 " HID_FACE("00", "01", "01", "3f 00", "81", "08"),
    .reports = {"05 01 09 06 a1 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 "
                "81 01 95 05 75 01 05 08 19 01 29 05 91 02 95 01 75 03 91 01 95 06 75 08 15 00 "
                "25 65 05 07 19 00 29 65 81 00 c0"},
    .strings = {NULL, "Logitech", "USB Keyboard"},
    .heard = keyboard_heard,
};

/* Report 2: number of bytes, AIM identifier, 56 bytes, the maker's own code id, "more follows". It
 * is silent until it was told to speak. */
#define POS_DATA_MAX 56

static void say_code(struct played *played, struct bytes aim, struct bytes data)
{
    if (played->counts.switched_on == 0) return;
    for (bool first = true; first || data.len > 0; first = false) {
        uint8_t report[64] = {2};
        size_t len = data.len < POS_DATA_MAX ? data.len : POS_DATA_MAX;
        report[1] = (uint8_t)len;
        memcpy(report + 2, aim.data, 3);
        if (len > 0) memcpy(report + 5, data.data, len);
        report[61] = 'j';
        data = bytes_from(data, len);
        report[63] = data.len > 0;
        played_say(played, 1, bytes_of(report, sizeof(report)));
    }
}

static void pos_heard(struct played *played, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] != '\r' && bytes.data[i] != '\n') {
            if (played->text_len < sizeof(played->text)) {
                played->text[played->text_len++] = bytes.data[i];
            }
            continue;
        }
        struct bytes code = bytes_of(played->text, played->text_len);
        played->text_len = 0;
        bool has_aim = code.len > 3 && code.data[0] == ']';
        struct bytes aim = has_aim ? bytes_slice(code, 0, 3) : BYTES_LITERAL("]C0");
        if (code.len > 0) say_code(played, aim, bytes_from(code, has_aim ? 3 : 0));
    }
}

const struct model model_pos = {
    .name = "pos",
    .speed = VHCI_FULL_SPEED,
    .descriptors = "12 01 00 02 00 00 00 40 2e 0c 0b 0b 00 01 01 02 03 01 "
                   "09 02 22 00 01 01 00 a0 32 " HID_FACE("00", "00", "00", "7f 00", "81", "40"),
    .reports = {"05 8c 09 02 a1 01 09 12 a1 02 85 02 15 00 26 ff 00 75 08 95 01 05 01 09 3b 81 02 "
                "95 03 05 8c 09 fb 09 fc 09 fd 81 02 95 38 09 fe 82 02 02 06 66 ff 95 02 09 00 09 "
                "00 81 02 05 8c 25 01 75 01 95 08 09 ff 81 02 c0 09 14 a1 02 85 04 15 00 25 01 75 "
                "01 95 08 09 5f 09 60 09 85 09 86 91 86 c0 06 ff ff 09 01 a1 02 85 f0 15 00 26 ff "
                "00 75 08 95 3f 09 02 82 02 02 95 3f 09 03 92 02 02 c0 c0"},
    .strings = {NULL, "Honeywell Imaging & Mobility", "1602g Imaging Scanner", "19190B4A1C"},
    .heard = pos_heard,
};
