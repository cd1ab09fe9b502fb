/* model_printer.c - printer class devices (USB Device Class Definition for Printing Devices 1.1).
 * What they print and answer is packsim's ZPL printer, behind the relay. Device ids as CUPS lists
 * them for a Zebra ZD220 and a Munbyn RW403B. */
#include <string.h>

#include "tests/guest/model_parts.h"

enum { GET_DEVICE_ID = 0, GET_PORT_STATUS = 1, SOFT_RESET = 2 };

static const char zebra_id[] =
    "MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;MODEL:ZTC ZD220-203dpi ZPL;";

int printer_control(struct played *played, const uint8_t *setup, struct bytes out, uint8_t *in)
{
    (void)out;
    if (setup[0] == 0xA1 && setup[1] == GET_PORT_STATUS) {
        in[0] = 0x18; /* selected, no error, paper */
        return 1;
    }
    if (setup[0] == 0x21 && setup[1] == SOFT_RESET) return 0;
    if (setup[0] != 0xA1 || setup[1] != GET_DEVICE_ID) return PLAYED_NOT_MINE;
    played->counts.asked_id++;
    struct bytes id = played->identity;
    if (id.len == 0) id = bytes_of_text(zebra_id);
    if (id.len > PLAYED_ANSWER_MAX - 2) id.len = PLAYED_ANSWER_MAX - 2;
    in[0] = (uint8_t)((id.len + 2) >> 8);
    in[1] = (uint8_t)(id.len + 2);
    memcpy(in + 2, id.data, id.len);
    return (int)id.len + 2;
}

static int other_control(struct played *played, const uint8_t *setup, struct bytes out, uint8_t *in)
{
    if (played->identity.len == 0) {
        played->identity = BYTES_LITERAL("MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;");
    }
    int len = storage_control(setup, in);
    return len == PLAYED_NOT_MINE ? printer_control(played, setup, out, in) : len;
}

void printer_out(struct played *played, uint8_t endpoint, struct bytes bytes)
{
    if (endpoint == 2) played_relay_send(played, bytes);
}

const struct model model_printer = {
    .name = "printer",
    .speed = VHCI_HIGH_SPEED,
    .descriptors = "12 01 00 02 00 00 00 40 5f 0a 64 01 00 01 01 02 03 01 "
                   "09 02 20 00 01 01 00 c0 32 " PRINTER_FACE("00", "00 02"),
    .strings = {NULL, "Zebra Technologies", "ZTC ZD220-203dpi ZPL", "D4J201234567"},
    .relay = 2,
    .control = printer_control,
    .out = printer_out,
};

/* Same plug, another language, and a disk beside the printer (Munbyn RW403B: CMD says TSPL, the
 * second interface is mass storage). */
const struct model model_printer_other = {
    .name = "munbyn",
    .speed = VHCI_HIGH_SPEED,
    .descriptors = "12 01 00 02 00 00 00 40 83 04 43 57 00 01 01 02 00 01 "
                   "09 02 37 00 02 01 00 c0 32 " PRINTER_FACE("00", "00 02") STORAGE_FACE("01"),
    .strings = {NULL, "Printer", "RW403B"},
    .control = other_control,
    .out = composite_out,
};
