/* scanner_line.c - scanners on a serial line, as a USB modem, or over TCP: a line is a code
 * (manuals of Zebra DS457, Datalogic and Honeywell: prefix, suffix, AIM identifier).
 *
 * Rule: CR, LF or ETX ends a code; an end right after an end is nothing, so CR LF and ETX CR are
 * one. STX begins a code anew, whatever came before it without an end. An AIM prefix is taken
 * off. */
#include "drivers/scanner_line.h"

#include "drivers/scan_collect.h"

#define STX 0x02
#define ETX 0x03

static bool is_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n' || byte == ETX;
}

static size_t feed(struct scanner_state *state, struct bytes input, enum scan_result *out_result,
                   struct scan *out_scan)
{
    *out_result = SCAN_NOTHING;
    for (size_t used = 0; used < input.len; used++) {
        uint8_t byte = input.data[used];
        if (byte == STX) scan_collect_restart(state);
        else if (is_end(byte)) *out_result = scan_collect_end(state, out_scan);
        else scan_collect_byte(state, byte);
        if (*out_result != SCAN_NOTHING) return used + 1;
    }
    return input.len;
}

const struct scanner_driver scanner_line = {
    .name = "line",
    .title = "Serial, USB modem or TCP scanner, one code a line",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .feed = feed,
};
