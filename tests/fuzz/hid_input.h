/* hid_input.h - how a fuzzer's input is a HID device: a choice, its report descriptor, its reports.
 *
 *   byte 0      free choice: a layout, a vendor
 *   byte 1, 2   length of the descriptor, low byte first; cut to what is there
 *   byte 3      length of each report; 0 is taken for 64
 *   rest        the descriptor, then reports; the last may be short */
#ifndef PACKD_TESTS_FUZZ_HID_INPUT_H
#define PACKD_TESTS_FUZZ_HID_INPUT_H

#include "hal/base/bytes.h"

struct hid_input {
    uint8_t choice;
    struct bytes descriptor;
    size_t report_len;
    struct bytes reports;
};

static inline bool hid_input_split(struct bytes input, struct hid_input *out)
{
    if (input.len < 4) return false;
    size_t descriptor_len = input.data[1] | (size_t)input.data[2] << 8;
    out->choice = input.data[0];
    out->report_len = input.data[3] != 0 ? input.data[3] : 64;
    out->descriptor = bytes_slice(input, 4, descriptor_len);
    out->reports = bytes_from(input, 4 + out->descriptor.len);
    return true;
}

static inline bool hid_input_next(struct hid_input *input, struct bytes *out_report)
{
    *out_report = bytes_slice(input->reports, 0, input->report_len);
    input->reports = bytes_from(input->reports, out_report->len);
    return out_report->len > 0;
}

#endif
