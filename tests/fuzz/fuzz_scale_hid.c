/* Guards: no descriptor and no reports break the HID scale's driver; what holds for every scale
 * holds for it; nothing is read of a device that it refused, and the zero report fits a write.
 * Input: hid_input.h; the choice is the model. */
#include "drivers/scale_hid.h"

#include "hal/base/hid.h"
#include "tests/fuzz/hid_input.h"
#include "tests/fuzz/scale_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t models[][2] = {{0x0922, 0x8003}, {0x1446, 0x6A73}, {0x04D9, 0x8010}};
    struct hid_input input;
    struct scale_state state;
    struct bytes report;
    if (!hid_input_split(bytes_of(data, size), &input)) return 0;
    const uint16_t *model = models[input.choice % 3];
    struct device_identity identity = {.vendor = model[0],
                                       .product = model[1],
                                       .report_descriptor = input.descriptor};
    scale_state_init(&state, &scale_hid);
    const char *sentence = scale_hid.describe(&state, &identity);
    struct bytes zero = scale_hid.zero(&state);
    ENSURE(zero.len <= HID_WRITE_MAX && (sentence == NULL || zero.len == 0));
    while (hid_input_next(&input, &report)) {
        struct scale_output output;
        ENSURE(scale_hid.feed(&state, report, &output) == report.len);
        scale_rules_check_output(&output);
        ENSURE(sentence == NULL || output.result == SCALE_NOTHING);
        ENSURE(!output.reading.usable || output.reading.mass_mg >= 0);
    }
    return 0;
}
